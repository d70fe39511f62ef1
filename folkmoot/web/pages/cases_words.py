"""Words of a case withdrawn for law: the form by which that is done, in both spaces."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from folkmoot.common.acts import LEGAL_REASONS
from folkmoot.common.errors import BadInput, Conflict, Fault, NotFound
from folkmoot.framework.cases import actions
from folkmoot.framework.cases.queries import CaseFile, WordsLine
from folkmoot.people.models import Person
from folkmoot.web.pages.cases import about
from folkmoot.web.pages.cases_forms import Field, Form
from folkmoot.web.pages.cases_spaces import IN_RECORD, IN_REHEARSAL, Space, unlisted
from folkmoot.web.pages.people_access import signed_in


def _form() -> Form:
    """Why the words go, and that whoever does it is sure."""
    reasons = [(key, _(words)) for key, words in LEGAL_REASONS.items()]
    about = _(
        "Only where a law or a court asks for it. The words are erased for good. That they were, "
        "on which day and why, is public for ever; what was done in the case stands."
    )
    fields = (
        Field("reason", _("Why"), "choice", choices=(("", _("Choose")), *reasons)),
        Field("sure", _("I am sure: this cannot be undone"), "yes"),
    )
    return Form("withdraw", _("Withdraw words for law"), _("Erase the words"), about, fields)


def _words(file: CaseFile, words: int) -> WordsLine:
    """The words of this number in a case. Raises NotFound, and Conflict where they are gone."""
    found = next((w for event in file.events for w in event.words if w.id == words), None)
    if found is None:
        raise NotFound(_("There are no such words in this case."), [(_("The case"), "../../../")])
    if found.withdrawn:
        raise Conflict(_("These words are withdrawn already."))
    return found


def withdraw(
    *, actor: Person, words: int, reason: str, sure: bool, at: dt.datetime, space: str
) -> None:
    """Withdraw the words, once whoever does it is sure. Raises what the action raises."""
    faults = []
    if reason not in LEGAL_REASONS:
        remedy = _("Choose why the law asks for it.")
        faults.append(Fault("reason", _("Nothing is chosen."), remedy))
    if not sure:
        remedy = _("Tick the box. It cannot be undone.")
        faults.append(Fault("sure", _("You did not say that you are sure."), remedy))
    if faults:
        raise BadInput(faults)
    actions.withdraw_words(actor=actor, words=words, reason=reason, at=at, space=space)


def _page(
    request: HttpRequest, person: Person, number: int, words: int, space: Space
) -> HttpResponse:
    file, _today = space.file(person, number)
    _words(file, words)
    form, status = _form(), 200
    if request.method == "POST":
        form = form.asked({name: str(request.POST.get(name, "")) for name in request.POST})
        said = form.values()
        try:
            withdraw(actor=person, words=words, at=timezone.now(), space=space.key, **said)
        except BadInput as bad:
            form, status = form.refused(bad.faults), bad.status
        else:
            return HttpResponseRedirect(file.line.path)
    context = {
        **about(file, space),
        "form": form,
        "faults": form.faults,
        "trail": [*space.trail(), (file.line.place_name, file.line.path)],
    }
    return render(request, "pages/cases/act.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def of_record(request: HttpRequest, person: Person, number: int, words: int) -> HttpResponse:
    """The form for words of a case of the record. The action checks who may."""
    return _page(request, person, number, words, IN_RECORD)


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def of_rehearsal(request: HttpRequest, person: Person, number: int, words: int) -> HttpResponse:
    """The same in a rehearsal."""
    return _page(request, person, number, words, IN_REHEARSAL)


_WORDS = "interventions/<int:number>/words/<int:words>/withdraw/"
urlpatterns = [path(_WORDS, of_record), path(f"rehearsal/{_WORDS}", of_rehearsal)]

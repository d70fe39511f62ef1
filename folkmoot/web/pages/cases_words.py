"""Words of a case withdrawn for law: the form by which that is done, in both spaces."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from folkmoot.common.errors import BadInput, Conflict, NotFound
from folkmoot.framework.cases import actions
from folkmoot.framework.cases.queries import CaseFile, WordsLine
from folkmoot.people.models import Person
from folkmoot.web.forms import Form, legal_faults, legal_fields
from folkmoot.web.pages.cases import acted
from folkmoot.web.pages.cases_spaces import IN_RECORD, IN_REHEARSAL, Space, unlisted
from folkmoot.web.pages.people_access import signed_in


def _form() -> Form:
    """Why the words go, and that whoever does it is sure."""
    about = _(
        "Only where a law or a court asks for it. The words are erased for good. That they were, "
        "on which day and why, is public for ever; what was done in the case stands."
    )
    title = _("Withdraw words for law")
    return Form("withdraw", title, _("Erase the words"), about, legal_fields(_("Why")))


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
    if faults := legal_faults(reason, sure=sure):
        raise BadInput(faults)
    actions.withdraw_words(actor=actor, words=words, reason=reason, at=at, space=space)


def _page(
    request: HttpRequest, person: Person, number: int, words: int, space: Space
) -> HttpResponse:
    file, _today = space.file(person, number)
    _words(file, words)
    about: dict[str, Any] = {
        "actor": person, "words": words, "at": timezone.now(), "space": space.key,
    }  # fmt: skip
    return acted(request, file, space, _form(), lambda said: withdraw(**about, **said))


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

"""An answer owed: its public page, and the forms by which it is answered, corrected or waived."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from folkmoot.common.errors import BadInput, Conflict, NotAllowed, NotFound
from folkmoot.common.reasons import WAIVERS
from folkmoot.duties.actions.answering import answer, correct
from folkmoot.duties.actions.waiving import waive
from folkmoot.duties.queries import DutyFile, DutyLine, duty_file, reports_for
from folkmoot.duties.rules import BY_RULE
from folkmoot.people.models import Person
from folkmoot.petitions.queries import petition_line
from folkmoot.web.answers import owed
from folkmoot.web.pages.cases_forms import Field, Form
from folkmoot.web.pages.people_access import signed_in
from folkmoot.web.remembered import remembered

ACTS: dict[str, Any] = {"answer": answer, "correct": correct, "waive": waive}


def _subject(line: DutyLine) -> tuple[str, str]:
    """(what it is about, in words; where that is told), both "" where only its key is known."""
    kind, _colon, number = line.subject.partition(":")
    if kind != "petition" or not number.isdigit():
        return "", ""
    with suppress(NotFound):
        petition = petition_line(int(number), timezone.localdate())
        return petition.heading, petition.path
    return "", ""


def _about(file: DutyFile) -> dict[str, Any]:
    said = owed(file.line)
    return {
        "file": file,
        "line": file.line,
        "owed": said,
        "about": _subject(file.line),
        "waiver": WAIVERS.get(file.line.reason, ""),
        "trail": [(file.line.body_name, said.body_link)],
    }


@remembered
def duty(request: HttpRequest, number: int) -> HttpResponse:
    """What is owed, since when, until when, and every answer given: the same for everybody."""
    file = duty_file(number, timezone.localdate())
    return render(request, "pages/duties/duty.html", _about(file))


def _form(what: str, file: DutyFile) -> Form:
    """The form for one act. Raises NotFound for another, Conflict where it may not be done now."""
    if what not in ACTS:
        raise NotFound(_("Nothing like this can be done here."), [(_("The answer owed"), "../")])
    if (what == "correct") is file.line.open:
        raise Conflict(_("This cannot be done now: %(says)s") % {"says": file.line.says})
    if what == "waive":
        choices = [(key, _(words)) for key, words in WAIVERS.items() if key not in BY_RULE]
        field = Field("reason", _("Why"), "choice", choices=(("", _("Choose")), *choices))
        said = _("Nobody then owes this answer any more. That and the reason are public for ever.")
        return Form(what, _("Waive the answer"), _("Waive it"), said, (field,))
    said = _("It is published as you write it, under your office, not your name.")
    if what == "correct":
        field = Field("text", _("The corrected answer"))
        older = _("The answer given before stays beside it.")
        return Form(what, _("Correct the answer"), _("Publish it"), f"{said} {older}", (field,))
    field = Field("text", _("Your answer"))
    return Form(what, _("Answer what is owed"), _("Publish the answer"), said, (field,))


def _reports(person: Person, number: int) -> list[str]:
    """What people wrote, for those who must answer; nothing for those who may only waive."""
    try:
        return reports_for(person, number, timezone.localdate())
    except NotAllowed:
        return []


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def act(request: HttpRequest, person: Person, number: int, what: str) -> HttpResponse:
    """A form by which an office answers, corrects or waives. The action checks who may."""
    file = duty_file(number, timezone.localdate())
    if what == "answer" and (elsewhere := owed(file.line).answer):
        return HttpResponseRedirect(elsewhere)
    form, status = _form(what, file), 200
    if request.method == "POST":
        form = form.asked({name: str(request.POST.get(name, "")) for name in request.POST})
        do = ACTS[what]
        try:
            do(actor=person, duty=number, at=timezone.now(), **form.values())
        except BadInput as bad:
            form, status = form.refused(bad.faults), bad.status
        else:
            return HttpResponseRedirect(file.line.path)
    context = {
        **_about(file),
        "form": form,
        "faults": form.faults,
        "reported": _reports(person, number),
    }
    return render(request, "pages/duties/act.html", context, status=status)


urlpatterns = [
    path("duties/<int:number>/", duty, name="duty"),
    path("duties/<int:number>/<slug:what>/", act, name="duty-act"),
]

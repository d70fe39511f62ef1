"""An answer owed: its public page, and the forms by which it is answered, corrected, waived, or its
words withdrawn for law."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from folkmoot.common.errors import BadInput, Conflict, Fault, NotAllowed, NotFound
from folkmoot.common.reasons import WAIVERS
from folkmoot.duties.actions.answering import answer, correct
from folkmoot.duties.actions.waiving import waive
from folkmoot.duties.queries import AnswerLine, DutyFile, DutyLine, duty_file, reports_for
from folkmoot.duties.rules import BY_RULE, PETITION_DEBATE, REVIEW
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of
from folkmoot.petitions.actions.answering import withdraw_petition_answer
from folkmoot.petitions.queries import petition_line
from folkmoot.petitions.queries_meetings import debate_due
from folkmoot.petitions.queries_questions import question_file
from folkmoot.petitions.queries_telling import answerers
from folkmoot.petitions.rules.answering import REMINDED
from folkmoot.web.answers import owed
from folkmoot.web.forms import Field, Form, legal_faults, legal_fields
from folkmoot.web.meetings import When, debate_owed
from folkmoot.web.pages.people_access import signed_in
from folkmoot.web.remembered import remembered

# As many letters of a question stand for it.
_LONGEST_HEADING = 100


def withdraw(
    *, actor: Person, duty: int, answer: str, reason: str, sure: bool, at: dt.datetime
) -> None:
    """Withdraw the words that were chosen, and of a petition's answer its commitments with them.

    Only for a reason of law: a mistake is put right by a correction. Raises BadInput, and what
    the action raises.
    """
    faults = []
    file = duty_file(duty, day_of(at))
    if answer not in {str(given.id) for given in _said(file)}:
        faults.append(Fault("answer", _("Nothing is chosen."), _("Choose which words go.")))
    faults += legal_faults(reason, sure=sure)
    if faults:
        raise BadInput(faults)
    withdraw_petition_answer(actor=actor, answer=int(answer), reason=reason, at=at)


ACTS: dict[str, Any] = {
    "answer": answer, "correct": correct, "waive": waive, "withdraw": withdraw,
}  # fmt: skip


def _said(file: DutyFile) -> list[AnswerLine]:
    """The answer and its corrections, as far as their words are there."""
    return [given for given in file.answers if not given.withdrawn]


def _subject(line: DutyLine) -> tuple[str, str]:
    """(what it is about, in words; where that is told), both "" where only its key is known."""
    kind, _colon, number = line.subject.partition(":")
    if not number.isdecimal():
        return "", ""
    today = timezone.localdate()
    with suppress(NotFound):
        if kind == "petition":
            petition = petition_line(int(number), today)
            return petition.heading, petition.path
        if kind == "question":
            asked = question_file(int(number), today).line
            words = _("Question %(number)s: its words are not shown") % {"number": number}
            return Truncator(asked.text).chars(_LONGEST_HEADING) or words, asked.path
    return "", ""


def _when(line: DutyLine) -> When | None:
    """At which meeting a debate is due; None for any other duty, or where nothing is known."""
    due = debate_due(line.key) if line.kind == PETITION_DEBATE else None
    return debate_owed(due) if due is not None else None


def _about(file: DutyFile) -> dict[str, Any]:
    said = owed(file.line)
    return {
        "file": file,
        "line": file.line,
        "owed": said,
        "about": _subject(file.line),
        "when": _when(file.line),
        "said": bool(_said(file)),
        "waiver": WAIVERS.get(file.line.reason, ""),
        "trail": [(file.line.body_name, said.body_link)],
    }


@remembered
def duty(request: HttpRequest, number: int) -> HttpResponse:
    """What is owed, since when, until when, and every answer given: the same for everybody."""
    today = timezone.localdate()
    file = duty_file(number, today)
    line = file.line
    told = line.kind in REMINDED and line.open
    nobody = told and not answerers(line.body, line.office, line.kind, today)
    return render(request, "pages/duties/duty.html", {**_about(file), "nobody": nobody})


def _form(what: str, file: DutyFile) -> Form:
    """The form for one act. Raises NotFound for another, Conflict where it may not be done now."""
    if what not in ACTS:
        raise NotFound(_("Nothing like this can be done here."), [(_("The answer owed"), "../")])
    if (what in {"correct", "withdraw"}) is file.line.open:
        raise Conflict(_("This cannot be done now: %(says)s") % {"says": file.line.says})
    if what == "waive" and file.line.kind == REVIEW:
        raise Conflict(_("A review is not waived: one is owed as long as the step goes on."))
    if what == "waive":
        choices = [(key, _(words)) for key, words in WAIVERS.items() if key not in BY_RULE]
        field = Field("reason", _("Why"), "choice", choices=(("", _("Choose")), *choices))
        said = _("Nobody then owes this answer any more. That and the reason are public for ever.")
        return Form(what, _("Waive the answer"), _("Waive it"), said, (field,))
    if what == "withdraw":
        return _withdrawal(file)
    said = _("It is published as you write it, under your office, not your name.")
    if what == "correct":
        field = Field("text", _("The corrected answer"))
        older = _("The answer given before stays beside it.")
        return Form(what, _("Correct the answer"), _("Publish it"), f"{said} {older}", (field,))
    field = Field("text", _("Your answer"))
    return Form(what, _("Answer what is owed"), _("Publish the answer"), said, (field,))


def _withdrawal(file: DutyFile) -> Form:
    """The form for withdrawing words. Raises Conflict where there are none left."""
    choices = [
        (
            str(given.id),
            f"{_('Answer') if given.number == 1 else _('Correction')}, {given.on:%-d %B %Y}",
        )
        for given in _said(file)
    ]
    if not choices:
        raise Conflict(_("There are no words of an answer here that could be withdrawn."))
    if len(choices) > 1:
        choices.insert(0, ("", _("Choose")))
    about = _(
        "Only where a law or a court asks for it: a mistake is put right by a correction. The "
        "words are erased for good. That they were, on which day and why, is public for ever; the "
        "answer stays given."
    )
    fields = (
        Field("answer", _("Which words?"), "choice", choices=tuple(choices)),
        *legal_fields(_("Why")),
    )
    return Form("withdraw", _("Withdraw words for law"), _("Erase the words"), about, fields)


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
    form = _form(what, file)
    if request.method == "POST":
        do, now = ACTS[what], timezone.now()
        form = form.sent(request.POST, lambda said: do(actor=person, duty=number, at=now, **said))
        if not form.faults:
            return HttpResponseRedirect(file.line.path)
    context = {
        **_about(file),
        "form": form,
        "faults": form.faults,
        "reported": _reports(person, number),
    }
    return render(request, "pages/duties/act.html", context, status=form.status)


urlpatterns = [
    path("duties/<int:number>/", duty, name="duty"),
    path("duties/<int:number>/<slug:what>/", act, name="duty-act"),
]

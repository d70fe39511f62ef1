"""Answering a petition, the answer itself, what became of what was promised, and what signers say.

An answer is written on one page, looked over on a second and published from there; the whole may
be done on a phone in a minute.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from folkmoot.common.errors import BadInput, Conflict, Fault, NotAllowed, NotFound
from folkmoot.duties.queries import line_of
from folkmoot.people.models import Person
from folkmoot.petitions.actions.answering import answer_petition, mark_commitment, say_opinion
from folkmoot.petitions.queries import petition_line
from folkmoot.petitions.queries_answers import (
    PetitionAnswerLine,
    answer_to,
    answers_version,
    commitment_line,
    marks_as,
    opinion_asked,
    owing,
)
from folkmoot.petitions.rules import answering as rules
from folkmoot.petitions.rules import limits
from folkmoot.petitions.rules.answering import BODY, NewAnswer, NewCommitment
from folkmoot.web.answers import owed
from folkmoot.web.pages.people_access import signed_in
from folkmoot.web.remembered import remembered_with
from folkmoot.web.same_site import without_token

# Lines for commitments that stand in the form at first, and that "another" adds.
_LINES = 2
_LONGEST = limits.ANSWER_PART + 1_000
_WORDS = ("decided", "why", "next_steps")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the form for a commitment, as it was typed."""

    number: int
    text: str = ""
    due: str = ""
    fault: Fault | None = None
    due_fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Typed:
    """The form of an answer, as it was typed. ``lines`` of commitments may be empty."""

    outcome: str = ""
    decided: str = ""
    why: str = ""
    next_steps: str = ""
    lines: tuple[Line, ...] = field(default_factory=lambda: _lines((), _LINES))


def _lines(
    typed: Sequence[tuple[str, str]], least: int, faults: Sequence[Fault] = ()
) -> tuple[Line, ...]:
    """The lines that hold something, numbered as faults name them, and empty ones after them."""
    of = {fault.where: fault for fault in reversed(faults)}
    held = [(text, due) for text, due in typed if text.strip() or due.strip()]
    room = [("", "")] * max(least - len(held), 0)
    return tuple(
        Line(number, text, due, of.get(f"commitment-{number}"), of.get(f"due-{number}"))
        for number, (text, due) in enumerate([*held, *room], start=1)
    )


def _typed(post: QueryDict, faults: Sequence[Fault] = ()) -> Typed:
    texts = post.getlist("commitment")[: limits.COMMITMENTS]
    days = post.getlist("due")[: limits.COMMITMENTS]
    pairs = [(text[:1_000], day[:40]) for text, day in zip(texts, days, strict=False)]
    least = len(pairs) + _LINES if post.get("step") == "more" else max(_LINES, len(pairs))
    words = {name: post.get(name, "")[:_LONGEST] for name in _WORDS}
    lines = _lines(pairs, min(least, limits.COMMITMENTS), faults)
    return Typed(outcome=post.get("outcome", "")[:40], lines=lines, **words)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        return None


def _new(typed: Typed) -> NewAnswer:
    held = [line for line in typed.lines if line.text.strip() or line.due.strip()]
    return rules.tidied(
        NewAnswer(
            typed.outcome,
            typed.decided,
            typed.why,
            typed.next_steps,
            tuple(NewCommitment(line.text, _day(line.due)) for line in held),
        )
    )


def _form(
    request: HttpRequest, context: dict[str, Any], typed: Typed, faults: Sequence[Fault] = ()
) -> HttpResponse:
    context = {
        **context,
        "typed": typed,
        "faults": faults,
        "fault_of": {fault.where: fault for fault in reversed(faults)},
        "outcomes": [
            (key, _(words), _(rules.OUTCOME_HINTS[key])) for key, words in rules.OUTCOMES.items()
        ],
        "more": len(typed.lines) < limits.COMMITMENTS,
        "longest": limits.ANSWER_PART,
    }
    status = BadInput.status if faults else 200
    return render(request, "pages/petitions/answer_form.html", context, status=status)


@signed_in
def _write(request: HttpRequest, person: Person, number: int, duty: int) -> HttpResponse:
    """The form, the page to look it over, and publishing it."""
    today = timezone.localdate()
    line, about = petition_line(number, today), owing(person, number, duty, today)
    state = line_of(about.duty, today)
    if not state.open:
        raise Conflict(_("This cannot be done now: %(says)s") % {"says": state.says})
    shown = not (about.petition.words_hidden or about.petition.title_hidden)
    context: dict[str, Any] = {
        "line": line,
        "owed": owed(state),
        "office": about.office,
        "background": about.petition.background if shown else "",
        "detail": about.petition.detail if shown else "",
        "trail": [(line.heading, line.path)],
    }
    if request.method != "POST":
        return _form(request, context, Typed())
    typed = _typed(request.POST)
    step = request.POST.get("step", "")
    if step not in {"check", "publish"}:
        return _form(request, context, typed)
    new = _new(typed)
    faults = rules.faults_of(new, today)
    if not faults and step == "publish":
        answer_petition(
            actor=person,
            duty=duty,
            outcome=new.outcome,
            decided=new.decided,
            why=new.why,
            next_steps=new.next_steps,
            commitments=new.commitments,
            at=timezone.now(),
        )
        return HttpResponseRedirect(request.path)
    if faults:
        return _form(request, context, _typed(request.POST, faults), faults)
    context |= {"new": new, "outcome": _(rules.OUTCOMES[new.outcome]), "typed": typed}
    return render(request, "pages/petitions/answer_check.html", context)


@remembered_with(answers_version)
def _given(request: HttpRequest, number: int, duty: int) -> HttpResponse:
    """The answer, with what came of it: the same for everybody. Raises NotFound before it is."""
    today = timezone.localdate()
    line, given = petition_line(number, today), answer_to(number, duty, today)
    said = any(not each.withdrawn for each in (given.answer, *given.corrections))
    context = {"line": line, "given": given, "said": said, "trail": [(line.heading, line.path)]}
    return render(request, "pages/petitions/answer.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, number: int, duty: int) -> HttpResponse:
    """The answer, for everybody; while it is owed, the form for whoever may give it."""
    if request.method != "POST":
        with suppress(NotFound):
            return _given(request, number=number, duty=duty)
    return _write(request, number=number, duty=duty)


@never_cache
@require_safe
def commitment(request: HttpRequest, number: int, which: int) -> HttpResponse:
    """Something that a body said it will do, and what it and the creator say became of it."""
    today = timezone.localdate()
    line, promise = petition_line(number, today), commitment_line(number, which, today)
    context = {"line": line, "promise": promise, "trail": [(line.heading, line.path)]}
    return render(request, "pages/petitions/commitment.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def mark(request: HttpRequest, person: Person, number: int, which: int) -> HttpResponse:
    """The form by which the body, or the petition's creator, says what became of it."""
    today = timezone.localdate()
    line, promise = petition_line(number, today), commitment_line(number, which, today)
    sides = marks_as(person, which, today)
    if not sides:
        raise NotAllowed(_("Only the body itself and the petition's creator may say this."))
    faults: Sequence[Fault] = ()
    chosen = request.POST.get("mark", "")
    as_ = request.POST.get("as", sides[0])
    if request.method == "POST":
        try:
            mark_commitment(actor=person, commitment=which, mark=chosen, as_=as_, at=timezone.now())
        except BadInput as bad:
            faults = bad.faults
        else:
            return HttpResponseRedirect(promise.path)
    context = {
        "line": line,
        "promise": promise,
        "sides": [(side, _side(side, line.body_name)) for side in sides],
        "as": as_,
        "by_body": sides == (BODY,),
        "marks": [(key, _(words)) for key, words in rules.MARKS.items()],
        "chosen": chosen,
        "faults": faults,
        "fault_of": {fault.where: fault for fault in reversed(faults)},
        "trail": [(line.heading, line.path)],
    }
    status = BadInput.status if faults else 200
    return render(request, "pages/petitions/mark.html", context, status=status)


def _side(side: str, body: str) -> str:
    return body if side == BODY else _("the petition's creator")


@never_cache
@without_token
@require_http_methods(["GET", "HEAD", "POST"])
def opinion(request: HttpRequest, token: str) -> HttpResponse:
    """The link in a signer's letter: two buttons. Only pressing one says anything."""
    if request.method == "POST":
        said = request.POST.get("answered", "")
        if said in {"yes", "no"}:
            say_opinion(token=token, answered=said == "yes", at=timezone.now())
        return HttpResponseRedirect(request.path)
    asked = opinion_asked(token, timezone.localdate())
    line: PetitionAnswerLine = asked.line
    return render(request, "pages/petitions/opinion.html", {"asked": asked, "given": line})


urlpatterns = [
    path("petitions/<int:number>/answer/<int:duty>/", answer, name="petition-answer"),
    path("petitions/<int:number>/commitments/<int:which>/", commitment, name="commitment"),
    path("petitions/<int:number>/commitments/<int:which>/mark/", mark, name="commitment-mark"),
    path("petitions/opinion/<str:token>/", opinion, name="petition-opinion"),
]

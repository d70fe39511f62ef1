"""How a step of the centre ends: its test is met, its time is over, or the centre ends it.

And how a notice lapses that nobody decided on."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from folkmoot.common.errors import Fault
from folkmoot.duties.actions import waive_by_rule
from folkmoot.duties.rules import acting_day, day_words
from folkmoot.framework import queries as framework_queries
from folkmoot.framework.cases.actions.keeping import (
    RULE,
    Held,
    centre_role,
    choice_fault,
    hold,
    keep,
    move,
    refuse,
    words_fault,
)
from folkmoot.framework.cases.course import open_review, reply_of
from folkmoot.framework.cases.rules import (
    EARLY,
    END,
    ENDED,
    LAPSE,
    LAPSED,
    NOTICED,
    OPEN,
    RUNNING,
    TEST_MET,
    TIME_OVER,
    day_fault,
    last_decision,
)
from folkmoot.framework.models import Case
from folkmoot.framework.rules.trigger import exit_met
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of


def exit_test_met(held: Held, on: dt.date) -> bool:
    """Whether the figures published by a day meet the test for the end of the step."""
    rung = held.in_use.framework.step(held.case.step)
    if rung is None:
        return False
    facts = framework_queries.facts(held.case.area_id, held.in_use)
    past = [fact for fact in facts if fact.period_end <= on]
    return exit_met(rung, held.in_use.framework, held.case.service, past)


def ending_faults(held: Held, ending: str, on: dt.date) -> list[Fault]:
    """That what is said of the ending is not so."""
    ends = held.case.ends
    if ending == TEST_MET and not exit_test_met(held, on):
        what = "The figures published so far do not meet the test for the end of this step."
        return [Fault("ending", what, f"The centre may end it early all the same: {EARLY}.")]
    if ending == TIME_OVER and (ends is None or on <= ends):
        what = f"Its time is not over before {day_words(ends)}." if ends else "It has no end."
        return [Fault("ending", what, f"The centre may end it early all the same: {EARLY}.")]
    return []


@transaction.atomic
def end(
    *,
    actor: Person | None,
    case: int,
    ending: str,
    reasons: str,
    at: dt.datetime,
    on: dt.date | None = None,
    seen: int | None = None,
    space: str = "record",
) -> Case:
    """End a running step: ``exit-test-met``, ``time-over`` or ``ended-early``, with reasons.

    By the centre that took it. What is said of the ending must be so; the centre may always step
    out early. Raises NotFound, NotAllowed, BadInput and Conflict.
    """
    held = hold(case, space, END, actor=actor, seen=seen)
    today = day_of(at)
    by = centre_role(actor, (), held.case.centre.slug, today, space).acting_office
    day = acting_day(space, today, on)
    refuse(
        [
            *choice_fault("ending", ending, (TEST_MET, TIME_OVER, EARLY)),
            *words_fault("reasons", reasons),
            *day_fault(held.course, day),
            *ending_faults(held, ending, day),
        ]
    )
    finish(held, ending, by=by, on=day, at=at, reasons=reasons)
    return held.case


def finish(
    held: Held, ending: str, *, by: str, on: dt.date, at: dt.datetime, reasons: str = ""
) -> None:
    """End a locked running case, and the review that is still owed, in this transaction."""
    move(held.case, on, state=ENDED, ended_on=on, ending=ending)
    words = {"reasons": reasons} if reasons else {}
    keep(
        held.case, END, office=by, on=on, at=at, reason=ending, labels=held.labels(on), words=words
    )
    owed = open_review(held.duties)
    if owed is not None:
        waive_by_rule(
            duty=owed.pk,
            reason="intervention-ended",
            by=by,
            on=max(on, owed.since),
            at=at,
            space=held.case.space,
        )


def end_what_is_over(
    *, at: dt.datetime, on: dt.date | None = None, space: str = "record", case: int | None = None
) -> int:
    """End, by the rule and by nobody's choice, every running step whose time or test has come.

    To be run every day and after every build: a step ends when its longest time has passed,
    whatever the figures say, and as soon as its exit test is met; a notice that nobody decided on
    lapses. Safe to repeat and to run twice
    at once; each case is its own transaction. In a rehearsal, which has days of its own, ``case``
    says which. How many were ended. Raises ValueError for a rehearsal without one.
    """
    if space != "record" and case is None:
        raise ValueError("a rehearsal has days of its own: say which case")
    day = acting_day(space, day_of(at), on)
    running = Case.objects.filter(space=space, state__in=OPEN)
    if case is not None:
        running = running.filter(pk=case)
    return sum(end_by_rule(pk, space, day, at) for pk in running.values_list("pk", flat=True))


@transaction.atomic
def end_by_rule(case: int, space: str, day: dt.date, at: dt.datetime) -> int:
    """End a case, or let it lapse, where its time or test has come on a day; how many: 0 or 1.

    Raises NotFound.
    """
    held = hold(case, space, actor=None)
    row = held.case
    if row.state == NOTICED and day > max(last_decision(held.course), held.course.last_on):
        _lapse(held, day, at)
        return 1
    if row.state != RUNNING or row.ends is None or day < held.course.last_on:
        return 0
    if day > row.ends:
        finish(held, TIME_OVER, by=RULE, on=day, at=at)
    elif exit_test_met(held, day):
        finish(held, TEST_MET, by=RULE, on=day, at=at)
    else:
        return 0
    return 1


def _lapse(held: Held, day: dt.date, at: dt.datetime) -> None:
    """Let a notice lapse: the centre keeps out, and no reply is owed any more."""
    move(held.case, day, state=LAPSED)
    keep(held.case, LAPSE, office=RULE, on=day, at=at, labels=held.labels(day))
    owed = reply_of(held.duties)
    if owed is not None and not owed.ended:
        waive_by_rule(
            duty=owed.pk, reason="notice-lapsed", by=RULE, on=day, at=at, space=held.case.space
        )

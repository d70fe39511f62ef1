"""Reviews of a step that the centre took: owed by days, answered in public."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from folkmoot.common.errors import Conflict, Fault
from folkmoot.common.reasons import REVIEWS
from folkmoot.duties.actions import answer_in_case
from folkmoot.duties.rules import REVIEW as REVIEW_DUTY
from folkmoot.duties.rules import acting_day, day_words
from folkmoot.framework.cases.actions.deciding import owe_review
from folkmoot.framework.cases.actions.ending import (
    ending_faults,
    exit_test_met,
    finish,
)
from folkmoot.framework.cases.actions.keeping import (
    Held,
    centre_role,
    choice_fault,
    hold,
    keep,
    move,
    refuse,
    words_fault,
)
from folkmoot.framework.cases.course import open_review
from folkmoot.framework.cases.rules import (
    GOES_ON,
    OVERRIDE_REVIEW_MONTHS,
    REVIEW,
    day_fault,
)
from folkmoot.framework.models import Case
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of


@transaction.atomic
def review(
    *,
    actor: Person | None,
    case: int,
    outcome: str,
    text: str,
    at: dt.datetime,
    on: dt.date | None = None,
    seen: int | None = None,
    space: str = "record",
) -> Case:
    """Review a running step in public: it ``goes-on``, its ``exit-test-met``, or ``ended-early``.

    By the centre that took it. ``text`` is the review, which answers the duty that was owed. A
    step whose exit test is met does not go on, nor does one whose time is over. Where it goes on,
    the next review is owed. Raises NotFound, NotAllowed, BadInput and Conflict.
    """
    held = hold(case, space, REVIEW, actor=actor, seen=seen)
    row, today = held.case, day_of(at)
    by = centre_role(actor, (), row.centre.slug, today, space).acting_office
    day = acting_day(space, today, on)
    owed = open_review(held.duties)
    if owed is None:
        raise Conflict(_none_owed(row))
    refuse(
        [
            *choice_fault("outcome", outcome, list(REVIEWS)),
            *words_fault("text", text),
            *day_fault(held.course, day),
            *(ending_faults(held, outcome, day) if outcome != GOES_ON else _goes_on(held, day)),
        ]
    )
    answer_in_case(actor=actor, duty=owed.pk, text=text, on=day, at=at, space=space)
    labels = held.labels(day)
    keep(row, REVIEW, office=by, on=day, at=at, reason=outcome, labels=labels, duty=owed)
    if outcome != GOES_ON:
        finish(_without_review(held), outcome, by=by, on=day, at=at)
        return row
    move(row, day)
    done = sum(duty.kind == REVIEW_DUTY for duty in held.duties)
    owe_review(row, done + 1, _months(held), owed.rule, owed.rule_version, by, day, at)
    return row


def _none_owed(row: Case) -> str:
    ends = f" It ends on {day_words(row.ends)} at the latest." if row.ends else ""
    return f"The last review of this step was given: no further one is owed.{ends}"


def _months(held: Held) -> int:
    rung = held.in_use.framework.step(held.case.step)
    return rung.review_months if rung else OVERRIDE_REVIEW_MONTHS


def _without_review(held: Held) -> Held:
    """The same case with the review answered, so that it is not waived as well."""
    return Held(held.case, held.in_use, (), held.course)


def _goes_on(held: Held, on: dt.date) -> list[Fault]:
    """Why a step may not go on."""
    ends = held.case.ends
    if ends is not None and on > ends:
        what = f"Its longest time was over on {day_words(ends)}."
        return [Fault("outcome", what, "End it: time-over.", kind="time-over")]
    if exit_test_met(held, on):
        what = "The test for its end is met, and a step ends as soon as that is so."
        return [Fault("outcome", what, "End it: exit-test-met.", kind="exit-test-met")]
    return []

"""Decisions on a notice, and proposals withdrawn before one."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from folkmoot.common.errors import NotAllowed
from folkmoot.common.reasons import DECISIONS
from folkmoot.duties.actions import owe, waive_by_rule
from folkmoot.duties.rules import REVIEW as REVIEW_DUTY
from folkmoot.duties.rules import NewDuty, acting_day
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
from folkmoot.framework.cases.actions.proposing import rule_of
from folkmoot.framework.cases.course import reply_of, subject_of
from folkmoot.framework.cases.findings import find_here
from folkmoot.framework.cases.rules import (
    DECIDE,
    GO_AHEAD,
    RUNNING,
    STOPPED,
    WITHDRAW,
    WITHDRAWN,
    after_months,
    day_fault,
    decide_faults,
    next_review,
    offices_of,
)
from folkmoot.framework.catalogue import Step
from folkmoot.framework.models import Case
from folkmoot.framework.rules.trigger import Finding
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of


@transaction.atomic
def decide(
    *,
    actor: Person | None,
    case: int,
    outcome: str,
    reasons: str,
    equality: str,
    at: dt.datetime,
    on: dt.date | None = None,
    seen: int | None = None,
    space: str = "record",
) -> Case:
    """Decide on a notice, once: ``go-ahead`` or ``do-not-step-in``.

    By whoever holds, on the day, an office that the step of the framework says decides. Not
    before the days of notice and reply are over, and not in a pause. ``reasons`` and ``equality``
    (how the decision weighs what it does to different groups of people) are published. Going
    ahead needs the framework to allow the step on the day of the decision too; the step then runs
    from that day, with its first review due.
    ``seen`` is the version of the case that the actor looked at. Raises NotFound, NotAllowed,
    BadInput with every fault, and Conflict where it is decided or withdrawn already.
    """
    held = hold(case, space, DECIDE, actor=actor, seen=seen)
    row, rung = held.case, _rung(held)
    today = day_of(at)
    by = _decider(held, rung, actor, today)
    day = acting_day(space, today, on)
    refuse(
        [
            *choice_fault("outcome", outcome, list(DECISIONS)),
            *words_fault("reasons", reasons),
            *words_fault("equality", equality),
            *decide_faults(held.course, day, held.pauses),
        ]
    )
    found = find_here(held.in_use, row.step, row.area, row.service, day, space=space, run=row.run)
    if outcome == GO_AHEAD and not found.allowed:
        raise NotAllowed(f"The framework does not allow this step any more. {_unmet(found)}")
    if outcome == GO_AHEAD:
        ends = after_months(day, rung.longest_months)
        move(row, day, state=RUNNING, decided_on=day, starts=day, ends=ends)
    else:
        move(row, day, state=STOPPED, decided_on=day)
    keep(
        row,
        DECIDE,
        office=by,
        on=day,
        at=at,
        reason=outcome,
        finding=found,
        labels=found.labels,
        words={"reasons": reasons, "equality": equality},
    )
    if outcome == GO_AHEAD:
        owe_review(
            row, 1, rung.review_months, rule_of(held.in_use, rung), held.in_use.framework.version,
            by, day, at,
        )  # fmt: skip
    return row


def _rung(held: Held) -> Step:
    rung = held.in_use.framework.step(held.case.step)
    if rung is None:
        raise NotAllowed("The framework has no such step.")
    return rung


def _decider(held: Held, rung: Step, actor: Person | None, today: dt.date) -> str:
    """The office by which ``actor`` decides on a step. Raises NotAllowed.

    The step itself names who decides: what its role may besides was asked when the framework was
    put into use, and asked again it would leave notices of older versions to be decided by nobody.
    """
    offices = offices_of(held.in_use.framework, rung.decides)
    centre, space = held.case.centre.slug, held.case.space
    return centre_role(actor, offices, centre, today, space).acting_office


def _unmet(found: Finding) -> str:
    return " ".join(f"{c.asks} {c.found}" for c in found.conditions if not c.met)


def owe_review(
    case: Case,
    number: int,
    months: int,
    rule: str,
    version: str,
    by: str,
    on: dt.date,
    at: dt.datetime,
) -> None:
    """Make the centre owe its next review of a running case, if its time is not over before."""
    if case.ends is None or on >= case.ends:
        return
    owe(
        new=NewDuty(
            key=f"{subject_of(case.pk)}/review-{number}",
            kind=REVIEW_DUTY,
            body=case.centre.slug,
            subject=subject_of(case.pk),
            rule=rule,
            rule_version=version,
            since=on,
            due=next_review(on, months, case.ends),
            place=case.area.code,
            service=case.service,
        ),
        by=by,
        at=at,
        space=case.space,
        run=case.run,
    )


@transaction.atomic
def withdraw(
    *,
    actor: Person | None,
    case: int,
    reasons: str,
    at: dt.datetime,
    on: dt.date | None = None,
    seen: int | None = None,
    space: str = "record",
) -> Case:
    """Take a proposal back before it is decided: the centre keeps out, and no reply is owed.

    By whoever may propose that step for the same centre. Raises NotFound, NotAllowed, BadInput
    and Conflict.
    """
    held = hold(case, space, WITHDRAW, actor=actor, seen=seen)
    row, today = held.case, day_of(at)
    offices = offices_of(held.in_use.framework, _rung(held).proposes)
    by = centre_role(actor, offices, row.centre.slug, today, space).acting_office
    day = acting_day(space, today, on)
    refuse([*words_fault("reasons", reasons), *day_fault(held.course, day)])
    move(row, day, state=WITHDRAWN)
    labels = held.labels(day)
    keep(row, WITHDRAW, office=by, on=day, at=at, labels=labels, words={"reasons": reasons})
    owed = reply_of(held.duties)
    if owed is not None and not owed.ended:
        waive_by_rule(duty=owed.pk, reason="proposal-withdrawn", by=by, on=day, at=at, space=space)
    return row

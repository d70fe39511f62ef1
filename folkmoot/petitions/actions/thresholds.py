"""Signatures become answers owed: each threshold once, and never undone."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from folkmoot.bodies.queries import senior_office
from folkmoot.duties.actions import owe
from folkmoot.duties.models import Duty
from folkmoot.duties.rules import NewDuty
from folkmoot.people.queries import day_of
from folkmoot.petitions.actions.moving import BY_RULE, tell
from folkmoot.petitions.models import Meeting, Petition, Threshold
from folkmoot.petitions.queries import subject_of
from folkmoot.petitions.queries_meetings import meeting_for_debate
from folkmoot.petitions.rules.states import CLOSED, OPEN
from folkmoot.petitions.rules.thresholds import (
    ANSWER,
    DEBATE,
    DUTY_OF,
    HEARING,
)
from folkmoot.petitions.schemes import rule_of


@transaction.atomic
def reach(*, petition: Petition, at: dt.datetime) -> list[Duty]:
    """Make owed what ``petition.signatures`` have now reached, once each; what became owed.

    The caller holds the lock of the petition's row and has set ``signatures`` on it: without the
    lock, two who count at once both miss the threshold. A petition that is closed still reaches
    what its last signatures reached; one that is hidden, joined, referred or withdrawn does not.
    """
    if petition.state not in (OPEN, CLOSED):
        return []
    rows = Threshold.objects.filter(
        petition=petition, reached_at__isnull=True, needed__lte=petition.signatures
    )
    duties = []
    for threshold in rows.order_by("needed", "kind"):
        threshold.meeting = _meeting(petition, threshold, day_of(at))
        duty = owe(new=_duty(petition, threshold, day_of(at)), by=BY_RULE, at=at)
        threshold.reached_at, threshold.duty = at, duty.key
        threshold.save(update_fields=["reached_at", "duty", "meeting"])
        tell(
            petition,
            "reached",
            cause=f"reached/{threshold.kind}",
            at=at,
            kind=threshold.kind,
            needed=threshold.needed,
            due=duty.due,
            meeting=threshold.meeting is not None,
            duty=duty.pk,
        )
        duties.append(duty)
    return duties


def _meeting(petition: Petition, threshold: Threshold, today: dt.date) -> Meeting | None:
    """The meeting at which a debate that is owed from today is due, where one is known."""
    if threshold.kind != DEBATE:
        return None
    return meeting_for_debate(petition.body.slug, today, threshold.days)


def _duty(petition: Petition, threshold: Threshold, today: dt.date) -> NewDuty:
    """What is owed from today: its day is stamped here once and never moves."""
    meeting = threshold.meeting
    return NewDuty(
        key=f"petition/{petition.pk}/{threshold.kind}",
        kind=DUTY_OF[threshold.kind],
        body=petition.body.slug,
        office=_office(petition, threshold.kind, today),
        subject=subject_of(petition.pk),
        place=petition.area.code,
        service=petition.service.slug,
        rule=rule_of(petition.scheme),
        rule_version=petition.scheme_version,
        since=today,
        due=meeting.on if meeting else today + dt.timedelta(days=threshold.days),
    )


def _office(petition: Petition, kind: str, today: dt.date) -> str:
    """Who owes it: the office that was asked, the senior officer, or "": the body as a whole."""
    if kind == ANSWER:
        return petition.office
    if kind != HEARING:
        return ""
    return senior_office(petition.body, today)

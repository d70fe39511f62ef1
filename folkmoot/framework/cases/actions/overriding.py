"""Emergencies outside the framework: a named power, reasons, a short time, and a mark for ever."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from folkmoot.bodies.queries import central_body
from folkmoot.common.errors import Fault
from folkmoot.duties.rules import acting_day
from folkmoot.framework import queries as framework_queries
from folkmoot.framework.cases import calendars
from folkmoot.framework.cases.actions.deciding import owe_review
from folkmoot.framework.cases.actions.keeping import centre_role, keep, refuse, words_fault
from folkmoot.framework.cases.actions.proposing import (
    answering_body,
    body_fault,
    open_case,
    owe_reply,
)
from folkmoot.framework.cases.findings import service_fault
from folkmoot.framework.cases.rules import (
    OVERRIDE,
    OVERRIDE_REPLY_DAYS,
    OVERRIDE_REVIEW_MONTHS,
    RUNNING,
    Span,
    override_faults,
)
from folkmoot.framework.models import Case
from folkmoot.framework.queries import SHIPPED, InUse
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of, run_of
from folkmoot.places.models import Area
from folkmoot.places.queries import area_by_code

OVERRIDE_RULE = "emergency-outside-the-framework"
OVERRIDE_VERSION = "2026-11-23"
_DECIDE = ("minister",)


@transaction.atomic
def override(
    *,
    actor: Person | None,
    centre: str,
    place: str,
    service: str,
    power: str,
    reasons: str,
    equality: str,
    until: dt.date,
    at: dt.datetime,
    body: str = "",
    on: dt.date | None = None,
    space: str = "record",
) -> Case:
    """Step in outside the framework, in an emergency, from this day until ``until`` at the latest.

    By the minister's office of the centre only. ``power`` is the id of a power that the framework
    in use names; ``reasons`` and ``equality`` are published. No pause holds it up. All emergencies
    in one matter together last no longer within a year than one may. The body owes its reply
    afterwards, the centre a review every month, and the case is marked for ever as outside the
    framework. Raises NotAllowed, NotFound, BadInput and Conflict.
    """
    today = day_of(at)
    day = acting_day(space, today, on)
    by = centre_role(actor, _DECIDE, centre, today, space).acting_office
    area, central = area_by_code(place), central_body(centre)
    run = run_of(actor) if space == "rehearsal" and actor is not None else ""
    in_use = framework_queries.current(day, SHIPPED)
    replies, strangers = answering_body(area, service, day, body)
    refuse(
        [
            *service_fault(service),
            *_power_fault(in_use, power),
            *words_fault("reasons", reasons),
            *words_fault("equality", equality),
            *override_faults(day, until, _before(area, service, space, run)),
            *(strangers or body_fault(replies)),
        ]
    )
    case = Case(
        space=space, run=run, framework_id=in_use.id, area=area, service=service, centre=central,
        body=replies, outside=True, power=power, state=RUNNING, proposed_on=day, decided_on=day,
        starts=day, ends=until, last_on=day, begun_at=at, notice_on=day,
        reply_due=day + dt.timedelta(days=OVERRIDE_REPLY_DAYS),
    )  # fmt: skip
    open_case(case)
    labels = calendars.labels_on(in_use.framework, area.nation, area.kind, day)
    words = {"reasons": reasons, "equality": equality}
    keep(case, OVERRIDE, office=by, on=day, at=at, labels=labels, words=words)
    owe_reply(case, OVERRIDE_RULE, OVERRIDE_VERSION, by, day, at)
    owe_review(case, 1, OVERRIDE_REVIEW_MONTHS, OVERRIDE_RULE, OVERRIDE_VERSION, by, day, at)
    return case


def _before(area: Area, service: str, space: str, run: str) -> list[Span]:
    """The emergencies in a matter so far, under whatever power."""
    rows = Case.objects.filter(space=space, run=run, area=area, service=service, outside=True)
    return [
        Span("", row.starts, row.ended_on or row.ends) for row in rows if row.starts and row.ends
    ]


def _power_fault(in_use: InUse, power: str) -> list[Fault]:
    known = [known.id for known in in_use.framework.powers]
    if power in known:
        return []
    what = "An emergency needs a power that the framework names."
    return [Fault("power", what, f"Use one of: {', '.join(known)}.", value=power)]

"""Real bodies that owe answers, and the answers, for the tests of this room and those above."""

from __future__ import annotations

import datetime as dt

from folkmoot.bodies.models import Body
from folkmoot.duties import actions
from folkmoot.duties.models import Duty
from folkmoot.duties.rules import QUESTION, NewDuty
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of, run_of
from tests.rooms.people_invented import BODIES, DEVON, known

DFE, DFE_DOMAIN = "department-for-education", "education.gov.uk"
DAY = dt.timedelta(days=1)


def bodies() -> dict[str, Body]:
    """The bodies above, in the database."""
    return {slug: known(slug) for slug in BODIES}


def new(at: dt.datetime, key: str = "case:1/reply", **fields: object) -> NewDuty:
    """An answer that Devon owes the department within 28 days."""
    today = day_of(at)
    chosen: dict[str, object] = {
        "key": key,
        "kind": QUESTION,
        "body": DEVON,
        "subject": "case:1",
        "rule": "framework:illustrative/notice",
        "rule_version": "2026-11-23.1",
        "since": today,
        "due": today + 28 * DAY,
        "place": "E10000008",
        "service": "special-educational-needs",
        "owed_to": DFE,
        **fields,
    }
    return NewDuty(**chosen)  # type: ignore[arg-type]  # fields by name


def owe(
    at: dt.datetime,
    key: str = "case:1/reply",
    space: str = "record",
    whose: Person | None = None,
    **fields: object,
) -> Duty:
    """The same, owed; in a rehearsal in that of ``whose``, or of nobody there is."""
    bodies()
    by = "department-for-education/minister"
    run = "" if space == "record" else run_of(whose) if whose else "f" * 32
    return actions.owe(new=new(at, key, **fields), by=by, at=at, space=space, run=run)

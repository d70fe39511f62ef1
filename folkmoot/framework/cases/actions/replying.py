"""The reply of the body that was given notice."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from folkmoot.common.errors import Conflict
from folkmoot.duties.actions import answer_in_case
from folkmoot.duties.models import DutyAnswer
from folkmoot.duties.rules import acting_day
from folkmoot.framework.cases.actions.keeping import hold, keep, move, refuse
from folkmoot.framework.cases.course import reply_of
from folkmoot.framework.cases.rules import REPLY, reply_faults
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of


@transaction.atomic
def reply(
    *,
    actor: Person | None,
    case: int,
    text: str,
    at: dt.datetime,
    late: bool = False,
    on: dt.date | None = None,
    space: str = "record",
) -> DutyAnswer:
    """Reply to a notice for the body that owes it: an officer or a representative of that body.

    After its last day a reply is refused unless ``late`` says that the actor knows: it then ends
    the duty as a late answer, and a decision need not wait for it nor is undone by it. Raises
    NotFound, NotAllowed, BadInput, and Conflict where a reply was given or is not owed any more.
    """
    held = hold(case, space, actor=actor)
    owed = reply_of(held.duties)
    if owed is None:
        raise Conflict("No reply is owed in this case.")
    day = acting_day(space, day_of(at), on)
    refuse(reply_faults(held.course, day, late=late))
    given = answer_in_case(actor=actor, duty=owed.pk, text=text, on=day, at=at, space=space)
    labels = held.labels(day)
    keep(held.case, REPLY, office=given.office, on=day, at=at, labels=labels, duty=owed)
    if held.case.state in ("noticed", "running"):
        move(held.case, day)
    return given

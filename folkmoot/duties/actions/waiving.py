"""Waivers: public, with a reason, and never by the body that owes the answer."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from folkmoot.common.errors import BadInput, Conflict, Fault, NotAllowed
from folkmoot.common.reasons import WAIVERS
from folkmoot.duties.actions.owing import ended_already, locked, record_duty_act, theirs
from folkmoot.duties.actions.reports import tell_reporters
from folkmoot.duties.models import Duty
from folkmoot.duties.rules import BY_RULE, REVIEW, acting_day, day_words, may_waive
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of, roles_of


@transaction.atomic
def waive(
    *,
    actor: Person | None,
    duty: int,
    reason: str,
    at: dt.datetime,
    on: dt.date | None = None,
    space: str = "record",
) -> Duty:
    """Give up an answer that is owed, in public and with a reason: a key of ``WAIVERS``.

    By the centre where the answer is owed to its own body, or by an administrator of the site.
    A review of a step that the centre took is waived by nobody: it ends with the step. Raises
    NotFound, NotAllowed, BadInput, and Conflict where it was answered or waived already.
    """
    row = theirs(duty, space, actor)
    today = day_of(at)
    office = may_waive(roles_of(actor, today, space=space), row.owed_to, today)
    if not office:
        who = "the centre that it is owed to, or " if row.owed_to else ""
        raise NotAllowed(f"Only {who}an administrator of this site may waive this answer.")
    if row.kind == REVIEW:
        raise Conflict("A review is not waived: one is owed as long as the step goes on.")
    allowed = sorted(WAIVERS.keys() - BY_RULE)
    if reason not in allowed:
        raise BadInput(
            [Fault("reason", "There is no such reason.", f"Use one of: {', '.join(allowed)}.")]
        )
    return _end(row, reason=reason, by=office, on=acting_day(space, today, on), at=at)


def waive_by_rule(
    *, duty: int, reason: str, by: str, on: dt.date, at: dt.datetime, space: str = "record"
) -> Duty:
    """Waive what something else that was done in public has made pointless.

    In the transaction of the action that did it, which has checked who may: ``by`` is its
    office, ``reason`` one of ``BY_RULE``. Raises NotFound, ValueError and Conflict.
    """
    if reason not in BY_RULE:
        raise ValueError(f"{reason} is not a reason that follows from a rule")
    return _end(locked(duty, space), reason=reason, by=by, on=on, at=at)


def _end(row: Duty, *, reason: str, by: str, on: dt.date, at: dt.datetime) -> Duty:
    if row.ended:
        raise Conflict(ended_already(row))
    if on < row.since:
        what = f"It has been owed since {day_words(row.since)} only."
        raise BadInput([Fault("on", what, "Name a later day.", value=str(on))])
    row.ended, row.ended_on, row.ended_at, row.ended_by = "waived", on, at, by
    row.waived_reason = reason
    row.save(update_fields=["ended", "ended_on", "ended_at", "ended_by", "waived_reason"])
    record_duty_act(row, "waive-duty", office=by, at=at, reason=reason)
    tell_reporters(row, at=at)
    return row

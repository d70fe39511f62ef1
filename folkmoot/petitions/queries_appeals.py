"""Against what somebody may appeal, of petitions and questions alike. Only reads."""

from __future__ import annotations

import datetime as dt

from folkmoot.people.queries import day_of
from folkmoot.petitions.models import ModerationDecision, Petition, Question
from folkmoot.petitions.rules.limits import APPEAL_ASKED_WITHIN
from folkmoot.petitions.rules.moderation import may_appeal


def refusal_of(row: Petition | Question) -> ModerationDecision | None:
    """The decision that brought ``row`` to where it is, for a reason; None where none did.

    One that only showed it again after it was hidden has no reason, and begins no time to appeal.
    One query, or none where the decisions were prefetched.
    """
    refusals = [each for each in row.decisions.all() if each.outcome == row.state and each.reason]
    return max(refusals, key=lambda each: each.pk, default=None)


def appeal_until(row: Petition | Question, today: dt.date) -> dt.date | None:
    """The last day on which whoever began or asked ``row`` may appeal, as the actions decide it;
    None where they may not."""
    last = refusal_of(row)
    if last is None:
        return None
    decided, erased = day_of(last.at), row.erased_at is not None
    may = may_appeal(decided, today, step=last.step, waits=bool(row.appeal_text), erased=erased)
    return decided + APPEAL_ASKED_WITHIN if may else None

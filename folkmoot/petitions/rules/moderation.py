"""Who may moderate, and the clock that moderators promise: pure rules, told the day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from folkmoot.people.rules import ADMINISTRATOR, MODERATOR, SITE, HeldRole, holds
from folkmoot.petitions.rules.limits import (
    APPEAL_ASKED_WITHIN,
    APPEAL_DECIDED_WITHIN,
    MODERATION_WITHIN,
)

FIRST, APPEAL = "first", "appeal"
# The promise for each step, as a number of days.
WITHIN: dict[str, dt.timedelta] = {FIRST: MODERATION_WITHIN, APPEAL: APPEAL_DECIDED_WITHIN}
UPHELD, REFUSED = "appeal-upheld", "appeal-refused"


def may_moderate(held: Iterable[HeldRole], body: str, on: dt.date) -> str:
    """The acting office by which somebody may moderate what is asked of ``body``, or "".

    A moderator of that very body may, and one of the site for every body. No other role may, and
    nobody moderates what they wrote: that is for the action to see to.
    """
    for has in held:
        if has.role == MODERATOR and has.body in (body, SITE) and holds(has, on):
            return has.acting_office
    return ""


def moderates_site(held: Iterable[HeldRole], on: dt.date) -> str:
    """The acting office by which somebody moderates for the site, or "".

    They alone decide on appeals (never the one who decided first: that is for the action to see
    to), end a petition that gathers signatures, and take in small files of paper: no body does
    that to what is asked of it.
    """
    for has in held:
        if has.role == MODERATOR and has.body == SITE and holds(has, on):
            return has.acting_office
    return ""


def may_erase(held: Iterable[HeldRole], on: dt.date) -> str:
    """The acting office by which somebody may erase words for law, or "": one of the site.

    A moderator or an administrator of the site. A body's own moderators may hide what is asked of
    it, which can be appealed against and undone, and not erase it.
    """
    for has in held:
        if has.role in (MODERATOR, ADMINISTRATOR) and has.body == SITE and holds(has, on):
            return has.acting_office
    return ""


def may_still_appeal(decided: dt.date, today: dt.date) -> bool:
    """Whether a decision of that day may be appealed against on this one."""
    return today <= decided + APPEAL_ASKED_WITHIN


def may_appeal(decided: dt.date, today: dt.date, *, step: str, waits: bool, erased: bool) -> bool:
    """Whether an appeal against the last decision on what was refused would be taken: as the
    actions decide it, for the pages that offer it.

    ``step`` and ``decided`` are those of that decision; ``waits``: an appeal is there already;
    ``erased``: the words are gone for law.
    """
    return step != APPEAL and not waits and not erased and may_still_appeal(decided, today)


def due_on(since: dt.date, step: str = FIRST) -> dt.date:
    """The last day on which a decision keeps the promise."""
    return since + WITHIN[step]


def in_time(since: dt.date, decided: dt.date | None, step: str = FIRST) -> bool:
    """Whether a decision keeps the promise; one not made yet does not."""
    return decided is not None and decided <= due_on(since, step)


def counts(since: dt.date, today: dt.date, step: str = FIRST) -> bool:
    """Whether a case says something of the promise: its time is over.

    One decided early would count at once and one not yet decided would not, so both wait until
    the promised day is past.
    """
    return due_on(since, step) < today

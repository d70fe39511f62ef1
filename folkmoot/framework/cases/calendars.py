"""Pre-election periods and dissolutions: catalogue/calendars, read and asked about a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from folkmoot.common.errors import BadInput, Fault
from folkmoot.duties.rules import day_words
from folkmoot.framework.cases.rules import Span
from folkmoot.framework.catalogue import Framework, Part, Reference
from folkmoot.places.rules import KINDS
from folkmoot.services.catalogue import read_folder
from folkmoot.shipped import shipped

_SATURDAY = 5


class Poll(Part):
    """One day of election, and from when a period before it holds.

    ``not_counted``: bank holidays that do not count as working days before it.
    """

    poll: dt.date
    not_counted: tuple[dt.date, ...] = ()
    starts: dt.date = Field(alias="from")

    @model_validator(mode="after")
    def _coherent(self) -> Poll:
        if self.poll < self.starts:
            raise ValueError("the poll is before the period begins")
        return self


class Calendar(Part):
    """Times in which official acts wait (``pause``) or carry a label (``label``).

    ``nation`` and ``kinds`` say for which places; empty: all. ``working_days``: how many before
    each poll the period begins at the latest. A test counts them.
    """

    slug: str = Field(pattern=r"^[a-z0-9-]+$")
    title: str = Field(min_length=10)
    effect: Literal["pause", "label"]
    words: str = Field(min_length=20)
    nation: str = ""
    kinds: frozenset[str] = frozenset()
    polls: tuple[Poll, ...] = Field(min_length=1)
    working_days: int = Field(ge=1, le=60)
    sources: tuple[Reference, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _known_kinds(self) -> Calendar:
        unknown = sorted(self.kinds - KINDS.keys())
        if unknown:
            raise ValueError(f"unknown kinds of area: {', '.join(unknown)}")
        return self

    def covers(self, nation: str, kind: str) -> bool:
        """Whether it holds for places of this nation and kind."""
        return self.nation in ("", nation) and (not self.kinds or kind in self.kinds)

    def spans(self) -> list[Span]:
        """Its periods, each with a title that names the poll."""
        return [
            Span(f"{self.title} of {day_words(poll.poll)}", poll.starts, poll.poll)
            for poll in self.polls
        ]


def working_days_before(poll: dt.date, days: int, not_counted: Sequence[dt.date]) -> dt.date:
    """The day so many working days before a poll: no Saturdays, Sundays or ``not_counted``.

    Source: rule 2 of the Local Elections (Principal Areas) (England and Wales) Rules 2006, as the
    Electoral Commission's timetables apply it.
    """
    day = poll
    while days:
        day -= dt.timedelta(days=1)
        if day.weekday() < _SATURDAY and day not in not_counted:
            days -= 1
    return day


def read_calendars(folder: Path) -> tuple[list[Calendar], list[Fault]]:
    """Every calendar in ``folder``, and every fault with file and path."""
    calendars, faults = read_folder(folder, Calendar)
    for calendar in calendars:
        for poll in calendar.polls:
            latest = working_days_before(poll.poll, calendar.working_days, poll.not_counted)
            if poll.starts > latest:
                where = f"{folder.name}/{calendar.slug}.yaml, polls"
                what = f"the period before {poll.poll} begins on {latest} at the latest."
                faults.append(Fault(where, what, "Correct from, or the days not counted."))
    return calendars, faults


@lru_cache(maxsize=1)
def _shipped() -> tuple[Calendar, ...]:
    found, faults = read_calendars(shipped("catalogue") / "calendars")
    if faults:
        raise BadInput(faults)
    return tuple(found)


def local_until(nation: str, kind: str) -> dt.date | None:
    """The last poll that a calendar made for such places knows; None where there is no calendar.

    Those for all places of every nation, such as that of general elections, do not count.
    """
    polls = [
        poll.poll
        for calendar in _shipped()
        if calendar.kinds and calendar.covers(nation, kind)
        for poll in calendar.polls
    ]
    return max(polls, default=None)


def pauses(framework: Framework, nation: str, kind: str) -> list[Span]:
    """When official acts wait in places of this nation and kind: framework and calendars."""
    return _spans(framework, nation, kind, "pause")


def labels_on(framework: Framework, nation: str, kind: str, on: dt.date) -> tuple[str, ...]:
    """What an act on this day must carry: the titles of every period that holds.

    A pause that an act was made in, as an emergency may be, is a label on that act.
    """
    spans = [s for effect in ("pause", "label") for s in _spans(framework, nation, kind, effect)]
    return tuple(dict.fromkeys(span.title for span in spans if span.holds(on)))


def _spans(framework: Framework, nation: str, kind: str, effect: str) -> list[Span]:
    own = [Span(p.title, p.starts, p.ends) for p in framework.pauses if p.effect == effect]
    return own + [
        span
        for calendar in _shipped()
        if calendar.effect == effect and calendar.covers(nation, kind)
        for span in calendar.spans()
    ]

"""When full councils meet, as their bodies stated it, and at which meeting a debate is due."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from folkmoot.people.queries import day_of
from folkmoot.petitions.models import Meeting, Threshold
from folkmoot.petitions.rules.thresholds import debate_day


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """One meeting of a full council. ``called_off_on`` is None where it still stands."""

    number: int
    on: dt.date
    source: str
    called_off_on: dt.date | None


@dataclass(frozen=True, slots=True)
class DebateDue:
    """When a debate that is owed is due: at a meeting, or (None) within so many days."""

    meeting: MeetingLine | None
    days: int


def meeting_line(row: Meeting) -> MeetingLine:
    """A meeting as doors show it."""
    off = day_of(row.withdrawn_at) if row.withdrawn_at else None
    return MeetingLine(row.pk, row.on, row.source, off)


def coming_meetings(body: str, today: dt.date) -> list[MeetingLine]:
    """Meetings of a body (its slug) from a day on, also those called off, the next one first:
    one query."""
    rows = Meeting.objects.filter(body__slug=body, on__gte=today).order_by("on", "pk")
    return [meeting_line(row) for row in rows]


def standing_meetings(body: str, today: dt.date) -> list[MeetingLine]:
    """Those that were not called off: one query."""
    return [each for each in coming_meetings(body, today) if each.called_off_on is None]


def meeting_for_debate(body: str, reached: dt.date, days: int) -> Meeting | None:
    """The meeting at which a debate that comes to be owed on a day is due: one query.

    None where no meeting that leaves time for the agenda is known within ``days``.
    """
    rows = Meeting.objects.filter(body__slug=body, on__gt=reached, withdrawn_at__isnull=True)
    known = {row.on: row for row in rows}
    day = debate_day(reached, days, known)
    return known[day] if day is not None else None


def next_for_debate(body: str, today: dt.date, days: int) -> MeetingLine | None:
    """The meeting at which a debate would be due that came to be owed on a day: one query."""
    found = meeting_for_debate(body, today, days)
    return meeting_line(found) if found else None


def debate_due(duty: str) -> DebateDue | None:
    """When the debate of a duty, by its key, is due: one query; None where it is no debate's."""
    row = Threshold.objects.select_related("meeting").filter(duty=duty).first()
    if row is None:
        return None
    return DebateDue(meeting_line(row.meeting) if row.meeting else None, row.days)

"""When a debate is due, in words: at a meeting of the council that is known, or within days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from folkmoot.petitions.queries_meetings import DebateDue, MeetingLine


@dataclass(frozen=True, slots=True)
class When:
    """When something is due: words that follow what it is, and sentences that explain them.

    ``source``: where the body published the date of the meeting that is named; or "".
    """

    words: str
    more: str = ""
    source: str = ""


def within(days: int) -> str:
    """ "within 90 days"."""
    return ngettext("within %(n)d day", "within %(n)d days", days) % {"n": days}


def debate_owed(due: DebateDue) -> When:
    """When a debate that is owed is due."""
    meeting = due.meeting
    if meeting is None:
        return When(within(due.days), _("No meeting in that time was known to this site."))
    words = _("at the council's meeting on %(day)s") % {"day": _day(meeting.on)}
    more = ""
    if meeting.called_off_on is not None:
        more = _("That meeting was called off on %(day)s; the debate is still owed by its day.") % {
            "day": _day(meeting.called_off_on)
        }
    return When(words, more, meeting.source)


def debate_ahead(days: int, meeting: MeetingLine | None) -> When:
    """When a debate would be due that came to be owed today."""
    if meeting is None:
        more = _("No meeting dates in that time are known to this site.")
        return When(within(days), more)
    more = _("If it were reached today, that would be the meeting on %(day)s.")
    words = _("at the council's next meeting, %(within)s at the latest") % {"within": within(days)}
    return When(words, more % {"day": _day(meeting.on)}, meeting.source)


def _day(day: dt.date) -> str:
    return f"{day:%-d %B %Y}"

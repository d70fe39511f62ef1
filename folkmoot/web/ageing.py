"""How old the figures on a page are, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Protocol

from django.utils.formats import date_format
from django.utils.translation import gettext as _

OLD_YEARS = 3


class Dated(Protocol):
    """Anything that covers a period up to a first day after it."""

    @property
    def period_end(self) -> dt.date | None: ...


def last_day(end: dt.date) -> dt.date:
    """The last day of a period, from the first day after it."""
    return end - dt.timedelta(days=1)


def month(day: dt.date) -> str:
    """ "March 2025"."""
    return date_format(day, "F Y")


def age_of(figures: Iterable[Dated]) -> str:
    """ "The figures here end between August 2019 and March 2025." Empty without figures."""
    ends = sorted({figure.period_end for figure in figures if figure.period_end is not None})
    if not ends:
        return ""
    oldest, newest = month(last_day(ends[0])), month(last_day(ends[-1]))
    if oldest == newest:
        return _("The figures here run to %(newest)s.") % {"newest": newest}
    return _("The newest figures here run to %(newest)s, the oldest to %(oldest)s.") % {
        "newest": newest,
        "oldest": oldest,
    }


def is_old(end: dt.date, today: dt.date) -> bool:
    """Whether figures that end before ``end`` are more than three years old on ``today``."""
    return (today.year - end.year, today.month, today.day) > (OLD_YEARS, end.month, end.day)

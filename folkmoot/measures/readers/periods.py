"""Periods as sources write them, to ISO 8601 intervals with first day and first day after."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
# First month of each kind of year. Academic years begin in August, as ONS writes them.
FIRST_MONTH = {"calendar": 1, "financial": 4, "academic": 8}
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:/P(\d{1,3})([YMWD]))?")
_SPAN = re.compile(r"(\d{4})[/-](\d{2}|\d{4})")
_THREE = re.compile(r"(\d{4})-(\d{2})|(\d{4})/\d{2}-(\d{2})/(\d{2})")
_NOTE = re.compile(r"\s*\((?:rev|final|prov|ot|provisional|revised)\)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Period:
    """``text`` in ISO 8601, ``start`` its first day, ``end`` the first day after."""

    text: str
    start: dt.date
    end: dt.date


def parse(text: str, form: str, year_type: str | None = None, day: str = "03-31") -> Period | None:
    """The period that ``text`` means in ``form``, or None where it means none.

    ``form`` is a ``period_format`` of the catalogue; ``by-measure`` reads years as the
    measure's ``year_type`` says, and for counts of one ``day`` (MM-DD) of each year.
    """
    try:
        if form == "by-measure":
            return _of_year_type(text.strip(), year_type, day)
        return _FORMS[form](text.strip())
    except (ValueError, OverflowError):
        return None


def add_months(day: dt.date, months: int) -> dt.date:
    """``day`` moved by whole months; the last day of a shorter month where needed."""
    whole = day.year * 12 + day.month - 1 + months
    year, month = divmod(whole, 12)
    last = (dt.date(year + month // 11, (month + 1) % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(day.day, last))


def iso(text: str) -> Period | None:
    """``2022-08-01/P1Y``, ``/P3M``, ``/P2W``, ``/P1D``, or one date: that day."""
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    start = dt.date.fromisoformat(match[1])
    if match[2] is None:
        return Period(text, start, start + dt.timedelta(days=1))
    count = int(match[2])
    if count == 0:
        return None
    if match[3] in "YM":
        return Period(text, start, add_months(start, count * (12 if match[3] == "Y" else 1)))
    return Period(text, start, start + dt.timedelta(days=count * (7 if match[3] == "W" else 1)))


def _years(first: int, month: int, count: int = 1) -> Period:
    start = dt.date(first, month, 1)
    return Period(f"{start.isoformat()}/P{count}Y", start, dt.date(first + count, month, 1))


def _calendar(text: str) -> Period | None:
    return _years(int(text), 1) if re.fullmatch(r"[12]\d{3}", text) else None


def _split_year(text: str, month: int) -> Period | None:
    """``2015/16``, ``2015-16`` or ``2015/2016``: the year that begins in ``month`` of 2015."""
    match = _SPAN.fullmatch(text)
    if match is None:
        return None
    first = int(match[1])
    if first < 1000 or str(first + 1)[-len(match[2]) :] != match[2]:
        return None
    return _years(first, month)


def _month_name(text: str) -> Period | None:
    name, _, year = text.partition(" ")
    if name.lower() not in MONTHS or not re.fullmatch(r"[12]\d{3}", year):
        return None
    start = dt.date(int(year), MONTHS.index(name.lower()) + 1, 1)
    return Period(f"{start.isoformat()}/P1M", start, add_months(start, 1))


def _of_year_type(text: str, year_type: str | None, day: str) -> Period | None:
    """A year as DfE writes it: see docs/dfe-periods.md.

    A single year is the calendar year, or the financial or academic year that ends in it.
    ``(Rev)``, ``(Final)``, ``(prov)`` and ``(OT)`` after it say nothing of when.
    """
    plain = _NOTE.sub("", text)
    if year_type == "date":
        return iso(f"{plain}-{day}") if re.fullmatch(r"[12]\d{3}", plain) else None
    if year_type == "three-year":
        return _three_years(plain)
    if year_type not in FIRST_MONTH:
        return None
    month = FIRST_MONTH[year_type]
    if year_type == "calendar":
        return _calendar(plain)
    if re.fullmatch(r"[12]\d{3}", plain):
        return _years(int(plain) - 1, month)
    return _split_year(plain, month)


def _three_years(text: str) -> Period | None:
    """``2014-16``: calendar years; ``2013/14-15/16``: financial years."""
    match = _THREE.fullmatch(text)
    if match is None:
        return None
    first = int(match[1] or match[3])
    last = int(match[2] or match[4])
    if (first + 2) % 100 != last or first < 1000:
        return None
    return _years(first, 4 if match[3] else 1, 3)


_FORMS: dict[str, Callable[[str], Period | None]] = {
    "iso": iso,
    "year": _calendar,
    "financial-year": lambda text: _split_year(text, 4),
    "academic-year": lambda text: _split_year(text, 8),
    "month-name": _month_name,
}

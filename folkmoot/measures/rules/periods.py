"""Periods: ISO 8601 keys read to dates, and said as people say them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
# Years that begin in these months are said as two years: financial, school, health.
SPLIT_YEAR_MONTHS = range(4, 12)

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z")
_MONTH = re.compile(r"(\d{4})-(\d{2})\Z")
_YEAR = re.compile(r"(\d{4})\Z")
_DURATION = re.compile(r"P(\d{1,3})([YMWD])\Z")

_NUMBERS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_UNITS = {
    "Y": ("year", "years"),
    "M": ("month", "months"),
    "W": ("week", "weeks"),
    "D": ("day", "days"),
}

SCHOOL_YEAR = "school year {label}"
FROM_TO = "{first} to {last}"
YEAR_TO = "year to {month}"
WEEK_FROM = "week from {day}"
AGO = "{age} ago"
LESS_THAN_A_MONTH = "less than a month"
NOT_OVER = "not over yet"
TODAY = "today"


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time: ``start`` its first day, ``end`` the first day after it.

    ``count`` and ``unit`` are its stated length, as 1 and "Y" of P1Y; 0 and "" for a single date,
    where a figure says how things stood on that day.
    """

    start: dt.date
    end: dt.date
    count: int
    unit: str


def parse(key: str) -> Period:
    """The period of a key: ``2022-08-01/P1Y``, ``2024-05-15``, ``2024-05`` or ``2024``.

    Raises ValueError, saying what was seen, for anything else.
    """
    first, stroke, length = key.partition("/")
    try:
        if stroke:
            day = _DATE.match(first)
            duration = _DURATION.match(length)
            if day and duration and int(duration[1]):
                start = dt.date(int(day[1]), int(day[2]), int(day[3]))
                count, unit = int(duration[1]), duration[2]
                return Period(start, _after(start, count, unit), count, unit)
        elif day := _DATE.match(first):
            start = dt.date(int(day[1]), int(day[2]), int(day[3]))
            return Period(start, start + dt.timedelta(days=1), 0, "")
        elif month := _MONTH.match(first):
            start = dt.date(int(month[1]), int(month[2]), 1)
            return Period(start, _after(start, 1, "M"), 1, "M")
        elif year := _YEAR.match(first):
            start = dt.date(int(year[1]), 1, 1)
            return Period(start, _after(start, 1, "Y"), 1, "Y")
    except (ValueError, OverflowError) as problem:
        raise ValueError(f"{key!r} is not a period: {problem}.") from None
    raise ValueError(
        f"{key!r} is not a period: write a date (2024-05-15), or a first day and a length "
        "(2022-08-01/P1Y, 2023-07-01/P1M)."
    )


def label(key: str, school: bool = False) -> str:
    """The period as people say it: "2022/23", "2020 to 2022", "July 2023", "15 May 2024".

    ``school``: say "school year 2022/23" for a year that begins in the months of split years.
    Raises ValueError for a key that is not a period.
    """
    period = parse(key)
    if not period.unit:
        return day_words(period.start)
    if period.unit == "Y" and period.start.day == 1:
        return _years(period, school)
    if period.unit == "M" and period.start.day == 1:
        return _months(period)
    if period.unit == "W" and period.count == 1:
        return WEEK_FROM.format(day=day_words(period.start))
    last = period.end - dt.timedelta(days=1)
    if last == period.start:
        return day_words(period.start)
    return FROM_TO.format(first=day_words(period.start), last=day_words(last))


def day_words(day: dt.date) -> str:
    """A date in full: "15 May 2024"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def age(end: dt.date, today: dt.date) -> str:
    """How long ago a period ended, in whole years and months: "2 years 3 months ago".

    ``end`` is the first day after the period, as in ``Period.end``.
    """
    if end > today + dt.timedelta(days=1):
        return NOT_OVER
    if end > today:
        return TODAY
    months = (today.year - end.year) * 12 + today.month - end.month - (today.day < end.day)
    years, rest = divmod(months, 12)
    parts = [counted(number, unit) for number, unit in ((years, "Y"), (rest, "M")) if number]
    return AGO.format(age=" ".join(parts) or LESS_THAN_A_MONTH)


def counted(number: int, unit: str) -> str:
    """A number of years, months, weeks or days: "1 year", "3 months"."""
    one, many = _UNITS[unit]
    return f"{number:,} {one if number == 1 else many}"


def step_words(key: str) -> str:
    """What one period of this length is called: "year", "month", "three-year period", "figure".

    Raises ValueError for a key that is not a period.
    """
    period = parse(key)
    if not period.unit:
        return "figure"
    one = _UNITS[period.unit][0]
    if period.count == 1:
        return one
    number = _NUMBERS[period.count] if period.count < len(_NUMBERS) else str(period.count)
    return f"{number}-{one} period"


def _after(start: dt.date, count: int, unit: str) -> dt.date:
    if unit == "D":
        return start + dt.timedelta(days=count)
    if unit == "W":
        return start + dt.timedelta(weeks=count)
    months = start.year * 12 + start.month - 1 + count * (12 if unit == "Y" else 1)
    year, month = divmod(months, 12)
    if start.day > 28:
        raise ValueError("a period of months or years cannot begin after the 28th")
    return dt.date(year, month + 1, start.day)


def _years(period: Period, school: bool) -> str:
    first, last = period.start.year, period.start.year + period.count - 1
    month = period.start.month
    if month == 1:
        said = [str(first), str(last)]
    elif month in SPLIT_YEAR_MONTHS:
        said = [f"{year}/{(year + 1) % 100:02d}" for year in (first, last)]
    elif period.count == 1:
        ended = period.end - dt.timedelta(days=1)
        return YEAR_TO.format(month=f"{MONTHS[ended.month - 1]} {ended.year}")
    else:
        return _from_month_to_month(period)
    words = said[0] if first == last else FROM_TO.format(first=said[0], last=said[1])
    if school and month in SPLIT_YEAR_MONTHS:
        return SCHOOL_YEAR.format(label=words)
    return words


def _months(period: Period) -> str:
    if period.count == 1:
        return f"{MONTHS[period.start.month - 1]} {period.start.year}"
    return _from_month_to_month(period)


def _from_month_to_month(period: Period) -> str:
    ended = period.end - dt.timedelta(days=1)
    first = MONTHS[period.start.month - 1]
    if period.start.year != ended.year:
        first = f"{first} {period.start.year}"
    return FROM_TO.format(first=first, last=f"{MONTHS[ended.month - 1]} {ended.year}")

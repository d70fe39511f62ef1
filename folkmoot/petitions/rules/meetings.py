"""Dates of council meetings as an officer writes them, one on a line, and every fault in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from folkmoot.common.errors import Fault

MOST_DATES = 60
LONGEST_TEXT = 2_000
FURTHEST = dt.timedelta(days=731)
_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d %B %Y")
_SHOWN = 40


def read_dates(
    text: str, today: dt.date, known: Collection[dt.date]
) -> tuple[list[dt.date], list[Fault]]:
    """The days in ``text``, in order, and every fault with its line. Empty lines are left out.

    ``known``: days of meetings that stand already. Days are given only where nothing is wrong.
    """
    written = [
        (number, line.strip())
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip()
    ]
    if not written:
        return [], [Fault("dates", "No date is written here.", "Write one date on each line.")]
    if len(written) > MOST_DATES:
        what = f"These are {len(written)} dates."
        return [], [Fault("dates", what, f"State at most {MOST_DATES} at once.")]
    found: dict[dt.date, int] = {}
    faults = []
    for number, line in written:
        day = _day(line)
        fault = _fault(number, line, day, today, known, found)
        if fault is not None:
            faults.append(fault)
        elif day is not None:
            found[day] = number
    return ([], faults) if faults else (sorted(found), [])


def _day(line: str) -> dt.date | None:
    for form in _FORMS:
        try:
            return dt.datetime.strptime(line, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def _fault(
    number: int,
    line: str,
    day: dt.date | None,
    today: dt.date,
    known: Collection[dt.date],
    found: dict[dt.date, int],
) -> Fault | None:
    where, value = f"line {number}", line[:_SHOWN]
    if day is None:
        return Fault(where, "This is not a date.", "Write it as in 2027-05-06.", value=value)
    if day < today:
        return Fault(where, "This day is past.", "State meetings to come only.", value=value)
    if day - today > FURTHEST:
        what = "This is more than two years ahead."
        return Fault(where, what, "State it when it is nearer.", value=value)
    if day in found:
        what = f"This day stands in line {found[day]} already."
        return Fault(where, what, "Keep one of the two.", value=value)
    if day in known:
        what = "A meeting on this day is stated already."
        return Fault(where, what, "Leave it out.", value=value)
    return None

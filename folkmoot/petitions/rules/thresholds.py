"""How many signatures make which answer owed: levels, their faults, and the numbers stamped."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from folkmoot.common.errors import Fault
from folkmoot.duties.rules import PETITION_ANSWER, PETITION_DEBATE, PETITION_HEARING

ANSWER, HEARING, DEBATE = "answer", "hearing", "debate"
# Kinds of threshold, with what is owed in words that follow "signatures:".
KINDS: dict[str, str] = {
    ANSWER: "a written answer",
    HEARING: "a hearing of the senior officer in public",
    DEBATE: "a debate by the council",
}
# The kind of duty that each makes.
DUTY_OF: dict[str, str] = {
    ANSWER: PETITION_ANSWER,
    HEARING: PETITION_HEARING,
    DEBATE: PETITION_DEBATE,
}
# An agenda is open to the public for so many clear days before the meeting: Local Government Act
# 1972, section 100B(3), as amended for England by SI 2002/715. In Wales, Scotland and Northern
# Ireland the law differs; this site leaves the same time there.
AGENDA_DAYS = 5
# The scheme of this site itself, as a petition names whose thresholds it has.
SITE_SCHEME = "site"

_MOST_DAYS = 365
_LARGEST_SHARE = 0.25
_LARGEST_NUMBER = 10_000_000
_FIELDS = frozenset({"kind", "number", "share", "at_least", "days"})


@dataclass(frozen=True, slots=True)
class Level:
    """One line of a scheme: ``number`` signatures, or a ``share`` (0–1) of the residents.

    With a share, ``at_least`` so many are needed, however few the residents; it is also the
    number where this site does not know how many there are. ``days``: owed within so many.
    """

    kind: str
    days: int
    number: int | None = None
    share: float | None = None
    at_least: int = 1

    def as_json(self) -> dict[str, object]:
        """The level as a scheme keeps it."""
        if self.share is None:
            return {"kind": self.kind, "number": self.number, "days": self.days}
        return {
            "kind": self.kind, "share": self.share, "at_least": self.at_least, "days": self.days
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stamped:
    """A threshold of one petition, as it is stamped on the day that it opens."""

    kind: str
    needed: int
    share: float | None
    days: int


def needed(level: Level, population: int | None) -> int:
    """How many signatures ``level`` needs where ``population`` people live, rounded up."""
    if level.share is None:
        return level.number or 1
    # Rounded first, because 0.005 × 200,000 is a little over 1,000 in binary.
    of_them = math.ceil(round(level.share * (population or 0), 6))
    return max(of_them, level.at_least, 1)


def stamp(levels: Sequence[Level], population: int | None) -> list[Stamped]:
    """The thresholds of a petition, the lowest first."""
    found = [
        Stamped(level.kind, needed(level, population), level.share, level.days) for level in levels
    ]
    return sorted(found, key=lambda each: (each.needed, each.kind))


@cache
def bank_holidays(year: int) -> tuple[dt.date, ...]:
    """The bank and public holidays of England in a year, with those put in lieu of a weekend.

    By the Banking and Financial Dealings Act 1971 and the proclamations known to the library on
    the day of its release; what is proclaimed later is not among them until it is updated.
    """
    # Here because it takes a fifth of a second, and hardly any command asks.
    from holidays.utils import country_holidays

    return tuple(sorted(country_holidays("GB", subdiv="ENG", years=year)))


def clear_days(since: dt.date, until: dt.date) -> int:
    """Working days that lie wholly between two days: neither of the two counts.

    The Act says "clear days" and not which; where councils and courts differ, the count that gives
    the council more time is taken, so that no debate is owed that its own rules forbid: neither
    weekends nor bank holidays of England count.
    """
    off = [day for year in range(since.year, until.year + 1) for day in bank_holidays(year)]
    first = since + dt.timedelta(days=1)
    return int(np.busday_count(first, until, holidays=off)) if until > first else 0


def debate_day(reached: dt.date, days: int, meetings: Iterable[dt.date]) -> dt.date | None:
    """The meeting at which a debate that is owed since ``reached`` within ``days`` is due.

    The first of ``meetings`` that leaves time for the agenda; None where it is later than the
    days: they were promised to everybody who signed, and no list of meetings puts them off.
    """
    in_time = [day for day in meetings if clear_days(reached, day) >= AGENDA_DAYS]
    first = min(in_time, default=None)
    return first if first is not None and (first - reached).days <= days else None


def read_levels(raw: object) -> tuple[list[Level], list[Fault]]:
    """Levels as a form or a file gives them, a list of mappings, and every fault in them.

    There must be an answer; each kind stands once. Levels are given only where nothing is wrong.
    """
    if not isinstance(raw, Sequence) or isinstance(raw, str) or not raw:
        return [], [
            Fault(
                "levels", "No number of signatures is given.", "Say how many make an answer owed."
            )
        ]
    faults: list[Fault] = []
    levels = []
    for place, entry in enumerate(raw, start=1):
        where = f"level {place}"
        if not isinstance(entry, Mapping):
            faults.append(Fault(where, "This is no level.", "Give kind, days and a number."))
            continue
        more = _entry_faults(where, entry)
        faults.extend(more)
        if not more:
            levels.append(_level(entry))
    faults.extend(_together(raw, levels))
    return ([], faults) if faults else (levels, [])


def _level(entry: Mapping[str, object]) -> Level:
    number, share, at_least = entry.get("number"), entry.get("share"), entry.get("at_least")
    return Level(
        kind=str(entry["kind"]),
        days=_whole(entry["days"]) or 0,
        number=_whole(number),
        share=_real(share),
        at_least=_whole(at_least) or 1,
    )


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _real(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if math.isfinite(value) else None


def _entry_faults(where: str, entry: Mapping[str, object]) -> list[Fault]:
    faults = []
    unknown = sorted(str(key) for key in entry.keys() - _FIELDS)
    if unknown:
        known = ", ".join(sorted(_FIELDS))
        faults.append(
            Fault(where, f"There is no field {', '.join(unknown)}.", f"Use only: {known}.")
        )
    if entry.get("kind") not in KINDS:
        faults.append(
            Fault(f"{where}, kind", "There is no such kind.", f"Use one of: {', '.join(KINDS)}.",
                  value=str(entry.get("kind", ""))[:40])
        )  # fmt: skip
    faults.extend(_whole_fault(f"{where}, days", entry.get("days"), _MOST_DAYS))
    number, share = entry.get("number"), entry.get("share")
    if (number is None) == (share is None):
        faults.append(
            Fault(where, "There must be a number or a share, and not both.", "Keep one of them.")
        )
    if number is not None:
        faults.extend(_whole_fault(f"{where}, number", number, _LARGEST_NUMBER))
        if entry.get("at_least") is not None:
            faults.append(Fault(f"{where}, at_least", "This belongs to a share.", "Leave it out."))
    if share is not None:
        size = _real(share)
        if size is None or not 0 < size <= _LARGEST_SHARE:
            faults.append(
                Fault(f"{where}, share", "This is not a share of the residents.",
                      f"Write a number over 0 and up to {_LARGEST_SHARE}, such as 0.005.",
                      value=str(share)[:40])
            )  # fmt: skip
        faults.extend(_whole_fault(f"{where}, at_least", entry.get("at_least"), _LARGEST_NUMBER))
    return faults


def _whole_fault(where: str, value: object, most: int) -> list[Fault]:
    number = _whole(value)
    if number is not None and 1 <= number <= most:
        return []
    what = "Nothing is written here." if value is None else "This is not such a number."
    shown = "" if value is None else str(value)[:40]
    return [Fault(where, what, f"Write a whole number from 1 to {most:,}.", value=shown)]


def _together(raw: Sequence[object], levels: Sequence[Level]) -> list[Fault]:
    """What is wrong with levels that are each well formed."""
    kinds = [str(entry.get("kind")) for entry in raw if isinstance(entry, Mapping)]
    faults = [
        Fault("levels", f"The kind {kind} stands here more than once.", "Keep one of them.")
        for kind in KINDS
        if kinds.count(kind) > 1
    ]
    if ANSWER not in kinds:
        faults.append(
            Fault("levels", "No number of signatures makes an answer owed.", "Add an answer.")
        )
    numbers = {level.kind: level for level in levels}
    for low, high in ((ANSWER, HEARING), (ANSWER, DEBATE), (HEARING, DEBATE)):
        if low in numbers and high in numbers and _less(numbers[high], numbers[low]):
            faults.append(
                Fault("levels", f"A {high} needs fewer people than {low}.", "Exchange the two.")
            )
    return faults


def _less(one: Level, other: Level) -> bool:
    """Whether ``one`` plainly needs fewer than ``other``: told for two of the same sort only."""
    if one.number is not None and other.number is not None:
        return one.number < other.number
    if one.share is not None and other.share is not None:
        return one.share < other.share or one.at_least < other.at_least
    return False

"""What a page, a trigger and a sentence need to know of one place, one standard, one period."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from folkmoot.framework.rules.standing import HOWS, NONE, STATES, Judged


@dataclass(frozen=True, slots=True)
class Fact:
    """One standing: the figure, where it comes from, and how it stands to the line.

    ``failing``: below the minimum. ``release`` is ``source/number``; ``row`` the row of that
    release's file, 0 where it has none. ``about``: whether ``affected`` is only about
    right. The other fields are those of ``Judged``.
    """

    standard: str
    measure: str
    area: str
    period: str
    period_end: dt.date
    state: str
    how: str
    failing: bool
    due: bool
    shortfall: float | None
    consecutive: int
    affected: int | None
    cases: int | None
    value: float | None
    lower: float | None
    upper: float | None
    status: str
    release: str
    row: int
    about: bool = False


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _whole(value: float) -> int | None:
    return round(float(value)) if np.isfinite(value) else None


def facts_of(judged: Judged, standard: str, place: int) -> list[Fact]:
    """The standings of one place (its index in the panel), oldest first."""
    asked = np.flatnonzero(judged.state[place] != NONE)
    return [_fact(judged, standard, place, int(t)) for t in asked]


def _fact(judged: Judged, standard: str, place: int, t: int) -> Fact:
    panel = judged.panel
    return Fact(
        standard=standard,
        measure=panel.measure,
        area=panel.areas[place],
        period=panel.periods[t],
        period_end=panel.ends[t].astype(dt.date),
        state=STATES[judged.state[place, t]],
        how=HOWS[judged.how[place, t]],
        failing=bool(judged.failing[place, t]),
        due=bool(judged.due[t]),
        shortfall=_number(judged.shortfall[place, t]),
        consecutive=int(judged.consecutive[place, t]),
        affected=_whole(judged.affected[place, t]),
        cases=_whole(panel.cases[place, t]),
        value=_number(panel.value[place, t]),
        lower=_number(panel.lower[place, t]),
        upper=_number(panel.upper[place, t]),
        status=str(panel.status[place, t]),
        release=panel.release,
        row=int(panel.row[place, t]),
        about=panel.about,
    )


def all_facts(judged: Judged, standard: str) -> list[Fact]:
    """The standings of every place, in the order of the panel, oldest first in each."""
    return [_fact(judged, standard, int(place), int(t)) for place, t in np.argwhere(judged.state)]

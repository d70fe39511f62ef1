"""Whether each place meets a standard in each period: whole arrays in, whole arrays out.

A figure is compared with the line that the standard draws on its measure. Where every case is
counted, a figure beyond the line is beyond it and no chance is asked about; where the figure is a
sample, being beyond the line is split into within and beyond chance by the figure's own interval,
and a sample without an interval can say nothing. Nothing is "below the minimum" unless the
standard binds, has fallen due, and its figure can prove a breach.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from folkmoot.framework.catalogue import MINIMUMS, Standard

# Bump when a change of method alters standings: they are then computed again.
METHOD = "2026-11-29.2"

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Integers = NDArray[np.int64]
Days = NDArray[np.datetime64]

STATES = ("", "meets", "below", "cannot-say", "not-in-release")
NONE, MEETS, BELOW, CANNOT_SAY, NOT_IN_RELEASE = range(5)
HOWS = ("", "within-chance", "beyond-chance", "every-case")
WITHIN_CHANCE, BEYOND_CHANCE, EVERY_CASE = 1, 2, 3
SLACK = 1e-9
# From here on a number that is only about right is said in tens.
TENS = 100

ENOUGH = {"higher": 1, "lower": -1}


@dataclass(frozen=True, slots=True)
class Panel:
    """Every figure of one measure: P places (ordered by code), T periods (by their end).

    ``value``, ``lower``, ``upper``, ``cases``: (P, T), NaN where there is none; ``cases`` is the
    denominator. ``row`` (P, T): row of the release's file, 0 where the release has no row;
    ``status`` (P, T): the mark in place of a value. ``first``, ``last`` (P,): days on which the
    place began and ended, NaT where it always was or still is. ``starts`` and ``ends`` (T,):
    first day of each period and first day after it. ``step`` is the last printed digit of a
    value, ``top`` what means "all" of a proportion. ``about``: whether ``cases`` takes in some
    that the value leaves out. ``above``: how many of ``cases`` the value is the share of, NaN where
    that is not given.
    """

    measure: str
    polarity: str
    quantity: str
    every_case: bool
    people: bool
    step: float
    top: float
    release: str
    areas: tuple[str, ...]
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    first: Days
    last: Days
    periods: tuple[str, ...]
    starts: Days
    ends: Days
    value: Floats
    lower: Floats
    upper: Floats
    cases: Floats
    row: Integers
    status: NDArray[np.str_]
    about: bool = False
    above: Floats | None = None

    def of_kinds(self, kinds: frozenset[str]) -> Panel:
        """The places of these kinds only, and the periods in which any of them has a row."""
        keep = np.array([kind in kinds for kind in self.kinds], dtype=bool)
        seen = (self.row[keep] > 0).any(axis=0) if keep.any() else np.zeros(len(self.ends), bool)
        grid = np.ix_(keep, seen)
        return Panel(
            self.measure,
            self.polarity,
            self.quantity,
            self.every_case,
            self.people,
            self.step,
            self.top,
            self.release,
            tuple(np.array(self.areas, dtype=object)[keep]),
            tuple(np.array(self.names, dtype=object)[keep]),
            tuple(np.array(self.kinds, dtype=object)[keep]),
            self.first[keep],
            self.last[keep],
            tuple(np.array(self.periods, dtype=object)[seen]),
            self.starts[seen],
            self.ends[seen],
            self.value[grid],
            self.lower[grid],
            self.upper[grid],
            self.cases[grid],
            self.row[grid],
            self.status[grid],
            self.about,
            None if self.above is None else self.above[grid],
        )


@dataclass(frozen=True, slots=True)
class Judged:
    """Where each place stands on one standard, (P, T) like ``panel`` unless said otherwise.

    ``state``: index into STATES, 0 where the standard was not asked of the place (it was not in
    force, or there was no such place). ``how``: index into HOWS, 0 unless below. ``shortfall``:
    how far beyond the line, in the measure's unit, 0 where it is met, NaN where it cannot be
    said. ``consecutive``: published periods in a row below the line, up to and with this one; a
    period of which the place has no figure ends the row, a period in which the publisher gave
    figures for nobody does not. ``due`` (T,): whether the standard had fallen due. ``failing``:
    below the minimum. ``affected``: cases in breach, NaN where not known or not below.
    """

    panel: Panel
    state: NDArray[np.uint8]
    how: NDArray[np.uint8]
    shortfall: Floats
    consecutive: Integers
    due: Booleans
    failing: Booleans
    affected: Floats


def judge(panel: Panel, standard: Standard) -> Judged:
    """Where every place of ``panel`` stands on ``standard`` in every period.

    Places of other kinds than the standard is asked of are left out. Raises ValueError for a
    standard that is not judged by the panel's measure.
    """
    if standard.measure != panel.measure or standard.line is None:
        raise ValueError(f"{standard.id} is not judged by {panel.measure}")
    panel = panel.of_kinds(standard.applies_to)
    sign = ENOUGH[panel.polarity]
    asked = _in_force(panel, standard)[None, :] & _existing(panel)
    known = np.isfinite(panel.value)
    short = sign * (standard.line - panel.value)
    below = known & (short > SLACK)
    edge = panel.upper if sign > 0 else panel.lower
    sure = sign * (standard.line - edge) > SLACK
    how = np.where(below & np.isfinite(edge), np.where(sure, BEYOND_CHANCE, WITHIN_CHANCE), 0)
    if panel.every_case:
        how = np.where(below, EVERY_CASE, 0)
    else:
        known &= np.isfinite(panel.lower) & np.isfinite(panel.upper)
        below &= known
        how = np.where(below, how, 0)
    state = np.select(
        [~asked, below, known, panel.row > 0], [NONE, BELOW, MEETS, CANNOT_SAY], NOT_IN_RELEASE
    )
    below &= asked
    due = _due(panel, standard)
    binds = standard.minimum & due
    return Judged(
        panel,
        state.astype(np.uint8),
        np.where(asked, how, 0).astype(np.uint8),
        np.where(asked & known, np.maximum(np.where(short > SLACK, short, 0.0), 0.0), np.nan),
        in_a_row(below, np.asarray(asked.any(axis=0))),
        due,
        below & binds[None, :],
        _affected(panel, standard, below, sign),
    )


def newest_of(judged: Judged) -> int:
    """The newest period in which anybody was asked, or -1."""
    asked = np.flatnonzero((judged.state > 0).any(axis=0))
    return int(asked[-1]) if asked.size else -1


def in_a_row(held: Booleans, counted: Booleans | None = None) -> Integers:
    """How many columns in a row hold, up to and with each: (..., T) like ``held``.

    ``counted`` (T,): columns that are passed over, neither ending nor adding, are False.
    """
    count = np.zeros(held.shape, dtype=np.int64)
    running = np.zeros(held.shape[:-1], dtype=np.int64)
    for column in range(held.shape[-1]):
        if counted is None or counted[column]:
            running = np.where(held[..., column], running + 1, 0)
            count[..., column] = running
    return count


def _in_force(panel: Panel, standard: Standard) -> Booleans:
    """(T,): minimums ask for whole periods; guidance and ambitions for the last day of one."""
    last_day = panel.ends - np.timedelta64(1, "D")
    held = np.ones(len(panel.ends), dtype=bool)
    if standard.starts is not None:
        begins = panel.starts if standard.kind in MINIMUMS else last_day
        held &= begins >= np.datetime64(standard.starts)
    if standard.ends is not None:
        held &= last_day <= np.datetime64(standard.ends)
    return held & (standard.kind != "historic")


def _existing(panel: Panel) -> Booleans:
    """(P, T): whether the place was there: for all of the period, or with a figure for it.

    Nothing is asked of a place in a period that began after its end, whatever is published.
    """
    began = np.isnat(panel.first)[:, None] | (panel.first[:, None] <= panel.starts[None, :])
    on = np.isnat(panel.last)[:, None] | (panel.last[:, None] >= panel.starts[None, :])
    # A value is a value: publishers give some for places that began within the period.
    return (began | np.isfinite(panel.value)) & on


def _due(panel: Panel, standard: Standard) -> Booleans:
    """(T,): whether the period reaches the day on which the standard falls due."""
    if standard.due is None:
        return np.ones(len(panel.ends), dtype=bool)
    return np.asarray(panel.ends - np.timedelta64(1, "D") >= np.datetime64(standard.due))


def _affected(panel: Panel, standard: Standard, below: Booleans, sign: int) -> Floats:
    """Cases for which it was not met, where the publisher says how many there were.

    To the nearest ten where their number is only about right, but for numbers below a hundred.
    """
    if not panel.people or panel.quantity != "proportion" or standard.kind == "ambition":
        return np.full(panel.value.shape, np.nan)
    share = (panel.top - panel.value if sign > 0 else panel.value) / panel.top
    found = np.round(share * panel.cases)
    if panel.above is not None:  # exact, where a share is printed to so many digits only
        exact = panel.cases - panel.above if sign > 0 else panel.above
        found = np.where(np.isfinite(exact), exact, found)
    if panel.about:
        tens = np.minimum(np.round(found / 10) * 10, panel.cases)
        found = np.where(found < TENS, found, tens)
    return np.where(below, found, np.nan)

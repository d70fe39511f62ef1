"""Conditions on their own clocks brought together into triggers, and triggers into spells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from folkmoot.framework.rules.standing import Booleans, Days


@dataclass(frozen=True, slots=True)
class Fired:
    """Where a condition or trigger holds: (P, T), or (P, R, T) over R resamples.

    ``areas`` (P,): codes; ``ends`` (T,): first day after each period, in order.
    """

    areas: tuple[str, ...]
    ends: Days
    held: Booleans


def combined(parts: Sequence[Fired], match: str, months: int) -> Fired:
    """All or any of several conditions, on every day on which one of them has a new figure.

    Between its own days a condition stays as its newest figure left it, until that figure is
    older than ``months``. A place that one condition has no figures for does not meet that one.
    Raises ValueError for no parts.
    """
    if not parts:
        raise ValueError("a trigger has at least one condition")
    areas = tuple(sorted(set().union(*(part.areas for part in parts))))
    ends = np.unique(np.concatenate([part.ends for part in parts]))
    total: Booleans | None = None
    for part in parts:
        on_days = _on_days(part, ends, months)
        index = {area: at for at, area in enumerate(part.areas)}
        rows = np.array([index.get(area, -1) for area in areas], dtype=np.intp)
        there = np.take(on_days, np.maximum(rows, 0), axis=0)
        there[rows < 0] = False
        if total is None:
            total = there
        elif match == "all":
            total &= there
        else:
            total |= there
    return Fired(areas, ends, np.asarray(total))


def _on_days(part: Fired, days: Days, months: int) -> Booleans:
    newest = np.searchsorted(part.ends, days, side="right") - 1
    known = newest >= 0
    ends = part.ends[np.maximum(newest, 0)]
    age = days.astype("datetime64[M]").astype(int) - ends.astype("datetime64[M]").astype(int)
    fresh = known & (age <= months)
    return np.asarray(np.take(part.held, np.maximum(newest, 0), axis=-1) & fresh)


def spells(held: Booleans) -> Iterator[tuple[int, int, int]]:
    """(place, first column, last column) of every unbroken run of True in (P, T)."""
    padded = np.zeros((held.shape[0], held.shape[1] + 2), dtype=np.int8)
    padded[:, 1:-1] = held
    change = np.diff(padded, axis=1)
    starts, stops = np.argwhere(change == 1), np.argwhere(change == -1)
    for (place, first), (_, after) in zip(starts, stops, strict=True):
        yield int(place), int(first), int(after) - 1

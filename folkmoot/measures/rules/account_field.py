"""Who is compared with whom: the field of a measure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .account_grid import Grid
from .definition import Definition, Geography

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Groups:
    """A partition of the compared places, with the row of each group's own published figure."""

    of: Integers  # (P,), −1 for none
    codes: list[str]
    figure: Integers  # (G,) row of the group's own observations, −1 for none


@dataclass(frozen=True, slots=True)
class Field:
    """The places of one family, (P,) and (P, K), over the rows of the grid."""

    family: Booleans  # of the kinds that run the service
    compared: Booleans  # the same, but nobody where the measure is context
    nation: Groups
    region: Groups
    all: Groups
    similar: Integers  # (P, K) rows of similar places that run the service, −1 for none
    population: Floats  # (P,) NaN where unknown
    newest: int  # the newest period that the account compares

    def in_newest(self, value: Floats) -> Booleans:
        """Which places are compared in the newest period: (P,)."""
        return np.asarray(self.compared & np.isfinite(value[:, self.newest]))


def who_is_compared(grid: Grid, definition: Definition, geography: Geography) -> Field:
    """The field of a measure: places of the kinds that run its service.

    Only these make one family; kinds that contain one another never do (the catalogue refuses
    them). An abolished place is compared in its own time, but where it has a figure for the newest
    period beside its successor it is left out, being nested in it. Totals and context are never
    compared.
    """
    rows = {code: index for index, code in enumerate(grid.areas)}
    kinds = definition.kinds
    right_kind = np.array([geography.kind.get(code, "") in kinds for code in grid.areas])
    known = np.isfinite(grid.value)
    newest = _newest(known, right_kind, grid.ends)
    if geography.live:
        ended = np.array([code not in geography.live for code in grid.areas])
        right_kind &= ~(ended & known[:, newest])
    allowed = {
        code: rows[code] for code, right in zip(grid.areas, right_kind, strict=True) if right
    }
    similar = [
        [allowed[near] for near in geography.similar.get(code, ()) if near in allowed]
        if code in allowed
        else []
        for code in grid.areas
    ]
    width = max((len(row) for row in similar), default=0)
    near = np.full((len(grid.areas), max(width, 1)), -1, dtype=np.intp)
    for index, row in enumerate(similar):
        near[index, : len(row)] = row
    # A place is not similar to itself, whatever a list says.
    near[near == np.arange(len(near))[:, None]] = -1
    population = np.array([float(geography.population.get(code, 0)) for code in grid.areas])
    everyone = Groups(
        np.where(right_kind, 0, -1).astype(np.intp), ["all"], np.array([-1], dtype=np.intp)
    )
    context = definition.context or definition.quantity == "total"
    return Field(
        right_kind,
        np.zeros_like(right_kind) if context else right_kind,
        _grouped(grid, right_kind, geography.nation, rows),
        _grouped(grid, right_kind, geography.region, rows),
        everyone,
        near,
        np.where(population > 0, population, np.nan),
        newest,
    )


def _newest(known: Booleans, right_kind: Booleans, ends: Integers) -> int:
    """The latest period in which at least half as many places have a value as is usual of late.

    One early publication by a few places does not make everyone else's figures old, and a field
    that was once wider does not keep the account in the past: what counts as usual is the fullest
    period of the last three years.
    """
    counts = known[right_kind].sum(axis=0)
    if not counts.any():
        counts = known.sum(axis=0)
    if not counts.any():
        return int(known.shape[1]) - 1
    last = int(np.flatnonzero(counts)[-1])
    usual = counts[ends > ends[last] - 3 * 366].max()
    return int(np.flatnonzero((counts > 0) & (counts >= usual / 2))[-1])


def _grouped(
    grid: Grid, right_kind: Booleans, parent: dict[str, str], rows: dict[str, int]
) -> Groups:
    codes: dict[str, int] = {}
    of = np.full(len(grid.areas), -1, dtype=np.intp)
    for index in np.flatnonzero(right_kind):
        code = parent.get(grid.areas[index], "")
        # A nation does not lie within itself, whatever a look-up says.
        if code and code != grid.areas[index]:
            of[index] = codes.setdefault(code, len(codes))
    figure = np.array([rows.get(code, -1) for code in codes], dtype=np.intp)
    return Groups(of, list(codes), figure)

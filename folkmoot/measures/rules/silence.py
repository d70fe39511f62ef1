"""Why a place has no value: kept back, in a joined area's figure, or not in the release at all.

Nothing here names a body to blame: that is said only where a body itself owed the publication.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .account_field import Field
from .account_grid import Grid
from .definition import Definition, Geography


@dataclass(frozen=True, slots=True)
class Silences:
    """``code`` and ``joined``: for each row of the grid; ``absent``: places with no row at all.

    ``shown``: (P,) the period whose observation stands for the place.
    """

    code: list[str]
    joined: list[str]
    shown: NDArray[np.intp]
    absent: list[tuple[str, str, str]]  # place, silence, joined area


def silences(grid: Grid, field: Field, definition: Definition, geography: Geography) -> Silences:
    """Which places lack a value in the newest period, and why.

    A place is shown by its observation of the newest period: a value, or the mark that stands in
    place of one ("suppressed"). Without either it is shown by its latest earlier value ("old"), or
    by its latest mark; but if it lies in a joined area that has the newest value, that is why
    ("joined-area"). A place of the kinds that run the service that exists today and has no row is
    "not-in-release".
    """
    known = np.isfinite(grid.value)
    there = grid.observation >= 0
    newest = field.newest
    rows = {code: index for index, code in enumerate(grid.areas)}
    upto = np.arange(known.shape[1]) <= newest
    shown = _latest(known & upto, _latest(known, _latest(there, np.zeros(len(known), np.intp))))
    shown = np.where(there[:, newest], newest, shown)
    has_value = known[np.arange(len(known)), shown]
    code, joined = [], []
    for index, area in enumerate(grid.areas):
        whole = geography.joined.get(area, "")
        reason = ""
        if not known[index, newest]:
            if whole in rows and known[rows[whole], newest]:
                reason = "joined-area"
            elif has_value[index]:
                reason = "old" if shown[index] < newest else ""
            else:
                reason = "suppressed"
        code.append(reason)
        joined.append(whole if reason == "joined-area" else "")
    absent = []
    for area in sorted(geography.live - rows.keys()):
        if geography.kind.get(area, "") in definition.kinds:
            whole = geography.joined.get(area, "")
            held = whole in rows and bool(known[rows[whole], newest])
            absent.append((area, *(("joined-area", whole) if held else ("not-in-release", ""))))
    return Silences(code, joined, shown, absent)


def _latest(cells: NDArray[np.bool_], otherwise: NDArray[np.intp]) -> NDArray[np.intp]:
    """The last marked period of each row, or ``otherwise`` where none is."""
    last = cells.shape[1] - 1 - np.argmax(cells[:, ::-1], axis=1)
    return np.where(cells.any(axis=1), last, otherwise).astype(np.intp)

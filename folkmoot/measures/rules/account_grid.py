"""A measure's observations as whole arrays: places down, periods across."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from folkmoot.common.errors import BadInput, Fault

from .definition import OBSERVATIONS

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Grid:
    """Observations of one measure. P places in order of code, T periods in order of end.

    ``value`` to ``denominator``: (P, T), NaN where there is none. ``observation``: (P, T) index of
    the observation in that cell, −1 for none. ``place``, ``period``: cell of every observation,
    which are ordered by place and then period; ``row`` and ``status`` are theirs.
    """

    areas: list[str]
    periods: list[str]
    starts: Integers  # day numbers since 1970
    ends: Integers  # first day after
    value: Floats
    lower: Floats
    upper: Floats
    numerator: Floats
    denominator: Floats
    observation: Integers
    place: Integers
    period: Integers
    row: NDArray[np.int32]
    status: pa.Array

    def end_date(self, index: int) -> dt.date:
        """The first day after a period."""
        return EPOCH + dt.timedelta(days=int(self.ends[index]))


def lay_out(observations: pa.Table) -> Grid:
    """The grid of a table with the columns of ``definition.OBSERVATIONS``.

    Where a place has two observations of one period the later row stands; the importer refuses
    such keys unless an operator accepted them. Raises BadInput for a missing column or no rows.
    """
    missing = [name for name in OBSERVATIONS.names if name not in observations.column_names]
    if missing or not observations.num_rows:
        what = f"no column {', '.join(missing)}." if missing else "no observations."
        raise BadInput([Fault("observations", what, "Give the columns of OBSERVATIONS.")])
    table = observations.select(OBSERVATIONS.names).cast(OBSERVATIONS).combine_chunks()
    areas, place = _codes(table["area"])
    periods, period = _codes(table["period"])
    starts, ends = _days(table["start"]), _days(table["end"])
    first = np.zeros(len(periods), dtype=np.intp)
    first[period[::-1]] = np.arange(len(period))[::-1]
    order = sorted(
        range(len(periods)), key=lambda i: (ends[first[i]], starts[first[i]], periods[i])
    )
    position = np.empty(len(periods), dtype=np.intp)
    position[order] = np.arange(len(periods))
    period = position[period]
    rows = np.asarray(table["row"].fill_null(0).to_numpy(), dtype=np.int32)
    sort = np.lexsort((rows, period, place))
    place, period, rows = place[sort], period[sort], rows[sort]
    shape = (len(areas), len(periods))
    observation = np.full(shape, -1, dtype=np.intp)
    observation[place, period] = np.arange(len(place))

    def spread(name: str) -> Floats:
        cells = np.full(shape, np.nan)
        numbers = table[name].fill_null(np.nan).to_numpy()[sort]
        cells[place, period] = np.where(np.isfinite(numbers), numbers, np.nan)
        return cells

    status = pc.fill_null(table["status"], "").take(pa.array(sort))
    return Grid(
        areas,
        [periods[index] for index in order],
        starts[first[order]],
        ends[first[order]],
        spread("value"),
        spread("lower"),
        spread("upper"),
        spread("numerator"),
        spread("denominator"),
        observation,
        place,
        period,
        rows,
        status.combine_chunks() if isinstance(status, pa.ChunkedArray) else status,
    )


def _codes(column: pa.ChunkedArray) -> tuple[list[str], Integers]:
    """The distinct strings in order, and each row's index among them."""
    encoded = column.combine_chunks().dictionary_encode()
    names = encoded.dictionary.to_pylist()
    order = sorted(range(len(names)), key=lambda index: str(names[index]))
    position = np.empty(len(names), dtype=np.intp)
    position[order] = np.arange(len(names))
    codes = np.asarray(encoded.indices.to_numpy(zero_copy_only=False), dtype=np.intp)
    return [str(names[index]) for index in order], position[codes]


def _days(column: pa.ChunkedArray) -> Integers:
    return np.asarray(column.cast(pa.int32()).to_numpy(), dtype=np.intp)

"""What a reader takes and gives: plain frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from folkmoot.measures.catalogue import MeasureEntry

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# Columns of a row that hold numbers, in the order in which their faults are told.
NUMBERS = ("value", "lower", "upper", "numerator", "denominator")


@dataclass(frozen=True, slots=True)
class KnownAreas:
    """Which areas exist: ``codes`` are GSS codes; ``names`` maps what a source writes to one.

    ``names`` is used by sources that do not write GSS codes (DfE numbers, names of forces).
    ``recoded`` maps the old code of a place to its newest where it is the same place and only
    its code changed; where it is empty, no observation moves.
    """

    codes: frozenset[str]
    names: Mapping[str, str] = field(default_factory=dict)
    recoded: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FoundFault:
    """Every row with one kind of fault, in one column, with one value."""

    kind: str
    column: str
    value: str
    what: str
    remedy: str
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A file read: rows, faults and the count of everything that was not taken.

    ``tables`` has one table a measure, by slug, with the columns of ``OBSERVATIONS``, ordered by
    area and period. What acceptance of a fault does is already done to the rows: a release with
    faults that nobody accepted is never published, so no other form of the rows is needed.
    Row numbers count the header as row 1; in Parquet the nth record is row n + 1.
    ``rows_read`` = used + uncatalogued + left out (by faults) + repeated (rows that say exactly
    what an earlier row says). ``rows_recoded`` of the used ones stand under a code that is now
    obsolete and are observations of its successor, because the file says so: see succession.py.
    """

    tables: dict[str, pa.Table]
    faults: tuple[FoundFault, ...]
    rows_read: int
    rows_used: int
    rows_uncatalogued: int
    rows_left_out: int
    rows_repeated: int
    rows_recoded: int = 0


@dataclass(frozen=True, slots=True)
class Coded:
    """Text with few distinct values: ``values[codes[i]]`` is the text of entry ``i``."""

    codes: Ints
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a file that the catalogue reads, as text: one entry a row and measure.

    ``measure`` indexes ``measures``; ``numbers`` holds Arrow text by name of NUMBERS, null where
    the measure has no such column; ``headers`` says which columns of the file they came from.
    ``derived`` says, a measure, whether its value is numerator ÷ denominator × per.
    ``detail`` is not None where rows are summed: it tells apart the rows of one area and period,
    and ``above`` marks those that belong to the numerator. ``withheld`` are the entries that the
    catalogue leaves out as known to be wrong: for each such entry of the source, its reason's
    place in ``leave_out`` and its row. ``note`` is what the publisher says of an obsolete code.
    """

    measures: tuple[MeasureEntry, ...]
    measure: Ints
    row: Ints
    area: Coded
    period: Coded
    status: Coded
    numbers: dict[str, Any]
    headers: dict[str, str]
    rows_read: int
    derived: Flags
    withheld: tuple[tuple[int, Ints], ...] = ()
    detail: Ints | None = None
    above: Flags | None = None
    note: Coded | None = None

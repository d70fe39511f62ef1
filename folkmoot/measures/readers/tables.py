"""From figures to the tables and counts of a Reading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from folkmoot.measures.catalogue import LeftOut
from folkmoot.measures.readers.figures import figures, summed
from folkmoot.measures.readers.found import Faults
from folkmoot.measures.readers.judging import Rows, Terms, read_cells
from folkmoot.measures.readers.keys import check_keys
from folkmoot.measures.readers.reading import (
    NUMBERS,
    Cells,
    Coded,
    Floats,
    Ints,
    KnownAreas,
    Reading,
)
from folkmoot.measures.readers.succession import follow
from folkmoot.measures.rules.definition import OBSERVATIONS

_STATUS_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Part:
    """The outcome for some measures of a file: tables, and what became of each row."""

    tables: dict[str, pa.Table]
    picked: Ints
    used: Ints
    left_out: Ints
    recoded: Ints


def reading(
    parts: Iterable[Cells],
    terms: Terms,
    areas: KnownAreas,
    leave_out: Sequence[LeftOut] = (),
) -> Reading:
    """Every check on every part of one file, put together."""
    faults = Faults()
    done: list[Part] = []
    rows_read = 0
    known: list[list[Ints]] = [[] for _ in leave_out]
    for cells in parts:
        rows_read = cells.rows_read
        done.append(_part(cells, terms, areas, faults))
        for index, rows in cells.withheld:
            known[index].append(rows)
    for entry, found in zip(leave_out, known, strict=True):
        faults.add_known(entry.where, entry.reason, _union(found))
    picked = _union(part.picked for part in done)
    used = _union(part.used for part in done)
    left_out = np.setdiff1d(_union(part.left_out for part in done), used, assume_unique=True)
    return Reading(
        tables={slug: table for part in done for slug, table in part.tables.items()},
        faults=tuple(faults.listed),
        rows_read=rows_read,
        rows_used=len(used),
        rows_uncatalogued=rows_read - len(picked),
        rows_left_out=len(left_out),
        rows_repeated=len(picked) - len(used) - len(left_out),
        rows_recoded=len(_union(part.recoded for part in done)),
    )


def _union(arrays: Iterable[Ints]) -> Ints:
    return np.unique(np.concatenate([np.empty(0, np.int64), *arrays]))


def _part(cells: Cells, terms: Terms, areas: KnownAreas, faults: Faults) -> Part:
    for index in np.setdiff1d(np.arange(len(cells.measures)), cells.measure).tolist():
        measure = cells.measures[index]
        select = measure.reading.select
        faults.add_missing(", ".join(select) or "file", ", ".join((measure.slug, *select.values())))
    followed, moved = follow(cells, read_cells(cells, terms, areas, faults), areas, terms.recoded)
    keyed = check_keys(cells, followed, faults)
    rows, repeated = keyed.rows, keyed.repeated
    used = rows.row[~rows.gone & ~repeated]
    recoded = rows.row[~rows.gone & ~repeated & moved]
    left_out = rows.row[rows.gone & ~repeated]
    if cells.detail is not None:
        rows = summed(cells, rows, repeated, terms, faults)
        repeated = np.zeros(len(rows.row), bool)
    rows = figures(cells, rows, terms, faults)
    tables = _tables(cells, rows, np.flatnonzero(~rows.gone & ~repeated))
    withheld = _union(found for _, found in cells.withheld)
    picked = _union((cells.row, withheld))
    return Part(tables, picked, np.unique(used), _union((left_out, withheld)), recoded)


def _tables(cells: Cells, rows: Rows, keep: Ints) -> dict[str, pa.Table]:
    area, period = _ranked(rows.area), _ranked(rows.period)
    keep = keep[np.lexsort((period[keep], area[keep], rows.measure[keep]))]
    period_codes = rows.period.codes[keep]
    whole = pa.Table.from_arrays(
        [
            _text(rows.area, keep),
            _text(rows.period, keep),
            _days([span.start.toordinal() if span else 0 for span in rows.spans], period_codes),
            _days([span.end.toordinal() if span else 0 for span in rows.spans], period_codes),
            *(_floats(rows.numbers.get(name), keep) for name in NUMBERS),
            _text(rows.status, keep, _STATUS_LENGTH),
            pa.array(rows.row[keep].astype(np.int32)),
        ],
        schema=OBSERVATIONS,
    )
    edges = np.searchsorted(rows.measure[keep], np.arange(len(cells.measures) + 1)).tolist()
    return {
        measure.slug: whole.slice(edges[index], edges[index + 1] - edges[index])
        for index, measure in enumerate(cells.measures)
    }


def _ranked(column: Coded) -> Ints:
    """The place of each entry's text in the order of texts."""
    place = {text: rank for rank, text in enumerate(sorted(set(column.values)))}
    ranks = np.array([place[text] for text in column.values], np.int64)
    return ranks[column.codes] if len(ranks) else column.codes


def _text(column: Coded, keep: Ints, longest: int | None = None) -> pa.Array:
    values = pa.array([text[:longest] for text in column.values], pa.string())
    return values.take(pa.array(column.codes[keep]))


def _days(ordinals: list[int], codes: Ints) -> pa.Array:
    since = np.array(ordinals, np.int32) - np.int32(719_163)  # days since 1970-01-01
    return pa.array(since[codes] if len(since) else np.empty(0, np.int32)).cast(pa.date32())


def _floats(values: Floats | None, keep: Ints) -> pa.Array:
    if values is None:
        return pa.nulls(len(keep), pa.float64())
    return pa.array(values[keep], from_pandas=True)  # NaN becomes null

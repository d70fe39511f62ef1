"""Which rows of a file belong to which measure of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from folkmoot.measures.catalogue import LeftOut, LongColumns, MeasureEntry
from folkmoot.measures.readers.reading import (
    NUMBERS,
    Cells,
    Coded,
    Flags,
    Ints,
    KnownAreas,
)


def selectors(measures: Sequence[MeasureEntry]) -> list[str]:
    """Every column that picks, sums over or splits rows for some measure."""
    names: dict[str, None] = {}
    for measure in measures:
        names.update(dict.fromkeys(measure.reading.select))
        names.update(dict.fromkeys(measure.reading.sum_over))
        names.update(dict.fromkeys(measure.reading.numerator_where))
    return list(names)


def coded(column: Any) -> Coded:
    """A dictionary column as integer codes and trimmed text; equal trimmed texts share a code."""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    if isinstance(column, pa.ChunkedArray):
        column = column.unify_dictionaries().combine_chunks()
    if isinstance(column, pa.ChunkedArray):  # pragma: no cover - one chunk of a chunked array
        column = column.chunk(0)
    # PostgreSQL cannot store a NUL, which Parquet can hold: its picture stands in its place.
    raw = [(text or "").replace("\0", "␀").strip() for text in column.dictionary.to_pylist()]
    values = list(dict.fromkeys(["", *raw]))
    place = {text: code for code, text in enumerate(values)}
    codes = pc.fill_null(column.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    # A null index reads the last place: the empty text, always code 0.
    moved = np.array([place[text] for text in raw] + [0], dtype=np.int64)
    return Coded(moved[codes], tuple(values))


def pick(
    table: pa.Table,
    measures: Sequence[MeasureEntry],
    columns: Sequence[LongColumns],
    areas: KnownAreas,
    leave_out: Sequence[LeftOut] = (),
    note: str | None = None,
) -> Cells:
    """The cells of ``table`` that ``measures`` read, ``columns[i]`` naming those of measure i.

    ``note`` is the column in which the publisher says what became of an obsolete code.
    """
    keys = {name: coded(table[name]) for name in [*selectors(measures), *left_by(leave_out)]}
    rows = [
        _rows(table, keys, measure, chosen, areas)
        for measure, chosen in zip(measures, columns, strict=True)
    ]
    picked = np.unique(np.concatenate([np.empty(0, np.int64), *rows]))
    withheld = [_withheld(keys, known, picked) for known in leave_out]
    rows = [np.setdiff1d(found, _all(withheld), assume_unique=True) for found in rows]
    sizes = [len(found) for found in rows]
    measure = np.repeat(np.arange(len(measures)), sizes)
    every = _all(rows)
    numbers: dict[str, Any] = {}
    headers: dict[str, str] = {}
    for name in NUMBERS:
        sources = [getattr(chosen, name) for chosen in columns]
        if not any(sources):
            continue
        headers[name] = " or ".join(dict.fromkeys(source for source in sources if source))
        numbers[name] = _gather(table, sources, rows)
    for name in ("area", "period", "status"):
        headers[name] = next((text for c in columns if (text := getattr(c, name))), name)
    summed = any(sums(item) for item in measures)
    return Cells(
        measures=tuple(measures),
        measure=measure,
        row=every + 2,
        area=_coded_at(table, columns, "area", every),
        period=_coded_at(table, columns, "period", every),
        status=_coded_at(table, columns, "status", every),
        numbers=numbers,
        headers=headers,
        rows_read=table.num_rows,
        derived=np.array([chosen.value is None for chosen in columns], dtype=bool),
        withheld=tuple((index, found + 2) for index, found in enumerate(withheld)),
        detail=_detail(keys, measures, rows) if summed else None,
        above=_above(keys, measures, rows) if summed else None,
        note=_at(coded(table[note]), every) if note is not None else None,
    )


def sums(measure: MeasureEntry) -> bool:
    """Whether the measure's figures are counts added up over several rows."""
    return bool(measure.reading.sum_over or measure.reading.numerator_where)


def left_by(leave_out: Sequence[LeftOut]) -> list[str]:
    """Every column by which the catalogue leaves rows out."""
    return list(dict.fromkeys(name for known in leave_out for name in known.where))


def _withheld(keys: dict[str, Coded], known: LeftOut, picked: Ints) -> Ints:
    mask = np.ones(len(picked), bool)
    for name, wanted in known.where.items():
        mask &= _equal(keys[name], wanted)[picked]
    return picked[mask]


def _all(parts: Sequence[Ints]) -> Ints:
    return np.concatenate([np.empty(0, np.int64), *parts])


def _rows(
    table: pa.Table,
    keys: dict[str, Coded],
    measure: MeasureEntry,
    columns: LongColumns,
    areas: KnownAreas,
) -> Ints:
    mask = np.ones(table.num_rows, bool)
    for name, wanted in measure.reading.select.items():
        mask &= _equal(keys[name], (wanted,))
    if measure.reading.area_starts:
        area = coded(table[columns.area])
        codes = [areas.names.get(text, text) for text in area.values]
        starts = np.array([code.startswith(measure.reading.area_starts) for code in codes], bool)
        mask &= starts[area.codes]
    return np.flatnonzero(mask)


def _equal(key: Coded, wanted: Sequence[str]) -> Flags:
    trimmed = {text.strip() for text in wanted}
    chosen = np.array([text in trimmed for text in key.values], dtype=bool)
    out: Flags = chosen[key.codes]
    return out


def _gather(table: pa.Table, sources: Sequence[str | None], rows: Sequence[Ints]) -> Any:
    """The text of each measure's own column at its rows; nulls where it has none."""
    if len(set(sources)) == 1 and sources[0] is not None:
        return table[sources[0]].take(pa.array(_all(rows)))
    parts: list[Any] = []
    for source, found in zip(sources, rows, strict=True):
        if source is None:
            parts.append(pa.nulls(len(found), pa.string()))
        else:
            parts.extend(table[source].take(pa.array(found)).chunks)
    return pa.chunked_array(parts, pa.string())


def _coded_at(table: pa.Table, columns: Sequence[LongColumns], name: str, rows: Ints) -> Coded:
    source = next((text for chosen in columns if (text := getattr(chosen, name))), None)
    if source is None:
        return Coded(np.zeros(len(rows), np.int64), ("",))
    return _at(coded(table[source]), rows)


def _at(whole: Coded, rows: Ints) -> Coded:
    return Coded(whole.codes[rows], whole.values)


def _detail(keys: dict[str, Coded], measures: Sequence[MeasureEntry], rows: Sequence[Ints]) -> Ints:
    """A number that is equal for rows alike in every column summed over or split by."""
    parts = []
    for measure, found in zip(measures, rows, strict=True):
        names = dict.fromkeys([*measure.reading.sum_over, *measure.reading.numerator_where])
        total = np.zeros(len(found), np.int64)
        for name in names:
            total = total * len(keys[name].values) + keys[name].codes[found]
            total = np.unique(total, return_inverse=True)[1]  # keeps the next product small
        parts.append(total)
    return _all(parts)


def _above(keys: dict[str, Coded], measures: Sequence[MeasureEntry], rows: Sequence[Ints]) -> Flags:
    """Whether each row belongs to its measure's numerator; all do where it declares none."""
    parts = []
    for measure, found in zip(measures, rows, strict=True):
        mask = np.ones(len(found), bool)
        for name, wanted in measure.reading.numerator_where.items():
            mask &= _equal(keys[name], wanted)[found]
        parts.append(mask)
    return np.concatenate([np.empty(0, bool), *parts])

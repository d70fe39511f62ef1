"""The counts behind published shares: rows of their own, read as any others and then put together.

Every count is read as if it were a measure, so that its faults are told, its rows are counted and
what the catalogue leaves out is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa

from folkmoot.measures.catalogue import MeasureEntry

_Cell = tuple[str, str]


def counters(measures: Iterable[MeasureEntry]) -> list[MeasureEntry]:
    """One entry for each kind of row that counts the cases of one of ``measures``."""
    return [entry for measure in measures for part in _parts(measure) for entry in part]


def with_counts(
    tables: Mapping[str, pa.Table], measures: Sequence[MeasureEntry]
) -> dict[str, pa.Table]:
    """The tables of ``measures`` with their counts, without the tables of their counters."""
    done = dict(tables)
    for measure in measures:
        rows, numerator = _parts(measure)
        if rows:
            below = _added([done.pop(entry.slug) for entry in rows])
            above = _added([done.pop(entry.slug) for entry in numerator])
            done[measure.slug] = _filled(done[measure.slug], measure, below, above)
    return done


def _parts(measure: MeasureEntry) -> tuple[list[MeasureEntry], list[MeasureEntry]]:
    told = measure.reading.counted_by
    if told is None:
        return [], []
    return _entries(measure, "count", told.rows), _entries(measure, "numerator", told.numerator)


def _entries(
    measure: MeasureEntry, what: str, selects: Sequence[dict[str, str]]
) -> list[MeasureEntry]:
    return [
        measure.model_copy(
            update={
                "slug": f"{measure.slug} ({what} {number})",
                "possible": (0.0, None),
                "reading": measure.reading.model_copy(
                    update={"select": select, "scale": 1.0, "counted_by": None}
                ),
            }
        )
        for number, select in enumerate(selects, 1)
    ]


def _added(tables: Sequence[pa.Table]) -> dict[_Cell, float]:
    """Sums by place and period, where every one of the tables has a count."""
    parts = [
        {
            (area, period): value
            for area, period, value in zip(
                *(table[name].to_pylist() for name in ("area", "period", "value")), strict=True
            )
            if value is not None
        }
        for table in tables
    ]
    shared = set(parts[0]).intersection(*parts[1:]) if parts else set()
    return {cell: sum(part[cell] for part in parts) for cell in shared}


def _filled(
    table: pa.Table,
    measure: MeasureEntry,
    below: Mapping[_Cell, float],
    above: Mapping[_Cell, float],
) -> pa.Table:
    columns = (table[name].to_pylist() for name in ("area", "period", "value"))
    found = [
        (above.get((area, period)), below.get((area, period)))
        if _fits(measure, value, above.get((area, period)), below.get((area, period)))
        else (None, None)
        for area, period, value in zip(*columns, strict=True)
    ]
    for side, name in enumerate(("numerator", "denominator")):
        counts = [pair[side] for pair in found]
        at = table.schema.get_field_index(name)
        table = table.set_column(at, table.schema.field(at), pa.array(counts, pa.float64()))
    return table


def _fits(
    measure: MeasureEntry, value: float | None, above: float | None, below: float | None
) -> bool:
    """Whether there is a count, and it makes the published value where that can be told."""
    told = measure.reading.counted_by
    if value is None or told is None or not below:
        return False
    if not told.numerator:
        return True
    step = 0.5 * 10.0**-measure.decimals
    return above is not None and abs(above / below * (measure.per or 1.0) - value) <= step + 1e-6

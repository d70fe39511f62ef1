"""From read rows to figures: sums, ratios, limits and what a measure can possibly be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from folkmoot.measures.catalogue import MeasureEntry
from folkmoot.measures.readers.found import Faults
from folkmoot.measures.readers.judging import Rows, Terms
from folkmoot.measures.readers.reading import Cells, Coded, Flags, Floats
from folkmoot.measures.rules.faults import LEFT_OUT


def summed(cells: Cells, rows: Rows, repeated: Flags, terms: Terms, faults: Faults) -> Rows:
    """One entry for each measure, area and period: counts added up.

    The count stands in the column of values, else of numerators, else of denominators. Where
    the measure declares ``numerator_where`` the marked rows make the numerator and all rows the
    denominator; else the sum is the value. A missing or faulty count spoils its sum, which is
    left out: a partial sum is not a figure.
    """
    count = next(
        rows.numbers[n] for n in ("value", "numerator", "denominator") if n in rows.numbers
    )
    column = next(
        cells.headers[n] for n in ("value", "numerator", "denominator") if n in cells.headers
    )
    silent = _silent(rows, np.isnan(count), terms)
    faults.add("unknown-status", column, rows.row, silent, lambda i: "(empty)")
    negative = count < 0
    faults.add("impossible-value", column, rows.row, negative, lambda i: f"{count[i]:g}")
    spoilt = rows.dirty | np.isnan(count) | negative
    keep = np.flatnonzero(~rows.gone & ~repeated)
    key = (rows.measure[keep] * max(len(rows.area.values), 1) + rows.area.codes[keep]) * max(
        len(rows.period.values), 1
    ) + rows.period.codes[keep]
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    size = len(first)
    known = np.where(np.isnan(count), 0.0, count)[keep]
    above = np.ones(len(keep), bool) if cells.above is None else cells.above[keep]
    total = np.bincount(group, weights=known, minlength=size)
    part = np.bincount(group, weights=known * above, minlength=size)
    dirty = np.bincount(group, weights=spoilt[keep], minlength=size) > 0
    lead = keep[first]
    measure = rows.measure[lead]
    split = np.array([bool(m.reading.numerator_where) for m in cells.measures], bool)[measure]
    nothing = np.full(size, np.nan)
    return Rows(
        measure,
        rows.row[lead],
        Coded(rows.area.codes[lead], rows.area.values),
        Coded(rows.period.codes[lead], rows.period.values),
        rows.spans,
        Coded(np.zeros(size, np.int64), ("",)),
        {
            "value": np.where(split | dirty, np.nan, part),
            "numerator": np.where(split & ~dirty, part, nothing),
            "denominator": np.where(split & ~dirty, total, nothing),
        },
        gone=np.zeros(size, bool),
        dirty=dirty,
    )


def figures(cells: Cells, rows: Rows, terms: Terms, faults: Faults) -> Rows:
    """Values on the catalogue's scale, checked; limits that cannot be are dropped."""
    nothing = np.full(len(rows.row), np.nan)
    given = {name: rows.numbers.get(name, nothing) for name in rows.numbers.keys() | {"value"}}
    scale = _each(cells.measures, rows, lambda m: m.reading.scale)
    with np.errstate(over="ignore"):  # an infinite product is told as impossible below
        for name in given.keys() & {"value", "lower", "upper"}:
            given[name] = given[name] * scale
    value, dirty = given["value"], rows.dirty
    derived = _derived(cells, rows)
    if derived.any():
        ratio, hollow = _ratio(cells, rows)
        told = cells.headers.get("denominator", "denominator")
        faults.add("impossible-value", told, rows.row, derived & hollow, lambda i: "0")
        value = np.where(derived, ratio, value)
        dirty = dirty | (derived & hollow)
    missing = np.isnan(value) & ~dirty
    empty = _silent(rows, missing, terms)
    column = _value_header(cells)
    faults.add("unknown-status", column, rows.row, empty, lambda i: "(empty)", empty.astype(int))
    low = _each(cells.measures, rows, lambda m: _or(m.possible[0], -np.inf))
    high = _each(cells.measures, rows, lambda m: _or(m.possible[1], np.inf))
    outside = ~dirty & ((value < low) | (value > high) | np.isinf(value))
    faults.add("impossible-value", column, rows.row, outside, lambda i: f"{value[i]:g}")
    dirty = dirty | outside | empty
    lower, upper = given.get("lower", nothing), given.get("upper", nothing)
    lower, upper = _limits(cells, rows, (lower, value, upper), dirty, faults)
    value = np.where(dirty, np.nan, value)
    checked = {**given, "value": value, "lower": lower, "upper": upper}
    return replace(rows, numbers=checked, dirty=dirty, status=_left_out(rows.status, dirty))


def _derived(cells: Cells, rows: Rows) -> Flags:
    if cells.detail is not None:
        split = np.array([bool(m.reading.numerator_where) for m in cells.measures], bool)
        return split[rows.measure]
    return cells.derived[rows.measure]


def _ratio(cells: Cells, rows: Rows) -> tuple[Floats, Flags]:
    """Numerator ÷ denominator × per, and where the denominator is nought."""
    nothing = np.full(len(rows.row), np.nan)
    above, below = (rows.numbers.get(name, nothing) for name in ("numerator", "denominator"))
    per = _each(cells.measures, rows, lambda m: _or(m.per, 1.0))
    hollow = below == 0
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = np.where(hollow, np.nan, above / below * per)
    return ratio, hollow & ~np.isnan(above)


def _limits(
    cells: Cells,
    rows: Rows,
    numbers: tuple[Floats, Floats, Floats],
    dirty: Flags,
    faults: Faults,
) -> tuple[Floats, Floats]:
    lower, value, upper = numbers
    limited = ~np.isnan(lower) | ~np.isnan(upper)
    wrong = limited & ((lower > value) | (upper < value) | (lower > upper))
    wrong |= limited & np.isnan(value) & ~dirty
    wrong |= np.isinf(lower) | np.isinf(upper)
    column = ", ".join(cells.headers[n] for n in ("lower", "value", "upper") if n in cells.headers)
    faults.add(
        "impossible-interval",
        column,
        rows.row,
        wrong,
        lambda i: f"{lower[i]:g} to {upper[i]:g} around {value[i]:g}".replace("nan", "(empty)"),
    )
    drop = wrong | dirty
    return np.where(drop, np.nan, lower), np.where(drop, np.nan, upper)


def _silent(rows: Rows, missing: Flags, terms: Terms) -> Flags:
    """No value, no mark, and the source does not say what an empty cell means."""
    if "" in terms.marks:
        return np.zeros(len(missing), bool)
    unmarked = np.array([not text for text in rows.status.values], bool)[rows.status.codes]
    empty: Flags = missing & unmarked & ~rows.dirty
    return empty


def _left_out(status: Coded, dirty: Flags) -> Coded:
    unmarked = np.array([not text for text in status.values], bool)[status.codes]
    codes = np.where(dirty & unmarked, len(status.values), status.codes)
    return Coded(codes, (*status.values, LEFT_OUT))


def _value_header(cells: Cells) -> str:
    if "value" in cells.headers:
        return cells.headers["value"]
    return ", ".join(cells.headers[n] for n in ("numerator", "denominator") if n in cells.headers)


def _each(
    measures: Sequence[MeasureEntry], rows: Rows, of: Callable[[MeasureEntry], float]
) -> Floats:
    chosen: Floats = np.array([of(measure) for measure in measures], np.float64)[rows.measure]
    return chosen


def _or(number: float | None, otherwise: float) -> float:
    return otherwise if number is None else number

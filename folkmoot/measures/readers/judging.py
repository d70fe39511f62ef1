"""From the text of a file's cells to areas, periods, numbers and marks, a column at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from folkmoot.measures.catalogue import Recoded
from folkmoot.measures.readers import periods
from folkmoot.measures.readers.found import Faults
from folkmoot.measures.readers.numbers import Numbers, numbers
from folkmoot.measures.readers.reading import Cells, Coded, Flags, Floats, Ints, KnownAreas

# Columns whose cell may hold a mark in place of a number.
_MARKED = ("value", "numerator", "denominator")


@dataclass(frozen=True, slots=True)
class Terms:
    """What the source declares: how periods are written and which marks it explains.

    ``significant`` figures are kept of every number where a spreadsheet wrote them (9.37 as
    9.3699999999999992); None keeps all. ``recoded`` are places whose old code it still writes.
    """

    period_format: str
    marks: Mapping[str, str]
    significant: int | None = None
    recoded: tuple[Recoded, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """Entries with their cells read: parallel arrays.

    ``area`` has GSS codes, or what stands in the file where unknown; ``period`` ISO 8601, or
    what stands there, and ``spans`` the period of each of its values, None where bad.
    ``gone`` marks entries left out whole, ``dirty`` those whose value is left out.
    """

    measure: Ints
    row: Ints
    area: Coded
    period: Coded
    spans: tuple[periods.Period | None, ...]
    status: Coded
    numbers: dict[str, Floats]
    gone: Flags
    dirty: Flags


def read_cells(cells: Cells, terms: Terms, areas: KnownAreas, faults: Faults) -> Rows:
    """Areas, periods, numbers and marks of every entry; what cannot be read becomes a fault."""
    area, unknown = _areas(cells, areas, faults)
    period, spans, bad = _periods(cells, terms, faults)
    read = {name: numbers(text, terms.significant) for name, text in cells.numbers.items()}
    dirty = np.zeros(len(cells.row), bool)
    status = cells.status
    for name, column in read.items():
        wrong = column.wrong
        if name in _MARKED:
            status, marked = _marks(cells, name, column, terms, status)
            wrong = wrong & ~marked
            dirty |= wrong & (cells.derived[cells.measure] | (name == "value"))
        _bad_numbers(cells, name, wrong, faults)
    strange = _strange(cells, status, terms, faults)
    values = {name: column.values for name, column in read.items()}
    return Rows(
        cells.measure,
        cells.row,
        area,
        period,
        spans,
        status,
        values,
        gone=unknown | bad,
        dirty=dirty | strange,
    )


def _areas(cells: Cells, areas: KnownAreas, faults: Faults) -> tuple[Coded, Flags]:
    at = cells.area.codes
    known = [areas.names.get(text, text) for text in cells.area.values]
    missing = np.array([code not in areas.codes for code in known], dtype=bool)
    unknown: Flags = missing[at]
    faults.add(
        "unknown-area",
        cells.headers["area"],
        cells.row,
        unknown,
        lambda i: cells.area.values[at[i]] or "(empty)",
        at,
    )
    return Coded(at, tuple(known)), unknown


def _periods(
    cells: Cells, terms: Terms, faults: Faults
) -> tuple[Coded, tuple[periods.Period | None, ...], Flags]:
    by_measure = terms.period_format == "by-measure"
    kinds: list[tuple[str | None, str]] = [(None, "")]
    if by_measure:
        kinds = [(item.reading.year_type, item.reading.day) for item in cells.measures]
    keys = cells.period.codes * len(kinds) + (cells.measure if by_measure else 0)
    distinct, codes = np.unique(keys, return_inverse=True)
    spans: list[periods.Period | None] = []
    texts: list[str] = []
    for key in distinct.tolist():
        text = cells.period.values[key // len(kinds)]
        span = periods.parse(text, terms.period_format, *kinds[key % len(kinds)])
        spans.append(span)
        texts.append(span.text if span else text)
    bad: Flags = np.array([span is None for span in spans], dtype=bool)[codes]
    faults.add(
        "bad-period",
        cells.headers["period"],
        cells.row,
        bad,
        lambda i: cells.period.values[cells.period.codes[i]] or "(empty)",
        cells.period.codes,
    )
    return Coded(codes.astype(np.int64), tuple(texts)), tuple(spans), bad


def _marks(
    cells: Cells, name: str, column: Numbers, terms: Terms, status: Coded
) -> tuple[Coded, Flags]:
    """Words where a number should be are marks: they become the status if there is none.

    A text with a digit in it is a bad number, not a mark, unless the source explains it.
    """
    marked = np.zeros(len(column.wrong), bool)
    at = np.flatnonzero(column.wrong)
    if not len(at):
        return status, marked
    words = _words(cells.numbers[name], at)
    is_mark = np.array(
        [w in terms.marks or not any(letter.isdigit() for letter in w) for w in words.values]
    )[words.codes]
    marked[at] = is_mark
    values = [*status.values]
    place = {text: code for code, text in reversed(list(enumerate(values)))}
    for word in words.values:
        if word not in place:
            place[word] = len(values)
            values.append(word)
    moved = np.array([place[word] for word in words.values], np.int64)[words.codes]
    silent = np.array([not text for text in values], bool)
    codes = status.codes.copy()
    takes = is_mark & silent[codes[at]]
    codes[at[takes]] = moved[takes]
    return Coded(codes, tuple(values)), marked


def _words(text: pa.ChunkedArray | pa.Array, at: Ints) -> Coded:
    """The trimmed text of entries ``at``, coded."""
    chosen = text.take(pa.array(at)).dictionary_encode()
    if isinstance(chosen, pa.ChunkedArray):
        chosen = chosen.unify_dictionaries().combine_chunks()
    codes = chosen.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return Coded(
        codes, tuple(word.replace("\0", "␀").strip() for word in chosen.dictionary.to_pylist())
    )


def _strange(cells: Cells, status: Coded, terms: Terms, faults: Faults) -> Flags:
    """Marks that the source does not explain.

    A known mark beside a value leaves the value standing: so ONS marks a value that holds for a
    joined area. Where the mark takes the place of a value, ONS leaves the value empty.
    """
    unexplained = [bool(text) and text not in terms.marks for text in status.values]
    strange: Flags = np.array(unexplained, dtype=bool)[status.codes]
    faults.add(
        "unknown-status",
        cells.headers["status"],
        cells.row,
        strange,
        lambda i: status.values[status.codes[i]],
        status.codes,
    )
    return strange


def _bad_numbers(cells: Cells, name: str, wrong: Flags, faults: Faults) -> None:
    at = np.flatnonzero(wrong)
    if not len(at):
        return
    words = _words(cells.numbers[name], at)
    same = np.zeros(len(wrong), np.int64)
    same[at] = words.codes
    faults.add(
        "bad-number", cells.headers[name], cells.row, wrong, lambda i: words.values[same[i]], same
    )

"""Rows that speak of the same measure, area and period: repeated, or in conflict."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from folkmoot.measures.readers.found import Faults
from folkmoot.measures.readers.judging import Rows
from folkmoot.measures.readers.reading import Cells, Coded, Flags, Ints

_ROOM = 2**62


@dataclass(frozen=True, slots=True)
class Keyed:
    """``rows`` with conflicts marked; ``repeated`` marks what an earlier row says already."""

    rows: Rows
    conflict: Flags
    repeated: Flags


def check_keys(cells: Cells, rows: Rows, faults: Faults) -> Keyed:
    """Finds entries with one key: all alike are repeats of the first, else all are in conflict."""
    count = len(rows.row)
    conflict = np.zeros(count, bool)
    repeated = np.zeros(count, bool)
    key = joined(rows.measure, dense(rows.area), dense(rows.period))
    if cells.detail is not None:
        key = joined(key, cells.detail)
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if count else order
    if len(starts) == count:
        return Keyed(rows, conflict, repeated)
    group = np.cumsum(np.r_[False, ordered[1:] != ordered[:-1]])
    first = order[starts][group]
    differs = np.zeros(count, bool)
    for column in rows.numbers.values():
        mine, its = column[order], column[first]
        differs |= ~((mine == its) | (np.isnan(mine) & np.isnan(its)))
    differs |= rows.status.codes[order] != rows.status.codes[first]
    torn = np.bincount(group, weights=differs) > 0
    conflict[order] = torn[group]
    repeated[order] = ~torn[group] & (order != first)
    headers = cells.headers
    faults.add(
        "conflicting-key",
        f"{headers['area']}, {headers['period']}",
        rows.row,
        conflict,
        lambda i: ", ".join(
            (
                cells.measures[rows.measure[i]].slug,
                rows.area.values[rows.area.codes[i]],
                rows.period.values[rows.period.codes[i]],
            )
        ),
        key,
    )
    gone = rows.gone if cells.detail is not None else rows.gone | conflict
    # A sum without a conflicting row would be wrong: its value is left out, not the row.
    return Keyed(replace(rows, gone=gone, dirty=rows.dirty | conflict), conflict, repeated)


def dense(column: Coded) -> Ints:
    """Codes that are equal exactly where the texts are."""
    place = {text: code for code, text in enumerate(dict.fromkeys(column.values))}
    moved = np.array([place[text] for text in column.values], np.int64)
    return moved[column.codes] if len(moved) else column.codes


def joined(*parts: Ints) -> Ints:
    """One number for each distinct combination."""
    key = parts[0]
    for part in parts[1:]:
        width = int(part.max(initial=0)) + 1
        if int(key.max(initial=0)) + 1 > _ROOM // width:
            key = np.unique(key, return_inverse=True)[1]
        key = key * width + part
    return key

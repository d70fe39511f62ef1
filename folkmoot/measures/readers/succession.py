"""Rows under an obsolete code that is now another code: the publisher or the catalogue says so.

ONS notes such a row "Obsolete code since 2025 (replaced by E08000039 Sheffield)". The row is an
observation of the successor only where the note names one successor and the list of areas
agrees that it is the same place under a new code. Everything else stays with the old area: a
part of a merger, an area that was split, and a note that is wrong (ONS once gives North
Lanarkshire as the successor of Perth and Kinross).

A publisher may also go on writing the code of a place that has ended and say nothing. Where the
catalogue says so, with the day, rows of that day and later are the successor's; earlier ones stay
with the place that was there then.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from folkmoot.measures.catalogue import Recoded
from folkmoot.measures.readers.judging import Rows
from folkmoot.measures.readers.keys import dense, joined
from folkmoot.measures.readers.reading import Cells, Coded, Flags, Ints, KnownAreas

_REPLACED = re.compile(r"\breplaced by\b(.*)")
_CODE = re.compile(r"\b[A-Z][0-9]{8}\b")


def follow(
    cells: Cells, rows: Rows, areas: KnownAreas, told: Sequence[Recoded] = ()
) -> tuple[Rows, Flags]:
    """``rows`` with recoded areas under their successors, and which entries moved.

    ``told`` are those that the catalogue names.

    An entry does not move where the file has a row of the successor's own for the same measure
    and period: the publisher's newer word stands, and the old row with the old area.
    """
    stay = np.zeros(len(rows.row), bool)
    if not areas.recoded or (cells.note is None and not told):
        return rows, stay
    target, values = np.full(len(rows.row), -1, np.int64), rows.area.values
    if cells.note is not None:
        target, values = _successors(rows.area, cells.note, areas)
    for known in told:
        if areas.recoded.get(known.old) == known.new and known.new in areas.codes:
            target = np.where(_since(rows, known), len(values), target)
            values = (*values, known.new)
    moved: Flags = (target >= 0) & ~rows.gone
    if not moved.any():
        return rows, stay
    period = dense(rows.period)
    old, new = rows.area.codes, np.where(moved, target, rows.area.codes)
    # Both sides are numbered at once, so that equal numbers mean equal keys.
    area = dense(Coded(np.concatenate([old, new]), values))
    key = joined(np.tile(rows.measure, 2), area, np.tile(period, 2))
    now, then = key[: len(old)], key[len(old) :]
    moved &= ~np.isin(then, now[~moved])
    return replace(rows, area=Coded(np.where(moved, target, old), values)), moved


def _since(rows: Rows, known: Recoded) -> Flags:
    """Which entries stand under the old code in a period that began with the new code or later."""
    old = np.array([code == known.old for code in rows.area.values], bool)
    later = np.array([span is not None and span.start >= known.since for span in rows.spans], bool)
    found: Flags = old[rows.area.codes] & later[rows.period.codes]
    return found


def _successors(area: Coded, note: Coded, areas: KnownAreas) -> tuple[Ints, tuple[str, ...]]:
    """The place of each entry's successor in the values given back; -1 where it has none."""
    pairs, which = np.unique(area.codes * len(note.values) + note.codes, return_inverse=True)
    values = list(area.values)
    place = {code: index for index, code in reversed(list(enumerate(values)))}
    found = np.full(len(pairs), -1, np.int64)
    for index, pair in enumerate(pairs.tolist()):
        code = successor(
            area.values[pair // len(note.values)], note.values[pair % len(note.values)], areas
        )
        if code is not None:
            if code not in place:
                place[code] = len(values)
                values.append(code)
            found[index] = place[code]
    return found[which], tuple(values)


def successor(code: str, note: str, areas: KnownAreas) -> str | None:
    """The one code that ``note`` names as replacing ``code``, if that is the same place."""
    told = _REPLACED.search(note)
    named = set(_CODE.findall(told[1])) if told else set()
    new = areas.recoded.get(code)
    return new if new in areas.codes and named == {new} else None

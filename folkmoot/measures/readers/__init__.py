"""Readers: from the bytes of a published file to observations and every fault in it.

``read`` is the one way in. It writes nothing and knows no database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from folkmoot.measures.catalogue import LongColumns, MeasureEntry, SourceEntry
from folkmoot.measures.readers import dfe_long, folkmoot_csv, long_csv, nhs_counts, ons_table
from folkmoot.measures.readers.counting import counters, with_counts
from folkmoot.measures.readers.judging import Terms
from folkmoot.measures.readers.picking import left_by, pick, selectors, sums
from folkmoot.measures.readers.reading import NUMBERS, KnownAreas, Reading
from folkmoot.measures.readers.tables import reading
from folkmoot.measures.readers.text import unpacked

__all__ = ["FORMATS", "METHOD", "KnownAreas", "Reading", "read"]

# Bump when a change of the readers alters what is read: releases are then read anew.
METHOD = "2026-11-23.2"

FORMATS = {
    "ons-table": ons_table.FORMAT,
    "dfe-long": dfe_long.FORMAT,
    "nhs-counts": nhs_counts.FORMAT,
    "long-csv": long_csv.FORMAT,
    "folkmoot": folkmoot_csv.FORMAT,
}


def read(
    source: SourceEntry,
    measures: Sequence[MeasureEntry],
    data: bytes,
    *,
    areas: KnownAreas,
    megabytes: int,
    companions: Mapping[str, bytes] | None = None,
) -> Reading:
    """Reads ``data``, a release of ``source``, for the ``measures`` that the catalogue takes.

    Raises BadInput naming every fault of the file as a whole: empty, larger than ``megabytes``,
    of another kind, in another encoding, with missing columns or ragged rows. Faults of rows
    are in the Reading.
    """
    form = FORMATS[source.reader]
    every = [*measures, *counters(measures)]
    chosen = [form.prepared(measure) for measure in every]
    columns = [form.columns(source, measure) for measure in every]
    names = list(dict.fromkeys(name for each in columns for name in _named(each)))
    digest = hashlib.sha256(data).hexdigest()
    leave_out = [known for known in source.leave_out if known.release == digest]
    keys = [*selectors(chosen), *left_by(leave_out), *form.required]
    counted = {text for each in columns for key in NUMBERS if (text := getattr(each, key))}
    few = [name for name in [*keys, *names] if name not in counted]
    # The file must have its columns even while no measure reads it.
    needed = [*form.required, *names, *keys] if chosen else [*form.required, *_least(source)]
    plain = unpacked(data, megabytes=megabytes)
    table = form.table(plain, companions or {}, source, list(dict.fromkeys(needed)), few)
    terms = Terms(
        form.period_format or source.period_format,
        {**source.status_marks, **form.marks},
        form.significant,
        source.recoded,
    )
    if not chosen:
        return Reading({}, (), table.num_rows, 0, table.num_rows, 0, 0)
    groups = [
        [index for index, measure in enumerate(chosen) if sums(measure) is summed]
        for summed in (False, True)
    ]
    note = form.note if form.note in table.column_names else None
    parts = [
        pick(table, [chosen[i] for i in group], [columns[i] for i in group], areas, leave_out, note)
        for group in groups
        if group
    ]
    found = reading(parts, terms, areas, leave_out)
    return replace(found, tables=with_counts(found.tables, measures))


def _named(columns: LongColumns) -> list[str]:
    return [name for name in columns.model_dump().values() if name is not None]


def _least(source: SourceEntry) -> list[str]:
    return _named(source.columns) if source.columns else []

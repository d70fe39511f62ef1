"""Figures of bodies: the same measures, read from releases whose rows are bodies and not places.

They go through the same door (bytes kept, faults held, one transaction), stand in a table of their
own and have no account: a body is compared with nothing here.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from folkmoot.bodies.trusts import trust_slugs
from folkmoot.measures.models import BodyObservation, Release
from folkmoot.measures.readers.reading import KnownAreas
from folkmoot.measures.revising import BODY_VALUES

_LISTS = {"nhs-trust": trust_slugs}
_LEFT = ["start", "end", "lower", "upper"]


def known_bodies(kind: str, data: Path) -> KnownAreas:
    """Every body of a kind in the shipped files: short names, and the codes that sources write."""
    slugs = _LISTS[kind](data)
    return KnownAreas(frozenset(slugs.values()), slugs)


def body_rows(rows: pa.Table) -> pa.Table:
    """Rows as read, with the short name of a body in place of an area's code.

    Nothing is kept of limits: figures of bodies count every case.
    """
    ends = rows["end"].cast(pa.string())
    kept = rows.drop_columns(_LEFT).append_column("period_end", ends)
    return kept.rename_columns(["body" if n == "area" else n for n in kept.column_names])


def values_of_bodies(release: Release) -> pa.Table:
    """The values of a release, with the columns of BODY_VALUES."""
    rows = BodyObservation.objects.filter(release=release)
    found = list(rows.values_list(*BODY_VALUES.names))
    columns = zip(*found, strict=True) if found else [()] * len(BODY_VALUES.names)
    made = [pa.array(c, f.type) for c, f in zip(columns, BODY_VALUES, strict=True)]
    return pa.table(made, BODY_VALUES)

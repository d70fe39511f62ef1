"""What publishing a release will write, worked out before the transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from folkmoot.measures.importing import with_area_ids, with_keys
from folkmoot.measures.models import Observation, Release
from folkmoot.measures.of_bodies import body_rows, values_of_bodies
from folkmoot.measures.receiving import Terms, measures_of
from folkmoot.measures.revising import BODY_VALUES, VALUES, revisions
from folkmoot.measures.rules.definition import OBSERVATIONS


@dataclass(frozen=True, slots=True)
class Ready:
    """A release with its rows in hand, not yet published."""

    release: Release
    terms: Terms
    tables: Mapping[str, pa.Table]


@dataclass(frozen=True, slots=True)
class Staged:
    """Everything that publishing one release will write, worked out before the transaction.

    ``bodies``: the rows are figures of bodies, of which no account is made.
    """

    release: Release
    previous: Release | None
    observations: pa.Table
    revisions: pa.Table
    measures: dict[str, int]
    areas: dict[str, int]
    bodies: bool = False


def stage(ready: Ready, areas: dict[str, int]) -> Staged:
    """The rows of a release with keys in place of names, and what they change."""
    source = ready.release.source
    measures = dict(measures_of(source).values_list("slug", "pk"))
    parts = [
        with_keys(table, {"measure_id": measures[slug]})
        for slug, table in ready.tables.items()
        if table.num_rows
    ]
    rows = pa.concat_tables(parts) if parts else _no_rows()
    if ready.terms.source.bodies:
        return _of_bodies(ready, body_rows(rows), measures, areas)
    rows = with_area_ids(rows.combine_chunks(), areas)
    period_end = rows["end"].cast(pa.string())
    rows = rows.drop_columns(["start", "end"]).append_column("period_end", period_end)
    previous = source.releases.filter(state=Release.State.PUBLISHED).first()
    old = VALUES.empty_table()
    if previous is not None:
        old = values_of(previous, list(measures.values()))
    # A measure that the last release was not read for has no values that could be revised.
    known = pc.is_in(rows["measure_id"], value_set=old["measure_id"].unique())
    changed = revisions(old, rows.select(VALUES.names).filter(known))
    return Staged(ready.release, previous, rows, changed, measures, areas)


def _of_bodies(
    ready: Ready, rows: pa.Table, measures: dict[str, int], areas: dict[str, int]
) -> Staged:
    previous = ready.release.source.releases.filter(state=Release.State.PUBLISHED).first()
    old = values_of_bodies(previous) if previous is not None else BODY_VALUES.empty_table()
    known = pc.is_in(rows["measure_id"], value_set=old["measure_id"].unique())
    changed = revisions(old, rows.select(BODY_VALUES.names).filter(known))
    return Staged(ready.release, previous, rows, changed, measures, areas, bodies=True)


def _no_rows() -> pa.Table:
    return with_keys(OBSERVATIONS.empty_table(), {"measure_id": 0})


def values_of(release: Release, measures: Sequence[int]) -> pa.Table:
    """The values of a release, with the columns of VALUES."""
    rows = Observation.objects.filter(release=release, measure_id__in=measures)
    found = list(rows.values_list(*VALUES.names))
    columns = zip(*found, strict=True) if found else [()] * len(VALUES.names)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, VALUES, strict=True)], VALUES)


def revised_of(staged: Staged, slug: str) -> pa.Table | None:
    """Area, period and old value of every figure of a measure that had another value before."""
    if not staged.revisions.num_rows:
        return None
    table = staged.revisions
    mine = pc.and_(
        pc.equal(table["measure_id"], staged.measures[slug]), pc.equal(table["kind"], "revised")
    )
    both = pc.and_(pc.is_valid(table["old_value"]), pc.is_valid(table["new_value"]))
    differs = pc.fill_null(pc.not_equal(table["old_value"], table["new_value"]), False)
    chosen = table.filter(pc.and_(mine, pc.and_(both, differs)))
    codes = {pk: code for code, pk in staged.areas.items()}
    area = pa.array([codes[pk] for pk in chosen["area_id"].to_pylist()], pa.string())
    return pa.table({"area": area, "period": chosen["period"], "old_value": chosen["old_value"]})

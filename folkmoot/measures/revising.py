"""What a new release of the same data changes. Pure: Arrow tables in, Arrow tables out."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_KEYS = 3  # columns that name a value: of what, whose, when
VALUES = pa.schema(
    [
        ("measure_id", pa.int64()),
        ("area_id", pa.int64()),
        ("period", pa.string()),
        ("value", pa.float64()),
        ("status", pa.string()),
    ]
)
# The same of bodies, which go by their short names.
BODY_VALUES = pa.schema(
    [pa.field("body", pa.string()) if f.name == "area_id" else f for f in VALUES]
)


def revisions(old: pa.Table, new: pa.Table) -> pa.Table:
    """Every value that is revised, added or vanished, ordered by measure, area and period.

    Both tables have the columns of VALUES, or both of BODY_VALUES, one row a key. The result has
    the keys, ``kind``, ``old_value``, ``new_value``, ``old_status`` and ``new_status`` ("" where
    there is no row). A value is revised where the figure or the mark in its place differs.
    """
    there = pa.repeat(pa.scalar(True), old.num_rows)
    here = pa.repeat(pa.scalar(True), new.num_rows)
    names = old.column_names
    keys = names[:_KEYS]
    before = old.rename_columns([*keys, "old_value", "old_status"])
    after = new.select(names).rename_columns([*keys, "new_value", "new_status"])
    both = before.append_column("there", there).join(
        after.append_column("here", here), keys=keys, join_type="full outer"
    )
    was, now = pc.is_valid(both["there"]), pc.is_valid(both["here"])
    same_value = pc.or_(
        pc.fill_null(pc.equal(both["old_value"], both["new_value"]), False),
        pc.and_(pc.is_null(both["old_value"]), pc.is_null(both["new_value"])),
    )
    same_status = pc.fill_null(pc.equal(both["old_status"], both["new_status"]), False)
    kind = pc.if_else(pc.and_(was, now), "revised", pc.if_else(now, "added", "vanished"))
    table = pa.table(
        {
            **{name: both[name] for name in keys},
            "kind": kind,
            "old_value": both["old_value"],
            "new_value": both["new_value"],
            "old_status": pc.fill_null(both["old_status"], ""),
            "new_status": pc.fill_null(both["new_status"], ""),
        }
    )
    changed = pc.invert(pc.and_(pc.and_(was, now), pc.and_(same_value, same_status)))
    return table.filter(changed).sort_by([(name, "ascending") for name in keys])

"""Gathering faults: rows by kind, column and value, told in plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from folkmoot.measures.readers.reading import Flags, FoundFault, Ints
from folkmoot.measures.rules.faults import KINDS

# Faults of one kind in one column are listed value by value up to this many values; the rows
# of all other values follow as one entry, so that no row is ever missing from the report.
MOST_VALUES = 500
_LONGEST = 120


@dataclass(slots=True)
class Faults:
    """A growing list of faults."""

    listed: list[FoundFault] = field(default_factory=list)

    def add(
        self,
        kind: str,
        column: str,
        rows: Ints,
        where: Flags,
        value: Callable[[int], str],
        same: Ints | None = None,
    ) -> None:
        """Every entry of ``where`` is a fault of ``kind`` in ``column``.

        ``rows`` has the row number of every entry. ``value(i)`` is what stands in entry ``i``;
        it is called once for each distinct number in ``same`` (each entry its own if None).
        """
        entries = np.flatnonzero(where)
        if not len(entries):
            return
        keys = entries if same is None else same[entries]
        _, first, group = np.unique(keys, return_index=True, return_inverse=True)
        order = np.argsort(first, kind="stable")
        by_text: dict[str, list[Ints]] = {}
        sorted_entries = entries[np.argsort(group, kind="stable")]
        ends = np.cumsum(np.bincount(group))
        named = order[:MOST_VALUES]
        for index in named.tolist():
            members = sorted_entries[ends[index - 1] if index else 0 : ends[index]]
            by_text.setdefault(value(int(members[0]))[:_LONGEST], []).append(rows[members])
        rest = entries[~np.isin(group, named)]
        if len(rest):
            others = f"(and {len(order) - len(named)} other values)"
            by_text.setdefault(others, []).append(rows[rest])
        told = KINDS[kind]
        for text, parts in by_text.items():
            numbers = np.unique(np.concatenate(parts)).tolist()
            self.listed.append(
                FoundFault(kind, column[:80], text, told.what, told.remedy, tuple(numbers))
            )

    def add_known(self, where: Mapping[str, Sequence[str]], reason: str, rows: Ints) -> None:
        """Rows that the catalogue leaves out because they are known to be wrong."""
        if not len(rows):
            return
        told = KINDS["known-wrong"]
        column, value = ", ".join(where), "; ".join(", ".join(texts) for texts in where.values())
        what = f"{told.what} {reason}"
        self.listed.append(
            FoundFault(
                "known-wrong",
                column[:80],
                value[:_LONGEST],
                what,
                told.remedy,
                tuple(rows.tolist()),
            )
        )

    def add_missing(self, column: str, value: str) -> None:
        """A measure of the catalogue has no row at all."""
        told = KINDS["missing-measure"]
        self.listed.append(
            FoundFault("missing-measure", column[:80], value[:_LONGEST], told.what, told.remedy, ())
        )

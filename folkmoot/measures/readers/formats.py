"""What sets one kind of file apart: how its bytes become a table, and what its columns mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from folkmoot.measures.catalogue import LongColumns, MeasureEntry, SourceEntry
from folkmoot.measures.readers.text import csv_table, plain_text, refuse

# (bytes, companions by name, source, columns needed, columns with few values) → table of text
ToTable = Callable[
    [bytes, Mapping[str, bytes], SourceEntry, Sequence[str], Sequence[str]], pa.Table
]


@dataclass(frozen=True, slots=True)
class Format:
    """One reader. ``columns`` are its own where the catalogue declares none.

    ``note`` is the column in which it says what became of an obsolete code of area, if any.
    """

    table: ToTable
    columns: Callable[[SourceEntry, MeasureEntry], LongColumns]
    prepared: Callable[[MeasureEntry], MeasureEntry] = lambda measure: measure
    required: tuple[str, ...] = ()
    period_format: str | None = None
    significant: int | None = None
    marks: Mapping[str, str] = field(default_factory=dict)
    note: str | None = None


def declared(source: SourceEntry, otherwise: LongColumns | None = None) -> LongColumns:
    """The columns that the catalogue declares. Raises BadInput where it declares none."""
    columns = source.columns or otherwise
    if columns is None:
        raise refuse(
            f"The catalogue does not say which columns {source.slug} has.",
            "Add 'columns' to the source.",
            where=f"sources/{source.slug}.yaml",
        )
    return columns


def csv_to_table(
    data: bytes,
    companions: Mapping[str, bytes],
    source: SourceEntry,
    needed: Sequence[str],
    coded: Sequence[str],
    optional: Sequence[str] = (),
) -> pa.Table:
    """CSV in the encoding and with the line ends that the catalogue declares."""
    text = plain_text(
        data, encoding=source.encoding, bare_carriage_returns=source.bare_carriage_returns
    )
    return csv_table(text, needed, [*coded, *optional], optional)

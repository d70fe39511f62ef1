"""What Folkmoot itself publishes of a measure: its observations as CSV (see api/files.py)."""

from __future__ import annotations

from folkmoot.measures.catalogue import LongColumns, MeasureEntry
from folkmoot.measures.readers.formats import Format, csv_to_table
from folkmoot.measures.rules.faults import LEFT_OUT, LEFT_OUT_MEANING

COLUMNS = LongColumns(
    area="area",
    period="period",
    value="value",
    lower="lower",
    upper="upper",
    numerator="numerator",
    denominator="denominator",
    status="status",
)


def prepared(measure: MeasureEntry) -> MeasureEntry:
    """The measure picks the rows that carry its slug, unless it says otherwise."""
    select = measure.reading.select or {"measure": measure.slug}
    return measure.model_copy(
        update={"reading": measure.reading.model_copy(update={"select": select})}
    )


FORMAT = Format(
    table=csv_to_table,
    columns=lambda source, measure: COLUMNS,
    prepared=prepared,
    required=("measure",),
    period_format="iso",
    marks={LEFT_OUT: LEFT_OUT_MEANING},
)

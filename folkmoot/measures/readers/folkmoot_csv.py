"""What Folkmoot itself publishes: see measures/publication.py."""

from __future__ import annotations

from folkmoot.measures.catalogue import LongColumns, MeasureEntry
from folkmoot.measures.readers.formats import Format, csv_to_table

COLUMNS = LongColumns(
    area="area_code",
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
)

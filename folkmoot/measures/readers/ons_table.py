"""ONS Explore Local Statistics tables: CSV in long form with limits and marks of status."""

from __future__ import annotations

from folkmoot.measures.catalogue import LongColumns
from folkmoot.measures.readers.formats import Format, csv_to_table, declared

COLUMNS = LongColumns(
    area="areacd",
    period="period",
    value="observation",
    lower="lci_95",
    upper="uci_95",
    status="status",
)

# Asked for even where no measure reads them, so that a table of another make is refused.
FORMAT = Format(
    table=csv_to_table,
    columns=lambda source, measure: declared(source, COLUMNS),
    required=("areacd", "indicator", "period", "observation", "measure", "unit"),
)

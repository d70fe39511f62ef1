"""Any CSV in long form whose columns, periods and area codes the catalogue describes."""

from __future__ import annotations

from folkmoot.measures.readers.formats import Format, csv_to_table, declared

FORMAT = Format(table=csv_to_table, columns=lambda source, measure: declared(source))

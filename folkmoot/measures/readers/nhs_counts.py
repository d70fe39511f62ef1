"""NHS England counts in wide form: one row a board and month, one column a count.

The catalogue's ``columns`` name the area, the month and, where every measure uses the same
counts, numerator and denominator. A measure that uses other counts names them in its
``select``: ``numerator: attendances_over_4hours``, ``denominator: total_attendances``.
"""

from __future__ import annotations

from folkmoot.measures.catalogue import LongColumns, MeasureEntry, SourceEntry
from folkmoot.measures.readers.formats import Format, csv_to_table, declared
from folkmoot.measures.readers.reading import NUMBERS


def columns(source: SourceEntry, measure: MeasureEntry) -> LongColumns:
    """The columns of the source, with the counts that the measure names."""
    own = {key: text for key, text in measure.reading.select.items() if key in NUMBERS}
    return declared(source).model_copy(update=own)


def prepared(measure: MeasureEntry) -> MeasureEntry:
    """The measure without the part of ``select`` that names columns."""
    rows = {key: text for key, text in measure.reading.select.items() if key not in NUMBERS}
    return measure.model_copy(
        update={"reading": measure.reading.model_copy(update={"select": rows})}
    )


FORMAT = Format(table=csv_to_table, columns=columns, prepared=prepared)

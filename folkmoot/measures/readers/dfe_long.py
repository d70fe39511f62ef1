"""The DfE Local Authority Interactive Tool: Parquet in long form, values as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from folkmoot.measures.catalogue import LongColumns, SourceEntry
from folkmoot.measures.readers.formats import Format, declared
from folkmoot.measures.readers.text import check_header, refuse

COLUMNS = LongColumns(area="LA Number", period="Years", value="Values")


def parquet_to_table(
    data: bytes,
    companions: Mapping[str, bytes],
    source: SourceEntry,
    needed: Sequence[str],
    coded: Sequence[str],
) -> pa.Table:
    """Parquet as text: whole numbers lose their ".0". Raises BadInput if it is not Parquet."""
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        check_header(file.schema_arrow.names, needed)
        table = file.read(columns=list(dict.fromkeys(needed)))
        columns = {name: _text(table[name], name in coded) for name in table.column_names}
    except (pa.ArrowException, OSError) as error:
        raise refuse(
            f"The file is not readable as Parquet: {str(error)[:200]}.",
            "Send it again, as Parquet.",
            kind="not-parquet",
        ) from None
    if not table.num_rows:
        raise refuse("The file has no rows.", "Send it with its rows.", kind="empty-file")
    return pa.table(columns)


def _text(column: pa.ChunkedArray, coded: bool) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if not coded:
        return pc.fill_null(column.cast(pa.string()), "")
    column = column.dictionary_encode().unify_dictionaries()
    chunks = [
        pa.DictionaryArray.from_arrays(chunk.indices, _whole(chunk.dictionary))
        for chunk in column.chunks
    ]
    return pa.chunked_array(chunks, pa.dictionary(pa.int32(), pa.string()))


def _whole(values: pa.Array) -> pa.Array:
    """Text of ``values``; a float that is a whole number is written as one: 301, not 301.0."""
    if not pa.types.is_floating(values.type):
        return values.cast(pa.string())
    return pa.array(
        [f"{v:.0f}" if v is not None and v.is_integer() else str(v) for v in values.to_pylist()],
        pa.string(),
    )


FORMAT = Format(
    table=parquet_to_table,
    columns=lambda source, measure: declared(source, COLUMNS),
    required=("Short Desc", "Data item"),
    period_format="by-measure",
    significant=10,
)

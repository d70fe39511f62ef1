"""Files that are refused whole, and why; files that are odd and read all the same."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from folkmoot.common.errors import BadInput, Fault
from folkmoot.measures.readers import Reading, read
from folkmoot.shipped import shipped
from tests.rooms.releases_material import (
    AREAS,
    LEEDS,
    ONS_HEADER,
    YORK,
    measure,
    ons_file,
    ons_row,
    source,
)

DATA = shipped("data")


def taken(data: bytes, **of_source: object) -> Reading:
    return read(source(**of_source), [measure()], data, areas=AREAS, megabytes=1)


def refused(data: bytes, **of_source: object) -> tuple[Fault, ...]:
    with pytest.raises(BadInput) as caught:
        taken(data, **of_source)
    return caught.value.faults


@pytest.mark.parametrize("data", [b"", b"  \n\n", gzip.compress(b"", mtime=0), b"\xef\xbb\xbf\n"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert [fault.kind for fault in refused(data)] == ["empty-file"]


def test_a_header_without_rows_is_refused() -> None:
    assert refused(ONS_HEADER.encode())[0].what == "The file has a header and no rows."


def test_a_huge_file_is_refused_plain_or_packed() -> None:
    data = b"x" * 1_000_001
    assert refused(data)[0].kind == "huge-file"
    assert refused(gzip.compress(data))[0].kind == "huge-file"


def test_a_broken_gzip_file_is_refused() -> None:
    whole = gzip.compress(ons_file(ons_row()))
    assert "ends before its end" in refused(whole[:-9])[0].what
    assert "broken" in refused(whole[:12] + b"\xff\xff\xff" + whole[15:])[0].what


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"PAR1", b"%PDF-1.7", b"\xff\xfea\x00"])
def test_a_file_of_another_kind_is_named(start: bytes) -> None:
    assert refused(start + b" some more")[0].kind == "not-csv"


def test_every_missing_column_is_named_with_what_was_found() -> None:
    faults = refused(b"areacd,value\nE08000035,1\n")
    assert [fault.value for fault in faults] == [
        "indicator",
        "period",
        "observation",
        "measure",
        "unit",
        "lci_95",
        "uci_95",
        "status",
    ]
    assert all("Found: 'areacd', 'value'." in fault.what for fault in faults)


def test_the_small_area_table_is_refused_with_its_missing_columns_named() -> None:
    folder = DATA / "ons-els" / "uk-small-area-gross-value-added-estimates"
    files = sorted(folder.glob("*.csv"))
    assert files
    for path in files:
        missing = {
            fault.value for fault in refused(path.read_bytes()) if fault.kind == "wrong-header"
        }
        assert {"areacd", "indicator", "period", "observation", "unit"} <= missing
        assert "'AREACD'" in refused(path.read_bytes())[0].what


def test_bytes_that_are_not_in_the_declared_encoding_are_refused_with_their_place() -> None:
    data = ons_file(ons_row(), ons_row(YORK)).replace(b",A,", b",\xe9,")
    (fault,) = refused(data)
    assert (fault.kind, fault.where) == ("bad-encoding", f"byte {data.index(0xE9) + 1} (line 2)")
    assert taken(data, encoding="cp1252").rows_used == 2


def test_bare_carriage_returns_are_read_only_where_declared() -> None:
    data = ons_file(ons_row(), ons_row(YORK)).replace(b"\n", b"\r")
    assert refused(data)[0].kind == "bare-carriage-return"
    assert taken(data, bare_carriage_returns=True).rows_used == 2


def test_all_faults_of_a_file_are_told_at_once() -> None:
    kinds = {fault.kind for fault in refused(b'a,b\r1,\xff\r\x00"')}
    assert kinds == {"bad-encoding", "bare-carriage-return", "invalid"}


def test_ragged_rows_are_named_by_row() -> None:
    faults = refused(ons_file(ons_row(), "E08000035,Leeds", ons_row(YORK), ons_row() + ",more"))
    assert [(fault.kind, fault.where) for fault in faults] == [
        ("ragged-row", "row 3"),
        ("ragged-row", "row 5"),
    ]


def test_many_ragged_rows_are_counted() -> None:
    faults = refused(ons_file(*["one,two"] * 50))
    assert len(faults) == 21
    assert "30 more rows" in faults[-1].what


def test_an_unclosed_quotation_mark_is_refused_not_swallowed() -> None:
    rows = [ons_row(), ons_row(YORK) + '"not closed', ons_row(YORK, "2022-08-01/P1Y")]
    assert refused(ons_file(*rows))[0].kind == "bad-csv"


def test_a_byte_order_mark_another_order_and_windows_line_ends_change_nothing() -> None:
    plain = taken(ons_file(ons_row(), ons_row(YORK)))
    columns = ONS_HEADER.split(",")
    rows = [dict(zip(columns, ons_row(area).split(","), strict=True)) for area in (LEEDS, YORK)]
    turned = list(reversed(columns))
    lines = [",".join(turned), *(",".join(row[name] for name in turned) for row in rows)]
    odd = taken(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    assert odd == plain
    assert plain.rows_used == 2


def test_a_repeated_column_is_read_unless_it_disagrees_where_it_is_used() -> None:
    extra = ons_file(ons_row() + ",a note").replace(b"status,notes", b"status,notes,notes")
    assert taken(extra).rows_used == 1
    same = ons_file(ons_row() + ",20.5").replace(b"status,notes", b"status,notes,observation")
    assert taken(same).rows_used == 1
    other = same.replace(b",20.5\n", b",20.6\n")
    assert "twice" in refused(other)[0].what


def test_a_quoted_line_break_does_not_move_the_row_numbers() -> None:
    rows = [ons_row() + '"one\ntwo"', ons_row(YORK)]
    table = taken(ons_file(*rows)).tables["often-absent"]
    assert dict(zip(table["area"].to_pylist(), table["row"].to_pylist(), strict=True)) == {
        LEEDS: 2,
        YORK: 3,
    }


def parquet(**columns: list[object]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def test_what_is_not_parquet_is_refused() -> None:
    for data in (b"a,b\n1,2\n", b"PAR1" + b"x" * 50 + b"PAR1"):
        assert refused(data, reader="dfe-long")[0].kind == "not-parquet"


def test_parquet_with_other_columns_is_refused_and_they_are_named() -> None:
    data = parquet(Years=["2023"], Values=["1"])
    with pytest.raises(BadInput) as caught:
        read(source("dfe-long"), [], data, areas=AREAS, megabytes=1)
    assert {fault.value for fault in caught.value.faults} == {"Short Desc", "Data item"}


def test_every_shipped_ons_table_but_one_is_an_ons_table() -> None:
    names = []
    for path in sorted((DATA / "ons-els").glob("*/*.csv")):
        try:
            read(source(), [], path.read_bytes(), areas=AREAS, megabytes=20)
        except BadInput:
            names.append(Path(path).parent.name)
    assert set(names) == {"uk-small-area-gross-value-added-estimates"}

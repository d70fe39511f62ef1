"""Whatever is thrown at a reader, it gives a Reading or refuses with faults: nothing else."""

from __future__ import annotations

import gzip
import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from folkmoot.common.errors import BadInput
from folkmoot.measures.readers import FORMATS, KnownAreas, Reading, read
from folkmoot.measures.rules.definition import OBSERVATIONS
from folkmoot.measures.rules.faults import KINDS
from tests.rooms.releases_material import AREAS, LEEDS, ONS_HEADER, YORK, measure, source

COUNTS = {"area": "who", "period": "when", "value": "n", "lower": "low", "status": "mark"}
NHS = {"area": "who", "period": "when", "numerator": "n", "denominator": "low"}
FOLKMOOT = "area,area_name,measure,period,value,lower,upper,numerator,denominator,status"
KINDS_OF_FILE: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "ons-table": (ONS_HEADER, {}, {"select": {"indicator": "Absent"}}),
    "long-csv": (
        "who,when,n,low,mark,part",
        {"columns": COUNTS, "period_format": "year"},
        {"select": {"part": "Absent"}, "reading": {"scale": 1e300}},
    ),
    "nhs-counts": (
        "who,when,n,low,part",
        {"columns": NHS, "period_format": "month-name"},
        {"select": {"part": "Absent"}},
    ),
    "folkmoot": (FOLKMOOT, {}, {"select": {}}),
}
CELLS = st.one_of(
    st.sampled_from(
        [
            LEEDS,
            YORK,
            "Absent",
            "often-absent",
            "2016",
            "2023-08-01/P1Y",
            "April 2022",
            "9999-12-31",
            "9999-12-01/P999Y",
            "12.5",
            "1e308",
            "-0",
            "nan",
            "c",
            "",
            '"',
            '"a\nb"',
            "0" * 400,
            "١٢",
            "\x00",
        ]
    ),
    st.text(max_size=6),
    st.floats().map(str),
)
PLAIN = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def outcome(
    reader: str, data: bytes, of_source: dict[str, Any], of_measure: dict[str, Any]
) -> None:
    refused: BadInput | None = None
    try:
        reading = read(
            source(reader, **of_source), [measure(**of_measure)], data, areas=AREAS, megabytes=1
        )
    except BadInput as error:
        refused = error
    if refused is None:
        check(reading)
        return
    assert refused.faults
    assert all(fault.what and fault.remedy and fault.where for fault in refused.faults)


def check(reading: Reading) -> None:
    table = reading.tables["often-absent"]
    assert table.schema == OBSERVATIONS
    for row in table.to_pylist():
        assert row["area"] in AREAS.codes
        assert row["start"] < row["end"]
        assert row["value"] is None or 0 <= row["value"] <= 100
        assert row["lower"] is None or row["lower"] <= row["value"]
        assert row["upper"] is None or row["upper"] >= row["value"]
        assert len(row["status"]) <= 60
    keys = list(zip(table["area"].to_pylist(), table["period"].to_pylist(), strict=True))
    assert len(keys) == len(set(keys))
    for fault in reading.faults:
        assert fault.kind in KINDS
        assert all(2 <= number <= reading.rows_read + 1 for number in fault.rows)
        assert len(fault.column) <= 80
        assert len(fault.value) <= 200
    counted = (
        reading.rows_used
        + reading.rows_uncatalogued
        + reading.rows_left_out
        + reading.rows_repeated
    )
    assert reading.rows_read == counted
    assert min(reading.rows_used, reading.rows_left_out, reading.rows_repeated) >= 0


@PLAIN
@given(st.sampled_from(sorted(FORMATS)), st.binary(max_size=400))
def test_any_bytes(reader: str, data: bytes) -> None:
    _, of_source, of_measure = KINDS_OF_FILE.get(reader, ("", {}, {}))
    outcome(reader, data, of_source, of_measure)


@PLAIN
@given(st.sampled_from(sorted(KINDS_OF_FILE)), st.text(max_size=300), st.booleans())
def test_any_text_under_the_right_header(reader: str, text: str, packed: bool) -> None:
    header, of_source, of_measure = KINDS_OF_FILE[reader]
    data = f"{header}\n{text}".encode("utf-8", "surrogatepass")
    outcome(reader, gzip.compress(data) if packed else data, of_source, of_measure)


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set(',"\r\n') else cell


# What a good file would hold in a column of that name.
LIKELY = {
    **{key: [LEEDS, YORK] for key in ["areacd", "who", "area"]},
    **{key: ["Absent"] for key in ["indicator", "part"]},
    "measure": ["often-absent"],
    "period": ["2023-08-01/P1Y"],
    "when": ["2016", "April 2022"],
    **{key: ["", "c"] for key in ["status", "mark"]},
}


@st.composite
def files(draw: st.DrawFn) -> tuple[str, bytes]:
    """A reader and rows of the right width, in which most cells could be right."""
    reader = draw(st.sampled_from(sorted(KINDS_OF_FILE)))
    header = KINDS_OF_FILE[reader][0]
    numbers = ["1", "2.5", "1e308", "", "120"]
    cells = [
        st.one_of(*[st.sampled_from(LIKELY.get(name, numbers))] * 4, CELLS)
        for name in header.split(",")
    ]
    rows = draw(st.lists(st.tuples(*cells), min_size=1, max_size=12))
    lines = [header, *(",".join(quoted(cell) for cell in row) for row in rows)]
    return reader, "\n".join(lines).encode("utf-8", "surrogatepass")


@PLAIN
@given(files())
def test_rows_of_the_right_width(file: tuple[str, bytes]) -> None:
    reader, data = file
    _, of_source, of_measure = KINDS_OF_FILE[reader]
    outcome(reader, data, of_source, of_measure)


@PLAIN
@given(
    st.sampled_from(sorted(KINDS_OF_FILE)),
    st.lists(st.lists(CELLS, min_size=12, max_size=12), min_size=1, max_size=12),
)
def test_any_cells(reader: str, rows: list[list[str]]) -> None:
    header, of_source, of_measure = KINDS_OF_FILE[reader]
    width = header.count(",") + 1
    lines = [",".join(quoted(cell) for cell in row[:width]) for row in rows]
    data = "\n".join([header, *lines]).encode("utf-8", "surrogatepass")
    outcome(reader, data, of_source, of_measure)


@PLAIN
@given(
    st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), min_size=1, max_size=12),
    st.dictionaries(st.sampled_from(["n", "mark"]), st.just(("c", "12.5")), max_size=1),
)
def test_sums(rows: list[tuple[str, str, str, str]], split: dict[str, Any]) -> None:
    lines = ["who,when,n,mark", *(",".join(quoted(cell) for cell in row) for row in rows)]
    columns = {"area": "who", "period": "when", "value": "n"}
    of_measure = {"select": {}, "reading": {"sum_over": ("mark",), "numerator_where": split}}
    data = "\n".join(lines).encode("utf-8", "surrogatepass")
    outcome("long-csv", data, {"columns": columns, "period_format": "year"}, of_measure)


COLUMN = st.one_of(
    st.lists(st.one_of(st.none(), CELLS), min_size=4, max_size=4),
    st.lists(st.one_of(st.none(), st.floats()), min_size=4, max_size=4),
    st.lists(st.one_of(st.none(), st.integers(-(2**40), 2**40)), min_size=4, max_size=4),
    st.lists(st.binary(max_size=3), min_size=4, max_size=4),
    st.lists(st.lists(st.integers(0, 3), max_size=2), min_size=4, max_size=4),
)


@PLAIN
@given(st.tuples(COLUMN, COLUMN, COLUMN, COLUMN))
def test_parquet_of_any_types(columns: tuple[list[Any], ...]) -> None:
    names = ["Short Desc", "Years", "Values", "LA Number"]
    try:
        made = pa.table(
            {**dict(zip(names, columns, strict=True)), "Data item": ["one", "two", "three", "four"]}
        )
    except UnicodeEncodeError:  # a lone surrogate is no text in Parquet
        return
    sink = io.BytesIO()
    pq.write_table(made, sink)
    of_measure = {"select": {}, "reading": {"year_type": "calendar"}}
    outcome("dfe-long", sink.getvalue(), {}, of_measure)


def test_the_check_itself_notices_a_wrong_reading() -> None:
    areas = KnownAreas(frozenset({"X1"}))
    data = f"{ONS_HEADER}\nX1,,,Absent,2023-08-01/P1Y,5,P,%,,,,\n".encode()
    reading = read(source(), [measure()], data, areas=areas, megabytes=1)
    try:
        check(reading)
    except AssertionError:
        return
    raise RuntimeError("an area that is not known went unnoticed")

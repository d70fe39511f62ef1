"""The readers of DfE, NHS, police and waste files, and of sums, on small and on real files."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from folkmoot.measures.readers import KnownAreas, Reading, periods, read
from folkmoot.shipped import shipped
from tests.rooms.releases_material import AREAS, LEEDS, YORK, measure, source

DATA = shipped("data")
DFE = KnownAreas(AREAS.codes, {"383": LEEDS, "816": YORK, "970": "E92000001"})
COUNTS = {"area": "who", "period": "when", "value": "n"}


def rows_of(reading: Reading, slug: str = "often-absent") -> list[dict[str, object]]:
    return reading.tables[slug].to_pylist()


def dfe(*rows: tuple[str, str, str, float | None], marks: str = "-") -> Reading:
    names = ["Short Desc", "Years", "Values", "LA Number"]
    columns = {
        name: list(cells) for name, cells in zip(names, zip(*rows, strict=True), strict=True)
    }
    columns["Data item"] = ["An item"] * len(rows)
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return read(
        source("dfe-long", area_codes="dfe-number", status_marks={marks: "no value is given"}),
        [measure(select={"Short Desc": "Abs"}, reading={"year_type": "academic"})],
        sink.getvalue(),
        areas=DFE,
        megabytes=1,
    )


def test_dfe_numbers_marks_and_years() -> None:
    reading = dfe(
        ("Abs", "2023", "20.5", 383.0), ("Abs", "2023", "-", 816.0), ("Other", "2023", "1", 383.0)
    )
    assert reading.faults == ()
    assert [
        (r["area"], r["value"], r["status"], r["row"], r["period"]) for r in rows_of(reading)
    ] == [
        (YORK, None, "-", 3, "2022-08-01/P1Y"),
        (LEEDS, 20.5, "", 2, "2022-08-01/P1Y"),
    ]
    assert reading.rows_uncatalogued == 1


def test_dfe_faults_name_number_year_and_mark() -> None:
    reading = dfe(
        ("Abs", "2023", "1", 999.0),
        ("Abs", "soon", "1", 383.0),
        ("Abs", "2022", "?", 383.0),
        ("Abs", "2021", "1", None),
    )
    assert {(f.kind, f.value, f.rows) for f in reading.faults} == {
        ("unknown-area", "999", (2,)),
        ("bad-period", "soon", (3,)),
        ("unknown-status", "?", (4,)),
        ("unknown-area", "(empty)", (5,)),
    }


def test_a_revised_year_and_the_year_itself_are_one_period_and_so_in_conflict() -> None:
    reading = dfe(("Abs", "2023", "1", 383.0), ("Abs", "2023 (Rev)", "2", 383.0))
    assert [fault.kind for fault in reading.faults] == ["conflicting-key"]


def nhs(text: str) -> Reading:
    boards = KnownAreas(frozenset({"E54000040", "E54000024"}))
    waits = source(
        "nhs-counts",
        columns={"area": "icb22_code", "period": "date"},
        period_format="month-name",
    )
    arrivals = {"numerator": "attendances_over_4hours", "denominator": "total_attendances"}
    return read(
        waits, [measure("waits", select=arrivals)], text.encode(), areas=boards, megabytes=1
    )


NHS_HEADER = "icb22_code,total_attendances,attendances_over_4hours,date\n"


def test_nhs_counts_become_a_ratio_of_the_columns_that_the_measure_names() -> None:
    reading = nhs(NHS_HEADER + "E54000040,25706.0,7170.0,April 2022\n")
    (row,) = rows_of(reading, "waits")
    assert (row["numerator"], row["denominator"]) == (7170, 25706)
    assert row["value"] == pytest.approx(100 * 7170 / 25706)
    assert (row["period"], row["end"]) == ("2022-04-01/P1M", dt.date(2022, 5, 1))


def test_nhs_counts_that_make_no_ratio_are_faults() -> None:
    reading = nhs(
        NHS_HEADER
        + "E54000040,0,0,April 2022\nE54000040,5,9,May 2022\nE54000040,5,,June 2022\n"
        + "E54000040,x1,1,July 2022\n"
    )
    assert {(f.kind, f.column, f.value, f.rows) for f in reading.faults} == {
        ("impossible-value", "total_attendances", "0", (2,)),
        ("impossible-value", "attendances_over_4hours, total_attendances", "180", (3,)),
        ("unknown-status", "attendances_over_4hours, total_attendances", "(empty)", (4,)),
        ("bad-number", "total_attendances", "x1", (5,)),
    }
    assert [row["value"] for row in rows_of(reading, "waits")] == [None] * 4


def test_the_shipped_board_file_reads_whole() -> None:
    data = (DATA / "nhs" / "england_icb_accidents_emergency.csv").read_bytes()
    names = {line.split(",")[0] for line in data.decode().splitlines()[1:]}
    select = {"numerator": "attendances_over_4hours", "denominator": "total_attendances"}
    reading = read(
        source(
            "nhs-counts",
            columns={"area": "icb22_code", "period": "date"},
            period_format="month-name",
        ),
        [measure("waits", select=select)],
        data,
        areas=KnownAreas(frozenset(names)),
        megabytes=1,
    )
    assert reading.faults == ()
    assert (reading.rows_read, reading.rows_used) == (1680, 1680)


def sums(text: str, **of_reading: object) -> Reading:
    outcomes = source("long-csv", columns=COUNTS, period_format="year")
    return read(
        outcomes,
        [measure(select={"crime": "Theft"}, reading=of_reading)],
        text.encode(),
        areas=AREAS,
        megabytes=1,
    )


SPLIT = {"numerator_where": {"outcome": ("charged", "fined")}}
SUM_HEADER = "who,when,crime,outcome,n\n"


def test_counts_are_added_up_and_split() -> None:
    reading = sums(
        SUM_HEADER
        + f"{LEEDS},2016,Theft,charged,3\n{LEEDS},2016,Theft,none,10\n"
        + f"{LEEDS},2016,Theft,fined,2\n{LEEDS},2016,Fraud,fined,9\n{YORK},2016,Theft,none,4\n",
        **SPLIT,
    )
    found = [
        (r["area"], r["numerator"], r["denominator"], r["value"], r["row"])
        for r in rows_of(reading)
    ]
    assert found == [(YORK, 0, 4, 0, 6), (LEEDS, 5, 15, pytest.approx(100 / 3), 2)]
    assert (reading.rows_used, reading.rows_uncatalogued, reading.faults) == (4, 1, ())


def test_a_sum_without_a_split_is_the_value() -> None:
    reading = sums(
        SUM_HEADER + f"{LEEDS},2016,Theft,charged,3\n{LEEDS},2016,Theft,none,10\n",
        sum_over=("outcome",),
    )
    (row,) = rows_of(reading)
    assert (row["value"], row["numerator"], row["denominator"]) == (13, None, None)


@pytest.mark.parametrize(
    ("cell", "kind"), [("1.x", "bad-number"), ("", "unknown-status"), ("-1", "impossible-value")]
)
def test_a_faulty_count_spoils_its_sum_and_no_other(cell: str, kind: str) -> None:
    reading = sums(
        SUM_HEADER
        + f"{LEEDS},2016,Theft,charged,{cell}\n{LEEDS},2016,Theft,none,10\n{YORK},2016,Theft,"
        + "fined,1\n",
        **SPLIT,
    )
    assert [(fault.kind, fault.rows) for fault in reading.faults] == [(kind, (2,))]
    values = {row["area"]: (row["value"], row["status"]) for row in rows_of(reading)}
    assert values == {LEEDS: (None, "left out"), YORK: (100, "")}


def test_a_part_given_twice_is_a_conflict_that_spoils_its_sum() -> None:
    reading = sums(
        SUM_HEADER + f"{LEEDS},2016,Theft,charged,3\n{LEEDS},2016,Theft,charged,4\n", **SPLIT
    )
    assert [(fault.kind, fault.rows) for fault in reading.faults] == [("conflicting-key", (2, 3))]
    assert rows_of(reading)[0]["value"] is None
    again = sums(SUM_HEADER + f"{LEEDS},2016,Theft,charged,3\n" * 2, **SPLIT)
    assert (again.faults, rows_of(again)[0]["denominator"], again.rows_repeated) == ((), 3, 1)


def test_the_police_file_adds_up_as_counted_row_by_row() -> None:
    data = (DATA / "police" / "police_outcomes_2012_2016.csv.gz").read_bytes()
    columns = {"area": "reported_by", "period": "Year", "value": "f0_"}
    police = source(
        "long-csv",
        columns=columns,
        period_format="year",
        area_codes="police-force-name",
        bare_carriage_returns=True,
    )
    charged = ("Suspect charged as part of another case", "Offender fined")
    burglary = measure(
        select={"crime_type": "Burglary"},
        reading={"numerator_where": {"last_outcome_category": charged}},
    )
    areas = KnownAreas(AREAS.codes, {"West Yorkshire Police": LEEDS})
    reading = read(police, [burglary], data, areas=areas, megabytes=20)
    expected: dict[str, list[int]] = {}
    for line in gzip.decompress(data).decode().split("\r")[1:]:
        year, count, crime, force, outcome = line.split(",")
        if (crime, force) == ("Burglary", "West Yorkshire Police"):
            pair = expected.setdefault(f"{year}-01-01/P1Y", [0, 0])
            pair[0] += int(count) if outcome in charged else 0
            pair[1] += int(count)
    found = {r["period"]: [r["numerator"], r["denominator"]] for r in rows_of(reading)}
    assert found == expected
    assert len(expected) == 5
    assert {fault.kind for fault in reading.faults} == {"unknown-area"}


@pytest.mark.parametrize(
    ("text", "form", "year_type", "expected"),
    [
        ("2022-08-01/P1Y", "iso", None, ("2022-08-01", "2023-08-01")),
        ("2024-01-31/P1M", "iso", None, ("2024-01-31", "2024-02-29")),
        ("2024-01-01/P3M", "iso", None, ("2024-01-01", "2024-04-01")),
        ("2024-01-01/P2W", "iso", None, ("2024-01-01", "2024-01-15")),
        ("2023-12-31", "iso", None, ("2023-12-31", "2024-01-01")),
        ("2016", "year", None, ("2016-01-01", "2017-01-01")),
        ("2015/16", "financial-year", None, ("2015-04-01", "2016-04-01")),
        ("1999/2000", "financial-year", None, ("1999-04-01", "2000-04-01")),
        ("2015-16", "academic-year", None, ("2015-08-01", "2016-08-01")),
        ("December 2022", "month-name", None, ("2022-12-01", "2023-01-01")),
        ("2023", "by-measure", "calendar", ("2023-01-01", "2024-01-01")),
        ("2023", "by-measure", "financial", ("2022-04-01", "2023-04-01")),
        ("2021-22 (OT)", "by-measure", "financial", ("2021-04-01", "2022-04-01")),
        ("2025 (prov)", "by-measure", "academic", ("2024-08-01", "2025-08-01")),
        ("2014-16", "by-measure", "three-year", ("2014-01-01", "2017-01-01")),
        ("2013/14-15/16", "by-measure", "three-year", ("2013-04-01", "2016-04-01")),
    ],
)
def test_periods(text: str, form: str, year_type: str | None, expected: tuple[str, str]) -> None:
    period = periods.parse(text, form, year_type)
    assert period is not None
    assert (period.start.isoformat(), period.end.isoformat()) == expected
    assert periods.iso(period.text) == period


@pytest.mark.parametrize(
    ("text", "form", "year_type"),
    [
        ("2015/17", "financial-year", None),
        ("2015", "financial-year", None),
        ("2015/16", "year", None),
        ("Smarch 2022", "month-name", None),
        ("0", "by-measure", "academic"),
        ("2023", "by-measure", None),
        ("2014-15", "by-measure", "three-year"),
        ("2022-13-01/P1Y", "iso", None),
    ],
)
def test_what_is_no_period(text: str, form: str, year_type: str | None) -> None:
    assert periods.parse(text, form, year_type) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9.3699999999999992", 9.37),
        ("3.168E-2", 0.03168),
        ("120", 120.0),
        ("-0.30000000000000004", -0.3),
    ],
)
def test_dfe_numbers_that_a_spreadsheet_wrote_are_rounded_to_ten_figures(
    text: str, value: float
) -> None:
    (row,) = rows_of(dfe(("Abs", "2023", text, 383.0)))
    assert row["value"] == (value if 0 <= value <= 100 else None)


def test_a_count_of_one_day_names_the_day() -> None:
    period = periods.parse("2025", "by-measure", "date", "09-30")
    assert period is not None
    assert (period.text, period.end.isoformat()) == ("2025-09-30", "2025-10-01")
    assert periods.parse("2025", "by-measure", "date", "02-29") is None


def test_rows_of_other_nations_are_not_read_where_the_measure_says_so() -> None:
    text = SUM_HEADER + f"{LEEDS},2016,Theft,charged,3\nW06000001,2016,Theft,none,10\n"
    reading = sums(text, area_starts=("E",), sum_over=("outcome",))
    assert (reading.faults, reading.rows_used, reading.rows_uncatalogued) == ((), 1, 1)


def test_rows_that_the_catalogue_knows_to_be_wrong_are_left_out_of_that_release_only() -> None:
    text = (SUM_HEADER + f"{LEEDS},2016,Theft,none,3\n{YORK},2016,Theft,none,4\n").encode()
    known = {
        "release": hashlib.sha256(text).hexdigest(),
        "where": {"who": (LEEDS,), "when": ("2016", "2017")},
        "reason": "Copied from the year before.",
        "checked": dt.date(2026, 11, 23),
    }
    wrong = source("long-csv", columns=COUNTS, period_format="year", leave_out=[known])
    chosen = [measure(select={"crime": "Theft"})]
    reading = read(wrong, chosen, text, areas=AREAS, megabytes=1)
    (fault,) = reading.faults
    assert (fault.kind, fault.rows, fault.value) == ("known-wrong", (2,), f"{LEEDS}; 2016, 2017")
    assert "Copied from the year before." in fault.what
    assert (reading.rows_used, reading.rows_left_out) == (1, 1)
    again = read(wrong, chosen, text + b"\n", areas=AREAS, megabytes=1)
    assert (again.faults, again.rows_used) == ((), 2)

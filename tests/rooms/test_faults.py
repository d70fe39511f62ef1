"""Every kind of fault: found with its row, column and value, and what acceptance does."""

from __future__ import annotations

from typing import get_args

import pytest

from folkmoot.common.acts import FAULT_KINDS
from folkmoot.measures.catalogue import FaultKind
from folkmoot.measures.readers import Reading, read
from folkmoot.measures.readers.found import MOST_VALUES
from folkmoot.measures.rules.faults import KINDS, LEFT_OUT
from tests.rooms.releases_material import (
    AREAS,
    BRISTOL,
    LEEDS,
    YORK,
    measure,
    ons_file,
    ons_row,
    read_ons,
    source,
)


def told(reading: Reading) -> list[tuple[str, str, str, tuple[int, ...]]]:
    return [(f.kind, f.column, f.value, f.rows) for f in reading.faults]


def row_of(reading: Reading, area: str) -> dict[str, object]:
    rows = reading.tables["often-absent"].to_pylist()
    (found,) = [row for row in rows if row["area"] == area]
    return found


def test_the_catalogue_the_record_and_the_rules_know_the_same_kinds() -> None:
    by_catalogue = {"known-wrong"}  # stated by leave_out, never by accept
    assert set(get_args(FaultKind)) | by_catalogue == set(KINDS) == set(FAULT_KINDS)


def test_a_clean_file_has_no_fault() -> None:
    reading = read_ons(ons_row(lower=19, upper=22), ons_row(YORK, value="", status="c"))
    assert reading.faults == ()
    leeds = row_of(reading, LEEDS)
    assert (leeds["value"], leeds["lower"], leeds["upper"], leeds["row"]) == (20.5, 19, 22, 2)
    assert (leeds["start"].isoformat(), leeds["end"].isoformat()) == ("2023-08-01", "2024-08-01")
    assert (row_of(reading, YORK)["value"], row_of(reading, YORK)["status"]) == (None, "c")


def test_an_unknown_area_leaves_the_row_out() -> None:
    reading = read_ons(ons_row(), ons_row("TLC"), ons_row("TLC", "2022-08-01/P1Y"), ons_row(""))
    assert told(reading) == [
        ("unknown-area", "areacd", "TLC", (3, 4)),
        ("unknown-area", "areacd", "(empty)", (5,)),
    ]
    assert reading.tables["often-absent"]["area"].to_pylist() == [LEEDS]
    assert (reading.rows_used, reading.rows_left_out) == (1, 3)


@pytest.mark.parametrize("text", ["1.2.3", "'1,234'", "£5", "nan1", "1e999", "0x1F", "5%", "-1-"])
def test_a_bad_number_leaves_the_value_out_and_says_so(text: str) -> None:
    text = text.strip("'") if "," not in text else '"1,234"'
    reading = read_ons(ons_row(value=text, lower=1, upper=2), ons_row(YORK))
    assert told(reading) == [("bad-number", "observation", text.strip('"'), (2,))]
    found = row_of(reading, LEEDS)
    assert (found["value"], found["lower"], found["upper"]) == (None, None, None)
    assert found["status"] == LEFT_OUT


@pytest.mark.parametrize("text", ["nan", "NaN", "inf", "-", "n/a"])
def test_words_in_place_of_a_number_are_marks_that_nobody_explains(text: str) -> None:
    reading = read_ons(ons_row(value=text))
    assert told(reading) == [("unknown-status", "status", text, (2,))]
    assert row_of(reading, LEEDS)["status"] == text


def test_a_known_mark_may_stand_in_the_column_of_values() -> None:
    reading = read_ons(ons_row(value="c"))
    assert reading.faults == ()
    assert (row_of(reading, LEEDS)["value"], row_of(reading, LEEDS)["status"]) == (None, "c")


def test_a_known_mark_beside_a_value_leaves_the_value_standing() -> None:
    reading = read_ons(ons_row(status="c"))
    assert reading.faults == ()
    assert (row_of(reading, LEEDS)["value"], row_of(reading, LEEDS)["status"]) == (20.5, "c")


def test_an_unknown_mark_takes_the_value_with_it() -> None:
    reading = read_ons(ons_row(status="?"), ons_row(YORK, value="", status="?"))
    assert told(reading) == [("unknown-status", "status", "?", (2, 3))]
    assert (row_of(reading, LEEDS)["value"], row_of(reading, LEEDS)["status"]) == (None, "?")


def test_no_value_and_no_mark_is_a_fault_unless_the_source_explains_it() -> None:
    reading = read_ons(ons_row(value=""), ons_row(YORK, value=" "))
    assert told(reading) == [("unknown-status", "observation", "(empty)", (2, 3))]
    assert row_of(reading, LEEDS)["status"] == LEFT_OUT
    explained = source(status_marks={"": "not collected there"})
    reading = read(explained, [measure()], ons_file(ons_row(value="")), areas=AREAS, megabytes=1)
    assert reading.faults == ()
    assert row_of(reading, LEEDS)["status"] == ""


@pytest.mark.parametrize("text", ["2023", "2023-02-30/P1Y", "2023-08-01/P0Y", "9999-01-01/P9Y", ""])
def test_a_bad_period_leaves_the_row_out(text: str) -> None:
    reading = read_ons(ons_row(period=text), ons_row(YORK))
    assert told(reading) == [("bad-period", "period", text or "(empty)", (2,))]
    assert reading.tables["often-absent"]["area"].to_pylist() == [YORK]


@pytest.mark.parametrize(
    ("lower", "upper", "value"),
    [
        ("21", "22", "21 to 22 around 20.5"),
        ("19", "20", "19 to 20 around 20.5"),
        ("22", "19", "22 to 19 around 20.5"),
        ("21", "", "21 to (empty) around 20.5"),
    ],
)
def test_impossible_limits_are_dropped_and_the_value_stays(
    lower: str, upper: str, value: str
) -> None:
    reading = read_ons(ons_row(lower=lower, upper=upper))
    assert told(reading) == [("impossible-interval", "lci_95, observation, uci_95", value, (2,))]
    found = row_of(reading, LEEDS)
    assert (found["value"], found["lower"], found["upper"]) == (20.5, None, None)
    assert found["status"] == ""


def test_limits_without_a_value_are_impossible() -> None:
    reading = read_ons(ons_row(value="", status="c", lower=1, upper=2))
    assert [fault.kind for fault in reading.faults] == ["impossible-interval"]
    assert row_of(reading, LEEDS)["lower"] is None


def test_a_value_outside_what_can_be_is_left_out() -> None:
    reading = read_ons(ons_row(value="100.1"), ons_row(YORK, value=-1), ons_row(BRISTOL, value=100))
    assert told(reading) == [
        ("impossible-value", "observation", "100.1", (2,)),
        ("impossible-value", "observation", "-1", (3,)),
    ]
    assert (row_of(reading, LEEDS)["value"], row_of(reading, LEEDS)["status"]) == (None, LEFT_OUT)
    assert row_of(reading, BRISTOL)["value"] == 100


def test_the_possible_range_is_of_the_value_on_our_scale() -> None:
    reading = read_ons(ons_row(value="0.205", lower="0.1"), reading={"scale": 100})
    found = row_of(reading, LEEDS)
    assert (reading.faults, found["value"], found["lower"]) == ((), 20.5, 10)


def test_rows_in_conflict_are_all_left_out() -> None:
    reading = read_ons(ons_row(), ons_row(YORK), ons_row(value=21), ons_row())
    assert told(reading) == [
        ("conflicting-key", "areacd, period", "often-absent, E08000035, 2023-08-01/P1Y", (2, 4, 5))
    ]
    assert reading.tables["often-absent"]["area"].to_pylist() == [YORK]
    assert (reading.rows_used, reading.rows_left_out, reading.rows_repeated) == (1, 3, 0)


@pytest.mark.parametrize(
    "other", [{"lower": 19}, {"upper": 22}, {"status": "c"}, {"value": "", "status": "c"}]
)
def test_any_difference_is_a_conflict(other: dict[str, object]) -> None:
    reading = read_ons(ons_row(), ons_row(**other))
    assert [fault.kind for fault in reading.faults] == ["conflicting-key"]


def test_rows_alike_are_merged_and_counted() -> None:
    reading = read_ons(ons_row(value="20.50"), ons_row(YORK), ons_row())
    assert reading.faults == ()
    assert row_of(reading, LEEDS)["row"] == 2
    assert (reading.rows_read, reading.rows_used, reading.rows_repeated) == (3, 2, 1)


def test_faults_of_rows_that_no_measure_reads_are_not_told() -> None:
    reading = read_ons(ons_row(), ons_row("TLC", indicator="Other", value="x1"))
    assert reading.faults == ()
    assert (reading.rows_read, reading.rows_used, reading.rows_uncatalogued) == (2, 1, 1)


def test_a_measure_without_a_row_is_a_fault() -> None:
    reading = read_ons(ons_row(), select={"indicator": "Renamed"})
    assert told(reading) == [("missing-measure", "indicator", "often-absent, Renamed", ())]
    assert reading.tables["often-absent"].num_rows == 0


def test_one_row_may_have_several_faults_and_all_are_told() -> None:
    reading = read_ons(ons_row("TLC", "2023", "150", lower=160))
    assert {fault.kind for fault in reading.faults} == {
        "unknown-area",
        "bad-period",
        "impossible-value",
        "impossible-interval",
    }


def test_very_many_different_faults_are_listed_in_part_and_every_row_is_kept() -> None:
    rows = [ons_row(f"X{index:05}") for index in range(MOST_VALUES + 250)]
    reading = read_ons(*rows)
    assert len(reading.faults) == MOST_VALUES + 1
    assert reading.faults[-1].value == "(and 250 other values)"
    every = sorted(row for fault in reading.faults for row in fault.rows)
    assert every == list(range(2, len(rows) + 2))

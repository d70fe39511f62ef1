"""The counts behind published shares: joined where the file has them and they fit."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from folkmoot.measures.catalogue import LeftOut, read_catalogue
from folkmoot.measures.checking import shipped_areas
from folkmoot.measures.importing import sync_catalogue
from folkmoot.measures.models import ReleaseFault
from folkmoot.measures.readers import KnownAreas, Reading, read
from folkmoot.measures.receiving import _told
from folkmoot.shipped import shipped
from tests.rooms.releases_material import AREAS, DAY, LEEDS, YORK, measure, source
from tests.rooms.releases_world import add_areas, arrive, catalogue

DFE = KnownAreas(AREAS.codes, {"383": LEEDS, "816": YORK})
TWO = {"rows": [{"Short Desc": "Soon"}, {"Short Desc": "Late"}]}
CHECKED = {**TWO, "numerator": [{"Short Desc": "Soon"}]}
Row = tuple[str, str, float]


def file_of(*rows: Row) -> bytes:
    """A file with these rows (what, value, council) of one year."""
    columns = {
        "Short Desc": [row[0] for row in rows],
        "Years": ["2024"] * len(rows),
        "Values": [row[1] for row in rows],
        "LA Number": [row[2] for row in rows],
        "Data item": ["An item"] * len(rows),
    }
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def taken(counted_by: dict[str, Any], *rows: Row, **more: Any) -> Reading:
    """What is read of such a file where its counts are read so."""
    found = read(
        source("dfe-long", area_codes="dfe-number", status_marks={"-": "not given"}, **more),
        [
            measure(
                select={"Short Desc": "Share"},
                reading={"year_type": "academic", "counted_by": counted_by},
            )
        ],
        file_of(*rows),
        areas=DFE,
        megabytes=1,
    )
    assert found.rows_read == (
        found.rows_used + found.rows_uncatalogued + found.rows_left_out + found.rows_repeated
    )
    assert list(found.tables) == ["often-absent"]
    return found


def counts(reading: Reading) -> list[tuple[str, float | None, float | None]]:
    rows = reading.tables["often-absent"].to_pylist()
    return [(row["area"], row["value"], row["denominator"]) for row in rows]


SHARES: tuple[Row, ...] = (("Share", "79.7", 383.0), ("Share", "50", 816.0))
LEEDS_COUNTS: tuple[Row, ...] = (("Soon", "726", 383.0), ("Late", "185", 383.0))


def test_counts_are_added_up_to_the_denominator_and_change_no_figure() -> None:
    reading = taken(TWO, *SHARES, *LEEDS_COUNTS, ("Soon", "3", 816.0), ("Late", "4", 816.0))
    assert counts(reading) == [(YORK, 50, 7), (LEEDS, 79.7, 911)]
    assert reading.rows_used == 6
    assert reading.rows_uncatalogued == 0
    assert reading.faults == ()


@pytest.mark.parametrize(
    "york",
    [
        (("Soon", "3", 816.0),),
        (("Soon", "3", 816.0), ("Late", "-", 816.0)),
        (("Soon", "0", 816.0), ("Late", "0", 816.0)),
    ],
)
def test_no_count_is_taken_where_one_is_missing_or_nobody_is_counted(york: tuple[Row, ...]) -> None:
    reading = taken(TWO, *SHARES, *LEEDS_COUNTS, *york)
    assert counts(reading) == [(YORK, 50, None), (LEEDS, 79.7, 911)]
    assert reading.faults == ()


def test_counts_that_do_not_make_the_share_are_not_taken() -> None:
    york = (("Soon", "3", 816.0), ("Late", "4", 816.0))
    reading = taken(CHECKED, *SHARES, *LEEDS_COUNTS, *york)
    assert counts(reading) == [(YORK, 50, None), (LEEDS, 79.7, 911)]
    assert reading.tables["often-absent"]["numerator"].to_pylist() == [None, 726]


def test_a_share_without_a_value_has_no_count() -> None:
    reading = taken(TWO, ("Share", "-", 383.0), *LEEDS_COUNTS)
    assert counts(reading) == [(LEEDS, None, None)]


def test_a_bad_count_and_a_missing_kind_of_row_are_faults() -> None:
    reading = taken(TWO, *SHARES, ("Soon", "7x", 383.0))
    assert [(fault.kind, fault.value) for fault in reading.faults] == [
        ("missing-measure", "often-absent (count 2), Late"),
        ("bad-number", "7x"),
    ]


def test_counts_without_their_shares_are_a_fault_and_hold_a_release(db: None) -> None:
    reading = taken(TWO, *LEEDS_COUNTS)
    assert counts(reading) == []
    assert [(fault.kind, fault.value) for fault in reading.faults] == [
        ("missing-measure", "often-absent, Share"),
    ]

    add_areas()
    shares = measure(
        select={"Short Desc": "Share"},
        kinds={"metropolitan"},
        reading={"year_type": "academic", "counted_by": TWO},
    )
    sync_catalogue(catalogue((source("dfe-long", area_codes="dfe-number"),), (shares,)))
    release = arrive(file_of(*LEEDS_COUNTS))
    assert release.state == "held"
    found = ReleaseFault.objects.filter(release=release)
    assert [(fault.kind, fault.value) for fault in found] == [
        ("missing-measure", "often-absent, Share"),
    ]


def test_counts_that_the_catalogue_leaves_out_are_left_out() -> None:
    rows = (*SHARES, *LEEDS_COUNTS, ("Soon", "3", 816.0), ("Late", "4", 816.0))
    wrong = LeftOut(
        release=hashlib.sha256(file_of(*rows)).hexdigest(),
        where={"Short Desc": ("Late",), "LA Number": ("816",)},
        reason="The figure of the region.",
        checked=DAY,
    )
    reading = taken(TWO, *rows, leave_out=(wrong,))
    assert counts(reading) == [(YORK, 50, None), (LEEDS, 79.7, 911)]
    assert (reading.rows_used, reading.rows_left_out) == (5, 1)


def test_where_no_cases_are_counted_a_release_is_not_read_anew() -> None:
    """The digest is that of before there were any counts."""
    read_now = _told(measure())["reading"]
    assert isinstance(read_now, dict)
    assert "counted_by" not in read_now
    assert "counted_by" in str(_told(measure(reading={"counted_by": TWO}))["reading"])


# ---- The shipped file

DEVON = "E10000008"
FILE = shipped("data") / "dfe-lait" / "lait_bds_long_0.parquet"


@pytest.fixture(scope="module")
def lait() -> Reading:
    entries, faults = read_catalogue(shipped("catalogue"))
    assert faults == []
    chosen = [m for m in entries.measures_from("dfe-lait") if m.reading.counted_by]
    return read(
        entries.sources["dfe-lait"],
        chosen,
        FILE.read_bytes(),
        areas=shipped_areas("dfe-number", shipped("data")),
        megabytes=500,
    )


@pytest.mark.parametrize(
    ("slug", "period", "value", "cases"),
    [
        ("dfe-ehc-reviews-held", "2024-01-01/P1Y", 97.9, 8284),
        ("dfe-conferences-15-days", "2024-04-01/P1Y", 79.7, 911),
        ("dfe-child-protection-reviews", "2024-04-01/P1Y", 85.4, 384),
        ("dfe-ehc-plans-20-weeks", "2024-01-01/P1Y", 3.2, 1491),
    ],
)
def test_devons_cases_are_counted(
    lait: Reading, slug: str, period: str, value: float, cases: int
) -> None:
    rows = lait.tables[slug].to_pylist()
    (row,) = [row for row in rows if (row["area"], row["period"]) == (DEVON, period)]
    assert (row["value"], row["denominator"]) == (value, cases)


def test_no_council_has_the_new_plans_of_its_region(lait: Reading) -> None:
    found: dict[float, int] = {}
    for row in lait.tables["dfe-ehc-plans-20-weeks"].to_pylist():
        if row["period"].startswith("2022") and row["denominator"]:
            found[row["denominator"]] = found.get(row["denominator"], 0) + 1
    assert len(found) > 100
    assert max(found.values()) == 2
    assert found[6078.0] == 1  # Yorkshire and the Humber itself

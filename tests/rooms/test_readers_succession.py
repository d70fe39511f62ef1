"""Rows under an obsolete code: with the successor only where the file and the areas agree."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from folkmoot.common.errors import BadInput
from folkmoot.measures.catalogue import Catalogue, read_catalogue
from folkmoot.measures.readers import KnownAreas, Reading, read
from folkmoot.measures.readers.succession import successor
from folkmoot.places.atlas import read_atlas
from folkmoot.places.codes import dfe_codes
from folkmoot.shipped import shipped
from tests.rooms.releases_material import (
    LEEDS,
    ONS_HEADER,
    YORK,
    measure,
    ons_file,
    ons_row,
    source,
)

# Craven to Selby: seven districts of North Yorkshire, now one council.
MERGED = tuple(f"E07000{number}" for number in range(163, 170))
OLD, NEW = "E08000019", "E08000039"
OTHER_OLD, OTHER_NEW = "E08000016", "E08000038"
KNOWN = KnownAreas(
    frozenset({LEEDS, YORK, OLD, NEW, OTHER_OLD, OTHER_NEW}),
    recoded={OLD: NEW, OTHER_OLD: OTHER_NEW},
)
NOTE = f"Obsolete code since 2025 (replaced by {NEW} Sheffield)"


def taken(*rows: str, areas: KnownAreas = KNOWN) -> Reading:
    reading = read(source(), [measure()], ons_file(*rows), areas=areas, megabytes=1)
    assert reading.rows_read == (
        reading.rows_used
        + reading.rows_uncatalogued
        + reading.rows_left_out
        + reading.rows_repeated
    )
    return reading


def where(reading: Reading) -> list[tuple[str, str, float, int]]:
    rows = reading.tables["often-absent"].to_pylist()
    return [(row["area"], row["period"][:4], row["value"], row["row"]) for row in rows]


def test_a_recoded_place_has_its_figures_under_its_new_code_and_their_own_rows() -> None:
    reading = taken(ons_row(), ons_row(OLD, value="31.5") + NOTE, ons_row(YORK))
    assert where(reading) == [
        (YORK, "2023", 20.5, 4),
        (LEEDS, "2023", 20.5, 2),
        (NEW, "2023", 31.5, 3),
    ]
    assert reading.faults == ()
    assert reading.rows_recoded == 1


def test_a_row_of_the_successors_own_keeps_the_old_row_with_the_old_area() -> None:
    reading = taken(
        ons_row(OLD, "2022-08-01/P1Y", "1") + NOTE,
        ons_row(OLD, "2023-08-01/P1Y", "2") + NOTE,
        ons_row(NEW, "2023-08-01/P1Y", "3"),
    )
    assert where(reading) == [(OLD, "2023", 2, 3), (NEW, "2022", 1, 2), (NEW, "2023", 3, 4)]
    assert reading.faults == ()
    assert reading.rows_recoded == 1


def test_the_successors_row_of_another_measure_changes_nothing() -> None:
    data = ons_file(
        ons_row(OLD, value="1") + NOTE,
        ons_row(NEW, value="2", indicator="Other"),
        ons_row(OLD, value="3", indicator="Other") + NOTE,
    )
    other = measure("other", select={"indicator": "Other"})
    reading = read(source(), [measure(), other], data, areas=KNOWN, megabytes=1)
    assert where(reading) == [(NEW, "2023", 1, 2)]
    assert reading.tables["other"]["area"].to_pylist() == [OLD, NEW]
    assert reading.rows_recoded == 1


@pytest.mark.parametrize(
    "note",
    [
        "",
        "Obsolete code since 2025",
        f"Renamed, see {NEW}",
        f"Obsolete code since 2025 (replaced by {LEEDS} Leeds)",
        f"Obsolete code since 2025 (replaced by {NEW} Sheffield and {LEEDS} Leeds)",
    ],
)
def test_a_note_that_does_not_name_that_one_successor_moves_nothing(note: str) -> None:
    reading = taken(ons_row(OLD) + f'"{note}"')
    assert where(reading) == [(OLD, "2023", 20.5, 2)]
    assert reading.rows_recoded == 0


def test_without_the_fact_that_it_is_the_same_place_nothing_moves() -> None:
    reading = taken(ons_row(OLD) + NOTE, areas=KnownAreas(KNOWN.codes))
    assert where(reading) == [(OLD, "2023", 20.5, 2)]
    unlisted = KnownAreas(KNOWN.codes - {NEW}, recoded=KNOWN.recoded)
    assert where(taken(ons_row(OLD) + NOTE, areas=unlisted)) == [(OLD, "2023", 20.5, 2)]


def test_two_rows_of_one_obsolete_code_are_still_in_conflict() -> None:
    reading = taken(ons_row(OLD, value="1") + NOTE, ons_row(OLD, value="2") + NOTE)
    (fault,) = reading.faults
    assert (fault.kind, fault.rows) == ("conflicting-key", (2, 3))
    assert reading.rows_recoded == 0


def test_a_table_without_notes_is_read_and_nothing_moves() -> None:
    data = ons_file(ons_row(OLD)).replace(b",notes", b"").replace(b"%,,,,", b"%,,,")
    reading = read(source(), [measure()], data, areas=KNOWN, megabytes=1)
    assert where(reading) == [(OLD, "2023", 20.5, 2)]


def test_notes_twice_count_where_they_agree() -> None:
    header = f"{ONS_HEADER},notes"
    agreed = "\n".join([header, f"{ons_row(OLD)}{NOTE},{NOTE}", ""]).encode()
    torn = "\n".join([header, f"{ons_row(OLD)}{NOTE},something else", ""]).encode()
    for data, area in ((agreed, NEW), (torn, OLD)):
        reading = read(source(), [measure()], data, areas=KNOWN, megabytes=1)
        assert where(reading) == [(area, "2023", 20.5, 2)]
    picks = measure(select={"notes": NOTE})
    with pytest.raises(BadInput, match="1 fault"):
        read(source(), [picks], torn, areas=KNOWN, megabytes=1)


# ---- Where the catalogue says it

TOLD = {
    "recoded": [
        {
            "old": OLD,
            "new": NEW,
            "since": "2023-08-01",
            "reason": "The file keeps the old code.",
            "checked": "2026-11-29",
        }
    ]
}


def told(*rows: str, areas: KnownAreas = KNOWN) -> list[tuple[str, str, float, int]]:
    return where(read(source(**TOLD), [measure()], ons_file(*rows), areas=areas, megabytes=1))


def test_rows_of_an_old_code_are_the_new_ones_from_the_day_it_began() -> None:
    rows = [ons_row(OLD, f"{year}-08-01/P1Y", year - 2000) for year in (2022, 2023, 2024)]
    assert told(*rows) == [
        (OLD, "2022", 22, 2),
        (NEW, "2023", 23, 3),
        (NEW, "2024", 24, 4),
    ]


def test_the_word_of_the_catalogue_needs_the_list_of_areas_and_yields_to_the_new_codes_rows() -> (
    None
):
    assert told(ons_row(OLD), areas=KnownAreas(KNOWN.codes)) == [(OLD, "2023", 20.5, 2)]
    unlisted = KnownAreas(KNOWN.codes - {NEW}, recoded=KNOWN.recoded)
    assert told(ons_row(OLD), areas=unlisted) == [(OLD, "2023", 20.5, 2)]
    own = told(ons_row(OLD, value="1"), ons_row(NEW, value="2"))
    assert own == [(OLD, "2023", 1, 2), (NEW, "2023", 2, 3)]


# ---- The shipped tables


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(shipped("catalogue"))[0]


@pytest.fixture(scope="module")
def areas() -> KnownAreas:
    atlas = read_atlas(shipped("data"), shipped("catalogue") / "places" / "joined.yaml")
    return KnownAreas(frozenset(atlas.areas), recoded=atlas.recoded())


def published(catalogue: Catalogue, areas: KnownAreas, slug: str) -> Reading:
    source = catalogue.sources[catalogue.measures[slug].reading.dataset]
    assert source.file is not None
    taken = [m for m in catalogue.measures.values() if m.reading.dataset == source.slug]
    data = (shipped("data") / source.file).read_bytes()
    return read(source, taken, data, areas=areas, megabytes=50)


@pytest.mark.parametrize(
    ("slug", "carried"),
    [("pupils-often-absent", 36), ("library-within-walk", 2), ("english-and-maths-by-19", 0)],
)
def test_sheffield_and_barnsley_have_their_figures(
    catalogue: Catalogue, areas: KnownAreas, slug: str, carried: int
) -> None:
    reading = published(catalogue, areas, slug)
    rows = reading.tables[slug].to_pylist()
    assert {NEW, OTHER_NEW} <= {row["area"] for row in rows if row["value"] is not None}
    # ONS itself carried the third over, and its own rows stand.
    obsolete = sum(row["area"] in (OLD, OTHER_OLD) for row in rows)
    assert (reading.rows_recoded > 0, obsolete > 0) == (carried > 0, carried == 0)
    if carried:
        assert sum(row["area"] in (NEW, OTHER_NEW) for row in rows) == carried


def test_gcse_results_stand_under_the_new_codes() -> None:
    assert {dfe_codes(shipped("data"))[number] for number in (370, 373)} == {NEW, OTHER_NEW}


def test_a_row_that_moved_is_where_the_file_has_it(catalogue: Catalogue, areas: KnownAreas) -> None:
    source = catalogue.sources["ons-library-walk"]
    assert source.file is not None
    with (shipped("data") / source.file).open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    table = published(catalogue, areas, "library-within-walk").tables["library-within-walk"]
    (row,) = (row for row in table.to_pylist() if row["area"] == NEW)
    line = dict(zip(lines[0], lines[row["row"] - 1], strict=True))
    assert (line["areacd"], float(line["observation"])) == (OLD, row["value"])


def test_what_was_merged_or_split_stays_with_the_old_area(
    catalogue: Catalogue, areas: KnownAreas
) -> None:
    plain = KnownAreas(areas.codes)
    for slug in ("adult-obesity", "pupils-often-absent"):
        counts = [
            Counter(published(catalogue, known, slug).tables[slug]["area"].to_pylist())
            for known in (plain, areas)
        ]
        moved = {code for code in counts[0] if counts[0][code] != counts[1][code]}
        assert moved <= areas.recoded.keys() | set(areas.recoded.values())
        # Cumbria was split; the county of North Yorkshire was replaced by a council.
        assert counts[1]["E10000006"] == counts[0]["E10000006"] > 0
        assert counts[1]["E10000023"] == counts[0]["E10000023"] > 0
    craven = published(catalogue, areas, "adult-obesity").tables["adult-obesity"]
    assert set(MERGED) <= set(craven["area"].to_pylist())


def test_a_note_of_ons_that_is_wrong_moves_nothing(catalogue: Catalogue, areas: KnownAreas) -> None:
    perth, lanarkshire = "S12000024", "S12000050"
    note = f"Obsolete code since 2018 (replaced by {lanarkshire} North Lanarkshire)"
    table = published(catalogue, areas, "electricity-used-at-home").tables
    held = table["electricity-used-at-home"]["area"].to_pylist()
    assert held.count(perth) == 3
    assert successor(perth, note, areas) is None
    assert successor(perth, note.replace(lanarkshire, "S12000048"), areas) == "S12000048"

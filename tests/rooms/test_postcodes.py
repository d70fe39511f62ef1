"""Postcodes: their form, the compact files against every row, and the official directory."""

from __future__ import annotations

import csv
import os
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.common.errors import BadInput
from folkmoot.common.models import PublicAct
from folkmoot.places import actions, postcodes, queries, rules
from folkmoot.places.models import OfficialPostcode, PostcodeEdition
from folkmoot.shipped import shipped
from tests.rooms.places_loaded import AT, places

__all__ = ["places"]

ROOT = Path(__file__).resolve().parents[2]


def full_file() -> Path:
    """The 2.6 million rows, where they are: named by the environment, or beside the checkout."""
    named = os.environ.get("FOLKMOOT_FULL_POSTCODES")
    beside = ROOT.parent / "shared" / "data" / "postcodes" / "postcodes_lad24_gb.csv.gz"
    path = Path(named) if named else beside
    if not path.is_file():
        pytest.skip("the full postcode file is not here: set FOLKMOOT_FULL_POSTCODES to it")
    return path


@pytest.mark.parametrize(
    ("typed", "postcode"),
    [
        ("LS1 1UR", "LS1 1UR"),
        (" ls11ur ", "LS1 1UR"),
        ("l s 1 1 u r", "LS1 1UR"),
        ("LS1-1UR", "LS1 1UR"),
        ("ls1\u00a01ur", "LS1 1UR"),
        ("M1 1AE", "M1 1AE"),
        ("B33 8TH", "B33 8TH"),
        ("W1A 0AX", "W1A 0AX"),
        ("EC1A 1BB", "EC1A 1BB"),
        ("DN55 1PT", "DN55 1PT"),
        ("GIR0AA", "GIR 0AA"),
        ("NPT 0AD", "NPT 0AD"),
        ("W1V 1AA", "W1V 1AA"),
        ("BT1 5GS", "BT1 5GS"),
    ],
)
def test_forms_of_postcodes(typed: str, postcode: str) -> None:
    assert rules.parse_postcode(typed) == postcode
    assert rules.looks_like_postcode(typed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Nothing was typed"),
        ("Leeds", "no number"),
        ("LS1", "first half"),
        ("LS1 1UV", "does not have the form"),
        ("QS1 1UR", "does not have the form"),
        ("LS1 1URX", "does not have the form"),
        ("LS1 1U", "does not have the form"),
        ("ＬＳ１ １ＵＲ", "does not have the form"),
        ("1" * 100_000, "does not have the form"),
        ("LS1 1UR; DROP TABLE", "does not have the form"),
    ],
)
def test_malformed_postcodes_say_what_and_what_to_do(typed: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        rules.parse_postcode(typed)
    (fault,) = caught.value.faults
    assert fault.kind == "malformed-postcode"
    assert said in fault.what
    assert "LS1 1UR" in fault.remedy
    fault_without_example = f"{fault.where} {fault.what} {fault.value} {caught.value}"
    assert typed == "" or typed not in fault_without_example


@given(st.text(max_size=40))
def test_any_text_is_a_postcode_or_a_fault(text: str) -> None:
    try:
        parsed = rules.parse_postcode(text)
    except BadInput:
        return
    assert rules.parse_postcode(parsed) == parsed
    assert rules.POSTCODE.fullmatch(parsed)


def test_compact_files_are_small_and_hold_every_sector() -> None:
    folder = shipped("data") / "postcodes"
    size = sum(
        (folder / name).stat().st_size
        for name in ("postcode_sectors.csv", "postcode_exceptions.csv.gz")
    )
    assert size < 1_000_000
    held = postcodes.read_compact(folder)
    assert len(held.sectors) == 12_015
    assert len(held.exceptions) == 98_214
    assert held.district("LS1 1UR") == "E08000035"
    assert held.district("AB1 0AE") == "S12000034"  # an exception in a sector of another council
    assert held.district("AB1 0AF") == "S12000033"
    assert held.district("BT1 5GS") is None


def test_every_row_of_the_full_file_is_answered_the_same() -> None:
    """All 2.6 million, through the same code that answers on the site."""
    with duckdb.connect() as reader:
        rows = reader.execute(
            "SELECT postcode, lad24 FROM read_csv(?, all_varchar = true)", [str(full_file())]
        ).fetchnumpy()
        (malformed,) = reader.execute(
            """SELECT count(*) FROM read_csv(?, all_varchar = true)
               WHERE NOT regexp_full_match(postcode, ?)""",
            [str(full_file()), rules.POSTCODE.pattern],
        ).fetchone() or (None,)
    held = postcodes.compact()
    different = [
        postcode
        for postcode, code in zip(rows["postcode"], rows["lad24"], strict=True)
        if held.district(postcode) != code
    ]
    assert len(rows["postcode"]) == 2_630_685
    assert different == []
    assert malformed == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("places")
class TestAnswers:
    def test_the_district_of_a_sector_is_never_called_confirmed(self) -> None:
        answer = queries.find_postcode("ls1 1ur")
        assert answer.kind == "sector"
        assert answer.district is not None
        assert answer.district.slug == "leeds"
        assert "not confirmed" in answer.note
        assert "not official" in answer.source

    def test_an_unissued_postcode_of_a_sector_has_the_same_answer(self) -> None:
        assert queries.find_postcode("LS1 1ZZ").kind == "sector"

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ("BT1 5GS", "Northern Ireland"),
            ("IM1 1AA", "Isle of Man"),
            ("JE2 3AB", "Jersey"),
            ("GY1 1AA", "Guernsey"),
            ("ZE99 9ZZ", "not in the postcode file"),
            ("GIR 0AA", "not in the postcode file"),
        ],
    )
    def test_what_is_not_held_is_said(self, typed: str, words: str) -> None:
        answer = queries.find_postcode(typed)
        assert (answer.kind, answer.district) == ("not-held", None)
        assert words in answer.note

    def test_malformed_is_an_answer(self) -> None:
        answer = queries.find_postcode("not a postcode")
        assert (answer.kind, answer.district) == ("malformed", None)
        assert "not a postcode" not in answer.note.lower().replace("this is not a postcode", "")

    def test_codes_that_changed_since_lead_to_the_living_council(self) -> None:
        answer = queries.find_postcode("S1 2HH")
        assert postcodes.compact().district("S1 2HH") == "E08000019"
        assert answer.district is not None
        assert answer.district.code == "E08000039"

    def test_every_district_in_the_files_is_a_living_council(self) -> None:
        held = postcodes.compact()
        found = set(held.sectors.values()) | set(held.exceptions.values())
        assert len(found) == 350
        living = {code: queries.living_area(code) for code in found}
        assert [code for code, area in living.items() if area is None] == []

    def test_look_up_costs_few_queries(self, django_assert_max_num_queries: Any) -> None:
        postcodes.compact()
        with django_assert_max_num_queries(2):
            queries.find_postcode("LS1 1UR")
        with django_assert_max_num_queries(4):
            queries.find_postcode("S1 2HH")


ONSPD = [
    ("LS11UR", "LS1 1UR", "", "E08000035"),
    ("S1 2HH", "S1 2HH", "", "E08000039"),
    ("LS1 1XX", "LS1 1XX", "201006", "E08000035"),
    ("BT1 5GS", "BT1 5GS", "", "N09000003"),
    ("CA1 1AA", "CA1 1AA", "", "E07000028"),
    ("IM1 1AA", "IM1 1AA", "", "M99999999"),
]


def directory(path: Path, rows: list[tuple[str, ...]], header: tuple[str, ...]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def load(path: Path) -> actions.PostcodesLoaded:
    return actions.load_official_postcodes(path, at=AT, office="operator")


@pytest.mark.django_db
@pytest.mark.usefixtures("places")
class TestOfficialDirectory:
    @pytest.mark.parametrize("column", ["oslaua", "laua", "lad25cd", "LAD24CD"])
    def test_unknown_and_ended_are_told_apart(self, tmp_path: Path, column: str) -> None:
        header = ("pcd", "pcds", "doterm", column)
        loaded = load(directory(tmp_path / "ONSPD_AUG_2025_UK.csv", ONSPD, header))
        assert (loaded.rows, loaded.ended, loaded.name) == (6, 1, "ONSPD_AUG_2025_UK")
        found = {code: queries.find_postcode(code) for _, code, *_ in ONSPD}
        assert found["LS1 1UR"].kind == "exact"
        assert found["LS1 1UR"].source == "ONSPD_AUG_2025_UK"
        assert found["BT1 5GS"].kind == "exact"
        belfast = found["BT1 5GS"].district
        assert belfast is not None
        assert belfast.name == "Belfast"
        assert found["LS1 1XX"].kind == "ended"
        assert "June 2010" in found["LS1 1XX"].note
        carlisle = found["CA1 1AA"].district
        assert carlisle is not None
        assert carlisle.name == "Cumberland"
        assert (found["IM1 1AA"].kind, found["IM1 1AA"].district) == ("not-held", None)
        assert queries.find_postcode("LS1 1ZZ").kind == "unknown"
        assert queries.find_postcode("LS1").kind == "malformed"

    @pytest.mark.parametrize("column", ["pcon", "PCON24CD", "pcon25cd"])
    def test_constituencies_are_kept_where_the_file_has_them(
        self, tmp_path: Path, column: str
    ) -> None:
        rows = [
            (*row, "E14001320" if row[3][0] == "E" else f"{row[3][0]}99999999") for row in ONSPD
        ]
        header = ("pcd", "pcds", "doterm", "lad25cd", column)
        load(directory(tmp_path / "with.csv", rows, header))
        kept = dict(OfficialPostcode.objects.values_list("postcode", "constituency"))
        assert kept["LS11UR"] == "E14001320"
        # The Isle of Man has no seat.
        assert kept["IM11AA"] == ""
        bad = [("", "LS1 1UR", "", "E08000035", "Leeds")]
        with pytest.raises(BadInput) as caught:
            load(directory(tmp_path / "bad.csv", bad, header))
        assert "not the code of a constituency" in str(caught.value.faults[0])
        load(directory(tmp_path / "without.csv", ONSPD, header[:4]))
        assert set(OfficialPostcode.objects.values_list("constituency", flat=True)) == {""}

    def test_the_zip_it_comes_in(self, tmp_path: Path) -> None:
        table = directory(tmp_path / "big.csv", ONSPD, ("pcd", "pcds", "doterm", "oslaua"))
        with zipfile.ZipFile(tmp_path / "NSPL.zip", "w") as archive:
            archive.write(table, "Data/NSPL_UK.csv")
            archive.writestr("Documents/names.csv", "a,b\n")
            archive.writestr("User Guide.pdf", "x" * 90_000)
        assert load(tmp_path / "NSPL.zip").rows == 6

    def test_a_new_directory_takes_the_place_of_the_old_on_the_record(self, tmp_path: Path) -> None:
        header = ("pcd", "pcds", "doterm", "oslaua")
        load(directory(tmp_path / "first.csv", ONSPD, header))
        load(directory(tmp_path / "second.csv", ONSPD[:1], header))
        assert list(OfficialPostcode.objects.values_list("postcode", flat=True)) == ["LS11UR"]
        assert list(PostcodeEdition.objects.values_list("name", "rows")) == [("second", 1)]
        acts = PublicAct.objects.filter(verb="load-postcodes", office="operator")
        assert acts.count() == 2

    def test_every_fault_is_named_and_the_old_directory_stays(self, tmp_path: Path) -> None:
        header = ("pcd", "pcds", "doterm", "oslaua")
        load(directory(tmp_path / "good.csv", ONSPD, header))
        bad = [
            ("", "LS1 1UR", "", "E08000035"),
            ("", "LS1 1UR", "", "E08000035"),
            ("", "NOWHERE", "", "E08000035"),
            ("", "LS1 1AA", "", "Leeds"),
            ("", "LS1 1AB", "last June", "E08000035"),
        ]
        with pytest.raises(BadInput) as caught:
            load(directory(tmp_path / "bad.csv", bad, header))
        faults = {(fault.where, fault.kind) for fault in caught.value.faults}
        assert faults == {
            ("row 2", "conflicting-key"),
            ("row 3", "conflicting-key"),
            ("row 4", "malformed-postcode"),
            ("row 5", "unknown-area"),
            ("row 6", "bad-period"),
        }
        assert all(fault.remedy for fault in caught.value.faults)
        assert OfficialPostcode.objects.count() == 6
        assert PostcodeEdition.objects.get().name == "good"

    def test_a_crash_while_swapping_leaves_the_old_directory(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        header = ("pcd", "pcds", "doterm", "oslaua")
        load(directory(tmp_path / "good.csv", ONSPD, header))

        def crash(**_: object) -> None:
            raise OSError("the disk is full")

        monkeypatch.setattr(actions, "record_act", crash)
        with pytest.raises(OSError, match="disk is full"):
            load(directory(tmp_path / "next.csv", ONSPD[:1], header))
        assert OfficialPostcode.objects.count() == 6
        assert PostcodeEdition.objects.get().name == "good"

    def test_many_faults_are_counted(self, tmp_path: Path) -> None:
        rows = [("", f"WRONG{n}", "", "E08000035") for n in range(200)]
        with pytest.raises(BadInput) as caught:
            load(directory(tmp_path / "bad.csv", rows, ("pcd", "pcds", "doterm", "oslaua")))
        assert len(caught.value.faults) == actions.MOST_NAMED + 1
        assert "150 more" in caught.value.faults[-1].what

    def test_missing_columns_are_all_named(self, tmp_path: Path) -> None:
        with pytest.raises(BadInput) as caught:
            load(directory(tmp_path / "other.csv", [("1", "2")], ("a", "b")))
        assert [fault.kind for fault in caught.value.faults] == ["missing-column"] * 3

    @pytest.mark.parametrize(
        "content", [b"", b"\xff\xfe\x00\x01", b"pcds,doterm,oslaua\n", b"a" * 200_000]
    )
    def test_files_that_are_no_directory(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "odd.csv"
        path.write_bytes(content)
        with pytest.raises(BadInput):
            load(path)
        assert not PostcodeEdition.objects.exists()

    def test_a_file_that_is_not_there_and_a_zip_without_a_table(self, tmp_path: Path) -> None:
        with pytest.raises(BadInput):
            load(tmp_path / "none.csv")
        with zipfile.ZipFile(tmp_path / "empty.zip", "w") as archive:
            archive.writestr("readme.txt", "nothing")
        with pytest.raises(BadInput):
            load(tmp_path / "empty.zip")

    def test_a_broken_row_refuses_the_file(self, tmp_path: Path) -> None:
        path = tmp_path / "broken.csv"
        path.write_text(
            'pcds,doterm,oslaua\n"LS1 1UR",,E08000035\n"LS1 1XX,,E08\nLS1\n', encoding="utf-8"
        )
        with pytest.raises(BadInput):
            load(path)
        assert not OfficialPostcode.objects.exists()

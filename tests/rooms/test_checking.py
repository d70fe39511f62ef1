"""The shipped files hold what the catalogue says of them, and each kind of fault is found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from folkmoot.common.errors import Fault
from folkmoot.measures.catalogue import Acceptance, Catalogue, LeftOut, read_catalogue
from folkmoot.measures.checking import check_data, shipped_areas
from folkmoot.shipped import shipped

DATA = shipped("data")
DAY = dt.date(2026, 11, 23)
WALK = "ons-els/library-walk/library-walk.csv"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    found, faults = read_catalogue(shipped("catalogue"))
    assert faults == []
    return found


def only(catalogue: Catalogue, source: str, **changes: Any) -> Catalogue:
    """The part of the catalogue that is read from one source, the source changed."""
    entry = catalogue.sources[source].model_copy(update=changes)
    measures = {s: m for s, m in catalogue.measures.items() if m.reading.dataset == source}
    return Catalogue(catalogue.services, {source: entry}, measures)


def with_measure(part: Catalogue, slug: str, **changes: Any) -> Catalogue:
    entry = part.measures[slug]
    reading = entry.reading.model_copy(update=changes.pop("reading", {}))
    changed = entry.model_copy(update={**changes, "reading": reading})
    return Catalogue(part.services, part.sources, {**part.measures, slug: changed})


def wheres(faults: list[Fault]) -> list[str]:
    assert all(fault.what and fault.remedy for fault in faults)
    return [fault.where for fault in faults]


@pytest.fixture
def altered(tmp_path: Path) -> Callable[[str, bytes, bytes], Path]:
    """A data folder like the shipped one, with one text in one file replaced by another."""

    def make(name: str, old: bytes, new: bytes) -> Path:
        folder = tmp_path / "data"
        folder.mkdir()
        for path in DATA.iterdir():
            if path.name != Path(name).parts[0]:
                (folder / path.name).symlink_to(path)
        raw = (DATA / name).read_bytes()
        assert old in raw
        (folder / name).parent.mkdir(parents=True)
        for path in (DATA / name).parent.iterdir():
            if path.name != Path(name).name:
                (folder / name).with_name(path.name).symlink_to(path)
        (folder / name).write_bytes(raw.replace(old, new))
        return folder

    return make


def test_the_shipped_catalogue_and_data_have_no_fault(catalogue: Catalogue) -> None:
    steps: list[int] = []
    faults = check_data(catalogue, DATA, step=lambda: steps.append(1))
    assert [str(fault) for fault in faults] == []
    assert len(steps) == len(catalogue.sources) > 60


def test_shipped_areas_know_every_way_of_writing_a_place() -> None:
    assert shipped_areas("gss", DATA).names == {}
    assert shipped_areas("dfe-number", DATA).names["383"] == "E08000035"
    assert shipped_areas("police-force-name", DATA).names["Kent Police"] == "E23000032"
    assert shipped_areas("gss", DATA).recoded["E08000019"] == "E08000039"


def test_a_fault_that_is_not_accepted_is_told_with_rows_column_and_value(
    catalogue: Catalogue,
) -> None:
    (fault,) = check_data(only(catalogue, "police-outcomes", accept=()), DATA)
    assert fault.kind == "unknown-area"
    assert fault.where.startswith("data/police/police_outcomes_2012_2016.csv.gz, rows ")
    assert fault.where.endswith(" and 51 more, column reported_by (sources/police-outcomes.yaml)")
    assert "'British Transport Police'" in fault.what
    assert "accept 'unknown-area' in the source" in fault.remedy


def test_a_bad_cell_is_told_with_its_row(
    catalogue: Catalogue, altered: Callable[[str, bytes, bytes], Path]
) -> None:
    lines = (DATA / WALK).read_bytes().splitlines()
    row = next(i for i, line in enumerate(lines, 1) if b"E08000035" in line)
    folder = altered(WALK, lines[row - 1], lines[row - 1].replace(b"E08000035", b"E08000999"))
    part = only(catalogue, "ons-library-walk")
    (fault,) = check_data(part, folder)
    assert (fault.kind, fault.value) == ("unknown-area", "E08000999")
    assert fault.where == f"data/{WALK}, row {row}, column areacd (sources/ons-library-walk.yaml)"


def test_an_acceptance_of_what_is_not_there_is_told(catalogue: Catalogue) -> None:
    source = catalogue.sources["police-outcomes"]
    known = source.accept[0]
    idle = known.model_copy(update={"kind": "bad-period"})
    (fault,) = check_data(only(catalogue, source.slug, accept=(known, idle)), DATA)
    assert fault.where == "sources/police-outcomes.yaml, accept.1"
    assert "it has no bad-period" in fault.what
    assert fault.kind == "stale-acceptance"


def test_an_acceptance_for_another_file_is_told_and_accepts_nothing(catalogue: Catalogue) -> None:
    old = Acceptance(
        release="0" * 64, kind="unknown-area", reason="A force without an area.", checked=DAY
    )
    faults = check_data(only(catalogue, "police-outcomes", accept=(old,)), DATA)
    assert [fault.kind for fault in faults] == ["unknown-area", "stale-acceptance"]
    assert "0" * 64 in faults[1].what


def test_rows_to_be_left_out_that_are_not_there_are_told(catalogue: Catalogue) -> None:
    source = catalogue.sources["nhs-ae-icb"]
    idle = LeftOut(
        release=source.leave_out[0].release,
        where={"date": ("February 1925",)},
        reason="A month before there were boards.",
        checked=DAY,
    )
    part = only(catalogue, source.slug, leave_out=(*source.leave_out, idle))
    (fault,) = check_data(part, DATA)
    assert fault.where == f"sources/nhs-ae-icb.yaml, leave_out.{len(source.leave_out)}"


def test_a_measure_that_reads_no_row_is_told(catalogue: Catalogue) -> None:
    part = with_measure(
        only(catalogue, "ons-library-walk"),
        "library-within-walk",
        reading={"select": {"indicator": "Residents within a day of a library"}},
    )
    faults = [f for f in check_data(part, DATA) if f.kind == "missing-measure"]
    assert wheres(faults) == ["measures/library-within-walk.yaml, reading"]
    assert "No row is read from ons-library-walk" in faults[0].what


def test_a_measure_whose_rows_have_no_value_is_told(catalogue: Catalogue) -> None:
    part = with_measure(
        only(catalogue, "ons-library-walk"), "library-within-walk", possible=(200, 300)
    )
    faults = check_data(part, DATA)
    assert {"impossible-value", "missing-measure"} <= {fault.kind for fault in faults}
    assert "No row with a value" in next(f.what for f in faults if f.kind == "missing-measure")


def test_shares_of_one_called_percentages_are_told(catalogue: Catalogue) -> None:
    part = with_measure(
        only(catalogue, "ons-library-walk"),
        "library-within-walk",
        reading={"scale": 0.01},
        decimals=3,
    )
    faults = [f for f in check_data(part, DATA) if f.kind == "wrong-scale"]
    assert wheres(faults) == ["measures/library-within-walk.yaml, unit"]


def test_more_decimals_than_the_figures_have_are_told(catalogue: Catalogue) -> None:
    part = with_measure(only(catalogue, "ons-gross-median-weekly-pay"), "weekly-pay", decimals=3)
    faults = [f for f in check_data(part, DATA) if f.kind == "wrong-decimals"]
    assert wheres(faults) == ["measures/weekly-pay.yaml, decimals"]


def test_too_few_decimals_to_tell_figures_apart_are_told(catalogue: Catalogue) -> None:
    part = with_measure(
        only(catalogue, "ons-library-walk"),
        "library-within-walk",
        reading={"scale": 0.001},
        decimals=0,
    )
    (fault,) = [f for f in check_data(part, DATA) if f.kind == "wrong-decimals"]
    assert "would all be printed alike" in fault.what


def test_a_file_that_cannot_be_read_gives_all_its_faults(catalogue: Catalogue) -> None:
    other = "ons-els/uk-small-area-gross-value-added-estimates"
    (path,) = (DATA / other).glob("*.csv")
    file = f"{other}/{path.name}"
    faults = check_data(only(catalogue, "ons-library-walk", file=file), DATA)
    assert {fault.kind for fault in faults} == {"wrong-header"}
    assert {"areacd", "period", "observation"} <= {fault.value for fault in faults}
    assert set(wheres(faults)) == {f"data/{file}, row 1"}


def test_files_that_are_not_there_are_told(catalogue: Catalogue) -> None:
    part = only(catalogue, "ons-library-walk", file="ons-els/no.csv", companions=("no.json",))
    faults = check_data(part, DATA)
    assert [fault.what for fault in faults] == [
        "There is no file data/ons-els/no.csv.",
        "There is no file data/no.json.",
    ]


def test_a_column_that_the_file_has_not_does_not_end_the_check(catalogue: Catalogue) -> None:
    part = with_measure(
        only(catalogue, "ons-library-walk"), "library-within-walk", reading={"select": {"hue": "x"}}
    )
    assert {fault.value for fault in check_data(part, DATA)} == {"hue"}


def test_a_source_without_measures_or_file_is_passed_over(catalogue: Catalogue) -> None:
    whole = only(catalogue, "police-outcomes")
    bare = Catalogue(whole.services, whole.sources, {})
    assert check_data(bare, DATA) == []
    assert check_data(only(catalogue, "police-outcomes", file=None), DATA) == []

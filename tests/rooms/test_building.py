"""The build: what it does the first time, what it does not do the second."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from folkmoot.common.errors import BadInput
from folkmoot.framework import whole
from folkmoot.measures.building import BuildReport, build, remember
from folkmoot.measures.held import held_lines
from folkmoot.measures.inputs import inputs_of
from folkmoot.measures.models import (
    Account,
    Measure,
    MeasureAccount,
    Observation,
    Release,
    Revision,
)
from folkmoot.measures.publishing import publish, quiet
from folkmoot.measures.receiving import receive
from folkmoot.places.importing import PlacesImported
from folkmoot.places.models import Area
from folkmoot.shipped import shipped
from tests.built_database import Built
from tests.rooms.releases_material import measure, ons_file, ons_row, source
from tests.rooms.releases_world import add_areas

AT = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
FILE = "pupils.csv"
CODES = [f"E0800003{digit}" for digit in range(2, 7)]
REASON = "A statistical region, where nobody runs schools."


def rows(*more: str) -> bytes:
    values = [ons_row(code, value=20 + number) for number, code in enumerate(CODES)]
    return ons_file(*values, *more)


class Folders:
    """A catalogue of one measure and a folder of data with one file."""

    def __init__(self, path: Path) -> None:
        self.data, self.catalogue = path / "data", path / "catalogue"
        self.data.mkdir()
        services = self.catalogue / "services"
        services.mkdir(parents=True)
        shutil.copy(shipped("catalogue") / "services" / "schools.yaml", services)
        self.file(rows())
        self.source()
        self.measure()

    def file(self, content: bytes) -> None:
        (self.data / FILE).write_bytes(content)

    def _write(self, folder: str, slug: str, entry: dict[str, Any]) -> None:
        (self.catalogue / folder).mkdir(exist_ok=True)
        path = self.catalogue / folder / f"{slug}.yaml"
        path.write_text(yaml.safe_dump(entry, allow_unicode=True), "utf-8")

    def source(self, **more: Any) -> None:
        entry = source(file=FILE, **more).model_dump(mode="json")
        self._write("sources", "pupils", entry)

    def measure(self, slug: str = "often-absent", **more: Any) -> None:
        entry = measure(slug, kinds={"metropolitan"}, **more).model_dump(mode="json")
        self._write("measures", slug, entry)

    def build(self, **more: Any) -> BuildReport:
        return build(data=self.data, catalogue=self.catalogue, at=more.pop("at", AT), **more)


@pytest.fixture
def folders(tmp_path: Path, settings: Any, monkeypatch: Any, db: None) -> Folders:
    """Real places take a second to load, so here the build finds a few there already."""
    settings.WORKERS = 1
    add_areas()

    def import_places(data: Path, *, at: dt.datetime) -> PlacesImported:
        return PlacesImported(areas=Area.objects.count(), links=0, similar=0, at=at)

    monkeypatch.setattr("folkmoot.measures.building.import_places", import_places)
    return Folders(tmp_path)


def test_the_first_build_does_everything_and_the_second_nothing(folders: Folders) -> None:
    told: list[tuple[str, int, int]] = []
    report = folders.build(progress=lambda *step: told.append(step))
    assert (report.received, report.published) == (("pupils/1",), ("pupils/1",))
    assert (report.observations, report.held, report.refused) == (5, (), ())
    assert report.areas == 17
    assert Account.objects.exclude(value=None).count() == 5
    assert {stage for stage, _, _ in told} >= {"Places", "Reading releases", "Judging measures"}
    assert all(0 <= done <= total for _, done, total in told)
    before = list(MeasureAccount.objects.values())
    again = folders.build(at=AT + dt.timedelta(days=1))
    assert again.unchanged
    assert "Nothing changed" in str(again)
    assert list(MeasureAccount.objects.values()) == before


def test_a_release_carries_the_date_that_its_publisher_states(folders: Folders) -> None:
    folders.source(source_date="2025-06-05")
    folders.build()
    assert Release.objects.get().source_date == dt.date(2025, 6, 5)


def test_faults_in_the_catalogue_stop_the_build_before_it_writes(folders: Folders) -> None:
    (folders.catalogue / "sources" / "pupils.yaml").write_text("title: only\n", "utf-8")
    with pytest.raises(BadInput) as caught:
        folders.build()
    assert len(caught.value.faults) > 3
    assert Measure.objects.count() == 0


def test_another_wording_changes_no_account(folders: Folders) -> None:
    folders.build()
    folders.measure(title="Pupils who were often absent")
    report = folders.build(at=AT + dt.timedelta(days=1))
    assert (report.unchanged, report.recomputed, report.received) == (False, 0, ())
    assert Measure.objects.get().title == "Pupils who were often absent"
    assert MeasureAccount.objects.get().computed_at == AT


def test_another_polarity_computes_the_account_again_from_what_is_stored(folders: Folders) -> None:
    folders.build()
    before = list(Observation.objects.values())
    later = AT + dt.timedelta(days=1)
    folders.measure(polarity="none")
    report = folders.build(at=later)
    assert (report.recomputed, report.received, report.published) == (1, (), ())
    assert MeasureAccount.objects.get().computed_at == later
    assert list(Observation.objects.values()) == before


def test_another_way_of_reading_makes_a_new_release_of_the_same_bytes(folders: Folders) -> None:
    folders.build()
    folders.measure(reading={"scale": 2.0})
    report = folders.build()
    assert report.published == ("pupils/2",)
    old, new = Release.objects.order_by("number")
    assert (old.sha256, old.state, new.state) == (new.sha256, "superseded", "published")
    assert set(Revision.objects.values_list("kind", flat=True)) == {"revised"}
    assert Account.objects.get(area__code="E08000035").value == 46


def test_a_measure_that_is_new_in_the_catalogue_revises_nothing(folders: Folders) -> None:
    folders.build()
    folders.measure("often-absent-too")
    report = folders.build()
    assert report.published == ("pupils/2",)
    assert Revision.objects.count() == 0
    assert MeasureAccount.objects.count() == 2


def test_a_measure_that_left_the_catalogue_is_named_and_has_no_account(folders: Folders) -> None:
    folders.measure("often-absent-too")
    folders.build()
    (folders.catalogue / "measures" / "often-absent-too.yaml").unlink()
    report = folders.build()
    assert report.retired == ("often-absent-too",)
    assert "often-absent-too" in str(report)
    assert list(MeasureAccount.objects.values_list("measure__slug", flat=True)) == ["often-absent"]
    assert Observation.objects.filter(measure__slug="often-absent-too").exists()


def test_a_faulty_file_is_held_and_published_once_the_catalogue_accepts_it(
    folders: Folders,
) -> None:
    content = rows(ons_row("TLC"))
    folders.file(content)
    report = folders.build()
    assert (report.published, report.held) == ((), (("pupils/1", ("unknown-area",)),))
    said = str(report)
    assert "1 release is held until its faults are accepted; not published:" in said
    assert "  pupils/1 (unknown-area)" in said
    assert "folkmoot accept pupils/1 --kind unknown-area" in said
    assert said.endswith("folkmoot publish pupils/1")
    assert folders.build().held == report.held
    accept = {
        "release": hashlib.sha256(content).hexdigest(),
        "kind": "unknown-area",
        "reason": REASON,
        "checked": "2026-11-23",
    }
    folders.source(accept=[accept])
    after = folders.build()
    assert (after.received, after.published, after.held) == ((), ("pupils/1",), ())
    assert Release.objects.get().acceptances.get().reason == REASON


def test_a_start_that_finds_nothing_to_do_names_what_is_held_and_what_to_do(
    folders: Folders,
) -> None:
    folders.file(rows(ons_row("TLC")))
    folders.build()
    remember(inputs_of(folders.data, folders.catalogue, whole._ROOMS), AT)

    def start() -> str:
        quick = {"data": folders.data, "catalogue": folders.catalogue, "at": AT}
        return whole.build_whole(**quick, progress=quiet)

    first, *rest = start().splitlines()
    assert first == "Nothing changed since the last build."
    assert "1 release is held" in rest[0]
    assert "pupils/1 (unknown-area)" in rest[1]
    assert "folkmoot accept pupils/1 --kind unknown-area" in rest[2]
    Release.objects.update(state=Release.State.READY)
    assert start() == "Nothing changed since the last build."


def test_several_that_are_held_are_counted_and_named() -> None:
    held = (("pupils/1", ("unknown-area", "bad-number")), ("pupils/2", ("unknown-area",)))
    count, one, other, remedy = held_lines(held)

    assert count.startswith("2 releases are held until their faults")
    assert (one, other) == ("  pupils/1 (unknown-area, bad-number)", "  pupils/2 (unknown-area)")
    assert "folkmoot accept pupils/1 --kind unknown-area" in remedy
    assert held_lines(()) == []


def test_a_source_that_no_measure_reads_is_kept_and_published_all_the_same(
    folders: Folders,
) -> None:
    (folders.catalogue / "measures" / "often-absent.yaml").unlink()
    report = folders.build()
    assert (report.published, report.observations) == (("pupils/1",), 0)
    assert Release.objects.get().rows_uncatalogued == 5


def test_a_file_that_cannot_be_read_is_named_and_stops_nothing_else(folders: Folders) -> None:
    folders.file(b"a,b\n1,2\n")
    report = folders.build()
    assert [source for source, _ in report.refused] == ["pupils"]
    assert "There is no column 'areacd'" in str(report)
    assert Release.objects.count() == 0


def test_a_build_that_died_before_publishing_is_finished_by_the_next(
    folders: Folders, monkeypatch: Any
) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("folkmoot.measures.building.Publication.commit", die)
        with pytest.raises(KeyboardInterrupt):
            folders.build()
    assert Release.objects.get().state == "ready"
    report = folders.build()
    assert (report.received, report.published) == ((), ("pupils/1",))


def by_an_office(content: bytes) -> Release:
    release = receive(content, source_slug="pupils", filename=FILE, at=AT, office="operator")
    return publish([release], at=AT, office="operator")[0]


def test_what_an_office_published_is_never_replaced_by_a_shipped_file(folders: Folders) -> None:
    folders.build()
    by_an_office(rows(ons_row("E08000016")))
    assert folders.build().unchanged
    folders.file(rows(ons_row("E08000017")))
    report = folders.build()
    assert (report.received, report.published) == (("pupils/3",), ())
    assert report.waiting == ("pupils/3",)
    assert Release.objects.get(state="published").number == 2


def test_a_newer_shipped_file_replaces_an_older_one(folders: Folders) -> None:
    folders.build()
    folders.file(rows(ons_row("E08000016")))
    report = folders.build()
    assert report.published == ("pupils/2",)
    assert [kind for (kind,) in Revision.objects.values_list("kind")] == ["added"]


def test_an_area_that_becomes_known_is_read(folders: Folders, monkeypatch: Any) -> None:
    content = rows(ons_row("E08000016"))
    accept = {
        "release": hashlib.sha256(content).hexdigest(),
        "kind": "unknown-area",
        "reason": REASON,
        "checked": "2026-11-23",
    }
    folders.file(content)
    folders.source(accept=[accept])
    with monkeypatch.context() as patch:
        forget(patch, "E08000016")
        folders.build()
    assert Observation.objects.count() == 5
    folders.measure(title="Pupils often away")
    report = folders.build()
    assert report.published == ("pupils/2",)
    assert Observation.objects.filter(release__number=2).count() == 6


def forget(patch: Any, code: str) -> None:
    """As if an area were in no list."""
    from folkmoot.measures import building
    from folkmoot.measures.readers import KnownAreas

    original: Callable[..., KnownAreas] = building.known_areas

    def known(*args: Any) -> KnownAreas:
        areas = original(*args)
        return KnownAreas(areas.codes - {code}, areas.names)

    patch.setattr(building, "known_areas", known)


def test_the_shipped_build_holds_and_refuses_nothing(built: Built) -> None:
    with_file = {
        path.stem
        for path in (shipped("catalogue") / "sources").glob("*.yaml")
        if yaml.safe_load(path.read_text("utf-8"))["file"]
    }
    published = Release.objects.filter(state="published").values_list("source__slug", flat=True)
    assert set(published) == with_file
    assert not Release.objects.exclude(state="published").exists()
    assert Release.objects.filter(faults__isnull=False, acceptances__isnull=True).count() == 0
    measures = set(Measure.objects.values_list("slug", flat=True))
    assert set(MeasureAccount.objects.values_list("measure__slug", flat=True)) == measures
    counted = Release.objects.values_list(
        "rows_read", "rows_used", "rows_uncatalogued", "rows_left_out"
    )
    assert sum(read for read, *_ in counted) > 900_000
    assert all(read >= sum(parts) for read, *parts in counted)

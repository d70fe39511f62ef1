"""The catalogue is valid, sourced, dated and explained, and its faults are all found at once."""

import datetime as dt
import hashlib
import re
import shutil
from pathlib import Path

import pytest
import yaml

from folkmoot.measures.catalogue import (
    Acceptance,
    Break,
    LeftOut,
    LongColumns,
    MeasureEntry,
    Reading,
    SourceEntry,
    read_catalogue,
)
from folkmoot.measures.checking import shipped_areas
from folkmoot.measures.readers import read
from folkmoot.services.catalogue import ServiceEntry
from tests.house.tree import REPOSITORY

FOLDER = REPOSITORY / "catalogue"
DATA = REPOSITORY / "data"
CATALOGUE, FAULTS = read_catalogue(FOLDER)
MEASURES = sorted(CATALOGUE.measures.values(), key=lambda m: (m.service, m.slug))
ONS = sorted(s.slug for s in CATALOGUE.sources.values() if s.reader == "ons-table")

# The services that every place's account must cover.
SERVICES = {
    "early-years",
    "schools",
    "special-educational-needs",
    "childrens-social-care",
    "skills-and-jobs",
    "public-health",
    "emergency-care",
    "waste",
    "housing-supply",
    "transport",
    "broadband",
    "libraries-and-culture",
    "environment",
    "police-and-crime",
}
LICENCES = ("Open Government Licence v3.0", "MIT", "CC BY 4.0", "CC0")


def test_the_catalogue_has_no_fault():
    assert [str(fault) for fault in FAULTS] == []


def test_it_covers_the_services_and_enough_measures():
    assert CATALOGUE.services.keys() >= SERVICES
    assert len(CATALOGUE.services) >= 14
    assert len(CATALOGUE.measures) >= 120
    assert {m.service for m in MEASURES} == CATALOGUE.services.keys()


def test_services_stand_in_one_order():
    places = sorted(s.position for s in CATALOGUE.services.values())

    assert places == list(range(1, len(places) + 1))


def test_no_service_has_more_than_eight_headlines():
    for slug in CATALOGUE.services:
        led_by = [m.slug for m in MEASURES if m.service == slug and m.headline]
        assert 1 <= len(led_by) <= 8, (slug, led_by)


@pytest.mark.parametrize("slug", sorted(CATALOGUE.sources))
def test_every_source_says_where_it_is_from_and_on_what_terms(slug):
    source = CATALOGUE.sources[slug]

    assert source.publisher
    assert any(source.licence.startswith(known) for known in LICENCES)
    assert source.licence_link.startswith("https://")
    assert source.attribution
    assert re.match(r"\S+/\S+ at [0-9a-f]{8,40}\b", source.obtained)
    assert source.file
    assert (DATA / source.file).is_file()
    assert [name for name in source.companions if not (DATA / name).is_file()] == []
    assert source.source_date is None or source.source_date <= source.checked


def test_every_source_is_read_by_a_measure():
    read_from = {m.reading.dataset for m in MEASURES}
    read_from |= {m.bodies.dataset for m in MEASURES if m.bodies}

    assert sorted(CATALOGUE.sources.keys() - read_from) == []


def test_every_entry_is_dated():
    dated = [*CATALOGUE.sources.values(), *CATALOGUE.measures.values()]

    assert [e.slug for e in dated if e.checked < dt.date(2026, 1, 1)] == []


def test_what_is_accepted_or_left_out_names_the_shipped_file():
    for source in CATALOGUE.sources.values():
        shipped = {
            hashlib.sha256((DATA / name).read_bytes()).hexdigest()
            for name in (source.file, *source.companions)
            if name
        }
        for entry in (*source.accept, *source.leave_out):
            assert entry.release in shipped, source.slug
            assert len(entry.reason.split()) >= 12, source.slug


def test_every_table_of_ons_but_the_one_of_another_make_has_its_source():
    folders = {path.parent.name for path in (DATA / "ons-els").glob("*/*.csv")}

    assert folders - {slug.removeprefix("ons-") for slug in ONS} == {
        "uk-small-area-gross-value-added-estimates"
    }


@pytest.fixture(scope="module")
def areas():
    return shipped_areas("gss", DATA)


@pytest.mark.parametrize("slug", ONS)
def test_every_table_of_ons_reads_with_exactly_the_faults_that_are_accepted(slug, areas):
    source = CATALOGUE.sources[slug]
    measures = [m for m in MEASURES if m.reading.dataset == slug]

    found = read(source, measures, (DATA / source.file).read_bytes(), areas=areas, megabytes=50)

    assert {fault.kind for fault in found.faults} == {entry.kind for entry in source.accept}
    assert found.rows_uncatalogued == 0
    assert [m.slug for m in measures if not found.tables[m.slug].num_rows] == []


def test_every_joined_area_has_members_that_are_known(areas):
    joined = yaml.safe_load((FOLDER / "places" / "joined.yaml").read_text())

    assert [entry["code"] for entry in joined] == ["E67000001", "E67000002"]
    for entry in joined:
        assert len(entry["members"]) >= 2
        assert set(entry["members"]) <= areas.codes
        assert entry["source"]


@pytest.mark.parametrize(
    "slug",
    ["exports", "businesses-active", "short-stay-guest-nights", "nature-cleaning-the-air"],
)
def test_sums_that_grow_with_a_place_are_context_and_not_judged(slug):
    assert CATALOGUE.measures[slug].context
    assert CATALOGUE.measures[slug].polarity == "none"


def twice(measures: list[MeasureEntry]) -> list[str]:
    titles = [m.title.casefold() for m in measures]
    return sorted({title for title in titles if titles.count(title) > 1})


def test_no_two_measures_have_one_title():
    assert twice(MEASURES) == []


def test_a_planted_second_title_is_found():
    assert twice([*MEASURES, CATALOGUE.measures["weekly-pay"]]) == ["weekly pay"]


def test_sentences_go_on_because_the_period_follows():
    assert [m.slug for m in MEASURES if m.sentence.endswith(".")] == []


# ---- Planted faults


def changed(folder: Path, name: str, **fields: object) -> None:
    path = folder / name
    entry = yaml.safe_load(path.read_text())
    for field, value in fields.items():
        if value is None:
            del entry[field]
        else:
            entry[field] = value
    path.write_text(yaml.safe_dump(entry, allow_unicode=True))


PLANTED = {
    "services/transport.yaml, summary": {"summary": "Roads."},
    "sources/ons-museums.yaml, link": {"link": "http://example.org/museums"},
    "sources/ons-food-outlets.yaml, licence": {"licence": None},
    "sources/ons-supermarkets.yaml, accept.0.reason": {
        "accept": [
            {"release": "0" * 64, "kind": "bad-number", "reason": "Old.", "checked": "2026-11-23"}
        ]
    },
    "measures/weekly-pay.yaml, polarity": {"polarity": "up"},
    "measures/happiness.yaml, polarity_reason": {"polarity_reason": "Good."},
    "measures/anxiety.yaml, colour": {"colour": "red"},
    "measures/homicides.yaml, title": {"title": "Deaths " * 20},
    "measures/exports.yaml, entry": {"context": False},
    "measures/first-time-buyers.yaml, entry": {"kinds": ["county", "district"]},
    "measures/gigabit-broadband.yaml, entry": {"sentence": "Fast broadband is here"},
    "measures/mobile-4g.yaml, entry": {"kinds": ["parish"]},
    "measures/visited-a-museum.yaml, service": {"service": "museums"},
    "measures/life-satisfaction.yaml, reading.dataset": {
        "reading": {"dataset": "ons-nothing", "select": {"indicator": "Satisfaction"}}
    },
    "measures/adult-obesity.yaml, checked": {"checked": None},
    "measures/adults-who-smoke.yaml": {"slug": "smokers"},
}


def test_planted_faults_are_all_found_at_once_with_file_and_field(tmp_path):
    folder = tmp_path / "catalogue"
    shutil.copytree(FOLDER, folder)
    for where, fields in PLANTED.items():
        changed(folder, where.split(",")[0], **fields)
    changed(folder, "measures/mobile-5g.yaml", headline=1)
    changed(folder, "measures/slow-broadband.yaml", headline=1)
    (folder / "measures" / "broken.yaml").write_text("title: [never closed")
    (folder / "measures" / "list.yaml").write_text("- not a mapping")
    (folder / "services" / "latin.yaml").write_bytes(b"title: caf\xe9")

    _, faults = read_catalogue(folder)

    expected = {
        *PLANTED,
        "services/broadband.yaml",
        "measures/broken.yaml",
        "measures/list.yaml",
        "services/latin.yaml",
    }
    assert expected <= {fault.where for fault in faults}
    # An entry that cannot be read is unknown to those that name it; nothing else is at fault.
    unread = ("ons-museums", "ons-food-outlets", "ons-supermarkets")
    following = {f"measures/{m.slug}.yaml, service" for m in MEASURES if m.service == "transport"}
    following |= {
        f"measures/{m.slug}.yaml, reading.dataset" for m in MEASURES if m.reading.dataset in unread
    }
    assert {fault.where for fault in faults} - expected == following
    assert all(fault.what and fault.remedy for fault in faults)


# ---- The guide


def undocumented(text: str) -> list[str]:
    told = set(re.findall(r"`(\w+)`", text))
    entries = (
        ServiceEntry,
        SourceEntry,
        LongColumns,
        Acceptance,
        LeftOut,
        MeasureEntry,
        Break,
        Reading,
    )
    return [
        f"{entry.__name__}.{field}"
        for entry in entries
        for field in entry.model_fields
        if field not in told
    ]


def test_the_guide_tells_what_every_field_means():
    assert undocumented((REPOSITORY / "docs" / "catalogue.md").read_text()) == []


def test_a_planted_field_that_the_guide_leaves_out_is_found():
    text = (REPOSITORY / "docs" / "catalogue.md").read_text().replace("`seasonal`", "seasonal")

    assert undocumented(text) == ["MeasureEntry.seasonal"]


def test_the_worked_example_is_the_real_entry():
    text = (REPOSITORY / "docs" / "catalogue.md").read_text()
    shown = text.split("```yaml\n")[1].split("```")[0]

    assert shown == (FOLDER / "measures" / "pupils-often-absent.yaml").read_text()

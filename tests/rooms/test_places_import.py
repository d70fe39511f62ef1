"""The places that are loaded, held against the files they come from."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections import Counter
from pathlib import Path

import pytest

from folkmoot.places import rules
from folkmoot.places.importing import PlacesImported, import_places
from folkmoot.places.models import Area, AreaLink, SimilarArea
from folkmoot.shipped import shipped
from tests.rooms.places_loaded import AT, places

__all__ = ["places"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]
DATA = shipped("data")


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def above(area: Area) -> set[str]:
    found: set[str] = set()
    level = {area.pk}
    while level:
        links = AreaLink.objects.filter(child_id__in=level, role="part-of")
        parents = list(links.values_list("parent_id", "parent__code"))
        found |= {code for _, code in parents}
        level = {pk for pk, _ in parents}
    return found


def test_counts_of_each_kind() -> None:
    areas = Area.objects.values_list("kind", "ended")
    live = Counter(kind for kind, ended in areas if ended is None)
    ended = Counter(kind for kind, ended in areas if ended is not None)
    assert live == {
        "country-group": 3,
        "nation": 4,
        "region": 9,
        "metropolitan-county": 6,
        "combined-authority": 15,
        "london-authority": 1,
        "london-part": 2,
        "county": 21,
        "district": 164,
        "unitary": 63,
        "metropolitan": 36,
        "london": 33,
        "welsh": 22,
        "scottish": 32,
        "northern-irish": 11,
        "police-force": 43,
        "fire-authority": 47,
        "integrated-care-board": 42,
        "joined": 2,
    }
    assert ended == {
        "county": 6,
        "district": 44,
        "unitary": 3,
        "metropolitan": 3,
        "metropolitan-county": 1,
        "scottish": 4,
        "combined-authority": 3,
        "integrated-care-board": 2,
    }
    assert set(live) | set(ended) <= set(rules.KINDS)


def test_every_area_of_the_ons_list_is_here_and_ends_when_it_says() -> None:
    listed = json.loads((DATA / "areas" / "ons_geo-metadata.json").read_text(encoding="utf-8"))
    known = dict(Area.objects.values_list("code", "ended"))
    for code, entry in listed.items():
        assert code in known
        if "end" not in entry:
            assert known[code] is None, code
        else:
            ended = known[code]
            assert ended is not None, code
            # ONS gives the last year in which an area was whole at its start or its end.
            assert ended.year - entry["end"] in (0, 1), code


def test_registry_agrees_on_the_day_that_councils_ended() -> None:
    known = dict(Area.objects.values_list("code", "ended"))
    checked = 0
    for row in rows("areas/uk_local_authorities_current.csv"):
        if row["gss-code"] and row["end-date"]:
            said = dt.date.fromisoformat(row["end-date"])
            ended = known[row["gss-code"]]
            assert ended is not None
            assert said - ended in (dt.timedelta(0), dt.timedelta(1)), row["gss-code"]
            checked += 1
    assert checked == 48


def test_every_live_district_lies_where_the_look_ups_put_it() -> None:
    region = {
        r["ltla24_code"]: r["region24_code"] for r in rows("areas/lookup_ltla24_region24.csv")
    }
    police = {
        r["ltla24_code"]: r["pfa24_code"] for r in rows("areas/lookup_ltla24_csp24_pfa24.csv")
    }
    fire = {r["ltla24_code"]: r["fra24_code"] for r in rows("areas/lookup_ltla24_fra24.csv")}
    old = {"E08000038": "E08000016", "E08000039": "E08000019"}
    checked = 0
    for area in Area.objects.filter(kind__in=rules.LOWER_TIER, ended=None):
        parents = above(area)
        code = old.get(area.code, area.code)
        assert area.nation in parents, area
        assert {c for c in parents if c.startswith("E12")} == {
            c for c in [region.get(code)] if c is not None
        }, area
        if area.code[0] in "EW":
            assert police[code] in parents, area
            assert fire[code] in parents, area
            assert "K04000001" in parents
        if area.code[0] == "E":
            assert any(c.startswith("E54") for c in parents), area
        assert "K02000001" in parents
        assert (area.code[0] != "N") == ("K03000001" in parents)
        checked += 1
    assert checked == 361


def test_thirteen_districts_straddle_boards_and_shares_add_to_one() -> None:
    shares: dict[str, list[float]] = {}
    links = AreaLink.objects.filter(parent__kind="integrated-care-board", role="part-of")
    for code, share in links.values_list("child__code", "share"):
        shares.setdefault(code, []).append(share)
    assert len(shares) == 296
    assert sum(len(parts) > 1 for parts in shares.values()) == 13
    assert all(abs(sum(parts) - 1) < 0.002 for parts in shares.values())


def test_metropolitan_counties_hold_the_people_the_census_gives_them() -> None:
    people = {
        r["area_code"]: int(r["people"])
        for r in rows("context/population_2021_age_sex.csv")
        if r["age"] == "All Ages"
    }
    for county in Area.objects.filter(kind="metropolitan-county", ended=None):
        boroughs = county.links_down.filter(role="part-of", child__ended=None)
        old = {"E08000038": "E08000016", "E08000039": "E08000019"}
        codes = [old.get(c, c) for c in boroughs.values_list("child__code", flat=True)]
        counted = sum(people[code] for code in codes)
        assert abs(counted - people[county.code]) < 50, county


def test_ended_areas_became_what_the_files_say() -> None:
    def became(code: str) -> set[tuple[str, float]]:
        links = AreaLink.objects.filter(child__code=code, role="became")
        return set(links.values_list("parent__code", "share"))

    assert became("E07000026") == {("E06000063", 1.0)}  # Allerdale: Cumberland
    assert became("E07000190") == {("E07000246", 1.0)}  # Taunton Deane: first of two steps
    assert became("E07000246") == {("E06000066", 1.0)}
    assert became("E10000006") == {("E06000063", 0.549), ("E06000064", 0.451)}  # Cumbria
    assert became("S12000015") == {("S12000047", 1.0)}  # Fife, not Perth and Kinross
    assert became("E08000016") == {("E08000038", 1.0)}
    assert became("E08000020") == {("E08000037", 1.0)}
    gone = Area.objects.filter(ended__isnull=False).exclude(links_up__role="became")
    assert not gone.exists()
    for link in AreaLink.objects.filter(role="became").select_related("child", "parent"):
        assert link.child.ended is not None
        assert link.since == link.child.ended + dt.timedelta(days=1)


def test_every_code_of_the_current_look_up_leads_to_its_active_code() -> None:
    onward = dict(
        AreaLink.objects.filter(role="became", share=1.0).values_list("child__code", "parent__code")
    )
    for row in rows("areas/la_all_codes.csv"):
        code = row["LADCD"]
        while code in onward:
            code = onward[code]
        assert code == row["LADCD_ACTIVE"], row["LADNM"]


def test_names_people_say_and_others_to_find_by() -> None:
    def named(code: str) -> Area:
        return Area.objects.get(code=code)

    assert named("E06000023").name == "Bristol"
    assert "Bristol, City of" in named("E06000023").other_names or (
        "Bristol City Council" in named("E06000023").other_names
    )
    assert "Abertawe" in named("W06000011").other_names
    assert "Ynys Môn" in named("W06000001").other_names
    assert named("E23000032").name == "Kent Police"
    assert named("E31000022").name == "Kent Fire and Rescue"
    assert named("E54000032").name == "NHS Kent and Medway"
    assert named("E54000053").name == "NHS Sussex"
    assert named("E09000001").name == "City of London"
    damaged = [a for a in Area.objects.all() if any("�" in n or "¿" in n for n in a.other_names)]
    assert damaged == []


def test_slugs_are_short_and_tell_namesakes_apart() -> None:
    slug = dict(Area.objects.values_list("code", "slug"))
    assert slug["E08000035"] == "leeds"
    assert slug["E06000019"] == "herefordshire"
    assert slug["E12000005"] == "west-midlands-region"
    assert slug["E47000007"] == "west-midlands"
    assert slug["E11000005"] == "west-midlands-metropolitan-county"
    assert slug["E10000017"] == "lancashire"
    assert slug["E47000018"] == "lancashire-combined-authority"
    assert slug["E08000038"] == "barnsley"
    assert slug["E08000016"] == "barnsley-until-2025"
    assert slug["E10000027"] == "somerset-until-2023"
    assert slug["E12000007"] == "london"


def test_people_and_middles() -> None:
    leeds = Area.objects.get(code="E08000035")
    newest = {
        r["lad_code"]: int(r["population"])
        for r in rows("areas/population_lad_2010_2024.csv")
        if r["year"] == "2024"
    }
    assert (leeds.population, leeds.population_year) == (newest["E08000035"], 2024)
    england = Area.objects.get(code="E92000001")
    assert england.population == sum(n for code, n in newest.items() if code.startswith("E"))
    assert leeds.homepage.startswith("https://")
    for area in Area.objects.filter(ended=None):
        assert area.population, area
        assert area.latitude is not None, area
        assert area.longitude is not None, area
        assert 49.8 < area.latitude < 61, area
        assert -8.7 < area.longitude < 1.9, area
    devon, dorset = Area.objects.get(code="E10000008"), Area.objects.get(code="E10000009")
    assert devon.longitude is not None
    assert dorset.longitude is not None
    assert devon.longitude < -3 < dorset.longitude  # the registry has them in one place


def test_similar_places_are_those_published() -> None:
    ons = json.loads((DATA / "areas" / "ons_areas-similar.json").read_text(encoding="utf-8"))
    rows = SimilarArea.objects.order_by("list_key", "area__code", "position")
    found: dict[str, dict[str, list[str]]] = {"ons-global": {}, "dfe": {}}
    for key, code, other in rows.values_list("list_key", "area__code", "other__code"):
        found[key].setdefault(code, []).append(other)
    assert found["ons-global"] == {code: entry["global"] for code, entry in ons.items()}
    live = set(
        Area.objects.filter(kind__in=rules.UPPER_TIER, nation="E92000001", ended=None).values_list(
            "code", flat=True
        )
    )
    assert len(live) == 153
    ended = {"E06000028", "E06000029", "E10000009", "E10000006", "E10000021"}
    assert set(found["dfe"]) == live | ended
    assert not ended & {other for code in live for other in found["dfe"][code]}
    assert {len(others) for others in found["dfe"].values()} == {10}
    # Barking and Dagenham: Enfield, Luton, Hounslow, ... in the workbook's order.
    assert found["dfe"]["E09000002"][:3] == ["E09000010", "E06000032", "E09000018"]


def test_loading_again_changes_nothing(places: PlacesImported) -> None:
    before = list(Area.objects.order_by("pk").values())
    links = list(AreaLink.objects.order_by("pk").values())
    again = import_places(DATA, at=AT)
    assert again == places
    assert list(Area.objects.order_by("pk").values()) == before
    assert list(AreaLink.objects.order_by("pk").values()) == links


def test_an_address_never_moves_and_stale_links_go() -> None:
    leeds = Area.objects.get(code="E08000035")
    Area.objects.filter(pk=leeds.pk).update(slug="leeds-as-it-was", name="Leedes")
    wrong = AreaLink.objects.create(
        child=leeds, parent=Area.objects.get(code="W92000004"), role="part-of", source="a slip"
    )
    import_places(DATA, at=AT)
    leeds.refresh_from_db()
    assert (leeds.slug, leeds.name) == ("leeds-as-it-was", "Leeds")
    assert not AreaLink.objects.filter(pk=wrong.pk).exists()


def test_without_a_list_of_joined_areas_the_rest_still_loads(tmp_path: Path) -> None:
    counts = import_places(DATA, at=AT, joined=tmp_path / "none.yaml")
    assert counts.areas == Area.objects.exclude(kind="joined").count()


def test_no_text_is_longer_than_its_column() -> None:
    for model in (Area, AreaLink):
        for field in model._meta.concrete_fields:
            if field.max_length:
                values = model._default_manager.values_list(field.name, flat=True)
                assert all(len(value) <= field.max_length for value in values), field.name


def test_every_area_that_figures_use_is_known_or_is_no_area() -> None:
    known = set(Area.objects.values_list("code", flat=True))
    used = {row["area_code"] for row in rows("waste/waste_recycling_uk_la.csv")}
    used |= {row["icb22_code"] for row in rows("nhs/england_icb_accidents_emergency.csv")}
    used |= {row["ltla24_code"] for row in rows("context/imd2025_england_ltla24.csv")}
    assert used <= known

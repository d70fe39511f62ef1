"""What can be asked about places, on the shipped ones."""

from __future__ import annotations

from typing import Any

import pytest

from folkmoot.common.errors import NotFound
from folkmoot.measures.rules.definition import Geography
from folkmoot.places import codes, gazetteer, queries, rules
from folkmoot.places.atlas import read_atlas
from folkmoot.places.importing import joined_areas_file
from folkmoot.places.models import Area
from folkmoot.shipped import shipped
from tests.rooms.places_loaded import places

__all__ = ["places"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]


def names(areas: Any) -> list[str]:
    return [area.name for area in areas]


def test_by_slug_and_by_code() -> None:
    assert queries.area_by_slug("leeds").code == "E08000035"
    assert queries.area_by_slug("Leeds").code == "E08000035"
    assert queries.area_by_code("e08000035").name == "Leeds"
    with pytest.raises(NotFound):
        queries.area_by_code("E99999999")


def test_a_misspelt_address_is_answered_with_suggestions() -> None:
    with pytest.raises(NotFound) as caught:
        queries.area_by_slug("leads")
    assert ("Leeds", "/place/leeds/") in caught.value.suggestions
    with pytest.raises(NotFound) as caught:
        queries.area_by_slug("xqzv")
    assert caught.value.suggestions == ()


def test_ancestors_go_up_by_level() -> None:
    cambridge = queries.area_by_slug("cambridge")
    found = names(queries.ancestors(cambridge))
    assert len(found) == len(set(found))
    for nearer, further in (
        ("Cambridgeshire", "East of England"),
        ("East of England", "England"),
        ("England", "United Kingdom"),
    ):
        assert found.index(nearer) < found.index(further)
    assert "Cambridgeshire and Peterborough" in found


def test_ancestors_cost_a_query_a_level(django_assert_max_num_queries: Any) -> None:
    cambridge = queries.area_by_slug("cambridge")
    with django_assert_max_num_queries(6):
        queries.ancestors(cambridge)


def test_children_of_a_county_then_and_now() -> None:
    cumbria = queries.area_by_code("E10000006")
    assert queries.children(cumbria) == []
    assert "Allerdale" in names(queries.children(cumbria, ended=True))
    kent = queries.children(queries.area_by_slug("kent"))
    assert len(kent) == 12
    assert names(kent) == sorted(names(kent))
    london = queries.children(queries.area_by_slug("london"), ["london"])
    assert len(london) == 33


def test_recoded_merged_and_split_are_told_apart() -> None:
    def onward(code: str) -> list[tuple[str, str]]:
        return [(s.area.code, s.how) for s in queries.successors(queries.area_by_code(code))]

    assert onward("E08000016") == [("E08000038", rules.RECODED)]
    assert onward("E08000020") == [("E08000037", rules.RECODED)]
    assert onward("E07000026") == [("E06000063", rules.MERGED)]
    assert onward("E10000023") == [("E06000065", rules.MERGED)]
    assert onward("E10000006") == [("E06000063", rules.SPLIT), ("E06000064", rules.SPLIT)]
    assert onward("E08000035") == []
    assert "Allerdale" in names(queries.predecessors(queries.area_by_code("E06000063")))


def test_recoded_lists_only_places_that_stayed_the_same() -> None:
    recoded = queries.recoded()
    assert recoded["E08000016"] == "E08000038"
    assert recoded["E06000048"] == "E06000057"
    assert recoded["E11000004"] == "E11000007"
    assert recoded["S12000046"] == "S12000049"
    assert recoded["E54000053"] == "E54000064"
    assert "E07000026" not in recoded
    assert "E10000027" not in recoded  # the county of Somerset and the council that replaced it
    assert "E47000005" not in recoded
    assert "E47000010" not in recoded  # became, with North of Tyne, a larger North East
    assert len(recoded) == 15


def test_a_place_that_grew_by_another_is_merged_even_if_it_kept_its_name() -> None:
    (onward,) = queries.successors(queries.area_by_code("E47000010"))
    assert onward.area.code == "E47000014"
    assert onward.area.name == "North East"
    assert onward.how == rules.MERGED


def test_files_and_tables_agree_on_who_was_recoded() -> None:
    assert read_atlas(shipped("data"), joined_areas_file()).recoded() == queries.recoded()


def test_a_district_is_followed_to_what_stands_there_now() -> None:
    def now(code: str) -> str | None:
        area = queries.living_area(code)
        return area.code if area else None

    assert now("E07000190") == "E06000066"  # Taunton Deane, in two steps
    assert now("E08000035") == "E08000035"
    assert now("E10000006") is None  # split
    assert now("E99999999") is None


def test_who_covers_a_two_tier_district() -> None:
    covering = queries.councils_for(queries.area_by_slug("cambridge"))
    assert covering.county is not None
    assert covering.county.name == "Cambridgeshire"
    assert covering.combined is not None
    assert covering.combined.name == "Cambridgeshire and Peterborough"
    assert covering.police is not None
    assert covering.police.name == "Cambridgeshire Constabulary"
    assert covering.fire is not None
    assert covering.region is not None
    assert covering.region.name == "East of England"
    assert covering.nation is not None
    assert len(covering.all()) == 6


def test_who_covers_other_kinds_of_district(django_assert_max_num_queries: Any) -> None:
    camden = queries.councils_for(queries.area_by_slug("camden"))
    assert camden.county is None
    assert camden.combined is not None
    assert camden.combined.name == "Greater London"
    glasgow = queries.councils_for(queries.area_by_slug("glasgow-city"))
    assert (glasgow.police, glasgow.fire, glasgow.boards) == (None, None, ())
    assert glasgow.nation is not None
    assert glasgow.nation.name == "Scotland"
    belfast = queries.councils_for(queries.area_by_slug("belfast"))
    assert belfast.nation is not None
    waverley = queries.area_by_slug("waverley")
    with django_assert_max_num_queries(3):
        covering = queries.councils_for(waverley)
    assert len(covering.boards) > 1
    shares = [share for _, share in covering.boards]
    assert shares == sorted(shares, reverse=True)


def test_similar_places_in_order() -> None:
    leeds = queries.area_by_slug("leeds")
    assert len(queries.similar(leeds, "ons-global")) == 20
    assert len(queries.similar(leeds, "dfe")) == 10
    assert queries.similar(queries.area_by_slug("kent-police"), "dfe") == []
    with pytest.raises(KeyError):
        queries.similar(leeds, "no-such-list")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("leeds", "Leeds"),
        ("LEEDS", "Leeds"),
        ("leads", "Leeds"),
        ("birmingam", "Birmingham"),
        ("newcaslte", "Newcastle upon Tyne"),
        ("hull", "Kingston upon Hull"),
        ("abertawe", "Swansea"),
        ("ynys mon", "Isle of Anglesey"),
        ("bristol", "Bristol"),
        ("kent", "Kent"),
        ("kent police", "Kent Police"),
        ("somerset", "Somerset"),
        ("west midlands", "West Midlands"),
        ("bath", "Bath and North East Somerset"),
        ("E08000035", "Leeds"),
        ("brighton & hove", "Brighton and Hove"),
        ("kings lynn", "King's Lynn and West Norfolk"),
        ("sheffield", "Sheffield"),
    ],
)
def test_search_forgives(typed: str, first: str) -> None:
    found = queries.search(typed, 5)
    assert found[0].name == first
    assert Area.objects.get(code=found[0].code).ended is None


def test_search_of_nothing_and_of_nonsense() -> None:
    assert queries.search("") == []
    assert queries.search("   ") == []
    assert queries.search("zzzzqqqq") == []
    assert len(queries.search("north", 7)) == 7
    assert queries.search("a" * 5000) == []


def test_search_sees_a_new_place_and_costs_one_query(django_assert_num_queries: Any) -> None:
    queries.search("leeds")
    with django_assert_num_queries(1):
        queries.search("york")
    Area.objects.create(
        code="E06999999",
        name="Quibblethorpe",
        slug="quibblethorpe",
        kind="unitary",
        edition="2030-04",
        source="test",
    )
    assert queries.search("quibblethorp")[0].name == "Quibblethorpe"
    gazetteer.forget()


def test_geography_feeds_the_account() -> None:
    data = queries.geography_data("ons-global")
    geography = Geography(**{name: getattr(data, name) for name in Geography.__slots__})
    assert geography.kind["E08000035"] == "metropolitan"
    assert geography.nation["W06000015"] == "W92000004"
    assert geography.region["E07000008"] == "E12000006"
    assert geography.region["E06000012"] == "E12000003"
    assert "W06000015" not in geography.region
    assert "E47000017" not in geography.region  # it straddles two
    assert geography.region["E23000029"] == "E12000008"
    assert len(geography.similar["E08000035"]) == 20
    assert geography.joined == {
        "E09000001": "E67000001",
        "E09000012": "E67000001",
        "E06000052": "E67000002",
        "E06000053": "E67000002",
    }
    assert "E07000026" not in geography.live
    assert "E06000063" in geography.live
    english = [c for c in geography.live if geography.kind[c] in rules.LOWER_TIER and c[0] == "E"]
    assert all(code in geography.region for code in english)
    assert len(queries.geography_data("dfe").similar) == 158
    with pytest.raises(KeyError):
        queries.geography_data("no-such-list")


def test_publishers_own_codes() -> None:
    dfe = codes.dfe_codes(shipped("data"))
    assert dfe[383] == "E08000035"
    assert dfe[970] == "E92000001"
    assert dfe[982] == "E12000003"
    assert (dfe[987], dfe[988]) == ("E13000001", "E13000002")
    assert (dfe[838], dfe[835]) == ("E06000059", "E10000009")
    assert (dfe[909], dfe[942]) == ("E10000006", "E06000063")
    assert (dfe[370], dfe[373]) == ("E08000038", "E08000039")
    assert 1000 not in dfe
    assert len(set(dfe.values())) == len(dfe) == 170
    police = codes.police_codes(shipped("data"))
    assert police["Kent Police"] == "E23000032"
    assert police["Metropolitan Police Service"] == "E23000001"
    assert len(set(police.values())) == len(police) == 43
    assert "British Transport Police" not in police
    assert "Police Service of Northern Ireland" not in police
    known = set(Area.objects.values_list("code", flat=True))
    assert set(dfe.values()) | set(police.values()) <= known


def test_rules_of_names() -> None:
    assert rules.plain_name("Bristol, City of") == "Bristol"
    assert rules.plain_name("London, City of") == "City of London"
    assert rules.plain_name("Bournemouth, Christchurch and Poole").startswith("Bournemouth,")
    assert rules.slug_of("King's Lynn & West Norfolk") == "kings-lynn-and-west-norfolk"
    assert rules.slug_of("Ynys Môn") == "ynys-mon"

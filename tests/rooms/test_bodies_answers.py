"""Who answers for what, asked about real places."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from folkmoot.bodies import answering, queries, rules
from folkmoot.bodies.models import Body, Holder, Office, Remit
from folkmoot.common.errors import NotFound
from folkmoot.places.models import Area
from folkmoot.places.queries import councils_for
from folkmoot.services.catalogue import ServiceEntry, read_folder
from folkmoot.shipped import shipped
from tests.rooms.bodies_loaded import AT, ON, bodies

__all__ = ["bodies"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bodies")]


def place(slug: str) -> Area:
    return Area.objects.get(slug=slug)


def said(slug: str, service: str, on: dt.date = ON) -> set[tuple[str, str]]:
    return {(a.role, a.who) for a in answering.accountable_for(place(slug), service, on)}


def test_a_district_of_devon_collects_and_the_county_disposes() -> None:
    assert said("mid-devon", "waste") == {
        ("decides", "Mid Devon District Council"),
        ("decides", "Devon County Council"),
        ("oversees", "Department for Environment, Food and Rural Affairs"),
    }
    found = answering.matter_answers(place("mid-devon"), "waste", ON)
    assert found is not None
    assert "neither alone" in found.overlaps[0].words


def test_police_fire_and_health_of_devon() -> None:
    assert ("decides", "Police and Crime Commissioner for Devon and Cornwall") in said(
        "mid-devon", "police-and-crime"
    )
    assert ("delivers", "Devon and Cornwall Police") in said("mid-devon", "police-and-crime")
    assert ("decides", "Devon and Somerset Fire and Rescue Authority") in said(
        "mid-devon", "fire-and-rescue"
    )
    assert ("decides", "NHS Devon Integrated Care Board") in said("mid-devon", "emergency-care")


def test_a_mayor_holds_the_police_to_account_in_leeds() -> None:
    found = answering.accountable_for(place("leeds"), "police-and-crime", ON)
    mayor = next(a for a in found if a.role == "decides")
    assert mayor.who == "West Yorkshire Combined Authority"
    assert mayor.office is not None
    assert mayor.office.key == "west-yorkshire-combined-authority/mayor"
    assert mayor.holder is None
    assert mayor.holder_unknown
    assert mayor.laws[0].link.startswith("https://www.legislation.gov.uk/")


def test_london_and_its_city_differ() -> None:
    assert ("decides", "Greater London Authority") in said("hackney", "police-and-crime")
    assert ("decides", "City of London Corporation") in said("city-of-london", "police-and-crime")
    assert ("delivers", "City of London Police") in said("city-of-london", "police-and-crime")
    assert ("delivers", "Metropolitan Police") in said("hackney", "police-and-crime")
    assert not [who for _, who in said("city-of-london", "police-and-crime") if "Metro" in who]


def test_one_tier_answers_for_both() -> None:
    assert said("leeds", "waste") == {
        ("decides", "Leeds City Council"),
        ("oversees", "Department for Environment, Food and Rural Affairs"),
    }


def test_in_a_county_each_district_answers_for_its_own_part() -> None:
    found = answering.accountable_for(place("devon"), "waste", ON)
    districts = [a for a in found if a.body and a.body.kind == "district-council"]
    assert len(districts) == 8
    assert all(a.each and not a.possible for a in districts)
    county = [a for a in found if a.body and a.body.kind == "county-council"]
    assert len(county) == 1
    assert not county[0].possible


def test_a_district_that_straddles_two_boards_may_have_either() -> None:
    straddling = [
        area
        for area in Area.objects.filter(kind="district", ended=None)
        if len(councils_for(area).boards) > 1
    ]
    assert straddling
    found = answering.accountable_for(straddling[0], "emergency-care", ON)
    boards = [a for a in found if a.body and a.body.kind == "integrated-care-board"]
    assert len(boards) > 1
    assert all(a.possible and a.share for a in boards)
    assert abs(sum(a.share or 0 for a in boards) - 1) < 0.01
    assert boards == sorted(boards, key=lambda a: -(a.share or 0))


def test_northern_ireland_has_no_council_in_schools() -> None:
    found = said("belfast", "schools")
    assert ("no-say", "Belfast City Council") in found
    assert ("decides", "Education Authority (Northern Ireland)") in found
    assert not any("Department for Education" in who for _, who in found)


def test_nations_do_not_mix() -> None:
    north_wales = answering.matter_answers(place("north-wales-police"), "fire-and-rescue", ON)
    assert north_wales is not None
    wales = said("north-wales-fire-and-rescue", "fire-and-rescue")
    assert ("oversees", "Welsh Government") in wales
    assert not any("Ministry" in who for _, who in wales)
    england = said("kent-fire-and-rescue", "fire-and-rescue")
    assert not any("Welsh" in who for _, who in england)


def test_the_day_matters() -> None:
    before, after = dt.date(2024, 5, 6), dt.date(2024, 5, 8)
    who = "Ministry of Housing, Communities and Local Government"
    assert ("oversees", who) not in said("leeds", "fire-and-rescue", dt.date(2025, 3, 31))
    assert ("oversees", who) in said("leeds", "fire-and-rescue", dt.date(2025, 4, 1))
    assert ("decides", "Department for Work and Pensions") not in said(
        "leeds", "skills-and-jobs", before
    )
    assert after < ON
    assert ("decides", "Department for Work and Pensions") in said("leeds", "skills-and-jobs")


def test_a_line_that_leads_to_no_body_says_not_known() -> None:
    Body.objects.filter(slug="devon-and-cornwall-police").update(ended=dt.date(2026, 1, 1))
    found = answering.accountable_for(place("mid-devon"), "police-and-crime", ON)
    force = next(a for a in found if "force" in a.who)
    assert force.body is None
    assert force.who == "The police force: not known"


def test_a_place_without_a_combined_authority_is_not_said_to_miss_it() -> None:
    assert councils_for(place("southampton")).combined is None
    assert not [who for _, who in said("southampton", "transport") if "ombined" in who]


def test_each_service_has_its_answers_in_six_queries_at_most() -> None:
    services, _ = read_folder(shipped("catalogue") / "services", ServiceEntry)
    wanted = {service.slug for service in services} | {"fire-and-rescue"}
    for slug in ("mid-devon", "leeds", "devon", "hackney", "kent-police", "greater-manchester"):
        area = place(slug)
        with CaptureQueriesContext(connection) as captured:
            found = answering.who_answers(area, ON)
        assert len(captured) <= 6, slug
        assert {entry.service for entry in found} == wanted
        assert all(entry.answers or entry.notes for entry in found)


def test_a_door_that_knows_the_covering_places_pays_for_two() -> None:
    area = place("mid-devon")
    covering = councils_for(area)
    with CaptureQueriesContext(connection) as captured:
        found = answering.who_answers(area, ON, covering)
    assert len(captured) == 2
    assert found == answering.who_answers(area, ON)


def test_every_live_place_that_runs_something_has_named_deciders() -> None:
    """No line of the catalogue leads nowhere in any place there is."""
    unknown: list[tuple[str, str]] = []
    for area in Area.objects.filter(kind__in=rules.AREA_KINDS, ended=None).order_by("code")[::7]:
        for entry in answering.who_answers(area, ON):
            unknown += [(area.name, a.who) for a in entry.answers if a.who.endswith(": not known")]
    assert unknown == []


def test_a_region_runs_nothing_and_an_unknown_service_has_no_answer() -> None:
    assert answering.who_answers(place("south-west"), ON) == []
    assert answering.accountable_for(place("leeds"), "alchemy", ON) == []
    assert answering.matter_answers(place("leeds"), "alchemy", ON) is None


def test_those_who_decide_come_first() -> None:
    for entry in answering.who_answers(place("mid-devon"), ON):
        order = [list(rules.ROLES).index(a.role) for a in entry.answers]
        assert order == sorted(order), entry.service


def test_members_of_parliament_of_a_district_with_several_constituencies() -> None:
    found = queries.mps_for(place("leeds"), ON)
    assert {m.constituency for m in found} >= {"Leeds East", "Selby"}
    assert all(m.possible for m in found)
    assert [m.share for m in found] == sorted((m.share for m in found), reverse=True)
    assert all(m.office.holder is not None for m in found)
    single = queries.mps_for(place("hartlepool"), ON)
    assert [(m.constituency, m.possible) for m in single] == [("Hartlepool", False)]


def test_members_of_parliament_of_a_county_are_those_of_its_districts() -> None:
    county = {m.code for m in queries.mps_for(place("devon"), ON)}
    districts = Area.objects.filter(
        links_up__parent=place("devon"), links_up__role="part-of", kind="district", ended=None
    )
    assert county == {m.code for area in districts for m in queries.mps_for(area, ON)}
    assert len(queries.mps_for(place("greater-manchester"), ON)) == 27


def test_before_the_election_nobody_is_named_who_was_not_in() -> None:
    early = queries.mps_for(place("hartlepool"), dt.date(2024, 7, 3))
    assert early[0].office.holder is None


def test_offices_of_a_council_begin_with_the_council() -> None:
    found = queries.offices_of(Body.objects.get(slug="leeds-city-council"), ON)
    assert found[0].whole
    assert found[0].key == "leeds-city-council/council"
    kinds = [office.kind for office in found]
    assert kinds[1] == "leader"
    assert "director-of-childrens-services" in kinds
    councillors = next(o for o in found if o.kind == "councillors")
    assert not councillors.single


def test_on_the_day_of_a_handover_the_next_is_named() -> None:
    office = Office.objects.get(body__slug="leeds-city-council", kind="leader")
    for name, since, until in (
        ("Old One", dt.date(2020, 5, 1), ON),
        ("New One", ON, None),
    ):
        Holder.objects.create(
            office=office, name=name, since=since, until=until, source="s", as_at=AT.date()
        )
    found = queries.offices_of(office.body, ON)
    leader = next(o for o in found if o.kind == "leader")
    assert leader.holder is not None
    assert leader.holder.name == "New One"


def test_bodies_by_kind_address_and_day() -> None:
    assert queries.bodies("police-force").count() == 43
    assert "northamptonshire-county-council" in queries.bodies("county-council").values_list(
        "slug", flat=True
    )
    live = queries.bodies("county-council", ON)
    assert live.count() == 21
    with pytest.raises(NotFound):
        queries.bodies("witchcraft")
    assert queries.body_by_slug("Leeds-City-Council").name == "Leeds City Council"
    with pytest.raises(NotFound) as caught:
        queries.body_by_slug("leeds-city-counsil")
    assert ("Leeds City Council", "/body/leeds-city-council/") in caught.value.suggestions


def test_an_office_is_found_by_its_key() -> None:
    assert queries.office_by_key("house-of-commons/exeter").code.startswith("E14")
    for key in ("leeds-city-council/king", "leeds-city-council", ""):
        with pytest.raises(NotFound):
            queries.office_by_key(key)


def test_every_line_of_the_catalogue_says_where_it_comes_from() -> None:
    assert not Remit.objects.filter(form="remit", laws=[]).exists()

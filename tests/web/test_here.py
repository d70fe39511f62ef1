"""Who answers here: a postcode or a place in, a table out, and the postcode kept to itself."""

import logging
import re

import pytest

from folkmoot.bodies.models import Body, Holder, Office
from folkmoot.duties.models import Duty
from folkmoot.places.models import OfficialPostcode, PostcodeEdition
from folkmoot.web import remembered
from tests.built_database import BUILT_AT
from tests.web.test_pages import get, text_of


@pytest.mark.parametrize("typed", ["EX1 1HS", "ex11hs", "1 High Street, EX1 1HS"])
def test_a_postcode_leads_to_its_place_and_stays_out_of_address_and_log(
    built, client, caplog, typed
):
    with caplog.at_level(logging.DEBUG):
        answer = client.post("/here/", {"what": typed})

    assert answer.status_code == 302
    assert answer["Location"] == "/here/exeter/?found=sector"
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies
    assert "1HS" not in caplog.text.upper()
    assert "not confirmed" in get(client, answer["Location"])


@pytest.mark.parametrize("typed", ["EX1 1H", "", "BT1 5GS", "zzqqxxjj"])
def test_what_leads_nowhere_shows_the_form_again_and_is_not_repeated(built, client, typed):
    answer = client.post("/here/", {"what": typed})
    html = answer.content.decode()

    assert answer.status_code == 400
    assert "govuk-error-summary" in html
    assert not typed or typed not in html


def test_a_place_leads_to_its_page_and_a_vague_one_to_a_choice(built, client):
    assert client.post("/here/", {"what": "Devon"})["Location"] == "/here/devon/"
    choice = client.post("/here/", {"what": "Yorkshire"})
    assert choice.status_code == 200
    assert choice.content.decode().count('href="/here/') > 2


def test_the_form_needs_no_token(built):
    from django.test import Client

    assert Client(enforce_csrf_checks=True).post("/here/", {"what": "Devon"}).status_code == 302


def rows_of(html):
    table = re.search(r'<table class="fm-here">.*?</table>', html, re.S)[0]
    found = {}
    for row in re.findall(r"<tr[^>]*><th scope=\"row\">(.*?)</tr>", table, re.S):
        name, *cells = re.split(r"<td>", row)
        found[text_of(name)] = [text_of(cell) for cell in cells]
    return found


def test_a_district_in_two_tiers_names_district_county_police_fire_and_health(built, client):
    html = get(client, "/here/exeter/")
    rows = rows_of(html)

    assert len(rows) == 18
    assert "Devon County Council" in rows["Special educational needs"][0]
    assert any("Exeter City Council" in cells[0] + cells[1] for cells in rows.values())
    assert "NHS Devon" in rows["Hospitals' emergency departments"][0]
    said = text_of(html)
    assert "Devon and Cornwall Police" in said
    assert "Devon and Somerset Fire and Rescue" in said
    for cells in rows.values():
        assert len(cells) == 5
        assert cells[4] != "One thing to do", cells


def test_who_is_not_known_is_said_with_a_way_to_tell_and_every_line_has_its_law(built, client):
    html = get(client, "/here/exeter/")

    assert "not known to this site" in text_of(html)
    assert 'href="/body/devon-county-council/#tell-us"' in html
    for row, fold in re.findall(
        r'<tr class="fm-opens">(.*?)</tr>\s*<tr class="fm-open">(.*?)</tr>', html, re.S
    ):
        named = {text_of(name) for name in re.findall(r'<p class="fm-who__name">.*?</p>', row)}
        in_full = re.findall(r'<div class="fm-who">.*?</div>', fold, re.S)
        assert named
        assert named <= {
            text_of(name)
            for who in in_full
            for name in re.findall(r'<p class="fm-who__name">.*?</p>', who)
        }
        for who in in_full:
            assert "By" in text_of(who).split(), who


def test_a_known_holder_is_named(built, client, today):
    office = Office.objects.get(
        body__slug="devon-county-council", kind="director-of-childrens-services"
    )
    Holder.objects.create(
        office=office, name="A. Holder", since=today, source="https://example.org/", as_at=today
    )
    remembered.forget()

    assert "Held by A. Holder" in text_of(get(client, "/here/exeter/"))


def test_members_of_parliament_are_possible_where_there_are_several(built, client):
    said = text_of(get(client, "/here/exeter/"))

    assert "Exmouth and Exeter East (possible)" in said
    assert "this page cannot tell" in said


def test_the_official_directory_tells_whose_constituency_it_is(built, client, today):
    """The code of the constituency goes along, not the postcode; a foreign one tells nothing."""
    exeter = Office.objects.get(title="Member of Parliament for Exeter")
    PostcodeEdition.objects.create(name="ONSPD", sha256="0" * 64, rows=1, loaded_at=BUILT_AT)
    OfficialPostcode.objects.create(
        postcode="EX11HS", district="E07000041", constituency=exeter.code
    )
    for box, page in (("/here/", "here"), ("/find/", "place")):
        answer = client.post(box, {"what": "EX1 1HS"})
        assert answer["Location"] == f"/{page}/exeter/?found=exact&mp={exeter.code}"
    assert f'/here/exeter/?found=exact&amp;mp={exeter.code}"' in get(client, answer["Location"])
    said = text_of(get(client, f"/here/exeter/?found=exact&mp={exeter.code}"))
    assert "A postcode looked up in the official directory led here; it is in Exeter" in said
    assert "Its member: Steve Race" in said
    assert "possible)" not in said
    for unsure in ("", "found=sector&", "found=ended&", "found=x&"):
        said = text_of(get(client, f"/here/exeter/?{unsure}mp={exeter.code}"))
        assert "official directory" not in said
        assert "Exmouth and Exeter East (possible)" in said
        assert "Exeter (possible) : Steve Race" in said
    for foreign in ("E14009999", "W07000041", "x"):
        said = text_of(get(client, f"/here/exeter/?found=exact&mp={foreign}"))
        assert "Exmouth and Exeter East (possible)" in said


def test_each_row_says_in_full_what_is_decided_delivered_and_out_of_reach(built, client):
    said = text_of(get(client, "/here/belfast/"))

    assert "Belfast City Council has no say" in rows_of(get(client, "/here/belfast/"))["Schools"][0]
    assert "Schools: what each decides, delivers and has no say in" in said
    assert "Has no say in:" in text_of(get(client, "/here/exeter/"))
    assert "checked by hand" not in said


def test_in_a_county_each_district_answers_for_its_own_part(built, client):
    row = rows_of(get(client, "/here/devon/"))["Bins, waste and recycling"]

    assert row[0].count("(for its own part)") >= 8
    assert "one of several possible" not in row[0]


def test_straddling_boards_are_each_possible(built, client):
    """A district in two health boards shows both, as possible, with how much each covers."""
    from folkmoot.places.models import Area, AreaLink

    links = AreaLink.objects.filter(
        role="part-of", parent__kind="integrated-care-board", share__lt=0.9, share__gt=0.1
    )
    district = Area.objects.get(pk=links.order_by("pk").first().child_id)
    row = rows_of(get(client, f"/here/{district.slug}/"))["Hospitals' emergency departments"]

    assert row[0].count("one of several possible") >= 2
    assert re.search(r"about \d+ in 100 of the place", row[0])


def test_what_is_failing_is_said_beside_what_to_do(built, client):
    row = rows_of(get(client, "/here/devon/"))["Special educational needs"]

    assert "Below the minimum on 1 standard" in row[2]
    assert "Ask Devon County Council what it will do about the minimum" in row[4]


def test_what_is_owed_is_shown_and_a_rehearsal_never_is(built, client, today, at):
    def owe(space, key):
        Duty.objects.create(
            space=space, key=key, kind="reply",
            body=Body.objects.get(slug="devon-county-council"),
            subject="intervention:1", place="E10000008", service="special-educational-needs",
            rule="r", rule_version="1", since=today, due=today.replace(year=today.year + 1),
        )  # fmt: skip

    owe("rehearsal", "one")
    remembered.forget()
    assert (
        "No answer is owed" in rows_of(get(client, "/here/devon/"))["Special educational needs"][3]
    )
    owe("record", "two")
    remembered.forget()
    assert "Answer owed by" in owed_in_devon(client)


def owed_in_devon(client):
    return rows_of(get(client, "/here/devon/"))["Special educational needs"][3]


def test_a_region_runs_nothing_and_a_misspelt_place_is_helped(built, client):
    assert "runs no services of its own" in get(client, "/here/south-west/")
    assert "Did you mean" in get(client, "/here/exetter/", status=404)


def test_the_place_found_by_postcode_leads_on_to_who_answers(built, client):
    assert 'href="/here/leeds/?found=sector"' in get(client, "/place/leeds/?found=sector")
    assert 'href="/here/leeds/"' in get(client, "/place/leeds/")

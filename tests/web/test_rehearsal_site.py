"""A site that is all a rehearsal says so everywhere, and lets people play whom they like."""

from __future__ import annotations

import pytest
from django.test import Client

from folkmoot.common.errors import NotAllowed
from folkmoot.common.models import PublicAct
from folkmoot.people.actions import play
from folkmoot.people.models import Role
from folkmoot.people.rules import MODERATOR, OFFICER, SITE
from folkmoot.web import remembered
from tests.browsing import seen, violations
from tests.rooms import people_invented as invented
from tests.rooms import petitions_made as made
from tests.rooms.people_invented import LEEDS
from tests.walks.seated import browser_of
from tests.walks.signing_in import get, post
from tests.web.test_petition_browser import AT, looked_at, pages

__all__ = ["pages"]

pytestmark = pytest.mark.django_db

PATH = "/rehearsal/site/"
SAID = "Whatever people and bodies do on this site is made up"


@pytest.fixture
def rehearsal(settings):
    settings.REHEARSAL = True
    remembered.forget()
    return settings


def test_every_page_feed_and_file_says_that_it_is_a_rehearsal(at, rehearsal):
    petition = made.petition(made.world(at))
    one = f"/petitions/{petition.pk}/"
    client = Client()
    for path in ("/", "/petitions/", one, f"{one}sign/", f"{one}sheet/", "/record/", "/nothing/"):
        answer = get(client, path)
        text = answer.content.decode()
        assert SAID in text, path
        assert "<title>Rehearsal: " in text, path
        assert '<meta name="robots" content="noindex' in text, path
        assert answer["X-Robots-Tag"].startswith("noindex"), path
    for path in (
        "/petitions/feed/", f"{one}feed/", "/questions/feed/", "/record/feed/",
        "/interventions/feed/",
    ):  # fmt: skip
        answer = get(client, path)
        assert "<title>Rehearsal: " in answer.content.decode(), path
        assert answer["X-Robots-Tag"].startswith("noindex"), path
    assert "this petition is made up" in get(client, f"{one}count/").content.decode()
    assert get(client, f"{one}count.json").json()["title"].startswith("Rehearsal: ")
    assert "rehearsal-petitions.csv" in get(client, "/petitions.csv")["Content-Disposition"]
    title = get(client, "/petitions.csv-metadata.json").json()["dc:title"]
    assert title.startswith("Rehearsal: ")
    assert get(client, "/api/v1/petitions")["X-Robots-Tag"].startswith("noindex")


def test_the_record_says_nothing_of_rehearsing(at):
    petition = made.petition(made.world(at))
    remembered.forget()
    for path in ("/", f"/petitions/{petition.pk}/", "/petitions/feed/", f"/body/{LEEDS}/"):
        answer = get(Client(), path)
        text = answer.content.decode()
        assert SAID not in text, path
        assert "Rehearsal:" not in text, path
        assert PATH not in text, path
        assert "X-Robots-Tag" not in answer, path


def test_parts_are_played_in_public(at, rehearsal):
    made.world(at)
    person = invented.person(at)
    client = browser_of(person)
    body = LEEDS

    assert f"{PATH}?body={body}" in get(client, f"/body/{body}/").content.decode()
    assert f'value="{body}"' in get(client, f"{PATH}?body={body}").content.decode()
    assert post(client, PATH, PATH, part="official", body=body).status_code == 302
    assert post(client, PATH, PATH, part="moderator", body="").status_code == 302

    held = Role.objects.filter(person=person).values_list("role", "body", "space")
    assert set(held) == {(OFFICER, body, "record"), (MODERATOR, SITE, "record")}
    assert PublicAct.objects.filter(verb="grant-role", office="rehearsal").count() == 2
    again = post(client, PATH, PATH, part="moderator", body="")
    assert again.status_code == 400
    assert "holds that role already" in again.content.decode()


@pytest.mark.parametrize(
    ("part", "body", "said"),
    [
        ("official", "", "There is no body of this name here"),
        ("official", "leeds-city-counsel", "There is no body of this name here"),
        ("king", "", "There is no such part"),
    ],
)
def test_what_cannot_be_played_is_said(at, rehearsal, part, body, said):
    made.world(at)
    person = invented.person(at)

    answer = post(browser_of(person), PATH, PATH, part=part, body=body)

    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not Role.objects.filter(person=person).exists()


def test_nobody_takes_a_part_anywhere_else(at, rehearsal):
    person = invented.person(at)
    client = browser_of(person)
    assert get(Client(), PATH).status_code == 302
    assert get(client, PATH).status_code == 200

    rehearsal.REHEARSAL = False
    assert get(client, PATH).status_code == 404
    with pytest.raises(NotAllowed):
        play(person=person, role=MODERATOR, body=SITE, office="moderator", at=at)
    assert not Role.objects.exists()


def test_the_page_is_accessible(rehearsal, transactional_db, pages):
    made.world(AT)
    page = pages(invented.person(AT))
    looked_at(page, PATH)
    page.get_by_role("radio", name="the senior officer").check()
    page.get_by_role("button", name="Play this part").click()
    assert seen(page.get_by_role("alert"))
    assert violations(page) == []
    looked_at(page, "/")

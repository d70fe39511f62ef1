"""What moderators see and do with petitions, and what everybody may read about it."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client

from folkmoot.petitions.actions import appeals
from folkmoot.petitions.models import Petition
from folkmoot.petitions.rules.reasons import REASONS
from folkmoot.petitions.rules.states import (
    HIDDEN,
    MERGED,
    MODERATION,
    OPEN,
    REFERRED,
    REJECTED,
    WITHDRAWN,
)
from folkmoot.web import remembered
from tests.rooms.petitions_made import BACKGROUND, TITLE, World, petition, world
from tests.walks.seated import browser_of
from tests.walks.signing_in import get, post

AT = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(AT, tick=False) as clock:
        yield clock


@pytest.fixture
def w(built: Any) -> World:
    return world(AT)


def words(answer: Any) -> str:
    bare = re.sub(r"<(script|style|svg).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def read(client: Client, path: str, status: int = 200) -> str:
    remembered.forget()
    answer = get(client, path)
    assert answer.status_code == status, answer.content.decode()[:500]
    return words(answer)


def decide(client: Client, number: int, **fields: str) -> Any:
    remembered.forget()
    there = f"/moderation/petitions/{number}/"
    return post(client, there, there, **fields)


def state(number: int) -> str:
    return Petition.objects.get(pk=number).state


def test_what_waits_has_its_clock_and_its_whole_text(w: World):
    row = petition(w, MODERATION)
    moderator = browser_of(w.moderator)

    page = read(moderator, "/moderation/")
    assert TITLE in page
    assert "Decide by 25 November 2026; 2 days left." in page
    page = read(moderator, f"/moderation/petitions/{row.pk}/")
    assert BACKGROUND in page
    assert "Open it for signatures It is published with its thresholds" in page


@pytest.mark.parametrize("who", ["officer", "creator", "administrator"])
def test_it_is_for_moderators_only(w: World, who: str):
    row = petition(w, MODERATION)
    browser = browser_of(getattr(w, who))

    read(browser, "/moderation/", status=403)
    read(browser, f"/moderation/petitions/{row.pk}/", status=403)
    assert state(row.pk) == MODERATION


def test_a_moderator_of_another_body_sees_nothing_of_it(w: World):
    row = petition(w, MODERATION)
    stranger = browser_of(w.stranger)

    assert TITLE not in read(stranger, "/moderation/")
    read(stranger, f"/moderation/petitions/{row.pk}/", status=403)


def test_opened_it_is_there_for_everybody(w: World):
    row = petition(w, MODERATION)

    assert decide(browser_of(w.moderator), row.pk, decision="open").status_code == 302

    assert state(row.pk) == OPEN
    assert TITLE in read(Client(), f"/petitions/{row.pk}/")


def test_refused_for_a_standard_that_hides_the_rest(w: World):
    row = petition(w, MODERATION)
    moderator = browser_of(w.moderator)

    wrong = decide(moderator, row.pk, decision="reject", shown="usual")
    assert wrong.status_code == 400
    assert "There is no such reason." in words(wrong)
    done = decide(moderator, row.pk, decision="reject", reason="private-facts", shown="usual")
    assert done.status_code == 302

    row.refresh_from_db()
    assert (row.state, row.words_hidden, row.title_hidden) == (REJECTED, True, True)
    page = read(Client(), "/petitions/standards/")
    assert TITLE not in page
    assert f"Petition {row.pk}: its title is not shown" in page


def test_the_moderator_may_show_more_than_the_standard_does(w: World):
    row = petition(w, MODERATION)
    asked = {"decision": "reject", "reason": "private-facts", "shown": "title"}

    assert decide(browser_of(w.moderator), row.pk, **asked).status_code == 302

    row.refresh_from_db()
    assert (row.words_hidden, row.title_hidden) == (True, False)
    assert TITLE in read(Client(), "/petitions/standards/")


def test_joined_with_another_or_passed_on(w: World):
    other, row, third = petition(w, OPEN), petition(w, MODERATION), petition(w, MODERATION)
    moderator = browser_of(w.moderator)

    assert decide(moderator, row.pk, decision="merge", into="twelve").status_code == 400
    assert decide(moderator, row.pk, decision="merge", into=str(other.pk)).status_code == 302
    assert state(row.pk) == MERGED
    assert decide(moderator, third.pk, decision="refer", to="").status_code == 400
    there = "west-yorkshire-combined-authority"
    assert decide(moderator, third.pk, decision="refer", to=there).status_code == 302
    assert state(third.pk) == REFERRED


def test_hidden_and_shown_again(w: World):
    row = petition(w, OPEN)
    moderator = browser_of(w.moderator)

    hidden = decide(moderator, row.pk, decision="hide", reason="libel", shown="usual")
    assert hidden.status_code == 302
    assert state(row.pk) == HIDDEN
    assert TITLE not in read(Client(), f"/petitions/{row.pk}/")
    assert decide(moderator, row.pk, decision="unhide").status_code == 302
    assert state(row.pk) == OPEN


@pytest.mark.parametrize("before", [MODERATION, MERGED, REFERRED, WITHDRAWN])
def test_what_is_public_in_any_state_can_be_hidden_and_then_erased_for_law(w: World, before: str):
    row = petition(w, before)
    page = read(Client(), f"/petitions/{row.pk}/") if before != MODERATION else TITLE
    assert TITLE in page

    hidden = decide(browser_of(w.moderator), row.pk, decision="hide", reason="confidential")
    assert hidden.status_code == 302
    assert state(row.pk) == HIDDEN
    assert TITLE not in read(Client(), f"/petitions/{row.pk}/")
    assert TITLE in read(browser_of(w.site), f"/petitions/{row.pk}/erase/")


def test_only_the_site_is_offered_to_end_what_people_can_sign(w: World):
    row = petition(w, OPEN)
    there = f"/moderation/petitions/{row.pk}/"

    assert "Join it with another" not in read(browser_of(w.moderator), there)
    page = read(browser_of(w.site), there)
    assert "Join it with another" in page
    assert "Pass it to the body that answers" in page
    assert there in get(Client(), f"/petitions/{row.pk}/").content.decode()


def test_an_appeal_is_for_another_moderator_of_the_site(w: World):
    row = petition(w, MODERATION)
    site, second = browser_of(w.site), browser_of(w.second)
    decide(site, row.pk, decision="reject", reason="hoax", shown="usual")
    appeals.appeal(
        actor=w.creator, petition=row.pk, text="I mean every word, and so do my neighbours.", at=AT
    )

    page = read(site, "/moderation/")
    assert "You refused it before, so another moderator decides." in page
    assert "Another moderator decides" in read(site, f"/moderation/petitions/{row.pk}/")
    assert "I mean every word, and so do my neighbours." in read(
        second, f"/moderation/petitions/{row.pk}/"
    )
    assert decide(second, row.pk, decision="uphold").status_code == 302
    assert state(row.pk) == OPEN


def test_the_standards_are_published_with_their_numbers_and_the_clock(w: World):
    page = read(Client(), "/petitions/standards/")

    for reason in REASONS.values():
        assert reason.standard in page
    assert "1 in 2,000 residents, at least 10" in page
    assert "They are no law." in page
    assert "None yet, so nobody can tell" in page
    assert "7 days" in page
    # What is kept of those who sign is said with its days.
    assert re.search(r"erased 183 days after the petition ended", page)


def test_few_queries(w: World, django_assert_max_num_queries: Any):
    petition(w, MODERATION)
    remembered.forget()
    with django_assert_max_num_queries(12):
        get(Client(), "/petitions/standards/")

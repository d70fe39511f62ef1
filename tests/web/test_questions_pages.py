"""Asking in public, as people see it: asked, checked, answered from a phone, read by everybody."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client

from folkmoot.common.models import Message
from folkmoot.duties.models import Duty
from folkmoot.petitions.models import Question
from folkmoot.web import remembered
from tests.rooms.petitions_made import World, world
from tests.walks.seated import browser_of
from tests.walks.signing_in import get, post

AT = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
TEXT = "When will the <b>glass bank</b> at the Headingley car park be emptied each week?"
ASK = "/ask/?place=leeds&service=waste"


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


def send(client: Client, path: str, page: str = "", **fields: str) -> Any:
    """Post a form that stands on ``page``, or on the page it is sent to."""
    remembered.forget()
    return post(client, page or path, path, **fields)


def asked(w: World, **fields: str) -> Any:
    given = {"to": f"{w.body.slug}/", "text": TEXT, "agreed": "yes", **fields}
    return send(browser_of(w.creator), ASK, **given)


def test_a_question_goes_its_whole_way(w: World):
    anybody, moderator = Client(), browser_of(w.moderator)

    assert asked(w).status_code == 302
    number = Question.objects.get().pk
    assert "Being checked" in read(browser_of(w.creator), "/questions/mine/")
    read(anybody, f"/questions/{number}/", status=404)
    assert "glass bank" not in read(anybody, "/questions/")

    assert "Decide by 30 November 2026" in read(moderator, "/moderation/questions/")
    decide = f"/moderation/questions/{number}/"
    assert send(moderator, decide, decision="through").status_code == 302

    page = read(anybody, f"/questions/{number}/")
    assert "Answer owed by 21 December 2026; 28 days left." in page
    # What people write is text: the mark-up is shown as they typed it.
    assert "<b>glass bank</b>" in page
    assert "glass bank" in read(anybody, "/questions/?place=leeds&service=waste")
    assert "glass bank" not in read(anybody, "/questions/?place=devon")

    duty = Duty.objects.get(subject=f"question:{number}")
    phone = browser_of(w.officer)
    sent = send(phone, f"/duties/{duty.pk}/answer/", text="From the first of December.")
    assert sent.status_code == 302
    page = read(anybody, f"/questions/{number}/")
    assert "Answered on 23 November 2026" in page
    assert "From the first of December." in page


def test_a_refusal_gives_its_standard_and_an_appeal_goes_on(w: World):
    asked(w)
    number = Question.objects.get().pk
    decide = f"/moderation/questions/{number}/"
    site, mine = browser_of(w.site), browser_of(w.creator)

    refused = send(site, decide, decision="reject")
    assert refused.status_code == 400
    assert "There is no such reason." in words(refused)
    assert send(site, decide, decision="").status_code == 400
    assert send(site, decide, decision="reject", reason="one-case").status_code == 302

    page = read(Client(), f"/questions/{number}/")
    assert "Not accepted, because it is about the case of one person or household." in page
    assert "glass bank" not in page
    assert "Ask another moderator" in read(mine, "/questions/mine/")
    appealed = send(mine, f"/questions/{number}/appeal/", "/questions/mine/", text="It is for all.")
    assert appealed.status_code == 302
    read(site, decide, status=404)
    assert "It is for all." in read(browser_of(w.second), decide)
    assert send(browser_of(w.second), decide, decision="uphold").status_code == 302
    assert "glass bank" in read(Client(), f"/questions/{number}/")


def test_a_public_question_is_hidden_shown_again_and_erased_for_law_by_its_pages(w: World):
    asked(w)
    number = Question.objects.get().pk
    decide, public = f"/moderation/questions/{number}/", f"/questions/{number}/"
    moderator, site = browser_of(w.moderator), browser_of(w.site)
    send(moderator, decide, decision="through")
    assert decide in get(Client(), public).content.decode()

    assert "Which standard is not met?" in read(moderator, decide)
    assert send(moderator, decide, decision="hide").status_code == 400
    assert send(moderator, decide, decision="hide", reason="libel").status_code == 302
    page = read(Client(), public)
    assert "Hidden, because it may be libellous." in page
    assert "Answer owed by 21 December 2026" in page
    assert "glass bank" not in page
    read(browser_of(w.officer), decide, status=403)

    mine = browser_of(w.creator)
    assert "Ask another moderator" in read(mine, "/questions/mine/")
    assert send(moderator, decide, decision="unhide").status_code == 302
    assert "glass bank" in read(Client(), public)

    send(moderator, decide, decision="hide", reason="libel")
    read(moderator, f"{decide}erase/", status=403)
    assert "glass bank" in read(site, f"{decide}erase/")
    assert send(site, f"{decide}erase/", reason="court-order").status_code == 400
    nothing = words(send(site, f"{decide}erase/", reason=""))
    # Both at once, and no list of codes.
    assert "You did not say why. Choose why the law asks for it." in nothing
    assert "You did not say that you are sure." in nothing
    erased = send(site, f"{decide}erase/", reason="court-order", sure="yes")
    assert erased.status_code == 302
    assert "Its words were erased, because a court ordered it." in read(Client(), public)
    assert "Nothing can be decided here now." in read(moderator, decide)
    assert "its words are not shown" in read(mine, "/questions/mine/")


def test_a_fault_keeps_what_was_typed(w: World):
    answer = asked(w, agreed="", text="Why?")

    assert answer.status_code == 400
    page = answer.content.decode()
    assert "Why?</textarea>" in page
    assert 'href="#agreed"' in page
    assert 'href="#text"' in page
    assert not Question.objects.exists()


def test_somebody_not_signed_in_is_asked_to_sign_in_and_comes_back(w: World):
    answer = get(Client(), ASK)

    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in/?next=%2Fask%2F%3Fplace%3Dleeds%26service%3Dwaste"


def test_the_queue_is_for_moderators(w: World):
    asked(w)
    for who in (w.officer, w.creator, w.administrator):
        read(browser_of(who), "/moderation/questions/", status=403)
    assert "Nothing waits." in read(browser_of(w.stranger), "/moderation/questions/")


def test_a_misspelt_place_gets_suggestions(w: World):
    page = read(browser_of(w.creator), "/ask/?place=leds&service=waste", status=400)

    assert "Did you mean: Leeds" in page


def test_taking_back(w: World):
    asked(w)
    number = Question.objects.get().pk

    there = f"/questions/{number}/withdraw/"
    assert send(browser_of(w.officer), there, ASK).status_code == 403
    assert send(browser_of(w.creator), there, "/questions/mine/").status_code == 302
    assert Question.objects.get().state == "withdrawn"
    assert not Message.objects.filter(key__startswith="question-").exists()


def test_pages_of_questions_take_few_queries(w: World, django_assert_max_num_queries: Any):
    asked(w)
    number = Question.objects.get().pk
    send(browser_of(w.moderator), f"/moderation/questions/{number}/", decision="through")
    anybody = Client()
    for path, most in ((f"/questions/{number}/", 6), ("/questions/", 5)):
        remembered.forget()
        with django_assert_max_num_queries(most):
            get(anybody, path)

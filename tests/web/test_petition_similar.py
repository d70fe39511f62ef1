"""Petitions that ask for the same: the list beside the field, the page, and the script."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from django.conf import settings

from folkmoot.common import switches
from folkmoot.common.models import Switch
from folkmoot.people.limits import LIMITS, SIMILAR
from folkmoot.petitions import title_index
from folkmoot.petitions.models import ArchivedPetition
from folkmoot.petitions.rules.states import CLOSED, HIDDEN, OPEN
from folkmoot.web.context import STATIC
from folkmoot.web.pages import petition_similar
from tests.browsing import violations
from tests.house.test_reading import only_reading
from tests.rooms import petitions_made as made
from tests.walks.seated import browser_of

PAGE = "/petitions/similar/"
TITLE = "Reopen the swimming baths in Bramley"
SLIPS = "reopne the swiming bahts"


@pytest.fixture(autouse=True)
def _nobody_tried():
    petition_similar.tried.forget()
    title_index.forget()
    switches.forget()
    yield
    switches.forget()


@pytest.fixture
def w(db, at):
    return made.world(at)


def text_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def archived(title: str = TITLE, number: int = 7) -> None:
    ArchivedPetition.objects.create(
        source="uk-parliament",
        number=number,
        title=title,
        state="closed",
        signatures=1234,
        link=f"https://petition.parliament.uk/archived/petitions/{number}",
        period="2010-15 parliament (archived)",
    )


def test_the_list_is_a_part_of_a_page_that_shows_how_each_stands(client, w):
    petition = made.petition(w, CLOSED, title=TITLE, signed=12)
    answer = client.get(PAGE, {"part": "", "title": SLIPS})
    said = text_of(answer)

    assert answer.status_code == 200
    assert b"<html" not in answer.content
    assert "1 petition may ask for the same." in said
    assert f'href="/petitions/{petition.pk}/"' in answer.content.decode()
    assert "On this site" in said
    assert "Leeds. Closed, 12 signatures." in said
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies


def test_the_archive_is_shown_with_its_source_its_date_and_its_licence(client, w):
    archived()
    for query in ({"part": "", "title": SLIPS}, {"title": SLIPS}):
        said = text_of(client.get(PAGE, query))

        assert "Petitions to the UK Parliament and Government, 2010 to 2018" in said
        assert "Closed, 1,234 signatures. 2010-15 parliament (archived)." in said
        assert "From UK Parliament, not of this site" in said
        assert "it was checked on 23 November 2026" in said
        assert "Open Government Licence v3.0" in said
        assert "Contains public sector information" in said


def test_without_an_archive_none_is_named(client, w):
    made.petition(w, OPEN, title=TITLE)

    assert "Parliament" not in text_of(client.get(PAGE, {"part": "", "title": TITLE}))


def test_one_of_an_archive_that_the_catalogue_has_lost_is_not_shown_as_this_sites(client, w):
    archived()
    ArchivedPetition.objects.update(source="lost")

    said = text_of(client.get(PAGE, {"part": "", "title": TITLE}))
    assert "On another site" in said
    assert "On this site" not in said


def test_what_is_hidden_is_not_shown(client, w):
    made.petition(w, HIDDEN, title=TITLE)

    assert "No petition like this was found." in text_of(client.get(PAGE, {"title": TITLE}))


def test_the_page_has_a_form_and_says_nothing_before_anything_is_asked(client, w):
    said = text_of(client.get(PAGE))

    assert "Has somebody asked this before?" in said
    assert "was found" not in said
    assert "may ask for the same" not in said


def test_what_is_typed_and_what_is_found_is_text_and_no_markup(client, w):
    archived("<script>alert(1)</script> swimming baths & <b>more</b>")
    for part in ({}, {"part": ""}):
        page = client.get(PAGE, {"title": '"><script>alert(2)</script> baths', **part})

        assert "<script>alert" not in page.content.decode()
        assert "&lt;script&gt;alert(1)" in page.content.decode()


def test_looking_writes_nothing(client, w):
    from django.db import connection

    archived()
    with connection.execute_wrapper(only_reading):
        assert client.get(PAGE, {"title": TITLE}).status_code == 200
        assert client.post(PAGE, {"title": TITLE}).status_code == 200


def test_a_form_may_send_its_title_from_this_site_and_from_no_other(client, w):
    made.petition(w, OPEN, title=TITLE)
    sent = {"title": TITLE, "background": "words that stay out of the address"}

    answer = client.post(PAGE, sent, headers={"origin": "http://testserver"})
    assert "1 petition may ask for the same." in text_of(answer)
    assert client.post(PAGE, sent, headers={"origin": "https://example.org"}).status_code == 403


def test_a_network_that_never_stops_is_told_to_wait_and_others_are_not(client, w):
    now = time.monotonic()
    for _ in range(LIMITS[SIMILAR][0].count):
        assert petition_similar.tried.again("127.0.0.1", now)

    assert client.get(PAGE, {"title": TITLE}).status_code == 429
    assert client.get(PAGE).status_code == 200  # nothing is looked for
    assert client.get(PAGE, {"title": TITLE}, REMOTE_ADDR="192.0.2.1").status_code == 200


def test_an_operator_can_switch_it_off(client, w, at):
    Switch.objects.create(feature="similar", since=at)
    switches.forget()

    assert client.get(PAGE, {"title": TITLE}).status_code == 503


def test_the_search_box_finds_petitions_of_this_site(client, w):
    petition = made.petition(w, OPEN, title=TITLE)
    made.petition(w, HIDDEN, title=f"{TITLE} too")
    archived()
    answer = client.get("/search/?q=swiming+bahts")
    said = text_of(answer)

    assert f'href="/petitions/{petition.pk}/"' in answer.content.decode()
    assert f"{TITLE} Leeds, Open for signatures" in said
    assert said.count(TITLE) == 1


def test_the_script_is_small_and_does_nothing_that_the_policy_forbids():
    script = (STATIC / "similar.js").read_text("utf-8")

    assert len(script.encode()) < 2_000
    assert not re.search(r"\beval\b|new Function|document\.write|https?://|\.style\b", script)


# ---- In a browser


@pytest.fixture
def page(transactional_db, browser, live_server, at):
    """A page of somebody who is signed in, as wide as a small phone; no script of it may fail."""
    w = made.world(at)
    contexts: list[Any] = []
    trouble: list[str] = []

    def opened(*, scripts: bool) -> Any:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": 360, "height": 740},
            java_script_enabled=scripts,
        )
        contexts.append(context)
        name = settings.SESSION_COOKIE_NAME
        value = browser_of(w.creator).cookies[name].value
        context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        opened_page = context.new_page()
        opened_page.on("pageerror", lambda error: trouble.append(str(error)))
        opened_page.on(
            "console",
            lambda said: trouble.append(said.text) if "Content Security" in said.text else None,
        )
        return opened_page

    opened.w = w  # type: ignore[attr-defined]
    yield opened
    for context in contexts:
        context.close()
    assert not trouble, trouble


START = "/petitions/start/words/?place=leeds&service=waste&to=leeds-city-council"


def test_the_list_follows_what_is_typed_and_is_said_aloud(page):
    archived()
    made.petition(page.w, OPEN, title=TITLE, signed=3)
    shown = page(scripts=True)
    shown.goto(START)
    assert shown.locator("#similar-petitions button").count() == 0

    shown.locator("[name=title]").press_sequentially("reopne the swiming bahts", delay=10)
    shown.wait_for_selector("#similar-petitions li")

    assert shown.locator("#similar-petitions li").count() == 2
    assert "2 petitions may ask" in shown.locator("#similar-petitions [role=status]").inner_text()
    assert violations(shown) == []
    assert shown.evaluate("document.documentElement.scrollWidth") <= 360

    shown.locator("[name=title]").fill("")
    shown.wait_for_selector("#similar-petitions li", state="detached")
    assert shown.locator("#similar-petitions [role=status]").text_content() == ""


def test_without_scripts_the_button_asks_in_a_tab_of_its_own_and_nothing_typed_is_lost(page):
    made.petition(page.w, OPEN, title=TITLE, signed=3)
    shown = page(scripts=False)
    shown.goto(START)
    shown.locator("[name=title]").fill(SLIPS)
    shown.locator("[name=background]").fill("words that stay")
    with shown.context.expect_page() as tab:
        shown.locator("#similar-petitions button").click()
    tab.value.wait_for_load_state()

    assert tab.value.url.endswith(PAGE)
    assert "1 petition may ask for the same." in tab.value.locator("main").inner_text()
    assert shown.locator("[name=background]").input_value() == "words that stay"
    assert shown.locator("[name=title]").input_value() == SLIPS


def test_the_page_is_accessible_wide_and_narrow(page):
    archived()
    made.petition(page.w, OPEN, title=TITLE, signed=3)
    shown = page(scripts=True)
    for path in (PAGE, f"{PAGE}?title=swimming+baths", f"{PAGE}?title=zzzz"):
        shown.goto(path)
        for width in (1280, 360):
            shown.set_viewport_size({"width": width, "height": 740})
            assert violations(shown) == [], path
            assert shown.evaluate("document.documentElement.scrollWidth") <= width

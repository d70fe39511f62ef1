"""The pages of petitions in a real browser: accessible, narrow, with scripts and without."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.cache import cache

from folkmoot.petitions import tokens
from folkmoot.petitions.actions.thresholds import reach
from folkmoot.petitions.models import Petition, Signature
from folkmoot.petitions.models_signing import PENDING
from folkmoot.petitions.rules import states
from tests.browsing import violations
from tests.rooms import petitions_made as made
from tests.rooms.people_invented import FAKE, address
from tests.walks.seated import browser_of
from tests.web.test_altcha import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.django_db(transaction=True)
# A browser's clock is the real one, and a puzzle has its hour.
AT = dt.datetime.now(dt.UTC)

Open = Callable[..., "Page"]


@pytest.fixture
def w(transactional_db: None) -> made.World:
    return made.world(AT)


@pytest.fixture
def pages(browser: Browser, live_server: Any) -> Iterator[Open]:
    """``pages(person, scripts=True)`` opens a page in a browser as wide as a small phone. A test
    fails if a script of its pages failed or the content security policy stopped anything."""
    cache.clear()
    contexts: list[Any] = []
    trouble: list[str] = []

    def open_page(person: Any = None, *, scripts: bool = True) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": 360, "height": 740},
            java_script_enabled=scripts,
            locale="en-GB",
        )
        contexts.append(context)
        if person is not None:
            name = settings.SESSION_COOKIE_NAME
            value = browser_of(person).cookies[name].value
            context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: trouble.append(f"script error: {error}"))
        page.on(
            "console",
            lambda said: trouble.append(said.text) if "Content Security" in said.text else None,
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not trouble, trouble


def looked_at(page: Page, path: str) -> None:
    """Axe finds nothing, wide and narrow, folded and unfolded."""
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200, path
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 740})
        assert violations(page) == [], (path, width)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
        assert violations(page) == [], (path, width)


def test_every_page_of_a_petition_is_accessible(w: made.World, pages: Open) -> None:
    page = pages()
    answered = made.petition(w, title=f"{made.TITLE}: {'verylongword' * 4}", creator_shown=True)
    made.signatures(answered, 12, AT, name_shown=True)
    answered.refresh_from_db()
    reach(petition=answered, at=AT)
    for state in (
        states.OPEN, states.CLOSED, states.REJECTED, states.HIDDEN, states.WITHDRAWN,
        states.MERGED, states.REFERRED,
    ):  # fmt: skip
        looked_at(page, f"/petitions/{made.petition(w, state).pk}/")
    for part in ("", "sign/", "sent/", "thanks/", "taken-back/"):
        looked_at(page, f"/petitions/{answered.pk}/{part}")
    row = made.signature(answered, AT, state=PENDING, confirmed_at=None)
    looked_at(page, f"/petitions/confirm/{tokens.make(tokens.CONFIRM, row.pk)}/")
    looked_at(page, f"/petitions/take-back/{tokens.make(tokens.TAKE_BACK, row.pk)}/")
    asked = made.petition(w, states.SPONSORS)
    looked_at(page, f"/petitions/{asked.pk}/sponsor/{asked.sponsor_key}/")
    for path in ("/petitions/start/", "/petitions/start/?place=leeds&service=waste"):
        looked_at(page, path)


def test_every_page_of_a_creator_is_accessible(w: made.World, pages: Open) -> None:
    page = pages(w.creator)
    for state in (states.DRAFT, states.SPONSORS, states.MODERATION, states.OPEN, states.REJECTED,
                  states.MERGED, states.REFERRED):  # fmt: skip
        looked_at(page, f"/petitions/{made.petition(w, state).pk}/manage/")
    draft = Petition.objects.filter(state=states.DRAFT).get()
    looked_at(page, f"/petitions/{draft.pk}/manage/words/")
    looked_at(page, "/petitions/mine/")
    looked_at(page, "/petitions/start/words/?place=leeds&service=waste&to=leeds-city-council")


def test_signing_with_scripts_proves_that_no_machine_signs(w: made.World, pages: Open) -> None:
    petition = made.petition(w)
    page = pages()
    page.goto(f"/petitions/{petition.pk}/")
    page.get_by_role("button", name="Sign this petition").click()
    page.get_by_label("Your name").fill(FAKE.name().replace(".", ""))
    page.get_by_label("Your email address").fill(address())
    page.get_by_label("Your postcode").fill(made.POSTCODE)
    page.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_text("There is a problem").wait_for()
    assert violations(page) == []
    page.get_by_role("link", name="You have not agreed.").click()
    assert page.evaluate("document.activeElement.id") == "consent"
    page.locator("#consent").check(force=True)
    page.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_role("heading", name="Look in your mail").wait_for()

    row = Signature.objects.get()
    assert row.proof != ""
    assert page.context.cookies() == []
    page.goto(f"/petitions/confirm/{tokens.make(tokens.CONFIRM, row.pk)}/")
    page.get_by_role("button", name="Yes, I sign this").click()
    page.get_by_role("heading", name="Thank you").wait_for()


def test_a_browser_whose_clock_is_wrong_signs_all_the_same(w: made.World, pages: Open) -> None:
    petition = made.petition(w)
    page = pages()
    page.clock.set_system_time(AT + dt.timedelta(hours=5))
    page.goto(f"/petitions/{petition.pk}/sign/")
    page.get_by_label("Your name").fill("Ann Ó Baoill")
    page.get_by_label("Your email address").fill(address())
    page.get_by_label("Your postcode").fill(made.POSTCODE)
    page.locator("#consent").check(force=True)
    page.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_role("heading", name="Look in your mail").wait_for()
    assert Signature.objects.get().proof != ""


def test_the_counter_tells_the_room_that_is_left(w: made.World, pages: Open) -> None:
    page = pages(w.creator)
    page.goto("/petitions/start/words/?place=leeds&service=waste&to=leeds-city-council")
    title = page.locator("#title")
    counter = page.locator("#title + .fm-counter")
    assert counter.inner_text() == "100 characters left"
    title.fill("Mend the 🚲 lane")
    wait_until(page, lambda: counter.inner_text() == "85 characters left")
    title.fill("x" * 103)
    wait_until(page, lambda: counter.inner_text() == "3 characters too many")
    page.get_by_role("button", name="Look it over").click()
    assert "There is a problem" in page.locator("main").inner_text()
    assert title.input_value() == "x" * 103


def test_a_petition_is_written_without_scripts(w: made.World, pages: Open) -> None:
    page = pages(w.creator, scripts=False)
    page.goto("/petitions/start/?place=leeds&service=waste")
    page.get_by_role("button", name="Go on to the words").click()
    page.locator("#title").fill(made.TITLE)
    page.locator("#background").fill(made.BACKGROUND)
    page.locator("#creator_name").fill("Ann Ó Baoill")
    # Enter in a field looks it over.
    page.locator("#creator_name").press("Enter")
    assert "Look your petition over" in page.locator("main").inner_text()
    page.get_by_role("button", name="Change the words").click()
    assert page.locator("#background").input_value() == made.BACKGROUND
    page.get_by_role("button", name="Look it over").click()
    page.get_by_role("button", name="Keep this draft").click()
    page.get_by_label("Your postcode").fill(made.POSTCODE)
    page.locator("#consent").check(force=True)
    page.get_by_role("button", name="Sign, and look for sponsors").click()
    assert "0 of 5 sponsors have confirmed." in page.locator("main").inner_text()
    assert Petition.objects.get().state == states.SPONSORS

"""An answer owed to a petition and what came of it, in a real browser as wide as a small phone,
without JavaScript, to the day when what was promised falls overdue."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache

from folkmoot.common.models import Message
from folkmoot.people.models import Person
from folkmoot.petitions.actions.telling import count_opinions, remind, tell_signers
from folkmoot.web import remembered
from tests.browsing import violations
from tests.rooms import petitions_made as made
from tests.rooms.people_invented import LEEDS
from tests.rooms.petitions_answered import DAY, DECIDED, NEXT, WHY, owed
from tests.walks.seated import browser_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.django_db(transaction=True)
AT = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
SHOTS = os.environ.get("FOLKMOOT_SHOTS", "")


class Phones:
    """Browsers as wide as a small phone, without JavaScript, and one with it that checks pages."""

    def __init__(self, browser: Browser, site: str) -> None:
        self.browser, self.site = browser, site
        self.contexts: list[Any] = []
        self.seen: list[str] = []

    def of(self, person: Person | None) -> Page:
        """A browser in which ``person`` is signed in."""
        context = self.browser.new_context(
            base_url=self.site,
            viewport={"width": 360, "height": 740},
            java_script_enabled=False,
            locale="en-GB",
        )
        self.contexts.append(context)
        if person is not None:
            name = settings.SESSION_COOKIE_NAME
            value = browser_of(person).cookies[name].value
            context.add_cookies([{"name": name, "value": value, "url": self.site}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    def check(self, page: Page, name: str) -> None:
        """Nothing for axe to find on what ``page`` shows, wide and narrow.

        What it shows is shown once more in a browser with JavaScript, without which axe is dumb.
        """
        self.seen.append(name)
        context = self.browser.new_context(base_url=self.site, locale="en-GB")
        shown = context.new_page()
        html, address = page.content(), page.url
        shown.route(address, lambda route: route.fulfill(body=html, content_type="text/html"))
        shown.goto(address)
        shown.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        for width in (1280, 360):
            shown.set_viewport_size({"width": width, "height": 740})
            if SHOTS:
                shown.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
            assert violations(shown) == [], name
            assert shown.evaluate("document.documentElement.scrollWidth") <= width, name
        context.close()


@pytest.fixture
def phones(browser: Browser, live_server: Any) -> Iterator[Phones]:
    cache.clear()
    made_ = Phones(browser, live_server.url)
    yield made_
    for context in made_.contexts:
        context.close()


def path_in(message: Message, part: str) -> str:
    found = re.search(rf"(/petitions/{part}[^\s]*)", str(message.payload["text"]))
    assert found
    return found.group(1)


def main_of(page: Page) -> str:
    return page.locator("main").inner_text()


def test_from_the_letter_to_the_body_to_a_commitment_overdue(phones: Phones) -> None:
    with time_machine.travel(AT) as clock:
        w = made.world(AT)
        petition = made.petition(w, signed=100)
        signers = made.signatures(petition, 6, AT, tell_me=True)
        duty = owed(petition, AT)
        answer(phones, w, petition, duty)
        hear_and_say(phones, petition, signers)
        clock.move_to(AT + 63 * DAY)
        assert remind(today=(AT + 63 * DAY).date(), at=AT + 63 * DAY) == 1
        overdue(phones, w, petition)
    assert len(phones.seen) == 11


def answer(phones: Phones, w: made.World, petition: Any, duty: Any) -> None:
    assert remind(today=AT.date(), at=AT) == 1
    page = phones.of(w.officer)
    letter = Message.objects.get(key__startswith="answer-owed:")
    page.goto(path_in(letter, f"{petition.pk}/answer/"))
    page.get_by_role("button", name="Look it over").click()
    assert "There is a problem" in main_of(page)
    phones.check(page, "answer-faults")
    page.goto(f"/body/{LEEDS}/")
    page.get_by_role("link", name="For its own people: answer it").click()
    page.get_by_role("radio", name="Agreed in part").check()
    page.get_by_label("What was decided").fill(DECIDED)
    page.get_by_label("Why").fill(WHY)
    page.get_by_label("What happens next").fill(NEXT)
    page.get_by_label("Commitment 1", exact=True).fill("Put up a second bank.")
    page.get_by_label("Commitment 1: by when").fill("2027-01-22")
    phones.check(page, "answer-form")
    # Enter in a field looks it over, too.
    page.get_by_label("Commitment 1", exact=True).press("Enter")
    assert "Look it over before it is published" in main_of(page)
    phones.check(page, "answer-check")
    page.get_by_role("button", name="Change it").click()
    page.get_by_label("Why").fill(f"{WHY} We counted.")
    page.get_by_role("button", name="Look it over").click()
    page.get_by_role("button", name="Publish the answer").click()
    assert f"{WHY} We counted." in main_of(page)
    phones.check(page, "answer")
    duty.refresh_from_db()
    assert duty.ended == "answered"


def hear_and_say(phones: Phones, petition: Any, signers: list[Any]) -> None:
    assert tell_signers(at=AT) == 6
    page = phones.of(None)
    for place, signed in enumerate(signers):
        letter = Message.objects.get(key__regex=rf"petition-answered:\d+:{signed.pk}$")
        page.goto(path_in(letter, "opinion/"))
        if not place:
            phones.check(page, "opinion")
        page.get_by_role("button", name="No, it did not").click()
        assert "You said: no, it did not." in main_of(page)
    phones.check(page, "opinion-said")
    count_opinions(at=AT + dt.timedelta(minutes=1))
    remembered.forget()
    page.goto(path_in(letter, f"{petition.pk}/answer/"))
    assert "fewer than five said yes, 6 said no." in main_of(page)
    page.get_by_role("link", name=petition.title).last.click()
    assert "6 said no." in main_of(page)
    phones.check(page, "petition-answered")


def overdue(phones: Phones, w: made.World, petition: Any) -> None:
    late = "Overdue since 22 January 2027; 3 days late."
    anybody = phones.of(None)
    anybody.goto(f"/body/{LEEDS}/")
    assert late in main_of(anybody)
    phones.check(anybody, "body")
    anybody.get_by_role("link", name="What became of it").click()
    assert late in main_of(anybody)
    phones.check(anybody, "commitment-overdue")
    where = anybody.url
    for person, words in ((w.officer, "Kept, but late"), (w.creator, "Not kept")):
        page = phones.of(person)
        page.goto(where)
        page.get_by_role("link", name="Say what became of it").click()
        if person == w.officer:
            page.get_by_role("button", name="Say so in public").click()
            assert "There is a problem" in main_of(page)
            phones.check(page, "mark")
        page.get_by_role("radio", name=words, exact=True).check()
        page.get_by_role("button", name="Say so in public").click()
        assert page.url == where
        assert words in main_of(page)
    assert "The body and the creator of the petition do not agree." in main_of(page)
    phones.check(page, "commitment-seen-differently")

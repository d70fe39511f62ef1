"""A petition from its first word to a promise that was not kept, in a real browser.

The mail is read from the console. The organiser and the offices use a wide screen; those who sign
use a phone without JavaScript. Every page is looked at by axe.
"""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from faker import Faker

from tests.browsing import violations
from tests.built_database import REPOSITORY
from tests.walks.whole_site import Site, link_in, own_copy, running

FAKE = Faker("en_GB")
COUNCIL, DOMAIN = "council-of-the-isles-of-scilly", "scilly.gov.uk"
POSTCODE = "TR21 0LW"
TITLE = "Collect glass from Hugh Town every week"
OFFICER, MODERATOR = f"officer@{DOMAIN}", "moderator@folkmoot.example.org"
PROMISE = "Collect glass on every Friday"
DECIDED = "Glass will be collected every week."
WHERE = "/petitions/start/?place=isles-of-scilly&service=waste"


class Visitor:
    """One person's browser, in which every page that is opened must please axe."""

    def __init__(self, browser: Any, site: Site, *, phone: bool = False) -> None:
        self.site = site
        self.phone = phone
        self.context = browser.new_context(
            base_url=site.address,
            viewport={"width": 360, "height": 780} if phone else {"width": 1200, "height": 900},
            locale="en-GB",
        )
        if phone:
            # Without any script of the site, and with those of axe, which needs some.
            self.context.route(re.compile(r"\.js(\?|$)"), lambda route: route.abort())
        self.page = self.context.new_page()

    def open(self, path: str) -> Visitor:
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
        return self.look()

    def look(self) -> Visitor:
        """Axe finds nothing, and nothing is wider than the screen: once for a kind of page."""
        path = self.page.url.partition(self.site.address)[2]
        kind = f"{self.phone} {re.sub(r'[0-9]+|[^/]{24,}', '*', path)} {self.page.title()}"
        if kind in self.site.looked:
            return self
        self.site.looked.add(kind)
        faults = violations(self.page)
        assert faults == [], f"{self.page.url}: {faults}"
        wide = self.page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{self.page.url} is {wide} pixels too wide"
        return self

    def press(self, words: str) -> Visitor:
        self.page.get_by_role("button", name=words, exact=True).first.click()
        self.page.wait_for_load_state()
        return self.look()

    def fill(self, **fields: str) -> Visitor:
        for name, value in fields.items():
            self.page.locator(f"[name={name}]:visible").first.fill(value)
        return self

    def tick(self, *names: str) -> Visitor:
        for name in names:
            self.page.locator(f"input[name={name}]").first.check(force=True)
        return self

    def says(self, words: str) -> None:
        text = " ".join(self.page.locator("main").inner_text().split())
        assert words in text, f"{self.page.url} says: {text[:3000]}"

    def sign_in(self, address: str, there: str) -> Visitor:
        """Sign in by the code in the letter, and go on to a page."""
        self.page.goto(f"/sign-in/?next={quote(there, safe='/')}")
        before = self.site.letters_to(address, "your code")
        self.fill(email=address)
        self.page.locator("main button[type=submit]").first.click()
        ends = time.monotonic() + 30
        while self.site.letters_to(address, "your code") == before and time.monotonic() < ends:
            time.sleep(0.1)
        code = re.search(r"\d{4} \d{4}", self.site.letter(address, "your code"))
        assert code
        self.fill(code=code.group())
        self.page.locator("main button[type=submit]").first.click()
        self.page.wait_for_load_state()
        return self.open(there)

    def close(self) -> None:
        self.context.close()


def until(visitor: Visitor, path: str, words: str, seconds: float = 70.0) -> None:
    """Open a page again and again until it says something: counts lag by a minute at most."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        visitor.page.goto(path)
        if words in " ".join(visitor.page.locator("main").inner_text().split()):
            visitor.look()
            return
        time.sleep(1)
    visitor.says(words)


def sign(browser: Any, site: Site, path: str, name: str, address: str, **more: Any) -> Visitor:
    """Sign on a phone without JavaScript, up to the page that says to look in the mail."""
    visitor = Visitor(browser, site, phone=True).open(path)
    visitor.fill(name=name, email=address, postcode=POSTCODE).tick(
        "consent", *more.get("ticks", ())
    )
    visitor.press("Sign")
    visitor.says("Look in your mail")
    return visitor


def confirm(visitor: Visitor, address: str) -> None:
    letter = visitor.site.letter(address, "Confirm that you sign")
    visitor.open(link_in(letter, "petitions/confirm"))
    visitor.press("Yes, I sign this")
    visitor.says("Thank you")


@pytest.fixture
def site_folder(built_site: Any, tmp_path: Path) -> tuple[dict[str, str], Path]:
    if not built_site.url.startswith("sqlite"):
        pytest.skip("the walk has a database of its own, in one file: it is walked once, on SQLite")
    environment = own_copy(built_site.url, built_site.home, tmp_path / "site")
    seats = [
        *("officer", COUNCIL, "head-of-paid-service", OFFICER),
        *("moderator", "site", "moderators", MODERATOR),
    ]
    subprocess.run(
        [sys.executable, "-m", "tests.walks.seat_people", *seats],
        cwd=REPOSITORY,
        env=environment,
        check=True,
    )
    return environment, tmp_path


def started(organiser: Visitor, address: str) -> str:
    """Write the petition and look for sponsors; its address."""
    organiser.open(WHERE)
    organiser.press("Go on to the words")
    there = organiser.page.url.partition(organiser.site.address)[2]
    if "/sign-in/" in there:
        there = f"{WHERE.replace('/start/', '/start/words/')}&to={COUNCIL}"
    organiser.sign_in(address, there)
    organiser.fill(
        title=TITLE,
        background="Glass is collected once in two months. The banks overflow in the season.",
        detail="We ask for a weekly round from Easter to October, and every fortnight in winter.",
        creator_name=FAKE.name(),
    )
    organiser.press("Look it over")
    organiser.says(TITLE)
    organiser.press("Keep this draft")
    organiser.fill(postcode=POSTCODE).tick("consent")
    organiser.press("Sign, and look for sponsors")
    found = re.search(r"/petitions/\d+/", organiser.page.url)
    assert found
    return found.group()


def opened(browser: Any, site: Site, petition: str, creator: str) -> None:
    """Five sponsors, of whom the creator is told by letter, and a moderator who opens it."""
    sponsors = link_in(site.letter(creator, "Find five people"), "sponsor")
    for _ in range(5):
        address = FAKE.unique.safe_email()
        visitor = sign(browser, site, sponsors, FAKE.name(), address)
        confirm(visitor, address)
        visitor.close()
    moderator = Visitor(browser, site).sign_in(MODERATOR, "/moderation/")
    until(moderator, "/moderation/", TITLE)
    moderator.open(f"/moderation{petition}")
    moderator.page.locator("[name=decision]").select_option("open")
    moderator.press("Decide")
    moderator.close()
    site.letter(creator, "open")


def ten_sign(browser: Any, site: Site, petition: str) -> list[str]:
    """Ten people sign, to hear of the answer, and the first once more: their addresses."""
    signers = [(FAKE.name(), FAKE.unique.safe_email()) for _ in range(10)]
    for name, address in signers:
        visitor = sign(browser, site, f"{petition}sign/", name, address, ticks=("tell_me",))
        # A scanner that follows the link changes nothing.
        letter = site.letter(address, "Confirm that you sign")
        visitor.open(link_in(letter, "petitions/confirm"))
        confirm(visitor, address)
        visitor.close()
    name, address = signers[0]
    sign(browser, site, f"{petition}sign/", name, address).close()
    site.letter(address, "signed")
    return [address for _name, address in signers]


def answered(browser: Any, site: Site, petition: str, due: dt.date) -> None:
    """An officer finds what is owed on the petition's page, and answers it with a commitment."""
    officer = Visitor(browser, site).sign_in(OFFICER, f"/body/{COUNCIL}/")
    officer.open(petition)
    answering = officer.page.locator("a[href*='/answer/'], a[href*='/duties/']").first
    officer.open(str(answering.get_attribute("href")))
    if "/duties/" in officer.page.url:
        officer.page.locator("main a[href*='/answer/']").first.click()
        officer.page.wait_for_load_state()
        officer.look()
    officer.page.locator("input[name=outcome]").first.check(force=True)
    officer.fill(
        decided=DECIDED,
        why="The banks overflow, and the lorry comes by in any case.",
        next_steps="The round begins next month.",
    )
    officer.page.locator("[name=commitment]").first.fill(PROMISE)
    officer.page.locator("[name=due]").first.fill(due.isoformat())
    officer.press("Look it over")
    officer.press("Publish the answer")
    officer.close()


@pytest.mark.slow
def test_from_the_first_word_to_a_broken_promise(site_folder: Any, browser: Any):
    environment, folder = site_folder
    creator = FAKE.unique.safe_email()
    due = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=30)
    with running(environment, folder) as site:
        organiser = Visitor(browser, site)
        petition = started(organiser, creator)
        organiser.close()
        opened(browser, site, petition, creator)
        signers = ten_sign(browser, site, petition)

        anybody = Visitor(browser, site, phone=True)
        # The creator, five sponsors and ten more: the eleventh of those was there before.
        until(anybody, petition, "16 signatures")
        anybody.says("Answer owed by")
        until(anybody, f"/body/{COUNCIL}/", "Answer owed by")
        answered(browser, site, petition, due)

        # A signer reads it by the letter, and says that it did not answer.
        letter = site.letter(signers[3], "has an answer")
        reader = Visitor(browser, site, phone=True).open(link_in(letter, "opinion"))
        reader.says(DECIDED)
        reader.press("No, it did not")
        reader.says("You said: no, it did not.")
        reader.close()
        until(anybody, petition, DECIDED)
        anybody.says(PROMISE)
        anybody.close()

    # The day of the promise has passed, and nobody has said that it was kept.
    with running(environment, folder, days_on=45) as later:
        reader = Visitor(browser, later, phone=True).open(petition)
        reader.says("Overdue since")
        reader.says(PROMISE)
        reader.open(f"/body/{COUNCIL}/")
        reader.says("overdue")
        reader.close()

"""An officer adopts the body's own thresholds on a page; everybody then sees them."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from folkmoot.petitions.models import BodyScheme
from folkmoot.web import remembered
from tests.rooms import petitions_made as made
from tests.rooms.people_invented import LEEDS
from tests.walks.seated import browser_of
from tests.walks.signing_in import get, post

AT = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
PATH = "/petitions/scheme/"
SOURCE = "https://www.leeds.gov.uk/your-council/petitions"
FORM = {
    "body": LEEDS, "answer-number": "1,500", "answer-days": "20", "debate-percent": "0.5%",
    "debate-least": "2000", "debate-days": "60", "since": "2026-12-01", "source": SOURCE,
}  # fmt: skip


@pytest.fixture(autouse=True)
def now():
    cache.clear()
    with time_machine.travel(AT, tick=False) as clock:
        yield clock


@pytest.fixture
def w(db: Any) -> made.World:
    return made.world(AT)


def words(answer: Any) -> str:
    bare = re.sub(r"<(script|style|svg).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def test_an_officer_adopts_and_everybody_sees_it_from_its_day(w, now) -> None:
    officer = browser_of(w.officer)
    before = words(get(officer, PATH))
    assert "This site's own scheme. It is no law" in before
    assert "1 in 2,000 residents, at least 10" in before

    done = post(officer, PATH, PATH, **FORM)

    assert (done.status_code, done["Location"]) == (302, f"{PATH}?body={LEEDS}")
    assert BodyScheme.objects.get().levels == [
        {"kind": "answer", "number": 1500, "days": 20},
        {"kind": "debate", "share": 0.005, "at_least": 2000, "days": 60},
    ]
    said = words(get(officer, done["Location"]))
    assert "Version 1, for petitions that open from 1 December 2026" in said
    assert "This site's own scheme. It is no law" in said
    now.move_to(AT + dt.timedelta(days=8))
    remembered.forget()
    assert "Leeds City Council , from 1 December 2026" in words(
        get(Client(), "/petitions/standards/")
    )


def test_every_fault_is_named_at_its_field_and_what_was_typed_stays(w) -> None:
    officer = browser_of(w.officer)

    wrong = {"body": LEEDS, "answer-number": "ten", "debate-percent": "90", "since": "tomorrow",
             "source": "x"}  # fmt: skip
    page = post(officer, PATH, PATH, **wrong)
    other = post(officer, PATH, PATH, **{**wrong, "since": "2026-11-22"})

    html = page.content.decode()
    found = set(re.findall(r'href="#([\w-]+)">', html))
    assert page.status_code == 400
    assert found >= {"answer-number", "answer-days", "debate-percent", "debate-least", "since"}
    assert {"since", "source"} <= set(re.findall(r'href="#([\w-]+)">', other.content.decode()))
    for field in found - {"main"}:
        assert f'id="{field}"' in html
    assert 'value="ten"' in html
    assert "a percentage over 0 and up to 25" in words(page)
    assert not BodyScheme.objects.exists()


def test_an_empty_form_asks_for_an_answer(w) -> None:
    page = post(browser_of(w.officer), PATH, PATH, body=LEEDS, source=SOURCE)

    assert page.status_code == 400
    assert 'href="#answer-number"' in page.content.decode()


@pytest.mark.parametrize("who", ["creator", "moderator", "site", "administrator"])
def test_nobody_else_sees_the_page(w, who) -> None:
    assert get(browser_of(getattr(w, who)), PATH).status_code == 403


def test_an_officer_of_another_body_adopts_for_their_own_only(w) -> None:
    stranger = browser_of(w.stranger)

    assert "Devon County Council" in words(get(stranger, PATH))
    assert get(stranger, f"{PATH}?body={LEEDS}").status_code == 403
    assert post(stranger, PATH, PATH, **FORM).status_code == 403
    assert not BodyScheme.objects.exists()


def test_somebody_not_signed_in_is_asked_to(w) -> None:
    answer = get(Client(), PATH)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")

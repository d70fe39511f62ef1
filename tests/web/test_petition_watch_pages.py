"""Where and when people signed; and what is taken elsewhere: picture, count and sheet."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from folkmoot.petitions.actions.breakdowns import renew_breakdowns
from folkmoot.petitions.models import Petition
from folkmoot.petitions.rules.states import STATES
from folkmoot.web import remembered
from folkmoot.web.charts.days import Days, draw_days
from folkmoot.web.share_image import HEIGHT, WIDTH, face, share_image, wrapped
from tests.built_database import BUILT_AT
from tests.rooms.petitions_watched import EXETER_CODE, LEEDS_CODE, counts, matter, petition

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
SHARED = ("image.png", "count/", "count.json")


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(BUILT_AT, tick=False) as clock:
        yield clock


@pytest.fixture
def signed(db: None, today: dt.date) -> Petition:
    """A petition with 40 signatures from Leeds, 3 from Exeter and 9 from France."""
    matter(EXETER_CODE)
    for number in range(20):
        matter(f"E0700{number:04}")
    row = petition(today, signatures=52, title='Mend "our" <roads> & lanes')
    days = {today - 3 * DAY: 30, today - DAY: 10}
    counts(row, {LEEDS_CODE: days, EXETER_CODE: {today - 2 * DAY: 3}, "FR": {today - DAY: 9}})
    return row


def get(row: Petition, page: str, status: int = 200) -> Any:
    remembered.forget()
    answer = Client().get(f"/petitions/{row.pk}/{page}")
    assert answer.status_code == status, page
    assert not answer.cookies
    return answer


def words(answer: Any) -> str:
    bare = re.sub(r"<(script|style|svg).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def test_before_enough_have_signed_nothing_is_shown(today):
    said = words(get(petition(today, signatures=3), "where/"))

    assert "Nothing can be shown yet" in said
    assert "25 people have signed" in said


def test_places_and_days_are_shown_as_far_as_they_may_be(signed, today):
    renew_breakdowns(today=today)
    answer = get(signed, "where/")
    said, html = words(answer), answer.content.decode()

    assert "As it stood at the end of 22 November 2026, with 52 signatures." in said
    assert "Leeds 40 822,000" in said
    assert "Other countries, and places that are not known 9" in said
    assert "Exeter" not in said
    assert "3 more are of places that are not shown" in said
    assert "20 November 2026 30" in said
    # Alone, the three of the day before would be the total less the others.
    assert "21 November 2026 not shown 22 November 2026 not shown" in said
    assert 'class="fm-map"' in html
    assert "Leeds: 40 signatures, 0.049 for every 1,000 residents" in unescape(html)
    assert f"/petitions/{signed.pk}/count/" in unescape(html)
    assert "<roads>" not in html


def test_the_page_is_made_anew_with_its_table(signed, today):
    url = f"/petitions/{signed.pk}/where/"
    assert "Nothing can be shown yet" in Client().get(url).content.decode()

    renew_breakdowns(today=today)
    for looked in (remembered._SHELF.watched,):
        looked.clear()

    assert "As it stood" in Client().get(url).content.decode()


def test_where_asks_little_of_the_database(signed, today):
    renew_breakdowns(today=today)
    get(signed, "where/")
    remembered.forget()

    with CaptureQueriesContext(connection) as asked:
        Client().get(f"/petitions/{signed.pk}/where/")

    assert len(asked) <= 6


def test_only_what_was_let_through_is_taken_elsewhere(today):
    other = petition(today)
    for state in STATES:
        row = petition(
            today,
            state,
            title="SECRET",
            title_hidden=state == "hidden",
            merged_into=other if state == "merged" else None,
            referred_to=other.body if state == "referred" else None,
        )
        status = 200 if state in ("open", "closed", "withdrawn") else 404
        for page in SHARED:
            get(row, page, status)
        get(row, "sheet/", 200 if state == "open" else 404)
        if state in ("draft", "sponsors", "moderation", "hidden"):
            assert b"SECRET" not in get(row, "where/", 404).content


def test_the_count_stands_in_frames_of_anybody_and_nothing_else_does(signed):
    framed = get(signed, "count/")
    usual = get(signed, "where/")

    assert "X-Frame-Options" not in framed
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert "script-src" not in framed["Content-Security-Policy"]
    assert "default-src 'none'" in framed["Content-Security-Policy"]
    assert usual["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in usual["Content-Security-Policy"]
    assert "52" in words(framed)
    assert "<form" not in framed.content.decode()
    assert "<script" not in framed.content.decode()
    missing = Client().get("/petitions/99999999/count/")
    assert missing.status_code == 404
    assert missing["X-Frame-Options"] == "DENY"


def test_any_page_may_read_the_count(signed):
    answer = get(signed, "count.json")

    assert answer["Access-Control-Allow-Origin"] == "*"
    assert json.loads(answer.content)["signatures"] == 52
    assert "Access-Control-Allow-Origin" not in get(signed, "where/")


def test_the_picture_is_a_picture(signed):
    answer = get(signed, "image.png")

    image = Image.open(io.BytesIO(answer.content))
    assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT))
    assert answer["Content-Type"] == "image/png"
    assert len(answer.content) < 100_000
    assert image.convert("RGB").getcolors(maxcolors=WIDTH * HEIGHT) is not None


def test_the_petition_says_which_picture_goes_with_it(signed):
    html = get(signed, "").content.decode()

    assert f"/petitions/{signed.pk}/image.png" in html
    alt = unescape(re.search(r'og:image:alt" content="([^"]*)"', html)[1])
    assert alt.startswith('Mend "our" <roads> & lanes. A petition to Leeds City Council')


@pytest.mark.parametrize(
    "title",
    ["", "W" * 100, "Ŵy ŷ ł ğ ẞ", "日本語 العربية 🙂", "word " * 20, "Short"],
)
def test_any_title_fits_its_picture(title):
    image = Image.open(io.BytesIO(share_image(title, "To a body " * 30, "Open until 3 May 2027")))

    right = image.convert("RGB").crop((WIDTH - 60, 20, WIDTH, HEIGHT))
    assert right.getcolors() is not None, "something is written beyond the margin"
    assert len(right.getcolors()) == 1


def test_the_typeface_is_the_sites_own():
    assert face(700, 40).first.getname() == ("Atkinson Hyperlegible", "Bold")
    assert face(400, 40).others.getname() == ("Atkinson Hyperlegible", "Regular")
    assert wrapped("one two", face(400, 40), 10_000) == ["one two"]


def test_a_sheet_holds_the_petition_and_the_consent(signed, today):
    said = words(get(signed, "sheet/"))

    for text in (
        'Mend "our" <roads> & lanes',
        "A petition to Leeds City Council",
        "A background.",
        "A detail.",
        "By signing you agree that this site keeps your name",
        "the law protects such opinions specially",
        "This site does not hold that officer's address",
        "Postcode",
    ):
        assert text in said
    signed.words_hidden = True
    signed.save()
    get(signed, "sheet/", 404)


def test_days_are_drawn_with_what_is_not_shown():
    days = Days("k", "Title", "Words", (5, None, 10), "first", "last", "10")
    svg = draw_days(days)

    assert svg is not None
    assert svg.count("z") >= 2
    assert "c-nation-path" in svg
    assert draw_days(Days("k", "t", "d", (None, None), "a", "b", "0")) is None

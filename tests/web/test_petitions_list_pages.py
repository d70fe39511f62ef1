"""The list of petitions, its feeds, and how fresh the counts on pages are."""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from folkmoot.petitions.models import Petition
from folkmoot.web import remembered
from tests.built_database import BUILT_AT
from tests.rooms.petitions_watched import EXETER_CODE, matter, petition

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(BUILT_AT, tick=False) as clock:
        yield clock


def get(path: str, status: int = 200) -> str:
    answer = Client().get(path)
    assert answer.status_code == status, path
    assert not answer.cookies
    return answer.content.decode()


def words(html: str) -> str:
    bare = re.sub(r"<(script|style|svg|form).*?</\1>", " ", html, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def listed(path: str) -> list[int]:
    remembered.forget()
    return [int(number) for number in re.findall(r'href="/petitions/(\d+)/"', get(path))]


def test_an_empty_list_says_how_to_begin(db):
    said = words(get("/petitions/"))

    assert "There is no petition here yet. Yours could be the first." in said
    assert 'href="/petitions/start/"' in get("/petitions/")


def test_the_list_shows_how_petitions_stand(today):
    petition(today, signatures=1312)
    petition(today, "rejected", reason="sub-judice", title="A matter <b>before</b> a court")
    hidden = petition(today, "hidden", title="SECRET", title_hidden=True, reason="libel")
    petition(today, "draft", title="SECRET")
    html = get("/petitions/")
    said = words(html)

    assert "3 petitions." in said
    assert "1,312 signatures. Open for signatures until" in said
    assert "Not accepted. Why: it is about a matter that is before a court." in said
    assert "A matter &lt;b&gt;before&lt;/b&gt; a court" in html
    assert f"Petition {hidden.pk}: its title is not shown" in said
    assert "SECRET" not in html


def test_filters_and_pages_hang_together(today):
    area, service, body = matter(EXETER_CODE, "roads", "exeter-city-council")
    roads = petition(today, area=area, service=service, body=body, title="Mend the roads")
    others = [petition(today, signatures=number) for number in range(30)]

    assert listed("/petitions/?place=Exeter") == [roads.pk]
    assert listed("/petitions/?service=roads") == [roads.pk]
    assert listed("/petitions/?body=Exeter+City+Council") == [roads.pk]
    assert listed("/petitions/?words=raod+mending") == [roads.pk]
    first = get("/petitions/?sort=most-signed&place=leeds")
    following = unescape(re.search(r'href="(\?[^"]*after[^"]*)"', first)[1])
    assert "place=leeds" in following
    both = listed("/petitions/?sort=most-signed&place=leeds") + listed(f"/petitions/{following}")
    assert both == [row.pk for row in reversed(others)]
    assert "1 petition of the kind you asked for." in words(get("/petitions/?place=exeter"))
    assert "There is no petition of this kind here." in words(get("/petitions/?state=closed"))


def test_what_is_asked_wrongly_is_said(today):
    petition(today)

    assert "There are: newest" in get("/petitions/?sort=magic", 404)
    get("/petitions/?state=draft", 404)
    get("/petitions/?after=magic", 400)
    get("/petitions/?place=%00", 400)
    assert "place=Exeter" in get("/petitions/?place=Exter", 404) or matter(EXETER_CODE)
    postcode = get("/petitions/?place=LS1+1UR", 404)
    assert "no postcode may stand in an address" in postcode
    assert "LS1 1UR" not in words(postcode)


def test_trending_says_how_it_is_worked_out(today, at):
    petition(today, signatures=1000, last_day=100, counted_at=at)
    petition(today, title="Where four signed", signatures=4, last_day=4, counted_at=at)

    said = words(get("/petitions/?sort=trending"))

    assert "divided by all signatures of the petition plus 500" in said
    assert "that fewer than 5 people signed in that time is not listed" in said
    assert "Where four signed" not in said


def feed(path: str) -> ET.Element:
    answer = Client().get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/atom+xml")
    return ET.fromstring(answer.content)


def test_the_feed_is_the_list(today):
    petition(today, title='Fish & "chips"')
    petition(today, "rejected", title="SECRET", title_hidden=True)
    petition(today, "draft", title="SECRET")
    root = feed("/petitions/feed/?place=leeds")

    titles = [entry.findtext(f"{ATOM}title") for entry in root.iter(f"{ATOM}entry")]
    assert 'Fish & "chips"' in titles
    assert len(titles) == 2
    assert b"SECRET" not in ET.tostring(root)
    ids = [entry.findtext(f"{ATOM}id") for entry in root.iter(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)
    assert "/petitions/?place=leeds" in root.find(f"{ATOM}link").attrib["href"]


def test_a_petition_has_a_feed_of_what_happened(today):
    row = petition(today, signatures=12)
    root = feed(f"/petitions/{row.pk}/feed/")

    assert "12 signatures" in root.findtext(f"{ATOM}subtitle")
    assert [e.findtext(f"{ATOM}title") for e in root.iter(f"{ATOM}entry")] == ["Begun."]
    assert Client().get(f"/petitions/{petition(today, 'draft').pk}/feed/").status_code == 404


def test_the_list_asks_little_of_the_database(today):
    for number in range(30):
        petition(today, signatures=number)
    get("/petitions/")
    remembered.forget()

    with CaptureQueriesContext(connection) as asked:
        get("/petitions/?place=leeds&sort=most-signed")

    assert len(asked) <= 5


def test_a_list_is_remembered_and_a_count_shows_within_a_minute(today, at, monkeypatch):
    row = petition(today, signatures=5, counted_at=at)
    clock = [1_000.0]
    monkeypatch.setattr(remembered.time, "monotonic", lambda: clock[0])
    clock[0] += 3 * remembered.COUNTS
    assert "5 signatures" in words(get("/petitions/"))
    clock[0] += 3 * remembered.COUNTS
    assert "5 signatures" in words(get("/petitions/"))
    with CaptureQueriesContext(connection) as asked:
        get("/petitions/")
    assert len(asked) == 0

    for signatures, waited in ((6, 1), (7, 10), (8, 25), (9, 90)):
        Petition.objects.filter(pk=row.pk).update(
            signatures=signatures, counted_at=at + dt.timedelta(seconds=clock[0])
        )
        clock[0] += waited
        get("/petitions/")
        clock[0] += remembered.COUNTS + remembered.LOOK
        assert f"{signatures} signatures" in words(get("/petitions/"))

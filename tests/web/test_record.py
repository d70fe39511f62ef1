"""The public record as pages and as feeds."""

import datetime as dt
import hashlib
import re
from xml.etree import ElementTree

import pytest

from folkmoot.common import acts
from folkmoot.common.models import PublicAct
from folkmoot.places.models import Area
from folkmoot.services.models import Service

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def record(db, at):
    for code, name in (("E08000035", "Leeds"), ("E10000008", "Devon")):
        Area.objects.create(
            code=code, name=name, slug=name.lower(), kind="county", edition="2025-04", source="test"
        )
    for position, title in enumerate(("Schools", "Waste")):
        Service.objects.create(slug=title.lower(), title=title, summary=title, position=position)
    rows = [
        ("publish-release", "", "E08000035", "schools", "ons", "release:1"),
        ("publish-release", "", "E10000008", "waste", "defra", "release:2"),
        ("accept-fault", "unknown-area", "E08000035", "schools", "ons", "release:3"),
        ("publish-release", "", "E08000035", "waste", "defra", "release:4"),
    ]
    return acts.record_acts(
        acts.NewAct(
            "operator",
            verb,
            subject,
            at + dt.timedelta(minutes=number),
            place=place,
            service=service,
            body=body,
            reason=reason,
            link=f"/releases/{subject[-1]}/",
        )
        for number, (verb, reason, place, service, body, subject) in enumerate(rows)
    )


def subjects(page):
    table = page.content.decode().partition("<tbody")[2]
    return re.findall(r"release:\d+", table)


def test_the_record_shows_the_newest_first(client, record):
    page = client.get("/record/")

    assert page.status_code == 200
    assert subjects(page) == ["release:4", "release:3", "release:2", "release:1"]
    assert "accepted a fault: rows name places that no look-up knows" in page.content.decode()
    assert 'href="/place/leeds/">Leeds</a>' in page.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("place=leeds", [4, 3, 1]),
        ("place=Leeds", [4, 3, 1]),
        ("place=E10000008", [2]),
        ("service=waste", [4, 2]),
        ("body=ons", [3, 1]),
        ("verb=accept-fault", [3]),
        ("place=leeds&service=waste", [4]),
        ("place=devon&body=ons", []),
        ("place=&service=&body=&verb=", [4, 3, 2, 1]),
    ],
)
def test_it_can_be_narrowed_on_the_page_and_in_the_feed(client, record, query, found):
    expected = [f"release:{number}" for number in found]
    page, feed = client.get(f"/record/?{query}"), client.get(f"/record/feed/?{query}")
    titles = [e.text for e in ElementTree.fromstring(feed.content).iter(f"{ATOM}title")][1:]

    assert subjects(page) == expected
    assert [title.rsplit(" ", 1)[1] for title in titles] == expected
    if not found:
        assert "Nothing like this is in the record" in page.content.decode()


def test_older_acts_are_on_further_pages_each_once(client, record, at):
    acts.record_acts(
        acts.NewAct("operator", "publish-release", f"release:{number}", at)
        for number in range(100, 220)
    )
    seen, address = [], "/record/?verb=publish-release"
    while address:
        page = client.get(address)
        seen += subjects(page)
        older = re.search(r'href="(\?[^"]+)" rel="next"', page.content.decode())
        address = f"/record/{older[1].replace('&amp;', '&')}" if older else ""

    newest = [f"release:{number}" for number in range(219, 99, -1)]
    assert seen == [*newest, "release:4", "release:2", "release:1"]


def test_the_feed_is_sound_atom(client, record):
    answer = client.get("/record/feed/?place=leeds")
    feed = ElementTree.fromstring(answer.content)
    entry = feed.find(f"{ATOM}entry")

    assert answer["Content-Type"].startswith("application/atom+xml")
    assert feed.tag == f"{ATOM}feed"
    assert feed.findtext(f"{ATOM}title") == "Public record: Leeds"
    assert feed.findtext(f"{ATOM}updated") == "2026-11-23T12:03:00+00:00"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {
        "alternate": "http://localhost:8000/record/?place=leeds",
        "self": "http://localhost:8000/record/feed/?place=leeds",
    }
    newest = record[-1]
    assert entry.findtext(f"{ATOM}id") == f"tag:localhost,2026-11-23:record/{newest.pk}"
    assert entry.find(f"{ATOM}link").get("href").endswith(f"/record/{newest.pk}/")
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "operator"


def test_one_act_shows_what_was_recorded_and_its_digest(client, record):
    act = record[2]
    page = client.get(f"/record/{act.pk}/").content.decode()
    file = client.get(f"/record/{act.pk}/canonical.json")

    assert act.sha256 in page
    assert "&quot;verb&quot;:&quot;accept-fault&quot;" in page
    assert file["Content-Type"] == "application/json"
    assert hashlib.sha256(file.content).hexdigest() == act.sha256


def test_the_words_beside_an_act_are_shown_until_withdrawn(client, record, at):
    act = record[0]
    acts.attach_note(act, "See <b>www.leeds.gov.uk</b>")
    assert "&lt;b&gt;" in client.get(f"/record/{act.pk}/").content.decode()

    acts.withdraw_note(act, office="operator", reason="court-order", at=at)
    page = client.get(f"/record/{act.pk}/").content.decode()
    assert "leeds.gov.uk" not in page
    assert "withdrawn on 23 November 2026, because a court ordered it" in page
    assert act.sha256 in page


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/record/999999/", 404),
        ("/record/999999/canonical.json", 404),
        ("/record/?place=leds", 404),
        ("/record/?place=E99999999", 404),
        ("/record/?service=magic", 404),
        ("/record/?verb=conjure", 400),
        ("/record/?below=x", 400),
        ("/record/?below=-1", 400),
        ("/record/?below=99999999999999999999", 400),
        ("/record/feed/?verb=conjure", 400),
        ("/record/feed/?place=%00", 400),
        ("/record/?body=%00", 400),
    ],
)
def test_what_is_not_there_is_said_plainly(client, record, address, status):
    assert client.get(address).status_code == status


def test_a_misspelt_place_is_suggested(client, record):
    page = client.get("/record/?place=leds").content.decode()

    assert 'href="/record/?place=leeds"' in page


def test_nobody_writes_here(client, record):
    for address in ("/record/", "/record/feed/", f"/record/{record[0].pk}/"):
        assert client.post(address).status_code == 405


def test_an_empty_record_says_so(client, db):
    assert "Nothing like this is in the record" in client.get("/record/").content.decode()


def test_a_full_page_takes_few_queries(client, record, at, django_assert_max_num_queries):
    acts.record_acts(
        acts.NewAct("operator", "publish-release", f"release:{n}", at, place="E08000035")
        for n in range(60)
    )

    with django_assert_max_num_queries(7):
        client.get("/record/?place=leeds&service=waste")
    assert PublicAct.objects.count() == 64

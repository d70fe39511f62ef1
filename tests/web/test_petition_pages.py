"""The page of a petition in every state: what is shown, what is not, and how seldom it asks."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from folkmoot.common.plain_text import to_html
from folkmoot.petitions.actions.thresholds import reach
from folkmoot.petitions.models import ModerationDecision, Petition, Signature
from folkmoot.petitions.models_signing import PENDING, SET_ASIDE, TAKEN_BACK
from folkmoot.petitions.rules import states
from folkmoot.web import remembered
from tests.built_database import BUILT_AT
from tests.rooms import petitions_made as made
from tests.rooms.people_invented import FAKE

# Three of these ask whether anything has changed; answers that were given are up to five more.
CEILING = 16


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(BUILT_AT, tick=False) as clock:
        yield clock


@pytest.fixture
def w(db, at):
    return made.world(at)


def words(answer: Any) -> str:
    bare = re.sub(r"<(script|style|svg).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def page(petition: Petition, status: int = 200) -> Any:
    remembered.forget()
    answer = Client().get(f"/petitions/{petition.pk}/")
    assert answer.status_code == status
    assert not answer.cookies
    return answer


def read(petition: Petition) -> str:
    return words(page(petition))


def test_an_open_petition_says_first_how_it_stands(w, at):
    petition = made.petition(w, creator_shown=True)
    made.signatures(petition, 7, at)
    answer = page(petition)
    said = words(answer)

    first = "7 signatures; 3 more make a written answer owed. Open for signatures until"
    assert first in said
    assert said.index(first) < said.index(f"{made.TITLE} A petition to Leeds City Council")
    for text in (made.BACKGROUND, made.DETAIL, f"Begun by {petition.creator_name}."):
        assert text in said
    html = answer.content.decode()
    for link in ("/body/leeds-city-council/", "/place/leeds/waste/", f"{petition.pk}/sign/"):
        assert link in html
    assert '<progress class="fm-progress" value="7" max="10"' in html
    assert (
        f"&lt;iframe src=&quot;http://localhost:8000/petitions/{petition.pk}/count/&quot;" in html
    )
    assert "csrfmiddlewaretoken" not in html
    assert "<script" not in html


def test_a_petition_about_one_signature_short(w, at):
    petition = made.petition(w)
    made.signatures(petition, 9, at)

    assert "9 signatures; 1 more makes a written answer owed." in read(petition)


def test_a_threshold_that_was_reached_shows_what_is_owed_and_never_goes_back(w, at):
    petition = made.petition(w)
    made.signatures(petition, 10, at)
    petition.refresh_from_db()
    reach(petition=petition, at=at)
    Petition.objects.filter(pk=petition.pk).update(signatures=8)
    said = read(petition)

    assert "8 signatures; 42 more make a hearing of the senior officer in public owed." in said
    assert re.search(r"Answer owed by \d+ December 2026; 30 days left\.", said)
    assert "Reached on 23 November 2026." in said
    assert '<progress class="fm-progress" value="10" max="10"' in page(petition).content.decode()
    assert "10 signatures: a written answer became owed." in said


def test_names_are_shown_only_of_those_who_asked(w, at):
    petition = made.petition(w)
    shown = made.signature(petition, at, name=FAKE.unique.name(), name_shown=True)
    quiet = made.signature(petition, at, name=FAKE.unique.name())
    for state in (PENDING, TAKEN_BACK, SET_ASIDE):
        made.signature(petition, at, name=f"Not {state} shown", name_shown=True, state=state)
    Petition.objects.filter(pk=petition.pk).update(signatures=2)
    html = page(petition).content.decode()

    assert unescape(html).count(shown.name) == 1
    assert quiet.name not in unescape(html)
    assert "shown, Not" not in html
    assert " shown</p>" not in html
    for row in Signature.objects.all():
        assert row.email not in html
        assert row.postcode not in html
    assert petition.sponsor_key not in html
    assert w.creator.email not in html
    assert petition.creator_name not in html


def test_a_rejected_petition_keeps_its_words_and_says_why(w):
    said = read(made.petition(w, states.REJECTED))

    assert "it does not ask for anything that somebody could do" in said
    assert made.TITLE in said
    assert made.BACKGROUND in said
    assert "Sign this petition" not in said
    assert "leeds-city-council/clerk" in said


@pytest.mark.parametrize(
    ("state", "flags", "hidden", "shown"),
    [
        (
            states.REJECTED,
            {"words_hidden": True},
            (made.BACKGROUND, made.DETAIL),
            (made.TITLE,),
        ),
        (
            states.REJECTED,
            {"words_hidden": True, "title_hidden": True},
            (made.BACKGROUND, made.DETAIL, made.TITLE),
            (),
        ),
        (states.HIDDEN, {}, (made.BACKGROUND, made.DETAIL, made.TITLE), ("it may be libellous",)),
        (
            states.HIDDEN,
            {"words_hidden": False, "title_hidden": False},
            (made.BACKGROUND, made.DETAIL),
            (made.TITLE,),
        ),
    ],
)
def test_what_is_hidden_is_not_in_the_page_at_all(w, at, state, flags, hidden, shown):
    petition = made.petition(w, state, creator_shown=True, **flags)
    made.signature(petition, at, name_shown=True)
    html = unescape(page(petition).content.decode())

    for text in hidden:
        assert text not in html
    for text in shown:
        assert text in html
    if made.TITLE in hidden:
        assert f"Petition {petition.pk}: its title is not shown" in html
        assert "Pass it on" not in html
        assert 'content="noindex"' in html
    for path in ("sign/", "sent/", "thanks/", "taken-back/"):
        other = Client().get(f"/petitions/{petition.pk}/{path}")
        assert not [text for text in hidden if text in unescape(other.content.decode())]


def test_side_states_lead_on(w):
    merged = made.petition(w, states.MERGED)
    html = page(merged).content.decode()
    assert f'href="/petitions/{merged.merged_into_id}/"' in html
    assert merged.merged_into is not None
    joined = page(merged.merged_into).content.decode()
    assert f'href="/petitions/{merged.pk}/"' in joined

    referred = made.petition(w, states.REFERRED)
    assert 'href="/body/devon-county-council/"' in page(referred).content.decode()
    copy = made.petition(w, body=w.other_body, continues=referred)
    assert f'href="/petitions/{copy.pk}/"' in page(referred).content.decode()
    assert f'href="/petitions/{referred.pk}/"' in page(copy).content.decode()
    waiting = made.petition(w, states.MODERATION, body=w.other_body, continues=referred)
    assert f'"/petitions/{waiting.pk}/"' not in page(referred).content.decode()


def test_a_closed_petition_cannot_be_signed_and_shows_what_it_reached(w, at):
    petition = made.petition(w, states.CLOSED)
    made.signatures(petition, 5, at)
    said = read(petition)

    assert said.count("Not reached.") == 3
    assert "Sign this petition" not in said
    assert "Closed on 22 November 2026." in said


def test_an_appeal_stands_in_the_history(w, at):
    petition = made.petition(w, states.REJECTED)
    ModerationDecision.objects.create(
        petition=petition, step="appeal", outcome=states.REJECTED, reason="not-a-request",
        since=at, at=at, office="site/moderators",
    )  # fmt: skip
    said = read(petition)

    assert "On appeal, the first decision stands." in said
    assert "site/moderators" in said


@pytest.mark.parametrize("state", [states.DRAFT, states.SPONSORS, states.MODERATION])
def test_there_is_no_such_petition_before_it_is_public(w, state):
    petition = made.petition(w, state)
    assert made.TITLE not in words(page(petition, 404))


def test_what_people_write_is_text(w):
    trick = "<script>alert(1)</script> & <b>bold</b> https://example.org/a"
    petition = made.petition(
        w, title="Mend <i>our</i> lights", background=trick, detail=trick, creator_shown=True,
        creator_name="<img src=x>",
    )  # fmt: skip
    html = page(petition).content.decode()

    for raw in ("<script>alert", "<b>bold", "<i>our", "<img src=x"):
        assert raw not in html
    assert str(to_html(trick)) in html
    assert "Mend &lt;i&gt;our&lt;/i&gt; lights" in html


def test_a_page_asks_little_and_when_remembered_hardly_anything(w, at, now):
    petition = made.petition(w, office="leader", creator_shown=True)
    made.signatures(petition, 12, at, name_shown=True)
    petition.refresh_from_db()
    reach(petition=petition, at=at)
    path = f"/petitions/{petition.pk}/"
    remembered.forget()
    with CaptureQueriesContext(connection) as cold:
        first = Client().get(path)
    with CaptureQueriesContext(connection) as warm:
        again = Client().get(f"{path}?utm_source=a-friend")

    assert len(cold) <= CEILING, [query["sql"][:120] for query in cold.captured_queries]
    assert len(warm) == 0
    assert again.content == first.content
    assert first["Cache-Control"] == "public, max-age=10"
    assert Client().get(path, headers={"if-none-match": first["ETag"]}).status_code == 304


def test_a_new_count_is_on_the_page_after_two_seconds(w, at):
    petition = made.petition(w)
    path = f"/petitions/{petition.pk}/"
    before = words(Client().get(path))
    Petition.objects.filter(pk=petition.pk).update(signatures=4, counted_at=at)
    assert words(Client().get(path)) == before

    looked, stamp = remembered._SHELF.watched[path]
    remembered._SHELF.watched[path] = (looked - remembered.LOOK, stamp)
    assert "4 signatures; 6 more" in words(Client().get(path))


def test_hiding_words_takes_effect_within_two_seconds(w, at):
    petition = made.petition(w)
    path = f"/petitions/{petition.pk}/"
    Client().get(path)
    Petition.objects.filter(pk=petition.pk).update(words_hidden=True)
    looked, stamp = remembered._SHELF.watched[path]
    remembered._SHELF.watched[path] = (looked - remembered.LOOK, stamp)

    assert made.BACKGROUND not in words(Client().get(path))


def test_the_last_day_is_told_in_words(w, at):
    petition = made.petition(w, closes_on=BUILT_AT.date())
    assert "today is the last day" in read(petition)
    over = made.petition(w, opened_on=BUILT_AT.date() - dt.timedelta(days=9),
                         closes_on=BUILT_AT.date() - dt.timedelta(days=1))  # fmt: skip
    assert "Closed on 22 November 2026." in read(over)
    assert "Sign this petition" not in read(over)

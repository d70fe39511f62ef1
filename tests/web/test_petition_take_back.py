"""Taking a signature back: by the letter's link, by another letter, and from the creator's page."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from folkmoot.common.models import Message
from folkmoot.people.limits import ASK_TAKE_BACK, LIMITS
from folkmoot.petitions import tokens
from folkmoot.petitions.keys import address_key
from folkmoot.petitions.models import Petition, Signature
from folkmoot.petitions.models_signing import CREATOR, PENDING, TAKEN_BACK
from folkmoot.petitions.rules import states
from tests.built_database import BUILT_AT as AT
from tests.rooms import petitions_made as made
from tests.rooms.people_invented import address
from tests.walks.seated import browser_of
from tests.web.test_petition_signing import get, post, words


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(AT, tick=False) as clock:
        yield clock


@pytest.fixture
def w(db) -> made.World:
    return made.world(AT)


@pytest.fixture
def petition(w: made.World) -> Petition:
    return made.petition(w)


def signed(petition: Petition, **more: object) -> Signature:
    email = address()
    return made.signature(petition, AT, email=email, address_key=address_key(email), **more)


def ask(petition: Petition, email: str):
    return post(f"/petitions/{petition.pk}/take-back/", {"email": email})


def letter_to(email: str) -> str:
    return str(Message.objects.get(to=email).payload["text"])


@pytest.mark.parametrize("state", [states.OPEN, states.CLOSED, states.HIDDEN])
def test_whoever_lost_the_letter_gets_the_link_whatever_has_become_of_it(w, state):
    row = signed(made.petition(w, state))
    form = get(f"/petitions/{row.petition_id}/take-back/")
    assert "Send me the link" in words(form)

    done = ask(row.petition, row.email.upper())

    assert done["Location"] == f"/petitions/{row.petition_id}/take-back/sent/"
    assert "Look in your mail" in words(get(done["Location"]))
    link = f"/petitions/take-back/{tokens.make(tokens.TAKE_BACK, row.pk)}/"
    assert link in letter_to(row.email)
    post(link, {})
    row.refresh_from_db()
    assert (row.state, row.email) == (TAKEN_BACK, "")


def _bare(sql: str) -> str:
    """A statement without what it is about: values, names of savepoints, keys of locks."""
    what = re.split(r" WHERE | VALUES |UNNEST\(", sql)[0]
    return re.sub(r"_x\d+|(?<=_lock\()-?\d+", "", what)


def test_whoever_asks_learns_nothing(petition):
    """The same page, the same statements and a letter, for who signed and for who did not."""
    known, waiting = signed(petition), signed(petition, state=PENDING, confirmed_at=None)
    pages, did = [], []
    for email in (known.email, waiting.email, address()):
        with CaptureQueriesContext(connection) as done:
            pages.append(words(get(ask(petition, email)["Location"])))
        did.append([_bare(query["sql"]) for query in done])
    assert pages[0] == pages[1] == pages[2]
    assert did[0] == did[1] == did[2]
    assert Message.objects.filter(key__contains="/take-back/").count() == 3
    assert "nothing to take back" in letter_to(waiting.email)
    assert "/petitions/take-back/" not in letter_to(waiting.email)


def test_the_letter_goes_to_the_address_that_was_proved(petition):
    """A tag behind a plus might be somebody else's mailbox."""
    row = signed(petition)
    ask(petition, row.email.replace("@", "+other@"))
    assert Message.objects.get(key__contains="/take-back/").to == row.email


def test_few_letters_because_of_this(petition):
    row = signed(petition)
    most = LIMITS[ASK_TAKE_BACK][0].count
    for number in range(most):
        other = made.petition(made.world(AT)) if number else petition
        assert ask(other, row.email).status_code == 302
    assert ask(petition, row.email.replace("@", "+x@")).status_code == 429
    assert ask(petition, "nobody").status_code == 400
    assert post("/petitions/99999999/take-back/", {"email": row.email}).status_code == 404


def test_what_is_not_public_shows_no_title(w):
    petition = made.petition(w, states.SPONSORS)
    assert made.TITLE not in get(f"/petitions/{petition.pk}/take-back/").content.decode()


def test_the_creators_page_has_a_button_for_it(w, petition):
    there = f"/petitions/{petition.pk}/manage/"
    creator = browser_of(w.creator)
    assert "Your own signature" not in words(creator.get(there, secure=True))
    own = signed(petition, origin=CREATOR)
    Petition.objects.filter(pk=petition.pk).update(state=states.CLOSED)
    page = creator.get(there, secure=True).content.decode()
    link = re.search(r'href="(/petitions/take-back/[^"]+)"', page)
    assert link
    post(link.group(1), {})
    own.refresh_from_db()
    assert own.state == TAKEN_BACK


def test_words_that_were_hidden_are_not_served_to_sponsors(w):
    """As libel, say: neither to a look nor to a form with a fault."""
    for state in (states.HIDDEN, states.REJECTED, states.WITHDRAWN):
        petition = made.petition(w, state, words_hidden=True, title_hidden=True)
        path = f"/petitions/{petition.pk}/sponsor/{petition.sponsor_key}/"
        for answer in (Client().get(path), post(path, {"name": "Ann"})):
            assert answer.status_code == 302
            assert made.TITLE not in answer.content.decode()


def test_a_form_for_sponsors_that_comes_when_it_is_open_is_a_form_to_sign(petition):
    path = f"/petitions/{petition.pk}/sponsor/{petition.sponsor_key}/"
    answer = post(path, {"name": "Ann"})
    assert answer.status_code == 400
    assert f'action="/petitions/{petition.pk}/sign/"' in answer.content.decode()

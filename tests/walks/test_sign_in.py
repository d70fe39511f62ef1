"""Signing in by a code sent by mail, as people do it; and out again."""

from __future__ import annotations

import re

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from folkmoot.common.models import Message
from folkmoot.people import rules
from folkmoot.people.limits import LIMITS, NETWORK, PASSKEY, Limit
from folkmoot.people.models import Person, Session
from folkmoot.people.retention import SESSIONS
from tests.rooms import people_invented as invented
from tests.walks.signing_in import code_mailed, get, new_browser, post, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def person_browser() -> Client:
    return new_browser()


def test_a_code_by_mail_signs_in(person_browser):
    email = invented.address()
    assert get(person_browser, "/account/")["Location"] == "/sign-in/?next=%2Faccount%2F"

    done = sign_in(person_browser, email, "/account/data/")

    assert (done.status_code, done["Location"]) == (302, "/account/data/")
    assert email in get(person_browser, "/account/").content.decode()
    assert mail.outbox[-1].to == [email]
    assert not Message.objects.exclude(to="").exists()
    assert not EmailAddress.objects.exists()
    cookie = person_browser.cookies["folkmoot"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_the_page_is_the_same_for_the_known_and_the_unknown():
    known = invented.person(timezone.now()).email

    def seen(email):
        client = new_browser()
        asked = post(client, "/sign-in/", "/sign-in/", email=email)
        page = get(client, asked["Location"]).content.decode().replace(email, "ADDRESS")
        page = re.sub(r'value="[^"]{64}"', "TOKEN", page)
        return asked.status_code, len(asked["Location"]), page, sorted(client.cookies)

    assert seen(known) == seen(invented.address())


def test_a_wrong_code_is_said_kindly_and_dies_after_its_tries(person_browser):
    asked = post(person_browser, "/sign-in/", "/sign-in/", email=invented.address())
    path = asked["Location"]
    wrong = "00000000" if code_mailed() != "0000 0000" else "11111111"
    for _ in range(rules.CODE_TRIES):
        page = post(person_browser, path, path, code=wrong)
        assert page.status_code == 400
        assert 'href="#code"' in page.content.decode()
        assert "<title>Fault: " in page.content.decode()
    page = post(person_browser, path, path, code=code_mailed())
    assert page.status_code == 409
    assert "folkmoot" not in person_browser.cookies
    assert not Person.objects.exists()


def test_what_is_no_address_is_said_at_its_field(person_browser):
    page = post(person_browser, "/sign-in/", "/sign-in/", email="nobody")

    assert page.status_code == 400
    assert 'id="email-error"' in page.content.decode()
    assert not mail.outbox


@pytest.mark.parametrize(
    "elsewhere",
    ["https://example.org/", "//example.org/", "/\\example.org", "javascript:alert(1)", "account"],
)
def test_signing_in_never_leads_elsewhere(person_browser, elsewhere):
    assert sign_in(person_browser, invented.address(), elsewhere)["Location"] == "/account/"


def test_a_form_without_its_token_is_refused(person_browser):
    asked = person_browser.post("/sign-in/", {"email": invented.address()}, secure=True)

    assert asked.status_code == 403
    assert not mail.outbox


def test_asking_too_often_is_a_page(person_browser, monkeypatch):
    monkeypatch.setitem(LIMITS, PASSKEY, (Limit(NETWORK, 0, SESSIONS.after),))
    page = post(person_browser, "/sign-in/", "/sign-in/passkey/", credential="{}")

    assert page.status_code == 429
    assert "tried too often" in page.content.decode()


def test_behind_a_proxy_the_network_is_what_the_proxy_saw(settings, monkeypatch):
    monkeypatch.setitem(LIMITS, PASSKEY, (Limit(NETWORK, 1, SESSIONS.after),))
    client = Client()

    def tried(said):
        headers = {"X-Forwarded-For": said}
        return client.post("/sign-in/passkey/begin/", secure=True, headers=headers).status_code

    settings.BEHIND_PROXY = True
    assert tried("198.51.100.1, 192.0.2.1") == 200
    assert tried("198.51.100.2, 192.0.2.1") == 429
    assert tried("198.51.100.1, 192.0.2.2") == 200
    settings.BEHIND_PROXY = False
    assert [tried("192.0.2.3"), tried("192.0.2.4")] == [200, 429]


def test_a_session_ends_when_the_notice_says(person_browser):
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        sign_in(person_browser, invented.address())
        clock.move_to(now + SESSIONS.after - rules.CODE_LASTS)
        assert get(person_browser, "/account/").status_code == 200
        clock.move_to(now + SESSIONS.after)
        assert get(person_browser, "/account/").status_code == 302


def test_signing_out_here_and_everywhere():
    email = invented.address()
    here, there = new_browser(), new_browser()
    for client in (here, there):
        sign_in(client, email)
    assert Session.objects.filter(person__email=email).count() == 2

    assert get(here, "/sign-out/").status_code == 200
    assert get(here, "/account/").status_code == 200
    post(here, "/sign-out/", "/sign-out/")
    assert get(here, "/account/").status_code == 302
    assert get(there, "/account/").status_code == 200

    sign_in(here, email)
    post(here, "/sign-out/", "/sign-out/", everywhere="yes")
    assert get(there, "/account/").status_code == 302
    assert not Session.objects.filter(person__email=email).exists()


def test_a_session_has_a_new_key_after_signing_in(person_browser):
    post(person_browser, "/sign-in/", "/sign-in/passkey/begin/")
    before = person_browser.cookies["folkmoot"].value
    sign_in(person_browser, invented.address())

    assert person_browser.cookies["folkmoot"].value != before
    assert not Session.objects.filter(session_key=before).exists()

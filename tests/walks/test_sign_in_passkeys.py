"""Passkeys: added, used, removed, and refused whenever they prove nothing."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from folkmoot.common.models import Message
from folkmoot.people import rules
from folkmoot.people.limits import LIMITS, PASSKEY
from folkmoot.people.models import Person
from tests.rooms import people_invented as invented
from tests.walks.signing_in import get, new_browser, post, sign_in
from tests.walks.soft_passkey import PRESENT, SoftPasskey

pytestmark = pytest.mark.django_db


def passkey_for(client: Client) -> SoftPasskey:
    """Add a passkey to the account that is signed in."""
    passkey = SoftPasskey()
    options = post(client, "/account/passkeys/", "/account/passkeys/new/")
    assert options.status_code == 200, options.content
    done = post(
        client, "/account/passkeys/", "/account/passkeys/add/",
        name="my phone", credential=passkey.make(json.loads(options.content)),
    )  # fmt: skip
    assert done.status_code == 302, done.content.decode()
    return passkey


def challenge(client: Client) -> dict[str, Any]:
    return json.loads(post(client, "/sign-in/", "/sign-in/passkey/begin/").content)


def test_a_passkey_is_added_and_signs_in():
    email = invented.address()
    client = new_browser()
    sign_in(client, email)
    passkey = passkey_for(client)
    assert "my phone" in get(client, "/account/passkeys/").content.decode()
    actions_mailed = [m.key.partition(":")[0] for m in Message.objects.order_by("pk")]
    assert actions_mailed == ["sign-in-code", "passkey-added"]

    other = new_browser()
    done = post(
        other, "/sign-in/", "/sign-in/passkey/",
        credential=passkey.use(challenge(other)), next="/account/data/",
    )  # fmt: skip

    assert (done.status_code, done["Location"]) == (302, "/account/data/")
    assert email in get(other, "/account/").content.decode()
    assert Authenticator.objects.get().last_used_at is not None
    assert not EmailAddress.objects.exists()


@pytest.mark.parametrize("number", [1, 9, 10, 36, 1234, 2**40])
def test_a_passkey_finds_its_own_person_whatever_their_number(number):
    now = timezone.now()
    Person.objects.create(pk=number, email=invented.address(), created=now, seen_on=now.date())
    email, client, other = Person.objects.get().email, new_browser(), new_browser()
    sign_in(client, email)
    passkey = passkey_for(client)

    post(other, "/sign-in/", "/sign-in/passkey/", credential=passkey.use(challenge(other)))

    assert email in get(other, "/account/").content.decode()


@pytest.mark.parametrize("fault", ["stranger", "replayed", "unverified", "elsewhere", "rubbish"])
def test_a_passkey_that_proves_nothing_signs_nobody_in(fault):
    client, other = new_browser(), new_browser()
    sign_in(client, invented.address())
    passkey = passkey_for(client)
    asked = challenge(other)
    if fault == "stranger":
        stranger = SoftPasskey()
        stranger.id, stranger.handle = passkey.id, passkey.handle
        credential = stranger.use(asked)
    elif fault == "replayed":
        credential = passkey.use(asked)
        post(other, "/sign-in/", "/sign-in/passkey/", credential=credential)
        post(other, "/sign-out/", "/sign-out/")
        challenge(other)
    elif fault == "unverified":
        credential = passkey.use(asked, flags=PRESENT)
    elif fault == "elsewhere":
        passkey.origin = "https://example.org"
        credential = passkey.use(asked)
    else:
        credential = '{"id": 1, "response": []}'

    page = post(other, "/sign-in/", "/sign-in/passkey/", credential=credential)

    assert page.status_code == 400, page.content.decode()
    assert "That passkey did not work here." in page.content.decode()
    assert get(other, "/account/").status_code == 302


MALFORMED = [
    "", "{", "[]", "null", "17", '"text"', "{}", '{"id": 1, "response": []}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
    '{"id": "AA", "rawId": "AA", "type": "x", "response": {"userHandle": "!!"}}',
    '{"id": "é", "rawId": "é", "type": "public-key", "response": "text"}',
]  # fmt: skip


def mangled(credential: str, seed: int) -> str:
    """``credential`` with some bytes of one of its parts changed, cut or repeated."""
    chance = random.Random(seed)
    said = json.loads(credential)
    part = chance.choice(sorted(said["response"]))
    letters = list(said["response"][part])
    spot = chance.randrange(len(letters))
    if seed % 3 == 0:
        del letters[spot:]
    elif seed % 3 == 1:
        letters[spot:spot] = letters[spot : spot + 40] * 2
    else:
        for _ in range(4):
            letters[chance.randrange(len(letters))] = chance.choice("AZaz09-_")
    said["response"][part] = "".join(letters)
    return json.dumps(said)


def test_malformed_passkeys_are_refused_calmly(monkeypatch):
    monkeypatch.setitem(LIMITS, PASSKEY, ())
    client, other = new_browser(), new_browser()
    sign_in(client, invented.address())
    passkey = passkey_for(client)
    add = "/account/passkeys/"
    for seed, said in enumerate([*MALFORMED, *[""] * 12]):
        asked = challenge(other)
        used = said if seed < len(MALFORMED) else mangled(passkey.use(asked), seed)
        page = post(other, "/sign-in/", "/sign-in/passkey/", credential=used)
        assert page.status_code == 400, used
        new = SoftPasskey()
        asked = json.loads(post(client, add, f"{add}new/").content)
        made = said if seed < len(MALFORMED) else mangled(new.make(asked), seed)
        # A changed bit of the key itself is a key like any other, and useless to anybody.
        page = post(client, add, f"{add}add/", credential=made)
        assert page.status_code in ({400} if seed < len(MALFORMED) else {302, 400}), made


def test_adding_a_passkey_needs_a_recent_proof():
    person_browser = new_browser()
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        sign_in(person_browser, invented.address())
        clock.move_to(now + rules.CODE_LASTS + rules.CODE_LASTS)
        for path in ("new/", "add/"):
            asked = post(person_browser, "/account/passkeys/", f"/account/passkeys/{path}")
            assert asked["Location"].startswith("/sign-in/")
        assert get(person_browser, "/account/data/erase/")["Location"].startswith("/sign-in/")


def test_a_passkey_that_was_removed_signs_nobody_in():
    client, other = new_browser(), new_browser()
    sign_in(client, invented.address())
    passkey = passkey_for(client)
    number = Authenticator.objects.get().pk
    post(client, "/account/passkeys/", f"/account/passkeys/{number}/remove/")

    page = post(other, "/sign-in/", "/sign-in/passkey/", credential=passkey.use(challenge(other)))
    assert page.status_code == 400

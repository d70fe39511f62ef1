"""Signing a petition in a browser without scripts: what is asked, kept, said and not said."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from folkmoot.common import switches
from folkmoot.common.actions import switch_off
from folkmoot.people.limits import SIGN_WITHOUT_PROOF
from folkmoot.petitions import tokens
from folkmoot.petitions.models import Petition, Signature
from folkmoot.petitions.models_signing import CONFIRMED, PENDING, SPONSOR, TAKEN_BACK
from folkmoot.petitions.rules import states
from folkmoot.web import remembered
from tests.built_database import BUILT_AT
from tests.rooms import petitions_made as made
from tests.rooms.people_invented import FAKE, address
from tests.web.test_altcha import packed, solved


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(BUILT_AT, tick=False) as clock:
        yield clock


@pytest.fixture
def w(db, at):
    return made.world(at)


@pytest.fixture
def petition(w) -> Petition:
    return made.petition(w)


def words(answer: Any) -> str:
    bare = re.sub(r"<(script|style|svg).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def typed(**more: str) -> dict[str, str]:
    """A form as an honest signer sends it."""
    fields = {
        "name": FAKE.first_name() + " " + FAKE.last_name(),
        "email": address(),
        "postcode": made.POSTCODE,
        "consent": "yes",
    }
    return {**fields, **more}


def post(path: str, fields: dict[str, str], **headers: str) -> Any:
    """A form sent by a browser that checks form tokens and has no cookie."""
    client = Client(enforce_csrf_checks=True)
    answer = client.post(path, fields, headers=headers)
    assert not answer.cookies
    assert not client.cookies
    assert "cookie" not in answer.get("Vary", "").lower()
    return answer


def get(path: str, status: int = 200) -> Any:
    remembered.forget()
    answer = Client().get(path)
    assert answer.status_code == status, path
    assert not answer.cookies
    return answer


def confirm_path(row: Signature) -> str:
    return f"/petitions/confirm/{tokens.make(tokens.CONFIRM, row.pk)}/"


def test_signing_leads_to_the_mail_and_confirming_to_thanks(petition):
    signed = post(f"/petitions/{petition.pk}/sign/", typed(name="Ann Ó Baoill"))
    row = Signature.objects.get()

    assert (signed.status_code, signed["Location"]) == (302, f"/petitions/{petition.pk}/sent/")
    assert (row.state, row.name, row.name_shown, row.tell_me) == (
        PENDING, "Ann Ó Baoill", False, False,
    )  # fmt: skip
    looked = get(confirm_path(row))
    assert made.TITLE in words(looked)
    assert "no-store" in looked["Cache-Control"]
    row.refresh_from_db()
    assert row.state == PENDING

    done = post(confirm_path(row), {})
    row.refresh_from_db()
    assert row.state == CONFIRMED
    assert done["Location"] == f"/petitions/{petition.pk}/thanks/"
    assert f"http://localhost:8000/petitions/{petition.pk}/" in words(get(done["Location"]))
    assert post(confirm_path(row), {})["Location"] == done["Location"]


def test_no_box_is_ticked_before_somebody_ticks_it(petition):
    form = get(f"/petitions/{petition.pk}/sign/").content.decode()

    assert form.count('type="checkbox"') == 3
    assert "checked" not in form
    assert "csrfmiddlewaretoken" not in form


def test_faults_are_shown_together_and_what_was_typed_stays(petition):
    sent = typed(name="Ann <b>Ó Baoill", email="nobody", postcode="LS1", name_shown="yes")
    del sent["consent"]
    answer = post(f"/petitions/{petition.pk}/sign/", sent)
    page = answer.content.decode()

    assert answer.status_code == 400
    for field in ("name", "email", "postcode", "consent"):
        assert f'<a href="#{field}">' in page
        assert f'id="{field}-error"' in page
        assert f'id="{field}"' in page
    assert 'value="nobody"' in page
    assert 'value="Ann &lt;b&gt;Ó Baoill"' in page
    assert re.search(r'id="name_shown"[^>]* checked', page)
    assert not re.search(r'id="(consent|tell_me)"[^>]* checked', page)
    assert not Signature.objects.exists()


def test_somebody_abroad_signs_with_a_country(petition):
    answer = post(f"/petitions/{petition.pk}/sign/", typed(postcode="", country="FR"))

    assert answer.status_code == 302
    assert Signature.objects.get().country == "FR"
    wrong = post(f"/petitions/{petition.pk}/sign/", typed(postcode="", country="ZZ"))
    assert re.search(r"<details[^>]* open>", wrong.content.decode())


@pytest.mark.parametrize("path", ["sign/", "code/"])
def test_a_form_of_another_site_is_refused(petition, path):
    sent = typed() | {"code": "123456"}
    for headers in ({"origin": "https://elsewhere.example"}, {"sec-fetch-site": "cross-site"}):
        refused = post(f"/petitions/{petition.pk}/{path}", sent, **headers)
        assert refused.status_code == 403
    assert not Signature.objects.exists()


def test_the_buttons_of_letters_are_refused_to_other_sites(petition, at):
    row = made.signature(petition, at, state=PENDING, confirmed_at=None)
    back = f"/petitions/take-back/{tokens.make(tokens.TAKE_BACK, row.pk)}/"
    for path in (confirm_path(row), back):
        assert post(path, {}, origin="https://elsewhere.example").status_code == 403
    row.refresh_from_db()
    assert row.state == PENDING


def test_pages_are_the_same_whether_an_address_has_signed_or_not(petition, at):
    known = made.signature(petition, at)
    one = post(f"/petitions/{petition.pk}/sign/", typed(email=known.email))
    other = post(f"/petitions/{petition.pk}/sign/", typed())

    assert (one.status_code, one["Location"]) == (other.status_code, other["Location"])
    wrong = [
        post(f"/petitions/{petition.pk}/code/", {"email": email, "code": "000000"})
        for email in (known.email, address())
    ]
    pages = [w.content.decode().replace(known.email, "") for w in wrong]
    assert re.sub(r'value="[^"]*"', "", pages[0]) == re.sub(r'value="[^"]*"', "", pages[1])
    assert {w.status_code for w in wrong} == {400}


def test_the_code_confirms_too(petition):
    fields = typed()
    post(f"/petitions/{petition.pk}/sign/", fields)
    row = Signature.objects.get()
    code = tokens.code(row.pk)

    done = post(f"/petitions/{petition.pk}/code/", {"email": fields["email"], "code": code})
    assert done["Location"] == f"/petitions/{petition.pk}/thanks/"
    row.refresh_from_db()
    assert row.state == CONFIRMED
    assert get(f"/petitions/{petition.pk}/code/", 302)["Location"].endswith("/sent/")


def test_taking_back_asks_once_and_erases(petition, at):
    row = made.signature(petition, at)
    path = f"/petitions/take-back/{tokens.make(tokens.TAKE_BACK, row.pk)}/"

    page = get(path).content.decode()
    row.refresh_from_db()
    assert row.state == CONFIRMED
    assert row.email not in page
    assert row.name not in page
    done = post(path, {})
    row.refresh_from_db()
    assert (row.state, row.email) == (TAKEN_BACK, "")
    assert "taken back" in words(get(done["Location"]))


def test_a_link_that_is_not_ours_is_not_found(petition):
    for kind in ("confirm", "take-back"):
        for token in ("x", "A" * 28, tokens.make(tokens.OPINION, 1)):
            assert get(f"/petitions/{kind}/{token}/", 404)
            assert post(f"/petitions/{kind}/{token}/", {}).status_code == 404


def test_without_scripts_a_network_signs_less_often_and_keeps_what_was_typed(petition, at):
    for _ in range(SIGN_WITHOUT_PROOF.count):
        assert post(f"/petitions/{petition.pk}/sign/", typed()).status_code == 302
    fields = typed()
    refused = post(f"/petitions/{petition.pk}/sign/", fields)
    assert refused.status_code == 429
    assert fields["email"] in refused.content.decode()

    proof = packed(solved(Client().get("/altcha/").json()))
    assert post(f"/petitions/{petition.pk}/sign/", fields | {"altcha": proof}).status_code == 302
    again = post(f"/petitions/{petition.pk}/sign/", typed() | {"altcha": proof})
    assert again.status_code == 400
    assert 'href="#proof"' in again.content.decode()
    assert Signature.objects.exclude(proof="").count() == 1


def test_when_signing_is_switched_off_nothing_typed_is_lost(petition, at):
    switch_off(feature="sign", at=at)
    switches.forget()
    fields = typed()
    try:
        refused = post(f"/petitions/{petition.pk}/sign/", fields)
    finally:
        switches.forget()
    assert refused.status_code == 503
    assert fields["email"] in refused.content.decode()
    assert not Signature.objects.exists()


@pytest.mark.parametrize("state", [states.CLOSED, states.REJECTED, states.WITHDRAWN])
def test_what_is_not_open_leads_to_its_page(w, state):
    petition = made.petition(w, state)

    assert get(f"/petitions/{petition.pk}/sign/", 302)["Location"] == f"/petitions/{petition.pk}/"
    assert post(f"/petitions/{petition.pk}/sign/", typed()).status_code == 409


@pytest.mark.parametrize("state", [states.DRAFT, states.SPONSORS, states.MODERATION])
def test_what_is_not_public_is_not_found_and_its_words_are_nowhere(w, state):
    petition = made.petition(w, state)
    for path in ("", "sign/", "where/"):
        page = Client().get(f"/petitions/{petition.pk}/{path}")
        assert page.status_code == 404
        assert made.TITLE not in page.content.decode()
    for path in ("sent/", "thanks/", "taken-back/"):
        assert made.TITLE not in get(f"/petitions/{petition.pk}/{path}").content.decode()


def test_sponsors_come_by_their_own_link(w):
    petition = made.petition(w, states.SPONSORS)
    path = f"/petitions/{petition.pk}/sponsor/{petition.sponsor_key}/"

    page = get(path)
    assert made.TITLE in words(page)
    assert "no-store" in page["Cache-Control"]
    assert post(path, typed())["Location"] == f"/petitions/{petition.pk}/sent/"
    assert Signature.objects.get().origin == SPONSOR
    assert post(path, typed(email="x")).status_code == 400
    wrong = f"/petitions/{petition.pk}/sponsor/{'0' * 32}/"
    assert made.TITLE not in words(get(wrong, 404))
    assert post(wrong, typed()).status_code == 404
    done = post(confirm_path(Signature.objects.get()), {})
    assert made.TITLE not in words(get(done["Location"]))


def test_the_sponsors_link_leads_on_as_the_petition_does(w):
    checked = made.petition(w, states.MODERATION)
    page = get(f"/petitions/{checked.pk}/sponsor/{checked.sponsor_key}/")
    assert "being checked" in words(page)
    assert b'name="email"' not in page.content
    opened = made.petition(w)
    path = f"/petitions/{opened.pk}/sponsor/{opened.sponsor_key}/"
    assert get(path, 302)["Location"] == f"/petitions/{opened.pk}/"
    draft = made.petition(w, states.DRAFT)
    get(f"/petitions/{draft.pk}/sponsor/{draft.sponsor_key}/", 404)


def test_links_to_what_was_withdrawn_before_it_was_open_lead_to_no_page_of_it(w):
    gone = made.petition(w, states.WITHDRAWN, opened_on=None, closes_on=None, title_hidden=True)
    page = get(f"/petitions/{gone.pk}/sponsor/{gone.sponsor_key}/", 404)
    assert "withdrawn before it was open" in words(page)
    own = made.signature(gone, w.at)
    for kind in (tokens.CONFIRM, tokens.TAKE_BACK):
        page = get(f"/petitions/{kind}/{tokens.make(kind, own.pk)}/")
        assert f'href="/petitions/{gone.pk}/"' not in page.content.decode()


def test_signing_and_confirming_are_one_statement_each(petition):
    post(f"/petitions/{petition.pk}/sign/", typed())  # what a process remembers is there now
    with CaptureQueriesContext(
        connection,
    ) as sign:
        post(f"/petitions/{petition.pk}/sign/", typed())
    row = Signature.objects.latest("pk")
    with CaptureQueriesContext(connection) as confirm:
        post(confirm_path(row), {})

    assert len(sign) == 1
    assert len(confirm) == 1

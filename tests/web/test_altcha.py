"""The puzzle of anonymous forms, and forms that hold no token."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import altcha
import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.common.errors import NotAllowed
from folkmoot.duties.models import FigureReport
from folkmoot.people import limits
from folkmoot.people.models import RateEvent
from folkmoot.web import altcha as own
from folkmoot.web.altcha import LASTS, new_challenge, proof_of
from folkmoot.web.same_site import without_token
from tests.built_database import BUILT_AT
from tests.walks.signing_in import post


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(BUILT_AT, tick=False) as clock:
        yield clock


def solved(given: dict[str, Any]) -> dict[str, Any]:
    """What a browser sends for a puzzle, unpacked."""
    puzzle = altcha.Challenge.from_dict(given)
    solution = altcha.solve_challenge(puzzle)
    assert solution is not None
    return dict(altcha.Payload(puzzle, solution).to_dict())


def packed(sent: object) -> str:
    return base64.b64encode(json.dumps(sent).encode()).decode()


@pytest.fixture(scope="module")
def answer() -> dict[str, Any]:
    return solved(new_challenge(BUILT_AT))


def test_a_solved_puzzle_is_a_proof_that_is_the_same_each_time_it_is_sent(answer):
    proof = proof_of(packed(answer))

    assert proof is not None
    assert len(proof) == 64
    assert proof_of(packed(answer)) == proof


def test_two_puzzles_have_two_proofs(answer):
    assert proof_of(packed(solved(new_challenge(BUILT_AT)))) != proof_of(packed(answer))


def test_a_proof_ends_within_the_hour(answer, now):
    now.shift(LASTS - dt.timedelta(seconds=2))
    assert proof_of(packed(answer)) is not None
    now.shift(dt.timedelta(seconds=4))
    assert proof_of(packed(answer)) is None


def test_an_easier_puzzle_of_ones_own_is_no_proof():
    own = altcha.create_challenge("PBKDF2/SHA-256", 1, counter=1, hmac_secret="a")
    assert proof_of(packed(solved(own.to_dict()))) is None


@pytest.mark.parametrize("name", ["cost", "keyPrefix", "nonce", "expiresAt", "keySignature"])
def test_nothing_of_a_puzzle_can_be_changed(answer, name):
    value = answer["challenge"]["parameters"][name]
    other = value + 1 if isinstance(value, int) else value[:-1] + ("0" if value[-1] != "0" else "1")
    puzzle = answer["challenge"]
    changed = {**puzzle, "parameters": {**puzzle["parameters"], name: other}}

    assert proof_of(packed({**answer, "challenge": changed})) is None


@given(
    st.sampled_from(["cost", "keyPrefix", "nonce", "expiresAt", "keySignature", "x", "algorithm"]),
    st.none() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    st.text("0123456789abcdefABCDEF", max_size=8),
)
def test_what_is_a_proof_is_what_altcha_says_is_one(answer, name, value, derived):
    puzzle = answer["challenge"]
    parameters = {**puzzle["parameters"], name: value}
    for sent in (
        {**answer, "challenge": {**puzzle, "parameters": parameters}},
        {**answer, "challenge": {**puzzle, "signature": value}},
        {**answer, "solution": {**answer["solution"], "derivedKey": derived}},
    ):
        said = altcha.verify_solution(
            packed(sent), own._key("challenge"), hmac_key_secret=own._key("solution")
        )
        # Altcha leaves out what it does not know, as was not ours to begin with.
        assert (proof_of(packed(sent)) is not None) <= said.verified


def test_a_puzzle_that_is_not_solved_is_no_proof(answer):
    wrong = {**answer["solution"], "derivedKey": "00" * 32}
    assert proof_of(packed({**answer, "solution": wrong})) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["parameters", "signature", "counter", "x"]), inner)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["challenge", "solution"]), JSON) | JSON)
def test_what_is_no_answer_is_no_proof_and_no_error(sent):
    assert proof_of(packed(sent)) is None


@given(st.text(max_size=30))
def test_what_is_no_text_of_ours_is_no_proof_and_no_error(sent):
    assert proof_of(sent) is None


def test_too_long_an_answer_is_not_read():
    assert proof_of("A" * 1_000_000) is None


def test_the_door_gives_puzzles_to_everybody_and_sets_no_cookie(client):
    given = client.get("/altcha/")

    assert given["Content-Type"] == "application/json"
    assert "no-store" in given["Cache-Control"]
    assert not given.cookies
    assert "cookie" not in given.get("Vary", "").lower()
    assert proof_of(packed(solved(given.json()))) is not None
    assert client.post("/altcha/").status_code == 405


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({}, True),
        ({"Origin": "http://testserver"}, True),
        ({"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": "https://elsewhere.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://testserver.elsewhere.example"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"}, False),
    ],
)
def test_a_form_without_a_token_is_taken_from_this_site_only(headers, taken):
    view = without_token(lambda request: HttpResponse("taken"))
    request = RequestFactory(headers=headers).post("/", {})
    if taken:
        assert view(request).content == b"taken"
    else:
        with pytest.raises(NotAllowed):
            view(request)
    assert view(RequestFactory(headers=headers).get("/")).content == b"taken"


def test_one_solved_puzzle_makes_room_for_one_report(built, answer):
    path = "/report/dfe-lait/1/308078/"
    for words in ("It is 32.", "It is 33."):
        assert post(Client(), path, path, text=words, altcha=packed(answer)).status_code == 302

    kinds = RateEvent.objects.values_list("kind", flat=True)
    assert sorted(kinds) == [limits.REPORT_FIGURE, limits.REPORT_WITH_PROOF, limits.USE_PROOF]
    assert FigureReport.objects.count() == 2


def wait_until(page: Any, happened: Callable[[], bool]) -> None:
    """The site's policy forbids the browser to wait for a script, so this asks again and again."""
    for _ in range(200):
        if happened():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not happen within 20 seconds")


def test_the_browser_solves_it_while_a_form_is_filled_in(new_page):
    page = new_page(width=360)
    trouble = []
    page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
    page.goto("/report/dfe-lait/1/308078/")
    field = page.locator("input[name=altcha]")
    assert field.input_value() == ""

    page.locator("#text").focus()
    wait_until(page, lambda: field.input_value() != "")
    assert proof_of(field.input_value()) is not None
    assert not page.locator("altcha-widget").is_visible()
    assert page.locator("[data-puzzle-wait]").is_hidden()
    assert not trouble


def test_a_form_that_is_sent_at_once_waits_for_its_proof(new_page):
    page = new_page()
    sent = []
    page.route("**/report/**", lambda route, request: (
        (sent.append(request.post_data or ""), route.fulfill(status=200, body="taken"))
        if request.method == "POST"
        else route.continue_()
    ))  # fmt: skip
    page.goto("/report/dfe-lait/1/308078/")
    page.evaluate("document.querySelector('#text').value = 'It is 4.'")
    page.evaluate("document.querySelector('main form').requestSubmit()")
    wait_until(page, lambda: bool(sent))

    assert len(sent) == 1
    assert "altcha=ey" in sent[0]


def test_when_the_puzzle_fails_the_form_is_sent_without_it(new_page):
    page = new_page()
    sent = []
    page.route("**/altcha/", lambda route: route.fulfill(status=503, body="{}"))
    page.route("**/report/**", lambda route, request: (
        (sent.append(request.post_data or ""), route.fulfill(status=200, body="taken"))
        if request.method == "POST"
        else route.continue_()
    ))  # fmt: skip
    page.goto("/report/dfe-lait/1/308078/")
    page.locator("#text").fill("It is 4.")
    page.locator("#send").click()
    wait_until(page, lambda: bool(sent))

    assert len(sent) == 1
    assert "altcha=ey" not in sent[0]

"""The short way of the forms of signing: the same answers as by the long way."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.db import OperationalError
from django.test import Client, RequestFactory, override_settings
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.petitions import tokens
from folkmoot.petitions.actions import signing
from folkmoot.petitions.models import Signature
from folkmoot.petitions.models_signing import CONFIRMED
from folkmoot.web.intake import Intake
from folkmoot.web.same_site import fields_of
from tests.built_database import BUILT_AT
from tests.rooms import petitions_made as made

NAME = f"{Intake.__module__}.{Intake.__name__}"
LONG = [each for each in settings.MIDDLEWARE if each != NAME]
FORM = {"name": "Ann Example", "postcode": "LS1 1UR", "consent": "yes"}


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(BUILT_AT, tick=False) as clock:
        yield clock


@pytest.fixture
def petition(db, at):
    return made.petition(made.world(at))


def both_ways(path, data, **headers):
    """The answers by the short way and by the long one; each has forms of its own."""
    short = Client(raise_request_exception=False).post(path, next(data), headers=headers)
    with override_settings(MIDDLEWARE=LONG):
        long = Client(raise_request_exception=False).post(path, next(data), headers=headers)
    return short, long


def forms(**changes):
    number = 0
    while True:
        number += 1
        yield {**FORM, "email": f"ann.{number}@example.org", **changes}


def told(answer):
    """What an answer says but for being compressed, which short answers need not be."""
    headers = {**answer.headers}
    varies = [name for name in headers.pop("Vary", "").split(", ") if name != "Accept-Encoding"]
    headers.pop("Content-Length", None)
    return answer.status_code, headers, [*filter(None, varies)], {**answer.cookies}


def test_the_short_way_is_one_of_the_middleware():
    assert settings.MIDDLEWARE.index(NAME) == 1
    assert len(LONG) == len(settings.MIDDLEWARE) - 1


@pytest.mark.parametrize(
    ("changes", "headers", "status"),
    [
        ({}, {}, 302),
        ({"consent": ""}, {}, 400),
        ({"name": "é" * 500}, {}, 400),
        ({}, {"origin": "https://elsewhere.example"}, 403),
        ({}, {"sec-fetch-site": "cross-site"}, 403),
        ({}, {"host": "elsewhere.example"}, 400),
    ],
)
def test_a_form_is_answered_the_same_by_both_ways(petition, changes, headers, status):
    short, long = both_ways(f"/petitions/{petition.pk}/sign/", forms(**changes), **headers)

    assert short.status_code == status
    assert told(short) == told(long)
    assert short["Content-Security-Policy"] == long["Content-Security-Policy"]
    assert status == 400 or short["X-Frame-Options"] == "DENY"


def test_signing_and_confirming_go_the_short_way(petition, monkeypatch):
    monkeypatch.setattr(Intake, "respond", None, raising=False)
    answer = Client().post(f"/petitions/{petition.pk}/sign/", next(forms()))
    assert answer["Location"] == f"/petitions/{petition.pk}/sent/"
    row = Signature.objects.get()
    answer = Client().post(f"/petitions/confirm/{tokens.make(tokens.CONFIRM, row.pk)}/")
    assert answer["Location"] == f"/petitions/{petition.pk}/thanks/"
    row.refresh_from_db()
    assert row.state == CONFIRMED


@pytest.mark.parametrize("path", ["/petitions/confirm/x/", f"/petitions/{'9' * 12}/sign/"])
def test_what_is_not_there_is_not_found_by_both_ways(petition, path):
    short, long = both_ways(path, forms())
    assert short.status_code == 404
    assert told(short) == told(long)


@pytest.mark.parametrize(("error", "status"), [(OperationalError, 503), (ZeroDivisionError, 500)])
def test_trouble_is_told_the_same_by_both_ways(petition, monkeypatch, error, status):
    def fail(**_given):
        raise error("host=secret")

    monkeypatch.setattr(signing, "sign", fail)
    short, long = both_ways(f"/petitions/{petition.pk}/sign/", forms())
    assert short.status_code == status
    assert "secret" not in short.content.decode()
    assert told(short) == told(long)


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=30), max_size=5))
def test_fields_are_those_of_django(fields):
    request = RequestFactory().post("/", fields)
    plain = RequestFactory().post("/", fields)
    usual = RequestFactory().generic(
        "POST", "/", urlencode(fields), content_type="application/x-www-form-urlencoded"
    )
    assert dict(fields_of(usual)) == usual.POST.dict() == fields
    assert {**fields_of(request)}.keys() == plain.POST.keys()


@pytest.mark.parametrize(
    "body", [b"name=%ff", b"name=\xe9", b"a=1&a=2", b"a", b"=", b"&".join([b"a=1"] * 2_000)]
)
def test_odd_fields_are_left_to_django(body):
    kind = "application/x-www-form-urlencoded"
    one, two = (RequestFactory().generic("POST", "/", body, content_type=kind) for _ in "12")
    try:
        expected = two.POST.dict()
    except TooManyFieldsSent:
        with pytest.raises(TooManyFieldsSent):
            fields_of(one)
    else:
        assert {name: fields_of(one).get(name) for name in fields_of(one)} == expected

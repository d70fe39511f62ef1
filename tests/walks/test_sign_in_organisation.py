"""Signing in at one's organisation by OpenID Connect, with a small real provider."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client
from django.utils import timezone

from folkmoot.common.models import Message
from folkmoot.people import actions
from folkmoot.people.models import Person
from tests.rooms import people_invented as invented
from tests.walks import oidc_provider
from tests.walks.signing_in import get, new_browser, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def person_browser() -> Client:
    return new_browser()


@pytest.fixture
def provider(settings):
    """An organisation that signs its officers in, set up as settings.py would."""
    with oidc_provider.running() as running:
        settings.OIDC_ISSUER = running.address
        settings.OIDC_NAME = "Leeds City Council"
        settings.OIDC_DOMAINS = [invented.LEEDS_DOMAIN]
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {
                "OAUTH_PKCE_ENABLED": True,
                "APPS": [
                    {
                        "provider_id": "organisation",
                        "name": settings.OIDC_NAME,
                        "client_id": oidc_provider.CLIENT,
                        "secret": oidc_provider.SECRET,
                        "settings": {"server_url": running.address},
                    }
                ],
            }
        }
        yield running


def go_through(client: Client, provider: oidc_provider.Provider) -> Any:
    away = post(client, "/sign-in/", "/sign-in/with/organisation/?next=/account/data/")
    assert away.status_code == 302, away.content.decode()
    there = urlsplit(away["Location"])
    assert f"{there.scheme}://{there.netloc}" == provider.address
    return get(client, f"/sign-in/with/organisation/back/?{provider.consent(there.query)}")


def claims(address: str, **changed: object) -> dict[str, Any]:
    return {
        "sub": "17", "email": address, "email_verified": True, "name": invented.FAKE.name(),
        "picture": "https://example.org/face.png", **changed,
    }  # fmt: skip


def test_an_organisation_signs_its_officer_in(provider):
    email = invented.address(invented.LEEDS_DOMAIN)
    provider.claims = claims(email)
    client = new_browser()
    page = get(client, "/sign-in/")
    assert "Sign in with Leeds City Council" in page.content.decode()
    assert f"form-action 'self' {provider.address};" in page["Content-Security-Policy"]

    back = go_through(client, provider)

    assert (back.status_code, back["Location"]) == (302, "/account/data/")
    assert email in get(client, "/account/").content.decode()
    kept = SocialAccount.objects.get()
    assert (kept.uid, kept.extra_data, kept.user.email) == ("17", {}, email)
    assert not SocialToken.objects.exists()
    assert not EmailAddress.objects.exists()
    assert Message.objects.get().key.startswith("account-connected:")

    again = new_browser()
    assert go_through(again, provider)["Location"] == "/account/data/"
    assert Person.objects.count() == SocialAccount.objects.count() == 1
    assert SocialAccount.objects.get().extra_data == {}


def test_an_organisation_signs_in_whoever_had_an_account_by_code(provider):
    who = invented.person(timezone.now(), invented.LEEDS_DOMAIN)
    provider.claims = claims(who.email.upper())

    go_through(new_browser(), provider)

    assert SocialAccount.objects.get().user == who


@pytest.mark.parametrize("process", ["connect", "redirect", ""])
def test_an_organisation_is_for_signing_in_and_nothing_else(provider, process):
    client = new_browser()

    away = post(client, "/sign-in/", f"/sign-in/with/organisation/?process={process}")

    assert away.status_code == 400


@pytest.mark.parametrize("query", ["", "?process=login"])
@pytest.mark.parametrize("process", ["connect", "redirect"])
def test_a_form_does_not_make_it_more_than_signing_in(provider, query, process):
    client = new_browser()

    away = post(client, "/sign-in/", f"/sign-in/with/organisation/{query}", process=process)

    assert away.status_code == 400


@pytest.mark.parametrize(
    "changed",
    [
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"email": "officer@devon.gov.uk"},
        {"email": "officer@leeds.gov.uk.example.org"},
        {"email": ""},
    ],
)
def test_an_organisation_is_not_believed_beyond_its_domains(provider, changed):
    victim = actions.person_of_provider(email="officer@devon.gov.uk", at=timezone.now())
    provider.claims = claims(invented.address(invented.LEEDS_DOMAIN), **changed)
    client = new_browser()

    back = go_through(client, provider)

    assert back.status_code == 403
    assert get(client, "/account/").status_code == 302
    assert list(Person.objects.all()) == [victim]
    assert not SocialAccount.objects.exists()


def test_a_known_officer_is_refused_once_the_organisation_no_longer_vouches(provider):
    provider.claims = claims(invented.address(invented.LEEDS_DOMAIN))
    go_through(new_browser(), provider)
    provider.claims["email_verified"] = False
    client = new_browser()

    assert go_through(client, provider).status_code == 403
    assert get(client, "/account/").status_code == 302


@pytest.mark.parametrize("query", ["", "code=1&state=2", "error=access_denied&state=2"])
def test_coming_back_without_having_left_signs_nobody_in(person_browser, provider, query):
    back = get(person_browser, f"/sign-in/with/organisation/back/?{query}")

    assert back.status_code == 403
    assert get(person_browser, "/account/").status_code == 302


def test_an_organisation_that_does_not_answer_is_said(person_browser, provider, settings):
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    apps[0]["settings"]["server_url"] = f"{provider.address}/gone"

    page = post(person_browser, "/sign-in/", "/sign-in/with/organisation/")

    assert page.status_code == 502
    assert "does not answer" in page.content.decode()


def test_without_an_organisation_there_is_no_such_page(person_browser):
    for path in ("/sign-in/with/organisation/", "/sign-in/with/organisation/back/"):
        assert get(person_browser, path).status_code in {404, 405}
    page = post(person_browser, "/sign-in/", "/sign-in/with/organisation/")
    assert page.status_code == 404

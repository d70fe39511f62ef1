"""Passkeys in a real browser with a virtual authenticator: the script, under the site's policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from folkmoot.people import actions
from folkmoot.people.models import Person
from tests.browsing import seen
from tests.rooms import people_invented as invented

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def phone(browser: Browser) -> Any:
    """A page of a browser whose device makes and keeps passkeys, and what its console said."""
    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                "hasUserVerification": True, "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page, said
    context.close()


def sign_in_by_code(page: Page, site: str, mailbox: Any, email: str) -> None:
    page.goto(f"{site}/sign-in/")
    page.get_by_label("Email address").fill(email)
    page.get_by_role("button", name="Send me a code").click()
    field = page.get_by_role("textbox", name="Code")
    field.wait_for()
    field.fill(mailbox[-1].subject.partition(" is ")[0])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Your account").wait_for()


def test_a_passkey_is_made_and_used_in_a_browser(
    phone: Any, live_server: Any, mailoutbox: Any
) -> None:
    page, said = phone
    site = live_server.url.replace("127.0.0.1", "localhost")
    email = invented.address()
    sign_in_by_code(page, site, mailoutbox, email)

    page.goto(f"{site}/account/passkeys/")
    page.get_by_label("Name of a new passkey").fill("this browser")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("rowheader", name="this browser").wait_for()
    page.goto(f"{site}/sign-out/")
    page.get_by_role("button", name="Sign out of this browser").click()
    page.goto(f"{site}/sign-in/?next=/account/data/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="Your data").wait_for()

    assert page.get_by_text(email).count() > 0
    assert Authenticator.objects.get().last_used_at is not None
    assert said == []


def test_without_its_passkey_a_browser_says_so(
    phone: Any, live_server: Any, mailoutbox: Any
) -> None:
    page, _said = phone
    actions.person_of_provider(email=invented.address(), at=timezone.now())
    page.goto(f"{live_server.url.replace('127.0.0.1', 'localhost')}/sign-in/")
    trouble = page.get_by_text("Your browser gave no passkey.")
    page.get_by_role("button", name="Sign in with a passkey").wait_for()
    assert not trouble.is_visible()
    page.get_by_role("button", name="Sign in with a passkey").click()
    trouble.wait_for()

    assert Person.objects.count() == 1


def test_without_scripts_the_passkey_form_stays_hidden(browser: Browser, live_server: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(f"{live_server.url}/sign-in/")
        assert seen(page.get_by_role("button", name="Send me a code"))
        assert not page.get_by_role("button", name="Sign in with a passkey").is_visible()
    finally:
        context.close()


def test_no_page_is_wider_than_a_phone(phone: Any, live_server: Any, mailoutbox: Any) -> None:
    page, said = phone
    page.set_viewport_size({"width": 360, "height": 700})
    now = timezone.now()
    admin = invented.administrator(now)
    officer = invented.with_role(now, "officer", by=admin)
    actions.invite(
        actor=admin, email=officer.email, role="representative", body=invented.LEEDS,
        office="leader", at=now,
    )  # fmt: skip
    sign_in_by_code(page, live_server.url, mailoutbox, officer.email)
    for path in ("", "roles/", "passkeys/", "data/", "data/erase/"):
        page.goto(f"{live_server.url}/account/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") == 360, path
    assert said == []

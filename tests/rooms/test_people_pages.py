"""Pages of people's own affairs, notices true to the code, and a public that stays cacheable."""

from __future__ import annotations

import json
import re
import runpy
from html.parser import HTMLParser
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.utils import timezone

from folkmoot.cli.main import main
from folkmoot.common.models import Message, PublicAct
from folkmoot.environment import BadSetting
from folkmoot.people import actions, holdings, retention
from folkmoot.people.models import Consent, Invitation, Person, Role, VerifiedDomain
from folkmoot.people.queries import day_of, roles_of
from folkmoot.web.pages.people_access import begin_session, note_proof
from tests.house.addresses import FORMS
from tests.house.test_reading import only_reading
from tests.house.tree import PACKAGE
from tests.rooms import people_invented as invented
from tests.rooms.people_invented import DEVON, DEVON_DOMAIN, LEEDS, LEEDS_DOMAIN

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    """A browser in which ``person`` has just signed in."""
    client = Client()
    client.post("/sign-in/passkey/begin/")
    request: Any = client.get("/sign-in/").wsgi_request
    request.session = client.session
    begin_session(request, person)
    note_proof(request, person, "code")
    request.session.save()
    client.cookies["folkmoot"] = request.session.session_key
    return client


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def admin():
    return invented.administrator(timezone.now())


@pytest.mark.parametrize("path", ["/", "/about/", "/privacy/", "/accessibility/", "/methods/"])
def test_public_pages_neither_set_a_cookie_nor_vary_by_one(path, admin):
    for client in (Client(), signed_in(admin)):
        before = dict(client.cookies)
        answer = client.get(path)

        assert answer.status_code == 200
        assert not answer.cookies
        assert "cookie" not in answer.get("Vary", "").lower()
        assert "no-store" not in answer.get("Cache-Control", "")
        assert dict(client.cookies) == before
        assert admin.email not in answer.content.decode()


PRIVATE = (
    "/account/", "/account/data/", "/account/data/erase/", "/account/passkeys/", "/account/roles/",
)  # fmt: skip


@pytest.mark.parametrize("path", PRIVATE)
def test_private_pages_need_signing_in_and_are_never_kept(path, admin):
    assert Client().get(path)["Location"].startswith("/sign-in/?next=")
    answer = signed_in(admin).get(path)

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]


# Forms about figures need figures: tests/house/test_reading.py looks at them.
SIGNING = sorted(path for path in FORMS if path.startswith("/sign-"))


@pytest.mark.parametrize("path", [*PRIVATE, *SIGNING])
def test_looking_writes_nothing_for_anybody(path, admin):
    for client in (Client(), signed_in(admin)):
        with connection.execute_wrapper(only_reading):
            assert client.get(path).status_code in {200, 302}


POSTED = (
    "/account/invitations/1/", "/account/consent/", "/account/data/download/",
    "/account/data/erase/", "/account/passkeys/new/", "/account/passkeys/add/",
    "/account/passkeys/1/remove/", "/account/roles/", "/account/roles/1/end/",
    "/account/roles/invitations/1/withdraw/", "/account/roles/domains/",
)  # fmt: skip


@pytest.mark.parametrize("path", POSTED)
def test_nothing_is_done_for_somebody_not_signed_in(path, admin):
    acts, roles = PublicAct.objects.count(), Role.objects.count()

    answer = Client().post(path, {"sure": "yes", "answer": "accept"})

    assert answer["Location"].startswith("/sign-in/")
    assert (PublicAct.objects.count(), Role.objects.count()) == (acts, roles)
    assert Person.objects.filter(pk=admin.pk).exists()


def test_an_unknown_office_or_body_is_named_with_what_there_is(admin):
    boss = signed_in(admin)
    boss.post("/account/roles/domains/", {"body": LEEDS, "domain": LEEDS_DOMAIN})
    email = invented.address(LEEDS_DOMAIN)
    form = {"body": LEEDS, "email": email, "role": "officer", "office": "clark", "until": ""}
    page = boss.post("/account/roles/", form)

    assert page.status_code == 400
    assert 'id="office-error"' in page.content.decode()
    assert "Use one of: chief-executive, clerk, leader." in words(page)
    assert '<option value="clerk">' in page.content.decode()
    unknown = boss.post(
        "/account/roles/domains/", {"body": "leeds-council", "domain": "leeds.org.uk"}
    )
    assert unknown.status_code == 400
    assert LEEDS in words(unknown)
    assert not Invitation.objects.filter(email=email).exists()


def test_an_administrator_verifies_invites_and_ends_on_pages(admin):
    boss = signed_in(admin)
    done = boss.post("/account/roles/domains/", {"body": LEEDS, "domain": LEEDS_DOMAIN})
    assert done["Location"] == f"/account/roles/?body={LEEDS}"
    email = invented.address(LEEDS_DOMAIN)
    form = {"body": LEEDS, "email": email, "role": "officer", "office": "clerk", "until": ""}
    assert boss.post("/account/roles/", form).status_code == 302
    assert email in words(boss.get(f"/account/roles/?body={LEEDS}"))

    officer = actions.person_of_provider(email=email, at=timezone.now())
    theirs = signed_in(officer)
    page = theirs.get("/account/")
    assert f"{LEEDS}/clerk" in words(page)
    number = Invitation.objects.get(email=email).pk
    assert theirs.post(f"/account/invitations/{number}/", {"answer": "accept"}).status_code == 302
    assert theirs.post(f"/account/invitations/{number}/").status_code == 409
    role = Role.objects.get(person=officer)
    assert "no end set" in words(theirs.get("/account/"))

    boss.post(f"/account/roles/{role.pk}/end/")
    assert roles_of(officer, day_of(timezone.now())) == ()
    verbs = PublicAct.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs)[-3:] == ["verify-domain", "grant-role", "end-role"]
    boss.post("/account/roles/domains/", {"body": LEEDS, "domain": LEEDS_DOMAIN, "answer": "end"})
    assert VerifiedDomain.objects.get().until is not None


def test_faults_of_an_invitation_stand_at_their_fields(admin):
    now = timezone.now()
    officer = invented.with_role(now, "officer", by=admin)
    form = {"body": LEEDS, "email": "x@gmail.com", "role": "officer", "office": "clerk"}
    client = signed_in(officer)

    page = client.post("/account/roles/", {**form, "until": "soon"})
    assert page.status_code == 400
    assert 'id="until-error"' in page.content.decode()
    page = client.post("/account/roles/", {**form, "until": ""})
    assert 'id="email-error"' in page.content.decode()
    assert f"Use an address at: {LEEDS_DOMAIN}." in words(page)
    assert 'value="x@gmail.com"' in page.content.decode()


def test_an_officer_of_one_body_sees_and_does_nothing_at_another(admin):
    now = timezone.now()
    devon = invented.with_role(now, "officer", DEVON, DEVON_DOMAIN, by=admin)
    client = signed_in(invented.with_role(now, "officer", by=admin))
    theirs = Role.objects.get(person=devon)

    assert client.get(f"/account/roles/?body={DEVON}").status_code == 403
    form = {"body": DEVON, "email": f"a@{DEVON_DOMAIN}", "role": "officer", "office": "clerk"}
    assert client.post("/account/roles/", form).status_code == 403
    assert client.post(f"/account/roles/{theirs.pk}/end/").status_code == 403
    domain = {"body": LEEDS, "domain": "a.gov.uk"}
    assert client.post("/account/roles/domains/", domain).status_code == 403
    assert devon.email not in words(client.get("/account/roles/"))
    moderator = signed_in(invented.with_role(now, "moderator", by=admin))
    assert moderator.get("/account/roles/").status_code == 403


def test_an_invitation_is_declined_and_one_withdrawn(admin):
    now = timezone.now()
    actions.verify_domain(actor=admin, body=LEEDS, domain=LEEDS_DOMAIN, at=now)
    who = invented.person(now, LEEDS_DOMAIN)
    rows = [
        actions.invite(actor=admin, email=who.email, role="officer", body=LEEDS, office=o, at=now)
        for o in ("clerk", "leader")
    ]
    signed_in(who).post(f"/account/invitations/{rows[0].pk}/", {"answer": "decline"})
    signed_in(admin).post(f"/account/roles/invitations/{rows[1].pk}/withdraw/")

    assert Invitation.objects.filter(body=LEEDS, withdrawn_at__isnull=False).count() == 2
    assert not Role.objects.filter(person=who).exists()


def test_my_data_are_shown_and_downloaded(admin):
    client = signed_in(admin)
    assert admin.email in words(client.get("/account/data/"))
    answer = client.post("/account/data/download/")

    assert answer["Content-Disposition"].startswith("attachment")
    mine = json.loads(answer.content)
    assert mine["account"]["email"] == admin.email
    assert mine["roles"][0]["body"] == "site"
    assert client.get("/account/data/download/").status_code == 405


def test_erasing_asks_first_then_erases_and_signs_out(admin):
    client = signed_in(admin)
    assert "site/administrator" in words(client.get("/account/data/erase/"))
    again = client.post("/account/data/erase/")
    assert again.status_code == 400
    assert Person.objects.filter(pk=admin.pk).exists()

    done = client.post("/account/data/erase/", {"sure": "yes"})

    assert done.status_code == 200
    assert "has been erased" in words(done)
    assert not Person.objects.exists()
    assert client.get("/account/").status_code == 302


def test_consent_on_the_page(admin, monkeypatch):
    client = signed_in(admin)
    assert "What you agreed to" not in words(client.get("/account/"))
    monkeypatch.setattr(holdings, "_PURPOSES", {"letters": "Write to me"})
    assert "I agree" in words(client.get("/account/"))
    client.post("/account/consent/", {"purpose": "letters", "answer": "give"})
    assert "I no longer agree" in words(client.get("/account/"))
    client.post("/account/consent/", {"purpose": "letters", "answer": "withdraw"})
    assert Consent.objects.get().withdrawn is not None
    assert client.post("/account/consent/", {"purpose": "x", "answer": "give"}).status_code == 400


def test_the_privacy_notice_prints_every_rule():
    said = words(Client().get("/privacy/"))
    for rule in retention.RULES:
        assert f"{rule.what} {rule.after.days} {rule.since}" in said


@pytest.mark.parametrize("document", ["docs/dpia.md", "docs/privacy.md"])
def test_the_documents_say_what_the_rules_say(document):
    text = (PACKAGE.parent / document).read_text()
    for rule in retention.RULES:
        assert f"| {rule.what} | {rule.after.days} days | {rule.since} |" in text


class _Fields(HTMLParser):
    """Fields without a label, buttons without words, headings that skip a level."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: list[str] = []
        self.labels: set[str] = set()
        self.ids: list[str] = []
        self.headings: list[int] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        has = dict(attrs)
        self.ids += [has["id"]] if has.get("id") else []
        if tag in {"input", "select", "textarea"} and has.get("type") != "hidden":
            self.fields.append(has.get("id") or "?")
        if tag == "label":
            self.labels.add(has.get("for") or "")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))


@pytest.mark.parametrize("path", [*PRIVATE, "/sign-in/", "/sign-out/", "/privacy/"])
def test_pages_are_built_to_be_heard(path, admin):
    read = _Fields()
    read.feed(signed_in(admin).get(path).content.decode())

    assert set(read.fields) <= read.labels
    assert len(read.ids) == len(set(read.ids))
    assert read.headings.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(read.headings, read.headings[1:], strict=False))


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_the_first_administrator_is_invited_from_the_command_line():
    email = invented.address()
    assert run("invite", email)[0] == 0
    assert run("invite", email)[0] == 6
    assert run("invite", "nobody")[0] == 3
    assert Message.objects.get().to == email
    who = actions.person_of_provider(email=email, at=timezone.now())
    number = Invitation.objects.get().pk
    signed_in(who).post(f"/account/invitations/{number}/", {"answer": "accept"})

    act = PublicAct.objects.get()
    assert (act.office, act.subject) == ("operator", "role:administrator/site/administrator")


def test_tidy_says_what_it_erased():
    code, said = run("tidy")
    assert code == 0
    assert all(rule.key in said for rule in retention.RULES)
    assert "0 roles that ended by their day" in said


OIDC = {
    "FOLKMOOT_OIDC_ISSUER": "https://sign-in.leeds.gov.uk/",
    "FOLKMOOT_OIDC_CLIENT_ID": "folkmoot",
    "FOLKMOOT_OIDC_CLIENT_SECRET": "secret",
    "FOLKMOOT_OIDC_DOMAINS": "Leeds.gov.uk",
}


def settings_with(monkeypatch, tmp_path, **changes):
    monkeypatch.setenv("FOLKMOOT_HOME", str(tmp_path))
    for name, value in {**OIDC, **changes}.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(PACKAGE / "settings.py"))


def test_an_organisation_comes_from_the_environment(monkeypatch, tmp_path):
    chosen = settings_with(monkeypatch, tmp_path)
    app = chosen["SOCIALACCOUNT_PROVIDERS"]["openid_connect"]["APPS"][0]

    assert app["settings"]["server_url"] == "https://sign-in.leeds.gov.uk"
    assert chosen["OIDC_DOMAINS"] == ["leeds.gov.uk"]
    assert chosen["SESSION_COOKIE_AGE"] == retention.SESSIONS.after.total_seconds()


@pytest.mark.parametrize(
    "missing", ["FOLKMOOT_OIDC_CLIENT_ID", "FOLKMOOT_OIDC_CLIENT_SECRET", "FOLKMOOT_OIDC_DOMAINS"]
)
def test_half_an_organisation_is_refused(monkeypatch, tmp_path, missing):
    with pytest.raises(BadSetting, match=missing):
        settings_with(monkeypatch, tmp_path, **{missing: ""})


def test_production_refuses_an_organisation_without_https(monkeypatch, tmp_path):
    safe = {
        "FOLKMOOT_PRODUCTION": "true",
        "FOLKMOOT_SECRET_KEY": "k" * 50,
        "FOLKMOOT_HOSTS": "folkmoot.example.org",
        "FOLKMOOT_SITE_URL": "https://folkmoot.example.org",
    }
    assert settings_with(monkeypatch, tmp_path, **safe)["SESSION_COOKIE_SECURE"]
    with pytest.raises(BadSetting, match="FOLKMOOT_OIDC_ISSUER"):
        settings_with(monkeypatch, tmp_path, **safe, FOLKMOOT_OIDC_ISSUER="http://a.gov.uk")

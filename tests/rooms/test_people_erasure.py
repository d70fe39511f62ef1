"""A person sees and erases all that is held about them; the record stays whole."""

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.db import connection, transaction

from folkmoot.common.errors import BadInput, NotFound
from folkmoot.common.models import Message, PublicAct
from folkmoot.people import actions, holdings
from folkmoot.people.export import export_mine
from folkmoot.people.models import (
    Consent,
    Invitation,
    Person,
    RateEvent,
    Role,
    Session,
    SignInCode,
)
from folkmoot.people.queries import has_consent
from folkmoot.people.sessions import SessionStore
from tests.rooms import people_invented as invented
from tests.rooms.people_invented import DEVON, DEVON_DOMAIN, LEEDS, LEEDS_DOMAIN

SECRET = "a-public-key-in-truth"


@pytest.fixture(autouse=True)
def _purpose(monkeypatch):
    monkeypatch.setattr(holdings, "_PURPOSES", {})
    holdings.register_purpose("letters", "Write to me when a body answers")


def somebody_with_everything(at):
    """A person about whom every table of this room holds something."""
    admin = invented.administrator(at)
    who = invented.with_role(at, "officer", by=admin)
    actions.invite(
        actor=admin, email=who.email, role="moderator", body=LEEDS, office="clerk", at=at
    )
    accepted = actions.invite(
        actor=admin, email=who.email, role="representative", body=LEEDS, office="leader", at=at
    )
    actions.accept_invitation(person=who, invitation=accepted.pk, at=at)
    actions.take_rehearsal_role(
        person=who, role="centre", body="department-for-education", office="desk", at=at
    )
    actions.give_consent(person=who, purpose="letters", at=at)
    actions.add_passkey(person=who, name="my phone", credential={"key": SECRET}, at=at)
    SocialAccount.objects.create(user=who, provider="organisation", uid="number-17")
    store = SessionStore()
    store[SESSION_KEY] = str(who.pk)
    store.create()
    actions.ask_for_code(email=who.email, network="192.0.2.7", at=at)
    return who


def holds(text):
    """Every table and row that holds ``text`` anywhere."""
    found = []
    for model in apps.get_models():
        for row in model._base_manager.values():
            if text in json.dumps(row, default=str):
                found.append(model._meta.label)
    return sorted(set(found))


def test_everything_is_shown_and_no_secret_is(db, at):
    who = somebody_with_everything(at)
    mine = export_mine(who)
    text = json.dumps(mine)

    of_other_rooms = {holding.key for holding in holdings.holdings()}
    empty = {key for key, value in mine.items() if not value}
    assert empty <= of_other_rooms
    assert json.loads(text) == mine
    for said in (who.email, "my phone", "number-17", f"{LEEDS}", "leader", "letters"):
        assert said in text
    code = SignInCode.objects.get(email=who.email)
    for secret in (SECRET, who.seal, code.key, code.digest, Session.objects.get().session_key):
        assert secret not in text


def test_every_table_that_points_to_a_person_is_shown():
    shown = {
        "people.Role": "roles",
        "people.Consent": "consents",
        "people.Session": "sessions",
        "mfa.Authenticator": "passkeys",
        "socialaccount.SocialAccount": "providers",
        "petitions.Petition": "petitions",
        "petitions.Question": "petitions",
        "petitions.ModerationDecision": "petitions",
        # allauth's own list of addresses, which this site never fills: tests/walks/test_sign_in.py
        # proves it for each way of signing in.
        "account.EmailAddress": None,
    }
    registered = {holding.key for holding in holdings.holdings()}
    pointing = {
        relation.related_model._meta.label
        for relation in Person._meta.get_fields(include_hidden=True)
        if relation.auto_created
        and not relation.concrete
        and relation.related_model._meta.label not in registered
    }

    assert pointing <= shown.keys()


def test_nothing_shows_somebody_else(db, at):
    who = somebody_with_everything(at)
    other = invented.with_role(at, "officer", DEVON, DEVON_DOMAIN)

    assert other.email not in json.dumps(export_mine(who))
    assert who.email not in json.dumps(export_mine(other))


def test_erasing_leaves_nothing_but_the_last_letter(db, at):
    who = somebody_with_everything(at)
    email, number = who.email, who.pk
    assert {"people.Person", "people.SignInCode", "common.Message"} <= set(holds(email))
    events = RateEvent.objects.count()

    actions.erase_me(person=who, at=at)

    assert holds(email) == ["common.Message"]
    assert [m.key for m in Message.objects.filter(to=email)] == [f"erased:{number}"]
    assert not Person.objects.filter(pk=number).exists()
    for model in (Consent, Session, Authenticator, SocialAccount):
        assert not model.objects.exists()
    assert not Role.objects.filter(space="rehearsal").exists()
    assert RateEvent.objects.count() < events
    assert holds(SECRET) == holds("number-17") == []


def test_the_record_stays_whole_and_says_that_the_roles_ended(db, at):
    who = somebody_with_everything(at)
    before = list(PublicAct.objects.values_list("sha256", flat=True).order_by("pk"))

    actions.erase_me(person=who, at=at)

    acts = list(PublicAct.objects.order_by("pk"))
    assert [act.sha256 for act in acts][: len(before)] == before
    ended = [(act.office, act.verb, act.subject) for act in acts[len(before) :]]
    assert ended == [
        (f"{LEEDS}/chief-executive", "end-role", f"role:officer/{LEEDS}/chief-executive"),
        (f"{LEEDS}/leader", "end-role", f"role:representative/{LEEDS}/leader"),
    ]
    stones = Role.objects.filter(body=LEEDS, person=None)
    assert {(s.office, s.until) for s in stones} == {
        ("chief-executive", at.date()), ("leader", at.date()),
    }  # fmt: skip
    assert set(Invitation.objects.filter(body=LEEDS).values_list("email", flat=True)) == {""}


def test_after_erasure_the_address_can_begin_again_with_nothing(db, at):
    who = somebody_with_everything(at)
    email = who.email
    actions.erase_me(person=who, at=at)

    again = actions.person_of_provider(email=email, at=at)

    mine = export_mine(again)
    assert [mine[key] for key in ("roles", "invitations", "passkeys", "consents")] == [[]] * 4


def test_other_rooms_show_and_erase_what_they_hold(db, at, monkeypatch):
    monkeypatch.setattr(holdings, "_HOLDINGS", {})
    erased = []
    holdings.register_holding(
        holdings.Holding(
            "letters", show=lambda p: ["one"], erase=lambda p, at: erased.append((p.email, at))
        )
    )
    who = invented.person(at)

    assert export_mine(who)["letters"] == ["one"]
    actions.erase_me(person=who, at=at)
    assert erased == [(who.email, at)]


def test_an_erasure_that_fails_half_way_erases_nothing(db, at, monkeypatch):
    def fails(person, at):
        raise OSError("a disc is full")

    who = invented.with_role(at, "officer")
    monkeypatch.setattr(
        holdings, "_HOLDINGS", {"x": holdings.Holding("x", show=lambda p: None, erase=fails)}
    )
    acts = PublicAct.objects.count()
    with pytest.raises(OSError), transaction.atomic():
        actions.erase_me(person=who, at=at)

    assert Person.objects.filter(pk=who.pk).exists()
    assert PublicAct.objects.count() == acts


def test_consent_is_given_once_and_taken_back(db, at):
    who = invented.person(at)
    actions.give_consent(person=who, purpose="letters", at=at)
    actions.give_consent(person=who, purpose="letters", at=at)
    assert has_consent(who, "letters")
    assert Consent.objects.count() == 1

    later = at + dt.timedelta(days=1)
    actions.withdraw_consent(person=who, purpose="letters", at=later)
    assert not has_consent(who, "letters")
    actions.give_consent(person=who, purpose="letters", at=later)
    assert [c.withdrawn for c in Consent.objects.order_by("pk")] == [later, None]
    with pytest.raises(BadInput):
        actions.give_consent(person=who, purpose="selling", at=at)


def test_nobody_removes_somebody_else_s_passkey(db, at):
    who, other = invented.person(at), invented.person(at)
    passkey = actions.add_passkey(person=who, name="x" * 99, credential={}, at=at)
    with pytest.raises(NotFound):
        actions.remove_passkey(person=other, passkey=passkey.pk, at=at)

    actions.remove_passkey(person=who, passkey=passkey.pk, at=at)
    letters = Message.objects.filter(to=who.email).order_by("pk")
    assert [m.key.partition(":")[0] for m in letters] == ["passkey-added", "passkey-removed"]


def test_nobody_has_a_password(db, at):
    who = invented.person(at)
    with connection.cursor() as cursor:
        columns = {
            column.name
            for column in connection.introspection.get_table_description(cursor, "people_person")
        }

    assert not who.has_usable_password()
    assert not who.check_password("")
    assert columns == {"id", "email", "created", "seen_on", "warned_on", "seal"}
    assert LEEDS_DOMAIN not in who.email


def test_erased_by_many_at_once_is_erased_once(committing, at):
    who = invented.with_role(at, "officer")

    def run(_):
        try:
            actions.erase_me(person=who, at=at)
        except NotFound:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(run, range(4))) == [False, False, False, True]
    assert PublicAct.objects.filter(verb="end-role").count() == 1


def test_accepting_and_erasing_at_once_leaves_no_role_of_nobody(committing, at):
    admin = invented.administrator(at)
    actions.verify_domain(actor=admin, body=LEEDS, domain=LEEDS_DOMAIN, at=at)
    who = invented.person(at, LEEDS_DOMAIN)
    row = actions.invite(
        actor=admin, email=who.email, role="officer", body=LEEDS, office="clerk", at=at
    )
    tries = [
        lambda: actions.accept_invitation(person=who, invitation=row.pk, at=at),
        lambda: actions.erase_me(person=who, at=at),
    ]

    def run(attempt):
        try:
            attempt()
        except NotFound:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, tries))

    assert not Person.objects.filter(email=who.email).exists()
    assert not Role.objects.filter(body=LEEDS, until__isnull=True).exists()

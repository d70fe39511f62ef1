"""What has served its time goes by itself: proved with a moved clock."""

import datetime as dt

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import transaction

from folkmoot.cli import work
from folkmoot.common.models import Message, PublicAct
from folkmoot.common.outbox import enqueue
from folkmoot.people import actions, holdings, retention
from folkmoot.people.models import (
    Consent,
    Invitation,
    Person,
    RateEvent,
    Role,
    Session,
    SignInCode,
)
from folkmoot.people.sessions import SessionStore
from tests.rooms import people_invented as invented
from tests.rooms.people_invented import LEEDS, LEEDS_DOMAIN

SECOND, DAY = dt.timedelta(seconds=1), dt.timedelta(days=1)


def tidy(at):
    return actions.apply_retention(at=at).erased


def edge(rule, at, step, count):
    """``count()`` just before the rule's time is up, and when it is; the second run finds none."""
    kept = tidy(at + rule.after - step)[rule.key]
    before = count()
    gone = tidy(at + rule.after)[rule.key]
    return kept, before, gone, count(), tidy(at + rule.after)[rule.key]


def test_every_rule_is_applied_and_only_those(db, at):
    assert set(tidy(at)) == {rule.key for rule in retention.RULES}
    assert len(retention.RULES) == len({rule.key for rule in retention.RULES})


def test_codes(db, at):
    actions.ask_for_code(email=invented.address(), network="192.0.2.7", at=at)

    found = edge(retention.CODES, at, SECOND, SignInCode.objects.count)

    assert found == (0, 1, 1, 0, 0)


def test_rate_events(db, at):
    actions.ask_for_code(email=invented.address(), network="192.0.2.7", at=at)

    found = edge(retention.RATE_EVENTS, at, SECOND, RateEvent.objects.count)

    assert found == (0, 2, 2, 0, 0)


def test_sessions(db, at):
    store = SessionStore()
    store[SESSION_KEY] = str(invented.person(at).pk)
    store.set_expiry(at + retention.SESSIONS.after)
    store.create()

    found = edge(retention.SESSIONS, at, SECOND, Session.objects.count)

    assert found == (0, 1, 1, 0, 0)


def test_what_is_kept_for_a_day_goes_within_an_hour_of_it(db, at):
    """The daily run alone would leave some of it for nearly two days."""
    job = next(job for job in work.JOBS if job.name == "short-lived")
    actions.ask_for_code(email=invented.address(), network="192.0.2.7", at=at)

    assert job.run(at + DAY - SECOND) == 0
    assert dt.timedelta(seconds=job.every) == dt.timedelta(hours=1)
    assert job.run(at + DAY) == 3
    assert not RateEvent.objects.exists()
    assert not SignInCode.objects.exists()


def named():
    return Invitation.objects.filter(body=LEEDS).exclude(email="").count()


@pytest.mark.parametrize("end", ["accepted", "withdrawn", "ran out"])
def test_addresses_in_invitations(db, at, end):
    admin = invented.administrator(at)
    actions.verify_domain(actor=admin, body=LEEDS, domain=LEEDS_DOMAIN, at=at)
    who = invented.person(at, LEEDS_DOMAIN)
    row = actions.invite(
        actor=admin, email=who.email, role="officer", body=LEEDS, office="clerk", at=at
    )
    since = at
    if end == "accepted":
        actions.accept_invitation(person=who, invitation=row.pk, at=at)
    elif end == "withdrawn":
        actions.withdraw_invitation(actor=admin, invitation=row.pk, at=at)
    else:
        since = row.expires
    # The administrator's own invitation was accepted at the same time.
    tidy(at + retention.INVITATIONS.after)

    found = edge(retention.INVITATIONS, since, SECOND, named)

    assert found == ((0, 1, 1, 0, 0) if end == "ran out" else (0, 0, 0, 0, 0))
    assert Invitation.objects.filter(body=LEEDS).count() == 1


@pytest.mark.parametrize("end", ["accepted", "withdrawn"])
def test_addresses_in_invitations_are_kept_until_then(db, at, end):
    admin = invented.administrator(at)
    actions.verify_domain(actor=admin, body=LEEDS, domain=LEEDS_DOMAIN, at=at)
    who = invented.person(at, LEEDS_DOMAIN)
    row = actions.invite(
        actor=admin, email=who.email, role="officer", body=LEEDS, office="clerk", at=at
    )
    if end == "accepted":
        actions.accept_invitation(person=who, invitation=row.pk, at=at)
    else:
        actions.withdraw_invitation(actor=admin, invitation=row.pk, at=at)

    tidy(at + retention.INVITATIONS.after - SECOND)
    assert named() == 1
    tidy(at + retention.INVITATIONS.after)
    assert named() == 0


def test_who_held_an_ended_role(db, at):
    admin = invented.administrator(at)
    who = invented.with_role(at, "officer", by=admin)
    actions.end_role(actor=admin, role=Role.objects.get(person=who).pk, at=at)
    keep = Role.objects.filter(body=LEEDS, person__isnull=False).count

    found = edge(retention.ROLES, at, DAY, keep)

    assert found == (0, 1, 1, 0, 0)
    assert Role.objects.get(body=LEEDS).office == "chief-executive"
    assert PublicAct.objects.filter(verb="grant-role", body=LEEDS).exists()


def test_rehearsal_roles(db, at):
    invented.known("department-for-education")
    actions.take_rehearsal_role(
        person=invented.person(at),
        role="centre",
        body="department-for-education",
        office="desk",
        at=at,
    )

    found = edge(retention.REHEARSAL_ROLES, at, DAY, Role.objects.count)

    assert found == (0, 1, 1, 0, 0)


def test_consents_taken_back(db, at, monkeypatch):
    monkeypatch.setattr(holdings, "_PURPOSES", {"letters": "Write to me"})
    who, other = invented.person(at), invented.person(at)
    for person in (who, other):
        actions.give_consent(person=person, purpose="letters", at=at)
    actions.withdraw_consent(person=who, purpose="letters", at=at)

    found = edge(retention.CONSENTS, at, SECOND, Consent.objects.count)

    assert found == (0, 2, 1, 1, 0)


def test_mail_that_could_not_be_sent(db, at):
    with transaction.atomic():
        message = enqueue(key="a:1", kind="email", to=invented.address(), payload={}, at=at)
    Message.objects.filter(pk=message.pk).update(failed_at=at)

    found = edge(retention.FAILED_MAIL, at, SECOND, Message.objects.exclude(to="").count)

    assert found == (0, 1, 1, 0, 0)


def test_an_unused_account_is_warned_then_erased(db, at):
    who = invented.person(at)
    warn_at = at + retention.ACCOUNTS.after - retention.WARNING

    assert actions.apply_retention(at=warn_at - DAY).warned == 0
    assert actions.apply_retention(at=warn_at).warned == 1
    assert actions.apply_retention(at=warn_at + DAY).warned == 0
    letter = Message.objects.get(key__startswith="unused:")
    assert letter.to == who.email
    assert f"in {retention.WARNING.days} days" in letter.payload["subject"]

    assert tidy(at + retention.ACCOUNTS.after - DAY)["accounts"] == 0
    assert tidy(at + retention.ACCOUNTS.after)["accounts"] == 1
    assert not Person.objects.exists()
    assert not Message.objects.filter(key__startswith="unused:").exists()


def test_nobody_is_erased_unwarned_however_late_the_run(db, at):
    invented.person(at)
    late = at + retention.ACCOUNTS.after * 2

    assert tidy(late)["accounts"] == 0
    assert tidy(late + retention.WARNING - DAY)["accounts"] == 0
    assert tidy(late + retention.WARNING)["accounts"] == 1


def test_signing_in_after_the_warning_keeps_the_account(db, at):
    who = invented.person(at)
    warned = at + retention.ACCOUNTS.after - retention.WARNING
    actions.apply_retention(at=warned)
    actions.person_seen(person=who, at=warned + DAY)

    assert tidy(at + retention.ACCOUNTS.after + DAY)["accounts"] == 0
    assert Person.objects.get().warned_on is None


def test_whoever_holds_a_role_is_not_unused(db, at):
    who = invented.with_role(at, "officer")
    later = at + retention.ACCOUNTS.after * 3
    for moment in (later, later + retention.WARNING):
        tidy(moment)

    assert Person.objects.filter(pk=who.pk).exists()

"""Roles: who may grant, end and act, and what the public sees of it."""

import datetime as dt

import pytest

from folkmoot.common.errors import BadInput, Conflict, NotAllowed, NotFound
from folkmoot.common.models import Message, PublicAct
from folkmoot.people import actions, rules
from folkmoot.people.models import Invitation, Role, VerifiedDomain
from folkmoot.people.queries import bodies_managed_by, day_of, require, roles_of
from folkmoot.people.rules import ROLES, HeldRole
from tests.rooms import people_invented as invented
from tests.rooms.people_invented import DEVON, DEVON_DOMAIN, LEEDS, LEEDS_DOMAIN

DFE = "department-for-education"
DAY = dt.timedelta(days=1)


def last_act():
    act = PublicAct.objects.latest("pk")
    return act.office, act.verb, act.subject, act.body


@pytest.fixture
def admin(db, at):
    return invented.administrator(at)


def seat_of(role):
    """A body at which there can be such a role: the centre is no council."""
    return DFE if role == "centre" else LEEDS


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"administrator"}))
def test_a_role_counts_at_its_own_body_only(admin, at, role):
    own = seat_of(role)
    who = invented.with_role(at, role, own, by=admin)
    day = day_of(at)

    assert require(who, role, own, day).acting_office == f"{own}/chief-executive"
    for other_role, body in [(r, DEVON) for r in ROLES] + [(r, own) for r in ROLES if r != role]:
        with pytest.raises(NotAllowed):
            require(who, other_role, body, day)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_nobody_at_one_body_can_do_anything_for_another(admin, at, role):
    """For every role: granting, inviting, ending, withdrawing and verifying at another body."""
    actions.verify_domain(actor=admin, body=DEVON, domain=DEVON_DOMAIN, at=at)
    colleague = invented.with_role(at, "officer", DEVON, DEVON_DOMAIN, by=admin)
    theirs = Role.objects.get(person=colleague)
    pending = actions.invite(
        actor=admin, email=invented.address(DEVON_DOMAIN), role="officer", body=DEVON,
        office="leader", at=at,
    )  # fmt: skip
    seat = (seat_of(role), LEEDS_DOMAIN)
    body, domain = (rules.SITE, "example.org") if role == "administrator" else seat
    who = invented.with_role(at, role, body, domain, by=admin)
    acts = PublicAct.objects.count()
    tries = [
        lambda: actions.invite(
            actor=who, email=invented.address(DEVON_DOMAIN), role="officer", body=DEVON,
            office="leader", at=at),
        lambda: actions.grant_role(
            actor=who, person=colleague, role="representative", body=DEVON, office="leader",
            at=at),
        lambda: actions.withdraw_invitation(actor=who, invitation=pending.pk, at=at),
        lambda: actions.end_role(actor=who, role=theirs.pk, at=at),
        lambda: actions.verify_domain(actor=who, body=DEVON, domain="devon.org.uk", at=at),
        lambda: actions.end_domain(actor=who, body=DEVON, domain=DEVON_DOMAIN, at=at),
    ]  # fmt: skip

    for attempt in tries:
        if role == "administrator":
            attempt()
        else:
            with pytest.raises(NotAllowed):
                attempt()

    assert (PublicAct.objects.count() > acts) == (role == "administrator")
    assert rules.MAY_GRANT.keys() == ROLES.keys()


@pytest.mark.parametrize(
    ("role", "grants"),
    [
        ("officer", {"officer", "representative", "moderator"}),
        ("centre", {"centre"}),
        ("representative", set()),
        ("moderator", set()),
    ],
)
def test_what_each_role_may_grant_at_its_own_body(admin, at, role, grants):
    own = seat_of(role)
    who = invented.with_role(at, role, own, by=admin)
    colleague = invented.person(at, LEEDS_DOMAIN)
    done = set()
    for wanted in ROLES:
        try:
            actions.grant_role(
                actor=who, person=colleague, role=wanted, body=own, office="clerk", at=at
            )
            done.add(wanted)
        except NotAllowed:
            pass

    assert done == grants
    assert bodies_managed_by(who, day_of(at)) == ((own,) if grants else ())


def test_being_administrator_is_no_other_role_and_only_of_the_site(admin, at):
    day = day_of(at)
    with pytest.raises(NotAllowed):
        require(admin, "officer", LEEDS, day)
    with pytest.raises(NotAllowed):
        require(admin, "centre", rules.SITE, day)
    assert bodies_managed_by(admin, day) is None
    actions.verify_domain(actor=admin, body=LEEDS, domain=LEEDS_DOMAIN, at=at)
    with pytest.raises(NotAllowed):
        actions.grant_role(
            actor=admin, person=invented.person(at, LEEDS_DOMAIN), role="administrator",
            body=LEEDS, office="clerk", at=at,
        )  # fmt: skip


def test_nobody_is_somebody_without_signing_in(db, at):
    assert roles_of(None, day_of(at)) == ()
    with pytest.raises(NotAllowed):
        require(None, "officer", LEEDS, day_of(at))


def test_a_role_is_held_from_its_first_day_until_before_its_last(admin, at):
    actions.verify_domain(actor=admin, body=LEEDS, domain=LEEDS_DOMAIN, at=at)
    who, day = invented.person(at, LEEDS_DOMAIN), day_of(at)
    actions.grant_role(
        actor=admin, person=who, role="officer", body=LEEDS, office="clerk", at=at,
        until=day + 10 * DAY,
    )  # fmt: skip

    held = [d for d in range(-1, 12) if roles_of(who, day + d * DAY)]

    assert held == list(range(10))


def test_ending_takes_the_role_at_once_and_says_so_in_public(admin, at):
    who = invented.with_role(at, "officer", by=admin)
    role = Role.objects.get(person=who)

    actions.end_role(actor=admin, role=role.pk, at=at)

    assert roles_of(who, day_of(at)) == ()
    subject = f"role:officer/{LEEDS}/chief-executive"
    assert last_act() == ("site/administrator", "end-role", subject, LEEDS)
    with pytest.raises(Conflict):
        actions.end_role(actor=admin, role=role.pk, at=at)
    with pytest.raises(NotFound):
        actions.end_role(actor=admin, role=role.pk + 1000, at=at)


def test_a_holder_may_give_a_role_up(admin, at):
    who = invented.with_role(at, "moderator", by=admin)
    actions.end_role(actor=who, role=Role.objects.get(person=who).pk, at=at)

    assert last_act()[:2] == (f"{LEEDS}/chief-executive", "end-role")


def test_an_ended_officer_can_do_nothing(admin, at):
    who = invented.with_role(at, "officer", by=admin)
    actions.end_role(actor=admin, role=Role.objects.get(person=who).pk, at=at)

    with pytest.raises(NotAllowed):
        actions.invite(
            actor=who, email=invented.address(LEEDS_DOMAIN), role="officer", body=LEEDS,
            office="clerk", at=at,
        )  # fmt: skip


def test_invited_accepted_and_recorded_naming_offices_only(admin, at):
    officer = invented.with_role(at, "officer", by=admin)
    who = invented.person(at, LEEDS_DOMAIN)
    row = actions.invite(
        actor=officer, email=who.email.upper(), role="representative", body=LEEDS,
        office="leader", at=at,
    )  # fmt: skip
    letter = Message.objects.get(key=f"invitation:{row.pk}")
    before = PublicAct.objects.count()

    role = actions.accept_invitation(person=who, invitation=row.pk, at=at)

    assert letter.to == who.email
    assert "/account/" in letter.payload["text"]
    assert require(who, "representative", LEEDS, day_of(at), office="leader").key == role.pk
    assert PublicAct.objects.count() == before + 1
    assert last_act() == (
        f"{LEEDS}/chief-executive", "grant-role", f"role:representative/{LEEDS}/leader", LEEDS,
    )  # fmt: skip
    said = PublicAct.objects.latest("pk").canonical
    assert who.email not in said
    assert who.email.partition("@")[0] not in said


@pytest.mark.parametrize(
    "domain", ["gmail.com", "devon.gov.uk", "sub.leeds.gov.uk", "leeds.gov.uk.example.org"]
)
def test_no_invitation_leaves_the_body_s_own_domain(admin, at, domain):
    actions.verify_domain(actor=admin, body=LEEDS, domain=LEEDS_DOMAIN, at=at)

    with pytest.raises(BadInput) as refused:
        actions.invite(
            actor=admin, email=f"a.clerk@{domain}", role="officer", body=LEEDS, office="clerk",
            at=at,
        )  # fmt: skip

    assert [fault.kind for fault in refused.value.faults] == ["wrong-domain"]
    assert not Message.objects.filter(key__startswith="invitation:", to__contains=domain).exists()


def test_every_fault_of_an_invitation_is_named_at_once(admin, at):
    with pytest.raises(BadInput) as refused:
        actions.invite(
            actor=admin, email="nobody", role="officer", body=LEEDS, office="The Clerk",
            until=day_of(at), at=at,
        )  # fmt: skip

    assert {f.where for f in refused.value.faults} == {"email", "office", "until"}


def test_offices_fit_into_the_public_record(admin, at):
    body = "nhs-bath-and-north-east-somerset-swindon-and-wiltshire-integrated-care-board"
    ask = {"actor": admin, "person": admin, "role": "officer", "body": body, "at": at}
    # The table of offices holds keys of 80 letters; what fits there need not fit into the record.
    longest = 119 - len(body)
    invented.known(body, "o" * longest, "o" * (longest + 1))
    actions.verify_domain(actor=admin, body=body, domain="example.org", at=at)
    with pytest.raises(BadInput) as refused:
        actions.grant_role(**ask, office="o" * (120 - len(body)))
    assert [fault.where for fault in refused.value.faults] == ["office"]
    role = actions.grant_role(**ask, office="o" * longest)
    actions.end_role(actor=admin, role=role.pk, at=at)
    assert len(PublicAct.objects.latest("pk").office) == 120


@pytest.mark.parametrize(
    ("body", "office", "where", "says"),
    [
        ("leeds-council", "leader", "body", LEEDS),
        ("atlantis", "leader", "body", "list of public bodies"),
        (LEEDS, "lieder", "office", "leader"),
        (DEVON, "archbishop", "office", "chief-executive, clerk, leader"),
        (LEEDS, "mayor", "office", "chief-executive, clerk, leader"),
    ],
)
def test_a_role_is_granted_for_a_body_and_an_office_that_there_are(
    admin, at, body, office, where, says
):
    ended = invented.known(LEEDS, "mayor").offices.get(slug="mayor")
    ended.ended = day_of(at) - DAY
    ended.save()
    for one, domain in ((LEEDS, LEEDS_DOMAIN), (DEVON, DEVON_DOMAIN)):
        actions.verify_domain(actor=admin, body=one, domain=domain, at=at)
    acts = PublicAct.objects.count()
    asked = {"actor": admin, "role": "officer", "body": body, "office": office, "at": at}
    for attempt in (
        lambda: actions.invite(email=invented.address(LEEDS_DOMAIN), **asked),
        lambda: actions.grant_role(person=invented.person(at, LEEDS_DOMAIN), **asked),
    ):
        with pytest.raises(BadInput) as refused:
            attempt()
        fault = refused.value.faults[0]
        assert (fault.where, fault.value) == (where, body if where == "body" else office)
        assert says in fault.remedy
    if where == "body":
        with pytest.raises(BadInput) as refused:
            actions.verify_domain(actor=admin, body=body, domain="example.org", at=at)
        assert says in refused.value.faults[0].remedy
    assert not Invitation.objects.filter(body=body, office=office).exists()
    assert PublicAct.objects.count() == acts


def test_the_site_has_the_offices_that_it_gives_itself(admin, at):
    actions.verify_domain(actor=admin, body=rules.SITE, domain="example.org", at=at)
    who = invented.person(at)
    role = actions.grant_role(
        actor=admin, person=who, role="moderator", body=rules.SITE, office="night-desk", at=at
    )
    assert role.office == "night-desk"


def test_the_centre_is_no_council(admin, at):
    actions.verify_domain(actor=admin, body=LEEDS, domain=LEEDS_DOMAIN, at=at)
    asked = {"actor": admin, "role": "centre", "body": LEEDS, "office": "clerk", "at": at}
    who = invented.person(at, LEEDS_DOMAIN)
    for attempt in (
        lambda: actions.invite(email=who.email, **asked),
        lambda: actions.grant_role(person=who, **asked),
    ):
        with pytest.raises(BadInput) as refused:
            attempt()
        assert [fault.where for fault in refused.value.faults] == ["role"]
    assert not who.roles.exists()


@pytest.mark.parametrize(
    "domain", ["gmail.com", "gov.uk", "nhs.net", "leeds", "", "leeds gov.uk", "-a.uk", "a@b.uk"]
)
def test_a_domain_that_proves_nothing_is_not_verified(admin, at, domain):
    with pytest.raises(BadInput):
        actions.verify_domain(actor=admin, body=LEEDS, domain=domain, at=at)
    assert not VerifiedDomain.objects.exists()


def test_a_domain_is_verified_and_ended_in_public(admin, at):
    actions.verify_domain(actor=admin, body=LEEDS, domain=" Leeds.GOV.uk ", at=at)
    assert last_act() == ("site/administrator", "verify-domain", "domain:leeds.gov.uk", LEEDS)
    with pytest.raises(Conflict):
        actions.verify_domain(actor=admin, body=LEEDS, domain=LEEDS_DOMAIN, at=at)
    actions.end_domain(actor=admin, body=LEEDS, domain=LEEDS_DOMAIN, at=at)
    assert last_act()[1] == "end-domain"
    with pytest.raises(NotFound):
        actions.end_domain(actor=admin, body=LEEDS, domain=LEEDS_DOMAIN, at=at)


def test_a_rehearsal_role_counts_in_rehearsal_only_and_is_never_in_the_record(admin, at):
    who, acts = invented.person(at), PublicAct.objects.count()
    actions.take_rehearsal_role(person=who, role="centre", body=DFE, office="secretary", at=at)

    assert require(who, "centre", DFE, day_of(at), space="rehearsal").office == "secretary"
    with pytest.raises(NotAllowed):
        require(who, "centre", DFE, day_of(at))
    with pytest.raises(NotAllowed):
        actions.invite(
            actor=who, email=invented.address(LEEDS_DOMAIN), role="centre", body=DFE,
            office="desk", at=at,
        )  # fmt: skip
    with pytest.raises(NotFound):
        actions.end_role(actor=who, role=Role.objects.get(person=who).pk, at=at)
    real = invented.with_role(at, "officer", by=admin)
    with pytest.raises(NotAllowed):
        require(real, "officer", LEEDS, day_of(at), space="rehearsal")
    assert not PublicAct.objects.filter(pk__gt=acts, subject__contains="dfe").exists()


def test_may_grant_without_a_database():
    day = dt.date(2026, 11, 23)
    officer = HeldRole(1, "officer", LEEDS, "clerk", day, day + DAY)

    assert rules.may_grant([officer], "moderator", LEEDS, day) == officer
    assert rules.may_grant([officer], "moderator", LEEDS, day + DAY) is None
    assert rules.may_grant([officer], "moderator", DEVON, day) is None
    assert rules.may_grant([officer], "centre", LEEDS, day) is None

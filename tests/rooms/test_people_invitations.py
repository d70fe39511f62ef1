"""Invitations: to one address, for a while, and only for what could be granted now."""

import datetime as dt

import pytest

from folkmoot.common.errors import Conflict, NotAllowed, NotFound, TooOften
from folkmoot.common.models import PublicAct
from folkmoot.people import actions, limits, rules
from folkmoot.people.models import Invitation
from folkmoot.people.queries import day_of, roles_of
from tests.rooms import people_invented as invented
from tests.rooms.people_invented import LEEDS, LEEDS_DOMAIN

DAY = dt.timedelta(days=1)


@pytest.fixture
def admin(db, at):
    return invented.administrator(at)


def test_an_invitation_is_only_for_its_own_address(admin, at):
    actions.verify_domain(actor=admin, body=LEEDS, domain=LEEDS_DOMAIN, at=at)
    row = actions.invite(
        actor=admin, email=invented.address(LEEDS_DOMAIN), role="officer", body=LEEDS,
        office="clerk", at=at,
    )  # fmt: skip

    with pytest.raises(NotFound):
        actions.accept_invitation(
            person=invented.person(at, LEEDS_DOMAIN), invitation=row.pk, at=at
        )


@pytest.mark.parametrize("over", ["expired", "withdrawn", "declined", "domain"])
def test_an_invitation_that_is_over_gives_nothing(admin, at, over):
    actions.verify_domain(actor=admin, body=LEEDS, domain=LEEDS_DOMAIN, at=at)
    who = invented.person(at, LEEDS_DOMAIN)
    row = actions.invite(
        actor=admin, email=who.email, role="officer", body=LEEDS, office="clerk", at=at
    )
    later = at + DAY
    if over == "expired":
        later = at + rules.INVITATION_LASTS
    elif over == "domain":
        actions.end_domain(actor=admin, body=LEEDS, domain=LEEDS_DOMAIN, at=at)
    else:
        by = admin if over == "withdrawn" else who
        actions.withdraw_invitation(actor=by, invitation=row.pk, at=at)

    with pytest.raises(NotAllowed if over == "domain" else Conflict):
        actions.accept_invitation(person=who, invitation=row.pk, at=later)
    assert roles_of(who, day_of(later)) == ()


@pytest.mark.parametrize("changed", ["day", "after", "office", "inviter"])
def test_an_invitation_gives_nothing_that_could_not_be_granted_now(admin, at, changed):
    officer = invented.with_role(at, "officer", by=admin)
    who = invented.person(at, LEEDS_DOMAIN)
    until = day_of(at) + DAY if changed in ("day", "after") else None
    row = actions.invite(
        actor=officer, email=who.email, role="officer", body=LEEDS, office="clerk", until=until,
        at=at,
    )  # fmt: skip
    later = at + DAY * (2 if changed == "after" else 1)
    if changed == "office":
        invented.known(LEEDS).offices.filter(slug="clerk").update(ended=day_of(at))
    elif changed == "inviter":
        actions.end_role(actor=admin, role=roles_of(officer, day_of(at))[0].key, at=at)
    acts = PublicAct.objects.count()

    with pytest.raises(NotAllowed if changed == "inviter" else Conflict) as refused:
        actions.accept_invitation(person=who, invitation=row.pk, at=later)

    assert "already" not in str(refused.value).replace("come already", "")
    assert not who.roles.exists()
    assert PublicAct.objects.count() == acts


def test_the_same_invitation_stands_once_and_again_after_it_ran_out(admin, at):
    actions.verify_domain(actor=admin, body=LEEDS, domain=LEEDS_DOMAIN, at=at)
    ask = {"actor": admin, "email": invented.address(LEEDS_DOMAIN), "role": "officer",
           "body": LEEDS, "office": "clerk"}  # fmt: skip
    actions.invite(**ask, at=at)
    with pytest.raises(Conflict):
        actions.invite(**ask, at=at)

    assert actions.invite(**ask, at=at + rules.INVITATION_LASTS).pk


def test_invitations_to_one_address_are_limited(admin, at):
    actions.verify_domain(actor=admin, body=LEEDS, domain=LEEDS_DOMAIN, at=at)
    email = invented.address(LEEDS_DOMAIN)
    allowed = next(x.count for x in limits.LIMITS[limits.INVITE] if x.per == limits.ADDRESS)

    invented.known(LEEDS, *(f"desk-{number}" for number in range(allowed + 1)))

    def ask(number):
        actions.invite(
            actor=admin, email=email, role="officer", body=LEEDS, office=f"desk-{number}", at=at
        )

    for number in range(allowed):
        ask(number)
    with pytest.raises(TooOften):
        ask(allowed)

    assert Invitation.objects.filter(email=email).count() == allowed

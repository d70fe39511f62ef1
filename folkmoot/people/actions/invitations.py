"""Inviting somebody to a role, and accepting."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from folkmoot.common.errors import BadInput, Conflict, Fault, NotAllowed, NotFound
from folkmoot.people import limits, rules
from folkmoot.people.actions.rates import count
from folkmoot.people.actions.roles import (
    begin_role,
    fault_of_domain,
    fault_of_end,
    faults_of_seat,
    lock_person,
)
from folkmoot.people.letters import post
from folkmoot.people.models import Invitation, Person, Role
from folkmoot.people.queries import day_of, domains_of, held, require_grant, roles_at
from folkmoot.people.rules import (
    ADMINISTRATOR,
    INVITATION_LASTS,
    OPERATOR,
    ROLES,
    SITE,
    SITE_OFFICE,
    domain_of,
    is_address,
    tidy_address,
)


@transaction.atomic
def invite(
    *,
    actor: Person,
    email: str,
    role: str,
    body: str,
    office: str,
    at: dt.datetime,
    until: dt.date | None = None,
) -> Invitation:
    """Invite whoever reads mail at ``email`` to a role for an office of a body.

    The address must be at a domain that is verified as the body's own, and the office one that
    the body has. The letter holds no secret: the role is accepted by signing in with that
    address. Raises NotAllowed, BadInput with every fault, Conflict if the same invitation stands
    already, and TooOften.
    """
    day = day_of(at)
    by = require_grant(actor, role, body, day)
    address = tidy_address(email)
    faults = faults_of_seat(role, body, office, day) + fault_of_end(until, day)
    if not is_address(address):
        faults.append(_bad_address())
    elif not faults:
        faults += fault_of_domain(address, body, day)
    if faults:
        raise BadInput(faults)
    trier = limits.Trier(address=address, account=str(actor.pk))
    count(kind=limits.INVITE, trier=trier, at=at)
    return _write(
        email=address,
        role=role,
        body=body,
        office=office,
        until=until,
        granted_by=by.acting_office,
        at=at,
    )


def _bad_address() -> Fault:
    return Fault("email", _("This is not an email address."), _("Write it as in name@example.org."))


@transaction.atomic
def invite_administrator(*, email: str, at: dt.datetime) -> Invitation:
    """Invite an administrator of this site, by whoever holds the machine it runs on.

    The one invitation that needs no verified domain and no role, for it comes before both.
    Raises BadInput, and Conflict if the same invitation stands already.
    """
    address = tidy_address(email)
    if not is_address(address):
        raise BadInput([_bad_address()])
    return _write(
        email=address,
        role=ADMINISTRATOR,
        body=SITE,
        office=SITE_OFFICE,
        until=None,
        granted_by=OPERATOR,
        at=at,
    )


def _write(
    *,
    email: str,
    role: str,
    body: str,
    office: str,
    until: dt.date | None,
    granted_by: str,
    at: dt.datetime,
) -> Invitation:
    same = Invitation.objects.filter(
        email=email,
        role=role,
        body=body,
        office=office,
        accepted_at__isnull=True,
        withdrawn_at__isnull=True,
    )
    # One that ran out makes room for a new one.
    same.filter(expires__lte=at).update(withdrawn_at=at)
    row, made = Invitation.objects.get_or_create(
        email=email,
        role=role,
        body=body,
        office=office,
        accepted_at=None,
        withdrawn_at=None,
        defaults={
            "until": until,
            "created": at,
            "expires": at + INVITATION_LASTS,
            "granted_by": granted_by,
        },
    )
    if not made:
        raise Conflict(_("This address has been invited to this role already."))
    post(
        key=f"invitation:{row.pk}",
        letter="invitation",
        to=email,
        at=at,
        invitation=row,
        role_words=ROLES[role],
    )
    return row


@transaction.atomic
def accept_invitation(*, person: Person, invitation: int, at: dt.datetime) -> Role:
    """Take the role that was offered to the address of ``person``, who has proved it.

    Recorded in public as granted by the inviting office. Of two at once, one succeeds. Raises
    NotFound for somebody else's invitation as for none, NotAllowed if the domain is no longer
    the body's or the office that invited has nobody left who may, and Conflict if it was
    accepted or withdrawn, or has run out, or if the role's own end or that of its office came.
    """
    lock_person(person)
    row = Invitation.objects.select_for_update().filter(pk=invitation, email=person.email).first()
    if row is None:
        raise NotFound(_("There is no such invitation."), [(_("Your account"), "/account/")])
    if row.accepted_at is not None or row.withdrawn_at is not None or row.expires <= at:
        raise Conflict(_("This invitation was used or withdrawn, or has run out."))
    _check_still_good(row, day_of(at))
    role = begin_role(
        person=person,
        role=row.role,
        body=row.body,
        office=row.office,
        until=row.until,
        granted_by=row.granted_by,
        at=at,
    )
    row.accepted_at = at
    row.save(update_fields=["accepted_at"])
    return role


def _check_still_good(row: Invitation, day: dt.date) -> None:
    """That what was true when somebody was invited still is. Raises NotAllowed and Conflict."""
    if faults_of_seat(row.role, row.body, row.office, day):
        raise Conflict(_("The office that this invitation is for is no longer there."))
    if row.granted_by == OPERATOR:
        return
    if domain_of(row.email) not in domains_of(row.body, day):
        raise NotAllowed(_("Your address is no longer at a domain of this body."))
    body, _slash, office = row.granted_by.partition("/")
    inviting = [held(has) for has in roles_at(body, day).filter(office=office)]
    if rules.may_grant(inviting, row.role, row.body, day) is None:
        raise NotAllowed(
            _("The office that invited you has nobody now who may. Ask the body to invite again.")
        )


@transaction.atomic
def withdraw_invitation(*, actor: Person, invitation: int, at: dt.datetime) -> None:
    """Take an invitation back, or decline one's own. Raises NotFound, NotAllowed, Conflict."""
    row = Invitation.objects.select_for_update().filter(pk=invitation).first()
    if row is None:
        raise NotFound(_("There is no such invitation."), [(_("Your account"), "/account/")])
    if row.email != actor.email:
        require_grant(actor, row.role, row.body, day_of(at))
    if row.accepted_at is not None or row.withdrawn_at is not None:
        raise Conflict(_("This invitation was used or withdrawn already."))
    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])

"""Granting and ending roles, and saying which domains are whose. Each is a public act."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from difflib import get_close_matches

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from folkmoot.bodies.queries import bodies_near, kind_of, office_keys
from folkmoot.bodies.rules import CENTRAL
from folkmoot.common.acts import NewAct, record_act, record_acts
from folkmoot.common.errors import BadInput, Conflict, Fault, NotFound
from folkmoot.common.models import PublicAct
from folkmoot.people.models import Person, Role, VerifiedDomain
from folkmoot.people.queries import day_of, domains_of, held, require, require_grant
from folkmoot.people.rules import (
    ADMINISTRATOR,
    CENTRE,
    ROLES,
    SITE,
    domain_of,
    holds,
    is_key,
    subject_of,
    trouble_with_domain,
)

# Who ended what nobody ended, as the public record names it.
RULE = "rule"
# What the public record has room for (common.models.PublicAct.office).
LONGEST_OFFICE = 120
# Offices of a body that are named to whoever got one wrong.
_FEW = 12


def faults_of_role(role: str, body: str, office: str) -> list[Fault]:
    """Everything in these three that is not a known role or a key."""
    faults = []
    if role not in ROLES:
        known = ", ".join(ROLES)
        faults.append(Fault("role", _("There is no such role."), _("Use one of: %s.") % known))
    for where, key in (("body", body), ("office", office)):
        if not is_key(key):
            faults.append(
                Fault(
                    where,
                    _("This is not a key."),
                    _("Use small letters, figures and hyphens, as in leeds-city-council."),
                    value=key[:80],
                )
            )
    if not faults and len(f"{body}/{office}") > LONGEST_OFFICE:
        faults.append(
            Fault(
                "office",
                _("Body and office together have more than %s letters.") % LONGEST_OFFICE,
                _("Use a shorter key for the office."),
            )
        )
    return faults


def faults_of_body(body: str, on: dt.date) -> list[Fault]:
    """That there is no such body on a day, with those whose keys come near. The site is one."""
    if body == SITE or office_keys(body, on) is not None:
        return []
    near = ", ".join(bodies_near(body, on))
    remedy = _("Did you mean: %s?") % near if near else _("Find it in the list of public bodies.")
    return [Fault("body", _("There is no body of this key here."), remedy, value=body)]


def faults_of_office(body: str, office: str, on: dt.date) -> list[Fault]:
    """That there is no such body or no such office of it on a day, with what there is.

    The site itself has whatever offices its administrators give it.
    """
    known = [office] if body == SITE else office_keys(body, on)
    if known is None:
        return faults_of_body(body, on)
    if office in known:
        return []
    few = known if len(known) <= _FEW else get_close_matches(office, known, n=_FEW, cutoff=0.4)
    named = ", ".join(few)
    remedy = _("Use one of: %s.") % named if named else _("Its page lists its offices.")
    return [Fault("office", _("This body has no office of this key."), remedy, value=office)]


def faults_of_seat(role: str, body: str, office: str, on: dt.date) -> list[Fault]:
    """Everything that keeps a role from being given for an office of a body on a day.

    The centre is a department or another national body, never a council.
    """
    faults = faults_of_role(role, body, office) or faults_of_office(body, office, on)
    if not faults and role == CENTRE and kind_of(body) not in CENTRAL:
        what = _("This body is no central department, so nobody acts for the centre there.")
        faults.append(Fault("role", what, _("Choose another role, or a department."), value=role))
    return faults


def fault_of_domain(email: str, body: str, on: dt.date) -> list[Fault]:
    """What is wrong with inviting ``email`` for ``body``: one fault, or none."""
    domains = domains_of(body, on)
    if domain_of(email) in domains:
        return []
    named = ", ".join(domains)
    return [
        Fault(
            "email",
            _("This address is not at a domain that is verified as the body's own."),
            _("Use an address at: %s.") % named
            if named
            else _("An administrator verifies the body's domain first."),
            kind="wrong-domain",
        )
    ]


def lock_person(person: Person) -> None:
    """Let nothing else grant to, accept for or erase ``person`` until this transaction ends.

    Taken before any other row, so that two never wait for each other. Raises NotFound for
    somebody erased meanwhile.
    """
    if Person.objects.select_for_update().filter(pk=person.pk).first() is None:
        raise NotFound(_("There is no such person."), [(_("Sign in"), "/sign-in/")])


def begin_role(
    *,
    person: Person,
    role: str,
    body: str,
    office: str,
    until: dt.date | None,
    granted_by: str,
    at: dt.datetime,
) -> Role:
    """Write the role and its public act, in the caller's transaction.

    Raises Conflict if the person holds it already, or if it would have ended before it began.
    """
    day = day_of(at)
    if until is not None and until <= day:
        raise Conflict(_("The day set for the end of this role has come already."))
    lock_person(person)
    same = Role.objects.filter(person=person, role=role, body=body, office=office, space="record")
    if any(holds(held(row), day) for row in same):
        raise Conflict(_("This person holds that role already."))
    try:
        with transaction.atomic():
            row = Role.objects.create(
                person=person,
                role=role,
                body=body,
                office=office,
                since=day,
                until=until,
                granted_by=granted_by,
            )
    except IntegrityError:
        raise Conflict(_("This person holds that role already.")) from None
    record_act(
        office=granted_by,
        verb="grant-role",
        subject=subject_of(role, body, office),
        body=body,
        at=at,
    )
    return row


@transaction.atomic
def grant_role(
    *,
    actor: Person,
    person: Person,
    role: str,
    body: str,
    office: str,
    at: dt.datetime,
    until: dt.date | None = None,
) -> Role:
    """Grant ``role`` for an office of a body to somebody who has an account, from today.

    ``until`` is the first day no more. The address of ``person`` must be at a domain of the
    body, and the office one that the body has. Recorded in public, naming offices. Raises
    NotAllowed, BadInput with every fault, and Conflict.
    """
    day = day_of(at)
    by = require_grant(actor, role, body, day)
    faults = faults_of_seat(role, body, office, day)
    faults = faults + fault_of_domain(person.email, body, day) + fault_of_end(until, day)
    if faults:
        raise BadInput(faults)
    return begin_role(
        person=person,
        role=role,
        body=body,
        office=office,
        until=until,
        granted_by=by.acting_office,
        at=at,
    )


def fault_of_end(until: dt.date | None, day: dt.date) -> list[Fault]:
    """What is wrong with a role that ends on ``until``: one fault, or none."""
    if until is None or until > day:
        return []
    return [Fault("until", _("This day has come already."), _("Name a later day, or none."))]


@transaction.atomic
def end_role(*, actor: Person, role: int, at: dt.datetime) -> Role:
    """End the role with this number today: from now on it is not held.

    By whoever may grant it, or by its holder. Recorded in public, naming offices. Raises
    NotFound, NotAllowed, and Conflict if it has ended already.
    """
    day = day_of(at)
    row = Role.objects.select_for_update().filter(pk=role, space="record").first()
    if row is None:
        raise NotFound(_("There is no such role."), [(_("Your account"), "/account/")])
    if row.person_id is not None and row.person_id == actor.pk:
        office = held(row).acting_office
    else:
        office = require_grant(actor, row.role, row.body, day).acting_office
    finish_role(row, office=office, at=at)
    return row


def finish_role(row: Role, *, office: str, at: dt.datetime) -> None:
    """End a locked role and record that ``office`` did, in the caller's transaction."""
    day = day_of(at)
    if not holds(held(row), day):
        raise Conflict(_("This role has ended already."))
    row.until = day
    row.save(update_fields=["until"])
    record_act(
        office=office,
        verb="end-role",
        subject=subject_of(row.role, row.body, row.office),
        body=row.body,
        at=at,
    )


@transaction.atomic
def record_ended_roles(*, at: dt.datetime) -> int:
    """Say in public, once for each, which roles have ended by the day set for them; how many.

    The acts are dated ``at``, by the rule. No row says whether its end is in the record: the
    record holds as many ends of an office's role as there are rows of it that ended. The rows
    are locked first, so that of two runs at once the second counts what the first recorded.
    """
    over = Role.objects.filter(space="record", until__lte=day_of(at)).order_by("pk")
    ended = Counter((row.role, row.body, row.office) for row in over.select_for_update())
    recorded = dict(
        PublicAct.objects.filter(verb="end-role").values_list("subject").annotate(Count("pk"))
    )
    acts = []
    for (role, body, office), rows in ended.items():
        subject = subject_of(role, body, office)
        act = NewAct(RULE, "end-role", subject, at, body=body, reason="date-reached")
        acts += [act] * (rows - recorded.get(subject, 0))
    record_acts(acts)
    return len(acts)


@transaction.atomic
def verify_domain(*, actor: Person, body: str, domain: str, at: dt.datetime) -> VerifiedDomain:
    """Say in public that addresses at ``domain`` are the body's own. Administrators only.

    The administrator has checked it outside this site, for example by a letter to the address
    in the body's own register. Raises NotAllowed, BadInput, and Conflict if it stands already.
    """
    day = day_of(at)
    by = require(actor, ADMINISTRATOR, SITE, day)
    domain = domain.strip().lower()
    faults = []
    if not is_key(body):
        faults.append(
            Fault("body", _("This is not a key."), _("Use one such as leeds-city-council."))
        )
    else:
        faults += faults_of_body(body, day)
    trouble = trouble_with_domain(domain)
    if trouble:
        faults.append(Fault("domain", _(trouble), _("Name the body's own, as in leeds.gov.uk.")))
    if faults:
        raise BadInput(faults)
    row, made = VerifiedDomain.objects.get_or_create(
        body=body, domain=domain, until=None, defaults={"since": day, "by": by.acting_office}
    )
    if not made:
        raise Conflict(_("This domain is verified for this body already."))
    _record_domain("verify-domain", by.acting_office, row, at)
    return row


@transaction.atomic
def end_domain(*, actor: Person, body: str, domain: str, at: dt.datetime) -> None:
    """Say in public that ``domain`` is no longer the body's. Administrators only.

    Roles that were granted by it stay until they are ended. Raises NotAllowed and NotFound.
    """
    day = day_of(at)
    by = require(actor, ADMINISTRATOR, SITE, day)
    row = (
        VerifiedDomain.objects.select_for_update()
        .filter(body=body, domain=domain.strip().lower(), until__isnull=True)
        .first()
    )
    if row is None:
        raise NotFound(_("This domain is not verified for this body."))
    row.until = day
    row.save(update_fields=["until"])
    _record_domain("end-domain", by.acting_office, row, at)


def _record_domain(verb: str, office: str, row: VerifiedDomain, at: dt.datetime) -> None:
    record_act(office=office, verb=verb, subject=f"domain:{row.domain}", body=row.body, at=at)

"""Who holds which role, what awaits whom, and what a person may do."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from folkmoot.common.days import day_of as day_of
from folkmoot.common.errors import NotAllowed
from folkmoot.people import rules
from folkmoot.people.models import Consent, Invitation, Person, Role, VerifiedDomain
from folkmoot.people.rules import HeldRole


def run_of(person: Person) -> str:
    """The key of everything that a person tries out, which does not tell who they are."""
    made = salted_hmac("folkmoot.framework.run", str(person.pk), algorithm="sha256")
    return made.hexdigest()[:32]


def held(role: Role) -> HeldRole:
    """The role that a row says is held."""
    return HeldRole(role.pk, role.role, role.body, role.office, role.since, role.until)


def _on(day: dt.date) -> Q:
    return Q(since__lte=day) & (Q(until__isnull=True) | Q(until__gt=day))


def roles_of(person: Person | None, on: dt.date, *, space: str = "record") -> tuple[HeldRole, ...]:
    """The roles that ``person`` holds on the day ``on``; none for somebody not signed in.

    A role taken in the rehearsal space counts in that space only, and the other way about.
    """
    if person is None or person.pk is None:
        return ()
    rows = Role.objects.filter(_on(on), person=person, space=space)
    return tuple(held(row) for row in rows.order_by("body", "role", "office", "pk"))


def require(
    person: Person | None,
    role: str,
    body: str,
    on: dt.date,
    *,
    office: str = "",
    space: str = "record",
) -> HeldRole:
    """The role by which ``person`` acts as ``role`` for ``body`` on the day ``on``.

    This is the one way in which actions check. ``office`` narrows to one office of the body. Its
    ``acting_office`` is what the public record names. Raises NotAllowed: a role at one body is
    nothing at another, and being an administrator is no other role.
    """
    for has in roles_of(person, on, space=space):
        if has.role == role and has.body == body and office in ("", has.office):
            return has
    raise NotAllowed(
        _("Only someone with the role of %(role)s for %(body)s may do this.")
        % {"role": role, "body": f"{body}/{office}" if office else body}
    )


def may_grant(person: Person | None, role: str, body: str, on: dt.date) -> HeldRole | None:
    """The role by which ``person`` may grant or end ``role`` at ``body``, or None."""
    return rules.may_grant(roles_of(person, on), role, body, on)


def require_grant(person: Person | None, role: str, body: str, on: dt.date) -> HeldRole:
    """As ``may_grant``. Raises NotAllowed where it gives None."""
    by = may_grant(person, role, body, on)
    if by is None:
        raise NotAllowed(
            _("You may not grant or end the role of %(role)s for %(body)s.")
            % {"role": role, "body": body}
        )
    return by


def domains_of(body: str, on: dt.date) -> tuple[str, ...]:
    """The domains that are verified as the body's on the day ``on``, in order."""
    rows = VerifiedDomain.objects.filter(_on(on), body=body).order_by("domain")
    return tuple(rows.values_list("domain", flat=True))


def invitations_to(person: Person, at: dt.datetime) -> QuerySet[Invitation]:
    """Invitations that ``person`` may still accept."""
    return Invitation.objects.filter(
        email=person.email, accepted_at__isnull=True, withdrawn_at__isnull=True, expires__gt=at
    ).order_by("pk")


def invitations_of(body: str, at: dt.datetime) -> QuerySet[Invitation]:
    """Invitations for roles at ``body`` that nobody has accepted yet."""
    return Invitation.objects.filter(
        body=body, accepted_at__isnull=True, withdrawn_at__isnull=True, expires__gt=at
    ).order_by("pk")


def roles_at(body: str, on: dt.date) -> QuerySet[Role]:
    """The roles held at ``body`` on the day ``on``, with their persons."""
    rows = Role.objects.filter(_on(on), body=body, space="record", person__isnull=False)
    return rows.select_related("person").order_by("role", "office", "pk")


def bodies_managed_by(person: Person, on: dt.date) -> tuple[str, ...] | None:
    """Bodies at which ``person`` may grant something, in order; None for all of them."""
    bodies = set()
    for has in roles_of(person, on):
        if has.role == rules.ADMINISTRATOR:
            return None
        if rules.MAY_GRANT[has.role]:
            bodies.add(has.body)
    return tuple(sorted(bodies))


def has_consent(person: Person, purpose: str) -> bool:
    """Whether ``person`` agrees to ``purpose`` now."""
    return Consent.objects.filter(person=person, purpose=purpose, withdrawn__isnull=True).exists()

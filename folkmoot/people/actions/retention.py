"""Erasing what has served its time: what ``folkmoot.people.retention`` says, done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from folkmoot.common.outbox import forget_failed
from folkmoot.people import retention
from folkmoot.people.actions.erasure import erase_me
from folkmoot.people.actions.roles import record_ended_roles
from folkmoot.people.holdings import retentions
from folkmoot.people.letters import post
from folkmoot.people.models import (
    Consent,
    Invitation,
    Person,
    RateEvent,
    Role,
    Session,
    SignInCode,
)
from folkmoot.people.queries import day_of


@dataclass(frozen=True, slots=True)
class Tidied:
    """How many of each kind were erased, by the key of the rule; how many were warned.

    ``ended``: how many roles had ended by their day, and are now in the record as ended.
    """

    erased: dict[str, int] = field(default_factory=dict)
    warned: int = 0
    ended: int = 0


def apply_retention(*, at: dt.datetime) -> Tidied:
    """Erase everything whose time is up at ``at``, and warn whose account will be next.

    Roles that ended by the day set for them get their public act first. Safe to run at any time,
    and by several at once. Each rule is its own transaction, so that what one has erased stays
    erased if a later one fails; the next run goes on from there.
    """
    tidy: dict[str, Callable[[dt.datetime], int]] = {
        **_SHORT,
        retention.INVITATIONS.key: _invitations,
        retention.ROLES.key: _roles,
        retention.REHEARSAL_ROLES.key: _rehearsal_roles,
        retention.CONSENTS.key: _consents,
        retention.ACCOUNTS.key: _accounts,
        retention.FAILED_MAIL.key: lambda at: forget_failed(at=at),
        **retentions(),
    }
    ended = record_ended_roles(at=at)
    return Tidied(_each(tidy, at), _warn(at), ended)


def erase_short_lived(*, at: dt.datetime) -> int:
    """Erase what is kept for a day or for a session, such as codes to sign in; how many.

    It runs every hour, so that a day is no longer than an hour more. Safe to run at any time.
    """
    return sum(_each(_SHORT, at).values())


def _each(tidy: dict[str, Callable[[dt.datetime], int]], at: dt.datetime) -> dict[str, int]:
    erased = {}
    for key, rule in tidy.items():
        with transaction.atomic():
            erased[key] = rule(at)
    return erased


def _codes(at: dt.datetime) -> int:
    old = SignInCode.objects.filter(created__lte=at - retention.CODES.after)
    return old.delete()[0]


def _rate_events(at: dt.datetime) -> int:
    old = RateEvent.objects.filter(at__lte=at - retention.RATE_EVENTS.after)
    return old.delete()[0]


def _sessions(at: dt.datetime) -> int:
    return Session.objects.filter(expire_date__lte=at).delete()[0]


_SHORT: dict[str, Callable[[dt.datetime], int]] = {
    retention.CODES.key: _codes,
    retention.RATE_EVENTS.key: _rate_events,
    retention.SESSIONS.key: _sessions,
}


def _invitations(at: dt.datetime) -> int:
    edge = at - retention.INVITATIONS.after
    old = Invitation.objects.exclude(email="").filter(
        Q(accepted_at__lte=edge) | Q(withdrawn_at__lte=edge) | Q(expires__lte=edge)
    )
    return old.update(email="")


def _roles(at: dt.datetime) -> int:
    edge = day_of(at - retention.ROLES.after)
    old = Role.objects.filter(until__lte=edge, person__isnull=False, space="record")
    return old.update(person=None)


def _rehearsal_roles(at: dt.datetime) -> int:
    edge = day_of(at - retention.REHEARSAL_ROLES.after)
    return Role.objects.filter(space="rehearsal", since__lte=edge).delete()[0]


def _consents(at: dt.datetime) -> int:
    return Consent.objects.filter(withdrawn__lte=at - retention.CONSENTS.after).delete()[0]


def _unused(at: dt.datetime, after: dt.timedelta) -> QuerySet[Person]:
    """Persons not seen for ``after`` who hold no role now or later."""
    day = day_of(at)
    roles = Role.objects.filter(person=OuterRef("pk"), space="record").filter(
        Q(until__isnull=True) | Q(until__gt=day)
    )
    return Person.objects.filter(~Exists(roles), seen_on__lte=day_of(at - after))


def _accounts(at: dt.datetime) -> int:
    # Nobody is erased unwarned: the warning is as old as it promises.
    warned = _unused(at, retention.ACCOUNTS.after).filter(
        warned_on__lte=day_of(at - retention.WARNING)
    )
    persons = list(warned.select_for_update())
    for person in persons:
        erase_me(person=person, at=at)
    return len(persons)


@transaction.atomic
def _warn(at: dt.datetime) -> int:
    soon = _unused(at, retention.ACCOUNTS.after - retention.WARNING).filter(warned_on__isnull=True)
    persons = list(soon.select_for_update())
    for person in persons:
        post(
            key=f"unused:{person.pk}:{day_of(at)}",
            letter="unused_account",
            to=person.email,
            at=at,
            days=retention.WARNING.days,
        )
    Person.objects.filter(pk__in=[p.pk for p in persons]).update(warned_on=day_of(at))
    return len(persons)

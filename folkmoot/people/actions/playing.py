"""Parts that anybody may play: in the rehearsal space, and on a site that is all a rehearsal."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from folkmoot.common.errors import BadInput, NotAllowed
from folkmoot.people import limits
from folkmoot.people.actions.rates import count
from folkmoot.people.actions.roles import begin_role, faults_of_body, faults_of_role, faults_of_seat
from folkmoot.people.models import Person, Role
from folkmoot.people.queries import day_of

# Who granted them, as roles and the record of a rehearsal name it.
REHEARSAL = "rehearsal"


@transaction.atomic
def take_rehearsal_role(
    *, person: Person, role: str, body: str, office: str, at: dt.datetime
) -> Role:
    """Let ``person`` play a role in the rehearsal space. It counts nowhere else, and no act of
    it reaches the public record. Raises BadInput with every fault, and TooOften."""
    faults = faults_of_role(role, body, office) or faults_of_body(body, day_of(at))
    if faults:
        raise BadInput(faults)
    count(kind=limits.TAKE_PART, trier=limits.Trier(account=str(person.pk)), at=at)
    row, _made = Role.objects.get_or_create(
        person=person,
        role=role,
        body=body,
        office=office,
        space=REHEARSAL,
        until=None,
        defaults={"since": day_of(at), "granted_by": REHEARSAL},
    )
    return row


@transaction.atomic
def play(*, person: Person, role: str, body: str, office: str, at: dt.datetime) -> Role:
    """Let ``person`` play a role on a site where all that people and bodies do is made up.

    There it is a role like any other, in public, granted by nobody. Raises NotAllowed anywhere
    else, BadInput with every fault, Conflict if they play it already, and TooOften.
    """
    if not settings.REHEARSAL:
        raise NotAllowed(_("Roles are taken like this only on a site that is a rehearsal."))
    faults = faults_of_seat(role, body, office, day_of(at))
    if faults:
        raise BadInput(faults)
    count(kind=limits.TAKE_PART, trier=limits.Trier(account=str(person.pk)), at=at)
    return begin_role(
        person=person, role=role, body=body, office=office, until=None, granted_by=REHEARSAL, at=at
    )

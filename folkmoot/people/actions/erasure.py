"""Erasing a person."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from folkmoot.common.acts import count_removal
from folkmoot.common.outbox import forget_messages_to
from folkmoot.people.actions.rates import rate_key
from folkmoot.people.actions.roles import finish_role, lock_person
from folkmoot.people.holdings import holdings
from folkmoot.people.letters import post
from folkmoot.people.limits import ACCOUNT, ADDRESS
from folkmoot.people.models import Invitation, Person, RateEvent, Role, SignInCode
from folkmoot.people.queries import day_of, held
from folkmoot.people.rules import holds


@transaction.atomic
def erase_me(*, person: Person, at: dt.datetime) -> None:
    """Erase everything personal about ``person``, and write one last letter to say so.

    Raises NotFound for somebody erased meanwhile.

    Gone: address, sessions, passkeys, ties to a provider, consents, codes, counts, waiting
    mail, the address in invitations, and what other rooms registered. Roles that are held end
    in public, as acts of their office; their rows stay as tombstones that lead to nobody.
    """
    email, number = person.email, person.pk
    lock_person(person)
    for holding in holdings():
        holding.erase(person, at)
    day = day_of(at)
    Role.objects.filter(person=person, space="rehearsal").delete()
    for role in Role.objects.select_for_update().filter(person=person).order_by("pk"):
        if holds(held(role), day):
            finish_role(role, office=held(role).acting_office, at=at)
    Role.objects.filter(person=person, since__gt=day).delete()
    theirs = Invitation.objects.filter(email=email)
    theirs.filter(accepted_at__isnull=True, withdrawn_at__isnull=True).update(withdrawn_at=at)
    theirs.update(email="")
    SignInCode.objects.filter(email=email).delete()
    keys = [rate_key(ADDRESS, email), rate_key(ACCOUNT, str(number))]
    RateEvent.objects.filter(key__in=keys).delete()
    forget_messages_to(email)
    # Sessions, consents, passkeys and ties to a provider go with the person's row.
    Person.objects.filter(pk=number).delete()
    count_removal(at)
    post(key=f"erased:{number}", letter="erased", to=email, at=at)

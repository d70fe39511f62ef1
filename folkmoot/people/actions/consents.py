"""Consent given and taken back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from folkmoot.common.errors import BadInput, Fault
from folkmoot.people.holdings import purposes
from folkmoot.people.models import Consent, Person


@transaction.atomic
def give_consent(*, person: Person, purpose: str, at: dt.datetime) -> Consent:
    """Note that ``person`` agrees to ``purpose``; a second time changes nothing.

    Raises BadInput for a purpose that no room has registered.
    """
    if purpose not in purposes():
        raise BadInput(
            [Fault("purpose", _("There is no such purpose."), _("Choose one from the list."))]
        )
    row, _made = Consent.objects.get_or_create(
        person=person, purpose=purpose, withdrawn=None, defaults={"given": at}
    )
    return row


@transaction.atomic
def withdraw_consent(*, person: Person, purpose: str, at: dt.datetime) -> None:
    """Note that ``person`` no longer agrees to ``purpose``; a second time changes nothing."""
    Consent.objects.filter(person=person, purpose=purpose, withdrawn__isnull=True).update(
        withdrawn=at
    )

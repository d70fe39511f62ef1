"""A person's passkeys: public keys that their own devices made for this site."""

from __future__ import annotations

import datetime as dt

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from folkmoot.common.errors import NotFound
from folkmoot.people.letters import post
from folkmoot.people.models import Person

MAX_PASSKEYS = 10
LONGEST_NAME = 60


@transaction.atomic
def add_passkey(
    *, person: Person, name: str, credential: dict[str, object], at: dt.datetime
) -> Authenticator:
    """Keep a credential that has been verified, and tell ``person`` by mail."""
    row = Authenticator.objects.create(
        user=person,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": name[:LONGEST_NAME], "credential": credential},
        created_at=at,
    )
    _tell("passkey_added", row, person, at)
    return row


@transaction.atomic
def remove_passkey(*, person: Person, passkey: int, at: dt.datetime) -> None:
    """Remove one of the person's own passkeys, and tell them by mail. Raises NotFound."""
    row = Authenticator.objects.filter(
        pk=passkey, user=person, type=Authenticator.Type.WEBAUTHN
    ).first()
    if row is None:
        raise NotFound(_("There is no such passkey."), [(_("Passkeys"), "/account/passkeys/")])
    _tell("passkey_removed", row, person, at)
    row.delete()


def _tell(letter: str, row: Authenticator, person: Person, at: dt.datetime) -> None:
    key = f"{letter.replace('_', '-')}:{row.pk}"
    post(key=key, letter=letter, to=person.email, at=at, name=row.data["name"], when=at)

"""Everything that the site holds about a person, for that person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db.models import Model

from folkmoot.common.models import Message
from folkmoot.people.holdings import holdings, purposes
from folkmoot.people.models import Invitation, Person, SignInCode

ROLE = "role body office since until granted_by space"
INVITATION = "role body office until created expires granted_by accepted_at withdrawn_at"
CONSENT = "purpose given withdrawn"


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value


def _rows(found: Iterable[Model], fields: str) -> list[dict[str, object]]:
    return [{name: _plain(getattr(row, name)) for name in fields.split()} for row in found]


def export_mine(person: Person) -> dict[str, object]:
    """All that the site holds about ``person``, as plain values that JSON can carry.

    Left out are only secrets that would let a reader of the file in: the digests of codes and
    sessions, and the site's side of passkeys; that they exist is shown. Counts of what was
    tried are kept as keyed digests for a day and named, not shown.
    """
    passkeys = Authenticator.objects.filter(user=person).order_by("pk")
    providers = SocialAccount.objects.filter(user=person).order_by("pk")
    invitations = Invitation.objects.filter(email=person.email).order_by("pk")
    codes = SignInCode.objects.filter(email=person.email).order_by("pk")
    waiting = Message.objects.filter(to=person.email).order_by("pk")
    consents = _rows(person.consents.order_by("pk"), CONSENT)
    return {
        "account": {
            "email": person.email,
            "created": person.created.isoformat(),
            "last_signed_in_on": person.seen_on.isoformat(),
            "warned_on": _plain(person.warned_on),
        },
        "roles": _rows(person.roles.order_by("pk"), ROLE),
        "invitations": _rows(invitations, INVITATION),
        "consents": [{**row, "words": purposes().get(str(row["purpose"]), "")} for row in consents],
        "passkeys": [
            {
                "name": row.data.get("name", ""),
                "created": _plain(row.created_at),
                "last_used": _plain(row.last_used_at),
            }
            for row in passkeys
        ],
        "providers": _rows(providers, "provider uid date_joined last_login"),
        "sessions": _rows(person.sessions.order_by("expire_date"), "expire_date"),
        "sign_in_codes": _rows(codes, "created used_at tries next_path"),
        "messages_waiting": _rows(waiting, "kind created_at due_at"),
        "counts_of_tries": "kept as keyed digests for a day at most, and shown to nobody",
        **{holding.key: holding.show(person) for holding in holdings()},
    }

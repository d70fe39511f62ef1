"""Officers say who holds the offices of their own body, and put right what was said."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from folkmoot.bodies.actions import HoldersImported, import_holders, remove_holder
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of, require
from folkmoot.people.rules import OFFICER


def import_own_holders(
    *, actor: Person | None, body: str, content: bytes, at: dt.datetime
) -> HoldersImported:
    """Take in a file of holders, of offices of ``body`` alone, by an officer of that body.

    Raises NotAllowed, and BadInput with every fault: see ``bodies.actions.import_holders``.
    """
    role = require(actor, OFFICER, body, day_of(at))
    return import_holders(content, office=role.acting_office, at=at)


def look_at_own_holders(
    *, actor: Person | None, body: str, content: bytes, at: dt.datetime
) -> HoldersImported:
    """What ``import_own_holders`` would do, and nothing kept. Raises what that does."""
    with transaction.atomic():
        found = import_own_holders(actor=actor, body=body, content=content, at=at)
        transaction.set_rollback(True)
    return found


def remove_own_holder(
    *,
    actor: Person | None,
    key: str,
    name: str,
    since: dt.date,
    reason: str,
    at: dt.datetime,
) -> None:
    """Take away that somebody held an office, by an officer of its body.

    ``key`` is the office's, "body/office". Raises NotAllowed, NotFound and BadInput.
    """
    body = key.partition("/")[0]
    role = require(actor, OFFICER, body, day_of(at))
    remove_holder(key=key, name=name, since=since, reason=reason, office=role.acting_office, at=at)

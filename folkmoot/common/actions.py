"""The writers of this room that are neither the record nor the outbox."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from folkmoot.common import switches
from folkmoot.common.acts import record_act
from folkmoot.common.models import Switch

OPERATOR = "operator"


@transaction.atomic
def switch_off(*, feature: str, at: dt.datetime) -> bool:
    """Pause ``feature`` for everyone, in public; False if it was off already. Raises BadInput."""
    _, made = Switch.objects.get_or_create(feature=switches.known(feature), defaults={"since": at})
    if made:
        record_act(office=OPERATOR, verb="switch-off", subject=f"feature:{feature}", at=at)
    transaction.on_commit(switches.forget)
    return made


@transaction.atomic
def switch_on(*, feature: str, at: dt.datetime) -> bool:
    """Let ``feature`` go on, in public; False if it was on already. Raises BadInput."""
    gone, _ = Switch.objects.filter(feature=switches.known(feature)).delete()
    if gone:
        record_act(office=OPERATOR, verb="switch-on", subject=f"feature:{feature}", at=at)
    transaction.on_commit(switches.forget)
    return bool(gone)

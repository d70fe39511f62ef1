"""The writers of this room that are neither the record nor the outbox."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction

from folkmoot.common import switches
from folkmoot.common.acts import record_act
from folkmoot.common.models import PublicAct, Purpose, Switch
from folkmoot.common.purpose import check_purpose, wrong_purpose

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


@transaction.atomic
def settle_purpose(at: dt.datetime) -> None:
    """Say, once, whether the database that is being begun is for the record or for a rehearsal.

    One that holds acts and never said is the record. Raises BadInput where it was begun for the
    other purpose, and then writes nothing.
    """
    if not Purpose.objects.exists():
        if settings.REHEARSAL and PublicAct.objects.exists():
            raise wrong_purpose(rehearsal=False)
        Purpose.objects.get_or_create(pk=1, defaults={"rehearsal": settings.REHEARSAL, "since": at})
    check_purpose()

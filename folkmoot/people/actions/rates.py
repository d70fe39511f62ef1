"""Counting what is tried, against the limits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import connection, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from folkmoot.common.errors import TooOften
from folkmoot.people.limits import LIMITS, USE_PROOF, Trier
from folkmoot.people.models import RateEvent


def rate_key(per: str, value: str) -> str:
    """The keyed digest under which somebody is counted: useless without this site's secret."""
    return salted_hmac(f"folkmoot.people.rates.{per}", value, algorithm="sha256").hexdigest()


@transaction.atomic
def count(*, kind: str, trier: Trier, at: dt.datetime) -> None:
    """Count one event of ``kind``, a key of ``LIMITS``, or refuse it.

    Exact under concurrency: of any number at once, no more pass than the limit says. Raises
    TooOften without counting, and ValueError if the limit counts by something not known.
    """
    keys = {}
    for limit in LIMITS[kind]:
        value = trier.of(limit.per)
        if not value:
            raise ValueError(f"{kind} is limited by {limit.per}, which is not known")
        keys[limit.per] = rate_key(limit.per, value)
    _one_at_a_time(keys.values())
    for limit in LIMITS[kind]:
        recent = RateEvent.objects.filter(key=keys[limit.per], kind=kind, at__gt=at - limit.window)
        if recent.count() >= limit.count:
            raise TooOften(_("This was tried too often in a short time."))
    RateEvent.objects.bulk_create(
        RateEvent(key=key, kind=kind, at=at) for key in set(keys.values())
    )


@transaction.atomic
def uncount(*, kind: str, trier: Trier, at: dt.datetime) -> None:
    """Take back one event of ``kind`` that was counted at ``at``: it turned out to be none."""
    for limit in LIMITS[kind]:
        key = rate_key(limit.per, trier.of(limit.per))
        one = RateEvent.objects.filter(key=key, kind=kind, at=at).values_list("pk", flat=True)
        RateEvent.objects.filter(pk__in=list(one[:1])).delete()


def serves(*, proof: str | None, at: dt.datetime) -> bool:
    """Whether ``proof`` of a solved puzzle is sent for the first time; from then on it is spent.

    False for none. Of any number at once, one is the first. In a transaction that fails the proof
    is not spent.
    """
    if not proof:
        return False
    try:
        count(kind=USE_PROOF, trier=Trier(proof=proof), at=at)
    except TooOften:
        return False
    return True


def _one_at_a_time(keys: Iterable[str]) -> None:
    """Let nobody else count the same keys until this transaction ends.

    On SQLite a transaction is alone from its beginning (transaction_mode IMMEDIATE). On
    PostgreSQL there is no row to lock before the first event, so the key itself is locked; in
    order, so that two who share two keys do not wait for each other.
    """
    if connection.vendor != "postgresql":
        return
    numbers = sorted(int(key[:15], 16) for key in keys)
    with connection.cursor() as cursor:
        for number in numbers:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])

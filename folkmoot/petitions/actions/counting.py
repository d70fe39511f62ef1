"""Counting signatures, many at a time and off the request: the only writer of counts.

A signature is in the counts, or it is not (``counted``); what is confirmed and not in them, or in
them and not confirmed any more, is what there is to do. So a batch that is killed is simply there
again, and no signature can be counted twice. Everything happens under a lock of the petition's
row, which signing never takes.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction

from folkmoot.people.queries import day_of
from folkmoot.petitions.actions import life, telling, thresholds
from folkmoot.petitions.models import Petition, SignatureCount
from folkmoot.petitions.models_signing import CONFIRMED, SET_ASIDE, TAKEN_BACK
from folkmoot.petitions.rules.states import SPONSORS

DISTRICT, CONSTITUENCY, HOUR = "district", "constituency", "hour"
# Hours are kept only to know the last 24 of them.
HOURS_KEPT = dt.timedelta(days=3)
# How old the count of the last 24 hours may grow where nobody signs any more.
REFRESH = dt.timedelta(minutes=10)

# As the partial index ``signature_to_count`` says it.
_TO_COUNT = (
    f"((NOT counted AND state = {CONFIRMED}) OR (counted AND state IN ({TAKEN_BACK}, {SET_ASIDE})))"
)
_WAITING = f"SELECT DISTINCT petition_id FROM petitions_signature WHERE {_TO_COUNT} ORDER BY 1"  # noqa: S608
# What a row says after it was turned is what counts: another may have changed it meanwhile.
_TURN = f"""UPDATE petitions_signature SET counted = NOT counted
WHERE id IN (SELECT id FROM petitions_signature
  WHERE petition_id = %s AND {_TO_COUNT} ORDER BY id LIMIT %s) AND {_TO_COUNT}
RETURNING counted, area, country, constituency, confirmed_at, id, tell_me"""  # noqa: S608 — states as numbers, or the index does not serve
_ADD = """INSERT INTO petitions_signaturecount (petition_id, kind, place, day, signatures)
VALUES {rows} ON CONFLICT (petition_id, kind, place, day)
DO UPDATE SET signatures = petitions_signaturecount.signatures + excluded.signatures"""
_ROWS_AT_ONCE = 150


@dataclass(frozen=True, slots=True)
class Counted:
    """What one run did: petitions counted, signatures added, and taken out again."""

    petitions: int = 0
    added: int = 0
    removed: int = 0


def count_signatures(*, at: dt.datetime, limit: int = 5_000) -> Counted:
    """Bring up to ``limit`` signatures into the counts, or out of them; one transaction for each
    petition. Thresholds that are reached make their duty in the same transaction.

    Safe to be killed at any moment, and to be run by several at once. Where one petition cannot be
    counted, all others are, and then its error is raised.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        waiting = [row[0] for row in cursor.fetchall()]
    return _count_each(waiting, at, limit)


def _count_each(waiting: list[int], at: dt.datetime, limit: int) -> Counted:
    petitions = added = removed = 0
    for place, number in enumerate(waiting, start=1):
        left = limit - added - removed
        if left <= 0:
            break
        try:
            plus, minus = _count(number, at, left)
        except (OperationalError, InterfaceError):
            # The database is away, or busy with others: for all of them.
            raise
        except Exception:
            _count_each(waiting[place:], at, left)
            raise
        petitions += bool(plus or minus)
        added, removed = added + plus, removed + minus
    return Counted(petitions, added, removed)


@transaction.atomic
def _count(number: int, at: dt.datetime, limit: int) -> tuple[int, int]:
    """(Signatures brought into the counts of one petition, and out of them)."""
    # A lock that lets others sign: writing a signature needs only that the row stays.
    petition = Petition.objects.select_for_update(no_key=True).get(pk=number)
    turned = _turn(number, limit)
    if not turned:
        return 0, 0
    changes: Counter[tuple[str, str, dt.date]] = Counter()
    for counted, area, country, constituency, confirmed_at, *_ in turned:
        step, moment = (1 if counted else -1), _moment(confirmed_at)
        day = day_of(moment)
        changes[DISTRICT, area or country, day] += step
        if constituency:
            changes[CONSTITUENCY, constituency, day] += step
        if moment > at - HOURS_KEPT:
            utc = moment.astimezone(dt.UTC)
            changes[HOUR, f"{utc:%H}", utc.date()] += step
    _add(number, changes)
    if petition.counted_at is None or petition.counted_at.date() != at.date():
        _forget_hours(number, at)
    plus = sum(1 for row in turned if row[0])
    minus = len(turned) - plus
    petition.signatures += plus - minus
    petition.counted_at, petition.last_day = at, _last_day(number, at)
    petition.save(update_fields=["signatures", "counted_at", "last_day"])
    if petition.state == SPONSORS:
        life.sponsors_found(petition=petition, at=at)
    thresholds.reach(petition=petition, at=at)
    asked = [number for counted, *_, number, tell_me in turned if counted and tell_me]
    if asked:
        telling.tell_late(petition, asked, at=at)
    return plus, minus


def _forget_hours(number: int, at: dt.datetime) -> None:
    """Throw away the hours of one petition that no count asks for any more."""
    hours = SignatureCount.objects.filter(petition=number, kind=HOUR)
    hours.filter(day__lt=(at - HOURS_KEPT).astimezone(dt.UTC).date()).delete()


def _turn(number: int, limit: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_TURN, [number, limit])
        return list(cursor.fetchall())


def _moment(value: dt.datetime | str) -> dt.datetime:
    """A moment as a statement written by hand gives it: from SQLite in UTC, without saying so."""
    moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _add(number: int, changes: Counter[tuple[str, str, dt.date]]) -> None:
    """Add to the counts of one petition. In order, so that nobody waits for each other."""
    rows = [
        (number, kind, place, connection.ops.adapt_datefield_value(day), change)
        for (kind, place, day), change in sorted(changes.items())
        if change
    ]
    with connection.cursor() as cursor:
        for first in range(0, len(rows), _ROWS_AT_ONCE):
            some = rows[first : first + _ROWS_AT_ONCE]
            marks = ", ".join(["(%s, %s, %s, %s, %s)"] * len(some))
            cursor.execute(_ADD.format(rows=marks), [value for row in some for value in row])


def _last_day(number: int, at: dt.datetime) -> int:
    """Signatures of the 24 hours before ``at``; of the hour in which they begin, a part."""
    begin = (at - dt.timedelta(days=1)).astimezone(dt.UTC)
    hours = SignatureCount.objects.filter(petition=number, kind=HOUR, day__gte=begin.date())
    first, total = (begin.date(), f"{begin:%H}"), 0.0
    for day, hour, many in hours.values_list("day", "place", "signatures"):
        if (day, hour) > first:
            total += many
        elif (day, hour) == first:
            total += many * (1 - begin.minute / 60)
    return max(round(total), 0)


@transaction.atomic
def refresh_last_days(*, at: dt.datetime) -> int:
    """Let the count of the last 24 hours fall where nobody signs any more; how many petitions."""
    quiet = Petition.objects.filter(last_day__gt=0, counted_at__lte=at - REFRESH).order_by("pk")
    petitions = list(quiet.select_for_update(no_key=True, skip_locked=True)[:500])
    for petition in petitions:
        petition.counted_at, petition.last_day = at, _last_day(petition.pk, at)
        petition.save(update_fields=["counted_at", "last_day"])
    return len(petitions)

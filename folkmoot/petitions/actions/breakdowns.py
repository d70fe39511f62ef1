"""Tables of who signed where and when, made anew when it is safe to: off the request."""

from __future__ import annotations

import datetime as dt

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum

from folkmoot.bodies.models import Office
from folkmoot.petitions.models import Breakdown, Petition, SignatureCount
from folkmoot.petitions.rules.limits import PLACES_RENEWED_AFTER
from folkmoot.petitions.rules.states import CLOSED, OPEN
from folkmoot.petitions.rules.suppression import Table, renew, suppress
from folkmoot.places.models import Area
from folkmoot.places.rules import LOWER_TIER

DISTRICT, CONSTITUENCY = "district", "constituency"
# The cell of everybody who is of none of the places: other countries, and not known.
ELSEWHERE = ""
# So much of what is counted by district must be counted by constituency too, for a petition to be
# shown by constituency.
_MOST = 0.9
_DAY = dt.timedelta(days=1)
_DISTRICTS = Q(kind=DISTRICT, place__in=Area.objects.filter(kind__in=LOWER_TIER).values("code"))
# Constituencies that this site knows: an old directory may name those of an earlier review.
_SEATED = Q(kind=CONSTITUENCY, place__in=Office.objects.exclude(code="").values("code"))


def renew_breakdowns(*, today: dt.date) -> int:
    """Make the tables anew of petitions with enough new signatures by the end of yesterday; how
    many were made. See ``rules.suppression`` for what they show.

    Safe to be killed at any moment, and to be run by several at once.
    """
    numbers = _due(today - _DAY).values_list("pk", flat=True)
    return sum(_renew(number, today - _DAY) for number in list(numbers))


def _due(day: dt.date) -> QuerySet[Petition, Petition]:
    """Petitions that may have enough new signatures since their last table, if it is old."""
    rows = Petition.objects.filter(state__in=[OPEN, CLOSED], opened_on__lte=day)
    new = Q(breakdown__isnull=True, signatures__gte=PLACES_RENEWED_AFTER)
    more = Q(signatures__gte=F("breakdown__signatures") + PLACES_RENEWED_AFTER)
    fewer = Q(breakdown__signatures__gte=F("signatures") + PLACES_RENEWED_AFTER)
    return rows.filter(new | Q(breakdown__day__lt=day) & (more | fewer)).order_by("pk")


@transaction.atomic
def _renew(number: int, day: dt.date) -> int:
    counts = SignatureCount.objects.filter(petition=number, day__lte=day)
    row = Breakdown.objects.select_for_update().filter(petition=number).first()
    everybody = counts.filter(kind=DISTRICT).aggregate(all=Sum("signatures"))["all"] or 0
    since = abs(everybody - (row.signatures if row else 0))
    if since < PLACES_RENEWED_AFTER or (row is not None and row.day >= day):
        return 0
    old = row or Breakdown(petition_id=number, kind=_kind(counts), day=dt.date.min)
    people, codes = _people(counts, old.kind, everybody)
    total = int(people.sum())
    table = renew(_table(old, codes), old.signatures, people)
    if table is None:
        return 0
    _add_days(old, counts, day)
    old.day, old.signatures = day, total
    old.places = {code: int(n) for code, n in zip(codes, table.shown, strict=True) if n}
    old.exact = [code for code, exact in zip(codes, table.exact, strict=True) if exact]
    if row is None:
        # Another worker may have made the first table meanwhile: that one stands.
        Breakdown.objects.bulk_create([old], ignore_conflicts=True)
    else:
        old.save()
    return 1


def _kind(counts: QuerySet[SignatureCount, SignatureCount]) -> str:
    """What a petition is shown by, decided with its first table: never both, since each could be
    taken from the other. By district, unless the operator chose constituencies."""
    if not settings.BY_CONSTITUENCY:
        return DISTRICT
    sums = dict(
        counts.filter(_DISTRICTS | _SEATED)
        .order_by()
        .values_list("kind")
        .annotate(Sum("signatures"))
    )
    by_district = sums.get(DISTRICT, 0)
    return CONSTITUENCY if sums.get(CONSTITUENCY, 0) > _MOST * by_district else DISTRICT


def _codes(kind: str) -> list[str]:
    """Every place that a signature may be of, in an order that stays the same."""
    seats = Office.objects.exclude(code="")
    districts = Area.objects.filter(kind__in=LOWER_TIER, ended__isnull=True)
    rows = seats if kind == CONSTITUENCY else districts
    return [*sorted(set(rows.values_list("code", flat=True))), ELSEWHERE]


def _people(
    counts: QuerySet[SignatureCount, SignatureCount], kind: str, everybody: int
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], list[str]]:
    """(People of each place to the end of the day, the places' codes)."""
    codes = _codes(kind)
    at = {code: position for position, code in enumerate(codes)}
    people = np.zeros(len(codes), np.int64)
    sums = counts.filter(kind=kind).order_by().values_list("place").annotate(Sum("signatures"))
    for place, many in sums:
        people[at.get(place, at[ELSEWHERE])] += many
    if kind == CONSTITUENCY:
        # Whoever has no constituency is counted by district or country only.
        people[at[ELSEWHERE]] += everybody - int(people.sum())
    return np.maximum(people, 0), codes


def _table(row: Breakdown, codes: list[str]) -> Table:
    """The table that was shown last. A place that is no more is not shown any more."""
    exact = set(row.exact)
    return Table(
        np.array([row.places.get(code, 0) for code in codes], np.int64),
        np.array([code in exact for code in codes], np.bool_),
    )


def _add_days(
    row: Breakdown, counts: QuerySet[SignatureCount, SignatureCount], day: dt.date
) -> None:
    """Add the days since the last table, as one table of their own; earlier days stay as shown."""
    sums = dict(
        counts.filter(kind=DISTRICT, day__gt=row.day)
        .order_by()
        .values_list("day")
        .annotate(Sum("signatures"))
    )
    if not sums:
        return
    first = row.day + _DAY if row.days else min(sums)
    days = [first + position * _DAY for position in range((day - first).days + 1)]
    people = np.array([max(0, sums.get(each, 0)) for each in days], np.int64)
    table = suppress(people)
    shown = table.shown if table is not None else np.zeros(len(days), np.int64)
    row.days = [
        *row.days,
        *([f"{each}", int(n) or None] for each, n in zip(days, shown, strict=True)),
    ]
    row.counted += int(people.sum())

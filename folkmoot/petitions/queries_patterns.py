"""What is looked at to find unusual patterns among the newest signatures of all petitions.

The newest are those confirmed last, whenever their forms were sent: a signature counts from the
moment it is confirmed, up to a week after it was signed. The index ``signature_in_order`` finds
them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Count, F, Max, Min, Q, QuerySet, Value
from django.db.models.functions import Lower, StrIndex, Substr

from folkmoot.petitions.models import Alert, Petition, Signature
from folkmoot.petitions.models_signing import CONFIRMED, ONLINE
from folkmoot.petitions.rules.patterns import (
    AREA,
    DOMAIN,
    KINDS,
    LEAST,
    LOOK_BACK,
    NETWORK,
    WINDOWS,
    Unusual,
    Window,
    unusual,
)
from folkmoot.petitions.rules.states import CLOSED, OPEN

# At most so many of the newest signatures of the site are read, and so many petitions and keys
# looked at: the largest come first.
NEWEST = 200_000
PETITIONS = 200
KEYS = 2_000
# A petition that was not counted for so long did not move.
MOVED = dt.timedelta(hours=1)

_KEY: dict[str, Any] = {
    NETWORK: F("network_key"),
    AREA: F("area"),
    DOMAIN: Lower(Substr("email", StrIndex("email", Value("@")) + 1)),
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """An unusual pattern of one petition: ``seen`` of ``among`` signatures share ``key``."""

    petition: int
    kind: str
    key: str
    since: dt.datetime
    until: dt.datetime
    seen: int
    among: int
    expected: float
    p: float


def _confirmed(since: dt.datetime, until: dt.datetime) -> QuerySet[Signature, Signature]:
    """Online signatures that stand, of all petitions, confirmed from ``since`` to ``until``."""
    return Signature.objects.filter(
        state=CONFIRMED, origin=ONLINE, confirmed_at__gte=since, confirmed_at__lte=until
    )


def looked_at_since(at: dt.datetime) -> dt.datetime:
    """The moment since which signatures are looked at: a week ago, or when the first of the newest
    ``NEWEST`` was confirmed."""
    newest = _confirmed(at - LOOK_BACK, at).order_by("-confirmed_at")
    moments = newest.values_list("confirmed_at", flat=True)[NEWEST - 1 : NEWEST]
    return next((moment for moment in moments if moment), at - LOOK_BACK)


def of_pattern(
    petition: int, kind: str, key: str, since: dt.datetime, until: dt.datetime
) -> QuerySet[Signature, Signature]:
    """The online signatures of a pattern that were confirmed from ``since`` to ``until`` inclusive
    and stand.

    ``key`` "" gives those of every key: what the pattern is one part of.
    """
    rows = _confirmed(since, until).filter(petition=petition).order_by()
    if not key:
        return rows.alias(key=_KEY[kind]).exclude(key="")
    if kind == NETWORK:
        return rows.filter(network_key=key)
    return rows.filter(area=key) if kind == AREA else rows.alias(key=_KEY[kind]).filter(key=key)


def find(at: dt.datetime) -> list[Pattern]:
    """Every unusual pattern of petitions that were counted lately, the least likely first."""
    moved = Petition.objects.filter(
        counted_at__gte=at - MOVED, last_day__gte=LEAST, state__in=(OPEN, CLOSED)
    )
    numbers = list(moved.order_by("-last_day", "pk").values_list("pk", flat=True)[:PETITIONS])
    if not numbers:
        return []
    since = looked_at_since(at)
    looks = [_Look(kind, numbers, since, at) for kind in KINDS]
    compared = {number: sum(look.compared(number) for look in looks) for number in numbers}
    found: dict[tuple[int, str, str], Pattern] = {}
    for pattern in (each for look in looks for each in look.patterns(compared)):
        same = found.get((pattern.petition, pattern.kind, pattern.key))
        if same is None or pattern.p < same.p:
            found[pattern.petition, pattern.kind, pattern.key] = pattern
    return sorted(found.values(), key=lambda each: (each.p, each.petition, each.kind, each.key))


class _Look:
    """One kind of pattern in the newest signatures: five queries, however many petitions."""

    def __init__(self, kind: str, numbers: list[int], since: dt.datetime, at: dt.datetime) -> None:
        self.kind, self.numbers = kind, numbers
        self.begins = [at - window for window in WINDOWS]
        self.rows = _confirmed(since, at).annotate(key=_KEY[kind]).exclude(key="").order_by()
        self.earliest = min(self.begins)
        self.totals = {row["petition_id"]: row for row in self._totals()}
        self.of_site = self.rows.count()
        self.looked_at = self._looked_at()
        self.candidates = list(self._candidates())
        self.usual = self._usual()

    def _inside(self, begin: dt.datetime) -> Q:
        return Q(confirmed_at__gte=begin)

    def _totals(self) -> QuerySet[Signature, Any]:
        counts: dict[str, Any] = {}
        for index, begin in enumerate(self.begins):
            inside = self._inside(begin)
            counts[f"seen{index}"] = Count("pk", filter=inside)
            counts[f"keys{index}"] = Count("key", filter=inside, distinct=True)
            counts[f"own{index}"] = Count("pk", filter=~inside)
        rows = self.rows.filter(petition__in=self.numbers)
        return rows.values("petition_id").annotate(**counts)

    def _candidates(self) -> QuerySet[Signature, Any]:
        """Keys with enough signatures in the longest window to alarm at all."""
        counts: dict[str, Any] = {"until": Max("confirmed_at")}
        for index, begin in enumerate(self.begins):
            inside = self._inside(begin)
            counts[f"seen{index}"] = Count("pk", filter=inside)
            counts[f"since{index}"] = Min("confirmed_at", filter=inside)
        rows = self.rows.filter(petition__in=self.numbers, confirmed_at__gte=self.earliest)
        groups = rows.values("petition_id", "key").annotate(**counts, many=Count("pk"))
        return groups.filter(many__gte=KINDS[self.kind].least).order_by("-many")[:KEYS]

    def _usual(self) -> dict[str, dict[int, dict[str, Any]]]:
        """For each such key and each petition of the site: its signatures, before and in all."""
        keys = {row["key"] for row in self.candidates}
        counts: dict[str, Any] = {"all": Count("pk")}
        for index, begin in enumerate(self.begins):
            counts[f"own{index}"] = Count("pk", filter=~self._inside(begin))
        found: dict[str, dict[int, dict[str, Any]]] = {key: {} for key in keys}
        if keys:
            groups = self.rows.filter(key__in=keys).values("petition_id", "key")
            rows: QuerySet[Signature, Any] = groups.annotate(**counts)
            for row in rows:
                found[row["key"]][row["petition_id"]] = row
        return found

    def _looked_at(self) -> dict[tuple[int, str], dt.datetime]:
        """Until when moderators have looked at a pattern of a petition: not looked at again."""
        closed = Alert.objects.filter(
            petition__in=self.numbers,
            kind=self.kind,
            closed_at__isnull=False,
            until__gte=self.earliest,
        )
        latest = closed.order_by().values("petition_id", "key").annotate(last=Max("until"))
        return {(row["petition_id"], row["key"]): row["last"] for row in latest}

    def compared(self, number: int) -> int:
        """How many keys of a petition are compared, in all windows."""
        row = self.totals.get(number)
        return sum(row[f"keys{index}"] for index in range(len(self.begins))) if row else 0

    def patterns(self, compared: dict[int, int]) -> list[Pattern]:
        """What alarms, in every window of every petition."""
        by_petition: dict[int, list[dict[str, Any]]] = {}
        for row in self.candidates:
            by_petition.setdefault(row["petition_id"], []).append(self._unlooked(row))
        return [
            pattern
            for number, rows in by_petition.items()
            for index in range(len(self.begins))
            for pattern in self._in_window(index, number, rows, compared[number])
        ]

    def _unlooked(self, row: dict[str, Any]) -> dict[str, Any]:
        """The same candidate without the signatures that moderators looked at before."""
        last = self.looked_at.get((row["petition_id"], row["key"]))
        if last is None:
            return row
        mine = self.rows.filter(petition=row["petition_id"], key=row["key"], confirmed_at__gt=last)
        counts: dict[str, Any] = {}
        for index, begin in enumerate(self.begins):
            counts[f"seen{index}"] = Count("pk", filter=self._inside(begin))
            counts[f"since{index}"] = Min("confirmed_at", filter=self._inside(begin))
        return row | mine.aggregate(**counts)

    def _in_window(
        self, index: int, number: int, rows: Sequence[dict[str, Any]], compared: int
    ) -> list[Pattern]:
        total = self.totals[number]
        usual = [self.usual[row["key"]] for row in rows]
        own = [of.get(number, {}).get(f"own{index}", 0) for of in usual]
        site = [sum(each["all"] for n, each in of.items() if n != number) for of in usual]
        mine = total[f"seen{index}"] + total[f"own{index}"]
        window = Window(
            kind=self.kind,
            keys=[row["key"] for row in rows],
            seen=np.array([row[f"seen{index}"] for row in rows], dtype=np.int64),
            own=np.array(own, dtype=np.int64),
            site=np.array(site, dtype=np.int64),
            total_seen=total[f"seen{index}"],
            total_own=total[f"own{index}"],
            total_site=self.of_site - mine,
        )
        by_key = {row["key"]: row for row in rows}
        return [
            self._pattern(number, index, by_key[each.key], each, window.total_seen)
            for each in unusual(window, compared)
        ]

    def _pattern(
        self, number: int, index: int, row: dict[str, Any], each: Unusual, among: int
    ) -> Pattern:
        return Pattern(
            petition=number,
            kind=self.kind,
            key=each.key,
            since=row[f"since{index}"],
            until=row["until"],
            seen=each.seen,
            among=among,
            expected=each.expected,
            p=each.p,
        )

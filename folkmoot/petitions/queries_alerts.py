"""Alerts and batches as moderators see them: evidence in counts, no address and no name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q
from django.db.models.functions import TruncHour
from django.utils.translation import gettext as _

from folkmoot.common.errors import NotAllowed, NotFound
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of
from folkmoot.people.rules import SITE
from folkmoot.petitions.models import Alert, Batch, Petition
from folkmoot.petitions.queries import left_aside, petition_path
from folkmoot.petitions.queries_moderation import moderates
from folkmoot.petitions.queries_patterns import of_pattern
from folkmoot.petitions.rules.patterns import AREA, DOMAIN
from folkmoot.places.models import Area

# So many alerts and batches are listed; the newest lead.
_MOST = 100
# The table of an alert begins so long before its end.
_TABLE = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class BatchState:
    """Signatures set aside together. ``path`` is the page of their alert.

    ``signatures`` is how many there were that day, ``left`` how many stand set aside now.
    """

    number: int
    petition: int
    title: str
    body_name: str
    kind: str
    signatures: int
    left: int
    set_aside_on: dt.date
    restored_on: dt.date | None
    path: str


@dataclass(frozen=True, slots=True)
class AlertLine:
    """An unusual pattern: ``seen`` of ``among`` signatures of a petition from ``since`` to
    ``until`` share one network, mail domain or area, where ``expected`` would be usual.

    ``of`` names the domain or the area; of a network it is "", since nothing of it is known but
    that it is one. ``own``: this moderator began the petition, so that another one decides.
    """

    number: int
    path: str
    petition: int
    petition_path: str
    title: str
    place_name: str
    body_name: str
    kind: str
    of: str
    seen: int
    among: int
    expected: float
    since: dt.datetime
    until: dt.datetime
    raised_on: dt.date
    outcome: str
    own: bool


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour that begins at ``at``: ``seen`` of ``among`` signatures were of the pattern."""

    at: dt.datetime
    seen: int
    among: int


@dataclass(frozen=True, slots=True)
class AlertFile:
    """One alert with its evidence by hour, in the 24 hours before its end. ``left``: signatures
    of the pattern that are confirmed now; ``batch``: what was set aside, if anything was."""

    line: AlertLine
    hours: tuple[Hour, ...]
    left: int
    signatures: int
    batch: BatchState | None


def alert_path(number: int) -> str:
    """Where an alert's page is."""
    return f"/moderation/alerts/{number}/"


def _bodies(person: Person | None, today: dt.date) -> Q:
    """Petitions that somebody moderates. Raises NotAllowed for anybody who moderates none."""
    bodies = moderates(person, today)
    if not bodies:
        raise NotAllowed(_("Only moderators may see what waits for them."))
    return Q() if SITE in bodies else Q(petition__body__slug__in=bodies)


def _title(petition: Petition) -> str:
    """The title, or the number where the words were erased for law."""
    return petition.title or _("Petition %(number)d") % {"number": petition.pk}


def _lines(rows: list[Alert], person: Person | None) -> list[AlertLine]:
    codes = {row.key for row in rows if row.kind == AREA}
    names = dict(Area.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
    return [
        AlertLine(
            number=row.pk,
            path=alert_path(row.pk),
            petition=row.petition_id,
            petition_path=petition_path(row.petition_id),
            title=_title(row.petition),
            place_name=row.petition.area.name,
            body_name=row.petition.body.name,
            kind=row.kind,
            of={AREA: names.get(row.key, row.key), DOMAIN: row.key}.get(row.kind, ""),
            seen=row.seen,
            among=row.among,
            expected=row.expected,
            since=row.since,
            until=row.until,
            raised_on=day_of(row.raised_at),
            outcome=row.outcome,
            own=person is not None and row.petition.creator_id == person.pk,
        )
        for row in rows
    ]


def _batch(row: Batch, left: Mapping[int, int]) -> BatchState:
    return BatchState(
        number=row.pk,
        petition=row.petition_id,
        title=_title(row.petition),
        body_name=row.petition.body.name,
        kind=row.kind,
        signatures=row.signatures,
        left=left.get(row.pk, 0),
        set_aside_on=day_of(row.set_aside_at),
        restored_on=day_of(row.restored_at) if row.restored_at else None,
        path=alert_path(row.alert_id) if row.alert_id else "",
    )


def alerts_for(person: Person | None, today: dt.date) -> list[AlertLine]:
    """Alerts that wait for ``person`` as a moderator, the newest first: three queries.

    Raises NotAllowed for anybody who moderates nothing.
    """
    rows = Alert.objects.select_related("petition__area", "petition__body")
    waiting = rows.filter(_bodies(person, today), closed_at__isnull=True)
    return _lines(list(waiting.order_by("-pk")[:_MOST]), person)


def batches_for(person: Person | None, today: dt.date) -> list[BatchState]:
    """What is set aside and may be restored by ``person``, the newest first: three queries.

    Raises NotAllowed for anybody who moderates nothing.
    """
    rows = Batch.objects.select_related("petition__body")
    kept = rows.filter(_bodies(person, today), restored_at__isnull=True)
    found = list(kept.order_by("-pk")[:_MOST])
    left = left_aside(found)
    return [_batch(row, left) for row in found]


def alert_file(person: Person | None, number: int, today: dt.date) -> AlertFile:
    """One alert with its evidence. Raises NotFound, and NotAllowed for whoever moderates others."""
    mine = _bodies(person, today)
    rows = Alert.objects.select_related("petition__area", "petition__body")
    row = rows.filter(pk=number).first()
    if row is None:
        raise NotFound(_("There is no such alert."))
    if not rows.filter(mine, pk=number).exists():
        raise NotAllowed(_("Only moderators of the body that is asked, or of this site, may."))
    begin = max(row.since, row.until - _TABLE)
    of_all = _by_hour(row, "", begin)
    of_key = _by_hour(row, row.key, begin)
    left = of_pattern(row.petition_id, row.kind, row.key, row.since, row.until).count()
    batch = row.batches.select_related("petition__body").order_by("-pk").first()
    return AlertFile(
        line=_lines([row], person)[0],
        hours=tuple(Hour(hour, of_key.get(hour, 0), of_all[hour]) for hour in sorted(of_all)),
        left=left,
        signatures=row.petition.signatures,
        batch=_batch(batch, left_aside([batch])) if batch else None,
    )


def _by_hour(row: Alert, key: str, begin: dt.datetime) -> dict[dt.datetime, int]:
    """How many of a key, or of all, confirmed in each hour of a pattern and stand now."""
    rows = of_pattern(row.petition_id, row.kind, key, begin, row.until)
    hours = rows.annotate(hour=TruncHour("confirmed_at")).values("hour")
    return dict(hours.annotate(n=Count("pk")).order_by("hour").values_list("hour", "n"))

"""Reads for pages and doors: what is required, where places stand, what is left to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, F, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat

from folkmoot.common.errors import NotFound
from folkmoot.framework.catalogue import Framework, Standard
from folkmoot.framework.models import FrameworkVersion, StandardAccount, Standing
from folkmoot.framework.rules.facts import Fact
from folkmoot.framework.rules.trigger import Superseded
from folkmoot.framework.rules.wording import no_figures, stands

SHIPPED = "england-as-found"
ILLUSTRATIVE = "illustrative"


@dataclass(frozen=True, slots=True)
class InUse:
    """A version of a framework as it is in use.

    ``on``: the day it was asked for, if any. ``until``: its last day, where that was asked too.
    """

    id: int
    framework: Framework
    adopted_at: dt.datetime
    digest: str
    space: str
    on: dt.date | None = None
    until: dt.date | None = None


# Frameworks by digest: what a digest names never changes.
_parsed: dict[str, Framework] = {}
_MOST_PARSED = 8


def _framework(row: FrameworkVersion) -> Framework:
    found = _parsed.get(row.digest)
    if found is None:
        found = Framework.model_validate(row.document)
        if len(_parsed) >= _MOST_PARSED:
            _parsed.clear()
        _parsed[row.digest] = found
    return found


def in_use_of(row: FrameworkVersion, on: dt.date | None = None) -> InUse:
    """A version that has been read, parsed once in each process."""
    return InUse(row.pk, _framework(row), row.adopted_at, row.digest, row.space, on)


def _light() -> QuerySet[FrameworkVersion, FrameworkVersion]:
    return FrameworkVersion.objects.defer("document")


def current(on: dt.date, slug: str = SHIPPED) -> InUse:
    """The version of a framework in use on a day: the newest that had begun. Raises NotFound.

    One query.
    """
    rows = FrameworkVersion.objects.filter(
        Q(ends__isnull=True) | Q(ends__gte=on), slug=slug, starts__lte=on
    )
    row = rows.order_by("-starts", "-pk").first()
    if row is None:
        raise NotFound(f"No version of the framework {slug!r} is in use on {on}.")
    return in_use_of(row, on)


def version_of(slug: str, version: str, on: dt.date | None = None) -> InUse:
    """One version of a framework, asked for on a day, if any. Raises NotFound, naming all."""
    row = _light().filter(slug=slug, version=version).first()
    if row is None:
        known = ", ".join(str(row) for row in _light().order_by("slug", "-starts"))
        raise NotFound(f"There is no framework {slug} {version}. There are: {known or 'none'}.")
    return in_use_of(row, on)


def superseded(in_use: InUse) -> Superseded | None:
    """The version of the same framework that takes the place of this one, and from which day.

    One query.
    """
    framework = in_use.framework
    later = FrameworkVersion.objects.filter(slug=framework.slug).filter(
        Q(starts__gt=framework.starts) | Q(starts=framework.starts, pk__gt=in_use.id)
    )
    row = later.order_by("starts", "-pk").values_list("version", "starts").first()
    return Superseded(*row) if row else None


def last_day(framework: Framework, later: Superseded | None) -> dt.date | None:
    """The last day of a version: its own end, or that before ``later`` begins; None: none set."""
    before = later.starts - dt.timedelta(days=1) if later else None
    return min((day for day in (before, framework.ends) if day), default=None)


def versions(space: str = FrameworkVersion.Space.RECORD) -> list[InUse]:
    """Every version of one space, newest first. Two queries at most, however many there are."""
    light = list(_light().filter(space=space).order_by("slug", "-starts"))
    unread = [row.pk for row in light if row.digest not in _parsed]
    whole = FrameworkVersion.objects.in_bulk(unread) if unread else {}
    return [in_use_of(whole.get(row.pk, row)) for row in light]


@dataclass(frozen=True, slots=True)
class Held:
    """A standing with its standard and the words for it."""

    standard: Standard
    fact: Fact
    newest: bool
    area_name: str
    area_slug: str
    says: str


@dataclass(frozen=True, slots=True)
class Below:
    """Standards of one service on which a place (its id) is below the minimum."""

    area: int
    service: str
    count: int


_RELEASE = Concat(
    "release__source__slug",
    Value("/"),
    Cast("release__number", CharField()),
    output_field=CharField(),
)
_COLUMNS = (
    "standard",
    "measure__slug",
    "area__code",
    "period",
    "period_end",
    "state",
    "how",
    "failing",
    "due",
    "shortfall",
    "consecutive",
    "affected",
    "cases",
    "value",
    "lower",
    "upper",
    "status",
)


# Whether the cases counted are more than the figure is of: told by the measure's reading.
_ABOUT = "measure__definition__reading__counted_by__about"


def held_rows(rows: QuerySet[Standing, Standing], in_use: InUse) -> list[tuple[int, Held]]:
    """(id, standing) of rows of one framework, in their order: one query."""
    records: Any = rows.annotate(release_key=_RELEASE).values_list(
        "pk", *_COLUMNS, "release_key", "row", _ABOUT, "newest", "area__name", "area__slug"
    )
    found = []
    for pk, *columns, row, about, newest, name, slug in records:
        fact = Fact(*[*columns, row or 0, bool(about)])
        standard = in_use.framework.standard(fact.standard)
        if standard is not None:
            says = stands(standard, fact, on=in_use.on if newest else None)
            found.append((pk, Held(standard, fact, newest, name, slug, says)))
    return found


def _held(rows: QuerySet[Standing, Standing], in_use: InUse) -> list[Held]:
    return [held for _, held in held_rows(rows, in_use)]


def standings(area: int, in_use: InUse, service: str = "") -> list[Held]:
    """Where a place (its id) stands now: the newest period of each standard asked of it.

    Below the minimum first, the furthest below leading; then in the order of the framework.
    One query.
    """
    rows = Standing.objects.filter(framework_id=in_use.id, area_id=area, newest=True)
    order = {standard.id: at for at, standard in enumerate(in_use.framework.standards)}
    found = [
        held for held in _held(rows, in_use) if not service or held.standard.service == service
    ]
    found.sort(
        key=lambda held: (
            not held.fact.failing,
            -(held.fact.shortfall or 0.0) if held.fact.failing else 0.0,
            order[held.standard.id],
        )
    )
    return found


def failing(area: int, in_use: InUse) -> list[Held]:
    """The standards on which a place is below the minimum now."""
    return [held for held in standings(area, in_use) if held.fact.failing]


def failing_in(areas: Collection[int], on: dt.date, slug: str = SHIPPED) -> list[Below]:
    """On how many standards of each service each of these places is below the minimum now.

    By the version of the framework in use on a day: one query.
    """
    used = FrameworkVersion.objects.filter(
        Q(ends__isnull=True) | Q(ends__gte=on), slug=slug, starts__lte=on
    ).order_by("-starts", "-pk")
    rows = Standing.objects.filter(
        framework_id=Subquery(used.values("pk")[:1]),
        area_id__in=list(areas),
        newest=True,
        failing=True,
    )
    # A standard is of the service of its measure: the validator of frameworks sees to it.
    counted = rows.values_list("area_id", "measure__service__slug").annotate(count=Count("id"))
    return [Below(*row) for row in counted.order_by("area_id", "measure__service__slug")]


def standing_of(area: int, standard: str, in_use: InUse) -> list[Held]:
    """Where a place stands on one standard in every period, oldest first. One query."""
    rows = Standing.objects.filter(framework_id=in_use.id, area_id=area, standard=standard)
    return _held(rows.order_by("period_end", "period"), in_use)


def facts(area: int, in_use: InUse) -> list[Fact]:
    """Every standing of a place, as a finding needs them. One query."""
    rows = Standing.objects.filter(framework_id=in_use.id, area_id=area)
    return [held.fact for held in _held(rows.order_by("period_end"), in_use)]


def worst(standard: str, in_use: InUse, limit: int | None = None) -> list[Held]:
    """Every place on one standard in its newest period, the furthest beyond the line first."""
    rows = Standing.objects.filter(framework_id=in_use.id, standard=standard, newest=True)
    ordered = rows.order_by(F("shortfall").desc(nulls_last=True), "area__name")
    return _held(ordered[:limit] if limit else ordered, in_use)


def rows_of(
    in_use: InUse, *, areas: Collection[int] = (), standard: str = "", newest: bool = True
) -> list[Held]:
    """Standings for files and the API, by area and standard."""
    rows = Standing.objects.filter(framework_id=in_use.id)
    if areas:
        rows = rows.filter(area_id__in=list(areas))
    if standard:
        rows = rows.filter(standard=standard)
    if newest:
        rows = rows.filter(newest=True)
    return _held(rows.order_by("area__code", "standard", "period_end"), in_use)


@dataclass(frozen=True, slots=True)
class Required:
    """A standard, and how all places stand on it now.

    ``states``: places by state; ``failing``: places below the minimum; ``note``: why there is
    nothing to judge by, or "". ``in_force``: whether it is asked for on the day.
    """

    standard: Standard
    period: str
    states: dict[str, int]
    failing: int
    note: str
    in_force: bool


def required(in_use: InUse, on: dt.date, service: str | None = None) -> list[Required]:
    """What the framework requires or asks for, of one service or of all. One query."""
    accounts = {row.standard: row for row in StandardAccount.objects.filter(framework=in_use.id)}
    found = []
    ended = in_use.until is not None and in_use.until < on
    for standard in in_use.framework.standards:
        if service is not None and standard.service != service:
            continue
        row = accounts.get(standard.id)
        found.append(
            Required(
                standard,
                row.period if row else "",
                row.summary["states"] if row else {},
                row.summary["failing"] if row else 0,
                "" if row and row.period else no_figures(standard),
                not ended and _asked(standard, on),
            )
        )
    return found


def _asked(standard: Standard, on: dt.date) -> bool:
    begun = standard.starts is None or standard.starts <= on
    return begun and not (standard.ends and standard.ends < on) and standard.kind != "historic"

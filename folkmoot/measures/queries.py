"""Reads for pages: one measure, one place, one matter. Frozen, so that a page cannot change them.

What never changes between two builds (definitions, and the account of each measure as a whole)
is kept in the process under the version of the account.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Count, F, Max, QuerySet, Sum

from folkmoot.common.errors import NotFound
from folkmoot.measures.models import Account, Measure, MeasureAccount, Release, Revision
from folkmoot.measures.queries_account import account_version
from folkmoot.measures.rules.definition import HISTORY_FIELDS
from folkmoot.places.models import Area


@dataclass(frozen=True, slots=True)
class MeasureFacts:
    """A measure, where it comes from, and what its account says of it as a whole.

    ``definition`` is its whole catalogue entry; ``summary`` see ``rules.account``. Where no
    account has been computed, ``period_end`` is None.
    """

    id: int
    slug: str
    title: str
    service: str
    service_title: str
    service_position: int
    source: str
    source_title: str
    publisher: str
    licence: str
    licence_link: str
    status_marks: dict[str, str]
    polarity: str
    unit: str
    quantity: str
    decimals: int
    headline: int | None
    definition: dict[str, Any]
    release: int | None
    release_date: dt.date | None
    period: str
    period_end: dt.date | None
    basis: str
    basis_note: str
    field: int
    summary: dict[str, Any]

    @property
    def context(self) -> bool:
        """Whether it is shown for context only and never compared."""
        return bool(self.definition.get("context"))


_MEASURE_COLUMNS = (
    "id",
    "slug",
    "title",
    "service__slug",
    "service__title",
    "service__position",
    "source__slug",
    "source__title",
    "source__publisher",
    "source__licence",
    "source__licence_link",
    "source__status_marks",
    "polarity",
    "unit",
    "quantity",
    "decimals",
    "headline",
    "definition",
    "account__release__number",
    "account__release__source_date",
    "account__period",
    "account__period_end",
    "account__basis",
    "account__basis_note",
    "account__field",
    "account__summary",
)


def _facts() -> dict[int, MeasureFacts]:
    rows = Measure.objects.order_by(
        "service__position", F("headline").asc(nulls_last=True), "title"
    )
    found: dict[int, MeasureFacts] = {}
    row: Any
    for row in rows.values_list(*_MEASURE_COLUMNS):
        *front, period, end, basis, note, field, summary = row
        whole = [period or "", end, basis or "none", note or "", field or 0, summary or {}]
        found[row[0]] = MeasureFacts(*[*front, *whole])
    return found


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of the account: every measure by id, services in order, headlines first.

    ``names``: code → name of nations, regions and joined areas, which sentences name.
    """

    version: str
    facts: dict[int, MeasureFacts]
    names: dict[str, str]

    def measure(self, slug: str) -> MeasureFacts:
        """One measure. Raises NotFound, naming measures with a similar name."""
        for measure in self.facts.values():
            if measure.slug == slug:
                return measure
        words = set(slug.split("-"))
        near = sorted(self.facts.values(), key=lambda m: -len(words & set(m.slug.split("-"))))
        raise NotFound(
            "There is no measure of that name here.",
            [(m.title, f"/measure/{m.slug}/") for m in near[:5] if words & set(m.slug.split("-"))],
        )

    def of_service(self, slug: str) -> list[MeasureFacts]:
        """The measures of one service."""
        return [measure for measure in self.facts.values() if measure.service == slug]


def edition(version: str = "") -> Edition:
    """The account as it stands now. One query, or three after a build.

    ``version`` saves one where ``account_version`` has only just been asked.
    """
    return _edition(version or account_version())


@lru_cache(maxsize=2)
def _edition(version: str) -> Edition:
    named = Area.objects.filter(kind__in=["country-group", "nation", "region", "joined"])
    return Edition(version, _facts(), dict(named.values_list("code", "name")))


@dataclass(frozen=True, slots=True)
class PastFigure:
    """One period of a place's history; the fields are those of ``HISTORY_FIELDS``."""

    period: str
    end: dt.date
    value: float | None
    lower: float | None
    upper: float | None
    status: str
    verdict_nation: str
    verdict_region: str
    verdict_similar: str
    verdict_all: str
    benchmark_nation: float | None
    benchmark_similar: float | None
    row: int
    revised_from: float | None


@dataclass(frozen=True, slots=True)
class Figure:
    """The account of one measure in one place, newest period: one row of ``Account``."""

    facts: MeasureFacts
    area_id: int
    area_code: str
    area_name: str
    area_slug: str
    area_kind: str
    area_nation: str
    release: int
    row: int
    period: str
    period_end: dt.date
    newest: bool
    value: float | None
    lower: float | None
    upper: float | None
    numerator: float | None
    denominator: float | None
    status: str
    silence: str
    joined: str
    revised_from: float | None
    compared: bool
    benchmark_nation: float | None
    benchmark_region: float | None
    benchmark_similar: float | None
    benchmark_all: float | None
    verdict_nation: str
    verdict_region: str
    verdict_similar: str
    verdict_all: str
    similar_count: int
    funnel: str
    shrunken: float | None
    rank: int | None
    rank_lower: int | None
    rank_upper: int | None
    field: int | None
    rank_note: str
    trend: str
    trend_method: str
    trend_since: str
    history: tuple[PastFigure, ...]


_FIGURE_COLUMNS = (
    "area__id",
    "area__code",
    "area__name",
    "area__slug",
    "area__kind",
    "area__nation",
    "release__number",
    "row",
    "period",
    "period_end",
    "newest",
    "value",
    "lower",
    "upper",
    "numerator",
    "denominator",
    "status",
    "silence",
    "joined",
    "revised_from",
    "compared",
    "benchmark_nation",
    "benchmark_region",
    "benchmark_similar",
    "benchmark_all",
    "verdict_nation",
    "verdict_region",
    "verdict_similar",
    "verdict_all",
    "similar_count",
    "funnel",
    "shrunken",
    "rank",
    "rank_lower",
    "rank_upper",
    "field",
    "rank_note",
    "trend",
    "trend_method",
    "trend_since",
)
_END = HISTORY_FIELDS.index("end")


def past_figures(history: Iterable[list[Any]]) -> tuple[PastFigure, ...]:
    """``Account.history`` as PastFigures, oldest first."""
    return tuple(PastFigure(*_with_date(row)) for row in history)


def _with_date(row: list[Any]) -> list[Any]:
    return [*row[:_END], dt.date.fromisoformat(row[_END]), *row[_END + 1 :]]


def _figures(
    rows: QuerySet[Account, Account], facts: dict[int, MeasureFacts], *, history: bool
) -> list[Figure]:
    columns = ("measure_id", *_FIGURE_COLUMNS)
    order = {key: position for position, key in enumerate(facts)}
    found: list[Figure] = []
    record: Any
    if history:
        for record in rows.values_list(*columns, "history"):
            key, *values, past = record
            found.append(Figure(*[facts[key], *values, past_figures(past)]))
    else:
        for record in rows.values_list(*columns):
            key, *values = record
            found.append(Figure(*[facts[key], *values, ()]))
    found.sort(key=lambda figure: order[figure.facts.id])
    return found


def place_figures(
    current: Edition, areas: Collection[int], *, service: str = "", history: bool = False
) -> list[Figure]:
    """Every figure of the areas with these ids, in the order of services. One query."""
    rows = Account.objects.filter(area_id__in=list(areas))
    if service:
        rows = rows.filter(measure__service__slug=service)
    return _figures(rows, current.facts, history=history)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The verdicts of one service in one place (its id): (against similar, against nation)."""

    area: int
    service: str
    verdicts: tuple[tuple[str, str], ...]


def verdicts_in(areas: Collection[int]) -> list[Verdicts]:
    """The verdicts on every measure on which these places are compared, by service: one query."""
    rows = Account.objects.filter(area_id__in=list(areas), compared=True)
    columns = ("area_id", "measure__service__slug", "verdict_similar", "verdict_nation")
    found: dict[tuple[int, str], list[tuple[str, str]]] = defaultdict(list)
    for area, service, similar, nation in rows.values_list(*columns):
        found[area, service].append((similar, nation))
    return [Verdicts(area, service, tuple(said)) for (area, service), said in found.items()]


def measure_figures(measure: MeasureFacts) -> list[Figure]:
    """The figure of one measure in every place, without histories."""
    rows = Account.objects.filter(measure_id=measure.id).order_by("area__name")
    return _figures(rows, {measure.id: measure}, history=False)


def figure_of(measure: MeasureFacts, area: int) -> Figure | None:
    """One figure with its history, or None where the release has no row for the place."""
    rows = Account.objects.filter(measure_id=measure.id, area_id=area)
    found = _figures(rows, {measure.id: measure}, history=True)
    return found[0] if found else None


Values = dict[int, dict[int, float]]
# Values of compared places by measure, with the version of the account they are of. One tuple,
# replaced in one assignment: another thread sees the old or the new, whole.
_kept: tuple[str, Values] = ("", {})


def compared_values(current: Edition, measures: Collection[int]) -> Values:
    """For each measure id: area id → value, of the places compared in its newest period.

    Kept for one version of the account; at most one query for those not yet read.
    """
    global _kept
    version, values = _kept
    kept = values if version == current.version else {}
    missing = [measure for measure in measures if measure not in kept]
    if missing:
        fresh: Values = {measure: {} for measure in missing}
        rows = Account.objects.filter(measure_id__in=missing, compared=True, newest=True)
        record: Any
        for record in rows.exclude(value=None).values_list("measure_id", "area_id", "value"):
            measure, area, value = record
            fresh[measure][area] = value
        kept = {**kept, **fresh}
        _kept = (current.version, kept)
    return {measure: kept[measure] for measure in measures}


@dataclass(frozen=True, slots=True)
class Holdings:
    """How much there is, and how fresh. ``revised`` counts values revised by a later release."""

    measures: int
    sources: int
    figures: int
    published_at: dt.datetime | None
    revised: int


def holdings(*, since: dt.date) -> Holdings:
    """What is held; ``revised`` counts from the day ``since`` on. Three queries."""
    published = Release.objects.filter(state=Release.State.PUBLISHED).aggregate(
        sources=Count("id"), at=Max("published_at"), rows=Sum("rows_used")
    )
    return Holdings(
        measures=MeasureAccount.objects.count(),
        sources=published["sources"],
        figures=published["rows"] or 0,
        published_at=published["at"],
        revised=Revision.objects.filter(
            release__published_at__date__gte=since, kind="revised"
        ).count(),
    )

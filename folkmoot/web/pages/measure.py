"""A measure: what it counts, how places differ, where, who, over time, and how we know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from folkmoot.measures.queries import (
    Edition,
    Figure,
    MeasureFacts,
    compared_values,
    edition,
    figure_of,
    measure_figures,
)
from folkmoot.measures.rules.sentences import age_sentence
from folkmoot.places import queries as places
from folkmoot.places.models import Area
from folkmoot.places.rules import KINDS
from folkmoot.web import wording
from folkmoot.web.cards import Around, Card, card, figure_history
from folkmoot.web.measure_drawings import MeasureMap, measure_map, measure_ranking
from folkmoot.web.measure_rows import draw_rows, row_of
from folkmoot.web.neighbours import neighbours
from folkmoot.web.remembered import remembered
from folkmoot.web.reporting import report_path
from folkmoot.web.wording import Told

# The United Kingdom and its nations, in the order in which they are told.
NATIONS = ("K02000001", "E92000001", "W92000004", "S92000003", "N92000002")
SORTS = ("figure", "-figure", "place", "-place")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the table that sorts by link; ``sorted`` is what aria-sort says, or ""."""

    title: str
    link: str
    sorted: str


def sorted_figures(figures: Sequence[Figure], sort: str) -> list[Figure]:
    """``figures`` by name or by figure; "-" turns the order round. No figure comes last."""
    by_name = sorted(figures, key=lambda f: f.area_name, reverse=sort == "-place")
    if sort in ("place", "-place"):
        return by_name
    known = [figure for figure in by_name if figure.value is not None]
    known.sort(key=lambda f: f.value or 0.0, reverse=sort == "-figure")
    return [*known, *(figure for figure in by_name if figure.value is None)]


def _headings(sort: str, place: str) -> dict[str, Heading]:
    found = {}
    for key, title in (("place", _("Place")), ("figure", _("Figure"))):
        other = f"-{key}" if sort == key else key
        query = {"place": place} if place else {}
        link = "?" + urlencode(query | {"sort": other}) + "#table"
        state = {"": "", key: "ascending", f"-{key}": "descending"}.get(sort, "")
        found[key] = Heading(title, link, state)
    return found


@dataclass(frozen=True, slots=True)
class NationLine:
    """A nation's own figure and where it is going, and its history."""

    name: str
    statement: str
    trend: str
    history: SafeString | None
    report_link: str


def _nations(
    measure: MeasureFacts, current: Edition, figures: Sequence[Figure]
) -> list[NationLine]:
    lines: list[NationLine] = []
    places_of = {figure.area_code: figure for figure in figures}
    for nation in (places_of[code] for code in NATIONS if code in places_of):
        if nation.value is not None:
            whole = figure_of(measure, nation.area_id) if not lines else None
            told = Told(whole or nation, current.names)
            history = (
                figure_history(told, f"nation-{nation.area_slug}", large=True) if whole else None
            )
            trend = told.trend() if whole and whole.trend != "too-short" else ""
            link = report_path(f"{measure.source}/{nation.release}", nation.row)
            lines.append(NationLine(nation.area_name, told.statement(), trend, history, link))
    return lines


def _here(
    measure: MeasureFacts, current: Edition, area: Area, similar: dict[str, tuple[int, ...]]
) -> tuple[Card | None, SafeString | None]:
    """The place's own card and its large history."""
    figure = figure_of(measure, area.pk)
    if figure is None:
        return None, None
    values = compared_values(current, [measure.id])
    around = Around(values, similar, current.names)
    large = figure_history(Told(figure, current.names), f"large-{area.slug}", large=True)
    return card(figure, around), large


@remembered
def measure(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of one measure; with ``?place=`` seen from one place."""
    current = edition()
    facts = current.measure(slug)
    figures = measure_figures(facts)
    chosen = request.GET.get("place", "")
    area = places.area_by_slug(chosen) if chosen else None
    near = neighbours(area) if area else None
    own, own_history = _here(facts, current, area, near.ids) if area and near else (None, None)
    similar = frozenset(near.ids.get(facts.definition["similar"], ())) if near else frozenset()
    compared = [figure for figure in figures if figure.compared]
    sort = request.GET.get("sort", "")
    if sort not in SORTS:
        sort = "-figure" if facts.polarity == "higher" else "figure"
    by = "verdict" if request.GET.get("map") == "verdict" else "figure"
    here = area.pk if area else 0
    drawn: MeasureMap | None = measure_map(facts, compared, by=by, here=area.code if area else "")
    context = {
        "m": facts,
        "counted": wording.stopped(facts.definition["counted"]),
        "area": area,
        "own": own,
        "own_history": own_history,
        "variation": wording.variation(facts),
        "nations": _nations(facts, current, figures),
        "drawn": drawn,
        "by": by,
        "ranking": measure_ranking(facts, compared, here=here, here_name=area.name if area else ""),
        "rows": draw_rows(
            row_of(figure, here, current.names) for figure in sorted_figures(compared, sort)
        ),
        "headings": _headings(sort, chosen),
        "like": draw_rows(row_of(f, here, current.names) for f in compared if f.area_id in similar),
        "silent": [f for f in compared if f.value is None],
        "late": [f for f in compared if f.value is not None and not f.newest],
        "kinds": sorted(KINDS[kind][0] for kind in facts.definition["kinds"]),
        "age": age_sentence(facts.period, timezone.localdate()) if facts.period else "",
        "trail": [
            (_("Services"), "/services/"),
            (facts.service_title, f"/service/{facts.service}/"),
        ],
    }
    return render(request, "pages/measure.html", context)

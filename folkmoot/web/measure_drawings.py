"""The map and the ranked strip of a measure, from its figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from folkmoot.measures.queries import Figure, MeasureFacts
from folkmoot.places.boundaries import family_for, map_paths
from folkmoot.web import wording
from folkmoot.web.charts.map import MapArea, MapDrawing, draw_map, step_of, steps
from folkmoot.web.charts.ranking import Ranked, Ranking, draw_ranking, extent
from folkmoot.web.templatetags.folkmoot import verdict_word

_VERDICT_FILLS = {
    "better": "m-better",
    "worse": "m-worse",
    "higher": "m-5",
    "lower": "m-1",
    "no-clear-difference": "m-same",
}


@dataclass(frozen=True, slots=True)
class LegendLine:
    """One line of a legend: the fill and its meaning."""

    fill: str
    text: str


@dataclass(frozen=True, slots=True)
class MeasureMap:
    """A drawn map with its legend and what must stand beside it."""

    svg: SafeString
    legend: tuple[LegendLine, ...]
    credit: str
    note: str


def _count(number: int) -> str:
    return ngettext("%(count)d place", "%(count)d places", number) % {"count": number}


def _by_figure(
    facts: MeasureFacts, figures: Sequence[Figure]
) -> tuple[dict[int, str], list[LegendLine]]:
    values = {f.area_id: f.value for f in figures if f.value is not None and f.newest}
    if not values:
        return {}, []
    found = steps(list(values.values()))
    fills = {area: step_of(value, found) for area, value in values.items()}
    lines = [
        LegendLine(
            step.fill,
            _("%(low)s to %(high)s: %(count)s")
            % {
                "low": wording.number_alone(step.low, facts),
                "high": wording.number_alone(step.high, facts),
                "count": _count(step.count),
            },
        )
        for step in found
    ]
    return fills, lines


def _led(figure: Figure) -> str:
    """The verdict that leads for a figure."""
    similar = wording.benchmark_for(figure.area_kind) == "similar"
    return figure.verdict_similar if similar else figure.verdict_nation


def _by_verdict(figures: Sequence[Figure]) -> tuple[dict[int, str], list[LegendLine]]:
    said = {figure.area_id: _led(figure) for figure in figures}
    fills = {area: _VERDICT_FILLS[v] for area, v in said.items() if v in _VERDICT_FILLS}
    tally = Counter(said.values())
    lines = [
        LegendLine(fill, f"{verdict_word(verdict)}: {_count(tally[verdict])}")
        for verdict, fill in _VERDICT_FILLS.items()
        if tally[verdict]
    ]
    return fills, lines


def measure_map(
    facts: MeasureFacts, figures: Sequence[Figure], *, by: str, here: str
) -> MeasureMap | None:
    """The map of a measure, by figure or by verdict; None where no one map shows its places."""
    family = family_for({figure.area_kind for figure in figures})
    if family is None:
        return None
    fills, lines = _by_verdict(figures) if by == "verdict" else _by_figure(facts, figures)
    missing = sum(1 for figure in figures if figure.area_id not in fills)
    if missing:
        nothing = _("cannot say") if by == "verdict" else _("no figure for this period")
        lines.append(LegendLine("m-none", f"{nothing}: {_count(missing)}"))
    areas = tuple(
        MapArea(
            figure.area_code,
            f"/place/{figure.area_slug}/{facts.service}/",
            fills.get(figure.area_id, "m-none"),
            f"{figure.area_name}: "
            + wording.number_or_mark(figure.value, figure.status, facts)
            + ("" if figure.newest else f" ({wording.period(figure.period)})")
            + (f", {verdict_word(_led(figure))}" if by == "verdict" else ""),
        )
        for figure in figures
    )
    shapes = map_paths(family)
    svg = draw_map(
        MapDrawing(
            key="map",
            title=_("Map: %(measure)s") % {"measure": facts.title},
            description=_("Each area is a link to its page. The table below has the same figures."),
            family=family,
            areas=areas,
            here=here,
        )
    )
    return MeasureMap(svg, tuple(lines), shapes.credit, shapes.note)


def measure_ranking(
    facts: MeasureFacts, figures: Sequence[Figure], *, here: int, here_name: str
) -> SafeString | None:
    """The ranked strip of a measure; None without at least two places."""
    ranked = tuple(
        Ranked(
            value=figure.value,
            lower=figure.lower,
            upper=figure.upper,
            verdict=figure.verdict_nation,
            here=figure.area_id == here,
        )
        for figure in figures
        if figure.value is not None and figure.newest
    )
    if len(ranked) < 2:
        return None
    low, high = extent(ranked)
    tally = Counter(place.verdict for place in ranked)
    return draw_ranking(
        Ranking(
            key="all",
            title=_("%(measure)s: every place in order") % {"measure": facts.title},
            description=_(
                "%(count)s, each with its range. Against the rest of its nation %(better)d are "
                "better and %(worse)d worse, beyond chance."
            )
            % {
                "count": _count(len(ranked)),
                "better": tally["better"],
                "worse": tally["worse"],
            },
            places=ranked,
            better=facts.polarity,
            nation=None,
            nation_name="",
            top_text=wording.number_alone(high, facts),
            bottom_text=wording.number_alone(low, facts),
            here_name=here_name,
        )
    )

"""A measure of a place as a card: sentence, verdict, drawings, and the table beneath them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from folkmoot.measures.queries import Figure, MeasureFacts, PastFigure
from folkmoot.web import wording
from folkmoot.web.charts.history import History, Point, bounds, draw_history
from folkmoot.web.charts.strip import Strip, comparable, draw_strip
from folkmoot.web.measure_rows import draw_past
from folkmoot.web.wording import Told


@dataclass(frozen=True, slots=True)
class Card:
    """One measure of one place, ready to print. Texts are full sentences, or "" for nothing."""

    figure: Figure
    key: str
    link: str
    verdict: str
    verdict_text: str
    beside_text: str
    statement: str
    trend: str
    no_trend: str
    rank: str
    unusual: str
    certainty: str
    silence: str
    revised: str
    strip: SafeString | None
    history: SafeString | None
    past: SafeString | None
    minimum: str = ""

    @property
    def release_link(self) -> str:
        """Where the release that the figure comes from is described."""
        return f"/release/{self.figure.facts.source}/{self.figure.release}/"

    @property
    def report_link(self) -> str:
        """Where an error in the figure is reported; "" where no row of a release has it."""
        figure = self.figure
        if not figure.row:
            return ""
        return f"/report/{figure.facts.source}/{figure.release}/{figure.row}/"


@dataclass(frozen=True, slots=True)
class Around:
    """What cards need besides the figure.

    ``values``: measure id → area id → value of the compared places. ``similar``: list of similar
    places → their area ids. ``names``: code → name of nations, regions and joined areas.
    ``minimums``: measure's slug → the line of the minimum that binds the place.
    """

    values: Mapping[int, Mapping[int, float]]
    similar: Mapping[str, tuple[int, ...]]
    names: Mapping[str, str]
    region: str = ""
    minimums: Mapping[str, float] = field(default_factory=dict)


def figure_strip(told: Told, around: Around, key: str, statement: str) -> SafeString | None:
    """The strip of a figure; None where it is not compared, old, or alone."""
    figure = told.figure
    values = around.values.get(figure.facts.id, {})
    if figure.value is None or not figure.newest or not figure.compared or len(values) < 2:
        return None
    similar = around.similar.get(figure.facts.definition["similar"], ())
    nation = figure.benchmark_nation
    return draw_strip(
        Strip(
            key=key,
            measure=figure.facts.title,
            place=figure.area_name,
            values=comparable(list(values.values())),
            similar=comparable([values.get(area) for area in similar]),
            here=figure.value,
            lower=figure.lower,
            upper=figure.upper,
            nation=nation,
            nation_name=_("rest of %(nation)s") % {"nation": told.nation or _("the nation")},
            nation_text=wording.number_alone(nation, figure.facts),
            better=figure.facts.polarity,
            description=statement,
            minimum=around.minimums.get(figure.facts.slug),
        )
    )


def _point(past: PastFigure, facts: MeasureFacts) -> Point:
    return Point(
        end=past.end,
        label=wording.short_period(past.period, past.end),
        value=past.value,
        lower=past.lower,
        upper=past.upper,
        nation=past.benchmark_nation,
        text=wording.number(past.value, facts),
    )


def figure_history(told: Told, key: str, *, large: bool = False) -> SafeString | None:
    """The history of a figure as SVG, or None where there are fewer than two values."""
    figure = told.figure
    points = tuple(_point(past, figure.facts) for past in figure.history)
    valued = [point for point in points if point.value is not None]
    if len(valued) < 2:
        return None
    low, high = bounds(points)
    return draw_history(
        History(
            key=key,
            title=_("%(measure)s in %(place)s, period by period")
            % {"measure": figure.facts.title, "place": figure.area_name},
            description=_("From %(first)s in %(start)s to %(last)s in %(end)s. %(trend)s")
            % {
                "first": valued[0].text,
                "start": valued[0].label,
                "last": valued[-1].text,
                "end": valued[-1].label,
                "trend": told.trend(),
            },
            points=points,
            top_text=wording.number_alone(high, figure.facts),
            bottom_text=wording.number_alone(low, figure.facts),
            large=large,
        )
    )


def _beside(told: Told) -> str:
    """The second verdict, where there is one: against the nation, or against all places."""
    benchmark = "nation" if told.benchmark == "similar" else "all"
    if told.plain.verdict(benchmark) in ("cannot-say", "not-compared"):
        return ""
    return wording.stopped(told.verdict_text(benchmark))


def card(figure: Figure, around: Around, *, drawn: bool = True) -> Card:
    """``figure`` as a card. ``drawn`` False leaves out drawings and table, for short lists."""
    told = Told(figure, around.names, around.region)
    statement = told.statement()
    key = f"{figure.facts.slug}-{figure.area_slug}"
    return Card(
        figure=figure,
        key=key,
        link=f"/measure/{figure.facts.slug}/?place={figure.area_slug}",
        verdict=told.verdict,
        verdict_text=told.verdict_text(),
        beside_text=_beside(told),
        statement=statement,
        trend=told.trend() if figure.value is not None and figure.trend != "too-short" else "",
        no_trend=told.trend() if figure.trend == "too-short" else "",
        rank=told.rank(),
        unusual=told.unusual(),
        certainty=told.certainty(),
        silence=told.silence(),
        revised=told.revised(),
        strip=figure_strip(told, around, key, statement) if drawn else None,
        history=figure_history(told, key) if drawn else None,
        past=draw_past(figure) if drawn and figure.history else None,
        minimum=wording.number(around.minimums.get(figure.facts.slug), figure.facts),
    )


def cards(figures: Iterable[Figure], around: Around, *, drawn: bool = True) -> tuple[Card, ...]:
    """Each figure as a card."""
    return tuple(card(figure, around, drawn=drawn) for figure in figures)

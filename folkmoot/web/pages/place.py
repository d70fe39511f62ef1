"""A place: its short account, what stands out, every service, silence, similar places."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from folkmoot.common.errors import NotFound
from folkmoot.framework.cases.elsewhere import INCOMPLETE, elsewhere
from folkmoot.framework.cases.queries import cases_in
from folkmoot.framework.queries import InUse, rows_of
from folkmoot.framework.queries import current as framework_of
from folkmoot.measures.queries import Edition, Figure, compared_values, edition, place_figures
from folkmoot.measures.rules.sentences import short_account
from folkmoot.petitions.queries_lists import petitions_in
from folkmoot.places import queries as places
from folkmoot.places.models import Area
from folkmoot.places.queries import Surroundings
from folkmoot.places.rules import LOWER_TIER, UPPER_TIER
from folkmoot.web import wording
from folkmoot.web.ageing import age_of, is_old
from folkmoot.web.cards import Around, cards
from folkmoot.web.charts.locator import draw_locator
from folkmoot.web.neighbours import neighbours
from folkmoot.web.pages.cases_rows import case_rows
from folkmoot.web.remembered import account_seen, remembered_with_counts
from folkmoot.web.requirements import Requirement, requirement_of

MOST = 5  # measures that stand out, on each side
MOST_VOICES = 5  # petitions, and questions, of a place or a matter
MOST_CASES = 3  # cases of stepping in, the newest
# The order of signs in a row.
ORDER = ("better", "higher", "no-clear-difference", "lower", "worse", "cannot-say")
# ?show= → the verdicts behind it.
SHOWN = {
    "better": ("better",),
    "worse": ("worse",),
    "no-clear-difference": ("no-clear-difference",),
    "different": ("higher", "lower"),
    "cannot-say": ("cannot-say",),
}
# What is listed as lying in a place: councils, not the other bodies that cover it.
_CONTAINED = sorted(UPPER_TIER | LOWER_TIER)
_UNUSUAL = {"outside-99.8": 0, "outside-95": 1}


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a place lies, which bodies serve it (itself first), and what it holds."""

    area: Area
    bodies: tuple[Area, ...]
    inside: tuple[Area, ...]
    contains: tuple[Area, ...]

    @property
    def covers(self) -> bool:
        """Whether it is a body named after itself, which covers places rather than holding them."""
        return self.area.kind in ("police-force", "fire-authority", "integrated-care-board")

    @property
    def region(self) -> str:
        """Name of its region, or ""."""
        return next((area.name for area in self.inside if area.kind == "region"), "")


def setting(around: Surroundings, *, contains: bool = True) -> Setting:
    """Where a place lies and who serves it: at most two queries.

    ``contains`` False leaves out what it holds, and saves one.
    """
    area = around.area
    covering = places.covering_of(around)
    inside = tuple(
        a for a in (covering.region, covering.nation) if a is not None and a.pk != area.pk
    )
    if area.kind in LOWER_TIER:
        bodies = covering.all() if area.ended is None else (area,)
        return Setting(area, bodies, inside, ())
    kinds = ["region"] if area.kind == "nation" and area.name == "England" else _CONTAINED
    holds = tuple(places.children(area, kinds)) if contains else ()
    return Setting(area, (area,), inside, holds)


@dataclass(frozen=True, slots=True)
class Failing:
    """What is below the minimum in a place; ``judged`` how many standings there are to tell by.

    ``framework`` is its title, "" where none is held for the place's nation.
    """

    framework: str
    link: str
    lines: tuple[Requirement, ...]
    judged: int


def failing(where: Setting, current: Edition, on: dt.date) -> Failing:
    """What is below the minimum in a place and at those that serve it: two queries."""
    in_use = framework_in_use(on)
    if in_use is None or where.area.nation not in ("", in_use.framework.nation):
        return Failing("", "", (), 0)
    held = rows_of(in_use, areas=[body.pk for body in where.bodies])
    judged = [one for one in held if one.standard.minimum and one.fact.due]
    lines = [requirement_of(one, current) for one in judged if one.fact.failing]
    own = where.area.slug
    lines.sort(key=lambda line: (line.area_slug != own, line.standard.service or ""))
    framework = in_use.framework
    return Failing(framework.title, f"/framework/{framework.slug}/", tuple(lines), len(judged))


def framework_in_use(on: dt.date) -> InUse | None:
    """The framework in use on a day, or None before any has been put into use: one query."""
    try:
        return framework_of(on)
    except NotFound:
        return None


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One service of one place as a row of signs."""

    title: str
    link: str
    verdicts: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class ServiceGroup:
    """The services that one body's figures tell of."""

    area: Area
    own: bool
    benchmark: str
    rows: tuple[ServiceRow, ...]

    @property
    def compared(self) -> bool:
        """Whether any measure here is compared."""
        return any(row.verdicts for row in self.rows)


def leading(figure: Figure) -> str:
    """The verdict that leads for a figure: against similar places where there are any."""
    if wording.benchmark_for(figure.area_kind) == "similar":
        return figure.verdict_similar
    return figure.verdict_nation


def judged(figures: Iterable[Figure]) -> list[tuple[str, Figure]]:
    """(leading verdict, figure) of every figure that is compared."""
    pairs = [(leading(figure), figure) for figure in figures]
    return [(verdict, figure) for verdict, figure in pairs if verdict != "not-compared"]


def service_rows(area: Area, figures: Sequence[Figure]) -> tuple[ServiceRow, ...]:
    """Each service of ``area`` as a row, signs from better to worse."""
    by_service: dict[str, list[Figure]] = {}
    for figure in figures:
        by_service.setdefault(figure.facts.service, []).append(figure)
    rows = []
    for slug, own in by_service.items():
        verdicts = sorted((verdict for verdict, _figure in judged(own)), key=ORDER.index)
        rows.append(
            ServiceRow(
                title=own[0].facts.service_title,
                link=f"/place/{area.slug}/{slug}/",
                verdicts=tuple(verdicts),
                words=wording.service_counts(verdicts, len(own)),
            )
        )
    return tuple(rows)


def groups(where: Setting, figures: Sequence[Figure]) -> list[ServiceGroup]:
    """The services of each body that serves the place.

    Of another body only services that it is compared in: it runs those, and figures for the
    rest are only gathered for its area. A service that another body runs is left to that body.
    """
    found = []
    rows = {
        body.pk: service_rows(body, [figure for figure in figures if figure.area_id == body.pk])
        for body in where.bodies
    }
    elsewhere = {row.title for body in where.bodies[1:] for row in rows[body.pk] if row.verdicts}
    for body in where.bodies:
        own = body.pk == where.area.pk
        kept = tuple(
            row for row in rows[body.pk] if row.verdicts or (own and row.title not in elsewhere)
        )
        if kept:
            found.append(ServiceGroup(body, own, wording.benchmark_for(body.kind), kept))
    return found


def by_importance(figures: Iterable[Figure], verdict: str) -> list[Figure]:
    """Figures with this verdict, the most unusual and the headline measures first."""
    chosen = [figure for said, figure in judged(figures) if said == verdict]
    return sorted(
        chosen, key=lambda f: (_UNUSUAL.get(f.funnel, 2), f.facts.headline or 99, f.facts.title)
    )


def fresh(figures: Iterable[Figure], today: dt.date) -> list[Figure]:
    """Figures of measures that are at most three years old: only these enter a short account."""
    return [
        figure
        for figure in figures
        if figure.facts.period_end is not None and not is_old(figure.facts.period_end, today)
    ]


def _choices(figures: Sequence[Figure]) -> list[tuple[str, str, int]]:
    """(?show=, title, count) of each list that the short account leads to."""
    tally = Counter(verdict for verdict, _figure in judged(figures))
    titles = {
        "better": _("better"),
        "worse": _("worse"),
        "no-clear-difference": _("no clear difference"),
        "different": _("higher or lower"),
        "cannot-say": _("cannot say"),
    }
    return [(key, titles[key], sum(tally[v] for v in SHOWN[key])) for key in SHOWN]


@remembered_with_counts
def place(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of one place; ``?show=`` lists the measures behind one count."""
    around_it = places.surroundings(slug)
    area, where = around_it.area, setting(around_it, contains="show" not in request.GET)
    current = edition(account_seen(request))
    figures = place_figures(current, [body.pk for body in where.bodies])
    own = [figure for figure in figures if figure.area_id == area.pk]
    counted = fresh(own, timezone.localdate())
    near = neighbours(area)
    context = {
        "area": area,
        "where": where,
        "near": near.named,
        "age": age_of(own),
        "found": request.GET.get("found", ""),
        "mp": request.GET.get("mp", "")[:9],
        "successors": places.successors(area) if area.ended is not None else (),
        "trail": [(_("Places"), "/places/")],
    }
    show = request.GET.get("show", "")
    if show in SHOWN:
        around = Around({}, near.ids, current.names, where.region)
        chosen = [figure for verdict, figure in judged(counted) if verdict in SHOWN[show]]
        choices = _choices(counted)
        context |= {
            "show": show,
            "shown_title": next(title for key, title, _count in choices if key == show),
            "choices": choices,
            "left_out": len(judged(own)) - len(judged(counted)),
            "cards": cards(chosen, around, drawn=False),
            "trail": [(_("Places"), "/places/"), (area.name, f"/place/{area.slug}/")],
        }
        return render(request, "pages/place_shown.html", context)
    better, worse = by_importance(counted, "better"), by_importance(counted, "worse")
    drawn = [*better[:MOST], *worse[:MOST]]
    values = compared_values(current, {figure.facts.id for figure in drawn})
    around = Around(values, near.ids, current.names, where.region)
    silent = [figure for figure in own if figure.value is None]
    context |= _cases(area, current, timezone.localdate())
    context |= {
        "short": _short(area, counted),
        "petitions": petitions_in(area.code, "", timezone.localdate(), limit=MOST_VOICES),
        "begin": urlencode({"place": area.slug}),
        "below": failing(where, current, timezone.localdate()),
        "better": cards(better[:MOST], around),
        "worse": cards(worse[:MOST], around),
        "more_better": max(0, len(better) - MOST),
        "more_worse": max(0, len(worse) - MOST),
        "groups": groups(where, figures),
        "silent": cards(silent, around, drawn=False),
        "locator": draw_locator(area.code, area.name, area.kind),
    }
    return render(request, "pages/place.html", context)


def _cases(area: Area, current: Edition, today: dt.date) -> dict[str, object]:
    """What the centre did or left alone here: the newest cases, and what other sources tell.

    One query for the other sources, one for the cases, and one for what is owed in them if any.
    """
    found = cases_in(area.code, "", today)
    titles = {facts.service: facts.service_title for facts in current.facts.values()}
    return {
        "cases": case_rows(found[:MOST_CASES], titles),
        "more_cases": max(0, len(found) - MOST_CASES),
        "elsewhere": elsewhere(today, place=area.code),
        "incomplete": INCOMPLETE,
    }


@dataclass(frozen=True, slots=True)
class ShortLine:
    """A sentence of the short account with the list that it leads to."""

    show: str
    sentence: str


def _short(area: Area, counted: Sequence[Figure]) -> tuple[tuple[ShortLine, ...], ...]:
    """The short account, line by line; none where nothing is compared with similar places."""
    verdicts = [verdict for verdict, _figure in judged(counted)]
    if not verdicts or wording.benchmark_for(area.kind) != "similar":
        return ()
    lines = []
    for show, said in short_account(area.name, wording.counts(verdicts)):
        first, _stop, second = said.partition(". ")
        line = [ShortLine(show, wording.stopped(first))]
        if second:
            line.append(ShortLine("different", second))
        lines.append(tuple(line))
    return tuple(lines)

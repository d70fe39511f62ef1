"""Up to four places side by side, only on what all of them run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from folkmoot.common.errors import Fault
from folkmoot.measures.queries import Figure, MeasureFacts, edition, place_figures
from folkmoot.places import queries as places
from folkmoot.places.models import Area
from folkmoot.places.rules import KINDS, Place
from folkmoot.web import wording
from folkmoot.web.ageing import age_of
from folkmoot.web.pages.find import may_be_postcode, postcode_in
from folkmoot.web.remembered import remembered
from folkmoot.web.reporting import report_path, reportable

MOST = 4


@dataclass(frozen=True, slots=True)
class Cell:
    """One place's figure in a row."""

    value: SafeString
    limits: str
    verdict: str
    period: str


@dataclass(frozen=True, slots=True)
class CompareRow:
    """One measure across the places."""

    facts: MeasureFacts
    period: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class CompareService:
    """The rows of one service."""

    slug: str
    title: str
    rows: tuple[CompareRow, ...]


def shared_rows(areas: Sequence[Area], figures: Sequence[Figure]) -> list[CompareRow]:
    """A row for each measure on which every one of ``areas`` is compared."""
    found: dict[int, dict[int, Figure]] = defaultdict(dict)
    for figure in figures:
        if figure.compared:
            found[figure.facts.id][figure.area_id] = figure
    rows = []
    for by_area in found.values():
        if len(by_area) < len(areas):
            continue
        own = [by_area[area.pk] for area in areas]
        facts = own[0].facts
        rows.append(
            CompareRow(facts, wording.period(facts.period), tuple(_cell(f, facts) for f in own))
        )
    return rows


def _cell(figure: Figure, facts: MeasureFacts) -> Cell:
    return Cell(
        value=reportable(
            wording.number_or_mark(figure.value, figure.status, facts),
            report_path(f"{facts.source}/{figure.release}", figure.row),
            f"{figure.area_name}, {facts.title}",
        ),
        limits=wording.limits(figure.lower, figure.upper, facts),
        verdict=figure.verdict_similar,
        period="" if figure.newest else wording.period(figure.period),
    )


def _services(rows: Sequence[CompareRow]) -> tuple[CompareService, ...]:
    by_service: dict[str, list[CompareRow]] = defaultdict(list)
    for row in rows:
        by_service[row.facts.service].append(row)
    return tuple(
        CompareService(slug, own[0].facts.service_title, tuple(own))
        for slug, own in by_service.items()
    )


def _apart(areas: Sequence[Area], figures: Sequence[Figure]) -> list[str]:
    """Titles of services that some of ``areas`` run, as far as figures show, and others do not."""
    run: dict[str, set[int]] = defaultdict(set)
    for figure in figures:
        if figure.compared:
            run[figure.facts.service_title].add(figure.area_id)
    return [title for title, who in run.items() if len(who) < len(areas)]


@csrf_exempt  # It changes nothing: it finds places by what was typed and leads to their page.
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: HttpRequest) -> HttpResponse:
    """The comparison; a form sent by POST keeps a typed postcode out of the address."""
    if request.method == "POST":
        return _chosen(request)
    return _compared(request)


def _chosen(request: HttpRequest) -> HttpResponse:
    slugs: list[str] = []
    faults: list[Fault] = []
    for text in request.POST.getlist("place")[:MOST]:
        typed = " ".join(text[:100].split())
        if not typed:
            continue
        found = _find(typed)
        if found is None:
            # What may be a postcode is not repeated.
            shown = _("a postcode") if may_be_postcode(typed) else typed
            what = _("We cannot find %(what)s.") % {"what": shown}
            faults.append(Fault("place", what, _("Type the name of a council, such as Leeds.")))
        elif found not in slugs:
            slugs.append(found)
    if faults:
        context = {"faults": faults, "areas": [], "boxes": range(MOST)}
        response = render(request, "pages/compare.html", context, status=400)
    else:
        query = urlencode([("place", slug) for slug in slugs])
        response = HttpResponseRedirect(f"/compare/?{query}" if query else "/compare/")
    response["Cache-Control"] = "no-store"
    return response


def _find(typed: str) -> str | None:
    postcode = postcode_in(typed)
    if postcode is not None:
        district = places.find_postcode(postcode).district
        return district.slug if district else None
    found: list[Place] = places.search(typed, limit=1)
    return found[0].slug if found else None


@remembered
def _compared(request: HttpRequest) -> HttpResponse:
    slugs = list(dict.fromkeys(request.GET.getlist("place")))[:MOST]
    areas = [places.area_by_slug(slug) for slug in slugs if slug]
    everything = request.GET.get("all") == "1"
    context: dict[str, object] = {"areas": areas, "boxes": range(MOST)}
    if len(areas) > 1:
        current = edition()
        figures = place_figures(current, [area.pk for area in areas])
        rows = shared_rows(areas, figures)
        headlines = [row for row in rows if row.facts.headline is not None]
        shown = rows if everything or not headlines else headlines
        context |= {
            "services": _services(shown),
            "hidden": len(rows) - len(shown),
            "apart": _apart(areas, figures),
            "kinds": [(area.name, KINDS[area.kind][0]) for area in areas],
            "age": age_of(row.facts for row in shown),
            "query": urlencode([("place", area.slug) for area in areas]),
        }
    return render(request, "pages/compare.html", context)

"""A matter: one service in one place, in seven parts that are always in the same order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from folkmoot.bodies.answering import service_answers
from folkmoot.bodies.rules import ServiceAnswers
from folkmoot.common.errors import NotFound
from folkmoot.duties.queries import duties_in
from folkmoot.framework.cases.queries import cases_in
from folkmoot.framework.queries import standings
from folkmoot.measures.queries import Edition, Figure, compared_values, edition, place_figures
from folkmoot.petitions.queries_lists import petitions_in
from folkmoot.petitions.queries_questions import questions_in
from folkmoot.places import queries as places
from folkmoot.places.models import Area
from folkmoot.places.queries import Surroundings
from folkmoot.services.models import Service
from folkmoot.web import wording
from folkmoot.web.ageing import age_of
from folkmoot.web.answers import answers_of, owed
from folkmoot.web.cards import Around, cards
from folkmoot.web.neighbours import neighbours
from folkmoot.web.pages.cases_rows import case_rows
from folkmoot.web.pages.place import MOST_VOICES, ORDER, Setting, framework_in_use, judged, setting
from folkmoot.web.pages.services import service_by_slug
from folkmoot.web.remembered import account_seen, remembered_with_counts
from folkmoot.web.requirements import Required, minimum_lines, required_here


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a matter: the question it answers, and what stands there while it is empty."""

    key: str
    title: str
    question: str
    empty: str


def parts() -> tuple[Part, ...]:
    """The seven parts, in their order. What a part says where it is not held so far."""
    return (
        Part(
            "required",
            _("Required"),
            _("What must this service achieve here, who says so, and what is left to the place?"),
            "",
        ),
        Part("account", _("Account"), _("How is it doing, and how sure are we?"), ""),
        Part(
            "answers",
            _("Answers"),
            _("Who answers for it, and what do they owe an answer to?"),
            "",
        ),
        Part(
            "voice",
            _("Voice"),
            _("What do people ask for here, and what were they told?"),
            "",
        ),
        Part(
            "choice",
            _("Choice"),
            _("Which providers can I choose, and would I get a place?"),
            _("Folkmoot does not hold the providers of this service yet."),
        ),
        Part(
            "together",
            _("Together"),
            _("What is being bought, and what are residents and the state doing together?"),
            _("Folkmoot does not hold contracts or joint ventures yet."),
        ),
        Part(
            "change",
            _("Change"),
            _("What was decided, what was promised, and what happened to the figure?"),
            _(
                "Folkmoot does not hold a council's own decisions or promises yet. How each figure "
                "moved is in the account above."
            ),
        ),
    )


def _runs_elsewhere(where: Setting, figures: Sequence[Figure]) -> Area | None:
    """Another body that serves the place and is compared in the service: the one that runs it."""
    runs = {figure.area_id for figure in figures if figure.compared}
    return next((body for body in where.bodies[1:] if body.pk in runs), None)


@dataclass(frozen=True, slots=True)
class Subject:
    """The service of a matter. ``listed`` is whether it is in the catalogue and has pages."""

    title: str
    slug: str
    listed: bool


def _subject(current: Edition, slug: str, found: ServiceAnswers | None) -> Subject:
    """A service that has measures, or that a remit names here. Raises NotFound for others."""
    measures = current.of_service(slug)
    if measures:
        return Subject(measures[0].service_title, slug, True)
    if found is not None and not Service.objects.filter(slug=slug).exists():
        return Subject(found.title, slug, False)
    return Subject(service_by_slug(slug).title, slug, True)


def _required(area: Area, service: str, current: Edition, on: dt.date) -> Required | None:
    """What is required here, or None where no framework is held for the nation: two queries."""
    in_use = framework_in_use(on)
    if in_use is None or area.nation not in ("", in_use.framework.nation):
        return None
    held = standings(area.pk, in_use, service)
    return required_here(in_use, service, area.kind, held, current, on)


def _account(
    around: Surroundings, current: Edition, service: str, minimums: Mapping[str, float]
) -> dict[str, object]:
    """The part of the account: its cards, or who runs the service instead."""
    area, where = around.area, setting(around, contains=False)
    everyone = place_figures(
        current, [body.pk for body in where.bodies], service=service, history=True
    )
    figures = [figure for figure in everyone if figure.area_id == area.pk]
    own = any(figure.compared for figure in figures)
    leading = [figure for figure in figures if figure.facts.headline is not None]
    rest = [figure for figure in figures if figure.facts.headline is None]
    if not leading:
        leading, rest = rest[:8], rest[8:]
    near = neighbours(area).ids if own else {}
    values = compared_values(current, {figure.facts.id for figure in leading if figure.compared})
    shown = Around(values, near, current.names, where.region, minimums)
    verdicts = sorted((verdict for verdict, _figure in judged(figures)), key=ORDER.index)
    return {
        "where": where,
        "figures": figures,
        "verdicts": verdicts,
        "words": wording.service_counts(verdicts, len(figures)),
        "benchmark": wording.benchmark_for(area.kind),
        "leading": cards(leading, shown),
        "rest": cards(rest, shown, drawn=False),
        "elsewhere": None if own else _runs_elsewhere(where, everyone),
        "age": age_of(figures),
    }


@remembered_with_counts
def matter(request: HttpRequest, slug: str, service_slug: str) -> HttpResponse:
    """The page of one service in one place."""
    around = places.surroundings(slug)
    area, current, today = around.area, edition(account_seen(request)), timezone.localdate()
    found = service_answers(around, service_slug, today)
    subject = _subject(current, service_slug, found)
    required = _required(area, service_slug, current, today)
    minimums = minimum_lines(required.framework, area.kind, today) if required else {}
    account = _account(around, current, service_slug, minimums)
    if not account["figures"] and account["elsewhere"] is None and found is None:
        raise NotFound(
            _("Folkmoot holds no figures for %(service)s in %(place)s.")
            % {"service": subject.title, "place": area.name},
            [(area.name, f"/place/{area.slug}/"), (subject.title, f"/service/{service_slug}/")],
        )
    cases = case_rows(cases_in(area.code, service_slug, today), {})
    context = account | {
        "area": area,
        "service": subject,
        "parts": parts(),
        "required": required,
        "answers": answers_of(found) if found else None,
        "open_cases": [row for row in cases if row.line.open],
        "past_cases": [row for row in cases if not row.line.open],
        "petitions": petitions_in(area.code, service_slug, today, limit=MOST_VOICES),
        "questions": questions_in(area.code, service_slug, today, size=MOST_VOICES),
        "begin": urlencode(
            {"place": area.slug} | ({"service": service_slug} if subject.listed else {})
        ),
        "duties": [owed(line) for line in duties_in(area.code, service_slug, today)],
        "trail": [(_("Places"), "/places/"), (area.name, f"/place/{area.slug}/")],
    }
    return render(request, "pages/matter.html", context)

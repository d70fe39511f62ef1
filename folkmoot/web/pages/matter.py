"""A matter: one service in one place, in seven parts that are always in the same order."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from folkmoot.common.errors import NotFound
from folkmoot.measures.queries import Edition, compared_values, edition, place_figures
from folkmoot.places import queries as places
from folkmoot.places.models import Area
from folkmoot.web import wording
from folkmoot.web.ageing import age_of
from folkmoot.web.cards import Surroundings, cards
from folkmoot.web.neighbours import neighbours
from folkmoot.web.pages.place import ORDER, Setting, judged, setting
from folkmoot.web.pages.services import service_by_slug
from folkmoot.web.remembered import remembered


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a matter: the question it answers, and what stands there while it is empty."""

    key: str
    title: str
    question: str
    empty: str


def parts(service: str, area: Area) -> tuple[Part, ...]:
    """The seven parts, in their order. Only the account is held so far."""
    names = {"service": service, "place": area.name}
    return (
        Part(
            "required",
            _("Required"),
            _("What must this service achieve here, who says so, and what is left to the place?"),
            _(
                "Folkmoot does not hold minimum standards for this service yet. So nothing here "
                "is called failing, and every difference below is left to your judgement."
            ),
        ),
        Part("account", _("Account"), _("How is it doing, and how sure are we?"), ""),
        Part(
            "answers",
            _("Answers"),
            _("Who answers for it, and what do they owe an answer to?"),
            _(
                "Folkmoot does not hold who answers for this service in %(place)s yet. The "
                "council's own site names its councillors and directors."
            )
            % names,
        ),
        Part(
            "voice",
            _("Voice"),
            _("Which petitions, consultations and discussions are open?"),
            _(
                "Folkmoot does not hold petitions, consultations or discussions yet. A council "
                "must tell you how to petition it: ask, or look on its site."
            ),
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
                "Folkmoot does not hold decisions or promises yet. How each figure moved is in "
                "the account above."
            ),
        ),
    )


def _elsewhere(current: Edition, where: Setting, service: str) -> Area | None:
    """Another body that serves the place and is compared in the service: the one that runs it."""
    others = [body for body in where.bodies if body.pk != where.area.pk]
    figures = place_figures(current, [body.pk for body in others], service=service)
    runs = {figure.area_id for figure in figures if figure.compared}
    return next((body for body in others if body.pk in runs), None)


def _title(current: Edition, slug: str) -> str:
    """The title of a service that has measures. Raises NotFound for others."""
    measures = current.of_service(slug)
    return measures[0].service_title if measures else service_by_slug(slug).title


@remembered
def matter(request: HttpRequest, slug: str, service_slug: str) -> HttpResponse:
    """The page of one service in one place."""
    area = places.area_by_slug(slug)
    current = edition()
    title = _title(current, service_slug)
    where = setting(area)
    figures = place_figures(current, [area.pk], service=service_slug, history=True)
    own = any(figure.compared for figure in figures)
    elsewhere = None if own else _elsewhere(current, where, service_slug)
    if not figures and elsewhere is None:
        raise NotFound(
            _("Folkmoot holds no figures for %(service)s in %(place)s.")
            % {"service": title, "place": area.name},
            [(area.name, f"/place/{area.slug}/"), (title, f"/service/{service_slug}/")],
        )
    leading = [figure for figure in figures if figure.facts.headline is not None]
    rest = [figure for figure in figures if figure.facts.headline is None]
    if not leading:
        leading, rest = rest[:8], rest[8:]
    near = neighbours(area).ids if own else {}
    values = compared_values(current, {figure.facts.id for figure in leading if figure.compared})
    around = Surroundings(values, near, current.names, where.region)
    verdicts = sorted((verdict for verdict, _figure in judged(figures)), key=ORDER.index)
    context = {
        "verdicts": verdicts,
        "words": wording.service_counts(verdicts, len(figures)),
        "benchmark": wording.benchmark_for(area.kind),
        "area": area,
        "service": {"title": title, "slug": service_slug},
        "where": where,
        "parts": parts(title, area),
        "leading": cards(leading, around),
        "rest": cards(rest, around, drawn=False),
        "elsewhere": elsewhere,
        "age": age_of(figures),
        "trail": [(_("Places"), "/places/"), (area.name, f"/place/{area.slug}/")],
    }
    return render(request, "pages/matter.html", context)

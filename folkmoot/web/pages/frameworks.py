"""Operating frameworks: what is required, who says so, and when the centre may step in."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from folkmoot.common.errors import NotFound
from folkmoot.framework import queries
from folkmoot.framework.catalogue import Condition, Framework, Step
from folkmoot.framework.queries import InUse
from folkmoot.measures.queries import Edition, edition
from folkmoot.services.models import Service
from folkmoot.web.pages.discretion import discretion
from folkmoot.web.pages.framework_compare import compare_frameworks, every_version
from folkmoot.web.pages.standard import standard
from folkmoot.web.remembered import remembered
from folkmoot.web.requirements import Required, day, everywhere, sorted_out


def framework_path(framework: Framework, *, version: bool = False) -> str:
    """Where a framework's page is, or that of one of its versions."""
    tail = f"{framework.version}/" if version else ""
    return f"/framework/{framework.slug}/{tail}"


@remembered
def frameworks(request: HttpRequest) -> HttpResponse:
    """Every framework, with its versions."""
    found: dict[str, list[InUse]] = defaultdict(list)
    for version in every_version():
        found[version.framework.slug].append(version)
    services = Service.objects.all()
    context = {"frameworks": list(found.values()), "services": services}
    return render(request, "pages/frameworks.html", context)


@dataclass(frozen=True, slots=True)
class ServicePart:
    """What a framework asks of one service."""

    title: str
    link: str
    required: Required


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the ladder in words."""

    step: Step
    after: str
    triggers: tuple[str, ...]
    exits: tuple[str, ...]
    powers: tuple[str, ...]
    safeguards: tuple[str, ...]
    proposes: str
    decides: str


def _line(standard_id: str, framework: Framework, current: Edition, amount: float) -> str:
    found = framework.standard(standard_id)
    measure = next((m for m in current.facts.values() if found and m.slug == found.measure), None)
    if measure is not None and measure.unit == "%":
        return _("%(points)s points") % {"points": f"{amount:g}"}
    return f"{amount:g} {measure.unit if measure else ''}".strip()


def _condition(condition: Condition, framework: Framework, current: Edition) -> str:
    found = framework.standard(condition.standard)
    title = found.title if found else condition.standard
    parts = [_("short of “%(title)s”") % {"title": title}]
    if condition.shortfall:
        short = _line(condition.standard, framework, current, condition.shortfall)
        parts.append(_("by at least %(short)s") % {"short": short})
    parts.append(
        ngettext(
            "in the newest published period",
            "in %(count)d published periods in a row",
            condition.periods,
        )
        % {"count": condition.periods}
    )
    if condition.sure == "beyond-chance":
        parts.append(_("by more than chance"))
    return ", ".join(parts)


def _rungs(framework: Framework, current: Edition) -> list[Rung]:
    roles = {role.id: role.title for role in framework.roles}
    powers = {power.id: power.title for power in framework.powers}
    safeguards = {safeguard.id: safeguard.title for safeguard in framework.safeguards}
    rungs = []
    for step in framework.ladder:
        before = framework.step(step.after) if step.after else None
        joined = {"all": _("; and "), "any": _("; or ")}
        triggers = tuple(
            joined[trigger.match].join(
                _condition(condition, framework, current) for condition in trigger.conditions
            )
            for trigger in step.triggers
        )
        exits = tuple(
            _condition(
                Condition(standard=test.standard, shortfall=test.shortfall, periods=test.periods),
                framework,
                current,
            ).replace(_("by at least"), _("by less than"))
            for test in step.exit
        )
        rungs.append(
            Rung(
                step=step,
                after=before.title if before else "",
                triggers=triggers,
                exits=exits,
                powers=tuple(powers.get(key, key) for key in step.powers),
                safeguards=tuple(safeguards.get(key, key) for key in step.safeguards),
                proposes=roles.get(step.proposes, step.proposes),
                decides=roles.get(step.decides, step.decides),
            )
        )
    return rungs


def _parts(in_use: InUse, on: dt.date) -> list[ServicePart]:
    by_service: dict[str, list[queries.Required]] = defaultdict(list)
    for one in queries.required(in_use, on):
        by_service[one.standard.service or one.standard.subject].append(one)
    titles = dict(Service.objects.values_list("slug", "title"))
    parts = []
    for key, found in by_service.items():
        lines = everywhere(found)
        link = f"/discretion/{key}/" if key in titles else ""
        title = titles.get(key, f"{key[0].upper()}{key[1:]}")
        required = sorted_out(in_use.framework, lines, on)
        parts.append(ServicePart(title, link, required))
    return parts


def _page(request: HttpRequest, in_use: InUse, *, newest: bool) -> HttpResponse:
    framework = in_use.framework
    later = queries.superseded(in_use)
    last, today = queries.last_day(framework, later), timezone.localdate()
    others = [one for one in every_version() if one.framework.slug == framework.slug]
    context = {
        "framework": framework,
        "in_use": in_use,
        "newest": newest,
        "from": day(framework.starts),
        "to": day(last) if last else "",
        "over": last is not None and last < today,
        "later": later,
        "adopted": timezone.localdate(in_use.adopted_at),
        "others": [one for one in others if one.id != in_use.id],
        "services": _parts(in_use, today),
        "rungs": _rungs(framework, edition()),
        "trail": [(_("What is required"), "/frameworks/")],
    }
    return render(request, "pages/framework.html", context)


def _known() -> list[tuple[str, str]]:
    return [
        (f"{one.framework.title}, {one.framework.version}", framework_path(one.framework))
        for one in every_version()
    ]


@remembered
def framework(request: HttpRequest, slug: str) -> HttpResponse:
    """The version of a framework that is in use today."""
    try:
        in_use = queries.current(timezone.localdate(), slug)
    except NotFound as error:
        raise NotFound(_("There is no framework of that name here."), _known()) from error
    return _page(request, in_use, newest=True)


@remembered
def framework_version(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """One version of a framework, as it was put into use."""
    try:
        in_use = queries.version_of(slug, version)
    except NotFound as error:
        raise NotFound(_("There is no such version of that framework."), _known()) from error
    return _page(request, in_use, newest=False)


urlpatterns = [
    path("frameworks/", frameworks, name="frameworks"),
    path("framework/compare/", compare_frameworks, name="framework-compare"),
    path("framework/<slug:slug>/", framework, name="framework"),
    path("framework/<slug:slug>/<str:version>/", framework_version, name="framework-version"),
    path("standard/<slug:key>/", standard, name="standard"),
    path("discretion/<slug:slug>/", discretion, name="discretion"),
]

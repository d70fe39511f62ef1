"""Trying a framework, or one line of it changed, on all the history in the account."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from folkmoot.common.errors import BadInput, Fault, NotFound
from folkmoot.framework import queries
from folkmoot.framework.catalogue import Framework, Standard
from folkmoot.framework.editing import Line, line_of, only_on, steps_on, with_line
from folkmoot.framework.history import release_key
from folkmoot.framework.rehearsal import Rehearsal, Run
from folkmoot.measures.models import Measure, MeasureAccount
from folkmoot.places.models import Area
from folkmoot.places.queries import place_path
from folkmoot.services.models import Service
from folkmoot.web.pages.people_access import network
from folkmoot.web.pages.rehearse_rows import Part, part
from folkmoot.web.pages.rehearse_runs import ONE, WHOLE, rehearsed
from folkmoot.web.remembered import remembered

FIELDS = ("standard", "line", "far", "periods", "sure", "step")
MOST_LISTED, MOST_LISTED_EACH = 60, 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form holds, as it was typed, and what is wrong with it."""

    said: dict[str, str]
    line: Line | None
    faults: tuple[Fault, ...]


def _number(said: str, where: str, faults: list[Fault], *, otherwise: float) -> float:
    if not said:
        return otherwise
    try:
        number = float(said)
    except ValueError:
        faults.append(Fault(where, _("This is not a number."), _("Write one such as 60.")))
        return otherwise
    return number


def _whole(said: str, faults: list[Fault], *, otherwise: int) -> int:
    if not said:
        return otherwise
    if said.isascii() and said.isdigit() and len(said) < 4:
        return int(said)
    faults.append(Fault("periods", _("This is not a whole number."), _("Write one such as 2.")))
    return otherwise


def asked_of(request: HttpRequest, framework: Framework) -> Asked:
    """The line that ``request`` asks to try; none where it asks for the framework as it is."""
    said = {name: request.GET.get(name, "").strip()[:60] for name in FIELDS}
    if not said["standard"]:
        return Asked(said, None, ())
    standard = framework.standard(said["standard"])
    if standard is None or standard.measure is None:
        fault = Fault(
            "standard", _("There is no such standard here."), _("Choose one from the list.")
        )
        return Asked(said, None, (fault,))
    own = line_of(framework, standard, said["step"])
    faults: list[Fault] = []
    line = Line(
        standard.id,
        _number(said["line"], "line", faults, otherwise=own.line),
        _number(said["far"], "far", faults, otherwise=own.far),
        _whole(said["periods"], faults, otherwise=own.periods),
        said["sure"] or own.sure,
    )
    try:
        with_line(framework, line)
    except BadInput as bad:
        known = {fault.where for fault in faults}
        faults += [fault for fault in bad.faults if fault.where not in known]
    if faults:
        return Asked(said, None, tuple(faults))
    said |= {
        "line": f"{line.line:g}", "far": f"{line.far:g}", "periods": str(line.periods),
        "sure": line.sure,
    }  # fmt: skip
    return Asked(said, line, ())


def _unit(units: Mapping[str, str], standard: Standard | None) -> str:
    unit = units.get(standard.measure or "", "") if standard else ""
    return unit if unit in ("", "%") else f" {unit}"


def _begins(line: Line | None, standard: Standard | None, falling: Collection[str]) -> str:
    """The figure at which a line begins to hold, ready to print."""
    if line is None or standard is None:
        return ""
    sign = -1 if standard.measure in falling else 1
    return f"{line.line - sign * line.far:g}"


def _try_link(framework: Framework, run: Run, standard: Standard) -> str:
    line = line_of(framework, standard, run.step)
    asked = {
        "standard": standard.id, "line": f"{line.line:g}", "far": f"{line.far:g}",
        "periods": line.periods, "sure": line.sure, "step": run.step,
    }  # fmt: skip
    return f"?{urlencode(asked)}#line-form"


def standards_of(framework: Framework, run: Run) -> list[Standard]:
    """The standards that a trigger rests on, each once, in the order of its conditions."""
    step = framework.step(run.step)
    trigger = step.triggers[run.trigger - 1] if step else None
    keys = dict.fromkeys(c.standard for c in trigger.conditions) if trigger else {}
    return [found for key in keys if (found := framework.standard(key)) is not None]


def _parts(
    framework: Framework, found: Rehearsal, beside: Run | None, units: Mapping[str, str]
) -> list[Part]:
    codes = {spell.area for run in found.runs for spell in run.spells}
    slugs = Area.objects.filter(code__in=codes).values_list("code", "slug")
    links = {code: place_path(slug) for code, slug in slugs}
    parts = []
    for run in found.runs:
        standards = standards_of(framework, run)
        first = standards[0] if standards else None
        parts.append(
            part(
                found,
                run,
                links=links,
                unit=_unit(units, first),
                standards={standard.id: standard.title for standard in standards},
                try_link=_try_link(framework, run, first) if first else "",
                beside=beside,
            )
        )
    return parts


def _beside(framework: Framework, line: Line, network_: str) -> tuple[Run, ...]:
    """The framework's own steps on the same standard, over the real history only."""
    return rehearsed(only_on(framework, line.standard), 0, network_).runs


@remembered
def rehearse(request: HttpRequest, slug: str) -> HttpResponse:
    """A framework as it is, or with one line tried out, over all history."""
    in_use = queries.current(timezone.localdate(), slug)
    framework = in_use.framework
    asked = asked_of(request, framework)
    measures = Measure.objects.filter(slug__in=[s.measure for s in framework.judged if s.measure])
    units = dict(measures.values_list("slug", "unit"))
    falling = set(measures.filter(polarity="lower").values_list("slug", flat=True))
    rows = MeasureAccount.objects.filter(measure__in=measures).select_related("release__source")
    releases = {release_key(row) for row in rows}
    if not releases:
        raise NotFound(_("No figures have been loaded, so there is no history to rehearse."))
    standard = framework.standard(asked.line.standard) if asked.line else None
    tried = with_line(framework, asked.line) if asked.line else framework
    beside: tuple[Run, ...] = ()
    parts: list[Part] = []
    found: Rehearsal | None = None
    if not asked.faults:
        found = rehearsed(tried, ONE if asked.line else WHOLE, network(request))
        beside = _beside(framework, asked.line, network(request)) if asked.line else ()
        dashed = next((run for run in beside if run.step == asked.said["step"]), None)
        parts = _parts(tried, found, dashed, units)
    services = dict(Service.objects.values_list("slug", "title"))
    most = MOST_LISTED if asked.line else MOST_LISTED_EACH
    context = {
        "framework": framework,
        "asked": asked,
        "faults": asked.faults,
        "fault_of": {fault.where: fault for fault in asked.faults},
        "standard": standard,
        "as_if": standard is not None and not standard.minimum,
        "unit": _unit(units, standard),
        "begins": _begins(asked.line, standard, falling),
        "choices": [
            (services.get(s.service or "", s.subject), s, _unit(units, s).strip())
            for s in framework.judged
        ],
        "steps": steps_on(framework, standard.id) if standard else (),
        "found": found,
        "parts": parts,
        "services": services,
        "beside": beside,
        "dashed": bool(asked.said["step"]) and bool(beside),
        "releases": sorted(releases),
        "most": f":{most}",
        "most_number": most,
        "trail": [
            (_("What is required"), "/frameworks/"),
            (framework.title, f"/framework/{slug}/"),
        ],
    }
    return render(request, "pages/rehearse.html", context, status=400 if asked.faults else 200)


urlpatterns = [path("framework/<slug:slug>/rehearse/", rehearse)]

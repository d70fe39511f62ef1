"""Whether the framework opens a step in a place: what a proposal is answered from. Reads only."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from folkmoot.common.errors import BadInput, Fault
from folkmoot.framework import queries as framework_queries
from folkmoot.framework.cases import calendars
from folkmoot.framework.cases.rules import ENDED, RUNNING, TIME_OVER
from folkmoot.framework.models import Case
from folkmoot.framework.queries import ILLUSTRATIVE, SHIPPED, InUse
from folkmoot.framework.rules.trigger import LOCAL, Checked, Finding, Taken, find
from folkmoot.places.models import Area
from folkmoot.places.queries import area_by_code
from folkmoot.services.models import Service


def framework_for(space: str, slug: str, on: dt.date) -> InUse:
    """The framework that a proposal in this space is answered from. ``slug`` "" for the usual one.

    Raises NotFound, and BadInput where an illustrative framework would bind a real body.
    """
    usual = SHIPPED if space == "record" else ILLUSTRATIVE
    in_use = framework_queries.current(on, slug or usual)
    if space == "record" and in_use.framework.illustrative:
        raise BadInput(
            [
                Fault(
                    "framework",
                    "This framework is illustrative: nobody has adopted it.",
                    "Use it in a rehearsal, or name a framework that is in use.",
                    value=in_use.framework.slug,
                )
            ]
        )
    return in_use


def space_answered_by(slug: str, on: dt.date) -> str:
    """Where proposals are answered from a framework: in the record, unless it is illustrative.

    Raises NotFound.
    """
    in_use = framework_queries.current(on, slug)
    return "rehearsal" if in_use.framework.illustrative else "record"


def steps_taken(
    area: Area, service: str, framework: str, on: dt.date, space: str, run: str
) -> list[Taken]:
    """The steps of a framework already taken in a matter, running or ended, oldest first.

    One whose time was over ended with its time: on the day, though nobody has said so yet, and
    before it, however late that was said.
    """
    rows = Case.objects.filter(
        space=space,
        run=run,
        area=area,
        service=service,
        framework__slug=framework,
        outside=False,
        state__in=(RUNNING, ENDED),
    ).order_by("pk")
    found = []
    for row in rows:
        over = row.state == RUNNING and row.ends is not None and row.ends < on
        ending = TIME_OVER if over else row.ending
        until = row.ends if ending == TIME_OVER else row.ended_on
        found.append(Taken(row.step, row.pk, row.starts or row.proposed_on, until, ending))
    return found


def finding(
    *,
    place: str,
    service: str,
    step: str,
    on: dt.date,
    framework: str = "",
    space: str = "record",
    run: str = "",
) -> Finding:
    """What a proposal would be answered, without making one: for trying out.

    ``place`` is a GSS code. Raises NotFound for an unknown place or framework and BadInput, with
    every fault, for an unknown service or step.
    """
    area = area_by_code(place)
    in_use = framework_for(space, framework, on)
    faults = [*service_fault(service), *step_fault(in_use, step)]
    if faults:
        raise BadInput(faults)
    return find_here(in_use, step, area, service, on, space=space, run=run)


def service_fault(service: str) -> list[Fault]:
    """That there is no such service, with those there are."""
    known = list(Service.objects.order_by("position").values_list("slug", flat=True))
    if service in known:
        return []
    remedy = f"Use one of: {', '.join(known)}." if known else "Load the catalogue first."
    return [Fault("service", "There is no such service.", remedy, value=service)]


def step_fault(in_use: InUse, step: str) -> list[Fault]:
    """That the ladder has no such step, with those it has. A framework may have no ladder."""
    ladder = in_use.framework.ladder
    if not ladder or in_use.framework.step(step) is not None:
        return []
    known = ", ".join(rung.id for rung in ladder)
    what = f"{in_use.framework.title} has no such step."
    return [Fault("step", what, f"Use one of: {known}.", value=step)]


def find_here(
    in_use: InUse,
    step: str,
    area: Area,
    service: str,
    on: dt.date,
    *,
    space: str,
    run: str,
) -> Finding:
    """The finding for a step in a matter on a day, by the figures that are published here.

    A framework without a ladder opens no step at all, whatever it is called.
    """
    framework = in_use.framework
    if framework.step(step) is None:
        checked = Checked(
            "framework",
            "The framework must have a ladder with this step.",
            f"{framework.title} has no ladder: nothing in it opens any step.",
            met=False,
        )
        found = Finding(
            framework.slug, framework.version, framework.illustrative, step, area.code, service,
            on, False, LOCAL, (checked,),
        )  # fmt: skip
    else:
        found = find(
            framework,
            step,
            area.code,
            framework_queries.facts(area.pk, in_use),
            on,
            service=service,
            taken=steps_taken(area, service, framework.slug, on, space, run),
            superseded=framework_queries.superseded(in_use),
        )
    paused = [p for p in calendars.pauses(framework, area.nation, area.kind) if p.holds(on)]
    if paused and all(condition.met for condition in found.conditions if condition.of == "pause"):
        # A calendar of this site pauses what the framework itself leaves open.
        titles = "; ".join(pause.title for pause in paused)
        more = Checked("pause", "No calendar may pause official acts.", f"{titles}.", met=False)
        found = replace(found, allowed=False, says=LOCAL, conditions=(*found.conditions, more))
    labels = calendars.labels_on(framework, area.nation, area.kind, on)
    return replace(found, labels=labels)

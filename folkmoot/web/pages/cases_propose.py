"""Proposing a step, with the finding and its trace before anything is done; and emergencies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from folkmoot.bodies.models import Body
from folkmoot.common.errors import BadInput, Fault, NotAllowed, NotFound
from folkmoot.framework import queries as frameworks
from folkmoot.framework.cases import actions, calendars
from folkmoot.framework.cases.actions.proposing import answering_body
from folkmoot.framework.cases.findings import finding, framework_for
from folkmoot.framework.queries import ILLUSTRATIVE, SHIPPED, InUse
from folkmoot.framework.rules.trigger import Finding
from folkmoot.measures.queries_account import find_area
from folkmoot.people.models import Person
from folkmoot.people.queries import run_of
from folkmoot.people.rules import HeldRole
from folkmoot.places.models import Area
from folkmoot.services.models import Service
from folkmoot.web.forms import Field, Form, day_of_text
from folkmoot.web.pages.cases_forms import clock, equality
from folkmoot.web.pages.cases_rows import condition_rows
from folkmoot.web.pages.cases_spaces import Space

ASKED = ("centre", "place", "service", "step", "framework", "on", "body")
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Matter:
    """What a proposal is about, as far as it was said rightly."""

    area: Area | None
    in_use: InUse
    on: dt.date
    faults: tuple[Fault, ...]


def _centres(person: Person, space: Space) -> list[HeldRole]:
    """By which roles the person may act here. Raises NotAllowed where there are none."""
    held = space.centres(person)
    if not held:
        where = _("Take a part in the rehearsal first.") if space.rehearsal else ""
        said = _("Only somebody who acts for a central department may do this.")
        raise NotAllowed(f"{said} {where}".strip())
    return held


def _matter(asked: Mapping[str, str], space: Space) -> Matter:
    faults: list[Fault] = []
    today = timezone.localdate()
    on = today
    try:
        on = day_of_text("on", asked["on"]) or today if space.rehearsal else today
    except BadInput as bad:
        faults += bad.faults
    usual = ILLUSTRATIVE if space.rehearsal else SHIPPED
    try:
        in_use = framework_for(space.key, asked["framework"], on)
    except (NotFound, BadInput) as error:
        faults.append(Fault("framework", error.message, _("Choose one from the list.")))
        in_use = framework_for(space.key, usual, today)
    area: Area | None = None
    try:
        area = find_area(asked["place"]) if asked["place"] else None
    except NotFound as error:
        near = ", ".join(name for name, _link in error.suggestions)
        remedy = _("Did you mean: %(near)s?") % {"near": near} if near else _("Type it again.")
        faults.append(Fault("place", _("There is no such place."), remedy))
    return Matter(area, in_use, on, tuple(faults))


def steps_of(in_use: InUse) -> list[tuple[str, str]]:
    """What may be proposed: the steps of the ladder, or the powers where there is no ladder."""
    ladder = [(step.id, step.title) for step in in_use.framework.ladder]
    return ladder or [(power.id, power.title) for power in in_use.framework.powers]


def _found(
    matter: Matter, asked: Mapping[str, str], person: Person, space: Space
) -> tuple[Finding | None, list[Fault]]:
    """The finding, once everything that it needs was said; and what was said wrongly."""
    if matter.faults or matter.area is None or not asked["step"] or not asked["service"]:
        return None, list(matter.faults)
    run = run_of(person) if space.rehearsal else ""
    try:
        found = finding(
            place=matter.area.code,
            service=asked["service"],
            step=asked["step"],
            on=matter.on,
            framework=matter.in_use.framework.slug,
            space=space.key,
            run=run,
        )
    except BadInput as bad:
        return None, list(bad.faults)
    return found, []


def _named(roles: Iterable[HeldRole]) -> list[tuple[str, str]]:
    slugs = list(dict.fromkeys(role.body for role in roles))
    names = dict(Body.objects.filter(slug__in=slugs).values_list("slug", "name"))
    return [(slug, names.get(slug, slug)) for slug in slugs]


def _frameworks(space: Space) -> list[tuple[str, str]]:
    held = frameworks.versions("record")
    if space.rehearsal:
        held = [*frameworks.versions("rehearsal"), *held]
    return list(dict.fromkeys((each.framework.slug, each.framework.title) for each in held))


def propose(request: HttpRequest, person: Person, space: Space) -> HttpResponse:
    """First what is proposed, where; then what the framework says to it; then, if at all, do it."""
    roles = _centres(person, space)
    source = request.POST if request.method == "POST" else request.GET
    asked = {name: str(source.get(name, "")).strip()[:_LONGEST] for name in ASKED}
    asked["centre"] = asked["centre"] or roles[0].body
    matter = _matter(asked, space)
    found, faults = _found(matter, asked, person, space)
    replies, strangers = _replies(matter, asked) if found else (None, list[Fault]())
    faults += strangers
    reasons = str(source.get("reasons", ""))
    if request.method == "POST" and found and matter.area is not None and not faults:
        try:
            case = actions.propose(
                actor=person,
                centre=asked["centre"],
                place=matter.area.code,
                service=asked["service"],
                step=asked["step"],
                reasons=reasons,
                at=timezone.now(),
                framework=matter.in_use.framework.slug,
                body=asked["body"],
                on=matter.on if space.rehearsal else None,
                space=space.key,
            )
        except BadInput as bad:
            faults = list(bad.faults)
        else:
            return HttpResponseRedirect(f"{space.base}{case.pk}/")
    context = {
        "space": space,
        "asked": {**asked, "on": matter.on.isoformat()},
        "reasons": reasons,
        "found": found,
        "trace": condition_rows(found) if found else (),
        "area": matter.area,
        "framework": matter.in_use.framework,
        "paused": found is not None
        and any(condition.of == "pause" and not condition.met for condition in found.conditions),
        "calendar_ends": (
            calendars.local_until(matter.area.nation, matter.area.kind) if matter.area else None
        ),
        "replies": replies,
        "faults": faults,
        "fault_of": {fault.where: fault for fault in faults},
        "centres": _named(roles),
        "frameworks": _frameworks(space),
        "services": Service.objects.all(),
        "steps": steps_of(matter.in_use),
        "trail": space.trail(),
    }
    return render(request, "pages/cases/propose.html", context, status=400 if faults else 200)


def _replies(matter: Matter, asked: Mapping[str, str]) -> tuple[Body | None, list[Fault]]:
    """Who would owe the reply, and what is wrong with who was named."""
    if matter.area is None:
        return None, []
    try:
        return answering_body(matter.area, asked["service"], matter.on, asked["body"])
    except NotFound:
        return None, [Fault("body", _("There is no such body."), _("Type it again."))]


def _emergency_form(in_use: InUse, centres: list[tuple[str, str]], space: Space) -> Form:
    """The questions of an emergency outside the framework."""
    services = tuple(Service.objects.values_list("slug", "title"))
    powers = tuple((power.id, f"{power.title} ({power.law})") for power in in_use.framework.powers)
    choose = ("", _("Choose"))
    return Form(
        "override",
        _("Step in outside the framework"),
        _("Step in as an emergency"),
        _(
            "By a minister only, under a power that the law names, for half a year at most. It is "
            "marked for ever as outside the framework; the body may reply, and a review is owed "
            "every month."
        ),
        (
            Field("centre", _("For"), "choice", "", "", tuple(centres)),
            Field("place", _("Place"), "text", _("Its name or its code.")),
            Field("service", _("Service"), "choice", "", "", (choose, *services)),
            Field("power", _("By which power"), "choice", "", "", (choose, *powers)),
            Field("until", _("Until"), "day", _("Its last day, at the latest.")),
            Field("reasons", _("Why this cannot wait"), "words", _("It is published.")),
            equality(),
            Field(
                "body",
                _("Which body is to reply"),
                "text",
                _("Leave empty for the one that answers there. As in devon-county-council."),
            ),
            *clock(space, timezone.localdate()),
        ),
    )


def _step_in(person: Person, form: Form, space: Space) -> int:
    said: dict[str, Any] = form.values()
    faults = []
    try:
        said["place"] = find_area(said["place"]).code
    except NotFound as error:
        faults.append(Fault("place", error.message, _("Type it again.")))
    if said["body"] and not Body.objects.filter(slug=said["body"]).exists():
        faults.append(Fault("body", _("There is no such body."), _("Type it again.")))
    if said["until"] is None:
        faults.append(
            Fault("until", _("The last day is missing."), _("Write it as in 2027-05-06."))
        )
    if faults:
        raise BadInput(faults)
    case = actions.override(actor=person, at=timezone.now(), space=space.key, **said)
    return case.pk


def override(request: HttpRequest, person: Person, space: Space) -> HttpResponse:
    """An emergency outside the framework."""
    roles = _centres(person, space)
    in_use = frameworks.current(timezone.localdate(), SHIPPED)
    form = _emergency_form(in_use, _named(roles), space)
    status = 200
    if request.method == "POST":
        form = form.asked(request.POST)
        try:
            number = _step_in(person, form, space)
        except BadInput as bad:
            form, status = form.refused(bad.faults), bad.status
        else:
            return HttpResponseRedirect(f"{space.base}{number}/")
    context = {
        "space": space, "form": form, "faults": form.faults, "title": form.title,
        "trail": space.trail(),
    }  # fmt: skip
    return render(request, "pages/cases/act.html", context, status=status)

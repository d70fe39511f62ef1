"""An officer adopts their body's own thresholds for petitions, and sees those adopted before."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from folkmoot.bodies.models import Body
from folkmoot.common.errors import BadInput, Fault, NotAllowed
from folkmoot.people.models import Person
from folkmoot.people.queries import roles_of
from folkmoot.people.rules import OFFICER
from folkmoot.petitions.actions.schemes import adopt_scheme
from folkmoot.petitions.rules.thresholds import KINDS, read_levels
from folkmoot.petitions.schemes import SchemeInUse, scheme_for, schemes_of
from folkmoot.web.pages.people_access import signed_in
from folkmoot.web.pages.petition_standards import level_words

PATH = "/petitions/scheme/"
_PARTS = ("number", "percent", "least", "days")
# A part of a level, as its faults call it → the field of the form.
_FIELD_OF = {"number": "number", "share": "percent", "at_least": "least", "days": "days"}
_LONGEST = 300


def _bodies(person: Person, today: dt.date) -> dict[str, Body]:
    """Bodies of which ``person`` is an officer, by slug. Raises NotAllowed where there is none."""
    slugs = {has.body for has in roles_of(person, today) if has.role == OFFICER}
    found = Body.objects.filter(slug__in=slugs).order_by("name")
    if not found:
        raise NotAllowed(_("Only officers of a body can adopt thresholds for it."))
    return {body.slug: body for body in found}


def _whole(text: str) -> object:
    """A whole number as people write it, or the text itself, which is then a fault."""
    bare = text.replace(",", "").replace(" ", "")
    return int(bare) if bare.isdecimal() and bare.isascii() and len(bare) < 12 else text


def _share(text: str) -> object:
    """A percentage as a share of 1, or the text itself, which is then a fault."""
    try:
        return round(float(text.removesuffix("%").strip()) / 100, 8)
    except ValueError:
        return text


def _levels(said: dict[str, str]) -> tuple[list[dict[str, object]], list[str]]:
    """(Levels as typed, the kind of each): a kind whose every field is empty is left out."""
    levels: list[dict[str, object]] = []
    kinds = []
    for kind in KINDS:
        typed = {part: said[f"{kind}-{part}"] for part in _PARTS}
        if not any(typed.values()):
            continue
        level: dict[str, object] = {"kind": kind}
        if typed["days"]:
            level["days"] = _whole(typed["days"])
        if typed["number"]:
            level["number"] = _whole(typed["number"])
        if typed["percent"]:
            level["share"] = _share(typed["percent"])
        if typed["least"]:
            level["at_least"] = _whole(typed["least"])
        levels.append(level)
        kinds.append(kind)
    return levels, kinds


def _on_form(fault: Fault, kinds: list[str]) -> Fault:
    """The same fault where it stands in the form."""
    place, _comma, part = fault.where.partition(", ")
    if place == "levels":
        return Fault("answer-number", fault.what, fault.remedy)
    if not place.startswith("level "):
        return fault
    kind = kinds[int(place.removeprefix("level ")) - 1]
    remedy = fault.remedy
    if part == "share":
        remedy = _("Write a percentage over 0 and up to 25, such as 0.5.")
    return Fault(f"{kind}-{_FIELD_OF.get(part, 'number')}", fault.what, remedy)


def _adopt(person: Person, body: str, said: dict[str, str], at: dt.datetime) -> None:
    """Adopt what was typed. Raises BadInput with faults by the field of the form."""
    levels, kinds = _levels(said)
    try:
        since = dt.date.fromisoformat(said["since"])
    except ValueError:
        day = Fault("since", _("This is not a date."), _("Write it as in 2027-05-06."))
        faults = [*(_on_form(fault, kinds) for fault in read_levels(levels)[1]), day]
        raise BadInput(faults) from None
    try:
        adopt_scheme(
            actor=person, body=body, levels=levels, since=since, source=said["source"], at=at
        )
    except BadInput as bad:
        raise BadInput([_on_form(fault, kinds) for fault in bad.faults]) from None


def _shown(scheme: SchemeInUse) -> dict[str, Any]:
    return {"scheme": scheme, "levels": [(level_words(each), each.days) for each in scheme.levels]}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def scheme(request: HttpRequest, person: Person) -> HttpResponse:
    """The thresholds that hold for petitions to a body, and a form to adopt its own."""
    now = timezone.now()
    today = timezone.localdate(now)
    bodies = _bodies(person, today)
    asked = request.POST if request.method == "POST" else request.GET
    slug = asked.get("body", "") or next(iter(bodies))
    if slug not in bodies:
        raise NotAllowed(_("Only officers of a body can adopt thresholds for it."))
    names = [f"{kind}-{part}" for kind in KINDS for part in _PARTS]
    said = {name: request.POST.get(name, "")[:_LONGEST].strip() for name in (*names, "source")}
    said["since"] = request.POST.get("since", today.isoformat())[:_LONGEST].strip()
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            _adopt(person, slug, said, now)
            return HttpResponseRedirect(f"{PATH}?{urlencode({'body': slug})}")
        except BadInput as bad:
            faults = bad.faults
    fault_of = {fault.where: fault for fault in reversed(faults)}
    context = {
        "body": bodies[slug],
        "bodies": bodies.values(),
        "in_use": _shown(scheme_for(bodies[slug], today)),
        "adopted": [_shown(each) for each in schemes_of(bodies[slug])],
        "kinds": [
            (
                kind,
                _(words),
                [(part, said[f"{kind}-{part}"], fault_of.get(f"{kind}-{part}")) for part in _PARTS],
            )
            for kind, words in KINDS.items()
        ],
        "said": said,
        "faults": faults,
        "fault_of": fault_of,
        "trail": [
            (_("Petitions"), "/petitions/"),
            (_("How petitions work here"), "/petitions/standards/"),
        ],
    }
    return render(request, "pages/petitions/scheme.html", context, status=400 if faults else 200)


urlpatterns = [path("petitions/scheme/", scheme, name="petition-scheme")]

"""An officer adopts their body's own thresholds for petitions, states when its council meets, and
sees what was adopted and stated before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
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
from folkmoot.petitions.actions.meetings import call_off_meeting, state_meetings
from folkmoot.petitions.actions.schemes import adopt_scheme
from folkmoot.petitions.queries_meetings import coming_meetings
from folkmoot.petitions.rules.meetings import LONGEST_TEXT
from folkmoot.petitions.rules.thresholds import AGENDA_DAYS, DEBATE, KINDS, read_levels
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


def _state(person: Person, body: str, said: dict[str, str], at: dt.datetime) -> None:
    """State the meetings that were typed. Raises BadInput with faults by the field of the form."""
    try:
        state_meetings(
            actor=person, body=body, dates=said["dates"], source=said["published"], at=at
        )
    except BadInput as bad:
        raise BadInput([_of_meetings(fault) for fault in bad.faults]) from None


def _of_meetings(fault: Fault) -> Fault:
    """The same fault where it stands in the form, with its line in words."""
    if fault.where == "source":
        return Fault("published", fault.what, fault.remedy)
    _line, _space, number = fault.where.partition(" ")
    if not number:
        return fault
    words = {"n": number, "typed": fault.value, "what": fault.what}
    return Fault("dates", _("Line %(n)s, “%(typed)s”: %(what)s") % words, fault.remedy)


def _call_off(person: Person, body: str, said: dict[str, str], at: dt.datetime) -> None:
    """Call off the meeting that was chosen. Raises BadInput where none was."""
    number = said["meeting"]
    if not (number.isdecimal() and number.isascii() and len(number) < 12):
        fault = Fault("meeting", _("No meeting is chosen."), _("Choose one that stands."))
        raise BadInput([fault])
    call_off_meeting(actor=person, meeting=int(number), at=at)


Act = Callable[[Person, str, dict[str, str], dt.datetime], None]
# What is done by which form of the page, and where on the page it is then seen.
_ACTS: dict[str, tuple[Act, str]] = {
    "adopt": (_adopt, ""),
    "state": (_state, "#meetings"),
    "call-off": (_call_off, "#meetings"),
}


def _shown(scheme: SchemeInUse) -> dict[str, Any]:
    return {"scheme": scheme, "levels": [(level_words(each), each.days) for each in scheme.levels]}


def _said(request: HttpRequest, today: dt.date) -> dict[str, str]:
    """What was typed into any of the forms; a new one proposes today."""
    names = [f"{kind}-{part}" for kind in KINDS for part in _PARTS]
    names += ["source", "published", "meeting"]
    said = {name: request.POST.get(name, "")[:_LONGEST].strip() for name in names}
    said["since"] = request.POST.get("since", today.isoformat())[:_LONGEST].strip()
    # Blank lines at the beginning are kept, so that the number of a line is what its writer sees.
    said["dates"] = request.POST.get("dates", "")[:LONGEST_TEXT]
    return said


def _forms(said: dict[str, str], faults: tuple[Fault, ...]) -> dict[str, Any]:
    """The fields of the forms with what was typed and what is wrong with it."""
    fault_of = {fault.where: fault for fault in reversed(faults)}
    lines = [f"{fault.what} {fault.remedy}" for fault in faults if fault.where == "dates"]
    if lines:
        fault_of["dates"] = Fault("dates", " ".join(lines), "")
    return {
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
    }


def _council(body: Body, schemes: list[SchemeInUse], today: dt.date) -> dict[str, Any]:
    """When the full council meets, where a scheme of the body has debates or it stated a date."""
    meetings = coming_meetings(body.slug, today)
    debates = any(level.kind == DEBATE for each in schemes for level in each.levels)
    return {
        "council": debates or bool(meetings),
        "meetings": meetings,
        "standing": [each for each in meetings if each.called_off_on is None],
        "agenda_days": AGENDA_DAYS,
        "longest": LONGEST_TEXT,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def scheme(request: HttpRequest, person: Person) -> HttpResponse:
    """The thresholds that hold for petitions to a body, when its council meets, and the forms to
    adopt and to state its own."""
    now = timezone.now()
    today = timezone.localdate(now)
    bodies = _bodies(person, today)
    asked = request.POST if request.method == "POST" else request.GET
    slug = asked.get("body", "") or next(iter(bodies))
    if slug not in bodies:
        raise NotAllowed(_("Only officers of a body can adopt thresholds for it."))
    said = _said(request, today)
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        act, seen = _ACTS.get(request.POST.get("do", ""), _ACTS["adopt"])
        try:
            act(person, slug, said, now)
            return HttpResponseRedirect(f"{PATH}?{urlencode({'body': slug})}{seen}")
        except BadInput as bad:
            faults = bad.faults
    in_use, adopted = scheme_for(bodies[slug], today), schemes_of(bodies[slug])
    context = {
        "body": bodies[slug],
        "bodies": bodies.values(),
        "in_use": _shown(in_use),
        "adopted": [_shown(each) for each in adopted],
        **_forms(said, faults),
        **_council(bodies[slug], [in_use, *adopted], today),
        "trail": [
            (_("Petitions"), "/petitions/"),
            (_("How petitions work here"), "/petitions/standards/"),
        ],
    }
    return render(request, "pages/petitions/scheme.html", context, status=400 if faults else 200)


urlpatterns = [path("petitions/scheme/", scheme, name="petition-scheme")]

"""The rehearsal space: anybody may play every part, and nothing of it is an act of anybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from folkmoot.bodies.models import Body
from folkmoot.bodies.rules import CENTRAL, OFFICE_KINDS
from folkmoot.common.errors import BadInput, Fault
from folkmoot.framework.cases.actions import forget_run
from folkmoot.framework.cases.queries import CaseFilter, register
from folkmoot.people.actions import take_rehearsal_role
from folkmoot.people.models import Person
from folkmoot.people.queries import roles_of, run_of
from folkmoot.people.rules import CENTRE, OFFICER
from folkmoot.services.models import Service
from folkmoot.web.pages.cases_rows import step_words
from folkmoot.web.pages.cases_spaces import IN_REHEARSAL, REHEARSAL, unlisted
from folkmoot.web.pages.people_access import person_of, safe_path, signed_in

MINISTER, OFFICIAL = "minister", "accounting-officer"
# What may be played, as the form names it → role and office.
PARTS = {
    "minister": (CENTRE, MINISTER),
    "official": (CENTRE, OFFICIAL),
    "body": (OFFICER, "chief-executive"),
}


def part_words() -> dict[str, str]:
    """What may be played at the centre, in words."""
    return {
        "minister": _("the minister, who proposes and decides"),
        "official": _("an official, who proposes"),
    }


@unlisted
@require_safe
def rehearsal_space(request: HttpRequest) -> HttpResponse:
    """What this space is for; for whoever is signed in, the parts they play and their cases."""
    person = person_of(request)
    context: dict[str, object] = {
        "space": IN_REHEARSAL, "person": person, "sign_in": "/sign-in/?next=/rehearsal/",
    }  # fmt: skip
    if person is not None:
        context |= _own(person)
    response = render(request, "pages/cases/rehearsal.html", context)
    add_never_cache_headers(response)
    return response


def _own(person: Person) -> dict[str, object]:
    today = timezone.localdate()
    held = roles_of(person, today, space=REHEARSAL)
    names = dict(
        Body.objects.filter(slug__in=[role.body for role in held]).values_list("slug", "name")
    )
    titles = dict(Service.objects.values_list("slug", "title"))
    cases = register(CaseFilter(), today, space=REHEARSAL, run=run_of(person))
    return {
        "held": [
            (names.get(role.body, role.body), OFFICE_KINDS.get(role.office, role.office))
            for role in held
        ],
        "plays_centre": any(role.role == CENTRE for role in held),
        "centres": Body.objects.filter(kind__in=CENTRAL, ended__isnull=True).order_by("name"),
        "parts": part_words().items(),
        "cases": [
            (line, step_words(line), titles.get(line.service, line.service)) for line in cases.lines
        ],
    }


@unlisted
@require_POST
@signed_in
def take_part(request: HttpRequest, person: Person) -> HttpResponse:
    """Lets somebody play a part in their own rehearsal."""
    part, slug = request.POST.get("part", ""), request.POST.get("body", "")
    known = Body.objects.filter(slug=slug).first()
    faults = []
    if part not in PARTS:
        faults.append(Fault("part", _("There is no such part."), _("Choose one from the list.")))
    if known is None or (known.kind in CENTRAL) == (part == "body"):
        faults.append(Fault("body", _("There is no such body."), _("Choose one from the list.")))
    if faults or known is None:
        raise BadInput(faults)
    role, office = PARTS[part]
    take_rehearsal_role(person=person, role=role, body=known.slug, office=office, at=timezone.now())
    there = safe_path(request, request.POST.get("next", ""))
    inside = there if there.startswith("/rehearsal/") else "/rehearsal/"
    return HttpResponseRedirect(inside)


@unlisted
@require_POST
@signed_in
def forget(request: HttpRequest, person: Person) -> HttpResponse:
    """Erases everything that somebody tried out."""
    forget_run(person)
    return HttpResponseRedirect("/rehearsal/")


urlpatterns = [
    path("rehearsal/", rehearsal_space),
    path("rehearsal/part/", take_part),
    path("rehearsal/forget/", forget),
]

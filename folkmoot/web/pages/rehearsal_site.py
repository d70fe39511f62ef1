"""A site that is all a rehearsal: whoever is signed in may play whom they like, in public there."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from folkmoot.bodies.models import Body
from folkmoot.bodies.queries import bodies_near, office_keys, senior_office
from folkmoot.bodies.rules import CENTRAL, OFFICE_KINDS
from folkmoot.common.errors import BadInput, Conflict, Fault, NotFound
from folkmoot.people.actions import play
from folkmoot.people.models import Person
from folkmoot.people.queries import roles_of
from folkmoot.people.rules import ADMINISTRATOR, CENTRE, MODERATOR, OFFICER, SITE, SITE_OFFICE
from folkmoot.web.pages.people_access import signed_in

PATH = "/rehearsal/site/"
MINISTER = "minister"
OFFICIAL, MODERATES, ADMINISTERS = "official", "moderator", "administrator"


def part_words() -> dict[str, str]:
    """What may be played, in words."""
    return {
        MODERATES: _("a moderator of this site, who decides on petitions and questions"),
        OFFICIAL: _("the senior officer of a public body, who answers for it"),
        ADMINISTERS: _("an administrator of this site, who invites others"),
    }


def _wanted(part: str, slug: str) -> tuple[str, str, str]:
    """Role, body and office that a part comes to. Raises BadInput with every fault."""
    today = timezone.localdate()
    if part == MODERATES:
        return MODERATOR, SITE, "moderator"
    if part == ADMINISTERS:
        return ADMINISTRATOR, SITE, SITE_OFFICE
    faults = []
    if part != OFFICIAL:
        faults.append(Fault("part", _("There is no such part."), _("Choose one of these.")))
    body = Body.objects.filter(slug=slug).first()
    keys = office_keys(slug, today)
    if body is None or not keys:
        near = ", ".join(bodies_near(slug, today)) if slug else ""
        remedy = _("Did you mean: %s?") % near if near else _("Find it among the public bodies.")
        faults.append(Fault("body", _("There is no body of this name here."), remedy))
    if faults or body is None or not keys:
        raise BadInput(faults)
    if body.kind in CENTRAL:  # these answer by whoever acts for the centre
        return CENTRE, slug, MINISTER if MINISTER in keys else keys[0]
    return OFFICER, slug, senior_office(body, today) or keys[0]


def _played(person: Person, part: str, slug: str) -> list[Fault]:
    """Have somebody play a part; every fault, or none."""
    try:
        role, body, office = _wanted(part, slug)
        play(person=person, role=role, body=body, office=office, at=timezone.now())
    except BadInput as error:
        return list(error.faults)
    except Conflict as error:
        return [Fault("part", error.message, _("Choose another part."))]
    return []


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def parts(request: HttpRequest, person: Person) -> HttpResponse:
    """The parts that somebody plays on a site that is all a rehearsal, and a form to take one."""
    if not settings.REHEARSAL:
        raise NotFound(
            _("This site is no rehearsal: a site of its own is begun for one."),
            [(_("Rehearsal space"), "/rehearsal/")],
        )
    asked, faults = request.GET.get("body", ""), []
    chosen = OFFICIAL if asked else ""
    if request.method == "POST":
        asked, chosen = request.POST.get("body", ""), request.POST.get("part", "")
        asked = asked.strip().lower()
        faults = _played(person, chosen, asked)
        if not faults:
            return HttpResponseRedirect(PATH)
    names = dict(Body.objects.values_list("slug", "name"))
    context = {
        "played": [
            (names.get(role.body, _("This site")), OFFICE_KINDS.get(role.office, role.office))
            for role in roles_of(person, timezone.localdate())
        ],
        "bodies": sorted(names.items(), key=lambda each: each[1]),
        "parts": part_words().items(),
        "asked": asked[:80],
        "chosen": chosen,
        "faults": faults,
        "fault_of": {fault.where: fault for fault in reversed(faults)},
        "trail": [(_("Rehearsal space"), "/rehearsal/")],
    }
    return render(
        request, "pages/cases/rehearsal_site.html", context, status=400 if faults else 200
    )


urlpatterns = [path(PATH.lstrip("/"), parts)]

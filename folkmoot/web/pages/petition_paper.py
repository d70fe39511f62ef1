"""Sheets signed on paper: an officer sees what a file would do, and then takes it in or not.

Between the two steps the file stands in the page that only this officer is shown, and nowhere
else: nothing that is not taken in is kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from folkmoot.common.errors import BadInput, Conflict, Fault, NotAllowed
from folkmoot.people.models import Person
from folkmoot.people.queries import roles_of
from folkmoot.people.rules import OFFICER
from folkmoot.petitions.actions.paper import PaperLook, look, take_back_paper, take_in
from folkmoot.petitions.queries import PetitionFile, petition_file, petition_path
from folkmoot.petitions.rules import limits
from folkmoot.petitions.rules.moderation import moderates_site
from folkmoot.petitions.rules.states import CLOSED, OPEN
from folkmoot.web.forms import day_of_text
from folkmoot.web.pages.people_access import signed_in
from folkmoot.web.uploads import standing, uploaded

_LONGEST = 300
_FIELDS = frozenset({"on", "file", "name", "postcode"})


def _file(person: Person, number: int) -> PetitionFile:
    """The petition, for officers of the body that is asked and moderators of the site. Raises
    NotFound and NotAllowed."""
    today = timezone.localdate()
    file = petition_file(number, today)
    held = roles_of(person, today)
    officer = any(has.role == OFFICER and has.body == file.line.body for has in held)
    if not officer and not moderates_site(held, today):
        raise NotAllowed(
            _("Only officers of the body that is asked, or moderators of this site, take in paper.")
        )
    return file


def _day(request: HttpRequest) -> dt.date:
    day = day_of_text("on", request.POST.get("on", "")[:20].strip())
    if day is None:
        what, remedy = _("There is no day."), _("Say when the sheets were handed in.")
        raise BadInput([Fault("on", what, remedy)])
    return day


def _page(
    request: HttpRequest,
    file: PetitionFile,
    *,
    faults: Sequence[Fault] = (),
    found: PaperLook | None = None,
    rows: bytes = b"",
    status: int = 200,
) -> HttpResponse:
    of = {fault.where: fault for fault in reversed(faults)}
    context: dict[str, Any] = {
        "line": file.line,
        "taken_in": reversed(file.paper),
        "open": file.line.state in {OPEN, CLOSED},
        "on": request.POST.get("on", "")[:20],
        "most": limits.PAPER_ROWS,
        "least": limits.PAPER_LEAST,
        "fewer_than": limits.SMALLEST_SHOWN,
        "name": request.POST.get("name", "")[:_LONGEST],
        "postcode": request.POST.get("postcode", "")[:_LONGEST],
        "back": request.GET.get("said") == "back",
        "weeks": limits.PAPER_WITHIN.days // 7,
        "faults": faults,
        "of_file": [fault for fault in faults if fault.where not in _FIELDS],
        "fault_of": of,
        "found": found,
        "rows": standing(rows) if found else "",
        "trail": [(_("Petitions"), "/petitions/"), (file.line.heading, file.line.path)],
    }
    return render(request, "pages/petitions/paper.html", context, status=status)


def _take_back(request: HttpRequest, person: Person, number: int, at: dt.datetime) -> None:
    take_back_paper(
        actor=person,
        petition=number,
        name=request.POST.get("name", "")[:_LONGEST],
        postcode=request.POST.get("postcode", "")[:_LONGEST],
        at=at,
    )


@sensitive_post_parameters("rows", "name", "postcode")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def paper(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """What was taken in, and the two steps by which more is: look, then take in. And taking back
    what its signer does not want any more."""
    file = _file(person, number)
    if request.method != "POST":
        return _page(request, file)
    at = timezone.now()
    try:
        if request.POST.get("step") == "back":
            _take_back(request, person, number, at)
            return HttpResponseRedirect(f"{petition_path(number)}paper/?said=back")
        remedy = _("Choose a CSV file with name and postcode.")
        rows, day = uploaded(request, limits.PAPER_BYTES, remedy), _day(request)
        if request.POST.get("step") == "take":
            take_in(actor=person, petition=number, rows=rows, on=day, at=at)
            return HttpResponseRedirect(f"{petition_path(number)}paper/")
        found = look(actor=person, petition=number, rows=rows, on=day, at=at)
    except BadInput as error:
        return _page(request, file, faults=error.faults, status=error.status)
    except Conflict as error:
        fault = Fault("file", error.message, _("Look at what was taken in below."))
        return _page(request, file, faults=[fault], status=error.status)
    return _page(request, file, found=found, rows=rows)


urlpatterns = [path("petitions/<int:number>/paper/", paper, name="petition-paper")]

"""What was asked before: petitions like a title, while it is being typed and on its own page."""

from __future__ import annotations

import time

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from folkmoot.common import switches
from folkmoot.common.errors import TooOften
from folkmoot.people.limits import SIMILAR
from folkmoot.petitions.queries_search import Similar, similar
from folkmoot.petitions.rules.likeness import LONGEST_TITLE
from folkmoot.web.pages.people_access import network
from folkmoot.web.same_site import without_token
from folkmoot.web.tried import Tried

ADDRESS = "/petitions/similar/"
# While somebody types, and on the page of its own.
FEW, MANY = 6, 20
_LONGEST_CODE = 12

tried = Tried(SIMILAR)


def looked_up(request: HttpRequest, title: str, place: str, limit: int) -> list[Similar]:
    """Petitions like ``title``. Raises SwitchedOff, and TooOften for a network that never stops."""
    switches.require_on("similar")
    if not tried.again(network(request), time.monotonic()):
        raise TooOften(
            _("Similar petitions were looked for too often from your network. Try again later.")
        )
    return similar(title, place=place, limit=limit)


# It changes nothing and sets no cookie. By POST, a form that holds more than the title keeps the
# rest out of the address.
@without_token
@require_http_methods(["GET", "HEAD", "POST"])
def petitions_similar(request: HttpRequest) -> HttpResponse:
    """Petitions like ``title``: a list to put beside the field (``part``), or a page."""
    said = request.POST if request.method == "POST" else request.GET
    title = said.get("title", "")[:LONGEST_TITLE]
    place = said.get("at", "")[:_LONGEST_CODE]
    part = "part" in request.GET
    found = None
    if title.strip():
        found = looked_up(request, title, place, FEW if part else MANY)
    context = {"similar": found, "title": title, "trail": [(_("Petitions"), "/petitions/")]}
    template = "parts/similar_list.html" if part else "pages/petitions/similar.html"
    response = render(request, template, context)
    response["Cache-Control"] = "no-store"
    return response


urlpatterns = [path("petitions/similar/", petitions_similar, name="petitions-similar")]

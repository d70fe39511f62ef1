"""Who holds the offices of a body, as its officers say: a file looked at, then taken in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from folkmoot.bodies.actions import HoldersImported
from folkmoot.bodies.holders_file import COLUMNS, REQUIRED
from folkmoot.bodies.models import Body
from folkmoot.bodies.queries import body_by_slug, body_path, terms_of
from folkmoot.common.errors import BadInput, Fault, NotAllowed
from folkmoot.common.reasons import HOLDER_REMOVALS
from folkmoot.people.actions import import_own_holders, look_at_own_holders, remove_own_holder
from folkmoot.people.models import Person
from folkmoot.people.queries import require
from folkmoot.people.rules import OFFICER
from folkmoot.web.pages.people_access import signed_in
from folkmoot.web.uploads import standing, uploaded

# What stands in the page until it is taken in is a third longer, and must stay below the most that
# a form may hold (DATA_UPLOAD_MAX_MEMORY_SIZE). The command line takes longer files.
MOST = 400_000  # bytes


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        what, remedy = _("There is no such term of office."), _("Use the buttons of this page.")
        raise BadInput([Fault("file", what, remedy)]) from None


def _page(
    request: HttpRequest,
    body: Body,
    *,
    faults: Sequence[Fault] = (),
    found: HoldersImported | None = None,
    rows: bytes = b"",
) -> HttpResponse:
    context = {
        "body": body,
        "path": f"{body_path(body.slug)}holders/",
        "faults": faults,
        "found": found,
        "rows": standing(rows) if found else "",
        "columns": [(name, name in REQUIRED) for name in COLUMNS],
        "offices": body.offices.exclude(kind="whole").order_by("position", "slug"),
        "terms": terms_of(body),
        "reasons": [(code, _(words)) for code, words in HOLDER_REMOVALS.items()],
        "trail": [(_("Bodies"), "/bodies/"), (body.name, body_path(body.slug))],
    }
    return render(request, "pages/body_holders.html", context, status=400 if faults else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def holders(request: HttpRequest, person: Person, slug: str) -> HttpResponse:
    """Who is said to hold the offices of a body, and the steps by which its officers change it."""
    body, at = body_by_slug(slug), timezone.now()
    require(person, OFFICER, body.slug, timezone.localdate())
    if request.method != "POST":
        return _page(request, body)
    step = request.POST.get("step", "")
    try:
        if step == "remove":
            remove_own_holder(
                actor=person,
                key=f"{body.slug}/{request.POST.get('office', '')}",
                name=request.POST.get("name", ""),
                since=_day(request.POST.get("since", "")),
                reason=request.POST.get("reason", ""),
                at=at,
            )
            return HttpResponseRedirect(f"{body_path(body.slug)}holders/")
        rows = uploaded(request, MOST, _("Choose a CSV file."))
        if step == "take":
            import_own_holders(actor=person, body=body.slug, content=rows, at=at)
            return HttpResponseRedirect(f"{body_path(body.slug)}holders/")
        found = look_at_own_holders(actor=person, body=body.slug, content=rows, at=at)
    except BadInput as error:
        return _page(request, body, faults=error.faults)
    except NotAllowed as error:
        remedy = _("Leave out the rows about other bodies.")
        return _page(request, body, faults=[Fault("file", error.message, remedy)])
    return _page(request, body, found=found, rows=rows)


urlpatterns = [path("body/<slug:slug>/holders/", holders, name="body-holders")]

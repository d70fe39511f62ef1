"""The first page: one box, what this is, and how we know."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from folkmoot.measures.queries import edition, holdings
from folkmoot.petitions.queries_lists import moving
from folkmoot.places.models import Area
from folkmoot.services.models import Service
from folkmoot.web.ageing import age_of
from folkmoot.web.charts.map import MapArea, MapDrawing, draw_map
from folkmoot.web.remembered import remembered_with_counts

_PETITIONS = 5


def _regions() -> SafeString:
    """A map of regions and nations, each a link to its page."""
    shown = Area.objects.filter(kind__in=["region", "nation"], ended__isnull=True)
    return draw_map(
        MapDrawing(
            key="regions",
            title=_("Choose a region or nation"),
            description=_("Each area is a link to its page. All places are also in a list."),
            family="region",
            areas=tuple(
                MapArea(area.code, f"/place/{area.slug}/", "m-3", area.name) for area in shown
            ),
        )
    )


@remembered_with_counts
def home(request: HttpRequest) -> HttpResponse:
    """The search box, the services, and the state of the figures."""
    today = timezone.localdate()
    context = {
        "map": _regions(),
        "petitions": moving(today, limit=_PETITIONS),
        "services": Service.objects.all(),
        "holdings": holdings(since=today.replace(day=1)),
        "age": age_of(edition().facts.values()),
    }
    return render(request, "pages/home.html", context)

"""Where and when people signed a petition: a map, and the same in tables."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from folkmoot.petitions.queries_page import version_of
from folkmoot.petitions.queries_watch import PlaceCount, Where, table_version, where_signed
from folkmoot.petitions.rules.limits import PLACES_RENEWED_AFTER, SMALLEST_SHOWN
from folkmoot.places.boundaries import map_paths
from folkmoot.web.charts.days import Days, draw_days
from folkmoot.web.charts.map import MapArea, MapDrawing, draw_map, step_of, steps
from folkmoot.web.measure_drawings import LegendLine, MeasureMap
from folkmoot.web.remembered import remembered_with
from folkmoot.web.sharing import sharing

_FAMILY = "lower"


def rate_words(rate: float) -> str:
    """A rate for every 1,000 residents: "4.2", or "0.035" where it is small."""
    return f"{rate:,.1f}" if rate >= 1 else f"{rate:.2g}"


def _place_words(place: PlaceCount) -> str:
    """ "Leeds: 312 signatures, 0.38 for every 1,000 residents"."""
    words = ngettext("%(place)s: %(n)s signature", "%(place)s: %(n)s signatures", place.signatures)
    said = words % {"place": place.name, "n": f"{place.signatures:,}"}
    if place.rate is None:
        return said
    return _("%(said)s, %(rate)s for every 1,000 residents") % {
        "said": said,
        "rate": rate_words(place.rate),
    }


def _map(where: Where) -> MeasureMap | None:
    """Places by their rate; None for constituencies, whose shapes are not held."""
    shapes = map_paths(_FAMILY)
    drawn = [(place, place.rate) for place in where.places if place.code in shapes.paths]
    rated = [(place, rate) for place, rate in drawn if rate is not None]
    if where.kind != "district" or not rated:
        return None
    found = steps([rate for _place, rate in rated])
    lines = [
        LegendLine(
            step.fill,
            _("%(low)s to %(high)s: %(count)s")
            % {
                "low": rate_words(step.low),
                "high": rate_words(step.high),
                "count": ngettext("%(n)d place", "%(n)d places", step.count) % {"n": step.count},
            },
        )
        for step in found
    ]
    svg = draw_map(
        MapDrawing(
            key="where",
            title=_("Map: signatures for every 1,000 residents"),
            description=_("Each area is a link to its page. The table below has the same figures."),
            family=_FAMILY,
            areas=tuple(
                MapArea(
                    place.code, f"/place/{place.slug}/", step_of(rate, found), _place_words(place)
                )
                for place, rate in rated
            ),
        )
    )
    return MeasureMap(svg, tuple(lines), shapes.credit, shapes.note)


def _days(where: Where) -> SafeString | None:
    """The days as bars; None without any that is shown."""
    shown = [day for day in where.days if day.signatures is not None]
    if not shown:
        return None
    most = max(shown, key=lambda day: day.signatures or 0)
    return draw_days(
        Days(
            key="signed",
            title=_("Signatures on each day"),
            description=_(
                "Most on %(day)s: %(n)s. Days that are not shown have a dash. The table below has "
                "the same figures."
            )
            % {"day": f"{most.day:%-d %B %Y}", "n": f"{most.signatures or 0:,}"},
            counts=tuple(day.signatures for day in where.days),
            first_text=f"{where.days[0].day:%-d %B %Y}",
            last_text=f"{where.days[-1].day:%-d %B %Y}",
            top_text=f"{most.signatures or 0:,}",
        )
    )


def _version(number: int) -> str:
    """Another text whenever the page would be another: two queries."""
    return f"{version_of(number)}|{table_version(number)}"


@remembered_with(_version)
def where(request: HttpRequest, number: int) -> HttpResponse:
    """Where and when people signed, as far as it may be shown."""
    found = where_signed(number, timezone.localdate())
    line = found.line
    hidden = sum(day.signatures is None for day in found.days)
    context = {
        "line": line,
        "where": found,
        "rows": [
            (place, rate_words(place.rate) if place.rate is not None else "")
            for place in found.places
        ],
        "drawn": _map(found),
        "chart": _days(found),
        "hidden_days": hidden,
        "least": SMALLEST_SHOWN,
        "renewed": PLACES_RENEWED_AFTER,
        "share": sharing(line),
        "trail": [(_("Petitions"), "/petitions/"), (line.heading, line.path)],
    }
    return render(request, "pages/petitions/where.html", context)


urlpatterns = [path("petitions/<int:number>/where/", where, name="petition-where")]

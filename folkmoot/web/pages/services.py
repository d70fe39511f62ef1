"""All services, and one service with its measures."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from folkmoot.bodies.queries import who_by_kind
from folkmoot.common.errors import NotFound
from folkmoot.measures.queries import MeasureFacts, edition
from folkmoot.places.rules import KINDS
from folkmoot.services.models import Service
from folkmoot.web.ageing import age_of
from folkmoot.web.remembered import remembered


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service in the list of all services."""

    service: Service
    measures: int
    headlines: tuple[MeasureFacts, ...]


@remembered
def services(request: HttpRequest) -> HttpResponse:
    """Every service in the catalogue."""
    by_service: dict[str, list[MeasureFacts]] = defaultdict(list)
    for measure in edition().facts.values():
        by_service[measure.service].append(measure)
    rows = [
        ServiceRow(
            service,
            len(by_service[service.slug]),
            tuple(m for m in by_service[service.slug] if m.headline)[:3],
        )
        for service in Service.objects.all()
    ]
    return render(request, "pages/services.html", {"rows": rows})


def service_by_slug(slug: str) -> Service:
    """The service. Raises NotFound with every service as a suggestion."""
    everything = list(Service.objects.all())
    for service in everything:
        if service.slug == slug:
            return service
    raise NotFound(
        _("There is no service of that name here."),
        [(service.title, f"/service/{service.slug}/") for service in everything],
    )


@remembered
def service(request: HttpRequest, slug: str) -> HttpResponse:
    """One service: what it is, who runs it, how it is measured."""
    found = service_by_slug(slug)
    measures = edition().of_service(slug)
    kinds = sorted({kind for m in measures for kind in m.definition["kinds"]})
    context = {
        "service": found,
        "headlines": [m for m in measures if m.headline],
        "others": [m for m in measures if not m.headline],
        "kinds": [KINDS[kind][0] for kind in kinds],
        "age": age_of(measures),
        "answers": who_by_kind(slug, timezone.localdate()),
        "trail": [(_("Services"), "/services/")],
    }
    return render(request, "pages/service.html", context)

"""The JSON API: /api/v1/. Reads only; every list is paged; every error has one shape."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from folkmoot.api import (
    shapes,
    v1_answers,
    v1_framework,
    v1_interventions,
    v1_petitions,
    v1_questions,
)
from folkmoot.api.paging import After, Key, Limit, NeededText, Number, ReleaseKey, Text, page
from folkmoot.common.errors import BadInput, Fault, FolkmootError, NotFound, error_body
from folkmoot.common.purpose import labelled
from folkmoot.measures import queries_account as account_reads
from folkmoot.measures.models import Measure, Observation, Release, Revision, Source
from folkmoot.places.models import Area, AreaLink, SimilarArea
from folkmoot.services.models import Service

api = NinjaAPI(
    title=labelled("Folkmoot"),
    version="1",
    urls_namespace="api-v1",
    description=(
        "The public account of local services. Every list is paged: follow `next` until it is "
        "null. Answers carry an ETag; send it back as If-None-Match and an unchanged answer is "
        "304. Figures are open data: see each source's licence."
    ),
    servers=[{"url": settings.SITE_URL}],
)
api.add_router("", v1_answers.router)
api.add_router("", v1_framework.router)
api.add_router("", v1_interventions.router)
api.add_router("", v1_petitions.router)
api.add_router("", v1_questions.router)


@api.exception_handler(FolkmootError)
def folkmoot_error(request: HttpRequest, error: FolkmootError) -> HttpResponse:
    """An error of our own family."""
    return api.create_response(request, error_body(error), status=error.status)


@api.exception_handler(ValidationError)
def invalid_parameters(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A parameter that does not fit: every one named."""
    faults = [
        Fault(
            ".".join(str(part) for part in item["loc"][1:]) or "request",
            f"{item['msg']}.",
            "See /api/v1/docs for what it may be.",
        )
        for item in error.errors
    ]
    return api.create_response(request, error_body(BadInput(faults)), status=422)


@api.exception_handler(Http404)
def nothing_here(request: HttpRequest, _error: Http404) -> HttpResponse:
    """An address under /api/v1/ that is not one of ours."""
    return api.create_response(request, error_body(NotFound("There is nothing here.")), status=404)


@api.exception_handler(HttpError)
def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Anything else the framework refuses, such as a query that is not text."""
    wrapped = BadInput([Fault("request", str(error), "See /api/v1/docs.")])
    return api.create_response(request, error_body(wrapped), status=error.status_code)


def _place(area: Area) -> dict[str, Any]:
    names = (
        "code", "name", "slug", "kind", "nation", "edition",
        "started", "ended", "population", "population_year",
    )  # fmt: skip
    return {**{name: getattr(area, name) for name in names}, "path": f"/place/{area.slug}/"}


@api.get("/places", response={200: shapes.Page[shapes.PlaceOut], **shapes.ERRORS}, tags=["places"])
def places(
    request: HttpRequest,
    kind: Text = "",
    nation: Text = "",
    live: bool | None = None,
    limit: Limit = 100,
    after: After = 0,
) -> Any:
    """Places, optionally of one kind, in one nation (code), or only those that exist now."""
    rows = Area.objects.all()
    if kind:
        rows = rows.filter(kind=kind)
    if nation:
        rows = rows.filter(nation=nation)
    if live is not None:
        rows = rows.filter(ended__isnull=live)
    return page(request, rows, limit, after, lambda found: ((a.pk, _place(a)) for a in found))


@api.get("/places/{key}", response={200: shapes.PlaceDetail, **shapes.ERRORS}, tags=["places"])
def place(request: HttpRequest, key: Key) -> Any:
    """One place by code or slug, with its parents, children, successors and similar places."""
    area = account_reads.find_area(key)
    up = AreaLink.objects.filter(child=area).select_related("parent")
    down = AreaLink.objects.filter(parent=area).select_related("child")
    similar = SimilarArea.objects.filter(area=area).select_related("other")
    links = [
        {"role": link.role, "code": link.parent.code, "name": link.parent.name, "share": link.share}
        for link in up.order_by("role", "parent__code")
    ] + [
        {
            "role": {"part-of": "contains", "became": "replaced"}[link.role],
            "code": link.child.code,
            "name": link.child.name,
            "share": link.share,
        }
        for link in down.order_by("role", "child__code")
    ]
    return {
        **_place(area),
        "links": links,
        "similar": [
            {
                "list": item.list_key,
                "position": item.position,
                "code": item.other.code,
                "name": item.other.name,
            }
            for item in similar.order_by("list_key", "position")
        ],
    }


@api.get(
    "/services", response={200: shapes.Page[shapes.ServiceOut], **shapes.ERRORS}, tags=["services"]
)
def services(request: HttpRequest, limit: Limit = 100, after: After = 0) -> Any:
    """Every service in the catalogue."""

    counts: dict[int, int] = dict(
        Measure.objects.filter(retired=False).values_list("service_id").annotate(Count("pk"))
    )
    return page(
        request,
        Service.objects.all(),
        limit,
        after,
        lambda found: ((s.pk, _service(s, counts.get(s.pk, 0))) for s in found),
    )


def _service(service: Service, measures: int) -> dict[str, Any]:
    return {
        "slug": service.slug,
        "title": service.title,
        "summary": service.summary,
        "measures": measures,
    }


@api.get("/services/{slug}", response={200: shapes.ServiceOut, **shapes.ERRORS}, tags=["services"])
def service(request: HttpRequest, slug: Key) -> Any:
    """One service."""
    found = account_reads.find_service(slug)
    return _service(found, found.measures.filter(retired=False).count())


def _measure(measure: Measure) -> dict[str, Any]:
    names = ("slug", "title", "unit", "polarity", "quantity", "decimals", "headline")
    return {
        **{name: getattr(measure, name) for name in names},
        "service": measure.service.slug,
        "source": measure.source.slug,
    }


@api.get(
    "/measures", response={200: shapes.Page[shapes.MeasureOut], **shapes.ERRORS}, tags=["measures"]
)
def measures(request: HttpRequest, service: Text = "", limit: Limit = 100, after: After = 0) -> Any:
    """Every measure, optionally of one service."""
    rows = Measure.objects.filter(retired=False).select_related("service", "source")
    if service:
        rows = rows.filter(service=account_reads.find_service(service))
    return page(request, rows, limit, after, lambda found: ((m.pk, _measure(m)) for m in found))


@api.get(
    "/measures/{slug}", response={200: shapes.MeasureDetail, **shapes.ERRORS}, tags=["measures"]
)
def measure(request: HttpRequest, slug: Key) -> Any:
    """One measure: its whole catalogue entry, and its account as a whole."""
    found = account_reads.find_measure(slug)
    made = getattr(found, "account", None)
    whole = made and {
        "period": made.period,
        "basis": made.basis,
        "basis_note": made.basis_note,
        "field": made.field,
        "computed_at": made.computed_at.isoformat(),
        "summary": made.summary,
    }
    return {**_measure(found), "definition": found.definition, "account": whole}


@api.get(
    "/sources", response={200: shapes.Page[shapes.SourceOut], **shapes.ERRORS}, tags=["releases"]
)
def sources(request: HttpRequest, limit: Limit = 100, after: After = 0) -> Any:
    """Every dataset that releases come from, with its licence."""
    names = tuple(shapes.SourceOut.model_fields)
    return page(
        request,
        Source.objects.all(),
        limit,
        after,
        lambda found: ((s.pk, {name: getattr(s, name) for name in names}) for s in found),
    )


def _release(release: Release) -> dict[str, Any]:
    names = (
        "number", "state", "filename", "sha256", "size", "source_date", "received_at",
        "published_at", "rows_read", "rows_used", "rows_uncatalogued", "rows_left_out",
    )  # fmt: skip
    slug = release.source.slug
    return {
        **{name: getattr(release, name) for name in names},
        "source": slug,
        "key": f"{slug}/{release.number}",
    }


@api.get(
    "/releases", response={200: shapes.Page[shapes.ReleaseOut], **shapes.ERRORS}, tags=["releases"]
)
def releases(request: HttpRequest, source: Text = "", limit: Limit = 100, after: After = 0) -> Any:
    """Every release, optionally of one source."""
    rows = Release.objects.select_related("source")
    if source:
        rows = rows.filter(source__slug=source)
    return page(request, rows, limit, after, lambda found: ((r.pk, _release(r)) for r in found))


def _find_release(source: str, number: int) -> Release:
    found = (
        Release.objects.select_related("source", "previous__source")
        .filter(source__slug=source, number=number)
        .first()
    )
    if found is None:
        raise NotFound(f"There is no release {number} of a source {source!r}.")
    return found


@api.get(
    "/releases/{source}/{number}",
    response={200: shapes.ReleaseDetail, **shapes.ERRORS},
    tags=["releases"],
)
def release(request: HttpRequest, source: Key, number: Number) -> Any:
    """One release with its faults and why each was accepted."""
    found = _find_release(source, number)
    reasons = dict(found.acceptances.values_list("kind", "reason"))
    previous = found.previous
    return {
        **_release(found),
        "previous": f"{previous.source.slug}/{previous.number}" if previous else None,
        "companions": found.companions,
        "faults": [
            {
                "kind": fault.kind,
                "column": fault.column,
                "value": fault.value,
                "what": fault.what,
                "remedy": fault.remedy,
                "count": fault.count,
                "rows": fault.rows,
                "accepted": reasons.get(fault.kind),
            }
            for fault in found.faults.order_by("kind", "-count", "pk")
        ],
    }


@api.get(
    "/releases/{source}/{number}/revisions",
    response={200: shapes.Page[shapes.RevisionOut], **shapes.ERRORS},
    tags=["releases"],
)
def revisions(
    request: HttpRequest, source: Key, number: Number, limit: Limit = 100, after: After = 0
) -> Any:
    """Every value that this release revised, added or removed."""
    rows = Revision.objects.filter(release=_find_release(source, number))
    names = ("kind", "period", "old_value", "new_value", "old_status", "new_status")

    def render(found: QuerySet[Revision, Revision]) -> Iterable[tuple[int, Any]]:
        for item in found.select_related("measure", "area"):
            values = {name: getattr(item, name) for name in names}
            area = item.area.code if item.area else ""
            whose = {"area": area, "body": item.body}
            yield item.pk, {**values, "measure": item.measure.slug, **whose}

    return page(request, rows, limit, after, render)


@api.get(
    "/observations",
    response={200: shapes.Page[shapes.ObservationOut], **shapes.ERRORS},  # type: ignore[valid-type]  # made from the row's own fields
    tags=["observations"],
)
def observations(
    request: HttpRequest,
    measure: NeededText,
    place: Text = "",
    period: Text = "",
    release: ReleaseKey = "",
    limit: Limit = 100,
    after: After = 0,
) -> Any:
    """Values of one measure as releases state them; the newest release unless one is named.

    `place` is a code or slug; `period` an ISO 8601 interval such as 2024-08-01/P1Y; `release`
    a key such as dfe-lait/1.
    """
    rows = Observation.objects.filter(measure=account_reads.find_measure(measure))
    if release:
        source, _, number = release.rpartition("/")
        rows = rows.filter(release=_find_release(source, int(number)))
    else:
        rows = rows.filter(release__state=Release.State.PUBLISHED)
    if place:
        rows = rows.filter(area=account_reads.find_area(place))
    if period:
        rows = rows.filter(period=period)
    return page(
        request,
        rows,
        limit,
        after,
        lambda found: ((n, asdict(o)) for n, o in account_reads.observation_rows(found)),
    )


@api.get(
    "/account",
    response={200: shapes.Page[shapes.AccountOut], **shapes.ERRORS},  # type: ignore[valid-type]  # made from the row's own fields
    tags=["account"],
)
def account(
    request: HttpRequest,
    place: Text = "",
    service: Text = "",
    measure: Text = "",
    limit: Limit = 100,
    after: After = 0,
) -> Any:
    """The account: what each figure is, how sure, and how it compares, newest period."""
    rows = account_reads.accounts(place=place, service=service, measure=measure)
    return page(
        request,
        rows,
        limit,
        after,
        lambda found: ((n, a.as_dict()) for n, a in account_reads.account_rows(found)),
    )

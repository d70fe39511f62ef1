"""The API of who answers: bodies, offices, holders, remits, answers owed, acts of the record."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from folkmoot.api import rows_bodies, rows_record
from folkmoot.api import shapes_answers as shapes
from folkmoot.api.columns import item
from folkmoot.api.paging import After, Key, Limit, NeededText, Number, Text, page, page_of
from folkmoot.api.shapes import ERRORS, Page
from folkmoot.bodies.answer_rows import who_rows
from folkmoot.bodies.models import Body
from folkmoot.bodies.queries import body_by_slug
from folkmoot.common.queries import RecordFilter
from folkmoot.duties.queries import duties_of_record, duty_file
from folkmoot.measures.queries_account import find_area
from folkmoot.places.models import Area

router = Router()


def listing(shape: type[Schema]) -> dict[int, Any]:
    """What a list of such items answers, with every error it may answer instead."""
    return {200: Page[shape], **ERRORS}  # type: ignore[valid-type]  # made from a row's own fields


def area_of(text: str) -> Area | None:
    """The place of a filter, by code, short name or name; None for "".

    Raises NotFound: with suggestions, and never repeating what may be a postcode, because where
    somebody lives has no place in an address.
    """
    return find_area(text) if text else None


def body_of(slug: str) -> Body | None:
    """The body of a filter; None for "". Raises NotFound."""
    return body_by_slug(slug) if slug else None


@router.get("/bodies", response=listing(shapes.BodyOut), tags=["who answers"])
def bodies(
    request: HttpRequest,
    kind: Text = "",
    place: Text = "",
    live: bool | None = None,
    limit: Limit = 100,
    after: After = 0,
) -> Any:
    """Public bodies, optionally of one kind, of one place's own area, or that exist now."""
    today = timezone.localdate()
    rows = rows_bodies.bodies_like(today, kind=kind, area=area_of(place), live=live)
    return page(
        request,
        rows,
        limit,
        after,
        lambda found: ((n, item(row)) for n, row in rows_bodies.body_rows(found)),
    )


@router.get("/bodies/{slug}", response={200: shapes.BodyDetail, **ERRORS}, tags=["who answers"])
def body(request: HttpRequest, slug: Key) -> Any:
    """One body with its offices today, and who holds each, where this site knows."""
    today, found = timezone.localdate(), body_by_slug(slug)
    ((_, row),) = rows_bodies.body_rows(Body.objects.filter(pk=found.pk))
    offices = rows_bodies.offices_like(today, body=found).order_by("position", "slug")
    return {
        "body": item(row),
        "offices": [item(office) for _, office in rows_bodies.office_rows(offices, today)],
    }


@router.get("/offices", response=listing(shapes.OfficeOut), tags=["who answers"])
def offices(
    request: HttpRequest,
    body: Text = "",
    kind: Text = "",
    place: Text = "",
    limit: Limit = 100,
    after: After = 0,
) -> Any:
    """Offices there are today, of one body, of one kind, or of or acting for one place."""
    today = timezone.localdate()
    rows = rows_bodies.offices_like(today, body=body_of(body), kind=kind, area=area_of(place))
    return page(
        request,
        rows,
        limit,
        after,
        lambda found: ((n, item(row)) for n, row in rows_bodies.office_rows(found, today)),
    )


@router.get("/holders", response=listing(shapes.HolderOut), tags=["who answers"])
def holders(
    request: HttpRequest,
    body: Text = "",
    office: Text = "",
    current: bool = True,
    limit: Limit = 100,
    after: After = 0,
) -> Any:
    """Who holds offices today, of one body or one office; `current=false`: or ever held them.

    `office` is a key such as leeds-city-council/leader.
    """
    rows = rows_bodies.holders_like(
        timezone.localdate(), body=body_of(body), office=office, current=current
    )
    return page(
        request,
        rows,
        limit,
        after,
        lambda found: ((n, item(row)) for n, row in rows_bodies.holder_rows(found)),
    )


@router.get("/remits", response=listing(shapes.RemitOut), tags=["who answers"])
def remits(
    request: HttpRequest,
    service: Text = "",
    area_kind: Text = "",
    limit: Limit = 100,
    after: After = 0,
) -> Any:
    """The catalogue of who answers for which service in which kind of area, by what law."""
    rows = rows_bodies.remits_like(service=service, area_kind=area_kind)
    return page(
        request,
        rows,
        limit,
        after,
        lambda found: ((n, item(row)) for n, row in rows_bodies.remit_rows(found)),
    )


@router.get("/who", response=listing(shapes.WhoOut), tags=["who answers"])
def who(
    request: HttpRequest,
    place: NeededText,
    service: Text = "",
    limit: Limit = 100,
    after: After = 0,
) -> Any:
    """Who answers for what in a place today: gaps and overlaps too, then members of parliament.

    `place` is a code, short name or name. A postcode is refused: it has no place in an address.
    """
    area = area_of(place)
    rows = who_rows(area, timezone.localdate()) if area else []
    chosen = [row for row in rows if service in ("", row.service)]
    return page_of(request, [item(row) for row in chosen], limit, after)


@router.get("/duties", response=listing(shapes.DutyOut), tags=["answers owed"])
def duties(
    request: HttpRequest,
    body: Text = "",
    place: Text = "",
    service: Text = "",
    kind: Text = "",
    state: Text = "",
    limit: Limit = 100,
    after: After = 0,
) -> Any:
    """Answers owed and given: by which body, to what, why, since when, due when, and how it stands.

    `state` is owed, due-soon, overdue, answered or waived.
    """
    today, area, owing = timezone.localdate(), area_of(place), body_of(body)
    rows = duties_of_record(
        today,
        body=owing.slug if owing else "",
        place=area.code if area else "",
        service=service,
        kind=kind,
        state=state,
    )
    return page(
        request,
        rows,
        limit,
        after,
        lambda found: ((n, item(row)) for n, row in rows_record.duty_rows(found, today)),
    )


@router.get("/duties/{number}", response={200: shapes.DutyDetail, **ERRORS}, tags=["answers owed"])
def duty(request: HttpRequest, number: Number) -> Any:
    """One answer owed, with the answer and any corrections beside it."""
    found = duty_file(number, timezone.localdate())
    return {
        "duty": item(found.line),
        "answers": [asdict(answer) for answer in found.answers],
        "reports": found.reports,
    }


@router.get("/acts", response=listing(shapes.ActOut), tags=["record"])
def acts(
    request: HttpRequest,
    place: Text = "",
    service: Text = "",
    body: Text = "",
    verb: Text = "",
    limit: Limit = 100,
    after: After = 0,
) -> Any:
    """The public record, oldest first: what offices did, for ever.

    Keep the `number` of the last act that you saw and send it as `after` to hear what is new.
    """
    area = area_of(place)
    wanted = RecordFilter(area.code if area else "", service, body, verb)
    return page(
        request,
        rows_record.acts_matching(wanted),
        limit,
        after,
        lambda found: ((n, item(row)) for n, row in rows_record.act_rows(found)),
    )

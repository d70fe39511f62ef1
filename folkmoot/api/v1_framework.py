"""The API of what is required and where places stand. Of the record only, never of a rehearsal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from folkmoot.api import rows_body_standings, rows_framework
from folkmoot.api import shapes_answers as shapes
from folkmoot.api.columns import item
from folkmoot.api.paging import After, Limit, Text, page, page_of
from folkmoot.api.v1_answers import area_of, body_of, listing
from folkmoot.framework.models import BodyStanding
from folkmoot.measures.queries_account import find_service

router = Router()


@router.get("/standards", response=listing(shapes.StandardOut), tags=["what is required"])
def standards(
    request: HttpRequest,
    service: Text = "",
    framework: Text = "",
    limit: Limit = 100,
    after: After = 0,
) -> Any:
    """What the framework in use requires or asks for, who says so, and how places stand on it.

    Only a `minimum` can make a place below the minimum. `framework` is slug or slug@version.
    """
    today = timezone.localdate()
    in_use = rows_framework.framework_called(framework, today)
    chosen = find_service(service).slug if service else None
    rows = rows_framework.standard_rows(in_use, today, chosen)
    return page_of(request, [item(row) for row in rows], limit, after)


@router.get("/standings", response=listing(shapes.StandingOut), tags=["what is required"])
def standings(
    request: HttpRequest,
    place: Text = "",
    standard: Text = "",
    service: Text = "",
    state: Text = "",
    failing: bool | None = None,
    newest: bool = True,
    framework: Text = "",
    limit: Limit = 100,
    after: After = 0,
) -> Any:
    """Where places stand on standards, newest period; `newest=false`: in every period.

    `failing` is below a minimum that binds. Every other difference is left to local decision.
    """
    in_use = rows_framework.framework_called(framework, timezone.localdate())
    rows = rows_framework.standings_like(
        in_use,
        area=area_of(place),
        standard=standard,
        service=find_service(service).slug if service else "",
        state=state,
        failing=failing,
        newest=newest,
    )
    return page(
        request,
        rows,
        limit,
        after,
        lambda found: ((n, item(row)) for n, row in rows_framework.standing_rows(found, in_use)),
    )


@router.get("/body-standings", response=listing(shapes.BodyStandingOut), tags=["what is required"])
def body_standings(
    request: HttpRequest,
    body: Text = "",
    kind: Text = "",
    standard: Text = "",
    state: Text = "",
    failing: bool | None = None,
    newest: bool = True,
    framework: Text = "",
    limit: Limit = 100,
    after: After = 0,
) -> Any:
    """Where bodies, such as NHS trusts, stand on standards: newest period, or `newest=false`.

    A body is compared with no other, and nothing here is a rank. `body` is its short name,
    `kind` a kind of body.
    """
    in_use = rows_framework.framework_called(framework, timezone.localdate())
    rows = rows_body_standings.body_standings_like(
        in_use,
        body=body_of(body),
        kind=kind,
        standard=standard,
        state=state,
        failing=failing,
        newest=newest,
    )

    def render(found: QuerySet[BodyStanding, BodyStanding]) -> Iterable[tuple[int, Any]]:
        return ((n, item(row)) for n, row in rows_body_standings.body_standing_rows(found, in_use))

    return page(request, rows, limit, after, render)

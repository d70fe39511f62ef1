"""Paging by position, not by offset: page 1,000 costs what page 1 does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from ninja import Path, Query

ModelT = TypeVar("ModelT", bound=Model)

# What parameters may be: said once, so that what the description of the API promises is what is
# checked. No database text can hold NUL, and no key exceeds what either database can hold.
_TEXT = r"^[^\u0000]*$"
Limit = Annotated[int, Query(ge=1, le=1000, description="how many at a time")]
After = Annotated[int, Query(ge=0, le=2**63 - 1, description="position that `next` gives")]
Text = Annotated[str, Query(max_length=200, pattern=_TEXT)]
NeededText = Annotated[str, Query(..., min_length=1, max_length=200, pattern=_TEXT)]
ReleaseKey = Annotated[str, Query(pattern=r"^([a-z0-9-]+/[1-9][0-9]{0,8})?$")]
Key = Annotated[str, Path(max_length=200, pattern=_TEXT)]
Of = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="of this one only")]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


def page(
    request: HttpRequest,
    rows: QuerySet[ModelT, ModelT],
    limit: int,
    after: int,
    render: Callable[[QuerySet[ModelT, ModelT]], Iterable[tuple[int, Any]]],
) -> dict[str, Any]:
    """Up to ``limit`` rows whose id exceeds ``after``, with the address of the next page.

    ``render`` gives (id, item) pairs in id order.
    """
    found = list(render(rows.filter(pk__gt=after).order_by("pk")[: limit + 1]))
    following = None
    if len(found) > limit:
        found = found[:limit]
        query = request.GET.copy()
        query["after"] = str(found[-1][0])
        following = f"{request.path}?{query.urlencode()}"
    return {"items": [item for _, item in found], "next": following}


def page_of(request: HttpRequest, rows: Sequence[Any], limit: int, after: int) -> dict[str, Any]:
    """Up to ``limit`` of rows that are worked out, not stored: their order is their position."""
    following = None
    if len(rows) > after + limit:
        query = request.GET.copy()
        query["after"] = str(after + limit)
        following = f"{request.path}?{query.urlencode()}"
    return {"items": list(rows[after : after + limit]), "next": following}

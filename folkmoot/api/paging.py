"""Paging by position, not by offset: page 1,000 costs what page 1 does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from folkmoot.common.errors import BadInput, Fault

MAX_LIMIT = 1000
ModelT = TypeVar("ModelT", bound=Model)

# The largest key either database can hold; more would be a server error, not an empty page.
_MAX_KEY = 2**63 - 1


def page(
    request: HttpRequest,
    rows: QuerySet[ModelT, ModelT],
    limit: int,
    after: int,
    render: Callable[[QuerySet[ModelT, ModelT]], Iterable[tuple[int, Any]]],
) -> dict[str, Any]:
    """Up to ``limit`` rows whose id exceeds ``after``, with the address of the next page.

    ``render`` gives (id, item) pairs in id order. Raises BadInput for a limit or position
    outside what is allowed.
    """
    faults = []
    if not 1 <= limit <= MAX_LIMIT:
        faults.append(
            Fault("limit", f"{limit} is outside 1 to {MAX_LIMIT}.", "Ask for fewer at a time.")
        )
    if not 0 <= after <= _MAX_KEY:
        faults.append(Fault("after", f"{after} is not a position.", "Use the 'next' address."))
    if faults:
        raise BadInput(faults)
    found = list(render(rows.filter(pk__gt=after).order_by("pk")[: limit + 1]))
    following = None
    if len(found) > limit:
        found = found[:limit]
        query = request.GET.copy()
        query["after"] = str(found[-1][0])
        following = f"{request.path}?{query.urlencode()}"
    return {"items": [item for _, item in found], "next": following}

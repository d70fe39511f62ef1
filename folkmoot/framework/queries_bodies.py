"""Reads of where bodies stand. A body is compared with nothing, so nothing here ranks."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Concat

from folkmoot.bodies.rules import BODY_KINDS
from folkmoot.framework.models import BodyStanding
from folkmoot.framework.queries import Held, InUse
from folkmoot.framework.rules.facts import Fact
from folkmoot.framework.rules.wording import stands

_BEFORE = (
    "standard",
    "measure__slug",
    "body__slug",
    "period",
    "period_end",
    "state",
    "how",
    "failing",
    "due",
    "shortfall",
    "consecutive",
    "affected",
    "cases",
    "value",
)
_RELEASE = Concat(
    "release__source__slug",
    Value("/"),
    Cast("release__number", CharField()),
    output_field=CharField(),
)


def held_bodies(
    rows: QuerySet[BodyStanding, BodyStanding], in_use: InUse
) -> list[tuple[int, Held]]:
    """(id, standing) of rows of one framework, in their order: one query.

    The body's short name is ``fact.area`` and its name ``area_name``; no place has an
    ``area_slug`` here.
    """
    records: Any = rows.annotate(release_key=_RELEASE).values_list(
        "pk", *_BEFORE, "status", "release_key", "row", "newest", "body__name", "body__kind"
    )
    found = []
    for pk, *columns, status, release, row, newest, name, kind in records:
        fact = Fact(*[*columns, None, None, status, release, row or 0])
        standard = in_use.framework.standard(fact.standard)
        if standard is not None:
            says = stands(standard, fact, BODY_KINDS[kind], in_use.on if newest else None)
            found.append((pk, Held(standard, fact, newest, name, "", says)))
    return found


def history_of_body(body: int, in_use: InUse) -> list[Held]:
    """Where a body (its id) stands on every standard asked of it, oldest first. One query."""
    rows = BodyStanding.objects.filter(body_id=body, framework_id=in_use.id)
    return [held for _, held in held_bodies(rows.order_by("period_end", "pk"), in_use)]


def bodies_on(standard: str, in_use: InUse) -> list[Held]:
    """Every body on one standard in its newest period, by name. One query."""
    rows = BodyStanding.objects.filter(framework_id=in_use.id, standard=standard, newest=True)
    return [held for _, held in held_bodies(rows.order_by("body__name"), in_use)]

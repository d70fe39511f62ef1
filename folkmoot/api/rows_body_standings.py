"""Rows of where bodies stand, the same in JSON and CSV. Of the record only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from django.db.models import QuerySet

from folkmoot.api.rows_framework import find_standard, framework_key
from folkmoot.bodies.models import Body
from folkmoot.bodies.rules import BODY_KINDS
from folkmoot.common.errors import NotFound
from folkmoot.framework.models import BodyStanding
from folkmoot.framework.queries import Held, InUse
from folkmoot.framework.queries_bodies import held_bodies
from folkmoot.framework.rules.standing import STATES
from folkmoot.measures.models import Measure


@dataclass(frozen=True, slots=True)
class BodyStandingRow:
    """Where one body stands on one standard in one period. It is compared with no other."""

    framework: Annotated[str, "the framework and its version, as slug@version"]
    standard: Annotated[str, "id of the standard"]
    title: Annotated[str, "the standard in plain English"]
    kind: Annotated[str, "statutory-limit, national-standard, guidance, ambition or historic"]
    service: Annotated[str, "short name of the service; empty where the site has none such"]
    measure: Annotated[str, "short name of the measure that judges it"]
    body: Annotated[str, "short name of the body"]
    body_name: Annotated[str, "name of the body, or its code where no name is held"]
    period: Annotated[str, "ISO 8601: start/length, or a date"]
    newest: Annotated[bool, "whether the period is the newest judged"]
    state: Annotated[str, "meets, below, cannot-say or not-in-release"]
    how: Annotated[str, "where below: every-case"]
    failing: Annotated[bool, "whether it is below a minimum that binds and is due"]
    due: Annotated[bool, "whether the standard had fallen due"]
    value: Annotated[float | None, "the figure; empty where there is none"]
    unit: Annotated[str, "unit of value, line and shortfall"]
    line: Annotated[float | None, "value at which the standard is met"]
    shortfall: Annotated[float | None, "how far beyond the line"]
    consecutive: Annotated[int, "published periods below in a row, this one included"]
    affected: Annotated[int | None, "cases for which it was not met, where counted"]
    cases: Annotated[int | None, "cases counted: the measure says of what"]
    status: Annotated[str, "the source's mark"]
    says: Annotated[str, "the standing in words"]
    release: Annotated[str, "source/number of the release it comes from"]
    row: Annotated[int | None, "row of that release's file, the header being row 1"]


def body_standings_like(
    in_use: InUse,
    *,
    body: Body | None = None,
    kind: str = "",
    standard: str = "",
    state: str = "",
    failing: bool | None = None,
    newest: bool = True,
) -> QuerySet[BodyStanding, BodyStanding]:
    """Standings of bodies by one framework, narrowed. Raises NotFound for what is not known."""
    rows = BodyStanding.objects.filter(framework_id=in_use.id)
    if body is not None:
        rows = rows.filter(body=body)
    if kind:
        if kind not in BODY_KINDS:
            raise NotFound(f"There is no such kind of body. There are: {', '.join(BODY_KINDS)}.")
        rows = rows.filter(body__kind=kind)
    if standard:
        rows = rows.filter(standard=find_standard(standard, in_use).id)
    if state:
        if state not in STATES:
            raise NotFound(f"There is no such state. There are: {', '.join(STATES[1:])}.")
        rows = rows.filter(state=state)
    if failing is not None:
        rows = rows.filter(failing=failing)
    return rows.filter(newest=True) if newest else rows


def body_standing_rows(
    rows: QuerySet[BodyStanding, BodyStanding], in_use: InUse
) -> Iterable[tuple[int, BodyStandingRow]]:
    """(position, row) of each standing: two queries."""
    units = dict(Measure.objects.values_list("slug", "unit"))
    key = framework_key(in_use)
    for pk, held in held_bodies(rows, in_use):
        yield pk, _row(key, held, units[held.fact.measure])


def _row(framework: str, held: Held, unit: str) -> BodyStandingRow:
    standard, fact = held.standard, held.fact
    return BodyStandingRow(
        framework=framework,
        standard=standard.id,
        title=standard.title,
        kind=standard.kind,
        service=standard.service or "",
        measure=fact.measure,
        body=fact.area,
        body_name=held.area_name,
        period=fact.period,
        newest=held.newest,
        state=fact.state,
        how=fact.how,
        failing=fact.failing,
        due=fact.due,
        value=fact.value,
        unit=unit,
        line=standard.line,
        shortfall=fact.shortfall,
        consecutive=fact.consecutive,
        affected=fact.affected,
        cases=fact.cases,
        status=fact.status,
        says=held.says,
        release=fact.release,
        row=fact.row or None,
    )

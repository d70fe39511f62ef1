"""Rows of standards and standings, the same in JSON and CSV. Of the record only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated

from django.db.models import QuerySet

from folkmoot.common.errors import NotFound
from folkmoot.framework.catalogue import Standard
from folkmoot.framework.models import FrameworkVersion, Standing
from folkmoot.framework.queries import (
    SHIPPED,
    Held,
    InUse,
    Required,
    current,
    held_rows,
    last_day,
    required,
    superseded,
    version_of,
    versions,
)
from folkmoot.framework.rules.standing import STATES
from folkmoot.measures.models import Measure
from folkmoot.places.models import Area


@dataclass(frozen=True, slots=True)
class StandardRow:
    """What a framework requires or asks for, and how all places stand on it now."""

    framework: Annotated[str, "the framework and its version, as slug@version"]
    standard: Annotated[str, "id of the standard"]
    title: Annotated[str, "the standard in plain English"]
    kind: Annotated[str, "statutory-limit, national-standard, guidance, ambition or historic"]
    minimum: Annotated[bool, "whether missing it is being below the minimum"]
    in_force: Annotated[bool, "whether it is asked for on the day"]
    service: Annotated[str, "short name of the service; empty where the site has none such"]
    subject: Annotated[str, "what it is about, where service is empty"]
    operator: Annotated[str, "how value is meant: >=, <=, within or ="]
    value: Annotated[str, "what is asked, in unit"]
    unit: Annotated[str, "unit of value"]
    per_case: Annotated[bool, "whether it limits each case, not a share"]
    measure: Annotated[str, "short name of the measure that judges it; empty: no figures"]
    line: Annotated[float | None, "value of the measure, in its unit, at which it is met"]
    due: Annotated[dt.date | None, "of a milestone: judged from this day"]
    starts: Annotated[dt.date | None, "in force from"]
    ends: Annotated[dt.date | None, "in force to; empty while it is"]
    dates_note: Annotated[str, "what is not known of the dates"]
    applies_to: Annotated[tuple[str, ...], "kinds of area it is asked of"]
    bodies: Annotated[tuple[str, ...], "kinds of body it is asked of besides"]
    base: Annotated[str, "how what is counted differs from what is asked"]
    doubt: Annotated[str, "why a figure short of the line does not prove a breach"]
    source: Annotated[str, "who says so"]
    source_link: Annotated[str, "link to that"]
    checked: Annotated[dt.date, "when the source was read"]
    period: Annotated[str, "newest period judged, ISO 8601; empty where nothing is"]
    meets: Annotated[int, "places that meet it in that period"]
    below: Annotated[int, "places short of it in that period"]
    cannot_say: Annotated[int, "places of which it cannot be said"]
    not_in_release: Annotated[int, "places that the release leaves out"]
    failing: Annotated[int, "places below the minimum"]
    note: Annotated[str, "why there is nothing to judge it by"]


@dataclass(frozen=True, slots=True)
class StandingRow:
    """Where one place stands on one standard in one period."""

    framework: Annotated[str, "the framework and its version, as slug@version"]
    standard: Annotated[str, "id of the standard"]
    title: Annotated[str, "the standard in plain English"]
    kind: Annotated[str, "statutory-limit, national-standard, guidance, ambition or historic"]
    service: Annotated[str, "short name of the service; empty where the site has none such"]
    measure: Annotated[str, "short name of the measure that judges it"]
    area: Annotated[str, "GSS code of the place"]
    area_name: Annotated[str, "name of the place"]
    period: Annotated[str, "ISO 8601: start/length, or a date"]
    newest: Annotated[bool, "whether the period is the newest judged"]
    state: Annotated[str, "meets, below, cannot-say or not-in-release"]
    how: Annotated[str, "where below: within-chance, beyond-chance or every-case"]
    failing: Annotated[bool, "whether it is below a minimum that binds and is due"]
    due: Annotated[bool, "whether the standard had fallen due"]
    value: Annotated[float | None, "the figure; empty where there is none"]
    unit: Annotated[str, "unit of value, lower, upper, line and shortfall"]
    line: Annotated[float | None, "value at which the standard is met"]
    lower: Annotated[float | None, "lower limit of the figure"]
    upper: Annotated[float | None, "upper limit of the figure"]
    shortfall: Annotated[float | None, "how far beyond the line"]
    consecutive: Annotated[int, "published periods below in a row, this one included"]
    affected: Annotated[int | None, "cases for which it was not met, where counted"]
    cases: Annotated[int | None, "cases counted: the measure says of what"]
    status: Annotated[str, "the source's mark"]
    says: Annotated[str, "the standing in words"]
    release: Annotated[str, "source/number of the release it comes from"]
    row: Annotated[int | None, "row of that release's file, the header being row 1"]


def framework_called(key: str, on: dt.date) -> InUse:
    """A framework of the record: the one in use on a day, or ``slug`` or ``slug@version``.

    Raises NotFound, for illustrative ones too: they are for rehearsals and nobody's rules.
    """
    slug, _, version = key.partition("@")
    known = [f"{each.framework.slug}@{each.framework.version}" for each in versions()]
    if key and key not in known and slug not in {each.partition("@")[0] for each in known}:
        raise NotFound(f"There is no framework {key!r}. There are: {', '.join(known)}.")
    found = version_of(slug, version, on) if version else current(on, slug or SHIPPED)
    if version:
        found = replace(found, until=last_day(found.framework, superseded(found)))
    if found.space != FrameworkVersion.Space.RECORD:
        raise NotFound(f"There is no framework {key!r}. There are: {', '.join(known)}.")
    return found


def framework_key(in_use: InUse) -> str:
    """How doors name a version of a framework."""
    return f"{in_use.framework.slug}@{in_use.framework.version}"


def find_standard(key: str, in_use: InUse) -> Standard:
    """A standard of a framework. Raises NotFound, naming those that can be judged."""
    found = in_use.framework.standard(key)
    if found is None:
        judged = ", ".join(standard.id for standard in in_use.framework.judged)
        raise NotFound(f"There is no standard {key!r}. Those with figures: {judged}.")
    return found


def standard_rows(in_use: InUse, on: dt.date, service: str | None = None) -> list[StandardRow]:
    """Every standard of a framework, in its order: one query."""
    key = framework_key(in_use)
    return [_standard_row(key, asked) for asked in required(in_use, on, service)]


def _standard_row(framework: str, asked: Required) -> StandardRow:
    standard, states = asked.standard, asked.states
    value = standard.value if isinstance(standard.value, str) else f"{standard.value:g}"
    return StandardRow(
        framework=framework,
        standard=standard.id,
        title=standard.title,
        kind=standard.kind,
        minimum=standard.minimum,
        in_force=asked.in_force,
        service=standard.service or "",
        subject=standard.subject,
        operator=standard.operator,
        value=value,
        unit=standard.unit,
        per_case=standard.per_case,
        measure=standard.measure or "",
        line=standard.line,
        due=standard.due,
        starts=standard.starts,
        ends=standard.ends,
        dates_note=standard.dates_note,
        applies_to=tuple(sorted(standard.applies_to)),
        bodies=tuple(sorted(standard.bodies)),
        base=standard.base,
        doubt=standard.doubt,
        source=standard.source.title,
        source_link=standard.source.link,
        checked=standard.source.checked,
        period=asked.period,
        meets=states.get("meets", 0),
        below=states.get("below", 0),
        cannot_say=states.get("cannot-say", 0),
        not_in_release=states.get("not-in-release", 0),
        failing=asked.failing,
        note=asked.note,
    )


def standings_like(
    in_use: InUse,
    *,
    area: Area | None = None,
    standard: str = "",
    service: str = "",
    state: str = "",
    failing: bool | None = None,
    newest: bool = True,
) -> QuerySet[Standing, Standing]:
    """Standings of one framework. ``newest`` False: every period. Raises NotFound."""
    rows = Standing.objects.filter(framework_id=in_use.id)
    if area is not None:
        rows = rows.filter(area=area)
    if standard:
        rows = rows.filter(standard=find_standard(standard, in_use).id)
    if service:
        of_service = [each.id for each in in_use.framework.standards if each.service == service]
        rows = rows.filter(standard__in=of_service)
    if state:
        if state not in STATES:
            raise NotFound(f"There is no such state. There are: {', '.join(STATES[1:])}.")
        rows = rows.filter(state=state)
    if failing is not None:
        rows = rows.filter(failing=failing)
    return rows.filter(newest=True) if newest else rows


def standing_rows(
    rows: QuerySet[Standing, Standing], in_use: InUse
) -> Iterable[tuple[int, StandingRow]]:
    """(position, row) of each standing: two queries."""
    units = dict(Measure.objects.values_list("slug", "unit"))
    key = framework_key(in_use)
    for pk, held in held_rows(rows, in_use):
        yield pk, _standing_row(key, held, units[held.fact.measure])


def _standing_row(framework: str, held: Held, unit: str) -> StandingRow:
    standard, fact = held.standard, held.fact
    return StandingRow(
        framework=framework,
        standard=standard.id,
        title=standard.title,
        kind=standard.kind,
        service=standard.service or "",
        measure=fact.measure,
        area=fact.area,
        area_name=held.area_name,
        period=fact.period,
        newest=held.newest,
        state=fact.state,
        how=fact.how,
        failing=fact.failing,
        due=fact.due,
        value=fact.value,
        unit=unit,
        line=standard.line,
        lower=fact.lower,
        upper=fact.upper,
        shortfall=fact.shortfall,
        consecutive=fact.consecutive,
        affected=fact.affected,
        cases=fact.cases,
        status=fact.status,
        says=held.says,
        release=fact.release,
        row=fact.row or None,
    )

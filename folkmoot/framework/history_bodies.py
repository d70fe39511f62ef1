"""The figures of bodies that standards are judged by, as arrays: the same panel as for places."""

from __future__ import annotations

import datetime as dt

import numpy as np

from folkmoot.bodies.models import Body
from folkmoot.framework.rules.standing import Panel
from folkmoot.measures.models import BodyObservation, Measure, Release
from folkmoot.measures.rules.periods import parse


def body_release(measure: Measure) -> Release | None:
    """The published release of the source that the measure's figures of bodies come from."""
    reading = measure.definition.get("bodies")
    if not reading:
        return None
    return (
        Release.objects.select_related("source")
        .filter(source__slug=reading["dataset"], state=Release.State.PUBLISHED)
        .first()
    )


def body_panel(measure: Measure, release: Release) -> Panel | None:
    """Every body of which the release counts anybody: None if there is none. Two queries.

    A body that saw nobody in any period is left out: nothing could be asked of it. Which bodies
    ended, and when, is not known, so all of them are taken to be there throughout. Its counts are
    those that the value is the share of: figures of bodies have no others (``BodyReading``).
    """
    columns = ("body", "period", "period_end", "value", "numerator", "denominator", "row", "status")
    found = list(
        BodyObservation.objects.filter(measure=measure, release=release).values_list(*columns)
    )
    seen = sorted({slug for slug, *_, cases, _row, _status in found if cases})
    if not seen:
        return None
    periods = sorted({(end, period) for _, period, end, *_ in found})
    place = {slug: at for at, slug in enumerate(seen)}
    column = {period: at for at, (_, period) in enumerate(periods)}
    shape = (len(seen), len(periods))
    value, cases, above = (np.full(shape, np.nan) for _ in range(3))
    number, status = np.zeros(shape, dtype=np.int64), np.full(shape, "", dtype="<U60")
    for slug, period, _end, figure, over, counted, row, mark in found:
        if slug in place:
            at = place[slug], column[period]
            # What there is none of becomes NaN.
            value[at], cases[at], above[at] = np.array([figure, counted, over], dtype=np.float64)
            number[at], status[at] = row, mark
    kinds = {
        slug: (name, kind)
        for slug, name, kind in Body.objects.filter(slug__in=seen).values_list(
            "slug", "name", "kind"
        )
    }
    always = np.full(len(seen), np.datetime64("NaT"), dtype="datetime64[D]")
    nothing = np.full(shape, np.nan)
    return Panel(
        measure=measure.slug,
        polarity=measure.polarity,
        quantity=measure.quantity,
        every_case=bool(measure.definition.get("every_case")),
        people=bool(measure.definition.get("people")),
        step=10.0**-measure.decimals,
        top=float(measure.definition.get("per") or 100.0),
        release=f"{release.source.slug}/{release.number}",
        areas=tuple(seen),
        names=tuple(kinds[slug][0] for slug in seen),
        kinds=tuple(kinds[slug][1] for slug in seen),
        first=always,
        last=always,
        periods=tuple(period for _, period in periods),
        starts=_days([parse(period).start for _, period in periods]),
        ends=_days([end for end, _ in periods]),
        value=value,
        lower=nothing,
        upper=nothing,
        cases=cases,
        row=number,
        status=status,
        above=above,
    )


def _days(days: list[dt.date]) -> np.ndarray[tuple[int, ...], np.dtype[np.datetime64]]:
    return np.array(days, dtype="datetime64[D]")

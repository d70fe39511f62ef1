"""The figures that standards are judged by: every place and period of a measure, as arrays."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np

from folkmoot.framework.catalogue import Framework
from folkmoot.framework.rules.standing import Judged, Panel, judge
from folkmoot.measures.models import Account, Measure, MeasureAccount, Observation
from folkmoot.measures.rules.definition import HISTORY_FIELDS
from folkmoot.measures.rules.periods import parse

Panels = dict[str, Panel]
_Floats = np.ndarray[Any, np.dtype[np.float64]]
_Count = tuple[str, str, float | None, float | None]
# What is read of each place of a measure.
_COLUMNS = ("area__code", "area__name", "area__kind", "area__started", "area__ended", "history")
_AT = {name: position for position, name in enumerate(HISTORY_FIELDS)}


def panels(measures: Collection[str], nation: str) -> Panels:
    """The panel of each of these measures that has an account, by slug: places of one nation.

    Three queries, however many measures there are.
    """
    accounts = list(
        MeasureAccount.objects.filter(measure__slug__in=measures).select_related(
            "measure", "release__source"
        )
    )
    by_measure = {account.measure_id: account for account in accounts}
    counted = _counted(accounts)
    # One measure at a time: all histories at once would take ten times the memory of the panels.
    rows = (
        Account.objects.filter(measure__in=by_measure, area__nation=nation)
        .order_by("measure_id")
        .values_list("measure_id", *_COLUMNS)
        .iterator(chunk_size=500)
    )
    found: Panels = {}
    for measure, own in groupby(rows, key=itemgetter(0)):
        places = sorted((row[1:] for row in own), key=itemgetter(0))
        account = by_measure[measure]
        found[account.measure.slug] = _panel(account, places, counted.get(measure, ()))
    return dict(sorted(found.items()))


def panels_of(framework: Framework) -> Panels:
    """The panels of every measure that the framework's standards are judged by."""
    slugs = {standard.measure for standard in framework.judged if standard.measure}
    return panels(slugs, framework.nation)


def judged(framework: Framework, held: Panels) -> dict[str, Judged]:
    """Where every place stands on every standard whose measure is in ``held``, by standard."""
    return {
        standard.id: judge(held[standard.measure], standard)
        for standard in framework.judged
        if standard.measure in held
    }


def release_key(account: MeasureAccount) -> str:
    """The release that an account rests on, as ``source/number``."""
    return f"{account.release.source.slug}/{account.release.number}"


def _panel(
    account: MeasureAccount, rows: Sequence[tuple[Any, ...]], counted: Sequence[_Count]
) -> Panel:
    """The panel of one measure; ``rows``: ``_COLUMNS`` of each place, in order of their codes."""
    measure: Measure = account.measure
    definition: dict[str, Any] = measure.definition
    reading: dict[str, Any] = definition.get("reading") or {}
    periods = sorted(
        {(entry[_AT["end"]], entry[_AT["period"]]) for row in rows for entry in row[5]}
    )
    column = {key: t for t, (_, key) in enumerate(periods)}
    shape = (len(rows), len(periods))
    value, lower, upper = (np.full(shape, np.nan) for _ in range(3))
    number = np.zeros(shape, dtype=np.int64)
    status = np.full(shape, "", dtype="<U60")
    for place, row in enumerate(rows):
        for entry in row[5]:
            t = column[entry[_AT["period"]]]
            for grid, name in ((value, "value"), (lower, "lower"), (upper, "upper")):
                if entry[_AT[name]] is not None:
                    grid[place, t] = entry[_AT[name]]
            number[place, t] = entry[_AT["row"]] or 0
            status[place, t] = entry[_AT["status"]] or ""
    codes = tuple(row[0] for row in rows)
    cases, above = _cases(counted, codes, column)
    return Panel(
        measure=measure.slug,
        polarity=measure.polarity,
        quantity=measure.quantity,
        every_case=bool(definition.get("every_case")),
        people=bool(definition.get("people")),
        step=10.0**-measure.decimals,
        top=float(definition.get("per") or 100.0),
        release=release_key(account),
        areas=codes,
        names=tuple(row[1] for row in rows),
        kinds=tuple(row[2] for row in rows),
        first=np.array([row[3] for row in rows], dtype="datetime64[D]"),
        last=np.array([row[4] for row in rows], dtype="datetime64[D]"),
        periods=tuple(key for _, key in periods),
        starts=np.array([parse(key).start for _, key in periods], dtype="datetime64[D]"),
        ends=np.array([dt.date.fromisoformat(end) for end, _ in periods], dtype="datetime64[D]"),
        value=value,
        lower=lower,
        upper=upper,
        cases=cases,
        row=number,
        status=status,
        above=above,
        about=bool((reading.get("counted_by") or {}).get("about")),
    )


def _counted(accounts: Sequence[MeasureAccount]) -> dict[int, list[_Count]]:
    """Of each measure of people, in the release it rests on: place, period, and how many cases
    were counted, and how many of them the figure is the share of."""
    release = {
        account.measure_id: account.release_id
        for account in accounts
        if account.measure.definition.get("people")
    }
    rows = Observation.objects.filter(
        measure__in=release, release__in=set(release.values()), denominator__isnull=False
    ).values_list("measure_id", "release_id", "area__code", "period", "denominator", "numerator")
    found: dict[int, list[_Count]] = defaultdict(list)
    for measure, of, code, period, cases, above in rows.iterator(chunk_size=5000):
        if release[measure] == of:
            found[measure].append((code, period, cases, above))
    return found


def _cases(
    counted: Sequence[_Count], codes: tuple[str, ...], column: dict[str, int]
) -> tuple[_Floats, _Floats]:
    """Denominators and numerators (P, T) of people, NaN where the publisher gives none."""
    cases = np.full((len(codes), len(column)), np.nan)
    above = np.full_like(cases, np.nan)
    place = {code: index for index, code in enumerate(codes)}
    for code, period, below_line, above_line in counted:
        if code in place and period in column:
            at = place[code], column[period]
            cases[at] = np.nan if below_line is None else below_line
            above[at] = np.nan if above_line is None else above_line
    return cases, above

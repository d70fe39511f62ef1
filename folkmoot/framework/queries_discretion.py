"""What is left to places in one service: the range of what they have of each measure."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from django.db.models import F

from folkmoot.framework.catalogue import MINIMUMS
from folkmoot.framework.queries import InUse, Required, required
from folkmoot.measures.models import Account, MeasureAccount

# What a measure is under: a limit of law or a national standard, guidance or an ambition, nothing.
BOUND, ASKED, FREE = "bound", "asked", "free"


@dataclass(frozen=True, slots=True)
class Choice:
    """One measure, and the range of what the places of the framework's nation have.

    ``low``, ``middle``, ``high``: a tenth, half and nine tenths of the places compared lie at or
    below; None where nothing is compared. ``under``: "bound", "asked" or "free".
    """

    measure: str
    title: str
    unit: str
    decimals: int
    polarity: str
    period: str
    places: int
    low: float | None
    middle: float | None
    high: float | None
    under: str


@dataclass(frozen=True, slots=True)
class Discretion:
    """What a framework requires of a service; everything else is for local decision."""

    service: str
    required: tuple[Required, ...]
    choices: tuple[Choice, ...]


def discretion(service: str, in_use: InUse, on: dt.date) -> Discretion:
    """What is required of a service, and the range of what places choose or have.

    Measures without a place of the framework's nation are left out. Three queries.
    """
    asked = required(in_use, on, service)
    under: dict[str, str] = {}
    for one in asked:
        if one.in_force and one.standard.measure:
            binds = one.standard.kind in MINIMUMS
            if binds or one.standard.measure not in under:
                under[one.standard.measure] = BOUND if binds else ASKED
    rows = MeasureAccount.objects.filter(measure__service__slug=service).select_related("measure")
    ordered = rows.order_by(F("measure__headline").asc(nulls_last=True), "measure__title")
    values = _values(service, in_use.framework.nation)
    choices = [
        _choice(row, values[row.measure_id], under.get(row.measure.slug, FREE))
        for row in ordered
        if row.measure_id in values
    ]
    return Discretion(service, tuple(asked), tuple(choices))


def _values(service: str, nation: str) -> dict[int, list[float]]:
    """Measure → the newest figures of the places of a nation that are compared on it."""
    rows = Account.objects.filter(measure__service__slug=service, area__nation=nation)
    found: dict[int, list[float]] = defaultdict(list)
    columns = ("measure_id", "value", "compared", "newest")
    for measure, value, compared, newest in rows.values_list(*columns):
        own = found[measure]
        if compared and newest and value is not None:
            own.append(value)
    return found


def _choice(row: MeasureAccount, values: list[float], under: str) -> Choice:
    low, middle, high = (
        (float(each) for each in np.quantile(values, (0.1, 0.5, 0.9))) if values else (None,) * 3
    )
    measure = row.measure
    return Choice(
        measure.slug,
        measure.title,
        measure.unit,
        measure.decimals,
        measure.polarity,
        row.period,
        len(values),
        low,
        middle,
        high,
        under,
    )

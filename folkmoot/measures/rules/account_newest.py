"""What is said of a measure's newest period: funnel, ranks, variation; and of its course: trend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from folkmoot.stats.funnel import NOT_JUDGED, overdispersed_funnel
from folkmoot.stats.ranks import shrunken_rank_ranges
from folkmoot.stats.trend import TrendResult, trends
from folkmoot.stats.variation import between_places, fewer_affected

from .account_noise import Ground, Noise, usable_periods
from .definition import FUNNEL, TRENDS

Floats = NDArray[np.float64]
Codes = NDArray[np.uint8]

FEWEST_RANKED = 10
DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest period, (P,): funnel codes, ranks with range (0: none) and shrunken values."""

    funnel: Codes  # index into FUNNEL
    shrunken: Floats  # published units
    rank: NDArray[np.int32]
    rank_lower: NDArray[np.int32]
    rank_upper: NDArray[np.int32]
    rank_note: list[str]
    field: int
    variation: dict[str, object]


def standing(ground: Ground, noise: Noise) -> Standing:
    """Funnel, ranks and variation among the places compared in the newest period.

    The funnel's target is the field's precision-weighted mean with the variance between places
    allowed for. Ranks come from draws of shrunken values; none is shown where its range spans more
    than half of the field.
    """
    field, newest = ground.field, ground.field.newest
    inside = field.in_newest(ground.grid.value)
    y = np.where(inside, ground.y[:, newest], np.nan)
    error = np.where(inside, noise.error[:, newest], np.nan)
    sure = np.isfinite(y) & np.isfinite(error)
    places, count = len(y), int(inside.sum())
    funnel = np.full(places, FUNNEL.index("not-compared"), dtype=np.uint8)
    funnel[field.compared] = FUNNEL.index("cannot-say")
    shrunken = np.full(places, np.nan)
    rank, low, high = (np.zeros(places, dtype=np.int32) for _ in range(3))
    notes = ["context" if not who else "old" for who in field.compared]
    variation: dict[str, object] = {}
    basis_note = "no-basis"
    if sure.sum() >= 2:
        ranks = shrunken_rank_ranges(
            y[sure], error[sure], ground.definition.polarity != "lower", draws=DRAWS
        )
        shrunken[sure] = ground.scale.back(ranks.shrunken)
        variation = _variation(ground, y, error, shrunken, sure)
    if sure.sum() >= FEWEST_RANKED:
        target = float(between_places(y[sure], error[sure]).mean)
        judged = overdispersed_funnel(y[sure], error[sure], target)
        codes = np.where(judged.code == NOT_JUDGED, FUNNEL.index("cannot-say"), judged.code)
        funnel[sure] = codes
        rank[sure], low[sure], high[sure] = ranks.rank, ranks.lower, ranks.upper
        wide = (high - low + 1) > sure.sum() / 2
    else:
        basis_note = "too-few" if sure.any() else "no-basis"
        wide = np.zeros(places, dtype=bool)
    judgement = ground.definition.polarity != "none"
    for index in np.flatnonzero(inside):
        if not judgement:
            notes[index] = "no-judgement"
        elif rank[index] == 0:
            notes[index] = basis_note
        else:
            notes[index] = "range-too-wide" if wide[index] else ""
    if not judgement:
        rank[:] = low[:] = high[:] = 0
    return Standing(funnel, shrunken, np.where(wide, 0, rank), low, high, notes, count, variation)


def _variation(
    ground: Ground, y: Floats, error: Floats, shrunken: Floats, sure: NDArray[np.bool_]
) -> dict[str, object]:
    """How far places differ beyond chance, and what reaching the middle would mean."""
    result = between_places(y[sure], error[sure])
    low, middle, high = np.quantile(shrunken[sure], [0.1, 0.5, 0.9])
    summary: dict[str, object] = {
        "i2": _plain(result.i2),
        "i2_lower": _plain(result.i2_lower),
        "i2_upper": _plain(result.i2_upper),
        "tau": _plain(np.sqrt(result.tau2)),
        "q_p": _plain(result.p),
        "low": _plain(low),
        "middle": _plain(middle),
        "high": _plain(high),
        "fewer": None,
        "fewer_of": None,
    }
    definition = ground.definition
    people = ground.weights.weight[:, ground.field.newest]
    counted = ground.weights.name == "denominators" and definition.people
    if counted and definition.polarity != "none" and definition.per:
        share = 1 / definition.per
        summary["fewer"] = _plain(
            fewer_affected(
                shrunken[sure] * share,
                people[sure],
                float(middle) * share,
                definition.polarity == "higher",
            )
        )
        summary["fewer_of"] = _plain(float(np.nansum(people[sure])))
    return summary


def trend_of(ground: Ground) -> tuple[TrendResult, NDArray[np.intp]]:
    """The trend of every place since the last break, and the periods it is told over.

    Periods never overlap. A seasonal series first loses the season that places share: the mean of
    each season over places and years, once each place's own level and the common straight line are
    taken out.
    """
    kept = np.flatnonzero(usable_periods(ground.grid, ground.definition))
    values = ground.y[:, kept]
    if ground.definition.seasonal:
        values = values - _season(values, ground.grid.starts[kept])
    family = ground.field.family
    return _both(trends(values[family]), trends(values[~family]), family), kept


def _both(places: TrendResult, wholes: TrendResult, family: NDArray[np.bool_]) -> TrendResult:
    """One result from two families of signals: places, and the wholes that they lie in."""

    def merged(a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]:
        out = np.empty(len(family), dtype=a.dtype)
        out[family], out[~family] = a, b
        return out

    method = merged(np.array(places.method, dtype=object), np.array(wholes.method, dtype=object))
    return TrendResult(
        tuple(method.tolist()),
        merged(places.direction, wholes.direction),
        merged(places.p, wholes.p),
        merged(places.since_index, wholes.since_index),
        merged(places.too_short, wholes.too_short),
    )


def _season(values: Floats, starts: NDArray[np.intp]) -> Floats:
    """What each period owes to its season, (T,): the month-by-month pattern all places share."""
    known = np.isfinite(values)
    if not known.any():
        return np.zeros(values.shape[1])
    count = np.maximum(known.sum(axis=1, keepdims=True), 1)
    level = np.where(known, values, 0.0).sum(axis=1, keepdims=True) / count
    apart = np.where(known, values - level, 0.0)
    common = apart.sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    months = starts.astype("datetime64[D]").astype("datetime64[M]").astype(np.intp) % 12
    present = np.unique(months)
    dummies = (months[:, None] == present[None, :]).astype(np.float64)
    if len(starts) < 2 * len(present):
        return np.zeros(values.shape[1])
    time = (starts - starts.mean()) / 365.25
    design = np.column_stack([dummies, time])
    solution = np.linalg.lstsq(design, common, rcond=None)[0]
    pattern = dummies @ solution[:-1]
    return np.asarray(pattern - pattern.mean())


def trend_words(result: TrendResult, polarity: str) -> Codes:
    """The trend of every place as an index into TRENDS."""
    rising, falling = {
        "higher": ("improving", "worsening"),
        "lower": ("worsening", "improving"),
        "none": ("rising", "falling"),
    }[polarity]
    words = np.full(len(result.direction), TRENDS.index("no-clear-trend"), dtype=np.uint8)
    words[result.direction > 0] = TRENDS.index(rising)
    words[result.direction < 0] = TRENDS.index(falling)
    words[result.too_short] = TRENDS.index("too-short")
    return words


def _plain(number: float | np.floating) -> float | None:
    """A number for JSON with what digits it can bear; None where there is none."""
    value = float(number)
    return float(f"{value:.6g}") if np.isfinite(value) else None

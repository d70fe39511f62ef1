"""What the account says of a measure as a whole: plain values, ready for JSON."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from .account_benchmark import Benchmark
from .account_newest import trend_words
from .account_tables import Findings
from .definition import FUNNEL, TRENDS, VERDICTS, Geography

Floats = NDArray[np.float64]


def summarise(findings: Findings, geography: Geography, nation: Benchmark) -> dict[str, object]:
    """Scale, basis, benchmark weights, nations and field over time, variation and counts.

    ``nations``: code → [period, value, lower, upper] oldest first; ``all``: [period, median, tenth
    percentile, ninetieth percentile] of the places compared; ``counts``: benchmark → verdict →
    places in the newest period; ``trends`` likewise.
    """
    ground, field = findings.ground, findings.ground.field
    grid = ground.grid
    inside = field.in_newest(grid.value)
    counts = {
        name: _count(verdict[inside, field.newest], VERDICTS)
        for name, (_, verdict) in findings.benchmarks().items()
    }
    words = trend_words(findings.trend[0], ground.definition.polarity)
    trending = field.family & np.isfinite(grid.value[:, field.newest])
    return {
        "scale": ground.scale.kind,
        "basis": {"name": findings.noise.basis, "note": findings.noise.note}
        | findings.noise.details,
        "benchmark_weights": ground.weights.name,
        "benchmark_level": "published figure" if nation.anchored else "places",
        "methods": _methods(findings),
        "nations": _nations(findings, geography),
        "all": _field_over_time(grid.value, field.family, grid.periods),
        "variation": findings.standing.variation,
        "counts": counts,
        "funnel": _count(findings.standing.funnel[inside], FUNNEL),
        "trends": _count(words[trending], TRENDS),
        "periods": list(grid.periods),
        "field": findings.standing.field,
        "silent": dict(
            Counter(
                [reason for reason in findings.silences.code if reason]
                + [reason for _, reason, _ in findings.silences.absent]
            )
        ),
    }


def _methods(findings: Findings) -> dict[str, str]:
    """Names of the methods used, as the methods page explains them."""
    interval = {
        "published-limits": "limits as published",
        "wilson": "Wilson score",
        "byar": "Byar, exact Poisson below 10 events",
        "usual-movement": "mean moving range, pooled variances",
        "none": "none",
    }[findings.noise.basis]
    return {
        "interval": interval,
        "comparison": "Benjamini-Hochberg, false discovery rate 5%",
        "similar": "median of similar places",
        "funnel": "Spiegelhalter 2005, additive over-dispersion",
        "rank": "draws of shrunken values, 95% range",
        "variation": "DerSimonian-Laird",
        "trend": "process-behaviour from 12 periods, Theil-Sen with Mann-Kendall from 6",
    }


def _nations(findings: Findings, geography: Geography) -> dict[str, list[list[object]]]:
    grid, noise = findings.ground.grid, findings.noise
    wanted = set(findings.ground.field.nation.codes)
    nations: dict[str, list[list[object]]] = {}
    for index, code in enumerate(grid.areas):
        if code in wanted or geography.kind.get(code, "") in ("nation", "country-group"):
            nations[code] = [
                [
                    grid.periods[period],
                    *(_number(part[index, period]) for part in (grid.value, noise.lower)),
                    _number(noise.upper[index, period]),
                ]
                for period in np.flatnonzero(np.isfinite(grid.value[index]))
            ]
    return nations


def _field_over_time(
    value: Floats, family: NDArray[np.bool_], periods: list[str]
) -> list[list[object]]:
    ordered = np.sort(value[family], axis=0)  # NaN goes last
    count = np.isfinite(ordered).sum(axis=0)
    seen = np.flatnonzero(count)
    parts = []
    for share in (0.5, 0.1, 0.9):
        place = share * (count[seen] - 1)
        below = np.floor(place).astype(np.intp)
        above = np.minimum(below + 1, count[seen] - 1)
        low, high = ordered[below, seen], ordered[above, seen]
        parts.append(low + (place - below) * (high - low))
    return [
        [periods[index], *(_number(part[position]) for part in parts)]
        for position, index in enumerate(seen)
    ]


def _count(codes: NDArray[np.uint8], words: tuple[str, ...]) -> dict[str, int]:
    tally = np.bincount(codes, minlength=len(words))
    return {word: int(tally[index]) for index, word in enumerate(words) if tally[index]}


def _number(value: float) -> float | None:
    return float(f"{value:.8g}") if np.isfinite(value) else None

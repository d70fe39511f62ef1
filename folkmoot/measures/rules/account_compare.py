"""Whether each place differs from each benchmark by more than chance, and what to call it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from folkmoot.stats.comparison import benjamini_hochberg, middle_of, two_sided_p

from .account_benchmark import Benchmark, benchmark_error
from .account_noise import Ground, Noise, standardised
from .definition import VERDICTS

Floats = NDArray[np.float64]
Codes = NDArray[np.uint8]

FALSE_DISCOVERY_RATE = 0.05
FEWEST_SIMILAR = 5
NEVER_CLEAR = 1.9

NO_CLEAR_DIFFERENCE = VERDICTS.index("no-clear-difference")
CANNOT_SAY = VERDICTS.index("cannot-say")
NOT_COMPARED = VERDICTS.index("not-compared")
# Verdict above and below the benchmark, for each polarity.
ABOVE_BELOW = {
    "higher": (VERDICTS.index("better"), VERDICTS.index("worse")),
    "lower": (VERDICTS.index("worse"), VERDICTS.index("better")),
    "none": (VERDICTS.index("higher"), VERDICTS.index("lower")),
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One benchmark for every place and period, (P, T): its value, and the verdict as a code."""

    value: Floats  # in published units, NaN for none
    verdict: Codes  # index into VERDICTS


@dataclass(frozen=True, slots=True)
class Comparisons:
    """All four benchmarks, and how many similar places had a value, (P, T)."""

    nation: Comparison
    region: Comparison
    similar: Comparison
    all: Comparison
    similar_count: NDArray[np.intp]


def compare(
    ground: Ground, noise: Noise, nation: Benchmark, region: Benchmark, everyone: Benchmark
) -> Comparisons:
    """Every place against its four benchmarks in every period.

    Each benchmark and period is one family of tests over the places compared.
    """
    field = ground.field
    parts = []
    for mark in (nation, region, everyone):
        error = benchmark_error(mark, ground.weights, ground.scale, noise.error)
        asked = field.compared & (mark.groups.of >= 0)
        parts.append(_judge(ground, noise, mark.value, error, asked))
    middle = middle_of(
        np.where(field.family[:, None], ground.y, np.nan),
        noise.error,
        field.similar,
        FEWEST_SIMILAR,
    )
    similar = _judge(ground, noise, ground.scale.back(middle.median), middle.error, field.compared)
    return Comparisons(parts[0], parts[1], similar, parts[2], middle.count)


def _judge(
    ground: Ground, noise: Noise, mark: Floats, error: Floats, asked: NDArray[np.bool_]
) -> Comparison:
    z = standardised(ground, noise, mark, error)
    z = np.where(asked[:, None], z, np.nan)
    # Nothing nearer than this can be a finding, whatever the degrees of freedom: a normal p does.
    p = two_sided_p(z, np.where(np.abs(z) > NEVER_CLEAR, noise.df[:, None], np.inf))
    clear = benjamini_hochberg(p, FALSE_DISCOVERY_RATE)
    above, below = ABOVE_BELOW[ground.definition.polarity]
    verdict = np.full(z.shape, CANNOT_SAY, dtype=np.uint8)
    verdict[np.isfinite(p)] = NO_CLEAR_DIFFERENCE
    verdict[clear & (z > 0)] = above
    verdict[clear & (z < 0)] = below
    verdict[~asked] = NOT_COMPARED
    value = np.where(ground.field.compared[:, None], mark, np.nan)
    return Comparison(value, verdict)

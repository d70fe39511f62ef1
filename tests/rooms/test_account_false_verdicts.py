"""No false verdict: worlds without real differences, and worlds with planted ones.

Each world is a measure of 150 places. Without real differences the share of measures with any
verdict against a benchmark must be at most 5% for every basis; the bound is what a true 5% would
stay below in 999 of 1,000 runs. With a quarter of the places planted, the mean share of false ones
among the verdicts must be at most 5%, within three standard errors; the power is printed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from scipy import stats

from folkmoot.measures.rules.account import judge
from folkmoot.measures.rules.definition import VERDICTS, Definition
from folkmoot.stats.intervals import wilson
from tests.rooms.account_world import Floats, mean, months, proportion, rate, table, world, years

PLACES = 150
WORLD = world(PLACES)
JUDGED = [VERDICTS.index(word) for word in ("better", "worse", "higher", "lower")]
Random = np.random.Generator
Maker = Callable[[Random, Floats], tuple[pa.Table, Definition]]


def shares(
    random: Random, planted: Floats, periods: int, moves: float, season: float = 0.0
) -> tuple[Floats, Floats]:
    """Counts of people with a common course and places that move by ``moves`` in log odds."""
    people = (WORLD.population * 0.01).astype(np.int64)[:, None] * np.ones((1, periods), np.int64)
    course = -1.4 + random.normal(0, 0.1, periods)
    course += season * np.sin(np.arange(periods) * np.pi / 6)
    odds = course + planted[:, None] + random.normal(0, moves, people.shape)
    return random.binomial(people, 1 / (1 + np.exp(-odds))).astype(float), people.astype(float)


def counted_shares(
    random: Random, planted: Floats, periods: int = 8, moves: float = 0.15
) -> tuple[pa.Table, Definition]:
    events, people = shares(random, planted, periods, moves)
    value = np.round(100 * events / people, 1)
    seen = table(WORLD.codes, years(periods), value, numerator=events, denominator=people)
    return seen, proportion()


def monthly_shares(random: Random, planted: Floats) -> tuple[pa.Table, Definition]:
    """Thirty months with a season that all places share."""
    events, people = shares(random, planted, 30, 0.1, season=0.3)
    value = np.round(100 * events / people, 1)
    seen = table(WORLD.codes, months(30), value, numerator=events, denominator=people)
    return seen, proportion(seasonal=True)


def counted_rates(
    random: Random, planted: Floats, periods: int = 8, moves: float = 0.15, events: float = 12.0
) -> tuple[pa.Table, Definition]:
    people = WORLD.population[:, None] * np.ones((1, periods))
    usual = events / np.median(WORLD.population)
    course = random.normal(0, 0.1, periods)
    chance = np.exp(course + planted[:, None] + random.normal(0, moves, people.shape))
    counts = random.poisson(usual * people * chance).astype(float)
    value = np.round(counts / people * 1e5, 1)
    return table(WORLD.codes, years(periods), value, numerator=counts, denominator=people), rate()


def published(random: Random, planted: Floats) -> tuple[pa.Table, Definition]:
    """Survey shares with rounded 95% limits and no counts."""
    people = (500 * np.exp(random.normal(0, 0.4, PLACES))).astype(np.int64)[:, None]
    events = random.binomial(people, 1 / (1 + np.exp(1.4 - planted[:, None])))
    lower, upper = wilson(events, people)
    value, low, high = (np.round(100 * part, 1) for part in (events / people, lower, upper))
    seen = table(WORLD.codes, years(1), value, lower=low, upper=high)
    return seen, proportion(per=None, every_case=False)


def movement(
    random: Random,
    planted: Floats,
    periods: int = 10,
    moves: float = 0.03,
    unlike: float = 0.0,
    decimals: int = 1,
) -> tuple[pa.Table, Definition]:
    """Means without counts or limits: all there is to go by is how they move."""
    own = moves * np.exp(random.normal(0, unlike, PLACES))
    course = np.log(50) + np.cumsum(random.normal(0, 0.05, periods))
    noise = own[:, None] * random.standard_normal((PLACES, periods))
    value = np.round(np.exp(course + planted[:, None] + noise), decimals)
    return table(WORLD.codes, years(periods), value), mean(decimals=decimals)


BASES: dict[str, tuple[str, Maker]] = {
    "published limits": ("published-limits", published),
    "Wilson, counting alone": ("wilson", partial(counted_shares, moves=0.0)),
    "Wilson, places move": ("wilson", counted_shares),
    "Wilson, three periods": ("wilson", partial(counted_shares, periods=3)),
    "Wilson, seasonal months": ("wilson", monthly_shares),
    "Byar, counting alone": ("byar", partial(counted_rates, moves=0.0)),
    "Byar, places move": ("byar", counted_rates),
    "Byar, few events": ("byar", partial(counted_rates, events=3.0)),
    "movement, eight periods": ("usual-movement", partial(movement, periods=8)),
    "movement, unlike places": ("usual-movement", partial(movement, unlike=0.5)),
    "movement, less than is printed": ("usual-movement", partial(movement, moves=0.0005)),
}


def verdicts(seen: pa.Table, definition: Definition) -> tuple[str, dict[str, NDArray[np.bool_]]]:
    """The basis, and which places get a verdict in the newest period, by benchmark."""
    with np.errstate(all="ignore"):
        judged = judge(seen, definition, WORLD.geography)
    last = judged.ground.field.newest
    parts = judged.comparisons
    named = {"nation": parts.nation, "region": parts.region, "similar": parts.similar}
    return judged.noise.basis, {
        name: np.isin(part.verdict[:, last], JUDGED) for name, part in named.items()
    }


@pytest.mark.parametrize("name", BASES)
def test_without_differences_few_measures_have_a_verdict(name: str) -> None:
    basis, make = BASES[name]
    random = np.random.default_rng([2026, list(BASES).index(name)])
    measures = 250
    wrong = dict.fromkeys(("nation", "region", "similar"), 0)
    for _ in range(measures):
        found, marked = verdicts(*make(random, np.zeros(PLACES)))
        assert found == basis
        for benchmark, places in marked.items():
            wrong[benchmark] += bool(places.any())
    sys.stdout.write(f"{name}: of {measures} measures false {wrong}\n")
    assert max(wrong.values()) <= stats.binom.ppf(0.999, measures, 0.05)


@pytest.mark.parametrize(
    ("name", "size", "power"),
    [
        ("published limits", 0.6, 0.6),
        ("Wilson, places move", 0.8, 0.6),
        ("Byar, places move", 1.2, 0.3),
        ("movement, eight periods", 0.15, 0.6),
    ],
)
def test_planted_differences_are_found_and_few_others(name: str, size: float, power: float) -> None:
    _, make = BASES[name]
    random = np.random.default_rng([1995, list(BASES).index(name)])
    shares_wrong: dict[str, list[float]] = {"nation": [], "region": [], "similar": []}
    found: dict[str, list[float]] = {"nation": [], "region": [], "similar": []}
    for _ in range(80):
        planted = np.zeros(PLACES)
        planted[random.permutation(PLACES)[:36]] = np.repeat([size, -size], 18)
        _, marked = verdicts(*make(random, planted))
        for benchmark, places in marked.items():
            shares_wrong[benchmark].append((places & (planted == 0)).sum() / max(places.sum(), 1))
            found[benchmark].append(places[planted != 0].mean())
    # Planted places lift the mean of a nation or region, so that others do lie below it; the
    # middle of similar places stays where it was, and a verdict against it is false without doubt.
    wrong = np.array(shares_wrong["similar"])
    error = wrong.std(ddof=1) / np.sqrt(len(wrong))
    powers = {benchmark: round(float(np.mean(part)), 2) for benchmark, part in found.items()}
    sys.stdout.write(f"{name}: false {wrong.mean():.3f} ± {error:.3f}, power {powers}\n")
    assert wrong.mean() <= 0.05 + 3.1 * error
    assert min(powers.values()) > power


def test_the_naive_way_would_be_caught() -> None:
    """One place's moving range over six periods and a normal reference: not to be done."""
    random = np.random.default_rng(61)
    wrong = 0
    for _ in range(60):
        value = random.standard_normal((PLACES, 6))
        change = np.abs(np.diff(value, axis=1)).mean(axis=1) / 1.128
        p = 2 * stats.norm.sf(np.abs(value[:, -1] - value[:, -1].mean()) / change)
        wrong += bool((stats.false_discovery_control(p) <= 0.05).any())
    assert wrong > stats.binom.ppf(0.999, 60, 0.05)

"""Ranks with ranges: their coverage by simulation, and what must hold for any figures."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from folkmoot.stats.ranks import shrunken_rank_ranges
from folkmoot.stats.variation import between_places, shrink


def coverage(
    places: int, spread: float, errors: tuple[float, float], trials: int = 20
) -> tuple[float, float]:
    """Share of true ranks inside their ranges, and mean width as a share of the field."""
    rng = np.random.default_rng([places, int(spread * 100), int(errors[0] * 100)])
    inside, width = [], []
    for _ in range(trials):
        truth = rng.normal(50, spread, places)
        se = rng.uniform(*errors, places)
        rank = np.argsort(np.argsort(-truth)) + 1
        result = shrunken_rank_ranges(truth + rng.normal(0, se), se, True, draws=1000)
        inside.append(np.mean((result.lower <= rank) & (rank <= result.upper)))
        width.append(np.mean(result.upper - result.lower + 1) / places)
    return float(np.mean(inside)), float(np.mean(width))


@pytest.mark.parametrize("errors", [(1.0, 1.0), (0.3, 2.0)])
@pytest.mark.parametrize("spread", [0.1, 0.5, 1.0, 5.0])
def test_ranges_hold_the_true_rank_about_95_times_in_100(
    spread: float, errors: tuple[float, float]
) -> None:
    inside, _ = coverage(120, spread, errors)
    assert 0.93 <= inside <= 0.98


def test_ranges_are_wide_where_nothing_is_known_and_narrow_where_much_is() -> None:
    _, wide = coverage(60, 0.05, (1.0, 1.0), trials=5)
    _, narrow = coverage(60, 10.0, (1.0, 1.0), trials=5)
    assert wide > 0.85
    assert narrow < 0.2


def test_goldstein_and_spiegelhalters_finding_most_places_cannot_be_told_apart() -> None:
    # With errors as large as the spread, hardly any range lies wholly in one quarter.
    rng = np.random.default_rng(4)
    truth = rng.normal(0, 1, 150)
    result = shrunken_rank_ranges(truth + rng.normal(0, 1, 150), np.ones(150), True)
    assert np.mean(result.upper - result.lower > 75) > 0.8
    assert np.mean((result.upper <= 38) | (result.lower > 112)) < 0.1


def test_figures_without_error_are_ranked_exactly() -> None:
    result = shrunken_rank_ranges([3.0, 1.0, 2.0], [0.0, 0.0, 0.0], True)
    assert result.rank.tolist() == result.lower.tolist() == result.upper.tolist() == [1, 3, 2]
    assert result.shrunken == pytest.approx([3, 1, 2])
    lower_better = shrunken_rank_ranges([3.0, 1.0, 2.0], [0.0, 0.0, 0.0], False)
    assert lower_better.rank.tolist() == [3, 1, 2]


def test_equal_figures_share_the_middle_and_the_range() -> None:
    result = shrunken_rank_ranges(np.full(40, 7.0), np.ones(40), True)
    assert result.lower.max() <= 4
    assert result.upper.min() >= 37
    assert np.all(np.abs(result.rank - 20.5) < 5)


def test_missing_figures_are_not_ranked() -> None:
    result = shrunken_rank_ranges([1.0, math.nan, 5.0], [0.1, 0.1, 0.1], True)
    assert result.rank.tolist() == [2, 0, 1]
    assert math.isnan(result.shrunken[1])
    assert shrunken_rank_ranges([], [], True).rank.size == 0
    alone = shrunken_rank_ranges([math.nan, 4.0], [1.0, 1.0], True)
    assert alone.rank.tolist() == [0, 1]
    assert alone.shrunken[1] == 4.0


def test_shrunken_values_agree_with_the_simpler_method_among_many_places() -> None:
    rng = np.random.default_rng(5)
    se = rng.uniform(0.3, 2, 400)
    y = rng.normal(20, 1.5, 400) + rng.normal(0, se)
    known = between_places(y, se)
    simple, simple_se = shrink(y, se, known.mean, known.tau2)
    result = shrunken_rank_ranges(y, se, True)
    assert result.shrunken == pytest.approx(simple, abs=0.25)
    # Not knowing the mean and the spread exactly only adds to the error.
    assert np.mean(result.shrunken_se / simple_se) == pytest.approx(1.0, abs=0.1)


def test_the_same_figures_give_the_same_answer_and_another_seed_almost_the_same() -> None:
    rng = np.random.default_rng(6)
    y, se = rng.normal(0, 2, 200), rng.uniform(0.5, 1.5, 200)
    first, again = (shrunken_rank_ranges(y, se, True) for _ in range(2))
    assert first.lower.tolist() == again.lower.tolist()
    other = shrunken_rank_ranges(y, se, True, seed=2)
    assert np.max(np.abs(first.rank - other.rank)) <= 12


@pytest.mark.parametrize(
    ("y", "se", "draws"), [([1.0], [1.0, 1.0], 200), ([1.0], [-1.0], 200), ([1.0], [1.0], 10)]
)
def test_odd_input_is_refused(y: list[float], se: list[float], draws: int) -> None:
    with pytest.raises(ValueError, match=r"length|negative|draws"):
        shrunken_rank_ranges(y, se, True, draws)


PLACES = st.lists(
    st.tuples(st.integers(-1000, 1000), st.integers(1, 300)), min_size=2, max_size=25, unique=True
)


@settings(max_examples=40)
@given(PLACES, st.randoms(use_true_random=False))
def test_order_does_not_matter_and_ranks_lie_in_their_ranges(pairs, random) -> None:  # type: ignore[no-untyped-def]
    y, se = np.array(pairs, dtype=float).T
    result = shrunken_rank_ranges(y, se, True, draws=200)
    assert np.all(result.lower >= 1)
    assert np.all(result.upper <= y.size)
    assert np.all(result.lower <= result.rank)
    assert np.all(result.rank <= result.upper)
    order = list(range(y.size))
    random.shuffle(order)
    shuffled = shrunken_rank_ranges(y[order], se[order], True, draws=200)
    assert shuffled.rank.tolist() == result.rank[order].tolist()
    assert shuffled.upper.tolist() == result.upper[order].tolist()


@settings(max_examples=40)
@given(PLACES)
def test_units_do_not_matter_and_a_change_of_side_turns_ranks_round(pairs) -> None:  # type: ignore[no-untyped-def]
    y, se = np.array(pairs, dtype=float).T
    result = shrunken_rank_ranges(y, se, True, draws=200)
    # A power of two changes no digit, so the draws are the same to the last bit.
    doubled = shrunken_rank_ranges(y * 2, se * 2, True, draws=200)
    assert doubled.lower.tolist() == result.lower.tolist()
    worst_first = shrunken_rank_ranges(y, se, False, draws=200)
    assert worst_first.lower.tolist() == (y.size + 1 - result.upper).tolist()

"""Trends: printed examples of each method, and how often they speak when nothing changes."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from folkmoot.stats.slope import mann_kendall, theil_sen
from folkmoot.stats.trend import (
    PROCESS_BEHAVIOUR,
    RULES,
    THEIL_SEN,
    natural_limits,
    process_behaviour,
    trends,
)

# NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2: ten batches, mean 50.81, mean moving
# range 1.8778, limits 45.82 and 55.80.
NIST = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]

NOISE = [0.3, -0.4, 0.5, -0.2, 0.1, -0.6, 0.4, -0.1, 0.6, -0.5, 0.2, -0.3]


def test_natural_limits_are_those_that_nist_prints() -> None:
    middle, half = natural_limits([NIST])
    assert middle[0] == pytest.approx(50.81)
    assert half[0] / 2.66 == pytest.approx(1.8778, abs=5e-5)
    assert round(float(middle[0] - half[0]), 2) == 45.82
    assert round(float(middle[0] + half[0]), 2) == 55.80


def test_a_gap_breaks_the_moving_range() -> None:
    _, half = natural_limits([[1.0, 2.0, math.nan, 9.0, 11.0]])
    assert half[0] == pytest.approx(2.66 * 1.5)  # ranges of 1 and 2, none from 2 to 9
    middle, half = natural_limits([[1.0, math.nan, 5.0]])
    assert middle[0] == 3
    assert math.isnan(half[0])


@pytest.mark.parametrize(
    ("ending", "rule", "direction", "back"),
    [
        ([0.2, -0.3, 4.0], "outside-limits", 1, 1),
        ([0.2, -0.3, -4.0], "outside-limits", -1, 1),
        ([0.1, 2.0, -0.2, 2.1], "two-of-three", 1, 3),
        ([0.1, -0.3, 1.9, 2.0], "two-of-three", 1, 2),
        ([-0.8, 1.1, 0.9, 1.2, 0.8, 1.1, 0.9, 1.2], "seven-on-one-side", 1, 7),
        ([0.2, -0.6, -0.4, -0.2, 0.0, 0.2, 0.4, 0.6], "seven-rising-or-falling", 1, 7),
        ([-0.2, 0.6, 0.4, 0.2, 0.0, -0.2, -0.4, -0.6], "seven-rising-or-falling", -1, 7),
        ([0.2, -0.4, -0.2, 0.0, 0.2, 0.4, 0.6], "", 0, 0),  # six only
        ([-0.1, 0.2, 4.0, 0.1], "", 0, 0),  # a signal that the newest figure is no part of
    ],
)
def test_each_rule_of_making_data_count(
    ending: list[float], rule: str, direction: int, back: int
) -> None:
    series = [*NOISE, *NOISE, *ending]
    result = process_behaviour([series])
    assert RULES[result.rule[0]] == rule
    assert result.direction[0] == direction
    assert result.since[0] == (len(series) - back if back else -1)
    assert (result.p[0] < 1) == bool(rule)


def test_points_are_marked_with_the_signal_they_belong_to() -> None:
    series = [*NOISE, 5.0, *NOISE, 0.9, 1.0, 0.8, 1.1, 0.9, 1.0, 1.2, -0.5]
    signal = process_behaviour([series]).signal[0]
    assert signal[12] == 1  # the point outside, long ago
    assert signal[25:32].tolist() == [1] * 7  # a run that has ended
    assert signal[-1] == 0
    assert signal[:12].tolist() == [0] * 12
    falling = [*NOISE, *[0.6, 0.4, 0.2, 0.0, -0.2, -0.4, -0.6], 0.1]
    assert process_behaviour([falling]).signal[0][11:].tolist() == [0, *[-1] * 7, 0]


def test_gaps_are_passed_over_and_since_names_the_right_column() -> None:
    series = [*NOISE, math.nan, 0.8, 1.0, 0.9, math.nan, 1.1, 0.9, 1.0, 1.2]
    result = process_behaviour([series, [math.nan, *series[:-1]]])
    assert RULES[result.rule[0]] == "seven-on-one-side"
    assert result.since[0] == 13
    assert result.signal[0, 12] == result.signal[0, 16] == 0
    assert result.since[1] == -1  # six of the seven


def test_too_few_figures_or_steps_have_no_limits() -> None:
    alternate = [value for x in NOISE for value in (x, math.nan)]
    result = process_behaviour([NOISE[:11] + [math.nan] * 13, alternate])
    assert np.isnan(result.upper).all()
    assert np.isnan(result.p).all()
    assert not result.signal.any()


def test_a_figure_that_never_moves_has_no_signal() -> None:
    result = process_behaviour([[4.0] * 15])
    assert result.p[0] == 1
    assert (result.lower[0], result.upper[0]) == (4.0, 4.0)
    assert not result.signal.any()


def test_when_nothing_changes_the_chance_is_what_it_says() -> None:
    series = np.random.default_rng(1).standard_normal((20_000, 18))
    p = process_behaviour(series).p
    for level in (0.001, 0.005, 0.01):
        assert np.mean(p <= level) == pytest.approx(level, rel=0.4)
    assert np.mean(p < 1) < 0.03


@pytest.mark.parametrize("periods", [8, 11, 15])
def test_with_no_trends_few_measures_have_any(periods: int) -> None:
    random = np.random.default_rng(2)
    spoken = [np.any(trends(random.normal(size=(100, periods))).direction) for _ in range(200)]
    assert np.mean(spoken) <= 0.09  # 5% and the noise of 200 trials


def test_planted_trends_are_found_and_few_others_with_them() -> None:
    random = np.random.default_rng(3)
    for periods, step in ((10, 1.0), (20, 0.4)):
        series = random.normal(size=(200, periods))
        series[:80] += step * np.arange(periods)
        direction = trends(series).direction
        assert np.mean(direction[:80] == 1) > 0.9
        assert np.sum(direction[80:] != 0) <= 8
        assert np.array_equal(trends(-series).direction, -direction)


def test_the_method_follows_the_number_of_figures() -> None:
    rows = np.full((4, 14), math.nan)
    rows[0, :] = np.arange(14)
    rows[1, 3:] = np.arange(11)
    rows[2, -6:] = np.arange(6)
    rows[3, -5:] = np.arange(5)
    result = trends(rows)
    assert result.method == (PROCESS_BEHAVIOUR, THEIL_SEN, THEIL_SEN, "")
    assert result.too_short.tolist() == [False, False, False, True]
    assert result.direction.tolist() == [1, 1, 1, 0]
    assert result.since_index.tolist()[1:] == [3, 8, -1]
    assert math.isnan(result.p[3])


def test_figures_before_a_break_are_left_out() -> None:
    row = [[100.0, 90, 80, 70, 1, 2, 3, 4, 5, 6, 7]]
    assert trends(row, start_index=4).direction.tolist() == [1]
    assert trends(row, start_index=4).since_index.tolist() == [4]
    assert trends(row * 2, start_index=[0, 8]).too_short.tolist() == [False, True]


def test_odd_shapes() -> None:
    assert trends(np.empty((0, 5))).method == ()
    assert trends(np.empty((2, 0))).too_short.all()
    with pytest.raises(ValueError, match="one row a place"):
        trends([1.0, 2.0])
    with pytest.raises(ValueError, match="one row a place"):
        theil_sen([1.0, 2.0])


def upper_tail(n: int, s: int) -> float:
    """Chance of a count of exactly ``s`` or more in a series of ``n`` distinct figures."""
    for order in itertools.permutations(range(n)):
        result = mann_kendall([np.array(order, dtype=float)])
        if result.s[0] == s:
            return float(result.p[0]) / 2
    raise AssertionError(s)


@pytest.mark.parametrize(
    ("n", "s", "printed"),
    [
        # Gilbert (1987) Statistical Methods for Environmental Pollution Monitoring, table A18.
        (4, 4, "0.167"),
        (4, 6, "0.042"),
        (5, 8, "0.042"),
        (5, 10, "0.008"),
        (6, 9, "0.068"),
        (6, 11, "0.028"),
        (6, 15, "0.001"),
        (7, 13, "0.035"),
        (7, 15, "0.015"),
        (8, 16, "0.031"),
    ],
)
def test_exact_chances_are_those_of_the_printed_table(n: int, s: int, printed: str) -> None:
    assert f"{upper_tail(n, s):.3f}" == printed


def test_exact_chances_of_longer_series() -> None:
    # Table A18 for ten figures: 0.242 at 9, 0.078 at 17, 0.023 at 23.
    series = {9: "0.242", 17: "0.078", 23: "0.023"}
    for s, printed in series.items():
        order = _series_with_count(10, s)
        assert f"{mann_kendall([order]).p[0] / 2:.3f}" == printed


def _series_with_count(n: int, s: int) -> list[float]:
    """A series of ``n`` distinct figures with count ``s``: swap neighbours until it fits."""
    order = [float(x) for x in range(n)]
    falls = (n * (n - 1) // 2 - s) // 2
    for _ in range(n):
        for i in range(n - 1):
            if falls and order[i] < order[i + 1]:
                order[i], order[i + 1] = order[i + 1], order[i]
                falls -= 1
    return order


def test_ties_are_exact() -> None:
    series = [1.0, 1.0, 2.0, 3.0, 3.0, 4.0, 2.0]
    s = mann_kendall([series]).s[0]
    orders = [mann_kendall_count(order) for order in itertools.permutations(series)]
    exact = np.mean(np.abs(orders) >= s)
    assert mann_kendall([series]).p[0] == pytest.approx(exact, rel=1e-12)


def mann_kendall_count(series: tuple[float, ...]) -> int:
    return sum((b > a) - (b < a) for i, a in enumerate(series) for b in series[i + 1 :])


def test_a_worked_example_with_ties_and_the_normal_score() -> None:
    # "A Mann-Kendall example (by hand)", J. Little, College of the Holy Cross: S 54, Z 2.9058.
    series = [12.9, 14.8, 13.2, 15.7, 13.8, 15.6, 12.9, 11.0, 17.3, 15.9, 19.0, 18.3, 20.1, 21.7]
    result = mann_kendall([series])
    assert result.s[0] == 54
    assert round(float(result.z[0]), 4) == 2.9058
    # Printed as 2 × 0.0018 from the normal table; the exact chance is somewhat less.
    assert 2 * 0.0018 * 0.6 < result.p[0] < 2 * 0.0018


def test_beyond_twenty_figures_the_normal_score_is_used() -> None:
    random = np.random.default_rng(4)
    series = random.normal(size=(1, 30)) + 0.05 * np.arange(30)
    result = mann_kendall(series)
    assert result.p[0] == pytest.approx(math.erfc(abs(result.z[0]) / math.sqrt(2)))
    assert mann_kendall([[1.0, 1.0, 1.0]]).p[0] == 1
    assert math.isnan(mann_kendall([[1.0, math.nan]]).p[0])


def test_slope_is_the_middle_of_all_pairs() -> None:
    # Slopes between pairs of 1, 3, 4, 10: 2, 1.5, 3, 1, 3.5, 6; the middle is 2.5.
    assert theil_sen([[1.0, 3.0, 4.0, 10.0]]).tolist() == [2.5]
    # A missing period counts as time passed.
    assert theil_sen([[1.0, math.nan, 5.0]]).tolist() == [2.0]
    assert theil_sen([[0.0, 1, 2, 3, 1000]]).tolist() == [1.0]
    assert np.isnan(theil_sen([[1.0, math.nan]])).all()
    assert np.isnan(theil_sen([[1.0]])).all()


SERIES = st.integers(6, 18).flatmap(
    lambda n: arrays(float, (3, n), elements=st.integers(-40, 40).map(float))
)


@settings(max_examples=60)
@given(SERIES, st.integers(-3, 3), st.integers(-100, 100))
def test_units_do_not_matter_and_turning_the_scale_turns_the_trend(series, power, shift) -> None:  # type: ignore[no-untyped-def]
    result = trends(series)
    moved = trends(series * 2.0**power + shift * 2.0**power)
    assert moved.direction.tolist() == result.direction.tolist()
    turned = trends(-series)
    assert turned.direction.tolist() == (-result.direction).tolist()
    assert turned.p == pytest.approx(result.p, nan_ok=True)


@settings(max_examples=60)
@given(SERIES, st.randoms(use_true_random=False))
def test_the_order_of_places_does_not_matter_and_chances_are_chances(series, random) -> None:  # type: ignore[no-untyped-def]
    result = trends(series)
    assert np.all((result.p > 0) & (result.p <= 1))
    assert np.all((result.since_index == -1) == (result.direction == 0))
    order = [0, 1, 2]
    random.shuffle(order)
    assert trends(series[order]).direction.tolist() == result.direction[order].tolist()

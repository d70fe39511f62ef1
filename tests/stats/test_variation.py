"""Variation between places: printed examples, and what must hold for any figures."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from folkmoot.stats.variation import between_places, fewer_affected, shrink, spread

# Thirteen trials of the BCG vaccine (Colditz and others 1994): cases and others, vaccinated and
# not, as printed in the documentation of metafor.
BCG = np.array(
    [
        (4, 119, 11, 128),
        (6, 300, 29, 274),
        (3, 228, 11, 209),
        (62, 13536, 248, 12619),
        (33, 5036, 47, 5761),
        (180, 1361, 372, 1079),
        (8, 2537, 10, 619),
        (505, 87886, 499, 87892),
        (29, 7470, 45, 7232),
        (17, 1699, 65, 1600),
        (186, 50448, 141, 27197),
        (5, 2493, 3, 2338),
        (27, 16886, 29, 17825),
    ],
    dtype=float,
)


def bcg_log_risk_ratios() -> tuple[np.ndarray, np.ndarray]:
    a, b, c, d = BCG.T
    y = np.log(a / (a + b)) - np.log(c / (c + d))
    return y, np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))


def test_bcg_trials_give_the_figures_that_metafor_prints() -> None:
    result = between_places(*bcg_log_risk_ratios())
    assert round(result.q, 4) == 152.2330
    assert result.df == 12
    assert result.p < 0.0001
    assert round(result.tau2, 4) == 0.3088
    assert round(100 * result.i2, 2) == 92.12
    assert round(result.mean, 4) == -0.7141
    assert round(result.mean - 1.959964 * result.mean_se, 4) == -1.0644
    assert round(result.mean + 1.959964 * result.mean_se, 4) == -0.3638


def test_test_based_interval_of_i_squared_worked_by_hand() -> None:
    # H = sqrt(152.233/12) = 3.5617, se of ln H = 0.1004, so H runs from 2.925 to 4.336.
    result = between_places(*bcg_log_risk_ratios())
    assert round(100 * result.i2_lower, 1) == 88.3
    assert round(100 * result.i2_upper, 1) == 94.7


def test_no_more_than_chance_gives_no_variation() -> None:
    result = between_places([1.0, 1.1, 0.9, 1.0], [0.5, 0.5, 0.5, 0.5])
    assert result.tau2 == 0
    assert result.i2 == 0
    assert result.i2_lower == 0
    assert result.i2_upper > 0.5  # four places cannot rule variation out
    assert result.p > 0.99


def test_too_few_places_say_nothing() -> None:
    assert math.isnan(between_places([3.0], [1.0]).i2)
    assert between_places([3.0, math.nan], [1.0, 1.0]).df == 0
    two = between_places([3.0, 9.0], [1.0, 1.0])
    assert (two.i2_lower, two.i2_upper) == (0.0, 1.0)


@pytest.mark.parametrize(("y", "se"), [([1.0, 2.0], [1.0]), ([1.0, 2.0], [1.0, 0.0])])
def test_odd_input_is_refused(y: list[float], se: list[float]) -> None:
    with pytest.raises(ValueError, match=r"length|above zero"):
        between_places(y, se)


def test_shrinking_worked_by_hand() -> None:
    # tau2 4, se 2: half way; se 0: stays; tau2 0: all the way.
    value, error = shrink([10.0, 10.0], [2.0, 0.0], mean=6.0, tau2=4.0)
    assert value.tolist() == [8.0, 10.0]
    assert error.tolist() == pytest.approx([math.sqrt(2), 0.0])
    assert shrink([10.0], [2.0], mean=6.0, tau2=0.0)[0].tolist() == [6.0]
    with pytest.raises(ValueError, match="negative"):
        shrink([1.0], [1.0], 0.0, -1.0)


def test_fewer_affected_counts_only_the_worse_side() -> None:
    rates, people = [0.10, 0.20, 0.30, math.nan], [1000, 1000, 500, 10_000]
    assert fewer_affected(rates, people, 0.20, higher_is_better=False) == pytest.approx(50)
    assert fewer_affected(rates, people, 0.20, higher_is_better=True) == pytest.approx(100)
    with pytest.raises(ValueError, match="same length"):
        fewer_affected([0.1], [1, 2], 0.1, higher_is_better=True)
    with pytest.raises(ValueError, match="negative"):
        fewer_affected([0.1], [-1], 0.1, higher_is_better=True)


def test_spread_of_the_middle_eight_in_ten() -> None:
    assert spread(np.arange(101.0)) == pytest.approx((10.0, 90.0))
    assert spread([5.0, math.nan]) == (5.0, 5.0)
    assert math.isnan(spread([])[0])
    with pytest.raises(ValueError, match="share"):
        spread([1.0], 1.0)


SETS = st.integers(3, 30).flatmap(
    lambda n: st.tuples(
        arrays(float, n, elements=st.floats(-50, 50)),
        arrays(float, n, elements=st.floats(0.5, 5)),
    )
)


@given(SETS, st.randoms(use_true_random=False), st.floats(0.1, 10), st.floats(-5, 5))
def test_neither_order_nor_units_matter(sets, random, scale, shift) -> None:  # type: ignore[no-untyped-def]
    y, se = sets
    result = between_places(y, se)
    order = list(range(y.size))
    random.shuffle(order)
    other = between_places(y[order] * scale + shift, se[order] * scale)
    assert other.i2 == pytest.approx(result.i2, abs=1e-6)
    assert other.tau2 == pytest.approx(result.tau2 * scale**2, rel=1e-6, abs=1e-6)
    assert other.mean == pytest.approx(result.mean * scale + shift, abs=1e-6)
    assert 0 <= result.i2_lower <= result.i2 + 1e-9
    assert result.i2 <= result.i2_upper + 1e-9 <= 1 + 1e-9


@given(SETS, st.floats(0, 100))
def test_shrunken_values_lie_between_value_and_mean(sets, tau2) -> None:  # type: ignore[no-untyped-def]
    y, se = sets
    mean = float(y.mean())
    value, error = shrink(y, se, mean, tau2)
    assert np.all(value >= np.minimum(y, mean) - 1e-9)
    assert np.all(value <= np.maximum(y, mean) + 1e-9)
    assert np.all(error <= se + 1e-12)

"""Movement: overlap, gaps, degrees of freedom, pooling, excess and tails."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from folkmoot.stats.noise import (
    RANGE_COVARIANCE,
    RANGE_MEAN,
    RANGE_VARIANCE,
    TAIL_FREEDOM,
    TAIL_RATIOS,
    adjacent,
    excess_movement,
    moving_range,
    pool_variances,
    tail_freedom,
    turbulence,
    without_overlap,
)

YEAR = 365


def all_pairs(count: int) -> tuple[np.ndarray, np.ndarray]:
    return np.arange(count - 1), np.arange(1, count)


def test_three_year_averages_keep_every_third() -> None:
    starts = np.arange(10) * YEAR
    keep = without_overlap(starts, starts + 3 * YEAR)
    assert np.flatnonzero(keep).tolist() == [0, 3, 6, 9]
    earlier, later = adjacent(starts, keep)
    assert (earlier.tolist(), later.tolist()) == ([0, 3, 6], [3, 6, 9])


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 900)), min_size=1, max_size=30))
def test_kept_periods_never_overlap(spans: list[tuple[int, int]]) -> None:
    ordered = sorted(spans, key=lambda span: span[0] + span[1])
    starts = np.array([start for start, _ in ordered])
    ends = np.array([start + length for start, length in ordered])
    keep = without_overlap(starts, ends)
    assert keep[-1]
    kept = np.flatnonzero(keep)
    assert (starts[kept][1:] >= ends[kept][:-1]).all()


def test_no_pair_across_missing_years() -> None:
    starts = np.array([2016, 2017, 2018, 2019, 2022, 2023, 2024]) * YEAR
    earlier, later = adjacent(starts, np.ones(7, dtype=bool))
    assert (3, 4) not in list(zip(earlier.tolist(), later.tolist(), strict=True))
    assert len(earlier) == 5


def test_moments_of_ranges_by_simulation() -> None:
    a, b, c = np.random.default_rng(5).standard_normal((3, 400_000))
    first, second = np.abs(a - b), np.abs(b - c)
    assert first.mean() == pytest.approx(RANGE_MEAN, abs=0.006)
    assert first.var() == pytest.approx(RANGE_VARIANCE, abs=0.01)
    assert np.cov(first, second)[0, 1] == pytest.approx(RANGE_COVARIANCE, abs=0.01)


def test_variance_of_the_mean_range_is_that_of_cryer_and_ryan() -> None:
    """(0.8264n − 1.082)/(n − 1)² in units of σ², as published."""
    for n in (8, 20, 50):
        pairs, shared = n - 1, n - 2
        ours = (RANGE_VARIANCE * pairs + 2 * RANGE_COVARIANCE * shared) / (pairs * RANGE_MEAN) ** 2
        assert ours == pytest.approx((0.8264 * n - 1.082) / (n - 1) ** 2, rel=0.002)


@pytest.mark.parametrize("periods", [8, 9, 15])
def test_degrees_of_freedom_make_t_hold_its_size(periods: int) -> None:
    """A new value over the estimated error follows t with ν, not with periods − 1."""
    random = np.random.default_rng(periods)
    series = random.standard_normal((40_000, periods))
    movement = moving_range(series, *all_pairs(periods))
    assert movement.variance.mean() == pytest.approx(1, abs=0.02)
    df = movement.df[0]
    assert df < 0.75 * (periods - 1)
    ratio = np.abs(random.standard_normal(40_000)) / np.sqrt(movement.variance)
    for level in (0.05, 0.01, 0.002):
        beyond = (ratio > stats.t.isf(level / 2, df)).mean()
        assert beyond < level * 1.1 + 3 * np.sqrt(level / 40_000)
        assert beyond > level * 0.75 - 3 * np.sqrt(level / 40_000)


def test_gaps_leave_fewer_degrees_of_freedom() -> None:
    series = np.random.default_rng(1).standard_normal((2, 9))
    series[1, 4] = np.nan
    movement = moving_range(series, *all_pairs(9))
    assert movement.df[1] < movement.df[0]
    assert movement.periods.tolist() == [9, 8]


def test_one_place_without_pairs_knows_nothing_of_its_own() -> None:
    series = np.full((1, 5), np.nan)
    series[0, [0, 2, 4]] = 1.0
    movement = moving_range(series, *all_pairs(5))
    assert np.isnan(movement.variance[0])
    assert (movement.df[0], movement.periods[0]) == (0, 0)


def test_alike_places_are_pooled_and_unlike_are_not() -> None:
    random = np.random.default_rng(2)
    chi = random.chisquare(6, 400) / 6
    alike = pool_variances(chi, np.full(400, 6.0))
    assert np.ptp(alike.variance) < 0.4
    assert np.median(alike.df) > 50
    unlike = pool_variances(chi * np.exp(random.normal(0, 1.5, 400)), np.full(400, 6.0))
    assert unlike.prior_df < 4
    assert np.corrcoef(np.log(unlike.variance), np.log(chi))[0, 1] > 0


def test_prior_is_recovered() -> None:
    """Variances drawn as the model says: d₀ = 8 and s₀² = 2."""
    random = np.random.default_rng(4)
    true = 2 * 8 / random.chisquare(8, 5000)
    pooled = pool_variances(true * random.chisquare(5, 5000) / 5, np.full(5000, 5.0))
    assert pooled.prior_df == pytest.approx(8, rel=0.15)
    assert np.median(pooled.prior) == pytest.approx(2, rel=0.05)


def test_the_common_variance_may_fall_with_size() -> None:
    random = np.random.default_rng(6)
    size = random.uniform(8, 14, 300)
    variance = np.exp(-size) * random.chisquare(6, 300) / 6
    pooled = pool_variances(variance, np.full(300, 6.0), size)
    slope = np.polyfit(size, np.log(pooled.prior), 1)[0]
    assert slope == pytest.approx(-1, abs=0.1)


def test_a_place_without_movement_gets_the_common_one() -> None:
    variance = np.append(np.random.default_rng(7).chisquare(6, 50) / 6, np.nan)
    pooled = pool_variances(variance, np.append(np.full(50, 6.0), 0.0))
    assert pooled.variance[-1] == pytest.approx(pooled.prior[-1])


def test_counts_alone_leave_no_excess_and_more_is_found() -> None:
    random = np.random.default_rng(8)
    counting = random.uniform(0.01, 0.05, 800)
    for extra in (0.0, 0.04):
        noise = np.sqrt(counting + extra)[:, None] * random.standard_normal((800, 10))
        excess = excess_movement(moving_range(noise, *all_pairs(10)), counting)
        assert excess.known
        assert excess.typical == pytest.approx(extra, abs=0.004)
        assert (excess.variance >= 0).all()
        assert np.median(excess.variance) == pytest.approx(extra, abs=0.005)


def test_one_period_tells_nothing_of_excess() -> None:
    movement = moving_range(np.ones((5, 1)), *all_pairs(1))
    excess = excess_movement(movement, np.full(5, 0.01))
    assert not excess.known
    assert excess.variance.tolist() == [0.0] * 5


def test_tail_table_by_simulation() -> None:
    random = np.random.default_rng(9)
    for df, ratio in zip(TAIL_FREEDOM, TAIL_RATIOS, strict=True):
        draws = (
            random.standard_normal((2, 600_000))
            if np.isinf(df)
            else random.standard_t(df, (2, 600_000))
        )
        middle, far = np.quantile(np.abs(draws[0] - draws[1]), [0.5, 0.975])
        assert far / middle == pytest.approx(ratio, rel=0.012)


def test_heavy_tails_are_seen_and_normal_ones_mostly_not() -> None:
    random = np.random.default_rng(10)
    heavy = tail_freedom(random.standard_t(3, (300, 10)), np.ones(300))
    assert heavy < 8
    normal = [tail_freedom(random.standard_normal((300, 10)), np.ones(300)) for _ in range(40)]
    assert np.mean(np.array(normal) > 30) > 0.6


def test_one_place_that_jumps_does_not_make_tails_heavy() -> None:
    change = np.random.default_rng(11).standard_normal((200, 10))
    calm = tail_freedom(change, np.ones(200))
    change[0, 3] = 500.0
    assert tail_freedom(change, np.ones(200)) == pytest.approx(calm, rel=0.3)


def test_a_restless_year_is_seen_and_is_no_heavy_tail() -> None:
    random = np.random.default_rng(12)
    size = np.ones(10)
    size[4] = 4.0
    movement = moving_range(size * random.standard_normal((200, 10)), *all_pairs(10))
    pooled = pool_variances(movement.variance, movement.df)
    factor = turbulence(movement, pooled.variance, 10)
    assert factor[4] > 3
    assert np.delete(factor, 4).max() < 1.5
    assert tail_freedom(movement.change, pooled.variance) > 15


def test_a_steady_series_is_not_restless() -> None:
    random = np.random.default_rng(13)
    movement = moving_range(random.standard_normal((200, 12)), *all_pairs(12))
    assert turbulence(movement, np.ones(200), 12).max() < 1.4

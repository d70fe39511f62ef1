"""False discovery rate, the rest of a group, and the middle of neighbours."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from folkmoot.stats.comparison import (
    benjamini_hochberg,
    middle_of,
    rest_of_group,
    two_sided_p,
)


def test_example_of_benjamini_and_hochberg() -> None:
    """Benjamini and Hochberg 1995, section 3.2: 15 end points, the first four stand."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    p += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000]
    assert benjamini_hochberg(np.array(p)).tolist() == [True] * 4 + [False] * 11


@given(
    st.lists(st.one_of(st.floats(0, 1), st.just(float("nan"))), min_size=1, max_size=60),
    st.floats(0.01, 0.5),
)
def test_false_discovery_control_agrees_with_scipy(values: list[float], rate: float) -> None:
    p = np.array(values)
    known = np.isfinite(p)
    expected = np.zeros(len(p), dtype=bool)
    if known.any():
        adjusted = stats.false_discovery_control(p[known])
        expected[known] = adjusted <= rate
        # Where an adjusted value equals the rate but for its last bits either answer is right.
        undecided = np.abs(adjusted - rate) < 1e-12
        expected[np.flatnonzero(known)[undecided]] = benjamini_hochberg(p, rate)[
            np.flatnonzero(known)[undecided]
        ]
    assert benjamini_hochberg(p, rate).tolist() == expected.tolist()


def test_columns_are_families_of_their_own() -> None:
    p = np.array([[0.01, 0.04], [0.9, 0.04], [np.nan, 0.04]])
    assert benjamini_hochberg(p).tolist() == [[True, True], [False, True], [False, True]]


def test_p_values_of_normal_and_t() -> None:
    z = np.array([1.959964, -1.959964, 2.228139])
    p = two_sided_p(z, np.array([np.inf, np.inf, 10.0]))
    assert p == pytest.approx([0.05, 0.05, 0.05], abs=1e-6)


def test_rest_of_a_group_by_hand() -> None:
    value = np.array([[10.0], [20.0], [40.0], [5.0]])
    weight = np.array([[1.0], [3.0], [1.0], [9.0]])
    rest = rest_of_group(value, weight, np.ones((4, 1)), np.array([0, 0, 0, 1]))
    assert rest.mean[:3, 0] == pytest.approx([(60 + 40) / 4, 50 / 2, 70 / 4])
    assert rest.variance[:3, 0] == pytest.approx([10 / 16, 2 / 4, 10 / 16])
    assert np.isnan(rest.mean[3, 0])


@given(st.integers(3, 30), st.integers(0, 10_000))
def test_rest_of_a_group_leaves_out_the_place_itself(count: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    value, weight = random.normal(50, 10, (count, 2)), random.uniform(1, 9, (count, 2))
    value[random.random((count, 2)) < 0.2] = np.nan
    group = random.integers(-1, 2, count)
    rest = rest_of_group(value, weight, np.ones_like(value), group)
    for place in range(count):
        others = (group == group[place]) & (np.arange(count) != place) & (group[place] >= 0)
        known = others & np.isfinite(value[:, 0])
        if known.sum() < 2:
            assert np.isnan(rest.mean[place, 0])
        else:
            expected = np.average(value[known, 0], weights=weight[known, 0])
            assert rest.mean[place, 0] == pytest.approx(expected)


def neighbours_of(values: list[float]) -> np.ndarray:
    return np.array([list(range(1, len(values)))] + [[-1] * (len(values) - 1)] * (len(values) - 1))


def test_middle_needs_five_with_a_value() -> None:
    values = [0.0, 1.0, 2.0, 3.0, 4.0, np.nan]
    middle = middle_of(np.array(values)[:, None], np.ones((6, 1)), neighbours_of(values))
    assert np.isnan(middle.median[0, 0])
    assert middle.count[0, 0] == 4
    values[-1] = 9.0
    middle = middle_of(np.array(values)[:, None], np.ones((6, 1)), neighbours_of(values))
    assert middle.median[0, 0] == 3.0


@pytest.mark.parametrize(
    ("places", "spread", "uneven"),
    [(20, 0.0, 0.0), (20, 1.0, 0.0), (20, 5.0, 0.0), (19, 1.0, 0.5), (20, 0.3, 0.7), (5, 1.0, 0.0)],
)
def test_error_of_the_middle_is_not_less_than_it_varies(
    places: int, spread: float, uneven: float
) -> None:
    """Neighbours as they are; only the chance in each differs from draw to draw."""
    random = np.random.default_rng(places)
    draws = 3000
    ratios = []
    for _ in range(5):
        truth = np.concatenate([[0.0], random.normal(0, spread, places)])
        error = np.exp(random.normal(0, uneven, places + 1))
        seen = truth[:, None] + error[:, None] * random.standard_normal((places + 1, draws))
        middle = middle_of(
            seen, np.broadcast_to(error[:, None], seen.shape), neighbours_of(truth.tolist())
        )
        ratios.append(np.sqrt((middle.error[0] ** 2).mean()) / middle.median[0].std())
    assert min(ratios) > 0.93
    assert np.mean(ratios) < 1.6

"""The funnel: printed and hand-worked examples, and what it may never do."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.stats.funnel import (
    NOT_JUDGED,
    OUTSIDE_95,
    OUTSIDE_998,
    WITHIN,
    overdispersed_funnel,
    winsorised,
)
from tests.stats.test_variation import bcg_log_risk_ratios


def test_without_winsorising_the_additive_variance_is_dersimonian_lairds() -> None:
    # About the weighted mean, places × phi is Cochran's Q: metafor prints 152.2330 and 0.3088.
    y, se = bcg_log_risk_ratios()
    target = float((y / se**2).sum() / (se**-2).sum())
    result = overdispersed_funnel(y, se, target, winsorise=0, method="dersimonian-laird")
    assert round(result.phi * y.size, 4) == 152.2330
    assert round(result.tau2, 4) == 0.3088


def test_worked_by_hand() -> None:
    # z are -2, -1, 0, 1, 2 with errors of 1: phi 2; tau2 = (5×2 - 4) / (5 - 1) = 1.5.
    y = np.array([-2.0, -1, 0, 1, 2])
    result = overdispersed_funnel(y, np.ones(5), 0.0, winsorise=0, method="dersimonian-laird")
    assert result.phi == pytest.approx(2)
    assert result.tau2 == pytest.approx(1.5)
    assert result.z == pytest.approx(y / math.sqrt(2.5))
    # With equal errors the balanced variance is the same: 10 / (1 + 1.5) = 4.
    same = overdispersed_funnel(y, np.ones(5), 0.0, winsorise=0)
    assert same.tau2 == pytest.approx(1.5)
    other = overdispersed_funnel(y, np.ones(5), 0.0, winsorise=0, method="multiplicative")
    assert other.z == pytest.approx(y / math.sqrt(2))
    assert other.tau2 == 0


def test_winsorising_pulls_in_both_ends() -> None:
    z = np.array([-9.0, -1, 0, 1, 9, 2, -2, 0, 0, 0, 0])
    pulled = winsorised(z, 0.1)
    assert pulled.max() == 2
    assert pulled.min() == -2
    assert winsorised(z, 0).tolist() == z.tolist()


def test_the_unusual_place_does_not_hide_itself() -> None:
    rng = np.random.default_rng(1)
    y = np.append(rng.normal(0, 1, 99), 12.0)
    se = np.ones(100)
    found = overdispersed_funnel(y, se, 0.0)
    assert found.code[-1] == OUTSIDE_998
    # Hidden in part without winsorising: the funnel is wider by what the place itself adds.
    assert overdispersed_funnel(y, se, 0.0, winsorise=0).tau2 > found.tau2


def test_limits_are_those_of_95_and_998_in_a_thousand() -> None:
    # Within chance there is no widening, so the z are the raw ones.
    y = np.concatenate([np.zeros(60), [1.95, 1.97, 3.08, 3.10]])
    result = overdispersed_funnel(y, np.ones(64), 0.0)
    assert result.tau2 == 0
    assert result.code[-4:].tolist() == [WITHIN, OUTSIDE_95, OUTSIDE_95, OUTSIDE_998]


def test_additive_does_not_punish_size() -> None:
    # A very exact place no further out than the others is unusual only by the other method.
    rng = np.random.default_rng(2)
    y, se = rng.normal(0, 2, 200), np.full(200, 1.0)
    y[0], se[0] = 2.0, 0.01
    assert overdispersed_funnel(y, se, 0.0).code[0] == WITHIN
    assert overdispersed_funnel(y, se, 0.0, method="multiplicative").code[0] == OUTSIDE_998


def test_missing_figures_are_not_judged() -> None:
    result = overdispersed_funnel([1.0, math.nan, 0.0, 2.0], [1, 1, math.nan, 1], 0.0)
    assert result.code.tolist()[1:3] == [NOT_JUDGED, NOT_JUDGED]
    assert np.isnan(result.z[1])
    assert set(overdispersed_funnel([1.0], [1.0], 0.0).code.tolist()) == {NOT_JUDGED}


@pytest.mark.parametrize(
    ("y", "se", "winsorise"),
    [([1.0], [1.0, 2.0], 0.1), ([1.0, 2.0], [1.0, 0.0], 0.1), ([1.0, 2.0], [1.0, 1.0], 0.5)],
)
def test_odd_input_is_refused(y: list[float], se: list[float], winsorise: float) -> None:
    with pytest.raises(ValueError, match=r"length|above zero|winsorise"):
        overdispersed_funnel(y, se, 0.0, winsorise)


def test_with_common_spread_about_one_in_twenty_are_outside_95() -> None:
    rng = np.random.default_rng(3)
    shares = []
    for _ in range(40):
        se = rng.uniform(0.2, 2, 150)
        y = rng.normal(0, 1.5, 150) + rng.normal(0, se)
        shares.append(np.mean(overdispersed_funnel(y, se, 0.0).code > WITHIN))
    assert 0.035 < np.mean(shares) < 0.07


@given(st.lists(st.tuples(st.floats(-20, 20), st.floats(0.1, 3)), min_size=2, max_size=40))
def test_order_and_units_do_not_matter_and_the_funnel_never_narrows(pairs) -> None:  # type: ignore[no-untyped-def]
    y, se = np.array(pairs).T
    result = overdispersed_funnel(y, se, 0.0)
    again = overdispersed_funnel(y[::-1] * 7 + 1, se[::-1] * 7, 1.0)
    assert again.z[::-1] == pytest.approx(result.z, abs=1e-6)
    assert np.all(np.abs(result.z) <= np.abs(y / se) + 1e-9)

"""Scales: there and back, order kept, finite at the ends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.stats.scales import Scale, choose, printed_step

SCALES = [Scale("log odds", top=100.0), Scale("log"), Scale("identity")]


@pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.kind)
@given(value=st.floats(0.06, 99.9))
def test_there_and_back(scale: Scale, value: float) -> None:
    there = scale.to(np.array([value]))
    assert scale.back(there)[0] == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.kind)
@given(values=st.lists(st.floats(0.0, 100.0), min_size=2, max_size=20))
def test_keeps_order(scale: Scale, values: list[float]) -> None:
    ordered = scale.to(np.sort(np.array(values)))
    assert (np.diff(ordered) >= 0).all()


def test_log_odds_by_hand() -> None:
    scale = Scale("log odds", top=100.0, step=0.1)
    assert scale.to(np.array([50.0, 80.0])) == pytest.approx([0.0, np.log(4)])


def test_ends_are_finite_and_within_half_a_printed_step() -> None:
    scale = Scale("log odds", top=100.0, step=0.1)
    ends = scale.back(scale.to(np.array([0.0, 100.0])))
    assert ends == pytest.approx([0.05, 99.95])
    assert np.isfinite(Scale("log", step=1.0).to(np.array([0.0]))).all()


@pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.kind)
def test_slope_is_the_derivative(scale: Scale) -> None:
    value, small = np.array([30.0]), 1e-5
    rise = (scale.to(value + small) - scale.to(value - small)) / (2 * small)
    assert scale.slope(value) == pytest.approx(rise, rel=1e-6)


def test_rounding_error_is_that_of_an_even_spread() -> None:
    random = np.random.default_rng(3)
    true = random.uniform(10, 90, 200_000)
    printed = np.round(true, 1)
    assert Scale("identity", step=0.1).rounding_error(true)[0] == pytest.approx(
        (printed - true).std(), rel=0.01
    )


@pytest.mark.parametrize(
    ("quantity", "values", "possible", "per", "kind", "top"),
    [
        ("proportion", [3.0, 60.0], (0, 100), None, "log odds", 100.0),
        ("proportion", [0.1, 0.9], (None, None), None, "log odds", 1.0),
        ("proportion", [3.0, 60.0], (None, None), None, "log odds", 100.0),
        ("proportion", [3.0, 140.0], (0, 100), None, "log", 1.0),
        ("rate", [0.0, 12.0], (0, None), 1e5, "log", 1.0),
        ("mean", [5.0, 8.0], (0, 10), None, "log", 1.0),
        ("mean", [-0.4, 0.7], (None, None), None, "identity", 1.0),
        ("mean", [0.2, 0.7], (-5, 5), None, "identity", 1.0),
        ("ratio", [0.0, 0.7], (None, None), None, "identity", 1.0),
    ],
)
def test_choice(
    quantity: str,
    values: list[float],
    possible: tuple[float | None, float | None],
    per: float | None,
    kind: str,
    top: float,
) -> None:
    scale = choose(quantity, np.array([*values, np.nan]), possible, per)
    assert (scale.kind, scale.top) == (kind, top)


def test_finer_digits_than_stated_are_seen() -> None:
    assert printed_step(np.array([12.5, 7.0]), 1) == pytest.approx(0.1)
    assert printed_step(np.array([22.6262, 7.0]), 1) == pytest.approx(1e-4)
    assert printed_step(np.array([3.0, 7.0]), 1) == pytest.approx(0.1)
    assert printed_step(np.array([1 / 3]), 1) == pytest.approx(1e-6)
    scale = choose("proportion", np.array([22.6262, 7.0]), (0, 100), decimals=1)
    assert (scale.step, scale.rounding) == pytest.approx((0.1, 1e-4))
    assert scale.back(scale.to(np.array([0.0])))[0] == pytest.approx(0.05)

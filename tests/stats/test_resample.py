"""Series drawn again keep the dependence of the ones seen: checked where the truth is known."""

import numpy as np
import pytest

from folkmoot.stats.resample import Dependence, draw, estimate, expected_within, fit, within


def autoregression(phi, scale, places, periods, seed):
    rng = np.random.default_rng(seed)
    series = np.empty((places, periods))
    series[:, 0] = rng.standard_normal(places) / np.sqrt(1 - phi**2)
    for t in range(1, periods):
        series[:, t] = phi * series[:, t - 1] + rng.standard_normal(places)
    return series * scale + rng.normal(0, 5, places)[:, None]


@pytest.mark.parametrize("phi", [0.0, 0.3, 0.6, 0.8])
@pytest.mark.parametrize("periods", [9, 38])
def test_the_coefficient_of_short_series_is_found_without_their_bias(phi, periods):
    found = [fit(autoregression(phi, 2.0, 150, periods, seed)).phi for seed in range(8)]

    # Nought is a bound, so what is found there can only be above.
    assert abs(np.mean(found) - phi) < (0.05 if phi else 0.06)


def test_the_plain_coefficient_of_nine_periods_is_far_too_low():
    series = autoregression(0.6, 1.0, 2000, 9, seed=1)
    both = np.ones((2000, 8), dtype=bool)

    plain = within(series[:, :-1], series[:, 1:], both)

    assert plain < 0.45


def test_what_is_expected_of_independent_figures_is_nickells_bias():
    # Nickell (1981): -(1 + ρ)/(T - 1) times a factor that is 1 - 1/T for independent figures.
    expected = expected_within(np.ones((3000, 8), dtype=bool))

    assert expected[0] == pytest.approx(-(1 / 7) * (1 - 1 / 8), abs=0.02)
    assert (np.diff(expected) > 0).all()


def test_gaps_are_no_pairs_and_shift_nothing():
    series = autoregression(0.6, 2.0, 400, 12, seed=3)
    holes = np.random.default_rng(4).random(series.shape) < 0.15
    series[holes] = np.nan

    found = fit(series)

    assert found.phi == pytest.approx(0.6, abs=0.12)
    both = np.isfinite(series[:, 1:]) & np.isfinite(series[:, :-1])
    assert found.pairs == both.sum()


def test_the_scale_of_each_place_is_its_own_drawn_towards_the_rest():
    rng = np.random.default_rng(5)
    scale = np.repeat([1.0, 4.0], 60)
    series = rng.standard_normal((120, 38)) * scale[:, None]

    found = fit(series)

    assert np.median(found.scale[:60]) == pytest.approx(1.0, rel=0.1)
    assert np.median(found.scale[60:]) == pytest.approx(4.0, rel=0.1)
    assert np.ptp(found.scale[:60]) < np.ptp(series[:60].std(axis=1)) + 1e-9


def test_what_is_drawn_has_the_dependence_and_the_variance_of_what_was_seen():
    phi = 0.7
    dependence = Dependence(
        phi, np.array([1.0, 3.0]), np.random.default_rng(1).standard_normal(5000).astype("f4"), 100
    )

    drawn = draw(dependence, 4000, 20, np.random.default_rng(2)).astype(float)

    assert drawn.shape == (2, 4000, 20)
    for place, scale in enumerate((1.0, 3.0)):
        long_run = scale / np.sqrt(1 - phi**2)
        assert drawn[place].std(axis=0) == pytest.approx(np.full(20, long_run), rel=0.06)
        early, late = drawn[place, :, :-1].ravel(), drawn[place, :, 1:].ravel()
        assert np.corrcoef(early, late)[0, 1] == pytest.approx(phi, abs=0.02)


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.8])
def test_two_low_periods_in_a_row_come_as_often_as_theory_says(phi):
    # Sheppard (1899): both of two normals with correlation r are below their mean with
    # probability 1/4 + arcsin(r) / 2π.
    shocks = np.random.default_rng(3).standard_normal(20000).astype("f4")
    drawn = draw(Dependence(phi, np.ones(40), shocks, 1), 1000, 2, np.random.default_rng(4))

    both = (drawn < 0).all(axis=2).mean(axis=0)
    found = estimate(both)

    truth = 0.25 + np.arcsin(phi) / (2 * np.pi)
    assert abs(found.value - truth) < 4 * found.error + 0.003


def test_the_error_of_an_estimate_is_how_far_it_moves_from_one_drawing_to_the_next():
    shocks = np.random.default_rng(3).standard_normal(20000).astype("f4")
    dependence = Dependence(0.5, np.ones(20), shocks, 1)
    found = [
        estimate((draw(dependence, 100, 3, np.random.default_rng(s)) < -1).mean(axis=(0, 2)))
        for s in range(60)
    ]

    moved = np.std([each.value for each in found], ddof=1)

    assert np.mean([each.error for each in found]) == pytest.approx(moved, rel=0.35)


def test_the_same_seed_draws_the_same_and_another_does_not():
    dependence = Dependence(0.5, np.ones(3), np.array([-1, 1], "f4"), 1)

    one = draw(dependence, 5, 4, np.random.default_rng(1))

    assert (one == draw(dependence, 5, 4, np.random.default_rng(1))).all()
    assert (one != draw(dependence, 5, 4, np.random.default_rng(2))).any()


def test_figures_that_never_move_are_drawn_as_they_are():
    found = fit(np.full((6, 9), 4.0))

    assert found.phi == 0.0
    assert (draw(found, 10, 5, np.random.default_rng(1)) == 0).all()


@pytest.mark.parametrize(
    ("series", "says"),
    [
        (np.zeros(5), "matrix"),
        (np.full((3, 9), np.nan), "no place"),
        (np.zeros((3, 2)), "no place"),
    ],
)
def test_what_cannot_be_fitted_is_refused(series, says):
    with pytest.raises(ValueError, match=says):
        fit(series)

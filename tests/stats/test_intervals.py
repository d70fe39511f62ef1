"""Intervals to the digits printed in published guides, and what must hold of any interval."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from folkmoot.stats.intervals import byar, deviance_z, exact_poisson, wilson


@pytest.mark.parametrize(
    ("events", "people", "lower", "upper"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_printed_by_newcombe(
    events: int, people: int, lower: float, upper: float
) -> None:
    """Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3."""
    low, high = wilson(events, people)
    assert (round(float(low), 4), round(float(high), 4)) == (lower, upper)


def test_byar_as_printed() -> None:
    """The example in the published ``byar`` library: 100 events, 90 expected, z = 1.96."""
    low, high = byar(100, z=1.96)
    assert float(high) == pytest.approx(121.628347271806, rel=1e-12)
    assert float(high) / 90 == pytest.approx(1.3514260807978444, rel=1e-12)
    assert float(low) / 90 == pytest.approx(0.9040199067337297, rel=1e-12)


@pytest.mark.parametrize(
    ("events", "lower", "upper"),
    [(0, 0.0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390)],
)
def test_exact_poisson_as_in_garwoods_table(events: int, lower: float, upper: float) -> None:
    """Garwood 1936, Biometrika 28:437-442; the same values in Ulm 1990."""
    low, high = exact_poisson(events)
    assert float(low) == pytest.approx(lower, abs=6e-4)
    assert float(high) == pytest.approx(upper, abs=6e-4)


def test_below_ten_events_byar_gives_the_exact_limits() -> None:
    counts = np.arange(0, 10)
    assert np.array(byar(counts)) == pytest.approx(np.array(exact_poisson(counts)))


def test_byar_is_within_a_fifth_of_a_per_cent_from_ten_events() -> None:
    """As the Public Health England technical guide states."""
    counts = np.arange(10, 2000)
    for ours, exact in zip(byar(counts), exact_poisson(counts), strict=True):
        assert (np.abs(ours / exact - 1) < 0.002).all()


@given(people=st.integers(1, 100_000), share=st.floats(0, 1), dispersion=st.floats(1, 500))
def test_wilson_stays_in_range_holds_its_value_and_never_narrows(
    people: int, share: float, dispersion: float
) -> None:
    events = int(share * people)
    low, high = wilson(events, people)
    wide_low, wide_high = wilson(events, people, dispersion)
    assert 0 <= wide_low <= low <= events / people <= high <= wide_high <= 1


@given(events=st.integers(0, 50_000), dispersion=st.floats(1, 200))
def test_byar_holds_its_value_and_never_narrows(events: int, dispersion: float) -> None:
    low, high = byar(events)
    wide_low, wide_high = byar(events, dispersion)
    # Byar and the exact limits differ by a fifth of a per cent where one takes over.
    assert 0 <= wide_low <= low * 1.003 + 1e-9
    assert low <= events <= high <= wide_high * 1.003


@given(people=st.integers(2, 5000), first=st.integers(0, 5000), second=st.integers(0, 5000))
def test_wilson_rises_with_the_count(people: int, first: int, second: int) -> None:
    less, more = sorted((min(first, people), min(second, people)))
    assert wilson(less, people)[0] <= wilson(more, people)[0]
    assert wilson(less, people)[1] <= wilson(more, people)[1]


def test_unknown_stays_unknown() -> None:
    for low, high in (wilson([np.nan], [10]), wilson([1], [np.nan]), byar([np.nan])):
        assert np.isnan(low).all()
        assert np.isnan(high).all()


@pytest.mark.parametrize("mean", [0.2, 2.0, 15.0, 400.0])
def test_deviance_of_a_count_follows_its_exact_tail(mean: float) -> None:
    """One tail of the exact Poisson, turned into a normal quantile, out to one in 100,000."""
    counts = np.arange(0, int(mean + 8 * np.sqrt(mean)) + 8)
    z = deviance_z(counts, None, mean)
    above = counts > mean + 0.5
    exact = stats.norm.isf(stats.poisson.sf(counts[above] - 1, mean))
    near = (exact > 1.5) & (exact < 4.3)
    assert near.any()
    # On the safe side: never further out than the exact tail.
    assert (z[above][near] < exact[near] + 0.01).all()
    assert np.abs(z[above][near] - exact[near]).max() < 0.3


def test_deviance_of_a_share_follows_its_exact_tail() -> None:
    counts = np.arange(0, 101)
    z = deviance_z(counts, np.full(101, 100), 0.1)
    high = counts > 11
    exact = stats.norm.isf(stats.binom.sf(counts[high] - 1, 100, 0.1))
    near = exact < 5
    assert np.abs(z[high][near] - exact[near]).max() < 0.2
    low = counts < 9
    below = stats.norm.ppf(stats.binom.cdf(counts[low], 100, 0.1))
    assert np.abs(z[low] - below).max() < 0.2


def test_within_half_an_event_there_is_no_deviance() -> None:
    assert deviance_z([10.0, 10.4], None, [10.3, 10.0]).tolist() == [0.0, 0.0]

"""Which bursts alarm, and which never do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import betabinom, binom

from folkmoot.petitions.rules.patterns import (
    AREA,
    DOMAIN,
    KINDS,
    NETWORK,
    Window,
    tail,
    unusual,
    usual_shares,
)


def window(kind: str, *keys: tuple[str, int, int, int], **totals: int) -> Window:
    """Of (key, seen, own, site) each; ``totals`` default to what these add up to."""
    columns = [np.array([key[column] for key in keys], dtype=np.int64) for column in (1, 2, 3)]
    sums: dict[str, Any] = {
        "total_seen": int(columns[0].sum()),
        "total_own": int(columns[1].sum()),
        "total_site": int(columns[2].sum()),
    }
    names = [key[0] for key in keys]
    return Window(kind, names, *columns, **{**sums, **totals})


def alarms(kind: str, *keys: tuple[str, int, int, int], **totals: int) -> list[str]:
    looked = window(kind, *keys, **totals)
    return [each.key for each in unusual(looked, comparisons=looked.total_seen)]


@given(st.integers(0, 60), st.integers(1, 60), st.floats(0.002, 0.9), st.floats(2, 2_000))
def test_the_tail_is_that_of_the_distribution(seen: int, total: int, share: float, steady: float):
    expected = betabinom.sf(seen - 1, total, share * steady, (1 - share) * steady)
    assert tail(seen, total, share, steady) == pytest.approx(expected, rel=1e-4, abs=1e-9)


def test_with_shares_that_hardly_wander_it_is_the_binomial():
    assert tail(20, 100, 0.1, 1e9) == pytest.approx(binom.sf(19, 100, 0.1), rel=1e-4)


@given(
    st.sampled_from(sorted(KINDS)),
    st.integers(1, 200),
    st.integers(0, 1000),
    st.integers(0, 1000),
)
def test_small_numbers_never_alarm(kind: str, total: int, own: int, site: int):
    seen = min(KINDS[kind].least - 1, total)
    known = {"total_own": 5_000, "total_site": 5_000}
    assert not alarms(kind, ("k", seen, own, site), total_seen=total, **known)


@pytest.mark.parametrize("seen", [100, 10_000])
def test_growing_tenfold_alike_is_no_pattern(seen: int):
    keys = [(f"k{n}", seen // 10, 40, 400) for n in range(10)]
    assert not alarms(NETWORK, *keys)
    assert not alarms(DOMAIN, *keys)
    assert not alarms(AREA, *keys)


def test_a_network_never_seen_alarms():
    assert alarms(NETWORK, ("new", 60, 0, 0), total_seen=500, total_own=400, total_site=0) == [
        "new"
    ]


def test_a_network_that_is_usual_elsewhere_does_not():
    known = {"total_seen": 500, "total_own": 0, "total_site": 10_000}
    assert not alarms(NETWORK, ("mobile", 60, 0, 1_000), **known)


def test_a_common_provider_is_judged_by_its_usual_share():
    known = {"total_seen": 300, "total_own": 300, "total_site": 5_000}
    assert not alarms(DOMAIN, ("gmail.com", 140, 110, 1_900), **known)
    assert alarms(DOMAIN, ("odd.example", 140, 0, 0), **known) == ["odd.example"]


def test_nobody_knows_what_is_usual_on_the_first_day():
    fresh = {"total_seen": 300, "total_own": 0, "total_site": 50}
    assert not alarms(DOMAIN, ("gmail.com", 140, 0, 0), **fresh)
    assert not alarms(AREA, ("E08000035", 250, 0, 0), **fresh)


def test_an_area_is_compared_with_its_own_petition_only():
    known = {"total_seen": 400, "total_own": 1_000}
    assert alarms(AREA, ("E07000041", 350, 10, 0), **known, total_site=0) == ["E07000041"]
    assert not alarms(AREA, ("E08000035", 350, 700, 0), **known, total_site=90_000)
    shares = usual_shares(window(AREA, ("E07000041", 350, 10, 9_000), **known, total_site=9_000))
    assert shares.tolist() == [KINDS[AREA].floor]


def test_the_more_is_compared_the_more_it_takes():
    looked = window(NETWORK, ("new", 15, 0, 0), total_seen=200, total_own=500, total_site=0)
    assert unusual(looked, 1)
    assert not unusual(looked, 10**9)

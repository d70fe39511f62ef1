"""Ninety-five per cent limits of counted proportions and rates.

The methods are those of the English public health statistics (Public Health England, *Technical
Guide: Confidence Intervals*, 2018; APHO Technical Briefing 3): the Wilson score for proportions,
Byar's method for counts, and the exact Poisson limits below ten events. All accept a
``dispersion``: how many times greater the true variance is than the binomial or Poisson one. It
acts by cutting the effective number of events or people by that factor (quasi-likelihood,
McCullagh and Nelder 1989, section 4.5; the same widening as Laney's p′ and u′ charts, *Quality
Engineering* 14(4), 2002), so that limits stay within range and never become narrower.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]

Z95: float = float(special.ndtri(0.975))
EXACT_BELOW = 10.0


def wilson(
    events: ArrayLike, people: ArrayLike, dispersion: ArrayLike = 1.0, z: ArrayLike = Z95
) -> tuple[Floats, Floats]:
    """Wilson score limits of events/people as shares between 0 and 1.

    Arrays of one shape (or that broadcast); NaN in, NaN out. ``dispersion`` ≥ 1 divides the
    effective number of people; ``z`` is the quantile of the reference distribution.

    Source: Wilson 1927, *JASA* 22:209–212; Newcombe 1998, *Statistics in Medicine* 17:857–872,
    method 3.
    """
    n = np.asarray(people, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.clip(np.asarray(events, dtype=np.float64) / n, 0.0, 1.0)
        effective = n / np.maximum(dispersion, 1.0)
        square = np.square(z) / effective
        middle = (share + square / 2) / (1 + square)
        half = np.sqrt(square * (share * (1 - share) + square / 4)) / (1 + square)
        # At 0% and 100% the two terms are equal but for the last bit.
        lower = np.where(share == 0.0, 0.0, np.clip(middle - half, 0.0, share))
        upper = np.where(share == 1.0, 1.0, np.clip(middle + half, share, 1.0))
    return np.asarray(lower + 0 * share), np.asarray(upper + 0 * share)


def exact_poisson(
    events: ArrayLike, dispersion: ArrayLike = 1.0, z: ArrayLike = Z95
) -> tuple[Floats, Floats]:
    """Exact limits of a Poisson count, from the link of Poisson and chi-squared tails.

    Source: Garwood 1936, *Biometrika* 28:437–442; Ulm 1990, *American Journal of Epidemiology*
    131:373–375. With dispersion φ: φ times the limits of events/φ.
    """
    phi = np.maximum(np.asarray(dispersion, dtype=np.float64), 1.0)
    x = np.asarray(events, dtype=np.float64) / phi
    tail = special.ndtr(-np.asarray(z, dtype=np.float64))
    with np.errstate(invalid="ignore"):
        lower = np.where(x > 0, special.gammaincinv(np.where(x > 0, x, 1.0), tail), 0.0)
        upper = special.gammainccinv(x + 1, tail)
    return np.asarray(phi * lower + 0 * x), np.asarray(phi * upper)


def byar(
    events: ArrayLike, dispersion: ArrayLike = 1.0, z: ArrayLike = Z95
) -> tuple[Floats, Floats]:
    """Limits of a Poisson count by Byar's method, exact where there are fewer than ten events.

    Divide by the denominator and multiply by ``per`` to get the limits of a rate.

    Source: Breslow and Day 1987, *Statistical Methods in Cancer Research* II, page 69; the switch
    to exact limits below ten events follows Public Health England 2018. With dispersion φ: φ times
    the limits of events/φ, so that what matters is the effective number of events.
    """
    phi = np.maximum(np.asarray(dispersion, dtype=np.float64), 1.0)
    x = np.asarray(events, dtype=np.float64) / phi
    zed = np.asarray(z, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        low = x * (1 - 1 / (9 * x) - zed / (3 * np.sqrt(x))) ** 3
        high = (x + 1) * (1 - 1 / (9 * (x + 1)) + zed / (3 * np.sqrt(x + 1))) ** 3
    few = x < EXACT_BELOW
    exact_low, exact_high = exact_poisson(np.where(few, x, np.nan), 1.0, zed)
    lower = np.where(few, exact_low, np.clip(low, 0.0, x))
    upper = np.where(few, exact_high, np.maximum(high, x))
    return np.asarray(phi * lower), np.asarray(phi * upper)


def deviance_z(events: ArrayLike, people: ArrayLike | None, expected: ArrayLike) -> Floats:
    """How many standard errors a count lies from what ``expected`` predicts; signed.

    With ``people``, ``expected`` is the share p₀ between 0 and 1 and the count is binomial;
    without, ``expected`` is the Poisson mean. The result is the signed root of the deviance with
    half an event's continuity correction, which follows the exact tail closely even for small
    counts, where a Wald statistic calls chance a finding. Zero within half an event. NaN in, NaN
    out.

    Source: McCullagh and Nelder 1989, section 2.4.3 (deviance residuals); Pierce and Schafer 1986,
    *JASA* 81:977–986 (their closeness to normal, and the correction).
    """
    x = np.asarray(events, dtype=np.float64)
    if people is None:
        mean = np.asarray(expected, dtype=np.float64)
        moved = _towards(x, mean)
        with np.errstate(divide="ignore", invalid="ignore"):
            deviance = np.asarray(2 * (special.xlogy(moved, moved / mean) - (moved - mean)))
    else:
        n = np.asarray(people, dtype=np.float64)
        share = np.asarray(expected, dtype=np.float64)
        mean = n * share
        moved = np.minimum(_towards(x, mean), n)
        with np.errstate(divide="ignore", invalid="ignore"):
            yes = special.xlogy(moved, moved / mean)
            no = special.xlogy(n - moved, (n - moved) / (n - mean))
        deviance = np.asarray(2 * (yes + no))
    return np.asarray(np.sign(moved - mean) * np.sqrt(np.maximum(deviance, 0.0)))


def _towards(x: Floats, mean: Floats) -> Floats:
    """Counts moved half an event towards the mean, and onto it where nearer than that."""
    gap = x - mean
    return np.asarray(mean + np.sign(gap) * np.maximum(np.abs(gap) - 0.5, 0.0))

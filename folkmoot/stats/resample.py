"""Series like the ones seen, drawn again and again with their dependence in time kept.

A figure that was low last year tends to be low this year, so a rule that asks for two low years
in a row is set off more often by chance than two separate coins would say. The series of each
place are taken to be a first-order autoregression about its own level; its innovations are drawn
again from those seen (an autoregressive sieve of order one: Bühlmann 1997, *Bernoulli* 3:123–148;
compared with blocks in Bühlmann 2002, *Statistical Science* 17:52–72). Blocks (Politis and Romano
1994, *Journal of the American Statistical Association* 89:1303–1313) need longer series than the
nine or ten years that most places have. The coefficient is one for all places. In series so short
its plain estimate is far too low (Nickell 1981, *Econometrica* 49:1417–1426), so the coefficient
is taken at which simulated series with the same gaps give that estimate (indirect inference:
Gouriéroux, Phillips and Yu 2010, *Journal of Econometrics* 157:68–77).

What it cannot do: a place that truly changed looks like one with much dependence, so real change
is counted as noise and false alarms are, if anything, overstated; and places move independently.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from folkmoot.stats.noise import pool_variances

Floats = NDArray[np.float64]
Draws = NDArray[np.float32]

MOST_DEPENDENT = 0.95
FEWEST_PAIRS = 3
_GRID = np.linspace(0.0, MOST_DEPENDENT, 20)
_SIMULATED = 3000
_SEED = 19810601


@dataclass(frozen=True, slots=True)
class Dependence:
    """How places move about their own level.

    ``phi``: correlation of one period with the next, 0 to 0.95, the same for every place.
    ``scale`` (P,): standard deviation of one period's innovation. ``shocks``: innovations seen,
    in units of their place's scale, mean nought and variance one. ``pairs``: neighbouring
    periods that it rests on.
    """

    phi: float
    scale: Floats
    shocks: Draws
    pairs: int


def fit(series: ArrayLike) -> Dependence:
    """The dependence of the series of many places.

    ``series``: (P, T), evenly spaced, NaN where there is no figure; what all places share should
    be taken out before. Places with fewer than four neighbouring figures get the common scale.
    Raises ValueError if ``series`` is no matrix or no place has enough figures.
    """
    values = np.asarray(series, dtype=np.float64)
    if values.ndim != 2:
        raise ValueError("series must be a matrix of places by periods")
    early, late = values[:, :-1], values[:, 1:]
    both = np.isfinite(early) & np.isfinite(late)
    count = both.sum(axis=1)
    enough = count >= FEWEST_PAIRS
    if not enough.any():
        raise ValueError("no place has enough figures in a row")
    phi = _coefficient(both[enough], early[enough], late[enough])
    with np.errstate(invalid="ignore", divide="ignore"):
        seen = np.isfinite(values)
        level = np.nansum(values, axis=1) / seen.sum(axis=1)
    innovation = (late - level[:, None]) - phi * (early - level[:, None])
    square = np.where(both, innovation, 0.0) ** 2
    freedom = np.where(enough, np.maximum(count - 1, 0), 0).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = np.where(enough, square.sum(axis=1) / freedom, np.nan)
    flat = ~(variance > 0)
    pooled = pool_variances(np.where(flat, np.nan, variance), np.where(flat, 0.0, freedom))
    scale = np.sqrt(np.maximum(pooled.variance, 0.0))
    used = both & (enough & ~flat)[:, None]
    shocks = (innovation / scale[:, None])[used]
    if not shocks.size:  # nothing ever moved
        return Dependence(phi, np.zeros(len(values)), np.zeros(1, np.float32), int(both.sum()))
    shocks = shocks - shocks.mean()
    shocks /= np.sqrt(np.mean(shocks**2))
    return Dependence(phi, scale, shocks.astype(np.float32), int(both.sum()))


def _coefficient(both: NDArray[np.bool_], early: Floats, late: Floats) -> float:
    """The coefficient at which series with these gaps look as these do, held to 0 to 0.95.

    ``both``, ``early``, ``late``: (P, T - 1), neighbouring figures and where both are known.
    """
    found = within(early, late, both)
    if not np.isfinite(found):
        return 0.0
    expected = expected_within(both)
    return float(np.interp(found, np.maximum.accumulate(expected), _GRID))


def within(early: Floats, late: Floats, both: NDArray[np.bool_]) -> float:
    """The plain coefficient within places, each place counting alike; NaN if nothing moves."""
    count = np.maximum(both.sum(axis=1), 1)
    x = np.where(both, early, 0.0)
    y = np.where(both, late, 0.0)
    x = np.where(both, x - (x.sum(axis=1) / count)[:, None], 0.0)
    y = np.where(both, y - (y.sum(axis=1) / count)[:, None], 0.0)
    square = (x**2).sum(axis=1)
    moves = square > 0
    if not moves.any():
        return float("nan")
    # A place that swings widely must not speak for the rest.
    weight = count[moves] / square[moves]
    return float((weight * (x * y)[moves].sum(axis=1)).sum() / count[moves].sum())


def expected_within(both: NDArray[np.bool_]) -> Floats:
    """What ``within`` gives on average for each coefficient of a grid from 0 to 0.95.

    From simulated series with the gaps of ``both`` (P, T - 1), always the same.
    """
    times = -(-_SIMULATED // len(both))
    pattern = np.tile(both, (times, 1))
    shocks = np.random.default_rng(_SEED).standard_normal((len(pattern), both.shape[1] + 1))
    found = np.empty(len(_GRID))
    for index, phi in enumerate(_GRID):
        series = shocks.copy()
        series[:, 0] /= np.sqrt(1 - phi**2)
        for period in range(1, series.shape[1]):
            series[:, period] += phi * series[:, period - 1]
        found[index] = within(series[:, :-1], series[:, 1:], pattern)
    return found


def draw(found: Dependence, resamples: int, periods: int, generator: np.random.Generator) -> Draws:
    """Deviations from a steady level: (P, resamples, periods) in single precision.

    Each series begins in its long run: its first deviation has the variance of the rest.
    """
    places = len(found.scale)
    pick = generator.integers(
        0, len(found.shocks), size=(periods, places, resamples), dtype=np.int32
    )
    series = np.take(found.shocks, pick)
    series *= found.scale.astype(np.float32)[None, :, None]
    series[0] /= np.float32(np.sqrt(1 - found.phi**2))
    phi = np.float32(found.phi)
    for period in range(1, periods):
        series[period] += phi * series[period - 1]
    return np.moveaxis(series, 0, -1)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over resamples and its Monte Carlo standard error.

    ``bound``: of a share that every resample gave as 0 or as 1, how far from that the truth may
    be, with 95% confidence; None for any other, whose error says it.
    """

    value: float
    error: float
    bound: float | None = None


RULE_OF_THREE = 3.0


def estimate(per_resample: ArrayLike) -> Estimate:
    """The mean of one number a resample, and how far chance in the drawing could move it."""
    values = np.asarray(per_resample, dtype=np.float64)
    if values.size < 2:
        return Estimate(float(values.mean()) if values.size else float("nan"), float("nan"))
    return Estimate(float(values.mean()), float(values.std(ddof=1) / np.sqrt(values.size)))


def estimate_share(per_resample: ArrayLike) -> Estimate:
    """As ``estimate``, of a share from 0 to 1 in each resample.

    Where all agree on 0 or on 1 the standard error is 0, and that is not to say that nothing
    could move it: what happened in none of n draws has a chance of up to 3/n, with 95% confidence
    (the rule of three: Hanley and Lippman-Hand 1983, *JAMA* 249:1743–1745). A whole resample
    counts as one draw, so the bound is wide rather than narrow.
    """
    values = np.asarray(per_resample, dtype=np.float64)
    found = estimate(values)
    if values.size and (np.all(values == 0) or np.all(values == 1)):
        return Estimate(found.value, found.error, min(RULE_OF_THREE / values.size, 1.0))
    return found

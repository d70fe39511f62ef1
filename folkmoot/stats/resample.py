"""Series like the ones seen, drawn again and again with their dependence in time kept.

A figure that was low last year tends to be low this year, so a rule that asks for two low years
in a row is set off more often by chance than two separate coins would say. The series of each
place are taken to be a first-order autoregression about its own level; its innovations are drawn
again from those seen (an autoregressive sieve of order one: Bühlmann 1997, *Bernoulli* 3:123–148;
compared with blocks in Bühlmann 2002, *Statistical Science* 17:52–72). Blocks (Politis and Romano
1994, *Journal of the American Statistical Association* 89:1303–1313) need longer series than the
nine or ten years that most places have. The coefficient is one for all places, and the bias of
so short a series is taken out by solving for it (Nickell 1981, *Econometrica* 49:1417–1426).

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
_GRID = np.linspace(-0.6, 0.99, 1000)


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
    phi = _coefficient(early, late, both, count, enough)
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


def _coefficient(
    early: Floats,
    late: Floats,
    both: NDArray[np.bool_],
    count: NDArray[np.int64],
    enough: NDArray[np.bool_],
) -> float:
    """The pooled coefficient within places, its bias taken out, held to 0 to 0.95."""
    with np.errstate(invalid="ignore", divide="ignore"):
        x = early - (np.where(both, early, 0.0).sum(axis=1) / count)[:, None]
        y = late - (np.where(both, late, 0.0).sum(axis=1) / count)[:, None]
        x, y = np.where(both, x, 0.0), np.where(both, y, 0.0)
        # Each place counts alike: one that swings widely must not speak for the rest.
        weight = np.where(enough, count / (x**2).sum(axis=1), 0.0)
    weight = np.where(np.isfinite(weight), weight, 0.0)
    below = float((weight * (x**2).sum(axis=1)).sum())
    if below <= 0:
        return 0.0
    within = float((weight * (x * y).sum(axis=1)).sum()) / below
    expected = _GRID + nickell_bias(_GRID, float(count[enough].mean()))
    return float(np.clip(np.interp(within, expected, _GRID), 0.0, MOST_DEPENDENT))


def nickell_bias(phi: Floats, pairs: float) -> Floats:
    """Bias of the within-place coefficient with so many pairs a place, for many places.

    Nickell (1981), equation 18. ``phi`` below one; ``pairs`` above one.
    """
    t = max(pairs, 2.0)
    inner = 1 - (1 - phi**t) / (t * (1 - phi)) if np.all(phi > 0) else _inner(phi, t)
    above = -(1 + phi) / (t - 1) * inner
    return np.asarray(above / (1 - 2 * phi / ((1 - phi) * (t - 1)) * inner))


def _inner(phi: Floats, t: float) -> Floats:
    # A negative number has no fractional power: its sum of powers is taken over whole periods.
    whole = max(round(t), 2)
    powers = np.sum(phi[:, None] ** np.arange(whole)[None, :], axis=1)
    return np.asarray(1 - powers / whole)


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
    """A mean over resamples and its Monte Carlo standard error."""

    value: float
    error: float


def estimate(per_resample: ArrayLike) -> Estimate:
    """The mean of one number a resample, and how far chance in the drawing could move it."""
    values = np.asarray(per_resample, dtype=np.float64)
    if values.size < 2:
        return Estimate(float(values.mean()) if values.size else float("nan"), float("nan"))
    return Estimate(float(values.mean()), float(values.std(ddof=1) / np.sqrt(values.size)))

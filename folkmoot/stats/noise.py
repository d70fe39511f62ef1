"""How much a place moves from one period to the next when nothing else happens.

Movement is measured by the moving range, as in process-behaviour charts: half of what two
neighbouring periods differ by, on average, is noise, whatever slow change runs beneath. Places
are many and periods few, so that each place's variance is drawn towards what places of its size
show together, and the reference distribution is a t whose degrees of freedom say how much is
known (Smyth 2004, *Statistical Applications in Genetics and Molecular Biology* 3(1), article 3).

What it cannot see: errors that persist from one period into the next (overlapping samples, a
model that smooths over years) look like real and lasting difference. A season that all places
share is taken out with the benchmark; one that a place has to itself widens its noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Booleans = NDArray[np.bool_]

# Moments of the absolute difference |a - b| of two independent standard normal values, and of two
# such differences that share a point (their correlation is -1/2): E|d|, var|d|, cov(|d|, |d'|).
RANGE_MEAN = 2 / np.sqrt(np.pi)
RANGE_VARIANCE = 2 - 4 / np.pi
RANGE_COVARIANCE = 4 / np.pi * (np.sqrt(0.75) + 0.5 * np.arcsin(0.5) - 1)


def without_overlap(starts: Integers, ends: Integers) -> Booleans:
    """Which periods to keep so that none overlaps another, the newest always kept.

    ``starts`` and ``ends`` are day numbers (T,), ordered by end; ``ends`` are first days after.
    Three-year averages published every year keep every third.
    """
    keep = np.zeros(len(starts), dtype=bool)
    limit = np.iinfo(np.intp).max
    for index in range(len(starts) - 1, -1, -1):
        if ends[index] <= limit:
            keep[index] = True
            limit = int(starts[index])
    return keep


def adjacent(starts: Integers, keep: Booleans) -> tuple[Integers, Integers]:
    """Pairs (earlier, later) of kept periods that follow one another without a gap.

    A gap is a step between starts of more than one and a half times the usual step.
    """
    kept = np.flatnonzero(keep)
    steps = np.diff(starts[kept])
    if not steps.size:
        return kept[:0], kept[:0]
    close = steps <= 1.5 * np.median(steps)
    return kept[:-1][close], kept[1:][close]


@dataclass(frozen=True, slots=True)
class Movement:
    """Movement of each place (P,): its variance per period, what is known of it, and from what."""

    variance: Floats  # NaN where there is no pair of periods
    df: Floats  # effective degrees of freedom, 0 where there is no pair
    periods: Integers  # periods that take part in at least one pair
    change: Floats  # (P, pairs) the differences themselves, NaN where unknown
    earlier: Integers  # (pairs,) the periods of each pair
    later: Integers


HALF_NORMAL_MEDIAN = float(special.ndtri(0.75))

# How far out the 97.5th percentile of |a − b| lies, in medians, for independent a and b that follow
# a t with these degrees of freedom (from 4 million draws each; the last is the normal's, exact).
TAIL_FREEDOM = (3.0, 4.0, 5.0, 6.0, 8.0, 11.0, 15.0, 30.0, np.inf)
TAIL_RATIOS = (4.83, 4.25, 3.98, 3.82, 3.66, 3.55, 3.48, 3.39, 3.323)


def tail_freedom(change: Floats, variance: Floats) -> float:
    """How heavy the tails of movement are, as the degrees of freedom of a t; inf for normal.

    ``change`` (P, pairs): differences between neighbouring periods; ``variance`` (P,): what each
    place's are thought to be (NaN leaves it out). Movement of real series has more shocks than a
    normal distribution allows, and a verdict far out in the tail must not rest on its thinness.
    A period in which all places moved more, such as a pandemic year, is no heavy tail: differences
    are first divided by the median of their pair of periods (see ``turbulence``).

    The ratio of the 97.5th percentile to the median of the standardised differences, less one
    standard error, is read in ``TAIL_RATIOS``; one place that jumps cannot move it. With fewer
    than 100 differences it cannot be told, and the answer is inf.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.abs(change) / np.sqrt(variance)[:, None]
        size = size / _pair_medians(size)
    size = size[np.isfinite(size)]
    if size.size < 100:
        return float(np.inf)
    middle, far = np.quantile(size, [0.5, 0.975])
    if middle <= 0:
        return float(np.inf)
    # √(p(1−p)/n)/density at the percentile, in medians, for the normal.
    ratio = far / middle - 3.7 / np.sqrt(size.size)
    inverse = [0.0 if np.isinf(df) else 1 / df for df in TAIL_FREEDOM]
    heavy = float(np.interp(ratio, TAIL_RATIOS[::-1], inverse[::-1]))
    return 1 / heavy if heavy > 0 else float(np.inf)


def turbulence(movement: Movement, variance: Floats, periods: int) -> Floats:
    """By how much noise in each period exceeds its average over periods: (T,), at least 1.

    ``variance`` (P,): what each place's is thought to be (NaN leaves it out). The median movement
    of all places tells whether a pair of periods was restless; a period counts as such if every
    pair that it takes part in was, beyond two standard errors of that median. With places fewer
    than 20 in a pair it cannot be told.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.abs(movement.change) / np.sqrt(2 * variance)[:, None]
    ratio = _pair_medians(size) / HALF_NORMAL_MEDIAN
    count = np.isfinite(size).sum(axis=0)
    known = np.isfinite(ratio)
    calm = float(np.median(ratio[known])) if known.any() else 1.0
    clear = known & (ratio > 1 + 2.3 / np.sqrt(np.maximum(count, 1)))
    excess = np.where(clear, 2 * ratio**2 - calm**2, 1.0)
    least = np.full(periods, np.inf)
    for ends in (movement.earlier, movement.later):
        np.minimum.at(least, ends, excess)
    return np.where(np.isfinite(least), np.maximum(least, 1.0), 1.0)


def _pair_medians(size: Floats) -> Floats:
    """The median of each column (pairs,), NaN with fewer than 20 known."""
    ordered = np.sort(size, axis=0)  # NaN goes last
    count = np.isfinite(size).sum(axis=0)
    if not ordered.size:
        return np.full(size.shape[1], np.nan)
    columns = np.arange(size.shape[1])
    low, high = np.maximum(count - 1, 0) // 2, np.minimum(count // 2, len(ordered) - 1)
    middle = (ordered[low, columns] + ordered[high, columns]) / 2
    return np.where(count >= 20, middle, np.nan)


def moving_range(deviation: Floats, earlier: Integers, later: Integers) -> Movement:
    """Variance of one period's noise from the mean moving range of ``deviation`` (P, T).

    ``earlier`` and ``later`` index the periods of each pair. The mean range divided by 2/√π
    estimates the standard deviation (Shewhart's d₂ for two); being a mean of absolute values it is
    less moved by one shock than a mean square. Ranges that share a period are correlated, so that
    m ranges carry fewer than m degrees of freedom: the coefficient of variation of the mean range
    follows from the moments of folded normal variables (Cryer and Ryan 1990, *Journal of Quality
    Technology* 22:187–192) and is matched to a χ with ν degrees of freedom (Patnaik 1950,
    *Biometrika* 37:78–87). Nine periods in a row give about 5, not 8.
    """
    change = deviation[:, later] - deviation[:, earlier]
    known = np.isfinite(change)
    pairs = known.sum(axis=1)
    total = np.where(known, np.abs(change), 0.0).sum(axis=1)
    order = {int(start): index for index, start in enumerate(earlier)}
    links = [(index, order[int(end)]) for index, end in enumerate(later) if int(end) in order]
    first = np.array([a for a, _ in links], dtype=np.intp)
    second = np.array([b for _, b in links], dtype=np.intp)
    shared = (known[:, first] & known[:, second]).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / pairs
        spread = RANGE_VARIANCE * pairs + 2 * RANGE_COVARIANCE * shared
        squared = spread / (pairs * RANGE_MEAN) ** 2
        variance = (mean / RANGE_MEAN) ** 2 / (1 + squared)
        df = (1 + np.sqrt(1 + 2 * squared)) / (4 * squared)
    ends = np.zeros((len(earlier), deviation.shape[1]))
    ends[np.arange(len(earlier)), earlier] = ends[np.arange(len(later)), later] = 1.0
    taking_part = known.astype(np.float64) @ ends > 0
    return Movement(
        variance, np.where(pairs > 0, df, 0.0), taking_part.sum(axis=1), change, earlier, later
    )


@dataclass(frozen=True, slots=True)
class Pooled:
    """Variances drawn together: per place (P,) the pooled variance and its degrees of freedom."""

    variance: Floats
    df: Floats
    prior: Floats  # what places of this size show together
    prior_df: float  # how many degrees of freedom that is worth; inf if all places are alike


def pool_variances(variance: Floats, df: Floats, size: Floats | None = None) -> Pooled:
    """Draws each place's variance towards the common one, as far as the data says they are alike.

    ``variance``, ``df`` (P,): estimates and their degrees of freedom (0: none, gets the common
    one). ``size`` (P,), such as the log of the population, lets the common variance change
    linearly in the log with it where at least 20 places have it. The posterior variance is
    (d₀s₀² + νs²)/(d₀ + ν) with a t reference of d₀ + ν degrees of freedom, never more than all
    the places have together; d₀ and s₀² come from the mean and variance of log s² (Smyth 2004,
    section 6.2; the trend as in limma, Law and others 2014, *Genome Biology* 15:R29).
    """
    usable = np.isfinite(variance) & (df > 0)
    if not usable.any():
        nothing = np.full(len(variance), np.nan)
        return Pooled(nothing, np.zeros(len(variance)), nothing, 0.0)
    half = df[usable] / 2
    smallest = 1e-6 * float(np.median(variance[usable])) + 1e-300
    logs = np.log(np.maximum(variance[usable], smallest)) - special.digamma(half) + np.log(half)
    weight = 1 / special.polygamma(1, half)
    level, fitted, used = _level(logs, weight, size, usable, len(variance))
    count = len(logs)
    if count <= used:
        return Pooled(variance, df, np.exp(level), 0.0)
    excess = float(
        np.sum(weight * ((logs - fitted) ** 2 * count / (count - used) - 1 / weight))
        / np.sum(weight)
    )
    together = float(df[usable].sum())
    if excess <= 0:
        prior_df = np.inf
        # With one common variance the pooled mean uses more of the data than the mean of logs.
        ratio = variance[usable] / np.exp(fitted)
        prior = np.exp(level) * float(np.sum(df[usable] * ratio) / together)
        return Pooled(prior, np.full(len(variance), together), prior, prior_df)
    prior_df = 2 * _inverse_trigamma(excess)
    prior = np.exp(level + special.digamma(prior_df / 2) - np.log(prior_df / 2))
    own = np.where(usable, variance, 0.0)
    own_df = np.where(usable, df, 0.0)
    posterior = (prior_df * prior + own_df * own) / (prior_df + own_df)
    return Pooled(posterior, np.minimum(prior_df + own_df, together), prior, float(prior_df))


def _level(
    logs: Floats, weight: Floats, size: Floats | None, usable: Booleans, places: int
) -> tuple[Floats, Floats, int]:
    """The common log variance for every place, for the usable ones, and parameters used."""
    if size is not None:
        known = np.isfinite(size[usable])
        if known.sum() >= 20 and np.ptp(size[usable][known]) > 0:
            x, y, w = size[usable][known], logs[known], weight[known]
            centre = float(np.average(x, weights=w))
            slope = float(np.sum(w * (x - centre) * y) / np.sum(w * (x - centre) ** 2))
            mean = float(np.average(y, weights=w))
            line = mean + slope * (np.where(np.isfinite(size), size, centre) - centre)
            return line, line[usable], 2
    mean = float(np.average(logs, weights=weight))
    return np.full(places, mean), np.full(len(logs), mean), 1


def _inverse_trigamma(value: float) -> float:
    """The x at which trigamma(x) = value, by Newton's method (Smyth 2004, appendix)."""
    if value > 1e7:
        return float(1 / np.sqrt(value))
    if value < 1e-6:
        return 1 / value
    x = 0.5 + 1 / value
    for _ in range(50):
        trigamma = float(special.polygamma(1, x))
        step = trigamma * (1 - trigamma / value) / float(special.polygamma(2, x))
        x += step
        if -step / x < 1e-8:
            break
    return x


@dataclass(frozen=True, slots=True)
class Excess:
    """Movement beyond what counting alone explains."""

    variance: Floats  # (P,), to be added to the counting variance; 0 where there is none
    df: Floats  # (P,), inf where the counting variance stands alone
    typical: float  # the excess variance that places share, on the comparison scale
    prior_df: float
    known: bool  # False: too few periods anywhere to know


def excess_movement(movement: Movement, counting: Floats) -> Excess:
    """How much more each place moves between periods than its counts alone would make it.

    ``counting`` (P,): the mean binomial or Poisson variance of a place, on the comparison scale.
    Places share a typical excess τ², an additive component (Spiegelhalter 2005 prefers it to a
    common factor where sizes differ much) in the manner of quasi-likelihood (McCullagh and Nelder
    1989, section 4.5). It is the τ² at which log s² − log(counting + τ²) averages what chance
    alone would give; being a mean of logs it is not set by the few places whose level jumped. Each
    place's ratio to that is then pooled as in ``pool_variances``. Never negative: intervals are
    widened, never narrowed.
    """
    usable = np.isfinite(movement.variance) & (movement.df > 0) & np.isfinite(counting)
    count = len(counting)
    if not usable.any():
        return Excess(np.zeros(count), np.full(count, np.inf), 0.0, 0.0, False)
    own, base, df = movement.variance[usable], counting[usable], movement.df[usable]
    typical = _typical_excess(own, base, df)
    ratio = np.full(count, np.nan)
    ratio[usable] = own / (base + typical)
    pooled = pool_variances(ratio, np.where(usable, movement.df, 0.0))
    level = np.where(np.isfinite(counting), counting, np.nanmean(counting)) + typical
    extra = np.maximum(level * pooled.variance - (level - typical), 0.0)
    freedom = np.minimum(pooled.df, tail_freedom(movement.change, level * pooled.variance))
    return Excess(extra, np.where(extra > 0, freedom, np.inf), typical, pooled.prior_df, known=True)


def _typical_excess(own: Floats, base: Floats, df: Floats) -> float:
    expected = special.digamma(df / 2) - np.log(df / 2)
    weight = 1 / special.polygamma(1, df / 2)
    logs = np.log(np.maximum(own, 1e-6 * float(np.median(base)) + 1e-300)) - expected

    def surplus(tau2: float) -> float:
        return float(np.sum(weight * (logs - np.log(base + tau2))))

    if surplus(0.0) <= 0:
        return 0.0
    low, high = 0.0, float(np.exp(logs.max()))
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if surplus(middle) > 0 else (low, middle)
    return high

"""Whether a place differs from a benchmark by more than chance, over many places at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Booleans = NDArray[np.bool_]


def two_sided_p(z: Floats, df: Floats | float = np.inf) -> Floats:
    """Two-sided p-values of z against a t with ``df`` degrees of freedom (inf: normal)."""
    size = -np.abs(z)
    freedom = np.broadcast_to(np.asarray(df, dtype=np.float64), size.shape)
    # Beyond a thousand degrees of freedom t and normal agree to three digits even far out.
    student = np.isfinite(size) & (freedom < 1000)
    tail = special.ndtr(size)
    tail[student] = special.stdtr(freedom[student], size[student])
    return np.asarray(2 * tail)


def benjamini_hochberg(p: Floats, rate: float = 0.05) -> Booleans:
    """Which hypotheses to reject so that the false discovery rate stays at ``rate``.

    ``p`` (n,) or (n, families): each column is a family of its own; NaN is not in the family.
    Rejects the k smallest, k the largest with p₍ₖ₎ ≤ rate·k/m.

    Source: Benjamini and Hochberg 1995, *JRSS B* 57:289–300; it holds for independent tests and
    for the positive dependence of tests that share a benchmark (Benjamini and Yekutieli 2001,
    *Annals of Statistics* 29:1165–1188).
    """
    columns = p[:, None] if p.ndim == 1 else p
    family = np.isfinite(columns).sum(axis=0)
    ordered = np.sort(columns, axis=0)  # NaN goes last
    ranks = np.arange(1, len(columns) + 1)[:, None]
    with np.errstate(invalid="ignore"):
        under = ordered <= rate * ranks / np.maximum(family, 1)
    last = np.where(under, ranks, 0).max(axis=0, initial=0)
    limit = np.where(
        last > 0,
        np.take_along_axis(ordered, np.maximum(last - 1, 0)[None, :], axis=0)[0]
        if len(ordered)
        else np.nan,
        -1.0,
    )
    with np.errstate(invalid="ignore"):
        rejected = columns <= limit
    return np.asarray(rejected[:, 0] if p.ndim == 1 else rejected)


@dataclass(frozen=True, slots=True)
class Rest:
    """For each row and period (P, T): the weighted mean of the others of its group."""

    mean: Floats  # NaN with fewer others than asked for
    variance: Floats  # its error variance, in squared units of the values
    others: Integers


def rest_of_group(
    value: Floats,
    weight: Floats,
    variance: Floats,
    group: Integers,
    minimum: int = 2,
) -> Rest:
    """The weighted mean of every other row of a row's group, the row itself taken out.

    ``value``, ``weight``, ``variance`` (P, T), NaN where unknown; ``group`` (P,) with −1 for rows
    in no group. A row without a value or weight is compared with the mean of the whole group. The
    variance is Σw²σ²/(Σw)² over the others; members whose σ² is unknown count as the others do.
    """
    groups = int(group.max(initial=0)) + 1
    member = np.zeros((groups, len(group)))
    inside = group >= 0
    member[group[inside], np.flatnonzero(inside)] = 1.0
    counted = np.isfinite(value) & np.isfinite(weight) & (weight > 0) & inside[:, None]
    w = np.where(counted, weight, 0.0)
    wv = w * np.where(counted, value, 0.0)
    sure = counted & np.isfinite(variance)
    w2 = w * w
    w2s = np.where(sure, w2, 0.0)
    w2v = w2s * np.where(sure, variance, 0.0)

    def others(part: Floats) -> Floats:
        return np.asarray(np.where(inside[:, None], (member @ part)[group] - part, 0.0))

    count = np.rint(others(counted.astype(np.float64))).astype(np.intp)
    enough = (count >= minimum) & inside[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        total = others(w)
        mean = np.where(enough, others(wv) / total, np.nan)
        scale_up = others(w2) / others(w2s)
        error = np.where(enough, np.maximum(others(w2v), 0.0) * scale_up / total**2, np.nan)
    return Rest(mean, error, count)


@dataclass(frozen=True, slots=True)
class Middle:
    """For each row and period (P, T): the median of its neighbours and its standard error."""

    median: Floats
    error: Floats
    count: Integers


def middle_of(scaled: Floats, error: Floats, neighbours: Integers, minimum: int = 5) -> Middle:
    """The median of each row's neighbours, with its error from the neighbours' own errors.

    ``scaled``, ``error`` (P, T) on the comparison scale, ``neighbours`` (P, K) row indices, −1 for
    none. NaN with fewer than ``minimum`` neighbours that have a value.

    The neighbours are the very places meant, not a sample of places, so what is asked is whether a
    place equals the middle of *them*: how far they spread is real difference and no error. The
    median moves only by the chance in its members' values. For independent values with
    distribution functions Fⱼ the variance of their median m is ΣFⱼ(m)(1 − Fⱼ(m)) / (Σfⱼ(m))², the
    sandwich of Huber 1967 (*Fifth Berkeley Symposium* 1:221–233) for the estimating equation
    Σsign(yⱼ − m) = 0: members far from the middle drop out, and equal members give the familiar
    (π/2)σ²/n. Where neighbours lie so far apart that only the one or two middle ones can ever be
    in the middle, their own error is the answer, and the formula is held to it.
    """
    reach = neighbours >= 0
    index = np.where(reach, neighbours, 0)
    # Periods first and neighbours last, so that what is sorted lies side by side: (T, P, K).
    values = np.where(reach, np.take(scaled.T, index, axis=1), np.nan)
    spread = np.take(error.T, index, axis=1)
    ordered = np.sort(values, axis=2)
    count = np.isfinite(values).sum(axis=2)
    low = np.maximum(count - 1, 0) // 2
    high = np.minimum(count // 2, values.shape[2] - 1)
    lower, upper = (
        np.take_along_axis(ordered, at[:, :, None], axis=2)[:, :, 0] for at in (low, high)
    )
    enough = count >= minimum
    median = np.where(enough, (lower + upper) / 2, np.nan)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        z = (median[:, :, None] - values) / spread
        share = special.ndtr(z)
        density = np.exp(-z * z / 2) / (np.sqrt(2 * np.pi) * spread)
        known = np.isfinite(density)
        smooth = (
            np.where(known, share * (1 - share), 0.0).sum(axis=2)
            / np.where(known, density, 0.0).sum(axis=2) ** 2
        )
        below, above = (
            np.where(values == middle[:, :, None], spread, 0.0).max(axis=2)
            for middle in (lower, upper)
        )
        far = np.where(low == high, below**2, (below**2 + above**2) / 4)
        # A middle place without an error of its own leaves only the smooth answer, or none.
        variance = np.where(far > 0, np.fmin(smooth, far), smooth)
    found = np.where(enough & np.isfinite(variance), np.sqrt(variance), np.nan)
    return Middle(median.T, found.T, count.T)

"""How much places differ beyond chance, and what it would mean to close the gap.

Sources: DerSimonian, R. and Laird, N. (1986) "Meta-analysis in clinical trials", Controlled
Clinical Trials 7, 177-188 (variance between places); Higgins, J. P. T. and Thompson, S. G.
(2002) "Quantifying heterogeneity in a meta-analysis", Statistics in Medicine 21, 1539-1558
(I squared and its test-based interval).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

_Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class VariationResult:
    """How far places differ beyond what chance in each figure would give.

    ``q``: weighted sum of squares about the weighted mean; ``df``: places less one; ``p``:
    chance of so large a ``q`` were there no difference. ``i2``: share of the differences that
    is more than chance, 0 to 1, with its 95% interval ``i2_lower`` to ``i2_upper``. ``tau2``:
    variance between places on the scale of the values. ``mean``: the random-effects mean, with
    standard error ``mean_se``. With fewer than two places all but ``df`` are nan.
    """

    q: float
    df: int
    p: float
    i2: float
    i2_lower: float
    i2_upper: float
    tau2: float
    mean: float
    mean_se: float


def between_places(y: ArrayLike, se: ArrayLike) -> VariationResult:
    """Variation between places beyond chance.

    ``y``: values on a scale where their error is about normal; ``se``: standard errors above
    zero; both shape (n,). Places with nan in either are left out.
    Raises ValueError if the shapes differ or an error is not above zero.
    """
    values, errors = _known(y, se)
    df = values.size - 1
    if df < 1:
        nan = math.nan
        return VariationResult(nan, max(df, 0), nan, nan, nan, nan, nan, nan, nan)
    weight = errors**-2
    total = float(weight.sum())
    fixed = float((weight * values).sum()) / total
    q = float((weight * (values - fixed) ** 2).sum())
    tau2 = max(0.0, (q - df) / (total - float((weight**2).sum()) / total))
    random = 1 / (errors**2 + tau2)
    mean = float((random * values).sum() / random.sum())
    i2 = max(0.0, 1 - df / q) if q > 0 else 0.0
    lower, upper = _i2_interval(q, df)
    return VariationResult(
        q=q,
        df=df,
        p=float(special.chdtrc(df, q)),
        i2=i2,
        i2_lower=lower,
        i2_upper=upper,
        tau2=tau2,
        mean=mean,
        mean_se=float(random.sum() ** -0.5),
    )


def shrink(
    y: ArrayLike, se: ArrayLike, mean: float, tau2: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Each value drawn towards ``mean`` by as much as chance blurs it, and its standard error.

    The empirical Bayes estimate with known ``mean`` and variance ``tau2`` between places:
    value × tau2 / (tau2 + se²) + mean × se² / (tau2 + se²). Shapes (n,); nan stays nan.
    Raises ValueError if ``tau2`` is negative.
    """
    if tau2 < 0:
        raise ValueError("tau2 must not be negative")
    values = np.asarray(y, dtype=np.float64)
    variance = np.asarray(se, dtype=np.float64) ** 2
    kept = tau2 / np.where(variance + tau2 > 0, variance + tau2, 1.0)
    kept = np.where(variance == 0, 1.0, kept)
    return kept * values + (1 - kept) * mean, np.sqrt(kept * variance)


def spread(values: ArrayLike, share: float = 0.8) -> tuple[float, float]:
    """Between which two figures the middle ``share`` of the values lies; nan are left out.

    Shrunken values spread a little less than the truth does, so the answer errs on the side
    of saying too little. Raises ValueError unless 0 < share < 1.
    """
    if not 0 < share < 1:
        raise ValueError("share must lie between 0 and 1")
    known = np.asarray(values, dtype=np.float64)
    known = known[np.isfinite(known)]
    if known.size == 0:
        return math.nan, math.nan
    low, high = np.quantile(known, [(1 - share) / 2, (1 + share) / 2])
    return float(low), float(high)


def fewer_affected(
    rate: ArrayLike, denominator: ArrayLike, reference: float, higher_is_better: bool
) -> float:
    """How many people it would touch if every place beyond ``reference`` reached it.

    ``rate``: shrunken rates as people per person (a percentage divided by 100), shape (n,);
    ``denominator``: people in each place. Where lower is better the answer is how many fewer
    people would be affected; where higher is better, how many more would be reached. Places
    with nan in either are left out, so the answer is never more than the figures show.
    Raises ValueError if the shapes differ or a denominator is negative.
    """
    rates = np.asarray(rate, dtype=np.float64)
    people = np.asarray(denominator, dtype=np.float64)
    if rates.shape != people.shape:
        raise ValueError("rate and denominator must be of the same length")
    if np.any(people < 0):
        raise ValueError("denominators must not be negative")
    gap = reference - rates if higher_is_better else rates - reference
    known = np.isfinite(gap) & np.isfinite(people)
    return float((np.maximum(gap[known], 0.0) * people[known]).sum())


def _known(y: ArrayLike, se: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    values = np.asarray(y, dtype=np.float64)
    errors = np.asarray(se, dtype=np.float64)
    if values.ndim != 1 or values.shape != errors.shape:
        raise ValueError("y and se must be one-dimensional and of the same length")
    if np.any(errors <= 0):
        raise ValueError("standard errors must be above zero")
    known = np.isfinite(values) & np.isfinite(errors)
    return values[known], errors[known]


def _i2_interval(q: float, df: int) -> tuple[float, float]:
    """The test-based 95% interval of I squared (Higgins and Thompson 2002, section 3)."""
    places = df + 1
    if places < 3:
        return 0.0, 1.0
    if q > places:
        error = 0.5 * (math.log(q) - math.log(df)) / (math.sqrt(2 * q) - math.sqrt(2 * places - 3))
    else:
        error = math.sqrt((1 - 1 / (3 * (places - 2) ** 2)) / (2 * (places - 2)))
    log_h = max(0.0, 0.5 * math.log(max(q, 1e-300) / df))
    low, high = log_h - _Z95 * error, log_h + _Z95 * error
    return max(0.0, 1 - math.exp(-2 * low)), max(0.0, 1 - math.exp(-2 * high))

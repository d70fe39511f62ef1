"""A slope that odd values do not sway, and the exact test of whether there is one.

Sources: Theil, H. (1950) Indagationes Mathematicae 12, 85-91, and Sen, P. K. (1968) Journal of
the American Statistical Association 63, 1379-1389 (median of the slopes between all pairs);
Mann, H. B. (1945) Econometrica 13, 245-259, and Kendall, M. G. (1975) Rank Correlation Methods,
4th edition (the test, its exact distribution, and its variance with ties).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

LONGEST_EXACT = 20


@dataclass(frozen=True, slots=True)
class MannKendall:
    """The test of each series.

    ``s``: int64 (places,), pairs that rise less pairs that fall. ``p``: float (places,), the
    two-sided chance of so large a count were every order equally likely; exact to 20 figures,
    with ties or without; nan with fewer than two figures. ``z``: float (places,), the normal
    score with correction for continuity and for ties, for comparison with other software.
    """

    s: NDArray[np.int64]
    p: NDArray[np.float64]
    z: NDArray[np.float64]


def theil_sen(values: ArrayLike) -> NDArray[np.float64]:
    """Median change a period of each row, shape (places,).

    ``values``: shape (places, periods), oldest first and evenly spaced, nan where there is no
    figure (its period still counts as time passed). nan with fewer than two figures.
    Raises ValueError if ``values`` is not a matrix.
    """
    matrix = _matrix(values)
    early, late = np.triu_indices(matrix.shape[1], 1)
    if early.size == 0:
        return np.full(matrix.shape[0], np.nan)
    slopes = np.sort((matrix[:, late] - matrix[:, early]) / (late - early), axis=1)
    count = np.isfinite(slopes).sum(axis=1)
    row = np.arange(matrix.shape[0])
    low = slopes[row, np.maximum(count - 1, 0) // 2]
    high = slopes[row, np.minimum(count // 2, slopes.shape[1] - 1)]
    return np.where(count > 0, (low + high) / 2, np.nan)


def mann_kendall(values: ArrayLike) -> MannKendall:
    """The Mann-Kendall test of each row of ``values``, shape (places, periods), nan for none.

    Equal figures are told apart exactly to 20 figures: the chance is over all orders of the
    figures that there are. Beyond, the normal approximation.
    Raises ValueError if ``values`` is not a matrix.
    """
    matrix = _matrix(values)
    early, late = np.triu_indices(matrix.shape[1], 1)
    signs = np.sign(matrix[:, late] - matrix[:, early])
    s = np.nansum(signs, axis=1).astype(np.int64)
    count = np.isfinite(matrix).sum(axis=1)
    tied = np.nansum(signs == 0, axis=1) > 0
    p, z = np.full(s.shape, np.nan), np.full(s.shape, np.nan)
    for row in np.flatnonzero(count >= 2):
        groups = (1,) * int(count[row])
        if tied[row]:
            groups = _groups(matrix[row])
        p[row], z[row] = _chance(groups, abs(int(s[row])))
        z[row] *= np.sign(s[row])
    return MannKendall(s, p, z)


def _matrix(values: ArrayLike) -> NDArray[np.float64]:
    matrix = np.asarray(values, dtype=np.float64)
    if matrix.ndim != 2:
        raise ValueError("values must have one row a place and one column a period")
    return np.where(np.isfinite(matrix), matrix, np.nan)


def _groups(series: NDArray[np.float64]) -> tuple[int, ...]:
    """How many figures share each value, largest first."""
    _, sizes = np.unique(series[np.isfinite(series)], return_counts=True)
    return tuple(sorted((int(size) for size in sizes), reverse=True))


@lru_cache(maxsize=4096)
def _chance(groups: tuple[int, ...], s: int) -> tuple[float, float]:
    """Two-sided chance and normal score of a count of ``s`` or more, given the ties."""
    count = sum(groups)
    variance = _twice_pairs_and_more(count) - sum(_twice_pairs_and_more(size) for size in groups)
    z = max(s - 1, 0) / math.sqrt(variance / 18) if variance else 0.0
    if count > LONGEST_EXACT:
        return float(min(1.0, 2 * special.ndtr(-z))), z
    ways = _orders_by_inversions(groups)
    # A count of s means (untied pairs - s) / 2 pairs that fall; both ends are alike.
    falls = (len(ways) - 1 - s) // 2
    return min(1.0, 2 * sum(ways[: falls + 1]) / sum(ways)) if s else 1.0, z


def _twice_pairs_and_more(count: int) -> int:
    return count * (count - 1) * (2 * count + 5)


@lru_cache(maxsize=1024)
def _orders_by_inversions(groups: tuple[int, ...]) -> tuple[int, ...]:
    """Number of distinct orders with 0, 1, 2... pairs out of order, as whole numbers.

    The coefficients of the Gaussian multinomial: the product of (1 + x + ... + x^(k-1)) over
    k to n, divided by the same for each group of equal figures.
    """
    ways = [1]
    for k in range(2, sum(groups) + 1):
        ways = _times_run(ways, k)
    for size in groups:
        for k in range(2, size + 1):
            ways = _divided_by_run(ways, k)
    return tuple(ways)


def _times_run(ways: list[int], k: int) -> list[int]:
    product = [0] * (len(ways) + k - 1)
    for start, way in enumerate(ways):
        for step in range(k):
            product[start + step] += way
    return product


def _divided_by_run(ways: list[int], k: int) -> list[int]:
    quotient: list[int] = []
    for at in range(len(ways) - k + 1):
        quotient.append(ways[at] - sum(quotient[max(0, at - k + 1) : at]))
    return quotient

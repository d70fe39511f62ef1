"""Whether a place is changing: process-behaviour signals, or a slope over fewer periods.

Sources: Wheeler, D. J. (1993) Understanding Variation (XmR limits: mean ± 2.66 × mean moving
range); NHS England, Making Data Count (the rules: a point outside the limits; seven points in a
row on one side of the mean; seven points in a row rising or falling; two of three points in a
row in the outer third of the way to a limit); Theil (1950) and Sen (1968) for the slope; Mann
(1945) and Kendall (1975) for its test.

A known weakness: all of these take periods to be independent when nothing changes. A figure
that drifts slowly from year to year gives signals more often than the chances below say: among
400 places with 20 periods, none falsely where each period is independent, 2 in 100 at a
correlation of 0.5 from one period to the next, 32 in 100 at 0.8. A signal shows that a place has
moved beyond its usual period-to-period noise, never why, nor that it will go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from folkmoot.stats.comparison import benjamini_hochberg
from folkmoot.stats.slope import mann_kendall

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PROCESS_BEHAVIOUR = "process-behaviour"
THEIL_SEN = "theil-sen"
FEWEST_FOR_SLOPE = 6
FEWEST_FOR_LIMITS = 12

# Rules, in the order in which one is named when several hold at once: seven in a row rising
# is the plainest answer to "is it changing", and names when the change began.
RULES = ("", "seven-rising-or-falling", "seven-on-one-side", "outside-limits", "two-of-three")
RUN = 7
XMR = 2.66

_NULL_SERIES = 30_000
_NULL_SEED = 19241016
_LONGEST_COUNTED = 16
_LENGTHS_BEYOND_40 = (40, 50, 60, 80, 120)


@dataclass(frozen=True, slots=True)
class ProcessBehaviour:
    """Limits and signals of each place's own series.

    ``mean``, ``lower``, ``upper``: float (places,), nan where there are too few figures.
    ``signal``: int8 (places, periods), +1 or -1 where the point belongs to a signal above or
    below (or of rise or fall), else 0. ``rule``: uint8 (places,), index into RULES of the
    signal that the newest figure of the place belongs to. ``direction``: int8 (places,), of
    that signal. ``since``: int64 (places,), column where it begins, or -1. ``p``: float
    (places,), chance that a series in which nothing changes ends in so strong a signal.
    """

    mean: Floats
    lower: Floats
    upper: Floats
    signal: NDArray[np.int8]
    rule: NDArray[np.uint8]
    direction: NDArray[np.int8]
    since: Ints
    p: Floats


@dataclass(frozen=True, slots=True)
class TrendResult:
    """The trend of each place.

    ``method``: tuple (places,) of PROCESS_BEHAVIOUR, THEIL_SEN or "" where too short.
    ``direction``: int8, +1 rising, -1 falling, 0 no clear trend, after false discovery control
    over the places. ``p``: float, nan where too short. ``since_index``: int64, column from
    which the trend is said, -1 where there is none. ``too_short``: bool.
    """

    method: tuple[str, ...]
    direction: NDArray[np.int8]
    p: Floats
    since_index: Ints
    too_short: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Ending:
    """How each series ends; lengths and distances that the rules are read from."""

    distance: Floats  # of the last point from the mean, in thirds of the way to a limit
    two_of_three: Floats  # the lesser of the two outer points on the last point's side
    side_run: Ints  # points in a row on one side of the mean, ending with the last
    slope_run: Ints  # points in a row rising or falling, ending with the last
    slope_sign: Ints


def natural_limits(values: ArrayLike) -> tuple[Floats, Floats]:
    """Mean of each row, and the half width of its limits: 2.66 × its mean moving range.

    ``values``: shape (places, periods), nan where there is no figure; no range is taken over a
    gap. nan where there is no figure, or no two figures side by side.
    """
    matrix = _matrix(values)
    ranges = np.abs(np.diff(matrix, axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = np.nansum(matrix, axis=1) / np.isfinite(matrix).sum(axis=1)
        moving = np.nansum(ranges, axis=1) / np.isfinite(ranges).sum(axis=1)
    return np.where(np.isfinite(middle), middle, np.nan), XMR * moving


def process_behaviour(values: ArrayLike) -> ProcessBehaviour:
    """XmR limits and Making Data Count signals for each row.

    ``values``: shape (places, periods), oldest first, nan where there is no figure. A gap
    breaks the moving range (no range is taken over it); runs are counted over the figures there
    are. Rows with fewer than 12 figures, or moving ranges over less than half of their steps,
    have nan limits and no signal.

    The chance ``p`` covers all four rules at once: each is turned into how seldom an unchanging
    series of that length ends so, the least of the four is taken, and the chance of so small a
    least one is read from a table of 30,000 simulated series (made once a length, always the
    same). Where no rule holds for the newest figure ``p`` is 1.
    """
    matrix = _matrix(values)
    places, periods = matrix.shape
    packed, columns, count = _packed(matrix)
    middle, half = _usable_limits(matrix, count)
    z = _distances(packed, middle, half)
    ending = _ending(packed, z)
    rule, direction = _newest_rule(ending)
    usable = np.isfinite(half)
    rule, direction = np.where(usable, rule, 0), np.where(usable, direction, 0)
    p = np.where(usable, 1.0, np.nan)
    for length in np.unique(count[usable & (rule > 0)]):
        rows = np.flatnonzero(usable & (rule > 0) & (count == length))
        p[rows] = _null(_table_length(int(length))).chance(ending, rows)
    since = _since(columns, rule, ending, z, periods)
    return ProcessBehaviour(
        mean=np.where(usable, middle, np.nan),
        lower=middle - half,
        upper=middle + half,
        signal=_unpacked(_signals(packed, z), columns, usable, (places, periods)),
        rule=rule.astype(np.uint8),
        direction=direction.astype(np.int8),
        since=since,
        p=p,
    )


def trends(values: ArrayLike, start_index: ArrayLike | None = None, q: float = 0.05) -> TrendResult:
    """The trend of each place, signals held to a false discovery rate of ``q`` over the places.

    ``values``: shape (places, periods), oldest first, nan where there is no figure; periods must
    not overlap. ``start_index``: first column used, one number or one for each place, where a
    break makes earlier figures unlike later ones. From 12 figures: process behaviour, the
    signal that the newest figure belongs to. From 6 to 11: Theil-Sen slope with the exact
    Mann-Kendall test. Fewer: too short.
    Raises ValueError if ``values`` is not a matrix.
    """
    matrix = _matrix(values)
    places, periods = matrix.shape
    if start_index is not None:
        start = np.broadcast_to(np.asarray(start_index, dtype=np.int64), (places,))
        matrix = np.where(np.arange(periods)[None, :] >= start[:, None], matrix, np.nan)
    count = np.isfinite(matrix).sum(axis=1)
    process = process_behaviour(matrix)
    by_limits = np.isfinite(process.p)
    by_slope = (count >= FEWEST_FOR_SLOPE) & (count < FEWEST_FOR_LIMITS)
    p, direction, since = process.p.copy(), process.direction.copy(), process.since.copy()
    if by_slope.any():
        test = mann_kendall(matrix[by_slope])
        p[by_slope] = test.p
        direction[by_slope] = np.sign(test.s)
        since[by_slope] = np.argmax(np.isfinite(matrix[by_slope]), axis=1)
    judged = by_limits | by_slope
    clear = np.zeros(places, dtype=np.bool_)
    if judged.any():
        clear[judged] = benjamini_hochberg(p[judged], q)
    clear &= direction != 0
    method = np.where(by_limits, PROCESS_BEHAVIOUR, np.where(by_slope, THEIL_SEN, ""))
    return TrendResult(
        method=tuple(method.tolist()),
        direction=np.where(clear, direction, 0).astype(np.int8),
        p=p,
        since_index=np.where(clear, since, -1),
        too_short=~judged,
    )


@dataclass(frozen=True, slots=True)
class _Null:
    """How series of one length end when nothing changes: each part sorted, smallest first."""

    parts: tuple[Floats, ...]
    least: Floats

    def chance(self, ending: _Ending, rows: Ints) -> Floats:
        observed = _least(self.parts, _parts(ending, rows))
        below = np.searchsorted(self.least, observed, side="right")
        return np.asarray((below + 1) / (self.least.size + 1), dtype=np.float64)


@lru_cache(maxsize=64)
def _null(length: int) -> _Null:
    random = np.random.default_rng([_NULL_SEED, length])
    pieces: list[tuple[Floats, ...]] = []
    step = max(1, 1_000_000 // length)
    for start in range(0, _NULL_SERIES, step):
        rows = min(step, _NULL_SERIES - start)
        series = random.standard_normal((rows, length))
        middle = series.mean(axis=1)
        half = XMR * np.abs(np.diff(series, axis=1)).mean(axis=1)
        tail = series[:, -_LONGEST_COUNTED:]
        ending = _ending(tail, _distances(tail, middle, half))
        pieces.append(_parts(ending, np.arange(rows)))
    parts = tuple(np.concatenate([piece[k] for piece in pieces]) for k in range(4))
    ordered = tuple(np.sort(part) for part in parts)
    return _Null(ordered, np.sort(_least(ordered, parts)))


def _parts(ending: _Ending, rows: Ints) -> tuple[Floats, ...]:
    return (
        np.abs(ending.distance[rows]),
        ending.two_of_three[rows],
        ending.side_run[rows].astype(np.float64),
        ending.slope_run[rows].astype(np.float64),
    )


def _least(ordered: tuple[Floats, ...], parts: tuple[Floats, ...]) -> Floats:
    """The least, over the rules, of how seldom a part is so large when nothing changes."""
    shares = [
        1 - np.searchsorted(null, part, side="left") / null.size
        for null, part in zip(ordered, parts, strict=True)
    ]
    return np.asarray(np.min(shares, axis=0), dtype=np.float64)


def _table_length(length: int) -> int:
    """The tabulated length for a series: itself to 40, then the next below (the safer side)."""
    if length <= _LENGTHS_BEYOND_40[0]:
        return length
    return max(known for known in _LENGTHS_BEYOND_40 if known <= length)


def _matrix(values: ArrayLike) -> Floats:
    matrix = np.asarray(values, dtype=np.float64)
    if matrix.ndim != 2:
        raise ValueError("values must have one row a place and one column a period")
    return np.where(np.isfinite(matrix), matrix, np.nan)


def _packed(matrix: Floats) -> tuple[Floats, Ints, Ints]:
    """Each row's figures moved to the right end, in order; their columns; how many there are."""
    known = np.isfinite(matrix)
    columns = np.argsort(known, axis=1, kind="stable")
    return np.take_along_axis(matrix, columns, axis=1), columns, known.sum(axis=1)


def _usable_limits(matrix: Floats, count: Ints) -> tuple[Floats, Floats]:
    """Mean and half width of the limits; nan where figures or steps are too few to judge."""
    steps = np.isfinite(np.diff(matrix, axis=1)).sum(axis=1)
    enough = (count >= FEWEST_FOR_LIMITS) & (2 * steps >= count - 1)
    middle, half = natural_limits(matrix)
    return np.where(enough, middle, np.nan), np.where(enough, half, np.nan)


def _distances(packed: Floats, middle: Floats, half: Floats) -> Floats:
    """Points from the mean in thirds of the way to a limit; 0 where no figure ever moves."""
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (packed - middle[:, None]) / (half[:, None] / 3)
    return np.where(half[:, None] == 0, 0.0, z)


def _ending(packed: Floats, z: Floats) -> _Ending:
    rows, width = z.shape
    zero = np.zeros(rows)
    if width < 3:
        none = np.zeros(rows, dtype=np.int64)
        return _Ending(zero, zero, none, none, none)
    last = np.nan_to_num(z[:, -1])
    side = np.sign(last)
    others = np.fmax(z[:, -2] * side, z[:, -3] * side)
    pair = np.maximum(np.nan_to_num(np.minimum(last * side, others)), 0)
    side_run = _tail_run(z * side[:, None] > 0)
    steps = np.diff(packed, axis=1)
    slope_sign = np.sign(np.nan_to_num(steps[:, -1])).astype(np.int64)
    slope_run = 1 + _tail_run(steps * slope_sign[:, None] > 0)
    return _Ending(last, pair, side_run, np.where(slope_sign == 0, 1, slope_run), slope_sign)


def _tail_run(flags: NDArray[np.bool_]) -> Ints:
    """How many flags in a row are set at the end of each row."""
    broken = ~flags[:, ::-1]
    run: Ints = np.where(broken.any(axis=1), np.argmax(broken, axis=1), flags.shape[1])
    return run


def _newest_rule(ending: _Ending) -> tuple[Ints, Ints]:
    """Index into RULES that holds for the newest figure, and its direction."""
    holds = [
        ending.slope_run >= RUN,
        ending.side_run >= RUN,
        np.abs(ending.distance) > 3,
        ending.two_of_three > 2,
    ]
    rule = np.select(holds, [1, 2, 3, 4], 0)
    side = np.sign(ending.distance).astype(np.int64)
    return rule, np.where(rule == 1, ending.slope_sign, np.where(rule == 0, 0, side))


def _since(columns: Ints, rule: Ints, ending: _Ending, z: Floats, periods: int) -> Ints:
    """Column where the signal of the newest figure begins; -1 where there is none."""
    if periods < 3:
        return np.full(rule.shape, -1, dtype=np.int64)
    side = np.sign(ending.distance)
    outside = _tail_run(z * side[:, None] > 3)
    pair = np.where(z[:, -3] * side > 2, 3, 2)
    length = np.select(
        [rule == 1, rule == 2, rule == 3, rule == 4],
        [ending.slope_run, ending.side_run, outside, pair],
        1,
    )
    begins = columns[np.arange(rule.size), periods - length]
    return np.where(rule > 0, begins, -1)


def _signals(packed: Floats, z: Floats) -> NDArray[np.int8]:
    """Direction of the signal that each point belongs to, 0 for none; rules as in RULES."""
    side = np.nan_to_num(np.sign(z)).astype(np.int8)
    signal = np.where(np.abs(z) > 3, side, 0)
    outer = np.abs(z) > 2
    for back in (1, 2):
        if back < z.shape[1]:
            both = outer[:, back:] & outer[:, :-back] & (side[:, back:] == side[:, :-back])
            signal[:, back:] = np.where(both, side[:, back:], signal[:, back:])
            signal[:, :-back] = np.where(both, side[:, :-back], signal[:, :-back])
    signal = np.where(_in_run(side) >= RUN, side, signal)
    slope = np.sign(np.nan_to_num(np.diff(packed, axis=1, prepend=np.nan))).astype(np.int8)
    # Six steps in a row join seven points: the point before the first step belongs as well.
    steep = np.where(_in_run(slope) >= RUN - 1, slope, 0)
    before = np.concatenate([steep[:, 1:], np.zeros((len(steep), 1), dtype=np.int8)], axis=1)
    signal = np.where(before != 0, before, signal)
    return np.where(steep != 0, steep, signal).astype(np.int8)


def _in_run(signs: NDArray[np.int8]) -> Ints:
    """Length of the run of one sign that each point belongs to; 0 where the sign is 0."""
    forward = np.zeros(signs.shape, dtype=np.int64)
    backward = np.zeros(signs.shape, dtype=np.int64)
    last = signs.shape[1] - 1
    for k in range(signs.shape[1]):
        same = signs[:, k] == signs[:, k - 1] if k else False
        forward[:, k] = np.where(same, forward[:, k - 1], 0) + 1
        j = last - k
        same = signs[:, j] == signs[:, j + 1] if k else False
        backward[:, j] = np.where(same, backward[:, min(j + 1, last)], 0) + 1
    return np.where(signs == 0, 0, forward + backward - 1)


def _unpacked(
    signal: NDArray[np.int8], columns: Ints, usable: NDArray[np.bool_], shape: tuple[int, int]
) -> NDArray[np.int8]:
    placed = np.zeros(shape, dtype=np.int8)
    np.put_along_axis(placed, columns, np.where(usable[:, None], signal, 0).astype(np.int8), axis=1)
    return placed

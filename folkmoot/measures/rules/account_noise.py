"""How sure each value is: one basis a measure, the interval of every cell and its error.

In order of preference: limits published with nine tenths of the values; limits from counts
(Wilson, Byar) widened by what places move beyond counting; a place's usual movement; or nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import special

from folkmoot.stats.intervals import Z95, byar, deviance_z, wilson
from folkmoot.stats.noise import (
    Movement,
    adjacent,
    excess_movement,
    moving_range,
    pool_variances,
    tail_freedom,
    turbulence,
    without_overlap,
)
from folkmoot.stats.scales import Scale

from .account_benchmark import MOSTLY, Weights
from .account_field import Field
from .account_grid import EPOCH, Grid
from .definition import Definition

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

ENOUGH_PERIODS = 8


@dataclass(frozen=True, slots=True)
class Noise:
    """The basis of a measure and what it gives, (P, T) unless said otherwise.

    ``y``: values on the comparison scale; ``lower``, ``upper``: the interval shown, in published
    units; ``down``, ``up``: standard errors on the scale on the side below and above the value;
    ``extra``: variance beyond counting that is already within them (counts only); ``df`` (P,): of
    the t reference; ``typical``: about how many times chance alone the variance of a place is.
    """

    basis: str
    note: str
    y: Floats
    lower: Floats
    upper: Floats
    down: Floats
    up: Floats
    extra: Floats
    df: Floats
    typical: float = 0.0
    details: dict[str, object] = field(default_factory=dict)

    @property
    def error(self) -> Floats:
        """One standard error (P, T) on the scale: the mean of both sides."""
        return (self.down + self.up) / 2


@dataclass(frozen=True, slots=True)
class Ground:
    """What the choice of a basis rests on."""

    grid: Grid
    field: Field
    definition: Definition
    scale: Scale
    weights: Weights
    deviation: Floats  # (P, T) place minus the rest of the nation, on the scale
    y: Floats  # (P, T)

    def newest_cells(self) -> Booleans:
        """Each compared place's own newest value: (P, T)."""
        known = np.isfinite(self.grid.value) & self.field.family[:, None]
        later = np.cumsum(known[:, ::-1], axis=1)[:, ::-1]
        return np.asarray(known & (later == 1))


def usable_periods(grid: Grid, definition: Definition) -> Booleans:
    """Periods since the last break, none overlapping another: (T,)."""
    since = np.ones(len(grid.periods), dtype=bool)
    before_end = [day for day in definition.breaks if day < grid.end_date(len(grid.periods) - 1)]
    if before_end:
        since = grid.starts >= (max(before_end) - EPOCH) // dt.timedelta(days=1)
    keep = np.zeros(len(grid.periods), dtype=bool)
    kept = np.flatnonzero(since)
    keep[kept] = without_overlap(grid.starts[kept], grid.ends[kept])
    return keep


def noise_of(ground: Ground) -> Noise:
    """The one basis of a measure, and every cell's interval and error by it."""
    definition = ground.definition
    newest = ground.newest_cells()
    count = max(int(newest.sum()), 1)
    grid = ground.grid
    limits = np.isfinite(grid.lower) & np.isfinite(grid.upper)
    if not newest.any():
        return _none(ground, "no-values")
    if (limits & newest).sum() >= MOSTLY * count:
        return _published(ground)
    if ground.weights.counted and definition.quantity in ("proportion", "rate"):
        # Grossed-up sample counts are far larger than the samples they come from.
        if definition.every_case:
            return _counted(ground)
        return _none(ground, "sample-without-limits")
    if definition.seasonal:
        return _none(ground, "seasonal")
    return _usual_movement(ground)


def _none(ground: Ground, note: str) -> Noise:
    nothing = np.full(ground.grid.value.shape, np.nan)
    places = len(ground.grid.areas)
    return Noise(
        "none",
        note,
        ground.y,
        *(nothing,) * 4,
        np.zeros_like(nothing),
        np.full(places, np.inf),
    )


def _clip(ground: Ground, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """Intervals within the possible range and around their value."""
    floor, ceiling = ground.definition.possible
    value = ground.grid.value
    low = lower if floor is None else np.maximum(lower, min(floor, np.inf))
    high = upper if ceiling is None else np.minimum(upper, ceiling)
    return np.fmin(low, value) + 0 * low, np.fmax(high, value) + 0 * high


def _published(ground: Ground) -> Noise:
    """Errors from published limits on each side; never below that of rounding."""
    grid, scale = ground.grid, ground.scale
    slack = 10.0**-ground.definition.decimals
    sound = (grid.lower <= grid.value + slack) & (grid.upper >= grid.value - slack)
    lower = np.where(sound, np.fmin(grid.lower, grid.value), np.nan)
    upper = np.where(sound, np.fmax(grid.upper, grid.value), np.nan)
    floor = scale.rounding_error(grid.value)
    down = np.maximum((ground.y - scale.to(lower)) / Z95, floor)
    up = np.maximum((scale.to(upper) - ground.y) / Z95, floor)
    lower, upper = _clip(ground, lower, upper)
    return Noise(
        "published-limits",
        "",
        ground.y,
        lower,
        upper,
        down,
        up,
        np.zeros_like(down),
        np.full(len(grid.areas), np.inf),
        0.0,
        {"impossible": int((np.isfinite(grid.lower) & np.isfinite(grid.value) & ~sound).sum())},
    )


def movement_of(ground: Ground) -> Movement:
    """The movement of every place, less that of its nation, between neighbouring periods.

    The nation's course takes with it the season that places share.
    """
    earlier, later = adjacent(ground.grid.starts, usable_periods(ground.grid, ground.definition))
    return moving_range(ground.deviation, earlier, later)


def _counted(ground: Ground) -> Noise:
    """Wilson or Byar limits, widened by movement between periods beyond counting."""
    grid, definition = ground.grid, ground.definition
    per = float(definition.per or 1.0)
    known = np.isfinite(ground.weights.weight) & np.isfinite(grid.value)
    events = np.where(known, grid.numerator, np.nan)
    people = np.where(known, grid.denominator, np.nan)
    proportion = definition.quantity == "proportion"
    counting = 1 / (events + 0.5) + (1 / (people - events + 0.5) if proportion else 0.0)
    movement = movement_of(ground)
    keep = usable_periods(grid, definition)
    movement, usual = _of(movement, ground.field.family), _row_mean(counting[:, keep])
    excess = excess_movement(movement, usual)
    # Wholes such as a nation move less than their parts: only their own counts widen them.
    mine = np.where(ground.field.family, excess.variance, 0.0)[:, None]
    restless = turbulence(movement, usual + excess.variance, len(grid.periods)) - 1
    extra = mine + np.where(mine > 0, restless * (mine + usual[:, None]), 0.0) + 0 * counting
    df = np.where(ground.field.family, excess.df, np.inf)
    dispersion = 1 + extra / counting
    quantile = t_quantile(df)[:, None]
    if proportion:
        low, high = wilson(events, people, dispersion, quantile)
    else:
        low, high = (limit / people for limit in byar(events, dispersion, quantile))
    lower, upper = _clip(ground, low * per, high * per)
    error = np.sqrt(counting + extra)
    family = ground.field.family
    typical = dispersion[family & excess.known][:, ground.field.newest] if family.any() else error
    details: dict[str, object] = {
        "dispersion": _median(typical) if excess.known else None,
        "typical_movement": excess.typical if excess.known else None,
        "prior_df": _finite(excess.prior_df),
        "df": _median(df[family]),
    }
    return Noise(
        "wilson" if proportion else "byar",
        "" if excess.known else "one-period",
        ground.y,
        lower,
        upper,
        error,
        error,
        extra,
        df,
        excess.typical,
        details,
    )


def _usual_movement(ground: Ground) -> Noise:
    """Errors from each place's usual movement, where at least half of the places have enough."""
    movement = movement_of(ground)
    field_, grid = ground.field, ground.grid
    enough = movement.periods >= ENOUGH_PERIODS
    there = field_.family & np.isfinite(grid.value).any(axis=1)
    if (enough & there).sum() < max(0.5 * there.sum(), 2):
        return _none(ground, "too-few-periods")
    mine = enough & field_.family
    pooled = pool_variances(
        np.where(mine, movement.variance, np.nan),
        np.where(mine, movement.df, 0.0),
        np.log(field_.population),
    )
    variance = np.where(mine, pooled.variance, np.where(enough, movement.variance, np.nan))
    known = np.where(mine, pooled.variance, np.nan)
    tails = tail_freedom(movement.change, known)
    restless = turbulence(movement, known, len(grid.periods))
    df = np.minimum(np.where(mine, pooled.df, np.where(enough, movement.df, np.inf)), tails)
    floor = ground.scale.rounding_error(grid.value)
    error = np.maximum(np.sqrt(variance)[:, None] * np.sqrt(restless), floor)
    half = t_quantile(df)[:, None] * error
    lower, upper = _clip(
        ground, ground.scale.back(ground.y - half), ground.scale.back(ground.y + half)
    )
    details: dict[str, object] = {
        "movement": _median(np.sqrt(variance[mine])),
        "floor": _median(floor[mine][:, field_.newest]),
        "prior_df": _finite(pooled.prior_df),
        "tail_df": _finite(tails),
        "restless": {
            grid.periods[index]: round(float(restless[index]), 2)
            for index in np.flatnonzero(restless > 1)
        },
        "df": _median(df[mine]),
        "periods": _median(movement.periods[mine].astype(np.float64)),
    }
    return Noise(
        "usual-movement",
        "",
        ground.y,
        lower,
        upper,
        error,
        error,
        np.zeros_like(error),
        df,
        float(np.median(variance[mine])),
        details,
    )


def standardised(ground: Ground, noise: Noise, mark: Floats, mark_error: Floats) -> Floats:
    """How many standard errors (P, T) each place lies above ``mark`` (in published units).

    The place's own error is that on the side facing the mark, and not less than the mean of both
    sides: limits of the plain normal kind are too short on the side that faces the middle. For
    counts it is the error that makes the deviance of the count its true size. The mark's own error
    is added.
    """
    gap = ground.y - ground.scale.to(mark) + _lift(ground, noise, mark)
    if noise.basis in ("wilson", "byar"):
        z = _count_z(ground, mark)
        with np.errstate(divide="ignore", invalid="ignore"):
            own = np.where(z == 0, np.inf, np.square(gap / z)) + noise.extra
        gap = np.where(np.sign(z) == np.sign(gap), gap, 0.0 * z)
    else:
        error = np.maximum(np.where(gap > 0, noise.down, noise.up), noise.error)
        gap = np.sign(gap) * np.maximum(np.abs(gap) - _printing(ground, error), 0.0)
        own = np.square(error)
    return np.asarray(gap / np.sqrt(own + np.square(mark_error)))


def _lift(ground: Ground, noise: Noise, mark: Floats) -> Floats:
    """By how much movement lifts a mean of values above the middle of the scale (P, T).

    Movement is symmetrical on the scale, so that the mean of the values themselves lies half the
    variance times the curvature of the way back above the middle (a log-normal mean is
    exp(μ + σ²/2)). Without this, places under no real difference would look too low. Chance in
    counting and sampling needs none: it is fair in the values themselves.
    """
    if ground.scale.kind == "identity":
        return np.zeros_like(mark)
    curvature = 1.0 - (2.0 * mark / ground.scale.top if ground.scale.kind == "log odds" else 0.0)
    return np.asarray(noise.typical / 2 * curvature)


def _printing(ground: Ground, error: Floats) -> Floats:
    """How much of a gap (P, T) on the scale printing alone could make: up to one printed step.

    Where the error is well above a step, rounding is a little more noise and its floor suffices.
    Where it is below, values are few whole steps, rounded alike in many places at once, and a
    single step apart may be no difference at all: half a step for the place and half for the
    benchmark are taken off. In between the allowance fades, from half a step of error to a whole.
    """
    step = ground.scale.rounding * ground.scale.slope(ground.grid.value)
    return np.asarray(step * np.clip(2 - 2 * error / step, 0.0, 1.0))


def _count_z(ground: Ground, mark: Floats) -> Floats:
    grid = ground.grid
    known = np.isfinite(ground.weights.weight)
    events = np.where(known, grid.numerator, np.nan)
    share = mark / float(ground.definition.per or 1.0)
    if ground.definition.quantity == "proportion":
        tiny = 0.5 / np.maximum(grid.denominator, 1.0)
        return deviance_z(events, grid.denominator, np.clip(share, tiny, 1 - tiny))
    expected = np.maximum(share * grid.denominator, 1e-9)
    return deviance_z(events, None, expected)


def t_quantile(df: Floats) -> Floats:
    """The 97.5th percentile of t with ``df`` degrees of freedom, (n,); inf gives 1.96."""
    result = np.full(df.shape, Z95)
    few = np.isfinite(df) & (df > 0)
    result[few] = special.stdtrit(df[few], 0.975)
    return result


def _of(movement: Movement, family: Booleans) -> Movement:
    """The movement of the family alone: wholes move less and would draw the pool down."""
    return Movement(
        np.where(family, movement.variance, np.nan),
        np.where(family, movement.df, 0.0),
        movement.periods,
        np.where(family[:, None], movement.change, np.nan),
        movement.earlier,
        movement.later,
    )


def _row_mean(values: Floats) -> Floats:
    known = np.isfinite(values)
    count = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _median(values: Floats) -> float | None:
    seen = values[np.isfinite(values)]
    return round(float(np.median(seen)), 6) if seen.size else None


def _finite(number: float) -> float | None:
    return round(float(number), 3) if np.isfinite(number) else None

"""What a place is compared with: the rest of its nation, of its region, and of all authorities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from folkmoot.stats.comparison import rest_of_group
from folkmoot.stats.scales import Scale

from .account_field import Field, Groups
from .account_grid import Grid
from .definition import Definition

Floats = NDArray[np.float64]

# Of the cells with a value, the share that must have a denominator or population to weigh by it.
MOSTLY = 0.9
# A nation's published figure stands for its places only if it lies near their weighted mean:
# within this share of how far places usually spread. England's figure may include other schools.
NEAR = 0.25


@dataclass(frozen=True, slots=True)
class Weights:
    """By what places are weighed in a benchmark, and what their values are."""

    name: str  # denominators | population | published
    weight: Floats  # (P, T)
    value: Floats  # (P, T); exact, from counts, where counts make the value
    counted: bool  # whether counts make the value


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One benchmark for every place and period, (P, T), in published units, NaN for none."""

    value: Floats
    groups: Groups
    anchored: bool  # whether it rests on the published figure of the group


def counts_make_value(grid: Grid, definition: Definition) -> NDArray[np.bool_]:
    """Cells (P, T) whose value is numerator ÷ denominator × per, to its printed digits."""
    if definition.per is None or not definition.counts:
        return np.zeros(grid.value.shape, dtype=bool)
    with np.errstate(divide="ignore", invalid="ignore"):
        made = grid.numerator / grid.denominator * definition.per
        slack = np.maximum(0.6 * 10.0**-definition.decimals, 1e-6 * np.abs(grid.value))
        sound = (grid.denominator > 0) & (grid.numerator >= 0)
        if definition.quantity == "proportion":
            sound &= grid.numerator <= grid.denominator
        return np.asarray(sound & (np.abs(made - grid.value) <= slack))


def weigh(grid: Grid, field: Field, definition: Definition) -> Weights:
    """Denominators where known, else population as an approximation, else the same for all.

    Counts that only stand beside the values (``definition.counts`` is false) weigh nothing.
    """
    cells = np.isfinite(grid.value) & field.family[:, None]
    total = max(int(cells.sum()), 1)
    counted = counts_make_value(grid, definition)
    if (counted & cells).sum() >= MOSTLY * total:
        with np.errstate(divide="ignore", invalid="ignore"):
            exact = grid.numerator / grid.denominator * float(definition.per or 1.0)
        value = np.where(counted, exact, grid.value)
        return Weights("denominators", np.where(counted, grid.denominator, np.nan), value, True)
    if definition.counts and ((grid.denominator > 0) & cells).sum() >= MOSTLY * total:
        return Weights("denominators", grid.denominator, grid.value, False)
    people = np.broadcast_to(field.population[:, None], grid.value.shape)
    if (np.isfinite(people) & cells).sum() >= MOSTLY * total:
        return Weights("population", people, grid.value, False)
    return Weights("published", np.ones(grid.value.shape), grid.value, False)


def benchmark(
    grid: Grid,
    groups: Groups,
    weights: Weights,
    scale: Scale,
    y: Floats,
    possible: tuple[float | None, float | None] = (None, None),
) -> Benchmark:
    """The rest of each place's group, the place itself taken out.

    Where counts make the value this is the pooled value of the others. Otherwise, where the
    group's own published figure F is near its places' weighted mean, the place is taken out of F
    by its share s of the weight, (F − s·v)/(1 − s), so that the level is as published; else it is
    the weighted mean of the others. Without any weights F stands as it is, and without F the plain
    mean. Never outside the ``possible`` range.
    """
    nothing = np.full_like(weights.value, np.nan)
    rest = rest_of_group(weights.value, weights.weight, nothing, groups.of)
    value = rest.mean
    used = False
    known = groups.figure >= 0
    if known.any() and not weights.counted:
        inside = groups.of >= 0
        index = np.where(inside, groups.figure[groups.of], -1)
        figure = np.where((index >= 0)[:, None], grid.value[index], np.nan)
        if weights.name == "published":
            anchored = figure
        else:
            anchored = _taken_out(figure, weights, groups)
            if not _near(anchored, value, scale, y, inside):
                anchored = nothing
        used = bool(np.isfinite(anchored).any())
        value = np.where(np.isfinite(anchored) & (rest.others > 0), anchored, value)
    if possible != (None, None):
        value = np.clip(value, *possible)
    return Benchmark(np.asarray(value), groups, used)


def _taken_out(figure: Floats, weights: Weights, groups: Groups) -> Floats:
    """The group's figure F with the row's own value taken out by its share of the weight."""
    there = np.isfinite(weights.value) & np.isfinite(weights.weight)
    own = np.where(there & (groups.of >= 0)[:, None], weights.weight, 0.0)
    total = np.zeros((len(groups.codes), own.shape[1]))
    np.add.at(total, groups.of[groups.of >= 0], own[groups.of >= 0])
    with np.errstate(divide="ignore", invalid="ignore"):
        share = own / total[groups.of]
        share = np.where(share < 1, share, np.nan)
        return np.asarray((figure - share * np.where(there, weights.value, 0.0)) / (1 - share))


def _near(
    anchored: Floats, others: Floats, scale: Scale, y: Floats, inside: NDArray[np.bool_]
) -> bool:
    gap = np.abs(scale.to(anchored) - scale.to(others))[inside]
    if not np.isfinite(gap).any():
        return False
    known = np.isfinite(y) & inside[:, None]
    count = np.maximum(known.sum(axis=0), 1)
    filled = np.where(known, y, 0.0)
    mean = filled.sum(axis=0) / count
    spread = np.sqrt((np.where(known, y - mean, 0.0) ** 2).sum(axis=0) / count)
    return bool(np.nanmedian(gap) <= NEAR * np.median(spread[known.any(axis=0)]))


def benchmark_error(chosen: Benchmark, weights: Weights, scale: Scale, error: Floats) -> Floats:
    """Standard error (P, T) of a benchmark on the comparison scale, from the others' own errors.

    ``error`` (P, T) is each place's error on the scale. Where the places' errors are unknown the
    benchmark's is too, and is taken as nothing: without errors there is no verdict in any case.
    """
    spread = (error / scale.slope(weights.value)) ** 2
    rest = rest_of_group(weights.value, weights.weight, spread, chosen.groups.of, minimum=1)
    on_scale = np.sqrt(rest.variance) * scale.slope(chosen.value)
    return np.asarray(np.where(np.isfinite(on_scale), on_scale, 0.0))

"""The account of a measure: one pure function from observations to everything that is said."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from folkmoot.stats import scales

from .account_benchmark import Benchmark, Weights, benchmark, weigh
from .account_compare import Comparisons, compare
from .account_field import Field, who_is_compared
from .account_grid import Grid, lay_out
from .account_newest import standing, trend_of
from .account_noise import Ground, Noise, noise_of
from .account_summary import summarise
from .account_tables import Findings, places_table, points_table
from .definition import AccountResult, Definition, Geography
from .silence import silences

Floats = NDArray[np.float64]


def account(observations: pa.Table, definition: Definition, geography: Geography) -> AccountResult:
    """Everything the account says of one measure, from its observations alone.

    ``observations``: the columns of ``definition.OBSERVATIONS``, one row an area and period.
    No database, clock or randomness inside: the same input gives the same output, so it can be
    run by a pool of processes or a cluster. Methods and sources stand in the functions called:
    scales (``stats.scales``), intervals and noise (``account_noise``, ``stats.intervals``,
    ``stats.noise``), benchmarks (``account_benchmark``), verdicts with the false discovery rate
    held at 5% (``account_compare``), funnel, rank and variation (``account_newest``), trend
    (``stats.trend``) and silence (``silence``).

    Raises BadInput for a table without rows or with missing columns.
    """
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        return _account(observations, definition, geography)


def _account(observations: pa.Table, definition: Definition, geography: Geography) -> AccountResult:
    judged = judge(observations, definition, geography)
    ground, noise, field = judged.ground, judged.noise, judged.ground.field
    findings = Findings(
        ground,
        noise,
        judged.comparisons,
        standing(ground, noise),
        trend_of(ground),
        silences(ground.grid, field, definition, geography),
    )
    return AccountResult(
        places=places_table(findings),
        points=points_table(findings),
        summary=summarise(findings, geography, judged.nation),
        period=ground.grid.periods[field.newest],
        end=ground.grid.end_date(field.newest),
        basis=noise.basis,
        basis_note=noise.note,
        field=findings.standing.field,
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdicts of a measure and what they rest on."""

    ground: Ground
    noise: Noise
    comparisons: Comparisons
    nation: Benchmark


def judge(observations: pa.Table, definition: Definition, geography: Geography) -> Judged:
    """The first half of the account: scale, benchmarks, noise and verdicts of every period."""
    grid = lay_out(observations)
    field = who_is_compared(grid, definition, geography)
    family = field.family if field.family.any() else np.ones(len(grid.areas), dtype=bool)
    scale = scales.choose(
        definition.quantity,
        grid.value[family],
        definition.possible,
        definition.per,
        definition.decimals,
    )
    weights = weigh(grid, field, definition)
    y = _scaled(grid, weights, definition, scale)
    nation, region = (
        benchmark(grid, groups, weights, scale, y, definition.possible)
        for groups in (field.nation, field.region)
    )
    # With one nation in the field "all authorities" and "the nation" are the same question.
    everyone = (
        Benchmark(nation.value, field.all, nation.anchored)
        if len(field.nation.codes) == 1 and ((field.nation.of >= 0) == field.family).all()
        else benchmark(grid, field.all, weights, scale, y, definition.possible)
    )
    common = _common_course(grid, field, geography, nation, everyone)
    ground = Ground(grid, field, definition, scale, weights, y - scale.to(common), y)
    noise = noise_of(ground)
    return Judged(ground, noise, compare(ground, noise, nation, region, everyone), nation)


def _scaled(grid: Grid, weights: Weights, definition: Definition, scale: scales.Scale) -> Floats:
    """Values on the scale; counts with half an event added, so that none is without a log."""
    y = scale.to(grid.value)
    if not (weights.counted and definition.every_case and definition.per):
        return y
    events, people = grid.numerator, weights.weight
    if definition.quantity == "proportion" and scale.kind == "log odds":
        exact = np.log((events + 0.5) / (people - events + 0.5))
    elif definition.quantity == "rate" and scale.kind == "log":
        exact = np.log((events + 0.5) / people * definition.per)
    else:
        return y
    return np.where(np.isfinite(exact), exact, y)


def _common_course(
    grid: Grid, field: Field, geography: Geography, nation: Benchmark, everyone: Benchmark
) -> Floats:
    """What each row's own movement is measured against, (P, T), in published units.

    Places of the family: the rest of their nation, or of all where the nation has too few; other
    rows, such as regions: the published figure of their nation.
    """
    common = np.where(np.isfinite(nation.value), nation.value, everyone.value)
    rows = {code: index for index, code in enumerate(grid.areas)}
    for index in np.flatnonzero(~field.family):
        code = grid.areas[index]
        parent = rows.get(geography.nation.get(code, ""), -1)
        inside = parent >= 0 and parent != index
        common[index] = grid.value[parent] if inside else np.nan
    return common

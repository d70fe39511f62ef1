"""The account as tables: one row a place, and one row an observation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from folkmoot.stats.trend import TrendResult

from .account_compare import CANNOT_SAY, NOT_COMPARED, Comparisons
from .account_newest import Standing, trend_words
from .account_noise import Ground, Noise
from .definition import FUNNEL, TRENDS, VERDICTS
from .silence import Silences

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Findings:
    """All that the account has found, before it is written down."""

    ground: Ground
    noise: Noise
    comparisons: Comparisons
    standing: Standing
    trend: tuple[TrendResult, NDArray[np.intp]]
    silences: Silences

    def benchmarks(self) -> dict[str, tuple[Floats, NDArray[np.uint8]]]:
        """Name → values and verdict codes (P, T) of the four benchmarks."""
        parts = self.comparisons
        return {
            name: (part.value, part.verdict)
            for name, part in (
                ("nation", parts.nation),
                ("region", parts.region),
                ("similar", parts.similar),
                ("all", parts.all),
            )
        }


def points_table(findings: Findings) -> pa.Table:
    """One row an observation, ordered by area and then end of period."""
    grid = findings.ground.grid
    at = (grid.place, grid.period)
    columns = {
        "area": _words(grid.place, grid.areas),
        "period": _words(grid.period, grid.periods),
        "end": _dates(grid.ends[grid.period]),
        "value": _numbers(grid.value[at]),
        "lower": _numbers(findings.noise.lower[at]),
        "upper": _numbers(findings.noise.upper[at]),
        "status": grid.status,
    }
    for name, (_, verdict) in findings.benchmarks().items():
        columns[f"verdict_{name}"] = _words(verdict[at], VERDICTS)
    for name, (value, _) in findings.benchmarks().items():
        columns[f"benchmark_{name}"] = _numbers(value[at])
    columns["row"] = pa.array(grid.row, pa.int32())
    return pa.table(columns)


def places_table(findings: Findings) -> pa.Table:
    """One row an area: every area of the release, then those that it leaves out, by code."""
    listed = _listed(findings)
    if not findings.silences.absent:
        return listed
    absent = _absent(findings, listed.schema)
    return pa.concat_tables([listed, absent]).sort_by("area")


def _listed(findings: Findings) -> pa.Table:
    grid, field = findings.ground.grid, findings.ground.field
    silence, standing = findings.silences, findings.standing
    places = np.arange(len(grid.areas))
    at = (places, silence.shown)
    seen = grid.observation[at]
    new = silence.shown == field.newest
    columns = {
        "area": pa.array(grid.areas, pa.string()),
        "row": pa.array(grid.row[seen], pa.int32()),
        "period": _words(silence.shown, grid.periods),
        "end": _dates(grid.ends[silence.shown]),
        "newest": pa.array(new),
        "value": _numbers(grid.value[at]),
        "lower": _numbers(findings.noise.lower[at]),
        "upper": _numbers(findings.noise.upper[at]),
        "numerator": _numbers(grid.numerator[at]),
        "denominator": _numbers(grid.denominator[at]),
        "status": grid.status.take(pa.array(seen)),
        "silence": pa.array(silence.code, pa.string()),
        "joined": pa.array(silence.joined, pa.string()),
        "compared": pa.array(field.compared),
    }
    for name, (value, _) in findings.benchmarks().items():
        columns[f"benchmark_{name}"] = _numbers(value[at])
    for name, (_, verdict) in findings.benchmarks().items():
        columns[f"verdict_{name}"] = _words(verdict[at], VERDICTS)
    ranked = standing.rank > 0
    ranged = standing.rank_upper > 0
    inside = field.in_newest(grid.value)
    known = np.isfinite(grid.value[at])
    notes = [
        "no-value" if note == "old" and not sure else note
        for note, sure in zip(standing.rank_note, known, strict=True)
    ]
    similar = np.where(field.compared, findings.comparisons.similar_count[at], 0)
    columns |= {
        "similar_count": pa.array(similar.astype(np.int32)),
        "funnel": _words(standing.funnel, FUNNEL),
        "shrunken": _numbers(standing.shrunken),
        "rank": pa.array(standing.rank, pa.int32(), mask=~ranked),
        "rank_lower": pa.array(standing.rank_lower, pa.int32(), mask=~ranged),
        "rank_upper": pa.array(standing.rank_upper, pa.int32(), mask=~ranged),
        "field": pa.array(np.full(len(places), standing.field, np.int32), mask=~inside),
        "rank_note": pa.array(notes, pa.string()),
    }
    return pa.table(columns | _trend_columns(findings))


def _trend_columns(findings: Findings) -> dict[str, pa.Array]:
    result, kept = findings.trend
    polarity = findings.ground.definition.polarity
    since = [
        findings.ground.grid.periods[kept[index]] if index >= 0 else ""
        for index in result.since_index.tolist()
    ]
    return {
        "trend": _words(trend_words(result, polarity), TRENDS),
        "trend_method": pa.array(list(result.method), pa.string()),
        "trend_since": pa.array(since, pa.string()),
    }


def _absent(findings: Findings, schema: pa.Schema) -> pa.Table:
    """Places that run the service and have no row: nothing but the reason."""
    grid, field = findings.ground.grid, findings.ground.field
    absent = findings.silences.absent
    count = len(absent)
    context = not field.compared.any() and field.family.any()
    verdict = VERDICTS[NOT_COMPARED if context else CANNOT_SAY]
    same: dict[str, object] = {
        "row": 0,
        "period": grid.periods[field.newest],
        "end": grid.end_date(field.newest),
        "newest": True,
        "status": "",
        "compared": not context,
        "similar_count": 0,
        "funnel": "not-compared" if context else "cannot-say",
        "rank_note": "context" if context else "no-value",
        "trend": "too-short",
        "trend_method": "",
        "trend_since": "",
    }
    same |= {f"verdict_{name}": verdict for name in findings.benchmarks()}
    columns: dict[str, pa.Array] = {}
    for column in schema:
        columns[column.name] = pa.array([same.get(column.name)] * count, column.type)
    columns["area"] = pa.array([place for place, _, _ in absent], pa.string())
    columns["silence"] = pa.array([reason for _, reason, _ in absent], pa.string())
    columns["joined"] = pa.array([whole for _, _, whole in absent], pa.string())
    return pa.table(columns)


def _words(codes: NDArray[np.integer], words: Sequence[str]) -> pa.Array:
    return pa.array(words, pa.string()).take(pa.array(codes))


def _numbers(values: Floats) -> pa.Array:
    return pa.array(values, pa.float64(), from_pandas=True)


def _dates(days: NDArray[np.intp]) -> pa.Array:
    return pa.array(days.astype("datetime64[D]"), pa.date32())

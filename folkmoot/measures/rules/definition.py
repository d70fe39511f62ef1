"""What goes into the account of a measure and what comes out: plain frozen data.

No Django, no database: the same types cross to a process pool or a cluster.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pyarrow as pa

# Bump when a change of method alters results: accounts are then computed again.
METHOD = "2026-11-29"

OBSERVATIONS = pa.schema(
    [
        ("area", pa.string()),  # GSS code
        ("period", pa.string()),  # ISO 8601 interval, or a date
        ("start", pa.date32()),  # first day
        ("end", pa.date32()),  # first day after
        ("value", pa.float64()),  # null where a status stands instead
        ("lower", pa.float64()),  # published 95% limits, or null
        ("upper", pa.float64()),
        ("numerator", pa.float64()),
        ("denominator", pa.float64()),
        ("status", pa.string()),  # "" where there is a value
        ("row", pa.int32()),  # row in the release's file
    ]
)

VERDICTS = (
    "better",
    "worse",
    "higher",
    "lower",
    "no-clear-difference",
    "cannot-say",
    "not-compared",
)
FUNNEL = ("within", "outside-95", "outside-99.8", "cannot-say", "not-compared")
TRENDS = ("improving", "worsening", "rising", "falling", "no-clear-trend", "too-short")
BASES = ("published-limits", "wilson", "byar", "usual-movement", "none")
SILENCES = ("", "suppressed", "not-in-release", "joined-area", "old")
BENCHMARKS = ("nation", "region", "similar", "all")

# One list of these for each period in Account.history, oldest first.
HISTORY_FIELDS = (
    "period",
    "end",
    "value",
    "lower",
    "upper",
    "status",
    "verdict_nation",
    "verdict_region",
    "verdict_similar",
    "verdict_all",
    "benchmark_nation",
    "benchmark_similar",
    "row",
    "revised_from",
)


@dataclass(frozen=True, slots=True)
class Definition:
    """The part of a catalogue entry that the numbers depend on."""

    slug: str
    quantity: str  # proportion | rate | mean | ratio | total
    polarity: str  # higher | lower | none
    kinds: frozenset[str]
    per: float | None = None
    possible: tuple[float | None, float | None] = (None, None)
    decimals: int = 1  # of the source's printed values: the floor for rounding
    every_case: bool = False
    seasonal: bool = False
    context: bool = False
    people: bool = False  # whether the denominator counts people
    breaks: tuple[dt.date, ...] = ()
    counts: bool = True  # whether its counts make its values, or only stand beside them


@dataclass(frozen=True, slots=True)
class Geography:
    """Who is where, for one similar-places list. Keys and values are GSS codes."""

    kind: dict[str, str]
    nation: dict[str, str]
    region: dict[str, str]
    similar: dict[str, tuple[str, ...]]
    population: dict[str, int] = field(default_factory=dict)
    joined: dict[str, str] = field(default_factory=dict)  # member → joined area
    live: frozenset[str] = frozenset()  # areas that exist in the current edition


@dataclass(frozen=True, slots=True)
class AccountResult:
    """The account of one measure.

    ``places``: one row an area, with the columns of ``measures.models.Account`` except keys:
    area, row, period, end, newest, value, lower, upper, numerator, denominator, status,
    silence, joined, compared, benchmark_*, verdict_*, similar_count, funnel, shrunken, rank,
    rank_lower, rank_upper, field, rank_note, trend, trend_method, trend_since.
    ``points``: one row an observation: area, period, end, value, lower, upper, status,
    verdict_*, benchmark_*, row, ordered by area then end.
    ``summary``: plain JSON values about the measure as a whole.
    """

    places: pa.Table
    points: pa.Table
    summary: dict[str, object]
    period: str
    end: dt.date
    basis: str
    basis_note: str
    field: int

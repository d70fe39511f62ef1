"""Worlds made up by rule, with known truth, in which the account must not see what is not there.

Codes are of the real form but stand for no place: only the arithmetic of the account is tried.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from folkmoot.measures.rules.definition import OBSERVATIONS, Definition, Geography

Floats = NDArray[np.float64]
NATION = "E92000001"
KINDS = frozenset({"unitary"})


@dataclass(frozen=True)
class World:
    """A nation of places in nine regions, each with twenty similar places."""

    codes: list[str]
    population: NDArray[np.int64]
    geography: Geography


def world(places: int = 150, seed: int = 1) -> World:
    random = np.random.default_rng(seed)
    codes = [f"E06{index:06d}" for index in range(places)]
    population = random.lognormal(11.8, 0.6, places).astype(np.int64)
    similar = {
        code: tuple(codes[j] for j in random.permutation(places)[:21] if codes[j] != code)[:20]
        for code in codes
    }
    geography = Geography(
        kind=dict.fromkeys(codes, "unitary") | {NATION: "nation"},
        nation=dict.fromkeys(codes, NATION),
        region={code: f"E1200000{1 + index % 9}" for index, code in enumerate(codes)},
        similar=similar,
        population=dict(zip(codes, population.tolist(), strict=True)),
        live=frozenset(codes),
    )
    return World(codes, population, geography)


def years(count: int, first: int = 2004) -> list[tuple[str, dt.date, dt.date]]:
    return [
        (f"{year}-04-01/P1Y", dt.date(year, 4, 1), dt.date(year + 1, 4, 1))
        for year in range(first, first + count)
    ]


def months(count: int) -> list[tuple[str, dt.date, dt.date]]:
    starts = [dt.date(2021 + index // 12, index % 12 + 1, 1) for index in range(count + 1)]
    return [(f"{start}/P1M", start, end) for start, end in pairwise(starts)]


def table(
    codes: list[str],
    periods: list[tuple[str, dt.date, dt.date]],
    value: Floats,
    **columns: Floats,
) -> pa.Table:
    """Observations of ``value`` (places, periods) and of any other column, NaN for none."""
    places, count = value.shape
    cells = {
        "area": np.repeat(np.array(codes, dtype=object), count),
        "period": np.tile(np.array([name for name, _, _ in periods], dtype=object), places),
        "start": [start for _ in codes for _, start, _ in periods],
        "end": [end for _ in codes for _, _, end in periods],
        "status": np.where(np.isfinite(value), "", "c").ravel(),
        "row": np.arange(2, places * count + 2, dtype=np.int32),
    }
    numbers = {"value": value, **columns}
    for name in ("value", "lower", "upper", "numerator", "denominator"):
        given = numbers.get(name, np.full(value.shape, np.nan))
        cells[name] = pa.array(given.ravel(), pa.float64(), from_pandas=True)
    return pa.table({field.name: pa.array(cells[field.name], field.type) for field in OBSERVATIONS})


def proportion(**changes: object) -> Definition:
    """A percentage of counted people, lower being better."""
    given: dict[str, object] = {
        "slug": "made-up",
        "quantity": "proportion",
        "polarity": "lower",
        "kinds": KINDS,
        "per": 100.0,
        "possible": (0.0, 100.0),
        "decimals": 1,
        "every_case": True,
        "people": True,
    }
    return Definition(**(given | changes))  # type: ignore[arg-type] # keywords by name


def rate(**changes: object) -> Definition:
    """Events per 100,000 people, lower being better."""
    return proportion(**({"quantity": "rate", "per": 100_000.0, "possible": (0.0, None)} | changes))


def mean(**changes: object) -> Definition:
    """A positive mean without counts, higher being better."""
    given = {
        "quantity": "mean",
        "per": None,
        "polarity": "higher",
        "possible": (0.0, None),
        "every_case": False,
        "people": False,
    }
    return proportion(**(given | changes))

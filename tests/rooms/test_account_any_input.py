"""Whatever a release holds, the account is computed and keeps its promises."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from folkmoot.measures.rules.account import account
from folkmoot.measures.rules.definition import (
    BASES,
    FUNNEL,
    OBSERVATIONS,
    SILENCES,
    TRENDS,
    VERDICTS,
    AccountResult,
    Definition,
)
from tests.rooms.account_world import KINDS, NATION, Floats, months, table, world, years

W = world(16, seed=2)

definitions = st.builds(
    Definition,
    slug=st.just("any"),
    quantity=st.sampled_from(["proportion", "rate", "mean", "ratio", "total"]),
    polarity=st.sampled_from(["higher", "lower", "none"]),
    kinds=st.just(KINDS),
    per=st.sampled_from([None, 1.0, 100.0, 100_000.0]),
    possible=st.sampled_from([(None, None), (0.0, 100.0), (0.0, None), (-5.0, 5.0)]),
    decimals=st.integers(0, 3),
    every_case=st.booleans(),
    seasonal=st.booleans(),
    context=st.booleans(),
    people=st.booleans(),
    breaks=st.sampled_from([(), (dt.date(2006, 4, 1),), (dt.date(2090, 1, 1),)]),
)


def anything(seed: int, periods: int, spread: float, counted: bool, limits: float) -> pa.Table:
    """Values with gaps, noughts and wholes; counts and limits here and there, some impossible."""
    random = np.random.default_rng(seed)
    codes = [*W.codes[: random.integers(1, 17)], NATION]
    shape = (len(codes), periods)
    people = random.integers(0, 400, shape).astype(float)
    events = np.floor(people * np.clip(random.normal(0.3, spread, shape), 0, 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.round(100 * events / people, 1)
    if not counted:
        value = np.round(random.normal(20, 20 * spread, shape), 1)
    value[random.random(shape) < 0.2] = np.nan
    columns: dict[str, Floats] = {}
    if counted:
        columns = {"numerator": events, "denominator": people}
    if limits:
        lower = value - random.exponential(3, shape)
        upper = value + random.exponential(3, shape) - (random.random(shape) < 0.05) * 4
        given = random.random(shape) < limits
        columns |= {
            "lower": np.where(given, lower, np.nan),
            "upper": np.where(given, upper, np.nan),
        }
    spans = months(periods) if seed % 3 == 0 else years(periods)
    return table(codes, spans, value, **columns)


def kept(result: AccountResult) -> None:
    """The promises that hold of every account."""
    assert result.basis in BASES
    allowed = {"funnel": FUNNEL, "silence": SILENCES, "trend": TRENDS}
    for name in ("nation", "region", "similar", "all"):
        allowed[f"verdict_{name}"] = VERDICTS
    for name, words in allowed.items():
        assert set(result.places[name].to_pylist()) <= set(words)
    for row in result.points.to_pylist():
        if row["lower"] is not None:
            assert row["lower"] <= row["value"] <= row["upper"]
        elif row["verdict_similar"] != "not-compared":
            assert row["verdict_similar"] == "cannot-say"
    for row in result.places.to_pylist():
        if row["rank"] is not None:
            assert 1 <= row["rank_lower"] <= row["rank"] <= row["rank_upper"] <= row["field"]
            assert row["rank_note"] == ""
        else:
            assert row["rank_note"] != ""
        if row["value"] is None:
            assert row["silence"] != ""
            assert row["verdict_nation"] in ("cannot-say", "not-compared")


@settings(max_examples=150, deadline=None)
@given(
    definition=definitions,
    seed=st.integers(0, 10**6),
    periods=st.integers(1, 26),
    spread=st.sampled_from([0.0, 0.05, 0.4]),
    counted=st.booleans(),
    limits=st.sampled_from([0.0, 0.5, 1.0]),
)
def test_any_release(
    definition: Definition,
    seed: int,
    periods: int,
    spread: float,
    counted: bool,
    limits: float,
) -> None:
    kept(account(anything(seed, periods, spread, counted, limits), definition, W.geography))


def test_a_release_without_any_value() -> None:
    seen = anything(1, 3, 0.1, counted=False, limits=0.0)
    index = seen.schema.get_field_index("value")
    empty = seen.set_column(index, OBSERVATIONS.field("value"), pa.nulls(len(seen), pa.float64()))
    kept(account(empty, Definition("any", "mean", "higher", KINDS), W.geography))

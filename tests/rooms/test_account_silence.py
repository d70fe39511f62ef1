"""Why a place has no value."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from folkmoot.measures.rules.account import account
from folkmoot.measures.rules.definition import SILENCES, AccountResult, Geography
from tests.rooms.account_world import Floats, proportion, table, world, years

W = world(30, seed=9)


def result_of(value: Floats, codes: list[str], geography: Geography) -> AccountResult:
    seen = table(codes, years(value.shape[1]), value, lower=value - 2, upper=value + 2)
    return account(seen, proportion(), geography)


def values(places: int = 30) -> Floats:
    return np.round(np.random.default_rng(1).uniform(20, 30, (places, 4)), 1)


def row(result: AccountResult, code: str) -> dict[str, object]:
    return next(row for row in result.places.to_pylist() if row["area"] == code)


def test_a_suppressed_value_shows_its_mark() -> None:
    value = values()
    value[2, -1] = np.nan
    found = row(result_of(value, W.codes, W.geography), W.codes[2])
    assert (found["silence"], found["status"], found["newest"]) == ("suppressed", "c", True)
    assert found["value"] is None
    assert (found["verdict_nation"], found["rank_note"]) == ("cannot-say", "no-value")


def test_a_place_without_a_row_is_not_in_the_release() -> None:
    result = result_of(values(29), W.codes[:29], W.geography)
    found = row(result, W.codes[29])
    assert (found["silence"], found["row"], found["value"]) == ("not-in-release", 0, None)
    assert (found["period"], found["compared"]) == (result.period, True)
    assert result.places.num_rows == 30
    assert result.summary["silent"] == {"not-in-release": 1}


def test_a_place_that_no_longer_exists_or_is_of_another_kind_is_not_missed() -> None:
    geography = replace(W.geography, live=frozenset(W.codes[:29]))
    assert result_of(values(29), W.codes[:29], geography).places.num_rows == 29
    geography = replace(W.geography, kind=W.geography.kind | {W.codes[29]: "county"})
    assert result_of(values(29), W.codes[:29], geography).places.num_rows == 29


def test_a_joined_area_that_has_the_value_is_named() -> None:
    joined = {W.codes[29]: "E67000001", W.codes[28]: "E67000001"}
    geography = replace(W.geography, joined=joined, kind=W.geography.kind | {"E67000001": "joined"})
    value = values(30)
    value[28] = np.nan
    result = result_of(value, [*W.codes[:29], "E67000001"], geography)
    for code in (W.codes[28], W.codes[29]):
        found = row(result, code)
        assert (found["silence"], found["joined"]) == ("joined-area", "E67000001")
    whole = row(result, "E67000001")
    assert whole["value"] is not None
    assert whole["verdict_nation"] == "not-compared"


def test_a_place_without_the_newest_period_keeps_its_own() -> None:
    value = values()
    seen = table(W.codes, years(4), value, lower=value - 2, upper=value + 2)
    area, period = (np.array(seen[name].to_pylist()) for name in ("area", "period"))
    kept = seen.filter(~((area == W.codes[5]) & (period == "2007-04-01/P1Y")))
    found = row(account(kept, proportion(), W.geography), W.codes[5])
    assert (found["newest"], found["silence"]) == (False, "old")
    assert (found["period"], found["value"]) == ("2006-04-01/P1Y", value[5, 2])
    assert found["verdict_nation"] in ("better", "worse", "no-clear-difference")
    assert (found["rank"], found["rank_note"], found["field"]) == (None, "old", None)


def test_a_few_early_figures_do_not_make_the_rest_old() -> None:
    value = values()
    value[4:, -1] = np.nan
    result = result_of(value, W.codes, W.geography)
    assert result.period == "2006-04-01/P1Y"
    assert row(result, W.codes[0])["newest"]
    assert row(result, W.codes[10])["newest"]


def test_an_abolished_place_is_compared_in_its_own_time_only() -> None:
    geography = replace(W.geography, live=frozenset(W.codes[1:]))
    result = result_of(values(), W.codes, geography)
    assert row(result, W.codes[0])["verdict_nation"] == "not-compared"
    value = values()
    value[0, -1] = np.nan
    result = result_of(value, W.codes, geography)
    points = [point for point in result.points.to_pylist() if point["area"] == W.codes[0]]
    assert points[0]["verdict_nation"] != "not-compared"


def test_only_known_reasons_are_given() -> None:
    value = values()
    value[2, -1] = np.nan
    value[3] = np.nan
    result = result_of(value, W.codes, W.geography)
    assert set(result.places["silence"].to_pylist()) <= set(SILENCES)

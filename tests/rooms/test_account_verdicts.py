"""Benchmarks, words, bases and tables of the account."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from folkmoot.common.errors import BadInput
from folkmoot.measures.rules.account import account
from folkmoot.measures.rules.definition import (
    OBSERVATIONS,
    VERDICTS,
    AccountResult,
    Definition,
)
from folkmoot.stats.intervals import byar, wilson
from tests.rooms.account_world import (
    NATION,
    Floats,
    World,
    mean,
    months,
    proportion,
    rate,
    table,
    world,
    years,
)

W = world(40, seed=3)


def counted(
    w: World = W, periods: int = 6, high: int = 0, low: int = 1
) -> tuple[Floats, Floats, Floats]:
    """Shares of about 20%; place ``high`` at 40%, place ``low`` at 8%."""
    random = np.random.default_rng(7)
    people = np.full((len(w.codes), periods), 2000.0)
    chance = np.full(people.shape, 0.2)
    chance[high], chance[low] = 0.4, 0.08
    events = random.binomial(2000, chance).astype(float)
    return 100 * events / people, events, people


def of_counts(definition: Definition | None = None, w: World = W) -> AccountResult:
    value, events, people = counted(w)
    seen = table(w.codes, years(6), np.round(value, 1), numerator=events, denominator=people)
    return account(seen, definition or proportion(), w.geography)


def place(result: AccountResult, code: str) -> dict[str, object]:
    rows = [row for row in result.places.to_pylist() if row["area"] == code]
    assert len(rows) == 1
    return rows[0]


@pytest.mark.parametrize(
    ("polarity", "above", "below"),
    [("lower", "worse", "better"), ("higher", "better", "worse"), ("none", "higher", "lower")],
)
def test_verdicts_follow_polarity(polarity: str, above: str, below: str) -> None:
    result = of_counts(proportion(polarity=polarity))
    for benchmark in ("nation", "region", "similar", "all"):
        assert place(result, W.codes[0])[f"verdict_{benchmark}"] == above
        assert place(result, W.codes[1])[f"verdict_{benchmark}"] == below
    assert place(result, W.codes[5])["verdict_similar"] == "no-clear-difference"


def test_every_period_has_its_own_verdict() -> None:
    points = of_counts().points.to_pylist()
    mine = [row for row in points if row["area"] == W.codes[0]]
    assert [row["verdict_nation"] for row in mine] == ["worse"] * 6
    assert [row["end"].year for row in mine] == list(range(2005, 2011))


def test_rest_of_nation_leaves_the_place_out() -> None:
    _, events, people = counted()
    rest = 100 * events[1:, -1].sum() / people[1:, -1].sum()
    result = of_counts()
    assert place(result, W.codes[0])["benchmark_nation"] == pytest.approx(rest)
    assert result.summary["benchmark_weights"] == "denominators"


def test_published_figure_with_the_place_taken_out() -> None:
    """Without counts the nation's figure sets the level and population the share."""
    random = np.random.default_rng(2)
    value = np.round(np.exp(np.log(50) + random.normal(0, 0.1, (40, 10))), 1)
    nation = np.average(value, axis=0, weights=W.population) * 1.01
    seen = table([*W.codes, NATION], years(10), np.vstack([value, nation]))
    result = account(seen, mean(), W.geography)
    share = W.population[0] / W.population.sum()
    expected = (nation[-1] - share * value[0, -1]) / (1 - share)
    assert place(result, W.codes[0])["benchmark_nation"] == pytest.approx(expected)
    assert result.summary["benchmark_weights"] == "population"
    assert result.summary["benchmark_level"] == "published figure"
    far = table([*W.codes, NATION], years(10), np.vstack([value, nation * 1.5]))
    result = account(far, mean(), W.geography)
    rest = np.average(value[1:, -1], weights=W.population[1:])
    assert place(result, W.codes[0])["benchmark_nation"] == pytest.approx(rest)
    assert result.summary["benchmark_level"] == "places"


def test_without_any_weights_the_published_figure_stands() -> None:
    random = np.random.default_rng(2)
    value = np.round(np.exp(np.log(50) + random.normal(0, 0.1, (40, 10))), 1)
    seen = table([*W.codes, NATION], years(10), np.vstack([value, np.full((1, 10), 50.5)]))
    result = account(seen, mean(), replace(W.geography, population={}))
    assert place(result, W.codes[0])["benchmark_nation"] == 50.5
    assert result.summary["benchmark_weights"] == "published"


def test_similar_places_give_their_median_and_fewer_than_five_cannot_say() -> None:
    value, _, _ = counted()
    near = {W.codes[0]: tuple(W.codes[2:7]), W.codes[1]: tuple(W.codes[2:6])}
    result = of_counts(w=replace(W, geography=replace(W.geography, similar=near)))
    first, second = place(result, W.codes[0]), place(result, W.codes[1])
    assert first["benchmark_similar"] == pytest.approx(np.median(value[2:7, -1]), abs=0.05)
    assert (first["similar_count"], first["verdict_similar"]) == (5, "worse")
    assert second["benchmark_similar"] is None
    assert (second["similar_count"], second["verdict_similar"]) == (4, "cannot-say")


def test_only_places_that_run_the_service_are_compared() -> None:
    kinds = W.geography.kind | {W.codes[3]: "county"}
    geography = replace(W.geography, kind=kinds)
    result = of_counts(w=replace(W, geography=geography))
    other = place(result, W.codes[3])
    assert other["value"] is not None
    assert other["lower"] is not None
    assert not other["compared"]
    for benchmark in ("nation", "region", "similar", "all"):
        assert other[f"verdict_{benchmark}"] == "not-compared"
        assert other[f"benchmark_{benchmark}"] is None
    assert (other["funnel"], other["rank"]) == ("not-compared", None)
    assert result.field == 39


def test_a_place_without_a_region_is_not_compared_with_one() -> None:
    geography = replace(W.geography, region={})
    result = of_counts(w=replace(W, geography=geography))
    assert set(result.places["verdict_region"].to_pylist()) == {"not-compared"}


@pytest.mark.parametrize("change", [{"context": True}, {"quantity": "total"}])
def test_totals_and_context_are_never_compared_or_ranked(change: dict[str, object]) -> None:
    result = of_counts(proportion(**change))
    for benchmark in ("nation", "region", "similar", "all"):
        assert set(result.places[f"verdict_{benchmark}"].to_pylist()) == {"not-compared"}
        assert result.places[f"benchmark_{benchmark}"].null_count == len(result.places)
    assert result.places["rank"].null_count == len(result.places)
    assert set(result.places["rank_note"].to_pylist()) == {"context"}
    assert result.field == 0


def test_limits_from_counts_are_wilson_and_byar_widened() -> None:
    value, events, people = counted()
    row = place(of_counts(), W.codes[4])
    low, high = wilson(events[4, -1], people[4, -1])
    assert row["lower"] <= 100 * float(low) + 1e-9
    assert row["upper"] >= 100 * float(high) - 1e-9
    seen = table(W.codes, years(6), np.round(value * 1000, 1), numerator=events, denominator=people)
    result = account(seen, rate(), W.geography)
    assert result.basis == "byar"
    low, high = byar(events[4, -1])
    row = place(result, W.codes[4])
    assert row["lower"] <= 50 * float(low) + 1e-6
    assert row["upper"] >= 50 * float(high) - 1e-6


def test_movement_beyond_counting_widens_limits() -> None:
    random = np.random.default_rng(5)
    people = np.full((40, 8), 20_000.0)
    odds = -1.4 + random.normal(0, 0.3, people.shape)
    events = random.binomial(20_000, 1 / (1 + np.exp(-odds))).astype(float)
    value = np.round(100 * events / people, 2)
    seen = table(W.codes, years(8), value, numerator=events, denominator=people)
    result = account(seen, proportion(decimals=2), W.geography)
    assert result.summary["basis"]["dispersion"] > 100
    row = place(result, W.codes[0])
    low, high = wilson(events[0, -1], people[0, -1])
    assert row["upper"] - row["lower"] > 500 * float(high - low)


def test_grossed_up_sample_counts_make_no_limits() -> None:
    result = of_counts(proportion(every_case=False))
    assert (result.basis, result.basis_note) == ("none", "sample-without-limits")
    assert set(result.places["verdict_nation"].to_pylist()) == {"cannot-say"}
    assert result.places["lower"].null_count == 40
    assert set(result.places["rank_note"].to_pylist()) == {"no-basis"}


@pytest.mark.parametrize("definition", [proportion(counts=False), rate(counts=False)])
def test_counts_that_only_stand_beside_the_values_change_no_figure(definition: Definition) -> None:
    """Neither where they would make the values nor where they make others, as "about" does."""
    value, events, people = counted()
    people *= np.linspace(0.1, 9.0, len(W.codes))[:, None]
    events = np.round(value * people / (definition.per or 1.0))
    alone, *others = (
        account(table(W.codes, years(6), np.round(value, 1), **counts), definition, W.geography)
        for counts in (
            {},
            {"numerator": events, "denominator": people},
            {"denominator": people},
            {"denominator": people[::-1]},
        )
    )
    for beside in others:
        assert beside.summary == alone.summary
        assert beside.points.equals(alone.points)
        figures = beside.places.drop_columns(["numerator", "denominator"])
        assert figures.equals(alone.places.drop_columns(["numerator", "denominator"]))


def test_published_limits_come_first_and_impossible_ones_are_left_out() -> None:
    value, events, people = counted()
    lower, upper = value - 3, value + 3
    lower[9, -1], upper[9, -1] = value[9, -1] + 5, value[9, -1] + 9
    seen = table(
        W.codes,
        years(6),
        value,
        lower=lower,
        upper=upper,
        numerator=events,
        denominator=people,
    )
    result = account(seen, proportion(), W.geography)
    assert result.basis == "published-limits"
    assert place(result, W.codes[9])["verdict_nation"] == "cannot-say"
    assert place(result, W.codes[9])["lower"] is None
    assert place(result, W.codes[4])["lower"] == pytest.approx(value[4, -1] - 3)


def test_a_hundred_per_cent_with_no_width_has_no_infinite_weight() -> None:
    random = np.random.default_rng(8)
    value = np.round(random.uniform(96, 99.5, (40, 1)), 1)
    value[:12] = 100.0
    lower, upper = value - 1.0, np.minimum(value + 0.4, 100.0)
    lower[:12] = 100.0
    seen = table(W.codes, years(1), value, lower=lower, upper=upper)
    result = account(seen, proportion(per=None, every_case=False), W.geography)
    shrunken = np.array(result.places["shrunken"].to_pylist())
    assert np.isfinite(shrunken).all()
    assert (shrunken[:12] < 100).all()
    assert result.summary["variation"]["middle"] < 99.9


@pytest.mark.parametrize(
    ("periods", "basis", "note"),
    [(8, "usual-movement", ""), (7, "none", "too-few-periods")],
)
def test_usual_movement_needs_eight_periods(periods: int, basis: str, note: str) -> None:
    random = np.random.default_rng(9)
    value = np.round(np.exp(4 + random.normal(0, 0.05, (40, periods))), 1)
    result = account(table(W.codes, years(periods), value), mean(), W.geography)
    assert (result.basis, result.basis_note) == (basis, note)


def test_overlapping_years_count_once() -> None:
    """Ten three-year averages are four periods, not ten."""
    random = np.random.default_rng(9)
    value = np.round(np.exp(4 + random.normal(0, 0.05, (40, 10))), 1)
    rolling = [
        (f"{year}-01-01/P3Y", dt.date(year, 1, 1), dt.date(year + 3, 1, 1))
        for year in range(2010, 2020)
    ]
    result = account(table(W.codes, rolling, value), mean(), W.geography)
    assert result.basis == "none"
    assert set(result.places["trend"].to_pylist()) == {"too-short"}


def test_only_periods_since_a_break_count() -> None:
    random = np.random.default_rng(9)
    value = np.round(np.exp(4 + random.normal(0, 0.05, (40, 10))), 1)
    broken = mean(breaks=(dt.date(2007, 4, 1),))
    result = account(table(W.codes, years(10), value), broken, W.geography)
    assert (result.basis, result.basis_note) == ("none", "too-few-periods")
    early = mean(breaks=(dt.date(2005, 4, 1),))
    assert account(table(W.codes, years(10), value), early, W.geography).basis == "usual-movement"


def test_a_seasonal_series_without_counts_has_no_basis() -> None:
    random = np.random.default_rng(9)
    value = np.round(np.exp(4 + random.normal(0, 0.05, (40, 24))), 1)
    result = account(table(W.codes, months(24), value), mean(seasonal=True), W.geography)
    assert (result.basis, result.basis_note) == ("none", "seasonal")


def test_intervals_stay_possible_and_hold_their_value() -> None:
    random = np.random.default_rng(10)
    value = np.round(np.clip(random.normal(9.6, 0.5, (40, 12)), 0, 10), 1)
    result = account(table(W.codes, years(12), value), mean(possible=(0.0, 10.0)), W.geography)
    assert result.basis == "usual-movement"
    points = result.points
    lower, middle, upper = (np.array(points[name]) for name in ("lower", "value", "upper"))
    assert (lower >= 0).all()
    assert (upper <= 10).all()
    assert (lower <= middle).all()
    assert (middle <= upper).all()


def test_scores_below_nought_are_compared_as_they_are() -> None:
    random = np.random.default_rng(11)
    value = np.round(random.normal(0, 0.05, (40, 10)), 2)
    value[0] += 2.0
    seen = table(W.codes, years(10), value)
    result = account(seen, mean(possible=(None, None), decimals=2), W.geography)
    assert result.summary["scale"] == "identity"
    assert place(result, W.codes[0])["verdict_similar"] == "better"


def test_ranks_put_the_best_first_and_wide_ranges_show_none() -> None:
    result = of_counts()
    best = place(result, W.codes[1])
    assert (best["rank"], best["rank_note"], best["field"]) == (1, "", 40)
    assert best["rank_lower"] <= 1 <= best["rank_upper"]
    ordinary = place(result, W.codes[6])
    assert (ordinary["rank"], ordinary["rank_note"]) == (None, "range-too-wide")
    unjudged = of_counts(proportion(polarity="none"))
    assert set(unjudged.places["rank_note"].to_pylist()) == {"no-judgement"}


def test_too_few_places_are_not_ranked() -> None:
    few = world(6, seed=4)
    result = of_counts(w=few)
    assert set(result.places["rank_note"].to_pylist()) == {"too-few"}


def test_tables_have_the_promised_columns() -> None:
    result = of_counts()
    assert result.places.num_rows == 40
    assert result.points.num_rows == 240
    assert result.points["area"].to_pylist() == sorted(result.points["area"].to_pylist())
    for benchmark in ("nation", "region", "similar", "all"):
        assert result.points[f"verdict_{benchmark}"].type == pa.string()
        assert set(result.points[f"verdict_{benchmark}"].to_pylist()) <= set(VERDICTS)
    assert (result.period, result.end) == ("2009-04-01/P1Y", dt.date(2010, 4, 1))


def test_the_same_input_in_any_order_gives_the_same_account() -> None:
    value, events, people = counted()
    seen = table(W.codes, years(6), np.round(value, 1), numerator=events, denominator=people)
    shuffled = seen.take(pa.array(np.random.default_rng(1).permutation(seen.num_rows)))
    one = account(seen, proportion(), W.geography)
    other = account(shuffled, proportion(), W.geography)
    assert one.places.equals(other.places)
    assert one.points.equals(other.points)
    assert one.summary == other.summary


def test_nothing_to_account_for_is_refused() -> None:
    with pytest.raises(BadInput):
        account(OBSERVATIONS.empty_table(), proportion(), W.geography)
    with pytest.raises(BadInput, match="1 fault"):
        account(pa.table({"area": ["E06000001"]}), proportion(), W.geography)


def test_people_fewer_if_the_middle_were_reached() -> None:
    result = of_counts()
    variation = result.summary["variation"]
    # One place of 2,000 at 40% against about 20% in the middle, and the others near it.
    assert 200 < variation["fewer"] < 1200
    assert variation["fewer_of"] == 80_000
    assert of_counts(proportion(people=False)).summary["variation"]["fewer"] is None

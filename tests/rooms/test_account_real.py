"""The account on shipped files: what it marks on real data, read here without a database."""

from __future__ import annotations

import calendar
import csv
import datetime as dt
import json
from collections import defaultdict
from functools import cache
from pathlib import Path

import pyarrow as pa
import pytest

from folkmoot.measures.rules.account import account
from folkmoot.measures.rules.definition import OBSERVATIONS, AccountResult, Definition, Geography
from folkmoot.places.rules import LOWER_TIER

DATA = Path(__file__).parents[2] / "data"
KINDS = {
    "E06": "unitary",
    "E07": "district",
    "E08": "metropolitan",
    "E09": "london",
    "W06": "welsh",
    "S12": "scottish",
    "N09": "northern-irish",
    "E10": "county",
    "E12": "region",
    "E54": "integrated-care-board",
    "E92": "nation",
}
NATIONS = {"E": "E92000001", "W": "W92000004", "S": "S92000003", "N": "N92000002"}
Row = tuple[object, ...]


def rows_of(path: str) -> list[dict[str, str]]:
    with (DATA / path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@cache
def known_places() -> tuple[dict[str, str], dict[str, int], dict[str, tuple[str, ...]]]:
    """Region, newest population and similar places of every council."""
    regions = {
        row["ltla24_code"]: row["region24_code"]
        for row in rows_of("areas/lookup_ltla24_region24.csv")
    }
    people = {
        row["lad_code"]: int(float(row["population"]))
        for row in rows_of("areas/population_lad_2010_2024.csv")
    }
    lists = json.loads((DATA / "areas/ons_areas-similar.json").read_text(encoding="utf-8"))
    return regions, people, {code: tuple(near["global"]) for code, near in lists.items()}


def geography_of(codes: set[str], kinds: frozenset[str]) -> Geography:
    regions, people, similar = known_places()
    kind = {code: KINDS.get(code[:3], "") for code in codes | people.keys()}
    return Geography(
        kind=kind,
        nation={code: NATIONS[code[0]] for code in kind if code[0] in NATIONS},
        region={code: regions[code] for code in kind if code in regions},
        similar=similar,
        population=people,
        live=frozenset(code for code in people if kind[code] in kinds),
    )


def ons(dataset: str, indicator: str) -> pa.Table:
    rows: list[Row] = []
    for number, row in enumerate(rows_of(f"ons-els/{dataset}/{dataset}.csv"), 2):
        if row["indicator"] != indicator:
            continue
        start = dt.date.fromisoformat(row["period"][:10])
        numbers = [
            float(row[name]) if row[name] not in ("", "NA") else None
            for name in ("observation", "lci_95", "uci_95")
        ]
        end = start.replace(year=start.year + 1)
        place = (row["areacd"], row["period"], start, end)
        rows.append((*place, *numbers, None, None, row["status"], number))
    return table_of(rows)


def table_of(rows: list[Row]) -> pa.Table:
    columns = zip(*rows, strict=True)
    return pa.table([list(column) for column in columns], schema=OBSERVATIONS)


def run(seen: pa.Table, definition: Definition) -> AccountResult:
    codes = set(seen["area"].to_pylist())
    return account(seen, definition, geography_of(codes, definition.kinds))


def marked(result: AccountResult, benchmark: str) -> float:
    counts = result.summary["counts"][benchmark]
    return (counts.get("better", 0) + counts.get("worse", 0)) / result.field


def test_happiness_marks_about_one_council_in_a_hundred() -> None:
    definition = Definition(
        "happiness", "mean", "higher", LOWER_TIER, possible=(0.0, 10.0), decimals=2
    )
    result = run(ons("personal-wellbeing-estimates", "Happiness"), definition)
    assert result.basis == "published-limits"
    assert result.field > 300
    assert marked(result, "nation") < 0.04
    assert marked(result, "similar") < 0.02


def test_obesity_marks_about_half() -> None:
    definition = Definition(
        "obesity", "proportion", "lower", LOWER_TIER, possible=(0.0, 100.0), decimals=2
    )
    result = run(ons("adult-obesity-prevalence", "Adult obesity prevalence"), definition)
    assert 0.3 < marked(result, "nation") < 0.6
    assert marked(result, "similar") < marked(result, "nation")
    assert result.summary["variation"]["i2"] > 0.8


@pytest.fixture(scope="module")
def emergency() -> AccountResult:
    """Four-hour waits in emergency departments by integrated care board, month by month."""
    rows: list[Row] = []
    for number, row in enumerate(rows_of("nhs/england_icb_accidents_emergency.csv"), 2):
        month, year = row["date"].split()
        start = dt.date(int(year), list(calendar.month_name).index(month), 1)
        end = (start + dt.timedelta(days=32)).replace(day=1)
        late, people = float(row["attendances_over_4hours"]), float(row["total_attendances"])
        key = (row["icb22_code"], f"{start}/P1M", start, end)
        rows.append((*key, 100 * late / people, None, None, late, people, "", number))
    definition = Definition(
        "emergency",
        "proportion",
        "lower",
        frozenset({"integrated-care-board"}),
        per=100.0,
        possible=(0.0, 100.0),
        every_case=True,
        seasonal=True,
        people=True,
    )
    return run(table_of(rows), definition)


def test_far_fewer_than_38_of_42_boards_differ_from_england(emergency: AccountResult) -> None:
    assert (emergency.basis, emergency.field) == ("wilson", 42)
    counts = emergency.summary["counts"]["nation"]
    assert 0 < counts.get("better", 0) + counts.get("worse", 0) < 30
    assert emergency.summary["basis"]["dispersion"] > 10


def test_a_board_has_no_similar_places_or_region(emergency: AccountResult) -> None:
    assert set(emergency.places["verdict_similar"].to_pylist()) == {"cannot-say"}
    assert set(emergency.places["verdict_region"].to_pylist()) == {"not-compared"}


def test_every_observation_has_its_point(emergency: AccountResult) -> None:
    assert emergency.points.num_rows == 1680
    assert emergency.points["row"].to_pylist() != [0] * 1680
    periods = defaultdict(list)
    for area, end in zip(
        emergency.points["area"].to_pylist(), emergency.points["end"].to_pylist(), strict=True
    ):
        periods[area].append(end)
    assert all(ends == sorted(ends) for ends in periods.values())

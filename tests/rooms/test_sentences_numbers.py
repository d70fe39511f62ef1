"""How figures and their ranges are said."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from folkmoot.measures.rules.sentences import (
    MeasureWords,
    format_value,
    natural,
    one_in,
    range_sentence,
    strip_sentence,
    value_sentence,
)
from tests.rooms.sentences_examples import ABSENT, DEATHS, HOMES, JOURNEY, LEEDS


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "quantity", "words"),
    [
        (23.1, "%", 1, "proportion", "23.1%"),
        (1234.0, "£", 0, "mean", "£1,234"),
        (-1234.4, "£", 0, "mean", "−£1,234"),
        (2.34, "£ million", 1, "total", "£2.3 million"),
        (24.1, "per 100,000 people", 1, "rate", "24.1 per 100,000 people"),
        (12.3, "minutes", 1, "mean", "12.3 minutes"),
        (1.0, "nights", 0, "mean", "1 night"),
        (1.0, "nights", 1, "mean", "1.0 nights"),
        (7.42, "out of 10", 2, "mean", "7.42 out of 10"),
        (-0.04, "%", 1, "proportion", "0.0%"),
        (-0.3, "", 1, "mean", "−0.3"),
        (1_234_567.0, "businesses", 0, "total", "1,234,567 businesses"),
        (None, "%", 1, "proportion", "no figure"),
        (math.nan, "£", 0, "mean", "no figure"),
    ],
)
def test_exact_figures(
    value: float | None, unit: str, decimals: int, quantity: str, words: str
) -> None:
    assert format_value(value, unit, decimals, quantity) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (23.1, "23 in every 100"),
        (22.5, "23 in every 100"),
        (0.4, "fewer than 1 in every 100"),
        (0.5, "1 in every 100"),
        (0.0, "0 in every 100"),
        (99.6, "more than 99 in every 100"),
        (100.0, "100 in every 100"),
        (104.0, "104.0%"),
        (-2.0, "−2.0%"),
    ],
)
def test_proportions_as_people_say_them(value: float, words: str) -> None:
    assert natural(value, ABSENT) == words


def test_two_figures_that_differ_never_sound_alike() -> None:
    assert natural(23.1, ABSENT, beside=22.6) == "231 in every 1,000"
    assert natural(22.6, ABSENT, beside=23.1) == "226 in every 1,000"
    assert natural(0.4, ABSENT, beside=0.2) == "4 in every 1,000"
    assert natural(23.1, ABSENT, beside=19.0) == "23 in every 100"
    assert natural(23.1, ABSENT, beside=23.1) == "23 in every 100"
    assert natural(23.11, ABSENT, beside=23.12) == "23 in every 100"  # alike as printed too


def test_rates_and_other_figures_as_people_say_them() -> None:
    assert natural(24.13, DEATHS) == "24.1 in every 100,000"
    million = replace(DEATHS, unit="per million people", per=None)
    assert natural(9.5, million) == "9.5 in every million"
    unstated = replace(DEATHS, per=None)
    assert natural(24.13, unstated) == "24.1 in every 100,000"
    assert natural(12.3, JOURNEY) == "12.3 minutes"
    assert natural(None, ABSENT) == "no figure"
    share = replace(ABSENT, per=1, decimals=3)
    assert natural(0.231, share) == "23 in every 100"


@pytest.mark.parametrize(
    ("value", "words"),
    [(20.4, "about 1 in 5"), (66.9, "about 2 in 3"), (89.5, "about 9 in 10"), (28.0, ""), (1, "")],
)
def test_simple_fractions_only_where_near(value: float, words: str) -> None:
    assert one_in(value, ABSENT) == words
    assert one_in(value, JOURNEY) == ""


def test_the_figure_in_its_own_sentence() -> None:
    assert value_sentence(LEEDS, ABSENT) == (
        "23 in every 100 pupils missed at least one day in ten (2024/25)"
    )
    few = replace(LEEDS, value=0.2)
    assert value_sentence(few, ABSENT).startswith("Fewer than 1 in every 100 pupils")
    homes = replace(LEEDS, value=245_000.0, period="2024-03-31")
    assert value_sentence(homes, HOMES) == "A typical home costs £245,000 (31 March 2024)"
    plain = MeasureWords(title="Something counted")
    assert value_sentence(LEEDS, plain) == "The figure is 23.1 (2024/25)"


def test_the_strip_says_both_figures() -> None:
    assert strip_sentence(LEEDS, ABSENT) == (
        "23 in every 100 pupils missed at least one day in ten (2024/25); "
        "similar places: 19 in every 100."
    )
    near = replace(LEEDS, benchmark_similar=22.7)
    assert strip_sentence(near, ABSENT) == (
        "231 in every 1,000 pupils missed at least one day in ten (2024/25); "
        "similar places: 227 in every 1,000."
    )
    alone = replace(LEEDS, benchmark_similar=None)
    assert strip_sentence(alone, ABSENT).endswith("one day in ten (2024/25).")
    silent = replace(LEEDS, value=None, silence="not-in-release")
    assert strip_sentence(silent, ABSENT) == "Not in this release: it has no row for Leeds."


@pytest.mark.parametrize(
    ("lower", "upper", "words"),
    [
        (18.0, 21.0, "likely between 18 and 21 in every 100"),
        (18.6, 20.7, "likely between 18 and 21 in every 100"),
        (22.9, 23.4, "likely between 229 and 234 in every 1,000"),
        (0.4, 3.0, "likely no more than 3 in every 100"),
        (96.2, 99.9, "likely at least 96 in every 100"),
        (0.0, 100.0, "likely between 0 and 100 in every 100"),
    ],
)
def test_ranges_are_rounded_outwards(lower: float, upper: float, words: str) -> None:
    assert range_sentence(replace(LEEDS, lower=lower, upper=upper), ABSENT) == words


def test_ranges_in_other_units() -> None:
    deaths = replace(LEEDS, lower=22.13, upper=26.21)
    assert range_sentence(deaths, DEATHS) == "likely between 22.1 and 26.3 in every 100,000"
    journey = replace(LEEDS, lower=12.34, upper=13.01)
    assert range_sentence(journey, JOURNEY) == "likely between 12.3 and 13.1 minutes"
    homes = replace(LEEDS, lower=244_000.5, upper=250_000.2)
    assert range_sentence(homes, HOMES) == "likely between £244,000 and £250,001"


def test_usual_movement_is_called_nothing_else() -> None:
    moving = replace(LEEDS, basis="usual-movement", lower=18.0, upper=21.0)
    assert range_sentence(moving, ABSENT) == (
        "its usual movement from year to year is between 18 and 21 in every 100"
    )
    monthly = replace(moving, period="2025-07-01/P1M")
    assert "from month to month" in range_sentence(monthly, ABSENT)
    assert "likely" not in range_sentence(moving, ABSENT)
    assert "confidence" not in range_sentence(moving, ABSENT)


def test_without_a_range_it_says_why() -> None:
    unsure = replace(LEEDS, basis="none", basis_note="too-few-periods")
    assert "too few periods are published" in range_sentence(unsure, ABSENT)
    other = replace(LEEDS, basis="none", basis_note="")
    assert range_sentence(other, ABSENT) == "we cannot tell how sure this figure is"
    assert range_sentence(replace(LEEDS, lower=None), ABSENT) == range_sentence(other, ABSENT)
    assert range_sentence(replace(LEEDS, value=None), ABSENT) == ""

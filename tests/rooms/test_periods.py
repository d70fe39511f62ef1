"""Periods: keys read to dates, and said as people say them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.measures.rules.periods import age, counted, day_words, label, parse, step_words


@pytest.mark.parametrize(
    ("key", "start", "end", "words"),
    [
        ("2022-08-01/P1Y", "2022-08-01", "2023-08-01", "2022/23"),
        ("2022-04-01/P1Y", "2022-04-01", "2023-04-01", "2022/23"),
        ("2022-11-01/P1Y", "2022-11-01", "2023-11-01", "2022/23"),
        ("1999-04-01/P1Y", "1999-04-01", "2000-04-01", "1999/00"),
        ("2022-01-01/P1Y", "2022-01-01", "2023-01-01", "2022"),
        ("2022", "2022-01-01", "2023-01-01", "2022"),
        ("2022-12-01/P1Y", "2022-12-01", "2023-12-01", "year to November 2023"),
        ("2022-03-01/P1Y", "2022-03-01", "2023-03-01", "year to February 2023"),
        ("2020-01-01/P3Y", "2020-01-01", "2023-01-01", "2020 to 2022"),
        ("2020-04-01/P3Y", "2020-04-01", "2023-04-01", "2020/21 to 2022/23"),
        ("2020-01-01/P5Y", "2020-01-01", "2025-01-01", "2020 to 2024"),
        ("2020-03-01/P3Y", "2020-03-01", "2023-03-01", "March 2020 to February 2023"),
        ("2023-07-01/P1M", "2023-07-01", "2023-08-01", "July 2023"),
        ("2023-12-01/P1M", "2023-12-01", "2024-01-01", "December 2023"),
        ("2023-07", "2023-07-01", "2023-08-01", "July 2023"),
        ("2023-07-01/P3M", "2023-07-01", "2023-10-01", "July to September 2023"),
        ("2023-11-01/P3M", "2023-11-01", "2024-02-01", "November 2023 to January 2024"),
        ("2024-05-15", "2024-05-15", "2024-05-16", "15 May 2024"),
        ("2024-02-29", "2024-02-29", "2024-03-01", "29 February 2024"),
        ("2024-05-06/P1W", "2024-05-06", "2024-05-13", "week from 6 May 2024"),
        ("2024-05-06/P2W", "2024-05-06", "2024-05-20", "6 May 2024 to 19 May 2024"),
        ("2024-05-06/P1D", "2024-05-06", "2024-05-07", "6 May 2024"),
        ("2022-04-06/P1Y", "2022-04-06", "2023-04-06", "6 April 2022 to 5 April 2023"),
    ],
)
def test_keys_are_read_and_said(key: str, start: str, end: str, words: str) -> None:
    period = parse(key)
    assert period.start.isoformat() == start
    assert period.end.isoformat() == end
    assert label(key) == words


def test_a_school_year_is_called_so_only_when_asked() -> None:
    assert label("2022-08-01/P1Y", school=True) == "school year 2022/23"
    assert label("2022-01-01/P1Y", school=True) == "2022"
    assert label("2023-07-01/P1M", school=True) == "July 2023"


@pytest.mark.parametrize(
    "key",
    [
        "",
        "last year",
        "2022-13-01",
        "2022-02-30",
        "2022-08-01/",
        "2022-08-01/1Y",
        "2022-08-01/P0Y",
        "2022-08-01/P1Q",
        "2022-08-31/P1M",
        "9999-01-01/P1Y",
        "2022-08-01/P1Y ",
        "2022-08-01\n",
        "22",
    ],
)
def test_anything_else_is_refused_by_name(key: str) -> None:
    with pytest.raises(ValueError, match="is not a period") as refused:
        parse(key)
    assert repr(key) in str(refused.value)


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("2024-08-23", "2 years 3 months ago"),
        ("2024-08-24", "2 years 2 months ago"),
        ("2025-11-23", "1 year ago"),
        ("2025-10-23", "1 year 1 month ago"),
        ("2026-10-23", "1 month ago"),
        ("2026-10-24", "less than a month ago"),
        ("2026-11-23", "less than a month ago"),
        ("2026-11-24", "today"),
        ("2026-11-25", "not over yet"),
    ],
)
def test_age_in_words(end: str, words: str) -> None:
    assert age(dt.date.fromisoformat(end), dt.date(2026, 11, 23)) == words


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("2022-08-01/P1Y", "year"),
        ("2023-07-01/P1M", "month"),
        ("2020-01-01/P3Y", "three-year period"),
        ("2023-01-01/P12M", "12-month period"),
        ("2024-05-15", "figure"),
    ],
)
def test_what_one_period_is_called(key: str, words: str) -> None:
    assert step_words(key) == words


def test_numbers_of_periods() -> None:
    assert [counted(n, "Y") for n in (0, 1, 2)] == ["0 years", "1 year", "2 years"]


@given(
    st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 28)),
    st.integers(1, 60),
    st.sampled_from("YMWD"),
)
def test_a_period_has_its_length_and_some_words(start: dt.date, count: int, unit: str) -> None:
    start = start.replace(day=min(start.day, 28))
    period = parse(f"{start}/P{count}{unit}")
    shortest, longest = {"Y": (365, 366), "M": (28, 31), "W": (7, 7), "D": (1, 1)}[unit]
    assert shortest * count <= (period.end - period.start).days <= longest * count
    assert label(f"{start}/P{count}{unit}").strip()


@given(st.dates(max_value=dt.date(9999, 12, 30)), st.booleans())
def test_a_date_is_said_in_full(day: dt.date, school: bool) -> None:
    assert label(day.isoformat(), school) == day_words(day)

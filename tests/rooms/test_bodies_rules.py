"""Terms of office that clash, what is in force on a day, and kinds of area."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from folkmoot.bodies import rules
from folkmoot.bodies.rules import Term, area_kind_of, clashes, in_force
from folkmoot.places.rules import KINDS

MAY = dt.date(2026, 5, 7)


def day(number: int) -> dt.date:
    return MAY + dt.timedelta(days=number)


def test_one_after_another_is_no_clash_even_on_the_same_day() -> None:
    assert clashes([Term("A", day(0), day(9)), Term("B", day(10))]) == []
    assert clashes([Term("B", day(10)), Term("A", day(0), day(10))]) == []


def test_two_at_a_time_clash_in_whatever_order_they_come() -> None:
    first, second = Term("A", day(0), day(9)), Term("B", day(8))
    assert clashes([second, first]) == [(first, second)]
    still, later = Term("A", day(0)), Term("B", day(400))
    assert clashes([still, later]) == [(still, later)]


def test_a_short_term_inside_a_long_one_does_not_hide_the_next() -> None:
    long, short, third = Term("A", day(0), day(90)), Term("B", day(5), day(6)), Term("C", day(50))
    assert clashes([long, short, third]) == [(long, short), (long, third)]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 10)), max_size=6))
def test_clashes_are_found_exactly_where_days_are_shared(spans: list[tuple[int, int]]) -> None:
    terms = [Term(f"P{n}", day(a), day(a + b)) for n, (a, b) in enumerate(spans)]
    shared = any(
        one.since < other.until and other.since < one.until
        for i, one in enumerate(terms)
        for other in terms[i + 1 :]
        if one.until is not None and other.until is not None
    )
    assert bool(clashes(terms)) == shared


def test_both_ends_of_a_time_belong_to_it() -> None:
    assert in_force(MAY, MAY, MAY)
    assert in_force(None, None, MAY)
    assert not in_force(day(1), None, MAY)
    assert not in_force(None, day(-1), MAY)


def test_the_city_of_london_is_a_kind_of_its_own() -> None:
    assert area_kind_of("london", "E09000001") == "city-of-london"
    assert area_kind_of("london", "E09000012") == "london"
    assert area_kind_of("region", "E12000009") == ""


def test_kinds_of_area_are_those_of_places() -> None:
    assert set(rules.AREA_KINDS) - {"city-of-london"} <= set(KINDS)
    assert set(rules.COUNCIL_OF_AREA) <= set(KINDS)
    assert set(rules.BODY_KINDS) >= rules.COUNCIL_KINDS

"""Hidden counts stay hidden: attackers who know the totals, the rule, and every earlier table."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from folkmoot.petitions.rules.limits import PLACES_RENEWED_AFTER, SMALLEST_SHOWN
from folkmoot.petitions.rules.suppression import Table, empty, per_thousand, renew, suppress

LARGEST_HIDDEN = SMALLEST_SHOWN - 1


def ways(cells: int, people: int) -> Iterator[tuple[int, ...]]:
    """Every way in which people can be spread over cells."""
    if cells == 1:
        yield (people,)
        return
    for first in range(people + 1):
        for others in ways(cells - 1, people - first):
            yield (first, *others)


def outcome(counts: tuple[int, ...], limit: int) -> tuple[tuple[int, ...], ...] | None:
    table = suppress(np.array(counts, np.int64), limit)
    return None if table is None else (tuple(table.shown.tolist()), tuple(table.exact.tolist()))


def pinned_by_one_who_knows_the_rule(cells: int, people: int, limit: int) -> list[object]:
    """Hidden cells that have one value only in all worlds that look the same from outside."""
    worlds = defaultdict(list)
    for counts in ways(cells, people):
        worlds[outcome(counts, limit)].append(counts)
    return [
        (seen, cell)
        for seen, same in worlds.items()
        for cell in range(cells)
        if (seen is None or not seen[1][cell]) and len({counts[cell] for counts in same}) == 1
    ]


@pytest.mark.parametrize("limit", [2, 3, 5])
@pytest.mark.parametrize(("cells", "most"), [(2, 40), (3, 20), (4, 13)])
def test_nobody_who_knows_total_and_rule_pins_a_cell(cells, most, limit):
    for people in range(1, most):
        assert pinned_by_one_who_knows_the_rule(cells, people, limit) == []


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody wrote down of one table: what was shown, the total of that day, and whether
    all that was hidden is known to be small."""

    table: Table
    total: int
    small: bool


def pinned_by_bounds(seen: list[Seen]) -> list[tuple[int, int]]:
    """(table, cell) of hidden cells whose bounds meet, for an attacker who kept every table,
    knows each total, and assumes that nobody ever took a signature back."""
    cells, size = len(seen[0].table.shown), len(seen) * len(seen[0].table.shown)
    totals = np.kron(np.eye(len(seen)), np.ones(cells))
    grows = np.eye(size)[: size - cells] - np.eye(size, k=cells)[: size - cells]
    bounds = []
    for one in seen:
        for shown, exact in zip(one.table.shown, one.table.exact, strict=True):
            most = shown if exact else shown + LARGEST_HIDDEN if one.small else None
            bounds.append((shown, most))
    pinned = []
    for at in range(size):
        if seen[at // cells].table.exact[at % cells]:
            continue
        found = [
            linprog(
                sign * np.eye(size)[at],
                A_ub=grows if len(grows) else None,
                b_ub=np.zeros(len(grows)) if len(grows) else None,
                A_eq=totals,
                b_eq=[one.total for one in seen],
                bounds=bounds,
            )
            for sign in (1, -1)
        ]
        assert found[0].status == 0
        if found[1].status == 0 and round(found[0].fun) == round(-found[1].fun):
            pinned.append((at // cells, at % cells))
    return pinned


@st.composite
def histories(draw: st.DrawFn) -> list[list[int]]:
    """Who signed between one table and the next, by cell: few places lead, many have few."""
    cells = draw(st.integers(3, 7))
    a_place = st.one_of(st.just(0), st.integers(0, 6), st.integers(0, 60))
    steps = draw(st.lists(st.lists(a_place, min_size=cells, max_size=cells), max_size=4))
    for step in steps:
        short = PLACES_RENEWED_AFTER - sum(step)
        step[draw(st.integers(0, cells - 1))] += max(0, short)
    return steps


def tables(steps: list[list[int]]) -> list[Seen]:
    counts = np.zeros(len(steps[0]), np.int64) if steps else np.zeros(0, np.int64)
    table, total, seen = empty(len(counts)), 0, []
    for step in steps:
        counts = counts + np.array(step)
        found = renew(table, total, counts)
        if found is not None:
            table, total = found, int(counts.sum())
            since = (counts - table.shown)[~table.exact]
            seen.append(Seen(table, total, bool((since < SMALLEST_SHOWN).all())))
    return seen


@settings(max_examples=120, deadline=None)
@given(histories())
def test_nobody_who_kept_every_table_pins_a_cell(steps):
    seen = tables(steps)

    assert not seen or pinned_by_bounds(seen) == []


@settings(max_examples=300, deadline=None)
@given(histories())
def test_what_is_shown_is_true_and_moves_by_five_at_least(steps):
    counts = np.zeros(len(steps[0]) if steps else 0, np.int64)
    table, total = empty(len(counts)), 0
    for step in steps:
        counts = counts + np.array(step)
        found = renew(table, total, counts)
        if found is None:
            continue
        moved = np.abs(found.shown - table.shown)
        assert (found.shown[found.exact] == counts[found.exact]).all()
        assert ((found.shown == 0) | (found.shown >= SMALLEST_SHOWN)).all()
        assert ((moved == 0) | (moved >= SMALLEST_SHOWN)).all()
        assert found.rest(int(counts.sum())) == counts.sum() - found.shown.sum()
        table, total = found, int(counts.sum())


def test_the_attackers_find_what_is_hidden_carelessly():
    counts = np.array([30, 12, 3, 0, 0], np.int64)
    lone = Table(np.array([30, 12, 0], np.int64), np.array([True, True, False]))
    nobody = Table(np.array([30, 12, 0, 0, 0], np.int64), counts >= 5)
    then = Seen(Table(np.array([9, 20, 0, 0]), np.array([True, True, False, False])), 32, True)
    now = Seen(Table(np.array([9, 60, 0, 0]), np.array([False, True, False, False])), 72, True)

    assert pinned_by_bounds([Seen(lone, 45, True)]) == [(0, 2)]
    assert pinned_by_bounds([Seen(nobody, 42, True)]) == [(0, 2), (0, 3), (0, 4)]
    assert pinned_by_bounds([then, now]) == [(1, 0)]


def test_a_real_shape_keeps_what_can_be_kept():
    """One place leads, a few follow, the other 356 of the 362 have next to nobody."""
    counts = np.zeros(362, np.int64)
    counts[:6] = [4213, 60, 31, 5, 4, 1]

    table = suppress(counts)

    assert table is not None
    assert table.shown[:6].tolist() == [4213, 60, 31, 5, 0, 0]
    assert table.rest(int(counts.sum())) == 5


def test_where_everybody_is_of_one_place_nothing_is_shown():
    counts = np.zeros(362, np.int64)
    counts[7] = 800

    table = suppress(counts)

    assert table is not None
    assert not table.shown.any()


def test_signatures_set_aside_take_a_place_down_again():
    before = np.array([200, 40, 3, 2, 1, 0], np.int64)
    table = suppress(before)
    assert table is not None

    after = renew(table, int(before.sum()), np.array([200, 3, 3, 2, 1, 0], np.int64))

    assert after is not None
    assert after.shown.tolist() == [200, 0, 0, 0, 0, 0]


def day_tables(days: tuple[int, ...], late: int, more: tuple[int, ...]) -> tuple[object, ...]:
    """All that the two tables of days of a petition tell, and the totals beside them: the days
    first shown, then further ones beside how many were restored to the first since."""
    return outcome(days, 3), sum(days), outcome(more, 3), sum(days) + late + sum(more), late


def test_telling_how_many_were_restored_pins_no_day():
    worlds = defaultdict(list)
    for people in range(1, 9):
        for days in ways(3, people):
            for late in range(3):
                for more in (ways_ for n in range(1, 5) for ways_ in ways(2, n)):
                    worlds[day_tables(days, late, more)].append((*days, *more))

    for seen, same in worlds.items():
        exact = [
            *(seen[0][1] if seen[0] else [False] * 3),
            *(seen[2][1] if seen[2] else [False] * 2),
        ]
        for cell, known in enumerate(exact):
            assert known or len({world[cell] for world in same}) > 1, (seen, cell)


def test_rates_are_of_a_thousand_residents():
    rates = per_thousand(np.array([50, 5, 7]), np.array([100_000, 1_000, 0]))

    assert rates[:2].tolist() == [0.5, 5.0]
    assert np.isnan(rates[2])

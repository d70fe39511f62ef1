"""Standings worked out by hand."""

import datetime as dt

import numpy as np
import pytest

from folkmoot.framework.rules.facts import all_facts, facts_of
from folkmoot.framework.rules.standing import HOWS, STATES, in_a_row, judge
from folkmoot.framework.rules.wording import hundred, in_breach, stands
from tests.rooms.framework_material import BRISTOL, DEVON, LEEDS, YORK, panel, standard


def states(judged, place=0):
    return [STATES[code] for code in judged.state[place]]


def only(values, of=None, **more):
    """The facts of Devon with these values on a standard."""
    asked = of or standard()
    return facts_of(judge(panel({DEVON: values}, **more), asked), asked.id, 0)


def test_a_limit_for_each_case_is_met_only_where_no_case_broke_it():
    assert [fact.state for fact in only([3.2, 99.9, 100.0])] == ["below", "below", "meets"]


def test_where_every_case_is_counted_no_chance_is_asked_about():
    # Limits that reach over the line say nothing against a count.
    wide = only([50.0], upper=np.array([[100.0]]), lower=np.array([[1.0]]))

    assert wide[0].how == "every-case"
    assert wide[0].failing


@pytest.mark.parametrize(
    ("value", "lower", "upper", "state", "how"),
    [
        (55.0, 40.0, 70.0, "below", "within-chance"),
        (55.0, 51.0, 59.0, "below", "beyond-chance"),
        (55.0, 50.0, 60.0, "below", "within-chance"),
        (60.0, 50.0, 70.0, "meets", ""),
        (65.0, 50.0, 80.0, "meets", ""),
        (55.0, np.nan, np.nan, "cannot-say", ""),
        (65.0, np.nan, np.nan, "cannot-say", ""),
    ],
)
def test_below_by_a_sample_is_within_or_beyond_chance_by_its_own_interval(
    value, lower, upper, state, how
):
    asked = standard(kind="national-standard", per_case=False, operator=">=", value=60, line=60)
    fact = only(
        [value],
        of=asked,
        every_case=False,
        lower=np.array([[lower]]),
        upper=np.array([[upper]]),
    )[0]

    assert (fact.state, fact.how) == (state, how)


def test_where_lower_is_better_the_line_is_a_most():
    asked = standard(
        kind="national-standard", per_case=False, operator=">=", value=95, unit="%", line=5
    )
    facts = only([4.9, 5.0, 26.3], of=asked, polarity="lower", cases=np.array([[100, 100, 37388]]))

    assert [fact.state for fact in facts] == ["meets", "meets", "below"]
    assert facts[2].shortfall == pytest.approx(21.3)
    assert facts[2].affected == round(0.263 * 37388)


def test_shortfall_is_how_far_beyond_the_line_and_nought_where_it_is_met():
    assert [fact.shortfall for fact in only([3.2, 100.0, None])] == [
        pytest.approx(96.8),
        0.0,
        None,
    ]


def test_people_affected_need_a_count_of_people():
    known = only([20.0, 100.0], cases=np.array([[50.0, 60.0]]))
    unknown = only([20.0])
    tonnes = only([20.0], cases=np.array([[50.0]]), people=False)

    assert [fact.affected for fact in known] == [40, None]
    assert unknown[0].affected is None
    assert tonnes[0].affected is None


def test_cases_that_are_only_about_right_are_told_in_tens_and_said_so():
    counted = np.array([[1491.0, 1491.0, 148.0, 60.0]])
    (late, few, all_, small) = only([3.2, 97.0, 0.0, 20.0], cases=counted, about=True)

    assert (late.affected, few.affected, all_.affected, small.affected) == (1440, 45, 148, 48)
    assert in_breach(standard(), late) == "about 1,440 of 1,491 late"
    assert stands(standard(), late) == "About 1,440 of 1,491 late: below the minimum."
    assert in_breach(standard(), only([3.2], cases=counted[:, :1])[0]) == "1,443 of 1,491 late"


def test_where_the_cases_in_breach_are_counted_no_printed_digit_blurs_them():
    known = only([97.9], cases=np.array([[8284.0]]), above=np.array([[8112.0]]))
    bare = only([97.9], cases=np.array([[8284.0]]), above=np.array([[np.nan]]))
    lower = standard(
        kind="national-standard", per_case=False, operator=">=", value=95, unit="%", line=5
    )
    more = {"cases": np.array([[8284.0]]), "above": np.array([[8112.0]])}

    assert known[0].affected == 172
    assert bare[0].affected == 174
    assert only([97.9], of=lower, polarity="lower", **more)[0].affected == 8112


def test_nothing_is_asked_of_a_place_after_its_end_whatever_is_published():
    ended = np.array(["2023-03-31"], dtype="datetime64[D]")
    facts = only([50.0, 50.0, 50.0, 50.0], last=ended)

    # The year in which it ended began before its end.
    assert [fact.period for fact in facts] == ["2022-01-01/P1Y", "2023-01-01/P1Y"]


def test_a_place_that_began_within_a_period_is_judged_by_its_figure():
    began = np.array(["2023-04-01"], dtype="datetime64[D]")

    assert [fact.period[:4] for fact in only([None, 50.0, 50.0], first=began)] == ["2023", "2024"]


def test_periods_in_a_row_end_where_a_place_has_no_figure():
    facts = only([50.0, 50.0, None, 50.0, 100.0, 50.0])

    assert [fact.consecutive for fact in facts] == [1, 2, 0, 1, 0, 1]
    assert facts[2].state == "cannot-say"


def test_a_period_with_figures_for_nobody_passes_over():
    # Devon and Leeds have rows in all but the third period, which the publisher left out.
    row = np.array([[1, 2, 0, 3], [4, 5, 0, 6]])
    values = {DEVON: [50.0, 50.0, None, 50.0], LEEDS: [100.0, 100.0, None, 100.0]}

    judged = judge(panel(values, row=row), standard())

    assert judged.panel.periods == ("2022-01-01/P1Y", "2023-01-01/P1Y", "2025-01-01/P1Y")
    place = judged.panel.areas.index(DEVON)
    assert judged.consecutive[place].tolist() == [1, 2, 3]


def test_no_row_is_not_in_the_release_and_no_value_cannot_be_said():
    row = np.array([[1, 2], [3, 0]])
    values = {DEVON: [None, 40.0], LEEDS: [40.0, None]}

    judged = judge(panel(dict(sorted(values.items())), row=row[::-1]), standard())

    # Ordered by code: Leeds before Devon.
    assert states(judged, 0) == ["below", "not-in-release"]
    assert states(judged, 1) == ["cannot-say", "below"]


def test_a_place_that_has_ended_is_not_asked():
    last = np.array(["2022-06-30"], dtype="datetime64[D]")

    judged = judge(panel({DEVON: [50.0, None, None]}, last=last), standard())

    assert states(judged) == ["below", "", ""]


def test_a_place_is_asked_from_its_first_whole_period_or_its_first_figure():
    first = np.array(["2022-04-01"], dtype="datetime64[D]")

    without = judge(panel({DEVON: [None, None, 40.0]}, first=first), standard())
    with_one = judge(panel({DEVON: [30.0, None, 40.0]}, first=first), standard())

    assert states(without) == ["", "cannot-say", "below"]
    assert states(with_one) == ["below", "cannot-say", "below"]


def test_a_minimum_judges_whole_periods_after_it_came_into_force():
    facts = only([50.0, 50.0, 50.0], of=standard(**{"from": dt.date(2022, 9, 1)}))

    assert [fact.period for fact in facts] == ["2023-01-01/P1Y", "2024-01-01/P1Y"]


def test_nothing_is_judged_after_it_ended():
    facts = only([50.0, 50.0, 50.0], of=standard(to=dt.date(2023, 12, 31)))

    assert [fact.period for fact in facts] == ["2022-01-01/P1Y", "2023-01-01/P1Y"]


def test_what_is_historic_is_never_judged():
    assert only([50.0], of=standard(kind="historic")) == []


def test_other_kinds_of_area_are_left_out():
    judged = judge(
        panel({DEVON: [50.0], LEEDS: [50.0], YORK: [50.0]}),
        standard(applies_to={"metropolitan", "county"}),
    )

    assert judged.panel.areas == (LEEDS, DEVON)


@pytest.mark.parametrize("kind", ["guidance", "ambition"])
def test_guidance_and_ambitions_are_never_below_the_minimum(kind):
    fact = only([0.0], of=standard(kind=kind))[0]

    assert fact.state == "below"
    assert not fact.failing
    assert "below the minimum" not in stands(standard(kind=kind), fact)


def test_a_figure_that_cannot_prove_a_breach_is_never_below_the_minimum():
    asked = standard(doubt="A meeting held but not recorded counts as not held.")
    fact = only([40.0], of=asked)[0]

    assert (fact.state, fact.failing) == ("below", False)
    assert (
        stands(asked, fact) == "60 in 100 late: short of the line, which does not prove a breach."
    )


def test_a_milestone_that_is_not_due_makes_nothing_below_the_minimum():
    asked = standard(due=dt.date(2024, 12, 31))
    facts = only([50.0, 50.0, 50.0], of=asked)

    assert [fact.due for fact in facts] == [False, False, True]
    assert [fact.failing for fact in facts] == [False, False, True]
    assert stands(asked, facts[0]) == (
        "50 in 100 late: not yet at what is asked for by 31 December 2024."
    )
    assert stands(asked, only([100.0], of=asked)[0]) == (
        "Already at it; asked for by 31 December 2024."
    )


def test_a_standard_is_judged_by_its_own_measure_only():
    with pytest.raises(ValueError, match="not judged by"):
        judge(panel({DEVON: [1.0]}, measure="other"), standard())


def test_all_facts_are_the_facts_of_each_place():
    asked = standard()
    judged = judge(panel({DEVON: [50.0, None], LEEDS: [100.0, 2.0], BRISTOL: [1.0, 1.0]}), asked)

    assert all_facts(judged, "plans") == [
        fact for place in range(3) for fact in facts_of(judged, "plans", place)
    ]
    assert {fact.row for fact in all_facts(judged, "plans")} == {1, 2, 3, 4, 5, 6}


def test_codes_have_words():
    assert STATES[2] == "below"
    assert HOWS[3] == "every-case"


def test_runs_are_counted_along_the_last_axis():
    held = np.array([[True, True, False, True], [False, True, True, True]])

    assert in_a_row(held).tolist() == [[1, 2, 0, 1], [0, 1, 2, 3]]
    skipping = in_a_row(held, np.array([True, False, True, True]))
    assert skipping.tolist() == [[1, 0, 0, 1], [0, 0, 1, 2]]


# ---- How it is said


def test_devon_is_said_as_the_cases_that_broke_the_limit():
    assert stands(standard(), only([3.2])[0]) == "97 in 100 late: below the minimum."


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "none"),
        (0.3, "fewer than 1 in 100"),
        (1.0, "1 in 100"),
        (96.8, "97 in 100"),
        (99.2, "more than 99 in 100"),
        (100.0, "all"),
    ],
)
def test_some_is_never_said_as_none_nor_nearly_all_as_all(share, said):
    assert hundred(share) == said


def test_counts_are_said_where_they_are_known():
    fact = only([75.0], cases=np.array([[400.0]]))[0]

    assert in_breach(standard(), fact) == "100 of 400 late"


def test_a_share_that_counts_breaches_is_not_turned_round():
    four_hours = standard(
        kind="national-standard", per_case=False, operator=">=", value=95, unit="%", line=5
    )
    smokers = standard(
        kind="ambition", per_case=False, operator="<=", value=5, unit="%", line=5, breach="smoke"
    )

    assert in_breach(four_hours, only([26.3], of=four_hours, polarity="lower")[0]) == (
        "26 in 100 late"
    )
    assert in_breach(smokers, only([9.0], of=smokers, polarity="lower")[0]) == "9 in 100 smoke"


def test_what_is_not_there_is_said_to_be_missing():
    nothing = only([None])[0]

    assert stands(standard(), nothing) == ("It cannot be said: there is no figure to judge by (c).")
    assert in_breach(standard(), nothing) == ""

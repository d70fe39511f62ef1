"""Findings: every condition told apart, with the figure and the row it rests on."""

import dataclasses
import datetime as dt

import numpy as np
import pytest

from folkmoot.framework.catalogue import Condition
from folkmoot.framework.rules.facts import all_facts
from folkmoot.framework.rules.standing import judge
from folkmoot.framework.rules.trigger import (
    LOCAL,
    Superseded,
    Taken,
    exit_met,
    find,
    held,
    months_before,
    pauses_on,
)
from tests.rooms.framework_material import DEVON, LEEDS, TODAY, framework, panel, standard

SEN = "special-educational-needs"


def facts(values, of=None, **more):
    asked = of or standard()
    return all_facts(judge(panel(values, **more), asked), asked.id)


def finding(values, *, on=TODAY, service=SEN, taken=(), of=None, **more):
    return find(
        framework(*(() if of is None else (of,)), **more),
        "notice",
        DEVON,
        facts({DEVON: values}, of),
        on,
        service=service,
        taken=taken,
    )


def standing_of(found):
    return next(c for c in found.conditions if c.of == "standing")


def test_two_years_so_far_below_open_the_step_and_the_trace_names_the_rows():
    found = finding([11.8, 4.9, 3.2])

    assert found.allowed
    assert found.says == "Illustrative try allows this step: Notice (illustrative)."
    condition = standing_of(found)
    assert condition.met
    assert [(f.period, f.value, f.release, f.row) for f in condition.rests_on] == [
        ("2023-01-01/P1Y", 4.9, "plans/1", 2),
        ("2024-01-01/P1Y", 3.2, "plans/1", 3),
    ]
    assert condition.asks == (
        "Below the minimum “A plan within 20 weeks” by 60 or more, by more than chance where "
        "cases are a sample, in each of the newest 2 periods, the newest no older than 36 months."
    )
    assert condition.found == (
        "3.2 in 2024, 96.8 beyond the line (every case); so far as asked in 3 periods in a row."
    )


@pytest.mark.parametrize(
    "values",
    [
        [4.9, 41.0],  # not far enough now
        [41.0, 3.2],  # one year only
        [3.2, 4.9, None],  # no figure now
        [3.2, None, 4.9],  # a gap between
        [3.2, 4.9, 100.0],  # met now
    ],
)
def test_anything_less_is_a_matter_for_the_local_people(values):
    found = finding(values)

    assert not found.allowed
    assert found.says == LOCAL
    assert not standing_of(found).met


def test_exactly_as_far_as_asked_is_far_enough():
    assert finding([40.0, 40.0]).allowed


def test_figures_of_periods_that_are_not_over_do_not_count():
    found = finding([3.2, 4.9, 3.2], on=dt.date(2026, 1, 1))
    early = finding([3.2, 4.9], on=dt.date(2023, 12, 31), **{"from": dt.date(2020, 1, 1)})

    assert found.allowed
    assert not early.allowed
    assert standing_of(early).fact.period == "2022-01-01/P1Y"


def test_figures_that_are_too_old_do_not_count():
    found = finding([3.2, 4.9], on=dt.date(2027, 1, 2))
    in_time = finding([3.2, 4.9], on=dt.date(2027, 1, 1))

    assert in_time.allowed
    assert not found.allowed
    assert standing_of(found).found.endswith("The figure is too old.")


def test_no_figures_at_all_is_said():
    found = find(framework(), "notice", LEEDS, facts({DEVON: [1.0, 1.0]}), TODAY, service=SEN)

    assert not found.allowed
    assert standing_of(found).found == "There is no figure of this place."


def test_a_service_without_a_trigger_is_left_alone():
    found = finding([3.2, 3.2], service="waste")

    assert not found.allowed
    assert found.says == LOCAL
    assert [c.of for c in found.conditions if not c.met] == ["service"]


def test_a_framework_that_is_not_in_force_allows_nothing():
    found = finding([3.2, 3.2], **{"from": dt.date(2026, 12, 1)})

    assert not found.allowed
    assert [c.of for c in found.conditions if not c.met] == ["framework"]


def pause(effect):
    return [
        {
            "title": "Before the elections",
            "from": dt.date(2026, 11, 1),
            "to": TODAY,
            "effect": effect,
        }
    ]


def test_a_pause_stops_and_a_label_is_carried():
    stopped = finding([3.2, 3.2], pauses=pause("pause"))
    labelled = finding([3.2, 3.2], pauses=pause("label"))
    after = finding([3.2, 3.2], pauses=pause("pause"), on=TODAY + dt.timedelta(days=1))

    assert not stopped.allowed
    assert [c.of for c in stopped.conditions if not c.met] == ["pause"]
    assert labelled.allowed
    assert labelled.labels == ("Before the elections",)
    assert after.allowed
    assert len(pauses_on(framework(pauses=pause("label")), TODAY)) == 1


def two_steps():
    whole = framework()
    second = whole.ladder[0].model_copy(update={"id": "support", "after": "notice"})
    return whole.model_copy(update={"ladder": (*whole.ladder, second)})


MONTHS = 36  # as long as a figure counts for the step


@pytest.mark.parametrize(
    ("until", "ending", "allowed", "found"),
    [
        (None, "", True, "It was taken in case 7, from 1 March 2020, and is running."),
        (TODAY - dt.timedelta(days=1), "time-over", True, "its longest time is over."),
        (months_before(TODAY, MONTHS), "time-over", True, "its longest time is over."),
        (months_before(TODAY, MONTHS + 1), "time-over", False, "its longest time is over."),
        (TODAY - dt.timedelta(days=1), "exit-test-met", False, "the test for its end is met."),
        (TODAY - dt.timedelta(days=1), "ended-early", False, "ended it before its time."),
    ],
)
def test_a_step_waits_for_the_one_before_it(until, ending, allowed, found):
    """Which must be running, or not have been enough in all its time; and not long ago."""
    known = facts({DEVON: [3.2, 3.2]})
    taken = [Taken("notice", 7, dt.date(2020, 3, 1), until, ending)]
    before = find(two_steps(), "support", DEVON, known, TODAY, service=SEN)
    after = find(two_steps(), "support", DEVON, known, TODAY, service=SEN, taken=taken)

    assert not before.allowed
    assert [c.of for c in before.conditions if not c.met] == ["order"]
    assert after.allowed == allowed
    (order,) = [c for c in after.conditions if c.of == "order"]
    assert found in order.found
    assert "case 7" in order.found
    assert "no more than 36 months before: Notice (illustrative)." in order.asks


@pytest.mark.parametrize("ending", ["time-over", "exit-test-met"])
@pytest.mark.parametrize(
    ("since", "until", "allowed", "found"),
    [
        (1, 400, False, "It was not taken."),
        (1, None, False, "It was not taken."),
        (-400, 1, True, ", and is running."),
        (0, 1, True, ", and is running."),
    ],
)
def test_what_came_later_is_not_known_on_the_day(since, until, ending, allowed, found):
    known = facts({DEVON: [3.2, 3.2]})
    first, last = (n if n is None else TODAY + dt.timedelta(days=n) for n in (since, until))
    taken = [Taken("notice", 7, first, last, ending if last else "")]
    after = find(two_steps(), "support", DEVON, known, TODAY, service=SEN, taken=taken)

    assert after.allowed == allowed
    assert next(c for c in after.conditions if c.of == "order").found.endswith(found)


def test_of_several_the_one_that_leads_on_is_named():
    known = facts({DEVON: [3.2, 3.2]})
    taken = [
        Taken("notice", 3, dt.date(2024, 3, 1), dt.date(2026, 3, 1), "time-over"),
        Taken("notice", 5, dt.date(2026, 4, 1), dt.date(2026, 6, 1), "exit-test-met"),
        Taken("support", 8, dt.date(2026, 7, 1)),
    ]
    found = find(two_steps(), "support", DEVON, known, TODAY, service=SEN, taken=taken)
    assert found.allowed
    assert "case 3" in next(c for c in found.conditions if c.of == "order").found


def test_a_version_is_in_force_until_the_next_begins():
    known = facts({DEVON: [3.2, 3.2]})

    def allowed(starts):
        found = find(
            framework(), "notice", DEVON, known, TODAY, service=SEN,
            superseded=Superseded("2", starts),
        )  # fmt: skip
        return found.allowed, found.conditions[0].found

    assert allowed(TODAY + dt.timedelta(days=1))[0]
    may, why = allowed(TODAY)
    assert not may
    assert why == (
        "It is in force from 1 January 2026 until 22 November 2026, when version 2 takes its "
        "place; the day is 23 November 2026."
    )


def test_a_step_that_is_not_there_is_refused():
    with pytest.raises(KeyError):
        find(framework(), "commissioners", DEVON, [], TODAY)


def with_trigger(match, *conditions):
    whole = framework(standard(), standard(id="other", measure="others-in-time"))
    trigger = (
        whole.ladder[0]
        .triggers[0]
        .model_copy(update={"match": match, "conditions": tuple(conditions)})
    )
    return whole.model_copy(
        update={"ladder": (whole.ladder[0].model_copy(update={"triggers": (trigger,)}),)}
    )


@pytest.mark.parametrize(("match", "allowed"), [("all", False), ("any", True)])
def test_all_asks_for_every_condition_and_any_for_one(match, allowed):
    whole = with_trigger(
        match, Condition(standard="plans", shortfall=60), Condition(standard="other", shortfall=60)
    )
    other = standard(id="other", measure="others-in-time")
    known = facts({DEVON: [3.2]}) + facts({DEVON: [99.0]}, other, measure="others-in-time")

    found = find(whole, "notice", DEVON, known, TODAY - dt.timedelta(days=400), service=SEN)
    assert [c.of for c in found.conditions if not c.met][:1] == ["framework"]

    found = find(
        whole.model_copy(update={"starts": dt.date(2020, 1, 1)}),
        "notice",
        DEVON,
        known,
        dt.date(2024, 1, 1),
        service=SEN,
    )
    assert found.allowed is allowed
    assert [c.met for c in found.conditions if c.of == "standing"] == [True, False]


def sample(values, upper):
    asked = standard(kind="national-standard", per_case=False, operator=">=", value=60, line=60)
    return asked, facts(
        {DEVON: values},
        asked,
        every_case=False,
        lower=np.zeros((1, len(values))),
        upper=np.array([upper]),
    )


def test_chance_is_not_enough_unless_the_framework_says_so():
    asked, known = sample([50.0], [65.0])
    whole = framework(asked)

    def allowed(**condition):
        step = whole.ladder[0]
        trigger = step.triggers[0].model_copy(
            update={"conditions": (Condition(standard="plans", **condition),)}
        )
        tried = whole.model_copy(
            update={"ladder": (step.model_copy(update={"triggers": (trigger,)}),)}
        )
        tried = tried.model_copy(update={"starts": dt.date(2020, 1, 1)})
        return find(tried, "notice", DEVON, known, dt.date(2023, 6, 1), service=SEN).allowed

    assert not allowed()
    assert allowed(sure="any")


def test_a_figure_short_of_guidance_opens_nothing():
    assert not finding([3.2, 3.2], of=standard(kind="guidance")).allowed


@pytest.mark.parametrize("periods", [1, 2, 3])
@pytest.mark.parametrize("shortfall", [0.0, 30.0, 60.0])
def test_whole_arrays_and_single_places_agree(periods, shortfall):
    rng = np.random.default_rng(periods * 100 + int(shortfall))
    values = np.round(rng.uniform(0, 110, (40, 8)).clip(0, 100), 1)
    values[rng.random(values.shape) < 0.2] = np.nan
    places = [f"E06{i:06d}" for i in range(40)]
    rows = {
        code: [None if np.isnan(v) else float(v) for v in row]
        for code, row in zip(places, values, strict=True)
    }
    asked = standard(doubt="")
    judged = judge(panel(rows, first_year=2016), asked)
    condition = Condition(standard="plans", shortfall=shortfall, periods=periods)
    whole = with_trigger("all", condition)
    whole = whole.model_copy(update={"starts": dt.date(2000, 1, 1)})
    met = held(judged, condition)
    known = all_facts(judged, "plans")

    for place, code in enumerate(places):
        for t, end in enumerate(judged.panel.ends):
            found = find(whole, "notice", code, known, end.astype(dt.date), service=SEN)
            assert found.allowed == met[place, t], (code, t)
    assert met.any()
    assert not met.all()


def test_the_exit_test_asks_for_figures_close_enough_to_the_line():
    whole = framework()
    step = whole.ladder[0]

    assert exit_met(step, whole, SEN, facts({DEVON: [3.2, 50.1]}))
    assert not exit_met(step, whole, SEN, facts({DEVON: [3.2, 50.0]}))
    assert not exit_met(step, whole, SEN, facts({DEVON: [3.2, None]}))
    assert not exit_met(step, whole, "waste", facts({DEVON: [3.2, 99.0]}))
    assert not exit_met(step, whole, SEN, [])


def test_an_exit_of_nought_asks_for_the_line_itself():
    whole = framework()
    test = whole.ladder[0].exit[0].model_copy(update={"shortfall": 0.0, "periods": 2})
    step = whole.ladder[0].model_copy(update={"exit": (test,)})

    assert exit_met(step, whole, SEN, facts({DEVON: [100.0, 100.0]}))
    assert not exit_met(step, whole, SEN, facts({DEVON: [99.0, 100.0]}))
    assert not exit_met(step, whole, SEN, facts({DEVON: [100.0]}))


def test_months_are_counted_by_the_calendar():
    assert months_before(dt.date(2026, 11, 23), 36) == dt.date(2023, 11, 23)
    assert months_before(dt.date(2026, 3, 31), 1) == dt.date(2026, 2, 28)
    assert months_before(dt.date(2024, 3, 31), 1) == dt.date(2024, 2, 29)
    assert months_before(dt.date(2026, 1, 15), 1) == dt.date(2025, 12, 15)


def test_a_finding_is_never_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        finding([3.2, 3.2]).allowed = False

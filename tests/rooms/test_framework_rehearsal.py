"""Rehearsals: the real history by hand, and false alarms where the truth is known."""

import dataclasses
import datetime as dt

import numpy as np
import pytest

from folkmoot.framework.catalogue import Condition
from folkmoot.framework.rehearsal import rehearse
from folkmoot.framework.rules.likeness import likeness
from folkmoot.framework.rules.rehearsed import Fired, combined, spells
from folkmoot.framework.rules.standing import judge
from folkmoot.web.pages.rehearse import standards_of
from folkmoot.web.pages.rehearse_rows import part, share
from tests.rooms.framework_material import BRISTOL, DEVON, LEEDS, YORK, framework, panel, standard


def days(*texts):
    return np.array(texts, dtype="datetime64[D]")


YEARS = days("2022-01-01", "2023-01-01", "2024-01-01")


def fired(area, held, ends=YEARS):
    return Fired((area,), ends, np.array([held]))


def test_all_and_any_of_conditions_on_one_clock():
    a, b = fired(DEVON, [True, True, False]), fired(DEVON, [False, True, True])

    assert combined([a, b], "all", 12).held.tolist() == [[False, True, False]]
    assert combined([a, b], "any", 12).held.tolist() == [[True, True, True]]


def test_a_condition_stands_as_its_newest_figure_left_it_until_that_is_too_old():
    yearly = fired(DEVON, [True], days("2022-01-01"))
    monthly = fired(DEVON, [True] * 4, days("2021-12-01", "2022-01-01", "2022-06-01", "2023-02-01"))

    whole = combined([yearly, monthly], "all", 12)

    assert whole.ends.tolist() == [
        dt.date(2021, 12, 1),
        dt.date(2022, 1, 1),
        dt.date(2022, 6, 1),
        dt.date(2023, 2, 1),
    ]
    assert whole.held.tolist() == [[False, True, True, False]]


def test_a_place_without_figures_does_not_meet_a_condition():
    whole = combined([fired(DEVON, [True] * 3), fired(LEEDS, [True] * 3)], "all", 12)

    assert whole.areas == (LEEDS, DEVON)
    assert not whole.held.any()
    assert combined([fired(DEVON, [True] * 3), fired(LEEDS, [True] * 3)], "any", 12).held.all()


def test_a_trigger_without_conditions_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        combined([], "all", 12)


def test_spells_are_unbroken_runs():
    held = np.array([[True, True, False, True], [False, False, False, False]])

    assert list(spells(held)) == [(0, 0, 1), (0, 3, 3)]


VALUES = {
    DEVON: [90.0, 30.0, 20.0, 10.0],
    LEEDS: [30.0, 20.0, 90.0, 30.0],
    YORK: [95.0, 96.0, 97.0, 98.0],
    BRISTOL: [80.0, 70.0, 40.0, 40.0],
}


def test_the_real_history_says_who_when_how_often_and_for_how_long():
    found = rehearse(framework(), {"plans-in-time": panel(VALUES)}, resamples=0)

    (run,) = found.runs
    assert (run.places, run.ever, run.now) == (4, 3, 2)
    assert [(end.year, places) for end, places in run.by_day] == [
        (2023, 0),
        (2024, 1),
        (2025, 1),
        (2026, 2),
    ]
    assert [(s.area_name, s.since.year, s.until.year, s.periods, s.newest) for s in run.spells] == [
        ("Bristol", 2026, 2026, 1, True),
        ("Leeds", 2024, 2024, 1, False),
        ("Devon", 2025, 2026, 2, True),
    ]
    assert found.alarms == ()
    assert found.moves == ()


def test_a_standard_without_figures_is_noted_and_left_out():
    found = rehearse(framework(), {}, resamples=10)

    assert found.runs == ()
    assert found.notes == ("notice: there are no figures for plans.",)


# ---- Drawn again, where the truth is known


def moving(phi, places=150, periods=30, seed=1, level=50.0, spread=0.3):
    """Shares that move on log odds about ``level`` with correlation ``phi``."""
    rng = np.random.default_rng(seed)
    y = rng.standard_normal((places, periods)) / np.sqrt(1 - phi**2)
    for t in range(1, periods):
        y[:, t] = phi * y[:, t - 1] + rng.standard_normal(places)
    odds = np.log(level / (100 - level)) + spread * y
    values = np.round(100 / (1 + np.exp(-odds)), 2)
    rows = {f"E06{i:06d}": values[i].tolist() for i in range(places)}
    return panel(rows, first_year=1990, step=0.01)


def asked(periods, shortfall=50.0):
    # In force since before the figures begin.
    limit = standard(**{"from": dt.date(1980, 1, 1)})
    whole = framework(limit)
    step = whole.ladder[0]
    trigger = step.triggers[0].model_copy(
        update={"conditions": (Condition(standard="plans", shortfall=shortfall, periods=periods),)}
    )
    return whole.model_copy(update={"ladder": (step.model_copy(update={"triggers": (trigger,)}),)})


@pytest.mark.parametrize(("phi", "periods"), [(0.0, 1), (0.6, 1), (0.0, 2), (0.6, 2)])
def test_a_place_at_the_line_fires_as_often_as_theory_says(phi, periods):
    found = rehearse(asked(periods), {"plans-in-time": moving(phi)}, resamples=200)

    truth = 0.5 if periods == 1 else 0.25 + np.arcsin(phi) / (2 * np.pi)
    at_line = next(alarm for alarm in found.alarms if alarm.margin == 0)
    assert at_line.level == 50.0
    assert at_line.a_period.value == pytest.approx(truth, abs=0.02)
    assert 0 < at_line.a_period.error < 0.005
    assert found.moves[0].phi == pytest.approx(phi, abs=0.06)


def test_false_alarms_lessen_with_the_margin_and_falls_are_seen_sooner_the_larger_they_are():
    found = rehearse(asked(2), {"plans-in-time": moving(0.6)}, resamples=100)

    rates = [alarm.a_period.value for alarm in found.alarms]
    ever = [alarm.ever.value for alarm in found.alarms]
    waits = [fall.wait.value for fall in found.unseen]
    assert [alarm.margin for alarm in found.alarms] == [0.0, 2.0, 5.0, 10.0]
    assert rates == sorted(rates, reverse=True)
    assert ever == sorted(ever, reverse=True)
    assert all(e > r for e, r in zip(ever, rates, strict=True))
    assert [fall.fall for fall in found.unseen] == [5.0, 10.0, 20.0]
    assert waits == sorted(waits, reverse=True)
    assert [fall.level for fall in found.unseen] == [45.0, 40.0, 30.0]
    assert all(fall.unseen.value <= 1 for fall in found.unseen)


def test_a_fall_that_no_noise_can_hide_is_seen_at_once():
    still = moving(0.0, spread=0.001)

    found = rehearse(asked(1), {"plans-in-time": still}, resamples=50)

    assert all(fall.wait.value == 1.0 for fall in found.unseen)
    assert [alarm.a_period.value for alarm in found.alarms[1:]] == [0.0, 0.0, 0.0]


def test_what_never_happened_in_any_resample_has_a_bound_and_not_no_error():
    found = rehearse(asked(1), {"plans-in-time": moving(0.0, spread=0.001)}, resamples=50)

    at_line, *others = found.alarms
    assert (at_line.a_period.bound, at_line.ever.bound) == (None, 3 / 50)
    assert [alarm.a_period.bound for alarm in others] == [3 / 50] * 3
    assert [share(alarm.a_period) for alarm in others] == ["under 6.0%"] * 3
    assert share(at_line.ever) == "over 94.0%"


@pytest.mark.parametrize("resamples", [-1, 1])
def test_a_single_resample_has_no_error_and_is_refused(resamples):
    with pytest.raises(ValueError, match="two at least"):
        rehearse(framework(), {}, resamples=resamples)


def test_a_step_with_several_triggers_names_the_standards_of_each():
    other = standard(id="other", measure="others", title="Others are made in time here")
    whole = framework(standard(), other)
    step = whole.ladder[0]
    both = tuple(Condition(standard=key, shortfall=50) for key in ("plans", "other"))
    first = step.triggers[0]
    second = first.model_copy(update={"conditions": both})
    tried = whole.model_copy(
        update={"ladder": (step.model_copy(update={"triggers": (first, second)}),)}
    )
    panels = {
        "plans-in-time": moving(0.0, places=40, periods=12),
        "others": dataclasses.replace(moving(0.0, places=40, periods=12, seed=9), measure="others"),
    }
    found = rehearse(tried, panels, resamples=10, falls=(5.0,))
    plain, joined = (
        part(
            found, run, links={}, unit="", try_link="",
            standards={each.id: each.title for each in standards_of(tried, run)},
        )
        for run in found.runs
    )  # fmt: skip
    titles = [standard().title, other.title]
    assert (plain.joined, plain.standard) == (False, titles[0])
    assert (joined.joined, joined.standard) == (True, "; ".join(titles))
    assert [row.standard for row in joined.unseen] == titles
    assert joined.unseen_says.startswith(f"{titles[0]}: ")


def test_a_margin_that_cannot_be_is_left_out():
    found = rehearse(
        asked(1, shortfall=3.0), {"plans-in-time": moving(0.0, level=95.0)}, resamples=10
    )

    assert [alarm.margin for alarm in found.alarms] == [0.0, 2.0]
    assert [fall.fall for fall in found.unseen] == [5.0, 10.0, 20.0]


def test_the_same_seed_gives_the_same_answer():
    panels = {"plans-in-time": moving(0.5, places=20, periods=10)}

    one = rehearse(asked(2), panels, resamples=20, seed=1)

    assert one == rehearse(asked(2), panels, resamples=20, seed=1)
    assert one.alarms != rehearse(asked(2), panels, resamples=20, seed=2).alarms


def test_more_resamples_lessen_the_error():
    panels = {"plans-in-time": moving(0.5, places=20, periods=10)}

    few = rehearse(asked(2), panels, resamples=50).alarms[0].a_period.error
    many = rehearse(asked(2), panels, resamples=800).alarms[0].a_period.error

    assert many == pytest.approx(few / 4, rel=0.35)


def test_a_trigger_of_two_conditions_is_tried_whole():
    limit = standard(**{"from": dt.date(1980, 1, 1)})
    other = standard(id="other", measure="others", **{"from": dt.date(1980, 1, 1)})
    whole = framework(limit, other)
    step = whole.ladder[0]
    conditions = tuple(Condition(standard=s, shortfall=50) for s in ("plans", "other"))
    panels = {
        "plans-in-time": moving(0.0, places=60, periods=12),
        "others": dataclasses.replace(moving(0.0, places=60, periods=12, seed=9), measure="others"),
    }

    def rate(match):
        trigger = step.triggers[0].model_copy(update={"match": match, "conditions": conditions})
        tried = whole.model_copy(
            update={"ladder": (step.model_copy(update={"triggers": (trigger,)}),)}
        )
        found = rehearse(tried, panels, resamples=100, margins=(0.0,), falls=())
        return next(a for a in found.alarms if a.condition == 0).a_period.value

    assert rate("all") == pytest.approx(0.25, abs=0.02)
    assert rate("any") == pytest.approx(0.75, abs=0.02)


def test_a_sample_fires_only_beyond_its_own_interval():
    shape = (60, 12)
    wide = moving(0.0, places=60, periods=12, spread=0.1)
    asked_of = standard(
        kind="national-standard",
        per_case=False,
        operator=">=",
        value=50,
        line=50,
        **{"from": dt.date(1980, 1, 1)},
    )
    sample = dataclasses.replace(
        wide, every_case=False, lower=wide.value - 10, upper=wide.value + 10
    )
    like = likeness(judge(sample, asked_of), asked_of)
    assert like is not None
    assert like.width == pytest.approx(np.full(shape[0], 0.4), abs=0.02)
    noise = like.draw(100, 12, np.random.default_rng(1))

    sure = like.fires(noise, Condition(standard="plans"), 0.0).mean()
    unsure = like.fires(noise, Condition(standard="plans", sure="any"), 0.0).mean()

    # The interval reaches four standard deviations beyond the line.
    assert sure < 0.001
    assert unsure == pytest.approx(0.5, abs=0.05)


def test_too_few_places_or_periods_are_not_drawn_from():
    asked_of = standard()

    assert likeness(judge(panel({DEVON: [1.0] * 9}), asked_of), asked_of) is None
    assert likeness(judge(panel(VALUES), asked_of), asked_of) is None
    few = {f"E06{i:06d}": [50.0, 40.0] for i in range(9)}
    assert likeness(judge(panel(few), asked_of), asked_of) is None

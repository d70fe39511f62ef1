"""How a standing is said: a milestone whose day has passed, and what there are no figures for."""

import datetime as dt

import pytest

from folkmoot.framework.rules.facts import all_facts
from folkmoot.framework.rules.standing import judge
from folkmoot.framework.rules.wording import no_figures, stands
from tests.rooms.framework_material import DEVON, panel, standard

MILESTONE = {
    "kind": "guidance",
    "per_case": False,
    "line": 78,
    "from": dt.date(2022, 1, 1),
    "due": dt.date(2026, 3, 31),
    "to": dt.date(2026, 3, 31),
}
UNKNOWN = "the figures end before March 2026, so whether it was met cannot be said."
BEFORE, AFTER = dt.date(2026, 3, 31), dt.date(2026, 4, 1)


def said(value, on, **more):
    asked = standard(**{**MILESTONE, **more})
    fact = next(iter(all_facts(judge(panel({DEVON: [value]}), asked), asked.id)))
    return stands(asked, fact, on=on)


@pytest.mark.parametrize(
    ("value", "on", "words"),
    [
        (60.0, BEFORE, "Not yet at what is asked for by 31 March 2026."),
        (60.0, None, "Not yet at what is asked for by 31 March 2026."),
        (90.0, BEFORE, "Already at it; asked for by 31 March 2026."),
        (
            60.0,
            AFTER,
            f"Short of it in 2022; {UNKNOWN}",
        ),
        (
            90.0,
            AFTER,
            f"At it in 2022; {UNKNOWN}",
        ),
    ],
)
def test_once_its_day_has_passed_a_milestone_is_not_still_to_come(value, on, words):
    assert said(value, on) == words


def test_a_milestone_that_figures_reach_is_judged_by_them():
    reached = {"due": dt.date(2022, 12, 31)}
    assert said(60.0, AFTER, **reached) == "Short of what guidance asks."
    assert said(90.0, AFTER, **reached) == "Meets guidance."


def test_figures_that_are_published_elsewhere_are_not_called_unpublished():
    none = {"measure": None, "line": None}
    assert no_figures(standard(**none)) == "No published figures to judge this by."
    there = "NHS England publishes these by trust; this site holds none."
    assert no_figures(standard(**none, elsewhere=there)) == (
        f"No figures here to judge this by: {there}"
    )
    with pytest.raises(ValueError, match="judged here"):
        standard(elsewhere=there)

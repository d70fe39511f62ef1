"""The check across a framework: every planted fault is found, with where it stands."""

import datetime as dt

import pytest

from folkmoot.framework.catalogue import MINIMUMS, Framework
from folkmoot.framework.checking import Known, check_framework, check_versions
from folkmoot.framework.reading import Lines, Read, read_framework
from folkmoot.framework.rules.standing import judge
from tests.rooms.framework_material import DEVON, LEEDS, framework, panel, standard
from tests.rooms.framework_written import TRY, checked, write


def test_what_is_sound_has_no_fault():
    assert checked(framework()) == []


def edited(**changes):
    fields = framework().document()
    for path, value in changes.items():
        *front, last = path.split("__")
        part = fields
        for key in front:
            part = part[int(key) if key.isdigit() else key]
        part[int(last) if last.isdigit() else last] = value
    return Framework.model_validate(fields)


@pytest.mark.parametrize(
    ("changes", "where", "says"),
    [
        ({"standards__0__service": "magic"}, "standards.0.service", "unknown service 'magic'"),
        ({"standards__0__measure": "magic"}, "standards.0.measure", "unknown measure 'magic'"),
        ({"ladder__0__proposes": "king"}, "ladder.0.proposes", "unknown role 'king'"),
        ({"roles__0__may": ["decide"]}, "ladder.0.proposes", "'officer' may not propose"),
        ({"roles__0__may": ["propose"]}, "ladder.0.decides", "'officer' may not decide"),
        ({"ladder__0__powers": ["dragon"]}, "ladder.0.powers.0", "unknown power 'dragon'"),
        ({"ladder__0__safeguards": ["x"]}, "ladder.0.safeguards.0", "unknown safeguard 'x'"),
        ({"ladder__0__after": "later"}, "ladder.0.after", "not a step above"),
        ({"ladder__0__title": "Notice"}, "ladder.0.title", "does not say that it is illustrative"),
        (
            {"ladder__0__triggers__0__conditions__0__standard": "nought"},
            "ladder.0.triggers.0.conditions.0.standard",
            "unknown standard 'nought'",
        ),
        (
            {"ladder__0__exit__0__standard": "nought"},
            "ladder.0.exit.0.standard",
            "unknown standard 'nought'",
        ),
        (
            {"ladder__0__triggers__0__service": "waste"},
            "ladder.0.triggers.0.service",
            "unknown service 'waste'",
        ),
        (
            {"standards__0__kind": "guidance"},
            "ladder.0.triggers.0.conditions.0.standard",
            "never makes a minimum",
        ),
        (
            {"standards__0__doubt": "some were not recorded"},
            "ladder.0.triggers.0.conditions.0.standard",
            "cannot prove a breach",
        ),
        (
            {"standards__0__measure": None, "standards__0__line": None},
            "ladder.0.triggers.0.conditions.0.standard",
            "no published figures",
        ),
    ],
)
def test_what_a_framework_names_must_be_there_and_bear_it(changes, where, says):
    found = checked(edited(**changes))

    assert (where, True) in [(place, says in what) for place, what in found]


def test_a_step_without_an_exit_for_one_of_its_services_is_a_fault():
    known = Known(frozenset({*TRY.services, "waste"}), TRY.measures)
    whole = edited(ladder__0__triggers__0__service="waste")

    assert [where for where, what in checked(whole, known=known) if "exit test" in what] == [
        "ladder.0.triggers.0"
    ]


def test_a_measure_of_another_service_is_a_fault():
    known = Known(TRY.services, {"plans-in-time": "schools"})

    assert checked(framework(), known=known) == [
        ("standards.0.service", "'plans-in-time' belongs to 'schools'.")
    ]


def test_one_id_twice_is_a_fault():
    found = checked(framework(standard(), standard()))

    assert [where for where, _ in found] == ["standards.0.id", "standards.1.id"]


def test_what_is_not_illustrative_must_be_sourced():
    found = checked(framework(illustrative=False))

    assert [where for where, what in found if "source" in what] == [
        "roles.0",
        "ladder.0",
        "safeguards.0",
        "sources",
    ]


# ---- Every fault at once


def every_fault(folder, fields, judged=None):
    """(path, what) of what the check of a file finds, of form and across it."""
    read, faults = read_framework(write(folder, fields))
    assert read is not None
    faults = [*faults, *check_framework(read, TRY, judged)]
    return {(fault.where.split(", ")[-1], fault.what) for fault in faults}


def faulty():
    """A framework with faults of form, of names and of reach, some within one part."""
    fields = framework(standard(), standard(id="second"), standard(id="third")).document()
    fields["standards"][1]["kind"] = "wish"
    fields["standards"][2]["measure"] = "magic"
    del fields["standards"][2]["source"]
    fields["ladder"][0] |= {"reply_days": 0, "proposes": "king"}
    fields["ladder"][0]["triggers"][0]["conditions"] += [
        {"standard": "second", "shortfall": 0},
        {"standard": "nought", "shortfall": 0},
    ]
    del fields["roles"][0]["title"]
    return fields


def test_faults_of_form_hide_no_fault_of_names_or_reach(tmp_path):
    judged = {"plans": judge(panel({DEVON: [50.0, 50.0], LEEDS: [45.0, 90.0]}), standard())}

    found = every_fault(tmp_path / "frameworks", faulty(), judged)

    assert {where for where, _ in found} == {
        "standards.1.kind",
        "standards.2.source",
        "standards.2.measure",
        "ladder.0.reply_days",
        "ladder.0.proposes",
        "ladder.0.triggers.0.conditions.0",
        "ladder.0.triggers.0.conditions.2.standard",
        "roles.0.title",
    }
    assert ("ladder.0.proposes", "unknown role 'king'.") in found
    assert any("never open the step" in what for _, what in found)
    assert not any("stand" in what for _, what in found if "standard" not in what)


def test_a_part_that_does_not_hang_together_shows_once_its_fields_are_sound(tmp_path):
    fields = framework(standard(), standard(id="second")).document()
    fields["standards"][0] |= {"measure": None}
    fields["standards"][1] |= {"unit": 5, "service": "magic"}
    fields["ladder"] = "none"

    found = every_fault(tmp_path / "frameworks", fields)

    assert {where for where, _ in found} == {
        "standards.0",
        "standards.1.unit",
        "standards.1.service",
        "ladder",
    }


@pytest.mark.parametrize("part", ["safeguards", "powers"])
def test_a_faulty_name_in_a_step_is_mended_as_a_name(tmp_path, part):
    """The lists of a step are called as those of the framework, which hold whole parts."""
    fields = framework(standard(), standard(id="second")).document()
    fields["ladder"][0] |= {part: [5]}
    fields["standards"][1] |= {"service": "magic"}

    read, _ = read_framework(write(tmp_path / "frameworks", fields))
    assert read is not None
    assert all(isinstance(name, str) for name in getattr(read.framework.ladder[0], part))
    found = {where for where, _ in every_fault(tmp_path / "frameworks", fields)}
    assert {f"ladder.0.{part}.0", "standards.1.service"} <= found


@pytest.mark.parametrize("part", ["standards", "roles", "ladder", "safeguards"])
@pytest.mark.parametrize("value", [None, "text", 7, {}, [], [None], ["text"], [{}]])
def test_no_nonsense_in_place_of_a_part_crashes_the_check(tmp_path, part, value):
    fields = {**framework().document(), part: value}
    read, faults = read_framework(write(tmp_path / "frameworks", fields))

    assert faults or value == []
    for field in list(fields):
        broken = {**fields, field: value}
        read, faults = read_framework(write(tmp_path / "frameworks", broken))
        if read is not None:
            check_framework(read, TRY, {})


def twofold(match, one, other, **more):
    """A step that opens by two conditions, each on a standard of its own kind of place."""
    standards = (standard(**one), standard(**{"id": "second", **other}))
    fields = framework(*standards).document()
    trigger = {"service": "special-educational-needs", "match": match, **more}
    trigger["conditions"] = [{"standard": s.id, "shortfall": 0} for s in standards]
    fields["ladder"][0]["triggers"] = [trigger]
    return Framework.model_validate(fields)


def reached(whole, values, on=None, second=None):
    figures = [panel(values), panel(second or values)]
    judged = {s.id: judge(p, s) for s, p in zip(whole.standards, figures, strict=True)}
    read = Read(whole, Lines("try", {}))
    return [(f.where.split(", ")[-1], f.what) for f in check_framework(read, TRY, judged, on)]


TRIGGER = "ladder.0.triggers.0"
COUNTY, CITY = {"applies_to": ["county"]}, {"applies_to": ["metropolitan"]}
MIXED = {DEVON: [50.0, 100.0], LEEDS: [100.0, 50.0]}


def test_two_conditions_that_no_place_can_meet_together_are_a_fault():
    assert reached(twofold("any", COUNTY, CITY), MIXED) == []
    ((where, what),) = reached(twofold("all", COUNTY, CITY), MIXED)
    assert where == TRIGGER
    assert "ever met these conditions together" in what
    # In two places that are each asked both, but never short of both at once.
    halves = {DEVON: [50.0, 60.0], LEEDS: [100.0, 100.0]}
    assert reached(twofold("all", {"line": 70}, {"line": 100}), halves) == []


def test_conditions_of_which_every_place_always_meets_one_are_a_fault():
    other = {DEVON: [100.0, 50.0], LEEDS: [50.0, 100.0]}
    ((where, what),) = reached(twofold("any", {}, {}), MIXED, second=other)
    assert where == TRIGGER
    assert "they tell none apart" in what
    assert "never open" in reached(twofold("all", {}, {}), MIXED, second=other)[0][1]


def test_conditions_over_two_periods_can_be_met_in_the_second_at_the_earliest():
    """So those that every place has met in every second one are always met, each and together."""
    always = {DEVON: [50.0, 50.0, 50.0], LEEDS: [50.0, 50.0, 50.0]}
    whole = twofold("all", {}, {"line": 80})
    fields = whole.document()
    for condition in fields["ladder"][0]["triggers"][0]["conditions"]:
        condition["periods"] = 2
    halves = {DEVON: [50.0, 50.0, 100.0], LEEDS: [50.0, 50.0, 50.0]}
    others = {DEVON: [50.0, 50.0, 50.0], LEEDS: [50.0, 50.0, 100.0]}
    fields["ladder"][0]["triggers"][0]["match"] = "any"
    ((where, what),) = reached(Framework.model_validate(fields), halves, second=others)
    assert where == TRIGGER
    assert "they tell none apart" in what
    found = reached(Framework.model_validate(fields), always)
    assert [where for where, _ in found] == [f"{TRIGGER}.conditions.{at}" for at in (0, 1)]


def test_a_place_that_began_later_does_not_hide_that_a_condition_is_always_met():
    late = standard(**{"from": dt.date(2010, 1, 1)})
    judged = judge(panel({DEVON: [5.0, 5.0, 5.0], LEEDS: [1.0, 2.0, 3.0]}), late)
    judged.state[1, 0] = 0
    judged.how[1, 0] = 0
    judged.failing[1, 0] = False
    fields = framework().document()
    fields["ladder"][0]["triggers"][0]["conditions"][0]["periods"] = 2
    read = Read(Framework.model_validate(fields), Lines("try", {}))

    (fault,) = check_framework(read, TRY, {"plans": judged})
    assert "tells none apart" in fault.what


def test_figures_too_old_for_a_trigger_are_a_fault():
    whole = twofold("all", {}, {}, no_older_than_months=12)
    assert reached(whole, MIXED, dt.date(2025, 1, 1)) == []
    ((where, what),) = reached(whole, MIXED, dt.date(2025, 1, 2))
    assert where == f"{TRIGGER}.no_older_than_months"
    assert "31 December 2023" in what


def test_a_condition_on_a_standard_of_another_service_is_a_fault():
    known = Known(
        frozenset({"special-educational-needs", "emergency-care"}),
        {**TRY.measures, "waits": "emergency-care"},
    )
    waits = standard(id="waits", service="emergency-care", measure="waits")
    fields = framework(standard(), waits).document()
    fields["ladder"][0]["triggers"][0]["conditions"].append({"standard": "waits", "shortfall": 0})

    assert checked(Framework.model_validate(fields), known=known) == [
        (
            "ladder.0.triggers.0.conditions.1.standard",
            "'waits' is of 'emergency-care', not of 'special-educational-needs'.",
        )
    ]


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({DEVON: [50.0, 50.0], LEEDS: [45.0, 90.0]}, "it can never open the step"),
        ({DEVON: [5.0, 5.0], LEEDS: [1.0, 9.0]}, "tells none apart"),
    ],
)
def test_a_trigger_that_can_never_or_always_fire_is_a_fault(values, says):
    judged = {"plans": judge(panel(values), standard())}
    found = checked(framework(), judged)

    assert [where for where, _ in found] == ["ladder.0.triggers.0.conditions.0"]
    assert says in found[0][1]


def test_a_trigger_that_tells_places_apart_is_none():
    judged = {"plans": judge(panel({DEVON: [5.0, 5.0], LEEDS: [50.0, 5.0]}), standard())}

    assert checked(framework(), judged) == []


def read_of(name, **more):
    return Read(framework(**more), Lines(name, {}))


def test_versions_that_overlap_or_share_a_name_are_faults():
    one = read_of("one", version="1", to=dt.date(2026, 6, 30))
    late = read_of("late", version="2", **{"from": dt.date(2026, 6, 30)})
    same = read_of("same", version="1", **{"from": dt.date(2027, 1, 1)})
    after = read_of("after", version="3", **{"from": dt.date(2026, 7, 1)})
    other = read_of("other", slug="another", version="1")

    def found(*reads):
        return [str(fault.where) for fault in check_versions(reads)]

    assert found(one, late) == ["late, line 1, from"]
    assert found(one, same) == ["same, line 1, version"]
    assert found(one, after) == []
    assert found(one, other) == []
    assert found(read_of("open", version="0"), after) == []
    assert found(one, read_of("twin", version="9")) == ["twin, line 1, from"]


def test_the_kinds_that_make_a_minimum_are_two():
    assert sorted(MINIMUMS) == ["national-standard", "statutory-limit"]

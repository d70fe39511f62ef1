"""Framework files: the shipped ones are sound, and every planted fault is found with its line."""

import csv
import datetime as dt
from pathlib import Path

import pytest
import yaml

from folkmoot.framework.catalogue import MINIMUMS, Framework
from folkmoot.framework.checking import Known, check_framework, check_versions, latest
from folkmoot.framework.reading import Lines, Read, read_framework, read_frameworks
from folkmoot.framework.rules.standing import judge
from folkmoot.shipped import shipped
from tests.rooms.framework_known import CATALOGUE, KNOWN
from tests.rooms.framework_material import DEVON, LEEDS, framework, panel, standard

FOLDER = shipped("catalogue") / "frameworks"
TRY = Known(
    frozenset({"special-educational-needs"}), {"plans-in-time": "special-educational-needs"}
)
READS, FAULTS = read_frameworks(FOLDER)
SHIPPED = {read.framework.slug: read.framework for read in latest(READS)}
FOUND = SHIPPED["england-as-found"]
ILLUSTRATIVE = SHIPPED["illustrative"]


# ---- What is shipped


def test_the_shipped_frameworks_have_no_fault():
    faults = [*FAULTS, *check_versions(READS)]
    faults += [fault for read in latest(READS) for fault in check_framework(read, KNOWN)]

    assert [str(fault) for fault in faults] == []


# What was put into use with earlier releases of Folkmoot, and is the same for ever.
IN_USE = {
    (
        "england-as-found",
        "2026-11-23.1",
    ): "72bd40f3c6dec3f5e6700e161b588eb5fdbb209a6fd081b7f5dd9f9bf5faad3e",
    (
        "illustrative",
        "2026-11-23.1",
    ): "813ed1239b4a7ed4f97fc5891c86f26f6a42d5d982fec87be80c606f4023dac4",
}


@pytest.mark.parametrize("key", IN_USE)
def test_a_version_that_was_put_into_use_is_never_changed(key):
    found = {(r.framework.slug, r.framework.version): r.framework.digest() for r in READS}

    assert found[key] == IN_USE[key]


def test_of_several_versions_the_one_that_begins_last_is_checked():
    newest = {(r.framework.slug, r.framework.version) for r in latest(READS)}

    assert not newest & IN_USE.keys()
    assert {slug for slug, _ in newest} == {slug for slug, _ in IN_USE}


def test_standards_are_taken_over_from_the_version_in_force_as_a_framework_begins(tmp_path):
    folder = tmp_path / "frameworks"
    write(folder, framework(version="1"), "try.yaml")
    later = framework(
        standard(title="A plan within 20 weeks, now"), version="2", **{"from": dt.date(2026, 9, 1)}
    )
    write(folder, later, "try--2.yaml")
    for slug, day in (("early", dt.date(2026, 3, 1)), ("late", dt.date(2026, 10, 1))):
        own = framework(slug=slug, **{"from": day}).document()
        write(folder, {**own, "standards": [], "standards_from": "try"}, f"{slug}.yaml")

    reads, faults = read_frameworks(folder)

    assert faults == []
    titles = {r.framework.slug: r.framework.standards[0].title for r in reads}
    assert titles["early"] == "A plan within 20 weeks"
    assert titles["late"] == "A plan within 20 weeks, now"


def test_england_as_found_has_no_ladder_and_illustrative_says_that_it_is():
    assert FOUND.ladder == ()
    assert not FOUND.illustrative
    assert ILLUSTRATIVE.illustrative
    assert len(ILLUSTRATIVE.ladder) == 4
    assert all("illustrative" in step.title for step in ILLUSTRATIVE.ladder)
    assert ILLUSTRATIVE.standards == FOUND.standards


def test_every_minimum_and_every_power_was_looked_up():
    checked = [standard.source.checked for standard in FOUND.standards]
    checked += [power.source.checked for power in FOUND.powers if power.source]

    assert len(FOUND.powers) >= 5
    assert all(power.source for power in FOUND.powers)
    assert min(checked) >= dt.date(2026, 1, 1)


def test_every_standard_found_is_in_the_framework_or_left_out_with_a_reason():
    with (shipped("data") / "standards" / "standards.csv").open(encoding="utf-8") as file:
        values = [(row["id"], row["service"], row["value"]) for row in csv.DictReader(file)]
    stated = [str(s.value).removesuffix(".0") for s in FOUND.standards]
    left_out = {each.id for each in FOUND.left_out}

    missing = [
        (name, value) for name, _, value in values if value not in stated and name not in left_out
    ]
    assert missing == []
    assert len(FOUND.standards) >= len(values) - len(left_out)


@pytest.mark.parametrize(
    ("key", "kind", "minimum"),
    [
        ("ehc-plan-20-weeks", "statutory-limit", True),
        ("ae-four-hours", "national-standard", True),
        ("conference-15-days", "guidance", False),
        ("assessment-45-days", "guidance", False),
        ("ae-four-hours-march-2026", "guidance", False),
        ("recycling-65-by-2035", "ambition", False),
        ("ehc-review-yearly", "statutory-limit", False),
    ],
)
def test_the_standards_with_figures_have_the_kind_they_were_found_to_have(key, kind, minimum):
    found = FOUND.standard(key)

    assert found is not None
    assert found.measure in CATALOGUE.measures
    assert (found.kind, found.minimum) == (kind, minimum)


def test_recycling_says_that_its_base_is_another():
    assert "household" in FOUND.standard("recycling-65-by-2035").base


def test_a_limit_for_each_case_asks_for_every_case():
    limits = [s for s in FOUND.judged if s.per_case]

    assert len(limits) >= 5
    assert {s.line for s in limits} == {100.0}


def test_only_minimums_that_prove_a_breach_open_a_step():
    asked = {
        condition.standard
        for step in ILLUSTRATIVE.ladder
        for trigger in step.triggers
        for condition in trigger.conditions
    }

    assert asked
    assert all(ILLUSTRATIVE.standard(key).minimum for key in asked)


def test_a_document_reads_back_as_the_same_framework():
    for each in SHIPPED.values():
        again = Framework.model_validate(each.document())
        assert again == each
        assert again.digest() == each.digest()
    assert FOUND.digest() != ILLUSTRATIVE.digest()


# ---- Planted faults


def write(folder: Path, whole: Framework | dict, name: str = "try.yaml") -> Path:
    fields = whole if isinstance(whole, dict) else whole.document()
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(yaml.safe_dump(fields, allow_unicode=True, sort_keys=False))
    return path


def line_of(path: Path, text: str) -> int:
    return next(n for n, line in enumerate(path.read_text().splitlines(), 1) if text in line)


def test_every_fault_of_form_is_found_at_once_with_line_and_path(tmp_path):
    fields = framework(standard(), standard(id="second")).document()
    del fields["standards"][0]["source"]
    fields["standards"][1]["kind"] = "wish"
    fields["standards"][1]["from"] = "soon"
    fields["ladder"][0]["safeguards"] = []
    del fields["ladder"][0]["appeal"]
    fields["ladder"][0]["reply_days"] = 0
    fields["colour"] = "red"
    path = write(tmp_path / "frameworks", fields)

    read, faults = read_framework(path)

    assert read.stand_ins
    assert {fault.where for fault in faults} == {
        f"frameworks/try.yaml, line {line_of(path, '- id: plans')}, standards.0.source",
        f"frameworks/try.yaml, line {line_of(path, 'kind: wish')}, standards.1.kind",
        f"frameworks/try.yaml, line {line_of(path, 'from: soon')}, standards.1.from",
        f"frameworks/try.yaml, line {line_of(path, 'safeguards: []')}, ladder.0.safeguards",
        f"frameworks/try.yaml, line {line_of(path, '- id: notice')}, ladder.0.appeal",
        f"frameworks/try.yaml, line {line_of(path, 'reply_days: 0')}, ladder.0.reply_days",
        f"frameworks/try.yaml, line {line_of(path, 'colour: red')}, colour",
    }
    assert all(fault.what and fault.remedy for fault in faults)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"from": None}, "from is missing"),
        ({"from": None, "dates_note": "Nobody seems to know the day."}, "from which day"),
        ({"line": None}, "a measure needs its line"),
        ({"measure": None}, "a line its measure"),
        ({"applies_to": []}, "of which areas"),
        ({"applies_to": ["parish"]}, "unknown kinds of area: parish"),
        ({"service": None}, "say in subject"),
        ({"to": "2013-01-01"}, "ends before it starts"),
    ],
)
def test_a_standard_that_does_not_hang_together_is_a_fault(tmp_path, change, says):
    fields = framework().document()
    fields["standards"][0].update(change)
    path = write(tmp_path / "frameworks", fields)

    _, faults = read_framework(path)

    assert len(faults) == 1
    assert says in faults[0].what
    assert f"line {line_of(path, '- id: plans')}, standards.0" in faults[0].where


def test_a_role_asks_for_offices_that_there_are(tmp_path):
    fields = framework().document()
    assert "office" not in fields["roles"][0]
    fields["roles"][0]["office"] = ["minister", "wizard"]
    path = write(tmp_path / "frameworks", fields)

    _, faults = read_framework(path)

    assert [(fault.where.split(", ")[-1], fault.what) for fault in faults] == [
        ("roles.0", "Value error, unknown kinds of office: wizard.")
    ]
    assert ILLUSTRATIVE.step("support").decides == "minister"
    minister = next(role for role in ILLUSTRATIVE.roles if role.id == "minister")
    assert minister.office == ("minister",)


def test_a_field_twice_and_a_file_that_is_no_yaml_are_found_with_their_line(tmp_path):
    path = write(tmp_path / "frameworks", framework())
    path.write_text(path.read_text() + "title: Illustrative again\n")
    broken = tmp_path / "frameworks" / "broken.yaml"
    broken.write_text("slug: broken\ntitle: [never closed\n")
    latin = tmp_path / "frameworks" / "latin.yaml"
    latin.write_bytes(b"title: caf\xe9")
    (tmp_path / "frameworks" / "list.yaml").write_text("- one\n")

    _, faults = read_frameworks(tmp_path / "frameworks")

    lines = len(path.read_text().splitlines())
    assert [fault.where for fault in faults] == [
        "frameworks/broken.yaml, line 3",
        "frameworks/latin.yaml",
        "frameworks/list.yaml",
        f"frameworks/try.yaml, line {lines}, title",
    ]
    assert faults[-1].what == "the field is here twice."


def test_a_file_is_named_after_its_slug_and_takes_over_standards_that_there_are(tmp_path):
    folder = tmp_path / "frameworks"
    write(folder, framework(), "other.yaml")
    write(folder, framework(slug="lost", standards_from="nowhere"), "lost.yaml")

    _, faults = read_frameworks(folder)

    assert [fault.where.split(", ")[-1] for fault in faults] == ["slug", "standards_from"]


def test_standards_taken_over_give_way_to_ones_own(tmp_path):
    folder = tmp_path / "frameworks"
    write(folder, framework(standard(), standard(id="second")), "try.yaml")
    own = framework(standard(title="A plan within 20 weeks, ours"), slug="mine")
    write(folder, {**own.document(), "standards_from": "try"}, "mine.yaml")

    reads, faults = read_frameworks(folder)

    assert faults == []
    mine = next(r.framework for r in reads if r.framework.slug == "mine")
    assert [(s.id, s.title) for s in mine.standards] == [
        ("plans", "A plan within 20 weeks, ours"),
        ("second", "A plan within 20 weeks"),
    ]


def checked(whole: Framework, judged=None, known=TRY):
    return [
        (f.where.split(", ")[-1], f.what)
        for f in check_framework(Read(whole, Lines("try", {})), known, judged)
    ]


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


# ---- The guide


def test_the_guide_tells_of_every_field():
    text = (Path(__file__).resolve().parents[2] / "docs" / "frameworks.md").read_text()
    fields = framework().document()
    told = [*fields["standards"][0], *fields["ladder"][0]]

    assert [name for name in told if f"`{name}`" not in text] == []
    assert "`planted`" not in text

"""The shipped frameworks are sound, carry what was found, and are never changed once in use."""

import csv
import datetime as dt

import pytest

from folkmoot.framework.catalogue import Framework
from folkmoot.framework.checking import check_framework, check_versions, latest
from folkmoot.framework.reading import read_frameworks
from folkmoot.framework.rules.wording import NO_FIGURES, NOT_HERE, no_figures
from folkmoot.shipped import shipped
from tests.rooms.framework_known import CATALOGUE, KNOWN
from tests.rooms.framework_material import framework, standard
from tests.rooms.framework_written import write

FOLDER = shipped("catalogue") / "frameworks"
READS, FAULTS = read_frameworks(FOLDER)
SHIPPED = {read.framework.slug: read.framework for read in latest(READS)}
FOUND = SHIPPED["england-as-found"]
ILLUSTRATIVE = SHIPPED["illustrative"]


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


# Each line of data/standards/standards.csv → the standards that carry it.
CARRIED = {
    "planning-major": ("planning-major",),
    "planning-nonmajor": ("planning-nonmajor",),
    "planning-quality": ("planning-quality",),
    "ehc-20wk": ("ehc-plan-20-weeks",),
    "icpc-15d": ("conference-15-days",),
    "cin-45d": ("assessment-45-days",),
    "rtt-18wk": ("rtt-18-weeks",),
    "rtt-18wk-interim": ("rtt-18-weeks-march-2026",),
    "ae-4h": ("ae-four-hours",),
    "ae-4h-interim": ("ae-four-hours-march-2026",),
    "cancer-62d": ("cancer-62-days",),
    "cancer-31d": ("cancer-31-days",),
    "diag-6wk": ("diagnostic-6-weeks",),
    "amb-cat1": ("ambulance-category-1",),
    "amb-cat1-90": ("ambulance-category-1-nine-in-ten",),
    "amb-cat2": ("ambulance-category-2",),
    "amb-cat2-90": ("ambulance-category-2-nine-in-ten",),
    "amb-cat3-90": ("ambulance-category-3-nine-in-ten",),
    "amb-cat4-90": ("ambulance-category-4-nine-in-ten",),
    "foi-20d": ("information-20-days", "information-each-request"),
    "bnb-6wk": ("families-bed-and-breakfast",),
    "ks2-floor": ("ks2-floor",),
    "recycling-2035": ("recycling-65-by-2035",),
    "food-waste-2026": ("food-waste-weekly",),
    "library": ("library-service",),
}
LEFT_OUT = {"ofsted-inadequate", "peel"}
# What the file calls a kind → the kind that it is here.
KIND_OF = {
    "designation threshold": "national-standard",
    "statutory time limit": "statutory-limit",
    "statutory guidance": "guidance",
    "NHS Constitution standard": "national-standard",
    "NHS planning guidance 2025/26": "guidance",
    "NHS standard": "national-standard",
    "NHS standard (30 min interim)": "national-standard",
    "statutory limit": "statutory-limit",
    "DfE floor standard": "historic",
    "national ambition by 2035": "ambition",
    "statutory duty (Simpler Recycling)": "statutory-limit",
    "statutory duty (Public Libraries and Museums Act 1964; Act not opened)": "statutory-limit",
}


def not_carried(whole):
    """(line, what is wrong) of each line of the file that a framework does not carry as it is."""
    with (shipped("data") / "standards" / "standards.csv").open(encoding="utf-8") as file:
        lines = {row["id"]: row for row in csv.DictReader(file)}
    left_out = {each.id for each in whole.left_out}
    wrong = [(key, "in no list here") for key in lines.keys() ^ (CARRIED.keys() | LEFT_OUT)]
    wrong += [(key, "not left out with a reason") for key in LEFT_OUT - left_out]
    for line, keys in CARRIED.items():
        row = lines.get(line)
        for key in keys:
            found = whole.standard(key)
            if found is None or row is None:
                wrong.append((line, f"{key} is missing"))
                continue
            value, kind = str(found.value).removesuffix(".0"), KIND_OF.get(row["kind"])
            # A limit for each case is "within" here, whatever sign the file gives it.
            sign = "within" if found.per_case else row["operator"]
            if key == keys[0] and (value, found.operator) != (row["value"], sign):
                wrong.append((line, f"{key} has another value"))
            if kind and found.kind != kind:
                wrong.append((line, f"{key} is of another kind"))
    return wrong


def test_every_standard_found_is_in_the_framework_or_left_out_with_a_reason():
    assert not_carried(FOUND) == []
    assert FOUND.standard("information-20-days").kind == "guidance"
    each = FOUND.standard("information-each-request")
    assert (each.kind, each.value, each.unit, each.per_case) == (
        "statutory-limit",
        20,
        "working days",
        True,
    )


@pytest.mark.parametrize("line", CARRIED)
def test_a_standard_taken_away_or_changed_is_missed(line):
    for key in CARRIED[line]:
        gone = tuple(s for s in FOUND.standards if s.id != key)
        assert not_carried(FOUND.model_copy(update={"standards": gone})) == [
            (line, f"{key} is missing")
        ]
    key = CARRIED[line][0]
    changed = tuple(
        s.model_copy(update={"value": 1.5}) if s.id == key else s for s in FOUND.standards
    )
    assert (line, f"{key} has another value") in not_carried(
        FOUND.model_copy(update={"standards": changed})
    )


def test_what_is_left_out_has_a_title_and_a_reason_and_is_missed():
    assert all(each.title and each.why for each in FOUND.left_out)
    assert {key for key, _ in not_carried(FOUND.model_copy(update={"left_out": ()}))} == LEFT_OUT


def test_what_is_published_and_not_held_here_is_said_so():
    told = {s.id for s in FOUND.standards if s.elsewhere}

    assert {"rtt-18-weeks", "planning-major", "cancer-62-days", "ambulance-category-1"} <= told
    assert not told & {s.id for s in FOUND.judged}
    assert no_figures(FOUND.standard("rtt-18-weeks")).startswith(NOT_HERE)
    assert no_figures(FOUND.standard("library-service")) == NO_FIGURES


def test_every_standard_says_of_whom_it_is_asked_unless_none_of_them_is_held_here():
    unsaid = {s.id for s in FOUND.standards if not s.applies_to and not s.bodies}

    assert all(key.startswith("ambulance-") or key == "ks2-floor" for key in unsaid)
    assert FOUND.standard("cancer-62-days").bodies == {"nhs-trust"}


def test_reviews_of_plans_are_guidance_judged_by_the_share_in_time():
    found = FOUND.standard("child-protection-review")

    assert found.measure in CATALOGUE.measures
    assert (found.kind, found.per_case, found.line) == ("guidance", True, 100)
    assert "dictionary" in found.source.seen


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


def test_the_steps_of_the_illustration_are_decided_by_who_may_decide():
    roles = {role.id: role for role in ILLUSTRATIVE.roles}

    assert roles["minister"].office == ("minister",)
    assert all("decide" in roles[step.decides].may for step in ILLUSTRATIVE.ladder)
    assert all("propose" in roles[step.proposes].may for step in ILLUSTRATIVE.ladder)

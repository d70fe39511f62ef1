"""The course of a case, its days and its calendars: rules without a database."""

import datetime as dt

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.common import reasons
from folkmoot.common.acts import VERBS
from folkmoot.framework.cases import calendars, rules
from folkmoot.framework.cases.elsewhere import state_of
from folkmoot.framework.cases.rules import Course, Span
from folkmoot.framework.cases.trace import from_json, to_json
from folkmoot.framework.rules.trigger import find
from folkmoot.people.rules import ROLES, HeldRole
from folkmoot.shipped import shipped
from tests.rooms import framework_material as material
from tests.rooms.test_framework_trigger import facts

DAY = dt.timedelta(days=1)
ON = dt.date(2026, 11, 23)
DFE = "department-for-education"
D = dt.date


def test_every_state_is_reached_and_every_closed_one_is_the_end():
    reached = {"" for _ in range(1)}
    while True:
        more = {
            after
            for (before, _), to in rules.TRANSITIONS.items()
            if before in reached
            for after in to
        }
        if more <= reached:
            break
        reached |= more
    assert reached == {"", *rules.STATES}
    left = {before for before, _ in rules.TRANSITIONS}
    assert left == {"", *rules.OPEN}
    assert not rules.OPEN & rules.NON_INTERVENTIONS


def test_every_act_of_a_case_is_a_verb_of_the_record():
    assert set(rules.VERB_OF.values()) <= VERBS.keys()
    assert VERBS["decide-step"].reasons == set(reasons.DECISIONS)
    assert {rules.GO_AHEAD, rules.DO_NOT} == set(reasons.DECISIONS)
    assert {rules.GOES_ON, rules.TEST_MET, rules.EARLY} == set(reasons.REVIEWS)
    assert {rules.TEST_MET, rules.TIME_OVER, rules.EARLY} == set(reasons.ENDINGS)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (D(2026, 12, 22), 12, D(2027, 12, 22)),
        (D(2026, 8, 31), 6, D(2027, 2, 28)),
        (D(2027, 8, 31), 6, D(2028, 2, 29)),
        (D(2026, 11, 30), 1, D(2026, 12, 30)),
        (D(2026, 12, 31), 2, D(2027, 2, 28)),
        (D(2026, 1, 31), 0, D(2026, 1, 31)),
    ],
)
def test_months_later(start, months, end):
    assert rules.after_months(start, months) == end


@given(start=st.dates(D(2000, 1, 1), D(2100, 1, 1)), months=st.integers(0, 240))
def test_months_later_is_so_many_months_later(start, months):
    end = rules.after_months(start, months)

    assert (end.year - start.year) * 12 + end.month - start.month == months
    assert end.day == start.day or (end + DAY).day == 1


@given(days=st.integers(0, 200), gap=st.integers(0, 60), length=st.integers(0, 60))
def test_days_of_a_pause_are_not_days_of_reply(days, gap, length):
    pause = Span("Before elections", ON + gap * DAY, ON + (gap + length) * DAY)
    end = rules.after_days(ON, days, [pause])
    counted = [ON + n * DAY for n in range(1, (end - ON).days + 1)]

    assert sum(not pause.holds(day) for day in counted) == days
    assert days == 0 or not pause.holds(end)
    assert rules.after_days(ON, days) == ON + days * DAY


def test_a_decision_waits_for_the_longer_of_notice_and_reply():
    def earliest(notice_days):
        course = Course("noticed", ON, ON, ON + 28 * DAY, notice_days=notice_days)
        return rules.earliest_decision(course)

    assert (earliest(10), earliest(29), earliest(60)) == (
        ON + 29 * DAY,
        ON + 29 * DAY,
        ON + 60 * DAY,
    )
    with pytest.raises(ValueError, match="no notice"):
        rules.earliest_decision(Course("refused", ON))


def test_nothing_is_decided_in_a_pause():
    course = Course("noticed", ON, ON, ON + 28 * DAY)
    pause = Span("Before the local elections", ON + 29 * DAY, ON + 40 * DAY)

    (fault,) = rules.decide_faults(course, ON + 35 * DAY, [pause])
    assert (fault.kind, fault.remedy) == ("paused", "Do it after 2 January 2027.")
    assert rules.decide_faults(course, ON + 41 * DAY, [pause]) == []
    kinds = [f.kind for f in rules.decide_faults(course, ON - DAY, [])]
    assert kinds == ["invalid", "too-early"]


def test_a_reply_has_its_days_and_a_late_one_says_so():
    course = Course("noticed", ON, ON, ON + 28 * DAY)

    def kinds(after, late=False):
        return [f.kind for f in rules.reply_faults(course, ON + after * DAY, late=late)]

    assert kinds(0) == kinds(28) == kinds(29, late=True) == []
    assert kinds(29) == ["too-late"]
    assert kinds(-1) == kinds(-1, late=True) == ["invalid"]


@pytest.mark.parametrize(
    ("course", "after", "says"),
    [
        (Course("noticed", ON, ON, ON + 28 * DAY), 28, "owes a reply by 21 December 2026."),
        (Course("noticed", ON, ON, ON + 28 * DAY), 29, "overdue since 21 December 2026."),
        (
            Course("noticed", ON, ON, ON + 28 * DAY, ON + DAY),
            2,
            "Devon replied on 24 November 2026; decided from 22 December 2026.",
        ),
        (
            Course("noticed", ON, ON, ON + 28 * DAY, None, True),
            2,
            "No reply is owed; decided from 22 December 2026.",
        ),
        (
            Course("running", ON, starts=ON, ends=ON + 300 * DAY, review_due=ON + 10 * DAY),
            10,
            "In force until 19 September 2027 at the latest.",
        ),
        (
            Course("running", ON, starts=ON, ends=ON + 300 * DAY, review_due=ON + 10 * DAY),
            11,
            "In force; its review has been overdue since 3 December 2026.",
        ),
        (Course("running", ON, starts=ON, ends=ON + 300 * DAY), 301, "it has no force any more."),
        (Course("refused", ON), 5, "Refused: a matter for the local people."),
        (Course("stopped", ON), 5, "Decided: the centre does not step in."),
    ],
)
def test_how_a_case_stands_in_a_sentence(course, after, says):
    assert rules.says(course, ON + after * DAY, "Devon").endswith(says)


def test_what_may_be_done_next():
    noticed = Course("noticed", ON, ON, ON + 28 * DAY)
    replied = Course("noticed", ON, ON, ON + 28 * DAY, ON)
    assert [m.what for m in rules.moves(noticed, ("minister",), "DfE", "Devon")] == [
        "reply", "decide", "withdraw",
    ]  # fmt: skip
    found = rules.moves(replied, ("minister",), "DfE", "Devon")
    assert [(m.what, m.who) for m in found] == [
        ("decide", "DfE (minister in charge)"),
        ("withdraw", "DfE"),
    ]
    running = rules.moves(Course("running", ON), (), "DfE", "Devon")
    assert [m.what for m in running] == ["review", "end"]
    assert rules.moves(Course("ended", ON), (), "DfE", "Devon") == []


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_acts_for_the_centre(role):
    made = material.framework(
        roles=[
            {"id": "legal-adviser", "title": "Legal", "office": ["monitoring-officer", "minister"]},
            {"id": "officer-of-the-centre", "title": "Officer"},
            {"id": "minister", "title": "Minister"},
        ]
    )

    def may(part, body=DFE, office="minister", until=None):
        held = HeldRole(1, role, body, office, ON, until)
        return rules.acts_for_centre([held], rules.offices_of(made, part), DFE, ON) is not None

    centre = role == "centre"
    assert may("minister") == may("secretary-of-state") == may("officer-of-the-centre") == centre
    assert may("officer-of-the-centre", office="accounting-officer") == centre
    assert not may("minister", office="accounting-officer")
    assert not may("minister", body="home-office")
    assert not may("minister", until=ON)
    # A role asks for the offices that the framework names, whatever the role is called.
    assert may("legal-adviser", office="monitoring-officer") == may("legal-adviser") == centre
    assert not may("legal-adviser", office="accounting-officer")


def test_a_role_does_what_the_framework_lets_it_do_and_no_more():
    made = material.framework(roles=[{"id": "officer", "title": "Officer", "may": ["propose"]}])

    assert rules.may_not(made, "officer", "propose") == ""
    assert rules.may_not(made, "officer", "decide").endswith("its role 'Officer' decide.")
    assert "has no role 'minister'" in rules.may_not(made, "minister", "decide")


def test_emergencies_are_short():
    assert rules.override_faults(ON, ON + 183 * DAY) == []
    for wrong in (ON, ON - DAY, ON + 184 * DAY):
        assert [f.where for f in rules.override_faults(ON, wrong)] == ["until"]


# ---- The trace


def test_a_finding_is_kept_whole():
    found = find(
        material.framework(), "notice", material.DEVON,
        facts({material.DEVON: [11.8, 4.9, None]}), ON, service="special-educational-needs",
    )  # fmt: skip

    kept = to_json(found)
    assert yaml.safe_load(yaml.safe_dump(kept)) == kept
    assert from_json(kept) == found


# ---- Calendars


def test_the_working_days_are_those_that_returning_officers_published():
    """For 6 May 2021 the notice was due by 29 March (Southend's timetable); for 1 May 2025 Stroud
    gave notice on 25 March, the last day; for 2 May 2024 Southampton named 26 March."""
    before = calendars.working_days_before
    easter_2021 = [D(2021, 4, 2), D(2021, 4, 5), D(2021, 5, 3)]
    assert before(D(2021, 5, 6), 25, easter_2021) == D(2021, 3, 29)
    assert before(D(2025, 5, 1), 25, [D(2025, 4, 18), D(2025, 4, 21)]) == D(2025, 3, 25)
    assert before(D(2024, 5, 2), 25, [D(2024, 3, 29), D(2024, 4, 1)]) == D(2024, 3, 26)


def test_the_shipped_calendars_are_sourced_and_count_their_days():
    found, faults = calendars.read_calendars(shipped("catalogue") / "calendars")

    assert faults == []
    assert {c.slug for c in found} == {"local-elections-england", "dissolution-of-parliament"}
    for calendar in found:
        assert all(source.link.startswith("https://") for source in calendar.sources)
        for poll in calendar.polls:
            assert poll.starts == calendars.working_days_before(
                poll.poll, calendar.working_days, poll.not_counted
            )
            assert poll.poll.weekday() == (3 if poll.poll.month == 5 else 2)


def test_planted_faults_in_a_calendar_are_all_found(tmp_path):
    source = shipped("catalogue") / "calendars" / "local-elections-england.yaml"
    entry = yaml.safe_load(source.read_text())
    planted = {
        "late": {"polls": [{**entry["polls"][1], "from": D(2027, 4, 1)}]},
        "backwards": {"polls": [{"poll": D(2027, 5, 6), "from": D(2027, 5, 7)}]},
        "kinds": {"kinds": ["parish"]},
        "unsourced": {"sources": []},
    }
    for name, fields in planted.items():
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump({**entry, **fields}))

    _, faults = calendars.read_calendars(tmp_path)
    assert {f.where.split("/")[1].split(".")[0] for f in faults} == planted.keys()


def test_pauses_and_labels_hold_where_and_when_they_say():
    paused = {"title": "A pause of the framework", "from": D(2026, 12, 1), "to": D(2026, 12, 9),
              "effect": "pause"}  # fmt: skip
    framework = material.framework(pauses=[paused])
    england = ("E92000001", "county")

    assert [p.title for p in calendars.pauses(framework, *england)] == ["A pause of the framework"]

    def labels(on, nation="E92000001", kind="county"):
        return calendars.labels_on(framework, nation, kind, on)

    local = ("Before local elections in England of 6 May 2027",)
    assert labels(D(2027, 3, 30)) == labels(D(2027, 5, 7)) == ()
    assert labels(D(2027, 3, 31)) == labels(D(2027, 5, 6)) == local
    assert labels(D(2027, 4, 1), "W92000004", "welsh") == ()
    assert labels(D(2027, 4, 1), kind="integrated-care-board") == ()
    assert labels(D(2026, 12, 1)) == ("A pause of the framework",)
    general = ("Before the latest possible general election of 15 August 2029",)
    assert labels(D(2029, 7, 9), "W92000004", "welsh") == general


@pytest.mark.parametrize(
    ("started", "ended", "ends_on", "state", "says"),
    [
        (
            "2025-05-08",
            "2030-05-31",
            D(2030, 5, 31),
            "planned-end",
            "Planned to end on 31 May 2030.",
        ),
        (
            "2021-06-10",
            "2024-06-09",
            D(2024, 6, 9),
            "ended",
            "Ended, or was to end, on 9 June 2024.",
        ),
        ("2014-12", "2018-09", None, "ended", "Ended, or was to end, in 2018-09."),
        ("(historic)", "", None, "ended", "Historic: the source gives no dates."),
        ("2023-05", "", None, "not-known", "Whether it has ended is not known to this site."),
    ],
)
def test_nothing_is_made_up_about_real_interventions(started, ended, ends_on, state, says):
    assert state_of(started, ended, ends_on, ON) == (state, says)

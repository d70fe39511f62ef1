"""What holds the centre back in time: newer versions, emergencies in all, notices that hang."""

import datetime as dt

import pytest

from folkmoot.common.errors import BadInput, Conflict, NotAllowed
from folkmoot.duties.models import Duty
from folkmoot.framework.cases import actions, calendars
from folkmoot.framework.cases.findings import finding, space_answered_by, steps_taken
from folkmoot.framework.importing import put_in_use
from folkmoot.framework.models import Case
from folkmoot.people.queries import day_of
from tests.rooms import cases_begun as begun
from tests.rooms.cases_begun import DAY, EQUALITY, REASONS, YORK, counts, file_of, verbs
from tests.rooms.duties_owed import DFE


@pytest.fixture
def stage(db, at):
    return begun.stage(at)


def newer(at, starts):
    """A second version of the framework in use, that begins on a day."""
    made = begun.framework("england-as-found", illustrative=False, version="2", **{"from": starts})
    return put_in_use(made, office="build", at=at)


def test_a_version_that_another_took_the_place_of_lets_nobody_in(stage, at):
    case = begun.propose(stage)
    day = day_of(at) + 29 * DAY
    newer(at, day)
    before = counts()
    with pytest.raises(NotAllowed, match="when version 2 takes its place"):
        begun.decide(stage, case)
    assert counts() == before
    assert begun.decide(stage, case, outcome="do-not-step-in").state == "stopped"


def test_a_version_that_begins_later_changes_nothing_yet(stage, at):
    case = begun.propose(stage)
    newer(at, day_of(at) + 30 * DAY)
    assert begun.decide(stage, case).state == "running"


def test_the_trace_names_the_case_and_the_days_of_the_step_before(stage, at):
    first = begun.running(stage)
    second = begun.propose(stage, step="support", at=at + 30 * DAY)
    (order,) = [c for c in file_of(second, day_of(at)).finding.conditions if c.of == "order"]
    assert order.found == f"It was taken in case {first.pk}, from 22 December 2026, and is running."


def test_a_step_before_that_was_enough_opens_nothing(stage, at):
    begun.running(stage)
    begun.figure(60.0, year=2026)
    assert actions.end_what_is_over(at=at + 60 * DAY) == 1
    begun.figure(3.0, year=2027)
    begun.figure(3.0, year=2028)
    after = begun.propose(stage, step="support", at=at + 900 * DAY)
    (order,) = [c for c in file_of(after, day_of(at)).finding.conditions if c.of == "order"]
    assert not order.met
    assert order.found.endswith("the test for its end is met.")


def emergency(stage, at, days, **more):
    return actions.override(
        actor=stage.minister, centre=DFE, place=YORK, service=begun.SEN,
        power="children-direction", reasons=REASONS, equality=EQUALITY,
        until=day_of(at) + days * DAY, at=at, **more,
    )  # fmt: skip


def test_emergencies_in_a_row_last_no_longer_than_one(stage, at):
    emergency(stage, at, 100)
    with pytest.raises(Conflict, match="An emergency is open in this matter already"):
        emergency(stage, at + DAY, 10)
    assert actions.end_what_is_over(at=at + 101 * DAY) == 1
    later = at + 102 * DAY
    before = counts()
    with pytest.raises(BadInput) as refused:
        emergency(stage, later, 90)
    (fault,) = refused.value.faults
    assert (fault.where, fault.kind) == ("until", "too-long-in-all")
    assert "have lasted 101 days already" in fault.what
    assert counts() == before
    emergency(stage, later, 82)
    assert actions.end_what_is_over(at=later + 83 * DAY) == 1
    with pytest.raises(BadInput):
        emergency(stage, later + 84 * DAY, 10)
    # When the first ones are long over, there is room again.
    assert emergency(stage, at + 500 * DAY, 150).state == "running"


def test_a_notice_that_nobody_decides_on_lapses_by_the_rule(stage, at):
    case = begun.propose(stage)
    (reply,) = Duty.objects.all()
    first = day_of(at) + 29 * DAY
    assert file_of(case, first + DAY).line.says == (
        "Notice given; the reply of Devon County Council has been overdue since 21 December 2026; "
        "undecided since 22 December 2026, it lapses after 22 June 2027."
    )
    last = dt.date(2027, 6, 22)
    left = (last - day_of(at)).days
    assert actions.end_what_is_over(at=at + left * DAY) == 0
    late = at + (left + 1) * DAY
    with pytest.raises(BadInput) as refused:
        begun.decide(stage, case, after=left + 1)
    assert [fault.kind for fault in refused.value.faults] == ["too-late"]
    assert "no force any more" in file_of(case, last + DAY).line.says
    assert actions.end_what_is_over(at=late) == 1
    found = file_of(case, last + DAY)
    assert (found.line.state, found.events[-1].office) == ("lapsed", "rule")
    assert found.line.says == "Notice lapsed: nobody decided on it in time."
    reply.refresh_from_db()
    assert (reply.ended, reply.waived_reason) == ("waived", "notice-lapsed")
    assert verbs()[-2:] == ["lapse-notice", "waive-duty notice-lapsed"]
    with pytest.raises(Conflict):
        begun.decide(stage, case, after=left + 1)
    assert actions.end_what_is_over(at=late) == 0
    assert begun.propose(stage, at=late + DAY).state == "noticed"


def test_a_notice_that_lapsed_keeps_no_new_one_out(stage, at):
    old = begun.propose(stage)
    after = (dt.date(2027, 6, 22) - day_of(at)).days + 1
    with pytest.raises(Conflict):
        begun.propose(stage, at=at + (after - 1) * DAY)
    assert begun.propose(stage, at=at + after * DAY).state == "noticed"
    old.refresh_from_db()
    assert (old.state, old.last_on) == ("lapsed", dt.date(2027, 6, 23))
    reply = Duty.objects.order_by("pk").first()
    assert (reply.ended, reply.waived_reason) == ("waived", "notice-lapsed")


def test_a_step_whose_time_is_over_keeps_no_new_one_out(stage, at):
    old = begun.running(stage)
    later = at + ((old.ends - day_of(at)).days + 1) * DAY
    begun.figure(3.0, year=2027)
    begun.propose(stage, at=later)
    old.refresh_from_db()
    assert (old.state, old.ending) == ("ended", "time-over")


def test_what_may_follow_is_no_decision_once_the_notice_has_lapsed(stage, at):
    case = begun.propose(stage)
    last = dt.date(2027, 6, 22)
    assert [m.what for m in file_of(case, last).moves] == ["reply", "decide", "withdraw"]
    assert [m.what for m in file_of(case, last + DAY).moves] == ["reply", "withdraw"]


def test_a_step_ended_when_its_time_was_over_however_late_that_was_said(stage, at):
    case = begun.running(stage)
    said = case.ends + 200 * DAY
    assert actions.end_what_is_over(at=at + (said - day_of(at)).days * DAY) == 1
    area = case.area

    def ended(on):
        (taken,) = steps_taken(area, begun.SEN, "england-as-found", on, "record", "")
        return taken.until, taken.ending

    assert ended(case.ends + DAY) == ended(said + DAY) == (case.ends, "time-over")


def test_in_a_pause_nothing_is_proposed_and_the_finding_says_why(db, at):
    today = day_of(at)
    pause = {"title": "Before the elections", "from": today, "to": today + 9 * DAY,
             "effect": "pause"}  # fmt: skip
    stage = begun.stage(at, pauses=[pause])
    for place in (begun.DEVON, YORK):
        with pytest.raises(BadInput) as refused:
            begun.propose(stage, place=place)
        assert [fault.kind for fault in refused.value.faults] == ["paused"]
    assert not Case.objects.exists()
    asked = {"place": begun.DEVON, "service": begun.SEN, "step": "notice", "on": today}
    found = finding(**asked)
    assert [c.of for c in found.conditions if not c.met] == ["pause"]
    assert begun.propose(stage, at=at + 10 * DAY).state == "noticed"


def test_what_a_proposal_would_be_answered_counts_the_steps_of_the_record(stage, at):
    """Unless the framework is illustrative, so that nothing in the record is answered from it."""
    begun.running(stage)
    day = day_of(at) + 30 * DAY
    asked = {"place": begun.DEVON, "service": begun.SEN, "step": "support", "on": day}
    said = {
        slug: finding(
            framework=slug, space=space, run="" if space == "record" else "dry-run", **asked
        ).allowed
        for slug in ("england-as-found", "illustrative")
        if (space := space_answered_by(slug, day))
    }
    assert said == {"england-as-found": True, "illustrative": False}


def test_it_is_known_until_when_elections_are_known():
    until = calendars.local_until("E92000001", "county")
    assert until is not None
    assert calendars.local_until("E92000001", "police-force") is None
    labels = calendars.labels_on(
        begun.framework("try", illustrative=True), "E92000001", "county", until
    )
    assert any("local elections" in label for label in labels)

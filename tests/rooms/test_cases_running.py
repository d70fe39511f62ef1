"""Steps that the centre took: reviewed, ended by a test, by time or early; and emergencies."""

import datetime as dt

import pytest

from folkmoot.common.errors import BadInput, Conflict, NotAllowed
from folkmoot.common.reasons import WAIVERS
from folkmoot.duties import actions as duty_actions
from folkmoot.duties.models import Duty
from folkmoot.framework.cases import actions
from folkmoot.framework.models import Case
from folkmoot.people.queries import day_of
from tests.rooms import cases_begun as begun
from tests.rooms.cases_begun import (
    DAY,
    EQUALITY,
    REASONS,
    YORK,
    YORK_COUNCIL,
    counts,
    file_of,
    verbs,
)
from tests.rooms.duties_owed import DFE


@pytest.fixture
def stage(db, at):
    return begun.stage(at)


def test_reviews_are_owed_until_the_time_is_over(stage, at):
    case = begun.running(stage)
    start = day_of(at) + 29 * DAY
    first = file_of(case, start).duties[-1]
    assert (first.kind, first.body, first.due) == ("review", DFE, dt.date(2027, 6, 22))
    text = "It is as it was; the step goes on."
    for number, due in ((2, dt.date(2027, 12, 20)), (3, dt.date(2027, 12, 22))):
        actions.review(
            actor=stage.minister, case=case.pk, outcome="goes-on", text=text,
            at=at + (29 + 180 * (number - 1)) * DAY,
        )  # fmt: skip
        assert file_of(case, start).duties[-1].due == due
    with pytest.raises(BadInput) as refused:
        actions.review(
            actor=stage.minister, case=case.pk, outcome="goes-on", text=text, at=at + 500 * DAY
        )
    assert refused.value.faults[0].kind == "time-over"
    assert file_of(case, start + 400 * DAY).line.overrun
    assert "no force any more" in file_of(case, start + 400 * DAY).line.says


def test_while_a_step_runs_a_review_is_owed_whatever_is_tried(stage, at):
    """It is neither waived nor answered but by the review itself, which makes the next one owed."""
    case = begun.running(stage)
    owed = Duty.objects.get(kind="review")
    act = {"duty": owed.pk, "at": at + 40 * DAY}
    before = counts()
    for reason in WAIVERS:
        with pytest.raises(Conflict):
            duty_actions.waive(actor=stage.administrator, reason=reason, **act)
    with pytest.raises(Conflict):
        duty_actions.answer(actor=stage.minister, text=REASONS, **act)
    assert counts() == before
    actions.review(
        actor=stage.minister, case=case.pk, outcome="goes-on", text=REASONS, at=at + 40 * DAY
    )
    assert Duty.objects.filter(kind="review", ended="").count() == 1


def test_after_the_last_review_none_is_owed_and_that_is_what_is_said(stage, at):
    case = begun.running(stage)
    review = {"actor": stage.minister, "case": case.pk, "outcome": "goes-on", "text": REASONS}
    actions.review(at=at + 394 * DAY, **review)
    assert not Duty.objects.filter(kind="review", ended="").exists()
    with pytest.raises(Conflict, match="last review of this step was given"):
        actions.review(at=at + 394 * DAY, **review)


def test_a_step_does_not_go_on_when_its_test_is_met(stage, at):
    case = begun.running(stage)
    text = "It has got much better and we would like to stay."
    with pytest.raises(BadInput) as refused:
        actions.review(
            actor=stage.official, case=case.pk, outcome="exit-test-met", text=text,
            at=at + 40 * DAY,
        )  # fmt: skip
    assert refused.value.faults[0].where == "ending"
    begun.figure(60.0)
    before = counts()
    with pytest.raises(BadInput) as refused:
        actions.review(
            actor=stage.official, case=case.pk, outcome="goes-on", text=text, at=at + 40 * DAY
        )
    assert refused.value.faults[0].kind == "exit-test-met"
    assert counts() == before


@pytest.mark.parametrize(
    ("ending", "after", "value", "so"),
    [
        ("ended-early", 30, None, True),
        ("exit-test-met", 60, None, False),
        ("exit-test-met", 60, 60.0, True),
        ("exit-test-met", 30, 60.0, False),  # the year of the figure is not over yet
        ("time-over", 394, None, False),
        ("time-over", 395, None, True),
        ("boredom", 60, None, False),
    ],
)
def test_what_is_said_of_an_ending_must_be_so(stage, at, ending, after, value, so):
    case = begun.running(stage)
    if value is not None:
        begun.figure(value, year=2026)
    act = {"actor": stage.official, "case": case.pk, "ending": ending, "reasons": REASONS,
           "at": at + after * DAY}  # fmt: skip
    if not so:
        with pytest.raises(BadInput):
            actions.end(**act)
        assert Case.objects.get().state == "running"
        return
    actions.end(**act)
    found = file_of(case, day_of(at) + after * DAY)
    assert (found.line.state, found.line.ending) == ("ended", ending)
    assert found.duties[-1].reason == "intervention-ended"
    with pytest.raises(Conflict):
        actions.end(**act)


def test_the_rule_ends_what_is_over_whether_anybody_acts_or_not(stage, at):
    case = begun.running(stage)
    assert actions.end_what_is_over(at=at + 394 * DAY) == 0
    assert actions.end_what_is_over(at=at + 395 * DAY) == 1
    found = file_of(case, day_of(at) + 395 * DAY)
    assert (found.line.ending, found.events[-1].office) == ("time-over", "rule")
    assert verbs()[-2:] == ["end-step time-over", "waive-duty intervention-ended"]
    assert actions.end_what_is_over(at=at + 396 * DAY) == 0

    begun.figure(3.0, year=2026)
    again = begun.propose(stage, at=at + 400 * DAY)
    assert again.state == "noticed"
    begun.decide(stage, again, after=429)
    begun.figure(90.0, year=2027)
    assert actions.end_what_is_over(at=at + 430 * DAY) == 1
    assert file_of(again, day_of(at)).line.ending == "exit-test-met"


def test_an_emergency_is_marked_for_ever_as_outside_the_framework(stage, at):
    today = day_of(at)
    act = {"actor": stage.minister, "centre": DFE, "place": YORK, "service": begun.SEN,
           "power": "children-direction", "reasons": REASONS, "equality": EQUALITY,
           "until": today + 90 * DAY, "body": YORK_COUNCIL, "at": at}  # fmt: skip
    before = counts()
    with pytest.raises(NotAllowed):
        actions.override(**{**act, "actor": stage.official})
    with pytest.raises(BadInput) as refused:
        actions.override(**{**act, "power": "", "reasons": "", "equality": "", "until": today})
    assert {f.where for f in refused.value.faults} == {"power", "reasons", "equality", "until"}
    with pytest.raises(BadInput):
        actions.override(**{**act, "until": today + 184 * DAY})
    assert counts() == before

    case = actions.override(**act)
    found = file_of(case, today)
    assert (found.line.outside, found.line.state, found.step) == (True, "running", None)
    assert found.power.law == "Children Act 2004, section 50"
    assert {d.kind: d.due for d in found.duties} == {
        "reply": today + 28 * DAY,
        "review": dt.date(2026, 12, 23),
    }
    assert verbs() == ["override-framework", "owe-answer", "owe-answer"]
    with pytest.raises(Conflict):
        actions.override(**act)
    actions.review(
        actor=stage.minister, case=case.pk, outcome="goes-on", at=at + 30 * DAY,
        text="The danger is not over; the direction stays.",
    )  # fmt: skip
    assert file_of(case, today).duties[-1].due == dt.date(2027, 1, 23)
    assert actions.end_what_is_over(at=at + 91 * DAY) == 1
    assert file_of(case, today).line.outside
    # It is no step of the ladder, so none follows from it.
    assert begun.propose(stage, step="support", at=at + 92 * DAY).state == "refused"


def test_words_are_withdrawn_for_law_and_the_case_stays(stage, at):
    case = begun.propose(stage)
    words = file_of(case, day_of(at)).events[0].words[0]
    for actor in (None, stage.devon, stage.leeds):
        with pytest.raises(NotAllowed):
            actions.withdraw_words(actor=actor, words=words.id, reason="court-order", at=at)
    with pytest.raises(BadInput):
        actions.withdraw_words(actor=stage.minister, words=words.id, reason="shame", at=at)
    actions.withdraw_words(actor=stage.minister, words=words.id, reason="court-order", at=at)
    after = file_of(case, day_of(at)).events[0].words[0]
    assert (after.text, after.withdrawn, after.withdrawn_reason) == ("", True, "court-order")
    assert verbs()[-1] == "withdraw-note court-order"
    with pytest.raises(Conflict):
        actions.withdraw_words(
            actor=stage.administrator, words=words.id, reason="court-order", at=at
        )

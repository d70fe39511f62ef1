"""Rehearsals: the whole course on days of one's own choosing, and no trace in the record."""

import datetime as dt

import pytest

from folkmoot.common.errors import BadInput, Conflict, NotAllowed, NotFound
from folkmoot.common.models import ActNote, PublicAct
from folkmoot.duties import queries as duty_queries
from folkmoot.duties.actions import answer, answer_in_case
from folkmoot.duties.models import Duty, DutyAnswer
from folkmoot.framework.cases import actions, queries
from folkmoot.framework.models import Case, CaseEvent, CaseWords, RehearsalAct
from folkmoot.people import retention
from folkmoot.people.actions import apply_retention, erase_me
from folkmoot.people.export import export_mine
from folkmoot.people.queries import day_of, run_of
from tests.rooms import cases_begun as begun
from tests.rooms import people_invented as invented
from tests.rooms.cases_begun import DAY, DEVON_COUNCIL, EQUALITY, REASONS, REPLY, YORK, YORK_COUNCIL
from tests.rooms.duties_owed import DFE

HERE = {"space": "rehearsal"}


@pytest.fixture
def stage(db, at):
    return begun.stage(at)


@pytest.fixture
def player(stage, at):
    who = invented.person(at)
    begun.play(who, at)
    return who


def whole_course(player, at):
    """Notice, reply, decision, review and end, all done in a moment."""
    day = day_of(at)
    case = actions.propose(**begun.proposal(actor=player, at=at, **HERE)).pk
    act = {"actor": player, "case": case, "at": at, **HERE}
    actions.reply(text=REPLY, on=day + 20 * DAY, **act)
    actions.decide(outcome="go-ahead", reasons=REASONS, equality=EQUALITY, on=day + 29 * DAY, **act)
    actions.review(outcome="goes-on", text=REASONS, on=day + 200 * DAY, **act)
    actions.end(ending="ended-early", reasons=REASONS, on=day + 250 * DAY, **act)
    return case


def test_the_whole_course_is_tried_out_and_nothing_reaches_the_record(player, at):
    before = list(PublicAct.objects.values_list("pk", flat=True))
    case = whole_course(player, at)
    today = day_of(at) + 300 * DAY

    found = queries.case_file(case, today, run=run_of(player), **HERE)
    assert [e.what for e in found.events] == [
        "propose", "notice", "reply", "decide", "review", "end",
    ]  # fmt: skip
    assert (found.line.state, found.line.illustrative) == ("ended", True)
    assert found.line.path == f"/rehearsal/interventions/{case}/"
    assert [d.state for d in found.duties] == ["answered", "answered", "waived"]
    assert list(PublicAct.objects.values_list("pk", flat=True)) == before
    assert not ActNote.objects.exists()
    assert list(RehearsalAct.objects.values_list("verb", flat=True)) == [
        "propose-step", "give-notice", "answer-duty", "decide-step", "review-step", "end-step",
    ]  # fmt: skip

    with pytest.raises(NotFound):
        queries.case_file(case, today)
    assert queries.register(queries.CaseFilter(), today).total == 0
    assert queries.cases_in(begun.DEVON, begun.SEN, today) == []
    assert duty_queries.duties_of(DEVON_COUNCIL, today) == duty_queries.duties_of(DFE, today) == []
    assert duty_queries.promptness_of(DEVON_COUNCIL, today + 900 * DAY).settled == 0


def test_a_notice_lapses_in_a_rehearsal_too(player, at):
    day = day_of(at)
    old = actions.propose(**begun.proposal(actor=player, at=at, **HERE))
    with pytest.raises(Conflict):
        actions.propose(**begun.proposal(actor=player, at=at, on=day + 20 * DAY, **HERE))
    new = actions.propose(**begun.proposal(actor=player, at=at, on=day + 300 * DAY, **HERE))
    old.refresh_from_db()
    assert (old.state, new.state) == ("lapsed", "noticed")


def test_a_refusal_is_tried_out_too(player, at):
    before = PublicAct.objects.count()
    case = actions.propose(**begun.proposal(actor=player, at=at, place=YORK, **HERE))
    assert case.state == "refused"
    assert PublicAct.objects.count() == before
    assert RehearsalAct.objects.count() == 2


def test_an_emergency_is_tried_out_too(player, at):
    before = PublicAct.objects.count()
    case = actions.override(
        actor=player, centre=DFE, place=YORK, service=begun.SEN, power="children-direction",
        reasons=REASONS, equality=EQUALITY, until=day_of(at) + 9 * DAY, body=YORK_COUNCIL, at=at,
        **HERE,
    )  # fmt: skip
    later = day_of(at) + 10 * DAY
    assert actions.end_what_is_over(at=at, on=later, case=case.pk, **HERE) == 1
    assert PublicAct.objects.count() == before


def test_each_has_a_rehearsal_of_their_own(player, stage, at):
    other = invented.person(at)
    begun.play(other, at)
    mine = actions.propose(**begun.proposal(actor=player, at=at, **HERE))
    theirs = actions.propose(**begun.proposal(actor=other, at=at, **HERE))

    assert mine.run != theirs.run
    assert len(mine.run) == 32
    today = day_of(at)
    found = queries.register(queries.CaseFilter(), today, run=run_of(player), **HERE)
    assert [line.id for line in found.lines] == [mine.pk]
    with pytest.raises(NotFound):
        queries.case_file(theirs.pk, today, run=run_of(player), **HERE)
    with pytest.raises(Conflict):
        actions.propose(**begun.proposal(actor=player, at=at, **HERE))
    with pytest.raises(NotFound):
        actions.withdraw(actor=player, case=theirs.pk, reasons=REASONS, at=at, **HERE)
    with pytest.raises(NotFound):
        actions.reply(actor=player, case=theirs.pk, text=REPLY, at=at, **HERE)
    words = CaseWords.objects.get(event__case=theirs, part="reasons")
    asked = {"words": words.pk, "reason": "court-order", "at": at, **HERE}
    with pytest.raises(NotFound):
        actions.withdraw_words(actor=player, **asked)
    assert actions.withdraw_words(actor=other, **asked).text == ""
    # Not by the front of the case, nor by what is owed in it.
    owed = Duty.objects.get(subject=f"case:{theirs.pk}", space="rehearsal")
    with pytest.raises(NotFound):
        answer(actor=player, duty=owed.pk, text=REPLY, at=at, **HERE)
    with pytest.raises(NotFound):
        answer_in_case(actor=player, duty=owed.pk, text=REPLY, on=today, at=at, **HERE)


def test_one_space_gives_no_power_in_the_other(player, stage, at):
    """A part played is no role, a role is no part played, and a case has one space."""
    with pytest.raises(NotAllowed):
        actions.propose(**begun.proposal(actor=player, at=at))
    with pytest.raises(NotAllowed):
        actions.propose(**begun.proposal(actor=stage.minister, at=at, **HERE))
    case = begun.propose(stage)
    with pytest.raises(NotFound):
        actions.reply(actor=player, case=case.pk, text=REPLY, at=at, **HERE)
    with pytest.raises(NotAllowed):
        actions.reply(actor=player, case=case.pk, text=REPLY, at=at)
    with pytest.raises(ValueError, match="days of its own"):
        actions.end_what_is_over(at=at + 999 * DAY, **HERE)
    assert actions.end_what_is_over(at=at + 999 * DAY, case=case.pk, **HERE) == 0


def test_days_only_go_forward(player, at):
    day = day_of(at)
    case = actions.propose(**begun.proposal(actor=player, at=at, on=day + 10 * DAY, **HERE)).pk
    act = {"actor": player, "case": case, "at": at, **HERE}
    for wrong in (day, day + 9 * DAY):
        with pytest.raises(BadInput):
            actions.reply(text=REPLY, on=wrong, **act)
        with pytest.raises(BadInput):
            actions.withdraw(reasons=REASONS, on=wrong, **act)
    actions.reply(text=REPLY, on=day + 11 * DAY, **act)
    with pytest.raises(BadInput):
        actions.withdraw(reasons=REASONS, on=day + 10 * DAY, **act)


def test_rehearsals_are_erased_in_time_and_the_record_is_not(player, stage, at):
    whole_course(player, at)
    kept = begun.propose(stage)
    rule = retention.REHEARSAL_CASES
    duties = Duty.objects.filter(space="record").count()

    assert apply_retention(at=at + rule.after - dt.timedelta(seconds=1)).erased[rule.key] == 0
    assert Case.objects.count() == 2
    assert apply_retention(at=at + rule.after).erased[rule.key] == 1
    assert list(Case.objects.values_list("pk", flat=True)) == [kept.pk]
    assert Duty.objects.count() == duties
    assert (RehearsalAct.objects.count(), DutyAnswer.objects.count()) == (0, 0)
    assert set(CaseEvent.objects.values_list("case", flat=True)) == {kept.pk}


def test_a_person_sees_and_erases_what_they_tried_out(player, stage, at):
    other = invented.person(at)
    begun.play(other, at)
    whole_course(player, at)
    actions.propose(**begun.proposal(actor=other, at=at, **HERE))
    begun.propose(stage)

    (shown,) = export_mine(player)["rehearsals"]
    assert shown["place"] == begun.DEVON
    assert REASONS in shown["words"]
    assert EQUALITY in shown["words"]
    erase_me(person=player, at=at)
    assert Case.objects.filter(space="rehearsal").count() == 1
    assert Case.objects.filter(space="record").count() == 1
    assert CaseWords.objects.count() == 2

"""Cases in the record: refused, or noticed, replied to and decided; and the register of them."""

import datetime as dt

import pytest

from folkmoot.bodies.models import Body, Remit
from folkmoot.common.errors import BadInput, Conflict, NotAllowed, NotFound
from folkmoot.common.models import PublicAct
from folkmoot.duties.models import Duty
from folkmoot.duties.queries import duties_of, promptness_of
from folkmoot.framework.cases import actions, news, queries
from folkmoot.framework.models import Case, RehearsalAct
from folkmoot.framework.rules.trigger import LOCAL
from folkmoot.people.queries import day_of
from tests.rooms import cases_begun as begun
from tests.rooms.cases_begun import (
    DAY,
    DEVON_COUNCIL,
    EQUALITY,
    REASONS,
    REPLY,
    YORK,
    counts,
    file_of,
    verbs,
)
from tests.rooms.duties_owed import DFE


@pytest.fixture
def stage(db, at):
    return begun.stage(at)


def test_where_no_trigger_holds_it_is_a_matter_for_the_local_people(stage, at):
    case = begun.propose(stage, place=YORK)

    found = file_of(case, day_of(at))
    assert (found.line.state, found.line.open) == ("refused", False)
    assert found.line.says == "Refused: a matter for the local people."
    assert found.finding.says == LOCAL
    (condition,) = [c for c in found.finding.conditions if c.of == "standing"]
    assert not condition.met
    assert condition.found == "100 in 2024: the line is met."
    assert (condition.fact.release, condition.fact.row) == ("source-of-plans-in-time/1", 24)
    assert verbs() == ["propose-step", "refuse-step local-matter"]
    assert [e.what for e in found.events] == ["propose", "refuse"]
    assert found.events[0].words[0].text == REASONS
    assert not Duty.objects.exists()
    assert found.moves == ()
    assert {act.link for act in PublicAct.objects.filter(verb__endswith="-step")} == {
        f"/interventions/{case.pk}/"
    }


def test_where_the_framework_allows_it_notice_is_given_and_a_reply_owed(stage, at):
    case = begun.propose(stage)
    today = day_of(at)

    found = file_of(case, today)
    assert (found.line.state, found.line.reply_due) == ("noticed", today + 28 * DAY)
    assert found.line.says == "Notice given; Devon County Council owes a reply by 21 December 2026."
    assert found.finding.allowed
    rests = [f for c in found.finding.conditions for f in c.rests_on]
    assert [(f.period, f.value) for f in rests] == [
        ("2023-01-01/P1Y", 4.9),
        ("2024-01-01/P1Y", 3.2),
    ]
    (line,) = duties_of(DEVON_COUNCIL, today)
    assert (line.kind, line.subject) == ("reply", f"case:{case.pk}")
    assert (line.rule, line.rule_version) == ("framework:england-as-found/notice", "1")
    assert verbs() == ["propose-step", "give-notice", "owe-answer"]
    assert [(m.what, m.earliest) for m in found.moves] == [
        ("reply", today),
        ("decide", today + 29 * DAY),
        ("withdraw", today),
    ]


def test_news_of_a_case_that_left_the_list_meanwhile_is_left_out(stage, at, monkeypatch):
    begun.propose(stage)
    other = begun.propose(stage, place=YORK)
    lines = news.case_lines
    monkeypatch.setattr(
        news, "case_lines", lambda rows, today: lines(rows.exclude(pk=other.pk), today)
    )
    found = news.newest_in_cases(queries.CaseFilter(), day_of(at))
    assert [each.what for each in found] == ["notice"]


def test_a_case_is_carried_from_notice_to_its_end(stage, at):
    case = begun.propose(stage)
    actions.reply(actor=stage.devon, case=case.pk, text=REPLY, at=at + 20 * DAY)
    begun.decide(stage, case)
    start = day_of(at) + 29 * DAY
    row = Case.objects.get()
    assert (row.state, row.starts, row.ends) == ("running", start, dt.date(2027, 12, 22))

    actions.review(
        actor=stage.official, case=case.pk, outcome="goes-on", at=at + 200 * DAY,
        text="Two in three of the psychologists are in post; the step goes on.",
    )  # fmt: skip
    begun.figure(62.0)
    actions.review(
        actor=stage.official, case=case.pk, outcome="exit-test-met", at=at + 300 * DAY,
        text="62 in 100 plans were made in time in 2025: the test is met.",
    )  # fmt: skip

    found = file_of(case, day_of(at + 301 * DAY))
    assert (found.line.state, found.line.ending) == ("ended", "exit-test-met")
    assert [e.what for e in found.events] == [
        "propose", "notice", "reply", "decide", "review", "review", "end",
    ]  # fmt: skip
    assert [a.text for a in found.events[2].answers] == [REPLY]
    assert found.events[3].words[1].text == EQUALITY
    assert found.events[3].finding.allowed
    assert {d.state for d in found.duties} == {"answered"}
    assert verbs() == [
        "propose-step", "give-notice", "owe-answer", "answer-duty", "decide-step go-ahead",
        "owe-answer", "answer-duty", "review-step goes-on", "owe-answer", "answer-duty",
        "review-step exit-test-met", "end-step exit-test-met",
    ]  # fmt: skip
    assert promptness_of(DFE, day_of(at) + 900 * DAY).settled == 2
    assert not RehearsalAct.objects.exists()


def test_deciding_against_it_leaves_the_matter_to_the_local_people(stage, at):
    case = begun.propose(stage)
    begun.decide(stage, case, outcome="do-not-step-in")

    found = file_of(case, day_of(at) + 30 * DAY)
    assert (found.line.state, found.line.starts) == ("stopped", None)
    assert [line.id for line in queries.non_interventions(day_of(at)).lines] == [case.pk]
    assert {d.kind for d in found.duties} == {"reply"}
    assert verbs()[-1] == "decide-step do-not-step-in"


def test_a_decision_waits_for_the_days_of_reply_even_if_it_came_early(stage, at):
    case = begun.propose(stage)
    actions.reply(actor=stage.devon, case=case.pk, text=REPLY, at=at + DAY)
    for after in (0, 1, 28):
        before = counts()
        with pytest.raises(BadInput) as refused:
            begun.decide(stage, case, after=after)
        assert [f.kind for f in refused.value.faults if f.where == "on"][-1] == "too-early"
        assert counts() == before
    assert begun.decide(stage, case, after=29).state == "running"


def test_a_body_that_does_not_reply_does_not_stop_the_decision_and_still_owes_it(stage, at):
    case = begun.running(stage)
    (line,) = duties_of(DEVON_COUNCIL, day_of(at) + 40 * DAY)
    assert line.state == "overdue"
    with pytest.raises(BadInput) as refused:
        actions.reply(actor=stage.devon, case=case.pk, text=REPLY, at=at + 40 * DAY)
    assert [f.kind for f in refused.value.faults] == ["too-late"]
    assert "ended on 21 December 2026" in refused.value.faults[0].what

    actions.reply(actor=stage.devon, case=case.pk, text=REPLY, at=at + 40 * DAY, late=True)
    (line,) = duties_of(DEVON_COUNCIL, day_of(at) + 40 * DAY)
    assert (line.state, line.in_time) == ("answered", False)
    assert Case.objects.get().state == "running"
    with pytest.raises(Conflict):
        actions.reply(actor=stage.devon, case=case.pk, text=REPLY, at=at + 41 * DAY, late=True)


def test_everything_wrong_with_a_proposal_is_told_and_nothing_is_kept(stage, at):
    before = counts()
    with pytest.raises(BadInput) as refused:
        begun.propose(stage, service="magic", step="invade", reasons="Because.")
    assert {f.where for f in refused.value.faults} == {"service", "step", "reasons"}
    assert "notice, support" in str(refused.value.faults[1])
    for wrong in ({"place": "E99999999"}, {"body": "atlantis"}, {"framework": "none"}):
        with pytest.raises(NotFound):
            begun.propose(stage, **wrong)
    with pytest.raises(BadInput, match="fault"):
        begun.propose(stage, framework="illustrative")
    with pytest.raises(BadInput):
        begun.propose(stage, on=day_of(at) - DAY)
    assert counts() == before


def test_everything_wrong_with_a_decision_is_told_and_nothing_is_kept(stage, at):
    case = begun.propose(stage)
    before = counts()
    with pytest.raises(BadInput) as refused:
        begun.decide(stage, case, after=3, outcome="perhaps", reasons="", equality="None.")
    assert {f.where for f in refused.value.faults} == {"outcome", "reasons", "equality", "on"}
    with pytest.raises(BadInput):
        begun.decide(stage, case, on=day_of(at) + 60 * DAY)
    with pytest.raises(NotFound):
        begun.decide(stage, Case(pk=999))
    assert counts() == before
    assert Case.objects.get().state == "noticed"


def test_a_second_decision_is_refused(stage, at):
    case = begun.running(stage)
    before = counts()
    for outcome in ("go-ahead", "do-not-step-in"):
        with pytest.raises(Conflict, match="the centre has stepped in, on 22 December 2026"):
            begun.decide(stage, case, after=30, outcome=outcome)
    with pytest.raises(Conflict):
        actions.withdraw(actor=stage.official, case=case.pk, reasons=REASONS, at=at + 30 * DAY)
    assert counts() == before


def test_what_changed_since_one_looked_is_not_decided_unseen(stage, at):
    case = begun.propose(stage)
    seen = file_of(case, day_of(at)).line.version
    actions.reply(actor=stage.devon, case=case.pk, text=REPLY, at=at + DAY)
    with pytest.raises(Conflict, match="changed since you looked"):
        begun.decide(stage, case, seen=seen)
    assert begun.decide(stage, case, seen=file_of(case, day_of(at)).line.version).version > seen


def test_going_ahead_needs_the_framework_to_allow_it_on_the_day(stage, at):
    case = begun.propose(stage)
    begun.figure(100.0)
    with pytest.raises(NotAllowed, match=r"does not allow this step any more.*line is met"):
        begun.decide(stage, case, after=50)
    assert Case.objects.get().state == "noticed"
    begun.decide(stage, case, after=50, outcome="do-not-step-in")
    assert not file_of(case, day_of(at)).events[-1].finding.allowed


def test_a_later_step_needs_the_one_before_and_its_own_decider(stage, at):
    first = begun.propose(stage, step="support")
    assert first.state == "refused"
    conditions = file_of(first, day_of(at)).finding.conditions
    assert [c.of for c in conditions if not c.met] == ["order"]

    begun.running(stage)
    second = begun.propose(stage, step="support", at=at + 30 * DAY)
    assert second.state == "noticed"
    with pytest.raises(NotAllowed, match="minister in charge of department-for-education"):
        begun.decide(stage, second, after=59)
    assert begun.decide(stage, second, after=59, actor=stage.minister).state == "running"


def test_a_step_that_is_open_is_not_proposed_twice(stage, at):
    begun.propose(stage)
    before = counts()
    with pytest.raises(Conflict, match="open in this matter"):
        begun.propose(stage, at=at + DAY)
    assert counts() == before


def test_a_proposal_taken_back_owes_no_reply(stage, at):
    case = begun.propose(stage)
    actions.withdraw(actor=stage.minister, case=case.pk, reasons=REASONS, at=at + DAY)

    assert Case.objects.get().state == "withdrawn"
    (line,) = duties_of(DEVON_COUNCIL, day_of(at) + DAY)
    assert (line.state, line.reason) == ("waived", "proposal-withdrawn")
    assert verbs()[-2:] == ["withdraw-proposal", "waive-duty proposal-withdrawn"]
    with pytest.raises(Conflict, match="proposal withdrawn"):
        begun.decide(stage, case)
    with pytest.raises(Conflict):
        actions.reply(actor=stage.devon, case=case.pk, text=REPLY, at=at + 2 * DAY)
    assert begun.propose(stage, at=at + 3 * DAY).state == "noticed"


def test_an_answered_notice_can_be_taken_back_too(stage, at):
    case = begun.propose(stage)
    actions.reply(actor=stage.devon, case=case.pk, text=REPLY, at=at + 2 * DAY)
    with pytest.raises(BadInput):
        actions.withdraw(actor=stage.minister, case=case.pk, reasons=REASONS, at=at + DAY)
    actions.withdraw(actor=stage.minister, case=case.pk, reasons=REASONS, at=at + 3 * DAY)
    (line,) = duties_of(DEVON_COUNCIL, day_of(at) + 3 * DAY)
    assert line.state == "answered"


def test_a_framework_without_a_ladder_opens_nothing(db, at):
    stage = begun.stage(at, ladder=[], roles=[])
    case = begun.propose(stage, step="commissioners")

    found = file_of(case, day_of(at))
    assert found.line.state == "refused"
    assert found.finding.conditions[0].found.endswith("nothing in it opens any step.")


def test_the_register_is_filtered_and_paged(stage, at):
    today = day_of(at)
    refused = begun.propose(stage, place=YORK)
    noticed = begun.propose(stage)

    def ids(**wanted):
        return [c.id for c in queries.register(queries.CaseFilter(**wanted), today).lines]

    assert ids() == [noticed.pk, refused.pk]
    assert ids(place=YORK) == ids(which="non-interventions") == ids(state="refused") == [refused.pk]
    assert ids(which="interventions") == ids(state="noticed") == [noticed.pk]
    assert ids(service=begun.SEN, step="notice", centre=DFE) == [noticed.pk, refused.pk]
    assert ids(outside=True) == ids(service="waste") == []
    assert [c.id for c in queries.cases_in(YORK, begun.SEN, today)] == [refused.pk]
    page = queries.register(queries.CaseFilter(), today, size=1)
    assert (page.total, page.older_than, len(page.lines)) == (2, noticed.pk, 1)
    rest = queries.register(queries.CaseFilter(), today, size=1, below=page.older_than)
    assert ([c.id for c in rest.lines], rest.older_than) == ([refused.pk], None)
    for wrong in ({"state": "lost"}, {"which": "some"}):
        with pytest.raises(NotFound):
            ids(**wrong)


def test_pages_take_few_queries(stage, at, django_assert_max_num_queries):
    today = day_of(at)
    case = begun.running(stage)
    for number in range(5):
        begun.propose(stage, place=YORK, at=at + number * DAY)
    queries.case_file(case.pk, today)
    with django_assert_max_num_queries(3):
        queries.register(queries.CaseFilter(), today)
    with django_assert_max_num_queries(2):
        assert queries.cases_in(begun.DEVON, begun.SEN, today)
    with django_assert_max_num_queries(6):
        queries.case_file(case.pk, today)


def test_only_a_body_with_a_part_in_the_matter_can_be_made_to_owe_a_reply(stage, at):
    """Neither in a proposal, whatever comes of it, nor in an emergency."""
    before = counts()
    wrong = ("leeds-city-council", DFE, begun.YORK_COUNCIL)
    for body in wrong:
        with pytest.raises(BadInput) as refused:
            begun.propose(stage, body=body)
        (fault,) = refused.value.faults
        assert (fault.where, fault.kind, fault.value) == ("body", "not-this-body", body)
        assert "Devon County Council (devon-county-council)" in fault.remedy
    with pytest.raises(BadInput):
        begun.propose(stage, place=YORK, body=DEVON_COUNCIL)
    emergency = {
        "actor": stage.minister, "centre": DFE, "place": YORK, "service": begun.SEN,
        "power": "children-direction", "reasons": REASONS, "equality": EQUALITY,
        "until": day_of(at) + 9 * DAY, "at": at,
    }  # fmt: skip
    with pytest.raises(BadInput):
        actions.override(**emergency, body=DEVON_COUNCIL)
    with pytest.raises(NotFound):
        begun.propose(stage, body="atlantis-council")
    assert counts() == before
    assert begun.propose(stage, body="").body.slug == DEVON_COUNCIL
    assert actions.override(**emergency).body.slug == begun.YORK_COUNCIL


def test_where_nobody_is_known_to_answer_a_local_body_of_the_day_may_be_named(stage, at):
    Remit.objects.all().delete()
    Body.objects.filter(slug=begun.YORK_COUNCIL).update(ended=day_of(at) - DAY)

    for body in (DFE, begun.YORK_COUNCIL, ""):
        with pytest.raises(BadInput) as refused:
            begun.propose(stage, body=body)
        assert [fault.where for fault in refused.value.faults] == ["body"]
    assert begun.propose(stage).body.slug == DEVON_COUNCIL

"""Whatever is tried in whatever order: no illegal state, and no duty ends but by its answer."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from folkmoot.common.errors import FolkmootError
from folkmoot.common.models import PublicAct
from folkmoot.duties import actions as duty_actions
from folkmoot.duties.models import Duty, DutyAnswer
from folkmoot.framework.cases import actions, rules
from folkmoot.framework.models import Case, CaseEvent
from folkmoot.people.queries import day_of
from tests.rooms import cases_begun as begun
from tests.rooms.cases_begun import DAY, EQUALITY, REASONS, REPLY, YORK, YORK_COUNCIL
from tests.rooms.duties_owed import DFE
from tests.rooms.walks import walk_through

WHO = st.sampled_from(["minister", "official", "devon", "leeds", "administrator"])
WHICH = st.integers(0, 3)
MIDDLES = ["nothing", "noticed", "decidable", "running", "stopped", "hanging"]
# Weighted towards whoever may, so that cases get somewhere.
CENTRE = st.sampled_from(["minister"] * 4 + ["official", "devon"])


class Cases(RuleBasedStateMachine):
    """Everything that can be done to cases and to the answers owed in them, in any order."""

    stage: begun.Stage

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.year = 2025
        self.states: dict[int, str] = {}
        self.ended: dict[int, tuple[str, dt.date]] = {}
        self.done = 0

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @initialize(already=st.sampled_from(MIDDLES))
    def begin(self, already):
        """Some begin in the middle, because few random walks get far from the beginning."""
        self.at = self.stage.at
        if already == "nothing":
            return
        case = begun.propose(self.stage)
        self.states[case.pk] = case.state
        if already != "noticed":
            self.at += 29 * DAY
        if already == "hanging":
            self.at += 200 * DAY
        if already == "running":
            begun.decide(self.stage, case)
        if already == "stopped":
            begun.decide(self.stage, case, outcome="do-not-step-in")

    def actor(self, who):
        return getattr(self.stage, who)

    def nth(self, rows, which):
        found = list(rows.order_by("pk").values_list("pk", flat=True))
        return found[which % len(found)] if found else 999

    def attempt(self, action, **fields):
        """Do it, or be refused with nothing changed. Nothing but our own errors may come."""
        before = begun.counts()
        try:
            action(at=self.at, **fields)
            self.done += 1
        except FolkmootError:
            assert begun.counts() == before

    @rule(days=st.sampled_from([1, 10, 29, 29, 60, 200, 400]))
    def wait(self, days):
        self.at += days * DAY

    @rule(value=st.sampled_from([3.0, 3.0, 30.0, 60.0, 100.0]))
    def publish(self, value):
        if self.year < 2032:
            begun.figure(value, year=self.year)
            self.year += 1

    @rule(who=CENTRE, step=st.sampled_from(["notice", "notice", "support"]), york=st.booleans())
    def propose(self, who, step, york):
        where = {"place": YORK} if york else {}
        fields = begun.proposal(actor=self.actor(who), step=step, **where)
        self.attempt(actions.propose, **fields)

    @rule(who=WHO, which=WHICH, late=st.booleans())
    def reply(self, who, which, late):
        case = self.nth(Case.objects, which)
        self.attempt(actions.reply, actor=self.actor(who), case=case, text=REPLY, late=late)

    @rule(who=st.sampled_from(["devon", "minister", "leeds"]), which=WHICH)
    def answer(self, who, which):
        duty = self.nth(Duty.objects, which)
        self.attempt(duty_actions.answer, actor=self.actor(who), duty=duty, text=REPLY)

    @rule(who=WHO, which=WHICH, reason=st.sampled_from(["body-ended", "intervention-ended"]))
    def waive(self, who, which, reason):
        duty = self.nth(Duty.objects, which)
        self.attempt(duty_actions.waive, actor=self.actor(who), duty=duty, reason=reason)

    @rule(who=CENTRE, which=WHICH, outcome=st.sampled_from(["go-ahead", "do-not-step-in"]))
    def decide(self, who, which, outcome):
        # Where something waits for a decision mostly that: else few walks get to any.
        waits = Case.objects.filter(state=rules.NOTICED)
        rows = waits if which and waits.exists() else Case.objects
        self.attempt(
            actions.decide, actor=self.actor(who), case=self.nth(rows, which),
            outcome=outcome, reasons=REASONS, equality=EQUALITY,
        )  # fmt: skip

    @rule(who=CENTRE, which=WHICH)
    def withdraw(self, who, which):
        case = self.nth(Case.objects, which)
        self.attempt(actions.withdraw, actor=self.actor(who), case=case, reasons=REASONS)

    @rule(who=CENTRE, which=WHICH, outcome=st.sampled_from(["goes-on", "exit-test-met"]))
    def review(self, who, which, outcome):
        case = self.nth(Case.objects, which)
        self.attempt(
            actions.review, actor=self.actor(who), case=case, outcome=outcome, text=REASONS
        )

    @rule(who=CENTRE, which=WHICH, ending=st.sampled_from(["time-over", "ended-early"]))
    def end(self, who, which, ending):
        case = self.nth(Case.objects, which)
        self.attempt(actions.end, actor=self.actor(who), case=case, ending=ending, reasons=REASONS)

    @rule(who=CENTRE, days=st.sampled_from([0, 30, 200]))
    def override(self, who, days):
        self.attempt(
            actions.override, actor=self.actor(who), centre=DFE, place=YORK, service=begun.SEN,
            power="children-direction", reasons=REASONS, equality=EQUALITY, body=YORK_COUNCIL,
            until=day_of(self.at) + days * DAY,
        )  # fmt: skip

    @rule()
    def rule_runs(self):
        self.attempt(actions.end_what_is_over)

    @invariant()
    def every_change_of_state_was_legal(self):
        legal = {(before, after) for (before, _), to in rules.TRANSITIONS.items() for after in to}
        for case in Case.objects.all():
            before = self.states.get(case.pk, "")
            # Proposed and answered in one moment, so a new case is in one of the first states.
            assert before == case.state or (before, case.state) in legal
            assert case.state in rules.STATES
            assert not case.outside or case.state in ("running", "ended")
            self.states[case.pk] = case.state

    @invariant()
    def no_duty_ended_but_by_its_answer_or_a_waiver(self):
        answered = set(DutyAnswer.objects.values_list("duty_id", flat=True))
        for duty in Duty.objects.all():
            assert (duty.ended == "answered") == (duty.pk in answered)
            assert (duty.ended == "waived") == bool(duty.waived_reason)
            if duty.pk in self.ended:
                assert (duty.ended, duty.ended_on) == self.ended[duty.pk]
            if duty.ended:
                self.ended[duty.pk] = (duty.ended, duty.ended_on)
        assert set(self.ended) <= set(Duty.objects.values_list("pk", flat=True))

    @invariant()
    def what_a_case_owes_is_what_its_state_asks(self):
        for case in Case.objects.all():
            owed = Duty.objects.filter(subject=f"case:{case.pk}")
            reviews = owed.filter(kind="review")
            assert owed.filter(kind="reply").count() == (case.state != "refused")
            if case.state == "running":
                given = reviews.filter(ended="answered").values_list("ended_on", flat=True)
                over = max(given, default=case.starts) >= case.ends
                assert reviews.filter(ended="").count() == (not over)
            if case.state not in ("running", "ended"):
                assert not reviews.exists()
            if case.state == "ended":
                assert not reviews.filter(ended="").exists()
            if case.decided_on and not case.outside:
                assert case.decided_on > case.reply_due

    @invariant()
    def the_record_tells_it_all_once(self):
        events = CaseEvent.objects.count()
        replies = CaseEvent.objects.filter(what="reply").count()
        assert replies == Duty.objects.filter(kind="reply", ended="answered").count()
        acts = PublicAct.objects.filter(subject__startswith="case:").count()
        assert acts == events - replies
        told = PublicAct.objects.filter(subject__startswith="duty:")
        ended = Duty.objects.exclude(ended="").count()
        assert told.filter(verb="owe-answer").count() == Duty.objects.count()
        assert told.exclude(verb="owe-answer").count() == ended


@pytest.mark.slow
def test_no_sequence_of_actions_reaches_an_illegal_state(db, at):
    reached: set[str] = set()

    class OnStage(Cases):
        stage = begun.stage(at)

        def teardown(self):
            reached.update(self.states.values())
            super().teardown()

    walk_through(OnStage, walks=40, steps=25)
    # What was tried got somewhere: otherwise all this would prove nothing.
    assert reached == rules.STATES.keys()

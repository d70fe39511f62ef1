"""Whatever is tried in whatever order: no illegal state, no signature lost, no duty ended but by
its answer or a waiver, and no threshold undone."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

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
from folkmoot.common.models import Message, PublicAct
from folkmoot.duties import actions as duty_actions
from folkmoot.duties.models import Duty, DutyAnswer
from folkmoot.people.queries import day_of
from folkmoot.petitions import tokens
from folkmoot.petitions.actions import counting, life, moderating, schemes, taking_back
from folkmoot.petitions.models import (
    BodyScheme,
    ModerationDecision,
    Petition,
    Signature,
    Threshold,
)
from folkmoot.petitions.models_signing import CONFIRMED, CREATOR, ONLINE, SPONSOR
from folkmoot.petitions.rules.reasons import WITHDRAWALS
from folkmoot.petitions.rules.states import (
    CLOSED,
    HIDDEN,
    MERGED,
    MODERATION,
    MOVES,
    OPEN,
    REFERRED,
    REFUSED,
    REJECTED,
    SPONSORS,
    STATES,
)
from tests.rooms import petitions_made as made
from tests.rooms.petitions_made import DAY, DEVON_COUNCIL, LEEDS
from tests.rooms.test_petitions_moderating import TEXT
from tests.rooms.test_petitions_writing import GOOD
from tests.rooms.walks import walk_through

WHICH = st.integers(0, 4)
EVERYBODY = ["creator", "officer", "moderator", "stranger", "site", "second", "administrator"]
# Weighted towards whoever may, so that petitions get somewhere.
CREATOR_MOSTLY = st.sampled_from(["creator"] * 20 + EVERYBODY)
MODERATOR_MOSTLY = st.sampled_from(["moderator", "site", "second"] * 8 + EVERYBODY)
REASON = st.sampled_from(["hoax", "libel", "one-case", "offensive", "duplicate", "nonsense"])
LEVELS = [{"kind": "answer", "number": 8, "days": 30}, {"kind": "debate", "number": 20, "days": 90}]
TABLES = (Petition, Signature, Threshold, ModerationDecision, BodyScheme, Duty, DutyAnswer,
          PublicAct, Message)  # fmt: skip
REACHED = "reached_at", "duty"
STAMPS = ("opened_on", "scheme", "scheme_version", "population", "title", "body_id")


class Petitions(RuleBasedStateMachine):
    """Everything that can be done to petitions and to the answers that they make owed."""

    world: made.World

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.states: dict[int, str] = {}
        self.stamped: dict[int, tuple[object, ...]] = {}
        self.closing: dict[int, dt.date] = {}
        self.reached: dict[int, tuple[object, ...]] = {}
        self.ended: dict[int, tuple[object, ...]] = {}
        self.signed: set[int] = set()
        self.done: set[str] = set()

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @initialize(already=st.sampled_from([SPONSORS, REJECTED, CLOSED, REFERRED, MERGED]))
    def begin_somewhere(self, already):
        """Some begin in the middle, because few random walks get far from the beginning."""
        self.at = self.world.at
        schemes.adopt_scheme(
            actor=self.world.officer, body=LEEDS, levels=LEVELS, since=day_of(self.at),
            source="https://www.leeds.gov.uk/petitions", at=self.at,
        )  # fmt: skip
        for state in (already, MODERATION, OPEN):
            made.signatures(made.petition(self.world, state), 8, self.at)
        self.made_decided = ModerationDecision.objects.count()
        self.remember_signatures()

    def actor(self, who):
        return getattr(self.world, who)

    def nth(self, which, *states):
        rows = Petition.objects.filter(state__in=states) if states else Petition.objects
        found = list(rows.order_by("pk").values_list("pk", flat=True))
        return found[which % len(found)] if found else 999

    def attempt(self, action, **fields):
        """Do it, or be refused with nothing changed. Nothing but our own errors may come."""
        before = self.snapshot()
        try:
            action(at=self.at, **fields)
            self.done.add(action.__name__)
        except FolkmootError:
            assert self.snapshot() == before
        self.remember_signatures()

    @staticmethod
    def snapshot():
        counts = [table.objects.count() for table in TABLES]
        return counts, list(Petition.objects.order_by("pk").values())

    def remember_signatures(self):
        self.signed |= set(Signature.objects.values_list("pk", flat=True))

    @rule(days=st.sampled_from([1, 3, 8, 22, 90, 181]))
    def wait(self, days):
        self.at += days * DAY

    @rule(who=CREATOR_MOSTLY, title=st.sampled_from([GOOD.title, "No"]))
    def begin(self, who, title):
        if Petition.objects.count() < 6:
            words = replace(GOOD, title=title)
            self.attempt(life.begin, actor=self.actor(who), words=words)

    @rule(who=CREATOR_MOSTLY, which=WHICH)
    def rewrite(self, who, which):
        words = replace(GOOD, title=f"{GOOD.title}, please")
        self.attempt(life.rewrite, actor=self.actor(who), petition=self.nth(which), words=words)

    @rule(who=CREATOR_MOSTLY, which=WHICH, postcode=st.sampled_from(["LS1 1UR"] * 3 + ["LS1"]))
    def seek(self, who, which, postcode):
        number = self.nth(which, "draft", SPONSORS)
        self.attempt(life.seek_sponsors, actor=self.actor(who), petition=number, postcode=postcode)

    @rule(which=WHICH, many=st.integers(1, 6))
    def sponsor(self, which, many):
        self.sign(self.nth(which, SPONSORS), many, SPONSOR)

    @rule(which=WHICH, many=st.sampled_from([1, 3, 9]), counted=st.booleans())
    def sign_open(self, which, many, counted):
        self.sign(self.nth(which, OPEN), many, ONLINE)
        if counted:
            self.count()

    def sign(self, number, many, origin):
        petition = Petition.objects.filter(pk=number).first()
        if petition is not None:
            for _ in range(many):
                made.signature(petition, self.at, origin=origin, counted=False)
        self.remember_signatures()

    @rule(which=WHICH)
    def take_back(self, which):
        rows = Signature.objects.filter(petition=self.nth(which), state=CONFIRMED)
        first = rows.exclude(origin=CREATOR).order_by("pk").first()
        if first is not None:
            self.attempt(taking_back.take_back, token=tokens.make(tokens.TAKE_BACK, first.pk))

    @rule()
    def count(self):
        counting.count_signatures(at=self.at)

    @rule()
    def the_rule_runs(self):
        life.lapse_sponsors(today=day_of(self.at), at=self.at)
        life.close_due(today=day_of(self.at), at=self.at)

    @rule(who=CREATOR_MOSTLY, which=WHICH)
    def withdraw(self, who, which):
        self.attempt(life.withdraw, actor=self.actor(who), petition=self.nth(which))

    @rule(who=MODERATOR_MOSTLY, which=WHICH)
    def open(self, who, which):
        number = self.nth(which, MODERATION, OPEN)
        self.attempt(moderating.open_petition, actor=self.actor(who), petition=number)

    @rule(who=MODERATOR_MOSTLY, which=WHICH, reason=REASON)
    def reject(self, who, which, reason):
        number = self.nth(which, MODERATION, OPEN)
        self.attempt(moderating.reject, actor=self.actor(who), petition=number, reason=reason)

    @rule(who=MODERATOR_MOSTLY, which=WHICH, reason=REASON)
    def hide(self, who, which, reason):
        self.attempt(
            moderating.hide, actor=self.actor(who), petition=self.nth(which), reason=reason
        )

    @rule(who=MODERATOR_MOSTLY, which=WHICH)
    def unhide(self, who, which):
        number = self.nth(which, HIDDEN)
        self.attempt(moderating.unhide, actor=self.actor(who), petition=number)

    @rule(who=MODERATOR_MOSTLY, which=WHICH, into=WHICH)
    def merge(self, who, which, into):
        number = self.nth(which, MODERATION, OPEN)
        self.attempt(
            moderating.merge, actor=self.actor(who), petition=number, into=self.nth(into, OPEN)
        )

    @rule(who=MODERATOR_MOSTLY, which=WHICH, to=st.sampled_from([DEVON_COUNCIL, LEEDS, "no"]))
    def refer(self, who, which, to):
        number = self.nth(which, MODERATION, OPEN)
        self.attempt(moderating.refer, actor=self.actor(who), petition=number, to=to)

    @rule(who=CREATOR_MOSTLY, which=WHICH)
    def appeal(self, who, which):
        number = self.nth(which, *REFUSED)
        self.attempt(moderating.appeal, actor=self.actor(who), petition=number, text=TEXT)

    @rule(who=MODERATOR_MOSTLY, which=WHICH, upheld=st.booleans())
    def decide_appeal(self, who, which, upheld):
        number = self.nth(which, *REFUSED)
        self.attempt(
            moderating.decide_appeal, actor=self.actor(who), petition=number, upheld=upheld
        )

    @rule(who=st.sampled_from(["officer", "stranger", "creator"]), which=WHICH)
    def answer(self, who, which):
        duties = list(Duty.objects.order_by("pk").values_list("pk", flat=True))
        if duties:
            self.attempt(
                duty_actions.answer, actor=self.actor(who), duty=duties[which % len(duties)],
                text="It is done: the banks are emptied each Friday.",
            )  # fmt: skip

    @rule(who=st.sampled_from(["administrator", "officer"]), which=WHICH)
    def waive(self, who, which):
        duties = list(Duty.objects.order_by("pk").values_list("pk", flat=True))
        if duties:
            self.attempt(
                duty_actions.waive, actor=self.actor(who), duty=duties[which % len(duties)],
                reason="answered-elsewhere",
            )  # fmt: skip

    @invariant()
    def every_move_was_legal(self):
        for row in Petition.objects.all():
            before = self.states.get(row.pk, row.state)
            assert before == row.state or row.state in MOVES[before], (before, row.state)
            self.states[row.pk] = row.state
        assert set(self.states) == set(Petition.objects.values_list("pk", flat=True))

    @invariant()
    def each_state_has_what_belongs_to_it(self):
        for row in Petition.objects.all():
            assert (row.hidden_from != "") == (row.state == HIDDEN)
            assert (row.opened_on is not None) == row.thresholds.exists()
            assert row.merged_into_id != row.pk
            if row.state in (OPEN, CLOSED):
                assert (row.reason, row.words_hidden, row.title_hidden) == ("", False, False)
            if row.state == "withdrawn":
                assert row.reason in WITHDRAWALS
                assert row.title_hidden == (row.opened_on is None)
            if row.state == MERGED:
                assert row.merged_into is not None
            if row.state == REFERRED:
                assert row.continued_by.count() <= 1
            if row.state not in ("draft", "sponsors"):
                assert row.state == "withdrawn" or row.moderation_since is not None
            if row.appeal_text:
                assert row.state in REFUSED

    @invariant()
    def what_was_stamped_stays(self):
        for row in Petition.objects.filter(opened_on__isnull=False):
            now = tuple(getattr(row, field) for field in STAMPS)
            assert self.stamped.setdefault(row.pk, now) == now
            # Days on which nobody could sign it are given back, and none is taken away.
            last = self.closing.get(row.pk, row.closes_on)
            assert last <= row.closes_on <= max(last, day_of(self.at) + dt.timedelta(row.term))
            self.closing[row.pk] = row.closes_on
        assert set(self.stamped) <= set(self.states)

    @invariant()
    def no_signature_is_lost(self):
        kept = dict(Signature.objects.values_list("pk", "petition_id"))
        assert self.signed <= kept.keys()

    @invariant()
    def a_threshold_once_reached_is_owed_once_for_ever(self):
        for row in Threshold.objects.exclude(duty=""):
            now = tuple(getattr(row, field) for field in REACHED)
            assert self.reached.setdefault(row.pk, now) == now
            assert Duty.objects.filter(key=row.duty).count() == 1
        assert Duty.objects.count() == Threshold.objects.exclude(duty="").count()
        assert set(self.reached) == set(
            Threshold.objects.exclude(duty="").values_list("pk", flat=True)
        )

    @invariant()
    def no_duty_ends_but_by_its_answer_or_a_waiver(self):
        answered = set(DutyAnswer.objects.values_list("duty_id", flat=True))
        for duty in Duty.objects.all():
            assert (duty.ended == "answered") == (duty.pk in answered)
            assert (duty.ended == "waived") == bool(duty.waived_reason)
            if duty.ended:
                now = (duty.ended, duty.ended_on, duty.ended_by)
                assert self.ended.setdefault(duty.pk, now) == now
        assert set(self.ended) <= set(Duty.objects.values_list("pk", flat=True))

    @invariant()
    def the_record_tells_each_decision_once(self):
        told = PublicAct.objects.filter(subject__startswith="petition:")
        closed = told.filter(verb="close-petition").count()
        decided = ModerationDecision.objects.count() - self.made_decided
        assert told.count() - closed == decided


def _machine(world, reached):
    class OnStage(Petitions):
        pass

    OnStage.world = world

    def teardown(self):
        reached["states"].update(self.states.values())
        reached["done"].update(self.done)
        reached["ended"].update(ended for ended, *_ in self.ended.values())
        Petitions.teardown(self)

    OnStage.teardown = teardown
    return OnStage


@pytest.mark.slow
def test_no_sequence_of_actions_reaches_an_illegal_state(db, at):
    reached = {"states": set(), "done": set(), "ended": set()}

    walk_through(_machine(made.world(at), reached), walks=60, steps=30)

    # What was tried got somewhere: otherwise all this would prove nothing.
    assert reached["states"] == STATES.keys()
    assert len(reached["done"]) >= 12
    assert reached["ended"] >= {"answered"}

"""Two at once: of decisions, withdrawals, replies, reviews and endings one wins, whole."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from folkmoot.common.errors import BadInput, Conflict
from folkmoot.common.models import PublicAct
from folkmoot.duties import actions as duty_actions
from folkmoot.duties.models import Duty, DutyAnswer
from folkmoot.framework.actions import adopt_framework
from folkmoot.framework.cases import actions
from folkmoot.framework.models import Case, CaseEvent, CaseWords, FrameworkVersion
from folkmoot.people.queries import day_of
from tests.rooms import cases_begun as begun
from tests.rooms.cases_begun import DAY, REASONS, REPLY

MANY = 6


@pytest.fixture
def stage(committing, at):
    return begun.stage(at)


def at_once(*works):
    """What came of each of ``works``, begun together: its result, or the error it met."""
    start = Barrier(len(works), timeout=60)

    def run(work):
        try:
            start.wait(timeout=60)
            return work()
        except (Conflict, BadInput) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def lost(came):
    return sum(isinstance(one, Conflict) for one in came)


def verbs():
    rows = PublicAct.objects.filter(subject__regex="^(case|duty):")
    return Counter(rows.values_list("verb", flat=True))


def whole(case):
    """That the history of a case has every number once, and its state what it needs."""
    numbers = (
        CaseEvent.objects.filter(case=case).order_by("number").values_list("number", flat=True)
    )
    assert list(numbers) == list(range(1, len(numbers) + 1))


def test_of_many_proposals_at_once_one_is_noticed(stage):
    came = at_once(*[lambda: begun.propose(stage)] * MANY)

    assert lost(came) == MANY - 1
    assert Case.objects.count() == Duty.objects.count() == 1
    assert verbs() == {"propose-step": 1, "give-notice": 1, "owe-answer": 1}
    whole(Case.objects.get())


def test_of_many_decisions_at_once_one_counts(stage):
    case = begun.propose(stage)
    came = at_once(
        *[
            lambda outcome=outcome: begun.decide(stage, case, outcome=outcome)
            for outcome in ("go-ahead", "do-not-step-in") * (MANY // 2)
        ]
    )

    assert lost(came) == MANY - 1
    row = Case.objects.get()
    assert row.state in ("running", "stopped")
    assert verbs()["decide-step"] == 1
    assert Duty.objects.filter(kind="review").count() == (row.state == "running")
    whole(row)


def test_a_decision_and_a_withdrawal_at_once(stage, at):
    case = begun.propose(stage)

    def withdraw():
        return actions.withdraw(
            actor=stage.minister, case=case.pk, reasons=REASONS, at=at + 29 * DAY
        )

    came = at_once(*[lambda: begun.decide(stage, case), withdraw] * (MANY // 2))

    assert lost(came) == MANY - 1
    row, reply = Case.objects.get(), Duty.objects.get(kind="reply")
    assert (row.state, reply.ended) in {("running", ""), ("withdrawn", "waived")}
    done = verbs()
    assert done["decide-step"] + done["withdraw-proposal"] == 1
    whole(row)


def test_replies_and_a_withdrawal_at_once(stage, at):
    """A reply is given in its case only: at the answer owed it is refused, whoever is first."""
    case = begun.propose(stage).pk
    duty = Duty.objects.get().pk
    came = at_once(
        lambda: actions.reply(actor=stage.devon, case=case, text=REPLY, at=at + DAY),
        lambda: duty_actions.answer(actor=stage.devon, duty=duty, text=REPLY, at=at + DAY),
        lambda: actions.withdraw(actor=stage.minister, case=case, reasons=REASONS, at=at + DAY),
        lambda: actions.reply(actor=stage.devon, case=case, text=REPLY, at=at + DAY),
    )

    ended = Duty.objects.get().ended
    assert ended in ("answered", "waived")
    told = CaseEvent.objects.filter(what="reply").count()
    assert DutyAnswer.objects.count() == told == (ended == "answered")
    assert verbs()["answer-duty"] + verbs()["waive-duty"] == 1
    # The withdrawal is always done; of the replies at most one.
    assert Case.objects.get().state == "withdrawn"
    assert isinstance(came[1], Conflict)
    assert lost(came) == (2 if ended == "answered" else 3)
    whole(Case.objects.get())


def test_reviews_and_endings_at_once(stage, at):
    case = begun.running(stage).pk
    later = at + 60 * DAY

    def review():
        return actions.review(
            actor=stage.official, case=case, outcome="goes-on", text=REASONS, at=later, seen=2
        )

    def end():
        return actions.end(
            actor=stage.minister, case=case, ending="ended-early", reasons=REASONS, at=later, seen=2
        )

    came = at_once(*[review, end] * (MANY // 2))

    assert lost(came) == MANY - 1
    row = Case.objects.get()
    reviews = list(
        Duty.objects.filter(kind="review").order_by("pk").values_list("ended", flat=True)
    )
    assert (row.state, reviews) in [("ended", ["waived"]), ("running", ["answered", ""])]
    whole(row)


def test_the_rule_run_twice_at_once_ends_a_case_once(stage, at):
    case = begun.running(stage)
    came = at_once(*[lambda: actions.end_what_is_over(at=at + 400 * DAY)] * MANY)

    assert sorted(came) == [0] * (MANY - 1) + [1]
    assert verbs()["end-step"] == verbs()["waive-duty"] == 1
    whole(case)


def emergency(stage, at, days=9):
    return actions.override(
        actor=stage.minister, centre=begun.DFE, place=begun.YORK, service=begun.SEN,
        power="children-direction", reasons=REASONS, equality=begun.EQUALITY,
        until=day_of(at) + days * DAY, at=at,
    )  # fmt: skip


def test_of_many_emergencies_at_once_one_is_opened(stage, at):
    came = at_once(*[lambda: emergency(stage, at)] * MANY)

    assert lost(came) == MANY - 1
    assert Case.objects.count() == verbs()["override-framework"] == 1
    assert Duty.objects.count() == 2
    whole(Case.objects.get())


def test_an_emergency_and_proposals_at_once_do_not_hinder_one_another(stage, at):
    """They are two cases: one under the framework, one outside it."""
    here = {"place": begun.DEVON}
    came = at_once(
        *[lambda: begun.propose(stage)] * 3,
        *[
            lambda: actions.override(
                actor=stage.minister, centre=begun.DFE, service=begun.SEN, reasons=REASONS,
                power="children-direction", equality=begun.EQUALITY, at=at,
                until=day_of(at) + 9 * DAY, **here,
            )
        ]
        * 3,
    )  # fmt: skip

    assert lost(came) == 4
    assert sorted(Case.objects.values_list("state", flat=True)) == ["noticed", "running"]
    for case in Case.objects.all():
        whole(case)


def test_a_version_adopted_by_many_at_once_is_in_use_once(stage, at):
    starts = day_of(at) + 30 * DAY
    source = {**begun.material.SOURCE, "seen": "the whole of regulation 13 of them"}
    new = begun.framework(
        "england-as-found", illustrative=False, version="2", sources=[source], ladder=[],
        roles=[], powers=[], safeguards=[], **{"from": starts},
    )  # fmt: skip
    came = at_once(
        *[lambda: adopt_framework(actor=stage.minister, body=begun.DFE, framework=new, at=at)]
        * MANY
    )

    made = {one.pk for one in came if isinstance(one, FrameworkVersion)}
    assert len(made) == 1
    assert lost(came) == MANY - sum(isinstance(one, FrameworkVersion) for one in came)
    assert FrameworkVersion.objects.filter(slug="england-as-found", version="2").count() == 1
    assert PublicAct.objects.filter(verb="adopt-framework", subject__endswith="/2").count() == 1


def test_the_same_words_withdrawn_by_many_at_once_are_withdrawn_once(stage, at):
    words = CaseWords.objects.get(event__case=begun.propose(stage)).pk
    came = at_once(
        *[
            lambda: actions.withdraw_words(
                actor=stage.minister, words=words, reason="court-order", at=at
            )
        ]
        * MANY
    )

    assert lost(came) == MANY - 1
    assert PublicAct.objects.filter(verb="withdraw-note").count() == 1


def test_a_review_and_the_ending_by_rule_at_once(stage, at):
    case = begun.running(stage)
    begun.figure(60.0, year=2025)
    later = at + 60 * DAY

    def review():
        return actions.review(
            actor=stage.official, case=case.pk, outcome="exit-test-met", text=REASONS, at=later
        )

    came = at_once(review, lambda: actions.end_what_is_over(at=later), review)

    row = Case.objects.get()
    assert row.state == "ended"
    assert verbs()["end-step"] == 1
    assert not Duty.objects.filter(kind="review", ended="").exists()
    assert lost(came) == (2 if 1 in came else 1)
    whole(row)


def test_a_waiver_against_a_review_never_wins(stage, at):
    case, later = begun.running(stage), at + 60 * DAY
    owed = Duty.objects.get(kind="review").pk

    def waive():
        return duty_actions.waive(
            actor=stage.administrator, duty=owed, reason="body-ended", at=later
        )

    def review():
        return actions.review(
            actor=stage.official, case=case.pk, outcome="goes-on", text=REASONS, at=later, seen=2
        )

    came = at_once(*[review, waive] * (MANY // 2))

    assert lost(came) == MANY - 1
    assert verbs()["waive-duty"] == 0
    assert Duty.objects.filter(kind="review", ended="").count() == 1
    whole(case)

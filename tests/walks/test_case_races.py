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
from folkmoot.framework.cases import actions
from folkmoot.framework.models import Case, CaseEvent
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

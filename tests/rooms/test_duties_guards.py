"""What the database itself refuses, and who wins where several act at once: on both databases."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from folkmoot.common.errors import Conflict
from folkmoot.common.models import PublicAct
from folkmoot.duties import actions
from folkmoot.duties.models import Duty, DutyAnswer, FigureReport
from folkmoot.people.queries import day_of
from tests.rooms import duties_owed as owed
from tests.rooms import people_invented as invented
from tests.rooms.duties_owed import DAY, DFE, DFE_DOMAIN
from tests.rooms.people_invented import DEVON, DEVON_DOMAIN

PLAN = "We have taken on 20 educational psychologists."
MANY = 6


def at_once(*works):
    """What came of each of ``works``, begun together: its result, or the Conflict it met."""
    start = Barrier(len(works), timeout=60)

    def run(work):
        try:
            start.wait(timeout=30)
            return work()
        except Conflict as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def verbs():
    return Counter(
        PublicAct.objects.filter(subject__startswith="duty:").values_list("verb", flat=True)
    )


def test_the_database_holds_every_rule_of_a_duty(committing, at):
    devon = invented.with_role(at, "officer", DEVON, DEVON_DOMAIN)
    duty = owed.owe(at)
    done = owed.owe(at, "case:2/reply")
    actions.answer(actor=devon, duty=done.pk, text=PLAN, at=at)
    today = day_of(at)
    stamp = {"ended_on": today, "ended_at": at, "ended_by": DFE}
    wrong = [
        lambda: Duty.objects.filter(pk=duty.pk).update(ended="answered", **stamp),
        lambda: Duty.objects.filter(pk=duty.pk).update(ended="waived", **stamp),
        lambda: Duty.objects.filter(pk=duty.pk).update(ended="waived", waived_reason="body-ended"),
        lambda: Duty.objects.filter(pk=duty.pk).update(ended_on=today),
        lambda: Duty.objects.filter(pk=duty.pk).update(due=today + 90 * DAY),
        lambda: Duty.objects.filter(pk=duty.pk).update(space="rehearsal"),
        lambda: Duty.objects.filter(pk=duty.pk).update(key="case:9/reply"),
        lambda: Duty.objects.filter(pk=done.pk).update(ended="", ended_on=None, ended_at=None,
                                                       ended_by=""),
        lambda: Duty.objects.filter(pk=done.pk).update(ended_by=DEVON),
        lambda: Duty.objects.filter(pk=done.pk).update(waived_reason="body-ended"),
        lambda: Duty.objects.filter(pk=duty.pk).delete(),
        lambda: DutyAnswer.objects.update(text="Something else."),
        lambda: DutyAnswer.objects.update(text=""),
        lambda: DutyAnswer.objects.update(on=today + DAY),
        lambda: DutyAnswer.objects.all().delete(),
        lambda: Duty.objects.create(
            body=duty.body, key="x", kind="reply", subject="y", rule="z", rule_version="1",
            since=today, due=today, ended="answered", **stamp),
        lambda: Duty.objects.create(
            body=duty.body, key="x", kind="reply", subject="y", rule="z", rule_version="1",
            since=today, due=today - DAY),
    ]  # fmt: skip
    before = list(Duty.objects.order_by("pk").values()), list(DutyAnswer.objects.values())
    for change in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    after = list(Duty.objects.order_by("pk").values()), list(DutyAnswer.objects.values())
    assert after == before


def test_one_of_many_answers_and_waivers_at_once_ends_it(committing, at):
    devon = invented.with_role(at, "officer", DEVON, DEVON_DOMAIN)
    centre = invented.with_role(at, "centre", DFE, DFE_DOMAIN, "minister")
    duty = owed.owe(at).pk

    def answer():
        return actions.answer(actor=devon, duty=duty, text=PLAN, at=at)

    def waive():
        return actions.waive(actor=centre, duty=duty, reason="answered-elsewhere", at=at)

    came = at_once(*[answer, waive] * (MANY // 2))

    lost = [c for c in came if isinstance(c, Conflict)]
    ended = Duty.objects.get().ended
    assert len(lost) == MANY - 1
    assert DutyAnswer.objects.count() == (1 if ended == "answered" else 0)
    assert verbs() == {
        "owe-answer": 1,
        {"answered": "answer-duty", "waived": "waive-duty"}[ended]: 1,
    }


def test_what_is_owed_by_many_at_once_is_owed_once(committing, at):
    owed.bodies()

    came = at_once(*[lambda: owed.owe(at).pk] * MANY)

    assert len(set(came)) == 1
    assert (Duty.objects.count(), verbs()) == (1, {"owe-answer": 1})


def test_many_reports_at_once_of_one_figure_owe_one_answer(committing, at):
    owed.bodies()

    # From the page of a place and from that of a release, which has no place.
    def report(number):
        return actions.report_figure(
            release="dfe-lait/1", row=7, publisher="Department for Education", text=PLAN,
            network=f"192.0.2.{number}", at=at, place="E10000008" if number % 2 else "",
        ).duty_id  # fmt: skip

    came = at_once(*[lambda number=number: report(number) for number in range(MANY)])

    assert len(set(came)) == 1
    assert (FigureReport.objects.count(), Duty.objects.count()) == (MANY, 1)
    assert verbs() == {"owe-answer": 1}


def test_corrections_at_once_stand_side_by_side(committing, at):
    devon = invented.with_role(at, "officer", DEVON, DEVON_DOMAIN)
    duty = owed.owe(at).pk
    actions.answer(actor=devon, duty=duty, text=PLAN, at=at)

    at_once(*[lambda: actions.correct(actor=devon, duty=duty, text=PLAN, at=at)] * MANY)

    numbers = DutyAnswer.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, MANY + 2))

"""Levels and their faults; and a threshold that many reach at once makes one answer owed."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.common.models import Message, PublicAct
from folkmoot.duties.models import Duty
from folkmoot.petitions.actions import thresholds as actions
from folkmoot.petitions.models import Petition, Threshold
from folkmoot.petitions.rules import thresholds as rules
from folkmoot.petitions.rules.states import CLOSED, HIDDEN, MERGED, OPEN, WITHDRAWN
from folkmoot.petitions.rules.thresholds import Level
from tests.rooms import petitions_made as made
from tests.rooms.petitions_made import LEEDS

COUNTERS = 20
GOOD = [
    {"kind": "answer", "number": 100, "days": 30},
    {"kind": "debate", "share": 0.005, "at_least": 200, "days": 90},
]


def count_in(petition: int, many: int, at: dt.datetime) -> None:
    """Count so many more signatures (or fewer) as the counting does: under the row's lock."""
    with transaction.atomic():
        row = Petition.objects.select_for_update(no_key=True).get(pk=petition)
        row.signatures += many
        row.save(update_fields=["signatures"])
        actions.reach(petition=row, at=at)


@pytest.mark.parametrize(
    ("level", "population", "needed"),
    [
        (Level("answer", 30, number=750), 829_413, 750),
        (Level("answer", 30, number=750), None, 750),
        (Level("answer", 30, share=0.0005, at_least=10), 829_413, 415),
        (Level("answer", 30, share=0.0005, at_least=10), 2_366, 10),
        (Level("answer", 30, share=0.0005, at_least=10), None, 10),
        (Level("debate", 90, share=0.005, at_least=100), 200_000, 1_000),
        (Level("debate", 90, share=0.005, at_least=100), 200_001, 1_001),
    ],
)
def test_how_many_are_needed(level, population, needed):
    assert rules.needed(level, population) == needed


@given(
    share=st.floats(0.0001, 0.25), least=st.integers(1, 5_000), people=st.integers(0, 70_000_000)
)
def test_a_share_is_rounded_up_and_never_under_its_least(share, least, people):
    needed = rules.needed(Level("answer", 30, share=share, at_least=least), people)

    assert needed >= least
    assert needed >= share * people - 1e-6
    assert needed == least or needed < share * people + 1 + 1e-6


def test_levels_without_fault_are_kept_as_they_are():
    levels, faults = rules.read_levels(GOOD)

    assert faults == []
    assert [level.as_json() for level in levels] == GOOD


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        ([], {"levels"}),
        ("answer", {"levels"}),
        (["answer"], {"level 1", "levels"}),
        ([{"kind": "answer", "number": 0, "days": 30}], {"level 1, number"}),
        ([{"kind": "answer", "number": True, "days": 30}], {"level 1, number"}),
        ([{"kind": "answer", "number": 10, "days": 0}], {"level 1, days"}),
        ([{"kind": "answer", "number": 10}], {"level 1, days"}),
        ([{"kind": "answer", "days": 30}], {"level 1"}),
        ([{"kind": "answer", "number": 10, "share": 0.1, "at_least": 1, "days": 30}],
         {"level 1", "level 1, at_least"}),
        ([{"kind": "answer", "share": 0.1, "days": 30}], {"level 1, at_least"}),
        ([{"kind": "answer", "share": 5, "at_least": 1, "days": 30}], {"level 1, share"}),
        ([{"kind": "answer", "share": float("nan"), "at_least": 1, "days": 30}],
         {"level 1, share"}),
        ([{"kind": "parade", "number": 10, "days": 30}], {"level 1, kind", "levels"}),
        ([{"kind": "debate", "number": 10, "days": 30}], {"levels"}),
        ([GOOD[0], GOOD[0]], {"levels"}),
        ([GOOD[0], {"kind": "debate", "number": 99, "days": 30}], {"levels"}),
        ([{**GOOD[0], "note": "x"}], {"level 1"}),
        ([{"kind": "answer", "days": -1, "number": "ten"}, {"kind": "x", "days": 500}],
         {"level 1, days", "level 1, number", "level 2, kind", "level 2, days", "level 2"}),
    ],
)  # fmt: skip
def test_every_fault_of_levels_is_named(raw, where):
    levels, faults = rules.read_levels(raw)

    assert levels == []
    assert {fault.where for fault in faults} == where


def test_each_threshold_makes_its_duty_with_its_own_clock(db, at):
    w = made.world(at)
    petition = made.petition(w, office="leader")

    count_in(petition.pk, 60, at)

    duties = {duty.kind: duty for duty in Duty.objects.all()}
    answer, hearing = duties["petition-answer"], duties["petition-hearing"]
    assert duties.keys() == {"petition-answer", "petition-hearing"}
    assert (answer.key, answer.subject) == (
        f"petition/{petition.pk}/answer",
        f"petition:{petition.pk}",
    )
    assert (answer.body.slug, answer.office, hearing.office) == (
        LEEDS,
        "leader",
        "head-of-paid-service",
    )
    assert ((answer.due - answer.since).days, (hearing.due - hearing.since).days) == (30, 60)
    assert (answer.rule, answer.rule_version) == ("petitions:site", "2026-11-23")
    assert (answer.place, answer.service) == (made.PLACE, made.WASTE)
    stamped = dict(Threshold.objects.values_list("kind", "duty"))
    assert stamped == {"answer": answer.key, "hearing": hearing.key, "debate": ""}


def test_signatures_taken_back_do_not_undo_it(db, at):
    petition = made.petition(made.world(at))

    count_in(petition.pk, 10, at)
    count_in(petition.pk, -9, at)
    count_in(petition.pk, 9, at + dt.timedelta(days=3))

    duty = Duty.objects.get()
    assert (duty.since, duty.ended) == (at.date(), "")
    assert Threshold.objects.get(kind="answer").reached_at == at
    assert PublicAct.objects.filter(verb="owe-answer").count() == 1


@pytest.mark.parametrize(
    ("state", "owed"), [(OPEN, 1), (CLOSED, 1), (HIDDEN, 0), (MERGED, 0), (WITHDRAWN, 0)]
)
def test_which_states_reach(db, at, state, owed):
    petition = made.petition(made.world(at), state)

    count_in(petition.pk, 12, at)

    assert Duty.objects.count() == owed


def test_twenty_who_count_at_once_make_it_owed_once(committing, at):
    petition = made.petition(made.world(at)).pk
    start = Barrier(COUNTERS, timeout=60)

    def count(_number):
        try:
            start.wait(timeout=30)
            for _ in range(3):
                count_in(petition, 1, at)
                count_in(petition, -1, at)
                count_in(petition, 1, at)
        finally:
            connection.close()

    with ThreadPoolExecutor(COUNTERS) as pool:
        list(pool.map(count, range(COUNTERS)))

    row = Petition.objects.get(pk=petition)
    reached = {kind for kind, duty in row.thresholds.values_list("kind", "duty") if duty}
    assert row.signatures == 3 * COUNTERS
    assert reached == {"answer", "hearing"}
    assert sorted(Duty.objects.values_list("kind", flat=True)) == [
        "petition-answer",
        "petition-hearing",
    ]
    assert PublicAct.objects.filter(verb="owe-answer").count() == 2
    assert Message.objects.filter(key__contains="/reached/").count() == 2

"""Whatever signers, officers, moderators and the worker do in whatever order: everybody who
confirmed is counted once and nobody is lost, and what a petition made owed stays owed."""

from __future__ import annotations

from collections import Counter

import pytest

from folkmoot.common.models import PublicAct
from folkmoot.petitions.actions import counting, forgetting, paper, thresholds
from folkmoot.petitions.models import Petition
from folkmoot.petitions.models_signing import TAKEN_BACK
from folkmoot.petitions.rules.states import CLOSED, HIDDEN, MERGED, MODERATION, OPEN, SPONSORS
from tests.rooms import petitions_made as made
from tests.rooms.petitions_signers_always import PEOPLE
from tests.rooms.petitions_signers_machine import Signers
from tests.rooms.walks import walk_through


def _machine(world, done):
    class OnStage(Signers):
        pass

    OnStage.world = world

    def teardown(self):
        done.update(self.done)
        done.update(Petition.objects.values_list("state", flat=True))
        done.update(ended for ended, *_ in self.ended.values())
        Signers.teardown(self)

    OnStage.teardown = teardown
    return OnStage


@pytest.mark.slow
def test_everybody_who_confirmed_is_counted_once_whatever_is_done(db, at):
    done: Counter[str] = Counter()

    walk_through(_machine(made.world(at), done), walks=40, steps=25)

    # What was tried got somewhere: otherwise all this would prove nothing.
    did = {"sign", "sponsor", "confirm", "confirm_code", "take_back", "take_in", "take_back_paper",
           "set_aside", "restore", "hide", "unhide", "open_petition", "erase_words", "merge",
           "<lambda>", "waive", "count_signatures", "erase_me"}  # fmt: skip
    assert did <= done.keys(), did - done.keys()
    assert {OPEN, CLOSED, SPONSORS, MODERATION, HIDDEN, MERGED} <= done.keys()
    assert {"answered", "waived"} <= done.keys()


# A walk past everything that is planted below: signed, taken in on paper, counted, forgotten.
WALK = (
    *(("sign_and_confirm", who, 6) for who in range(len(PEOPLE))),
    *(("burst", 0, 0), ("take_in_paper", 0, 0), ("count", 0, 0), ("set_aside", 0, 0)),
    *(("restore", 0, 0), ("answer", 0, 0), ("take_back", 0, 0), ("count", 0, 0)),
    *(("wait", 9, 0), ("wait", 9, 0), ("wait", 8, 0), ("forget", 0, 0)),
)


def walk(world) -> Counter[str]:
    """Take that walk, and look after each step; what was done."""

    class OnStage(Signers):
        pass

    OnStage.world = world
    machine = OnStage()
    try:
        machine.begin()
        for what, a, b in WALK:
            machine.step(what=what, a=a, b=b)
            for look in LOOKS:
                getattr(machine, look)()
        return machine.done
    finally:
        machine.teardown()


LOOKS = (
    "whoever_confirmed_stands_and_nobody_else",
    "nobody_stands_twice",
    "a_count_is_what_was_counted",
    "whoever_stands_is_counted_once_counting_is_done",
    "names_are_shown_of_whoever_asked_and_stands",
    "what_is_owed_stays_owed",
    "no_act_says_who_signed",
)


def test_the_walk_finds_nothing_where_nothing_is_planted(db, at):
    done = walk(made.world(at))
    assert done["take_in"] == done["set_aside"] == done["restore"] == done["take_back"] == 1


def _plant(monkeypatch, fault):
    if fault == "one is not counted":
        turn = counting._turn
        monkeypatch.setattr(counting, "_turn", lambda *given: turn(*given)[1:])
    elif fault == "paper is counted beside what was signed online":
        monkeypatch.setattr(paper, "_signed", lambda _row, _keys: set())
        monkeypatch.setattr(paper, "_leave_out", lambda _batch, _keys: None)
    elif fault == "nothing becomes owed":
        monkeypatch.setattr(thresholds, "reach", lambda **_given: [])
    elif fault == "whoever is forgotten is not counted any more":
        monkeypatch.setitem(forgetting._NOTHING, "state", TAKEN_BACK)
    else:
        monkeypatch.setattr(paper, "record_act", _naming(paper.record_act))


def _naming(record_act):
    """Records with an act what the rules of acts would refuse."""

    def record(*, at, **act):
        PublicAct.objects.create(
            office=act["office"], verb=act["verb"], subject="petition:1", at=at, sha256="0" * 64,
            canonical='{"note": "oak@example.org signed"}',
        )  # fmt: skip
        return record_act(at=at, **act)

    return record


@pytest.mark.parametrize(
    ("fault", "found_by"),
    [
        ("one is not counted", "whoever_stands_is_counted_once"),
        ("paper is counted beside what was signed online", "nobody_stands_twice"),
        ("nothing becomes owed", "whoever_stands_is_counted_once_counting_is_done"),
        ("whoever is forgotten is not counted any more", "whoever_confirmed_stands"),
        ("an act says who signed", "no_act_says_who_signed"),
    ],
)
def test_a_planted_fault_is_found(db, at, monkeypatch, fault, found_by):
    world = made.world(at)
    _plant(monkeypatch, fault)
    with pytest.raises(AssertionError) as found:
        walk(world)
    assert any(found_by in str(entry.name) for entry in found.traceback)

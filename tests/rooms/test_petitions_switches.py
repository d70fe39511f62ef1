"""What an operator pauses among petitions is refused with its words, and nothing is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from folkmoot.common import actions, switches
from folkmoot.common.errors import SwitchedOff
from folkmoot.people.queries import day_of
from folkmoot.petitions import tokens
from folkmoot.petitions.actions import moderating, paper, questions_moderating, signing
from folkmoot.petitions.actions import questions as asking
from folkmoot.petitions.actions.answering import say_opinion
from folkmoot.petitions.keys import address_key
from folkmoot.petitions.models import Opinion, PaperBatch, Petition, Question, Signature
from folkmoot.petitions.models_signing import PENDING
from folkmoot.petitions.rules import limits, states
from folkmoot.petitions.rules.answering import number_of_opinion
from tests.rooms import petitions_made as made
from tests.rooms.petitions_answered import answered, owed

NETWORK = "192.0.2.7"
WHY = "The banks are the council's own, and the standard that was named is about something else."
ROWS = b"name,postcode\nAnn Example,LS1 1UR\nBob Example,LS1 1UR\n"
TABLES = (Signature, PaperBatch, Opinion, Petition, Question)
Door = Callable[[], object]


@pytest.fixture
def w(db: None, at: dt.datetime, monkeypatch: pytest.MonkeyPatch) -> made.World:
    switches.forget()
    monkeypatch.setattr(switches, "LOOK", 0.0)
    monkeypatch.setattr(limits, "PAPER_LEAST", 1)
    return made.world(at)


def _waiting(w: made.World) -> Signature:
    return made.signature(made.petition(w), w.at, state=PENDING, confirmed_at=None, counted=False)


def confirm_by_link(w: made.World) -> Door:
    token = tokens.make(tokens.CONFIRM, _waiting(w).pk)
    return lambda: signing.confirm(token=token, at=w.at)


def confirm_by_code(w: made.World) -> Door:
    row = made.signature(
        made.petition(w), w.at, state=PENDING, confirmed_at=None, counted=False,
        email="ann@example.org", address_key=address_key("ann@example.org"),
    )  # fmt: skip
    code = tokens.code(row.pk)
    return lambda: signing.confirm_code(
        petition=row.petition_id, email=row.email, code=code, network=NETWORK, at=w.at
    )


def opinion(w: made.World) -> Door:
    row = made.petition(w, signed=40)
    given = answered(w.officer, owed(row, w.at), w.at)
    signed = made.signature(row, w.at)
    token = tokens.make(tokens.OPINION, number_of_opinion(given.duty.kind, signed.pk))
    return lambda: say_opinion(token=token, answered=True, at=w.at)


def paper_looked_at(w: made.World) -> Door:
    row = made.petition(w)
    return lambda: paper.look(actor=w.officer, petition=row.pk, rows=ROWS, on=day_of(w.at), at=w.at)


def paper_taken_in(w: made.World) -> Door:
    row = made.petition(w)
    return lambda: paper.take_in(
        actor=w.officer, petition=row.pk, rows=ROWS, on=day_of(w.at), at=w.at
    )


def appeal_of_a_petition(w: made.World) -> Door:
    row = made.petition(w, states.REJECTED)
    return lambda: moderating.appeal(actor=w.creator, petition=row.pk, text=WHY, at=w.at)


def appeal_of_a_question(w: made.World) -> Door:
    row = Question.objects.create(
        text="When is the bank emptied?", asker=w.creator, area=w.area, service=w.service,
        body=w.body, state="moderation", asked_at=w.at,
    )  # fmt: skip
    questions_moderating.reject(actor=w.moderator, question=row.pk, reason="one-case", at=w.at)
    return lambda: asking.appeal(actor=w.creator, question=row.pk, text=WHY, at=w.at)


DOORS = [
    ("confirm", confirm_by_link),
    ("confirm", confirm_by_code),
    ("opinion", opinion),
    ("paper", paper_looked_at),
    ("paper", paper_taken_in),
    ("appeal", appeal_of_a_petition),
    ("appeal", appeal_of_a_question),
]


def written() -> list[list[tuple[object, ...]]]:
    return [list(table.objects.order_by("pk").values_list()) for table in TABLES]


@pytest.mark.parametrize(("switch", "of"), DOORS)
def test_a_paused_door_refuses_and_writes_nothing(
    w: made.World, switch: str, of: Callable[[made.World], Door]
) -> None:
    door = of(w)
    before = written()
    actions.switch_off(feature=switch, at=w.at)

    with pytest.raises(SwitchedOff, match=f"^{switches.FEATURES[switch]} is switched off for now"):
        door()
    assert written() == before

    # It was this switch that refused.
    actions.switch_on(feature=switch, at=w.at)
    door()
    if of is not paper_looked_at:
        assert written() != before

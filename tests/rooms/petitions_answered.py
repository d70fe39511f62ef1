"""Answers owed to petitions, and given, for the tests of this room and those above."""

from __future__ import annotations

import datetime as dt
from typing import Any

from folkmoot.duties import actions as duties
from folkmoot.duties.models import Duty
from folkmoot.duties.rules import NewDuty
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of
from folkmoot.petitions.actions.answering import answer_petition
from folkmoot.petitions.models import Petition, PetitionAnswer
from folkmoot.petitions.rules.answering import NewCommitment
from tests.rooms.petitions_made import PLACE, WASTE

DAY = dt.timedelta(days=1)
DECIDED = "The glass banks will be emptied each Friday."
WHY = "They overflowed on 9 of the last 12 weekends."
NEXT = "The contractor begins in March."


def owed(petition: Petition, at: dt.datetime, kind: str = "petition-answer", **more: Any) -> Duty:
    """The answer that reaching a threshold makes owed within 30 days."""
    today = day_of(at)
    fields: dict[str, Any] = {
        "key": f"petition/{petition.pk}/{kind.removeprefix('petition-')}",
        "kind": kind,
        "body": petition.body.slug,
        "subject": f"petition:{petition.pk}",
        "rule": "petition-scheme:site",
        "rule_version": "2026-11-23",
        "since": today,
        "due": today + 30 * DAY,
        "office": petition.office,
        "place": PLACE,
        "service": WASTE,
    }
    return duties.owe(new=NewDuty(**{**fields, **more}), by="rule", at=at)


def answered(actor: Person | None, duty: Duty, at: dt.datetime, **more: Any) -> PetitionAnswer:
    """That answer, given, with a commitment for 60 days on."""
    fields: dict[str, Any] = {
        "outcome": "agreed-in-part",
        "decided": DECIDED,
        "why": WHY,
        "next_steps": NEXT,
        "commitments": [NewCommitment("Put up a second bank.", day_of(at) + 60 * DAY)],
    }
    return answer_petition(actor=actor, duty=duty.pk, at=at, **{**fields, **more})

"""What a person tried out in rehearsals: shown to them, and erased with them or in time."""

from __future__ import annotations

import datetime as dt

from folkmoot.framework.cases.actions.forgetting import erase_rehearsals, forget_run
from folkmoot.framework.models import Case
from folkmoot.people import retention
from folkmoot.people.holdings import Holding, Retention, register_holding, register_retention
from folkmoot.people.models import Person
from folkmoot.people.queries import run_of


def show(person: Person) -> object:
    """The rehearsals of ``person``, with every word that was written in them."""
    rows = Case.objects.filter(space="rehearsal", run=run_of(person)).order_by("pk")
    return [
        {
            "place": row.area.code,
            "service": row.service,
            "step": row.step or row.power,
            "state": row.state,
            "words": [
                words.text for event in row.events.order_by("number") for words in event.words.all()
            ],
        }
        for row in rows.select_related("area").prefetch_related("events__words")
    ]


def erase(person: Person, at: dt.datetime) -> None:
    """Take away everything that ``person`` tried out."""
    forget_run(person)


def register() -> None:
    """Tell the room of people what this one holds, and what goes when its time is up."""
    register_holding(Holding("rehearsals", show, erase))
    register_retention(Retention(retention.REHEARSAL_CASES.key, erase_rehearsals))

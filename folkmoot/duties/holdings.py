"""What this room holds about persons, so that it is shown and erased with the rest."""

from __future__ import annotations

import datetime as dt

from folkmoot.duties.actions.reports import erase_reports, forget_reporter
from folkmoot.duties.models import FigureReport
from folkmoot.people import retention
from folkmoot.people.holdings import Holding, Retention, register_holding, register_retention
from folkmoot.people.models import Person


def show(person: Person) -> object:
    """The reports of errors that ``person`` sent with their address, as plain values."""
    rows = FigureReport.objects.filter(contact=person.email).order_by("pk")
    return [
        {"figure": row.figure, "text": row.text, "received_at": row.received_at.isoformat()}
        for row in rows
    ]


def erase(person: Person, at: dt.datetime) -> None:
    """Take away what ``person`` wrote; that a report came, and what is owed for it, stay."""
    forget_reporter(person.email)


def register() -> None:
    """Tell the room of people what this one holds, and what goes when its time is up."""
    register_holding(Holding("figure-reports", show, erase))
    register_retention(Retention(retention.FIGURE_REPORTS.key, erase_reports))

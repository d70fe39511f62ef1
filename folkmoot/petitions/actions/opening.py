"""A petition is opened: its days, the thresholds that it keeps for ever, and who lives there."""

from __future__ import annotations

import datetime as dt

from folkmoot.people.queries import day_of
from folkmoot.petitions.actions.moving import move
from folkmoot.petitions.actions.thresholds import reach
from folkmoot.petitions.models import Petition, Threshold
from folkmoot.petitions.rules.reasons import BY_CREATOR, REASONS
from folkmoot.petitions.rules.states import (
    CLOSED,
    MERGED,
    MODERATION,
    OPEN,
    REFERRED,
    REJECTED,
    WITHDRAWN,
)
from folkmoot.petitions.rules.thresholds import stamp
from folkmoot.petitions.schemes import scheme_for


def open_row(row: Petition, *, at: dt.datetime) -> None:
    """Open a locked petition that was never open, and save it.

    The scheme of the body on this day, or the site's, becomes numbers that are never changed.
    The signatures of its creator and sponsors count towards them.
    """
    today = day_of(at)
    move(row, OPEN)
    scheme = scheme_for(row.body, today)
    row.reason, row.hidden_from = "", ""
    row.words_hidden = row.title_hidden = False
    row.opened_on = today
    row.closes_on = today + dt.timedelta(days=row.term)
    _not_ended(row)
    row.scheme, row.scheme_version = scheme.key, scheme.version
    row.population = row.area.population
    row.save(
        update_fields=[
            "state", "reason", "hidden_from", "words_hidden", "title_hidden", "opened_on",
            "closes_on", "ended_on", "addresses_erased_at", "scheme", "scheme_version",
            "population",
        ]
    )  # fmt: skip
    Threshold.objects.bulk_create(
        Threshold(
            petition=row, kind=each.kind, needed=each.needed, share=each.share, days=each.days
        )
        for each in stamp(scheme.levels, row.population)
    )
    reach(petition=row, at=at)


def show_again(row: Petition, *, at: dt.datetime) -> None:
    """Bring a locked, hidden row back to what it was, and save it.

    An open one whose last day went by meanwhile is closed, and one that was being checked is
    checked anew. The words of one that was not accepted stay hidden, for safety.
    """
    to = row.hidden_from
    if to == OPEN and row.closes_on is not None and row.closes_on < day_of(at):
        to, row.ended_on = CLOSED, row.closes_on
    move(row, to)
    row.hidden_from, row.reason = "", _reason_before(row)
    row.words_hidden = row.opened_on is None and to != MODERATION
    row.title_hidden = to == REJECTED and REASONS[row.reason].hides_title
    if to == MODERATION:
        row.moderation_since = at
        _not_ended(row)
    row.appeal_text = ""
    row.save(
        update_fields=[
            "state", "hidden_from", "reason", "words_hidden", "title_hidden", "moderation_since",
            "ended_on", "addresses_erased_at", "appeal_text",
        ]
    )  # fmt: skip
    reach(petition=row, at=at)


def _not_ended(row: Petition) -> None:
    """Let the time of its signers' addresses begin anew when it ends again."""
    row.ended_on = row.addresses_erased_at = None


def _reason_before(row: Petition) -> str:
    """The reason that belongs to the state to which ``row`` goes back."""
    if row.state == REJECTED:
        last = row.decisions.filter(outcome=REJECTED).order_by("pk").last()
        return last.reason if last else row.reason
    return {WITHDRAWN: BY_CREATOR, MERGED: "duplicate", REFERRED: "not-this-body"}.get(
        row.state, ""
    )

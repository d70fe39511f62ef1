"""A petition is opened: its days, the thresholds that it keeps for ever, and who lives there."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from folkmoot.common.errors import Conflict
from folkmoot.people.queries import day_of
from folkmoot.people.retention import SIGNERS_ADDRESSES
from folkmoot.petitions.actions.moving import asked_before, move
from folkmoot.petitions.actions.thresholds import reach
from folkmoot.petitions.models import Petition, Threshold
from folkmoot.petitions.rules.moderation import FIRST
from folkmoot.petitions.rules.reasons import BY_CREATOR, REASONS
from folkmoot.petitions.rules.states import (
    CLOSED,
    HIDDEN,
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
    row.merged_into = row.referred_to = None
    row.scheme, row.scheme_version = scheme.key, scheme.version
    row.population = row.area.population
    row.save(
        update_fields=[
            "state", "reason", "hidden_from", "words_hidden", "title_hidden", "opened_on",
            "closes_on", "ended_on", "addresses_erased_at", "scheme", "scheme_version",
            "population", "merged_into", "referred_to",
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

    One that was open gets back the days on which nobody could sign it. One that was being checked
    is checked anew. The words of one that was not accepted stay hidden, for safety, and so does its
    title where it was hidden before. An appeal that was asked for before it was hidden is against
    what it goes back to, and waits on.
    """
    to, hidden_at = row.hidden_from, _hidden_at(row)
    hidden_on = day_of(hidden_at) if hidden_at else None
    last = _last_day(row, hidden_on, at) if to in (OPEN, CLOSED) else None
    if last is not None:
        to, row.closes_on, row.ended_on = OPEN, last, None
    elif to == OPEN and row.closes_on is not None and row.closes_on < day_of(at):
        to, row.ended_on = CLOSED, row.closes_on
    move(row, to)
    row.hidden_from, row.reason = "", _reason_before(row)
    row.words_hidden = row.opened_on is None and to != MODERATION
    row.title_hidden = to == REJECTED and _title_was_hidden(row)
    if to == MODERATION:
        row.moderation_since = at
        _not_ended(row)
    if not asked_before(row, hidden_at):
        row.appeal_text = ""
    row.save(
        update_fields=[
            "state", "hidden_from", "reason", "words_hidden", "title_hidden", "moderation_since",
            "ended_on", "addresses_erased_at", "appeal_text",
            "closes_on",
        ]
    )  # fmt: skip
    reach(petition=row, at=at)


def _not_ended(row: Petition) -> None:
    """Let the time of its signers' addresses begin anew when it ends again."""
    row.ended_on = row.addresses_erased_at = None


def open_again(row: Petition, *, at: dt.datetime) -> None:
    """Open a locked petition again that was joined with another or passed on, and save it.

    It gets back the days on which nobody could sign it. What was made of it at another body stays
    there. Raises Conflict where the addresses of its signers were erased meanwhile: nobody could
    tell any more who signed it already.
    """
    if _addresses_go(row, at):
        raise Conflict(
            _(
                "It ended so long ago that the addresses of those who signed it are erased. It "
                "cannot be opened again, because the same people could sign it twice."
            )
        )
    last = _last_day(row, row.ended_on, at)
    move(row, OPEN)
    row.reason = ""
    _not_ended(row)
    row.merged_into = row.referred_to = None
    row.closes_on = last or row.closes_on
    row.save(
        update_fields=[
            "state", "reason", "ended_on", "addresses_erased_at", "merged_into", "referred_to",
            "closes_on",
        ]
    )  # fmt: skip
    reach(petition=row, at=at)


def _hidden_at(row: Petition) -> dt.datetime | None:
    """The moment of the last hiding."""
    last = row.decisions.filter(outcome=HIDDEN, step=FIRST).order_by("pk").last()
    return last.at if last else None


def _last_day(row: Petition, stopped: dt.date | None, at: dt.datetime) -> dt.date | None:
    """The last day to sign a petition that was open on the day ``stopped``: as many days from now
    as there were left then. None for one that was not open then, or whose signers' addresses are
    gone, because nobody could tell any more who signed it already."""
    last = row.closes_on
    if stopped is None or last is None or stopped > last or _addresses_go(row, at):
        return None
    return max(last, day_of(at) + (last - stopped))


def _addresses_go(row: Petition, at: dt.datetime) -> bool:
    """Whether its signers' addresses are erased, or their time is up: of many, some go first."""
    if row.addresses_erased_at is not None:
        return True
    return row.ended_on is not None and row.ended_on <= day_of(at) - SIGNERS_ADDRESSES.after


def _title_was_hidden(row: Petition) -> bool:
    """Whether the title of one that was not accepted was hidden with that; of what was hidden
    before this was kept, as its reason says."""
    if row.title_hidden_before is None:
        return REASONS[row.reason].hides_title
    return row.title_hidden_before


def _reason_before(row: Petition) -> str:
    """The reason that belongs to the state to which ``row`` goes back."""
    if row.state == REJECTED:
        # Showing it again after it was hidden leads there too, and has no reason.
        refused = row.decisions.filter(step=FIRST, outcome=REJECTED).exclude(reason="")
        last = refused.order_by("pk").last()
        return last.reason if last else row.reason
    return {WITHDRAWN: BY_CREATOR, MERGED: "duplicate", REFERRED: "not-this-body"}.get(
        row.state, ""
    )

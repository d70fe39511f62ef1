"""A creator's appeal against a refusal, and its decision by another moderator of the site."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from folkmoot.common.errors import BadInput, Conflict, NotAllowed
from folkmoot.common.switches import require_on
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of, roles_of
from folkmoot.petitions.actions.moving import (
    decided,
    lock,
    record,
    refuse_own,
    require_creator,
    require_state,
    require_words,
    tell,
)
from folkmoot.petitions.actions.opening import open_again, open_row, show_again
from folkmoot.petitions.models import ModerationDecision, Petition
from folkmoot.petitions.queries_appeals import refusal_of
from folkmoot.petitions.rules import limits
from folkmoot.petitions.rules.moderation import (
    APPEAL,
    FIRST,
    REFUSED,
    UPHELD,
    may_still_appeal,
    moderates_site,
)
from folkmoot.petitions.rules.states import HIDDEN, MERGED, MODERATION, REFERRED, REJECTED
from folkmoot.petitions.rules.states import REFUSED as REFUSED_STATES
from folkmoot.petitions.rules.writing import length_fault, paragraphs


@transaction.atomic
def appeal(*, actor: Person | None, petition: int, text: str, at: dt.datetime) -> Petition:
    """The creator appeals, once and within four weeks, against what moderators decided: that the
    petition is not accepted, hidden, joined with another or passed on.

    ``text`` is for moderators only and is erased with the decision. Raises NotFound, NotAllowed,
    BadInput, SwitchedOff, and Conflict where there is nothing to appeal against, its time is over,
    it was decided already, or the words were erased.
    """
    require_on("appeal")
    row = lock(petition)
    require_creator(actor, row)
    require_state(row, *REFUSED_STATES)
    require_words(row)
    text = paragraphs(text)
    faults = length_fault("text", text, limits.APPEAL_LEAST, limits.APPEAL)
    if faults:
        raise BadInput(faults)
    if row.appeal_text:
        raise Conflict("Your appeal is being looked at already.")
    last = refusal_of(row)
    if last is None or last.step == APPEAL:
        raise Conflict("This was decided on appeal, and that decision stands.")
    if not may_still_appeal(day_of(last.at), day_of(at)):
        days = limits.APPEAL_ASKED_WITHIN.days
        raise Conflict(f"The time for an appeal is over: it was {days} days from the decision.")
    row.appealed_at, row.appeal_text = at, text
    row.save(update_fields=["appealed_at", "appeal_text"])
    return row


@transaction.atomic
def decide_appeal(
    *, actor: Person | None, petition: int, upheld: bool, at: dt.datetime
) -> Petition:
    """Decide on an appeal. One that is upheld opens the petition, or shows it again.

    By a moderator of the site who took no part in refusing it, and who did not begin it or what it
    was joined with. Raises NotFound, NotAllowed, and Conflict where no appeal waits, or it could
    only be opened again by letting people sign twice.
    """
    row = lock(petition)
    office = _require_other(actor, row, at)
    require_state(row, *REFUSED_STATES)
    if not row.appeal_text:
        raise Conflict("No appeal waits for a decision here.")
    reason = row.reason
    if upheld:
        require_words(row)
        _undo(row, at)
    row.appeal_text = ""
    row.save(update_fields=["appeal_text"])
    made = decided(
        row, HIDDEN, step=APPEAL, office=office, actor=actor, at=at,
        reason="" if upheld else reason,
    )  # fmt: skip
    record(row, "decide-appeal", office=office, at=at, reason=UPHELD if upheld else REFUSED)
    tell(row, "appeal", cause=f"decision/{made.pk}", at=at, upheld=upheld)
    return row


def _undo(row: Petition, at: dt.datetime) -> None:
    """Undo a refusal: what was never open is opened, everything else is as it was before."""
    joined = row.state in (MERGED, REFERRED)
    if (
        row.state == REJECTED
        or row.hidden_from in (REJECTED, MODERATION)
        or (joined and row.opened_on is None)
    ):
        open_row(row, at=at)
    elif joined:
        open_again(row, at=at)
    else:
        show_again(row, at=at)
        if row.appeal_text:
            # It is older than the hiding, and against what that came upon.
            _undo(row, at)


def _require_other(actor: Person | None, row: Petition, at: dt.datetime) -> str:
    today = day_of(at)
    office = moderates_site(roles_of(actor, today), today)
    if not office or actor is None:
        raise NotAllowed("Only a moderator of this site may decide on an appeal.")
    refuse_own(actor, row)
    if row.merged_into is not None:
        # Whether theirs goes on alone is decided too.
        refuse_own(actor, row.merged_into)
    refusals = ModerationDecision.objects.filter(
        petition=row, step=FIRST, outcome__in=REFUSED_STATES, person=actor
    )
    if refusals.exists():
        raise NotAllowed("Another moderator than the one who refused it decides on an appeal.")
    return office

"""What moderators decide on a petition, each decision once and in public, with its reason."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction

from folkmoot.bodies.models import Body
from folkmoot.bodies.queries import on_day
from folkmoot.common.errors import BadInput, Conflict, Fault, NotAllowed, NotFound
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of, roles_of
from folkmoot.petitions.actions.appeals import appeal, decide_appeal
from folkmoot.petitions.actions.moving import (
    decided,
    lock,
    lock_many,
    move,
    record,
    refuse_own,
    require_moderator,
    require_state,
    require_words,
    tell,
)
from folkmoot.petitions.actions.opening import open_row, show_again
from folkmoot.petitions.models import Petition, Signature
from folkmoot.petitions.models_signing import CONFIRMED, CREATOR
from folkmoot.petitions.rules.limits import APPEAL_ASKED_WITHIN
from folkmoot.petitions.rules.moderation import FIRST, moderates_site
from folkmoot.petitions.rules.reasons import REASONS, Reason, reasons_for
from folkmoot.petitions.rules.states import (
    HIDDEN,
    MERGED,
    MODERATION,
    OPEN,
    REFERRED,
    REJECTED,
    WITHDRAWN,
)

__all__ = [
    "appeal",
    "decide_appeal",
    "hide",
    "merge",
    "open_petition",
    "refer",
    "reject",
    "unhide",
]

DUPLICATE, NOT_THIS_BODY = "duplicate", "not-this-body"


def _reason(code: str, state: str) -> Reason:
    """The published reason for a state. Raises BadInput for another one."""
    reason = REASONS.get(code)
    if reason is not None and state in reason.leads_to:
        return reason
    known = ", ".join(each.code for each in reasons_for(state))
    what = "There is no such reason."
    if reason is not None:
        what = f"This reason leads elsewhere: {', '.join(sorted(reason.leads_to))}."
    raise BadInput([Fault("reason", what, f"Use one of: {known}.", value=code[:40])])


@transaction.atomic
def open_petition(*, actor: Person | None, petition: int, at: dt.datetime) -> Petition:
    """Open a petition for signatures, with the thresholds of this day.

    Raises NotFound, NotAllowed, and Conflict for one that does not wait for it.
    """
    row = lock(petition)
    office = require_moderator(actor, row, at)
    require_state(row, MODERATION)
    open_row(row, at=at)
    decided(row, MODERATION, step=FIRST, office=office, actor=actor, at=at)
    record(row, "open-petition", office=office, at=at)
    tell(row, "opened", cause="opened", at=at, closes=row.closes_on)
    return row


@transaction.atomic
def reject(
    *,
    actor: Person | None,
    petition: int,
    reason: str,
    at: dt.datetime,
    hide_words: bool | None = None,
    hide_title: bool | None = None,
) -> Petition:
    """Do not accept a petition, for a published reason; it stays listed with it.

    What of it is hidden follows from the reason unless ``hide_words`` or ``hide_title`` say
    otherwise; a hidden title hides the words too. Raises NotFound, NotAllowed, BadInput, and
    Conflict for one that does not wait for a decision.
    """
    why = _reason(reason, REJECTED)
    row = lock(petition)
    office = require_moderator(actor, row, at)
    require_state(row, MODERATION)
    before = move(row, REJECTED)
    row.reason, row.ended_on = why.code, day_of(at)
    row.title_hidden = why.hides_title if hide_title is None else hide_title
    row.words_hidden = row.title_hidden or (why.hides_words if hide_words is None else hide_words)
    row.save(update_fields=["state", "reason", "ended_on", "title_hidden", "words_hidden"])
    _settle(row, before, "reject-petition", "rejected", office, actor, at)
    return row


@transaction.atomic
def hide(
    *,
    actor: Person | None,
    petition: int,
    reason: str,
    at: dt.datetime,
    hide_title: bool | None = None,
) -> Petition:
    """Hide a petition in any public state, or one that is being checked, for a published reason.

    Nobody can sign it while it is hidden; its signatures stay, and answers that became owed stay
    owed. Raises NotFound, NotAllowed, BadInput and Conflict.
    """
    why = _reason(reason, HIDDEN)
    row = lock(petition)
    office = require_moderator(actor, row, at)
    if row.state == WITHDRAWN and row.opened_on is None:
        raise Conflict("Nobody can see this petition: it was never public.")
    before = move(row, HIDDEN)
    row.reason, row.hidden_from = why.code, before
    row.words_hidden, row.title_hidden_before = True, row.title_hidden
    row.title_hidden = row.title_hidden or (why.hides_title if hide_title is None else hide_title)
    if before == MODERATION:
        row.ended_on = day_of(at)
    row.save(
        update_fields=[
            "state", "reason", "hidden_from", "words_hidden", "title_hidden",
            "title_hidden_before", "ended_on",
        ]
    )  # fmt: skip
    _settle(row, before, "hide-petition", "hidden", office, actor, at)
    return row


@transaction.atomic
def unhide(*, actor: Person | None, petition: int, at: dt.datetime) -> Petition:
    """Show a petition again that was hidden: it goes back to what it was.

    One that was hidden while it was being checked is checked anew. Raises NotFound, NotAllowed
    and Conflict.
    """
    row = lock(petition)
    office = require_moderator(actor, row, at)
    require_state(row, HIDDEN)
    require_words(row)
    show_again(row, at=at)
    made = decided(row, HIDDEN, step=FIRST, office=office, actor=actor, at=at)
    record(row, "unhide-petition", office=office, at=at)
    tell(row, "shown", cause=f"decision/{made.pk}", at=at)
    return row


@transaction.atomic
def merge(*, actor: Person | None, petition: int, into: int, at: dt.datetime) -> Petition:
    """Join a petition with an older, open one that asks the same body for the same, to which its
    page then leads. One that is open itself is joined by a moderator of the site only.

    Its signatures stay with it and its own thresholds rest; answers that it made owed stay owed.
    Raises NotFound, NotAllowed, BadInput for itself, and Conflict.
    """
    if petition == into:
        fault = Fault("into", "This is the same petition.", "Choose another one.", value=str(into))
        raise BadInput([fault])
    rows = lock_many([petition, into])
    if len(rows) < 2:
        raise NotFound("There is no such petition.")
    row, other = rows[petition], rows[into]
    office = _require_may_end(actor, row, at)
    refuse_own(actor, other)
    if other.state != OPEN or other.opened_on is None:
        raise Conflict("A petition is joined with one that is open.")
    if other.body_id != row.body_id:
        raise Conflict("Petitions to different bodies are not joined. Pass it on instead.")
    require_state(row, MODERATION, OPEN)
    if row.opened_on is not None and row.opened_on < other.opened_on:
        raise Conflict("The older one goes on: join the younger one with it.")
    before = move(row, MERGED)
    row.reason, row.merged_into, row.ended_on = DUPLICATE, other, day_of(at)
    _keep_private(row)
    row.save(update_fields=["state", "reason", "merged_into", "ended_on", "words_hidden"])
    _settle(row, before, "merge-petition", "merged", office, actor, at, into=other.pk)
    return row


@transaction.atomic
def refer(*, actor: Person | None, petition: int, to: str, at: dt.datetime) -> Petition:
    """Pass a petition to the body (its slug) that answers for the matter.

    One that is open is passed on by a moderator of the site only. It ends and keeps its
    signatures, which were given to ask another body. A new one
    with the same words waits for the moderators of the right body, signed by its creator and
    needing no new sponsors; it is given. Where the creator's account is gone there is nobody to
    ask, and this one is given. Raises NotFound, NotAllowed, BadInput for the same body, Conflict.
    """
    row = lock(petition)
    office = _require_may_end(actor, row, at)
    body = Body.objects.filter(on_day(day_of(at)), slug=to).first()
    if body is None:
        raise NotFound(f"There is no body {to!r} here.")
    if body.pk == row.body_id:
        fault = Fault("to", "This is the body that was asked.", "Choose another one.", value=to)
        raise BadInput([fault])
    require_state(row, MODERATION, OPEN)
    before = move(row, REFERRED)
    row.reason, row.referred_to, row.ended_on = NOT_THIS_BODY, body, day_of(at)
    _keep_private(row)
    row.save(update_fields=["state", "reason", "referred_to", "ended_on", "words_hidden"])
    copy = _copy(row, body, at)
    _settle(
        row, before, "refer-petition", "referred", office, actor, at,
        other=body.name, copy=copy.pk if copy else None,
    )  # fmt: skip
    return copy or row


def _require_may_end(actor: Person | None, row: Petition, at: dt.datetime) -> str:
    """The office by which ``actor`` joins ``row`` or passes it on. Raises NotAllowed."""
    office = require_moderator(actor, row, at)
    if row.state == OPEN and not moderates_site(roles_of(actor, day_of(at)), day_of(at)):
        raise NotAllowed("Only moderators of this site may end a petition that people can sign.")
    return office


def _keep_private(row: Petition) -> None:
    """What was never opened was never let through: only its title shows."""
    if row.opened_on is None:
        row.words_hidden = True


def _copy(row: Petition, body: Body, at: dt.datetime) -> Petition | None:
    if row.creator is None:
        return None
    copy = Petition.objects.create(
        state=MODERATION,
        title=row.title,
        background=row.background,
        detail=row.detail,
        area=row.area,
        service=row.service,
        body=body,
        creator=row.creator,
        creator_name=row.creator_name,
        creator_shown=row.creator_shown,
        sponsor_key=secrets.token_hex(16),
        created_at=at,
        submitted_at=at,
        moderation_since=at,
        term=row.term,
        continues=row,
    )
    own = Signature.objects.filter(petition=row, origin=CREATOR, state=CONFIRMED).first()
    if own is not None:
        own.pk, own.petition, own.counted = None, copy, False
        # When it was sent stays: that says which wording its creator agreed to.
        own.confirmed_at = own.letter_at = at
        own._state.adding = True
        own.save(force_insert=True)
    return copy


def _settle(
    row: Petition,
    before: str,
    verb: str,
    letter: str,
    office: str,
    actor: Person | None,
    at: dt.datetime,
    **words: object,
) -> None:
    """Keep the decision, record it in public, and tell the creator."""
    made = decided(row, before, step=FIRST, office=office, actor=actor, at=at, reason=row.reason)
    record(row, verb, office=office, at=at, reason=row.reason)
    why = REASONS[row.reason]
    tell(
        row, letter, cause=f"decision/{made.pk}", at=at,
        why=why.words, standard=why.standard, days=APPEAL_ASKED_WITHIN.days, **words,
    )  # fmt: skip

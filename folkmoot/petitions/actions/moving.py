"""What every move of a petition shares: its lock, the legal moves, the record, and the letter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from folkmoot.common.acts import record_act
from folkmoot.common.errors import Conflict, NotAllowed, NotFound
from folkmoot.people.letters import post
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of, roles_of
from folkmoot.petitions.models import ModerationDecision, Petition, Question
from folkmoot.petitions.queries import petition_path, subject_of
from folkmoot.petitions.rules.moderation import APPEAL, may_moderate
from folkmoot.petitions.rules.states import MODERATION, STATES, may_move

BY_RULE = "rule"


def lock_many(numbers: Sequence[int]) -> dict[int, Petition]:
    """Petitions by number, which nobody else changes until this transaction ends.

    Always in the order of their numbers, so that two who lock the same two do not wait for each
    other. Those that there are not are not among them. Signing goes on meanwhile: it needs only
    that the row stays.
    """
    rows = (
        Petition.objects.select_for_update(of=("self",), no_key=True)
        .select_related("area", "service", "body", "creator")
        .filter(pk__in=numbers)
        .order_by("pk")
    )
    return {row.pk: row for row in rows}


def lock(number: int) -> Petition:
    """One petition, locked. Raises NotFound."""
    row = lock_many([number]).get(number)
    if row is None:
        raise NotFound(_("There is no such petition."))
    return row


def require_creator(actor: Person | None, row: Petition) -> None:
    """Raises NotAllowed for anybody but the one who began the petition."""
    if actor is None or actor.pk is None or row.creator_id != actor.pk:
        raise NotAllowed(_("Only the person who began this petition may do this."))


def require_moderator(actor: Person | None, row: Petition, at: dt.datetime) -> str:
    """The office by which ``actor`` moderates ``row``. Raises NotAllowed.

    A moderator of the petition's own body or of the site may; never on what they began themselves.
    """
    today = day_of(at)
    office = may_moderate(roles_of(actor, today), row.body.slug, today)
    if not office:
        raise NotAllowed(_("Only moderators of the body that is asked, or of this site, may."))
    refuse_own(actor, row)
    return office


def refuse_own(actor: Person | None, row: Petition) -> None:
    """Raises NotAllowed where ``actor`` began the petition."""
    if actor is not None and row.creator_id == actor.pk:
        raise NotAllowed(_("Nobody moderates a petition that they began themselves."))


def move(row: Petition, to: str) -> str:
    """Set the state of a locked row, to be saved by the caller; the state that it had.

    Raises Conflict for a move that no petition may make.
    """
    before = row.state
    if not may_move(before, to):
        raise Conflict(
            _("This cannot be done now. The petition is at: %(state)s.") % {"state": STATES[before]}
        )
    row.state = to
    return before


def require_state(row: Petition, *states: str) -> None:
    """Raises Conflict unless the petition is in one of ``states``."""
    if row.state not in states:
        raise Conflict(
            _("This cannot be done now. The petition is at: %(state)s.")
            % {"state": STATES[row.state]}
        )


def require_words(row: Petition) -> None:
    """Raises Conflict where the words of the petition were erased: nothing brings them back."""
    if row.erased_at is not None:
        raise Conflict(_("The words of this petition were erased for law. It stays hidden."))


def asked_before(row: Petition | Question, hidden_at: dt.datetime | None) -> bool:
    """Whether the appeal that waits is older than the last hiding, and so is not against that."""
    if row.appealed_at is None or hidden_at is None:
        return False
    return row.appealed_at < hidden_at


def record(row: Petition, verb: str, *, office: str, at: dt.datetime, reason: str = "") -> None:
    """Record in public what an office, or a rule, did to a petition."""
    record_act(
        office=office,
        verb=verb,
        subject=subject_of(row.pk),
        at=at,
        place=row.area.code,
        service=row.service.slug,
        body=row.body.slug,
        reason=reason,
        link=petition_path(row.pk),
    )


def decided(
    row: Petition | Question,
    before: str,
    *,
    step: str,
    office: str,
    actor: Person | None,
    at: dt.datetime,
    reason: str = "",
) -> ModerationDecision:
    """Keep a decision on a petition or a question that is in its new state; ``before``: the old.

    Its clock runs since it was asked for, or since now if nobody asked. The caller saves ``row``.
    """
    if isinstance(row, Petition):
        petition, question, asked = row, None, row.moderation_since
    else:
        petition, question, asked = None, row, row.asked_at
        row.decided_at = at
    since = row.appealed_at if step == APPEAL else asked if before == MODERATION else None
    return ModerationDecision.objects.create(
        petition=petition,
        question=question,
        step=step,
        outcome=row.state,
        reason=reason,
        since=since or at,
        at=at,
        office=office,
        person=actor,
    )


def tell(row: Petition, letter: str, *, cause: str, at: dt.datetime, **words: object) -> None:
    """Leave a letter for whoever began the petition, if they still have an account here.

    ``letter`` names ``emails/petition_<letter>.txt``; ``cause`` is unique to what happened.
    """
    if row.creator is None:
        return
    post(
        key=f"petition:{row.pk}/{cause}",
        letter=f"petition_{letter}",
        to=row.creator.email,
        at=at,
        title=row.title or _("Petition %(number)d") % {"number": row.pk},
        number=row.pk,
        body=row.body.name,
        **words,
    )

"""What every move of a question shares: its lock, the legal moves, the record, and the letter."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from folkmoot.common.acts import record_act
from folkmoot.common.errors import BadInput, Conflict, Fault, NotAllowed, NotFound
from folkmoot.people.letters import post
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of, roles_of
from folkmoot.petitions.models import Question
from folkmoot.petitions.rules import questions as rules
from folkmoot.petitions.rules.moderation import may_moderate
from folkmoot.petitions.rules.reasons import Reason


def lock(number: int) -> Question:
    """One question, which nobody else changes until this transaction ends. Raises NotFound."""
    row = (
        Question.objects.select_for_update(of=("self",))
        .select_related("body", "area", "service", "asker")
        .filter(pk=number)
        .first()
    )
    if row is None:
        raise NotFound(_("There is no such question."))
    return row


def move(row: Question, state: str, reason: str = "") -> str:
    """Put a locked question into another state, to be saved by the caller; the state it had.

    Raises Conflict where it cannot go there.
    """
    before = row.state
    if state not in rules.MOVES[before]:
        raise Conflict(
            _("This cannot be done: the question is %(state)s.")
            % {"state": _(rules.STATES[before]).lower()}
        )
    row.state, row.reason = state, reason
    return before


def require_words(row: Question) -> None:
    """Raises Conflict where the words of the question were erased: nothing brings them back."""
    if row.erased_at is not None:
        raise Conflict(_("The words of this question were erased for law. It stays hidden."))


def require_moderator(actor: Person | None, row: Question, at: dt.datetime) -> str:
    """The office by which ``actor`` moderates ``row``. Raises NotAllowed."""
    office = may_moderate(roles_of(actor, day_of(at)), row.body.slug, day_of(at))
    if not office or (actor is not None and actor.pk == row.asker_id):
        raise NotAllowed(
            _("Only a moderator of %(body)s or of this site may do this, and not who asked it.")
            % {"body": row.body.name}
        )
    return office


def known(reason: str) -> Reason:
    """The published reason of this code, if a question may be refused for it. Raises BadInput."""
    if reason not in rules.REFUSALS:
        codes = ", ".join(rules.REFUSALS)
        raise BadInput([Fault("reason", "There is no such reason.", f"Use one of: {codes}.")])
    return rules.REFUSALS[reason]


def record(row: Question, verb: str, office: str, at: dt.datetime, reason: str = "") -> None:
    """Record in public what an office did to a question."""
    record_act(
        office=office,
        verb=verb,
        subject=f"question:{row.pk}",
        at=at,
        place=row.area.code,
        service=row.service.slug,
        body=row.body.slug,
        reason=reason,
        link=rules.question_path(row.pk),
    )


def tell_asker(
    row: Question, letter: str, at: dt.datetime, *, cause: str = "", **words: object
) -> None:
    """Leave a letter for whoever asked, if they still have an account here.

    ``letter`` names ``emails/<letter>.txt``; ``cause`` is unique to what can happen twice.
    """
    if row.asker is None:
        return
    key = f"{letter.replace('_', '-')}:{row.pk}"
    post(key=f"{key}/{cause}" if cause else key, letter=letter, to=row.asker.email, at=at, **words)

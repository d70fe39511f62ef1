"""What moderators decide on a public question: once, in public, with its reason."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from folkmoot.common.acts import LEGAL_REASONS
from folkmoot.common.errors import BadInput, Conflict, Fault, NotAllowed
from folkmoot.duties.actions.owing import owe
from folkmoot.duties.rules import QUESTION, NewDuty, day_words, duty_path
from folkmoot.people.letters import post
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of, roles_of
from folkmoot.petitions.actions.moving import asked_before, decided
from folkmoot.petitions.actions.questions_moving import (
    known,
    lock,
    move,
    record,
    require_moderator,
    require_words,
    tell_asker,
)
from folkmoot.petitions.models import Question
from folkmoot.petitions.queries_telling import answerers
from folkmoot.petitions.rules import questions as rules
from folkmoot.petitions.rules.limits import APPEAL_ASKED_WITHIN
from folkmoot.petitions.rules.moderation import (
    APPEAL,
    FIRST,
    REFUSED,
    UPHELD,
    may_erase,
    moderates_site,
)

MINE = "/questions/mine/"


def _let_through(row: Question, at: dt.datetime) -> None:
    """Make the answer owed, and write to those who can give it and to who asked."""
    since = day_of(at)
    duty = owe(
        new=NewDuty(
            key=f"question/{row.pk}",
            kind=QUESTION,
            body=row.body.slug,
            office=row.office,
            subject=f"question:{row.pk}",
            place=row.area.code,
            service=row.service.slug,
            rule=rules.QUESTION_RULE.key,
            rule_version=rules.QUESTION_RULE.version,
            since=since,
            due=since + dt.timedelta(days=rules.QUESTION_RULE.days),
        ),
        by="rule",
        at=at,
    )
    row.duty = duty.key
    words = {"body": row.body.name, "due": day_words(duty.due), "text": row.text}
    for person in answerers(row.body.slug, row.office, QUESTION, since):
        post(
            key=f"question-asked:{row.pk}/{person.pk}",
            letter="question_asked",
            to=person.email,
            at=at,
            link=f"{duty_path(duty.pk)}answer/",
            **words,
        )
    tell_asker(row, "question_through", at, link=rules.question_path(row.pk), **words)


@transaction.atomic
def let_through(*, actor: Person | None, question: int, at: dt.datetime) -> Question:
    """Show a question in public: from then on an answer is owed.

    Raises NotFound, NotAllowed for anybody but a moderator, Conflict where it was decided already.
    """
    row = lock(question)
    office = require_moderator(actor, row, at)
    if row.state == rules.REJECTED:
        raise Conflict(_("It was not accepted; only an appeal can change that."))
    if row.state == rules.HIDDEN:
        raise Conflict(_("It was hidden; it can be shown again, and is not let through twice."))
    before = move(row, rules.ASKED)
    decided(row, before, step=FIRST, office=office, actor=actor, at=at)
    _let_through(row, at)
    row.save()
    record(row, "let-question-through", office, at)
    return row


@transaction.atomic
def reject(*, actor: Person | None, question: int, reason: str, at: dt.datetime) -> Question:
    """Do not accept a question, for a published reason, which says whether its words are shown.

    Raises as ``let_through``, and BadInput.
    """
    why = known(reason)
    row = lock(question)
    office = require_moderator(actor, row, at)
    if row.state == rules.HIDDEN:
        raise Conflict(_("It was hidden; it can only be shown again."))
    before = move(row, rules.REJECTED, reason)
    decided(row, before, step=FIRST, office=office, actor=actor, at=at, reason=reason)
    row.save()
    record(row, "reject-question", office, at, reason)
    tell_asker(
        row, "question_rejected", at,
        why=why.words, standard=why.standard, days=APPEAL_ASKED_WITHIN.days,
    )  # fmt: skip
    return row


@transaction.atomic
def hide(*, actor: Person | None, question: int, reason: str, at: dt.datetime) -> Question:
    """Hide the words of a question that everybody can read, for a published reason.

    The answer stays owed until it is given or waived; whoever asked is told why and may appeal.
    Raises as ``reject``.
    """
    why = known(reason)
    row = lock(question)
    office = require_moderator(actor, row, at)
    before = move(row, rules.HIDDEN, reason)
    made = decided(row, before, step=FIRST, office=office, actor=actor, at=at, reason=reason)
    row.save()
    record(row, "hide-question", office, at, reason)
    tell_asker(
        row, "question_hidden", at, cause=str(made.pk),
        why=why.words, standard=why.standard, days=APPEAL_ASKED_WITHIN.days,
    )  # fmt: skip
    return row


@transaction.atomic
def unhide(*, actor: Person | None, question: int, at: dt.datetime) -> Question:
    """Show a question again that was hidden: it goes back to what it was. An appeal that was asked
    for before it was hidden is against not being accepted, and waits on.

    Raises NotFound, NotAllowed, and Conflict for one that is not hidden or was erased.
    """
    row = lock(question)
    office = require_moderator(actor, row, at)
    _require_hidden(row)
    require_words(row)
    to = rules.ASKED if row.duty else rules.REJECTED
    before = move(row, to, "" if row.duty else _refused_for(row))
    hidden = row.decisions.filter(step=FIRST, outcome=rules.HIDDEN).order_by("pk").last()
    if not asked_before(row, hidden.at if hidden else None):
        row.appeal_text = ""
    made = decided(row, before, step=FIRST, office=office, actor=actor, at=at)
    row.save()
    record(row, "unhide-question", office, at)
    tell_asker(row, "question_shown", at, cause=str(made.pk), link=rules.question_path(row.pk))
    return row


def _require_hidden(row: Question) -> None:
    if row.state != rules.HIDDEN:
        raise Conflict(
            _("This cannot be done: the question is %(state)s.")
            % {"state": _(rules.STATES[row.state]).lower()}
        )


def _refused_for(row: Question) -> str:
    """The reason for which a question was not accepted, before it was hidden as well."""
    # Showing it again leads there too, and has no reason; an appeal has one of its own.
    refused = row.decisions.filter(step=FIRST, outcome=rules.REJECTED).exclude(reason="")
    last = refused.order_by("pk").last()
    return last.reason if last else row.reason


@transaction.atomic
def decide_appeal(
    *, actor: Person | None, question: int, upheld: bool, at: dt.datetime
) -> Question:
    """Decide on an appeal, by a moderator of the site who took no part in refusing it.

    Upheld, the question is asked and an answer owed, or it is shown again. Raises NotFound,
    NotAllowed and Conflict.
    """
    row = lock(question)
    office = moderates_site(roles_of(actor, day_of(at)), day_of(at))
    refusals = row.decisions.filter(
        step=FIRST, outcome__in=(rules.REJECTED, rules.HIDDEN), person=actor
    )
    if not office or actor is None or actor.pk == row.asker_id or refusals.exists():
        raise NotAllowed(_("Only a moderator of this site who did not decide first may do this."))
    if row.appealed_at is None or not row.appeal_text:
        raise Conflict(_("No appeal waits here."))
    reason = UPHELD if upheld else REFUSED
    before, path = row.state, rules.question_path(row.pk)
    if upheld:
        require_words(row)
        move(row, rules.ASKED)
        if not row.duty:
            _let_through(row, at)
    row.appeal_text = ""
    made = decided(row, before, step=APPEAL, office=office, actor=actor, at=at, reason=reason)
    row.save()
    record(row, "decide-question-appeal", office, at, reason)
    if not upheld:
        tell_asker(row, "question_appeal", at, cause=str(made.pk), link=MINE)
    elif before == rules.HIDDEN:
        tell_asker(row, "question_shown", at, cause=str(made.pk), link=path)
    return row


@transaction.atomic
def erase_question(
    *, actor: Person | None, question: int, reason: str, at: dt.datetime
) -> Question:
    """Erase the words of a hidden question, and its asker's name, for good.

    By a moderator or an administrator of the site who did not ask it; never by the body that is
    asked. ``reason`` is a key of ``LEGAL_REASONS``. It stays hidden for ever, and an answer that
    is owed stays owed. Raises NotFound, NotAllowed, BadInput, and Conflict for one that is not
    hidden or was erased before.
    """
    row = lock(question)
    office = may_erase(roles_of(actor, day_of(at)), day_of(at))
    if not office or (actor is not None and actor.pk == row.asker_id):
        raise NotAllowed(_("Only moderators and administrators of this site may, on what others "
                           "asked."))  # fmt: skip
    _require_hidden(row)
    if row.erased_at is not None:
        raise Conflict(_("The words of this question are erased already."))
    if reason not in LEGAL_REASONS:
        what, remedy = _("There is no such reason."), _("Use one of: %(known)s.")
        codes = ", ".join(sorted(LEGAL_REASONS))
        raise BadInput([Fault("reason", what, remedy % {"known": codes}, value=reason[:40])])
    row.text = row.asker_name = row.appeal_text = ""
    row.name_shown = False
    row.erased_at, row.erased_reason = at, reason
    row.save()
    record(row, "erase-question", office, at, reason)
    tell_asker(row, "question_erased", at, why=LEGAL_REASONS[reason], link=MINE)
    return row

"""Asking an office in public, letting a question through or not, and telling who asked."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from folkmoot.bodies.answering import accountable_for
from folkmoot.bodies.models import Body, Office
from folkmoot.common.acts import record_act
from folkmoot.common.errors import BadInput, Conflict, Fault, NotAllowed, NotFound
from folkmoot.common.switches import require_on
from folkmoot.duties.actions.owing import owe
from folkmoot.duties.models import Duty
from folkmoot.duties.rules import QUESTION, NewDuty, day_words, duty_path
from folkmoot.people import limits
from folkmoot.people.actions.rates import count
from folkmoot.people.letters import post
from folkmoot.people.limits import Trier
from folkmoot.people.models import Person, Role
from folkmoot.people.queries import day_of, roles_of
from folkmoot.people.rules import OFFICER, REPRESENTATIVE
from folkmoot.petitions.models import ModerationDecision, Question
from folkmoot.petitions.rules import questions as rules
from folkmoot.petitions.rules.limits import APPEAL_WITHIN
from folkmoot.petitions.rules.moderation import (
    APPEAL,
    FIRST,
    REFUSED,
    UPHELD,
    may_decide_appeal,
    may_moderate,
)
from folkmoot.petitions.rules.reasons import reasons_for
from folkmoot.petitions.rules.states import REJECTED
from folkmoot.petitions.rules.writing import one_line, paragraphs
from folkmoot.places.models import Area
from folkmoot.services.models import Service

# The reasons of the published standards that a question may be refused for, by code.
REFUSALS = {
    reason.code: reason
    for reason in reasons_for(REJECTED)
    if reason.code not in rules.NOT_FOR_QUESTIONS
}
LONGEST_APPEAL = 1_000


def _asked_of(new: rules.NewQuestion, today: dt.date) -> tuple[Area, Service, Body, list[Fault]]:
    """What a question is about and whom it asks. Raises NotFound for what does not exist."""
    area = Area.objects.filter(code=new.place).first()
    service = Service.objects.filter(slug=new.service).first()
    body = Body.objects.filter(slug=new.body).first()
    if area is None or service is None or body is None:
        raise NotFound(_("There is no such place, service or body here."))
    faults = []
    answering = {a.body.slug for a in accountable_for(area, service.slug, today) if a.body}
    if body.slug not in answering:
        faults.append(
            Fault(
                "body",
                f"{body.name} does not answer for this in {area.name}.",
                "Choose one of those who answer for it.",
            )
        )
    if new.office and not Office.objects.filter(body=body, slug=new.office).exists():
        faults.append(Fault("office", f"{body.name} has no such office.", "Choose one of its own."))
    return area, service, body, faults


@transaction.atomic
def ask(*, actor: Person, new: rules.NewQuestion, at: dt.datetime) -> Question:
    """Ask in public, once moderators have looked at it. Nothing is shown before.

    Raises BadInput with every fault, NotFound, TooOften and SwitchedOff.
    """
    require_on("ask")
    new = replace(new, text=paragraphs(new.text), name=one_line(new.name))
    faults = rules.faults_of(new)
    if faults:
        raise BadInput(faults)
    area, service, body, faults = _asked_of(new, day_of(at))
    if faults:
        raise BadInput(faults)
    count(kind=limits.ASK, trier=Trier(account=str(actor.pk)), at=at)
    return Question.objects.create(
        text=new.text,
        area=area,
        service=service,
        body=body,
        office=new.office,
        asker=actor,
        asker_name=new.name if new.name_shown else "",
        name_shown=new.name_shown,
        asked_at=at,
    )


def _locked(question: int) -> Question:
    row = (
        Question.objects.select_for_update(of=("self",))
        .select_related("body", "area", "service")
        .filter(pk=question)
        .first()
    )
    if row is None:
        raise NotFound(_("There is no such question."))
    return row


def _move(row: Question, state: str, reason: str = "") -> None:
    """Put a question into another state. Raises Conflict where it cannot go there."""
    if state not in rules.MOVES[row.state]:
        raise Conflict(
            _("This cannot be done: the question is %(state)s.")
            % {"state": _(rules.STATES[row.state]).lower()}
        )
    row.state, row.reason = state, reason


def _moderator(actor: Person | None, row: Question, at: dt.datetime) -> str:
    office = may_moderate(roles_of(actor, day_of(at)), row.body.slug, day_of(at))
    if not office or (actor is not None and actor.pk == row.asker_id):
        raise NotAllowed(
            _("Only a moderator of %(body)s or of this site may do this, and not who asked it.")
            % {"body": row.body.name}
        )
    return office


def _record(row: Question, verb: str, office: str, at: dt.datetime, reason: str = "") -> None:
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


def _decided(
    row: Question, step: str, office: str, actor: Person | None, at: dt.datetime, reason: str = ""
) -> None:
    since = row.asked_at if step == FIRST else row.appealed_at or at
    ModerationDecision.objects.create(
        question=row,
        step=step,
        outcome=row.state,
        reason=reason,
        since=since,
        at=at,
        office=office,
        person=actor,
    )
    row.decided_at = at


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
    for role in _answerers(row, since):
        post(
            key=f"question-asked:{row.pk}/{role.person_id}",
            letter="question_asked",
            to=role.person.email if role.person else "",
            at=at,
            link=f"{duty_path(duty.pk)}answer/",
            **words,
        )
    _tell_asker(row, "question_through", at, link=rules.question_path(row.pk), **words)


def _answerers(row: Question, on: dt.date) -> list[Role]:
    """One role of each person who may answer: officers of the body, holders of the office."""
    held = Role.objects.filter(
        body=row.body.slug,
        role__in=(OFFICER, REPRESENTATIVE),
        space="record",
        since__lte=on,
        person__isnull=False,
    ).select_related("person")
    found: dict[int, Role] = {}
    for role in held:
        ended = role.until is not None and role.until <= on
        other = role.role == REPRESENTATIVE and row.office not in ("", role.office)
        if not ended and not other and role.person_id is not None:
            found.setdefault(role.person_id, role)
    return list(found.values())


def _tell_asker(row: Question, letter: str, at: dt.datetime, **words: object) -> None:
    if row.asker is not None:
        post(
            key=f"{letter.replace('_', '-')}:{row.pk}",
            letter=letter,
            to=row.asker.email,
            at=at,
            **words,
        )


@transaction.atomic
def let_through(*, actor: Person | None, question: int, at: dt.datetime) -> Question:
    """Show a question in public: from then on an answer is owed.

    Raises NotFound, NotAllowed for anybody but a moderator, Conflict where it was decided already.
    """
    row = _locked(question)
    office = _moderator(actor, row, at)
    if row.state == rules.REJECTED:
        raise Conflict(_("It was not accepted; only an appeal can change that."))
    first = row.state == rules.CHECKED
    _move(row, rules.ASKED)
    if first:
        _decided(row, FIRST, office, actor, at)
        _let_through(row, at)
    row.save()
    _record(row, "let-question-through", office, at)
    return row


@transaction.atomic
def reject(*, actor: Person | None, question: int, reason: str, at: dt.datetime) -> Question:
    """Do not accept a question, for a published reason. Raises as ``let_through``, and BadInput."""
    row = _locked(question)
    office = _moderator(actor, row, at)
    _move(row, rules.REJECTED, _known(reason))
    _decided(row, FIRST, office, actor, at, reason)
    row.save()
    _record(row, "reject-question", office, at, reason)
    _tell_asker(
        row,
        "question_rejected",
        at,
        why=REFUSALS[reason].words,
        standard=REFUSALS[reason].standard,
        days=APPEAL_WITHIN.days,
    )
    return row


@transaction.atomic
def hide(*, actor: Person | None, question: int, reason: str, at: dt.datetime) -> Question:
    """Hide the words of a question that is public. The answer stays owed until it is given or
    waived. Raises as ``reject``."""
    row = _locked(question)
    office = _moderator(actor, row, at)
    _move(row, rules.HIDDEN, _known(reason))
    row.save()
    _record(row, "hide-question", office, at, reason)
    return row


def _known(reason: str) -> str:
    if reason not in REFUSALS:
        known = ", ".join(REFUSALS)
        raise BadInput([Fault("reason", "There is no such reason.", f"Use one of: {known}.")])
    return reason


@transaction.atomic
def withdraw(*, actor: Person, question: int, at: dt.datetime) -> Question:
    """Take back a question that is still being checked. Raises NotFound, NotAllowed, Conflict."""
    row = _locked(question)
    if row.asker_id != actor.pk:
        raise NotAllowed(_("Only whoever asked may do this."))
    _move(row, rules.WITHDRAWN)
    row.decided_at = at
    row.save()
    return row


@transaction.atomic
def appeal(*, actor: Person, question: int, text: str, at: dt.datetime) -> Question:
    """Ask that another moderator looks at a question that was not accepted: once, within four
    weeks. Raises NotFound, NotAllowed, Conflict and BadInput."""
    row = _locked(question)
    if row.asker_id != actor.pk:
        raise NotAllowed(_("Only whoever asked may do this."))
    if row.state != rules.REJECTED or row.appealed_at is not None:
        raise Conflict(_("There is nothing here to appeal against, or it was done already."))
    if row.decided_at is None or at > row.decided_at + APPEAL_WITHIN:
        raise Conflict(_("The time for an appeal is over."))
    text = paragraphs(text)
    if not 0 < len(text) <= LONGEST_APPEAL:
        remedy = f"Say in 1 to {LONGEST_APPEAL} characters why it was wrong."
        raise BadInput([Fault("text", f"This has {len(text)} characters.", remedy)])
    row.appealed_at, row.appeal_text = at, text
    row.save()
    return row


@transaction.atomic
def decide_appeal(
    *, actor: Person | None, question: int, upheld: bool, at: dt.datetime
) -> Question:
    """Decide on an appeal, by a moderator of the site who did not decide first.

    Upheld, the question is asked and an answer owed. Raises NotFound, NotAllowed and Conflict.
    """
    row = _locked(question)
    office = may_decide_appeal(roles_of(actor, day_of(at)), day_of(at))
    first = row.decisions.filter(step=FIRST).last()
    same = first is not None and actor is not None and first.person_id == actor.pk
    if not office or same or (actor is not None and actor.pk == row.asker_id):
        raise NotAllowed(_("Only a moderator of this site who did not decide first may do this."))
    if row.appealed_at is None or not row.appeal_text:
        raise Conflict(_("No appeal waits here."))
    reason = UPHELD if upheld else REFUSED
    if upheld:
        _move(row, rules.ASKED)
        _let_through(row, at)
    _decided(row, APPEAL, office, actor, at, reason)
    row.appeal_text = ""
    row.save()
    _record(row, "decide-question-appeal", office, at, reason)
    if not upheld:
        _tell_asker(row, "question_appeal", at, link="/questions/mine/")
    return row


def tell_askers(*, at: dt.datetime, limit: int = 200) -> int:
    """Write to everybody whose question has been answered or waived since; how many letters."""
    told = 0
    waiting = Question.objects.filter(state=rules.ASKED, told_at__isnull=True)
    for number in waiting.order_by("pk").values_list("pk", flat=True)[:limit]:
        told += _tell_answered(number, at)
    return told


@transaction.atomic
def _tell_answered(number: int, at: dt.datetime) -> int:
    row = Question.objects.select_for_update(of=("self",)).get(pk=number)
    duty = Duty.objects.filter(space="record", key=row.duty).first()
    if row.told_at is not None or duty is None or not duty.ended:
        return 0
    row.told_at = at
    row.save(update_fields=["told_at"])
    _tell_asker(
        row,
        "question_answered",
        at,
        link=rules.question_path(row.pk),
        waived=duty.ended == "waived",
    )
    return 1 if row.asker_id else 0

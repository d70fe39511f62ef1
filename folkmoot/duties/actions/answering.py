"""Answers, corrections beside them, and words withdrawn for law."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from folkmoot.common.acts import LEGAL_REASONS, MAX_NOTE_LENGTH
from folkmoot.common.errors import BadInput, Conflict, Fault, NotAllowed, NotFound
from folkmoot.common.plain_text import tidy
from folkmoot.duties.actions.owing import ended_already, record_duty_act, theirs
from folkmoot.duties.actions.reports import tell_reporters
from folkmoot.duties.models import Duty, DutyAnswer
from folkmoot.duties.rules import OF_CASES, acting_day, day_words, may_answer
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of, roles_of
from folkmoot.people.rules import ADMINISTRATOR, SITE


def _words(text: str) -> str:
    text = tidy(text)
    if not text or len(text) > MAX_NOTE_LENGTH:
        raise BadInput(
            [
                Fault(
                    "text",
                    f"The answer has {len(text)} characters.",
                    f"Write between 1 and {MAX_NOTE_LENGTH}.",
                )
            ]
        )
    return text


def _acting_office(actor: Person | None, duty: Duty, at: dt.datetime) -> str:
    """The office by which ``actor`` answers. Raises NotAllowed."""
    today = day_of(at)
    held = roles_of(actor, today, space=duty.space)
    office = may_answer(held, duty.body.slug, duty.office, duty.kind, today)
    if not office:
        who = f"the office {duty.office} of {duty.body.name}" if duty.office else duty.body.name
        raise NotAllowed(f"Only somebody who acts for {who} may answer this.")
    return office


@transaction.atomic
def answer(
    *,
    actor: Person | None,
    duty: int,
    text: str,
    at: dt.datetime,
    on: dt.date | None = None,
    space: str = "record",
) -> DutyAnswer:
    """Answer what is owed, in public and once. An answer after its day counts, as late.

    Raises NotFound, NotAllowed for anybody but the body that owes (or its office), Conflict where
    it was answered or waived already or is answered in its case, and BadInput for no words, too
    many, or a wrong day.
    """
    row = theirs(duty, space, actor)
    office = _acting_office(actor, row, at)
    if row.kind in OF_CASES:
        raise Conflict("This is answered in the case that it is about, and nowhere else.")
    return _give(row, office=office, text=text, at=at, on=on)


@transaction.atomic
def answer_in_case(
    *, actor: Person | None, duty: int, text: str, on: dt.date, at: dt.datetime, space: str
) -> DutyAnswer:
    """The same for a reply or a review, in the transaction of the action that moves its case on."""
    row = theirs(duty, space, actor)
    return _give(row, office=_acting_office(actor, row, at), text=text, at=at, on=on)


def _give(row: Duty, *, office: str, text: str, at: dt.datetime, on: dt.date | None) -> DutyAnswer:
    """Answer a locked duty by an office."""
    if row.ended:
        raise Conflict(ended_already(row))
    day = acting_day(row.space, day_of(at), on)
    if day < row.since:
        what = f"It has been owed since {day_words(row.since)} only."
        raise BadInput([Fault("on", what, "Name a later day.", value=str(day))])
    given = DutyAnswer.objects.create(
        duty=row, number=1, text=_words(text), office=office, on=day, at=at
    )
    row.ended, row.ended_on, row.ended_at, row.ended_by = "answered", day, at, office
    row.save(update_fields=["ended", "ended_on", "ended_at", "ended_by"])
    record_duty_act(row, "answer-duty", office=office, at=at)
    tell_reporters(row, at=at)
    return given


@transaction.atomic
def correct(
    *,
    actor: Person | None,
    duty: int,
    text: str,
    at: dt.datetime,
    on: dt.date | None = None,
    space: str = "record",
) -> DutyAnswer:
    """Put a correction beside an answer, which stays as it was given.

    Raises NotFound, NotAllowed, BadInput, and Conflict where there is no answer yet.
    """
    row = theirs(duty, space, actor)
    office = _acting_office(actor, row, at)
    last = DutyAnswer.objects.filter(duty=row).order_by("number").last()
    if last is None:
        raise Conflict("There is no answer yet that could be corrected.")
    day = acting_day(space, day_of(at), on)
    if day < last.on:
        what = f"The answer was given on {day_words(last.on)}."
        raise BadInput([Fault("on", what, "Name a later day.", value=str(day))])
    given = DutyAnswer.objects.create(
        duty=row, number=last.number + 1, text=_words(text), office=office, on=day, at=at
    )
    record_duty_act(row, "correct-answer", office=office, at=at)
    return given


@transaction.atomic
def withdraw_answer(
    *,
    actor: Person | None,
    answer: int,
    reason: str,
    at: dt.datetime,
    space: str = "record",
) -> DutyAnswer:
    """Erase the words of an answer for good and leave a tombstone; the duty stays answered.

    By an administrator of the site, or by whoever may answer for the body. ``reason`` is a key
    of ``LEGAL_REASONS``: a body may not take back what it regrets having said, only correct it
    beside. Raises NotFound, NotAllowed, BadInput and Conflict.
    """
    about = DutyAnswer.objects.filter(pk=answer, duty__space=space).first()
    if about is None:
        raise NotFound("There is no such answer.")
    row = theirs(about.duty_id, space, actor)
    held = roles_of(actor, day_of(at), space=space)
    site = [has for has in held if has.role == ADMINISTRATOR and has.body == SITE]
    office = site[0].acting_office if site else _acting_office(actor, row, at)
    if reason not in LEGAL_REASONS:
        known = ", ".join(sorted(LEGAL_REASONS))
        raise BadInput([Fault("reason", "There is no such reason.", f"Use one of: {known}.")])
    given = DutyAnswer.objects.select_for_update().get(pk=about.pk)
    if given.withdrawn_at is not None:
        raise Conflict("The words of this answer are withdrawn already.")
    given.text, given.withdrawn_at, given.withdrawn_reason = "", at, reason
    given.save(update_fields=["text", "withdrawn_at", "withdrawn_reason"])
    record_duty_act(row, "withdraw-answer", office=office, at=at, reason=reason)
    return given

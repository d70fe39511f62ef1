"""Asking an office in public: asked, taken back, appealed, and told of what came of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from folkmoot.bodies.models import Body, Office
from folkmoot.bodies.queries import on_day
from folkmoot.common.errors import BadInput, Conflict, Fault, NotAllowed, NotFound
from folkmoot.common.switches import require_on
from folkmoot.duties.models import Duty
from folkmoot.people import limits
from folkmoot.people.actions.rates import count
from folkmoot.people.limits import Trier
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of
from folkmoot.petitions.actions.questions_moving import lock, move, require_words, tell_asker
from folkmoot.petitions.addressing import bodies_for
from folkmoot.petitions.models import Question
from folkmoot.petitions.queries_appeals import refusal_of
from folkmoot.petitions.rules import questions as rules
from folkmoot.petitions.rules.moderation import APPEAL, may_still_appeal
from folkmoot.petitions.rules.writing import one_line, paragraphs
from folkmoot.places.models import Area
from folkmoot.services.models import Service

LONGEST_APPEAL = 1_000


def _asked_of(new: rules.NewQuestion, today: dt.date) -> tuple[Area, Service, Body, list[Fault]]:
    """What a question is about and whom it asks. Raises NotFound for what does not exist."""
    area = Area.objects.filter(code=new.place, ended__isnull=True).first()
    service = Service.objects.filter(slug=new.service).first()
    body = Body.objects.filter(on_day(today), slug=new.body).first()
    if area is None or service is None or body is None:
        raise NotFound(_("There is no such place, service or body here."))
    faults = []
    if body.slug not in bodies_for(area, service.slug, today):
        faults.append(
            Fault(
                "body",
                f"{body.name} does not answer for this in {area.name}.",
                "Choose one of those who answer for it.",
            )
        )
    offices = Office.objects.filter(on_day(today), body=body, slug=new.office)
    if new.office and not offices.exists():
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


@transaction.atomic
def withdraw(*, actor: Person, question: int, at: dt.datetime) -> Question:
    """Take back a question that is still being checked. Raises NotFound, NotAllowed, Conflict."""
    row = lock(question)
    if row.asker_id != actor.pk:
        raise NotAllowed(_("Only whoever asked may do this."))
    move(row, rules.WITHDRAWN)
    row.decided_at = at
    row.save()
    return row


@transaction.atomic
def appeal(*, actor: Person, question: int, text: str, at: dt.datetime) -> Question:
    """Ask that another moderator looks at a question that was not accepted or was hidden: once for
    each such decision, within four weeks. Raises NotFound, NotAllowed, Conflict, SwitchedOff and
    BadInput."""
    require_on("appeal")
    row = lock(question)
    if row.asker_id != actor.pk:
        raise NotAllowed(_("Only whoever asked may do this."))
    last = refusal_of(row)
    if last is None or last.step == APPEAL or row.appeal_text:
        raise Conflict(_("There is nothing here to appeal against, or it was done already."))
    require_words(row)
    if not may_still_appeal(day_of(last.at), day_of(at)):
        raise Conflict(_("The time for an appeal is over."))
    text = paragraphs(text)
    if not 0 < len(text) <= LONGEST_APPEAL:
        remedy = f"Say in 1 to {LONGEST_APPEAL} characters why it was wrong."
        raise BadInput([Fault("text", f"This has {len(text)} characters.", remedy)])
    row.appealed_at, row.appeal_text = at, text
    row.save()
    return row


def tell_askers(*, at: dt.datetime, limit: int = 200) -> int:
    """Write to everybody whose question has been answered or waived since; how many letters."""
    told = 0
    ended = Duty.objects.filter(space="record", key=OuterRef("duty")).exclude(ended="")
    # Those that still wait for an answer take no place among so many.
    waiting = Question.objects.filter(Exists(ended), state=rules.ASKED, told_at__isnull=True)
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
    tell_asker(
        row,
        "question_answered",
        at,
        link=rules.question_path(row.pk),
        waived=duty.ended == "waived",
    )
    return 1 if row.asker_id else 0

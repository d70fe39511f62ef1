"""Proposals: answered by the framework at once, in public, with the trace."""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.db import IntegrityError, transaction

from folkmoot.bodies.answering import accountable_for
from folkmoot.bodies.models import Body
from folkmoot.bodies.queries import central_body
from folkmoot.bodies.rules import CENTRAL, in_force
from folkmoot.common.errors import BadInput, Conflict, Fault, NotFound
from folkmoot.duties.actions import owe
from folkmoot.duties.rules import REPLY, NewDuty, acting_day, day_words
from folkmoot.framework.cases import calendars
from folkmoot.framework.cases.actions.ending import end_by_rule
from folkmoot.framework.cases.actions.keeping import (
    centre_role,
    keep,
    part_in,
    refuse,
    words_fault,
)
from folkmoot.framework.cases.course import subject_of
from folkmoot.framework.cases.findings import find_here, framework_for, service_fault, step_fault
from folkmoot.framework.cases.rules import (
    NOTICE,
    NOTICED,
    OPEN,
    PROPOSE,
    REFUSE,
    REFUSED,
    after_days,
    pause_fault,
)
from folkmoot.framework.catalogue import Step
from folkmoot.framework.models import Case
from folkmoot.framework.queries import InUse
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of, run_of
from folkmoot.places.models import Area
from folkmoot.places.queries import area_by_code


def bodies_that_answer(area: Area, service: str, on: dt.date) -> list[str]:
    """Slugs of the local bodies that decide on or deliver a service there on a day, in order.

    Empty where this site does not know who does.
    """
    found = [
        answer.body.slug
        for answer in accountable_for(area, service, on)
        if answer.body is not None
        and answer.body.kind not in CENTRAL
        and answer.role in ("decides", "delivers")
    ]
    return list(dict.fromkeys(found))


def answering_body(
    area: Area, service: str, on: dt.date, named: str
) -> tuple[Body | None, list[Fault]]:
    """The body that owes a reply in a matter: the one named, or the first that decides there.

    One that is named must have a part in it on that day: if not, there is a fault that names
    those who have. Where this site does not know who answers, any local body that there is on
    that day may be named, and without a name it is None. Raises NotFound for a name that is no
    body.
    """
    known = bodies_that_answer(area, service, on)
    if not named:
        return (Body.objects.get(slug=known[0]) if known else None), []
    body = Body.objects.filter(slug=named).first()
    if body is None:
        raise NotFound(f"There is no body {named!r} here.")
    local = body.kind not in CENTRAL and in_force(body.started, body.ended, on)
    if named in known or (local and not known):
        return body, []
    names = Body.objects.in_bulk(known, field_name="slug")
    who = ", ".join(f"{names[slug].name} ({slug})" for slug in known)
    fault = Fault(
        "body",
        f"{body.name} does not answer for this service here on {day_words(on)}.",
        f"Name one of: {who}." if who else "Name a local body that there is on that day.",
        kind="not-this-body",
        value=named,
    )
    return body, [fault]


def body_fault(body: Body | None) -> list[Fault]:
    """That nobody is known who could reply."""
    if body is None:
        what = "This site does not know which body answers for this service here."
        return [Fault("body", what, "Name the body that is to reply.")]
    return []


@transaction.atomic
def propose(
    *,
    actor: Person | None,
    centre: str,
    place: str,
    service: str,
    step: str,
    reasons: str,
    at: dt.datetime,
    framework: str = "",
    body: str = "",
    on: dt.date | None = None,
    space: str = "record",
) -> Case:
    """Propose a step in a matter, and be answered by the framework in the same moment.

    ``centre``: slug of the central body that ``actor`` acts for; ``place``: GSS code; ``step``: id
    of the ladder; ``body``: slug of who is to reply, by default who answers for the service there.
    Not allowed, the case is ``refused``: this is a matter for the local people. Allowed, notice is
    given and the body owes a reply. Both are public, with the trace. In a pause nothing is
    proposed, so that no matter is called local only because of the day. Raises NotAllowed,
    NotFound, BadInput with every fault, and Conflict where the same step is open there already.
    """
    today = day_of(at)
    day = acting_day(space, today, on)
    by = centre_role(actor, (), centre, today, space)
    area, central = area_by_code(place), central_body(centre)
    in_use = framework_for(space, framework, day)
    replies, strangers = answering_body(area, service, day, body)
    pauses = calendars.pauses(in_use.framework, area.nation, area.kind)
    told = [*service_fault(service), *step_fault(in_use, step), *words_fault("reasons", reasons)]
    refuse([*told, *strangers, *pause_fault(pauses, day)])
    rung = in_use.framework.step(step)
    if rung is not None:
        by = part_in(actor, in_use.framework, rung.proposes, centre, today, space)
    run = run_of(actor) if space == "rehearsal" and actor is not None else ""
    end_what_stands_here(space, run, area, service, step, day, at)
    found = find_here(in_use, step, area, service, day, space=space, run=run)
    case = Case(
        space=space, run=run, framework_id=in_use.id, step=step, area=area, service=service,
        centre=central, body=replies, outside=False, state=REFUSED, proposed_on=day, last_on=day,
        begun_at=at,
    )  # fmt: skip
    keep_here = partial(keep, case, office=by.acting_office, on=day, at=at, labels=found.labels)
    if not found.allowed or rung is None:
        case.save()
        keep_here(PROPOSE, finding=found, words={"reasons": reasons})
        keep_here(REFUSE, reason="local-matter")
        return case
    refuse(body_fault(replies))
    case.state, case.notice_on = NOTICED, day
    case.reply_due = after_days(day, rung.reply_days, pauses)
    open_case(case)
    keep_here(PROPOSE, finding=found, words={"reasons": reasons})
    keep_here(NOTICE)
    owe_reply(case, rule_of(in_use, rung), in_use.framework.version, by.acting_office, day, at)
    return case


def end_what_stands_here(
    space: str, run: str, area: Area, service: str, step: str, day: dt.date, at: dt.datetime
) -> None:
    """End or let lapse by the rule, as of a day, what is open of a step in a matter.

    So that a notice without force, which nobody has said so of yet, keeps no new one out. In a
    rehearsal, whose days nothing else watches, this is when the rule is kept.
    """
    stands = Case.objects.filter(
        space=space, run=run, area=area, service=service, step=step, outside=False,
        state__in=OPEN,
    )  # fmt: skip
    for case in list(stands.order_by("pk").values_list("pk", flat=True)):
        end_by_rule(case, space, day, at)


def open_case(case: Case) -> None:
    """Write a new case that is open. Raises Conflict where another is open for the same step.

    So it does where another emergency is open in the matter.
    """
    try:
        with transaction.atomic():
            case.save()
    except IntegrityError:
        others = Case.objects.filter(
            space=case.space, run=case.run, area=case.area, service=case.service, step=case.step,
            state__in=OPEN,
        )  # fmt: skip
        other = others.first()
        if other is None:
            raise
        where = f"It is case {other.pk}."
        if case.outside:
            raise Conflict(f"An emergency is open in this matter already. {where}") from None
        raise Conflict(f"This very step is open in this matter already. {where}") from None


def rule_of(in_use: InUse, rung: Step) -> str:
    """The key of the rule by which a step makes answers owed."""
    return f"framework:{in_use.framework.slug}/{rung.id}"


def owe_reply(
    case: Case, rule: str, version: str, by: str, since: dt.date, at: dt.datetime
) -> None:
    """Make the body of a case owe its reply by the day that the case states."""
    if case.body is None or case.reply_due is None:
        raise BadInput([Fault("body", "Nobody is known who could reply.", "Name the body.")])
    owe(
        new=NewDuty(
            key=f"{subject_of(case.pk)}/reply",
            kind=REPLY,
            body=case.body.slug,
            subject=subject_of(case.pk),
            rule=rule,
            rule_version=version,
            since=since,
            due=case.reply_due,
            place=case.area.code,
            service=case.service,
            owed_to=case.centre.slug,
        ),
        by=by,
        at=at,
        space=case.space,
        run=case.run,
    )

"""What every action on a case does alike: lock it, keep what was done, and say so in public."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from folkmoot.common.acts import MAX_NOTE_LENGTH, record_act
from folkmoot.common.errors import BadInput, Conflict, Fault, NotAllowed, NotFound
from folkmoot.common.plain_text import tidy
from folkmoot.duties.models import Duty
from folkmoot.duties.rules import day_words
from folkmoot.framework import queries as framework_queries
from folkmoot.framework.cases import calendars
from folkmoot.framework.cases.course import (
    case_path,
    course_of,
    duties_of_case,
    subject_of,
)
from folkmoot.framework.cases.rules import (
    STATES,
    VERB_OF,
    Course,
    Span,
    acts_for_centre,
    may_follow,
    may_not,
    office_words,
    offices_of,
)
from folkmoot.framework.cases.trace import to_json
from folkmoot.framework.catalogue import Framework
from folkmoot.framework.models import Case, CaseEvent, CaseWords, RehearsalAct
from folkmoot.framework.queries import InUse
from folkmoot.framework.rules.trigger import Finding
from folkmoot.people.models import Person
from folkmoot.people.queries import roles_of, run_of
from folkmoot.people.rules import HeldRole

LEAST_REASONS = 20
RULE = "rule"


@dataclass(frozen=True, slots=True)
class Held:
    """A case that nobody else changes now, with all that its next move depends on."""

    case: Case
    in_use: InUse
    duties: tuple[Duty, ...]
    course: Course

    @property
    def pauses(self) -> list[Span]:
        """When official acts wait here."""
        area = self.case.area
        return calendars.pauses(self.in_use.framework, area.nation, area.kind)

    def labels(self, on: dt.date) -> tuple[str, ...]:
        """What an act on this day carries."""
        area = self.case.area
        return calendars.labels_on(self.in_use.framework, area.nation, area.kind, on)


def hold(
    case: int, space: str, what: str = "", *, actor: Person | None, seen: int | None = None
) -> Held:
    """Lock a case for something that ``actor`` is to do to it; None where the rule does it.

    ``seen``: the version that the actor was looking at, if the door knows it. Raises NotFound,
    for somebody else's rehearsal too, and Conflict where it changed since or where its state does
    not let that follow.
    """
    rows = Case.objects.select_for_update(of=("self",)).filter(pk=case, space=space)
    if space == "rehearsal" and actor is not None:
        rows = rows.filter(run=run_of(actor))
    row = rows.select_related("area", "body", "centre", "framework").first()
    if row is None:
        raise NotFound("There is no such case.")
    if seen is not None and seen != row.version:
        raise Conflict("This case has changed since you looked at it. Look again, then decide.")
    if what and not may_follow(row.state, what):
        raise Conflict(_closed(row))
    # Locked after the case, always in this order, so that an answer given at the same moment
    # is seen whole or not at all.
    locked = Duty.objects.select_for_update().filter(space=space, subject=subject_of(row.pk))
    list(locked.order_by("pk").values_list("pk", flat=True))
    in_use = framework_queries.version_of(row.framework.slug, row.framework.version)
    duties = tuple(duties_of_case(row))
    return Held(row, in_use, duties, course_of(row, duties, in_use.framework))


def _closed(row: Case) -> str:
    day = row.ended_on or row.decided_on or row.last_on
    return f"This cannot be done now: {STATES[row.state]}, on {day_words(day)}."


def centre_role(
    actor: Person | None, offices: Collection[str], centre: str, today: dt.date, space: str
) -> HeldRole:
    """The role by which ``actor`` acts for a centre, by one of ``offices`` or, if empty, by any.

    Raises NotAllowed. Roles in the record count in the record, those of a rehearsal in it.
    """
    found = acts_for_centre(roles_of(actor, today, space=space), offices, centre, today)
    if found is None:
        office = office_words(offices)
        who = f"the {office} of {centre}" if office else f"the centre, {centre},"
        raise NotAllowed(f"Only somebody who acts for {who} may do this.")
    return found


def part_in(
    actor: Person | None,
    framework: Framework,
    role: str,
    centre: str,
    today: dt.date,
    space: str,
) -> HeldRole:
    """The role by which ``actor`` proposes as one of a framework's.

    Raises NotAllowed where they do not hold an office that it asks for, and where the framework
    does not let that role do so, whoever plays it.
    """
    why = may_not(framework, role, "propose")
    if why:
        raise NotAllowed(why)
    return centre_role(actor, offices_of(framework, role), centre, today, space)


def words_fault(where: str, text: str) -> list[Fault]:
    """What is wrong with the words of a public act: too few, or too many."""
    length = len(tidy(text))
    if LEAST_REASONS <= length <= MAX_NOTE_LENGTH:
        return []
    what = f"This has {length} characters."
    return [Fault(where, what, f"Write between {LEAST_REASONS} and {MAX_NOTE_LENGTH}.")]


def keep(
    case: Case,
    what: str,
    *,
    office: str,
    on: dt.date,
    at: dt.datetime,
    reason: str = "",
    finding: Finding | None = None,
    labels: Sequence[str] = (),
    duty: Duty | None = None,
    words: dict[str, str] | None = None,
) -> CaseEvent:
    """Write what was done into the history of a locked case, and into the public record.

    In a rehearsal it goes to the rehearsal's own acts instead, and never to the record.
    """
    number = CaseEvent.objects.filter(case=case).count() + 1
    event = CaseEvent.objects.create(
        case=case,
        number=number,
        what=what,
        office=office,
        reason=reason,
        on=on,
        at=at,
        finding=to_json(finding) if finding else None,
        labels=list(labels),
        duty=duty,
    )
    CaseWords.objects.bulk_create(
        CaseWords(event=event, part=part, text=tidy(text)) for part, text in (words or {}).items()
    )
    if case.space != "record":
        RehearsalAct.objects.create(
            case=case, office=office, verb=VERB_OF[what], reason=reason, on=on, at=at
        )
    elif what != "reply":  # the room of duties records that an answer was given
        record_act(
            office=office,
            verb=VERB_OF[what],
            subject=subject_of(case.pk),
            at=at,
            place=case.area.code,
            service=case.service,
            body=case.body.slug if case.body else "",
            reason=reason,
            link=case_path(case.pk, case.space),
        )
    return event


def move(case: Case, on: dt.date, **changes: object) -> None:
    """Write changes to a locked case, with its newest day and its next version."""
    for name, value in changes.items():
        setattr(case, name, value)
    case.last_on = max(case.last_on, on)
    case.version += 1
    case.save(update_fields=[*changes, "last_on", "version"])


def choice_fault(where: str, value: str, known: Sequence[str]) -> list[Fault]:
    """That this is none of the codes that may be chosen."""
    if value in known:
        return []
    return [
        Fault(where, "There is no such choice.", f"Use one of: {', '.join(known)}.", value=value)
    ]


def refuse(faults: Sequence[Fault]) -> None:
    """Raise BadInput if there is any fault."""
    if faults:
        raise BadInput(faults)

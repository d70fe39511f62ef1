"""The register of cases, and one case with its whole history. Nothing is written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from folkmoot.common.errors import NotFound
from folkmoot.common.reasons import DECISIONS, ENDINGS, REFUSALS, REVIEWS
from folkmoot.duties import queries as duty_queries
from folkmoot.duties.models import Duty, DutyAnswer
from folkmoot.duties.queries import AnswerLine, DutyLine
from folkmoot.framework import queries as framework_queries
from folkmoot.framework.cases import rules
from folkmoot.framework.cases.course import case_path, course_of, duties_of_case, subject_of
from folkmoot.framework.cases.rules import Move
from folkmoot.framework.cases.trace import from_json
from folkmoot.framework.catalogue import Framework, Power, Step
from folkmoot.framework.models import Case, CaseEvent
from folkmoot.framework.rules.trigger import Finding

_REASONS = {**REFUSALS, **DECISIONS, **REVIEWS, **ENDINGS}
LISTS = ("all", "interventions", "non-interventions")


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case as lists show it on a day.

    ``state`` is a key of ``rules.STATES``, ``says`` how it stands as a sentence. ``step_title``
    is that of the ladder, or of the power in an emergency ``outside`` the framework. ``overrun``:
    its time is over though nobody has ended it yet, so that it has no force any more.
    """

    id: int
    path: str
    space: str
    place: str
    place_name: str
    place_slug: str
    service: str
    step: str
    step_title: str
    framework: str
    framework_version: str
    framework_title: str
    illustrative: bool
    centre: str
    centre_name: str
    body: str
    body_name: str
    state: str
    state_words: str
    outside: bool
    power: str
    proposed_on: dt.date
    notice_on: dt.date | None
    reply_due: dt.date | None
    decided_on: dt.date | None
    starts: dt.date | None
    ends: dt.date | None
    ended_on: dt.date | None
    ending: str
    ending_words: str
    overrun: bool
    says: str
    version: int

    @property
    def open(self) -> bool:
        """Whether something may still follow."""
        return self.state in rules.OPEN

    @property
    def stepped_in(self) -> bool:
        """Whether the centre stepped in, now or before."""
        return self.state in (rules.RUNNING, rules.ENDED)


@dataclass(frozen=True, slots=True)
class WordsLine:
    """Words of one thing done, ``part`` "reasons" or "equality"; or their tombstone."""

    id: int
    part: str
    text: str
    withdrawn: bool
    withdrawn_reason: str


@dataclass(frozen=True, slots=True)
class EventLine:
    """One thing done in a case: ``what`` is a key of ``rules.VERB_OF``.

    ``answers``: the words of a reply or review, with the corrections beside them. ``labels``:
    what the act carried, such as a pre-election period.
    """

    number: int
    what: str
    on: dt.date
    office: str
    reason: str
    reason_words: str
    labels: tuple[str, ...]
    finding: Finding | None
    words: tuple[WordsLine, ...]
    answers: tuple[AnswerLine, ...]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One case with its whole history and trace. ``step`` is None in an emergency outside it."""

    line: CaseLine
    step: Step | None
    power: Power | None
    finding: Finding | None
    events: tuple[EventLine, ...]
    duties: tuple[DutyLine, ...]
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases are wanted; an empty key asks for all.

    ``place`` is a GSS code. ``which`` is one of ``LISTS``: interventions are those in which notice
    was given and not taken back, or the centre stepped in; non-interventions those that were
    refused, withdrawn or decided against.
    """

    place: str = ""
    service: str = ""
    step: str = ""
    state: str = ""
    body: str = ""
    centre: str = ""
    which: str = "all"
    outside: bool | None = None


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """Cases, newest first; ``older_than``: ask below this number for the next, or None."""

    lines: tuple[CaseLine, ...]
    older_than: int | None
    total: int


def register(
    wanted: CaseFilter,
    today: dt.date,
    *,
    below: int | None = None,
    size: int = 50,
    space: str = "record",
    run: str = "",
) -> RegisterPage:
    """Cases like ``wanted``, newest first: three queries, and two more where it names a step.

    Raises NotFound for an unknown state, list or step of the record.

    A rehearsal has a register of its own for each ``run``, and none that joins them.
    """
    rows = _like(wanted, space, run)
    total = rows.count()
    if below is not None:
        rows = rows.filter(pk__lt=below)
    found = list(rows[: size + 1])
    lines = tuple(_lines(found[:size], today))
    return RegisterPage(lines, found[size - 1].pk if len(found) > size else None, total)


def non_interventions(today: dt.date, *, below: int | None = None, size: int = 50) -> RegisterPage:
    """Where the centre kept out of what it had proposed: this was a matter for the local people."""
    return register(CaseFilter(which="non-interventions"), today, below=below, size=size)


def cases_in(place: str, service: str, today: dt.date) -> list[CaseLine]:
    """Every case of one matter, or of a place (service ""), newest first.

    One query, and one for what is owed in them where there are any.
    """
    wanted = CaseFilter(place=place, service=service)
    return _lines(list(_like(wanted, "record", "")), today)


def steps_of_record() -> dict[str, str]:
    """Id → title of every step that a framework of the record has had or that was proposed.

    Those of the newest framework first; the title is the id where no framework gives one. Two
    queries.
    """
    titles: dict[str, str] = {}
    for version in framework_queries.versions():
        for rung in version.framework.ladder:
            titles.setdefault(rung.id, rung.title)
    proposed = Case.objects.filter(space="record").exclude(step="").order_by("step")
    for step in proposed.values_list("step", flat=True).distinct():
        titles.setdefault(step, step)
    return titles


def cases_of_record(wanted: CaseFilter) -> QuerySet[Case, Case]:
    """Cases of the record, to be paged by a door.

    Raises NotFound for an unknown state or list, or a step that no framework of it has had.
    """
    return _like(wanted, "record", "")


def case_lines(rows: QuerySet[Case, Case], today: dt.date) -> list[CaseLine]:
    """Cases of one space as doors show them, in the order of ``rows``."""
    return _lines(list(rows), today)


def _like(wanted: CaseFilter, space: str, run: str) -> QuerySet[Case, Case]:
    if wanted.state and wanted.state not in rules.STATES:
        known = ", ".join(rules.STATES)
        raise NotFound(f"There is no such state of a case. There are: {known}.")
    if wanted.which not in LISTS:
        raise NotFound(f"There is no such list of cases. There are: {', '.join(LISTS)}.")
    if wanted.step and space == "record":
        steps = steps_of_record()
        if wanted.step not in steps:
            known = ", ".join(steps) or "none so far"
            raise NotFound(f"There is no such step. There are: {known}.")
    rows = Case.objects.select_related("area", "body", "centre", "framework")
    rows = rows.defer("framework__document").filter(space=space, run=run).order_by("-pk")
    named = {
        "area__code": wanted.place,
        "service": wanted.service,
        "step": wanted.step,
        "state": wanted.state,
        "body__slug": wanted.body,
        "centre__slug": wanted.centre,
    }
    rows = rows.filter(**{name: value for name, value in named.items() if value})
    if wanted.outside is not None:
        rows = rows.filter(outside=wanted.outside)
    aside = Q(state__in=rules.NON_INTERVENTIONS)
    if wanted.which == "interventions":
        return rows.exclude(aside)
    return rows.filter(aside) if wanted.which == "non-interventions" else rows


def _framework(row: Case) -> Framework:
    return framework_queries.in_use_of(row.framework).framework


def _lines(rows: list[Case], today: dt.date) -> list[CaseLine]:
    """Lines of cases of one space, with the answers owed in all of them read at once."""
    owed: dict[str, list[Duty]] = {subject_of(row.pk): [] for row in rows}
    spaces = {row.space for row in rows}
    for duty in Duty.objects.filter(space__in=spaces, subject__in=owed).order_by("pk"):
        owed[duty.subject].append(duty)
    frameworks = {row.framework_id: row for row in rows}
    read = {pk: _framework(row) for pk, row in frameworks.items()}
    return [_line(row, read[row.framework_id], owed[subject_of(row.pk)], today) for row in rows]


def _line(row: Case, framework: Framework, duties: list[Duty], today: dt.date) -> CaseLine:
    course = course_of(row, duties, framework)
    step = framework.step(row.step)
    power = _power(framework, row.power)
    body = row.body
    return CaseLine(
        id=row.pk,
        path=case_path(row.pk, row.space),
        space=row.space,
        place=row.area.code,
        place_name=row.area.name,
        place_slug=row.area.slug,
        service=row.service,
        step=row.step,
        step_title=step.title if step else power.title if power else row.step,
        framework=framework.slug,
        framework_version=framework.version,
        framework_title=framework.title,
        illustrative=framework.illustrative,
        centre=row.centre.slug,
        centre_name=row.centre.name,
        body=body.slug if body else "",
        body_name=body.name if body else "",
        state=row.state,
        state_words=rules.STATES[row.state],
        outside=row.outside,
        power=row.power,
        proposed_on=row.proposed_on,
        notice_on=row.notice_on,
        reply_due=row.reply_due,
        decided_on=row.decided_on,
        starts=row.starts,
        ends=row.ends,
        ended_on=row.ended_on,
        ending=row.ending,
        ending_words=ENDINGS.get(row.ending, ""),
        overrun=row.state == rules.RUNNING and row.ends is not None and today > row.ends,
        says=rules.says(course, today, body.name if body else "nobody", row.ended_on),
        version=row.version,
    )


def _power(framework: Framework, key: str) -> Power | None:
    return next((power for power in framework.powers if power.id == key), None)


def case_file(case: int, today: dt.date, *, space: str = "record", run: str = "") -> CaseFile:
    """One case with its whole history and trace: six queries. Raises NotFound."""
    rows = Case.objects.select_related("area", "body", "centre", "framework")
    row = rows.filter(pk=case, space=space, run=run).first()
    if row is None:
        raise NotFound("There is no such case.", [("All cases", "/interventions/")])
    framework = _framework(row)
    duties = duties_of_case(row)
    line = _line(row, framework, duties, today)
    step = framework.step(row.step)
    answers: dict[int, list[AnswerLine]] = {}
    for given in DutyAnswer.objects.filter(duty__in=duties).order_by("duty_id", "number"):
        answers.setdefault(given.duty_id, []).append(duty_queries.answer_line(given))
    events = tuple(
        _event(event, answers) for event in row.events.prefetch_related("words").order_by("number")
    )
    moves = rules.moves(
        course_of(row, duties, framework),
        rules.offices_of(framework, step.decides) if step else (),
        row.centre.name,
        line.body_name,
        today,
    )
    return CaseFile(
        line=line,
        step=step,
        power=_power(framework, row.power),
        finding=next((event.finding for event in events if event.finding), None),
        events=events,
        duties=tuple(duty_queries.line_of(duty, today) for duty in duties),
        moves=tuple(moves),
    )


def _event(event: CaseEvent, answers: dict[int, list[AnswerLine]]) -> EventLine:
    return EventLine(
        number=event.number,
        what=event.what,
        on=event.on,
        office=event.office,
        reason=event.reason,
        reason_words=_REASONS.get(event.reason, ""),
        labels=tuple(event.labels),
        finding=from_json(event.finding) if event.finding else None,
        words=tuple(
            WordsLine(w.pk, w.part, w.text, w.withdrawn_at is not None, w.withdrawn_reason)
            for w in event.words.all()
        ),
        answers=tuple(answers.get(event.duty_id, ())) if event.duty_id else (),
    )

"""Public questions as doors show them. What is hidden or not yet checked never leaves here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from folkmoot.bodies.models import Office
from folkmoot.common.errors import NotAllowed, NotFound
from folkmoot.duties.models import Duty
from folkmoot.duties.queries import AnswerLine, DutyLine, answer_line, line_of
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of, roles_of
from folkmoot.people.rules import MODERATOR, SITE
from folkmoot.petitions.models import Question
from folkmoot.petitions.rules import questions as rules
from folkmoot.petitions.rules.limits import APPEAL_WITHIN
from folkmoot.petitions.rules.moderation import APPEAL, FIRST, due_on
from folkmoot.petitions.rules.reasons import words_of

# States that everybody may know of. What was withdrawn or is being checked is nobody else's.
PUBLIC = (rules.ASKED, rules.REJECTED, rules.HIDDEN)


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """One question on a day. ``text`` and ``asker`` are "" where they may not be shown.

    ``to`` names the office or the body; ``reason_words`` follow "because". ``duty`` is the answer
    owed, once it is asked in public.
    """

    number: int
    path: str
    state: str
    state_words: str
    reason: str
    reason_words: str
    text: str
    asker: str
    place: str
    place_name: str
    place_slug: str
    service: str
    service_title: str
    body: str
    body_name: str
    office: str
    to: str
    asked_on: dt.date
    duty: DutyLine | None

    @property
    def says(self) -> str:
        """How it stands, in a sentence."""
        if self.duty is not None:
            return self.duty.says
        if self.reason_words:
            return f"{self.state_words}, because {self.reason_words}."
        return f"{self.state_words}."


@dataclass(frozen=True, slots=True)
class QuestionFile:
    """A question with everything that was answered."""

    line: QuestionLine
    answers: tuple[AnswerLine, ...]


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """A question as its asker sees it: with its words, and what may be done."""

    line: QuestionLine
    text: str
    may_withdraw: bool
    may_appeal: bool
    appealed: bool


@dataclass(frozen=True, slots=True)
class WaitingQuestion:
    """A question that waits for moderators: at ``step`` "first" or "appeal"."""

    line: QuestionLine
    text: str
    step: str
    appeal: str
    due: dt.date
    days_left: int


def _rows() -> QuerySet[Question, Question]:
    return Question.objects.select_related("body", "area", "service")


def _lines(rows: Iterable[Question], today: dt.date) -> list[QuestionLine]:
    """The lines of some questions, with their duties and offices: two more queries."""
    found = list(rows)
    keys = [row.duty for row in found if row.duty]
    named = Duty.objects.filter(space="record", key__in=keys).select_related("body")
    duties = {duty.key: line_of(duty, today) for duty in named} if keys else {}
    asked = [Q(body=row.body_id, slug=row.office) for row in found if row.office]
    offices = {}
    if asked:
        either = asked[0]
        for one in asked[1:]:
            either |= one
        offices = {(o.body_id, o.slug): o.title for o in Office.objects.filter(either)}
    return [_line(row, duties, offices) for row in found]


def _line(
    row: Question, duties: dict[str, DutyLine], offices: dict[tuple[int, str], str]
) -> QuestionLine:
    shown = row.state == rules.ASKED
    title = offices.get((row.body_id, row.office), "")
    return QuestionLine(
        number=row.pk,
        path=rules.question_path(row.pk),
        state=row.state,
        state_words=rules.STATES[row.state],
        reason=row.reason,
        reason_words=words_of(row.reason),
        text=row.text if shown else "",
        asker=row.asker_name if shown and row.name_shown else "",
        place=row.area.code,
        place_name=row.area.name,
        place_slug=row.area.slug,
        service=row.service.slug,
        service_title=row.service.title,
        body=row.body.slug,
        body_name=row.body.name,
        office=row.office,
        to=f"{title}, {row.body.name}" if title else row.body.name,
        asked_on=day_of(row.asked_at),
        duty=duties.get(row.duty) if row.duty else None,
    )


def question_file(number: int, today: dt.date) -> QuestionFile:
    """Everything public about a question. Raises NotFound, also for one that is not public yet."""
    row = _rows().filter(pk=number, state__in=PUBLIC).first()
    if row is None:
        raise NotFound(
            "There is no public question of this number.", [("Questions", "/questions/")]
        )
    line = _lines([row], today)[0]
    duty = Duty.objects.filter(pk=line.duty.id).prefetch_related("answers") if line.duty else ()
    return QuestionFile(line, tuple(answer_line(a) for d in duty for a in d.answers.all()))


def questions_like(
    *,
    place: str = "",
    service: str = "",
    body: str = "",
    today: dt.date,
    before: int = 0,
    size: int = 25,
) -> tuple[list[QuestionLine], int]:
    """Public questions, newest first, and the number to hand back for older ones (0: no more).

    ``place`` is a GSS code, ``service`` and ``body`` are slugs; "" asks for all.
    """
    rows = _rows().filter(state__in=PUBLIC).order_by("-pk")
    named = {"area__code": place, "service__slug": service, "body__slug": body}
    rows = rows.filter(**{name: value for name, value in named.items() if value})
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: size + 1])
    return _lines(found[:size], today), found[size - 1].pk if len(found) > size else 0


def questions_in(place: str, service: str, today: dt.date, *, size: int = 5) -> list[QuestionLine]:
    """The newest questions asked in public about a matter."""
    rows = _rows().filter(area__code=place, service__slug=service, state=rules.ASKED)
    return _lines(rows.order_by("-pk")[:size], today)


def own_questions(person: Person, at: dt.datetime) -> list[OwnQuestion]:
    """Everything that ``person`` asked, newest first."""
    rows = list(_rows().filter(asker=person).order_by("-pk"))
    lines = _lines(rows, day_of(at))
    return [
        OwnQuestion(
            line,
            row.text,
            row.state == rules.CHECKED,
            row.state == rules.REJECTED
            and row.appealed_at is None
            and row.decided_at is not None
            and at <= row.decided_at + APPEAL_WITHIN,
            bool(row.appeal_text),
        )
        for row, line in zip(rows, lines, strict=True)
    ]


def waiting_questions(person: Person | None, today: dt.date) -> list[WaitingQuestion]:
    """Questions that ``person`` may decide on, the longest waiting first.

    Raises NotAllowed for anybody but a moderator. Appeals are for moderators of the site.
    """
    held = [role for role in roles_of(person, today) if role.role == MODERATOR]
    if not held or person is None:
        raise NotAllowed("Only moderators see what waits to be checked.")
    site = any(role.body == SITE for role in held)
    rows = _rows().exclude(asker=person).order_by("asked_at")
    first = rows.filter(state=rules.CHECKED)
    if not site:
        first = first.filter(body__slug__in=[role.body for role in held])
    appeals = rows.exclude(appeal_text="").filter(state=rules.REJECTED) if site else rows.none()
    steps = [(FIRST, row) for row in first]
    steps += [(APPEAL, row) for row in appeals if not _decided_by(row, person)]
    lines = _lines([row for _, row in steps], today)
    found = []
    for (step, row), line in zip(steps, lines, strict=True):
        since = row.asked_at if step == FIRST else row.appealed_at or row.asked_at
        due = due_on(day_of(since), step)
        found.append(
            WaitingQuestion(line, row.text, step, row.appeal_text, due, (due - today).days)
        )
    return found


def _decided_by(row: Question, person: Person) -> bool:
    return row.decisions.filter(step=FIRST, person=person).exists()

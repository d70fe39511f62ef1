"""Public questions as doors show them. What is hidden or not yet checked never leaves here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from folkmoot.bodies.models import Office
from folkmoot.common.acts import LEGAL_REASONS
from folkmoot.common.errors import Conflict, NotAllowed, NotFound
from folkmoot.duties.models import Duty
from folkmoot.duties.queries import AnswerLine, DutyLine, answer_line, line_of
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of, roles_of
from folkmoot.people.rules import MODERATOR, SITE
from folkmoot.petitions.models import Question
from folkmoot.petitions.queries_appeals import appeal_until
from folkmoot.petitions.rules import questions as rules
from folkmoot.petitions.rules.moderation import (
    APPEAL,
    FIRST,
    due_on,
    may_erase,
    may_moderate,
)
from folkmoot.petitions.rules.reasons import words_of

# States that everybody may know of. What was withdrawn or is being checked is nobody else's.
PUBLIC = (rules.ASKED, rules.REJECTED, rules.HIDDEN)
_REFUSED = (rules.REJECTED, rules.HIDDEN)
AT_ONCE = 1000  # questions whose duties are looked up together


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """One question on a day. ``text`` and ``asker`` are "" where they may not be shown.

    ``to`` names the office or the body; ``reason_words`` follow "because", and so does
    ``erased_why``, where the words were erased for law. ``duty`` is the answer owed, once it is
    asked in public.
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
    erased_why: str
    duty: DutyLine | None

    @property
    def says(self) -> str:
        """How it stands, in a sentence."""
        if self.duty is not None and self.state == rules.ASKED:
            return self.duty.says
        if self.erased_why:
            return f"{self.state_words}. Its words were erased, because {self.erased_why}."
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
    """A question that waits for moderators: at ``step`` "first" or "appeal".

    ``step`` is "" and ``due`` None for one that waits for nothing, and can be hidden or shown.
    """

    line: QuestionLine
    text: str
    step: str
    appeal: str
    due: dt.date | None
    days_left: int


@dataclass(frozen=True, slots=True)
class QuestionToErase:
    """A hidden question whose words somebody may erase for law."""

    number: int
    path: str
    text: str
    body_name: str


def _rows() -> QuerySet[Question, Question]:
    return Question.objects.select_related("body", "area", "service")


def _lines(rows: Iterable[Question], today: dt.date) -> list[QuestionLine]:
    """The lines of some hundred questions, with their duties and offices: two more queries."""
    found = list(rows)
    keys = [row.duty for row in found if row.duty]
    named = Duty.objects.filter(space="record", key__in=keys).select_related("body")
    duties = {duty.key: line_of(duty, today) for duty in named} if keys else {}
    asked = {(row.body_id, row.office) for row in found if row.office}
    offices = {}
    if asked:
        # More than were asked may come; each line takes its own.
        bodies, slugs = zip(*asked, strict=True)
        named_so = Office.objects.filter(body__in=set(bodies), slug__in=set(slugs))
        offices = {(office.body_id, office.slug): office.title for office in named_so}
    return [_line(row, duties, offices) for row in found]


def _line(
    row: Question, duties: dict[str, DutyLine], offices: dict[tuple[int, str], str]
) -> QuestionLine:
    shown = rules.readable(row.state, row.reason)
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
        erased_why=LEGAL_REASONS.get(row.erased_reason, ""),
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


def questions_matching(
    *, place: str = "", service: str = "", body: str = ""
) -> QuerySet[Question, Question]:
    """Public questions, in no order.

    ``place`` is a GSS code, ``service`` and ``body`` are slugs; "" asks for all.
    """
    named = {"area__code": place, "service__slug": service, "body__slug": body}
    rows = _rows().filter(state__in=PUBLIC)
    return rows.filter(**{name: value for name, value in named.items() if value})


def lines_of_questions(
    rows: QuerySet[Question, Question], today: dt.date
) -> Iterator[QuestionLine]:
    """The lines of what ``questions_matching`` found, however many: two more queries for each
    thousand."""
    found = list(rows)
    for start in range(0, len(found), AT_ONCE):
        yield from _lines(found[start : start + AT_ONCE], today)


def questions_like(
    *,
    place: str = "",
    service: str = "",
    body: str = "",
    today: dt.date,
    before: int = 0,
    size: int = 25,
) -> tuple[list[QuestionLine], int]:
    """Public questions as ``questions_matching`` finds them, newest first, and the number to hand
    back for older ones (0: no more)."""
    rows = questions_matching(place=place, service=service, body=body).order_by("-pk")
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
    rows = list(_rows().filter(asker=person).prefetch_related("decisions").order_by("-pk"))
    lines = _lines(rows, day_of(at))
    return [
        OwnQuestion(
            line,
            row.text,
            row.state == rules.CHECKED,
            appeal_until(row, day_of(at)) is not None,
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
    appeals = rows.exclude(appeal_text="").filter(state__in=_REFUSED) if site else rows.none()
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
    refusals = row.decisions.filter(step=FIRST, outcome__in=_REFUSED, person=person)
    return refusals.exists()


def question_for_moderator(person: Person | None, number: int, today: dt.date) -> WaitingQuestion:
    """One question that ``person`` may decide on, hide or show again. Raises NotFound, NotAllowed.

    While an appeal waits, nothing but the appeal is decided.
    """
    for one in waiting_questions(person, today):
        if one.line.number == number:
            return one
    row = _rows().filter(pk=number, state__in=PUBLIC, appeal_text="").first()
    if row is None or (person is not None and row.asker_id == person.pk):
        raise NotFound("This question does not wait for you.", [("Waiting", "../")])
    if not may_moderate(roles_of(person, today), row.body.slug, today):
        raise NotAllowed("Only moderators of the body that is asked, or of this site, may.")
    return WaitingQuestion(_lines([row], today)[0], row.text, "", "", None, 0)


def question_to_erase(person: Person | None, number: int, today: dt.date) -> QuestionToErase:
    """A question for whoever may erase its words: raises NotFound, NotAllowed and Conflict, as
    ``actions.questions_moderating.erase_question`` would."""
    if not may_erase(roles_of(person, today), today):
        raise NotAllowed("Only moderators and administrators of this site may.")
    row = _rows().filter(pk=number, state__in=PUBLIC).first()
    if row is None:
        raise NotFound("There is no public question of this number.")
    if person is not None and row.asker_id == person.pk:
        raise NotAllowed("Nobody moderates what they asked themselves.")
    if row.state != rules.HIDDEN:
        raise Conflict("Only what is hidden is erased. Hide the question first.")
    if row.erased_at is not None:
        raise Conflict("The words of this question are erased already.")
    return QuestionToErase(row.pk, rules.question_path(row.pk), row.text, row.body.name)

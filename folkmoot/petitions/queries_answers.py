"""Answers to petitions and the commitments in them, as everybody may see them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max, Prefetch, QuerySet

from folkmoot.bodies.models import Body
from folkmoot.bodies.queries import body_by_slug
from folkmoot.common.errors import NotAllowed, NotFound
from folkmoot.duties.models import Duty, DutyAnswer
from folkmoot.duties.queries import AnswerLine, answer_line, clock_of
from folkmoot.duties.rules import in_time, may_answer
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of, roles_of
from folkmoot.petitions import tokens
from folkmoot.petitions.models import (
    Commitment,
    CommitmentMark,
    Opinion,
    Petition,
    PetitionAnswer,
)
from folkmoot.petitions.models_signing import CONFIRMED, Signature
from folkmoot.petitions.queries import petition_path
from folkmoot.petitions.rules import answering as rules
from folkmoot.petitions.rules.answering import BODY, CREATOR, DUE, OVERDUE, Tally
from folkmoot.petitions.rules.states import LISTED


@dataclass(frozen=True, slots=True)
class MarkLine:
    """What the body ("body") or the petition's creator ("creator") said of a commitment."""

    by: str
    mark: str
    words: str
    office: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class CommitmentLine:
    """Something that a body said it will do, and how that stands on a day.

    ``petition_heading`` is its title, or what stands in its place. ``text`` is "" where the words
    of the answer were withdrawn. ``state`` is a key of ``rules.answering.STATES``. ``body`` and
    ``creator`` are the newest mark of each, ``marks`` all of them, oldest first. ``says`` is a
    sentence.
    """

    id: int
    petition: int
    petition_heading: str
    number: int
    text: str
    due: dt.date
    state: str
    state_words: str
    says: str
    body: MarkLine | None
    creator: MarkLine | None
    marks: tuple[MarkLine, ...]
    path: str

    @property
    def earlier(self) -> tuple[MarkLine, ...]:
        """What each said before the newest that it says, oldest first."""
        return tuple(mark for mark in self.marks if mark not in (self.body, self.creator))


@dataclass(frozen=True, slots=True)
class PetitionAnswerLine:
    """An answer to a petition, with its corrections beside it and what came of it.

    ``kind`` is the kind of duty; ``answer`` its words or their tombstone; ``parts`` the same words
    as (heading, words), without the commitments, which stand apart; ``in_time`` whether it
    came by its day. ``said_yes`` and ``said_no`` are how many signers said that it answered, and
    that it did not; None where fewer than five did.
    """

    id: int
    petition: int
    duty: int
    kind: str
    body: str
    body_name: str
    outcome: str
    outcome_words: str
    outcome_means: str
    answer: AnswerLine
    parts: tuple[tuple[str, str], ...]
    corrections: tuple[AnswerLine, ...]
    on: dt.date
    due: dt.date
    in_time: bool
    commitments: tuple[CommitmentLine, ...]
    said_yes: int | None
    said_no: int | None
    path: str
    duty_path: str


@dataclass(frozen=True, slots=True)
class BodyCommitments:
    """What a body said it will do because of petitions: how many stand how, and each of them."""

    body: str
    name: str
    tally: Tally
    lines: tuple[CommitmentLine, ...] = ()


@dataclass(frozen=True, slots=True)
class KindCommitments:
    """Bodies of one kind that ever made a commitment here, by name, and all of them together."""

    kind: str
    all: Tally
    bodies: tuple[BodyCommitments, ...]


@dataclass(frozen=True, slots=True)
class Owing:
    """An answer that somebody may give to a petition: who owes it and what it is about."""

    duty: Duty
    petition: Petition
    office: str


def answer_path(petition: int, duty: int) -> str:
    """Where an answer to a petition is given, and read once it is there."""
    return f"{petition_path(petition)}answer/{duty}/"


def commitment_path(petition: int, commitment: int) -> str:
    """Where it is said what became of a commitment."""
    return f"{petition_path(petition)}commitments/{commitment}/"


def heading_of(petition: Petition) -> str:
    """The title of a petition, or what stands in its place where it may not be shown."""
    hidden = petition.title_hidden or petition.state not in LISTED
    return f"Petition {petition.pk}" if hidden else petition.title


def petition_of(duty: Duty | None) -> Petition | None:
    """The petition that makes a duty owed, or None where it is about something else."""
    if duty is None or duty.kind not in rules.OF_PETITIONS or duty.space != "record":
        return None
    kind, _, number = duty.subject.partition(":")
    if kind != "petition" or not number.isdigit():
        return None
    return Petition.objects.filter(pk=int(number)).first()


def answering_office(person: Person | None, duty: Duty, on: dt.date) -> str:
    """The office by which ``person`` may answer a petition, or speak of what was promised; or "".

    An officer of the very body; a representative, or somebody of a central department, for their
    own office. The centre never answers for another body.
    """
    return may_answer(roles_of(person, on), duty.body.slug, duty.office, duty.kind, on)


def owing(person: Person | None, petition: int, duty: int, today: dt.date) -> Owing:
    """An answer owed to a petition, for whoever may give it. Raises NotFound and NotAllowed."""
    row = Duty.objects.select_related("body").filter(pk=duty, space="record").first()
    about = petition_of(row)
    if row is None or about is None or about.pk != petition:
        raise NotFound("There is no such answer owed to a petition.")
    office = answering_office(person, row, today)
    if not office:
        raise NotAllowed(f"Only {row.body.name} may answer this, by its own people.")
    return Owing(row, about, office)


def _mark(row: CommitmentMark) -> MarkLine:
    return MarkLine(row.by, row.mark, rules.MARKS[row.mark], row.office, day_of(row.at))


def _newest(marks: Iterable[MarkLine], by: str) -> MarkLine | None:
    return next((mark for mark in reversed(tuple(marks)) if mark.by == by), None)


def _commitment(
    row: Commitment, petition: Petition, today: dt.date, *, hidden: bool
) -> CommitmentLine:
    marks = tuple(_mark(mark) for mark in sorted(row.marks.all(), key=lambda mark: mark.pk))
    body, creator = _newest(marks, BODY), _newest(marks, CREATOR)
    state = rules.state_of(
        row.due, body.mark if body else "", creator.mark if creator else "", today
    )
    return CommitmentLine(
        id=row.pk,
        petition=petition.pk,
        petition_heading=heading_of(petition),
        number=row.number,
        text="" if hidden else row.text,
        due=row.due,
        state=state,
        state_words=rules.STATES[state],
        says=rules.says(row.due, state, today),
        body=body,
        creator=creator,
        marks=marks,
        path=commitment_path(petition.pk, row.pk),
    )


def _rows() -> QuerySet[PetitionAnswer, PetitionAnswer]:
    """Answers with all that a line needs: five queries when read."""
    return PetitionAnswer.objects.select_related("petition", "duty__body").prefetch_related(
        Prefetch("duty__answers", DutyAnswer.objects.order_by("number")),
        Prefetch("commitments", Commitment.objects.order_by("number")),
        "commitments__marks",
    )


def _line(row: PetitionAnswer, today: dt.date) -> PetitionAnswerLine:
    given, *corrections = (answer_line(each) for each in row.duty.answers.all())
    yes, no = rules.shown_opinions(row.said_yes or 0, row.said_no or 0)
    duty = row.duty
    promised = rules.promised_text((each.text, each.due) for each in row.commitments.all())
    return PetitionAnswerLine(
        id=row.pk,
        petition=row.petition_id,
        duty=duty.pk,
        kind=duty.kind,
        body=duty.body.slug,
        body_name=duty.body.name,
        outcome=row.outcome,
        outcome_words=rules.OUTCOMES[row.outcome],
        outcome_means=rules.OUTCOME_HINTS[row.outcome],
        answer=given,
        parts=() if given.withdrawn else rules.parts_of(given.text, promised),
        corrections=tuple(corrections),
        on=given.on,
        due=duty.due,
        in_time=bool(in_time(clock_of(duty))),
        commitments=tuple(
            _commitment(each, row.petition, today, hidden=given.withdrawn)
            for each in row.commitments.all()
        ),
        said_yes=yes,
        said_no=no,
        path=answer_path(row.petition_id, duty.pk),
        duty_path=f"/duties/{duty.pk}/",
    )


def answers_of(petition: int, today: dt.date) -> tuple[PetitionAnswerLine, ...]:
    """Every answer that was given to a petition, oldest first: four queries."""
    rows = _rows().filter(petition=petition).order_by("pk")
    return tuple(_line(row, today) for row in rows)


def answer_to(petition: int, duty: int, today: dt.date) -> PetitionAnswerLine:
    """The answer that was given to a petition under one duty: four queries. Raises NotFound."""
    row = _rows().filter(petition=petition, duty=duty).first()
    if row is None:
        raise NotFound("There is no such answer to a petition.")
    return _line(row, today)


def answers_version(number: int, duty: int = 0) -> str:
    """A text that is another one whenever the answers to a petition would look different: one
    query. What offices do is a public act besides; what signers and the creator say is not."""
    rows = PetitionAnswer.objects.filter(petition=number)
    found = rows.aggregate(
        given=Max("pk"), counted=Max("opinions_at"), marked=Max("commitments__marks")
    )
    return "|".join(str(value) for value in found.values())


@dataclass(frozen=True, slots=True)
class OpinionAsked:
    """What a signer is asked by the link in the letter, and what they said already, if anything."""

    line: PetitionAnswerLine
    heading: str
    said: bool | None


def answer_of_signer(signature: Signature | None, kind: str) -> PetitionAnswer | None:
    """The answer of one kind to the petition that somebody signed, or None."""
    if signature is None:
        return None
    rows = PetitionAnswer.objects.filter(petition=signature.petition_id, duty__kind=kind)
    return rows.first()


def opinion_asked(token: str, today: dt.date) -> OpinionAsked:
    """What the link in a letter asks its signer. Raises NotFound for one that is no good."""
    kind, number = rules.numbers_of_opinion(tokens.read(tokens.OPINION, token))
    signature = Signature.objects.filter(pk=number, state=CONFIRMED).first()
    given = answer_of_signer(signature, kind)
    if signature is None or given is None:
        raise NotFound("This link is no longer good: the signature was taken back.")
    row = _rows().get(pk=given.pk)
    said = Opinion.objects.filter(answer=given, signature=signature).first()
    return OpinionAsked(
        _line(row, today), heading_of(row.petition), said.answered if said else None
    )


def commitment_line(petition: int, commitment: int, today: dt.date) -> CommitmentLine:
    """One commitment in an answer to a petition: four queries. Raises NotFound."""
    rows = _commitments().filter(answer__petition=petition, pk=commitment)
    for line in _lines(rows, today):
        return line
    raise NotFound("There is no such commitment.")


def marks_as(person: Person | None, commitment: int, today: dt.date) -> tuple[str, ...]:
    """As whom ``person`` may mark a commitment: "body", "creator", both or neither."""
    row = _commitments().filter(pk=commitment).first()
    if row is None or person is None or person.pk is None:
        return ()
    may = []
    if answering_office(person, row.answer.duty, today):
        may.append(BODY)
    if row.answer.petition.creator_id == person.pk:
        may.append(CREATOR)
    return tuple(may)


def _commitments() -> QuerySet[Commitment, Commitment]:
    """Commitments with all that a line needs: three queries when read."""
    rows = Commitment.objects.select_related("answer__petition", "answer__duty__body")
    return rows.prefetch_related("marks", "answer__duty__answers")


def _lines(rows: Iterable[Commitment], today: dt.date) -> list[CommitmentLine]:
    """Overdue ones first, then those that will be due, each the earliest first; then the rest."""
    lines = []
    for row in rows:
        given = row.answer
        first = min(given.duty.answers.all(), key=lambda each: each.number)
        hidden = first.withdrawn_at is not None
        lines.append(_commitment(row, given.petition, today, hidden=hidden))
    order = {OVERDUE: 0, DUE: 1}
    lines.sort(key=lambda line: (order.get(line.state, 2), line.due, line.id))
    return lines


def commitments_of_body(body: str, today: dt.date) -> BodyCommitments:
    """What a body (its slug) said it will do because of petitions, and how that stands on a day.

    Four queries. Raises NotFound for a body that is not known.
    """
    row = body_by_slug(body)
    lines = _lines(_commitments().filter(answer__duty__body=row), today)
    states = rules.tally(line.state for line in lines)
    return BodyCommitments(row.slug, row.name, states, tuple(lines))


def commitments_of_kind(kind: str, today: dt.date) -> KindCommitments:
    """How the commitments of each body of a kind stand, by name: two queries.

    A body is set beside its own kind only, and never ranked: a few commitments carry no ranking.
    """
    rows = Commitment.objects.filter(answer__duty__body__kind=kind).prefetch_related("marks")
    states: dict[int, list[str]] = defaultdict(list)
    names: dict[int, Body] = {}
    for row in rows.select_related("answer__duty__body"):
        newest = {mark.by: mark.mark for mark in sorted(row.marks.all(), key=lambda one: one.pk)}
        body = row.answer.duty.body
        names[body.pk] = body
        found = rules.state_of(row.due, newest.get(BODY, ""), newest.get(CREATOR, ""), today)
        states[body.pk].append(found)
    each = [
        BodyCommitments(body.slug, body.name, rules.tally(states[body.pk]))
        for body in sorted(names.values(), key=lambda body: body.name)
    ]
    every = rules.tally(state for found in states.values() for state in found)
    return KindCommitments(kind, every, tuple(each))

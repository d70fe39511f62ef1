"""Rows of petitions and of what came of them, the same in JSON and CSV."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated

from django.db.models import QuerySet

from folkmoot.duties.queries import clock_of
from folkmoot.duties.rules import duty_path, in_time
from folkmoot.people.queries import day_of
from folkmoot.petitions.models import (
    ArchivedPetition,
    Commitment,
    CommitmentMark,
    ModerationDecision,
    Petition,
    PetitionAnswer,
    Threshold,
)
from folkmoot.petitions.queries import PUBLIC, PetitionLine, lines_of
from folkmoot.petitions.queries_answers import answer_path, commitment_path
from folkmoot.petitions.queries_meetings import meeting_line
from folkmoot.petitions.queries_watch import Where
from folkmoot.petitions.rules import answering
from folkmoot.petitions.rules.reasons import words_of

PETITION_MEANINGS: dict[str, str] = {
    "number": "number of the petition",
    "path": "its page on this site",
    "state": "open, closed, rejected, withdrawn, merged, referred or hidden, on the day of asking",
    "state_words": "the state in words",
    "reason": "why it is not accepted, hidden, merged or referred, as a code",
    "reason_words": "the same in words that follow 'because'",
    "title": "what is asked for; empty where it may not be shown",
    "place": "GSS code of the place it is about",
    "place_name": "name of the place",
    "place_slug": "short name of the place",
    "service": "short name of the service it is about",
    "service_title": "title of the service",
    "body": "short name of the body it asks",
    "body_name": "name of the body",
    "office": "the office of it that is asked; empty: the body as a whole",
    "signatures": "confirmed and counted, less those taken back or set aside; at most a minute old",
    "last_day": "how many of them in the last 24 hours; empty: fewer than five",
    "opened_on": "the first day to sign; empty where it was never open",
    "closes_on": "the last day to sign",
    "ended_on": "the day it was closed, withdrawn, merged or referred",
    "days_left": "days to sign, today included; empty unless it is open",
    "answered": "whether at least one answer was given",
    "says": "how it stands, in words",
}


@dataclass(frozen=True, slots=True)
class ThresholdRow:
    """How many signatures make which answer owed: stamped when the petition opened."""

    petition: Annotated[int, "number of the petition"]
    kind: Annotated[str, "answer, hearing or debate"]
    needed: Annotated[int, "signatures that make it owed"]
    share: Annotated[float | None, "share of the residents, where it is one, 0 to 1"]
    days: Annotated[int, "days within which it is owed"]
    reached_on: Annotated[dt.date | None, "the day it was reached; empty while it is not"]
    duty: Annotated[str, "key of the duty that arose, as in duties; empty while none has"]
    meeting: Annotated[
        dt.date | None, "the council meeting at which a debate is due; empty: within the days"
    ]
    meeting_source: Annotated[
        str, "where the body published that meeting; empty where there is none"
    ]
    meeting_called_off: Annotated[
        dt.date | None, "the day that meeting was called off: the debate stays due by its day"
    ]
    path: Annotated[str, "page of the petition on this site"]


@dataclass(frozen=True, slots=True)
class PetitionAnswerRow:
    """An answer to a petition, and what people made of it."""

    number: Annotated[int, "number of the answer"]
    petition: Annotated[int, "number of the petition"]
    kind: Annotated[str, "kind of the duty: petition-answer, petition-hearing or petition-debate"]
    body: Annotated[str, "short name of the body that answered"]
    body_name: Annotated[str, "name of the body"]
    outcome: Annotated[str, "what it came to, as a code"]
    outcome_words: Annotated[str, "what it came to, in words"]
    text: Annotated[str, "the answer's own words; empty where they were withdrawn for law"]
    on: Annotated[dt.date, "the day it was given"]
    due: Annotated[dt.date, "the day by which it was due"]
    in_time: Annotated[bool | None, "whether it came by that day"]
    said_yes: Annotated[int | None, "signers who say that it answered; empty: fewer than five"]
    said_no: Annotated[int | None, "signers who say that it did not; empty: fewer than five"]
    path: Annotated[str, "its page on this site"]
    duty_path: Annotated[str, "page of the duty on this site"]


@dataclass(frozen=True, slots=True)
class CommitmentRow:
    """What a body said it will do because of a petition, by when, and what became of it."""

    number: Annotated[int, "number of the commitment"]
    petition: Annotated[int, "number of the petition"]
    answer: Annotated[int, "number of the answer that it stands in"]
    body: Annotated[str, "short name of the body"]
    body_name: Annotated[str, "name of the body"]
    text: Annotated[str, "its own words; empty where the answer was withdrawn for law"]
    due: Annotated[dt.date, "the day by which it is to be done"]
    state: Annotated[str, "how it stands on the day of asking, as a code"]
    state_words: Annotated[str, "how it stands, in words"]
    body_says: Annotated[str, "kept, late or broken, as the body says; empty: nothing said"]
    creator_says: Annotated[str, "the same, as the petition's creator says"]
    path: Annotated[str, "its page on this site"]


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One decision of moderators on a petition or a question, with its clock."""

    number: Annotated[int, "number of the decision"]
    petition: Annotated[int | None, "number of the petition; empty for a question"]
    question: Annotated[int | None, "number of the question; empty for a petition"]
    step: Annotated[str, "first or appeal"]
    outcome: Annotated[str, "the state that it led to"]
    reason: Annotated[str, "why, as a code"]
    reason_words: Annotated[str, "why, in words that follow 'because'"]
    since: Annotated[dt.datetime, "when it was asked for"]
    at: Annotated[dt.datetime, "when it was decided"]
    office: Annotated[str, "the office that decided"]
    path: Annotated[str, "page of the petition or question on this site"]


@dataclass(frozen=True, slots=True)
class ArchivedRow:
    """A petition of another site, as that site published it."""

    source: Annotated[str, "short name of the archive"]
    number: Annotated[int, "its number there"]
    title: Annotated[str, "what it asked for"]
    state: Annotated[str, "its state as published there"]
    signatures: Annotated[int | None, "signatures as published there"]
    period: Annotated[str, "when, as published there"]
    link: Annotated[str, "its page there"]


@dataclass(frozen=True, slots=True)
class WherePlaceRow:
    """How many people of one place signed a petition, where it may be shown."""

    code: Annotated[str, "GSS code of the district or constituency; empty: elsewhere"]
    name: Annotated[str, "name of the place"]
    signatures: Annotated[int, "people who signed, at least five"]
    residents: Annotated[int | None, "residents of the place; empty where not known"]
    rate: Annotated[float | None, "signatures for every 1,000 residents"]
    exact: Annotated[bool, "whether the figure is of the table's day, not of an earlier one"]


@dataclass(frozen=True, slots=True)
class WhereDayRow:
    """How many people signed a petition on one day, where it may be shown."""

    day: Annotated[
        dt.date | None,
        "the day; empty: of days that were shown before, restored or counted after that",
    ]
    signatures: Annotated[int | None, "people who signed; empty: fewer than five, or held back"]


def where_places(found: Where) -> list[WherePlaceRow]:
    """The places of a petition's table, most signatures first."""
    return [
        WherePlaceRow(each.code, each.name, each.signatures, each.residents, each.rate, each.exact)
        for each in found.places
    ]


def where_days(found: Where) -> list[WhereDayRow]:
    """The days of a petition's table, oldest first; then those that came into it too late."""
    days = [WhereDayRow(each.day, each.signatures) for each in found.days]
    return [*days, WhereDayRow(None, found.earlier)] if found.earlier else days


def petition_rows(
    rows: QuerySet[Petition, Petition], today: dt.date
) -> Iterator[tuple[int, PetitionLine]]:
    """(position, row) of each petition as it stands on a day: one query."""
    return ((line.number, line) for line in lines_of(rows, today))


def thresholds_like(petition: int | None = None) -> QuerySet[Threshold, Threshold]:
    """Thresholds of petitions that everybody may know of."""
    rows = Threshold.objects.select_related("meeting")
    rows = rows.filter(petition__in=Petition.objects.filter(PUBLIC))
    return rows.filter(petition=petition) if petition is not None else rows


def threshold_rows(
    rows: QuerySet[Threshold, Threshold],
) -> Iterator[tuple[int, ThresholdRow]]:
    """(position, row) of each threshold: one query."""
    for row in rows:
        meeting = meeting_line(row.meeting) if row.meeting else None
        yield (
            row.pk,
            ThresholdRow(
                petition=row.petition_id,
                kind=row.kind,
                needed=row.needed,
                share=row.share,
                days=row.days,
                reached_on=day_of(row.reached_at) if row.reached_at else None,
                duty=row.duty,
                meeting=meeting.on if meeting else None,
                meeting_source=meeting.source if meeting else "",
                meeting_called_off=meeting.called_off_on if meeting else None,
                path=f"/petitions/{row.petition_id}/",
            ),
        )


def answers_like(petition: int | None = None) -> QuerySet[PetitionAnswer, PetitionAnswer]:
    """Answers to petitions."""
    rows = PetitionAnswer.objects.select_related("duty__body").prefetch_related("duty__answers")
    return rows.filter(petition=petition) if petition is not None else rows


def answer_rows(
    rows: QuerySet[PetitionAnswer, PetitionAnswer],
) -> Iterator[tuple[int, PetitionAnswerRow]]:
    """(position, row) of each answer: two queries."""
    for row in rows:
        given = min(row.duty.answers.all(), key=lambda each: each.number)
        yes, no = answering.shown_opinions(row.said_yes or 0, row.said_no or 0)
        yield (
            row.pk,
            PetitionAnswerRow(
                number=row.pk,
                petition=row.petition_id,
                kind=row.duty.kind,
                body=row.duty.body.slug,
                body_name=row.duty.body.name,
                outcome=row.outcome,
                outcome_words=answering.OUTCOMES[row.outcome],
                text="" if given.withdrawn_at else given.text,
                on=day_of(row.at),
                due=row.duty.due,
                in_time=in_time(clock_of(row.duty)),
                said_yes=yes,
                said_no=no,
                path=answer_path(row.petition_id, row.duty_id),
                duty_path=duty_path(row.duty_id),
            ),
        )


def commitments_like(petition: int | None = None) -> QuerySet[Commitment, Commitment]:
    """Commitments in answers to petitions."""
    rows = Commitment.objects.select_related("answer__duty__body")
    rows = rows.prefetch_related("marks", "answer__duty__answers")
    return rows.filter(answer__petition=petition) if petition is not None else rows


def commitment_rows(
    rows: QuerySet[Commitment, Commitment], today: dt.date
) -> Iterator[tuple[int, CommitmentRow]]:
    """(position, row) of each commitment as it stands on a day: three queries."""
    for row in rows:
        given = min(row.answer.duty.answers.all(), key=lambda each: each.number)
        body, creator = _newest(row.marks.all(), "body"), _newest(row.marks.all(), "creator")
        state = answering.state_of(row.due, body, creator, today)
        yield (
            row.pk,
            CommitmentRow(
                number=row.pk,
                petition=row.answer.petition_id,
                answer=row.answer_id,
                body=row.answer.duty.body.slug,
                body_name=row.answer.duty.body.name,
                text="" if given.withdrawn_at else row.text,
                due=row.due,
                state=state,
                state_words=answering.STATES[state],
                body_says=body,
                creator_says=creator,
                path=commitment_path(row.answer.petition_id, row.pk),
            ),
        )


def _newest(marks: Iterable[CommitmentMark], by: str) -> str:
    """What one of the two says last; "" where nothing was said."""
    said = sorted((mark for mark in marks if mark.by == by), key=lambda mark: mark.pk)
    return said[-1].mark if said else ""


def decisions_like(
    petition: int | None = None,
) -> QuerySet[ModerationDecision, ModerationDecision]:
    """Decisions of moderators."""
    rows = ModerationDecision.objects.defer("person")
    return rows.filter(petition=petition) if petition is not None else rows


def decision_rows(
    rows: QuerySet[ModerationDecision, ModerationDecision],
) -> Iterator[tuple[int, DecisionRow]]:
    """(position, row) of each decision: one query. Never who decided, only which office."""
    for row in rows:
        of_petition = row.petition_id is not None
        page = f"/petitions/{row.petition_id}/" if of_petition else f"/questions/{row.question_id}/"
        yield (
            row.pk,
            DecisionRow(
                number=row.pk,
                petition=row.petition_id,
                question=row.question_id,
                step=row.step,
                outcome=row.outcome,
                reason=row.reason,
                reason_words=words_of(row.reason),
                since=row.since,
                at=row.at,
                office=row.office,
                path=page,
            ),
        )


def archived_like(source: str = "") -> QuerySet[ArchivedPetition, ArchivedPetition]:
    """Petitions of archives that were taken in."""
    rows = ArchivedPetition.objects.all()
    return rows.filter(source=source) if source else rows


def archived_rows(
    rows: QuerySet[ArchivedPetition, ArchivedPetition],
) -> Iterator[tuple[int, ArchivedRow]]:
    """(position, row) of each: one query."""
    for row in rows:
        yield (
            row.pk,
            ArchivedRow(
                source=row.source,
                number=row.number,
                title=row.title,
                state=row.state,
                signatures=row.signatures,
                period=row.period,
                link=row.link,
            ),
        )

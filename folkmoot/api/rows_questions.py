"""Rows of public questions, the same in JSON and CSV."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Annotated

from django.db.models import QuerySet

from folkmoot.petitions.models import Question
from folkmoot.petitions.queries_questions import QuestionLine, lines_of_questions


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One public question on the day of asking. Who asked is on its page only, if anywhere."""

    number: Annotated[int, "number of the question"]
    path: Annotated[str, "its page on this site"]
    state: Annotated[str, "asked, rejected or hidden"]
    state_words: Annotated[str, "the state in words"]
    reason: Annotated[str, "why it is not accepted or hidden, as a code"]
    reason_words: Annotated[str, "the same in words that follow 'because'"]
    erased_why: Annotated[str, "why its words were erased for law; empty where they were not"]
    text: Annotated[str, "what is asked; empty where it may not be shown"]
    place: Annotated[str, "GSS code of the place it is about"]
    place_name: Annotated[str, "name of the place"]
    place_slug: Annotated[str, "short name of the place"]
    service: Annotated[str, "short name of the service it is about"]
    service_title: Annotated[str, "title of the service"]
    body: Annotated[str, "short name of the body it asks"]
    body_name: Annotated[str, "name of the body"]
    office: Annotated[str, "the office of it that is asked; empty: the body as a whole"]
    asked_on: Annotated[dt.date, "the day it was sent"]
    duty: Annotated[int | None, "number of the duty to answer, as in duties; empty: none arose"]
    duty_state: Annotated[str, "how the answer stands on the day of asking, as in duties"]
    due: Annotated[dt.date | None, "the day by which the answer is due"]
    ended_on: Annotated[dt.date | None, "the day it was answered or waived"]
    says: Annotated[str, "how it stands, in words"]


_OF_DUTY = ("duty", "duty_state", "due", "ended_on")
_OF_LINE = tuple(field.name for field in fields(QuestionRow) if field.name not in _OF_DUTY)


def _row(line: QuestionLine) -> QuestionRow:
    """A row of what the page shows: nothing is read beside the line."""
    duty = line.duty
    return QuestionRow(
        **{name: getattr(line, name) for name in _OF_LINE},
        duty=duty.id if duty else None,
        duty_state=duty.state if duty else "",
        due=duty.due if duty else None,
        ended_on=duty.ended_on if duty else None,
    )


def question_rows(
    rows: QuerySet[Question, Question], today: dt.date
) -> Iterator[tuple[int, QuestionRow]]:
    """(position, row) of each question as it stands on a day."""
    return ((line.number, _row(line)) for line in lines_of_questions(rows, today))

"""The API of stepping in, or not: the register of the record, one case with its whole trace."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from folkmoot.api.columns import item, shape_of
from folkmoot.api.paging import After, Limit, Number, Text, page, page_of
from folkmoot.api.rows_interventions import CASE_MEANINGS, ELSEWHERE_MEANINGS, case_rows
from folkmoot.api.shapes import ERRORS
from folkmoot.api.shapes_answers import AnswerOut, DutyOut
from folkmoot.api.v1_answers import area_of, body_of, listing
from folkmoot.framework.cases.elsewhere import ElsewhereLine, elsewhere
from folkmoot.framework.cases.queries import (
    CaseFilter,
    CaseLine,
    EventLine,
    case_file,
    cases_of_record,
)
from folkmoot.framework.cases.trace import to_json
from folkmoot.measures.queries_account import find_service

router = Router(tags=["stepping in, or not"])

CaseOut = shape_of(CaseLine, "CaseOut", "A proposal to step in, and its course.", CASE_MEANINGS)
ElsewhereOut = shape_of(
    ElsewhereLine, "ElsewhereOut", "A real intervention as found elsewhere.", ELSEWHERE_MEANINGS
)


class WordsOut(Schema):
    """Words of one thing done; empty where they were withdrawn for law."""

    part: str = Field(description="reasons or equality")
    text: str
    withdrawn: bool
    withdrawn_reason: str


class EventOut(Schema):
    """One thing done in a case, with the finding that it rests on."""

    number: int
    what: str
    on: dt.date
    office: str
    reason: str
    reason_words: str
    labels: list[str] = Field(description="what the act carried, such as a pre-election period")
    finding: dict[str, Any] | None = Field(
        description="the trace: each condition, the figure and release it rests on, met or not"
    )
    words: list[WordsOut]
    answers: list[AnswerOut]


class CaseDetail(Schema):
    """One case with its whole history and every answer owed in it."""

    case: CaseOut  # type: ignore[valid-type]  # made from the row's own fields
    events: list[EventOut]
    duties: list[DutyOut]  # type: ignore[valid-type]  # made from the row's own fields


@router.get("/interventions", response=listing(CaseOut))
def interventions(
    request: HttpRequest,
    place: Text = "",
    service: Text = "",
    step: Text = "",
    state: Text = "",
    body: Text = "",
    centre: Text = "",
    which: Text = "",
    limit: Limit = 100,
    after: After = 0,
) -> Any:
    """Cases in which the centre proposed to step in, and what came of it, oldest first.

    `which` is interventions, non-interventions, or empty for both. Real ones from before this
    register are under /interventions/elsewhere.
    """
    area, owing, acting = area_of(place), body_of(body), body_of(centre)
    wanted = CaseFilter(
        place=area.code if area else "",
        service=find_service(service).slug if service else "",
        step=step,
        state=state,
        body=owing.slug if owing else "",
        centre=acting.slug if acting else "",
        which=which or "all",
    )
    today = timezone.localdate()
    return page(
        request,
        cases_of_record(wanted),
        limit,
        after,
        lambda found: ((n, item(line)) for n, line in case_rows(found, today)),
    )


@router.get("/interventions/elsewhere", response=listing(ElsewhereOut))
def interventions_elsewhere(
    request: HttpRequest, place: Text = "", limit: Limit = 100, after: After = 0
) -> Any:
    """Real interventions as other sources tell them. The list is incomplete."""
    area = area_of(place)
    rows = elsewhere(timezone.localdate(), place=area.code if area else "")
    return page_of(request, [item(row) for row in rows], limit, after)


@router.get("/interventions/{number}", response={200: CaseDetail, **ERRORS})
def intervention(request: HttpRequest, number: Number) -> Any:
    """One case with its whole history, its trace, and the answers owed in it."""
    found = case_file(number, timezone.localdate())
    return {
        "case": item(found.line),
        "events": [_event(event) for event in found.events],
        "duties": [item(duty) for duty in found.duties],
    }


def _event(event: EventLine) -> dict[str, Any]:
    return {
        **{name: getattr(event, name) for name in ("number", "what", "on", "office", "reason")},
        "reason_words": event.reason_words,
        "labels": list(event.labels),
        "finding": to_json(event.finding) if event.finding else None,
        "words": [asdict(words) for words in event.words],
        "answers": [asdict(answer) for answer in event.answers],
    }

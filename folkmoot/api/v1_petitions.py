"""The API of petitions: what is asked, who signed where, what was decided, owed and answered."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from folkmoot.api import rows_petitions as rows
from folkmoot.api.columns import item, shape_of
from folkmoot.api.paging import After, Limit, Number, Of, Text, page
from folkmoot.api.shapes import ERRORS
from folkmoot.api.shapes_answers import DutyOut
from folkmoot.api.v1_answers import area_of, body_of, listing
from folkmoot.petitions.archives import archive
from folkmoot.petitions.queries import PetitionLine, petition_file, petition_line
from folkmoot.petitions.queries_lists import PetitionFilter, petitions_matching
from folkmoot.petitions.queries_watch import where_signed

router = Router(tags=["petitions"])

PetitionOut = shape_of(
    PetitionLine, "PetitionOut", "A petition as lists show it.", rows.PETITION_MEANINGS
)
ThresholdOut = shape_of(rows.ThresholdRow, "ThresholdOut", "How many make which answer owed.")
PetitionAnswerOut = shape_of(
    rows.PetitionAnswerRow, "PetitionAnswerOut", "An answer to a petition."
)
CommitmentOut = shape_of(rows.CommitmentRow, "CommitmentOut", "What a body said it will do.")
DecisionOut = shape_of(rows.DecisionRow, "DecisionOut", "A decision of moderators.")
ArchivedPetitionOut = shape_of(
    rows.ArchivedRow, "ArchivedPetitionOut", "A petition of another site."
)
WherePlaceOut = shape_of(rows.WherePlaceRow, "WherePlaceOut", "Signatures of one place.")
WhereDayOut = shape_of(rows.WhereDayRow, "WhereDayOut", "Signatures of one day.")


class PetitionDetail(Schema):
    """One petition with everything public about it. Hidden words are empty."""

    petition: PetitionOut  # type: ignore[valid-type]  # made from the row's own fields
    words_hidden: bool = Field(description="whether its text may not be shown")
    background: str = Field(description="why it is asked")
    detail: str = Field(description="more of it")
    creator_name: str = Field(description="who began it, where they ask to be named")
    scheme: str = Field(description="whose thresholds it has; site: this site's own")
    scheme_version: str
    population: int | None = Field(description="residents on the day it opened")
    counted_at: dt.datetime | None = Field(description="when signatures were counted last")
    merged_into: str = Field(description="page of the petition that goes on; empty: none")
    referred_to: str = Field(description="page of the body it was passed to; empty: none")
    thresholds: list[ThresholdOut]  # type: ignore[valid-type]
    duties: list[DutyOut]  # type: ignore[valid-type]
    decisions: list[DecisionOut]  # type: ignore[valid-type]


class WhereOut(Schema):
    """Where and when people signed, as last made: small counts are not shown."""

    petition: int
    kind: str = Field(description="district or constituency")
    day: dt.date | None = Field(description="to the end of this day; null before the first table")
    signatures: int = Field(description="of all places on that day")
    others: int = Field(description="of places not shown, or since a place was last shown")
    undone: int = Field(description="in days, and taken back or set aside since")
    earlier: int = Field(
        description="not in days: restored or counted after their day was shown; as the day null"
    )
    places: list[WherePlaceOut]  # type: ignore[valid-type]
    days: list[WhereDayOut]  # type: ignore[valid-type]


@router.get("/petitions", response=listing(PetitionOut))
def petitions(
    request: HttpRequest,
    place: Text = "",
    service: Text = "",
    body: Text = "",
    state: Text = "",
    words: Text = "",
    limit: Limit = 100,
    after: After = 0,
) -> Any:
    """Petitions, oldest first. Drafts and what waits for moderators are not among them.

    `state` is open, closed, rejected, withdrawn, merged, referred, hidden, owed (an answer is) or
    answered. `words`: those with a title like these words.
    """
    today, area, asked = timezone.localdate(), area_of(place), body_of(body)
    wanted = PetitionFilter(
        place=area.code if area else "",
        service=service,
        body=asked.slug if asked else "",
        state=state,
        words=words,
    )
    return page(
        request,
        petitions_matching(wanted, today),
        limit,
        after,
        lambda found: ((n, item(row)) for n, row in rows.petition_rows(found, today)),
    )


@router.get("/petitions/{number}", response={200: PetitionDetail, **ERRORS})
def petition(request: HttpRequest, number: Number) -> Any:
    """One petition with its text, thresholds, duties and decisions."""
    file = petition_file(number, timezone.localdate())
    return {
        "petition": item(file.line),
        "words_hidden": file.words_hidden,
        "background": file.background,
        "detail": file.detail,
        "creator_name": file.creator_name,
        "scheme": file.scheme,
        "scheme_version": file.scheme_version,
        "population": file.population,
        "counted_at": file.counted_at,
        "merged_into": file.merged_into[1] if file.merged_into else "",
        "referred_to": file.referred_to[1] if file.referred_to else "",
        "thresholds": [
            item(row)
            for _, row in rows.threshold_rows(rows.thresholds_like(number).order_by("needed"))
        ],
        "duties": [item(duty) for duty in file.duties],
        "decisions": [
            item(row) for _, row in rows.decision_rows(rows.decisions_like(number).order_by("pk"))
        ],
    }


@router.get("/petitions/{number}/where", response={200: WhereOut, **ERRORS})
def where(request: HttpRequest, number: Number) -> Any:
    """Where and when people signed. Counts of fewer than five are not shown, and cannot be worked
    out from these tables by subtraction.

    How many signed on a day can be known to anybody who notes a petition's `signatures`, which are
    of the minute, at two midnights.
    """
    found = where_signed(number, timezone.localdate())
    return {
        "petition": number,
        "kind": found.kind,
        "day": found.day,
        "signatures": found.signatures,
        "others": found.others,
        "undone": found.undone,
        "earlier": found.earlier,
        "places": [item(row) for row in rows.where_places(found)],
        "days": [item(row) for row in rows.where_days(found)],
    }


def _public(number: int | None) -> None:
    """Raises NotFound for a petition that nobody may know of."""
    if number is not None:
        petition_line(number, timezone.localdate())


@router.get("/petition-thresholds", response=listing(ThresholdOut))
def thresholds(
    request: HttpRequest, petition: Of = None, limit: Limit = 100, after: After = 0
) -> Any:
    """How many signatures make which answer owed, of all petitions or of one."""
    _public(petition)
    return page(
        request,
        rows.thresholds_like(petition),
        limit,
        after,
        lambda found: ((n, item(row)) for n, row in rows.threshold_rows(found)),
    )


@router.get("/petition-answers", response=listing(PetitionAnswerOut))
def answers(request: HttpRequest, petition: Of = None, limit: Limit = 100, after: After = 0) -> Any:
    """Answers to all petitions, or to one."""
    _public(petition)
    return page(
        request,
        rows.answers_like(petition),
        limit,
        after,
        lambda found: ((n, item(row)) for n, row in rows.answer_rows(found)),
    )


@router.get("/commitments", response=listing(CommitmentOut))
def commitments(
    request: HttpRequest, petition: Of = None, limit: Limit = 100, after: After = 0
) -> Any:
    """What bodies said they will do because of petitions, and what became of it."""
    _public(petition)
    today = timezone.localdate()
    return page(
        request,
        rows.commitments_like(petition),
        limit,
        after,
        lambda found: ((n, item(row)) for n, row in rows.commitment_rows(found, today)),
    )


@router.get("/moderation-decisions", response=listing(DecisionOut))
def decisions(
    request: HttpRequest, petition: Of = None, limit: Limit = 100, after: After = 0
) -> Any:
    """What moderators decided on petitions and questions, with how long it took."""
    _public(petition)
    return page(
        request,
        rows.decisions_like(petition),
        limit,
        after,
        lambda found: ((n, item(row)) for n, row in rows.decision_rows(found)),
    )


@router.get("/archived-petitions", response=listing(ArchivedPetitionOut))
def archived(request: HttpRequest, source: Text = "", limit: Limit = 100, after: After = 0) -> Any:
    """Petitions of other sites, as those published them, where the operator took them in."""
    if source:
        archive(source)
    return page(
        request,
        rows.archived_like(source),
        limit,
        after,
        lambda found: ((n, item(row)) for n, row in rows.archived_rows(found)),
    )

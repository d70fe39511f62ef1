"""The API of public questions."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from folkmoot.api.columns import item, shape_of
from folkmoot.api.paging import After, Limit, Text, page
from folkmoot.api.rows_questions import QuestionRow, question_rows
from folkmoot.api.v1_answers import area_of, body_of, listing
from folkmoot.petitions.queries_questions import questions_matching

router = Router(tags=["questions"])

QuestionOut = shape_of(QuestionRow, "QuestionOut", "A public question and how it stands.")


@router.get("/questions", response=listing(QuestionOut))
def questions(
    request: HttpRequest,
    place: Text = "",
    service: Text = "",
    body: Text = "",
    limit: Limit = 100,
    after: After = 0,
) -> Any:
    """Public questions, oldest first. What waits for moderators is not among them. The words of an
    answer are in `duties`, under the number of the duty."""
    today, area, asked = timezone.localdate(), area_of(place), body_of(body)
    found = questions_matching(
        place=area.code if area else "", service=service, body=asked.slug if asked else ""
    )
    return page(
        request,
        found,
        limit,
        after,
        lambda some: ((n, item(row)) for n, row in question_rows(some, today)),
    )

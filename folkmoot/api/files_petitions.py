"""CSV of petitions, of what came of them, of where people signed, and of public questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from folkmoot.api import rows_petitions as rows
from folkmoot.api.columns import columns_of
from folkmoot.api.files import Table, door, table_of
from folkmoot.api.rows_questions import QuestionRow, question_rows
from folkmoot.petitions.queries import PetitionLine
from folkmoot.petitions.queries_lists import PetitionFilter, petitions_matching
from folkmoot.petitions.queries_questions import questions_matching
from folkmoot.petitions.queries_watch import where_signed


def _only(pairs: Iterable[tuple[int, Any]]) -> Iterable[Any]:
    return (row for _, row in pairs)


def _petitions() -> Table:
    today = timezone.localdate()
    found = petitions_matching(PetitionFilter(), today).order_by("pk")
    columns = columns_of(PetitionLine, rows.PETITION_MEANINGS)
    return table_of("petitions", "Petitions", columns, _only(rows.petition_rows(found, today)))


def _thresholds() -> Table:
    found = rows.threshold_rows(rows.thresholds_like().order_by("pk"))
    title = "How many signatures make which answer owed"
    return table_of("petition-thresholds", title, columns_of(rows.ThresholdRow), _only(found))


def _answers() -> Table:
    found = rows.answer_rows(rows.answers_like().order_by("pk"))
    columns = columns_of(rows.PetitionAnswerRow)
    return table_of("petition-answers", "Answers to petitions", columns, _only(found))


def _commitments() -> Table:
    found = rows.commitment_rows(rows.commitments_like().order_by("pk"), timezone.localdate())
    title = "What bodies said they will do because of petitions"
    return table_of("commitments", title, columns_of(rows.CommitmentRow), _only(found))


def _decisions() -> Table:
    found = rows.decision_rows(rows.decisions_like().order_by("pk"))
    title = "Decisions of moderators on petitions and questions"
    return table_of("moderation-decisions", title, columns_of(rows.DecisionRow), _only(found))


def _archived() -> Table:
    found = rows.archived_rows(rows.archived_like().order_by("pk"))
    title = "Petitions of other sites, as those published them"
    return table_of("archived-petitions", title, columns_of(rows.ArchivedRow), _only(found))


def _questions() -> Table:
    found = question_rows(questions_matching().order_by("pk"), timezone.localdate())
    return table_of("questions", "Public questions", columns_of(QuestionRow), _only(found))


PETITION_TABLES: dict[str, Callable[[], Table]] = {
    "petitions": _petitions,
    "petition-thresholds": _thresholds,
    "petition-answers": _answers,
    "commitments": _commitments,
    "moderation-decisions": _decisions,
    "archived-petitions": _archived,
    "questions": _questions,
}


@require_safe
def where_places_csv(_request: HttpRequest, number: int, metadata: bool = False) -> HttpResponse:
    """Where people signed one petition, as far as it may be shown. Raises NotFound."""
    found = where_signed(number, timezone.localdate())
    title = f"Where people signed petition {number}"
    columns = columns_of(rows.WherePlaceRow)
    return door(table_of("where", title, columns, rows.where_places(found)), metadata)


@require_safe
def where_days_csv(_request: HttpRequest, number: int, metadata: bool = False) -> HttpResponse:
    """When people signed one petition, as far as it may be shown. Raises NotFound."""
    found = where_signed(number, timezone.localdate())
    title = f"When people signed petition {number}"
    columns = columns_of(rows.WhereDayRow)
    return door(table_of("days", title, columns, rows.where_days(found)), metadata)

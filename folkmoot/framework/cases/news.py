"""What happened in the cases of the record, newest first: for feeds. Nothing is written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from folkmoot.common.reasons import DECISIONS, ENDINGS, REFUSALS, REVIEWS
from folkmoot.framework.cases import rules
from folkmoot.framework.cases.queries import CaseFilter, CaseLine, case_lines, cases_of_record
from folkmoot.framework.models import CaseEvent

_REASONS = {**REFUSALS, **DECISIONS, **REVIEWS, **ENDINGS}


@dataclass(frozen=True, slots=True)
class News:
    """One thing done in a case, which ``line`` shows as it stands now.

    ``what`` is a key of ``rules.VERB_OF``, ``reason_words`` its reason in words, or "".
    """

    line: CaseLine
    number: int
    what: str
    office: str
    reason_words: str
    on: dt.date
    at: dt.datetime


def newest_in_cases(wanted: CaseFilter, today: dt.date, *, size: int = 50) -> list[News]:
    """The newest things done in cases like ``wanted``: three queries, two more for a step.

    A proposal and how it was answered, in the same moment, are one: the answer. Raises NotFound
    for an unknown state, list or step.
    """
    cases = cases_of_record(wanted)
    rows = CaseEvent.objects.filter(case__in=cases.order_by().values("pk"))
    events = list(rows.exclude(what=rules.PROPOSE).order_by("-at", "-pk")[:size])
    found = cases.filter(pk__in={event.case_id for event in events})
    lines = {line.id: line for line in case_lines(found, today)}
    return [
        News(
            lines[event.case_id],
            event.number,
            event.what,
            event.office,
            _REASONS.get(event.reason, ""),
            event.on,
            event.at,
        )
        for event in events
        # A case may have moved out of those that are wanted since its events were read.
        if event.case_id in lines
    ]

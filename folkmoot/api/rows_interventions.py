"""Rows of the register of interventions and non-interventions, the same in JSON and CSV."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from django.db.models import QuerySet

from folkmoot.framework.cases.elsewhere import INCOMPLETE
from folkmoot.framework.cases.queries import CaseLine, case_lines
from folkmoot.framework.models import Case

CASE_MEANINGS: dict[str, str] = {
    "id": "number of the case",
    "path": "its page on this site",
    "space": "always record: no rehearsal is ever here",
    "place": "GSS code of the place",
    "place_name": "name of the place",
    "place_slug": "short name of the place",
    "service": "short name of the service",
    "step": "id of the step on the ladder; empty in an emergency outside the framework",
    "step_title": "the step, or the power used, in words",
    "framework": "short name of the framework asked",
    "framework_version": "version of that framework",
    "framework_title": "the framework in words",
    "illustrative": "whether the framework is an example that nobody has adopted",
    "centre": "short name of the central body",
    "centre_name": "name of the central body",
    "body": "short name of the body that it is about",
    "body_name": "name of that body",
    "state": "refused, noticed, withdrawn, lapsed, stopped, running or ended",
    "state_words": "the state in words",
    "outside": "whether it is an emergency outside the framework",
    "power": "id of the power used, where outside",
    "proposed_on": "the day it was proposed",
    "notice_on": "the day of the notice",
    "reply_due": "the day by which the reply is due",
    "decided_on": "the day it was decided",
    "starts": "first day of the step",
    "ends": "last day of the step at the latest",
    "ended_on": "the day it ended",
    "ending": "why it ended, as a code",
    "ending_words": "why it ended, in words",
    "overrun": "whether its time is over though nobody has ended it",
    "says": "how it stands, in words",
    "version": "grows with every change of the case",
}
ELSEWHERE_MEANINGS: dict[str, str] = {
    "row": "row of the source file, the header being row 1",
    "council": "the council, as found",
    "place": "GSS code of the place; empty where not known",
    "place_name": "name of the place",
    "place_slug": "short name of the place",
    "started": "when it began, as found",
    "ended": "when it ended or is planned to, as found",
    "note": "what else was found",
    "source_seen": "what was read",
    "source": "the file it came from",
    "state": "ended, planned-end or not-known",
    "says": "how it stands, in words",
    "complete": "always false: " + INCOMPLETE[0].lower() + INCOMPLETE[1:],
}


def case_rows(rows: QuerySet[Case, Case], today: dt.date) -> Iterator[tuple[int, CaseLine]]:
    """(position, row) of each case as it stands on a day."""
    lines: Iterable[CaseLine] = case_lines(rows, today)
    return ((line.id, line) for line in lines)

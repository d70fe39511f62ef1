"""Rows of the public record and of answers owed, the same in JSON and CSV."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from django.db.models import QuerySet

from folkmoot.common.acts import REASON_WORDS, VERBS
from folkmoot.common.errors import NotFound
from folkmoot.common.models import PublicAct
from folkmoot.common.queries import RecordFilter
from folkmoot.duties.models import Duty
from folkmoot.duties.queries import DutyLine, line_of

DUTY_MEANINGS: dict[str, str] = {
    "id": "number of the duty",
    "key": "what it arose from; one duty for one cause",
    "kind": "reply, review or report",
    "body": "short name of the body that owes",
    "body_name": "name of the body",
    "body_kind": "kind of body",
    "office": "the office of it that owes; empty: the body as a whole",
    "subject": "text key of what must be answered",
    "place": "GSS code of the place it is about; empty where none",
    "service": "short name of the service it is about; empty where none",
    "rule": "the rule under which it is owed",
    "rule_version": "version of that rule",
    "since": "the day it arose",
    "due": "the day by which it is due",
    "state": "owed, due-soon, overdue, answered or waived, on the day of asking",
    "days_left": "days until it is due; negative when overdue",
    "ended_on": "the day it was answered or waived",
    "ended_by": "the office that answered or waived it",
    "in_time": "whether the answer came by its day; empty without one",
    "reason": "why it was waived, as a code",
    "reason_words": "why it was waived, in words",
    "says": "how it stands, in words",
    "path": "its page on this site",
}


@dataclass(frozen=True, slots=True)
class ActRow:
    """One act of an office in the public record: keys and codes only, never changed."""

    number: Annotated[int, "number of the act; later acts have higher ones"]
    at: Annotated[dt.datetime, "when it was done"]
    office: Annotated[str, "the office that did it"]
    verb: Annotated[str, "what it did, as a code"]
    words: Annotated[str, "what it did, in words"]
    subject: Annotated[str, "text key of what it did that to"]
    place: Annotated[str, "GSS code of the place it is about; empty where none"]
    service: Annotated[str, "short name of the service it is about; empty where none"]
    body: Annotated[str, "the body it is about; empty where none"]
    reason: Annotated[str, "why, as a code"]
    reason_words: Annotated[str, "why, in words"]
    sha256: Annotated[str, "digest of the act's canonical form"]
    path: Annotated[str, "its page on this site"]


def acts_matching(wanted: RecordFilter) -> QuerySet[PublicAct, PublicAct]:
    """Acts of the record, to be paged by a door. Raises NotFound for a verb that is not there."""
    if wanted.verb and wanted.verb not in VERBS:
        known = ", ".join(sorted(VERBS))
        raise NotFound(f"There is no such act. There are: {known}.")
    return PublicAct.objects.filter(**wanted.chosen())


def act_rows(rows: QuerySet[PublicAct, PublicAct]) -> Iterable[tuple[int, ActRow]]:
    """(position, row) of each act: one query."""
    for act in rows:
        verb = VERBS.get(act.verb)
        yield (
            act.pk,
            ActRow(
                number=act.pk,
                at=act.at,
                office=act.office,
                verb=act.verb,
                words=verb.words if verb else act.verb.replace("-", " "),
                subject=act.subject,
                place=act.place,
                service=act.service,
                body=act.body,
                reason=act.reason,
                reason_words=REASON_WORDS.get(act.reason, act.reason),
                sha256=act.sha256,
                path=f"/record/{act.pk}/",
            ),
        )


def duty_rows(rows: QuerySet[Duty, Duty], today: dt.date) -> Iterable[tuple[int, DutyLine]]:
    """(position, row) of each duty as it stands on a day: one query."""
    return ((duty.pk, line_of(duty, today)) for duty in rows)

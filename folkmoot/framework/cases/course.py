"""The course of a case, read from its row and from the answers that are owed in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from folkmoot.duties.models import Duty
from folkmoot.duties.rules import REPLY, REVIEW
from folkmoot.framework.cases.rules import Course
from folkmoot.framework.catalogue import Framework
from folkmoot.framework.models import Case


def subject_of(case: int) -> str:
    """The text key of a case, as acts and duties name it."""
    return f"case:{case}"


def case_path(case: int, space: str) -> str:
    """Where the page of a case is."""
    return f"/interventions/{case}/" if space == "record" else f"/rehearsal/interventions/{case}/"


def duties_of_case(case: Case) -> list[Duty]:
    """Every answer that was ever owed in a case, oldest first: one query."""
    rows = Duty.objects.select_related("body").filter(space=case.space, subject=subject_of(case.pk))
    return list(rows.order_by("pk"))


def open_review(duties: Iterable[Duty]) -> Duty | None:
    """The review that is owed now."""
    return next((d for d in duties if d.kind == REVIEW and not d.ended), None)


def reply_of(duties: Iterable[Duty]) -> Duty | None:
    """The reply that is or was owed."""
    return next((duty for duty in duties if duty.kind == REPLY), None)


def course_of(case: Case, duties: Iterable[Duty], framework: Framework) -> Course:
    """What the next move of a case depends on."""
    duties = list(duties)
    reply, review, step = reply_of(duties), open_review(duties), framework.step(case.step)
    replied: dt.date | None = None
    if reply is not None and reply.ended == "answered":
        replied = reply.ended_on
    return Course(
        state=case.state,
        last_on=max(case.last_on, replied or case.last_on),
        notice_on=case.notice_on,
        reply_due=case.reply_due,
        replied_on=replied,
        reply_waived=reply is not None and reply.ended == "waived",
        notice_days=step.notice_days if step else 0,
        starts=case.starts,
        ends=case.ends,
        review_due=review.due if review else None,
    )

"""How promptly moderators decide, as it is shown in public."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import F

from folkmoot.people.queries import day_of
from folkmoot.petitions.models import ModerationDecision, Petition, Question
from folkmoot.petitions.queries_moderation import APPEALED
from folkmoot.petitions.rules import moderation as rules
from folkmoot.petitions.rules.moderation import FIRST
from folkmoot.petitions.rules.states import MODERATION, WITHDRAWN
from folkmoot.stats import wilson

# The clock shown in public looks back so many days.
LOOK_BACK = 365


@dataclass(frozen=True, slots=True)
class ModerationClock:
    """How promptly moderators decide, of what was asked of them in ``days`` up to ``today``.

    ``settled``: cases whose promised day is past; ``in_time`` of them were decided by it, ``late``
    after it and ``overdue`` not yet. ``waiting`` are not decided and within their time. ``share``
    is in_time/settled with its 95 per cent Wilson limits, shares between 0 and 1, all None where
    nothing is settled. ``promise`` is the number of days promised.
    """

    step: str
    days: int
    promise: int
    settled: int
    in_time: int
    late: int
    overdue: int
    waiting: int
    share: float | None
    lower: float | None
    upper: float | None


def moderation_clock(
    today: dt.date, *, step: str = FIRST, days: int = LOOK_BACK
) -> ModerationClock:
    """How promptly moderators decide on petitions and questions: at most five queries.

    ``step`` "appeal" asks the same of appeals. Days count as at this site. A case counts once its
    promised day is past, so that those decided early do not flatter; one that its creator
    withdrew undecided counts only where that day was past already: as late.
    """
    begin = today - dt.timedelta(days=days)
    decided: dict[tuple[int | None, int | None, dt.datetime], dt.datetime] = {}
    rows = ModerationDecision.objects.filter(step=step, since__date__gte=begin)
    for petition, question, since, at in rows.values_list(
        "petition_id", "question_id", "since", "at"
    ):
        # What nobody asked for, such as hiding what is open, was not waited for.
        if since < at:
            key = (petition, question, since)
            decided[key] = min(at, decided.get(key, at))
    cases: list[tuple[dt.date, dt.date | None]] = [
        (day_of(since), day_of(at)) for (_p, _q, since), at in decided.items()
    ]
    cases += [(since, None) for since in _undecided(step) if since >= begin]
    cases += _given_up(begin) if step == FIRST else []
    settled = [case for case in cases if rules.counts(case[0], today, step)]
    prompt = sum(rules.in_time(since, at, step) for since, at in settled)
    overdue = sum(at is None for _since, at in settled)
    share = lower = upper = None
    if settled:
        low, high = wilson(prompt, len(settled))
        share, lower, upper = prompt / len(settled), float(low), float(high)
    return ModerationClock(
        step=step,
        days=days,
        promise=rules.WITHIN[step].days,
        settled=len(settled),
        in_time=prompt,
        late=len(settled) - prompt - overdue,
        overdue=overdue,
        waiting=sum(at is None for _since, at in cases) - overdue,
        share=share,
        lower=lower,
        upper=upper,
    )


def _undecided(step: str) -> list[dt.date]:
    """Since when each case that waits has waited: two queries."""
    if step == FIRST:
        petitions = Petition.objects.filter(state=MODERATION, moderation_since__isnull=False)
        questions = Question.objects.filter(state="moderation")
        moments = [
            *petitions.values_list("moderation_since", flat=True),
            *questions.values_list("asked_at", flat=True),
        ]
    else:
        waiting = Question.objects.filter(appealed_at__isnull=False).exclude(appeal_text="")
        moments = [
            *Petition.objects.filter(APPEALED).values_list("appealed_at", flat=True),
            *waiting.values_list("appealed_at", flat=True),
        ]
    return [day_of(moment) for moment in moments if moment is not None]


def _given_up(begin: dt.date) -> list[tuple[dt.date, dt.date | None]]:
    """(since, until) of what waited beyond its day and was then withdrawn undecided: two queries.

    Waiting that long is not undone by giving up.
    """
    petitions = Petition.objects.filter(
        state=WITHDRAWN, moderation_since__date__gte=begin, opened_on__isnull=True
    ).exclude(decisions__step=FIRST, decisions__since=F("moderation_since"))
    questions = Question.objects.filter(state=WITHDRAWN, asked_at__date__gte=begin)
    cases = [
        (day_of(since), until)
        for since, until in petitions.values_list("moderation_since", "ended_on")
        if since is not None and until is not None
    ]
    cases += [
        (day_of(since), day_of(until))
        for since, until in questions.values_list("asked_at", "decided_at")
        if until is not None
    ]
    return [(since, until) for since, until in cases if not rules.in_time(since, until, FIRST)]

"""Lists of petitions: narrowed and in an order, page by page. Nothing is written."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, F, FloatField, OuterRef, Q, QuerySet, When
from django.db.models.functions import Cast

from folkmoot.common import switches
from folkmoot.common.errors import BadInput, Fault, NotFound
from folkmoot.duties.models import Duty
from folkmoot.petitions.models import Petition, PetitionAnswer, Threshold
from folkmoot.petitions.queries import PetitionLine, in_state, lines_of, public_petitions
from folkmoot.petitions.queries_search import similar
from folkmoot.petitions.rules.limits import SMALLEST_SHOWN
from folkmoot.petitions.rules.states import CLOSED, LISTED, OPEN, STATES
from folkmoot.petitions.rules.trending import DAMPING, score

NEWEST, MOST_SIGNED, TRENDING, CLOSING = "newest", "most-signed", "trending", "closing-soon"
# The orders there are, with their words.
SORTS: dict[str, str] = {
    NEWEST: "newest first",
    MOST_SIGNED: "most signed first",
    TRENDING: "trending first",
    CLOSING: "closing soonest first",
}
# As many as are looked for by words; an archive beside them takes half at most.
_ALIKE = 200
OWED, ANSWERED = "owed", "answered"
# What may be asked of the state, with its words: the states themselves, and two about answers.
ASKED: dict[str, str] = {
    OWED: "An answer is owed",
    ANSWERED: "Answered",
    **{state: words for state, words in STATES.items() if state in LISTED},
}


@dataclass(frozen=True, slots=True)
class PetitionFilter:
    """Which petitions are wanted, and in what order; an empty key asks for all.

    ``place`` is a GSS code, ``service`` and ``body`` are short names, ``state`` a key of
    ``ASKED``, ``sort`` one of ``SORTS``. Trending and closing petitions are open ones only.
    ``words``: petitions whose titles are like these words (``queries_search``).
    """

    place: str = ""
    service: str = ""
    body: str = ""
    state: str = ""
    words: str = ""
    sort: str = NEWEST


@dataclass(frozen=True, slots=True)
class PetitionPage:
    """Petitions; ``after``: hand this back for the next ones, or "" where there are none."""

    lines: tuple[PetitionLine, ...]
    after: str
    total: int


def petitions_matching(wanted: PetitionFilter, today: dt.date) -> QuerySet[Petition, Petition]:
    """Public petitions like ``wanted``, in no order: for doors that page by themselves.

    Raises NotFound for an unknown state or order, and SwitchedOff where words are not looked for.
    """
    for given, known in ((wanted.state, ASKED), (wanted.sort, SORTS)):
        if given and given not in known:
            raise NotFound(f"There is no such list of petitions. There are: {', '.join(known)}.")
    rows = public_petitions()
    named = {
        "area__code": wanted.place,
        "service__slug": wanted.service,
        "body__slug": wanted.body,
    }
    rows = rows.filter(**{name: value for name, value in named.items() if value})
    if wanted.state == OWED:
        rows = rows.filter(_owed())
    elif wanted.state == ANSWERED:
        rows = rows.filter(Exists(PetitionAnswer.objects.filter(petition=OuterRef("pk"))))
    elif wanted.state:
        rows = rows.filter(in_state(wanted.state, today))
    if wanted.words:
        switches.require_on("similar")
        alike = similar(wanted.words, place=wanted.place, limit=_ALIKE)
        rows = rows.filter(pk__in=[found.number for found in alike if not found.archived])
    return rows


def _owed() -> Exists:
    waiting = Duty.objects.filter(key=OuterRef("duty"), ended="")
    reached = Threshold.objects.filter(petition=OuterRef("pk"), reached_at__isnull=False)
    return Exists(reached.filter(Exists(waiting)))


def petitions_like(
    wanted: PetitionFilter, today: dt.date, *, after: str = "", size: int = 25
) -> PetitionPage:
    """Petitions like ``wanted``: two queries. Raises NotFound, and BadInput for a bad ``after``.

    Pages hang on the last petition of the page before, not on a count of pages: nothing is
    passed over or shown twice when petitions are added meanwhile.
    """
    rows, order = _ordered(petitions_matching(wanted, today), wanted.sort or NEWEST, today)
    total = rows.count()
    if after:
        rows = rows.filter(_beyond(wanted.sort or NEWEST, after))
    found = list(rows.order_by(*order)[: size + 1])
    onward = _cursor(wanted.sort or NEWEST, found[size - 1]) if len(found) > size else ""
    return PetitionPage(tuple(lines_of(found[:size], today)), onward, total)


_SCORE = Cast(F("last_day"), FloatField()) / Cast(F("signatures") + DAMPING, FloatField())


def _ordered(
    rows: QuerySet[Petition, Petition], sort: str, today: dt.date
) -> tuple[QuerySet[Petition, Petition], tuple[Any, ...]]:
    """The rows that belong to an order, and that order: the last key makes it complete."""
    if sort == MOST_SIGNED:
        return rows, ("-signatures", "-pk")
    if sort == CLOSING:
        return rows.filter(in_state(OPEN, today)), ("closes_on", "pk")
    if sort == TRENDING:
        # ``last_day`` is as of the last count: without one since yesterday, it says nothing. Where
        # it is too small to be shown it moves nothing here: the order, and the cursor of a page,
        # would tell it.
        lately = rows.filter(in_state(OPEN, today), counted_at__date__gte=today - dt.timedelta(1))
        return lately.filter(last_day__gte=SMALLEST_SHOWN).annotate(score=_SCORE), ("-score", "-pk")
    return rows, (F("opened_on").desc(nulls_last=True), "-pk")


# The key of the order, and the number of the petition.
_CURSOR = re.compile(r"([0-9.e-]{0,24})~([0-9]{1,18})")


def _cursor(sort: str, last: Petition) -> str:
    if sort == MOST_SIGNED:
        key = str(last.signatures)
    elif sort == CLOSING:
        key = str(last.closes_on)
    elif sort == TRENDING:
        key = repr(score(last.last_day, last.signatures))
    else:
        key = str(last.opened_on or "")
    return f"{key}~{last.pk}"


def _beyond(sort: str, after: str) -> Q:
    """Petitions that come after a cursor in an order. Raises BadInput."""
    try:
        found = _CURSOR.fullmatch(after)
        if found is None:
            raise ValueError
        text, pk = found[1], int(found[2])
        if sort == MOST_SIGNED:
            count = int(text)
            return Q(signatures__lt=count) | Q(signatures=count, pk__lt=pk)
        if sort == TRENDING:
            high = float(text)
            return Q(score__lt=high) | Q(score=high, pk__lt=pk)
        if not text and sort == NEWEST:
            return Q(opened_on__isnull=True, pk__lt=pk)
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise BadInput([Fault("after", "This is not a page.", "Follow the links.")]) from None
    if sort == CLOSING:
        return Q(closes_on__gt=day) | Q(closes_on=day, pk__gt=pk)
    return Q(opened_on__lt=day) | Q(opened_on=day, pk__lt=pk) | Q(opened_on__isnull=True)


def petitions_in(
    place: str, service: str, today: dt.date, *, limit: int = 20
) -> list[PetitionLine]:
    """Petitions of one matter (a GSS code and a service), or of a whole place (service ""), that
    are open, most signed first, and then closed ones, newest first: one query.
    """
    rows = public_petitions().filter(area__code=place)
    return _current(rows.filter(service__slug=service) if service else rows, today, limit)


def petitions_to(body: str, today: dt.date, *, limit: int = 20) -> list[PetitionLine]:
    """Petitions to a body (its slug), open ones first, then closed ones: one query."""
    return _current(public_petitions().filter(body__slug=body), today, limit)


def moving(today: dt.date, *, limit: int = 5) -> list[PetitionLine]:
    """Open petitions that are trending, and where fewer are than ``limit``, the newest after
    them: one query."""
    lately = Q(counted_at__date__gte=today - dt.timedelta(1), last_day__gte=SMALLEST_SHOWN)
    rows = public_petitions().filter(in_state(OPEN, today))
    scored = rows.annotate(
        score=Case(When(lately, then=_SCORE), default=0.0, output_field=FloatField())
    )
    return lines_of(scored.order_by("-score", "-opened_on", "-pk")[:limit], today)


def near(places: Collection[str], today: dt.date, *, limit: int = 5) -> list[PetitionLine]:
    """Open petitions of any of these places (GSS codes), most signed first: one query."""
    rows = public_petitions().filter(in_state(OPEN, today), area__code__in=list(places))
    return lines_of(rows.order_by("-signatures", "-pk")[:limit], today)


def _current(rows: QuerySet[Petition, Petition], today: dt.date, limit: int) -> list[PetitionLine]:
    """Open ones first, the most signed leading; then closed ones, the newest leading."""
    shown = rows.filter(state__in=[OPEN, CLOSED])
    lines = lines_of(shown.order_by("-state", "-signatures", "-pk")[:limit], today)
    lines.sort(
        key=lambda line: (
            not line.open,
            -line.signatures if line.open else 0,
            -(line.closes_on or today).toordinal(),
        )
    )
    return lines

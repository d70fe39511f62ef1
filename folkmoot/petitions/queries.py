"""Petitions as everybody may see them: a line for lists, and everything public about one.

What is hidden never leaves this module: a title or a text that may not be shown is an empty text
in what is returned, so that no page, file or feed can show it by mistake.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from folkmoot.common.acts import LEGAL_REASONS
from folkmoot.common.errors import NotFound
from folkmoot.duties.queries import DutyLine, duties_about
from folkmoot.people.queries import day_of
from folkmoot.petitions.models import Batch, Petition, PetitionAnswer, Signature
from folkmoot.petitions.models_signing import SET_ASIDE
from folkmoot.petitions.queries_meetings import MeetingLine, meeting_line
from folkmoot.petitions.rules.limits import SMALLEST_SHOWN
from folkmoot.petitions.rules.reasons import words_of
from folkmoot.petitions.rules.states import (
    CLOSED,
    HIDDEN,
    LISTED,
    OPEN,
    READABLE,
    STATES,
    WITHDRAWN,
)


@dataclass(frozen=True, slots=True)
class PetitionLine:
    """One petition as lists show it on a day.

    ``title`` is "" where it may not be shown (``heading`` always says something). ``state`` is a
    key of ``rules.states.STATES``: a petition whose last day is over is closed, even before
    anybody closed it. ``reason`` is why it is not accepted or hidden, as a code, and its words
    follow "because". ``signatures`` lag by a
    minute at most. ``last_day``: how many of them came in the last 24 hours, None where fewer than
    ``SMALLEST_SHOWN`` did. ``days_left`` counts today: 1 on the last day; None unless it is open.
    ``answered``: at least one answer was given. ``says`` is a sentence.
    """

    number: int
    path: str
    state: str
    state_words: str
    reason: str
    reason_words: str
    title: str
    place: str
    place_name: str
    place_slug: str
    service: str
    service_title: str
    body: str
    body_name: str
    office: str
    signatures: int
    last_day: int | None
    opened_on: dt.date | None
    closes_on: dt.date | None
    ended_on: dt.date | None
    days_left: int | None
    answered: bool
    says: str

    @property
    def open(self) -> bool:
        """Whether it may be signed."""
        return self.state == OPEN

    @property
    def heading(self) -> str:
        """The title, or what stands in its place where it may not be shown."""
        return self.title or f"Petition {self.number}: its title is not shown"


@dataclass(frozen=True, slots=True)
class ThresholdLine:
    """What so many signatures make owed. ``duty`` is the answer owed, once it was reached.

    ``kind`` is answer, hearing or debate; ``share`` the share of the residents, where it is one.
    ``meeting``: at which the debate is due, where one was known when it was reached.
    """

    kind: str
    needed: int
    share: float | None
    days: int
    reached_on: dt.date | None
    duty: DutyLine | None
    meeting: MeetingLine | None

    @property
    def reached(self) -> bool:
        """Whether it was ever reached; taking signatures back does not undo that."""
        return self.reached_on is not None


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One decision of moderators: ``step`` first or appeal, ``outcome`` the state it led to."""

    number: int
    step: str
    outcome: str
    reason: str
    since: dt.datetime
    at: dt.datetime
    office: str


@dataclass(frozen=True, slots=True)
class BatchLine:
    """Signatures set aside together, in counts only, and whether they were restored.

    ``signatures`` is how many there were that day; ``left`` how many of them stand set aside now,
    and were neither restored nor taken back.
    """

    kind: str
    signatures: int
    left: int
    set_aside_on: dt.date
    restored_on: dt.date | None


@dataclass(frozen=True, slots=True)
class PaperLine:
    """Sheets signed on paper that were taken in. ``missed``: how many rows were not taken, because
    they were there twice or had signed already; None where these are fewer than five."""

    taken: int
    missed: int | None
    on: dt.date


@dataclass(frozen=True, slots=True)
class PetitionFile:
    """Everything public about one petition, but what was answered (``queries_answers``).

    ``background`` and ``detail`` are "" where ``words_hidden``; ``creator_name`` is "" unless the
    creator asked for it to be shown. ``erased_on``: the words were erased for law, for good, and
    ``erased_why`` follows "because". ``merged_into`` and ``merged_from`` are (heading, path).
    """

    line: PetitionLine
    words_hidden: bool
    erased_on: dt.date | None
    erased_why: str
    background: str
    detail: str
    creator_name: str
    created_on: dt.date
    term: int
    scheme: str
    scheme_version: str
    population: int | None
    counted_at: dt.datetime | None
    thresholds: tuple[ThresholdLine, ...]
    duties: tuple[DutyLine, ...]
    decisions: tuple[DecisionLine, ...]
    batches: tuple[BatchLine, ...]
    paper: tuple[PaperLine, ...]
    merged_into: tuple[str, str] | None
    merged_from: tuple[tuple[str, str], ...]
    referred_to: tuple[str, str] | None

    @property
    def set_aside(self) -> int:
        """How many signatures stand set aside as unusual: not restored, and not taken back."""
        return sum(each.left for each in self.batches)

    @property
    def few_aside(self) -> bool:
        """Whether so few stand set aside that their number is not shown."""
        return 0 < self.set_aside < SMALLEST_SHOWN

    @property
    def next_threshold(self) -> ThresholdLine | None:
        """The lowest threshold that is still to be reached."""
        return next((each for each in self.thresholds if not each.reached), None)


def petition_path(number: int) -> str:
    """Where a petition's page is."""
    return f"/petitions/{number}/"


def subject_of(number: int) -> str:
    """The text key of a petition, by which duties and acts remember it."""
    return f"petition:{number}"


def signatures_subject(number: int, signatures: int) -> str:
    """The text key of so many signatures of a petition together, without saying which."""
    return f"{subject_of(number)}/signatures/{signatures}"


def state_on(petition: Petition, today: dt.date) -> str:
    """The state of a petition on a day: one whose last day is over is closed."""
    over = petition.state == OPEN and petition.closes_on and petition.closes_on < today
    return CLOSED if over else petition.state


# A petition that was withdrawn before it was ever opened was never public.
PUBLIC = Q(state__in=LISTED - {WITHDRAWN}) | Q(state=WITHDRAWN, opened_on__isnull=False)


def public_petitions() -> QuerySet[Petition, Petition]:
    """Petitions that everybody may know of, with what a line needs: one query when read."""
    answered = Exists(PetitionAnswer.objects.filter(petition=OuterRef("pk")))
    rows = Petition.objects.select_related("area", "service", "body").defer("appeal_text")
    return rows.filter(PUBLIC).annotate(answered=answered)


def in_state(state: str, today: dt.date) -> Q:
    """Petitions in a state on a day, as ``state_on`` tells it."""
    if state == OPEN:
        return Q(state=OPEN, closes_on__gte=today)
    if state == CLOSED:
        return Q(state=CLOSED) | Q(state=OPEN, closes_on__lt=today)
    return Q(state=state)


def _says(state: str, petition: Petition, days_left: int | None) -> str:
    if state == OPEN and petition.closes_on is not None:
        if days_left == 1:
            return "Open for signatures: today is the last day."
        last = f"{petition.closes_on:%-d %B %Y}"
        return f"Open for signatures until {last}: {days_left} days left."
    ended = petition.ended_on or (petition.closes_on if state == CLOSED else None)
    words = STATES[state]
    return f"{words} on {ended:%-d %B %Y}." if ended and state != HIDDEN else f"{words}."


def line_of(petition: Petition, today: dt.date) -> PetitionLine:
    """A row of ``public_petitions`` as doors show it."""
    state = state_on(petition, today)
    left = (petition.closes_on - today).days + 1 if state == OPEN and petition.closes_on else None
    return PetitionLine(
        number=petition.pk,
        path=petition_path(petition.pk),
        state=state,
        state_words=STATES[state],
        reason=petition.reason,
        reason_words=words_of(petition.reason),
        title="" if petition.title_hidden else petition.title,
        place=petition.area.code,
        place_name=petition.area.name,
        place_slug=petition.area.slug,
        service=petition.service.slug,
        service_title=petition.service.title,
        body=petition.body.slug,
        body_name=petition.body.name,
        office=petition.office,
        signatures=petition.signatures,
        last_day=petition.last_day if petition.last_day >= SMALLEST_SHOWN else None,
        opened_on=petition.opened_on,
        closes_on=petition.closes_on,
        ended_on=petition.ended_on,
        days_left=left,
        answered=bool(getattr(petition, "answered", False)),
        says=_says(state, petition, left),
    )


def lines_of(petitions: Iterable[Petition], today: dt.date) -> list[PetitionLine]:
    """Rows of ``public_petitions`` as doors show them, in their order."""
    return [line_of(petition, today) for petition in petitions]


def petition_line(number: int, today: dt.date) -> PetitionLine:
    """One petition as lists show it: one query. Raises NotFound where it is not public."""
    found = public_petitions().filter(pk=number).first()
    if found is None:
        raise NotFound("There is no such petition.", [("All petitions", "/petitions/")])
    return line_of(found, today)


def _thresholds(row: Petition, owed: Mapping[str, DutyLine]) -> tuple[ThresholdLine, ...]:
    return tuple(
        ThresholdLine(
            each.kind,
            each.needed,
            each.share,
            each.days,
            day_of(each.reached_at) if each.reached_at else None,
            owed.get(each.duty),
            meeting_line(each.meeting) if each.meeting else None,
        )
        for each in row.thresholds.select_related("meeting").order_by("needed", "kind")
    )


def left_aside(batches: Iterable[Batch]) -> dict[int, int]:
    """How many signatures of each batch stand set aside now: one query, none where none can."""
    waiting = [each.pk for each in batches if each.restored_at is None]
    if not waiting:
        return {}
    rows = Signature.objects.filter(batch__in=waiting, state=SET_ASIDE).order_by()
    return dict(rows.values_list("batch").annotate(Count("pk")))


def petition_file(number: int, today: dt.date) -> PetitionFile:
    """Everything public about one petition: eight queries at most. Raises NotFound.

    There is no such petition, for everybody, until moderators let it through or refused it.
    """
    rows = public_petitions().select_related("merged_into", "referred_to")
    row = rows.filter(pk=number).first()
    if row is None:
        raise NotFound("There is no such petition.", [("All petitions", "/petitions/")])
    line = line_of(row, today)
    hidden = row.words_hidden or row.state not in READABLE
    duties = duties_about(subject_of(row.pk), today)
    batches = list(row.batches.order_by("pk"))
    left = left_aside(batches)
    into, other = row.merged_into, row.referred_to
    return PetitionFile(
        line=line,
        words_hidden=hidden,
        erased_on=day_of(row.erased_at) if row.erased_at else None,
        erased_why=LEGAL_REASONS.get(row.erased_reason or "", ""),
        background="" if hidden else row.background,
        detail="" if hidden else row.detail,
        creator_name=row.creator_name if row.creator_shown and not hidden else "",
        created_on=day_of(row.created_at),
        term=row.term,
        scheme=row.scheme,
        scheme_version=row.scheme_version,
        population=row.population,
        counted_at=row.counted_at,
        thresholds=_thresholds(row, {duty.key: duty for duty in duties}),
        duties=tuple(duties),
        decisions=tuple(
            DecisionLine(
                each.pk, each.step, each.outcome, each.reason, each.since, each.at, each.office
            )
            for each in row.decisions.order_by("pk")
        ),
        batches=tuple(
            BatchLine(
                each.kind,
                each.signatures,
                left.get(each.pk, 0),
                day_of(each.set_aside_at),
                day_of(each.restored_at) if each.restored_at else None,
            )
            for each in batches
        ),
        paper=tuple(
            PaperLine(each.taken, each.doubles if each.doubles >= SMALLEST_SHOWN else None, each.on)
            for each in row.paper_batches.order_by("pk")
        ),
        merged_into=_named(into) if into else None,
        merged_from=tuple(_named(each) for each in row.merged_from.filter(PUBLIC).order_by("pk")),
        referred_to=(other.name, f"/body/{other.slug}/") if other else None,
    )


def _named(petition: Petition) -> tuple[str, str]:
    title = "" if petition.title_hidden else petition.title
    return title or f"Petition {petition.pk}", petition_path(petition.pk)

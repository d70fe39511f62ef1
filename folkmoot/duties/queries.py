"""What is owed, by whom, and how promptly bodies have answered. Nothing is written."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from folkmoot.bodies.models import Body
from folkmoot.bodies.queries import bodies, body_by_slug
from folkmoot.common.acts import WITHDRAWAL_REASONS
from folkmoot.common.errors import NotAllowed, NotFound
from folkmoot.common.reasons import WAIVERS
from folkmoot.duties import rules
from folkmoot.duties.models import Duty, DutyAnswer, FigureReport
from folkmoot.duties.rules import Clock
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of, roles_of
from folkmoot.people.rules import ADMINISTRATOR, SITE
from folkmoot.stats import wilson


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One answer owed, as doors show it on a day.

    ``office`` is the slug of the office, or "". ``state`` is a key of ``rules.STATES``,
    ``days_left`` days until it is due, negative when overdue; ``in_time`` whether the answer came
    by its day, None where there is none. ``reason`` is why it was waived, a key of ``WAIVERS``,
    with its words. ``says`` is a sentence.
    """

    id: int
    key: str
    kind: str
    body: str
    body_name: str
    body_kind: str
    office: str
    subject: str
    place: str
    service: str
    rule: str
    rule_version: str
    since: dt.date
    due: dt.date
    state: str
    days_left: int
    ended_on: dt.date | None
    ended_by: str
    in_time: bool | None
    reason: str
    reason_words: str
    says: str
    path: str

    @property
    def open(self) -> bool:
        """Whether the answer is still owed."""
        return self.state in rules.OPEN_STATES


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """The words of an answer (``number`` 1) or of a correction, or their tombstone.

    ``withdrawn_why`` says why they were withdrawn, in words.
    """

    id: int
    number: int
    text: str
    office: str
    on: dt.date
    withdrawn: bool
    withdrawn_reason: str
    withdrawn_on: dt.date | None
    withdrawn_why: str


@dataclass(frozen=True, slots=True)
class DutyFile:
    """One answer owed with everything that was answered. ``reports``: how many asked for it."""

    line: DutyLine
    answers: tuple[AnswerLine, ...]
    reports: int


@dataclass(frozen=True, slots=True)
class Promptness:
    """How promptly a body, or a whole kind of body, has answered what it owed.

    ``settled`` answers were due before today and not waived; ``in_time`` of them came by their
    day, ``late`` after it, and ``overdue`` have not come. ``not_due`` are owed and within their
    time, or answered before it. ``share`` is in_time/settled with its 95 per cent Wilson limits
    ``lower`` and ``upper``, shares between 0 and 1, all None where nothing is settled.
    """

    body: str
    name: str
    settled: int
    in_time: int
    late: int
    overdue: int
    not_due: int
    waived: int
    share: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class PromptnessOfKind:
    """Bodies of one kind beside each other, by name, and all of them together.

    ``bodies`` are those that ever owed an answer; ``silent`` how many of the kind never did.
    Chance makes bodies differ that are equally prompt: the limits say by how much it may.
    """

    kind: str
    all: Promptness
    bodies: tuple[Promptness, ...]
    silent: int


def clock_of(duty: Duty) -> Clock:
    """What the state of a row depends on."""
    return Clock(duty.since, duty.due, duty.ended, duty.ended_on)


def line_of(duty: Duty, today: dt.date) -> DutyLine:
    """A row, with its body, as doors show it."""
    clock = clock_of(duty)
    return DutyLine(
        id=duty.pk,
        key=duty.key,
        kind=duty.kind,
        body=duty.body.slug,
        body_name=duty.body.name,
        body_kind=duty.body.kind,
        office=duty.office,
        subject=duty.subject,
        place=duty.place,
        service=duty.service,
        rule=duty.rule,
        rule_version=duty.rule_version,
        since=duty.since,
        due=duty.due,
        state=rules.state(clock, today),
        days_left=rules.days_left(clock, today),
        ended_on=duty.ended_on,
        ended_by=duty.ended_by,
        in_time=rules.in_time(clock),
        reason=duty.waived_reason,
        reason_words=WAIVERS.get(duty.waived_reason, ""),
        says=rules.says(clock, today),
        path=rules.duty_path(duty.pk),
    )


def _duties(today: dt.date, space: str) -> QuerySet[Duty, Duty]:
    """Duties of one space that had arisen on a day."""
    rows = Duty.objects.select_related("body").filter(space=space)
    return rows.filter(since__lte=today) if space == "record" else rows


def _lines(rows: Iterable[Duty], today: dt.date) -> list[DutyLine]:
    """Open ones first, the longest due leading; then the ended ones, newest first."""
    lines = [line_of(row, today) for row in rows]
    lines.sort(
        key=lambda line: (
            not line.open,
            line.due.toordinal() if line.open else -(line.ended_on or line.due).toordinal(),
            line.id,
        )
    )
    return lines


def duties_of(
    body: str, today: dt.date, *, space: str = "record", open_only: bool = False
) -> list[DutyLine]:
    """What a body (its slug) owes and has owed: two queries. Raises NotFound.

    Open ones first, the longest due leading; then those that ended, newest first.
    """
    rows = _duties(today, space).filter(body=body_by_slug(body))
    return _lines(rows.filter(ended="") if open_only else rows, today)


def duties_in(place: str, service: str, today: dt.date, *, space: str = "record") -> list[DutyLine]:
    """What is owed and was answered in one matter, by GSS code and service: one query."""
    return _lines(_duties(today, space).filter(place=place, service=service), today)


def owed_in(places: Collection[str], bodies: Collection[str], today: dt.date) -> list[DutyLine]:
    """What is still owed on matters of these places (GSS codes), or by these bodies: one query."""
    mine = Q(place__in=list(places)) | Q(place="", body__slug__in=list(bodies))
    return _lines(_duties(today, "record").filter(mine, ended=""), today)


def duties_about(subject: str, today: dt.date, *, space: str = "record") -> list[DutyLine]:
    """What is owed to one text key, such as a case or a row of a release: one query."""
    return _lines(_duties(today, space).filter(subject=subject), today)


@dataclass(frozen=True, slots=True)
class DutyPage:
    """Duties by number, newest first; ``older_than``: ask below this for the next, or None."""

    lines: tuple[DutyLine, ...]
    older_than: int | None


def duties_like(
    today: dt.date,
    *,
    body: str = "",
    place: str = "",
    service: str = "",
    kind: str = "",
    state: str = "",
    below: int | None = None,
    size: int = 50,
) -> DutyPage:
    """Duties of the record for lists and files: one query. Empty keys ask for all.

    Raises NotFound for a state that does not exist.
    """
    rows = duties_of_record(today, body=body, place=place, service=service, kind=kind, state=state)
    if below is not None:
        rows = rows.filter(pk__lt=below)
    found = [line_of(row, today) for row in rows.order_by("-pk")[: size + 1]]
    return DutyPage(tuple(found[:size]), found[size - 1].id if len(found) > size else None)


def duties_of_record(
    today: dt.date,
    *,
    body: str = "",
    place: str = "",
    service: str = "",
    kind: str = "",
    state: str = "",
) -> QuerySet[Duty, Duty]:
    """Duties of the record with their bodies, to be paged by a door. Empty keys ask for all.

    Raises NotFound for a state that does not exist.
    """
    rows = _duties(today, "record")
    if body:
        rows = rows.filter(body__slug=body)
    named = {"place": place, "service": service, "kind": kind}
    rows = rows.filter(**{name: value for name, value in named.items() if value})
    return rows.filter(_in_state(state, today)) if state else rows


def _in_state(state: str, today: dt.date) -> Q:
    soon = today + rules.DUE_SOON
    states = {
        "owed": Q(ended="", due__gt=soon),
        "due-soon": Q(ended="", due__range=(today, soon)),
        "overdue": Q(ended="", due__lt=today),
        "answered": Q(ended="answered"),
        "waived": Q(ended="waived"),
    }
    if state not in states:
        raise NotFound(f"There is no such state of a duty. There are: {', '.join(states)}.")
    return states[state]


def duty_file(duty: int, today: dt.date, *, space: str = "record") -> DutyFile:
    """One answer owed, with its answers and corrections: three queries. Raises NotFound."""
    row = _duties(today, space).filter(pk=duty).first()
    if row is None:
        raise NotFound("There is no such answer owed.")
    answers = tuple(answer_line(given) for given in row.answers.order_by("number"))
    return DutyFile(line_of(row, today), answers, row.reports.count())


def answer_line(given: DutyAnswer) -> AnswerLine:
    """The words of an answer, or what stands in their place."""
    return AnswerLine(
        id=given.pk,
        number=given.number,
        text=given.text,
        office=given.office,
        on=given.on,
        withdrawn=given.withdrawn_at is not None,
        withdrawn_reason=given.withdrawn_reason,
        withdrawn_on=day_of(given.withdrawn_at) if given.withdrawn_at else None,
        withdrawn_why=WITHDRAWAL_REASONS.get(given.withdrawn_reason, ""),
    )


def reports_of(release: str, row: int) -> int:
    """How many have reported an error in one row of a release: what of them is public."""
    return FigureReport.objects.filter(figure=f"release:{release}/{row}").count()


def reports_for(actor: Person | None, duty: int, today: dt.date) -> list[str]:
    """What people wrote who reported the error, for those who must answer. Raises NotAllowed.

    Also for an administrator of the site. Reports whose time is up have no words left.
    """
    row = Duty.objects.select_related("body").filter(pk=duty, space="record").first()
    if row is None:
        raise NotFound("There is no such answer owed.")
    held = roles_of(actor, today)
    site = any(has.role == ADMINISTRATOR and has.body == SITE for has in held)
    if not site and not rules.may_answer(held, row.body.slug, row.office, row.kind, today):
        raise NotAllowed("Only those who answer for the figure may read what was reported.")
    found = row.reports.exclude(text="").order_by("pk")
    return list(found.values_list("text", flat=True))


def promptness(kind: str, today: dt.date) -> PromptnessOfKind:
    """How promptly bodies of one kind have answered, each beside the others: two queries.

    Raises NotFound for an unknown kind. Bodies are in order of name: a ranking would claim more
    than the few answers that most of them have owed can carry.
    """
    of_kind = list(bodies(kind))
    owed: dict[int, list[Clock]] = defaultdict(list)
    rows = Duty.objects.filter(space="record", body__kind=kind, since__lte=today)
    columns = rows.values_list("body_id", "since", "due", "ended", "ended_on")
    for body, since, due, ended, ended_on in columns:
        owed[body].append(Clock(since, due, ended, ended_on))
    found = [_promptness(body, owed[body.pk], today) for body in of_kind if body.pk in owed]
    every = [clock for clocks in owed.values() for clock in clocks]
    return PromptnessOfKind(
        kind, _promptness(None, every, today), tuple(found), len(of_kind) - len(found)
    )


def promptness_of(body: str, today: dt.date) -> Promptness:
    """How promptly one body has answered: two queries. Raises NotFound."""
    row = body_by_slug(body)
    rows = Duty.objects.filter(space="record", body=row, since__lte=today)
    clocks = [Clock(*fields) for fields in rows.values_list("since", "due", "ended", "ended_on")]
    return _promptness(row, clocks, today)


def _promptness(body: Body | None, clocks: list[Clock], today: dt.date) -> Promptness:
    settled = [clock for clock in clocks if rules.counts(clock, today)]
    prompt = sum(rules.in_time(clock) is True for clock in settled)
    late = sum(rules.in_time(clock) is False for clock in settled)
    waived = sum(clock.ended == "waived" for clock in clocks)
    share = lower = upper = None
    if settled:
        low, high = wilson(prompt, len(settled))
        share, lower, upper = prompt / len(settled), float(low), float(high)
    return Promptness(
        body=body.slug if body else "",
        name=body.name if body else "",
        settled=len(settled),
        in_time=prompt,
        late=late,
        overdue=len(settled) - prompt - late,
        not_due=len(clocks) - len(settled) - waived,
        waived=waived,
        share=share,
        lower=lower,
        upper=upper,
    )

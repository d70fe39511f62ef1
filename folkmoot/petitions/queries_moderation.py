"""What waits for moderators, and what they did not accept."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from folkmoot.common.errors import Conflict, NotAllowed, NotFound
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of, roles_of
from folkmoot.people.rules import MODERATOR, SITE
from folkmoot.petitions.models import ModerationDecision, Petition
from folkmoot.petitions.models_signing import CONFIRMED, SPONSOR
from folkmoot.petitions.queries import DecisionLine, petition_path
from folkmoot.petitions.rules import moderation as rules
from folkmoot.petitions.rules.moderation import APPEAL, FIRST
from folkmoot.petitions.rules.reasons import words_of
from folkmoot.petitions.rules.states import HIDDEN, MODERATION, REFUSED, REJECTED, STATES


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One petition that waits for a decision, with its clock.

    ``step`` is "first" or "appeal". ``waited`` and ``days_left`` are days; ``days_left`` is
    negative once the promise is broken. ``barred`` says why this moderator may not decide it
    ("own": they began it, or what it was joined with; "decided": they refused it before), or "".
    """

    number: int
    step: str
    state: str
    title: str
    place_name: str
    service_title: str
    body: str
    body_name: str
    since: dt.date
    due: dt.date
    waited: int
    days_left: int
    barred: str

    @property
    def overdue(self) -> bool:
        """Whether the promised day is past."""
        return self.days_left < 0


@dataclass(frozen=True, slots=True)
class ForModerator:
    """Everything that a moderator needs to decide on one petition, hidden words included.

    ``for_site``: they moderate for the site, and not for the body only. ``sponsors`` is how many
    support it. ``line`` is its place in the queue, None where nothing
    waits. ``appeal_text`` is "" for those who may not decide on appeals.
    """

    number: int
    path: str
    state: str
    state_words: str
    reason: str
    title: str
    background: str
    detail: str
    words_hidden: bool
    title_hidden: bool
    place: str
    place_name: str
    service_title: str
    body: str
    body_name: str
    office: str
    creator_name: str
    own: bool
    for_site: bool
    signatures: int
    sponsors: int
    opened_on: dt.date | None
    erased: bool
    line: QueueLine | None
    appeal_text: str
    decisions: tuple[DecisionLine, ...]


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """One petition that was not accepted. ``title`` is "" where it may not be shown.

    ``reason`` is a key of ``rules.reasons.REASONS`` and ``why`` its words after "because".
    ``appeal`` is "", "waiting" or "refused".
    """

    number: int
    path: str
    title: str
    place_name: str
    service_title: str
    body_name: str
    reason: str
    why: str
    on: dt.date | None
    appeal: str


def moderates(person: Person | None, today: dt.date) -> tuple[str, ...]:
    """Slugs of the bodies that ``person`` moderates for on a day, the site ("site") first."""
    bodies = {has.body for has in roles_of(person, today) if has.role == MODERATOR}
    return tuple(sorted(bodies, key=lambda body: (body != SITE, body)))


def _require(person: Person | None, today: dt.date) -> tuple[str, ...]:
    bodies = moderates(person, today)
    if not bodies:
        raise NotAllowed(_("Only moderators may see what waits for them."))
    return bodies


def queue(person: Person | None, today: dt.date) -> list[QueueLine]:
    """What waits for ``person`` as a moderator, what is due first leading: three queries.

    Appeals are for moderators of the site. Raises NotAllowed for anybody who moderates nothing.
    """
    bodies = _require(person, today)
    rows = Petition.objects.select_related("area", "service", "body", "merged_into")
    wanted = Q(state=MODERATION)
    if SITE in bodies:
        wanted |= APPEALED
    else:
        wanted &= Q(body__slug__in=bodies)
    found = list(rows.filter(wanted))
    refused = set(
        ModerationDecision.objects.filter(
            petition__in=[row.pk for row in found],
            person=person,
            step=FIRST,
            outcome__in=REFUSED,
        ).values_list("petition_id", flat=True)
    )
    lines = [_line(row, person, row.pk in refused, today) for row in found]
    return sorted(lines, key=lambda line: (line.due, line.number))


APPEALED = Q(state__in=REFUSED, appealed_at__isnull=False) & ~Q(appeal_text="")


def _line(row: Petition, person: Person | None, refused: bool, today: dt.date) -> QueueLine:
    step = FIRST if row.state == MODERATION else APPEAL
    asked = row.moderation_since if step == FIRST else row.appealed_at
    since = day_of(asked or row.created_at)
    due = rules.due_on(since, step)
    began = {row.creator_id, row.merged_into.creator_id if row.merged_into else None}
    own = person is not None and person.pk in began
    barred = "own" if own else "decided" if refused and step == APPEAL else ""
    return QueueLine(
        number=row.pk,
        step=step,
        state=row.state,
        title=row.title or _("Petition %(number)d") % {"number": row.pk},
        place_name=row.area.name,
        service_title=row.service.title,
        body=row.body.slug,
        body_name=row.body.name,
        since=since,
        due=due,
        waited=(today - since).days,
        days_left=(due - today).days,
        barred=barred,
    )


def for_moderator(person: Person | None, number: int, today: dt.date) -> ForModerator:
    """One petition as a moderator sees it: five queries. Raises NotFound and NotAllowed.

    Nobody sees a draft, or one that seeks sponsors, but whoever wrote it.
    """
    bodies = _require(person, today)
    rows = Petition.objects.select_related("area", "service", "body", "merged_into")
    row = rows.filter(pk=number).first()
    if row is None or row.moderation_since is None:
        raise NotFound(_("There is no such petition."))
    if SITE not in bodies and row.body.slug not in bodies:
        raise NotAllowed(_("Only moderators of the body that is asked, or of this site, may."))
    decisions = list(row.decisions.order_by("pk"))
    refused = any(
        each.person_id == (person.pk if person else None)
        and each.step == FIRST
        and each.outcome in REFUSED
        for each in decisions
    )
    appealed = row.state in REFUSED and bool(row.appeal_text)
    waits = row.state == MODERATION or (appealed and SITE in bodies)
    return ForModerator(
        number=row.pk,
        path=petition_path(row.pk),
        state=row.state,
        state_words=STATES[row.state],
        reason=row.reason,
        title=row.title or _("Petition %(number)d") % {"number": row.pk},
        background=row.background,
        detail=row.detail,
        words_hidden=row.words_hidden,
        title_hidden=row.title_hidden,
        place=row.area.code,
        place_name=row.area.name,
        service_title=row.service.title,
        body=row.body.slug,
        body_name=row.body.name,
        office=row.office,
        creator_name=row.creator_name,
        own=person is not None and row.creator_id == person.pk,
        for_site=SITE in bodies,
        signatures=row.signatures,
        sponsors=row.signers.filter(origin=SPONSOR, state=CONFIRMED).count(),
        opened_on=row.opened_on,
        erased=row.erased_at is not None,
        line=_line(row, person, refused, today) if waits else None,
        appeal_text=row.appeal_text if appealed and SITE in bodies else "",
        decisions=tuple(
            DecisionLine(
                each.pk, each.step, each.outcome, each.reason, each.since, each.at, each.office
            )
            for each in decisions
        ),
    )


@dataclass(frozen=True, slots=True)
class ToErase:
    """A hidden petition whose words somebody may erase for law. ``same`` are the numbers of those
    that have the same words, because they were passed from one body to another."""

    number: int
    path: str
    title: str
    background: str
    detail: str
    body_name: str
    signatures: int
    same: tuple[int, ...]


def to_erase(person: Person | None, number: int, today: dt.date) -> ToErase:
    """A petition for whoever may erase its words: three queries. Raises NotFound, NotAllowed and
    Conflict, as ``actions.erasing.erase_words`` would."""
    if not rules.may_erase(roles_of(person, today), today):
        raise NotAllowed(_("Only moderators and administrators of this site may."))
    row = Petition.objects.select_related("body").filter(pk=number).first()
    if row is None or row.moderation_since is None:
        raise NotFound(_("There is no such petition."))
    if person is not None and row.creator_id == person.pk:
        raise NotAllowed(_("Nobody moderates a petition that they began themselves."))
    if row.state != HIDDEN:
        raise Conflict(_("Only what is hidden is erased. Hide the petition first."))
    if row.erased_at is not None:
        raise Conflict(_("The words of this petition are erased already."))
    same = Petition.objects.filter(Q(continues=row) | Q(continued_by=row), erased_at__isnull=True)
    return ToErase(
        number=row.pk,
        path=petition_path(row.pk),
        title=row.title,
        background=row.background,
        detail=row.detail,
        body_name=row.body.name,
        signatures=row.signatures,
        same=tuple(same.order_by("pk").distinct().values_list("pk", flat=True)),
    )


def refused(
    *, body: str = "", place: str = "", below: int | None = None, size: int = 50
) -> list[RefusedLine]:
    """Petitions that were not accepted, with the reason, newest first: two queries.

    ``body`` is a slug and ``place`` a GSS code; "" asks for all. ``below``: only numbers under it.
    """
    rows = Petition.objects.select_related("area", "service", "body").filter(state=REJECTED)
    if body:
        rows = rows.filter(body__slug=body)
    if place:
        rows = rows.filter(area__code=place)
    if below is not None:
        rows = rows.filter(pk__lt=below)
    found = list(rows.order_by("-pk")[:size])
    appeals = set(
        ModerationDecision.objects.filter(
            petition__in=[row.pk for row in found], step=APPEAL
        ).values_list("petition_id", flat=True)
    )
    return [
        RefusedLine(
            number=row.pk,
            path=petition_path(row.pk),
            title="" if row.title_hidden else row.title,
            place_name=row.area.name,
            service_title=row.service.title,
            body_name=row.body.name,
            reason=row.reason,
            why=words_of(row.reason),
            on=row.ended_on,
            appeal="waiting" if row.appeal_text else "refused" if row.pk in appeals else "",
        )
        for row in found
    ]

"""Who answers for what in a place, as flat rows: the API and the command line give the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from folkmoot.bodies import rules
from folkmoot.bodies.answering import who_answers
from folkmoot.bodies.queries import mps_for
from folkmoot.common.errors import NotFound
from folkmoot.places.models import Area
from folkmoot.places.queries import place_path, successors

REPRESENTS = "represents"
HELD, NOT_KNOWN, BODY_ITSELF = "held", "not-known", "body-itself"


@dataclass(frozen=True, slots=True)
class WhoRow:
    """One body, or office in it, that answers for a service in a place; or that none does.

    ``form`` is a key of ``rules.FORMS``, or ``represents`` for a member of parliament. ``held``
    says whether this site knows who holds the office; it is empty where no office is named.
    """

    place: str
    place_name: str
    service: str
    title: str
    form: str
    role: str
    who: str
    body: str
    body_kind: str
    office: str
    office_title: str
    held: str
    holders: tuple[str, ...]
    possible: bool
    share: float | None
    decides: str
    delivers: str
    no_say: str
    words: str
    laws: tuple[str, ...]
    law_links: tuple[str, ...]
    since: dt.date | None
    checked: dt.date | None

    def as_dict(self) -> dict[str, Any]:
        """The row as JSON values; days as ``datetime.date``."""
        return asdict(self)


def held_state(office: rules.OfficeLine | None) -> str:
    """Whether this site knows who holds an office: "" where there is none to hold."""
    if office is None:
        return ""
    if office.whole:
        return BODY_ITSELF
    return HELD if office.holders else NOT_KNOWN


def who_rows(area: Area, on: dt.date, constituency: str = "") -> list[WhoRow]:
    """Who answers for every service in a place on a day, then its members of parliament.

    With the code of the ``constituency`` that an address is in, only its member is given. At
    most ten queries. Gaps, overlaps and services not run here have rows of their own. Empty
    for a kind of area that runs nothing, such as a region. Raises NotFound for a place that had
    ended, with what it became.
    """
    if area.ended is not None and area.ended < on:
        became = [(each.area.name, place_path(each.area.slug)) for each in successors(area)]
        raise NotFound(f"{area.name} ended on {area.ended.day} {area.ended:%B %Y}.", became)
    rows: list[WhoRow] = []
    for found in who_answers(area, on):
        rows += [_answered(area, found.title, answer) for answer in found.answers]
        rows += [_noted(area, found, note) for note in found.notes]
    return [*rows, *_members(area, on, constituency)]


def _answered(area: Area, title: str, answer: rules.Answer) -> WhoRow:
    office = answer.office
    return WhoRow(
        place=area.code,
        place_name=area.name,
        service=answer.service,
        title=title,
        form="remit",
        role=answer.role,
        who=answer.who,
        body=answer.body.slug if answer.body else "",
        body_kind=answer.body.kind if answer.body else "",
        office=office.key if office else "",
        office_title=office.title if office else "",
        held=held_state(office),
        holders=tuple(holder.name for holder in office.holders) if office else (),
        possible=answer.possible,
        share=answer.share,
        decides=answer.decides,
        delivers=answer.delivers,
        no_say=answer.no_say,
        words="",
        laws=tuple(law.title for law in answer.laws),
        law_links=tuple(law.link for law in answer.laws),
        since=answer.since,
        checked=answer.checked,
    )


def _noted(area: Area, found: rules.ServiceAnswers, note: rules.Note) -> WhoRow:
    return WhoRow(
        place=area.code,
        place_name=area.name,
        service=found.service,
        title=found.title,
        form=note.form,
        role="",
        who="",
        body="",
        body_kind="",
        office="",
        office_title="",
        held="",
        holders=(),
        possible=False,
        share=None,
        decides="",
        delivers="",
        no_say="",
        words=note.words,
        laws=tuple(law.title for law in note.laws),
        law_links=tuple(law.link for law in note.laws),
        since=None,
        checked=None,
    )


def _members(area: Area, on: dt.date, constituency: str) -> Iterator[WhoRow]:
    """Members of parliament. Their share of a place is no likelihood, so no row gives it.

    A ``constituency`` that the place holds no part of tells nothing.
    """
    members = mps_for(area, on)
    exact = [member for member in members if member.code == constituency]
    for member in exact or members:
        office = member.office
        yield WhoRow(
            place=area.code,
            place_name=area.name,
            service="",
            title="House of Commons",
            form=REPRESENTS,
            role=REPRESENTS,
            who=office.title,
            body=office.key.partition("/")[0],
            body_kind="parliament",
            office=office.key,
            office_title=office.title,
            held=held_state(office),
            holders=tuple(holder.name for holder in office.holders),
            possible=member.possible and not exact,
            share=None,
            decides="",
            delivers="",
            no_say="",
            words="",
            laws=(),
            law_links=(),
            since=None,
            checked=None,
        )

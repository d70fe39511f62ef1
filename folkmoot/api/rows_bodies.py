"""Rows of bodies, offices, holders and remits, the same in JSON and CSV."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from django.db.models import Q, QuerySet

from folkmoot.bodies import rules
from folkmoot.bodies.answer_rows import held_state
from folkmoot.bodies.models import Body, Holder, Office, Remit
from folkmoot.bodies.queries import bodies, holders_of, office_by_key, office_line, on_day
from folkmoot.common.errors import NotFound
from folkmoot.places.models import Area

WHO_MEANINGS: dict[str, str] = {
    "place": "GSS code of the place",
    "place_name": "name of the place",
    "service": "short name of the service; empty for members of parliament",
    "title": "the service in plain English",
    "form": "remit, gap, overlap, elsewhere (not run by this kind of area) or represents",
    "role": "decides, delivers, oversees, no-say or represents; empty for a gap or an overlap",
    "who": "who answers, in words",
    "body": "short name of the body; empty where this site holds no list of its kind",
    "body_kind": "kind of body",
    "office": "the office in it, as body/office",
    "office_title": "the office in words",
    "held": "held, not-known (to this site) or body-itself; empty where no office is named",
    "holders": "who holds the office on the day",
    "possible": "whether it is one of several for this place",
    "share": "share of the place that is its own, 0 to 1, where known",
    "decides": "what it decides",
    "delivers": "what it must deliver",
    "no_say": "what it has no say in",
    "words": "of a gap, an overlap or a service not run here",
    "laws": "titles of the legal sources",
    "law_links": "links to them, in the same order",
    "since": "since when it answers",
    "checked": "when the entry was last gone through; not that each law was read on that day",
}


@dataclass(frozen=True, slots=True)
class BodyRow:
    """A public body. Never a person."""

    slug: Annotated[str, "short name of the body"]
    name: Annotated[str, "name of the body"]
    kind: Annotated[str, "kind of body, such as county-council"]
    area: Annotated[str, "GSS code of its own area; empty where it has none"]
    area_name: Annotated[str, "name of that area"]
    nation: Annotated[str, "code of its nation"]
    homepage: Annotated[str, "its own site"]
    note: Annotated[str, "what to know before trusting this entry"]
    started: Annotated[dt.date | None, "its first day, where known"]
    ended: Annotated[dt.date | None, "its last day; empty while it exists"]
    source: Annotated[str, "the file it came from"]


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """An office of a body, or the body as a whole, and who holds it."""

    office: Annotated[str, "the office, as body/office"]
    body: Annotated[str, "short name of the body"]
    body_name: Annotated[str, "name of the body"]
    title: Annotated[str, "the office in words"]
    kind: Annotated[str, "kind of office; whole is the body itself"]
    single: Annotated[bool, "whether one person holds it at a time"]
    held: Annotated[str, "held, not-known (to this site) or body-itself"]
    holders: Annotated[tuple[str, ...], "who holds it on the day; see holders for sources"]
    law: Annotated[str, "its legal basis"]
    law_link: Annotated[str, "link to that"]
    constituency: Annotated[str, "code of its constituency, if it has one"]
    started: Annotated[dt.date | None, "its first day, where known"]
    ended: Annotated[dt.date | None, "its last day; empty while it exists"]


@dataclass(frozen=True, slots=True)
class HolderRow:
    """Who holds, or held, a public office, as a named source says for a day."""

    office: Annotated[str, "the office, as body/office"]
    title: Annotated[str, "the office in words"]
    name: Annotated[str, "who holds it"]
    party: Annotated[str, "party, as declared for the office"]
    since: Annotated[dt.date, "since when, as the source says"]
    until: Annotated[dt.date | None, "the last day; empty while it lasts"]
    source: Annotated[str, "who says so"]
    as_at: Annotated[dt.date, "the day for which the source was right"]


@dataclass(frozen=True, slots=True)
class RemitRow:
    """A line of the catalogue: who answers for a service in a kind of area, or that none does."""

    service: Annotated[str, "short name of the service"]
    title: Annotated[str, "the service in plain English"]
    area_kind: Annotated[str, "kind of area"]
    nation: Annotated[str, "only in this nation (code); empty: everywhere"]
    position: Annotated[int, "order within the service and kind of area"]
    form: Annotated[str, "remit, gap, overlap or elsewhere"]
    role: Annotated[str, "decides, delivers, oversees or no-say"]
    who: Annotated[str, "who it is in relation to a place, or body: and a short name"]
    called: Annotated[str, "words where it is no one body"]
    posts: Annotated[tuple[str, ...], "kinds of office that answer, the first that exists"]
    laws: Annotated[tuple[str, ...], "titles of the legal sources"]
    law_links: Annotated[tuple[str, ...], "links to them, in the same order"]
    since: Annotated[dt.date | None, "in force from"]
    until: Annotated[dt.date | None, "in force to; empty while it is"]
    decides: Annotated[str, "what it decides"]
    delivers: Annotated[str, "what it must deliver"]
    no_say: Annotated[str, "what it has no say in"]
    words: Annotated[str, "of a gap or an overlap"]
    checked: Annotated[
        dt.date, "when it was last gone through; not that each law was read on that day"
    ]


def bodies_like(
    on: dt.date, *, kind: str = "", area: Area | None = None, live: bool | None = None
) -> QuerySet[Body, Body]:
    """Bodies of one kind or area; those there are on the day, or are not. Raises NotFound."""
    rows = bodies(kind)
    if area is not None:
        rows = rows.filter(area=area)
    if live is not None:
        rows = rows.filter(on_day(on)) if live else rows.exclude(on_day(on))
    return rows


def body_rows(rows: QuerySet[Body, Body]) -> Iterable[tuple[int, BodyRow]]:
    """(position, row) of each body: one query."""
    for body in rows.select_related("area"):
        yield (
            body.pk,
            BodyRow(
                slug=body.slug,
                name=body.name,
                kind=body.kind,
                area=body.area.code if body.area else "",
                area_name=body.area.name if body.area else "",
                nation=body.nation,
                homepage=body.homepage,
                note=body.note,
                started=body.started,
                ended=body.ended,
                source=body.source,
            ),
        )


def offices_like(
    on: dt.date, *, body: Body | None = None, kind: str = "", area: Area | None = None
) -> QuerySet[Office, Office]:
    """Offices on a day: of one body, of one kind, of or acting for one place. Raises NotFound."""
    if kind and kind not in rules.OFFICE_KINDS:
        known = ", ".join(rules.OFFICE_KINDS)
        raise NotFound(f"There is no such kind of office. There are: {known}.")
    rows = Office.objects.filter(on_day(on), on_day(on, "body__started", "body__ended"))
    if body is not None:
        rows = rows.filter(body=body)
    if kind:
        rows = rows.filter(kind=kind)
    if area is not None:
        rows = rows.filter(Q(body__area=area) | Q(acts_for__area=area)).distinct()
    return rows


def office_rows(rows: QuerySet[Office, Office], on: dt.date) -> Iterable[tuple[int, OfficeRow]]:
    """(position, row) of each office with who holds it on a day: two queries."""
    found = list(rows.select_related("body"))
    holders = holders_of((office.pk for office in found), on)
    for office in found:
        line = office_line(office, office.body.slug, holders.get(office.pk, ()))
        yield (
            office.pk,
            OfficeRow(
                office=line.key,
                body=office.body.slug,
                body_name=office.body.name,
                title=line.title,
                kind=line.kind,
                single=line.single,
                held=held_state(line),
                holders=tuple(holder.name for holder in line.holders),
                law=office.law,
                law_link=office.law_link,
                constituency=office.code,
                started=office.started,
                ended=office.ended,
            ),
        )


def holders_like(
    on: dt.date, *, body: Body | None = None, office: str = "", current: bool = True
) -> QuerySet[Holder, Holder]:
    """Holders of one body's offices or one office, on the day or ever. Raises NotFound."""
    rows = Holder.objects.all()
    if body is not None:
        rows = rows.filter(office__body=body)
    if office:
        rows = rows.filter(office=office_by_key(office))
    return rows.filter(on_day(on, "since", "until")) if current else rows


def holder_rows(rows: QuerySet[Holder, Holder]) -> Iterable[tuple[int, HolderRow]]:
    """(position, row) of each holder: one query."""
    for holder in rows.select_related("office__body"):
        yield (
            holder.pk,
            HolderRow(
                office=f"{holder.office.body.slug}/{holder.office.slug}",
                title=holder.office.title,
                name=holder.name,
                party=holder.party,
                since=holder.since,
                until=holder.until,
                source=holder.source,
                as_at=holder.as_at,
            ),
        )


def remits_like(*, service: str = "", area_kind: str = "") -> QuerySet[Remit, Remit]:
    """The catalogue of remits, of one service or kind of area. Raises NotFound."""
    if area_kind and area_kind not in rules.AREA_KINDS:
        known = ", ".join(rules.AREA_KINDS)
        raise NotFound(f"There is no such kind of area here. There are: {known}.")
    rows = Remit.objects.filter(area_kind=area_kind) if area_kind else Remit.objects.all()
    if service:
        known_services = sorted(set(Remit.objects.values_list("service", flat=True)))
        if service not in known_services:
            there = ", ".join(known_services)
            raise NotFound(f"There is no remit for {service!r}. Services: {there}.")
        rows = rows.filter(service=service)
    return rows


def remit_rows(rows: QuerySet[Remit, Remit]) -> Iterable[tuple[int, RemitRow]]:
    """(position, row) of each line: one query."""
    for remit in rows:
        laws = rules.laws_of(remit.laws)
        yield (
            remit.pk,
            RemitRow(
                service=remit.service,
                title=remit.title,
                area_kind=remit.area_kind,
                nation=remit.nation,
                position=remit.position,
                form=remit.form,
                role=remit.role,
                who=remit.who,
                called=remit.called,
                posts=tuple(remit.posts),
                laws=tuple(law.title for law in laws),
                law_links=tuple(law.link for law in laws),
                since=remit.since,
                until=remit.until,
                decides=remit.decides,
                delivers=remit.delivers,
                no_say=remit.no_say,
                words=remit.words,
                checked=remit.checked,
            ),
        )

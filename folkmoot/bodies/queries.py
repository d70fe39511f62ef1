"""What can be asked about bodies, their offices and who holds them. Nothing is written."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Substr

from folkmoot.bodies import rules
from folkmoot.bodies.models import Body, Holder, Office, OfficeArea, Remit
from folkmoot.common.errors import NotFound
from folkmoot.places.models import Area, AreaLink


def body_path(slug: str) -> str:
    """Where a body's page is."""
    return f"/body/{slug}/"


def on_day(on: dt.date, began: str = "started", ended: str = "ended") -> Q:
    """What had begun and not ended on a day; no date is read as always."""
    return (Q(**{f"{began}__isnull": True}) | Q(**{f"{began}__lte": on})) & (
        Q(**{f"{ended}__isnull": True}) | Q(**{f"{ended}__gte": on})
    )


def body_by_slug(slug: str) -> Body:
    """The body at this address, with its place. Raises NotFound with suggestions."""
    body = Body.objects.select_related("area").filter(slug=slug.lower()).first()
    if body is None:
        names = dict(Body.objects.values_list("slug", "name"))
        near = get_close_matches(slug.lower(), names, n=5)
        suggestions = [(names[other], body_path(other)) for other in near]
        raise NotFound("There is no body of that name here.", suggestions)
    return body


def central_body(slug: str) -> Body:
    """The body of this slug, if it is one that may be the centre. Raises NotFound."""
    body = Body.objects.filter(slug=slug, kind__in=rules.CENTRAL).first()
    if body is None:
        raise NotFound(f"There is no central body {slug!r} here.")
    return body


def bodies_near(key: str, on: dt.date) -> list[str]:
    """Keys of the bodies there are on a day that come nearest to ``key``, at most five."""
    known = Body.objects.filter(on_day(on)).values_list("slug", flat=True)
    return get_close_matches(key.lower(), known, n=5)


def office_keys(body: str, on: dt.date) -> list[str] | None:
    """Keys of the offices of a body on a day, in its order; None where there is no such body."""
    found = Body.objects.filter(on_day(on), slug=body).first()
    if found is None:
        return None
    return list(found.offices.filter(on_day(on)).values_list("slug", flat=True))


def kind_of(body: str) -> str:
    """The kind of a body by its key; "" where there is none of that key."""
    return Body.objects.filter(slug=body).values_list("kind", flat=True).first() or ""


def senior_office(body: Body, on: dt.date) -> str:
    """The key of the office of a body's senior officer on a day; "" where it has none here."""
    rows = Office.objects.filter(on_day(on), body=body, kind__in=rules.SENIOR_OFFICES)
    found = dict(rows.values_list("kind", "slug"))
    return next((found[each] for each in rules.SENIOR_OFFICES if each in found), "")


def bodies(kind: str = "", on: dt.date | None = None) -> QuerySet[Body]:
    """Bodies by name, with their places: of one kind, and those there were on a day.

    Raises NotFound for a kind that is not in ``rules.BODY_KINDS``.
    """
    if kind and kind not in rules.BODY_KINDS:
        raise NotFound("There is no such kind of body.")
    found = Body.objects.select_related("area").order_by("name", "slug")
    if kind:
        found = found.filter(kind=kind)
    return found if on is None else found.filter(on_day(on))


def bodies_of(area: Area, on: dt.date) -> list[Body]:
    """The bodies whose own area this is: a council, or a force and its commissioner."""
    return list(Body.objects.filter(on_day(on), area=area).order_by("kind", "name"))


def body_line(body: Body, area_code: str = "") -> rules.BodyLine:
    """A body as doors show it. ``area_code`` where its place has been read."""
    return rules.BodyLine(
        slug=body.slug,
        name=body.name,
        kind=body.kind,
        area_code=area_code,
        homepage=body.homepage,
        note=body.note,
    )


def holders_of(offices: Iterable[int], on: dt.date) -> dict[int, tuple[rules.HolderLine, ...]]:
    """Office's primary key → who holds it on a day, newest first: one query.

    Where one hands over to the next on that day, the next comes first.
    """
    found: dict[int, list[rules.HolderLine]] = defaultdict(list)
    rows = Holder.objects.filter(on_day(on, "since", "until"), office_id__in=list(offices))
    for row in rows.order_by("office_id", "-since", "name"):
        found[row.office_id].append(
            rules.HolderLine(row.name, row.party, row.since, row.until, row.source, row.as_at)
        )
    return {office: tuple(lines) for office, lines in found.items()}


# Columns that bring holders along with offices in one query: an office has a row for each.
HELD = {
    "held_name": "holders__name",
    "held_party": "holders__party",
    "held_since": "holders__since",
    "held_until": "holders__until",
    "held_source": "holders__source",
    "held_as_at": "holders__as_at",
}


def holder_line(row: Any, on: dt.date) -> rules.HolderLine | None:
    """The holder that a row with the columns of ``HELD`` brings along; None if none on that day."""
    if row.held_name is None or not rules.in_force(row.held_since, row.held_until, on):
        return None
    return rules.HolderLine(
        row.held_name,
        row.held_party,
        row.held_since,
        row.held_until,
        row.held_source,
        row.held_as_at,
    )


def in_order(lines: Iterable[rules.HolderLine]) -> tuple[rules.HolderLine, ...]:
    """Holders as ``holders_of`` has them: newest first, then by name."""
    return tuple(sorted(lines, key=lambda line: (-line.since.toordinal(), line.name)))


def office_line(
    office: Office, body_slug: str, holders: tuple[rules.HolderLine, ...] = ()
) -> rules.OfficeLine:
    """An office as doors show it."""
    single = office.seats == 1
    return rules.OfficeLine(
        key=f"{body_slug}/{office.slug}",
        slug=office.slug,
        title=office.title,
        kind=office.kind,
        single=single,
        law=rules.Law(office.law, office.law_link) if office.law else None,
        holders=holders[:1] if single else holders,
    )


def offices_of(body: Body, on: dt.date) -> list[rules.OfficeLine]:
    """The offices of a body on a day, the body as a whole first: two queries."""
    offices = list(Office.objects.filter(on_day(on), body=body).order_by("position", "title"))
    holders = holders_of((office.pk for office in offices), on)
    return [office_line(office, body.slug, holders.get(office.pk, ())) for office in offices]


def terms_of(body: Body) -> QuerySet[Holder]:
    """Everybody who is said to hold, or to have held, an office of a body, newest first."""
    rows = Holder.objects.filter(office__body=body).select_related("office")
    return rows.order_by("office__position", "office__slug", "-since", "name")


def remits_naming(slug: str, on: dt.date) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """(service, its title, role, kinds of area) of every remit that names a body: one query."""
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for row in Remit.objects.filter(who=f"{rules.BODY_PREFIX}{slug}", form="remit"):
        if rules.in_force(row.since, row.until, on):
            found[row.service, row.title, row.role].append(rules.AREA_KINDS[row.area_kind])
    return [(*key, tuple(kinds)) for key, kinds in found.items()]


def who_by_kind(service: str, on: dt.date) -> list[rules.KindAnswers]:
    """Who answers for a service by kind of area, kinds with the same answer together: one query.

    Bodies as a whole only; empty for a service of which the catalogue says nothing.
    """
    slug = Substr(OuterRef("who"), len(rules.BODY_PREFIX) + 1)
    named = Subquery(Body.objects.filter(slug=slug).values("name")[:1])
    lines = Remit.objects.filter(service=service, form="remit").annotate(named=named)
    said: dict[str, dict[str, list[str]]] = {}
    for row in lines.order_by("position"):
        whole = row.who.startswith(rules.BODY_PREFIX) or not set(row.posts) - {rules.WHOLE}
        if not whole or not rules.in_force(row.since, row.until, on):
            continue
        roles = said.setdefault(row.area_kind, {})
        who = row.called or row.named or rules.relation_words(row.who, row.area_kind)
        if who not in roles.setdefault(row.role, []):
            roles[row.role].append(who)
    together: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = defaultdict(list)
    for kind, words in rules.AREA_KINDS.items():
        roles = said.get(kind, {})
        answer = (tuple(roles.get("decides", ())), tuple(roles.get("delivers", ())))
        if any(answer):
            together[answer].append(words)
    return [rules.KindAnswers(tuple(kinds), *answer) for answer, kinds in together.items()]


def office_by_key(key: str) -> Office:
    """The office of a key such as "leeds-city-council/leader". Raises NotFound."""
    body, _, slug = key.partition("/")
    office = Office.objects.select_related("body").filter(body__slug=body, slug=slug).first()
    if office is None:
        raise NotFound("There is no such office here.")
    return office


def districts_within(area: Area) -> list[int]:
    """Primary keys of the area itself and of all that is part of it now, down two levels."""
    found = {area.pk}
    level = [area.pk]
    for _ in range(2):  # an authority of councils, a county of districts
        links = AreaLink.objects.filter(parent_id__in=level, role="part-of", child__ended=None)
        level = list(links.values_list("child_id", flat=True))
        found.update(level)
    return list(found)


def mps_for(area: Area, on: dt.date) -> list[rules.Member]:
    """The members of parliament who may speak for people in a place, largest part first.

    One query for a district, three for a larger place. ``possible`` where the place holds
    parts of more than one constituency, as most do. ``share`` is the largest part of any one
    district that lies in the constituency; the look-up does not say of what, and it looks like
    land, so it orders the list and must not be shown as a likelihood. Empty where the look-up
    has none, as in areas that have ended.
    """
    return members_for([area.pk] if area.kind not in _LARGER else districts_within(area), on)


def members_for(districts: Sequence[int], on: dt.date) -> list[rules.Member]:
    """The same for districts by primary key: one query."""
    rows = (
        OfficeArea.objects.filter(capacity=rules.MEMBER, area_id__in=districts)
        .select_related("office__body")
        .annotate(**{name: F(f"office__{column}") for name, column in HELD.items()})
    )
    held: dict[int, set[rules.HolderLine]] = defaultdict(set)
    for row in rows:
        if (line := holder_line(row, on)) is not None:
            held[row.office_id].add(line)
    parts = [(row.office, row.share) for row in rows]
    return members_of(parts, {office: in_order(lines) for office, lines in held.items()})


def members_of(
    parts: Iterable[tuple[Office, float]], holders: Mapping[int, tuple[rules.HolderLine, ...]]
) -> list[rules.Member]:
    """Members of parliament from their offices, with their bodies, and the shares of districts.

    An office may come several times. No query.
    """
    largest: dict[int, tuple[Office, float]] = {}
    for office, share in sorted(parts, key=lambda part: (-part[1], part[0].title)):
        largest.setdefault(office.pk, (office, share))
    return [
        rules.Member(
            constituency=office.title.removeprefix("Member of Parliament for "),
            code=office.code,
            office=office_line(office, office.body.slug, holders.get(office.pk, ())),
            possible=len(largest) > 1,
            share=share,
        )
        for office, share in largest.values()
    ]


_LARGER = frozenset(
    {
        "county",
        "combined-authority",
        "london-authority",
        "metropolitan-county",
        "police-force",
        "fire-authority",
        "integrated-care-board",
    }
)

"""Who answers for what in a place. Reads the catalogue of remits; nothing is written.

The answers for a place come from three things: the lines of the catalogue for its kind of
area, the places that it belongs to or contains, and the bodies and offices of those. A line
says who answers in relation to the place ("the county council"); here it finds its body.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace

from django.db.models import F, Q

from folkmoot.bodies import rules
from folkmoot.bodies.models import Body, Office, Remit
from folkmoot.bodies.queries import (
    HELD,
    body_line,
    holder_line,
    in_order,
    members_of,
    office_line,
    on_day,
)
from folkmoot.places.models import Area, AreaLink
from folkmoot.places.queries import Covering, Surroundings, councils_for, covering_of
from folkmoot.places.rules import LOWER_TIER, SINGLE_TIER, UPPER_TIER

# Relation → kinds of area in which its body is found by being that area's own.
_KINDS_OF: dict[str, frozenset[str]] = {
    "upper-council": UPPER_TIER,
    "lower-council": LOWER_TIER,
    "combined-authority": frozenset({"combined-authority"}),
    "london-authority": frozenset({"london-authority"}),
    "police-force": frozenset({"police-force"}),
    "integrated-care-board": frozenset({"integrated-care-board"}),
}
_BODY_KINDS_OF: dict[str, frozenset[str]] = {
    "upper-council": rules.COUNCIL_KINDS,
    "lower-council": rules.COUNCIL_KINDS,
    "combined-authority": frozenset({"combined-authority"}),
    "london-authority": frozenset({"london-authority"}),
    "police-force": frozenset({"police-force"}),
    "integrated-care-board": frozenset({"integrated-care-board"}),
}
# Relation → capacity in which an office acts for a kind of area that need not be its body's.
_CAPACITY_OF: dict[str, tuple[str, str]] = {
    "police-governor": (rules.POLICE, "police-force"),
    "fire-governor": (rules.FIRE, "fire-authority"),
}


@dataclass(frozen=True, slots=True)
class _Reach:
    """The places that bear on one place, and how much of it each covers, where that is known."""

    areas: dict[int, Area]
    share: dict[int, float]

    def of(self, kinds: frozenset[str]) -> list[int]:
        """Primary keys of those of some kinds, the largest share first, then by name."""
        found = [pk for pk, area in self.areas.items() if area.kind in kinds]
        return sorted(found, key=lambda pk: (-self.share.get(pk, 0), self.areas[pk].name))


@dataclass(slots=True)
class _Found:
    """Bodies and offices of a reach, by how a line may ask for them."""

    by_area: dict[int, list[Body]] = field(default_factory=lambda: defaultdict(list))
    by_slug: dict[str, Body] = field(default_factory=dict)
    offices: dict[int, list[Office]] = field(default_factory=lambda: defaultdict(list))
    acting: dict[tuple[str, int], Office] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)
    holders: dict[int, tuple[rules.HolderLine, ...]] = field(default_factory=dict)
    members: list[tuple[Office, float]] = field(default_factory=list)


def accountable_for(
    area: Area, service_slug: str, on: dt.date, covering: Covering | None = None
) -> list[rules.Answer]:
    """Everybody who answers for a service in a place on a day, those who decide first.

    At most four queries; ``covering`` saves two where a door has it already. Empty for a
    service that is not in the catalogue and for a kind of area that runs nothing.
    """
    found = _answers(area, on, covering, service_slug)
    return list(found[0].answers) if found else []


def matter_answers(
    area: Area, service_slug: str, on: dt.date, covering: Covering | None = None
) -> rules.ServiceAnswers | None:
    """The answers for one service in a place with its gaps and overlaps; None if not known."""
    found = _answers(area, on, covering, service_slug)
    return found[0] if found else None


def who_answers(
    area: Area, on: dt.date, covering: Covering | None = None
) -> list[rules.ServiceAnswers]:
    """Who answers for every service in a place on a day, by service: at most four queries.

    ``covering`` saves two of them. Fire and rescue is among them, though the catalogue of
    services does not hold it. Empty for a kind of area that runs nothing, such as a region.
    """
    return _answers(area, on, covering)


@dataclass(frozen=True, slots=True)
class Everyone:
    """Who answers in a place, service by service, and who may speak for it in parliament.

    ``areas`` are the places that bear on it, itself first.
    """

    areas: tuple[Area, ...]
    services: tuple[rules.ServiceAnswers, ...]
    members: tuple[rules.Member, ...]


def everyone_in(around: Surroundings, on: dt.date) -> Everyone:
    """Everybody who answers in a place on a day: two queries, of whatever kind the place is."""
    area = around.area
    reach = _reach(area, covering_of(around) if area.kind in LOWER_TIER else None, around)
    remits = _remits(area, on)
    districts = [pk for pk, place in reach.areas.items() if place.kind in LOWER_TIER]
    found = _look_up(reach, {row.who for row in remits}, on, districts)
    return Everyone(
        (area, *(place for pk, place in reach.areas.items() if pk != area.pk)),
        tuple(_by_service(area, remits, reach, found)),
        tuple(members_of(found.members, found.holders)),
    )


def service_answers(
    around: Surroundings, service_slug: str, on: dt.date
) -> rules.ServiceAnswers | None:
    """``matter_answers`` from a place's surroundings: two queries, of whatever kind it is."""
    area = around.area
    reach = _reach(area, covering_of(around) if area.kind in LOWER_TIER else None, around)
    found = _answers(area, on, None, service_slug, reach)
    return found[0] if found else None


def _answers(
    area: Area,
    on: dt.date,
    covering: Covering | None,
    service: str = "",
    reach: _Reach | None = None,
) -> list[rules.ServiceAnswers]:
    remits = _remits(area, on, service)
    if not remits:
        return []
    reach = reach or _reach(area, covering)
    found = _look_up(reach, {row.who for row in remits}, on)
    return _by_service(area, remits, reach, found)


def _remits(area: Area, on: dt.date, service: str = "") -> list[Remit]:
    """The lines of the catalogue in force for a place, of one service or of all: one query."""
    kind = rules.area_kind_of(area.kind, area.code)
    lines = Remit.objects.filter(Q(nation="") | Q(nation=area.nation), area_kind=kind)
    if service:
        lines = lines.filter(service=service)
    return [row for row in lines if rules.in_force(row.since, row.until, on)]


def _by_service(
    area: Area, remits: Iterable[Remit], reach: _Reach, found: _Found
) -> list[rules.ServiceAnswers]:
    one = area.kind in LOWER_TIER
    by_service: dict[str, list[Remit]] = defaultdict(list)
    for row in remits:
        by_service[row.service].append(row)
    return [
        rules.ServiceAnswers(
            service=slug,
            title=rows[0].title,
            answers=tuple(
                sorted(
                    (a for row in rows if row.form == "remit" for a in _of(row, reach, found, one)),
                    key=lambda answer: _ORDER[answer.role],
                )
            ),
            notes=tuple(
                rules.Note(row.form, row.words, rules.laws_of(row.laws))
                for row in rows
                if row.form != "remit"
            ),
        )
        for slug, rows in by_service.items()
    ]


_ORDER = {role: number for number, role in enumerate(rules.ROLES)}


def _reach(area: Area, covering: Covering | None, around: Surroundings | None = None) -> _Reach:
    """The places that bear on ``area``: two queries at most, none where its links are known."""
    if area.kind in LOWER_TIER:
        covering = covering or councils_for(area)
        areas = {place.pk: place for place in covering.all()}
        if area.kind in SINGLE_TIER:  # the only council here is both tiers
            areas = {pk: place for pk, place in areas.items() if place.kind != "county"}
        return _Reach(areas, {board.pk: share for board, share in covering.boards})
    areas = {area.pk: area}
    if around is not None:
        for link in around.links:
            if link.parent_id == area.pk and link.child.kind == "district":
                areas[link.child_id] = link.child
        for link in around.links:
            if link.child_id in areas and link.parent.ended is None:
                areas.setdefault(link.parent_id, link.parent)
        return _Reach(areas, {})
    below = AreaLink.objects.filter(parent=area, role="part-of", child__ended=None)
    for link in below.select_related("child"):
        if area.kind == "county" and link.child.kind == "district":
            areas[link.child_id] = link.child
    above = AreaLink.objects.filter(child_id__in=list(areas), role="part-of")
    for link in above.filter(parent__ended=None).select_related("parent"):
        areas.setdefault(link.parent_id, link.parent)
    return _Reach(areas, {})


def _look_up(
    reach: _Reach, wanted: set[str], on: dt.date, spoken_for: Collection[int] = ()
) -> _Found:
    """Bodies, offices and holders of a reach, and members for the districts ``spoken_for``.

    One query.
    """
    slugs = [
        who.removeprefix(rules.BODY_PREFIX) for who in wanted if who.startswith(rules.BODY_PREFIX)
    ]
    capacities = [_CAPACITY_OF[who][0] for who in wanted if who in _CAPACITY_OF]
    places = list(reach.areas)
    mine = Q(body__area_id__in=places) | Q(body__slug__in=slugs)
    acts = Q(acts_for__area_id__in=places, acts_for__capacity__in=capacities)
    if spoken_for:
        acts |= Q(acts_for__area_id__in=list(spoken_for), acts_for__capacity=rules.MEMBER)
    rows = (
        Office.objects.filter(on_day(on), on_day(on, "body__started", "body__ended"), mine | acts)
        .select_related("body")
        .annotate(
            acting_for=F("acts_for__area_id"),
            acting_as=F("acts_for__capacity"),
            part=F("acts_for__share"),
        )
        .annotate(**{name: F(column) for name, column in HELD.items()})
        .order_by("position", "slug")
    )
    found = _Found()
    seen: set[int] = set()
    held: dict[int, set[rules.HolderLine]] = defaultdict(set)
    for office in rows:
        body = office.body
        if (line := holder_line(office, on)) is not None:
            held[office.pk].add(line)
        if office.acting_as == rules.MEMBER:
            found.members.append((office, office.part))
            continue
        if office.acting_as in capacities and office.acting_for in reach.areas:
            found.acting.setdefault((office.acting_as, office.acting_for), office)
        if office.pk in seen:
            continue
        seen.add(office.pk)
        if not found.offices[body.pk]:
            found.by_slug[body.slug] = body
            if body.area_id is not None:
                found.by_area[body.area_id].append(body)
        found.offices[body.pk].append(office)
    found.codes = {pk: area.code for pk, area in reach.areas.items()}
    found.holders = {pk: in_order(lines) for pk, lines in held.items()}
    return found


def _of(row: Remit, reach: _Reach, found: _Found, one: bool) -> Iterator[rules.Answer]:
    """The answers of one line of the catalogue: one for each body that it leads to.

    Of several, one answers for an address in ``one`` district, which it is cannot be said; in a
    larger place each answers for its own part.
    """
    if row.who == "several":
        called = row.called[0].upper() + row.called[1:]
        yield _answer(row, called, None, None, found)
        return
    pairs = _bodies(row, reach, found)
    for body, office, share in pairs:
        several = len(pairs) > 1
        answer = _answer(row, body.name, body, office, found, several and one, share)
        yield replace(answer, each=several and not one)
    if not pairs and row.who not in rules.OPTIONAL_RELATIONS:
        words = rules.RELATIONS.get(row.who, "a national body")
        yield _answer(row, f"{words[0].upper()}{words[1:]}: not known", None, None, found)


def _bodies(
    row: Remit, reach: _Reach, found: _Found
) -> list[tuple[Body, Office | None, float | None]]:
    """(body, its office, the share of the place that it covers) of one line."""
    if row.who.startswith(rules.BODY_PREFIX):
        body = found.by_slug.get(row.who.removeprefix(rules.BODY_PREFIX))
        return [(body, _office(row, body, found), None)] if body is not None else []
    if row.who in _CAPACITY_OF:
        capacity, kind = _CAPACITY_OF[row.who]
        offices = [found.acting.get((capacity, pk)) for pk in reach.of(frozenset({kind}))]
        return [(office.body, office, None) for office in offices if office is not None]
    return [
        (body, _office(row, body, found), reach.share.get(pk))
        for pk in reach.of(_KINDS_OF[row.who])
        for body in found.by_area[pk]
        if body.kind in _BODY_KINDS_OF[row.who]
    ]


def _office(row: Remit, body: Body, found: _Found) -> Office | None:
    """The first of the kinds of office that the line asks for and the body has."""
    for kind in row.posts:
        for office in found.offices[body.pk]:
            if office.kind == kind:
                return office
    return None


def _answer(
    row: Remit,
    who: str,
    body: Body | None,
    office: Office | None,
    found: _Found,
    possible: bool = False,
    share: float | None = None,
) -> rules.Answer:
    line = None
    if office is not None and body is not None:
        line = office_line(office, body.slug, found.holders.get(office.pk, ()))
    code = found.codes.get(body.area_id, "") if body is not None and body.area_id else ""
    return rules.Answer(
        service=row.service,
        role=row.role,
        who=who,
        body=body_line(body, code) if body is not None else None,
        office=line,
        holder=line.holder if line is not None else None,
        laws=rules.laws_of(row.laws),
        since=row.since,
        decides=row.decides,
        delivers=row.delivers,
        no_say=row.no_say,
        possible=possible,
        share=share,
        checked=row.checked,
    )

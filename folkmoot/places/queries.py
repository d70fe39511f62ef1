"""What can be asked about places. Lists of many places cost one query; nothing is written."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from folkmoot.common.errors import BadInput, NotFound
from folkmoot.places import gazetteer, postcodes, rules
from folkmoot.places.models import Area, AreaLink, OfficialPostcode, PostcodeEdition, SimilarArea

PART_OF, BECAME = "part-of", "became"


@dataclass(frozen=True, slots=True)
class Successor:
    """An area that another became.

    ``how`` is ``recoded`` (the same place under a new code), ``merged`` or ``split``; ``share``
    is the share of the people of the old area that went to this one.
    """

    area: Area
    how: str
    share: float
    since: dt.date | None
    source: str


@dataclass(frozen=True, slots=True)
class Covering:
    """The places whose services cover a district: what a resident of it lives in.

    ``boards`` are (integrated care board, share of the district inside it), largest first:
    some districts straddle two or more. ``county`` and the rest are None where there is none.
    """

    district: Area
    county: Area | None
    combined: Area | None
    police: Area | None
    fire: Area | None
    boards: tuple[tuple[Area, float], ...]
    region: Area | None
    nation: Area | None

    def all(self) -> tuple[Area, ...]:
        """Every place that runs a service here, nearest first; no region or nation."""
        single = (self.district, self.county, self.combined, self.police, self.fire)
        return (*(a for a in single if a is not None), *(board for board, _ in self.boards))


@dataclass(frozen=True, slots=True)
class GeographyData:
    """Who is where, for one list of similar places: the fields of ``measures``' Geography.

    Keys and values are GSS codes. ``joined`` says in which joined area a place's figures may
    stand; ``live`` holds the areas that exist now.
    """

    kind: dict[str, str]
    nation: dict[str, str]
    region: dict[str, str]
    similar: dict[str, tuple[str, ...]]
    population: dict[str, int]
    joined: dict[str, str]
    live: frozenset[str]


@dataclass(frozen=True, slots=True)
class PostcodeAnswer:
    """Where a postcode is, and how sure that is.

    ``kind``: ``malformed``; ``not-held`` (the files loaded do not cover it); ``sector`` (the
    district of its sector, derived and not confirmed); and with the official directory
    ``exact``, ``ended`` or ``unknown``. ``note`` says so in plain English. ``constituency`` is
    the code of its constituency where the official directory gives that, else "".
    """

    kind: str
    district: Area | None
    note: str
    source: str
    constituency: str = ""


def place_path(slug: str) -> str:
    """Where a place's page is."""
    return f"/place/{slug}/"


def suggestions(text: str, limit: int = 5) -> list[tuple[str, str]]:
    """(name, path) of places like ``text``, for a page that could not find it."""
    hits = gazetteer.find(text.replace("-", " "), limit)
    return [(hit.place.name, place_path(hit.place.slug)) for hit in hits]


def area_by_slug(slug: str) -> Area:
    """The place at this address. Raises NotFound with suggestions."""
    area = Area.objects.filter(slug=slug.lower()).first()
    if area is None:
        raise NotFound("There is no place of that name here.", suggestions(slug))
    return area


def area_by_code(code: str) -> Area:
    """The place with this GSS code. Raises NotFound."""
    area = Area.objects.filter(code=code.upper()).first()
    if area is None:
        raise NotFound("There is no place with that code here.")
    return area


def ancestors(area: Area) -> list[Area]:
    """Everything that ``area`` is part of, nearest level first, each once.

    One query for each level: at most four (county, region, nation, group of nations).
    """
    found: dict[int, Area] = {}
    level = [area.pk]
    while level:
        links = AreaLink.objects.filter(child_id__in=level, role=PART_OF).select_related("parent")
        parents = {link.parent_id: link.parent for link in links.order_by("-share", "id")}
        level = [pk for pk in parents if pk not in found]
        found.update((pk, parents[pk]) for pk in level)
    return list(found.values())


def children(area: Area, kinds: Sequence[str] = (), *, ended: bool = False) -> list[Area]:
    """What is directly part of ``area``, by name; of ``kinds`` only, and with ended ones."""
    areas = Area.objects.filter(links_up__parent=area, links_up__role=PART_OF)
    if kinds:
        areas = areas.filter(kind__in=kinds)
    if not ended:
        areas = areas.filter(ended__isnull=True)
    return list(areas.order_by("name", "code"))


def successors(area: Area) -> list[Successor]:
    """What ``area`` became, largest share first; empty where it still exists."""
    links = list(
        AreaLink.objects.filter(child=area, role=BECAME)
        .annotate(joined=Count("parent__links_down", Q(parent__links_down__role=BECAME)))
        .select_related("parent")
        .order_by("-share", "parent__name")
    )
    return [
        Successor(
            area=link.parent,
            how=rules.succession(
                area.kind, area.name, link.parent.kind, link.parent.name, len(links), link.joined
            ),
            share=link.share,
            since=link.since,
            source=link.source,
        )
        for link in links
    ]


def predecessors(area: Area) -> list[Area]:
    """The areas that became ``area``, by name."""
    was = Area.objects.filter(links_up__parent=area, links_up__role=BECAME)
    return list(was.order_by("name", "code"))


def recoded() -> dict[str, str]:
    """Old code → newest code of every place that only changed its code."""
    links = AreaLink.objects.filter(role=BECAME).select_related("child", "parent")
    return rules.recoded((link.child, link.parent) for link in links)


def living_area(code: str) -> Area | None:
    """The area that is now where the district ``code`` was: followed while it has one successor.

    None for a code that is not known, and where a district was split.
    """
    area = Area.objects.filter(code=code).first()
    while area is not None and area.ended is not None:
        onward = successors(area)
        area = onward[0].area if len(onward) == 1 else None
    return area


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A place with the links that tell what covers it, and for a county what it holds."""

    area: Area
    links: tuple[AreaLink, ...]


def surroundings(slug: str) -> Surroundings:
    """The place at this address with what bears on it: one query. Raises NotFound.

    The links are those of the place, of the county and the region above it, and for a county
    also those of its districts. A place without any link costs a second query.
    """
    links = _links_around(Area.objects.filter(slug=slug.lower()).values("pk"))
    for link in links:
        if link.child.slug == slug.lower():
            return Surroundings(link.child, links)
        if link.parent.slug == slug.lower():
            return Surroundings(link.parent, links)
    return Surroundings(area_by_slug(slug), ())


def _links_around(here: QuerySet[Area, Any]) -> tuple[AreaLink, ...]:
    """What is known around one place, the largest share first: one query."""
    parts = AreaLink.objects.filter(role=PART_OF)
    above = parts.filter(child__in=here).values("parent")
    further = parts.filter(child__in=above).values("parent")
    districts = parts.filter(parent__in=here, parent__kind="county", child__ended=None)
    carried = Q(child__in=above, child__kind__in=["county", "region"]) | Q(
        child__in=further, child__kind="region"
    )
    held = Q(parent__in=here, parent__kind="county") | Q(child__in=districts.values("child"))
    links = parts.filter(Q(child__in=here) | carried | held).select_related("child", "parent")
    return tuple(links.order_by("-share", "parent__name"))


def councils_for(district: Area) -> Covering:
    """The places whose services cover ``district``: one query, or two where no link says so."""
    return covering_of(
        Surroundings(district, _links_around(Area.objects.filter(pk=district.pk).values("pk")))
    )


def covering_of(around: Surroundings) -> Covering:
    """The places whose services cover a place, from its surroundings: no query but for a nation."""
    district = around.area
    by_kind: dict[str, list[AreaLink]] = defaultdict(list)
    for link in around.links:
        if link.child_id == district.pk:
            by_kind[link.parent.kind].append(link)
    county = by_kind["county"][0].parent if by_kind["county"] else None
    for above in ("county", "region"):
        if by_kind[above]:
            carrier = by_kind[above][0].parent_id
            for link in around.links:
                if link.child_id == carrier:
                    by_kind[link.parent.kind].append(link)

    def one(kind: str) -> Area | None:
        return by_kind[kind][0].parent if by_kind[kind] else None

    combined = one("combined-authority") or one("london-authority")
    nation = one("nation") or Area.objects.filter(code=district.nation).first()
    return Covering(
        district=district,
        county=county,
        combined=combined,
        police=one("police-force"),
        fire=one("fire-authority"),
        boards=tuple((link.parent, link.share) for link in by_kind["integrated-care-board"]),
        region=one("region"),
        nation=nation,
    )


def similar(area: Area, list_key: str) -> list[Area]:
    """The places most like ``area`` in a published list, most alike first; empty if not in it.

    ``list_key`` is a key of ``rules.SIMILAR_LISTS``; KeyError for another.
    """
    if list_key not in rules.SIMILAR_LISTS:
        raise KeyError(list_key)
    rows = SimilarArea.objects.filter(list_key=list_key, area=area).select_related("other")
    return [row.other for row in rows.order_by("position")]


def search(text: str, limit: int = 10) -> list[rules.Place]:
    """Places like ``text``, best first, forgiving slips: see ``gazetteer.find``."""
    return [hit.place for hit in gazetteer.find(text, limit)]


def geography_data(list_key: str) -> GeographyData:
    """Who is where, with the similar places of one list: three queries.

    Every area is there, ended ones too. A region is given for every area that lies in one
    region only. Raises KeyError for an unknown list.
    """
    if list_key not in rules.SIMILAR_LISTS:
        raise KeyError(list_key)
    areas = {area.pk: area for area in Area.objects.all()}
    up: dict[int, list[int]] = defaultdict(list)
    links = AreaLink.objects.filter(role=PART_OF).order_by("-share", "id")
    for child, parent in links.values_list("child_id", "parent_id"):
        up[child].append(parent)

    def region_of(pk: int) -> str:
        for parent in up[pk]:
            if areas[parent].kind == "region":
                return areas[parent].code
        counties = (parent for parent in up[pk] if areas[parent].kind == "county")
        return next((region_of(parent) for parent in counties), "")

    lists: dict[str, list[str]] = defaultdict(list)
    rows = SimilarArea.objects.filter(list_key=list_key).order_by("area_id", "position")
    for area_id, other_id in rows.values_list("area_id", "other_id"):
        lists[areas[area_id].code].append(areas[other_id].code)
    return GeographyData(
        kind={area.code: area.kind for area in areas.values()},
        nation={area.code: area.nation for area in areas.values() if area.nation},
        region={area.code: region for pk, area in areas.items() if (region := region_of(pk))},
        similar={code: tuple(others) for code, others in lists.items()},
        population={a.code: a.population for a in areas.values() if a.population is not None},
        joined={
            areas[child].code: areas[parent].code
            for child, parents in up.items()
            for parent in parents
            if areas[parent].kind == "joined"
        },
        live=frozenset(area.code for area in areas.values() if area.ended is None),
    )


def find_postcode(text: str) -> PostcodeAnswer:
    """Where a postcode is. Never raises: a malformed one is an answer of its own.

    The text is not kept, logged or repeated in the answer.
    """
    try:
        postcode = rules.parse_postcode(text)
    except BadInput as error:
        fault = error.faults[0]
        return PostcodeAnswer("malformed", None, f"{fault.what} {fault.remedy}", "")
    edition = PostcodeEdition.objects.order_by("-loaded_at").first()
    if edition is not None:
        return _official(postcode, edition)
    return _derived(postcode)


def _derived(postcode: str) -> PostcodeAnswer:
    elsewhere = postcodes.not_covered(postcode)
    code = postcodes.compact().district(postcode)
    district = living_area(code) if code is not None else None
    if district is None:
        where = f"Postcodes of {elsewhere} are" if elsewhere else "This part of the country is"
        note = f"{where} not in the postcode file used here. Search for your council by its name."
        return PostcodeAnswer("not-held", None, note, postcodes.SOURCE)
    note = (
        f"Most likely {district.name}: worked out from open data for the area around this"
        " postcode, not confirmed. Near a boundary it can be wrong."
    )
    return PostcodeAnswer("sector", district, note, postcodes.SOURCE)


def _official(postcode: str, edition: PostcodeEdition) -> PostcodeAnswer:
    row = OfficialPostcode.objects.filter(postcode=postcode.replace(" ", "")).first()
    if row is None:
        note = "There is no such postcode in the official directory. Check it and try again."
        return PostcodeAnswer("unknown", None, note, edition.name)
    district = living_area(row.district)
    if row.ended is not None:
        where = f" It was in what is now {district.name}." if district else ""
        note = f"This postcode is no longer in use, since {_month(row.ended)}.{where}"
        return PostcodeAnswer("ended", district, note, edition.name)
    if district is None:
        note = "The official directory gives no council area in the United Kingdom for it."
        return PostcodeAnswer("not-held", None, note, edition.name)
    note = f"In {district.name}."
    return PostcodeAnswer("exact", district, note, edition.name, row.constituency)


def _month(day: dt.date) -> str:
    months = (
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    )  # fmt: skip
    return f"{months[day.month - 1]} {day.year}"

"""Every area that the shipped files name, with its links, as plain data: no database here."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from folkmoot.places import names, rules
from folkmoot.places.successions import FORMER, first_day, read_successions
from folkmoot.places.tables import rows_of

EDITION = "2025-04"
UNITED_KINGDOM, GREAT_BRITAIN, ENGLAND_AND_WALES = "K02000001", "K03000001", "K04000001"
NATIONS = {"E": "E92000001", "W": "W92000004", "S": "S92000003", "N": "N92000002"}
_GROUPS = {
    "E": (ENGLAND_AND_WALES, GREAT_BRITAIN, UNITED_KINGDOM),
    "W": (ENGLAND_AND_WALES, GREAT_BRITAIN, UNITED_KINGDOM),
    "S": (GREAT_BRITAIN, UNITED_KINGDOM),
    "N": (UNITED_KINGDOM,),
}
KIND_OF_CODE = {
    "K02": "country-group", "K03": "country-group", "K04": "country-group",
    "E92": "nation", "W92": "nation", "S92": "nation", "N92": "nation",
    "E12": "region", "E11": "metropolitan-county", "E13": "london-part",
    "E47": "combined-authority", "E61": "london-authority", "E10": "county",
    "E06": "unitary", "E07": "district", "E08": "metropolitan", "E09": "london",
    "W06": "welsh", "S12": "scottish", "N09": "northern-irish",
    "E23": "police-force", "W15": "police-force",
    "E31": "fire-authority", "W25": "fire-authority",
    "E54": "integrated-care-board", "E67": "joined",
}  # fmt: skip
# A metropolitan county is made of the metropolitan boroughs of one combined authority.
_METROPOLITAN = {
    "E47000001": "E11000001",
    "E47000002": "E11000003",
    "E47000003": "E11000006",
    "E47000004": "E11000002",
    "E47000007": "E11000005",
    "E47000014": "E11000007",
}
_MADE_OF_DISTRICTS = {
    "combined-authority",
    "police-force",
    "fire-authority",
    "integrated-care-board",
    "metropolitan-county",
}
GREATER_LONDON, LONDON = "E61000001", "E12000007"
LONDON_PARTS = {"Inner London": "E13000001", "Outer London": "E13000002"}


@dataclass(slots=True)
class AreaRow:
    """An area as read, before it has a slug."""

    code: str
    name: str
    kind: str
    source: str
    nation: str = ""
    started: dt.date | None = None
    ended: dt.date | None = None
    population: int | None = None
    population_year: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    homepage: str = ""
    other_names: list[str] = field(default_factory=list)


@dataclass(slots=True)
class LinkRow:
    """``child`` is part of, or became, ``parent``."""

    child: str
    parent: str
    role: str
    source: str
    share: float = 1.0
    since: dt.date | None = None


@dataclass(slots=True)
class Atlas:
    """All areas and links. ``add`` and ``link`` refuse what would be inconsistent."""

    areas: dict[str, AreaRow] = field(default_factory=dict)
    links: dict[tuple[str, str, str], LinkRow] = field(default_factory=dict)

    def add(self, code: str, name: str, source: str) -> AreaRow:
        """Add an area, or return the one known by ``code``."""
        if code not in self.areas:
            kind = KIND_OF_CODE[code[:3]]
            row = AreaRow(code, rules.plain_name(name), kind, source)
            row.nation = NATIONS.get(code[0], "")
            names.remember(row.name, row.other_names, [name])
            self.areas[code] = row
        return self.areas[code]

    def link(
        self, child: str, parent: str, source: str, share: float = 1.0, role: str = "part-of"
    ) -> None:
        """Link two areas once; an area is never part of itself."""
        if child != parent and child in self.areas and parent in self.areas:
            self.links.setdefault(
                (child, parent, role), LinkRow(child, parent, role, source, share)
            )

    def up(self) -> dict[str, list[LinkRow]]:
        """Each code → what it is directly part of."""
        grouped: dict[str, list[LinkRow]] = defaultdict(list)
        for link in self.links.values():
            if link.role == "part-of":
                grouped[link.child].append(link)
        return grouped

    def recoded(self) -> dict[str, str]:
        """Old code → newest code of every place that only changed its code."""
        return rules.recoded(
            (self.areas[link.child], self.areas[link.parent])
            for link in self.links.values()
            if link.role == "became"
        )


def read_atlas(data: Path, joined: Path | None = None) -> Atlas:
    """Read every area under ``data`` (the shipped folder) and the list of ``joined`` areas."""
    areas = data / "areas"
    atlas = Atlas()
    _add_ons(atlas, areas)
    _add_registry(atlas, areas)
    recoded = _add_successions(atlas, areas)
    _add_services(atlas, areas, recoded)
    names.add_police_names(atlas.areas.values(), data)
    _add_london(atlas, data)
    _link_ended(atlas, areas)
    _link_upwards(atlas)
    if joined is not None and joined.is_file():
        _add_joined(atlas, joined)
    return atlas


def _add_ons(atlas: Atlas, areas: Path) -> None:
    """Areas, years and parents from ONS Explore Local Statistics, and the groups of nations."""
    source = "ons_geo-metadata.json"
    listed = json.loads((areas / source).read_text(encoding="utf-8"))
    regions = {
        row["ltla24_code"]: row["region24_code"]
        for row in rows_of(areas / "lookup_ltla24_region24.csv")
    }
    atlas.add(UNITED_KINGDOM, "United Kingdom", source)
    for row in rows_of(areas / "area_all_codes.csv"):
        if row["areatype"] in ("gb", "ew"):
            atlas.add(row["areacode"], row["areaname"], "area_all_codes.csv")
    for code, entry in listed.items():
        area = atlas.add(code, entry["areanm"], source)
        if "end" in entry:
            area.ended = dt.date(entry["end"] + 1, 3, 31)
        area.started = first_day(code, entry.get("start"))
    for code, entry in listed.items():
        parents = entry["parents"]
        if code.startswith("E47") and entry["children"]:
            continue  # ONS gives one region even where it straddles two: see _link_upwards
        county = [parent for parent in parents if parent.startswith("E10")]
        nearest = county or [p for p in parents if p[:3] in ("E47", "E12")] or parents[:1]
        for parent in nearest:
            if parent.startswith("E12") and code in regions:
                # ONS puts the north of Lincolnshire in the region of its combined authority.
                atlas.link(code, regions[code], "lookup_ltla24_region24.csv")
            else:
                atlas.link(code, parent, source)
        for authority in parents:
            if code.startswith("E08") and authority in _METROPOLITAN:
                atlas.link(code, _METROPOLITAN[authority], f"{source}, metropolitan boroughs")
    for nation in NATIONS.values():
        for group in _GROUPS[nation[0]]:
            atlas.link(nation, group, "area_all_codes.csv")


def _add_registry(atlas: Atlas, areas: Path) -> None:
    """Names, middles and homepages of councils; the registry has no other areas but London's."""
    for row in rows_of(areas / "uk_local_authorities_current.csv"):
        code = row["gss-code"]
        if not code:
            continue
        area = atlas.add(code, row["nice-name"], "uk_local_authorities_current.csv")
        names.remember(area.name, area.other_names, names.of_registry(row))
        # The registry puts one county in the place of another: counties get theirs from districts.
        if row["lat"] and row["long"] and area.kind != "county":
            area.latitude, area.longitude = float(row["lat"]), float(row["long"])
    for row in rows_of(areas / "area_all_codes.csv"):
        if row["areacode"] in atlas.areas:
            area = atlas.areas[row["areacode"]]
            names.remember(area.name, area.other_names, [row["areaname"]])
    for row in rows_of(areas / "govuk_local-authorities.csv"):
        if row["gss"] in atlas.areas:
            area = atlas.areas[row["gss"]]
            area.homepage = row["homepage_url"]
            names.remember(area.name, area.other_names, [row["name"]])


def _add_successions(atlas: Atlas, areas: Path) -> dict[str, str]:
    """Ended areas and what they became; returns old code → new code of recoded areas."""
    for former in FORMER:
        atlas.add(former.code, former.name, former.source).ended = former.ended
    steps = [
        step
        for step in read_successions(areas)
        if step.old in atlas.areas and (step.new in atlas.areas or step.new.startswith("E54"))
    ]
    icb_names = {row["icb24_code"]: row["icb24_name"] for row in _boards(areas)}
    for step in steps:
        if step.new not in atlas.areas:
            atlas.add(step.new, icb_names[step.new], "lookup_ltla24_icb24.csv")
        atlas.link(step.old, step.new, step.source, role="became")
    recoded = atlas.recoded()
    for step in steps:
        old, new = atlas.areas[step.old], atlas.areas[step.new]
        began = new.started or step.on or _day_after(old.ended)
        old.ended = began - dt.timedelta(days=1)
        new.started = began
        atlas.links[old.code, new.code, "became"].since = began
        if old.code in recoded:
            new.homepage = new.homepage or old.homepage
            new.latitude, new.longitude = (
                new.latitude or old.latitude,
                new.longitude or old.longitude,
            )
            old.latitude, old.longitude = new.latitude, new.longitude
            names.remember(new.name, new.other_names, old.other_names)
    return recoded


def _day_after(day: dt.date | None) -> dt.date:
    if day is None:
        raise ValueError("An area that became another has no date of ending in any file.")
    return day + dt.timedelta(days=1)


def _boards(areas: Path) -> list[dict[str, str]]:
    return rows_of(areas / "lookup_ltla24_icb24.csv")


def _add_services(atlas: Atlas, areas: Path, recoded: dict[str, str]) -> None:
    """Police forces, fire authorities and care boards, and the districts that they cover."""
    for name, stem in (
        ("lookup_ltla24_csp24_pfa24.csv", "pfa24"),
        ("lookup_ltla24_fra24.csv", "fra24"),
        ("lookup_ltla24_icb24.csv", "icb24"),
    ):
        for row in rows_of(areas / name):
            code = row[f"{stem}_code"]
            area = atlas.add(code, row[f"{stem}_name"], name)
            if stem == "fra24":
                names.name_fire_authority(area, row[f"{stem}_name"])
            elif stem == "icb24":
                names.name_care_board(area, row[f"{stem}_name"])
            district = recoded.get(row["ltla24_code"], row["ltla24_code"])
            atlas.link(district, code, name, float(row.get("share") or 1.0))
    for former in FORMER:
        if former.code.startswith("E54"):
            names.name_care_board(atlas.areas[former.code], former.name)


def _add_london(atlas: Atlas, data: Path) -> None:
    """Greater London's authority, and inner and outer London as statistics divide it."""
    from folkmoot.places.codes import london_parts

    source = "dfe-lait/lait_la_code_list.xlsx"
    for name, code in LONDON_PARTS.items():
        atlas.add(code, name, source)
        atlas.link(code, LONDON, source)
    for borough, part in london_parts(data, atlas.areas).items():
        atlas.link(borough, LONDON_PARTS[part], source)
    if GREATER_LONDON in atlas.areas:
        for area in atlas.areas.values():
            if area.kind == "london":
                atlas.link(area.code, GREATER_LONDON, "uk_local_authorities_current.csv")
        atlas.link(GREATER_LONDON, LONDON, "uk_local_authorities_current.csv")


def _link_ended(atlas: Atlas, areas: Path) -> None:
    """Give ended districts their county, and other ended areas the parents of their successor."""
    registry = rows_of(areas / "uk_local_authorities_current.csv")
    gss = {row["local-authority-code"]: row["gss-code"] for row in registry}
    for row in registry:
        code, county = row["gss-code"], row["county-la"]
        if code and county and atlas.areas[code].ended is not None:
            atlas.link(code, gss[county], "uk_local_authorities_current.csv")
    up = atlas.up()
    for old, new, role in list(atlas.links):
        if role == "became" and not up.get(old):
            for parent in up.get(new, []):
                if atlas.areas[parent.parent].kind in ("region", "nation", "county"):
                    atlas.link(old, parent.parent, "derived: where its successor is")


def _link_upwards(atlas: Atlas) -> None:
    """Areas made of districts lie in a region where all their members do; all lie in a nation."""
    up = atlas.up()
    region_of: dict[str, str] = {}

    def region(code: str) -> str:
        if code not in region_of:
            region_of[code] = ""
            for link in up.get(code, []):
                if atlas.areas[link.parent].kind == "region":
                    region_of[code] = link.parent
                elif not region_of[code] and atlas.areas[link.parent].kind == "county":
                    region_of[code] = region(link.parent)
        return region_of[code]

    members: dict[str, set[str]] = defaultdict(set)
    for link in atlas.links.values():
        if link.role == "part-of" and atlas.areas[link.child].kind != "region":
            members[link.parent].add(link.child)
    for code, area in atlas.areas.items():
        if area.kind in _MADE_OF_DISTRICTS:
            regions = {region(member) for member in members[code]}
            if len(regions) == 1 and (only := regions.pop()):
                atlas.link(code, only, "derived: the region of all its districts")
    up = atlas.up()
    for code, area in atlas.areas.items():
        if area.kind not in ("country-group", "nation") and not _placed(atlas, up, code):
            atlas.link(code, area.nation, "first letter of its code")


def _placed(atlas: Atlas, up: dict[str, list[LinkRow]], code: str) -> bool:
    """Whether a nation is found going up from ``code``."""
    return any(
        atlas.areas[link.parent].kind == "nation" or _placed(atlas, up, link.parent)
        for link in up.get(code, [])
    )


def _add_joined(atlas: Atlas, path: Path) -> None:
    """Areas that exist only because a publisher joins small councils before publishing."""
    entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    for entry in entries:
        area = atlas.add(entry["code"], entry["name"], "catalogue/places/joined.yaml")
        for member in entry["members"]:
            atlas.link(member, area.code, area.source)

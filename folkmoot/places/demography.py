"""How many people live in each area of an atlas, and where its middle is."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from folkmoot.places import rules
from folkmoot.places.atlas import NATIONS, UNITED_KINGDOM, Atlas
from folkmoot.places.tables import rows_of

CENSUS_YEAR = 2021
_ESTIMATED_BOARDS = -3  # people of a straddled area are rounded to thousands


def count_people(atlas: Atlas, data: Path) -> None:
    """Fill in population, its year, and latitude and longitude where a file does not give them.

    Districts of Great Britain have the newest mid-year estimate. An area made of districts has
    their sum; where it holds only a share of a district (some integrated care boards) that
    share of its people, rounded to thousands. Northern Ireland, the United Kingdom and areas
    that ended after 2021 have the figure of mid-2021; areas that ended before have none.
    """
    census = {
        row["area_code"]: int(row["people"])
        for row in rows_of(data / "context" / "population_2021_age_sex.csv")
        if row["age"] == "All Ages" and row["sex"] == "Total"
    }
    census[UNITED_KINGDOM] = sum(census[code] for code in census if _is_region(code))
    newest = _newest_estimates(atlas, data)
    for code, area in atlas.areas.items():
        if code in newest:
            area.population, area.population_year = newest[code]
        elif code in census:
            area.population, area.population_year = census[code], CENSUS_YEAR
    _sum_districts(atlas)
    _share_splits(atlas)
    for link in atlas.links.values():
        old, new = atlas.areas[link.child], atlas.areas[link.parent]
        if link.role == "became" and old.latitude is None:
            old.latitude, old.longitude = new.latitude, new.longitude


def _is_region(code: str) -> bool:
    return code.startswith("E12") or code in set(NATIONS.values())


def _newest_estimates(atlas: Atlas, data: Path) -> dict[str, tuple[int, int]]:
    """Code → (people, year). A recoded council has its figure under both codes."""
    newest: dict[str, tuple[int, int]] = {}
    for row in rows_of(data / "areas" / "population_lad_2010_2024.csv"):
        year = int(row["year"])
        if year >= newest.get(row["lad_code"], (0, 0))[1]:
            newest[row["lad_code"]] = (int(row["population"]), year)
    for link in atlas.links.values():
        old, new = atlas.areas[link.child], atlas.areas[link.parent]
        if link.role == "became" and old.code in newest and new.code not in newest:
            newest[new.code] = newest[old.code]
    return newest


def _sum_districts(atlas: Atlas) -> None:
    """Give areas made of live districts the sum of their people and the mean of their middles."""
    up = atlas.up()

    def shares(code: str) -> dict[str, float]:
        """Every area above ``code`` → the share of ``code`` inside it."""
        found: dict[str, float] = {}
        for link in up.get(code, []):
            found[link.parent] = max(found.get(link.parent, 0.0), link.share)
            for above, share in shares(link.parent).items():
                found[above] = max(found.get(above, 0.0), share * link.share)
        return found

    people: dict[str, float] = defaultdict(float)
    northing: dict[str, float] = defaultdict(float)
    easting: dict[str, float] = defaultdict(float)
    straddled: set[str] = set()
    years: dict[str, set[int]] = defaultdict(set)
    for district in atlas.areas.values():
        if district.ended is not None or district.kind not in rules.LOWER_TIER:
            continue
        if district.population is None or district.population_year is None:
            continue
        for code, share in shares(district.code).items():
            counted = district.population * share
            people[code] += counted
            years[code].add(district.population_year)
            if share < 1.0:
                straddled.add(code)
            if district.latitude is not None and district.longitude is not None:
                northing[code] += counted * district.latitude
                easting[code] += counted * district.longitude
    for code, total in people.items():
        area = atlas.areas[code]
        if area.ended is not None:
            continue
        if len(years[code]) == 1:
            estimated = area.kind == "integrated-care-board" and code in straddled
            area.population = int(round(total, _ESTIMATED_BOARDS)) if estimated else round(total)
            area.population_year = years[code].pop()
        if area.latitude is None or area.kind not in rules.LOWER_TIER:
            area.latitude = round(northing[code] / total, 4)
            area.longitude = round(easting[code] / total, 4)


def _share_splits(atlas: Atlas) -> None:
    """Where an area was split, the share that went to each successor, by its people."""
    successors: dict[str, list[str]] = defaultdict(list)
    for child, parent, role in atlas.links:
        if role == "became":
            successors[child].append(parent)
    for old, parts in successors.items():
        people = [atlas.areas[part].population or 0 for part in parts]
        if len(parts) > 1 and all(people):
            for part, count in zip(parts, people, strict=True):
                atlas.links[old, part, "became"].share = round(count / sum(people), 3)

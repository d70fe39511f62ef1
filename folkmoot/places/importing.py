"""Bulk load of every area, its links and the lists of similar places: one transaction."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from folkmoot.common.statements import survey
from folkmoot.places import gazetteer, rules
from folkmoot.places.atlas import EDITION, AreaRow, Atlas, read_atlas
from folkmoot.places.codes import dfe_neighbours
from folkmoot.places.demography import count_people
from folkmoot.places.models import Area, AreaLink, SimilarArea
from folkmoot.shipped import shipped

_BATCH = 500
_AREA_FIELDS = (
    "name", "kind", "nation", "edition", "started", "ended", "population", "population_year",
    "latitude", "longitude", "homepage", "other_names", "source",
)  # fmt: skip
# Who takes the plain name in an address, first to last; the rest add their kind.
_SLUG_ORDER = (
    "nation", "unitary", "metropolitan", "london", "welsh", "scottish", "northern-irish",
    "county", "district", "combined-authority", "london-authority", "region",
    "metropolitan-county", "london-part", "police-force", "fire-authority",
    "integrated-care-board", "country-group", "joined",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlacesImported:
    """How many areas, links and similar places there are now, and when they were read."""

    areas: int
    links: int
    similar: int
    at: dt.datetime


def joined_areas_file() -> Path:
    """Where the catalogue lists the areas that exist only because a publisher joins councils."""
    return shipped("catalogue") / "places" / "joined.yaml"


def import_places(data: Path, *, at: dt.datetime, joined: Path | None = None) -> PlacesImported:
    """Load every place under ``data`` (the shipped folder) in one transaction.

    Safe to repeat: an area keeps its primary key and its slug, and areas that are no longer in
    the files stay, since figures may stand on them. Links and similar places follow the files.
    ``joined`` overrides where the joined areas are listed. Raises FileNotFoundError or
    ValueError, writing nothing, where a file is missing or a code has no place.
    """
    atlas = read_atlas(data, joined or joined_areas_file())
    count_people(atlas, data)
    similar = list(_similar(data, atlas))
    with transaction.atomic():
        ids = _write_areas(atlas)
        links = _write_links(atlas, ids)
        lists = _write_similar(similar, ids)
        survey(Area, AreaLink, SimilarArea)
    gazetteer.forget()
    return PlacesImported(areas=len(atlas.areas), links=links, similar=lists, at=at)


def slugs(areas: list[AreaRow], taken: dict[str, str]) -> dict[str, str]:
    """Code → slug. ``taken`` (code → slug) is kept, so that addresses never move.

    Areas that exist come before those that ended; then by kind; then by code.
    """
    order = {kind: place for place, kind in enumerate(_SLUG_ORDER)}
    found = dict(taken)
    used = set(taken.values())
    for area in sorted(areas, key=lambda a: (a.ended is not None, order[a.kind], a.code)):
        if area.code in found:
            continue
        plain = rules.slug_of(area.name)
        choices = [plain, f"{plain}-{area.kind}"]
        if area.ended is not None:
            choices = [plain, f"{plain}-until-{area.ended.year}"]
        choices.append(f"{choices[-1]}-{area.code.lower()}")
        slug = next(choice for choice in choices if choice not in used)
        found[area.code] = slug
        used.add(slug)
    return found


def _write_areas(atlas: Atlas) -> dict[str, int]:
    taken = dict(Area.objects.values_list("code", "slug"))
    slug = slugs(list(atlas.areas.values()), taken)
    rows = [
        Area(
            code=area.code,
            name=area.name,
            slug=slug[area.code],
            kind=area.kind,
            nation=area.nation,
            edition=EDITION if area.ended is None else f"{area.ended:%Y-%m}",
            started=area.started,
            ended=area.ended,
            population=area.population,
            population_year=area.population_year,
            latitude=area.latitude,
            longitude=area.longitude,
            homepage=area.homepage,
            other_names=area.other_names,
            source=area.source,
        )
        for area in atlas.areas.values()
    ]
    Area.objects.bulk_create(
        rows,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=list(_AREA_FIELDS),
    )
    return dict(Area.objects.values_list("code", "id"))


def _write_links(atlas: Atlas, ids: dict[str, int]) -> int:
    rows = [
        AreaLink(
            child_id=ids[link.child],
            parent_id=ids[link.parent],
            role=link.role,
            share=link.share,
            since=link.since,
            source=link.source,
        )
        for link in atlas.links.values()
    ]
    wanted = {(row.child_id, row.parent_id, row.role) for row in rows}
    stale = [
        pk
        for pk, *key in AreaLink.objects.values_list("pk", "child_id", "parent_id", "role")
        if tuple(key) not in wanted
    ]
    AreaLink.objects.filter(pk__in=stale).delete()
    AreaLink.objects.bulk_create(
        rows,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["child", "parent", "role"],
        update_fields=["share", "since", "source"],
    )
    return len(rows)


def _similar(data: Path, atlas: Atlas) -> Iterator[tuple[str, str, str, int]]:
    """(list, area, other, position from 1) of both published lists."""
    ons = json.loads((data / "areas" / "ons_areas-similar.json").read_text(encoding="utf-8"))
    published = {
        "ons-global": {code: entry["global"] for code, entry in ons.items()},
        "dfe": dfe_neighbours(data),
    }
    for list_key, lists in published.items():
        for code, others in lists.items():
            repeated = [other for other, times in Counter(others).items() if times > 1]
            unknown = [other for other in (code, *others) if other not in atlas.areas]
            if repeated or unknown:
                raise ValueError(f"{list_key}, {code}: unknown {unknown}, repeated {repeated}.")
            for position, other in enumerate(others, start=1):
                yield list_key, code, other, position


def _write_similar(similar: list[tuple[str, str, str, int]], ids: dict[str, int]) -> int:
    rows = [
        SimilarArea(list_key=key, area_id=ids[code], other_id=ids[other], position=position)
        for key, code, other, position in similar
    ]
    wanted = {(row.list_key, row.area_id, row.position) for row in rows}
    stale = [
        pk
        for pk, *key in SimilarArea.objects.values_list("pk", "list_key", "area_id", "position")
        if tuple(key) not in wanted
    ]
    SimilarArea.objects.filter(pk__in=stale).delete()
    SimilarArea.objects.bulk_create(
        rows,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["list_key", "area", "position"],
        update_fields=["other"],
    )
    return len(rows)

"""Small maps of places, as SVG paths made in advance from the boundaries ONS publishes.

``tools/make_boundaries.py`` makes the file and says how. All maps share one grid: whole
half-kilometres, the National Grid's way up, Shetland where it is; so shapes of different
families lie over one another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson

from folkmoot.places import rules
from folkmoot.shipped import shipped

# Which map shows an area of a kind.
FAMILY_OF_KIND = {
    **dict.fromkeys(rules.LOWER_TIER, "lower"),
    "county": "upper",
    "police-force": "police",
    "fire-authority": "fire",
    "integrated-care-board": "icb",
    "combined-authority": "combined",
    "region": "region",
    "nation": "nation",
    "country-group": "land",
}
FAMILIES = ("lower", "upper", "police", "fire", "icb", "combined", "region", "nation", "land")
_CREDIT = (
    "Office for National Statistics licensed under the Open Government Licence v3.0. Contains OS"
    " data © Crown copyright and database right."
)
_CROP_MARGIN = 6
# A place smaller than this on its locator, in map units, needs a mark to be seen.
_SMALL = 60


@dataclass(frozen=True, slots=True)
class MapShapes:
    """The shapes of one family of places.

    ``paths``: GSS code → the ``d`` of an SVG path, to be drawn with ``fill-rule="evenodd"``;
    ``boxes``: code → (left, top, right, bottom); ``middles``: code → (x, y) of the middle of
    its largest part; ``view_box`` holds the whole United Kingdom; ``note`` says in what the map
    differs from the truth, if in anything; ``credit`` must stand beside the map.
    """

    view_box: str
    paths: Mapping[str, str]
    boxes: Mapping[str, tuple[int, int, int, int]]
    middles: Mapping[str, tuple[int, int]]
    note: str
    credit: str = _CREDIT

    def cropped(self, codes: Iterable[str]) -> str:
        """The view box that just holds the places in ``codes``; all, where none is drawn."""
        boxes = [self.boxes[code] for code in codes if code in self.boxes]
        if not boxes:
            return self.view_box
        left = min(box[0] for box in boxes) - _CROP_MARGIN
        top = min(box[1] for box in boxes) - _CROP_MARGIN
        right = max(box[2] for box in boxes) + _CROP_MARGIN
        bottom = max(box[3] for box in boxes) + _CROP_MARGIN
        return f"{left} {top} {right - left} {bottom - top}"


@dataclass(frozen=True, slots=True)
class Locator:
    """Where one place is in its country: the land, the place upon it, and its middle.

    ``small`` says that the place needs a mark around ``middle`` to be seen at this size.
    """

    view_box: str
    land: str
    place: str
    middle: tuple[int, int]
    small: bool
    credit: str = _CREDIT


@cache
def _file() -> dict[str, Any]:
    path: Path = shipped("data") / "areas" / "derived" / "maps.json"
    loaded: dict[str, Any] = orjson.loads(path.read_bytes())
    return loaded


@cache
def map_paths(family: str) -> MapShapes:
    """The shapes of a family (one of ``FAMILIES``) of places that exist now. KeyError for others.

    ``lower``: districts and councils of one tier; ``upper``: counties and councils of one tier;
    ``region``: English regions, Wales, Scotland and Northern Ireland.
    """
    held = _file()
    drawn = held["families"][family]
    shapes = drawn["shapes"]
    return MapShapes(
        view_box=held["view_box"],
        paths=MappingProxyType({code: shape["path"] for code, shape in shapes.items()}),
        boxes=MappingProxyType({code: tuple(shape["box"]) for code, shape in shapes.items()}),
        middles=MappingProxyType({code: tuple(shape["middle"]) for code, shape in shapes.items()}),
        note=drawn["note"],
    )


def family_for(kinds: Iterable[str]) -> str | None:
    """The map for a measure that is compared among ``kinds``; None where no one map shows them."""
    wanted = frozenset(kinds)
    if wanted and wanted <= rules.LOWER_TIER:
        return "lower"
    if wanted and wanted <= rules.UPPER_TIER:
        return "upper"
    families = {FAMILY_OF_KIND.get(kind) for kind in wanted}
    return families.pop() if len(families) == 1 else None


@cache
def locator(code: str, kind: str) -> Locator | None:
    """Where the place with this code and kind is in the United Kingdom; None if it has no shape.

    Places that ended, parts of London and joined areas have none.
    """
    family = FAMILY_OF_KIND.get(kind)
    if family is None:
        return None
    shapes = map_paths(family)
    if code not in shapes.paths:
        return None
    land = map_paths("land")
    left, top, right, bottom = shapes.boxes[code]
    return Locator(
        view_box=land.view_box,
        land=next(iter(land.paths.values())),
        place=shapes.paths[code],
        middle=shapes.middles[code],
        small=max(right - left, bottom - top) < _SMALL,
    )

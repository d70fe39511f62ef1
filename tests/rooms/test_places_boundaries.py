"""The maps: every living place has its shape, neighbours meet, and the file is what it says."""

from __future__ import annotations

import gzip
import importlib.util
import json
import math
import re
from pathlib import Path
from types import ModuleType

import pytest

from folkmoot.places import boundaries, rules
from folkmoot.places.atlas import read_atlas
from folkmoot.places.demography import count_people
from folkmoot.shipped import shipped

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("maker", ROOT / "tools" / "make_boundaries.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rings(path: str) -> list[list[tuple[int, int]]]:
    """The corners that a path goes through, read as a browser reads them."""
    found = []
    for part in path.split("M")[1:]:
        start, steps = part.removesuffix("z").split("l")
        x, y = (int(n) for n in start.split())
        ring = [(x, y)]
        numbers = [int(n) for n in re.findall(r"-?\d+", steps)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            ring.append((x, y))
        found.append(ring)
    return found


def area(path: str) -> float:
    """Square kilometres inside a path whose holes turn the other way."""
    total = 0
    for ring in rings(path):
        pairs = zip(ring, ring[1:] + ring[:1], strict=True)
        total += sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)
    return abs(total) / 2 / 4


def test_the_shipped_maps_are_what_the_tool_makes(maker: ModuleType) -> None:
    made = json.loads(json.dumps(maker.make()))
    shipped_file = shipped("data") / "areas" / "derived" / "maps.json"
    assert json.loads(shipped_file.read_text(encoding="utf-8")) == made
    assert "Visvalingam" in made["recipe"]
    assert "Open Government Licence" in made["source"]


def test_every_living_place_has_its_shape() -> None:
    atlas = read_atlas(shipped("data"))
    living = [a for a in atlas.areas.values() if a.ended is None]
    for place in living:
        family = boundaries.FAMILY_OF_KIND.get(place.kind)
        if family and place.code not in ("K03000001", "K04000001"):
            shape = boundaries.map_paths(family).paths[place.code]
            assert all(len(ring) >= 3 for ring in rings(shape)), place
            assert area(shape) > 0, place
    for family, kinds, count in (
        ("lower", rules.LOWER_TIER, 361),
        ("upper", rules.UPPER_TIER, 218),
        ("police", {"police-force"}, 43),
        ("fire", {"fire-authority"}, 47),
        ("icb", {"integrated-care-board"}, 42),
        ("combined", {"combined-authority"}, 15),
    ):
        assert set(boundaries.map_paths(family).paths) == {
            place.code for place in living if place.kind in kinds
        }
        assert len(boundaries.map_paths(family).paths) == count
    assert len(boundaries.map_paths("region").paths) == 12


def test_pages_stay_small() -> None:
    for family in boundaries.FAMILIES:
        text = "".join(boundaries.map_paths(family).paths.values()).encode()
        assert len(text) < 120_000, family
        assert len(gzip.compress(text)) < 35_000, family


def test_shapes_lie_inside_the_view_and_their_boxes() -> None:
    for family in boundaries.FAMILIES:
        shapes = boundaries.map_paths(family)
        _, _, width, height = (int(n) for n in shapes.view_box.split())
        for code, path in shapes.paths.items():
            points = [point for ring in rings(path) for point in ring]
            xs, ys = [x for x, _ in points], [y for _, y in points]
            assert shapes.boxes[code] == (min(xs), min(ys), max(xs), max(ys))
            assert 0 <= min(xs) <= max(xs) <= width
            assert 0 <= min(ys) <= max(ys) <= height


def test_neighbours_share_their_border() -> None:
    """Each stretch inland is drawn by two districts, in opposite ways.

    A few stretches of half a kilometre fall together when they are rounded.
    """
    stretches: dict[tuple[tuple[int, int], tuple[int, int]], int] = {}
    for path in boundaries.map_paths("lower").paths.values():
        for ring in rings(path):
            for pair in zip(ring, ring[1:] + ring[:1], strict=True):
                stretches[pair] = stretches.get(pair, 0) + 1
    assert sum(times > 1 for times in stretches.values()) < len(stretches) / 1000
    rutland = boundaries.map_paths("lower").paths["E06000017"]  # has no coast
    (ring,) = rings(rutland)
    for start, end in zip(ring, ring[1:] + ring[:1], strict=True):
        assert stretches[start, end] == 1
        assert stretches.get((end, start)) == 1


def test_areas_are_about_as_large_as_they_are() -> None:
    """Square kilometres, from the Standard Area Measurements of ONS, within 3%."""
    lower = boundaries.map_paths("lower").paths
    for code, true in (
        ("E08000035", 551.7),  # Leeds
        ("E06000065", 8037.0),  # North Yorkshire
        ("E06000017", 382.0),  # Rutland
        ("W06000023", 5181.0),  # Powys
    ):
        assert math.isclose(area(lower[code]), true, rel_tol=0.03), code


def test_merged_areas_are_the_sum_of_their_districts() -> None:
    lower, police = boundaries.map_paths("lower").paths, boundaries.map_paths("police").paths
    west_yorkshire = ["E08000032", "E08000033", "E08000034", "E08000035", "E08000036"]
    together = sum(area(lower[code]) for code in west_yorkshire)
    assert math.isclose(area(police["E23000010"]), together, rel_tol=0.02)
    assert len(rings(police["E23000010"])) == 1
    upper = boundaries.map_paths("upper").paths
    outer, hole = rings(upper["E10000018"])  # Leicestershire, with Leicester inside it
    (leicester,) = rings(upper["E06000016"])
    assert set(hole) == set(leicester)
    assert not set(outer) & set(hole)


def test_places_are_where_they_are() -> None:
    """North is up, east is right, and a degree is a degree."""
    middle = boundaries.map_paths("lower").middles
    leeds, york = middle["E08000035"], middle["E06000014"]
    cardiff, shetland = middle["W06000015"], middle["S12000027"]
    belfast = middle["N09000003"]
    assert york[0] > leeds[0] > cardiff[0] > belfast[0]
    assert shetland[1] < belfast[1] < york[1] < leeds[1] < cardiff[1]
    atlas = read_atlas(shipped("data"))
    count_people(atlas, shipped("data"))
    north, south = atlas.areas["E08000035"], atlas.areas["E09000033"]
    assert north.latitude is not None
    assert south.latitude is not None
    kilometres = (middle["E09000033"][1] - leeds[1]) / 2
    assert math.isclose(kilometres, (north.latitude - south.latitude) * 111.2, rel_tol=0.05)


def test_cropping_to_some_places() -> None:
    shapes = boundaries.map_paths("lower")
    left, top, width, height = (int(n) for n in shapes.cropped(["E09000033"]).split())
    assert 0 < width < 60
    assert 0 < height < 60
    box = shapes.boxes["E09000033"]
    assert left < box[0] < box[2] < left + width
    assert top < box[1] < box[3] < top + height
    assert shapes.cropped([]) == shapes.cropped(["E99999999"]) == shapes.view_box


def test_locator_marks_small_places() -> None:
    rutland = boundaries.locator("E06000017", "unitary")
    highland = boundaries.locator("S12000017", "scottish")
    assert rutland is not None
    assert highland is not None
    assert rutland.small
    assert not highland.small
    assert rutland.land == highland.land
    assert len(rutland.land) < 6_000
    assert boundaries.locator("E07000026", "district") is None
    assert boundaries.locator("E67000001", "joined") is None


def test_which_map_shows_a_measure() -> None:
    assert boundaries.family_for(rules.LOWER_TIER) == "lower"
    assert boundaries.family_for(rules.UPPER_TIER) == "upper"
    assert boundaries.family_for(["metropolitan", "unitary"]) == "lower"
    assert boundaries.family_for(["police-force"]) == "police"
    assert boundaries.family_for(["county", "district"]) is None
    assert boundaries.family_for([]) is None
    with pytest.raises(KeyError):
        boundaries.map_paths("parishes")

"""Make the small maps that pages draw, from the boundaries that ONS published.

    python tools/make_boundaries.py

Reads data/areas/ons_topo.json and writes data/areas/derived/maps.json, the same bytes every
time. The recipe, which the file repeats: every stretch of border is projected (transverse
Mercator about 2° W, as the National Grid is), thinned once (Visvalingam and Whyatt 1993, "Line
generalisation by repeated elimination of points", Cartographic Journal 30: points that matter
least to the shape go first), so that neighbours still share their border, rounded to whole
half-kilometres, and joined into areas. Areas made of districts are drawn without the borders
inside them. Islets are left out where their area has larger land.
"""

from __future__ import annotations

import heapq
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from folkmoot.places import rules
from folkmoot.places.atlas import Atlas, read_atlas

Points = NDArray[np.float64]
Shape = dict[str, Any]
Ring = list[int]  # arcs in order; ~i is arc i backwards

ROOT = Path(__file__).resolve().parents[1]
EARTH_KM = 6371.0088
UNITS_PER_KM = 2.0
CENTRE = -2.0
MARGIN = 4.0
# Family → (kinds drawn, least area of a triangle kept, least area of an island kept), in square
# units. Small areas keep finer borders: a triangle may be at most a five-hundredth of them.
FAMILIES: dict[str, tuple[frozenset[str], float, float]] = {
    "lower": (rules.LOWER_TIER, 26.0, 60.0),
    "upper": (rules.UPPER_TIER, 30.0, 60.0),
    "police": (frozenset({"police-force"}), 30.0, 90.0),
    "fire": (frozenset({"fire-authority"}), 30.0, 90.0),
    "icb": (frozenset({"integrated-care-board"}), 30.0, 90.0),
    "combined": (frozenset({"combined-authority"}), 30.0, 90.0),
    "region": (frozenset({"region", "nation"}), 60.0, 150.0),
    "nation": (frozenset({"nation"}), 60.0, 150.0),
    "land": (frozenset({"country-group"}), 90.0, 250.0),
}
FINEST = 1 / 500
# England is drawn by its regions; the land is the United Kingdom, not also the parts of it.
LEFT_OUT = {("region", "E92000001"), ("land", "K03000001"), ("land", "K04000001")}
NOTES = {
    "icb": "A district that lies in two boards is drawn in the one that holds most of it.",
}


def projected(points: Points) -> Points:
    """Degrees (longitude, latitude) → kilometres east and south, on a sphere."""
    east = np.radians(points[:, 0] - CENTRE)
    north = np.radians(points[:, 1])
    x = EARTH_KM * np.arctanh(np.cos(north) * np.sin(east))
    y = EARTH_KM * np.arctan2(np.tan(north), np.cos(east))
    return np.column_stack([x, -y])


def decoded(topology: dict[str, Any]) -> list[Points]:
    """Arcs in half-kilometres, from the steps that TopoJSON keeps."""
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    return [
        projected(np.cumsum(np.array(arc, dtype=np.float64), axis=0) * scale + shift) * UNITS_PER_KM
        for arc in topology["arcs"]
    ]


def rings_of(geometry: dict[str, Any]) -> list[Ring]:
    """Every ring of a polygon or several, outer and inner alike."""
    if geometry["type"] == "Polygon":
        return list(geometry["arcs"])
    return [ring for polygon in geometry["arcs"] for ring in polygon]


def importance(points: Points) -> NDArray[np.float64]:
    """How large the triangle was with which each point went (Visvalingam and Whyatt); ends never.

    The measure never falls as points go, so that thinning at a threshold is keeping those above.
    """
    count = len(points)
    kept = np.full(count, np.inf)
    before, after = list(range(-1, count - 1)), list(range(1, count + 1))
    xy: list[list[float]] = points.tolist()

    def triangle(i: int) -> float:
        (ax, ay), (bx, by), (cx, cy) = xy[before[i]], xy[i], xy[after[i]]
        return abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2

    areas = {i: triangle(i) for i in range(1, count - 1)}
    waiting = [(area, i) for i, area in areas.items()]
    heapq.heapify(waiting)
    largest = 0.0
    while waiting:
        area, i = heapq.heappop(waiting)
        if areas.get(i) != area:
            continue
        largest = max(largest, area)
        kept[i] = largest
        del areas[i]
        left, right = before[i], after[i]
        after[left], before[right] = right, left
        for neighbour in (left, right):
            if neighbour in areas:
                areas[neighbour] = triangle(neighbour)
                heapq.heappush(waiting, (areas[neighbour], neighbour))
    return kept


def outline(ring: Ring, arcs: list[Points]) -> Points:
    """The points of a ring, its arcs end to end."""
    parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in ring]
    return np.vstack([part[:-1] for part in parts])


def turned(points: Points) -> float:
    """Area inside a ring, in square units; below nought where it turns as holes do."""
    x, y = (points - points[0]).T
    return float(np.dot(y, np.roll(x, -1)) - np.dot(x, np.roll(y, -1))) / 2


def size(points: Points) -> float:
    """Area inside a ring, in square units."""
    return abs(turned(points))


def merged(rings: list[Ring], arcs: list[Points]) -> list[Ring]:
    """The rings around several areas together: borders between two of them drop out."""
    directed = {arc for ring in rings for arc in ring}
    outer = sorted(arc for arc in directed if ~arc not in directed)

    def end(arc: int, *, last: bool) -> tuple[float, float]:
        points = arcs[arc] if arc >= 0 else arcs[~arc][::-1]
        x, y = points[-1 if last else 0]
        return float(x), float(y)

    starting: dict[tuple[float, float], list[int]] = defaultdict(list)
    for arc in outer:
        starting[end(arc, last=False)].append(arc)
    found: list[Ring] = []
    used: set[int] = set()
    for first in outer:
        if first in used:
            continue
        ring, home = [], end(first, last=False)
        arc = first
        while True:
            ring.append(arc)
            used.add(arc)
            here = end(arc, last=True)
            if here == home:
                break
            arc = next(onward for onward in starting[here] if onward not in used)
        found.append(ring)
    return found


def members(atlas: Atlas, kinds: frozenset[str]) -> dict[str, list[str]]:
    """Each living area of ``kinds`` → the living districts that it is made of.

    A district counts for every area above it that holds most of it.
    """
    up = atlas.up()
    made_of: dict[str, list[str]] = defaultdict(list)
    for code, area in sorted(atlas.areas.items()):
        if area.kind not in rules.LOWER_TIER or area.ended is not None:
            continue
        reached, level = {code}, [code]
        while level:
            level = [
                link.parent
                for below in level
                for link in up.get(below, [])
                if link.share >= 0.5 and link.parent not in reached
            ]
            reached.update(level)
        for above in sorted(reached):
            if atlas.areas[above].kind in kinds:
                made_of[above].append(code)
    return dict(made_of)


def thinned(
    areas: dict[str, list[Ring]], arcs: list[Points], matter: list[Points], coarse: float
) -> list[Points]:
    """The arcs in whole units, with the points that ``areas`` need; small areas need more."""
    allowed: dict[int, float] = defaultdict(lambda: coarse)
    for rings in areas.values():
        finest = max(size(outline(ring, arcs)) for ring in rings) * FINEST
        for ring in rings:
            for arc in ring:
                number = arc if arc >= 0 else ~arc
                allowed[number] = min(allowed[number], finest)
    return [np.rint(points[matter[i] > allowed[i]]) for i, points in enumerate(arcs)]


def drawn(rings: list[Ring], arcs: list[Points], thin: list[Points], islet: float) -> Shape:
    """One area: its path, largest part first, the box around it and the middle of that part."""
    measured = sorted(
        ((turned(outline(ring, arcs)), ring) for ring in rings), key=lambda part: -abs(part[0])
    )
    largest = measured[0][0]
    # Islets go; holes stay, since another area is drawn in each.
    keep = [
        ring
        for area, ring in measured
        if area * largest < 0 or abs(area) >= min(islet, abs(largest))
    ]
    lines = [closed(outline(ring, thin)) for ring in keep]
    lines = [line for line in lines if len(line) > 2]
    points = np.vstack(lines)
    middle = centroid(outline(measured[0][1], arcs))
    return {
        "path": "".join(subpath(line) for line in lines),
        "box": [*points.min(axis=0).tolist(), *points.max(axis=0).tolist()],
        "middle": np.rint(middle).astype(int).tolist(),
    }


def centroid(points: Points) -> Points:
    """The centre of gravity of a ring."""
    start: Points = points[0]
    x, y = (points - start).T
    cross = x * np.roll(y, -1) - np.roll(x, -1) * y
    whole = cross.sum() * 3
    offset = np.array(
        [((x + np.roll(x, -1)) * cross).sum() / whole, ((y + np.roll(y, -1)) * cross).sum() / whole]
    )
    return np.asarray(start + offset)


def closed(points: Points) -> NDArray[np.int_]:
    """A ring in whole units without repeated points."""
    whole = points.astype(int)
    moved = np.any(whole != np.roll(whole, 1, axis=0), axis=1)
    return whole[moved]


def subpath(points: NDArray[np.int_]) -> str:
    """A closed line as SVG writes it most briefly: a start and relative steps."""
    numbers = [str(n) for step in np.diff(points, axis=0).tolist() for n in step]
    steps = "".join(n if i == 0 or n[0] == "-" else f" {n}" for i, n in enumerate(numbers))
    return f"M{points[0][0]} {points[0][1]}l{steps}z"


def make() -> dict[str, Any]:
    """All the maps, as the file holds them."""
    topology = json.loads((ROOT / "data/areas/ons_topo.json").read_text(encoding="utf-8"))
    atlas = read_atlas(ROOT / "data")
    arcs = decoded(topology)
    corner = np.min([arc.min(axis=0) for arc in arcs], axis=0) - MARGIN
    arcs = [arc - corner for arc in arcs]
    width, height = np.ceil(np.max([arc.max(axis=0) for arc in arcs], axis=0) + MARGIN).astype(int)
    matter = [importance(arc) for arc in arcs]
    districts = {
        geometry["properties"]["areacd"]: rings_of(geometry)
        for geometry in topology["objects"]["ltla"]["geometries"]
        if "end" not in geometry["properties"]
    }
    families = {}
    for family, (kinds, coarse, islet) in FAMILIES.items():
        areas = {
            code: merged([ring for part in parts for ring in districts[part]], arcs)
            for code, parts in members(atlas, kinds).items()
            if (family, code) not in LEFT_OUT
        }
        thin = thinned(areas, arcs, matter, coarse)
        families[family] = {
            "note": NOTES.get(family, ""),
            "shapes": {code: drawn(rings, arcs, thin, islet) for code, rings in areas.items()},
        }
    return {
        "derived": "From ons_topo.json by tools/make_boundaries.py: projected, thinned, joined.",
        "recipe": " ".join(
            (__doc__ or "").split("The recipe, which the file repeats: ")[1].split()
        ),
        "source": "Office for National Statistics licensed under the Open Government Licence"
        " v3.0. Contains OS data © Crown copyright and database right.",
        "view_box": f"0 0 {width} {height}",
        "units_per_km": UNITS_PER_KM,
        "origin": [round(float(corner[0]), 3), round(float(corner[1]), 3)],
        "families": families,
    }


def main() -> None:
    target = ROOT / "data/areas/derived/maps.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(
        json.dumps(make(), ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()

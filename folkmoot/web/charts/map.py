"""A map whose areas are links, drawn by the server from shapes made in advance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from folkmoot.places.boundaries import map_paths

STEPS = 5
# Worse is dotted as well as coloured, so that it is not told by colour alone. The class stands on
# the pattern's parts: a rule on the area itself would overrule the pattern.
_DOTS = (
    '<defs><pattern id="dots" width="16" height="16" patternUnits="userSpaceOnUse">'
    '<rect class="m-worse" width="16" height="16"/><circle class="m-dot" cx="8" cy="8" r="3.5"/>'
    "</pattern></defs>"
)


@dataclass(frozen=True, slots=True)
class MapArea:
    """One area: its code, where its link leads, its class of fill, and its name and figure."""

    code: str
    link: str
    fill: str
    text: str


@dataclass(frozen=True, slots=True)
class MapDrawing:
    """A map of one family of shapes. ``here`` is the code of the place to outline, or ""."""

    key: str
    title: str
    description: str
    family: str
    areas: tuple[MapArea, ...]
    here: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One of the map's steps: fill, least and greatest value in it, and how many areas."""

    fill: str
    low: float
    high: float
    count: int


def steps(values: Sequence[float]) -> tuple[Step, ...]:
    """Up to five steps with about as many areas in each; equal values never part."""
    ordered = sorted(values)
    distinct = sorted(set(ordered))
    if len(distinct) <= STEPS:
        edges = distinct
    else:
        edges = sorted({ordered[(len(ordered) - 1) * i // STEPS] for i in range(STEPS)})
    found = []
    for position, low in enumerate(edges):
        end = edges[position + 1] if position + 1 < len(edges) else float("inf")
        inside = [value for value in ordered if low <= value < end]
        fill = f"m-{round(1 + position * (STEPS - 1) / max(1, len(edges) - 1))}"
        found.append(Step(fill, inside[0], inside[-1], len(inside)))
    return tuple(found)


def step_of(value: float, found: Sequence[Step]) -> str:
    """The fill of the step that ``value`` is in."""
    return next(step.fill for step in reversed(found) if value >= step.low)


def _fill(name: str) -> str:
    return 'fill="url(#dots)"' if name == "m-worse" else f'class="{name}"'


def draw_map(drawing: MapDrawing) -> SafeString:
    """The map as SVG. It is a group, not an image: its areas are links that can be reached."""
    shapes = map_paths(drawing.family)
    land = next(iter(map_paths("land").paths.values()))
    drawn = [area for area in drawing.areas if area.code in shapes.paths]
    key = escape(drawing.key)
    parts = [_DOTS, f'<path class="m-sea" d="{land}"/>']
    parts.extend(
        f'<a href="{escape(area.link)}"><title>{escape(area.text)}</title>'
        f'<path {_fill(area.fill)} d="{shapes.paths[area.code]}"/></a>'
        for area in drawn
    )
    if drawing.here in shapes.paths:
        parts.append(f'<path class="m-here" d="{shapes.paths[drawing.here]}"/>')
    box = shapes.cropped(area.code for area in drawn)
    return mark_safe(  # noqa: S308 — shipped shapes; every text and address is escaped above
        f'<svg class="fm-map" viewBox="{box}" fill-rule="evenodd" role="group" '
        f'aria-labelledby="{key}-t {key}-d"><title id="{key}-t">{escape(drawing.title)}</title>'
        f'<desc id="{key}-d">{escape(drawing.description)}</desc>{"".join(parts)}</svg>'
    )

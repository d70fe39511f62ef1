"""A line of one figure over time, with its limits and what it is compared with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from folkmoot.web.charts.marks import frame, label, short, stretched
from folkmoot.web.charts.scale import Scale


@dataclass(frozen=True, slots=True)
class Point:
    """One period. ``label`` and ``text`` are ready to print."""

    end: dt.date
    label: str
    value: float | None
    lower: float | None
    upper: float | None
    nation: float | None
    text: str


@dataclass(frozen=True, slots=True)
class History:
    """A place's figure over time. ``large`` adds a scale of values at the left."""

    key: str
    title: str
    description: str
    points: tuple[Point, ...]
    nation_name: str = ""
    top_text: str = ""
    bottom_text: str = ""
    large: bool = False


def bounds(points: Sequence[Point]) -> tuple[float, float]:
    """Lowest and highest value that the drawing must hold."""
    values = [
        value
        for point in points
        for value in (point.value, point.lower, point.upper, point.nation)
        if value is not None
    ]
    return (min(values), max(values)) if values else (0.0, 1.0)


def _runs(points: Sequence[Point]) -> list[list[Point]]:
    """Unbroken runs of points with a value: a gap in the data is a gap in the line."""
    runs: list[list[Point]] = [[]]
    for point in points:
        if point.value is None:
            if runs[-1]:
                runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


def _path(points: Sequence[tuple[float, float]], close: bool = False) -> str:
    text = "L".join(f"{short(x)} {short(y)}" for x, y in points)
    return f"M{text}{'z' if close else ''}"


@dataclass(frozen=True, slots=True)
class _Frame:
    across: Scale
    up: Scale
    height: int
    left: float

    def x(self, point: Point) -> float:
        """Thousandths of the width."""
        return 10 * (self.left + self.across.at(point.end.toordinal()) * (100 - self.left) / 100)

    def y(self, value: float) -> float:
        return self.up.at(value) * self.height / 100


def _lines(history: History, at: _Frame) -> str:
    runs = _runs(history.points)
    parts: list[str] = []
    for run in runs:
        banded = [p for p in run if p.lower is not None and p.upper is not None]
        if len(banded) > 1:
            upper = [(at.x(p), at.y(p.upper)) for p in banded if p.upper is not None]
            lower = [(at.x(p), at.y(p.lower)) for p in banded if p.lower is not None]
            path = _path([*upper, *reversed(lower)], close=True)
            parts.append(f'<path class="c-band" d="{path}"/>')
    nation = [(at.x(p), at.y(p.nation)) for p in history.points if p.nation is not None]
    if len(nation) > 1:
        parts.append(f'<path class="c-nation-path" d="{_path(nation)}"/>')
    for run in runs:
        here = [(at.x(p), at.y(p.value)) for p in run if p.value is not None]
        parts.append(f'<path class="c-line" d="{_path(here)}"/>')
    dots = "".join(
        f"M{short(at.x(p))} {short(at.y(p.value))}h0" for p in history.points if p.value is not None
    )
    parts.append(f'<path class="c-dot" d="{dots}"/>')
    return "".join(parts)


def draw_history(history: History) -> SafeString | None:
    """The history as SVG, or None where fewer than two periods have a value."""
    valued = [point for point in history.points if point.value is not None]
    if len(valued) < 2:
        return None
    height = 240 if history.large else 58
    low, high = bounds(history.points)
    ends = [point.end.toordinal() for point in history.points]
    at = _Frame(
        Scale(min(ends), max(ends), margin=2.0),
        Scale(low, high, flip=True, margin=8.0),
        height,
        12.0 if history.large else 0.0,
    )
    parts: list[str] = []
    if history.large:
        for value, text in ((high, history.top_text), (low, history.bottom_text)):
            y = short(at.y(value))
            parts.append(f'<line class="c-grid" x1="12%" x2="100%" y1="{y}" y2="{y}"/>')
            parts.append(label(0, at.y(value) + 5, text))
    parts.append(stretched(_lines(history, at), height=height))
    last = valued[-1]
    parts.append(
        f'<svg x="{short(at.x(last) / 10)}%" y="{short(at.y(last.value or 0.0))}" '
        'overflow="visible"><path class="c-here" d="M0-7 7 0 0 7-7 0z"/></svg>'
    )
    parts.append(label(at.left, height + 16, history.points[0].label))
    parts.append(label(100, height + 16, history.points[-1].label))
    return frame(
        parts,
        key=f"history-{history.key}",
        title=history.title,
        description=history.description or _("One point for each period, oldest first."),
        height=height + 22,
        css="fm-history",
    )

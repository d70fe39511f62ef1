"""All places of one measure in order of their figure, each with its limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from folkmoot.web.charts.marks import frame, label, short, stretched
from folkmoot.web.charts.scale import Scale
from folkmoot.web.charts.strip import ends

HEIGHT = 250
LEFT = 11.0  # per cent of the width kept for the scale of values


@dataclass(frozen=True, slots=True)
class Ranked:
    """One place in the ranking; ``verdict`` is one of measures.rules.definition.VERDICTS."""

    value: float
    lower: float | None
    upper: float | None
    verdict: str
    here: bool = False


@dataclass(frozen=True, slots=True)
class Ranking:
    """A ranked strip; ``better`` is "higher", "lower" or "none" and decides the order."""

    key: str
    title: str
    description: str
    places: tuple[Ranked, ...]
    better: str
    nation: float | None
    nation_name: str
    top_text: str
    bottom_text: str
    here_name: str = ""


_GROUPS = ("plain", "is-better", "is-worse", "is-place")


def _group(place: Ranked) -> str:
    if place.here:
        return "is-place"
    return f"is-{place.verdict}" if place.verdict in ("better", "worse") else "plain"


def extent(places: Sequence[Ranked]) -> tuple[float, float]:
    """Lowest and highest value to draw; limits that run far past every value are cut off."""
    values = [place.value for place in places]
    low, high = min(values), max(values)
    room = 0.15 * (high - low)
    limits = [
        limit for place in places for limit in (place.lower, place.upper) if limit is not None
    ]
    return max([min([low, *limits]), low - room]), min([max([high, *limits]), high + room])


def draw_ranking(ranking: Ranking) -> SafeString | None:
    """The ranked strip as SVG, best on the left; None without at least two places."""
    places = sorted(ranking.places, key=lambda p: p.value, reverse=ranking.better == "higher")
    if len(places) < 2:
        return None
    low, high = extent(places)
    up = Scale(low, high, flip=True, margin=4.0)
    step = (1000 - 10 * LEFT - 10) / (len(places) - 1)
    whiskers = dict.fromkeys(_GROUPS, "")
    dots = dict.fromkeys(_GROUPS, "")
    mark = ""
    for position, place in enumerate(places):
        x = 10 * LEFT + 5 + position * step
        y = up.at(place.value) * HEIGHT / 100
        group = _group(place)
        if place.lower is not None and place.upper is not None:
            top, bottom = (up.at(v) * HEIGHT / 100 for v in (place.upper, place.lower))
            whiskers[group] += f"M{short(x)} {top:.0f}V{bottom:.0f}"
        dots[group] += f"M{short(x)} {short(y)}h0"
        if place.here:
            mark = (
                f'<svg x="{short(x / 10)}%" y="{short(y)}" overflow="visible">'
                '<path class="c-here" d="M0-9 9 0 0 9-9 0z"/></svg>'
            )
            mark += label(x / 10, max(14.0, y - 16), ranking.here_name, css="c-strong")
    lines = "".join(
        f'<path class="c-rank c-thin {group}" d="{whiskers[group]}"/>'
        for group in _GROUPS
        if whiskers[group]
    ) + "".join(
        f'<path class="c-rank c-fat {group}" d="{dots[group]}"/>'
        for group in _GROUPS
        if dots[group]
    )
    parts = _axis(ranking, up, low, high)
    parts.append(stretched(lines, height=HEIGHT))
    parts.append(mark)
    first, last = ends(ranking.better)
    parts.append(label(LEFT, HEIGHT + 18, f"← {first}"))
    parts.append(label(100, HEIGHT + 18, f"{last} →"))
    return frame(
        parts,
        key=f"ranking-{ranking.key}",
        title=ranking.title,
        description=ranking.description,
        height=HEIGHT + 26,
        css="fm-ranking",
    )


def _axis(ranking: Ranking, up: Scale, low: float, high: float) -> list[str]:
    parts: list[str] = []
    for value, text in ((high, ranking.top_text), (low, ranking.bottom_text)):
        y = up.at(value) * HEIGHT / 100
        parts.append(
            f'<line class="c-grid" x1="{LEFT}%" x2="100%" y1="{short(y)}" y2="{short(y)}"/>'
        )
        parts.append(label(0, y + 5, text))
    if ranking.nation is not None:
        y = up.at(ranking.nation) * HEIGHT / 100
        parts.append(
            f'<line class="c-nation" x1="{LEFT}%" x2="100%" y1="{short(y)}" y2="{short(y)}"/>'
        )
        parts.append(label(100, y - 6, ranking.nation_name))
    return parts

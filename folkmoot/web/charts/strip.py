"""The strip: one measure of one place in one row, among all that may be compared with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from folkmoot.web.charts.marks import frame, label, short, stretched
from folkmoot.web.charts.scale import Scale, strip_scale

HEIGHT = 74
MIDDLE = 38  # where the line of places lies
TICK = 18  # height of a tick


@dataclass(frozen=True, slots=True)
class Strip:
    """What a strip shows. Values are on the measure's own scale; texts are ready to print.

    ``values`` are those of every comparable place, ``similar`` those of the similar places.
    ``better`` is "higher", "lower" or "none". What lies beyond ``minimum`` is hatched.
    """

    key: str
    measure: str
    place: str
    values: tuple[float, ...]
    similar: tuple[float, ...]
    here: float
    lower: float | None
    upper: float | None
    nation: float | None
    nation_name: str
    nation_text: str
    better: str
    description: str
    minimum: float | None = None


def ends(better: str) -> tuple[str, str]:
    """The words at the left and the right end."""
    if better == "none":
        return _("lower"), _("higher")
    if better == "lower":
        return _("lower, better"), _("higher, worse")
    return _("higher, better"), _("lower, worse")


@lru_cache(maxsize=2048)
def _ticks(values: tuple[float, ...], scale: Scale) -> str:
    """One path for all ticks; places that would share a hair's breadth share a tick."""
    seen = sorted({round(scale.at(value) * 10) for value in values})
    return "".join(f"M{x} 0v{TICK}" for x in seen)


def _marks(strip: Strip, scale: Scale) -> list[str]:
    parts = [
        f'<circle class="c-similar" cx="{short(scale.at(value))}%" cy="{MIDDLE}" r="4.5"/>'
        for value in sorted(strip.similar)
    ]
    x = short(scale.at(strip.here))
    if strip.lower is not None and strip.upper is not None:
        left, right = sorted((scale.at(strip.lower), scale.at(strip.upper)))
        parts.append(
            f'<line class="c-whisker" x1="{short(left)}%" x2="{short(right)}%" '
            f'y1="{MIDDLE}" y2="{MIDDLE}"/>'
        )
    parts.append(
        f'<svg x="{x}%" y="{MIDDLE}" overflow="visible">'
        '<path class="c-here" d="M0-10 10 0 0 10-10 0z"/></svg>'
    )
    return parts


def _hatch(strip: Strip, scale: Scale) -> list[str]:
    """The stretch beyond the minimum, on the right as worse always is; none if nobody is there."""
    if strip.minimum is None or strip.better == "none":
        return []
    sign = 1 if strip.better == "higher" else -1
    if all(sign * (strip.minimum - value) <= 0 for value in (*strip.values, strip.here)):
        return []
    x = scale.at(strip.minimum)
    beyond = (
        f'<rect class="c-below" x="{short(x)}%" y="{MIDDLE + 11}" '
        f'width="{short(100 - x)}%" height="8"/>'
    )
    line = (
        f'<line class="c-minimum" x1="{short(x)}%" x2="{short(x)}%" '
        f'y1="{MIDDLE - 11}" y2="{MIDDLE + 19}"/>'
    )
    return [beyond, line]


def draw_strip(strip: Strip) -> SafeString:
    """The strip as SVG. Better is always on the left, and the words beneath say so."""
    keep = [strip.here, *strip.similar]
    if strip.nation is not None:
        keep.append(strip.nation)
    scale = strip_scale(strip.values, keep, better=strip.better)
    parts = [
        f'<line class="c-axis" x1="0" x2="100%" y1="{MIDDLE}" y2="{MIDDLE}"/>',
        stretched(
            f'<path class="c-ticks" d="{_ticks(strip.values, scale)}"/>',
            height=TICK,
            top=MIDDLE - TICK // 2,
        ),
    ]
    parts.extend(_hatch(strip, scale))
    if strip.nation is not None:
        x = scale.at(strip.nation)
        parts.append(
            f'<line class="c-nation" x1="{short(x)}%" x2="{short(x)}%" '
            f'y1="{MIDDLE - 18}" y2="{MIDDLE + 14}"/>'
        )
        parts.append(label(x, 14, f"{strip.nation_name} {strip.nation_text}"))
    parts.extend(_marks(strip, scale))
    left, right = ends(strip.better)
    parts.append(label(0, HEIGHT - 4, f"← {left}"))
    parts.append(label(100, HEIGHT - 4, f"{right} →"))
    far = scale.beyond(strip.values)
    description = strip.description
    if far:
        description += " " + ngettext(
            "%(count)d place lies beyond the ends of the line and is drawn at the end.",
            "%(count)d places lie beyond the ends of the line and are drawn at the ends.",
            far,
        ) % {"count": far}
    return frame(
        parts,
        key=f"strip-{strip.key}",
        title=_("%(measure)s: %(place)s among comparable places")
        % {"measure": strip.measure, "place": strip.place},
        description=description,
        height=HEIGHT,
        css="fm-strip",
    )


def comparable(values: Sequence[float | None]) -> tuple[float, ...]:
    """The values there are, sorted, so that equal sets of places share one drawing."""
    return tuple(sorted(value for value in values if value is not None))

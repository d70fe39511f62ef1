"""How often a line would fire by chance, for places at several distances on its right side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from folkmoot.web.charts.marks import frame, label, short, stretched
from folkmoot.web.charts.scale import Scale

HEIGHT = 220
LEFT = 14.0  # per cent of the width kept for the scale of shares
_ERRORS = 2.0


@dataclass(frozen=True, slots=True)
class Rate:
    """A share between 0 and 1 at a distance from the line, with its Monte Carlo error."""

    margin: float
    share: float
    error: float


def _x(across: Scale, margin: float) -> float:
    """Per cent of the width."""
    return LEFT + across.at(margin) * (100 - LEFT) / 100


def _y(up: Scale, share: float) -> float:
    return up.at(share) * HEIGHT / 100


def _series(rates: Sequence[Rate], across: Scale, up: Scale, css: str) -> str:
    points = "L".join(f"{short(10 * _x(across, r.margin))} {short(_y(up, r.share))}" for r in rates)
    return f'<path class="{css}" d="M{points}"/>'


def _marks(rates: Sequence[Rate], across: Scale, up: Scale, css: str, shape: str) -> list[str]:
    parts = []
    for rate in rates:
        x = short(_x(across, rate.margin))
        low = _y(up, max(0.0, rate.share - _ERRORS * rate.error))
        high = _y(up, min(1.0, rate.share + _ERRORS * rate.error))
        parts.append(
            f'<line class="c-whisker" x1="{x}%" x2="{x}%" y1="{short(low)}" y2="{short(high)}"/>'
            f'<svg x="{x}%" y="{short(_y(up, rate.share))}" overflow="visible">'
            f'<path class="{css}" d="{shape}"/></svg>'
        )
    return parts


def draw_alarms(
    a_period: Sequence[Rate], ever: Sequence[Rate], *, key: str, title: str, description: str
) -> SafeString | None:
    """Both shares by distance as SVG, or None for fewer than two distances."""
    if len(a_period) < 2:
        return None
    across = Scale(min(r.margin for r in a_period), max(r.margin for r in a_period), margin=4.0)
    up = Scale(0.0, 1.0, flip=True, margin=4.0)
    parts = []
    for share, text in ((1.0, "100%"), (0.5, "50%"), (0.0, "0%")):
        y = short(_y(up, share))
        parts.append(f'<line class="c-grid" x1="{LEFT}%" x2="100%" y1="{y}" y2="{y}"/>')
        parts.append(label(0, _y(up, share) + 5, text))
    lines = _series(ever, across, up, "c-nation-path") + _series(a_period, across, up, "c-line")
    parts.append(stretched(lines, height=HEIGHT))
    parts += _marks(ever, across, up, "c-similar", "M-5-5H5V5H-5z")
    parts += _marks(a_period, across, up, "c-here", "M0-7 7 0 0 7-7 0z")
    first, last = a_period[0], a_period[-1]
    parts.append(label(_x(across, first.margin), HEIGHT + 18, _("at the line")))
    parts.append(label(100, HEIGHT + 18, _("%(margin)g better") % {"margin": last.margin}))
    return frame(
        parts,
        key=f"alarms-{key}",
        title=title,
        description=description,
        height=HEIGHT + 26,
        css="fm-history",
    )

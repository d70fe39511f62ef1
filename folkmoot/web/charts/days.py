"""How many on each day: a bar for each, and a dash for each day that is not shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from folkmoot.web.charts.marks import frame, label, short, stretched

HEIGHT = 160
_ROOM = 0.8  # of a day's width that its bar takes
_DASH = 4


@dataclass(frozen=True, slots=True)
class Days:
    """Counts of days in a row, None where one is not shown. Texts are ready to print."""

    key: str
    title: str
    description: str
    counts: tuple[int | None, ...]
    first_text: str
    last_text: str
    top_text: str


def _bars(counts: Sequence[int | None], most: int) -> tuple[str, str]:
    """(path of the bars, path of the dashes), in thousandths of the width."""
    width = 1000 / len(counts)
    bars = dashes = ""
    for position, count in enumerate(counts):
        left = position * width + width * (1 - _ROOM) / 2
        if count is None:
            dashes += f"M{short(left)} {HEIGHT - _DASH}h{short(width * _ROOM)}"
        else:
            high = HEIGHT * count / most
            bars += f"M{short(left)} {HEIGHT}v{short(-high)}h{short(width * _ROOM)}V{HEIGHT}z"
    return bars, dashes


def draw_days(days: Days) -> SafeString | None:
    """The bars as SVG; None where no day is shown."""
    most = max((count for count in days.counts if count is not None), default=0)
    if not most:
        return None
    bars, dashes = _bars(days.counts, most)
    inner = f'<path class="m-this" d="{bars}"/><path class="c-nation-path" d="{dashes}"/>'
    parts = [
        stretched(inner, height=HEIGHT + 2, top=20),
        f'<line class="c-grid" x1="0" x2="100%" y1="{HEIGHT + 20}" y2="{HEIGHT + 20}"/>',
        label(0, 14, days.top_text),
        label(0, HEIGHT + 38, days.first_text),
        label(100, HEIGHT + 38, days.last_text),
    ]
    return frame(
        parts,
        key=f"days-{days.key}",
        title=days.title,
        description=days.description,
        height=HEIGHT + 44,
    )

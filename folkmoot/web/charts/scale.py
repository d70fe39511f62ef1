"""Where a value stands along a drawing, in per cent of its width or height."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Room left at both ends, so that a mark at the end is whole.
MARGIN = 2.5
# A place further out than this many middle spreads is drawn at the end of the line: one
# far place would otherwise press all others together.
FAR = 0.6


@dataclass(frozen=True, slots=True)
class Scale:
    """A line from ``low`` to ``high``; with ``flip`` the high end stands first."""

    low: float
    high: float
    flip: bool = False
    margin: float = MARGIN

    def at(self, value: float) -> float:
        """Per cent along the drawing; values beyond an end stand at the end."""
        span = self.high - self.low
        share = 0.5 if span <= 0 else (value - self.low) / span
        share = min(1.0, max(0.0, share))
        if self.flip:
            share = 1.0 - share
        return self.margin + share * (100.0 - 2 * self.margin)

    def beyond(self, values: Iterable[float]) -> int:
        """How many values lie beyond the ends."""
        return sum(1 for value in values if value < self.low or value > self.high)


def strip_scale(values: Sequence[float], keep: Iterable[float], *, better: str) -> Scale:
    """The scale of a strip of places. ``keep`` are values that must lie inside it.

    ``better`` is "higher", "lower" or "none". Better is always on the left; without a better,
    low is on the left.
    """
    ordered = sorted(values)
    kept = [value for value in keep if value is not None]
    if not ordered:
        ordered = sorted(kept) or [0.0]
    inner_low = ordered[round(0.025 * (len(ordered) - 1))]
    inner_high = ordered[round(0.975 * (len(ordered) - 1))]
    reach = FAR * (inner_high - inner_low)
    low = min([max(ordered[0], inner_low - reach), *kept])
    high = max([min(ordered[-1], inner_high + reach), *kept])
    return Scale(low, high, flip=better == "higher")

"""Places like the real ones at a level that is chosen, so that a trigger can be tried on them.

Figures are put on the scale of comparison (log odds for shares), what all places shared in a
period is taken out, and what is left of each place is drawn again with its dependence in time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from folkmoot.framework.catalogue import Condition, Standard
from folkmoot.framework.rules.standing import ENOUGH, Booleans, Days, Floats, Judged, in_a_row
from folkmoot.stats.resample import Dependence, Draws, draw, fit
from folkmoot.stats.scales import Scale, choose

Draw = Draws
FEWEST_PLACES = 5


@dataclass(frozen=True, slots=True)
class Likeness:
    """How the figures of one standard move, and the line that they are held against.

    ``width`` (P,): how far the edge of a place's interval lies from its value on the scale, 0
    where every case is counted. ``sign``: 1 where higher is better, else -1.
    """

    measure: str
    areas: tuple[str, ...]
    ends: Days
    scale: Scale
    sign: int
    line: float
    lowest: float
    highest: float
    width: Floats
    dependence: Dependence

    def draw(self, resamples: int, periods: int, generator: np.random.Generator) -> Draw:
        """Deviations from a steady level, (P, resamples, periods) on the scale."""
        return draw(self.dependence, resamples, periods, generator)

    def level(self, condition: Condition, margin: float) -> float | None:
        """The figure ``margin`` on the right side of where the condition begins, if it can be."""
        level = self.line - self.sign * condition.shortfall + self.sign * margin
        return level if self.lowest <= level <= self.highest else None

    def fires(self, noise: Draw, condition: Condition, margin: float) -> Booleans | None:
        """Whether the condition holds for places steady at a margin: (P, R, T), or None."""
        level = self.level(condition, margin)
        if level is None:
            return None
        length = len(self.ends) + condition.periods - 1
        held = in_a_row(self._beyond(noise[..., :length], condition, level))
        return np.asarray(held[..., condition.periods - 1 :] >= condition.periods)

    def fires_after(
        self, noise: Draw, condition: Condition, fall: float, look: int
    ) -> Booleans | None:
        """The same after a fall from exactly where it begins: (P, R, look), or None."""
        before, after = self.level(condition, 0.0), self.level(condition, -fall)
        if before is None or after is None:
            return None
        warm = condition.periods - 1
        held = np.concatenate(
            [
                self._beyond(noise[..., :warm], condition, before),
                self._beyond(noise[..., warm : warm + look], condition, after),
            ],
            axis=-1,
        )
        return np.asarray(in_a_row(held)[..., warm:] >= condition.periods)

    def _beyond(self, noise: Draw, condition: Condition, level: float) -> Booleans:
        """Whether each period's figure is as far below the line, and as surely, as is asked."""
        begins = self._on_scale(self.line - self.sign * condition.shortfall)
        limit = np.full(len(self.areas), self.sign * begins)
        if condition.sure == "beyond-chance":
            limit = np.minimum(limit, self.sign * self._on_scale(self.line) - self.width)
        slack = (limit - self.sign * self._on_scale(level)).astype(np.float32)
        return np.asarray(np.float32(self.sign) * noise < slack[:, None, None])

    def _on_scale(self, value: float) -> float:
        return float(self.scale.to(np.array([value]))[0])


def likeness(judged: Judged, standard: Standard) -> Likeness | None:
    """The likeness of the places of one standard, or None where there is too little to go by."""
    panel = judged.panel
    # How figures move is known from all of them, from before the standard was in force too.
    seen: Booleans = np.asarray(np.isfinite(panel.value).any(axis=0))
    value = panel.value[:, seen]
    places: Booleans = np.asarray(np.isfinite(value).any(axis=1))
    if standard.line is None or places.sum() < FEWEST_PLACES:
        return None
    value = value[places]
    proportion = panel.quantity == "proportion"
    scale = choose(
        panel.quantity,
        value,
        (0.0, panel.top) if proportion else (None, None),
        decimals=max(0, round(-math.log10(panel.step))),
    )
    series = scale.to(value)
    shared = np.nanmedian(series, axis=0)
    try:
        dependence = fit(series - shared[None, :])
    except ValueError:
        return None
    return Likeness(
        panel.measure,
        tuple(area for area, keep in zip(panel.areas, places.tolist(), strict=True) if keep),
        panel.ends[seen],
        scale,
        ENOUGH[panel.polarity],
        standard.line,
        0.0 if proportion else -math.inf,
        panel.top if proportion else math.inf,
        _width(judged, seen, places, scale),
        dependence,
    )


def _width(judged: Judged, seen: Booleans, places: Booleans, scale: Scale) -> Floats:
    panel = judged.panel
    if panel.every_case:
        return np.zeros(int(places.sum()))
    edge = panel.upper if ENOUGH[panel.polarity] > 0 else panel.lower
    grid = np.ix_(places, seen)
    apart = np.abs(scale.to(edge[grid]) - scale.to(panel.value[grid]))
    known = np.isfinite(apart)
    usual = float(np.nanmedian(apart)) if known.any() else math.inf
    total = np.where(known, apart, 0.0).sum(axis=1)
    return np.where(known.any(axis=1), total / np.maximum(known.sum(axis=1), 1), usual)

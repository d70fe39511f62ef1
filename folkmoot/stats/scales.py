"""The scale on which two values are compared: log odds, log, or the value as it is.

A difference of two percentage points means much at 3% and little at 50%, and a rate cannot fall
below nothing. On log odds (proportions) and logs (rates, positive means) differences are
proportionate and their errors close to symmetrical; see Agresti, *Categorical Data Analysis*
(3rd edition, 2013), sections 2.4 and 3.1. Nought and one hundred per cent have no finite log
odds: a continuity correction moves them inward, by half an event where events are counted (Gart
and Zweifel 1967, *Biometrika* 54) and otherwise by half of the last printed digit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Kind = Literal["log odds", "log", "identity"]


@dataclass(frozen=True, slots=True)
class Scale:
    """A strictly increasing map from published values to the scale of comparison.

    ``top`` is the value that means "all" of a proportion (100 for per cent, 1 for a share) and is
    unused by the other kinds. ``step`` is the last digit that a value is read to (0.1 for one
    decimal), which bounds how near to an end it is taken to be; ``printed`` is the last digit that
    the source gives, where finer.
    """

    kind: Kind
    top: float = 1.0
    step: float = 0.1
    printed: float | None = None

    @property
    def rounding(self) -> float:
        """The width that a printed value stands for, in published units."""
        return self.step if self.printed is None else min(self.printed, self.step)

    def inward(self, value: Floats) -> Floats:
        """Values moved inside the open range where the scale is finite: half a step at least."""
        half = self.step / 2
        if self.kind == "log odds":
            return np.clip(value, half, self.top - half)
        if self.kind == "log":
            return np.maximum(value, half)
        return np.asarray(value, dtype=np.float64)

    def to(self, value: Floats) -> Floats:
        """Values on the scale; NaN stays NaN; values at or beyond the ends are moved inward."""
        inside = self.inward(value)
        if self.kind == "log odds":
            result: Floats = np.log(inside / (self.top - inside))
            return result
        if self.kind == "log":
            return np.asarray(np.log(inside))
        return inside

    def back(self, scaled: Floats) -> Floats:
        """Values in published units from values on the scale: the inverse of ``to``."""
        if self.kind == "log odds":
            # Half of tanh(x/2) never overflows, unlike 1/(1+exp(-x)).
            return np.asarray(self.top * (0.5 + 0.5 * np.tanh(np.asarray(scaled) / 2)))
        if self.kind == "log":
            with np.errstate(over="ignore"):
                return np.asarray(np.exp(scaled))
        return np.asarray(scaled, dtype=np.float64)

    def slope(self, value: Floats) -> Floats:
        """d(scale)/d(value) at ``value``: turns a small error in value into one on the scale."""
        inside = self.inward(value)
        if self.kind == "log odds":
            return np.asarray(self.top / (inside * (self.top - inside)))
        if self.kind == "log":
            return np.asarray(1.0 / inside)
        return np.ones_like(inside)

    def rounding_error(self, value: Floats) -> Floats:
        """Standard error, on the scale, of printing a value to its last digit: step/√12.

        A rounded number lies evenly within half a step of what is printed, and the standard
        deviation of that uniform error is step/√12 (Sheppard's correction). No error is taken to
        be smaller: a cell printed as 100.0 with limits 100.0 to 100.0 is not known exactly.
        """
        return np.asarray(self.rounding / np.sqrt(12.0) * self.slope(value))


def choose(
    quantity: str,
    values: Floats,
    possible: tuple[float | None, float | None] = (None, None),
    per: float | None = None,
    decimals: int = 1,
) -> Scale:
    """The scale on which values of this quantity are compared.

    ``quantity`` is proportion, rate, mean, ratio or total. A proportion goes to log odds if every
    value lies between nought and its whole; a rate or total to logs if none is below nought; a
    mean or ratio to logs if all are above nought; anything else (a progress score, a net change)
    stays as it is. ``possible`` is the possible range, ``per`` the multiplier of the published
    value and ``decimals`` the printed decimals, all in published units. NaN values are ignored.
    """
    step = 10.0 ** (-decimals)
    seen = values[np.isfinite(values)]
    printed = printed_step(seen, decimals)
    low, high = (float(seen.min()), float(seen.max())) if seen.size else (0.0, 0.0)
    floor, ceiling = possible
    if quantity == "proportion":
        top = ceiling or per or (100.0 if high > 1.0 else 1.0)
        if low >= 0.0 and high <= top:
            return Scale("log odds", top=top, step=step, printed=printed)
    nothing_below = low >= 0.0 and (floor is None or floor >= 0.0)
    if quantity in ("rate", "total", "proportion") and nothing_below:
        return Scale("log", step=step, printed=printed)
    if quantity in ("mean", "ratio") and nothing_below and low > 0.0:
        return Scale("log", step=step, printed=printed)
    return Scale("identity", step=step, printed=printed)


def printed_step(values: Floats, decimals: int) -> float:
    """The last digit that values are given to: that of ``decimals``, or finer where they show it.

    Values ``(n,)``, finite. Up to six decimals are looked for; a coarser rounding than stated is
    not guessed at.
    """
    for digits in range(decimals, 6):
        if np.allclose(values, np.round(values, digits), rtol=0, atol=10.0 ** (-digits - 6)):
            return float(10.0**-digits)
    return 10.0 ** -max(decimals, 6)

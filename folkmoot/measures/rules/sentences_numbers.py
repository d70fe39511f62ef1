"""Numbers as people say them: exact ones for tables, natural ones for sentences."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import sentences_texts as texts

MINUS = "−"
MILLION = 1_000_000

_PER = re.compile(r"per ([\d,]+|million|thousand)\b")
_ONE_OF = {
    "years": "year",
    "nights": "night",
    "minutes": "minute",
    "days": "day",
    "tonnes": "tonne",
    "businesses": "business",
}
# Shares that people say as a simple fraction, with the widest gap at which "about" is honest.
_FRACTIONS = [(1, 10), (1, 5), (1, 4), (1, 3), (2, 5), (1, 2), (3, 5), (2, 3), (3, 4), (4, 5)]
_FRACTIONS.append((9, 10))
_ABOUT = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureWords:
    """What sentences need of a measure's entry in the catalogue.

    ``unit`` as printed after a number; ``per`` the multiplier of numerator ÷ denominator;
    ``sentence`` with {n}; ``people`` who or what of them the denominator
    counts, "" if it is not people.
    """

    title: str
    sentence: str = texts.PLAIN_SENTENCE
    unit: str = ""
    quantity: str = "mean"
    per: float | None = None
    decimals: int = 1
    polarity: str = "none"
    people: str = ""
    context: bool = False

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> MeasureWords:
        """From a catalogue entry as plain values, such as ``Measure.definition``."""
        names = ("title", "sentence", "unit", "quantity", "per", "decimals", "polarity")
        return cls(
            **{name: entry[name] for name in names if name in entry},
            people=entry.get("cases") or entry.get("people") or "",
            context=bool(entry.get("context")),
        )

    @property
    def base(self) -> float:
        """How many people or things a value of this measure is out of: 100, 100,000; else 0."""
        if self.quantity == "proportion":
            return self.per or 100.0
        if self.quantity != "rate":
            return 0.0
        found = _PER.search(self.unit)
        if found:
            said = {"million": "1000000", "thousand": "1000"}.get(found[1], found[1])
            return float(said.replace(",", ""))
        return self.per or 0.0


def plain(number: float, decimals: int = 0) -> str:
    """A number with thousands set off, and a true minus sign: "1,234.5", "−0.3"."""
    said = f"{abs(number):,.{decimals}f}"
    below = number < 0 and float(said.replace(",", "")) != 0
    return MINUS + said if below else said


def format_value(value: float | None, unit: str, decimals: int, quantity: str = "") -> str:
    """The exact figure with its unit: "23.1%", "£1,234", "24.1 per 100,000 people".

    "no figure" where there is none. ``quantity`` is the catalogue's; a proportion without a unit
    is printed as a percentage if its unit is "%", else as it stands.
    """
    if value is None or not math.isfinite(value):
        return texts.NO_FIGURE
    number = plain(value, decimals)
    if unit.startswith("£"):
        rest = unit[1:].strip()
        money = f"{MINUS}£{number[1:]}" if number.startswith(MINUS) else f"£{number}"
        return f"{money} {rest}" if rest else money
    if unit == "%" or (not unit and quantity == "proportion"):
        return f"{number}{unit}"
    if number == "1":
        unit = _ONE_OF.get(unit, unit)
    return f"{number} {unit}" if unit else number


def natural(value: float | None, words: MeasureWords, beside: float | None = None) -> str:
    """A figure as a sentence says it, for {n}: "23 in every 100", "24.1 in every 100,000".

    ``beside``: a figure that will be said with it; where both would sound alike though they
    differ, both are said out of 1,000 or more. Anything but a proportion or a rate of people is
    said with its unit.
    """
    if value is None or not math.isfinite(value):
        return texts.NO_FIGURE
    if words.quantity == "proportion" and 0 <= value <= words.base:
        share = value / words.base
        other = share if beside is None or not math.isfinite(beside) else beside / words.base
        return _said_share(share, _telling_base(share, other, words))
    if words.quantity == "rate" and words.base:
        number = plain(value, words.decimals)
        return texts.IN_EVERY.format(number=number, base=_said_base(words.base))
    return format_value(value, words.unit, words.decimals, words.quantity)


def one_in(value: float | None, words: MeasureWords) -> str:
    """A proportion as a simple fraction, "about 1 in 5", or "" where none is near enough."""
    if value is None or words.quantity != "proportion" or not math.isfinite(value):
        return ""
    share = value / words.base
    number, base = min(_FRACTIONS, key=lambda pair: abs(pair[0] / pair[1] - share))
    if abs(number / base - share) > _ABOUT:
        return ""
    return texts.ABOUT_IN.format(number=number, base=base)


def range_words(lower: float, upper: float, words: MeasureWords) -> str:
    """A range, rounded outwards so as never to claim too much: "between 18 and 21 in every 100"."""
    if words.quantity == "proportion" and words.base and 0 <= lower <= upper <= words.base:
        return _share_range(lower / words.base, upper / words.base, words)
    step = 10.0**words.decimals
    low = math.floor(lower * step + 1e-9) / step
    high = math.ceil(upper * step - 1e-9) / step
    if words.quantity == "rate" and words.base:
        return texts.BETWEEN_IN_EVERY.format(
            low=plain(low, words.decimals),
            high=plain(high, words.decimals),
            base=_said_base(words.base),
        )
    last = format_value(high, words.unit, words.decimals)
    first = plain(low, words.decimals)
    if words.unit.startswith("£") or words.unit == "%":
        first = format_value(low, words.unit, words.decimals)
    return texts.BETWEEN.format(low=first, high=last)


def rounded_people(number: float) -> str:
    """A large number to three digits, a small one to two: "12,300", "85"."""
    digits = 3 if abs(number) >= 1000 else 2
    if number == 0:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(number)))
    return plain(round(number, places), 0)


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 11th, 21st."""
    ending = "th"
    if number % 100 not in (11, 12, 13):
        ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def _said_base(base: float) -> str:
    return "million" if base == MILLION else f"{base:,.0f}"


def _bases(words: MeasureWords) -> list[int]:
    """Whole numbers of people to say a share out of, as fine as the printed figures are."""
    printed = round(math.log10(words.base)) + words.decimals
    return [10**power for power in range(2, max(printed, 2) + 1)]


def _telling_base(share: float, other: float, words: MeasureWords) -> int:
    """The smallest base at which two different shares do not sound alike."""
    bases = _bases(words)
    if share == other:
        return bases[0]
    return next(
        (base for base in bases if _said_share(share, base) != _said_share(other, base)),
        bases[0],
    )


def _said_share(share: float, base: int) -> str:
    number = math.floor(share * base + 0.5)
    said = f"{base:,}"
    if number == 0 and share > 0:
        return texts.FEWER_THAN_ONE.format(base=said)
    if number == base and share < 1:
        return texts.MORE_THAN_ALL_BUT_ONE.format(number=f"{base - 1:,}", base=said)
    return texts.IN_EVERY.format(number=f"{number:,}", base=said)


def _share_range(lower: float, upper: float, words: MeasureWords) -> str:
    bases = _bases(words)
    # Rounding outwards must not make a narrow range look wide.
    base = next((base for base in bases if (upper - lower) * base >= 2), bases[-1])
    low = math.floor(lower * base + 1e-9)
    high = math.ceil(upper * base - 1e-9)
    said = f"{base:,}"
    if low == 0 and 0 < high < base:
        return texts.NO_MORE_THAN_IN_EVERY.format(high=f"{high:,}", base=said)
    if high == base and 0 < low < base:
        return texts.AT_LEAST_IN_EVERY.format(low=f"{low:,}", base=said)
    return texts.BETWEEN_IN_EVERY.format(low=f"{low:,}", high=f"{high:,}", base=said)

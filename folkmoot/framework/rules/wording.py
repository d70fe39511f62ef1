"""How a standing is said. A limit for each case is said as the cases that broke it."""

from __future__ import annotations

import datetime as dt

from folkmoot.framework.catalogue import KIND_WORDS, MINIMUMS, Standard
from folkmoot.framework.rules.facts import Fact
from folkmoot.measures.rules.periods import day_words, label

NO_FIGURES = "No published figures to judge this by."
NOT_HERE = "No figures here to judge this by:"
BELOW_MINIMUM = "below the minimum"
SHORT_OF = {"guidance": "short of what guidance asks", "ambition": "not yet at the ambition"}
CHANCE = {
    "within-chance": "which may be chance",
    "beyond-chance": "by more than chance",
    "every-case": "and every case is counted",
}


def no_figures(standard: Standard) -> str:
    """Why there is nothing to judge a standard by: nothing is published, or not held here."""
    return f"{NOT_HERE} {standard.elsewhere}" if standard.elsewhere else NO_FIGURES


def in_breach(standard: Standard, fact: Fact) -> str:
    """How many cases broke a limit: "97 in 100 late", "9,850 of 37,388 waited longer".

    "" where there is no figure, or the measure is no share. Never "none" where there are some,
    nor "all" where it is not all.
    """
    if fact.value is None or standard.line is None or standard.unit == "":
        return ""
    share = _share(standard, fact)
    if fact.affected is not None and fact.cases:
        about = "about " if fact.about else ""
        return f"{about}{fact.affected:,} of {fact.cases:,} {standard.breach}"
    return f"{hundred(share)} {standard.breach}"


def _share(standard: Standard, fact: Fact) -> float:
    """Cases in breach in 100: what is missing from all, or the figure where it counts breaches."""
    value = fact.value or 0.0
    return value if _counts_breaches(standard) else 100.0 - value


def _counts_breaches(standard: Standard) -> bool:
    """Whether the measure counts the cases in breach: its line is then low where all is asked."""
    if standard.per_case:
        return standard.line == 0
    return standard.operator == "<=" or standard.line != standard.value


def hundred(share: float) -> str:
    """A share of 100 in whole cases: "97 in 100", "fewer than 1 in 100", "none"."""
    if share <= 0:
        return "none"
    if share >= 100:
        return "all"
    if share < 1:
        return "fewer than 1 in 100"
    if share > 99:
        return "more than 99 in 100"
    return f"{round(share)} in 100"


def stands(standard: Standard, fact: Fact, whose: str = "place", on: dt.date | None = None) -> str:
    """One standing in a few words: what is said beside the figure on every page.

    ``whose`` the figure is: a place's, or that of a kind of body. ``on``: today, where this is
    the newest there is; None where it is one of the past.
    """
    if fact.state == "not-in-release":
        return f"The release has no figure for this {whose}."
    if fact.state == "cannot-say":
        why = f" ({fact.status})" if fact.status else ""
        return f"It cannot be said: there is no figure to judge by{why}."
    if on is not None and unreached(standard, fact.due, on):
        said = "At it" if fact.state == "meets" else "Short of it"
        return f"{said} in {label(fact.period)}; {_unknown(standard)}."
    if fact.state == "meets":
        asked = "the minimum" if standard.kind in MINIMUMS else KIND_WORDS[standard.kind]
        return f"Meets {asked}." if fact.due else f"Already at it; asked for by {_day(standard)}."
    if fact.failing:
        cases = in_breach(standard, fact) if standard.per_case else ""
        said = f"{cases}: {BELOW_MINIMUM}" if cases else f"Below the minimum, {CHANCE[fact.how]}"
        return f"{said[0].upper()}{said[1:]}."
    return f"{_short(standard, fact)}."


def unreached(standard: Standard, due: bool, on: dt.date) -> bool:
    """Whether the day of a milestone has passed and the figures do not reach it."""
    return standard.due is not None and not due and standard.due < on


def _unknown(standard: Standard) -> str:
    """ "the figures end before March 2026, so whether it was met cannot be said"."""
    month = f"{standard.due:%B %Y}" if standard.due else ""
    return f"the figures end before {month}, so whether it was met cannot be said"


def _day(standard: Standard) -> str:
    return day_words(standard.due) if standard.due else ""


def _short(standard: Standard, fact: Fact) -> str:
    if not fact.due:
        said = f"not yet at what is asked for by {_day(standard)}"
    elif standard.doubt:
        said = "short of the line, which does not prove a breach"
    else:
        said = SHORT_OF.get(standard.kind, "short of the line")
    cases = in_breach(standard, fact) if standard.per_case else ""
    whole = f"{cases}: {said}" if cases else said
    return f"{whole[0].upper()}{whole[1:]}"

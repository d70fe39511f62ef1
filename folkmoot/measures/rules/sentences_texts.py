"""Every text that sentences are made from, in one place, so that they can be translated.

Nothing is joined from halves of words: each text is whole, with named gaps.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Sign:
    """A mark and the word that always stands with it."""

    mark: str
    word: str


SIGNS: Final = MappingProxyType(
    {
        "better": Sign("▲", "better"),
        "worse": Sign("▼", "worse"),
        "higher": Sign("△", "higher"),
        "lower": Sign("▽", "lower"),
        "no-clear-difference": Sign("●", "no clear difference"),
        "cannot-say": Sign("○", "cannot say"),
        "not-compared": Sign("○", "not compared"),
        "this-place": Sign("◆", "this place"),
    }
)

NO_FIGURE = "no figure"

# Numbers
IN_EVERY = "{number} in every {base}"
FEWER_THAN_ONE = "fewer than 1 in every {base}"
MORE_THAN_ALL_BUT_ONE = "more than {number} in every {base}"
ABOUT_IN = "about {number} in {base}"
BETWEEN = "between {low} and {high}"
BETWEEN_IN_EVERY = "between {low} and {high} in every {base}"
NO_MORE_THAN_IN_EVERY = "no more than {high} in every {base}"
AT_LEAST_IN_EVERY = "at least {low} in every {base}"

# The figure and its range
WITH_PERIOD = "{sentence} ({period})"
PLAIN_SENTENCE = "The figure is {n}."
LIKELY = "likely {range}"
USUAL_MOVEMENT = "its usual movement from {step} to {step} is {range}"
NOT_KNOWN_HOW_SURE = "we cannot tell how sure this figure is"
HOW_SURE_UNKNOWN: Final = MappingProxyType(
    {
        "no-values": "we cannot tell how sure this is: there are no figures",
        "sample-without-limits": (
            "we cannot tell how sure this is: it comes from a sample, "
            "and how far it may be out is not published"
        ),
        "seasonal": (
            "we cannot tell how sure this is: it changes with the season, "
            "and how far it may be out is not published"
        ),
        "too-few-periods": (
            "we cannot tell how sure this is: too few periods are published "
            "to know how far it usually moves"
        ),
    }
)

# Comparison
BENCHMARKS: Final = MappingProxyType(
    {
        "similar": "similar places",
        "nation": "the rest of {nation}",
        "region": "the rest of {region}",
        "all": "the places that run this service taken together",
    }
)
NATION_UNNAMED = "the nation"
REGION_UNNAMED = "the region"
BENCHMARK_FIGURE = "{benchmark}: {figure}"
BENCHMARK_MISSING = "{benchmark}: no figure"
STRIP = "{figure}; {benchmark}."
VERDICTS: Final = MappingProxyType(
    {
        "better": "Better than {benchmark}, beyond chance",
        "worse": "Worse than {benchmark}, beyond chance",
        "higher": "Higher than {benchmark}, beyond chance",
        "lower": "Lower than {benchmark}, beyond chance",
        "no-clear-difference": "No clear difference from {benchmark}",
        "cannot-say": "We cannot tell",
        "not-compared": "Not compared",
    }
)
CANNOT_NO_FIGURE = "We cannot tell: there is no figure for {place}"
CANNOT_OLD = "We cannot tell: others have a newer figure than {place}"
CANNOT_NO_RANGE = "We cannot tell: nothing published shows how sure the figure is"
CANNOT_FEW_SIMILAR = "We cannot tell: fewer than five similar places publish this"
CANNOT_FEW_OTHERS = "We cannot tell: too few others publish this to compare with {benchmark}"
NOT_TOTAL = "Not compared: a total grows with the size of a place"
NOT_CONTEXT = "Not compared: shown so that the other figures can be understood"
NOT_THIS_KIND = "Not compared: only places that run this service are compared"
NOT_IN_REGION = "Not compared: {place} is in no region"

# The funnel
FUNNEL: Final = MappingProxyType(
    {
        "within": "Not unusual among places that run this service",
        "outside-95": (
            "Unusual among places that run this service: "
            "about 95 in every 100 would lie within narrower bounds"
        ),
        "outside-99.8": (
            "Very unusual among places that run this service: "
            "about 998 in every 1,000 would lie within narrower bounds"
        ),
        "cannot-say": "We cannot tell whether this is unusual",
        "not-compared": "Not compared with other places",
    }
)

# Rank
RANK = "About {rank} of {field}; likely between {lower} and {upper}"
RANK_SURE = "{rank} of {field}"
NO_RANK = "No rank is shown"
NO_RANKS: Final = MappingProxyType(
    {
        "range-too-wide": (
            "No rank is shown: it could be anywhere from {lower} to {upper} of {field}, "
            "more than half of the field"
        ),
        "context": "No rank is shown: this is not compared between places",
        "old": "No rank is shown: others have a newer figure",
        "no-value": "No rank is shown: there is no figure",
        "no-basis": "No rank is shown: nothing published shows how sure the figures are",
        "too-few": "No rank is shown: too few places have a figure",
        "no-judgement": "No rank is shown: neither more nor less of it counts as good",
    }
)

# Trend
TRENDS: Final = MappingProxyType(
    {
        "improving": "Improving since {since}",
        "worsening": "Worsening since {since}",
        "rising": "Rising since {since}",
        "falling": "Falling since {since}",
        "no-clear-trend": "No clear trend",
        "too-short": "Too short to say",
    }
)
TRENDS_UNDATED: Final = MappingProxyType(
    {
        "improving": "Improving",
        "worsening": "Worsening",
        "rising": "Rising",
        "falling": "Falling",
    }
)
TOO_SHORT_NONE = "Too short to say: no figures"
TOO_SHORT_OF_FIGURES = "Too short to say: {counted} of figures"
TOO_SHORT_FIGURES = ("Too short to say: {number} figure", "Too short to say: {number} figures")
TOO_SHORT_GAPS = "Too short to say: too few periods follow one another without gap or overlap"
FEWEST_PERIODS = 6

# Variation
CHANCE_ONLY = "The differences between places are no greater than chance would make them."
MAYBE_CHANCE = "We cannot tell whether the differences between places are more than chance."
BEYOND_CHANCE = (
    "About {number} in every 100 parts of the differences between places are more than chance."
)
NEARLY_ALL_BEYOND = "Nearly all of the differences between places are more than chance."
SPREAD = "Places run from {low} to {high} for the middle eight in ten."
FEWER_SHARE = (
    "If every place beyond the middle reached it, this would be true of "
    "about {number} fewer {people}."
)
MORE_SHARE = (
    "If every place beyond the middle reached it, this would be true of "
    "about {number} more {people}."
)
FEWER_CASES = (
    "If every place beyond the middle reached it, there would be about {number} fewer in all."
)
MORE_CASES = (
    "If every place beyond the middle reached it, there would be about {number} more in all."
)

# Silence and age
NOT_IN_RELEASE = "Not in this release: it has no row for {place}"
SUPPRESSED = "Suppressed: {meaning}"
SUPPRESSED_UNEXPLAINED = "Suppressed: the release gives no reason"
PUBLISHED_TOGETHER = "Published only for {joined} together"
PUBLISHED_TOGETHER_UNNAMED = "Published only for a larger area together"
OLD = "No figure in the newest release for {place}: the last is for {period}"
FOR_A_DAY = "The figure is for {period}, {age}."
FOR_A_PERIOD = "The figure is for {period}, which ended {age}."
NOT_OVER = "The figure is for {period}, which is not over yet."
REVISED = "Revised: it was {old}"

# The short account: (none, one, many)
SHORT_BETTER = (
    "{place} is better than similar places, beyond chance, on none of the measures.",
    "{place} is better than similar places, beyond chance, on 1 measure.",
    "{place} is better than similar places, beyond chance, on {count} measures.",
)
SHORT_WORSE = (
    "It is worse than similar places, beyond chance, on none.",
    "It is worse than similar places, beyond chance, on 1.",
    "It is worse than similar places, beyond chance, on {count}.",
)
SHORT_NO_CLEAR = (
    "There is a clear difference on every measure that can be judged.",
    "There is no clear difference from similar places on 1.",
    "There is no clear difference from similar places on {count}.",
)
SHORT_NOTHING_JUDGED = "No measure can be judged."
SHORT_CANNOT = (
    "There is none on which we cannot tell.",
    "We cannot tell on 1.",
    "We cannot tell on {count}.",
)
SHORT_EITHER = (
    "",
    "On 1 more it is higher or lower, and neither counts as good.",
    "On {count} more it is higher or lower, and neither counts as good.",
)

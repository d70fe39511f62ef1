"""Every sentence that a page prints from the account, made by plain functions.

Each says no more than the numbers allow: a verdict's word only with that verdict, a range where
there is one, and otherwise what cannot be told, and why. Functions that end in ``_sentence``
return a phrase without a full stop unless their text says otherwise; "" means nothing to say.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from . import periods
from . import sentences_texts as texts
from .sentences_numbers import (
    MeasureWords,
    format_value,
    natural,
    one_in,
    ordinal,
    range_words,
    rounded_people,
)
from .sentences_texts import SIGNS, Sign

__all__ = [
    "SIGNS",
    "Figure",
    "MeasureWords",
    "ShortCounts",
    "Sign",
    "Variation",
    "age_sentence",
    "benchmark_name",
    "benchmark_sentence",
    "format_value",
    "funnel_sentence",
    "natural",
    "one_in",
    "ordinal",
    "range_sentence",
    "rank_sentence",
    "revised_sentence",
    "short_account",
    "silence_sentence",
    "strip_sentence",
    "trend_sentence",
    "value_sentence",
    "variation_sentence",
    "verdict_sentence",
]

FEWEST_SIMILAR = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measure in one place, as the account has it, with the names that sentences need.

    Fields carry the names and codes of ``measures.models.Account``. ``place``, ``nation``,
    ``region`` and ``joined`` are names, not codes; ``status_meaning`` is the source's meaning of
    the status mark; ``basis`` and ``basis_note`` are the measure's; ``periods`` is how many
    periods of the place have a figure.
    """

    place: str
    period: str
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    basis: str = "none"
    basis_note: str = ""
    newest: bool = True
    compared: bool = True
    silence: str = ""
    status_meaning: str = ""
    joined: str = ""
    nation: str = ""
    region: str = ""
    benchmark_nation: float | None = None
    benchmark_region: float | None = None
    benchmark_similar: float | None = None
    benchmark_all: float | None = None
    verdict_nation: str = "cannot-say"
    verdict_region: str = "cannot-say"
    verdict_similar: str = "cannot-say"
    verdict_all: str = "cannot-say"
    similar_count: int = 0
    funnel: str = "cannot-say"
    rank: int | None = None
    rank_lower: int | None = None
    rank_upper: int | None = None
    field: int | None = None
    rank_note: str = ""
    trend: str = "too-short"
    trend_since: str = ""
    periods: int = 0
    revised_from: float | None = None

    def benchmark(self, name: str) -> float | None:
        """The figure compared with: nation, region, similar or all."""
        found: float | None = getattr(self, f"benchmark_{name}")
        return found

    def verdict(self, name: str) -> str:
        """The verdict against nation, region, similar or all."""
        found: str = getattr(self, f"verdict_{name}")
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """How places differ in one measure: the keys of ``MeasureAccount.summary["variation"]``."""

    i2: float | None = None
    i2_lower: float | None = None
    i2_upper: float | None = None
    low: float | None = None
    high: float | None = None
    fewer: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortCounts:
    """Measures of one place by their verdict against similar places."""

    better: int = 0
    worse: int = 0
    no_clear_difference: int = 0
    cannot_say: int = 0
    higher_or_lower: int = 0


def value_sentence(figure: Figure, words: MeasureWords, beside: float | None = None) -> str:
    """The figure in the measure's own sentence, with its period and without a full stop.

    "23 in every 100 pupils were often absent (2024/25)". Where there is no figure: why.
    ``beside``: a figure that will be said next to it, see ``natural``.
    """
    if not _known(figure.value):
        return silence_sentence(figure)
    said = words.sentence.replace("{n}", natural(figure.value, words, beside)).strip()
    sentence = _capital(said.removesuffix("."))
    return texts.WITH_PERIOD.format(sentence=sentence, period=periods.label(figure.period))


def strip_sentence(figure: Figure, words: MeasureWords) -> str:
    """The figure beside that of similar places, as one full sentence."""
    if not _known(figure.value) or not _known(figure.benchmark_similar):
        return value_sentence(figure, words) + "."
    return texts.STRIP.format(
        figure=value_sentence(figure, words, figure.benchmark_similar),
        benchmark=benchmark_sentence(figure, words, "similar"),
    )


def range_sentence(figure: Figure, words: MeasureWords) -> str:
    """How sure the figure is: "likely between 18 and 21 in every 100".

    A usual movement is called that and nothing else; without a range, why there is none.
    """
    if not _known(figure.value):
        return ""
    if figure.basis == "none":
        return texts.HOW_SURE_UNKNOWN.get(figure.basis_note, texts.NOT_KNOWN_HOW_SURE)
    if figure.lower is None or figure.upper is None or not _known(figure.lower + figure.upper):
        return texts.NOT_KNOWN_HOW_SURE
    said = range_words(figure.lower, figure.upper, words)
    if figure.basis == "usual-movement":
        step = periods.step_words(figure.period)
        return texts.USUAL_MOVEMENT.format(step=step, range=said)
    return texts.LIKELY.format(range=said)


def benchmark_name(figure: Figure, benchmark: str) -> str:
    """What a place is compared with, in words: "similar places", "the rest of England"."""
    return texts.BENCHMARKS[benchmark].format(
        nation=figure.nation or texts.NATION_UNNAMED, region=figure.region or texts.REGION_UNNAMED
    )


def benchmark_sentence(figure: Figure, words: MeasureWords, benchmark: str) -> str:
    """The figure compared with: "similar places: 19 in every 100"."""
    name = benchmark_name(figure, benchmark)
    value = figure.benchmark(benchmark)
    if not _known(value):
        return texts.BENCHMARK_MISSING.format(benchmark=name)
    said = natural(value, words, figure.value)
    return texts.BENCHMARK_FIGURE.format(benchmark=name, figure=said)


def verdict_sentence(figure: Figure, words: MeasureWords, benchmark: str = "similar") -> str:
    """The verdict against one benchmark, or why there is none.

    "Worse than similar places, beyond chance"; "We cannot tell: fewer than five similar places
    publish this". ``benchmark``: nation, region, similar or all.
    """
    verdict = figure.verdict(benchmark)
    name = benchmark_name(figure, benchmark)
    if verdict == "cannot-say":
        return _why_cannot_say(figure, benchmark, name)
    if verdict == "not-compared":
        return _why_not_compared(figure, words, benchmark)
    return texts.VERDICTS[verdict].format(benchmark=name)


def funnel_sentence(figure: Figure) -> str:
    """Whether the place is unusual among its kind, which says nothing of better or worse."""
    return texts.FUNNEL[figure.funnel]


def rank_sentence(figure: Figure) -> str:
    """Rank with its range, or why no rank is shown."""
    field = f"{figure.field:,}" if figure.field else ""
    lower, upper = (ordinal(end) if end else "" for end in (figure.rank_lower, figure.rank_upper))
    if figure.rank and field and lower and upper:
        rank = ordinal(figure.rank)
        if lower == upper:
            return texts.RANK_SURE.format(rank=rank, field=field)
        return texts.RANK.format(rank=rank, field=field, lower=lower, upper=upper)
    if figure.rank_note == "range-too-wide" and not (field and lower and upper):
        return texts.NO_RANK
    template = texts.NO_RANKS.get(figure.rank_note, texts.NO_RANK)
    return template.format(lower=lower, upper=upper, field=field)


def trend_sentence(figure: Figure) -> str:
    """The trend and since when, or that there is none, or that it is too short to say."""
    if figure.trend == "too-short":
        return _too_short(figure)
    if figure.trend == "no-clear-trend":
        return texts.TRENDS[figure.trend]
    if not figure.trend_since:
        return texts.TRENDS_UNDATED[figure.trend]
    return texts.TRENDS[figure.trend].format(since=periods.label(figure.trend_since))


def variation_sentence(variation: Variation, words: MeasureWords) -> str:
    """How much of the differences between places is more than chance, and what it comes to.

    Up to three full sentences, each only where its numbers are known.
    """
    said = []
    i2 = variation.i2
    if i2 is not None and _known(i2):
        said.append(_beyond_chance(i2, variation.i2_lower or 0.0))
    if _known(variation.low) and _known(variation.high):
        low = natural(variation.low, words, variation.high)
        high = natural(variation.high, words, variation.low)
        said.append(texts.SPREAD.format(low=low, high=high))
    fewer = variation.fewer
    judged = words.polarity in ("higher", "lower")
    if fewer is not None and _known(fewer) and fewer >= 1 and judged and words.people:
        number = rounded_people(fewer)
        by_share = words.quantity == "proportion"
        more = words.polarity == "higher"
        template = (
            (texts.MORE_SHARE if more else texts.FEWER_SHARE)
            if by_share
            else (texts.MORE_CASES if more else texts.FEWER_CASES)
        )
        said.append(template.format(number=number, people=words.people))
    return " ".join(said)


def silence_sentence(figure: Figure) -> str:
    """Why there is no figure, without a full stop and without blame; "" where there is one."""
    if figure.silence == "joined-area":
        if figure.joined:
            return texts.PUBLISHED_TOGETHER.format(joined=figure.joined)
        return texts.PUBLISHED_TOGETHER_UNNAMED
    if figure.silence == "old":
        return texts.OLD.format(place=figure.place, period=periods.label(figure.period))
    if _known(figure.value):
        return ""
    if figure.silence == "suppressed" or figure.status_meaning:
        return _suppressed(figure.status_meaning.strip().rstrip("."))
    return texts.NOT_IN_RELEASE.format(place=figure.place)


def age_sentence(period: str, today: dt.date) -> str:
    """How old a figure is, as a full sentence: "... 2022/23, which ended 2 years ago."."""
    read = periods.parse(period)
    said = periods.age(read.end, today)
    label = periods.label(period)
    if said == periods.NOT_OVER:
        return texts.NOT_OVER.format(period=label)
    template = texts.FOR_A_PERIOD if read.unit else texts.FOR_A_DAY
    return template.format(period=label, age=said)


def revised_sentence(figure: Figure, words: MeasureWords) -> str:
    """That a figure was revised and what it was, exactly; "" where it was not."""
    if not _known(figure.revised_from):
        return ""
    old = format_value(figure.revised_from, words.unit, words.decimals, words.quantity)
    return texts.REVISED.format(old=old)


def short_account(place: str, counts: ShortCounts) -> tuple[tuple[str, str], ...]:
    """The short account of a place: four full sentences, each with the verdict it filters by.

    The verdicts are "better", "worse", "no-clear-difference" and "cannot-say".
    """
    judged = counts.better + counts.worse + counts.no_clear_difference
    middle = _counted(texts.SHORT_NO_CLEAR, counts.no_clear_difference)
    if judged == 0:
        middle = texts.SHORT_NOTHING_JUDGED
    if counts.higher_or_lower:
        middle = f"{middle} {_counted(texts.SHORT_EITHER, counts.higher_or_lower)}"
    return (
        ("better", _counted(texts.SHORT_BETTER, counts.better).format(place=place)),
        ("worse", _counted(texts.SHORT_WORSE, counts.worse)),
        ("no-clear-difference", middle),
        ("cannot-say", _counted(texts.SHORT_CANNOT, counts.cannot_say)),
    )


def _why_cannot_say(figure: Figure, benchmark: str, name: str) -> str:
    if not _known(figure.value):
        return texts.CANNOT_NO_FIGURE.format(place=figure.place)
    if figure.silence == "old" or not figure.newest:
        return texts.CANNOT_OLD.format(place=figure.place)
    if figure.basis == "none":
        return texts.CANNOT_NO_RANGE
    if benchmark == "similar" and figure.similar_count < FEWEST_SIMILAR:
        return texts.CANNOT_FEW_SIMILAR
    if not _known(figure.benchmark(benchmark)):
        return texts.CANNOT_FEW_OTHERS.format(benchmark=name)
    if not _known(figure.lower) or not _known(figure.upper):
        return texts.CANNOT_NO_RANGE
    return texts.VERDICTS["cannot-say"]


def _why_not_compared(figure: Figure, words: MeasureWords, benchmark: str) -> str:
    if words.context:
        return texts.NOT_TOTAL if words.quantity == "total" else texts.NOT_CONTEXT
    if not figure.compared:
        return texts.NOT_THIS_KIND
    if benchmark == "region" and not figure.region:
        return texts.NOT_IN_REGION.format(place=figure.place)
    return texts.VERDICTS["not-compared"]


def _too_short(figure: Figure) -> str:
    if figure.periods == 0:
        return texts.TOO_SHORT_NONE
    if figure.periods >= texts.FEWEST_PERIODS:
        return texts.TOO_SHORT_GAPS
    read = periods.parse(figure.period)
    if read.unit and read.count == 1:
        return texts.TOO_SHORT_OF_FIGURES.format(counted=periods.counted(figure.periods, read.unit))
    one, many = texts.TOO_SHORT_FIGURES
    return (one if figure.periods == 1 else many).format(number=figure.periods)


def _beyond_chance(i2: float, lower: float) -> str:
    if i2 <= 0:
        return texts.CHANCE_ONLY
    if lower <= 0:
        return texts.MAYBE_CHANCE
    number = math.floor(100 * i2 + 0.5)
    if number >= 99:
        return texts.NEARLY_ALL_BEYOND
    return texts.BEYOND_CHANCE.format(number=number)


def _suppressed(meaning: str) -> str:
    if not meaning:
        return texts.SUPPRESSED_UNEXPLAINED
    # Most sources' meanings already say what they are: "Not published: fewer than five people".
    if ":" in meaning or meaning.startswith(("Not ", "No ", "Does ")):
        return meaning
    return texts.SUPPRESSED.format(meaning=meaning[0].lower() + meaning[1:])


def _counted(forms: tuple[str, str, str], count: int) -> str:
    """The form for none, one or many, with its count; other gaps are left for the caller."""
    return forms[min(count, 2)].replace("{count}", f"{count:,}")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)

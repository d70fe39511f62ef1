"""What no sentence ever says, whatever the numbers."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from folkmoot.measures.rules import sentences_texts as texts
from folkmoot.measures.rules.definition import (
    BASES,
    BENCHMARKS,
    FUNNEL,
    SILENCES,
    TRENDS,
    VERDICTS,
)
from folkmoot.measures.rules.sentences import (
    Figure,
    MeasureWords,
    ShortCounts,
    Variation,
    age_sentence,
    benchmark_sentence,
    funnel_sentence,
    range_sentence,
    rank_sentence,
    revised_sentence,
    short_account,
    silence_sentence,
    strip_sentence,
    trend_sentence,
    value_sentence,
    variation_sentence,
    verdict_sentence,
)
from tests.rooms.sentences_examples import ABSENT, DEATHS, HOMES, JOURNEY

NUMBERS = st.one_of(st.none(), st.just(math.nan), st.floats(-50, 2e6), st.floats(0, 100))
RANKS = st.one_of(st.none(), st.integers(1, 400))
KEYS = st.sampled_from(["2024-08-01/P1Y", "2025-07-01/P1M", "2020-01-01/P3Y", "2024-05-15"])
FIGURES = st.builds(
    Figure,
    place=st.sampled_from(["Leeds", "Isle of Anglesey"]),
    period=KEYS,
    value=NUMBERS,
    lower=NUMBERS,
    upper=NUMBERS,
    basis=st.sampled_from(BASES),
    basis_note=st.sampled_from(["", "no-values", "seasonal", "new"]),
    newest=st.booleans(),
    compared=st.booleans(),
    silence=st.sampled_from(SILENCES),
    status_meaning=st.sampled_from(["", "Not available", "Fewer than five people."]),
    joined=st.sampled_from(["", "Hackney and the City of London"]),
    nation=st.sampled_from(["", "England"]),
    region=st.sampled_from(["", "North East"]),
    benchmark_nation=NUMBERS,
    benchmark_region=NUMBERS,
    benchmark_similar=NUMBERS,
    benchmark_all=NUMBERS,
    verdict_nation=st.sampled_from(VERDICTS),
    verdict_region=st.sampled_from(VERDICTS),
    verdict_similar=st.sampled_from(VERDICTS),
    verdict_all=st.sampled_from(VERDICTS),
    similar_count=st.integers(0, 20),
    funnel=st.sampled_from(FUNNEL),
    rank=RANKS,
    rank_lower=RANKS,
    rank_upper=RANKS,
    field=RANKS,
    rank_note=st.sampled_from(["", *texts.NO_RANKS, "new"]),
    trend=st.sampled_from(TRENDS),
    trend_since=st.one_of(st.just(""), KEYS),
    periods=st.integers(0, 30),
    revised_from=NUMBERS,
)
WORDS = st.sampled_from([ABSENT, DEATHS, JOURNEY, HOMES, replace(ABSENT, context=True)])
FORBIDDEN = re.compile(r"\bNone\b|\bnan\b|\binf\b|  |average|confidence|[{}]|^\s|\s$|\.\.")


def everything(figure: Figure, words: MeasureWords) -> list[str]:
    said = [
        value_sentence(figure, words),
        strip_sentence(figure, words),
        range_sentence(figure, words),
        funnel_sentence(figure),
        rank_sentence(figure),
        trend_sentence(figure),
        silence_sentence(figure),
        revised_sentence(figure, words),
        age_sentence(figure.period, dt.date(2026, 11, 23)),
    ]
    for benchmark in BENCHMARKS:
        said.append(verdict_sentence(figure, words, benchmark))
        said.append(benchmark_sentence(figure, words, benchmark))
    return said


@given(FIGURES, WORDS)
def test_nothing_broken_is_ever_said(figure: Figure, words: MeasureWords) -> None:
    for sentence in everything(figure, words):
        assert not FORBIDDEN.search(sentence), sentence


@given(FIGURES, WORDS, st.sampled_from(BENCHMARKS))
def test_a_verdicts_word_is_said_with_that_verdict_only(
    figure: Figure, words: MeasureWords, benchmark: str
) -> None:
    said = verdict_sentence(figure, words, benchmark).lower()
    verdict = figure.verdict(benchmark)
    for word in ("better", "worse", "higher", "lower"):
        assert (word in said.split()) == (verdict == word)
    assert ("beyond chance" in said) == (verdict in ("better", "worse", "higher", "lower"))
    # Nothing else judges: not the figure, the funnel, the rank or the silence.
    for sentence in (value_sentence(figure, words), funnel_sentence(figure), rank_sentence(figure)):
        assert not {"better", "worse"} & set(sentence.lower().split())


@given(FIGURES, WORDS)
def test_a_range_holds_what_it_says(figure: Figure, words: MeasureWords) -> None:
    if words.quantity != "proportion" or figure.lower is None or figure.upper is None:
        return
    found = re.search(
        r"between ([\d,]+) and ([\d,]+) in every ([\d,]+)", range_sentence(figure, words)
    )
    if found:
        low, high, base = (int(number.replace(",", "")) for number in found.groups())
        assert low / base <= figure.lower / 100 + 1e-9
        assert high / base >= figure.upper / 100 - 1e-9


NUMBERS_OF = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("i2", "i2_lower", "i2_upper", "low", "high", "fewer"), NUMBERS)
)


@given(NUMBERS_OF, WORDS)
def test_nothing_broken_is_said_of_variation(
    numbers: dict[str, float | None], words: MeasureWords
) -> None:
    if numbers.get("i2") is not None:
        numbers["i2"] = min(1.0, max(0.0, numbers["i2"] or 0.0))
    assert not FORBIDDEN.search(variation_sentence(Variation(**numbers), words))


def test_nothing_broken_is_said_in_short() -> None:
    numbers = (0, 1, 2, 1234)
    for better, worse, rest, unsure, either in itertools.product(numbers, repeat=5):
        counts = ShortCounts(
            better=better,
            worse=worse,
            no_clear_difference=rest,
            cannot_say=unsure,
            higher_or_lower=either,
        )
        for _, sentence in short_account("Leeds", counts):
            assert not FORBIDDEN.search(sentence)
            assert sentence.endswith(".")

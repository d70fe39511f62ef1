"""Sentences: what each says, what it may never say, and its words for none, one and many."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import re
from dataclasses import replace

import pytest
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
    SIGNS,
    Figure,
    MeasureWords,
    ShortCounts,
    Variation,
    age_sentence,
    benchmark_sentence,
    format_value,
    funnel_sentence,
    natural,
    one_in,
    ordinal,
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
from folkmoot.measures.rules.sentences_numbers import rounded_people

ABSENT = MeasureWords(
    title="Pupils often absent",
    sentence="{n} pupils missed at least one day in ten.",
    unit="%",
    quantity="proportion",
    per=100,
    decimals=1,
    polarity="lower",
    people="pupils",
)
DEATHS = MeasureWords(
    title="Deaths that could be prevented",
    sentence="Deaths come to {n} people a year.",
    unit="per 100,000 people",
    quantity="rate",
    per=100_000,
    decimals=1,
    polarity="lower",
    people="people",
)
JOURNEY = MeasureWords(title="Time to work", sentence="It takes {n}.", unit="minutes")
HOMES = MeasureWords(
    title="Price of a home", sentence="A typical home costs {n}.", unit="£", decimals=0
)
LEEDS = Figure(
    place="Leeds",
    period="2024-08-01/P1Y",
    value=23.1,
    lower=22.2,
    upper=24.3,
    basis="wilson",
    nation="England",
    region="Yorkshire and The Humber",
    benchmark_similar=19.2,
    benchmark_nation=18.0,
    verdict_similar="worse",
    verdict_nation="worse",
    similar_count=10,
)


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "quantity", "words"),
    [
        (23.1, "%", 1, "proportion", "23.1%"),
        (1234.0, "£", 0, "mean", "£1,234"),
        (-1234.4, "£", 0, "mean", "−£1,234"),
        (2.34, "£ million", 1, "total", "£2.3 million"),
        (24.1, "per 100,000 people", 1, "rate", "24.1 per 100,000 people"),
        (12.3, "minutes", 1, "mean", "12.3 minutes"),
        (1.0, "nights", 0, "mean", "1 night"),
        (1.0, "nights", 1, "mean", "1.0 nights"),
        (7.42, "out of 10", 2, "mean", "7.42 out of 10"),
        (-0.04, "%", 1, "proportion", "0.0%"),
        (-0.3, "", 1, "mean", "−0.3"),
        (1_234_567.0, "businesses", 0, "total", "1,234,567 businesses"),
        (None, "%", 1, "proportion", "no figure"),
        (math.nan, "£", 0, "mean", "no figure"),
    ],
)
def test_exact_figures(
    value: float | None, unit: str, decimals: int, quantity: str, words: str
) -> None:
    assert format_value(value, unit, decimals, quantity) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (23.1, "23 in every 100"),
        (22.5, "23 in every 100"),
        (0.4, "fewer than 1 in every 100"),
        (0.5, "1 in every 100"),
        (0.0, "0 in every 100"),
        (99.6, "more than 99 in every 100"),
        (100.0, "100 in every 100"),
        (104.0, "104.0%"),
        (-2.0, "−2.0%"),
    ],
)
def test_proportions_as_people_say_them(value: float, words: str) -> None:
    assert natural(value, ABSENT) == words


def test_two_figures_that_differ_never_sound_alike() -> None:
    assert natural(23.1, ABSENT, beside=22.6) == "231 in every 1,000"
    assert natural(22.6, ABSENT, beside=23.1) == "226 in every 1,000"
    assert natural(0.4, ABSENT, beside=0.2) == "4 in every 1,000"
    assert natural(23.1, ABSENT, beside=19.0) == "23 in every 100"
    assert natural(23.1, ABSENT, beside=23.1) == "23 in every 100"
    assert natural(23.11, ABSENT, beside=23.12) == "23 in every 100"  # alike as printed too


def test_rates_and_other_figures_as_people_say_them() -> None:
    assert natural(24.13, DEATHS) == "24.1 in every 100,000"
    million = replace(DEATHS, unit="per million people", per=None)
    assert natural(9.5, million) == "9.5 in every million"
    unstated = replace(DEATHS, per=None)
    assert natural(24.13, unstated) == "24.1 in every 100,000"
    assert natural(12.3, JOURNEY) == "12.3 minutes"
    assert natural(None, ABSENT) == "no figure"
    share = replace(ABSENT, per=1, decimals=3)
    assert natural(0.231, share) == "23 in every 100"


@pytest.mark.parametrize(
    ("value", "words"),
    [(20.4, "about 1 in 5"), (66.9, "about 2 in 3"), (89.5, "about 9 in 10"), (28.0, ""), (1, "")],
)
def test_simple_fractions_only_where_near(value: float, words: str) -> None:
    assert one_in(value, ABSENT) == words
    assert one_in(value, JOURNEY) == ""


def test_the_figure_in_its_own_sentence() -> None:
    assert value_sentence(LEEDS, ABSENT) == (
        "23 in every 100 pupils missed at least one day in ten (2024/25)"
    )
    few = replace(LEEDS, value=0.2)
    assert value_sentence(few, ABSENT).startswith("Fewer than 1 in every 100 pupils")
    homes = replace(LEEDS, value=245_000.0, period="2024-03-31")
    assert value_sentence(homes, HOMES) == "A typical home costs £245,000 (31 March 2024)"
    plain = MeasureWords(title="Something counted")
    assert value_sentence(LEEDS, plain) == "The figure is 23.1 (2024/25)"


def test_the_strip_says_both_figures() -> None:
    assert strip_sentence(LEEDS, ABSENT) == (
        "23 in every 100 pupils missed at least one day in ten (2024/25); "
        "similar places: 19 in every 100."
    )
    near = replace(LEEDS, benchmark_similar=22.7)
    assert strip_sentence(near, ABSENT) == (
        "231 in every 1,000 pupils missed at least one day in ten (2024/25); "
        "similar places: 227 in every 1,000."
    )
    alone = replace(LEEDS, benchmark_similar=None)
    assert strip_sentence(alone, ABSENT).endswith("one day in ten (2024/25).")
    silent = replace(LEEDS, value=None, silence="not-in-release")
    assert strip_sentence(silent, ABSENT) == "Not in this release: it has no row for Leeds."


@pytest.mark.parametrize(
    ("lower", "upper", "words"),
    [
        (18.0, 21.0, "likely between 18 and 21 in every 100"),
        (18.6, 20.7, "likely between 18 and 21 in every 100"),
        (22.9, 23.4, "likely between 229 and 234 in every 1,000"),
        (0.4, 3.0, "likely no more than 3 in every 100"),
        (96.2, 99.9, "likely at least 96 in every 100"),
        (0.0, 100.0, "likely between 0 and 100 in every 100"),
    ],
)
def test_ranges_are_rounded_outwards(lower: float, upper: float, words: str) -> None:
    assert range_sentence(replace(LEEDS, lower=lower, upper=upper), ABSENT) == words


def test_ranges_in_other_units() -> None:
    deaths = replace(LEEDS, lower=22.13, upper=26.21)
    assert range_sentence(deaths, DEATHS) == "likely between 22.1 and 26.3 in every 100,000"
    journey = replace(LEEDS, lower=12.34, upper=13.01)
    assert range_sentence(journey, JOURNEY) == "likely between 12.3 and 13.1 minutes"
    homes = replace(LEEDS, lower=244_000.5, upper=250_000.2)
    assert range_sentence(homes, HOMES) == "likely between £244,000 and £250,001"


def test_usual_movement_is_called_nothing_else() -> None:
    moving = replace(LEEDS, basis="usual-movement", lower=18.0, upper=21.0)
    assert range_sentence(moving, ABSENT) == (
        "its usual movement from year to year is between 18 and 21 in every 100"
    )
    monthly = replace(moving, period="2025-07-01/P1M")
    assert "from month to month" in range_sentence(monthly, ABSENT)
    assert "likely" not in range_sentence(moving, ABSENT)
    assert "confidence" not in range_sentence(moving, ABSENT)


def test_without_a_range_it_says_why() -> None:
    unsure = replace(LEEDS, basis="none", basis_note="too-few-periods")
    assert "too few periods are published" in range_sentence(unsure, ABSENT)
    other = replace(LEEDS, basis="none", basis_note="")
    assert range_sentence(other, ABSENT) == "we cannot tell how sure this figure is"
    assert range_sentence(replace(LEEDS, lower=None), ABSENT) == range_sentence(other, ABSENT)
    assert range_sentence(replace(LEEDS, value=None), ABSENT) == ""


@pytest.mark.parametrize(
    ("verdict", "benchmark", "words"),
    [
        ("worse", "similar", "Worse than similar places, beyond chance"),
        ("better", "similar", "Better than similar places, beyond chance"),
        ("higher", "nation", "Higher than the rest of England, beyond chance"),
        ("lower", "region", "Lower than the rest of Yorkshire and The Humber, beyond chance"),
        ("no-clear-difference", "similar", "No clear difference from similar places"),
        (
            "worse",
            "all",
            "Worse than the places that run this service taken together, beyond chance",
        ),
    ],
)
def test_verdicts(verdict: str, benchmark: str, words: str) -> None:
    figure = replace(LEEDS, **{f"verdict_{benchmark}": verdict})
    assert verdict_sentence(figure, ABSENT, benchmark) == words


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"similar_count": 4}, "We cannot tell: fewer than five similar places publish this"),
        ({"value": None}, "We cannot tell: there is no figure for Leeds"),
        ({"silence": "old"}, "We cannot tell: others have a newer figure than Leeds"),
        (
            {"basis": "none"},
            "We cannot tell: nothing published shows how sure the figure is",
        ),
        (
            {"benchmark_similar": None},
            "We cannot tell: too few others publish this to compare with similar places",
        ),
        ({"lower": None}, "We cannot tell: nothing published shows how sure the figure is"),
        ({}, "We cannot tell"),
    ],
)
def test_why_it_cannot_be_told(change: dict[str, object], words: str) -> None:
    figure = replace(LEEDS, verdict_similar="cannot-say", **change)
    assert verdict_sentence(figure, ABSENT) == words


def test_why_it_is_not_compared() -> None:
    figure = replace(LEEDS, verdict_similar="not-compared", verdict_region="not-compared")
    total = replace(ABSENT, context=True, quantity="total")
    assert verdict_sentence(figure, total) == (
        "Not compared: a total grows with the size of a place"
    )
    context = replace(ABSENT, context=True)
    assert "understood" in verdict_sentence(figure, context)
    other = replace(figure, compared=False)
    assert "only places that run this service" in verdict_sentence(other, ABSENT)
    london = replace(figure, place="Wales", region="")
    assert verdict_sentence(london, ABSENT, "region") == "Not compared: Wales is in no region"
    assert verdict_sentence(figure, ABSENT) == "Not compared"


def test_the_figure_compared_with() -> None:
    assert benchmark_sentence(LEEDS, ABSENT, "similar") == "similar places: 19 in every 100"
    assert benchmark_sentence(LEEDS, ABSENT, "nation") == "the rest of England: 18 in every 100"
    assert benchmark_sentence(LEEDS, ABSENT, "all").endswith(": no figure")


def test_ranks_carry_their_range() -> None:
    ranked = replace(LEEDS, rank=40, rank_lower=25, rank_upper=60, field=151)
    assert rank_sentence(ranked) == "About 40th of 151; likely between 25th and 60th"
    sure = replace(ranked, rank=1, rank_lower=1, rank_upper=1)
    assert rank_sentence(sure) == "1st of 151"
    wide = replace(ranked, rank=None, rank_note="range-too-wide")
    assert rank_sentence(wide) == (
        "No rank is shown: it could be anywhere from 25th to 60th of 151, "
        "more than half of the field"
    )
    assert rank_sentence(replace(wide, field=None)) == "No rank is shown"
    assert "how sure" in rank_sentence(replace(LEEDS, rank_note="no-basis"))
    assert rank_sentence(replace(LEEDS, rank_note="something new")) == "No rank is shown"


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th")]
    + [(21, "21st"), (102, "102nd"), (111, "111th"), (1013, "1,013th")],
)
def test_ordinals(number: int, words: str) -> None:
    assert ordinal(number) == words


def test_trends() -> None:
    better = replace(LEEDS, trend="improving", trend_since="2019-08-01/P1Y")
    assert trend_sentence(better) == "Improving since 2019/20"
    assert trend_sentence(replace(better, trend="falling")) == "Falling since 2019/20"
    assert trend_sentence(replace(better, trend_since="")) == "Improving"
    assert trend_sentence(replace(LEEDS, trend="no-clear-trend")) == "No clear trend"


@pytest.mark.parametrize(
    ("period", "count", "words"),
    [
        ("2024-08-01/P1Y", 4, "Too short to say: 4 years of figures"),
        ("2024-08-01/P1Y", 1, "Too short to say: 1 year of figures"),
        ("2024-08-01/P1M", 5, "Too short to say: 5 months of figures"),
        ("2024-08-01", 3, "Too short to say: 3 figures"),
        ("2020-01-01/P3Y", 1, "Too short to say: 1 figure"),
        ("2024-08-01/P1Y", 0, "Too short to say: no figures"),
        (
            "2024-08-01/P1Y",
            14,
            "Too short to say: too few periods follow one another without gap or overlap",
        ),
    ],
)
def test_too_short_to_say(period: str, count: int, words: str) -> None:
    assert trend_sentence(replace(LEEDS, period=period, periods=count)) == words


def test_variation_in_words() -> None:
    variation = Variation(i2=0.853, i2_lower=0.8, i2_upper=0.9, low=18.2, high=27.4, fewer=12_345.0)
    assert variation_sentence(variation, ABSENT) == (
        "About 85 in every 100 parts of the differences between places are more than chance. "
        "Places run from 18 in every 100 to 27 in every 100 for the middle eight in ten. "
        "If every place beyond the middle reached it, this would be true of "
        "about 12,300 fewer pupils."
    )
    more = replace(ABSENT, polarity="higher")
    assert "about 12,300 more pupils" in variation_sentence(variation, more)
    assert "about 12,300 fewer in all" in variation_sentence(variation, DEATHS)
    for words in (replace(ABSENT, polarity="none"), replace(ABSENT, people="")):
        assert "beyond the middle" not in variation_sentence(variation, words)


def test_variation_that_may_be_chance() -> None:
    assert variation_sentence(Variation(i2=0.0, i2_lower=0.0), ABSENT) == texts.CHANCE_ONLY
    assert variation_sentence(Variation(i2=0.3, i2_lower=0.0), ABSENT) == texts.MAYBE_CHANCE
    sure = Variation(i2=0.996, i2_lower=0.99)
    assert variation_sentence(sure, ABSENT) == texts.NEARLY_ALL_BEYOND
    assert variation_sentence(Variation(), ABSENT) == ""
    assert variation_sentence(Variation(i2=math.nan, fewer=0.4), ABSENT) == ""


@pytest.mark.parametrize(
    ("number", "words"),
    [(12_345, "12,300"), (1_234_567, "1,230,000"), (987, "990"), (85, "85"), (3.6, "4"), (0, "0")],
)
def test_people_in_round_numbers(number: float, words: str) -> None:
    assert rounded_people(number) == words


def test_silence_says_why_and_blames_nobody() -> None:
    silent = replace(LEEDS, value=None)
    assert silence_sentence(replace(silent, silence="not-in-release")) == (
        "Not in this release: it has no row for Leeds"
    )
    hackney = replace(
        silent, place="Hackney", silence="joined-area", joined="Hackney and the City of London"
    )
    assert silence_sentence(hackney) == (
        "Published only for Hackney and the City of London together"
    )
    assert "larger area" in silence_sentence(replace(hackney, joined=""))
    kept = replace(silent, silence="suppressed")
    assert silence_sentence(kept) == "Suppressed: the release gives no reason"
    said = replace(kept, status_meaning="Not published: fewer than five people behind it")
    assert silence_sentence(said) == "Not published: fewer than five people behind it"
    bare = replace(kept, status_meaning="Fewer than five people.")
    assert silence_sentence(bare) == "Suppressed: fewer than five people"
    assert silence_sentence(LEEDS) == ""
    old = replace(LEEDS, silence="old", newest=False)
    assert silence_sentence(old) == (
        "No figure in the newest release for Leeds: the last is for 2024/25"
    )
    assert value_sentence(old, ABSENT).startswith("23 in every 100")


def test_age_in_full() -> None:
    today = dt.date(2026, 11, 23)
    assert age_sentence("2022-08-01/P1Y", today) == (
        "The figure is for 2022/23, which ended 3 years 3 months ago."
    )
    assert age_sentence("2026-09-22", today) == (
        "The figure is for 22 September 2026, 2 months ago."
    )
    assert age_sentence("2026-01-01/P1Y", today) == "The figure is for 2026, which is not over yet."


def test_a_revision_says_the_old_figure_exactly() -> None:
    assert revised_sentence(replace(LEEDS, revised_from=22.84), ABSENT) == "Revised: it was 22.8%"
    assert revised_sentence(LEEDS, ABSENT) == ""


def test_the_short_account_counts() -> None:
    counts = ShortCounts(better=12, worse=1, no_clear_difference=71, cannot_say=9)
    assert short_account("Leeds", counts) == (
        ("better", "Leeds is better than similar places, beyond chance, on 12 measures."),
        ("worse", "It is worse than similar places, beyond chance, on 1."),
        ("no-clear-difference", "There is no clear difference from similar places on 71."),
        ("cannot-say", "We cannot tell on 9."),
    )
    none = dict(short_account("Leeds", ShortCounts()))
    assert none["better"].endswith("on none of the measures.")
    assert none["no-clear-difference"] == "No measure can be judged."
    clear = dict(short_account("Leeds", ShortCounts(better=1, higher_or_lower=2)))
    assert clear["better"].endswith("on 1 measure.")
    assert clear["no-clear-difference"] == (
        "There is a clear difference on every measure that can be judged. "
        "On 2 more it is higher or lower, and neither counts as good."
    )


def test_every_verdict_has_a_sign_and_a_word() -> None:
    assert set(SIGNS) == {*VERDICTS, "this-place"}
    assert (SIGNS["better"].mark, SIGNS["worse"].mark) == ("▲", "▼")
    assert SIGNS["this-place"].mark == "◆"
    assert SIGNS["no-clear-difference"].word == "no clear difference"
    assert all(sign.mark and sign.word for sign in SIGNS.values())


def test_every_code_of_the_account_has_a_sentence() -> None:
    assert set(texts.VERDICTS) == set(VERDICTS)
    assert set(texts.FUNNEL) == set(FUNNEL)
    assert set(texts.TRENDS) == set(TRENDS)
    assert set(texts.BENCHMARKS) == set(BENCHMARKS)


def test_words_from_a_catalogue_entry() -> None:
    entry = {
        "title": "Adults who smoke",
        "sentence": "{n} adults smoke.",
        "unit": "%",
        "quantity": "proportion",
        "per": 100,
        "decimals": 1,
        "polarity": "lower",
        "people": None,
        "why": "It harms.",
    }
    words = MeasureWords.of(entry)
    assert natural(12.0, words) == "12 in every 100"
    assert words.people == ""
    assert not words.context


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

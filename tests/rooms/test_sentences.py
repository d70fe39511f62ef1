"""Sentences: what each says, what it may never say, and its words for none, one and many."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import pytest

from folkmoot.measures.rules import sentences_texts as texts
from folkmoot.measures.rules.definition import (
    BENCHMARKS,
    FUNNEL,
    TRENDS,
    VERDICTS,
)
from folkmoot.measures.rules.sentences import (
    SIGNS,
    MeasureWords,
    ShortCounts,
    Variation,
    age_sentence,
    benchmark_sentence,
    natural,
    ordinal,
    rank_sentence,
    revised_sentence,
    short_account,
    silence_sentence,
    trend_sentence,
    value_sentence,
    variation_sentence,
    verdict_sentence,
)
from folkmoot.measures.rules.sentences_numbers import rounded_people
from tests.rooms.sentences_examples import ABSENT, DEATHS, LEEDS


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

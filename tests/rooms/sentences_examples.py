"""Measures and a figure for the tests of sentences."""

from __future__ import annotations

from folkmoot.measures.rules.sentences import (
    Figure,
    MeasureWords,
)

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

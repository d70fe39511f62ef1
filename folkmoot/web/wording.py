"""From a figure to the sentences of ``measures.rules.sentences``. No sentence is made here."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from folkmoot.measures.queries import Figure, MeasureFacts
from folkmoot.measures.rules import periods, sentences
from folkmoot.measures.rules.sentences import MeasureWords
from folkmoot.measures.rules.sentences_texts import STRIP
from folkmoot.places.rules import LOWER_TIER, UPPER_TIER

# Kinds of place that have a published list of similar places.
_HAVE_SIMILAR = LOWER_TIER | UPPER_TIER
_LONGEST_ON_AXIS = 14
_SAME_NAME = frozenset(item.name for item in fields(sentences.Figure)) & frozenset(
    item.name for item in fields(Figure)
)


def benchmark_for(kind: str) -> str:
    """Which comparison leads on the page of a place of this kind: similar places, or the nation."""
    return "similar" if kind in _HAVE_SIMILAR else "nation"


@dataclass(frozen=True)
class Told:
    """A figure with the names that its sentences need.

    ``names``: code → name of nations, regions and joined areas; ``region`` the place's region.
    """

    figure: Figure
    names: Mapping[str, str]
    region: str = ""

    @property
    def facts(self) -> MeasureFacts:
        """The figure's measure."""
        return self.figure.facts

    @cached_property
    def words(self) -> MeasureWords:
        """What sentences need of the measure."""
        return MeasureWords.of(self.facts.definition)

    @cached_property
    def plain(self) -> sentences.Figure:
        """The figure as sentences take it."""
        figure = self.figure
        same = {name: getattr(figure, name) for name in _SAME_NAME if name != "joined"}
        valued = sum(1 for past in figure.history if past.value is not None)
        return sentences.Figure(
            place=figure.area_name,
            basis=figure.facts.basis,
            basis_note=figure.facts.basis_note,
            joined=self.names.get(figure.joined, ""),
            status_meaning=figure.facts.status_marks.get(figure.status, ""),
            nation=self.names.get(figure.area_nation, ""),
            region=self.region,
            periods=valued,
            **same,
        )

    @property
    def nation(self) -> str:
        """Name of the place's nation, or "" if it is in none."""
        return self.names.get(self.figure.area_nation, "")

    @property
    def benchmark(self) -> str:
        """The comparison that leads."""
        return benchmark_for(self.figure.area_kind)

    @property
    def verdict(self) -> str:
        """The verdict that leads."""
        return self.plain.verdict(self.benchmark)

    def verdict_text(self, benchmark: str = "") -> str:
        """The verdict in words, against the leading benchmark or another."""
        return sentences.verdict_sentence(self.plain, self.words, benchmark or self.benchmark)

    def statement(self) -> str:
        """The figure beside what leads the comparison, as a full sentence."""
        if self.figure.value is not None and self.benchmark != "similar" and self.figure.compared:
            beside = sentences.benchmark_sentence(self.plain, self.words, self.benchmark)
            value = sentences.value_sentence(
                self.plain, self.words, self.plain.benchmark(self.benchmark)
            )
            return STRIP.format(figure=value, benchmark=beside)
        return sentences.strip_sentence(self.plain, self.words)

    def trend(self) -> str:
        """The trend, as a full sentence."""
        return stopped(sentences.trend_sentence(self.plain))

    def certainty(self) -> str:
        """How sure the figure is, as a full sentence; "" without a figure."""
        return stopped(sentences.range_sentence(self.plain, self.words))

    def rank(self) -> str:
        """Rank with its range, as a full sentence; "" where ranks make no sense."""
        if self.figure.value is None or not self.figure.compared:
            return ""
        return stopped(sentences.rank_sentence(self.plain))

    def unusual(self) -> str:
        """Whether the place is unusual among its kind, as a full sentence; "" if not known."""
        if self.figure.funnel in ("cannot-say", "not-compared"):
            return ""
        return stopped(sentences.funnel_sentence(self.plain))

    def silence(self) -> str:
        """Why there is no figure, as a full sentence; "" where there is one."""
        return stopped(sentences.silence_sentence(self.plain))

    def revised(self) -> str:
        """That the figure was revised, as a full sentence; "" where it was not."""
        return stopped(sentences.revised_sentence(self.plain, self.words))


def stopped(phrase: str) -> str:
    """A phrase as a sentence: a capital first and a full stop last."""
    return f"{phrase[0].upper()}{phrase[1:].removesuffix('.')}." if phrase else ""


def number(value: float | None, facts: MeasureFacts) -> str:
    """An exact figure with its unit; "" where there is none."""
    if value is None:
        return ""
    return sentences.format_value(value, facts.unit, facts.decimals, facts.quantity)


def number_alone(value: float | None, facts: MeasureFacts) -> str:
    """An exact figure for a column or an axis that names its unit elsewhere."""
    unit = facts.unit if facts.unit == "%" else "£" if facts.unit.startswith("£") else ""
    if value is None:
        return ""
    return sentences.format_value(value, unit, facts.decimals, facts.quantity)


def number_or_mark(value: float | None, status: str, facts: MeasureFacts) -> str:
    """An exact figure, or why there is none."""
    if value is not None:
        return number_alone(value, facts)
    meaning = facts.status_marks.get(status, "")
    return meaning or (_("mark “%(mark)s”") % {"mark": status} if status else _("no figure"))


def limits(lower: float | None, upper: float | None, facts: MeasureFacts) -> str:
    """ "18.2% to 21.0%", or "" without both."""
    if lower is None or upper is None:
        return ""
    return _("%(low)s to %(high)s") % {
        "low": number_alone(lower, facts),
        "high": number_alone(upper, facts),
    }


def period(key: str) -> str:
    """A period as people say it: "2024/25"."""
    return periods.label(key)


def short_period(key: str, end: dt.date) -> str:
    """A period for an axis, where two must fit side by side on a phone: "to Nov 2025"."""
    said = periods.label(key)
    if len(said) <= _LONGEST_ON_AXIS:
        return said
    return _("to %(month)s") % {"month": date_format(end - dt.timedelta(days=1), "M Y")}


def variation(facts: MeasureFacts) -> str:
    """How much of the difference between places is more than chance; "" where not known."""
    found = facts.summary.get("variation") or {}
    known = {item.name for item in fields(sentences.Variation)} & found.keys()
    said = sentences.Variation(**{name: found[name] for name in known})
    return sentences.variation_sentence(said, MeasureWords.of(facts.definition))


def counts(verdicts: Iterable[str]) -> sentences.ShortCounts:
    """How many measures have each verdict."""
    tally = Counter(verdicts)
    return sentences.ShortCounts(
        better=tally["better"],
        worse=tally["worse"],
        no_clear_difference=tally["no-clear-difference"],
        cannot_say=tally["cannot-say"],
        higher_or_lower=tally["higher"] + tally["lower"],
    )


def service_counts(verdicts: Iterable[str], measures: int) -> str:
    """The signs of one service in words: "3 better, 1 worse, 20 no clear difference"."""
    tally = Counter(verdicts)
    said = [
        text % {"count": tally[verdict]}
        for verdict, text in (
            ("better", _("%(count)d better")),
            ("worse", _("%(count)d worse")),
            ("no-clear-difference", _("%(count)d no clear difference")),
            ("higher", _("%(count)d higher")),
            ("lower", _("%(count)d lower")),
            ("cannot-say", _("%(count)d cannot say")),
        )
        if tally[verdict]
    ]
    if said:
        return ", ".join(said)
    return ngettext(
        "%(count)d measure, not compared", "%(count)d measures, not compared", measures
    ) % {"count": measures}

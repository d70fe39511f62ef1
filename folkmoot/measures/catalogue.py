"""The schema of catalogue/sources and catalogue/measures, and the checks across entries."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from folkmoot.common.errors import Fault
from folkmoot.places.rules import KINDS, may_compare
from folkmoot.services.catalogue import Entry, ServiceEntry, read_folder

Reader = Literal["ons-table", "dfe-long", "nhs-counts", "long-csv", "folkmoot"]
FaultKind = Literal[
    "unknown-area",
    "bad-number",
    "bad-period",
    "impossible-interval",
    "impossible-value",
    "conflicting-key",
    "unknown-status",
    "missing-measure",
]


# Ways of writing codes that name bodies and not places: each is also a kind of body.
BODY_CODES = frozenset({"nhs-trust"})


class Acceptance(Entry):
    """Named kinds of fault accepted in one release of a source, with the reason shown."""

    release: str = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the file")
    kind: FaultKind
    reason: str = Field(min_length=20)
    checked: dt.date


class LongColumns(Entry):
    """Which column holds what, for the readers described by the catalogue."""

    area: str
    period: str
    value: str | None = None
    lower: str | None = None
    upper: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    status: str | None = None


class Recoded(Entry):
    """Rows that a source goes on writing under the code of a place that has ended.

    From the first day of its successor on they are observations of the successor, which must be
    the same place under a new code in the list of areas.
    """

    old: str
    new: str
    since: dt.date = Field(description="first day of the new code")
    reason: str = Field(min_length=20)
    checked: dt.date


class LeftOut(Entry):
    """Rows of one release that are known to be wrong and are not read, with the reason shown.

    For faults that no check of form can see: a month copied from the year before, a national
    figure that is the sum of its regions' rates. The rows count as left out by accepted faults.
    """

    release: str = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the file")
    where: dict[str, tuple[str, ...]] = Field(
        min_length=1, description="column → values; a row is left out where every column matches"
    )
    reason: str = Field(min_length=20)
    checked: dt.date


class SourceEntry(Entry):
    """One file of catalogue/sources: a dataset that releases come from."""

    slug: str
    title: str
    publisher: str
    licence: str
    licence_link: str
    attribution: str
    link: str = Field(pattern=r"^https://")
    obtained: str = Field(description="repository at commit the shipped copy came from")
    source_date: dt.date | None = Field(description="as the publisher states it; null if unstated")
    reader: Reader
    file: str | None = Field(description="path under data/ of the shipped copy; null if none")
    companions: tuple[str, ...] = Field(default=(), description="metadata, workbooks, under data/")
    columns: LongColumns | None = None
    period_format: Literal[
        "iso", "year", "financial-year", "academic-year", "month-name", "by-measure"
    ] = "iso"
    area_codes: Literal["gss", "dfe-number", "police-force-name", "nhs-trust"] = "gss"
    encoding: Literal["utf-8", "cp1252"] = "utf-8"
    bare_carriage_returns: bool = False
    status_marks: dict[str, str] = Field(default={}, description="mark → meaning in plain words")
    accept: tuple[Acceptance, ...] = ()
    leave_out: tuple[LeftOut, ...] = ()
    recoded: tuple[Recoded, ...] = ()
    caveats: tuple[str, ...] = ()
    checked: dt.date

    @property
    def bodies(self) -> bool:
        """Whether its rows are figures of bodies, not of places."""
        return self.area_codes in BODY_CODES


class Break(Entry):
    """A break in the series: figures from ``since`` are not comparable with those before."""

    since: dt.date
    reason: str = Field(min_length=10)


class CountedBy(Entry):
    """Which rows of the same file count the cases that a published share is of.

    They fill denominator and numerator, and change neither a figure nor how sure it is. A place
    and period has a count only where every row that is added up has one.
    """

    rows: tuple[dict[str, str], ...] = Field(
        min_length=1, description="column → value, each picking counts that are added up"
    )
    numerator: tuple[dict[str, str], ...] = Field(
        default=(),
        description="as rows, for the counts above the line: a count is taken only where they "
        "make the published share to its last digit; empty where the file has none",
    )
    about: bool = Field(
        default=False, description="True if it takes in cases that the share leaves out"
    )


class Reading(Entry):
    """How to read the measure from its source's releases."""

    dataset: str = Field(description="slug of a source")
    select: dict[str, str] = Field(description="column → value that picks the measure's rows")
    sum_over: tuple[str, ...] = Field(
        default=(), description="columns summed over: counts only (police outcomes)"
    )
    numerator_where: dict[str, tuple[str, ...]] = Field(
        default={}, description="column → values whose rows make the numerator (long counts)"
    )
    year_type: Literal["calendar", "financial", "academic", "three-year", "date"] | None = None
    day: str = Field(
        default="03-31",
        pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$",
        description="for year_type date: the day of each year that is counted, as MM-DD",
    )
    area_starts: tuple[str, ...] = Field(
        default=(),
        description="read only rows whose area code starts with one of these: for a file that "
        "mixes nations which define the figure differently; empty for all rows",
    )
    scale: float = Field(default=1.0, description="published value × scale = our value")
    counted_by: CountedBy | None = Field(
        default=None, description="the counts behind a published share; null where there are none"
    )


class BodyReading(Entry):
    """How to read the same measure of bodies, from a source of their own."""

    dataset: str = Field(description="slug of a source whose rows are figures of bodies")
    select: dict[str, str] = Field(description="as in reading")


class MeasureEntry(Entry):
    """One file of catalogue/measures."""

    slug: str = Field(pattern=r"^[a-z][a-z0-9-]+$", max_length=100)
    title: str = Field(min_length=5, max_length=90, description="plain English, no jargon")
    service: str
    counted: str = Field(min_length=10, description="what is counted, precisely")
    numerator: str | None = None
    denominator: str | None = None
    unit: str = Field(description="as printed after a number: %, per 100,000 people, £, minutes")
    quantity: Literal["proportion", "rate", "mean", "ratio", "total"]
    per: float | None = Field(
        default=None, description="value = numerator ÷ denominator × per, where it is so"
    )
    possible: tuple[float | None, float | None] = (None, None)
    polarity: Literal["higher", "lower", "none"] = Field(description="which is better")
    polarity_reason: str = Field(min_length=15)
    dictionary_polarity: Literal["High", "Low", "-"] | None = Field(
        default=None, description="what the DfE dictionary says, for DfE measures"
    )
    why: str = Field(min_length=20, description="why it matters to a person")
    sentence: str = Field(
        description="with {n}, which prints '23 in every 100' for a proportion, '24.1 in every "
        "100,000' for a rate, else the number with its unit: '{n} pupils were often absent'"
    )
    people: str | None = Field(
        default=None, description="who the denominator's people are: 'pupils'; null if not people"
    )
    cases: str | None = Field(
        default=None,
        description="what the denominator counts where it is not those people, each once: "
        "'attendances'; null where it is",
    )
    kinds: frozenset[str] = Field(description="kinds of authority that run this service")
    similar: Literal["ons-global", "dfe"]
    decimals: int = Field(ge=0, le=3)
    headline: int | None = Field(default=None, ge=1, le=8)
    every_case: bool = Field(description="True if every case is counted; False for a sample")
    seasonal: bool = False
    breaks: tuple[Break, ...] = ()
    context: bool = Field(default=False, description="never compared: context for the others")
    reading: Reading
    bodies: BodyReading | None = Field(
        default=None, description="where its figures of bodies are; null if there are none"
    )
    caveats: tuple[str, ...] = ()
    checked: dt.date

    def read_from(self, source: str) -> MeasureEntry | None:
        """The measure as it is read from a source, of places or of bodies; None if it is not."""
        if self.reading.dataset == source:
            return self
        if self.bodies is None or self.bodies.dataset != source:
            return None
        return self.model_copy(update={"reading": Reading(**self.bodies.model_dump())})

    @model_validator(mode="after")
    def _coherent(self) -> MeasureEntry:
        unknown = sorted(self.kinds - KINDS.keys())
        if unknown:
            raise ValueError(f"unknown kinds of authority: {', '.join(unknown)}")
        if not self.context and not may_compare(self.kinds):
            raise ValueError("kinds contain one another, so they cannot be compared as one family")
        if self.quantity == "total" and not self.context:
            raise ValueError(
                "a total grows with the size of a place: give a denominator or mark it context"
            )
        if "{n}" not in self.sentence:
            raise ValueError("sentence has no {n}")
        if self.bodies is not None and not self.every_case:
            raise ValueError("figures of bodies are taken only where every case is counted")
        return self


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything the catalogue says, validated."""

    services: dict[str, ServiceEntry]
    sources: dict[str, SourceEntry]
    measures: dict[str, MeasureEntry]

    def measures_from(self, source: str) -> tuple[MeasureEntry, ...]:
        """The measures read from a source, each as it is read from there, by slug."""
        found = (self.measures[slug].read_from(source) for slug in sorted(self.measures))
        return tuple(entry for entry in found if entry is not None)


def read_catalogue(folder: Path) -> tuple[Catalogue, list[Fault]]:
    """The catalogue under ``folder`` and every fault in it at once. Raises nothing for content."""
    services, faults = read_folder(folder / "services", ServiceEntry)
    sources, more = read_folder(folder / "sources", SourceEntry)
    measures, still_more = read_folder(folder / "measures", MeasureEntry)
    faults = [*faults, *more, *still_more]
    catalogue = Catalogue(
        {entry.slug: entry for entry in services},
        {entry.slug: entry for entry in sources},
        {entry.slug: entry for entry in measures},
    )
    return catalogue, [*faults, *_across(catalogue)]


def _across(catalogue: Catalogue) -> list[Fault]:
    faults: list[Fault] = []
    headlines: Counter[tuple[str, int]] = Counter()
    for slug, measure in catalogue.measures.items():
        where = f"measures/{slug}.yaml"
        if measure.service not in catalogue.services:
            faults.append(
                Fault(f"{where}, service", f"unknown service {measure.service!r}.", "Add it.")
            )
        if measure.reading.dataset not in catalogue.sources:
            faults.append(
                Fault(
                    f"{where}, reading.dataset",
                    f"unknown source {measure.reading.dataset!r}.",
                    "Add it under catalogue/sources.",
                )
            )
        faults.extend(_bodies(catalogue, measure, where))
        if measure.headline is not None:
            headlines[measure.service, measure.headline] += 1
    faults.extend(
        Fault(
            f"services/{service}.yaml",
            f"{count} measures claim headline {position}.",
            "Give each headline measure of a service its own position from 1 to 8.",
        )
        for (service, position), count in headlines.items()
        if count > 1
    )
    return faults


def _bodies(catalogue: Catalogue, measure: MeasureEntry, where: str) -> list[Fault]:
    """Figures of places come from a source of places, those of bodies from one of bodies."""
    faults = []
    own = catalogue.sources.get(measure.reading.dataset)
    if own is not None and own.bodies:
        what = f"{own.slug!r} holds figures of bodies."
        faults.append(Fault(f"{where}, reading.dataset", what, "Name it under bodies."))
    if measure.bodies is not None:
        other = catalogue.sources.get(measure.bodies.dataset)
        if other is None or not other.bodies:
            what = f"{measure.bodies.dataset!r} is no source of figures of bodies."
            remedy = "Name one whose area_codes are those of a kind of body."
            faults.append(Fault(f"{where}, bodies.dataset", what, remedy))
    return faults

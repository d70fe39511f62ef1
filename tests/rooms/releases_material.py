"""A small catalogue and small files, for tests of readers and releases."""

from __future__ import annotations

import datetime as dt
from typing import Any

from folkmoot.measures.catalogue import MeasureEntry, SourceEntry
from folkmoot.measures.readers import KnownAreas, Reading, read

DAY = dt.date(2026, 11, 23)
LEEDS, YORK, BRISTOL = "E08000035", "E06000014", "E06000023"
AREAS = KnownAreas(frozenset({LEEDS, YORK, BRISTOL, "E92000001"}))
ONS_HEADER = (
    "areacd,areanm,geography,indicator,period,observation,measure,unit,lci_95,uci_95,status,notes"
)


def source(reader: str = "ons-table", **more: Any) -> SourceEntry:
    """A source as the catalogue would describe it."""
    fields: dict[str, Any] = {
        "slug": "pupils",
        "title": "Pupils often absent",
        "publisher": "Department for Education",
        "licence": "Open Government Licence v3.0",
        "licence_link": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
        "attribution": "Contains public sector information.",
        "link": "https://explore-education-statistics.service.gov.uk/",
        "obtained": "a test",
        "source_date": None,
        "reader": reader,
        "file": None,
        "status_marks": {"c": "kept back so that nobody can be recognised"},
        "checked": DAY,
        **more,
    }
    return SourceEntry.model_validate(fields)


def measure(
    slug: str = "often-absent", *, select: dict[str, str] | None = None, **more: Any
) -> MeasureEntry:
    """A measure as the catalogue would define it."""
    reading = more.pop("reading", {})
    fields: dict[str, Any] = {
        "slug": slug,
        "title": "Pupils often absent",
        "service": "schools",
        "counted": "pupils who missed a tenth of school",
        "unit": "%",
        "quantity": "proportion",
        "per": 100.0,
        "possible": (0, 100),
        "polarity": "lower",
        "polarity_reason": "pupils learn in school",
        "why": "A pupil who is not there cannot learn.",
        "sentence": "{n} pupils were often absent",
        "kinds": {"metropolitan", "unitary"},
        "similar": "dfe",
        "decimals": 1,
        "every_case": True,
        "reading": {
            "dataset": "pupils",
            "select": {"indicator": "Absent"} if select is None else select,
            **reading,
        },
        "checked": DAY,
        **more,
    }
    return MeasureEntry.model_validate(fields)


def ons_row(
    area: str = LEEDS,
    period: str = "2023-08-01/P1Y",
    value: object = "20.5",
    *,
    lower: object = "",
    upper: object = "",
    status: str = "",
    indicator: str = "Absent",
) -> str:
    """One row of an ONS table."""
    return f"{area},A,B,{indicator},{period},{value},Percent,%,{lower},{upper},{status},"


def ons_file(*rows: str) -> bytes:
    """An ONS table of these rows."""
    return "\n".join([ONS_HEADER, *rows, ""]).encode()


def read_ons(*rows: str, **of_measure: Any) -> Reading:
    """What the ONS reader makes of these rows."""
    return read(source(), [measure(**of_measure)], ons_file(*rows), areas=AREAS, megabytes=1)

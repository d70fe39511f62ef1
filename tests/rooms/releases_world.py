"""A small world in the database: sixteen real councils, one source, one measure."""

from __future__ import annotations

import datetime as dt

from folkmoot.measures.catalogue import Catalogue, MeasureEntry, SourceEntry
from folkmoot.measures.importing import sync_catalogue
from folkmoot.measures.models import Release
from folkmoot.measures.publishing import publish
from folkmoot.measures.receiving import receive
from folkmoot.places.models import Area
from folkmoot.services.catalogue import ServiceEntry
from tests.rooms.releases_material import measure, ons_file, ons_row, source

AT = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
OFFICE = "operator"
ENGLAND = "E92000001"
COUNCILS = {
    "E08000032": "Bradford",
    "E08000033": "Calderdale",
    "E08000034": "Kirklees",
    "E08000035": "Leeds",
    "E08000036": "Wakefield",
    "E08000016": "Barnsley",
    "E08000017": "Doncaster",
    "E08000018": "Rotherham",
    "E08000019": "Sheffield",
    "E08000021": "Newcastle upon Tyne",
    "E08000001": "Bolton",
    "E08000002": "Bury",
    "E08000003": "Manchester",
    "E08000012": "Liverpool",
    "E08000025": "Birmingham",
    "E08000026": "Coventry",
}
SCHOOLS = ServiceEntry(
    slug="schools", title="Schools", summary="Schools paid for by the public.", position=1
)


def add_areas() -> None:
    """England and sixteen metropolitan boroughs."""
    common = {"nation": ENGLAND, "edition": "2025-04", "source": "a test"}
    Area.objects.create(code=ENGLAND, name="England", slug="england", kind="nation", **common)
    for code, name in COUNCILS.items():
        slug = name.lower().replace(" ", "-")
        Area.objects.create(code=code, name=name, slug=slug, kind="metropolitan", **common)


def catalogue(
    entries: tuple[SourceEntry, ...] | None = None,
    measures: tuple[MeasureEntry, ...] | None = None,
) -> Catalogue:
    """One service with these sources and measures, or the usual one of each."""
    return Catalogue(
        {"schools": SCHOOLS},
        {entry.slug: entry for entry in entries or (source(),)},
        {entry.slug: entry for entry in measures or (measure(kinds={"metropolitan"}),)},
    )


def make_world(**of_source: object) -> None:
    """Areas, and a catalogue of one source and one measure."""
    add_areas()
    sync_catalogue(catalogue((source(**of_source),)))


def figures(
    periods: tuple[str, ...] = ("2021-08-01/P1Y", "2022-08-01/P1Y"), **changed: object
) -> bytes:
    """An ONS table with a value for England and each council; ``changed``: code → other value."""
    rows = []
    for number, code in enumerate([ENGLAND, *COUNCILS]):
        for later, period in enumerate(periods):
            value = changed.get(f"{code}_{later}", f"{15 + number * 0.5 + later:.1f}")
            if value is not None:
                rows.append(ons_row(code, period, value))
    return ons_file(*rows)


def arrive(data: bytes, at: dt.datetime = AT) -> Release:
    """Receive a file of the usual source."""
    return receive(data, source_slug="pupils", filename="pupils.csv", at=at, office=OFFICE)


def put_out(data: bytes, at: dt.datetime = AT) -> Release:
    """Receive and publish."""
    return publish([arrive(data, at)], at=at, office=OFFICE)[0]

"""File doors: every table as CSV with CSV-on-the-Web metadata, the whole account as Parquet."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from folkmoot.api.columns import SEPARATOR, Column
from folkmoot.common.purpose import labelled
from folkmoot.measures import queries_account as account_reads
from folkmoot.measures.export import account_parquet
from folkmoot.measures.models import Measure, Release, Source
from folkmoot.places.models import Area

LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"

# What each column of the account means, for people who open the file without the site.
ACCOUNT_COLUMNS: dict[str, str] = {
    "area": "GSS code of the place",
    "area_name": "name of the place",
    "service": "short name of the service",
    "measure": "short name of the measure",
    "title": "the measure in plain English",
    "period": "ISO 8601: start/length, or a date",
    "newest": "whether the period is the measure's newest",
    "value": "the figure; empty where there is none, see status and silence",
    "unit": "unit of the figure and of every limit and benchmark",
    "lower": "lower limit; what kind of limit, see basis",
    "upper": "upper limit; what kind of limit, see basis",
    "basis": "published-limits, wilson, byar, usual-movement (not a confidence interval) or none",
    "status": "the source's mark",
    "silence": "why there is no figure",
    "nation": "the rest of the nation, in the same period",
    "region": "the rest of the region, in the same period",
    "similar": "the middle of the similar places that run the service, in the same period",
    "all_places": "all other places that run the service, in the same period",
    "verdict_nation": "verdict against the rest of the nation, false discovery rate 5%",
    "verdict_region": "verdict against the rest of the region, false discovery rate 5%",
    "verdict_similar": "verdict against similar places, false discovery rate 5%",
    "verdict_all": "verdict against all places that run the service, false discovery rate 5%",
    "unusual": "funnel with over-dispersion: within, outside-95 or outside-99.8",
    "rank": "1 is best; empty where no rank is honest, see rank_note",
    "rank_lower": "lower end of the rank's 95% range",
    "rank_upper": "upper end of the rank's 95% range",
    "field": "how many places are ranked",
    "rank_note": "why no rank is shown",
    "trend": "improving, worsening, rising, falling, no-clear-trend or too-short",
    "trend_method": "how the trend was judged",
    "polarity": "whether higher or lower is better, or none",
    "revised_from": "the figure before the newest revision",
    "release": "source/number of the release it comes from",
    "row": "row of that release's file, the header being row 1",
}
_DATATYPES = {
    "str": "string",
    "int": "integer",
    "bool": "boolean",
    "float | None": "number",
    "int | None": "integer",
    "dt.date | None": "date",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table to be written: its title, columns with datatype and meaning, and its rows.

    Columns in ``several`` hold many values in a cell, with SEPARATOR between them.
    """

    name: str
    title: str
    columns: tuple[tuple[str, str, str], ...]
    rows: Iterable[Sequence[Any]]
    source: str = ""
    several: frozenset[str] = frozenset()


def table_of(
    name: str, title: str, columns: Iterable[Column], rows: Iterable[Any], source: str = ""
) -> Table:
    """A table of the rows that ``columns`` describe."""
    columns = tuple(columns)
    return Table(
        name,
        title,
        tuple((column.name, column.datatype, column.means) for column in columns),
        ([getattr(row, column.name) for column in columns] for row in rows),
        source,
        frozenset(column.name for column in columns if column.several),
    )


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return SEPARATOR.join(value)
    return value.isoformat() if isinstance(value, dt.datetime) else value


def _csv(table: Table) -> HttpResponse:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([name for name, _, _ in table.columns])
    writer.writerows([_cell(value) for value in row] for row in table.rows)
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8; header=present")
    name = f"rehearsal-{table.name}" if settings.REHEARSAL else table.name
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Link"] = (
        f'<{table.name}.csv-metadata.json>; rel="describedby"; type="application/csvm+json"'
    )
    return response


def _metadata(table: Table) -> HttpResponse:
    body = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": f"{table.name}.csv",
        "dc:title": labelled(table.title),
        "dc:license": {"@id": LICENCE},
        "dc:source": table.source or f"{settings.SITE_URL}/sources/",
        "dialect": {"header": True, "encoding": "utf-8"},
        "tableSchema": {
            "columns": [
                {
                    "name": name,
                    "titles": name,
                    "datatype": datatype,
                    "null": "",
                    "dc:description": meaning,
                    **({"separator": SEPARATOR} if name in table.several else {}),
                }
                for name, datatype, meaning in table.columns
            ]
        },
    }
    return HttpResponse(
        json.dumps(body, indent=1, ensure_ascii=False), content_type="application/csvm+json"
    )


def door(table: Table, metadata: bool) -> HttpResponse:
    """A table as CSV, or what its metadata says."""
    return _metadata(table) if metadata else _csv(table)


def _account_table(name: str, title: str, rows: Iterable[tuple[int, Any]], source: str) -> Table:
    types = {item.name: _DATATYPES[str(item.type)] for item in fields(account_reads.AccountRow)}
    columns = tuple((key, types[key], meaning) for key, meaning in ACCOUNT_COLUMNS.items())
    values = ([getattr(row, key) for key in ACCOUNT_COLUMNS] for _, row in rows)
    return Table(name, title, columns, values, source)


@require_safe
def measure_csv(_request: HttpRequest, slug: str, metadata: bool = False) -> HttpResponse:
    """The account of one measure in every place, newest period. Raises NotFound."""
    measure = account_reads.find_measure(slug)
    rows = account_reads.account_rows(
        account_reads.accounts(measure=slug).order_by("area__name", "area__code")
    )
    return door(_account_table(slug, measure.title, rows, measure.source.link), metadata)


@require_safe
def place_csv(_request: HttpRequest, slug: str, metadata: bool = False) -> HttpResponse:
    """The account of one place in every measure. Raises NotFound."""
    area = account_reads.find_area(slug)
    rows = enumerate(account_reads.place_account(area.slug))
    table = _account_table(area.slug, f"Local services in {area.name}", rows, "")
    return door(table, metadata)


_OBSERVATIONS = {
    "measure": "short name of the measure",
    "area": "GSS code of the place",
    "area_name": "name of the place",
    "period": "ISO 8601: start/length, or a date",
    "value": "the figure as the release states it",
    "lower": "lower limit as published",
    "upper": "upper limit as published",
    "numerator": "what is counted",
    "denominator": "out of how many",
    "status": "the source's mark",
    "release": "source/number of the release",
    "release_state": "whether that release is the newest",
    "row": "row of that release's file, the header being row 1",
}


@require_safe
def observations_csv(_request: HttpRequest, slug: str, metadata: bool = False) -> HttpResponse:
    """Every value of one measure in its newest release. Raises NotFound."""
    measure = account_reads.find_measure(slug)
    rows = measure.observations.filter(release__state=Release.State.PUBLISHED).order_by("pk")
    types = {i.name: _DATATYPES[str(i.type)] for i in fields(account_reads.ObservationRow)}
    table = Table(
        "observations",
        measure.title,
        tuple((key, types[key], meaning) for key, meaning in _OBSERVATIONS.items()),
        (
            [getattr(row, key) for key in _OBSERVATIONS]
            for _, row in account_reads.observation_rows(rows)
        ),
        measure.source.link,
    )
    return door(table, metadata)


_LISTINGS: dict[str, tuple[str, QuerySet[Any, Any], tuple[str, ...]]] = {
    "places": (
        "Places",
        Area.objects.order_by("code"),
        ("code", "name", "slug", "kind", "nation", "edition", "started", "ended", "population"),
    ),
    "measures": (
        "Measures",
        Measure.objects.filter(retired=False).order_by("service__position", "slug"),
        ("slug", "title", "service__slug", "unit", "polarity", "quantity", "source__slug"),
    ),
    "sources": (
        "Sources and licences",
        Source.objects.order_by("slug"),
        ("slug", "title", "publisher", "licence", "licence_link", "link", "attribution"),
    ),
}


def _listing(name: str) -> Table:
    title, rows, keys = _LISTINGS[name]
    names = [key.removesuffix("__slug") for key in keys]
    columns = tuple((column, "string", column) for column in names)
    return Table(name, title, columns, rows.all().values_list(*keys))


@require_safe
def listing_csv(_request: HttpRequest, name: str, metadata: bool = False) -> HttpResponse:
    """All places, measures or sources."""
    return door(_listing(name), metadata)


@require_safe
def whole_account(_request: HttpRequest) -> FileResponse:
    """The whole account, every measure, place and period, as one Parquet file."""
    return FileResponse(
        account_parquet().open("rb"),
        as_attachment=True,
        filename="folkmoot-account.parquet",
        content_type="application/vnd.apache.parquet",
    )

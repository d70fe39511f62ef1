"""Bulk writes: the catalogue into its tables, and whole Arrow tables into the database."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from django.db import connection, models, transaction
from pydantic import BaseModel

from folkmoot.measures.catalogue import Catalogue, MeasureEntry, SourceEntry
from folkmoot.measures.computing import digest_of
from folkmoot.measures.models import Account, Measure, MeasureAccount, Source
from folkmoot.measures.rules.faults import LEFT_OUT, LEFT_OUT_MEANING
from folkmoot.services.models import Service


def as_json(entry: BaseModel) -> dict[str, object]:
    """A catalogue entry as JSON values, sets in order."""
    found = entry.model_dump(mode="json")
    if isinstance(entry, MeasureEntry):
        found["kinds"] = sorted(entry.kinds)
    return found


def sync_catalogue(catalogue: Catalogue) -> list[str]:
    """Bring services, sources and measures in line with the catalogue, in one transaction.

    Rows of entries that are no longer in the catalogue stay, for figures stand on them, but
    such measures are retired and have no account. Gives the slugs newly retired.
    """
    with transaction.atomic():
        _upsert(
            Service,
            [
                Service(
                    slug=entry.slug,
                    title=entry.title,
                    summary=entry.summary,
                    position=entry.position,
                    words=list(entry.words),
                )
                for entry in catalogue.services.values()
            ],
        )
        _upsert(Source, [_source(entry) for entry in catalogue.sources.values()])
        services = dict(Service.objects.values_list("slug", "pk"))
        sources = dict(Source.objects.values_list("slug", "pk"))
        measures = [
            _measure(entry, services[entry.service], sources[entry.reading.dataset])
            for entry in catalogue.measures.values()
        ]
        _upsert(Measure, measures)
        gone = Measure.objects.exclude(slug__in=catalogue.measures).filter(retired=False)
        retired = sorted(gone.values_list("slug", flat=True))
        Account.objects.filter(measure__in=gone).delete()
        MeasureAccount.objects.filter(measure__in=gone).delete()
        gone.update(retired=True)
    return retired


def _upsert(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    columns = [f.attname for f in model._meta.concrete_fields if not f.primary_key]
    model._default_manager.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["slug"],
        update_fields=[name for name in columns if name != "slug"],
        batch_size=200,
    )


def _source(entry: SourceEntry) -> Source:
    return Source(
        slug=entry.slug,
        title=entry.title,
        publisher=entry.publisher,
        licence=entry.licence,
        licence_link=entry.licence_link,
        attribution=entry.attribution,
        link=entry.link,
        reader=entry.reader,
        status_marks={**entry.status_marks, LEFT_OUT: LEFT_OUT_MEANING},
        caveats=list(entry.caveats),
        checked=entry.checked,
        definition=as_json(entry),
    )


def _measure(entry: MeasureEntry, service: int, source: int) -> Measure:
    return Measure(
        slug=entry.slug,
        title=entry.title,
        service_id=service,
        source_id=source,
        polarity=entry.polarity,
        unit=entry.unit,
        quantity=entry.quantity,
        decimals=entry.decimals,
        headline=entry.headline,
        definition=as_json(entry),
        digest=digest_of(json.dumps(as_json(entry), sort_keys=True)),
    )


def load(model: type[models.Model], table: pa.Table) -> None:
    """Insert every row of ``table``, whose columns are columns of ``model``'s table.

    Dates stand as text, JSON as text. SQLite takes one prepared statement over plain tuples,
    PostgreSQL one COPY; both end with the same rows.
    """
    if not table.num_rows:
        return
    name = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(column) for column in table.column_names)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # An unquoted empty cell is NULL; pyarrow writes an empty text as "".
            sink = io.BytesIO()
            pa_csv.write_csv(table, sink, pa_csv.WriteOptions(include_header=False))
            with cursor.copy(f"COPY {name} ({columns}) FROM STDIN (FORMAT csv)") as copy:
                copy.write(sink.getbuffer())
        else:
            marks = ", ".join(["%s"] * table.num_columns)
            rows = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
            cursor.executemany(
                f"INSERT INTO {name} ({columns}) VALUES ({marks})",  # noqa: S608 — own names only
                rows,
            )


def with_keys(table: pa.Table, keys: dict[str, int]) -> pa.Table:
    """``table`` with the same key in every row, a column for each of ``keys``."""
    for name, key in keys.items():
        table = table.append_column(name, pa.repeat(pa.scalar(key, pa.int64()), table.num_rows))
    return table


def with_area_ids(table: pa.Table, ids: dict[str, int]) -> pa.Table:
    """``table`` with ``area`` (a code) replaced by ``area_id``. Raises KeyError if unknown."""
    encoded = table["area"].combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    numbers = pa.array([ids[code] for code in encoded.dictionary.to_pylist()], pa.int64())
    keys = pc.take(numbers, encoded.indices)
    return table.drop_columns(["area"]).append_column("area_id", keys)

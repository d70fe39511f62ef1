"""The whole account as one Parquet file: every measure, place and period."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from folkmoot.measures.models import Account
from folkmoot.measures.queries_account import FIELDS, account_version, accounts_with_history
from folkmoot.measures.rules.definition import HISTORY_FIELDS

# Columns that are said of a place as it stands now, and so are empty in earlier periods.
NOW_ONLY = ("unusual", "rank", "rank_lower", "rank_upper", "field", "rank_note", "trend",
            "trend_method", "silence", "region", "all_places")  # fmt: skip
# The account's name for each element of a period in Account.history.
_HISTORY_NAMES = {
    "benchmark_nation": "nation",
    "benchmark_similar": "similar",
}
_BATCH = 2_000


def _schema() -> pa.Schema:
    numbers = {"value", "lower", "upper", "nation", "region", "similar", "all_places",
               "revised_from"}  # fmt: skip
    whole = {"rank", "rank_lower", "rank_upper", "field", "row"}
    types = {
        name: pa.float64()
        if name in numbers
        else pa.int32()
        if name in whole
        else pa.bool_()
        if name == "newest"
        else pa.string()
        for name in FIELDS
    }
    return pa.schema([(name, types[name]) for name in FIELDS])


# Where each field of a period stands in its list; a field that is not there is the place's own.
_IN_HISTORY = {_HISTORY_NAMES.get(name, name): at for at, name in enumerate(HISTORY_FIELDS)}


def _batches() -> Iterator[pa.Table]:
    """Tables of at most a few thousand places, each place's earlier periods before its newest."""
    schema = _schema()
    columns: dict[str, list[object]] = {name: [] for name in FIELDS}
    every = accounts_with_history(Account.objects.order_by("pk"))
    for made, (row, history) in enumerate(every, start=1):
        past = [point for point in history if point[0] != row.period]
        # Whole columns of a place at once: half a million periods one by one take a minute.
        parts = list(zip(*past, strict=True)) if past else []
        for name in FIELDS:
            now = getattr(row, name)
            if past:
                if name in _IN_HISTORY:
                    columns[name].extend(parts[_IN_HISTORY[name]])
                else:
                    then = None if name in NOW_ONLY else False if name == "newest" else now
                    columns[name].extend([then] * len(past))
            columns[name].append(now)
        if made % _BATCH == 0:
            yield pa.table(columns, schema=schema)
            columns = {name: [] for name in FIELDS}
    yield pa.table(columns, schema=schema)


def write_parquet(path: Path) -> int:
    """Writes the whole account to ``path`` beside any older file, then swaps. Gives its rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    os.close(handle)
    rows = 0
    try:
        with pq.ParquetWriter(name, _schema(), compression="zstd") as writer:
            for batch in _batches():
                writer.write_table(batch)
                rows += batch.num_rows
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
    return rows


def account_parquet() -> Path:
    """The Parquet file of the account as it stands, made once for each version of the account."""
    folder = settings.HOME / "exports"
    path = folder / f"account-{account_version()}.parquet"
    if not path.exists():
        write_parquet(path)
        for old in folder.glob("account-*.parquet"):
            if old != path:
                old.unlink(missing_ok=True)
    return path

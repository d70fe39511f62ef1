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


def _batches() -> Iterator[pa.Table]:
    """Tables of at most a few thousand places, each place's earlier periods before its newest."""
    schema = _schema()
    columns: dict[str, list[object]] = {name: [] for name in FIELDS}
    made = 0
    for row, history in accounts_with_history(Account.objects.order_by("pk")):
        now = row.as_dict()
        for point in history:
            past = {_HISTORY_NAMES.get(k, k): v for k, v in zip(HISTORY_FIELDS, point, strict=True)}
            if past["period"] == now["period"]:
                continue
            blank = dict.fromkeys(NOW_ONLY)
            merged = {**now, **blank, "newest": False, **past}
            for name in FIELDS:
                columns[name].append(merged[name])
        for name in FIELDS:
            columns[name].append(now[name])
        made += 1
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

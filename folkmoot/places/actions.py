"""The official postcode directory: checked whole, then swapped in whole."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
from django.db import connection, transaction

from folkmoot.common.acts import record_act
from folkmoot.common.errors import BadInput, Fault
from folkmoot.places import rules
from folkmoot.places.models import OfficialPostcode, PostcodeEdition

# The same columns have other names in other editions of the ONSPD and the NSPL.
_POSTCODE_COLUMNS = ("pcds", "pcd8", "pcd7", "pcd2", "pcd", "postcode")
_ENDED_COLUMNS = ("doterm",)
_DISTRICT_COLUMN = re.compile(r"(?:oslaua|laua|lad\d{2}cd)")
_CONSTITUENCY_COLUMN = re.compile(r"pcon(?:\d{2}cd)?")
_DISTRICT = r"[EWSNLM][0-9]{8}"
# Most faults of one kind that are named one by one; the rest are counted.
MOST_NAMED = 50
_CHUNK = 20_000


@dataclass(frozen=True, slots=True)
class PostcodesLoaded:
    """What was loaded: rows in all, and how many of them have ended."""

    name: str
    rows: int
    ended: int
    sha256: str


@dataclass(frozen=True, slots=True)
class _Columns:
    postcode: str
    ended: str
    district: str
    constituency: str | None


def load_official_postcodes(path: Path, *, at: dt.datetime, office: str) -> PostcodesLoaded:
    """Load an ONSPD or NSPL file (CSV, or the zip it comes in) in place of any loaded before.

    The file is read and checked whole before anything is written; the change is one
    transaction, so that no look-up ever sees half of a directory. ``office`` is the key of who
    loads it, and the load is a public act. Raises BadInput naming every fault: missing columns,
    malformed postcodes, districts and dates, and postcodes given twice.
    """
    with tempfile.TemporaryDirectory() as folder:
        table = _unpacked(path, Path(folder))
        columns = _columns(table)
        with duckdb.connect() as reader:
            _read(reader, table, columns)
            faults = _faults(reader)
            if faults:
                raise BadInput(faults)
            loaded = PostcodesLoaded(
                name=path.stem,
                rows=_count(reader, "SELECT count(*) FROM rows"),
                ended=_count(reader, "SELECT count(*) FROM rows WHERE ended <> ''"),
                sha256=_digest(path),
            )
            _swap(reader, loaded, at, office)
    return loaded


def _unpacked(path: Path, folder: Path) -> Path:
    """The table itself: ``path``, or the largest CSV inside the zip that it is."""
    if not path.is_file():
        raise BadInput([Fault(path.name, "There is no such file.", "Check where it is.")])
    if not zipfile.is_zipfile(path):
        return path
    with zipfile.ZipFile(path) as archive:
        tables = [entry for entry in archive.infolist() if entry.filename.lower().endswith(".csv")]
        if not tables:
            remedy = "Download the ONSPD or NSPL again from the ONS Open Geography Portal."
            raise BadInput([Fault(path.name, "The zip holds no CSV file.", remedy)])
        largest = max(tables, key=lambda entry: entry.file_size)
        target = folder / "postcodes.csv"
        with archive.open(largest) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy)
    return target


def _columns(table: Path) -> _Columns:
    """Which columns hold what, by their names; BadInput names every one that is missing."""
    with table.open("rb") as file:
        first = file.readline(65_536)
    try:
        header = next(csv.reader(io.StringIO(first.decode("utf-8-sig"))), [])
    except (UnicodeDecodeError, csv.Error):
        header = []
    known = {name.strip().lower(): name for name in header}
    districts = sorted(name for name in known if _DISTRICT_COLUMN.fullmatch(name))
    seats = sorted(name for name in known if _CONSTITUENCY_COLUMN.fullmatch(name))
    postcode = next((known[name] for name in _POSTCODE_COLUMNS if name in known), None)
    ended = next((known[name] for name in _ENDED_COLUMNS if name in known), None)
    district = known[districts[-1]] if districts else None
    wanted = (
        (postcode, "the postcode", " or ".join(_POSTCODE_COLUMNS)),
        (ended, "the month a postcode ended", "doterm"),
        (district, "the district", "oslaua, laua or lad25cd"),
    )
    faults = [
        Fault(
            "header",
            f"No column holds {meaning}.",
            f"Name it {names}, as the ONSPD and the NSPL do.",
            kind="missing-column",
        )
        for found, meaning, names in wanted
        if found is None
    ]
    if postcode is None or ended is None or district is None:
        raise BadInput(faults)
    return _Columns(postcode, ended, district, known[seats[-1]] if seats else None)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _read(reader: duckdb.DuckDBPyConnection, table: Path, columns: _Columns) -> None:
    """Read them as text into ``rows(line, postcode, ended, district, constituency)``.

    A file may be without constituencies: then they are empty.
    """
    seat = _quoted(columns.constituency) if columns.constituency else "''"
    try:
        reader.execute(
            f"""CREATE TABLE rows AS SELECT
                  row_number() OVER () + 1 AS line,
                  replace(upper(trim(coalesce({_quoted(columns.postcode)}, ''))), ' ', '')
                    AS postcode,
                  trim(coalesce({_quoted(columns.ended)}, '')) AS ended,
                  trim(coalesce({_quoted(columns.district)}, '')) AS district,
                  trim(coalesce({seat}, '')) AS constituency
                FROM read_csv(?, header = true, all_varchar = true, delim = ',', quote = '"',
                              strict_mode = true)""",  # noqa: S608 - quoted column names only
            [str(table)],
        )
    except duckdb.Error as error:
        what = f"The file cannot be read as CSV: {str(error).splitlines()[0][:200]}"
        remedy = "Download it again from the ONS Open Geography Portal."
        raise BadInput([Fault("file", what, remedy, kind="unreadable")]) from None


def _count(reader: duckdb.DuckDBPyConnection, query: str) -> int:
    row = reader.execute(query).fetchone()
    return int(row[0]) if row else 0


def _faults(reader: duckdb.DuckDBPyConnection) -> list[Fault]:
    """Every fault in the rows, the first of each kind named one by one."""
    spaced = "left(postcode, -3) || ' ' || right(postcode, 3)"
    month = "[0-9]{4}-?(0[1-9]|1[0-2])(-?[0-9]{2})?"
    checks = (
        (
            "malformed-postcode",
            f"NOT regexp_full_match({spaced}, '{rules.POSTCODE.pattern}')",
            "postcode",
            "is not a postcode.",
            "Correct it, or take the row out.",
        ),
        (
            "unknown-area",
            f"district <> '' AND NOT regexp_full_match(district, '{_DISTRICT}')",
            "district",
            "is not the code of a district.",
            "Use nine-character GSS codes.",
        ),
        (
            "unknown-area",
            f"constituency <> '' AND NOT regexp_full_match(constituency, '{_DISTRICT}')",
            "constituency",
            "is not the code of a constituency.",
            "Use nine-character GSS codes.",
        ),
        (
            "bad-period",
            f"ended <> '' AND NOT regexp_full_match(ended, '{month}')",
            "ended",
            "is not a month.",
            "Write it as 202503, or leave it empty.",
        ),
        (
            "conflicting-key",
            "postcode IN (SELECT postcode FROM rows GROUP BY 1 HAVING count(*) > 1)",
            "postcode",
            "stands in more than one row.",
            "Keep one row for each postcode.",
        ),
    )
    faults: list[Fault] = []
    for kind, condition, column, what, remedy in checks:
        where = f"FROM rows WHERE {condition}"
        found = _count(reader, f"SELECT count(*) {where}")
        named = reader.execute(f"SELECT line, {column} {where} ORDER BY line LIMIT {MOST_NAMED}")
        for line, value in named.fetchall():
            text = f"{str(value)[:20]!r} {what}"
            faults.append(Fault(f"row {line}", text, remedy, kind=kind, value=str(value)[:20]))
        if found > MOST_NAMED:
            text = f"{found - MOST_NAMED:,} more like these: {column} {what}"
            faults.append(Fault("further rows", text, remedy, kind=kind))
    if not faults and _count(reader, "SELECT count(*) FROM rows") == 0:
        faults.append(Fault("file", "It has a header and no rows.", "Load the whole file."))
    return faults


def _swap(
    reader: duckdb.DuckDBPyConnection, loaded: PostcodesLoaded, at: dt.datetime, office: str
) -> None:
    """Put the checked rows in place of those there were, and put it on the public record."""
    table = connection.ops.quote_name(OfficialPostcode._meta.db_table)
    insert = (
        f"INSERT INTO {table} (postcode, district, constituency, ended) VALUES (%s, %s, %s, %s)"  # noqa: S608 - a model's own table
    )
    with transaction.atomic():
        OfficialPostcode.objects.all().delete()
        with connection.cursor() as cursor:
            for chunk in _chunks(reader):
                cursor.executemany(insert, chunk)
        PostcodeEdition.objects.all().delete()
        PostcodeEdition.objects.create(
            name=loaded.name[:80], sha256=loaded.sha256, rows=loaded.rows, loaded_at=at
        )
        subject = f"postcodes:{loaded.sha256[:16]}"
        record_act(office=office, verb="load-postcodes", subject=subject, at=at)


def _chunks(
    reader: duckdb.DuckDBPyConnection,
) -> Iterator[list[tuple[str, str, str, dt.date | None]]]:
    """Rows as the table holds them; a month becomes its first day. The Channel Islands and the Isle
    of Man have codes (L and M) and no constituency."""
    rows = reader.execute(
        """SELECT postcode, district,
             CASE WHEN constituency[1] IN ('L', 'M') THEN '' ELSE constituency END,
             CASE WHEN ended = '' THEN NULL ELSE
               make_date(CAST(left(digits, 4) AS INT), CAST(substr(digits, 5, 2) AS INT), 1) END
           FROM (SELECT *, replace(ended, '-', '') AS digits FROM rows) ORDER BY postcode"""
    )
    while chunk := rows.fetchmany(_CHUNK):
        yield chunk


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""Archives of petitions made elsewhere: where each is from, and its file. Writes nothing.

An archive is one file of ``catalogue/archives``, and a CSV file (gzipped or not) whose columns it
names. What is shown of it always goes with its source, its date and its licence.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import Field

from folkmoot.common.errors import BadInput, Fault, NotFound
from folkmoot.services.catalogue import Entry, read_folder
from folkmoot.shipped import shipped

FOLDER = "archives"
LARGEST = 200_000_000  # bytes, unpacked
MOST_FAULTS = 1_000
_LARGEST_NUMBER = 2**31 - 1
_LONGEST = {"title": 300, "state": 30, "link": 300, "period": 60}
_LINK = re.compile(r"https?://[^\s<>\"]+\.[^\s<>\"]+")
# Marks that are not seen, or turn the writing round.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff]")


class ArchiveColumns(Entry):
    """Which column holds what."""

    number: str
    title: str
    state: str
    signatures: str
    link: str | None = None
    period: str | None = None


class Archive(Entry):
    """One file of catalogue/archives: petitions that another site published."""

    slug: str = Field(pattern=r"^[a-z][a-z0-9-]+$", max_length=60)
    title: str = Field(min_length=10)
    publisher: str
    licence: str
    licence_link: str = Field(pattern=r"^https://")
    attribution: str
    link: str = Field(pattern=r"^https://")
    obtained: str = Field(description="repository at commit the shipped copy came from")
    source_date: dt.date | None = Field(description="as the publisher states it; null if unstated")
    file: str | None = Field(description="path under data/ of the shipped copy; null if none")
    columns: ArchiveColumns
    caveats: tuple[str, ...] = ()
    checked: dt.date


@dataclass(frozen=True, slots=True)
class ArchiveRow:
    """One petition of an archive, clean in itself."""

    number: int
    title: str
    state: str
    signatures: int | None
    link: str
    period: str


def read_archives(catalogue: Path) -> tuple[dict[str, Archive], list[Fault]]:
    """The archives of the folder ``catalogue`` by slug, and every fault of their files."""
    entries, faults = read_folder(catalogue / FOLDER, Archive)
    return {entry.slug: entry for entry in entries}, faults


@cache
def archives() -> dict[str, Archive]:
    """The shipped archives by slug. Raises BadInput if their files are at fault."""
    found, faults = read_archives(shipped("catalogue"))
    if faults:
        raise BadInput(faults)
    return found


def archive(slug: str) -> Archive:
    """The archive ``slug``. Raises NotFound."""
    try:
        return archives()[slug]
    except KeyError:
        known = ", ".join(archives())
        raise NotFound(f"There is no archive {slug[:60]!r} here. There are: {known}.") from None


def read_rows(entry: Archive, content: bytes) -> list[ArchiveRow]:
    """The rows of a file of ``entry``. Raises BadInput with every fault, by row and column.

    The header is row 1; a row may hold several lines. White space and marks that are not seen
    become one space.
    """
    try:
        reader = csv.reader(io.StringIO(_text(content), newline=""), strict=True)
        where = _columns(entry, next(reader, []))
        rows: dict[int, ArchiveRow] = {}
        faults: list[Fault] = []
        for row, values in enumerate(reader, 2):
            if not values:
                continue
            if len(faults) >= MOST_FAULTS:
                faults.append(Fault(f"row {row}", "There are too many faults.", "Mend those."))
                break
            if len(values) != where.width:
                what = f"It has {len(values)} values; the header has {where.width}."
                faults.append(Fault(f"row {row}", what, "Add or take out commas."))
                continue
            given = {
                key: " ".join(_UNSEEN.sub(" ", values[at]).split()) for key, at in where.at.items()
            }
            wrong = list(_faults(row, where.names, given))
            if not wrong and int(given["number"]) in rows:
                wrong = [_fault(row, where.names["number"], "It stands there twice.",
                                "Keep one.", given["number"])]  # fmt: skip
            faults += wrong
            if not wrong:
                rows[int(given["number"])] = _row(given)
    except csv.Error as error:
        raise BadInput([_whole(f"It cannot be read as CSV: {error}.")]) from error
    if not rows and not faults:
        faults = [Fault("file", "It has no rows.", "Give a row for each petition.")]
    if faults:
        raise BadInput(faults)
    return list(rows.values())


def _whole(what: str) -> Fault:
    return Fault("file", what, "Save it as CSV UTF-8, gzipped or not.", kind="unreadable")


def _text(content: bytes) -> str:
    if content[:2] == b"\x1f\x8b":
        try:
            with gzip.open(io.BytesIO(content)) as packed:
                content = packed.read(LARGEST + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise BadInput([_whole(f"It cannot be unpacked: {error}.")]) from error
    if len(content) > LARGEST:
        raise BadInput([Fault("file", f"It is longer than {LARGEST:,} bytes.", "Split it.")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput([_whole(f"It is not UTF-8: byte {error.start}.")]) from error
    if "\x00" in text:
        raise BadInput([_whole("It holds null bytes.")])
    return text


@dataclass(frozen=True, slots=True)
class _Where:
    """Where each column is: its place, its name in the file, and how many there are."""

    at: dict[str, int]
    names: dict[str, str]
    width: int


def _columns(entry: Archive, header: list[str]) -> _Where:
    names = {key: name for key, name in entry.columns if name is not None}
    header = [name.strip() for name in header]
    missing = [name for name in names.values() if header.count(name) != 1]
    if missing:
        raise BadInput(
            [
                Fault(
                    f"row 1, {name}",
                    "The column is there twice." if name in header else "The column is missing.",
                    f"The header names each of {', '.join(names.values())} once.",
                    kind="missing-column",
                )
                for name in missing
            ]
        )
    return _Where({key: header.index(name) for key, name in names.items()}, names, len(header))


def _fault(row: int, column: str, what: str, remedy: str, value: str = "") -> Fault:
    return Fault(f"row {row}, {column}", what, remedy, value=value[:80])


def _whole_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 11 and int(text) <= _LARGEST_NUMBER


def _faults(row: int, names: dict[str, str], given: dict[str, str]) -> Iterator[Fault]:
    for key in ("number", "title", "state"):
        if not given[key]:
            yield _fault(row, names[key], "It is empty.", "Fill it in.")
    for key in ("number", "signatures"):
        if given[key] and not _whole_number(given[key]):
            what = f"{given[key][:40]!r} is not a whole number."
            yield _fault(row, names[key], what, "Write one such as 1234.", given[key])
    for key, most in _LONGEST.items():
        if len(given.get(key, "")) > most:
            what = f"It has {len(given[key])} characters; {most} is the most."
            yield _fault(row, names[key], what, "Shorten it.", given[key])
    if given.get("link") and not _LINK.fullmatch(given["link"]):
        what = "This is not a web address."
        yield _fault(row, names["link"], what, "Begin it with https://.", given["link"])


def _row(given: dict[str, str]) -> ArchiveRow:
    return ArchiveRow(
        number=int(given["number"]),
        title=given["title"],
        state=given["state"],
        signatures=int(given["signatures"]) if given["signatures"] else None,
        link=given.get("link", ""),
        period=given.get("period", ""),
    )

"""A file of holders, in the terms of Popolo: bytes in, rows and every fault out.

Popolo (https://www.popoloproject.com/specs/membership.html) calls a post's holding a
membership: a person, an organization, a post or role, a start and an end. The file is CSV in
UTF-8 with one row for each time that somebody holds, or held, an office.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from folkmoot.common.errors import Fault

LARGEST = 4 * 1024 * 1024
MOST_ROWS = 20_000
# column → other names it may have, in Popolo's terms and in those of councillor data
COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("person", "person_name"),
    "organization": ("organisation", "organization_id", "body"),
    "role": ("post", "post_id", "office"),
    "start_date": ("since",),
    "end_date": ("until",),
    "source": ("sources", "source_url"),
    "party": ("on_behalf_of", "party_name"),
    "as_at": (),
}
# Keys that other systems give; they are passed over.
PASSED_OVER = frozenset({"id", "person_id", "on_behalf_of_id"})
REQUIRED = ("name", "organization", "role", "start_date", "source")
_LONGEST = {"name": 120, "party": 80, "source": 300}
_LINK = re.compile(r"https?://[^\s<>\"]+\.[^\s<>\"]+")
# What a name may not hold: marks of control, of HTML, of addresses and of spreadsheets' formulas.
_NOT_A_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f<>@\u202a-\u202e\u2066-\u2069]|^[=+\-\t]|https?:")


@dataclass(frozen=True, slots=True)
class HolderRow:
    """One row, clean in itself. ``line`` is its number in the file, the header being 1.

    ``party`` is None where the file has no such column, and ``as_at`` where no day is given.
    """

    line: int
    name: str
    organization: str
    role: str
    since: dt.date
    until: dt.date | None
    source: str
    party: str | None
    as_at: dt.date | None


def fault(line: int, column: str, what: str, remedy: str, value: str = "", kind: str = "") -> Fault:
    """A fault of one value in one row."""
    return Fault(f"row {line}, {column}", what, remedy, kind=kind or "invalid", value=value[:80])


def read_holders(content: bytes, *, today: dt.date) -> tuple[list[HolderRow], list[Fault]]:
    """The rows of a file that are clean in themselves, and every fault of the others.

    Whether the bodies and offices exist is not looked at. Raises nothing.
    """
    if len(content) > LARGEST:
        what = f"The file has {len(content):,} bytes; {LARGEST:,} is the most."
        return [], [Fault("file", what, "Split it into smaller files.", kind="too-large")]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"It is not UTF-8: byte {error.start} cannot be read."
        return [], [Fault("file", what, "Save it as CSV UTF-8.", kind="unreadable")]
    if "\x00" in text:
        return [], [Fault("file", "It holds null bytes.", "Save it as CSV UTF-8.", "unreadable")]
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[HolderRow] = []
    faults: list[Fault] = []
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        where, faults = _columns(header)
        if faults:
            return [], faults
        for values in reader:
            line = reader.line_num
            if not any(value.strip() for value in values):
                continue
            if len(rows) + len(faults) >= MOST_ROWS:
                what = f"It has more than {MOST_ROWS:,} rows or faults."
                faults.append(Fault(f"row {line}", what, "Split it.", kind="too-large"))
                break
            if len(values) != len(header):
                what = f"It has {len(values)} values; the header has {len(header)}."
                faults.append(Fault(f"row {line}", what, "Add or take out commas."))
                continue
            given = {name: " ".join(values[at].split()) for name, at in where.items()}
            found = list(_faults(line, given, today))
            faults += found
            if not found:
                rows.append(_row(line, given))
    except csv.Error as error:
        faults.append(Fault("file", f"It cannot be read as CSV: {error}.", "Save it as CSV again."))
    if not rows and not faults:
        faults.append(Fault("file", "It has no rows.", "Add a row for each holder."))
    return rows, faults


def _columns(header: list[str]) -> tuple[dict[str, int], list[Fault]]:
    """Column → its place; a fault for each that is missing, twice there, or not known."""
    meant = {other: name for name, others in COLUMNS.items() for other in (name, *others)}
    where: dict[str, int] = {}
    faults = []
    for at, name in enumerate(header):
        if name in PASSED_OVER:
            continue
        column = meant.get(name)
        if column is None:
            known = ", ".join(COLUMNS)
            what = f"There is no column {name[:40]!r} here."
            remedy = f"Take it out; this site keeps only {known}, and no contact details."
            faults.append(Fault("header", what, remedy, kind="unknown-column", value=name[:80]))
        elif column in where:
            what = f"The column {column!r} stands there twice."
            faults.append(Fault("header", what, "Keep one.", kind="unknown-column", value=name))
        else:
            where[column] = at
    for name in REQUIRED:
        if name not in where:
            remedy = f"Name it {' or '.join((name, *COLUMNS[name]))}."
            what = f"The column {name!r} is missing."
            faults.append(Fault("header", what, remedy, kind="missing-column", value=name))
    return where, faults


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        return None


def _faults(line: int, given: dict[str, str], today: dt.date) -> Iterator[Fault]:
    for column in REQUIRED:
        if not given[column]:
            yield fault(line, column, "It is empty.", "Fill it in.", kind="missing-value")
    for column, most in _LONGEST.items():
        if len(given.get(column, "")) > most:
            what = f"It has {len(given[column])} characters; {most} is the most."
            yield fault(line, column, what, "Shorten it.", given[column])
    for column in ("name", "party"):
        if _NOT_A_NAME.search(given.get(column, "")):
            what = "It holds marks that no name has."
            yield fault(line, column, what, "Write the name only, as people know it.")
    if given["source"] and not _LINK.fullmatch(given["source"]):
        remedy = "Give the web address of the page that says so, with https://."
        yield fault(line, "source", "This is not a web address.", remedy, given["source"])
    yield from _faults_of_days(line, given, today)


def _faults_of_days(line: int, given: dict[str, str], today: dt.date) -> Iterator[Fault]:
    days: dict[str, dt.date] = {}
    for column in ("start_date", "end_date", "as_at"):
        text = given.get(column, "")
        if not text:
            continue
        day = _day(text)
        if day is None:
            remedy = "Write it as 2026-05-07."
            yield fault(line, column, "This is not a whole date.", remedy, text, "bad-date")
        elif not 1800 <= day.year <= today.year + 10:
            yield fault(line, column, "This year cannot be right.", "Correct it.", text, "bad-date")
        else:
            days[column] = day
    since, until = days.get("start_date"), days.get("end_date")
    if since is not None and until is not None and until < since:
        what = f"It ends on {until}, before it began on {since}."
        yield fault(line, "end_date", what, "Correct one of the two.", given["end_date"])
    if "as_at" in days and days["as_at"] > today:
        what, remedy = "This day has not come yet.", "Name the day for which the source was right."
        yield fault(line, "as_at", what, remedy, given["as_at"], "bad-date")
    if since is not None and since > today:
        what = "It has not begun yet."
        remedy = "Import it on the day, or correct the date."
        yield fault(line, "start_date", what, remedy, given["start_date"], "bad-date")


def _row(line: int, given: dict[str, str]) -> HolderRow:
    since = _day(given["start_date"])
    if since is None:
        raise ValueError("a row without a start is not clean")
    return HolderRow(
        line=line,
        name=given["name"],
        organization=given["organization"],
        role=given["role"],
        since=since,
        until=_day(given.get("end_date", "")),
        source=given["source"],
        party=given.get("party"),
        as_at=_day(given.get("as_at", "")),
    )

"""Sheets signed on paper, as an officer types them: bytes in, rows and every fault out. No Django.

The file is CSV in UTF-8 with a line of headings, one row for each line of the sheets: a name and
a postcode. Faults name row and column and never repeat what was typed, which says who signed.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from folkmoot.common.errors import BadInput, Fault
from folkmoot.petitions.rules import limits
from folkmoot.petitions.rules.signing import name_faults, one_line
from folkmoot.places.rules import parse_postcode

COLUMNS = ("name", "postcode")


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One line of a sheet, without a fault. ``line`` is its row in the file, the headings being
    row 1; ``postcode`` has one space."""

    line: int
    name: str
    postcode: str


def _file_fault(what: str, remedy: str, kind: str) -> Fault:
    return Fault("file", what, remedy, kind=kind)


def _text(content: bytes) -> str:
    """What a file says. Raises BadInput where it cannot be read at all."""
    if len(content) > limits.PAPER_BYTES:
        what = f"The file has {len(content):,} bytes."
        remedy = f"Split it into files of at most {limits.PAPER_BYTES:,}."
        raise BadInput([_file_fault(what, remedy, "too-large")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"This is not UTF-8: byte {error.start + 1} cannot be read."
        raise BadInput([_file_fault(what, "Save it as CSV UTF-8.", "unreadable")]) from None
    if not text.strip():
        remedy = "Choose a CSV file with the columns name and postcode."
        raise BadInput([_file_fault("There is nothing in it.", remedy, "empty")])
    if "\x00" in text:
        raise BadInput([_file_fault("This is not text.", "Save it as CSV UTF-8.", "unreadable")])
    return text


def _columns(headings: list[str]) -> dict[str, int]:
    """Where each column is. Raises BadInput with everything wrong with the headings."""
    named = [heading.strip().casefold() for heading in headings]
    faults = [
        Fault(f"row 1, {column}", "There is no such column, or more than one.",
              "Begin with the headings name and postcode.", kind="headings")
        for column in COLUMNS
        if named.count(column) != 1
    ]  # fmt: skip
    if len(named) > len(COLUMNS) and not faults:
        what = "There are other columns beside name and postcode."
        remedy = "Take them out: nothing else about people is wanted."
        faults.append(Fault("row 1", what, remedy, kind="headings"))
    if faults:
        raise BadInput(faults)
    return {column: named.index(column) for column in COLUMNS}


def read_paper(content: bytes) -> list[PaperRow]:
    """The rows of a file, empty lines left out. Raises BadInput with every fault of every row."""
    reader = csv.reader(io.StringIO(_text(content), newline=""), strict=True)
    rows: list[PaperRow] = []
    faults: list[Fault] = []
    try:
        where = _columns(next(reader))
        for cells in reader:
            if any(cell.strip() for cell in cells):
                row, wrong = _row(reader.line_num, cells, where)
                faults.extend(wrong)
                rows.extend(row)
    except csv.Error:
        what = "A quotation mark is opened and not closed, or stands in the middle of a value."
        raise BadInput([Fault(f"row {reader.line_num}", what, "Save it as CSV again.")]) from None
    if not rows and not faults:
        faults.append(_file_fault("There are no rows under the headings.", "Add them.", "empty"))
    if len(rows) + len({fault.where.partition(",")[0] for fault in faults}) > limits.PAPER_ROWS:
        remedy = f"Split it into files of at most {limits.PAPER_ROWS:,} rows."
        faults.insert(0, _file_fault("There are too many rows.", remedy, "too-large"))
    if faults:
        raise BadInput(faults)
    return rows


def _row(line: int, cells: list[str], where: dict[str, int]) -> tuple[list[PaperRow], list[Fault]]:
    """(the row, if nothing is wrong with it; what is)."""
    if len(cells) != len(where):
        what = f"There are {len(cells)} values, where the headings are {len(where)}."
        remedy = "Put a name or postcode that holds a comma into quotation marks."
        return [], [Fault(f"row {line}", what, remedy, kind="ragged")]
    name = one_line(cells[where["name"]])
    remedies = {"empty": "Look at the sheet."}
    faults = [
        Fault(f"row {line}, name", each.what, remedies.get(each.kind, "Write the name alone."),
              kind=each.kind)
        for each in name_faults(name)
    ]  # fmt: skip
    postcode = ""
    try:
        postcode = parse_postcode(cells[where["postcode"]])
    except BadInput as bad:
        remedy = "Write a whole postcode such as LS1 1UR. Leave out a line that has none."
        faults.append(
            Fault(f"row {line}, postcode", bad.faults[0].what, remedy, kind="malformed-postcode")
        )
    return ([] if faults else [PaperRow(line, name, postcode)]), faults

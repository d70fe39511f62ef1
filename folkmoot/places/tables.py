"""Reading the shipped tables of places as they were published."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a comma-separated file with a header, as text."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def sheet_of(path: Path) -> list[tuple[Any, ...]]:
    """The rows of the first sheet of a workbook, empty rows left out."""
    from openpyxl import load_workbook  # slow to import and needed only when importing

    book = load_workbook(path, read_only=True, data_only=True)
    try:
        rows = list(book.worksheets[0].iter_rows(values_only=True))
    finally:
        book.close()
    return [row for row in rows if any(cell is not None for cell in row)]

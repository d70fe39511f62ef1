"""Postcode → district from the compact files: derived, not official, and small.

One line says the district of most postcodes in a sector; a second file lists the postcodes that
differ. Made from coordinates of May 2025 and super-generalised boundaries of May 2024 (see
data/ATTRIBUTION.md): near a boundary they can be wrong, they hold unissued postcodes as readily
as real ones, and they hold nothing for Northern Ireland, the Isle of Man or the Channel Islands.
"""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from folkmoot.places import rules
from folkmoot.shipped import shipped

SOURCE = "Derived from ONS and Ordnance Survey open data, May 2024 districts; not official"
# Places that have postcodes and are not in the files, by the letters a postcode begins with.
NOT_COVERED = {
    "BT": "Northern Ireland",
    "IM": "the Isle of Man",
    "JE": "Jersey",
    "GY": "Guernsey",
}


@dataclass(frozen=True, slots=True)
class Compact:
    """``sectors``: "LS1 1" → district code; ``exceptions``: postcode → district code."""

    sectors: dict[str, str]
    exceptions: dict[str, str]

    def district(self, postcode: str) -> str | None:
        """District code (May 2024) of a well-formed postcode; None where no sector is held."""
        return self.exceptions.get(postcode) or self.sectors.get(rules.sector(postcode))


def read_compact(folder: Path) -> Compact:
    """Read ``postcode_sectors.csv`` and ``postcode_exceptions.csv.gz`` from ``folder``."""
    # Codes repeat: keep one string for each.
    codes: dict[str, str] = {}
    with (folder / "postcode_sectors.csv").open(encoding="utf-8", newline="") as file:
        sectors = {
            row["sector"]: codes.setdefault(row["lad24_majority"], row["lad24_majority"])
            for row in csv.DictReader(file)
        }
    path = folder / "postcode_exceptions.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        at, code = header.index("postcode"), header.index("lad24")
        exceptions = {row[at]: codes.setdefault(row[code], row[code]) for row in rows}
    return Compact(sectors, exceptions)


@lru_cache(maxsize=1)
def compact() -> Compact:
    """The shipped files, read once in each process when first asked."""
    return read_compact(shipped("data") / "postcodes")


def not_covered(postcode: str) -> str | None:
    """The place outside Great Britain to which ``postcode`` belongs, if it is one of them."""
    return NOT_COVERED.get(postcode[:2])

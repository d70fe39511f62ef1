"""Two lists that signing needs, read once in each process: countries, and throw-away mail."""

from __future__ import annotations

import csv
from functools import cache

from folkmoot.shipped import shipped


@cache
def countries() -> dict[str, str]:
    """Countries outside the United Kingdom: two letters of ISO 3166-1 → name, in order of name."""
    path = shipped("data") / "people" / "countries.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


@cache
def disposable_domains() -> frozenset[str]:
    """Domains whose addresses are thrown away (see data/ATTRIBUTION.md)."""
    path = shipped("data") / "people" / "disposable_domains.txt"
    return frozenset(path.read_text(encoding="ascii").split())

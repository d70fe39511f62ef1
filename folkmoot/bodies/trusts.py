"""NHS trusts, from the one shipped file that names them: by code, without a name."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

KIND = "nhs-trust"
TRUSTS = "nhs/england_trust_accidents_emergency.csv"
_COLUMN = "nhs_trust22_code"


@lru_cache(maxsize=4)
def trust_slugs(data: Path) -> dict[str, str]:
    """Each trust's code in the file under ``data`` → the short name of its body, by code."""
    with (data / TRUSTS).open(encoding="utf-8", newline="") as file:
        codes = {row[_COLUMN].strip() for row in csv.DictReader(file)}
    return {code: slug_of_trust(code) for code in sorted(codes - {""})}


def slug_of_trust(code: str) -> str:
    """ "R0A" → "nhs-trust-r0a"."""
    return f"{KIND}-{code.lower()}"


def code_of_trust(slug: str) -> str:
    """ "nhs-trust-r0a" → "R0A": what the publisher's file calls it."""
    return slug.removeprefix(f"{KIND}-").upper()


def name_of_trust(code: str) -> str:
    """What a trust is called here, which says that its name is not known."""
    return f"NHS trust {code} (name not held here)"

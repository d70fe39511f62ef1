"""GSS codes for places that a publisher names in its own way."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from folkmoot.places import rules
from folkmoot.places.tables import rows_of, sheet_of

# Names in the DfE list that differ from every name ONS uses.
_DFE_NAMES = {
    "bedford borough": "bedford",
    "durham": "county durham",
    "london inner": "inner london",
    "london outer": "outer london",
}
_LONDON_PARTS = {"inner london": "E13000001", "outer london": "E13000002"}
_BEFORE_REORGANISATION = "(Pre LG)"
_DISCONTINUED = "(discontinued)"
_FORCE_SUFFIXES = (" police service", " police", " constabulary")


class _Council(Protocol):
    name: str
    kind: str


@lru_cache(maxsize=4)
def dfe_codes(data: Path) -> dict[int, str]:
    """The number that the Department for Education gives a place → its GSS code.

    Holds councils now and before reorganisation, regions, inner and outer London, and England.
    The discontinued second number for England is left out. Raises ValueError where a number in
    the list has no place: a new list needs a look before figures are put anywhere.
    """
    listed = json.loads((data / "areas" / "ons_geo-metadata.json").read_text(encoding="utf-8"))
    upper = {
        code: entry
        for code, entry in listed.items()
        if {"utla", "rgn", "ctry"} & set(entry["level"])
    }
    now = {_key(e["areanm"]): code for code, e in upper.items() if "end" not in e}
    before = {_key(e["areanm"]): code for code, e in upper.items() if "end" in e}
    now.update(_LONDON_PARTS)
    found: dict[int, str] = {}
    unknown: list[str] = []
    for number, name, *_ in sheet_of(data / "dfe-lait" / "lait_la_code_list.xlsx")[1:]:
        if _DISCONTINUED in name:
            continue
        key = _key(name.replace(_BEFORE_REORGANISATION, ""))
        key = _DFE_NAMES.get(key, key)
        first, second = (before, now) if _BEFORE_REORGANISATION in name else (now, before)
        code = first.get(key) or second.get(key)
        if code is None:
            unknown.append(f"{number} {name}")
        else:
            found[int(number)] = code
    if unknown:
        raise ValueError(f"No place for these DfE numbers: {', '.join(unknown)}.")
    return found


def _key(name: str) -> str:
    return rules.folded(rules.plain_name(name.strip()))


def dfe_neighbours(data: Path) -> dict[str, list[str]]:
    """GSS code → its DfE statistical neighbours, closest first (at most ten).

    From the workbook of May 2025, which has two rows of numbers above its header.
    """
    rows = sheet_of(data / "dfe-lait" / "lait_sn_may_2025.xlsx")
    start = next(i for i, row in enumerate(rows) if row[0] == "LA num")
    columns = [i for i, cell in enumerate(rows[start]) if str(cell).strip().startswith("SN")]
    columns = [i for i in columns if str(rows[start][i]).strip() != "SNP"]
    codes = dfe_codes(data)
    neighbours = {}
    for row in rows[start + 1 :]:
        if isinstance(row[0], (int, float)):
            others = [codes[int(row[i])] for i in columns if row[i] is not None]
            if others:
                neighbours[codes[int(row[0])]] = others
    return neighbours


def london_parts(data: Path, areas: Mapping[str, _Council]) -> dict[str, str]:
    """Code of each London borough → "Inner London" or "Outer London", from the DfE list."""
    boroughs = {_key(a.name): code for code, a in areas.items() if a.kind == "london"}
    return {
        boroughs[_key(name)]: region
        for _number, name, region, _type in sheet_of(data / "dfe-lait" / "lait_la_code_list.xlsx")
        if _key(str(region)) in _LONDON_PARTS
    }


@lru_cache(maxsize=4)
def police_codes(data: Path) -> dict[str, str]:
    """A force as police.uk names it ("Kent Police") → the code of its police force area.

    British Transport Police and the Police Service of Northern Ireland are in the file and not
    in the answer: the one has no area, and the other has none with a code in these files.
    """
    areas = {
        _key(row["pfa24_name"]): row["pfa24_code"]
        for row in rows_of(data / "areas" / "lookup_ltla24_csp24_pfa24.csv")
    }
    found = {}
    for published in _forces(data / "police" / "police_outcomes_2012_2016.csv.gz"):
        key = _key(published)
        bare = next((key.removesuffix(s) for s in _FORCE_SUFFIXES if key.endswith(s)), key)
        code = areas.get(key) or areas.get(bare) or areas.get(f"{bare} police")
        if code is not None:
            found[published] = code
    return found


def written_as(kind: str, data: Path) -> dict[str, str]:
    """What sources of this ``kind`` write for a place → its GSS code.

    ``kind`` is ``dfe-number`` or ``police-force-name``; nothing for ``gss``, which is the code.
    """
    if kind == "dfe-number":
        return {str(number): code for number, code in dfe_codes(data).items()}
    return police_codes(data) if kind == "police-force-name" else {}


def _forces(path: Path) -> list[str]:
    """The distinct forces in the police file, whose lines end in a bare carriage return."""
    with gzip.open(path, "rt", encoding="utf-8", newline="\r") as file:
        rows = csv.reader(line.rstrip("\r\n") for line in file)
        column = next(rows).index("reported_by")
        return sorted({row[column] for row in rows if row})

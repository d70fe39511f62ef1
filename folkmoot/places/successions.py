"""Which areas ended, when, and what they became: read from the shipped look-ups.

Each succession says which file it was read from. A few changes are in no shipped file although
figures still use the old codes; those are listed here with the law that made them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from folkmoot.places.tables import rows_of


@dataclass(frozen=True, slots=True)
class Succession:
    """``old`` became ``new``; ``on`` is the first day of the new area, where known."""

    old: str
    new: str
    source: str
    on: dt.date | None = None
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Former:
    """An area that no shipped list of areas holds although figures use its code."""

    code: str
    name: str
    ended: dt.date
    source: str


_GATESHEAD = "The Gateshead and Northumberland (Boundary Change) Order 2013"
_STEVENAGE = "The East Hertfordshire and Stevenage (Boundary Change) Order 2013"
_ST_ALBANS = "The St Albans and Welwyn Hatfield (Boundary Change) Order 2012"
_ICB_2023 = "ONS Code History Database: integrated care boards of April 2023"
_NORTH_OF_TYNE = (
    "The Newcastle Upon Tyne, North Tyneside and Northumberland Combined Authority"
    " (Establishment and Functions) Order 2018"
)
_NORTH_EAST = "The North East Mayoral Combined Authority (Establishment and Functions) Order 2024"

FORMER = (
    Former("E06000048", "Northumberland", dt.date(2013, 3, 31), _GATESHEAD),
    Former("E08000020", "Gateshead", dt.date(2013, 3, 31), _GATESHEAD),
    Former("E11000004", "Tyne and Wear", dt.date(2013, 3, 31), _GATESHEAD),
    Former("E07000097", "East Hertfordshire", dt.date(2013, 3, 31), _STEVENAGE),
    Former("E07000101", "Stevenage", dt.date(2013, 3, 31), _STEVENAGE),
    Former("E07000100", "St Albans", dt.date(2012, 3, 31), _ST_ALBANS),
    Former("E07000104", "Welwyn Hatfield", dt.date(2012, 3, 31), _ST_ALBANS),
    Former(
        "E54000052", "NHS Surrey Heartlands Integrated Care Board", dt.date(2023, 3, 31), _ICB_2023
    ),
    Former("E54000053", "NHS Sussex Integrated Care Board", dt.date(2023, 3, 31), _ICB_2023),
)

# Changes that the shipped look-ups do not name at all.
_BY_LAW = (
    Succession("E11000004", "E11000007", _GATESHEAD, dt.date(2013, 4, 1)),
    Succession("E54000052", "E54000063", _ICB_2023, dt.date(2023, 4, 1)),
    Succession("E54000053", "E54000064", _ICB_2023, dt.date(2023, 4, 1)),
    Succession("E47000005", "E47000010", _NORTH_OF_TYNE, dt.date(2018, 11, 2)),
    Succession("E47000005", "E47000011", _NORTH_OF_TYNE, dt.date(2018, 11, 2)),
    Succession("E47000010", "E47000014", _NORTH_EAST, dt.date(2024, 5, 7)),
    Succession("E47000011", "E47000014", _NORTH_EAST, dt.date(2024, 5, 7)),
)

# First days that are not 1 April, where the files give only the year.
_FIRST_DAYS = {
    "S12000047": dt.date(2018, 2, 16),  # the boundary of Fife with Perth and Kinross moved
    "S12000048": dt.date(2018, 2, 16),
    "S12000049": dt.date(2019, 4, 1),
    "S12000050": dt.date(2019, 4, 1),
    "E47000010": dt.date(2018, 11, 2),
    "E47000011": dt.date(2018, 11, 2),
    "E47000012": dt.date(2024, 2, 1),
    "E47000013": dt.date(2024, 2, 27),
    "E47000014": dt.date(2024, 5, 7),
}


def first_day(code: str, year: int | None) -> dt.date | None:
    """First day of an area of which ONS gives at most the first ``year``; None if not known.

    Councils change on 1 April. Combined authorities begin on any day, and the registry's dates
    for them are sometimes those of an election, so only the ones listed here are known.
    """
    if code in _FIRST_DAYS:
        return _FIRST_DAYS[code]
    if year is None or code.startswith("E47"):
        return None
    return dt.date(year, 4, 1)


def read_successions(areas: Path) -> list[Succession]:
    """Every succession that the files in ``areas`` name, nearest first, each once.

    Sources in order of trust: a code that the registry lists as the former code of one council;
    codes of 2016 to 2024 side by side; the councils that replaced a county; current and former
    codes; and the law.
    """
    registry = rows_of(areas / "uk_local_authorities_current.csv")
    found: dict[str, list[Succession]] = {}

    for row in registry:
        for old in filter(None, row["former-gss-codes"].split(",")):
            if row["local-authority-type"] != "COMB":
                source = "uk_local_authorities_current.csv, former codes"
                found.setdefault(old, [Succession(old, row["gss-code"], source)])

    side_by_side: dict[str, list[Succession]] = {}
    for row in rows_of(areas / "lookup_ltla_ltla.csv"):
        for year in range(17, 25):
            old, new = row[f"ltla{year - 1}_code"], row[f"ltla{year}_code"]
            step = Succession(old, new, "lookup_ltla_ltla.csv", dt.date(2000 + year, 4, 1))
            steps = side_by_side.setdefault(old, [])
            if old != new and step.new not in {known.new for known in steps}:
                steps.append(step)
    for old, steps in side_by_side.items():
        if steps:
            found.setdefault(old, steps)

    gss = {row["local-authority-code"]: row["gss-code"] for row in registry}
    for row in registry:
        if row["replaced-by"] and row["gss-code"]:
            source = "uk_local_authorities_current.csv, replaced by"
            successors = [
                Succession(row["gss-code"], gss[key], source)
                for key in row["replaced-by"].split(",")
            ]
            found.setdefault(row["gss-code"], successors)

    for row in rows_of(areas / "la_all_codes.csv"):
        old, new = row["LADCD"], row["LADCD_ACTIVE"]
        if old != new:
            found.setdefault(old, [Succession(old, new, "la_all_codes.csv")])

    for step in _BY_LAW:
        found.setdefault(step.old, []).append(step)
    return [step for old in sorted(found) for step in found[old]]

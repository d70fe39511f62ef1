"""What areas are called: the name people say, and the other names they may be found by."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from folkmoot.places import rules


class Named(Protocol):
    """An area as far as its names go."""

    code: str
    name: str
    kind: str
    other_names: list[str]


# Welsh names that the registry holds only in damaged form.
_REPAIRED = {"W06000001": ["Ynys Môn", "Sir Ynys Môn"]}
# "Hull City Council" is the council of Hull, whatever its area is called.
_COUNCIL = re.compile(r" (?:(?:Metropolitan |County )?(?:Borough|District|City|County) )?Council$")
# Slips in the registry: this is the name of a region, not of the authority beside it.
_WRONG = {"Yorkshire and The Humber MCA"}
# The force renamed itself in 2022, after the police file was published.
_RENAMED_FORCES = {
    "Hampshire Constabulary": "Hampshire and Isle of Wight Constabulary",
    "Metropolitan Police Service": "Metropolitan Police",
}
_LONDON_FIRE = "London Fire and Emergency Planning Authority"  # abolished 2018


def remember(name: str, others: list[str], found: Iterable[str]) -> None:
    """Add to ``others`` each name in ``found`` that says something new."""
    known = {rules.folded(name), *(rules.folded(other) for other in others)}
    for candidate in found:
        clean = " ".join(candidate.split())
        if rules.folded(clean) and rules.folded(clean) not in known:
            known.add(rules.folded(clean))
            others.append(clean)


def of_registry(row: dict[str, str]) -> list[str]:
    """Official, everyday and Welsh names in a row of the registry.

    Its list of other names also holds lower-case copies and slips of the pen ("aberdeen c
    ity"), and names whose accents were damaged: these are left out.
    """
    listed = re.split(r",(?! )", row["alt-names"])
    good = [name for name in listed if name[:1].isupper() and not re.search("[ïï¿½�]", name)]
    bare = _COUNCIL.sub("", row["official-name"])
    listed = [
        row["official-name"],
        bare,
        row["nice-name"],
        *good,
        *_REPAIRED.get(row["gss-code"], []),
    ]
    return [name for name in listed if name not in _WRONG]


def rename(area: Named, name: str, others: Iterable[str]) -> None:
    """Call ``area`` ``name`` and remember what it was called."""
    before = [area.name, *area.other_names, *others]
    area.name = name
    area.other_names = []
    remember(name, area.other_names, before)


def name_fire_authority(area: Named, published: str) -> None:
    """``"Kent"`` becomes "Kent Fire and Rescue": published lists give only the area."""
    if published == _LONDON_FIRE:
        rename(area, "London Fire Brigade", ["London Fire Commissioner"])
    elif not area.name.endswith("Fire and Rescue"):
        rename(area, f"{published.replace('&', 'and')} Fire and Rescue", [])


def name_care_board(area: Named, published: str) -> None:
    """``"NHS Kent and Medway Integrated Care Board"`` becomes "NHS Kent and Medway"."""
    short = published.removesuffix(" Integrated Care Board")
    if area.name != short:
        rename(area, short, [short.removeprefix("NHS ")])


def name_police_force(area: Named, published: str) -> None:
    """``"Kent"`` becomes "Kent Police", as the force calls itself."""
    name = _RENAMED_FORCES.get(published, published).replace("&", "and")
    if area.name != name:
        rename(area, name, [published])


def add_police_names(areas: Iterable[Named], data: Path) -> None:
    """Name each police force area after its force, from the shipped police file."""
    from folkmoot.places.codes import police_codes

    forces = {code: published for published, code in police_codes(data).items()}
    for area in areas:
        if area.kind == "police-force" and area.code in forces:
            name_police_force(area, forces[area.code])

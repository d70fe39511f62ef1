"""From the shipped files and the catalogue: which bodies there are. Reads; writes nothing."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from folkmoot.bodies import rules
from folkmoot.bodies.catalogue import Catalogue, Governance
from folkmoot.bodies.trusts import KIND as TRUST
from folkmoot.bodies.trusts import TRUSTS, name_of_trust, trust_slugs
from folkmoot.places.models import Area
from folkmoot.places.rules import slug_of

REGISTRY = "areas/uk_local_authorities_current.csv"
ENGLAND = "E92000001"
_FORCE_WORDS = (" Police", " Constabulary")


@dataclass(frozen=True, slots=True)
class BodyRow:
    """A body as the files give it. ``area`` is a GSS code, or empty."""

    slug: str
    name: str
    kind: str
    source: str
    area: str = ""
    nation: str = ""
    homepage: str = ""
    started: dt.date | None = None
    ended: dt.date | None = None
    note: str = ""


def governed(entries: tuple[Governance, ...]) -> dict[str, Governance]:
    """Force or fire area → who holds it, where that is not the usual body."""
    return {entry.area: entry for entry in entries}


def bodies(
    data: Path, catalogue: Catalogue, areas: Mapping[str, Area], recoded: Mapping[str, str]
) -> list[BodyRow]:
    """Every body there is to know, each slug once.

    ``areas`` are all places by code; ``recoded`` leads old codes to new ones. Raises
    ValueError where the catalogue names a place that is not known or two bodies share a slug.
    """
    notes = {kind: text for file in catalogue.files for kind, text in file.notes.items()}
    rows = [
        *_councils(data, areas, recoded),
        *_strategic(catalogue, areas),
        *_forces(catalogue, areas, notes),
        *_fire(catalogue, areas),
        *_boards(areas, notes),
        *_trusts(data, notes),
        *_national(catalogue),
    ]
    seen: set[str] = set()
    for row in rows:
        if row.slug in seen:
            raise ValueError(f"Two bodies would have the address {row.slug!r}.")
        seen.add(row.slug)
    return rows


def _councils(
    data: Path, areas: Mapping[str, Area], recoded: Mapping[str, str]
) -> Iterator[BodyRow]:
    with (data / REGISTRY).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            code = recoded.get(row["gss-code"], row["gss-code"])
            area = areas.get(code)
            if area is None or area.kind not in rules.COUNCIL_OF_AREA:
                continue
            name = " ".join(row["official-name"].split())
            yield BodyRow(
                slug=slug_of(name),
                name=name,
                kind=rules.COUNCIL_OF_AREA[area.kind],
                source=REGISTRY,
                area=code,
                nation=area.nation,
                homepage=area.homepage,
                started=_first_of_april(row["start-date"]),
                ended=area.ended,
            )


def _first_of_april(text: str) -> dt.date | None:
    """The registry's start, where it is the day on which councils begin.

    Its other dates are days on which somebody entered the council in a list.
    """
    if not text:
        return None
    day = dt.date.fromisoformat(text)
    return day if (day.month, day.day) == (4, 1) else None


def _known(areas: Mapping[str, Area], code: str) -> Area:
    if code not in areas:
        raise ValueError(f"catalogue/bodies names the place {code}, which is not known.")
    return areas[code]


def _strategic(catalogue: Catalogue, areas: Mapping[str, Area]) -> Iterator[BodyRow]:
    for file in catalogue.files:
        for entry in file.combined:
            area = _known(areas, entry.area)
            yield BodyRow(
                slug=slug_of(entry.name),
                name=entry.name,
                kind=area.kind,
                source=f"catalogue/bodies/{file.slug}.yaml",
                area=area.code,
                nation=area.nation,
                homepage=entry.homepage or area.homepage,
                started=entry.started,
                ended=area.ended,
            )


def commissioner_name(area: Area, entry: Governance | None) -> str:
    """What the police and crime commissioner of a force's area is called."""
    if entry is not None and entry.name:
        return entry.name
    stem = area.name
    for word in _FORCE_WORDS:
        stem = stem.removesuffix(word)
    return f"Police and Crime Commissioner for {stem}"


def has_commissioner(entry: Governance | None) -> bool:
    """Whether a force's area has a commissioner of its own."""
    return entry is None or entry.by == "commissioner"


def _forces(
    catalogue: Catalogue, areas: Mapping[str, Area], notes: Mapping[str, str]
) -> Iterator[BodyRow]:
    special = governed(tuple(e for file in catalogue.files for e in file.police))
    for area in _of_kind(areas, "police-force"):
        yield BodyRow(
            slug=area.slug,
            name=area.name,
            kind="police-force",
            source=area.source,
            area=area.code,
            nation=area.nation,
            homepage=area.homepage,
            ended=area.ended,
        )
        entry = special.get(area.code)
        if has_commissioner(entry):
            name = commissioner_name(area, entry)
            yield BodyRow(
                slug=slug_of(name),
                name=name,
                kind="police-commissioner",
                source="catalogue/bodies/police.yaml",
                area=area.code,
                nation=area.nation,
                started=dt.date(2012, 11, 22),
                note=notes.get("police-commissioner", ""),
            )


def fire_name(area: Area, entry: Governance | None) -> str:
    """What the body of its own of a fire area is called."""
    return entry.name if entry is not None and entry.name else f"{area.name} Authority"


def _fire(catalogue: Catalogue, areas: Mapping[str, Area]) -> Iterator[BodyRow]:
    special = governed(tuple(e for file in catalogue.files for e in file.fire))
    for area in _of_kind(areas, "fire-authority"):
        entry = special.get(area.code)
        if entry is not None and entry.by != "own":
            continue
        name = fire_name(area, entry)
        yield BodyRow(
            slug=slug_of(name),
            name=name,
            kind="fire-authority",
            source="catalogue/bodies/fire.yaml",
            area=area.code,
            nation=area.nation,
            started=entry.since if entry else None,
            ended=area.ended,
        )


def _boards(areas: Mapping[str, Area], notes: Mapping[str, str]) -> Iterator[BodyRow]:
    for area in _of_kind(areas, "integrated-care-board"):
        name = f"{area.name} Integrated Care Board"
        if area.ended is not None:
            continue  # the same board under an older code
        yield BodyRow(
            slug=slug_of(name),
            name=name,
            kind="integrated-care-board",
            source=area.source,
            area=area.code,
            nation=area.nation,
            homepage=area.homepage,
            started=dt.date(2022, 7, 1),
            note=notes.get("integrated-care-board", ""),
        )


def _trusts(data: Path, notes: Mapping[str, str]) -> Iterator[BodyRow]:
    """Bodies without a place: people go to a trust from anywhere."""
    for code, slug in trust_slugs(data).items():
        yield BodyRow(
            slug=slug,
            name=name_of_trust(code),
            kind=TRUST,
            source=TRUSTS,
            nation=ENGLAND,
            note=notes.get(TRUST, ""),
        )


def _of_kind(areas: Mapping[str, Area], kind: str) -> list[Area]:
    return sorted((a for a in areas.values() if a.kind == kind), key=lambda area: area.code)


def _national(catalogue: Catalogue) -> Iterator[BodyRow]:
    for file in catalogue.files:
        for body in file.national:
            yield BodyRow(
                slug=body.slug,
                name=body.name,
                kind=body.kind,
                source=f"catalogue/bodies/{file.slug}.yaml",
                nation=body.nation,
                homepage=body.homepage,
                started=body.started,
                note=body.note,
            )

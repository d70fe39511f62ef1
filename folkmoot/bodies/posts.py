"""From the catalogue: which offices bodies have, and for which areas they act. Writes nothing."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from folkmoot.bodies import rules
from folkmoot.bodies.catalogue import Catalogue, Governance, LawEntry, PeopleFile
from folkmoot.bodies.registers import (
    BodyRow,
    commissioner_name,
    fire_name,
    governed,
    has_commissioner,
)
from folkmoot.places.models import Area
from folkmoot.places.rules import slug_of

HOUSE = "house-of-commons"
_FIRST_COMMISSIONERS = dt.date(2012, 11, 22)


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """An office as the catalogue gives it. ``seats`` is 1 or None for several."""

    body: str
    slug: str
    title: str
    kind: str
    seats: int | None
    position: int
    law: LawEntry | None = None
    code: str = ""
    started: dt.date | None = None


@dataclass(frozen=True, slots=True)
class ActsForRow:
    """That an office acts for an area, in a capacity of ``rules.CAPACITIES``."""

    body: str
    office: str
    area: str
    capacity: str
    source: str
    share: float = 1.0
    law: LawEntry | None = None
    since: dt.date | None = None


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member of parliament, as the shipped file has it."""

    code: str
    constituency: str
    name: str
    party: str
    since: dt.date


def offices(catalogue: Catalogue, bodies: Sequence[BodyRow]) -> list[OfficeRow]:
    """Every office of every body; an ended body keeps only itself as a whole."""
    mayors = {mayor.area: mayor for file in catalogue.files for mayor in file.council_mayors}
    rows: list[OfficeRow] = []
    for body in bodies:
        has_mayor = body.kind in rules.COUNCIL_KINDS and body.area in mayors
        rows += _from_templates(catalogue, body, has_mayor=has_mayor)
        if has_mayor:
            mayor = mayors[body.area]
            law = catalogue.law(mayor.law)
            rows.append(
                OfficeRow(body.slug, "mayor", mayor.title, "mayor", 1, 1, law, started=mayor.since)
            )
    return [*rows, *_mayors_of_areas(catalogue), *_ministers(catalogue), *_alone(catalogue, bodies)]


def _from_templates(catalogue: Catalogue, body: BodyRow, *, has_mayor: bool) -> Iterator[OfficeRow]:
    templates = [template for file in catalogue.files for template in file.offices]
    for position, template in enumerate(templates, start=2):
        left_out = (
            body.kind not in template.bodies
            or body.slug in template.but_not
            or (template.unless_mayor and has_mayor)
            or (body.ended is not None and template.kind != rules.WHOLE)
        )
        if not left_out:
            yield OfficeRow(
                body=body.slug,
                slug=template.slug or template.kind,
                title=template.titles.get(body.slug, template.title),
                kind=template.kind,
                seats=template.seats,
                position=0 if template.kind == rules.WHOLE else position,
                law=catalogue.law(template.law),
            )


def _mayors_of_areas(catalogue: Catalogue) -> Iterator[OfficeRow]:
    for file in catalogue.files:
        for entry in file.combined:
            if entry.mayor:
                yield OfficeRow(
                    slug_of(entry.name),
                    "mayor",
                    entry.mayor,
                    "mayor",
                    1,
                    1,
                    catalogue.law(entry.law),
                    started=entry.mayor_since,
                )


def _ministers(catalogue: Catalogue) -> Iterator[OfficeRow]:
    for file in catalogue.files:
        for body in file.national:
            if body.minister:
                law = catalogue.law(body.law)
                yield OfficeRow(body.slug, "minister", body.minister, "minister", 1, 1, law)


def _alone(catalogue: Catalogue, bodies: Sequence[BodyRow]) -> Iterator[OfficeRow]:
    """Commissioners: bodies that are one person."""
    police = catalogue.law("police-reform-2011")
    named = {e.name: e for file in catalogue.files for e in file.fire if e.name}
    for body in bodies:
        if body.kind == "police-commissioner":
            kind = "police-and-crime-commissioner"
            yield OfficeRow(body.slug, "commissioner", body.name, kind, 1, 1, police)
        elif body.kind == "fire-authority" and body.name in named:
            law = catalogue.law(named[body.name].law)
            yield OfficeRow(body.slug, "commissioner", body.name, "fire-commissioner", 1, 1, law)


_OFFICE_OF = {"mayor": "mayor", "council": "council", "commissioner": "commissioner"}


def acts_for(catalogue: Catalogue, areas: Mapping[str, Area]) -> list[ActsForRow]:
    """Who holds each force to account, and who is the fire authority of each fire area."""
    police = governed(tuple(e for file in catalogue.files for e in file.police))
    fire = governed(tuple(e for file in catalogue.files for e in file.fire))
    ordered = sorted(areas.values(), key=lambda area: area.code)
    return [
        *(_police(catalogue, a, police.get(a.code)) for a in ordered if a.kind == "police-force"),
        *(_fire(catalogue, a, fire.get(a.code)) for a in ordered if a.kind == "fire-authority"),
    ]


def _police(catalogue: Catalogue, area: Area, entry: Governance | None) -> ActsForRow:
    source = "catalogue/bodies/police.yaml"
    if entry is None or has_commissioner(entry):
        return ActsForRow(
            body=slug_of(commissioner_name(area, entry)),
            office="commissioner",
            area=area.code,
            capacity=rules.POLICE,
            source=source,
            law=catalogue.law("police-reform-2011"),
            since=_FIRST_COMMISSIONERS,
        )
    law = catalogue.law(entry.law)
    office = _OFFICE_OF[entry.by]
    return ActsForRow(
        entry.body, office, area.code, rules.POLICE, source, law=law, since=entry.since
    )


def _fire(catalogue: Catalogue, area: Area, entry: Governance | None) -> ActsForRow:
    source = "catalogue/bodies/fire.yaml"
    law = catalogue.law(entry.law if entry is not None else "fire-2004")
    since = entry.since if entry is not None else None
    if entry is None or entry.by == "own":
        office = "commissioner" if entry is not None and entry.name else "authority"
        body = slug_of(fire_name(area, entry))
    else:
        office, body = _OFFICE_OF[entry.by], entry.body
    return ActsForRow(body, office, area.code, rules.FIRE, source, law=law, since=since)


def members(data: Path, file: PeopleFile) -> list[MemberRow]:
    """The shipped members of parliament. Raises ValueError for a row that is not whole."""
    with (data / file.file).open(encoding="utf-8", newline="") as rows:
        found = [
            MemberRow(
                code=row["PCON24CD"],
                constituency=row["PCON24NM"],
                name=row["MP"],
                party=row["Party name"],
                since=dt.date.fromisoformat(row["Start date"]),
            )
            for row in csv.DictReader(rows)
        ]
    for row in found:
        if not (row.code and row.constituency and row.name):
            raise ValueError(f"{file.file}: a row is not whole: {row}.")
    return found


def member_offices(catalogue: Catalogue, rows: Sequence[MemberRow]) -> list[OfficeRow]:
    """An office of the House of Commons for each constituency."""
    law = catalogue.law("parliament-constituencies-1986")
    return [
        OfficeRow(
            body=HOUSE,
            slug=slug_of(row.constituency),
            title=f"Member of Parliament for {row.constituency}",
            kind=rules.MEMBER,
            seats=1,
            position=10,
            law=law,
            code=row.code,
        )
        for row in rows
    ]


def constituencies(
    data: Path, file: PeopleFile, rows: Sequence[MemberRow], recoded: Mapping[str, str]
) -> list[ActsForRow]:
    """Which constituencies each district holds a part of. KeyError for an unknown one."""
    slugs = {row.code: slug_of(row.constituency) for row in rows}
    shares = json.loads((data / file.areas).read_text(encoding="utf-8"))
    return [
        ActsForRow(
            body=HOUSE,
            office=slugs[code],
            area=recoded.get(district, district),
            capacity=rules.MEMBER,
            source=file.areas,
            share=float(share),
        )
        for district, parts in shares.items()
        for code, share in parts.items()
    ]

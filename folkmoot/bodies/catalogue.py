"""The schema of catalogue/bodies and catalogue/remits, and the checks across entries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from folkmoot.bodies import rules
from folkmoot.common.errors import Fault
from folkmoot.services.catalogue import Entry, ServiceEntry, read_folder

_KEY = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
_CODE = r"^[EWSNKLM][0-9]{8}$"
NATIONS = {"E92000001", "W92000004", "S92000003", "N92000002"}


class LawEntry(Entry):
    """A law, or an official page that says how things stand."""

    title: str = Field(min_length=5, max_length=200)
    link: str = Field(default="", pattern=r"^(https://.+)?$", max_length=200)


class NationalBody(Entry):
    """A body that is not found in the files of places."""

    slug: str = Field(pattern=_KEY, max_length=100)
    name: str = Field(min_length=3, max_length=140)
    kind: Literal[
        "department", "national-body", "devolved-government", "devolved-body", "parliament"
    ]
    nation: str = Field(default="", description="code of the nation it is for; empty: several")
    homepage: str = Field(pattern=r"^https://")
    minister: str = Field(default="", description="title of the minister in charge, if any")
    law: str = Field(default="", description="key of the law that makes it")
    started: dt.date | None = None
    note: str = ""


class OfficeTemplate(Entry):
    """An office that every body of these kinds has."""

    kind: str
    slug: str = Field(default="", pattern=r"^[a-z0-9-]*$")
    bodies: tuple[str, ...] = Field(min_length=1)
    title: str = Field(min_length=3)
    seats: int | None = 1
    law: str = ""
    unless_mayor: bool = False
    but_not: tuple[str, ...] = Field(default=(), description="slugs of bodies that have it not")
    titles: dict[str, str] = Field(default_factory=dict, description="body → its own title")


class Mayor(Entry):
    """A directly elected mayor of a council or a combined authority."""

    area: str = Field(pattern=_CODE)
    title: str
    law: str
    since: dt.date | None = None


class CombinedAuthority(Entry):
    """A combined authority, with the order that made it."""

    area: str = Field(pattern=_CODE)
    name: str
    law: str
    started: dt.date | None = None
    homepage: str = Field(default="", pattern=r"^(https://.+)?$")
    mayor: str = Field(default="", description="title of the mayor; empty where there is none")
    mayor_since: dt.date | None = None


class Governance(Entry):
    """Who holds a force to account, or is the fire authority, where it is not the usual body."""

    area: str = Field(pattern=_CODE)
    by: Literal["body", "mayor", "council", "commissioner", "own"]
    body: str = Field(default="", description="slug of the body; for own: not needed")
    name: str = Field(default="", description="name of its own body, where it is not the usual")
    law: str = Field(description="key of the law")
    since: dt.date | None = None
    note: str = ""


class PeopleFile(Entry):
    """A shipped list of holders, with the day it is right for."""

    file: str
    areas: str = Field(description="districts to constituencies")
    source: str
    as_at: dt.date


class BodiesFile(Entry):
    """One file of catalogue/bodies. Every part may be empty."""

    slug: str
    checked: dt.date
    about: str = Field(min_length=20)
    laws: dict[str, LawEntry] = Field(default_factory=dict)
    national: tuple[NationalBody, ...] = ()
    offices: tuple[OfficeTemplate, ...] = ()
    council_mayors: tuple[Mayor, ...] = ()
    combined: tuple[CombinedAuthority, ...] = ()
    police: tuple[Governance, ...] = ()
    fire: tuple[Governance, ...] = ()
    members: PeopleFile | None = None
    notes: dict[str, str] = Field(default_factory=dict, description="kind of body → note on each")


class RemitEntry(Entry):
    """That one kind of body answers for the service in these kinds of area."""

    areas: tuple[str, ...] = Field(min_length=1)
    who: str
    role: Literal["decides", "delivers", "oversees", "no-say"]
    post: tuple[str, ...] = (rules.WHOLE,)
    called: str = Field(default="", max_length=160)
    laws: tuple[str, ...] = Field(min_length=1)
    since: dt.date | None = None
    until: dt.date | None = None
    nation: str = ""
    decides: str = ""
    delivers: str = ""
    no_say: str = ""

    @model_validator(mode="after")
    def _hangs_together(self) -> RemitEntry:
        if not (self.decides or self.delivers or self.no_say):
            raise ValueError("says neither what it decides, nor delivers, nor has no say in")
        if self.role == "no-say" and (self.decides or not self.no_say):
            raise ValueError("has no say and yet decides something, or does not say in what")
        if self.role == "decides" and not self.decides:
            raise ValueError("decides, and does not say what")
        if (self.who == "several") != bool(self.called):
            raise ValueError("'called' goes with who: several, and only with it")
        if self.since and self.until and self.until < self.since:
            raise ValueError("ends before it begins")
        return self


class RemitNote(Entry):
    """A gap, an overlap, or that the service is not run by these kinds of area."""

    areas: tuple[str, ...] = Field(min_length=1)
    words: str = Field(min_length=20)
    laws: tuple[str, ...] = ()
    no_law: str = Field(default="", description="why a gap or an overlap names no law")
    nation: str = ""


class RemitFile(Entry):
    """One file of catalogue/remits; its name is the service's slug."""

    slug: str = Field(pattern=_KEY)
    title: str = Field(default="", description="only for what is no service of the catalogue")
    checked: dt.date
    lgsl: tuple[int, ...] = Field(default=(), description="numbers of the Service List")
    lgsl_silent: str = Field(default="", description="why the Service List does not bear it out")
    remits: tuple[RemitEntry, ...]
    gaps: tuple[RemitNote, ...] = ()
    overlaps: tuple[RemitNote, ...] = ()
    elsewhere: tuple[RemitNote, ...] = ()

    def notes(self) -> Iterator[tuple[str, RemitNote]]:
        """(form, note) of every gap, overlap and elsewhere."""
        for form, notes in (
            ("gap", self.gaps),
            ("overlap", self.overlaps),
            ("elsewhere", self.elsewhere),
        ):
            for note in notes:
                yield form, note


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything the catalogue says of bodies and remits, checked."""

    files: tuple[BodiesFile, ...]
    remits: tuple[RemitFile, ...]
    laws: dict[str, LawEntry]
    titles: dict[str, str]

    def law(self, key: str) -> LawEntry | None:
        """The law of this key; None for no key."""
        return self.laws[key] if key else None


def read_catalogue(folder: Path) -> tuple[Catalogue, list[Fault]]:
    """Everything under ``folder``/bodies and /remits, with every fault. Raises nothing.

    With faults the catalogue is not to be used.
    """
    files, faults = read_folder(folder / "bodies", BodiesFile)
    remits, more = read_folder(folder / "remits", RemitFile)
    services, others = read_folder(folder / "services", ServiceEntry)
    faults = [*faults, *more, *others]
    laws: dict[str, LawEntry] = {}
    for file in files:
        for key, law in file.laws.items():
            if key in laws:
                faults.append(_fault(f"bodies/{file.slug}.yaml, laws.{key}", "stands twice"))
            laws[key] = law
    titles = {service.slug: service.title for service in services}
    for remit in remits:
        if (remit.slug in titles) == bool(remit.title):
            what = "needs a title where the catalogue has no such service, and only there"
            faults.append(_fault(f"remits/{remit.slug}.yaml, title", what))
        titles.setdefault(remit.slug, remit.title)
    missing = sorted(set(titles) - {remit.slug for remit in remits})
    faults += [_fault(f"remits/{slug}.yaml", "is missing") for slug in missing]
    found = Catalogue(tuple(files), tuple(remits), laws, titles)
    return found, [*faults, *_faults_of_keys(found)]


def _fault(where: str, what: str) -> Fault:
    return Fault(where, f"{what}.", "Correct the entry; see docs/remits.md.", kind="catalogue")


def _laws_named(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    for file in catalogue.files:
        where = f"bodies/{file.slug}.yaml"
        for body in file.national:
            yield f"{where}, {body.slug}", body.law
        for office in file.offices:
            yield f"{where}, offices {office.kind}", office.law
        for mayor in file.council_mayors:
            yield f"{where}, {mayor.area}", mayor.law
        for combined in file.combined:
            yield f"{where}, {combined.area}", combined.law
        for governance in (*file.police, *file.fire):
            yield f"{where}, {governance.area}", governance.law
    for remit in catalogue.remits:
        for number, entry in enumerate(remit.remits, start=1):
            for key in entry.laws:
                yield f"remits/{remit.slug}.yaml, remits.{number}", key
        for form, note in remit.notes():
            for key in note.laws:
                yield f"remits/{remit.slug}.yaml, {form}", key


def _faults_of_keys(catalogue: Catalogue) -> Iterator[Fault]:
    """Every key that leads nowhere."""
    for where, key in _laws_named(catalogue):
        if key and key not in catalogue.laws:
            yield _fault(where, f"names a law that is not in the list: {key!r}")
    national = {body.slug for file in catalogue.files for body in file.national}
    for file in catalogue.files:
        for office in file.offices:
            unknown = {office.kind} - set(rules.OFFICE_KINDS) | (
                set(office.bodies) - set(rules.BODY_KINDS)
            )
            if unknown:
                yield _fault(f"bodies/{file.slug}.yaml, offices", f"unknown kinds {unknown}")
    for remit in catalogue.remits:
        where = f"remits/{remit.slug}.yaml"
        for number, entry in enumerate(remit.remits, start=1):
            for what in _unknown(entry, national):
                yield _fault(f"{where}, remits.{number}", what)
        for form, note in remit.notes():
            if set(note.areas) - set(rules.AREA_KINDS):
                yield _fault(f"{where}, {form}", "names a kind of area that there is not")


def _unknown(entry: RemitEntry, national: set[str]) -> Iterator[str]:
    for kind in entry.areas:
        if kind not in rules.AREA_KINDS:
            yield f"there is no kind of area {kind!r}"
    for post in entry.post:
        if post not in rules.OFFICE_KINDS:
            yield f"there is no kind of office {post!r}"
    if entry.nation and entry.nation not in NATIONS:
        yield f"there is no nation {entry.nation!r}"
    if entry.who.startswith(rules.BODY_PREFIX):
        slug = entry.who.removeprefix(rules.BODY_PREFIX)
        if slug not in national:
            yield f"there is no national body {slug!r}"
    elif entry.who not in rules.RELATIONS:
        yield f"there is no relation {entry.who!r}"

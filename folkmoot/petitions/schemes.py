"""Whose thresholds a petition has: this site's own scheme, or the one that a body adopted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from folkmoot.bodies.models import Body
from folkmoot.bodies.rules import BODY_KINDS
from folkmoot.common.errors import BadInput, Fault
from folkmoot.framework.catalogue import Reference
from folkmoot.petitions.models import BodyScheme
from folkmoot.petitions.rules.thresholds import SITE_SCHEME, Level, read_levels
from folkmoot.shipped import shipped

FILE = "petitions/scheme.yaml"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class SiteLevel(_Part):
    """One level, and why. ``bodies``: kinds of body that it is for; empty: all."""

    kind: str
    days: int
    number: int | None = None
    share: float | None = None
    at_least: int | None = None
    bodies: frozenset[str] = frozenset()
    why: str = Field(min_length=40)

    def plain(self) -> dict[str, object]:
        """The level as ``rules.thresholds.read_levels`` takes it."""
        fields = {
            "kind": self.kind, "days": self.days, "number": self.number, "share": self.share,
            "at_least": self.at_least,
        }  # fmt: skip
        return {name: value for name, value in fields.items() if value is not None}


class SiteScheme(_Part):
    """This site's own scheme. ``version`` is the day on which it was written so."""

    version: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    starts: dt.date = Field(alias="from")
    title: str = Field(min_length=10)
    about: str = Field(min_length=100)
    levels: tuple[SiteLevel, ...] = Field(min_length=1)
    sources: tuple[Reference, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _coherent(self) -> SiteScheme:
        _levels, faults = read_levels([level.plain() for level in self.levels])
        if faults:
            raise ValueError(" ".join(str(fault) for fault in faults))
        unknown = sorted(
            {kind for level in self.levels for kind in level.bodies} - BODY_KINDS.keys()
        )
        if unknown:
            raise ValueError(f"unknown kinds of body: {', '.join(unknown)}")
        return self

    def levels_for(self, body_kind: str) -> list[Level]:
        """The levels that hold for a kind of body."""
        mine = [each.plain() for each in self.levels if not each.bodies or body_kind in each.bodies]
        return read_levels(mine)[0]


@dataclass(frozen=True, slots=True)
class SchemeInUse:
    """The thresholds that hold for petitions to a body on a day.

    ``key`` is "site" or the slug of the body that adopted it; ``source`` the body's own
    publication, or "" for the site's. ``own`` says that it is the body's.
    """

    key: str
    version: str
    since: dt.date
    levels: tuple[Level, ...]
    source: str

    @property
    def own(self) -> bool:
        """Whether the body adopted it, rather than that this site says so."""
        return self.key != SITE_SCHEME

    @property
    def rule(self) -> str:
        """How an answer owed names the rule."""
        return rule_of(self.key)


def rule_of(scheme: str) -> str:
    """How an answer owed names the rule of a scheme: "petitions:site"."""
    return f"petitions:{scheme}"


def read_site_scheme(catalogue: Path) -> SiteScheme:
    """The scheme in a folder's ``petitions/scheme.yaml``. Raises BadInput with every fault."""
    try:
        raw: Any = yaml.safe_load((catalogue / FILE).read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadInput([Fault(FILE, f"not readable as YAML: {error}.", "Mend the file.")]) from None
    if not isinstance(raw, Mapping):
        raise BadInput([Fault(FILE, "not a mapping of fields.", "Write 'field: value' lines.")])
    try:
        return SiteScheme.model_validate(raw)
    except ValidationError as error:
        raise BadInput(
            [
                Fault(
                    f"{FILE}, {'.'.join(str(part) for part in item['loc']) or 'scheme'}",
                    f"{item['msg']}.",
                    "See docs/catalogue.md for what the field means.",
                    value=str(item.get("input", ""))[:80],
                )
                for item in error.errors()
            ]
        ) from None


def faults_of_site_scheme(catalogue: Path) -> list[Fault]:
    """Every fault of the scheme in a folder; none where the folder has no scheme."""
    if not (catalogue / FILE).is_file():
        return []
    try:
        read_site_scheme(catalogue)
    except BadInput as error:
        return list(error.faults)
    return []


@lru_cache(maxsize=1)
def site_scheme() -> SiteScheme:
    """This site's own scheme, read once in each process."""
    return read_site_scheme(shipped("catalogue"))


def _adopted(row: BodyScheme, slug: str) -> SchemeInUse:
    return SchemeInUse(
        slug, str(row.version), row.since, tuple(read_levels(row.levels)[0]), row.source
    )


def scheme_for(body: Body, on: dt.date) -> SchemeInUse:
    """The scheme that holds for petitions to ``body`` on a day: one query.

    The newest that the body adopted and that had begun; else the site's own.
    """
    rows = BodyScheme.objects.filter(body=body, since__lte=on)
    row = rows.order_by("-version").first()
    if row is not None:
        return _adopted(row, body.slug)
    own = site_scheme()
    return SchemeInUse(SITE_SCHEME, own.version, own.starts, tuple(own.levels_for(body.kind)), "")


def schemes_of(body: Body) -> list[SchemeInUse]:
    """Every scheme that a body ever adopted, the newest first: one query."""
    rows = BodyScheme.objects.filter(body=body).order_by("-version")
    return [_adopted(row, body.slug) for row in rows]


def adopted_schemes(on: dt.date) -> list[tuple[Body, SchemeInUse]]:
    """Every body whose own scheme holds on a day, by name, with that scheme: one query."""
    rows = BodyScheme.objects.filter(since__lte=on).select_related("body")
    newest = {row.body_id: row for row in rows.order_by("version")}
    ordered = sorted(newest.values(), key=lambda row: row.body.name)
    return [(row.body, _adopted(row, row.body.slug)) for row in ordered]

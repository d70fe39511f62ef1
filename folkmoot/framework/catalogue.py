"""The schema of catalogue/frameworks: standards, roles, powers, the ladder and its safeguards.

A framework says what every place must achieve, who says so, and when the centre may step in.
Everything it does not name is left to local decision.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Literal

from pydantic import ConfigDict, Field, model_validator

from folkmoot.bodies.rules import BODY_KINDS, OFFICE_KINDS
from folkmoot.places.rules import KINDS
from folkmoot.services.catalogue import Entry

Kind = Literal["statutory-limit", "national-standard", "guidance", "ambition", "historic"]
# Only these can make "below the minimum".
MINIMUMS: frozenset[str] = frozenset({"statutory-limit", "national-standard"})
KIND_WORDS: dict[str, str] = {
    "statutory-limit": "limit set by law",
    "national-standard": "national standard",
    "guidance": "guidance",
    "ambition": "ambition",
    "historic": "no longer in force",
}
SLUG = r"^[a-z][a-z0-9-]+$"
ENGLAND = "E92000001"


class Part(Entry):
    """A part of a framework: immutable, no unknown fields, ``from`` and ``to`` by those names."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, populate_by_name=True
    )


class Reference(Part):
    """Where something is said: ``seen`` tells what was read, ``checked`` when."""

    title: str = Field(min_length=5)
    link: str = Field(pattern=r"^https://")
    seen: str = Field(min_length=10, description="what was read, a secondary page included")
    checked: dt.date

    @property
    def only_home(self) -> bool:
        """Whether the link leads to somebody's home page and not to the page that was read."""
        return self.link.removeprefix("https://").partition("/")[2] == ""


class Standard(Part):
    """What must be achieved, or is asked for: ``kind`` tells which."""

    id: str = Field(pattern=SLUG, max_length=60)
    service: str | None = Field(description="of the catalogue; null where it has no such service")
    subject: str = Field(default="", description="what it is about, where service is null")
    measure: str | None = Field(description="of the catalogue; null: no published figures")
    title: str = Field(min_length=10, max_length=120, description="plain English")
    kind: Kind
    operator: Literal[">=", "<=", "within", "="]
    value: float | Literal["yes"]
    unit: str
    per_case: bool = Field(default=False, description="a limit for each case, not for a share")
    breach: str = Field(default="outside the limit", description="of one case: 'late'")
    line: float | None = Field(
        default=None, description="value of the measure, in its unit, at which it is met"
    )
    due: dt.date | None = Field(default=None, description="milestone: judged from this day")
    starts: dt.date | None = Field(default=None, alias="from")
    ends: dt.date | None = Field(default=None, alias="to")
    dates_note: str = Field(default="", description="what is not known of the dates")
    source: Reference
    applies_to: frozenset[str] = Field(description="kinds of area that it is asked of")
    bodies: frozenset[str] = Field(
        default=frozenset(), description="kinds of body that it is asked of besides"
    )
    base: str = Field(default="", description="how what is counted differs from what is asked")
    doubt: str = Field(
        default="", description="why a figure short of the line does not prove a breach"
    )
    elsewhere: str = Field(
        default="", description="who publishes figures that this site does not hold"
    )

    @model_validator(mode="after")
    def _coherent(self) -> Standard:
        unknown = sorted(self.applies_to - KINDS.keys())
        if unknown:
            raise ValueError(f"unknown kinds of area: {', '.join(unknown)}")
        strangers = sorted(self.bodies - BODY_KINDS.keys())
        if strangers:
            raise ValueError(f"unknown kinds of body: {', '.join(strangers)}")
        if self.service is None and not self.subject:
            raise ValueError("say in subject what it is about, as it has no service")
        if (self.measure is None) != (self.line is None):
            raise ValueError("a measure needs its line, and a line its measure")
        if self.measure and self.elsewhere:
            raise ValueError("it is judged here: elsewhere is for figures that are not held here")
        if self.measure and not self.applies_to:
            raise ValueError("a standard that is judged must say of which areas it is asked")
        if self.starts is None and len(self.dates_note) < 20:
            raise ValueError("from is missing: give the date, or say in dates_note why not known")
        if self.measure and self.starts is None:
            raise ValueError("a standard that is judged must say from which day")
        if self.starts and self.ends and self.ends < self.starts:
            raise ValueError("it ends before it starts")
        return self

    @property
    def minimum(self) -> bool:
        """Whether missing it can be "below the minimum": its kind binds and nothing casts doubt."""
        return self.kind in MINIMUMS and not self.doubt


class Role(Part):
    """Somebody with a part in stepping in. ``may`` uses the words of the ladder.

    ``office``: kinds of office of the body, one of which must be held to play the part; empty
    where whoever acts for the body may.
    """

    id: str = Field(pattern=SLUG)
    title: str
    may: tuple[Literal["propose", "decide", "reply", "review", "appeal"], ...] = ()
    office: tuple[str, ...] = ()
    source: Reference | None = None

    @model_validator(mode="after")
    def _coherent(self) -> Role:
        unknown = sorted(set(self.office) - OFFICE_KINDS.keys())
        if unknown:
            raise ValueError(f"unknown kinds of office: {', '.join(unknown)}")
        return self


class Power(Part):
    """A power that the law gives: what it allows, to whom, over whom."""

    id: str = Field(pattern=SLUG)
    title: str = Field(min_length=10)
    law: str = Field(description="Act and section")
    who: str = Field(description="id of the role that holds it")
    over: str
    test: str = Field(description="when it may be used, as the law says")
    source: Reference | None = None


class Safeguard(Part):
    """A protection of the places against the centre."""

    id: str = Field(pattern=SLUG)
    title: str
    rule: str = Field(min_length=15)
    source: Reference | None = None


class Pause(Part):
    """A time in which official acts wait (``pause``) or carry a label (``label``)."""

    title: str
    starts: dt.date = Field(alias="from")
    ends: dt.date = Field(alias="to")
    effect: Literal["pause", "label"]
    source: Reference | None = None

    @model_validator(mode="after")
    def _coherent(self) -> Pause:
        if self.ends < self.starts:
            raise ValueError("it ends before it starts")
        return self


class Condition(Part):
    """Below one standard: how far, how sure, in how many published periods in a row."""

    standard: str
    shortfall: float = Field(default=0.0, ge=0, description="at least, in the measure's unit")
    sure: Literal["beyond-chance", "any"] = Field(
        default="beyond-chance", description="a figure of every case is always sure"
    )
    periods: int = Field(default=1, ge=1, le=60)


class Trigger(Part):
    """Conditions of one service that together open a step."""

    service: str
    match: Literal["all", "any"] = "all"
    no_older_than_months: int = Field(default=36, ge=1, le=120)
    conditions: tuple[Condition, ...] = Field(min_length=1)


class ExitTest(Part):
    """When the step ends before its time: short of the line by less than ``shortfall``."""

    standard: str
    shortfall: float = Field(ge=0)
    periods: int = Field(default=1, ge=1, le=60)


class Step(Part):
    """One step of the ladder, with everything that holds the centre back."""

    id: str = Field(pattern=SLUG)
    title: str
    what: str = Field(min_length=15, description="what the centre does at this step")
    after: str | None = Field(default=None, description="id of the step that must come before")
    proposes: str
    decides: str
    powers: tuple[str, ...] = ()
    evidence: tuple[str, ...] = Field(min_length=1)
    triggers: tuple[Trigger, ...] = Field(min_length=1)
    notice_days: int = Field(ge=0, le=365)
    reply_days: int = Field(ge=1, le=365)
    review_months: int = Field(ge=1, le=24)
    longest_months: int = Field(ge=1, le=120)
    exit: tuple[ExitTest, ...] = Field(min_length=1)
    appeal: str = Field(min_length=15)
    safeguards: tuple[str, ...] = Field(min_length=1)
    source: Reference | None = None


class LeftOut(Part):
    """Something that might be expected here and is not, with the reason."""

    id: str
    title: str = ""
    why: str = Field(min_length=15)


# Fields that came later, left out of the document where they say nothing, so that older
# documents keep their digests.
_YOUNGER = {
    "standards": ("bodies", "elsewhere"),
    "roles": ("office",),
    "left_out": ("title",),
}


class Framework(Part):
    """One version of an operating framework: one file of catalogue/frameworks."""

    slug: str = Field(pattern=SLUG, max_length=60)
    title: str
    version: str = Field(min_length=1, max_length=20)
    starts: dt.date = Field(alias="from")
    ends: dt.date | None = Field(default=None, alias="to")
    illustrative: bool = Field(default=False, description="nobody's rules: an example")
    scope: str = Field(min_length=20)
    nation: str = ENGLAND
    standards_from: str | None = Field(
        default=None, description="slug of the framework whose standards it takes over"
    )
    sources: tuple[Reference, ...] = ()
    standards: tuple[Standard, ...] = ()
    roles: tuple[Role, ...] = ()
    powers: tuple[Power, ...] = ()
    ladder: tuple[Step, ...] = ()
    safeguards: tuple[Safeguard, ...] = ()
    pauses: tuple[Pause, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    def document(self) -> dict[str, object]:
        """The whole framework as JSON values, sets in order."""
        found = self.model_dump(mode="json", by_alias=True)
        for standard in found["standards"]:
            standard["applies_to"] = sorted(standard["applies_to"])
            standard["bodies"] = sorted(standard["bodies"])
        for name, fields in _YOUNGER.items():
            for part in found[name]:
                for field in fields:
                    if not part[field]:
                        del part[field]
        return found

    def digest(self) -> str:
        """SHA-256 of the document."""
        text = json.dumps(self.document(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def standard(self, key: str) -> Standard | None:
        """The standard of this id, or None."""
        return next((standard for standard in self.standards if standard.id == key), None)

    def step(self, key: str) -> Step | None:
        """The step of this id, or None."""
        return next((step for step in self.ladder if step.id == key), None)

    @property
    def judged(self) -> tuple[Standard, ...]:
        """The standards that published figures can judge."""
        return tuple(standard for standard in self.standards if standard.measure)

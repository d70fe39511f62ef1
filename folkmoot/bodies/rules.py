"""Pure facts about bodies and offices: the kinds there are, and what an answer says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# kind → singular name on pages. Bodies are compared with others of their kind only.
BODY_KINDS: dict[str, str] = {
    "county-council": "county council",
    "district-council": "district council",
    "unitary-council": "unitary council",
    "metropolitan-council": "metropolitan borough council",
    "london-council": "London borough council",
    "welsh-council": "Welsh council",
    "scottish-council": "Scottish council",
    "northern-irish-council": "Northern Ireland council",
    "combined-authority": "combined authority",
    "london-authority": "Greater London Authority",
    "police-force": "police force",
    "police-commissioner": "police and crime commissioner",
    "fire-authority": "fire and rescue authority",
    "integrated-care-board": "integrated care board",
    "nhs-trust": "NHS trust",
    "department": "department of the UK government",
    "national-body": "national public body",
    "devolved-government": "devolved government or one of its departments",
    "devolved-body": "public body of a devolved nation",
    "parliament": "house of parliament",
}

COUNCIL_OF_AREA: dict[str, str] = {
    "county": "county-council",
    "district": "district-council",
    "unitary": "unitary-council",
    "metropolitan": "metropolitan-council",
    "london": "london-council",
    "welsh": "welsh-council",
    "scottish": "scottish-council",
    "northern-irish": "northern-irish-council",
}
COUNCIL_KINDS = frozenset(COUNCIL_OF_AREA.values())
# Kinds of body that may be the centre, and that no reply is asked of.
CENTRAL = frozenset({"department", "national-body"})

# Kinds of office that are a body's senior officer: the first that a body has is it.
SENIOR_OFFICES = (
    "head-of-paid-service", "chief-executive", "chief-constable", "accounting-officer",
)  # fmt: skip
WHOLE = "whole"
OFFICE_KINDS: dict[str, str] = {
    WHOLE: "the body as a whole",
    "leader": "leader of the council",
    "mayor": "directly elected mayor",
    "councillors": "ward councillors",
    "lead-member-children": "lead councillor for children's services",
    "head-of-paid-service": "head of paid service, usually called chief executive",
    "monitoring-officer": "monitoring officer",
    "chief-finance-officer": "chief finance officer",
    "director-of-childrens-services": "director of children's services",
    "director-of-adult-social-services": "director of adult social services",
    "director-of-social-services": "director of social services",
    "director-of-public-health": "director of public health",
    "traffic-manager": "traffic manager",
    "chief-education-officer": "chief education officer",
    "chief-social-work-officer": "chief social work officer",
    "police-and-crime-commissioner": "police and crime commissioner",
    "chief-constable": "chief officer of police",
    "fire-commissioner": "fire commissioner",
    "chair": "chair",
    "chief-executive": "chief executive",
    "minister": "minister in charge",
    "accounting-officer": "accounting officer",
    "member-of-parliament": "member of parliament",
    "assembly-members": "members of the London Assembly",
}

MEMBER, POLICE, FIRE = "member-of-parliament", "police-and-crime", "fire-and-rescue"
CAPACITIES: dict[str, str] = {
    MEMBER: "represents people here in the House of Commons",
    POLICE: "holds the police to account here",
    FIRE: "is the fire and rescue authority here",
}

# Kinds of area for which the catalogue must say who answers.
AREA_KINDS: dict[str, str] = {
    "district": "district (two tiers)",
    "county": "county (two tiers)",
    "unitary": "unitary council",
    "metropolitan": "metropolitan borough",
    "london": "London borough",
    "city-of-london": "City of London",
    "combined-authority": "combined authority",
    "london-authority": "Greater London",
    "police-force": "police force area",
    "fire-authority": "fire authority area",
    "integrated-care-board": "integrated care board area",
    "welsh": "Wales: council",
    "scottish": "Scotland: council",
    "northern-irish": "Northern Ireland: council",
}
CITY_OF_LONDON = "E09000001"

ROLES: dict[str, str] = {
    "decides": "decides",
    "delivers": "delivers",
    "oversees": "oversees",
    "no-say": "has no say",
}
FORMS: dict[str, str] = {
    "remit": "answers",
    "gap": "nobody answers for this",
    "overlap": "more than one answers for this",
    "elsewhere": "not run by this kind of area",
}

# How a remit names who answers, in relation to a place.
RELATIONS: dict[str, str] = {
    "upper-council": "the county council, or the only council where there is one tier",
    "lower-council": "the district council, or the only council where there is one tier",
    "combined-authority": "the combined authority, where there is one",
    "london-authority": "the Greater London Authority",
    "police-governor": "whoever holds the police to account",
    "police-force": "the police force",
    "fire-governor": "the fire and rescue authority",
    "integrated-care-board": "the integrated care board",
    "several": "bodies that this site does not hold one by one",
}
# Where these are not there, the place simply has none: that is no gap.
OPTIONAL_RELATIONS = frozenset({"combined-authority"})
BODY_PREFIX = "body:"


@dataclass(frozen=True, slots=True)
class Law:
    """A law or an official page: its title, and an https link or nothing."""

    title: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class BodyLine:
    """What a door needs to name a body. ``kind`` is a key of ``BODY_KINDS``."""

    slug: str
    name: str
    kind: str
    area_code: str = ""
    homepage: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class HolderLine:
    """Who holds an office, as ``source`` says for the day ``as_at``."""

    name: str
    party: str
    since: dt.date
    until: dt.date | None
    source: str
    as_at: dt.date


@dataclass(frozen=True, slots=True)
class OfficeLine:
    """An office of a body, and who holds it: no holder means "not known to this site".

    ``key`` is "body/office", as the public record names it. ``single`` is whether one person
    holds it at a time. ``whole`` offices are the body itself and have no holder to know.
    """

    key: str
    slug: str
    title: str
    kind: str
    single: bool
    law: Law | None
    holders: tuple[HolderLine, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether this is the body as a whole, so that no person holds it."""
        return self.kind == WHOLE

    @property
    def holder(self) -> HolderLine | None:
        """Who holds it, where it is one person and that person is known."""
        return self.holders[0] if self.single and self.holders else None


@dataclass(frozen=True, slots=True)
class Answer:
    """One body, or office in it, that answers for a service in a place.

    ``role`` is a key of ``ROLES``; ``who`` names it in words in every case. ``body`` is None
    where the law names a kind of which this site holds no list. ``holder`` is None where the
    office has one and this site does not know it. ``possible`` says that it is one of several
    for this place, of which one answers for an address, and ``each`` that several do, each for
    its own part; ``share`` is how much of the place is its own where that is known (0–1).
    """

    service: str
    role: str
    who: str
    body: BodyLine | None
    office: OfficeLine | None
    holder: HolderLine | None
    laws: tuple[Law, ...]
    since: dt.date | None
    decides: str
    delivers: str
    no_say: str
    possible: bool
    share: float | None
    checked: dt.date
    each: bool = False

    @property
    def holder_unknown(self) -> bool:
        """Whether a person holds this office and the site does not know who."""
        return self.office is not None and not self.office.whole and not self.office.holders


@dataclass(frozen=True, slots=True)
class Note:
    """A gap, an overlap, or that this kind of area does not run the service: in words."""

    form: str
    words: str
    laws: tuple[Law, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceAnswers:
    """Everybody who answers for one service in one place, and what is left open."""

    service: str
    title: str
    answers: tuple[Answer, ...]
    notes: tuple[Note, ...]

    @property
    def gaps(self) -> tuple[Note, ...]:
        """Where nobody answers."""
        return tuple(note for note in self.notes if note.form == "gap")

    @property
    def overlaps(self) -> tuple[Note, ...]:
        """Where more than one answers."""
        return tuple(note for note in self.notes if note.form == "overlap")

    @property
    def elsewhere(self) -> tuple[Note, ...]:
        """Why this kind of area does not run the service."""
        return tuple(note for note in self.notes if note.form == "elsewhere")


@dataclass(frozen=True, slots=True)
class KindAnswers:
    """Who decides on and who delivers a service in kinds of area, in words."""

    kinds: tuple[str, ...]
    decides: tuple[str, ...]
    delivers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A constituency of which a place holds a part, its office, and who holds that.

    ``possible`` where the place holds parts of several, so that only an exact postcode
    directory could say which one an address is in. ``share`` as the look-up has it (0–1): it
    orders a list and is no likelihood.
    """

    constituency: str
    code: str
    office: OfficeLine
    possible: bool
    share: float


@dataclass(frozen=True, slots=True)
class Term:
    """A stretch of time for which somebody holds an office; no ``until`` means: still."""

    name: str
    since: dt.date
    until: dt.date | None = None


def area_kind_of(kind: str, code: str) -> str:
    """The kind of area in ``AREA_KINDS`` of a place, or "" for one in which nobody answers."""
    if code == CITY_OF_LONDON:
        return "city-of-london"
    return kind if kind in AREA_KINDS else ""


def relation_words(who: str, area_kind: str) -> str:
    """What a relation is called in a kind of area: "the council" where there is one tier."""
    if area_kind not in ("district", "county") and who in ("upper-council", "lower-council"):
        return "the council"
    if area_kind == "county" and who == "lower-council":
        return "each district council"
    return RELATIONS.get(who, who).partition(",")[0]


def in_force(since: dt.date | None, until: dt.date | None, on: dt.date) -> bool:
    """Whether something that began and ends on these days, both included, holds on a day."""
    return (since is None or since <= on) and (until is None or on <= until)


def clashes(terms: Iterable[Term]) -> list[tuple[Term, Term]]:
    """Pairs of terms, earlier first, of which the second begins before the first has ended.

    The day on which one hands over to the next may be counted in both.
    """
    ordered = sorted(terms, key=lambda term: (term.since, term.until or dt.date.max, term.name))
    found: list[tuple[Term, Term]] = []
    longest: Term | None = None
    for term in ordered:
        if longest is not None and (longest.until is None or term.since < longest.until):
            found.append((longest, term))
        if longest is None or (term.until or dt.date.max) > (longest.until or dt.date.max):
            longest = term
    return found


def laws_of(rows: Sequence[dict[str, str]]) -> tuple[Law, ...]:
    """Laws as the database keeps them."""
    return tuple(Law(row["title"], row.get("link", "")) for row in rows)

"""Who signed, by place and by day: only what may be shown, as it was last made. Nothing is
written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from folkmoot.bodies.models import Office
from folkmoot.common.errors import NotFound
from folkmoot.petitions.models import Breakdown
from folkmoot.petitions.queries import PetitionLine, petition_line
from folkmoot.petitions.rules.states import HIDDEN
from folkmoot.petitions.rules.suppression import per_thousand
from folkmoot.places.models import Area

# With which the title of a seat in the House of Commons begins.
_MEMBER = "Member of Parliament for "
ELSEWHERE = "Other countries, and places that are not known"


@dataclass(frozen=True, slots=True)
class PlaceCount:
    """How many people of one place signed: at least five.

    ``rate``: for every 1,000 of its ``residents`` (of mid-``year``), None where they are not
    known. ``exact``: the figure is of the table's day; else it is of an earlier one, and has moved
    by fewer than five, or is held back, since then. ``code`` is "" for everybody elsewhere.
    """

    code: str
    name: str
    slug: str
    signatures: int
    residents: int | None
    year: int | None
    rate: float | None
    exact: bool


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many people signed on one day; None: fewer than five, or held back."""

    day: dt.date
    signatures: int | None


@dataclass(frozen=True, slots=True)
class Where:
    """Signatures by place and by day, as they were last made: to the end of ``day``.

    ``kind`` is district or constituency. ``signatures`` are those of all places on that day;
    ``others`` of them are of places that are not shown, or came since a place was last shown.
    ``undone``: how many that are in ``days`` have been taken back or set aside by then;
    ``earlier``: how many more there are than those of ``days``, who belong to days that were shown
    before they were restored or counted. Before the first table ``day`` is None, and there are no
    places and no days.
    """

    line: PetitionLine
    kind: str
    day: dt.date | None
    signatures: int
    places: tuple[PlaceCount, ...]
    others: int
    days: tuple[DayCount, ...]
    undone: int
    earlier: int


def where_signed(number: int, today: dt.date) -> Where:
    """By place, most signatures first, and by day: three queries. Raises NotFound.

    There is none of a petition that was never open, or that is hidden.
    """
    line = petition_line(number, today)
    if line.opened_on is None or line.state == HIDDEN:
        raise NotFound(
            "It is not shown who signed this petition and where.", [(line.heading, line.path)]
        )
    row = Breakdown.objects.filter(petition=number).first()
    if row is None:
        return Where(line, "district", None, 0, (), 0, (), 0, 0)
    places = _places(row)
    return Where(
        line=line,
        kind=row.kind,
        day=row.day,
        signatures=row.signatures,
        places=places,
        others=row.signatures - sum(place.signatures for place in places),
        days=tuple(DayCount(dt.date.fromisoformat(day), many) for day, many in row.days),
        undone=max(0, row.counted - row.signatures),
        earlier=max(0, row.signatures - row.counted),
    )


def table_version(number: int) -> str:
    """A text that is another one whenever a petition's table was made anew: one query."""
    day = Breakdown.objects.filter(petition=number).values_list("day", flat=True).first()
    return str(day or "")


def _places(row: Breakdown) -> tuple[PlaceCount, ...]:
    codes = list(row.places)
    if row.kind == "district":
        areas = Area.objects.filter(code__in=codes)
        known = {a.code: (a.name, a.slug, a.population or 0, a.population_year) for a in areas}
    else:
        seats = Office.objects.filter(code__in=codes).values_list("code", "title")
        known = {code: (title.removeprefix(_MEMBER), "", 0, None) for code, title in seats}
    known[""] = (ELSEWHERE, "", 0, None)
    found = [known.get(code, (code, "", 0, None)) for code in codes]
    people = np.array([row.places[code] for code in codes], np.int64)
    rates = per_thousand(people, np.array([residents for _, _, residents, _ in found], np.int64))
    exact = set(row.exact)
    places = [
        PlaceCount(
            code=code,
            name=name,
            slug=slug,
            signatures=int(many),
            residents=residents or None,
            year=year,
            rate=float(rate) if residents else None,
            exact=code in exact,
        )
        for code, (name, slug, residents, year), many, rate in zip(
            codes, found, people, rates, strict=True
        )
    ]
    return tuple(sorted(places, key=lambda place: (-place.signatures, place.name)))

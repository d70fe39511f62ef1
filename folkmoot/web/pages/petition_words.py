"""The words of a petition: the form in which they are written, first and again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from folkmoot.bodies.models import Office
from folkmoot.bodies.queries import body_by_slug, on_day
from folkmoot.common.errors import Fault, NotFound
from folkmoot.petitions.models import Petition
from folkmoot.petitions.rules import limits
from folkmoot.petitions.rules.writing import NewPetition
from folkmoot.places.queries import area_by_slug
from folkmoot.web.pages.services import service_by_slug

# Fields that are typed, with room for what tidying takes away again.
_TYPED = {
    "title": limits.TITLE * 4,
    "background": limits.BACKGROUND * 4,
    "detail": limits.DETAIL * 4,
    "creator_name": limits.NAME * 4,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked about which matter. ``to`` is "body" or "body/office", as forms carry it."""

    place: str
    place_code: str
    place_name: str
    service: str
    service_title: str
    body: str
    body_name: str
    office: str
    office_title: str

    @property
    def to(self) -> str:
        """The body, with its office where it is one."""
        return f"{self.body}/{self.office}" if self.office else self.body


def asked_of(place: str, service: str, to: str, today: dt.date) -> Asked:
    """What a form says of who is asked about what. Raises NotFound for what there is not."""
    area, about = area_by_slug(place), service_by_slug(service)
    slug, _slash, office = to.partition("/")
    body = body_by_slug(slug)
    return Asked(
        area.slug, area.code, area.name, about.slug, about.title, body.slug, body.name,
        office, _office_title(body.slug, office, today),
    )  # fmt: skip


def asked_in(petition: Petition, today: dt.date) -> Asked:
    """Who is asked about what in a petition that was written already."""
    area, about, body = petition.area, petition.service, petition.body
    office = petition.office
    return Asked(
        area.slug, area.code, area.name, about.slug, about.title, body.slug, body.name,
        office, _office_title(body.slug, office, today),
    )  # fmt: skip


def _office_title(body: str, office: str, today: dt.date) -> str:
    if not office:
        return ""
    rows = Office.objects.filter(on_day(today), body__slug=body, slug=office)
    title = rows.values_list("title", flat=True).first()
    if title is None:
        raise NotFound(_("There is no such office here."))
    return title


def words_of(typed: Mapping[str, str], asked: Asked) -> NewPetition:
    """What was typed, as actions take it."""
    said = {name: typed.get(name, "")[:longest] for name, longest in _TYPED.items()}
    term = typed.get("term", "")
    return NewPetition(
        **said,
        place=asked.place_code,
        service=asked.service,
        body=asked.body,
        office=asked.office,
        creator_shown=typed.get("creator_shown") == "yes",
        term=int(term) if term.isdecimal() and len(term) < 5 else 0,
    )


def empty_words(asked: Asked) -> NewPetition:
    """A form in which nothing is written yet."""
    return NewPetition("", "", "", asked.place_code, asked.service, asked.body, asked.office)


def words_in(petition: Petition, asked: Asked) -> NewPetition:
    """The words of a petition, to be written anew."""
    return NewPetition(
        title=petition.title,
        background=petition.background,
        detail=petition.detail,
        place=asked.place_code,
        service=asked.service,
        body=asked.body,
        office=asked.office,
        creator_name=petition.creator_name,
        creator_shown=petition.creator_shown,
        term=petition.term,
    )


def form_context(words: NewPetition, asked: Asked, faults: Sequence[Fault] = ()) -> dict[str, Any]:
    """What the form's template needs, with every fault beside its field."""
    return {
        "asked": asked,
        "typed": words,
        "faults": faults,
        "fault_of": {fault.where: fault for fault in reversed(faults)},
        "limits": limits,
        "terms": limits.TERMS,
    }

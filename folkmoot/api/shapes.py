"""The JSON shapes of the API. Names are those of product.md; none is an ORM object."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields
from typing import Any, Generic, TypeVar

from ninja import Schema
from pydantic import Field, create_model

from folkmoot.measures.queries_account import AccountRow, ObservationRow

ItemT = TypeVar("ItemT")


class FaultOut(Schema):
    """One thing wrong with what was sent."""

    where: str
    what: str
    remedy: str
    kind: str
    value: str


class SuggestionOut(Schema):
    """Something that may have been meant."""

    name: str
    path: str


class ErrorDetail(Schema):
    """What happened, in words, with every fault at once."""

    code: str
    message: str
    faults: list[FaultOut]
    suggestions: list[SuggestionOut]


class ErrorOut(Schema):
    """The one shape of every error."""

    error: ErrorDetail


# What any answer of the API may be instead of what was asked for.
ERRORS: dict[int, Any] = {400: ErrorOut, 404: ErrorOut, 422: ErrorOut}


class Page(Schema, Generic[ItemT]):
    """A page of items. ``next`` is the address of the next page, or null at the end."""

    items: list[ItemT]
    next: str | None = Field(description="address of the next page, or null")


class PlaceOut(Schema):
    """A place: a geography with a GSS code."""

    code: str
    name: str
    slug: str
    kind: str
    nation: str
    edition: str
    started: dt.date | None
    ended: dt.date | None
    population: int | None
    population_year: int | None
    path: str


class LinkedPlace(Schema):
    """A place that another is part of, contains, became or replaced."""

    role: str
    code: str
    name: str
    share: float


class SimilarOut(Schema):
    """A place on a published list of similar places."""

    list: str
    position: int
    code: str
    name: str


class PlaceDetail(PlaceOut):
    """A place with its parents, children, successors and similar places."""

    links: list[LinkedPlace]
    similar: list[SimilarOut]


class ServiceOut(Schema):
    """A public service."""

    slug: str
    title: str
    summary: str
    measures: int


class MeasureOut(Schema):
    """A measure: what is counted and which way is better."""

    slug: str
    title: str
    service: str
    unit: str
    polarity: str
    quantity: str
    decimals: int
    headline: int | None
    source: str


class MeasureDetail(MeasureOut):
    """A measure with its whole catalogue entry and what its account says as a whole."""

    definition: dict[str, Any]
    account: dict[str, Any] | None


class SourceOut(Schema):
    """A published dataset that releases come from."""

    slug: str
    title: str
    publisher: str
    licence: str
    licence_link: str
    attribution: str
    link: str
    status_marks: dict[str, str]
    caveats: list[str]
    checked: dt.date


class ReleaseOut(Schema):
    """One immutable published file."""

    key: str
    source: str
    number: int
    state: str
    filename: str
    sha256: str
    size: int
    source_date: dt.date | None
    received_at: dt.datetime
    published_at: dt.datetime | None
    rows_read: int
    rows_used: int
    rows_uncatalogued: int
    rows_left_out: int


class ReleaseFaultOut(Schema):
    """Faults of one kind and value in a release, with every row they stand in."""

    kind: str
    column: str
    value: str
    what: str
    remedy: str
    count: int
    rows: list[int]
    accepted: str | None = Field(description="the reason it was accepted, or null")


class ReleaseDetail(ReleaseOut):
    """A release with its faults."""

    previous: str | None
    companions: list[dict[str, Any]]
    faults: list[ReleaseFaultOut]


class RevisionOut(Schema):
    """A value that a release revised, added or removed."""

    kind: str
    measure: str
    area: str = Field(description="GSS code; empty where the value is of a body")
    body: str = Field(description="short name; empty where the value is of a place")
    period: str
    old_value: float | None
    new_value: float | None
    old_status: str
    new_status: str


def _schema_of(row: type[Any], name: str, doc: str) -> type[Schema]:
    """A schema with exactly the fields of a frozen row, so that doors cannot disagree."""
    annotations: dict[str, Any] = {item.name: (_TYPES[str(item.type)], ...) for item in fields(row)}
    made: type[Schema] = create_model(name, __base__=Schema, __doc__=doc, **annotations)
    return made


_TYPES: dict[str, Any] = {
    "str": str,
    "int": int,
    "bool": bool,
    "float | None": float | None,
    "int | None": int | None,
}

AccountOut = _schema_of(AccountRow, "AccountOut", "One measure in one place.")
ObservationOut = _schema_of(ObservationRow, "ObservationOut", "One value as a release states it.")

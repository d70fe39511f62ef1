"""One description of a row for every door: its columns make the JSON shape and the CSV metadata.

A row is a frozen dataclass. What a column means stands beside it, as ``Annotated[str, "words"]``,
or in a mapping where the row belongs to a room below.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from types import NoneType, UnionType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from ninja import Schema
from pydantic import Field, create_model

# What stands between the values of a cell that holds several.
SEPARATOR = "|"
_CSVW: dict[Any, str] = {
    str: "string",
    int: "integer",
    bool: "boolean",
    float: "number",
    dt.date: "date",
    dt.datetime: "dateTime",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its Python type, its CSV on the Web datatype, whether it holds several values."""

    name: str
    type: Any
    datatype: str
    several: bool
    means: str


def columns_of(row: type[Any], meanings: Mapping[str, str] | None = None) -> tuple[Column, ...]:
    """The columns of a row, in order. Raises KeyError for one whose meaning is said nowhere."""
    hints = get_type_hints(row, include_extras=True)
    return tuple(_column(item.name, hints[item.name], meanings or {}) for item in fields(row))


def _column(name: str, hint: Any, meanings: Mapping[str, str]) -> Column:
    kind, *said = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    means = said[0] if said else meanings[name]
    bare = kind
    if isinstance(kind, UnionType):
        (bare,) = (part for part in get_args(kind) if part is not NoneType)
    several = get_origin(bare) is tuple
    if several:
        kind, bare = list[str], str
    return Column(name, kind, _CSVW[bare], several, means)


def shape_of(
    row: type[Any], name: str, doc: str, meanings: Mapping[str, str] | None = None
) -> type[Schema]:
    """A JSON shape with exactly the columns of a row, so that doors cannot disagree."""
    annotations: dict[str, Any] = {
        column.name: (column.type, Field(..., description=column.means))
        for column in columns_of(row, meanings)
    }
    made: type[Schema] = create_model(name, __base__=Schema, __doc__=doc, **annotations)
    return made


def item(row: Any) -> dict[str, Any]:
    """A row as JSON values."""
    return {key: list(v) if isinstance(v, tuple) else v for key, v in asdict(row).items()}

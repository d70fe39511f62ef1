"""Which body answers for a publisher's figures: catalogue/duties/publishers.yaml."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from folkmoot.bodies.models import Body
from folkmoot.common.errors import BadInput, Fault
from folkmoot.duties.rules import original_publisher
from folkmoot.shipped import shipped

FILE = "duties/publishers.yaml"


class Publisher(BaseModel):
    """A publisher whose name is not that of a body, and the body that answers for it.

    ``body`` is None where this site knows none, and ``why`` says so.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    publisher: str = Field(min_length=3)
    body: str | None = Field(pattern=r"^[a-z0-9-]+$")
    why: str = Field(min_length=10)


_FILE: TypeAdapter[list[Publisher]] = TypeAdapter(list[Publisher])


def read_publishers(catalogue: Path) -> dict[str, Publisher]:
    """The entries of the file, by the publisher's name. Raises BadInput with every fault."""
    path = catalogue / FILE
    try:
        entries = _FILE.validate_python(yaml.safe_load(path.read_text("utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadInput([Fault(FILE, f"not readable as YAML: {error}.", "Mend the file.")]) from None
    except ValidationError as error:
        raise BadInput(
            [
                Fault(
                    f"{FILE}, {'.'.join(str(part) for part in item['loc'])}",
                    f"{item['msg']}.",
                    "Give publisher, body (or null) and why.",
                )
                for item in error.errors()
            ]
        ) from None
    return {entry.publisher: entry for entry in entries}


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Publisher]:
    return read_publishers(shipped("catalogue"))


def body_of_publisher(publisher: str) -> Body | None:
    """The body that answers for what ``publisher`` published, or None: not known to this site.

    ``publisher`` is as the source names it. A body is found by its own name or by the file;
    where several published together none can be held to it.
    """
    entries = _shipped()
    first = original_publisher(publisher)
    entry = entries.get(publisher) or entries.get(first)
    if entry is not None:
        return Body.objects.filter(slug=entry.body).first() if entry.body else None
    return Body.objects.filter(name__iexact=first).first() if first else None

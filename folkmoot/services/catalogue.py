"""Reading catalogue YAML: files to validated entries, every fault at once."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from folkmoot.common.errors import Fault

EntryT = TypeVar("EntryT", bound="Entry")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Entry(BaseModel):
    """A catalogue entry: immutable, no unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class ServiceEntry(Entry):
    """One file of catalogue/services; its name is the slug."""

    slug: str = Field(pattern=r"^[a-z][a-z0-9-]+$")
    title: str = Field(min_length=3, max_length=120)
    summary: str = Field(min_length=20)
    position: int = Field(ge=1)
    words: tuple[str, ...] = ()


def read_folder(folder: Path, kind: type[EntryT]) -> tuple[list[EntryT], list[Fault]]:
    """Every ``*.yaml`` in ``folder`` as entries of ``kind``, and every fault with file and path.

    An entry's ``slug`` must be its file's name. Raises nothing for bad content.
    """
    entries: list[EntryT] = []
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.yaml")):
        where = f"{folder.name}/{path.name}"
        try:
            raw = yaml.load(path.read_text("utf-8"), Loader=_Loader)  # noqa: S506 — CSafeLoader
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            faults.append(Fault(where, f"not readable as YAML: {error}.", "Mend the syntax."))
            continue
        if not isinstance(raw, dict):
            faults.append(Fault(where, "not a mapping of fields.", "Write 'field: value' lines."))
            continue
        try:
            entry = kind.model_validate({"slug": path.stem, **raw})
        except ValidationError as error:
            faults.extend(
                Fault(
                    f"{where}, {'.'.join(str(part) for part in item['loc']) or 'entry'}",
                    f"{item['msg']}.",
                    "See docs/catalogue.md for what the field means.",
                    value=str(item.get("input", ""))[:80],
                )
                for item in error.errors()
            )
            continue
        if getattr(entry, "slug", path.stem) != path.stem:
            faults.append(Fault(where, "slug differs from the file's name.", "Make them the same."))
            continue
        entries.append(entry)
    return entries, faults

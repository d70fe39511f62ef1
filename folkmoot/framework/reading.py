"""Reading frameworks: YAML to validated entries, every fault at once with its line and path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import ValidationError

from folkmoot.common.errors import Fault
from folkmoot.framework.catalogue import Framework
from folkmoot.framework.mending import Where, mended

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_REMEDY = "See docs/frameworks.md for what the field means."


@dataclass(frozen=True, slots=True)
class Lines:
    """Where in a file each field stands. ``name`` is the file as faults call it."""

    name: str
    lines: dict[Where, int]

    def where(self, path: Sequence[str | int]) -> str:
        """The file, the line of ``path`` or of the nearest part around it, and the path."""
        known = tuple(path)
        while known and known not in self.lines:
            known = known[:-1]
        dotted = _dotted(path)
        return f"{self.name}, line {self.lines.get(known, 1)}{', ' if dotted else ''}{dotted}"

    def fault(self, path: Sequence[str | int], what: str, remedy: str, value: str = "") -> Fault:
        """A fault at ``path`` of this file."""
        return Fault(self.where(path), what, remedy, value=value[:80])


@dataclass(frozen=True, slots=True)
class Read:
    """A framework as it was read, with the lines of its file.

    ``stand_ins``: where something stands in for what is faulty; empty in what has no fault of form.
    """

    framework: Framework
    lines: Lines
    stand_ins: frozenset[Where] = frozenset()

    def sound(self, *path: str | int) -> bool:
        """Whether nothing stands in at this path, around it or below it."""
        return not any(
            path[: len(place)] == place or place[: len(path)] == path for place in self.stand_ins
        )

    def sound_standard(self, key: str) -> bool:
        """Whether nothing stands in within the standard of this id."""
        ids = [standard.id for standard in self.framework.standards]
        return key not in ids or self.sound("standards", ids.index(key))


def read_framework(path: Path, *, name: str = "") -> tuple[Read | None, list[Fault]]:
    """The framework in one file, and every fault of its form. Raises nothing for content.

    Where there are such faults, what is given is fit to be checked further and for nothing else.
    Standards that it takes over from another framework are not resolved: see
    ``read_frameworks``. ``name`` is what faults call the file.
    """
    name = name or f"{path.parent.name}/{path.name}"
    try:
        text = path.read_text("utf-8")
        node = yaml.compose(text, Loader=_Loader)
        raw = yaml.load(text, Loader=_Loader)  # noqa: S506 — CSafeLoader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        what = f"not readable as YAML: {error.problem}."
        return None, [Fault(f"{name}, line {line}", what, "Mend the syntax.")]
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return None, [Fault(name, f"not readable as YAML: {error}.", "Mend the syntax.")]
    lines = Lines(name, {})
    faults: list[Fault] = []
    if node is not None:
        _walk(node, (), lines, faults)
    if not isinstance(raw, dict):
        return None, [Fault(name, "not a mapping of fields.", "Write 'field: value' lines.")]
    try:
        framework = Framework.model_validate(raw)
    except ValidationError as error:
        whole, places, later = mended(raw, error)
        faults.extend(
            lines.fault(item["loc"], f"{item['msg']}.", _REMEDY, str(item.get("input", "")))
            for item in [*error.errors(), *later]
        )
        return (Read(whole, lines, places) if whole else None), faults
    return Read(framework, lines), faults


def _dotted(path: Sequence[str | int]) -> str:
    return ".".join(str(part) for part in path)


def _walk(node: yaml.Node, path: Where, lines: Lines, faults: list[Fault]) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below = (*path, str(key.value))
            if below in lines.lines:
                faults.append(
                    Fault(
                        f"{lines.name}, line {key.start_mark.line + 1}, {_dotted(below)}",
                        "the field is here twice.",
                        "Keep one of them.",
                    )
                )
            lines.lines[below] = key.start_mark.line + 1
            _walk(value, below, lines, faults)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines.lines[(*path, index)] = value.start_mark.line + 1
            _walk(value, (*path, index), lines, faults)


def read_frameworks(folder: Path) -> tuple[list[Read], list[Fault]]:
    """Every framework in ``folder``, with standards taken over in place, and every fault of form.

    A file is named after its slug, or slug--version where there are several versions.
    """
    found: list[Read] = []
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.yaml")):
        read, more = read_framework(path)
        faults.extend(more)
        if read is None:
            continue
        if read.sound("slug") and path.stem.split("--")[0] != read.framework.slug:
            what = f"the file is called {path.stem!r} and its slug is {read.framework.slug!r}."
            faults.append(read.lines.fault(("slug",), what, "Name the file after the slug."))
        found.append(read)
    whole = [with_standards(read, [other.framework for other in found]) for read in found]
    return [read for read, _ in whole], [*faults, *(f for _, more in whole for f in more)]


def with_standards(read: Read, others: Sequence[Framework]) -> tuple[Read, list[Fault]]:
    """``read`` with the standards that it takes over: of the newest version begun as it begins.

    Whether that one had ended by then is not asked; where none had begun, the first is taken. A
    standard of its own takes the place of one of the same id. Versions that begin later change
    nothing in it: what is in use is never changed.
    """
    framework = read.framework
    if framework.standards_from is None:
        return read, []
    sources = [o for o in others if o.slug == framework.standards_from and not o.standards_from]
    if not sources:
        what = f"there is no framework {framework.standards_from!r} with its own standards."
        return read, [read.lines.fault(("standards_from",), what, "Name one that there is.")]
    begun = [other for other in sources if other.starts <= framework.starts]
    source = max(begun, key=lambda o: o.starts) if begun else min(sources, key=lambda o: o.starts)
    own = {standard.id for standard in framework.standards}
    taken = tuple(standard for standard in source.standards if standard.id not in own)
    whole = framework.model_copy(update={"standards": (*framework.standards, *taken)})
    return Read(whole, read.lines, read.stand_ins), []

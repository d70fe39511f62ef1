"""Framework files written for a test, and what the check finds in a framework."""

from pathlib import Path

import yaml

from folkmoot.framework.catalogue import Framework
from folkmoot.framework.checking import Known, check_framework
from folkmoot.framework.reading import Lines, Read

TRY = Known(
    frozenset({"special-educational-needs"}), {"plans-in-time": "special-educational-needs"}
)


def write(folder: Path, whole: Framework | dict, name: str = "try.yaml") -> Path:
    fields = whole if isinstance(whole, dict) else whole.document()
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(yaml.safe_dump(fields, allow_unicode=True, sort_keys=False))
    return path


def line_of(path: Path, text: str) -> int:
    return next(n for n, line in enumerate(path.read_text().splitlines(), 1) if text in line)


def checked(whole: Framework, judged=None, known=TRY):
    return [
        (f.where.split(", ")[-1], f.what)
        for f in check_framework(Read(whole, Lines("try", {})), known, judged)
    ]

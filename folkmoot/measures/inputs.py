"""What a build is made from, and whether it was built already.

Imports nothing heavy, so that a start which finds nothing to do is quick.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from folkmoot.measures.models import Build

_PACKAGE = Path(__file__).resolve().parent.parent
NOTHING_CHANGED = "Nothing changed since the last build."
ROOMS = ("common", "places", "services", "measures", "stats")


def inputs_of(data: Path, catalogue: Path, rooms: Iterable[str] = ROOMS) -> str:
    """SHA-256 of everything that a build is made from: files of data, catalogue and code."""
    lines: list[str] = []
    folders = [(data, ""), (catalogue, ".yaml"), *((_PACKAGE / room, ".py") for room in rooms)]
    for folder, ending in folders:
        for path in sorted(folder.rglob(f"*{ending}")):
            if path.is_file():
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                lines.append(f"{path.relative_to(folder.parent).as_posix()} {digest}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def is_built(inputs: str) -> bool:
    """Whether the last build, or a part of it, was made from exactly this."""
    return Build.objects.filter(inputs=inputs).exists()

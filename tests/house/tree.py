"""The files of the project, for the tests of the house."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
PACKAGE = REPOSITORY / "folkmoot"
ROOMS = (
    "common",
    "places",
    "services",
    "bodies",
    "people",
    "duties",
    "measures",
    "framework",
)


@dataclass(frozen=True, slots=True)
class Module:
    """A Python file: its path from the repository's root, and its text."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)


@cache
def tracked() -> tuple[str, ...]:
    """Paths of every file that the project keeps, from the repository's root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    return tuple(path for path in listed.stdout.split("\0") if (REPOSITORY / path).is_file())


def modules(*, under: str = "", migrations: bool = False) -> list[Module]:
    """The project's Python files below ``under``."""
    return [
        Module(path, (REPOSITORY / path).read_text())
        for path in tracked()
        if path.endswith(".py")
        and path.startswith(under)
        and (migrations or "/migrations/" not in path)
    ]


def templates() -> list[Module]:
    """The project's HTML templates."""
    return [
        Module(path, (REPOSITORY / path).read_text())
        for path in tracked()
        if path.startswith("folkmoot/web/templates/") and path.endswith((".html", ".svg"))
    ]

"""Where the shipped catalogue and open data are: beside the code, or inside the wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """The folder ``catalogue`` or ``data``. Raises FileNotFoundError if it was not shipped."""
    for folder in (_PACKAGE / "_shipped" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(
        f"The folder {name!r} is missing from this installation. Reinstall Folkmoot."
    )

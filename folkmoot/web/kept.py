"""The newest page of each address in a folder, so that another process, or the next one, can show
it while the database is away.

Only pages of addresses without a ``?`` are kept: what stands behind it may be what somebody typed.
Whatever takes words away begins a new folder, whose name says how often that has happened, and
removes the others: so a page from before that is never shown. Nothing is kept for longer than
``LONGEST``. Writing costs little beside the making of a page and happens only then.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

LONGEST = 24 * 3_600.0  # seconds
ROOM = 200_000_000  # bytes
MOST = 10_000  # pages
LOOK_EVERY = 200  # pages written by a process between two looks at how many there are


@dataclass(frozen=True, slots=True)
class Kept:
    """A page as it was made: its compressed bytes, what kind of file it is, and when its making
    began, in seconds since 1970."""

    packed: bytes
    kind: str
    made: float


@dataclass(frozen=True, slots=True)
class _Head:
    """The first line of a file."""

    address: str
    language: str
    kind: str
    made: float


class _Written:
    """How many pages this process has written."""

    count = 0


def _root() -> Path:
    return settings.HOME / "pages"


def _file(folder: Path, address: str, language: str) -> Path:
    name = hashlib.blake2b(f"{language} {address}".encode(), digest_size=16).hexdigest()
    return folder / name


def _folders() -> list[Path]:
    """Folders of pages, that of the newest act first."""
    try:
        found = [path for path in _root().iterdir() if path.name.isdecimal()]
    except OSError:
        return []
    return sorted(found, key=lambda path: int(path.name), reverse=True)


def _files() -> list[Path]:
    """Every page that is kept. Another process may take a folder away while it is looked at."""
    found: list[Path] = []
    for folder in _folders():
        with suppress(OSError):
            found.extend(folder.iterdir())
    return found


def begin(removals: int) -> None:
    """Keep pages from after so many removals, and none from before the last."""
    with suppress(OSError):
        (_root() / str(removals)).mkdir(parents=True, exist_ok=True)
    for folder in _folders():
        if int(folder.name) != removals:
            shutil.rmtree(folder, ignore_errors=True)


def keep(removals: int, address: str, language: str, page: Kept) -> None:
    """Keep the newest page of an address, whole or not at all. A full disk is no trouble here.

    ``removals``: how many there had been when its making began. A page from before another, or from
    before its address was barred, is not kept.
    """
    if "?" in address:
        return
    folder = _root() / str(removals)
    head = json.dumps(asdict(_Head(address, language, page.kind, page.made)))
    path = _file(folder, address, language)
    try:
        if _barred_since(path, page.made):
            return
        _write(path, head.encode() + b"\n" + page.packed)
    except OSError:
        return
    _Written.count += 1
    if _Written.count % LOOK_EVERY == 1:
        tidy()


def _write(path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        file.write(content)
    os.replace(file.name, path)


def _barred_since(path: Path, moment: float) -> bool:
    """Whether the page of an address was barred after a moment: an empty file stands there."""
    with suppress(FileNotFoundError):
        found = path.stat()
        return found.st_size == 0 and found.st_mtime >= moment
    return False


def bar(address: str, language: str) -> None:
    """Keep no page of an address whose making has begun by now, in whatever process."""
    for folder in _folders()[:1]:
        with suppress(OSError):
            _write(_file(folder, address, language), b"")


def drop(removals: int, address: str, language: str) -> None:
    """Forget the page of an address: there is none any more."""
    _remove(_file(_root() / str(removals), address, language))


def _remove(file: Path) -> None:
    with suppress(OSError):
        file.unlink(missing_ok=True)


def latest(address: str, language: str) -> Kept | None:
    """The newest page of an address that may still be shown, or None."""
    for folder in _folders()[:1]:
        try:
            head, _, packed = _file(folder, address, language).read_bytes().partition(b"\n")
            said = _Head(**json.loads(head))
        except (OSError, ValueError, TypeError):
            return None
        mine = (said.address, said.language) == (address, language)
        if mine and time.time() - said.made < LONGEST:
            return Kept(packed, said.kind, said.made)
    return None


def tidy() -> None:
    """Remove what is too old, and the oldest where there is too much."""
    found = []
    for file in _files():
        try:
            at = file.stat()
        except OSError:
            continue
        found.append((at.st_mtime, at.st_size, file))
    room, old = ROOM, time.time() - LONGEST
    for place, (moment, size, file) in enumerate(sorted(found, reverse=True)):
        room -= size
        if room < 0 or place >= MOST or moment < old:
            _remove(file)

"""The bytes of releases, each kept once under its SHA-256 and never overwritten."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings

from folkmoot.common.errors import Conflict, NotFound


def path_of(sha256: str) -> Path:
    """Where bytes with this digest are kept, whether or not they are there."""
    home: Path = settings.HOME
    return home / "blobs" / sha256[:2] / sha256


def keep(data: bytes) -> str:
    """Keep ``data`` and give its SHA-256.

    Written beside, flushed to the disk and moved into place, so that a crash leaves the whole
    file or none. What is kept already is left as it is.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    place = path_of(sha256)
    if place.exists():
        return sha256
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=place.parent, prefix="making-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o444)
        Path(name).rename(place)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise
    _flush_folder(place.parent)
    return sha256


def _flush_folder(folder: Path) -> None:
    """Make the new name in ``folder`` survive a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def fetch(sha256: str) -> bytes:
    """The bytes with this digest. Raises NotFound if absent, Conflict if they were altered."""
    place = path_of(sha256)
    if not place.is_file():
        raise NotFound(f"The bytes {sha256} are not in this installation's store.")
    data = place.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Conflict(f"The stored bytes {sha256} were altered on the disk: restore a copy.")
    return data

"""The shipped real data, built once for a run of the tests and shared by its workers.

The build of one state of code, catalogue and data is kept under a digest of all three in the
system's temporary folder, so that a second run of the tests begins at once. It is made by
another process, as an operator's would be, and moved into place whole.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
# The day on which the tests say the shipped data was built.
BUILT_AT = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
_KEPT = 3


@dataclass(frozen=True, slots=True)
class Built:
    """Where the built database is, the folder with the bytes of releases, and its day."""

    url: str
    home: Path
    today: dt.date


def digest_of_inputs(repository: Path = REPOSITORY) -> str:
    """SHA-256 of every file that a build reads or runs."""
    digest = hashlib.sha256()
    rooms = ["common", "places", "services", "bodies", "measures", "framework", "stats"]
    folders = [repository / "catalogue", repository / "data"]
    for folder in [*folders, *(repository / "folkmoot" / room for room in rooms)]:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(str(path.relative_to(repository)).encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


@contextmanager
def _only_one(name: Path) -> Iterator[None]:
    with name.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(url: str, home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.built_database"],
        cwd=REPOSITORY,
        env={**os.environ, "DATABASE_URL": url, "FOLKMOOT_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the shipped data does not build:\n{done.stdout}{done.stderr}")


def _kept_folder() -> Path:
    folder = Path(tempfile.gettempdir()) / f"folkmoot-built-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _built_on_sqlite(kept: Path, digest: str) -> Path:
    """The folder with home and database of this digest, building it if it is not there."""
    place = kept / digest
    with _only_one(kept / "lock"):
        if not place.exists():
            making = Path(tempfile.mkdtemp(dir=kept, prefix="making-"))
            try:
                _build(f"sqlite:///{making / 'folkmoot.sqlite3'}", making)
                making.rename(place)
            finally:
                shutil.rmtree(making, ignore_errors=True)
        os.utime(place)
        finished = [p for p in kept.iterdir() if p.is_dir() and not p.name.startswith("making-")]
        for old in sorted(finished, key=lambda p: p.stat().st_mtime)[:-_KEPT]:
            shutil.rmtree(old, ignore_errors=True)
    return place


def _url_of_settings(settings: dict[str, Any], name: str) -> str:
    from urllib.parse import quote

    host = quote(settings["HOST"] or "localhost", safe="")
    password = f":{quote(settings['PASSWORD'], safe='')}" if settings["PASSWORD"] else ""
    port = f":{settings['PORT']}" if settings["PORT"] else ""
    return f"postgresql://{quote(settings['USER'], safe='')}{password}@{host}{port}/{name}"


def _built_on_postgres(
    kept: Path, digest: str, settings: dict[str, Any], run_folder: Path
) -> tuple[str, Path]:
    """The address of the built database in the server in use, and its home.

    Workers share it: each test's writes are undone before anyone can see them.
    """
    from django.db import connections

    from tests.databases import default_database

    name = f"folkmoot_built_{digest[:16]}"
    url = _url_of_settings(settings, name)
    home = run_folder / "built-home"
    with (
        _only_one(kept / f"lock-{name}"),
        default_database(_url_of_settings(settings, "postgres")),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not cursor.fetchone() or not home.exists():
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}"')
            making = run_folder / "making-home"
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir()
            _build(url, making)
            making.rename(home)
    return url, home


def provide(tmp_path_factory: pytest.TempPathFactory, settings: dict[str, Any]) -> Iterator[Built]:
    """The built database for this worker, in the kind of database that is in use."""
    kept = _kept_folder()
    digest = digest_of_inputs()
    today = BUILT_AT.date()
    if settings["ENGINE"].endswith("postgresql"):
        run_folder = tmp_path_factory.getbasetemp()
        if os.environ.get("PYTEST_XDIST_WORKER"):
            run_folder = run_folder.parent
        url, home = _built_on_postgres(kept, digest, settings, run_folder)
        yield Built(url, home, today)
        return
    place = _built_on_sqlite(kept, digest)
    own = tmp_path_factory.mktemp("built")
    for part in place.glob("folkmoot.sqlite3*"):
        shutil.copyfile(part, own / part.name)
    for part in place.iterdir():
        if part.is_dir() and part.name != "exports":
            (own / part.name).symlink_to(part)
    yield Built(f"sqlite:///{own / 'folkmoot.sqlite3'}", own, today)


def main() -> None:
    """Build into the database and home that the environment names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "folkmoot.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from folkmoot.framework.whole import build_whole
    from folkmoot.measures.publishing import quiet
    from folkmoot.shipped import shipped

    call_command("migrate", verbosity=0)
    build_whole(data=shipped("data"), catalogue=shipped("catalogue"), at=BUILT_AT, progress=quiet)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


if __name__ == "__main__":
    main()

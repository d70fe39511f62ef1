"""A throw-away PostgreSQL server from the installed programs, also when run as root.

As a command, ``python -m tests.postgres_server COMMAND...`` runs COMMAND with DATABASE_URL
naming a new empty database, and stops the server afterwards.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

# Speed over safety: the data is thrown away.
_OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"


class NoPostgres(Exception):
    """PostgreSQL's programs are not installed here, or cannot be run as anyone."""


def programs() -> Path:
    """The folder that holds ``initdb`` and ``pg_ctl``. Raises NoPostgres."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[-3])
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    raise NoPostgres("PostgreSQL is not installed: no initdb under /usr/lib/postgresql or on PATH")


def _as_other_user() -> tuple[list[str], pwd.struct_passwd | None]:
    """How to start a command so that it is not run by root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return [], None
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"], (
            user
        )
    raise NoPostgres("PostgreSQL refuses root, and there is no other user to run it as")


def url_of(folder: Path, database: str) -> str:
    """The DATABASE_URL of ``database`` in the server whose socket is in ``folder``."""
    return f"postgresql://folkmoot@{quote(str(folder), safe='')}/{database}"


@contextmanager
def running() -> Iterator[Path]:
    """Start a new server and give the folder of its socket. Raises NoPostgres."""
    bin_folder = programs()
    prefix, user = _as_other_user()
    folder = Path(tempfile.mkdtemp(prefix="folkmoot-pg-"))
    try:
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
        data = folder / "data"

        def run(program: str, *arguments: str) -> None:
            done = subprocess.run(
                [*prefix, str(bin_folder / program), *arguments],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
            )
            if done.returncode:
                log = folder / "log"
                said = log.read_text(errors="replace") if log.exists() else done.stdout
                raise RuntimeError(f"{program} failed: {said}")

        run("initdb", "-D", str(data), "-U", "folkmoot", "--auth=trust", "-E", "UTF8", "--no-sync")
        start = f"-c listen_addresses='' -k {folder} {_OPTIONS}"
        run("pg_ctl", "-D", str(data), "-l", str(folder / "log"), "-w", "-o", start, "start")
        try:
            yield folder
        finally:
            if (data / "postmaster.pid").exists():
                run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def away(folder: Path) -> Iterator[None]:
    """While inside, the server whose socket is in ``folder`` is not running."""
    prefix, _ = _as_other_user()
    control = [*prefix, str(programs() / "pg_ctl"), "-D", str(folder / "data"), "-w"]
    options = f"-c listen_addresses='' -k {folder} {_OPTIONS}"
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}

    def run(*arguments: str) -> None:
        subprocess.run(
            [*control, *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=True,
            env=environment,
        )

    run("-m", "immediate", "stop")
    try:
        yield
    finally:
        run("-l", str(folder / "log"), "-o", options, "start")


def main(command: list[str]) -> int:
    """Run ``command`` beside a new server; its exit code."""
    with running() as folder:
        database = url_of(folder, "postgres")
        return subprocess.run(
            command, env={**os.environ, "DATABASE_URL": database}, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The whole site as an operator runs it, in its own folder, with its mail read from the console."""

from __future__ import annotations

import email
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from pathlib import Path
from typing import Any

from tests.browsing import _free_port, _wait_for
from tests.built_database import REPOSITORY

_RULE = "-" * 79
_PATIENCE = 40.0


@dataclass(slots=True)
class Site:
    """A running site: its address, and the console that its mail is printed to."""

    address: str
    log: Path
    read: list[Any] = field(default_factory=list)
    looked: set[str] = field(default_factory=set)
    _seen: int = 0

    def letters(self) -> list[Any]:
        """Every letter printed so far."""
        text = self.log.read_text("utf-8", errors="replace")
        parts = text[self._seen :].split(_RULE)
        for part in parts[:-1]:
            begins = part.find("Content-Type: text/plain")
            if begins >= 0:
                self.read.append(email.message_from_string(part[begins:], policy=policy.default))
        self._seen = len(text) - len(parts[-1])
        return self.read

    def letter(self, to: str, about: str) -> str:
        """The newest letter to an address whose subject holds ``about``; waits for it."""
        ends = time.monotonic() + _PATIENCE
        while time.monotonic() < ends:
            for found in reversed(self.letters()):
                if to in str(found["To"]) and about in str(found["Subject"]):
                    return str(found.get_content())
            time.sleep(0.2)
        known = [(str(one["To"]), str(one["Subject"])) for one in self.read]
        raise AssertionError(f"no letter about {about!r} to {to}; there are {known}")

    def letters_to(self, to: str, about: str) -> int:
        """How many letters to an address have ``about`` in their subject."""
        return sum(to in str(one["To"]) and about in str(one["Subject"]) for one in self.letters())


def link_in(letter: str, about: str) -> str:
    """The path of the link in a letter that holds ``about``."""
    found = re.search(rf"https?://[^/\s]+(/\S*{about}\S*)", letter)
    assert found, f"no link to {about} in: {letter}"
    return found.group(1)


def own_copy(url: str, built_home: Path, home: Path) -> dict[str, str]:
    """A copy of the built site in the folder ``home``, and the environment that names it."""
    home.mkdir()
    source = Path(url.removeprefix("sqlite:///")).parent
    for part in source.glob("folkmoot.sqlite3*"):
        shutil.copyfile(part, home / part.name)
    for part in built_home.iterdir():
        if part.is_dir():
            (home / part.name).symlink_to(part.resolve())
    return {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "FOLKMOOT_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "folkmoot.settings",
        "PYTHONUNBUFFERED": "1",
    }


@contextmanager
def running(environment: dict[str, str], folder: Path, *, days_on: int = 0) -> Iterator[Site]:
    """The site, served with its worker; with ``days_on`` its clock is so many days ahead."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    log = folder / f"console-{days_on}"
    if days_on:
        command = [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)),
            *("--host", "127.0.0.1", "--workers", "1", "--blocking-threads", "1"),
            "tests.walks.moved_clock:application",
        ]
    else:
        command = [
            sys.executable,
            "-c",
            "from folkmoot.cli.main import main; main()",
            *("serve", "--port", str(port), "--workers", "1"),
        ]
    with log.open("wb") as out:
        server = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env={**environment, "FOLKMOOT_SITE_URL": address, "FOLKMOOT_DAYS_ON": str(days_on)},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(address, server, log)
            yield Site(address, log)
        finally:
            server.terminate()
            server.wait(timeout=40)

"""Killed at any instant while signers are told of an answer, nobody is left out or told twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connections

from tests.built_database import REPOSITORY, _url_of_settings

KILLS = 20


def walk(url: str, home: Path, *words: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.walks.telling_killed", str(KILLS), *words],
        cwd=REPOSITORY,
        env={**os.environ, "DATABASE_URL": url, "FOLKMOOT_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def check(found: dict[str, object]) -> None:
    assert "broken" not in found
    assert found["whole"] is True
    # The walk must have been there: letters written, and not yet committed.
    assert int(str(found["while_writing"])) >= 1


def test_on_sqlite(tmp_path: Path) -> None:
    check(walk(f"sqlite:///{tmp_path / 'folkmoot.sqlite3'}", tmp_path, "1"))


@pytest.mark.usefixtures("on_postgres")
def test_on_postgres(tmp_path: Path) -> None:
    settings = connections.settings["default"]
    check(walk(_url_of_settings(settings, settings["NAME"]), tmp_path, "2"))


@pytest.mark.usefixtures("on_postgres")
def test_letters_committed_before_the_cursor_would_be_caught(tmp_path: Path) -> None:
    settings = connections.settings["default"]
    url = _url_of_settings(settings, settings["NAME"])
    assert "broken" in walk(url, tmp_path, "3", "two-steps")

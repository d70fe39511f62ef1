"""Killed at any instant while publishing, the old account stands whole, and the work goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connections

from tests.built_database import REPOSITORY, _url_of_settings

pytestmark = pytest.mark.slow

KILLS = 8


def crash(url: str, home: Path, seed: int, kills: int = KILLS) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.walks.crashing", str(kills), str(seed)],
        cwd=REPOSITORY,
        env={
            **os.environ,
            "DATABASE_URL": url,
            "FOLKMOOT_HOME": str(home),
            "FOLKMOOT_WORKERS": "1",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def check(found: dict[str, object]) -> None:
    assert "broken" not in found
    assert found["completes"] is True
    # The walk must have been there: killed in the middle of writing, and let through as well.
    assert int(str(found["kills"])) >= KILLS
    assert int(str(found["while_writing"])) >= 1


def test_on_sqlite(tmp_path: Path) -> None:
    check(crash(f"sqlite:///{tmp_path / 'folkmoot.sqlite3'}", tmp_path, seed=1))


@pytest.mark.usefixtures("on_postgres")
def test_on_postgres(tmp_path: Path) -> None:
    settings = connections.settings["default"]
    check(crash(_url_of_settings(settings, settings["NAME"]), tmp_path, seed=2))


def test_a_publication_in_two_steps_would_be_caught(tmp_path: Path) -> None:
    """The walk can fail: with the transaction taken away it finds a broken account."""
    planted = tmp_path / "sitecustomize.py"
    planted.write_text(
        "import contextlib\n"
        "from django.db import transaction\n"
        "transaction.atomic = lambda *a, **k: contextlib.nullcontext()\n",
        "utf-8",
    )
    path = os.pathsep.join([str(tmp_path), str(REPOSITORY)])
    os.environ["PYTHONPATH"], before = path, os.environ.get("PYTHONPATH")
    try:
        found = crash(f"sqlite:///{tmp_path / 'folkmoot.sqlite3'}", tmp_path, seed=3, kills=60)
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before
    assert "broken" in found

"""Killed in the middle of the load, the site loses nobody, counts nobody twice, and its letters
arrive.

Each database is walked with ``FOLKMOOT_TEST_KILLS`` kills, 5 where it does not say, and with the
dice thrown by ``FOLKMOOT_TEST_SEED``, by usual 1 on SQLite and 2 on PostgreSQL. The latter is
printed where a walk fails, so that it can be walked again:

    FOLKMOOT_TEST_KILLS=100 FOLKMOOT_TEST_SEED=7 \\
        python -m pytest -m slow tests/walks/test_petition_kills.py
"""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import connections

from folkmoot.common.models import Message
from folkmoot.petitions.actions.counting import count_signatures
from folkmoot.petitions.models import Petition, Threshold
from tests.built_database import REPOSITORY, _url_of_settings
from tests.rooms import petitions_made as made
from tests.walks import petition_crashing as crashing

KILLS = int(os.environ.get("FOLKMOOT_TEST_KILLS", "5"))
# What one kill may take, with starting the site again, and what the rest does, in seconds.
EACH, REST = 20, 300


def walk(url: str, home: Path, seed: int) -> dict[str, Any]:
    seed = int(os.environ.get("FOLKMOOT_TEST_SEED", seed))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    with subprocess.Popen(
        [sys.executable, "-m", "tests.walks.petition_crashing", str(KILLS), str(seed), port],
        cwd=REPOSITORY,
        env={**os.environ, "DATABASE_URL": url, "FOLKMOOT_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as walking:
        try:
            out, errors = walking.communicate(timeout=REST + EACH * KILLS)
        except BaseException:
            # With the servers that it started.
            os.killpg(walking.pid, signal.SIGKILL)
            raise
    assert walking.returncode == 0, f"seed {seed}: {errors[-3000:]}"
    return {"seed": seed, **json.loads(out)}


def check(found: dict[str, Any]) -> None:
    assert found["wrong"] == [], found
    # The walk must have been there: killed while people signed, enough of them for every duty.
    assert sum(found["kills"].values()) >= KILLS, found
    assert int(str(found["people"])) > 100, found
    assert found["trouble"], found


@pytest.mark.slow
def test_on_sqlite(tmp_path: Path) -> None:
    check(walk(f"sqlite:///{tmp_path / 'folkmoot.sqlite3'}", tmp_path, seed=1))


@pytest.mark.slow
@pytest.mark.usefixtures("on_postgres")
def test_on_postgres(tmp_path: Path) -> None:
    settings = connections.settings["default"]
    check(walk(_url_of_settings(settings, settings["NAME"]), tmp_path, seed=2))


def hand_over(post: Path, key: str) -> None:
    name = crashing.name_of(key)
    letter = EmailMessage("A letter", "Hello.", to=["a@example.org"], headers={"Message-ID": name})
    with post.open("ab") as file:
        file.write(json.dumps(letter.message().as_bytes().decode()).encode() + b"\n")


@pytest.fixture
def aftermath(db: None, at: dt.datetime, tmp_path: Path) -> tuple[Petition, Path]:
    """Twelve people stand and are counted, one duty arose, and every letter was handed over."""
    petition = made.petition(made.world(at))
    for _ in range(12):
        made.signature(petition, at, counted=False)
    count_signatures(at=at)
    post = tmp_path / "post"
    for key in Message.objects.values_list("key", flat=True):
        hand_over(post, key)
    Message.objects.update(sent_at=at)
    return petition, post


def test_nothing_is_wrong_where_nothing_went_wrong(aftermath: tuple[Petition, Path]) -> None:
    assert crashing.wrong(12, aftermath[1]) == []


def test_planted_faults_are_found(aftermath: tuple[Petition, Path], at: dt.datetime) -> None:
    petition, post = aftermath
    assert "13 signed, 12 stand" in crashing.wrong(13, post)
    Petition.objects.filter(pk=petition.pk).update(signatures=13)
    assert any("13, 12 are counted" in fault for fault in crashing.wrong(12, post))
    Petition.objects.filter(pk=petition.pk).update(signatures=12)

    key = str(Message.objects.values_list("key", flat=True)[0])
    hand_over(post, key)
    assert crashing.wrong(12, post) == []
    hand_over(post, key)
    assert "a message was handed over 3 times" in crashing.wrong(12, post)
    Message.objects.create(key="lost", kind="email", to="", payload={}, created_at=at, due_at=at)
    faults = crashing.wrong(12, post)
    assert "lost was never handed over" in faults
    assert "1 messages still wait" in faults

    made.signature(petition, at, email="twice@example.org", counted=True)
    made.signature(petition, at, email="twice@example.org", counted=True)
    assert any("stands twice" in fault for fault in crashing.wrong(12, post))


def test_a_duty_that_is_missing_is_found(aftermath: tuple[Petition, Path]) -> None:
    petition, post = aftermath
    Threshold.objects.create(petition=petition, kind="meeting", needed=11, days=30)
    assert any("thresholds made" in fault for fault in crashing.wrong(12, post))

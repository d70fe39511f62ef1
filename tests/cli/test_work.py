"""``folkmoot work``: what it does, that one failure stops nothing else, and that it ends."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.core import mail

from folkmoot.cli import work
from folkmoot.cli.main import main
from folkmoot.petitions.models import Signature
from tests.built_database import REPOSITORY
from tests.migrated_database import copy_to
from tests.rooms import petitions_made as made
from tests.rooms.test_petitions_letters import CONFIRM_LINK
from tests.rooms.test_petitions_signing import sign


@pytest.mark.django_db(transaction=True)
def test_once_writes_sends_and_counts(at: dt.datetime) -> None:
    now = dt.datetime.now(dt.UTC)
    petition = made.petition(made.world(now))
    row = sign(petition, now, email="ann@example.org")
    made.signature(petition, now, counted=False)

    result = CliRunner().invoke(main, ["work", "--once"])

    assert result.exit_code == 0, result.output
    assert "failed" not in result.output
    (letter,) = [one for one in mail.outbox if one.to == ["ann@example.org"]]
    assert CONFIRM_LINK.search(letter.body)
    petition.refresh_from_db()
    assert petition.signatures == 1
    assert Signature.objects.get(pk=row.pk).letter_at is not None


def test_once_goes_on_until_there_is_no_more(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    left = [5, 5, 2, 5]
    job = work.Job("count", 1, lambda at: left.pop(0), full=5)
    assert work.run_through(job) == 12
    assert left == [5]
    monkeypatch.setattr(work, "AT_ONCE", -1.0)
    assert work.run_through(job) == 5
    assert work.run_through(job) is None


def test_every_job_can_be_imported_and_has_its_own_name() -> None:
    names = [job.name for job in work.JOBS]
    assert len(names) == len(set(names))
    assert all(job.every >= 1 for job in work.JOBS)
    for name in ("mail", "letters", "count"):
        (job,) = [one for one in work.JOBS if one.name == name]
        assert job.every <= 1


@pytest.mark.django_db(transaction=True)
def test_a_job_that_fails_is_tried_again_and_says_nothing_of_anybody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop, calls = threading.Event(), []

    def run(at: dt.datetime) -> int:
        calls.append(at)
        if len(calls) == 1:
            raise ValueError("ann@example.org")
        stop.set()
        return 0

    monkeypatch.setattr(threading.Event, "wait", lambda self, timeout=None: self.is_set())
    with caplog.at_level("ERROR", "folkmoot.work"):
        work.keep_running(work.Job("mail", 1, run), stop)

    assert len(calls) == 2
    assert "mail failed: ValueError at test_work.py" in caplog.text
    assert "ann@" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_job_with_more_to_do_goes_on_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, waits = threading.Event(), []
    left = [5, 5, 2]

    def wait(self: threading.Event, timeout: float | None = None) -> bool:
        waits.append(timeout)
        if not left:
            stop.set()
        return stop.is_set()

    monkeypatch.setattr(threading.Event, "wait", wait)
    work.keep_running(work.Job("count", 1, lambda at: left.pop(0), full=5), stop)
    assert waits == [0.0, 0.0, 1]


@pytest.mark.django_db(transaction=True)
def test_a_job_that_fails_again_and_again_waits_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, waits = threading.Event(), []

    def wait(self: threading.Event, timeout: float | None = None) -> bool:
        waits.append(timeout)
        if len(waits) == 9:
            stop.set()
        return stop.is_set()

    def run(at: dt.datetime) -> int:
        raise OSError

    monkeypatch.setattr(threading.Event, "wait", wait)
    work.keep_running(work.Job("mail", 1, run), stop)
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60, 60]


@contextmanager
def _started(tmp_path: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    env = {
        **os.environ,
        "FOLKMOOT_HOME": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'folkmoot.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "folkmoot.settings",
    }
    copy_to(tmp_path / "folkmoot.sqlite3")
    start = "from folkmoot.cli.main import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", start, "work", *words],
        env=env,
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            # It works for ever where it does not do as it is told.
            process.kill()


@pytest.mark.slow
def test_it_ends_when_it_is_told_to_and_with_its_server(tmp_path: Path) -> None:
    with _started(tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Folkmoot is at work")
        time.sleep(1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        assert process.stdout.read() == ""

    # The process of this number is not the one that started it.
    with _started(tmp_path, "--beside", "1") as alone:
        assert alone.wait(60) == 0
        assert alone.stdout is not None
        assert alone.stdout.read() == ""


def test_a_signal_that_comes_at_any_instant_finds_no_lock_in_its_way(monkeypatch, db):
    # The lock of an event may be held by the very thread that a handler interrupts.
    handlers, inside, ended = {}, [], []

    def told(*_: object) -> bool:
        inside.append(True)
        handlers[signal.SIGTERM](signal.SIGTERM, None)
        inside.clear()
        return False

    class Event(threading.Event):
        def set(self) -> None:
            assert not inside, "an event was set by a handler"
            ended.append(True)
            super().set()

        wait = told

    monkeypatch.setattr(work.signal, "signal", handlers.__setitem__)
    monkeypatch.setattr(work.threading, "Event", Event)
    monkeypatch.setattr(work.time, "sleep", told)
    monkeypatch.setattr(work, "JOBS", ())

    result = CliRunner().invoke(main, ["work"])

    assert result.exception is None, result.exception
    assert set(handlers) == {signal.SIGTERM, signal.SIGINT}
    assert ended

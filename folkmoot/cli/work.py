"""``folkmoot work``: everything that happens off the request, as long as it runs."""

from __future__ import annotations

import datetime as dt
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click

LOG = logging.getLogger("folkmoot.work")

# How long the jobs have to end when the worker is told to stop, in seconds.
TO_END = 30.0
# A job that runs more seldom gives its connection to the database back in between.
SELDOM = 30.0
# With ``--once`` no job goes on for longer than this, in seconds.
AT_ONCE = 600.0
_BATCH = 500
# How often it is looked whether to end, in seconds.
_LOOK = 0.5


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do every so many seconds, in so many ``lanes`` at a time. ``run`` says how much
    it did; where that is ``full`` or more there is more of it, and it runs again at once."""

    name: str
    every: float
    run: Callable[[dt.datetime], int]
    full: int = 0
    lanes: int = 1


def _mail(at: dt.datetime) -> int:
    from folkmoot.common.mail import open_post
    from folkmoot.common.outbox import deliver_due

    with open_post() as send:
        done = deliver_due(at=at, limit=_BATCH, send=send)
    return done.sent + done.again + done.failed


def _letters(at: dt.datetime) -> int:
    from folkmoot.petitions.actions.letters import write_letters

    return write_letters(at=at, limit=_BATCH)


def _count(at: dt.datetime) -> int:
    from folkmoot.petitions.actions.counting import count_signatures

    done = count_signatures(at=at)
    return done.added + done.removed


def _refresh(at: dt.datetime) -> int:
    from folkmoot.petitions.actions.counting import refresh_last_days

    return refresh_last_days(at=at)


def _close(at: dt.datetime) -> int:
    from folkmoot.people.queries import day_of
    from folkmoot.petitions.actions import life

    today = day_of(at)
    return life.close_due(today=today, at=at) + life.lapse_sponsors(today=today, at=at)


def _tell(at: dt.datetime) -> int:
    from folkmoot.petitions.actions.telling import tell_signers

    return tell_signers(at=at)


def _opinions(at: dt.datetime) -> int:
    from folkmoot.petitions.actions.telling import count_opinions

    return count_opinions(at=at)


def _askers(at: dt.datetime) -> int:
    from folkmoot.petitions.actions.questions import tell_askers

    return tell_askers(at=at)


def _remind(at: dt.datetime) -> int:
    from folkmoot.people.queries import day_of
    from folkmoot.petitions.actions.telling import remind

    return remind(today=day_of(at), at=at)


def _places(at: dt.datetime) -> int:
    from folkmoot.people.queries import day_of
    from folkmoot.petitions.actions.breakdowns import renew_breakdowns

    return renew_breakdowns(today=day_of(at))


def _patterns(at: dt.datetime) -> int:
    from folkmoot.petitions.actions.patterns import find_patterns

    return find_patterns(at=at)


def _interventions(at: dt.datetime) -> int:
    from folkmoot.framework.cases.actions import end_what_is_over

    return end_what_is_over(at=at)


def _addresses(at: dt.datetime) -> int:
    from folkmoot.petitions.actions import forgetting

    return forgetting.forget_addresses(at) + forgetting.forget_unconfirmed(at)


def _tidy(at: dt.datetime) -> int:
    from folkmoot.people.actions import apply_retention

    return sum(apply_retention(at=at).erased.values())


def _short_lived(at: dt.datetime) -> int:
    from folkmoot.people.actions import erase_short_lived

    return erase_short_lived(at=at)


_HOUR, _DAY = 3_600.0, 86_400.0
JOBS = (
    Job("letters", 1, _letters, _BATCH),
    Job("count", 1, _count, 5_000),
    Job("last-day", 60, _refresh, 500),
    Job("close", 300, _close),
    Job("tell-signers", 10, _tell),
    Job("tell-askers", 10, _askers),
    Job("opinions", 60, _opinions),
    Job("remind", _HOUR, _remind),
    Job("patterns", 300, _patterns),
    Job("places", _HOUR, _places),
    Job("interventions", _DAY, _interventions),
    Job("addresses", _HOUR, _addresses, 20_000),
    Job("short-lived", _HOUR, _short_lived),
    Job("tidy", _DAY, _tidy),
    # Most of the time of a letter is spent waiting for the mail server to take it.
    Job("mail", 1, _mail, _BATCH, lanes=4),
)


def run_job(job: Job) -> int | None:
    """Runs ``job`` once: how much it did, or None if it failed, which is logged.

    The words of an error may hold an address, so its kind and its place are logged without them.
    """
    from django.db import close_old_connections
    from django.utils import timezone

    close_old_connections()
    try:
        return job.run(timezone.now())
    except Exception as error:  # noqa: BLE001 - one job that fails must not stop the others
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{os.path.basename(last.filename)}:{last.lineno}"
        LOG.error("%s failed: %s at %s", job.name, type(error).__name__, place)
        return None


def run_through(job: Job) -> int | None:
    """Runs ``job`` until there is no more of it, or ``AT_ONCE`` is over: how much it did, or None
    if it failed."""
    ends, total = time.monotonic() + AT_ONCE, 0
    while (done := run_job(job)) is not None:
        total += done
        if not job.full or done < job.full or time.monotonic() > ends:
            return total
    return None


def keep_running(job: Job, stop: threading.Event) -> None:
    """Runs ``job`` again and again until ``stop`` is set. After trouble it waits longer."""
    from django.db import connection

    failures = 0
    while not stop.is_set():
        done = run_job(job)
        failures = 0 if done is not None else failures + 1
        if failures:
            # A minute at most for what runs every second, an hour for what runs once a day.
            wait = min(2.0 ** min(failures, 12), max(60.0, job.every / 24))
        else:
            wait = 0.0 if job.full and (done or 0) >= job.full else job.every
        if wait >= SELDOM:
            connection.close()
        stop.wait(wait)
    connection.close()


@click.command()
@click.option("--once", is_flag=True, help="Do every job until there is no more of it, and end.")
@click.option("--beside", type=int, hidden=True, help="End when the process of this number ends.")
def work(once: bool, beside: int | None) -> None:
    """Does everything that happens off the request, until it is stopped.

    It sends mail, writes letters to people who signed and counts their signatures every second,
    closes petitions whose last day is over, looks for unusual patterns of signatures, makes the
    tables of who signed where, tells signers of answers, reminds bodies of what they owe, erases
    codes and counts of tries every hour, and once a day ends what is over and erases what is old.
    Run one beside the server; more do no harm. A job that fails is logged and tried again; the
    others go on. SIGTERM ends it.

    \b
    `folkmoot serve` starts one by itself in development. Instead of it, cron may run:
      folkmoot work --once
    """
    from folkmoot.common.purpose import check_purpose

    check_purpose()
    if once:
        for job in JOBS:
            done = run_through(job)
            click.echo(f"{'failed' if done is None else done:>6} {job.name}")
        return
    stop = threading.Event()
    told: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        # No more than this: a handler runs amid whatever this thread does, and where that holds the
        # lock of the event, setting it here would wait for ever.
        signal.signal(number, lambda number, _: told.append(number))
    threads = [
        threading.Thread(target=keep_running, args=(job, stop), name=job.name, daemon=True)
        for job in JOBS
        for _ in range(job.lanes)
    ]
    for thread in threads:
        thread.start()
    if beside is None:
        click.echo("Folkmoot is at work (stop with Ctrl+C)")
    while not told and (beside is None or os.getppid() == beside):
        time.sleep(_LOOK)
    stop.set()
    for thread in threads:
        thread.join(TO_END)


@contextmanager
def beside_server(wanted: bool) -> Iterator[None]:
    """While inside, a worker runs as a process beside this one, if ``wanted``."""
    if not wanted:
        yield
        return
    start = "from folkmoot.cli.main import main; main(prog_name='folkmoot')"
    command = [sys.executable, "-c", start, "work", "--beside", str(os.getpid())]
    process = subprocess.Popen(command)  # noqa: S603 — this program itself
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(TO_END)
        except subprocess.TimeoutExpired:
            process.kill()

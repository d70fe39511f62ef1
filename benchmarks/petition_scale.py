"""Whether signing, counts, tables and pages stay as fast with millions of signatures.

    python -m benchmarks.petition_scale [--signatures 6000 6000000] [--database postgres|sqlite]

For each number: a new database with the real places and bodies, that many invented signatures
under one petition and some thousands under a dozen others (``petition_rows.py``). Then everything
that people, moderators and the worker do is done and timed, with remembered pages forgotten, and
printed side by side with the ratio of the largest to the smallest. The databases take turns, so
that what else runs here slows all of them. What takes more than 5 ms, and more than twice as long
as on the smallest, is marked. ``--plans`` also prints how PostgreSQL went about each statement
that took more than 5 ms. Needs Debian's ``postgresql``; 6 million take 8 GB of disk.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks import petition_scale_work as work
from benchmarks.petition_scale_work import EACH, OTHERS
from benchmarks.petition_traffic import percentile

DAY = dt.timedelta(days=1)
# Slower than this, and by so many times, is marked.
SLOW, TIMES = 5.0, 2.0
TURN = "turn"


class Clock:
    """How long each thing took, in milliseconds; notes are printed as they are."""

    def __init__(self, plans: bool) -> None:
        self.took: dict[str, list[float]] = {}
        self.notes: dict[str, str] = {}
        self.plans = plans
        self.explained: set[str] = set()

    def turn(self) -> None:
        """Let the other databases do the same thing first: what else runs here slows all alike."""
        print(TURN, flush=True)
        sys.stdin.readline()

    def time(self, what: str, do: Callable[[], Any], times: int = 1) -> Any:
        """Do it so many times; the first time is not counted where there are others."""
        if what not in self.took:
            self.turn()
        took = self.took.setdefault(what, [])
        done = None
        with self.watched(what):
            for turn in range(times + (times > 1)):
                if times > 1 and turn == times // 2:
                    self.turn()
                began = time.perf_counter()
                done = do()
                if turn or times == 1:
                    took.append((time.perf_counter() - began) * 1000)
        return done

    @contextlib.contextmanager
    def watched(self, what: str) -> Iterator[None]:
        """With ``--plans``: explain what is slow."""
        from django.db import connection

        if not self.plans:
            yield
            return

        def look(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            began = time.perf_counter()
            found = execute(sql, params, many, context)
            took = (time.perf_counter() - began) * 1000
            if took > SLOW and sql not in self.explained:
                self.explained.add(sql)
                self.explain(f"--- {what}: {took:.1f} ms", sql, params)
            return found

        with connection.execute_wrapper(look):
            yield

    def explain(self, title: str, sql: str, params: Any) -> None:
        """Print a statement, and how PostgreSQL goes about it."""
        from django.db import connection

        plan = ""
        if sql.startswith("SELECT") and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                raw = cursor.cursor
                raw.execute(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", params)
                lines = [row[0] for row in raw.fetchall()]
            plan = "\n".join(lines)
            if float(lines[-1].split()[2]) < SLOW:
                return
        print(f"{title}\n{sql[:1500]}\n{str(params)[:200]}\n{plan}", file=sys.stderr)


def build(many: int, at: dt.datetime, clock: Clock) -> dict[str, Any]:
    """The site with its signatures; what the rest of the run needs to know."""
    from django.core.management import call_command

    from benchmarks.petition_rows import Plan, load
    from folkmoot.bodies.importing import import_bodies
    from folkmoot.petitions.models import Batch, PaperBatch, Petition
    from folkmoot.petitions.rules import states
    from folkmoot.places.importing import import_places
    from folkmoot.shipped import shipped
    from tests.rooms import petitions_made as made

    call_command("migrate", verbosity=0)
    import_places(shipped("data"), at=at)
    import_bodies(shipped("data"), shipped("catalogue"), at=at)
    world = made.world(at)
    opened = (at - 60 * DAY).date()
    days = {"opened_on": opened, "closes_on": opened + 180 * DAY}
    # Half of the small ones were begun before the large one, half after it.
    small = [made.petition(world, **days) for _ in range(OTHERS // 2)]
    large = made.petition(world, title="Mend every road in the country this year", **days)
    small += [made.petition(world, **days) for _ in range(OTHERS - OTHERS // 2)]
    seeking = made.petition(world, states.SPONSORS)
    on_paper, aside = min(3_000, many // 20), min(1_000, many // 50)
    paper = PaperBatch.objects.create(
        petition=large, rows=on_paper, taken=on_paper, doubles=0, on=(at - DAY).date(), at=at,
        office="leeds-city-council/clerk", sha256="0" * 64,
    )  # fmt: skip
    batch = Batch.objects.create(
        petition=large, kind="network", signatures=aside, set_aside_at=at - DAY,
        office="leeds-city-council/clerk",
    )  # fmt: skip
    plan = Plan(
        {large.pk: many, **{each.pk: EACH for each in small}}, large.pk, paper.pk, batch.pk, at,
        on_paper, aside,
    )  # fmt: skip
    began = time.perf_counter()
    load(plan)
    clock.notes["making and loading the rows, s"] = f"{time.perf_counter() - began:.0f}"
    large = Petition.objects.get(pk=large.pk)
    made.signatures(large, 1, at - 59 * DAY, origin=2)
    made.signatures(seeking, 1, at, origin=2)
    made.signatures(seeking, 3, at, origin=1)
    return {"world": world, "large": large, "small": small, "seeking": seeking, "at": at}


def sizes(clock: Clock) -> None:
    """How large the table is, with its indexes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM petitions_signature")
        clock.notes["rows of signatures"] = f"{cursor.fetchone()[0]:,}"
        cursor.execute("SELECT COUNT(*) FROM petitions_signaturecount")
        clock.notes["rows of counts"] = f"{cursor.fetchone()[0]:,}"
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT pg_size_pretty(pg_table_size('petitions_signature')),"
                " pg_size_pretty(pg_indexes_size('petitions_signature'))"
            )
            clock.notes["table, indexes"] = ", ".join(cursor.fetchone())


def inside(many: int, plans: bool) -> None:
    """Everything with the database that DATABASE_URL names; figures on the last line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "folkmoot.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.utils import timezone

    settings.ALLOWED_HOSTS = ["*"]
    clock = Clock(plans)
    site = build(many, timezone.now().replace(microsecond=0), clock)
    sizes(clock)
    for part in (work.intake, work.jobs, work.pages, work.officers, work.forgetting):
        part(site, clock)
    print(json.dumps({"took": clock.took, "notes": clock.notes}), flush=True)


def _cell(took: list[float]) -> str:
    most = f" ({percentile(took, 0.99):.1f})" if len(took) >= 100 else ""
    return f"{percentile(took, 0.5):.1f}{most}"


def table(found: dict[int, dict[str, Any]]) -> None:
    """All sizes side by side: the median, in brackets the slowest hundredth.

    The ratio is of the fastest quarter: what else runs here disturbs it least.
    """
    first, last = min(found), max(found)
    print(f"{'ms':<48}" + "".join(f"{many:>20,}" for many in found) + f"{'ratio':>8}")
    for what in found[first]["notes"]:
        print(f"{what:<48}" + "".join(f"{each['notes'][what]:>20}" for each in found.values()))
    for what in found[first]["took"]:
        took = [each["took"][what] for each in found.values()]
        low, high = (percentile(found[many]["took"][what], 0.25) for many in (first, last))
        usual, slow = (percentile(found[many]["took"][what], 0.5) for many in (first, last))
        grew = min(high / low, slow / usual) > TIMES
        mark = "  GROWS" if slow > SLOW and grew else ""
        print(
            f"{what:<48}" + "".join(f"{_cell(each):>20}" for each in took)
            + f"{high / low:>8.1f}{mark}"
        )  # fmt: skip


class Database:
    """A process that works with one database, and stops before each thing that it times."""

    def __init__(self, many: int, url: str, home: Path, plans: bool) -> None:
        home.mkdir()
        env = {**os.environ, "DATABASE_URL": url, "FOLKMOOT_HOME": str(home)}
        command = [sys.executable, "-m", "benchmarks.petition_scale", "--inside", str(many)]
        self.process = subprocess.Popen(
            [*command, *["--plans"][: int(plans)]],
            env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def go_on(self) -> dict[str, Any] | None:
        """Let it do the next thing; what it found, once it has done everything."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("{"):
                found: dict[str, Any] = json.loads(line)
                return found
            if line.strip() == TURN:
                return None
            print(line, end="")
        raise SystemExit(f"ended with {self.process.wait()}")


def run(databases: dict[int, Database]) -> dict[int, dict[str, Any]]:
    """Everything, on each database by turns."""
    found: dict[int, dict[str, Any]] = {}
    while len(found) < len(databases):
        for many, database in databases.items():
            if many not in found and (result := database.go_on()) is not None:
                found[many] = result
    return dict(sorted(found.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signatures", type=int, nargs="+", default=[6_000, 6_000_000])
    parser.add_argument("--database", choices=["postgres", "sqlite"], default="postgres")
    parser.add_argument("--plans", action="store_true")
    parser.add_argument("--inside", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.inside:
        inside(args.inside, args.plans)
        return
    home, databases = Path(tempfile.mkdtemp(prefix="petition-scale-")), {}
    try:
        with contextlib.ExitStack() as stack:
            if args.database == "postgres":
                from tests import postgres_server

                # As durable as PostgreSQL is by itself; the tests throw that away for speed.
                postgres_server._OPTIONS = (
                    "-c max_connections=20 -c shared_buffers=512MB -c max_wal_size=8GB"
                )
                folder = stack.enter_context(postgres_server.running())
            for many in args.signatures:
                url = f"sqlite:///{home / str(many)}.sqlite3"
                if args.database == "postgres":
                    base = postgres_server.url_of(folder, "postgres")
                    name = f"scale_{many}"
                    subprocess.run(["psql", base, "-qc", f"CREATE DATABASE {name}"], check=True)
                    url = postgres_server.url_of(folder, name)
                databases[many] = Database(many, url, home / f"home-{many}", args.plans)
                stack.callback(databases[many].process.kill)
            print(args.database)
            table(run(databases))
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()

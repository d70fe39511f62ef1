"""Signatures a second, end to end, while others read: the real site under more than the record.

    python -m benchmarks.petition_load [--seconds 30] [--database postgres|sqlite|both]

Starts a PostgreSQL server of its own (as durable as it is by default), then the site as in use:
``folkmoot serve`` with two workers and ``folkmoot work`` beside it. People sign, their letters are
written, delivered and read, and they confirm; each comes from a network of its own and sends a
solved puzzle. The generator, wrk and the database share the two cores with the site. Needs
Debian's ``postgresql`` and ``wrk``.

The largest petition known in the United Kingdom had 6.1 million signatures, about 2,000 a minute
at its height, and 100,000 people looking at once.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from benchmarks import wrk
from benchmarks.petition_postgres import (
    database_of,
    forget_statements,
    pgbench,
    statements,
)
from benchmarks.petition_traffic import Step, Town, family, percentile, seconds_of

HERE = Path(__file__).resolve().parent
PORT = 8766
RECORD_RATE = 2_000 / 60
AHEAD = 900  # signers made beforehand for each second
SHOWN = ("sign", "confirm")


@contextmanager
def site(home: Path) -> Iterator[dict[str, int]]:
    """The site and its worker, as in use; gives their numbers as processes."""
    env = {
        **os.environ,
        "PYTHONPATH": str(HERE.parent),
        "FOLKMOOT_HOME": str(home),
        "FOLKMOOT_BEHIND_PROXY": "true",
        "FOLKMOOT_EMAIL_BACKEND": "benchmarks.petition_post.Post",
        "PETITION_POST": str(home / "post"),
    }
    start = "from folkmoot.cli.main import main; main()"
    words = (["serve", "--port", str(PORT), "--workers", "2", "--no-work"], ["work"])
    wrk.require_free(PORT)
    log = (home / "log").open("wb")
    running = [
        subprocess.Popen([sys.executable, "-c", start, *w], env=env, stdout=log, stderr=log)
        for w in words
    ]
    try:
        for _ in range(300):
            if any(process.poll() is not None for process in running):
                raise SystemExit((home / "log").read_text())
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{PORT}/about/", timeout=2).read()
                break
            except OSError:
                time.sleep(0.2)
        else:
            raise SystemExit((home / "log").read_text())
        yield {"site": running[0].pid, "worker": running[1].pid}
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(60)


def open_petition() -> int:
    """A petition that is open, in an otherwise empty database with every district; its number."""
    from django.utils import timezone

    from folkmoot.places import postcodes
    from folkmoot.places.models import Area
    from tests.rooms import petitions_made as made

    codes = set(postcodes.compact().sectors.values()) - {made.PLACE}
    Area.objects.bulk_create(
        Area(code=code, name=code, slug=code.lower(), kind="district", edition="2025-04",
             nation="E92000001", source="benchmark", population=100_000)
        for code in sorted(codes)
    )  # fmt: skip
    return made.petition(made.world(timezone.now())).pk


def proofs(number: int) -> list[str]:
    """Solved puzzles, made with the site's own key so that nobody need solve them."""
    import altcha
    from django.utils import timezone

    from folkmoot.web import altcha as own

    made = []
    for _ in range(number):
        puzzle = altcha.create_challenge(
            own._ALGORITHM, 1, counter=1, expires_at=timezone.now() + own.LASTS,
            hmac_secret=own._key("challenge"), hmac_key_secret=own._key("solution"),
        )  # fmt: skip
        solution = altcha.solve_challenge(puzzle, counter_start=1)
        made.append(altcha.Payload(puzzle, solution).to_base64())
    return made


# No name has so many figures.
SPELT = str.maketrans("0123456789", "ghijklmnop")


class People:
    """The requests of everybody, made beforehand."""

    def __init__(self, petition: int, number: int, whole: bool) -> None:
        from folkmoot.places import postcodes

        self.petition, self.whole = petition, whole
        sectors = sorted(postcodes.compact().sectors)
        run = secrets.token_hex(3)
        self.forms = [
            urlencode({
                "name": f"Person {run} {n}".translate(SPELT),
                "email": f"person.{n}@{run}.example.org",
                "postcode": f"{sectors[n * 7919 % len(sectors)]}AA", "country": "",
                "consent": "yes", "tell_me": "yes" if n % 3 else "", "altcha": proof,
            }).encode()
            for n, proof in enumerate(proofs(number))
        ]  # fmt: skip
        self.common = (
            f"Host: 127.0.0.1:{PORT}\r\nOrigin: http://127.0.0.1:{PORT}\r\n"
            "Sec-Fetch-Site: same-origin\r\nAccept: text/html\r\nAccept-Encoding: gzip\r\n"
            "User-Agent: Mozilla/5.0 (benchmark)\r\n"
        )

    def get(self, kind: str, path: str, then: tuple[Step, ...] = ()) -> Step:
        return Step(kind, f"GET {path} HTTP/1.1\r\n{self.common}\r\n".encode(), then)

    def _chain(self, *steps: Step) -> Step:
        for before, after in itertools.pairwise(steps):
            before.then = (after,)
        return steps[0]

    def signer(self, number: int) -> Step | None:
        if number >= len(self.forms):
            return None
        body, path = self.forms[number], f"/petitions/{self.petition}/"
        sign = Step("sign", (
            f"POST {path}sign/ HTTP/1.1\r\n{self.common}"
            f"X-Forwarded-For: 10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode() + body)  # fmt: skip
        if not self.whole:
            return sign
        return self._chain(
            self.get("page", path), self.get("form", f"{path}sign/"),
            self.get("puzzle", "/altcha/"), sign, self.get("sent", f"{path}sent/"),
        )  # fmt: skip

    def confirm(self, token: bytes) -> Step:
        path = f"/petitions/confirm/{token.decode()}/"
        confirm = Step(
            "confirm", f"POST {path} HTTP/1.1\r\n{self.common}Content-Length: 0\r\n\r\n".encode()
        )
        if not self.whole:
            return confirm
        thanks = self.get("thanks", f"/petitions/{self.petition}/thanks/")
        return self._chain(self.get("letter", path), confirm, thanks)


class Watch:
    """How far the count lags behind, looked up every half second, and who uses the processor."""

    def __init__(self, petition: int, processes: dict[str, int], town: Town) -> None:
        self.petition, self.town = petition, town
        self.roots = dict(processes)
        server = os.environ.get("BENCH_POSTGRES")
        if server:
            self.roots["database"] = int(server)
        self.lag, self.before = 0.0, self.used()
        self.began = time.perf_counter()

    def used(self) -> dict[str, float]:
        used = {
            name: sum(seconds_of(one) for one in family(pid)) for name, pid in self.roots.items()
        }
        return {**used, "generator": time.process_time()}

    def count(self) -> int:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT signatures FROM petitions_petition WHERE id = %s", [self.petition]
            )
            return int(cursor.fetchone()[0])

    async def look(self, already: int) -> None:
        """Keep looking until everybody is counted."""
        confirmed = self.town.told.confirmed
        loop = asyncio.get_running_loop()
        while True:
            counted = await loop.run_in_executor(None, self.count) - already
            if counted < len(confirmed):
                self.lag = max(self.lag, time.perf_counter() - confirmed[max(counted, 0)])
            elif not self.town.running:
                return
            if self.lag > 120:
                return
            await asyncio.sleep(0.5)

    def shares(self) -> str:
        """Cores in use by whom since the beginning."""
        took = time.perf_counter() - self.began
        now = self.used()
        return ", ".join(f"{name} {(now[name] - self.before[name]) / took:.2f}" for name in now)


def run(
    people: People, processes: dict[str, int], home: Path, args: argparse.Namespace, label: str,
    seconds: float, rate: float = 0.0,
) -> float:  # fmt: skip
    """One run: everybody signs for so many seconds; prints what came of it. Gives the confirmed
    signatures a second."""
    post = home / "post"
    post.write_bytes(b"")
    town = Town(PORT, str(post), people.signer, people.confirm, args.waiting, rate)
    watch = Watch(people.petition, processes, town)
    already = watch.count()

    async def both() -> None:
        await asyncio.gather(town.live(args.connections, seconds), watch.look(already))

    asyncio.run(both())
    # People who sign are what is measured: until the first have their letter nobody confirms.
    confirmed = town.told.confirmed
    steady = [at for at in confirmed if town.since + seconds * 0.2 <= at <= town.since + seconds]
    each = len(steady) / (seconds * 0.8)
    print(f"{label}: {each:,.0f} confirmed signatures a second over {seconds * 0.8:.0f} s")
    for kind, took in town.told.took.items():
        print(
            f"    {kind:<8}{len(took):>8,}  p50 {percentile(took, 0.5):6.1f}  "
            f"p99 {percentile(took, 0.99):7.1f}  slowest {max(took):7.1f} ms"
        )
    print(f"    cores: {watch.shares()}; count lagged by {watch.lag:.1f} s at most")
    for what, many in town.told.wrong.items():
        print(f"    WRONG {what}: {many}")
    people.forms = people.forms[town.begun :]
    counted = watch.count() - already
    if counted != len(confirmed) or town.told.signed != len(confirmed):
        print(
            f"    WRONG: {town.told.signed} signed, {len(confirmed)} confirmed, {counted} counted"
        )
    else:
        print(f"    {counted:,} signed, confirmed and counted, each once")
    return each


def reads(path: str, seconds: int, connections: int) -> subprocess.Popen[str]:
    """wrk, reading one page; to be asked with ``figures``."""
    return wrk.start(f"http://127.0.0.1:{PORT}{path}", seconds, connections)


def figures(reader: subprocess.Popen[str]) -> str:
    found = wrk.figures(reader)
    wrong = f"  WRONG: {found.faults}" if found.faults else ""
    return f"{found.rate:,.0f} reads a second, p50 {found.p50:.1f}, p99 {found.p99:.1f} ms{wrong}"


def inside(args: argparse.Namespace) -> None:
    """Everything with the database that DATABASE_URL names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "folkmoot.settings")
    home = Path(os.environ["FOLKMOOT_HOME"])
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from folkmoot.duties.models import Duty

    call_command("migrate", verbosity=0)
    petition = open_petition()
    people = People(petition, int((args.seconds + 8) * AHEAD), whole=False)
    print(f"\n{connection.vendor}")
    with site(home) as processes:
        page = f"/petitions/{petition}/"
        run(people, processes, home, args, "warming up", 5)
        forget_statements()
        confirmed = run(people, processes, home, args, "sign and confirm", args.seconds)
        statements()
        alone = reads(page, 8, 16)
        print(f"petition page alone: {figures(alone)}")
        people.whole = True
        run(people, processes, home, args, "with every page on the way", args.seconds / 2)
        beside = reads(page, int(args.seconds / 2) + 2, 16)
        run(people, processes, home, args, "the record's rate, 33 a second, and readers",
            args.seconds / 2, RECORD_RATE)  # fmt: skip
        print(f"    beside them: {figures(beside)}")
    keys = list(Duty.objects.values_list("key", flat=True))
    print(f"duties: {len(keys)}, each once: {len(keys) == len(set(keys)) == 3}")
    if connection.vendor == "postgresql":
        pgbench(confirmed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--database", choices=["postgres", "sqlite", "both"], default="both")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--waiting", type=int, default=1_500, help="people who wait for letters")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.inside:
        inside(args)
        return
    again = [sys.executable, "-m", "benchmarks.petition_load", "--inside", *sys.argv[1:]]
    for kind in ("postgres", "sqlite"):
        if args.database not in (kind, "both"):
            continue
        with database_of(kind) as env:
            subprocess.run(again, env=env, check=False)


if __name__ == "__main__":
    main()

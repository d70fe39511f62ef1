"""What one person who signs and confirms costs in processor time, and where it goes.

    python -m benchmarks.petition_profile [--people 2000] [--database postgres|sqlite|both]

The site's own WSGI door and its worker's jobs, in one process and one thread: sign, write the
letter, deliver it, confirm. Time of the processor, not of the clock, so that other work beside it
matters little; the server's part (granian, sockets) is not in it. Once as it is, then once under
cProfile, whose own cost is in those shares. The ratio is to an empty Django view, without the
site's middleware, asked as often in the same run.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import os
import pstats
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.petition_load import PORT, People, open_petition
from benchmarks.petition_postgres import database_of
from benchmarks.petition_traffic import _LINK, family, seconds_of

ROUNDS = 10
# Where a function belongs, by the first part of its file's name that is found.
PARTS = (
    ("the puzzle's proof", ("/altcha/", "/folkmoot/web/altcha.py")),
    ("talking to the database", ("/psycopg", "/django/db/", "/sqlite3/", "/common/statements.py")),
    ("writing mail", ("/email/", "/django/core/mail/", "/common/mail.py")),
    ("reading the form", ("/django/http/request.py", "/django/http/multipartparser.py",
                          "/urllib/parse.py", "/django/utils/datastructures.py")),
    ("the rest of Django", ("/django/", "/whitenoise/", "/asgiref/", "/allauth/")),
    ("this site's web layer", ("/folkmoot/web/",)),
    ("this site's rules and actions", ("/folkmoot/",)),
)  # fmt: skip


def environ(method: str, path: str, body: bytes = b"", number: int = 0) -> dict[str, Any]:
    """A request as granian hands it over."""
    return {
        "REQUEST_METHOD": method, "PATH_INFO": path, "SCRIPT_NAME": "", "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": str(PORT), "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": f"127.0.0.1:{PORT}",
        "HTTP_ORIGIN": f"http://127.0.0.1:{PORT}", "HTTP_SEC_FETCH_SITE": "same-origin",
        "HTTP_ACCEPT": "text/html", "HTTP_ACCEPT_ENCODING": "gzip",
        "HTTP_USER_AGENT": "Mozilla/5.0 (benchmark)",
        "HTTP_X_FORWARDED_FOR": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
        "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr, "wsgi.multithread": True, "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }  # fmt: skip


def ask(door: Callable[..., Iterable[bytes]], request: dict[str, Any], wanted: int) -> None:
    """Ask once. Raises SystemExit where the answer is another than ``wanted``."""
    told: list[str] = []
    answer = door(request, lambda status, _headers, *_more: told.append(status))
    for _ in answer:
        pass
    close = getattr(answer, "close", None)
    if close is not None:
        close()
    if not told[0].startswith(str(wanted)):
        raise SystemExit(f"{request['PATH_INFO']}: {told[0]}, not {wanted}")


class Round:
    """Everybody signs, has a letter and confirms; one step after the other."""

    def __init__(self, people: People, post: Path) -> None:
        from folkmoot.wsgi import application

        self.people, self.post, self.door = people, post, application
        self.begun = 0

    def sign(self, number: int) -> None:
        path = f"/petitions/{self.people.petition}/sign/"
        for body in self.people.forms[:number]:
            self.begun += 1
            ask(self.door, environ("POST", path, body, self.begun), 302)
        self.people.forms = self.people.forms[number:]

    def write(self, number: int) -> None:
        from django.utils import timezone

        from folkmoot.petitions.actions.letters import write_letters

        while write_letters(at=timezone.now()):
            pass

    def deliver(self, number: int) -> None:
        from django.utils import timezone

        from folkmoot.common.mail import open_post
        from folkmoot.common.outbox import deliver_due

        with open_post() as send:
            while deliver_due(at=timezone.now(), limit=500, send=send).sent:
                pass

    def confirm(self, number: int) -> None:
        links = _LINK.findall(self.post.read_bytes())
        if len(links) != number:
            raise SystemExit(f"{len(links)} letters for {number} people")
        for token in links:
            ask(self.door, environ("POST", f"/petitions/confirm/{token.decode()}/"), 302)
        self.post.write_bytes(b"")

    def count(self, number: int) -> None:
        from django.utils import timezone

        from folkmoot.petitions.actions.counting import count_signatures

        count_signatures(at=timezone.now())

    def steps(self) -> dict[str, Callable[[int], None]]:
        return {"sign": self.sign, "write the letter": self.write, "deliver it": self.deliver,
                "confirm": self.confirm, "count": self.count}  # fmt: skip


def empty_view(number: int) -> float:
    """Seconds of processor for asking an empty Django view so often."""
    code = (
        "import time\n"
        "from benchmarks.empty_site import application\n"
        "from benchmarks.petition_profile import ask, environ\n"
        "def go(n):\n"
        "    for _ in range(n): ask(application, environ('GET', '/'), 200)\n"
        f"go(200); began = time.process_time(); go({number}); print(time.process_time() - began)\n"
    )
    env = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    out = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True,
                         check=True)  # fmt: skip
    return float(out.stdout)


def part_of(file: str) -> str:
    """The part of the work that a file belongs to."""
    for part, names in PARTS:
        if any(name in file for name in names):
            return part
    return "the rest of Python"


def shares(profile: cProfile.Profile) -> list[tuple[str, float]]:
    """How much of the time was spent in each part, most first. What is built into Python, or in
    its own library, belongs to whoever called it."""
    spent = Counter[str]()
    profile.create_stats()
    for (file, _line, _name), (_cc, _nc, own, _all, callers) in profile.stats.items():
        part = part_of(file)
        if part != "the rest of Python" or not callers:
            spent[part] += own
            continue
        for (caller, _l, _n), (_c, _p, its_own, _a) in callers.items():
            spent[part_of(caller)] += its_own
    whole = sum(spent.values())
    return [(part, seconds / whole) for part, seconds in spent.most_common()]


def database_seconds() -> float:
    """Seconds of processor that the database's own processes have used; 0 for SQLite."""
    server = os.environ.get("BENCH_POSTGRES")
    return sum(map(seconds_of, family(int(server)))) if server else 0.0


def inside(number: int, top: int) -> None:
    """Everything, with the database that DATABASE_URL names."""
    home = Path(os.environ["FOLKMOOT_HOME"])
    os.environ["FOLKMOOT_EMAIL_BACKEND"] = "benchmarks.petition_post.Post"
    os.environ["FOLKMOOT_BEHIND_PROXY"] = "true"
    os.environ["PETITION_POST"] = str(home / "post")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "folkmoot.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    each = number // ROUNDS
    every = Round(People(open_petition(), 2 * number + each, whole=False), home / "post")
    for step in every.steps().values():
        step(each)
    print(f"\n{connection.vendor}: microseconds of processor a person, {number:,} people")
    took: dict[str, list[float]] = defaultdict(list)
    before = database_seconds()
    for _ in range(ROUNDS):
        for name, step in every.steps().items():
            began = time.process_time()
            step(each)
            took[name].append((time.process_time() - began) / each * 1e6)
    usual = {name: median(seconds) for name, seconds in took.items()}
    total = sum(usual.values())
    for name, seconds in took.items():
        print(f"    {name:<18}{usual[name]:8.0f}   (the least of {ROUNDS}: {min(seconds):.0f})")
    least = sum(map(min, took.values()))
    print(f"    {'in all':<18}{total:8.0f}   (the least: {least:.0f})")
    if connection.vendor == "postgresql":
        print(f"    {'the database':<18}{(database_seconds() - before) / number * 1e6:8.0f}")
    empty = empty_view(number) / number * 1e6
    print(f"    {'an empty view':<18}{empty:8.0f}: a person is {total / empty:.1f} of it")
    for name, step in every.steps().items():
        profile = cProfile.Profile(time.thread_time)
        profile.runcall(step, number)
        print(f"  {name}: " + ", ".join(f"{part} {share:.0%}" for part, share in shares(profile)))
        if top:
            pstats.Stats(profile).sort_stats("tottime").print_stats(top)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--database", choices=["postgres", "sqlite", "both"], default="both")
    parser.add_argument("--top", type=int, default=0, help="functions to print of each step")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.inside:
        inside(args.people, args.top)
        return
    again = [sys.executable, "-m", "benchmarks.petition_profile", "--inside", *sys.argv[1:]]
    for kind in ("postgres", "sqlite"):
        if args.database not in (kind, "both"):
            continue
        with database_of(kind) as env:
            subprocess.run(again, env=env, check=True)


if __name__ == "__main__":
    main()

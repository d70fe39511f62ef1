"""Publishes again and again and is killed again and again; run by test_crash.py, not by pytest.

Two files take turns as the new release of one source. A child process publishes the next one
and is killed at a random instant. Afterwards either nothing of the new release is to be seen
or everything is.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import random
import select
import signal
import sys
import time
from pathlib import Path

AT = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
AREAS, PERIODS = 150, 10


def figures(letter: str) -> bytes:
    """File "a" or "b": the same areas and periods with other values."""
    from tests.rooms.releases_material import ons_file, ons_row

    shift = 0 if letter == "a" else 3
    return ons_file(
        *(
            ons_row(
                f"E079{area:05}", f"{2010 + year}-08-01/P1Y", 20 + (area * 7 + year) % 30 + shift
            )
            for area in range(AREAS)
            for year in range(PERIODS)
        )
    )


def settle() -> None:
    """Wait until PostgreSQL has noticed that a client died: its last words may be a commit."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return
    others = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    for _ in range(1000):
        with connection.cursor() as cursor:
            cursor.execute(others)
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.01)
    raise RuntimeError("the killed client's connection is still there")


def seen() -> tuple[str, str]:
    """Which file is published, and a digest of everything that pages would read."""
    from folkmoot.measures.models import Account, MeasureAccount, Observation, Release, Revision

    release = Release.objects.get(state="published")
    letter = "ab"[release.sha256 == hashlib.sha256(figures("b")).hexdigest()]
    skipped = {"id", "release_id", "computed_at"}
    columns = [f.attname for f in Account._meta.concrete_fields if f.attname not in skipped]
    whole = [
        list(Account.objects.order_by("area__code").values_list(*columns)),
        list(MeasureAccount.objects.values_list("period", "basis", "inputs", "summary")),
        Observation.objects.filter(release=release).count(),
        Revision.objects.filter(release=release).count(),
        set(Account.objects.values_list("release_id", flat=True)) == {release.pk},
    ]
    return letter, hashlib.sha256(json.dumps(whole, default=str).encode()).hexdigest()


def left_over() -> int:
    """Observations and revisions of releases that were never published."""
    from folkmoot.measures.models import Observation, Revision

    open_states = ["held", "ready"]
    return (
        Observation.objects.filter(release__state__in=open_states).count()
        + Revision.objects.filter(release__state__in=open_states).count()
    )


def prepare() -> None:
    """Areas, the catalogue and each file published once, so that both have a predecessor."""
    from folkmoot.measures.importing import sync_catalogue
    from folkmoot.places.models import Area
    from tests.rooms.releases_material import measure
    from tests.rooms.releases_world import catalogue

    Area.objects.bulk_create(
        Area(
            code=f"E079{number:05}",
            name=f"Area {number}",
            slug=f"area-{number}",
            kind="district",
            nation="E92000001",
            edition="2025-04",
            source="a test",
        )
        for number in range(AREAS)
    )
    sync_catalogue(catalogue(measures=(measure(kinds={"district"}),)))


def next_release(letter: str) -> object:
    """The READY release of a file: the one that waits, or a new one."""
    from folkmoot.measures.models import Release
    from tests.rooms.releases_world import arrive

    return Release.objects.filter(state="ready").first() or arrive(figures(letter))


def publish_next(letter: str, tell: int | None = None) -> None:
    """Publish the other file; ``tell`` is written to when the transaction begins to write."""
    from folkmoot.measures.publishing import publish

    def progress(stage: str, done: int, total: int) -> None:
        if tell is not None:
            os.write(tell, stage[:1].encode())

    publish([next_release(letter)], at=AT, office="operator", progress=progress)  # type: ignore[list-item]


def killed_at(delay: float, letter: str, *, writing: bool) -> str:
    """Stages that a child reached before it was killed.

    ``delay`` is in seconds from when it began, or from when it had written its first rows.
    """
    from django.db import connections

    connections.close_all()
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        publish_next(letter, theirs)
        os._exit(0)
    os.close(theirs)
    if writing:
        select.select([ours], [], [], 60)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    told = b""
    while select.select([ours], [], [], 0)[0] and (part := os.read(ours, 100)):
        told += part
    os.close(ours)
    return told.decode()


def main(kills: int, seed: int) -> dict[str, object]:
    """Kill so many times, and again until one kill fell into the writing; what came of it."""
    prepare()
    expected: dict[str, str] = {}
    for letter in "aba":
        began = time.monotonic()
        publish_next(letter)
        usual = time.monotonic() - began
        found, digest = seen()
        assert found == letter
        expected[letter] = digest
    assert expected["a"] != expected["b"]
    dice = random.Random(seed)
    result: dict[str, object] = {"kills": 0, "while_writing": 0, "committed": 0}
    now = "a"
    while int(str(result["kills"])) < kills or not result["while_writing"]:
        other = "ba"["ab".index(now)]
        next_release(other)
        writing = dice.random() < 0.6
        delay = dice.uniform(0, (0.15 if writing else 1.3) * usual)
        reached = killed_at(delay, other, writing=writing)
        settle()
        found, digest = seen()
        if digest != expected[found] or left_over():
            return {**result, "broken": f"after {reached!r}: {found}, {left_over()} left over"}
        result["kills"] = int(str(result["kills"])) + 1
        if found == other:
            result["committed"] = int(str(result["committed"])) + 1
            now = found
        elif "W" in reached:
            result["while_writing"] = int(str(result["while_writing"])) + 1
    other = "ba"["ab".index(now)]
    publish_next(other)
    result["completes"] = seen() == (other, expected[other])
    return result


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "folkmoot.settings")
    import django

    django.setup()
    from tests.migrated_database import migrate

    Path(os.environ["FOLKMOOT_HOME"]).mkdir(parents=True, exist_ok=True)
    migrate()
    sys.stdout.write(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))

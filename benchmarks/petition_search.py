"""Petitions found by what people type: other words, slips of the finger, half a title.

    python benchmarks/petition_search.py
    python -m tests.postgres_server python benchmarks/petition_search.py

Takes the shipped archive into a new database (SQLite, or the empty one that DATABASE_URL names)
and looks for every case of petition_search.csv: 103 paraphrases written by hand before there was a
search, and 120 misspelt and 60 half-typed titles made by rule (petition_search_cases.py). Prints
the share whose petition is among the first five, and the time of a query. A paraphrase may be met
by another petition that asks the same, so a second share counts those too: the column "also",
judged by hand among the first five of this search and of a search by words.

The weights were chosen to do well on the odd rows. The figures of the others were seen too, so
they are no blind test. The time of this process holds SQLite's work and not PostgreSQL's. Peers:
the database's own search by words (FTS5's bm25, ts_rank), LIKE on every fifth case, and rapidfuzz
over every title in memory.
"""

from __future__ import annotations

import csv
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from petition_search_cases import titles

CASES = Path(__file__).with_name("petition_search.csv")
FIRST = 5
GROUPS = ("paraphrase", "misspelt", "beginning")
Search = Callable[[str], list[int]]


@dataclass(frozen=True)
class Case:
    """What is typed, the petition that it means, and those that ask for the same."""

    row: int
    group: str
    number: int
    also: frozenset[int]
    typed: str


def cases() -> list[Case]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return [
            Case(
                row, r["group"], int(r["number"]), frozenset(map(int, r["also"].split())),
                r["typed"],
            )
            for row, r in enumerate(csv.DictReader(file), 1)
        ]  # fmt: skip


def share(found: list[bool]) -> str:
    return f"{sum(found) / len(found):.2f}"


def measured(name: str, search: Search, all_cases: list[Case], every: int = 1) -> float:
    """Prints a line for each group of cases; the median time of a query in milliseconds."""
    chosen = all_cases[::every]
    answers, times = [], []
    processor = time.process_time()
    for case in chosen:
        began = time.perf_counter()
        answers.append((case, search(case.typed)))
        times.append((time.perf_counter() - began) * 1000)
    processor = (time.process_time() - processor) / len(chosen) * 1000
    times.sort()
    middle = statistics.median(times)
    print(
        f"\n{name}: p50 {middle:.1f} ms, p95 {times[int(len(times) * 0.95)]:.1f} ms, "
        f"p99 {times[int(len(times) * 0.99)]:.1f} ms a query, "
        f"{processor:.1f} ms of this process on average"
    )
    for group in GROUPS:
        of_group = [(case, found) for case, found in answers if case.group == group]
        exact = [(case, case.number in found[:FIRST]) for case, found in of_group]
        same = [bool({case.number, *case.also} & set(found[:FIRST])) for case, found in of_group]
        odd = [hit for case, hit in exact if case.row % 2]
        even = [hit for case, hit in exact if not case.row % 2]
        line = f"  {group:<11} {len(exact):>4}  recall at {FIRST} {share([h for _, h in exact])}"
        line += f" (odd rows {share(odd)}, even {share(even)})"
        print(line + (f", or one that asks the same {share(same)}" if group == GROUPS[0] else ""))
    return middle


def by_words(typed: str) -> list[int]:
    """The database's own search: any of the words, ranked as it ranks."""
    from django.db import connection

    from folkmoot.places.rules import folded

    words = folded(typed).split()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT a.number FROM petitions_title t JOIN petitions_archivedpetition a "
                "ON a.id = t.number WHERE t.words @@ to_tsquery('english', %s) "
                "ORDER BY ts_rank(t.words, to_tsquery('english', %s)) DESC LIMIT %s",
                [" | ".join(words), " | ".join(words), FIRST],
            )
        else:
            cursor.execute(
                "SELECT a.number FROM petitions_title t JOIN petitions_archivedpetition a "
                "ON a.id = t.rowid / 2 WHERE petitions_title MATCH %s "
                "ORDER BY bm25(petitions_title) LIMIT %s",
                [" OR ".join(f'"{word}"' for word in words), FIRST],
            )
        return [number for (number,) in cursor.fetchall()]


def by_like(typed: str) -> list[int]:
    """Titles in which the text stands."""
    from folkmoot.petitions.models import ArchivedPetition

    rows = ArchivedPetition.objects.filter(title__icontains=typed.strip())
    return list(rows.values_list("number", flat=True)[:FIRST])


def in_memory() -> Search:
    """rapidfuzz over every title, by the scorer that found most of three."""
    from rapidfuzz import fuzz, process

    from folkmoot.places.rules import folded

    known = titles()
    numbers, texts = list(known), [folded(title) for title in known.values()]

    def search(typed: str) -> list[int]:
        found = process.extract(folded(typed), texts, scorer=fuzz.token_sort_ratio, limit=FIRST)
        return [numbers[at] for _, _, at in found]

    return search


def loaded() -> None:
    """A migrated database with the archive in it."""
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from folkmoot.petitions.archives import archive
    from folkmoot.petitions.importing import import_archive
    from folkmoot.shipped import shipped

    call_command("migrate", verbosity=0)
    file = archive("uk-parliament").file
    content = (shipped("data") / str(file)).read_bytes()
    began = time.perf_counter()
    done = import_archive(
        source="uk-parliament", content=content, office="operator", at=timezone.now()
    )
    seconds = time.perf_counter() - began
    print(f"{connection.vendor}: {done.added:,} petitions taken in and indexed in {seconds:.1f} s")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def main() -> None:
    import django

    django.setup()
    from folkmoot.petitions.queries_search import similar

    loaded()
    all_cases = cases()
    similar("warm the connection up")

    def ours(typed: str) -> list[int]:
        return [found.number for found in similar(typed, limit=FIRST)]

    measured("similar, common words not counted yet", ours, all_cases)
    own = measured("similar", ours, all_cases)
    words = measured("peer: the database's own search by words", by_words, all_cases)
    like = measured("peer: LIKE", by_like, all_cases, every=5)
    scan = measured("peer: rapidfuzz over every title", in_memory(), all_cases)
    print(
        f"\nTime of similar, median: {own / words:.2f} of the search by words, "
        f"{own / like:.2f} of LIKE, {own / scan:.3f} of rapidfuzz; load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "folkmoot.settings")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FOLKMOOT_HOME"] = folder
        main()

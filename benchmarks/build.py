"""The build of everything shipped, beside DuckDB merely reading and writing the same rows.

    python benchmarks/build.py [--skip-build] [--times 1 10 50]

Three parts, each of which prints what it ran:
1. ``folkmoot build`` from an empty folder into SQLite, in a process of its own: seconds by the
   clock and of processor, the most memory that the process and its workers held together, and
   rows read a second.
2. DuckDB reads the same files as text and writes them into a file of its own: the peer.
3. One ONS table with its areas multiplied (new codes, same values) through the reader and the
   account function, in this process and on one core: time per row at each size.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa

from folkmoot.measures.catalogue import Catalogue, read_catalogue
from folkmoot.measures.computing import definition_of
from folkmoot.measures.readers import KnownAreas, read
from folkmoot.measures.rules.account import account
from folkmoot.measures.rules.definition import Geography
from folkmoot.places.atlas import read_atlas
from folkmoot.shipped import shipped

DATA = shipped("data")
TABLE, MEASURE = "ons-employment-rate", "employment-rate"


def processes_of(root: int) -> list[Path]:
    """A process and everything below it."""
    found = [Path(f"/proc/{root}")]
    for folder in found:
        try:
            texts = [path.read_text() for path in (folder / "task").glob("*/children")]
        except OSError:
            continue
        found += [Path(f"/proc/{child}") for text in texts for child in text.split()]
    return found


def measure_of(root: int) -> tuple[float, float]:
    """Megabytes held now and seconds of processor used so far, all processes together.

    Pages that processes share are counted for each of them, so the memory is an upper limit.
    """
    held, used = 0, 0
    for folder in processes_of(root):
        try:
            held += int((folder / "statm").read_text().split()[1])
            parts = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        used += int(parts[11]) + int(parts[12])
    return held * os.sysconf("SC_PAGE_SIZE") / 1e6, used / os.sysconf("SC_CLK_TCK")


def build_once() -> dict[str, float]:
    """One build in a process of its own."""
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "FOLKMOOT_HOME": home, "PYTHONPATH": os.getcwd()}
        env.pop("DATABASE_URL", None)
        process = subprocess.Popen(
            [sys.executable, __file__, "--child"], env=env, stdout=subprocess.PIPE, text=True
        )
        most, stop = [0.0, 0.0], threading.Event()

        def watch() -> None:
            while not stop.wait(0.5):
                most[:] = map(max, most, measure_of(process.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        out, _ = process.communicate()
        stop.set()
        watcher.join()
        if process.returncode:
            raise SystemExit("the build failed")
        size = sum(path.stat().st_size for path in Path(home).glob("folkmoot.sqlite3*"))
        return {
            **json.loads(out.splitlines()[-1]),
            "megabytes": most[0],
            "processor": most[1],
            "database": size / 1e6,
        }


def child() -> None:
    """The build itself; prints seconds and rows as JSON."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "folkmoot.settings"
    import django

    django.setup()
    import datetime as dt

    from django.core.management import call_command
    from django.db.models import Sum

    from folkmoot.measures.building import build
    from folkmoot.measures.models import Release

    call_command("migrate", verbosity=0)
    at, catalogue = dt.datetime.now(dt.UTC), shipped("catalogue")
    began = time.perf_counter()
    report = build(data=DATA, catalogue=catalogue, at=at)
    first = time.perf_counter() - began
    began = time.perf_counter()
    again = build(data=DATA, catalogue=catalogue, at=at)
    second = time.perf_counter() - began
    if report.held or report.refused or not again.unchanged:
        raise SystemExit(str(report))
    rows = Release.objects.aggregate(rows=Sum("rows_read"))["rows"]
    found = {"seconds": first, "again": second, "rows": rows, "figures": report.observations}
    print(json.dumps(found))


def duckdb_reads_and_writes(catalogue: Catalogue) -> tuple[float, int]:
    """Seconds and rows: the same files as text into tables of a DuckDB file, two threads."""
    with tempfile.TemporaryDirectory() as folder:
        base = duckdb.connect(f"{folder}/peer.duckdb", config={"threads": 2})
        began, rows = time.perf_counter(), 0
        for number, entry in enumerate(catalogue.sources.values()):
            if entry.file is None:
                continue
            path = str(DATA / entry.file)
            if entry.bare_carriage_returns:
                raw = gzip.decompress(Path(path).read_bytes()).replace(b"\r", b"\n")
                path = f"{folder}/{number}.csv"
                Path(path).write_bytes(raw)
            read = f"read_csv('{path}', all_varchar=true, header=true, delim=',', quote='\"')"
            if path.endswith(".parquet"):
                read = f"read_parquet('{path}')"
            base.execute(f"CREATE TABLE t{number} AS SELECT * FROM {read}")
            rows += base.execute(f"SELECT count(*) FROM t{number}").fetchall()[0][0]
        base.close()
        return time.perf_counter() - began, rows


def times(function: Callable[[], object], rounds: int) -> float:
    """The least seconds of processor that ``function`` took in so many rounds."""
    best = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        function()
        best = min(best, time.process_time() - began)
    return best


def multiplied(content: bytes, factor: int) -> bytes:
    """The table with every area ``factor`` times, each time under codes of its own."""
    header, *rows = content.decode("utf-8-sig").splitlines()
    parts = [header]
    for copy in range(factor):
        parts += [f"{row[:9]}x{copy}{row[9:]}" if copy else row for row in rows]
    return "\n".join(parts).encode()


def grown(geography: Geography, factor: int) -> Geography:
    """Who is where, for areas multiplied in the same way."""

    def name(code: str, copy: int) -> str:
        return f"{code}x{copy}" if copy else code

    copies = range(factor)
    nations = set(geography.nation.values())
    return replace(
        geography,
        kind={name(c, n): k for c, k in geography.kind.items() for n in copies},
        nation={name(c, n): v for c, v in geography.nation.items() for n in copies},
        similar={
            name(c, n): tuple(name(o, n) for o in others)
            for c, others in geography.similar.items()
            for n in copies
        },
        population={
            name(c, n): p
            for c, p in geography.population.items()
            for n in copies
            if c not in nations or not n
        },
        live=frozenset(name(c, n) for c in geography.live for n in copies),
    )


def growth(catalogue: Catalogue, factors: list[int]) -> None:
    """Time per row of reader and account function at each size."""
    atlas = read_atlas(DATA)
    codes = list(atlas.areas)
    councils = sorted(c for c, a in atlas.areas.items() if a.kind in {"unitary", "metropolitan"})
    geography = Geography(
        kind={code: area.kind for code, area in atlas.areas.items()},
        nation={code: area.nation for code, area in atlas.areas.items() if area.nation},
        region={},
        similar={c: tuple(councils[i + 1 : i + 11]) for i, c in enumerate(councils)},
        population={c: a.population for c, a in atlas.areas.items() if a.population is not None},
        live=frozenset(code for code, area in atlas.areas.items() if area.ended is None),
    )
    source, measure = catalogue.sources[TABLE], catalogue.measures[MEASURE]
    content = (DATA / str(source.file)).read_bytes()
    print(f"{'size':>6} {'rows':>9} {'reader, µs a row':>18} {'account, µs a row':>18}")
    for factor in factors:
        data, wide = multiplied(content, factor), grown(geography, factor)
        areas = KnownAreas(frozenset(f"{c}x{n}" if n else c for c in codes for n in range(factor)))
        reading = read(source, [measure], data, areas=areas, megabytes=4000)
        rounds = 3 if factor < 50 else 1
        reads = times(partial(read, source, [measure], data, areas=areas, megabytes=4000), rounds)
        table: pa.Table = reading.tables[MEASURE]
        judges = times(partial(account, table, definition_of(measure), wide), rounds)
        rows = reading.rows_read
        print(
            f"{factor:>5}× {rows:>9,} {1e6 * reads / rows:>18.2f} "
            f"{1e6 * judges / table.num_rows:>18.2f}"
        )


def main() -> None:
    """Run what was asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skip-build", action="store_true")
    parser.add_argument("--times", type=int, nargs="*", default=[1, 10, 50])
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        child()
        return
    load = os.getloadavg()[0]
    print(f"{multiprocessing.cpu_count()} cores, load {load:.1f} at the start")
    catalogue, faults = read_catalogue(shipped("catalogue"))
    if faults:
        raise SystemExit("\n".join(map(str, faults)))
    if not chosen.skip_build:
        made = build_once()
        seconds, rows = duckdb_reads_and_writes(catalogue)
        print(
            f"build: {made['seconds']:.1f} s for {made['rows']:,} rows read "
            f"({made['rows'] / made['seconds']:,.0f} a second) and {made['figures']:,} figures; "
            f"{made['processor']:.1f} s of processor with start and migrations; "
            f"{made['megabytes']:,.0f} MB at most, all processes together; "
            f"database {made['database']:.0f} MB; nothing changed: {made['again']:.2f} s"
        )
        print(f"DuckDB reads and writes the same {rows:,} rows: {seconds:.1f} s")
        print(f"ratio: {made['seconds'] / seconds:.1f}")
    growth(catalogue, chosen.times)


if __name__ == "__main__":
    main()

"""Requests a second and slowest answers of the pages, beside an empty Django view.

Run after ``folkmoot demo --no-serve`` in the same FOLKMOOT_HOME:

    python -m benchmarks.pages [--seconds 8]

Serves the site with granian and two workers, drives it with wrk from the same machine (so the
load generator shares the cores), first from cache and then with the page cache switched off, and
an empty Django view under the same server in the same run. Needs Debian's ``wrk``.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import wrk
from benchmarks.wrk import Figures

HERE = Path(__file__).resolve().parent
PORT = 8765
PATHS = {
    "place": "/place/leeds/",
    "matter": "/place/leeds/schools/",
    "measure": None,  # the first headline measure of schools, asked of the API
    "API, account of a place": "/api/v1/account?place=leeds&limit=200",
    "CSV of a place": "/place/leeds.csv",
}


@contextmanager
def served(target: str, env: dict[str, str]) -> Iterator[str]:
    """The WSGI ``target`` under granian with two workers; gives its address."""
    wrk.require_free(PORT)
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2",
               "--blocking-threads", "1", "--port", str(PORT), target]  # fmt: skip
    process = subprocess.Popen(
        command, env={**os.environ, **env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{PORT}"
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(address, timeout=2).read()
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise SystemExit(f"{target} did not start")
        yield address
    finally:
        process.terminate()
        process.wait(10)
        time.sleep(0.5)


def drive(address: str, seconds: int, connections: int, form: str = "") -> Figures:
    """wrk's requests a second and 50th, 95th and 99th percentile in milliseconds."""
    found = wrk.figures(wrk.start(address, seconds, connections, form))
    if found.faults:
        raise SystemExit(f"{address}: {found.faults}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=8)
    seconds = parser.parse_args().seconds
    if not shutil.which("wrk"):
        raise SystemExit("wrk is not installed: apt-get install wrk")
    with served("benchmarks.empty_site:application", {"PYTHONPATH": str(HERE.parent)}) as site:
        empty = drive(site, seconds, 16)
    print(f"{'empty Django view':<28}{empty.rate:>9.0f}/s  p99 {empty.p99:.1f} ms")
    for label, env in (("from cache", {}), ("uncached", {"FOLKMOOT_PAGE_CACHE": "false"})):
        with served("folkmoot.wsgi:application", env) as site:
            measure_pages(site, seconds, label, empty)
            if label == "from cache":
                found = drive(f"{site}/find/", seconds, 16, form="what=LS1+1UR")
                print(
                    f"{'postcode to its place, over HTTP':<36}{found.rate:>8.0f}/s  "
                    f"{found.rate / empty.rate:.2f} of an empty view  "
                    f"p99 {found.p99:.1f} ms"
                )


def measure_pages(site: str, seconds: int, label: str, empty: Figures) -> None:
    """Prints one line a page: rate, ratio to the empty view, percentiles, compressed size."""
    found = urllib.request.urlopen(f"{site}/api/v1/measures?service=schools&limit=1").read()
    first = json.loads(found)["items"][0]["slug"]
    for name, path in PATHS.items():
        address = f"{site}{path or f'/measure/{first}/'}"
        body = urllib.request.urlopen(address).read()
        figures = drive(address, seconds, 16 if label == "from cache" else 2)
        print(
            f"{name + ', ' + label:<36}{figures.rate:>8.0f}/s  "
            f"{figures.rate / empty.rate:.2f} of an empty view  p50 {figures.p50:.1f} "
            f"p95 {figures.p95:.1f} p99 {figures.p99:.1f} ms  "
            f"{len(gzip.compress(body, 6)) / 1000:.1f} kB compressed"
        )


if __name__ == "__main__":
    main()

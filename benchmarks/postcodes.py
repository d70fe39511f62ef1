"""Postcode look-ups a second, beside a plain Python dictionary.

    python benchmarks/postcodes.py

Times the library's look-up (form of the text checked, then the compact files) on a mixed lot of
postcodes, and looking the same ones up, ready spelt, in one dictionary. Where
FOLKMOOT_FULL_POSTCODES names the file of 2.6 million rows that dictionary holds every row, and
the lot is drawn from it; otherwise it holds the sectors, and the lot is made of them. Prints
both figures, their ratio, and the memory and time that loading each takes.
"""

from __future__ import annotations

import csv
import gzip
import os
import random
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from folkmoot.places import postcodes, rules
from folkmoot.shipped import shipped

LOOK_UPS = 200_000
ROUNDS = 5


def whole_dictionary() -> tuple[dict[str, str], str]:
    """Every postcode → its district, or every sector where the full file is not here."""
    named = os.environ.get("FOLKMOOT_FULL_POSTCODES")
    if named and Path(named).is_file():
        with gzip.open(named, "rt", encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            header = next(rows)
            at, code = header.index("postcode"), header.index("lad24")
            return {row[at]: row[code] for row in rows}, "every postcode"
    held = postcodes.read_compact(shipped("data") / "postcodes")
    return dict(held.sectors), "sectors only (set FOLKMOOT_FULL_POSTCODES for every postcode)"


def measured(load: Callable[[], object]) -> tuple[float, float]:
    """Seconds and megabytes that ``load`` takes, timed and weighed in two runs."""
    began = time.perf_counter()
    load()
    seconds = time.perf_counter() - began
    tracemalloc.start()
    kept = load()
    megabytes = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    del kept
    return seconds, megabytes


def best(run: Callable[[], int]) -> float:
    """Look-ups a second in the fastest of a few rounds."""
    fastest = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answered = run()
        fastest = min(fastest, time.perf_counter() - began)
        if answered != LOOK_UPS:
            raise SystemExit(f"{LOOK_UPS - answered} look-ups were not answered.")
    return LOOK_UPS / fastest


def main() -> None:
    folder = shipped("data") / "postcodes"
    peer, what = whole_dictionary()
    draw = random.Random(1)
    keys = draw.choices(list(peer), k=LOOK_UPS)
    exact = [key if len(key.split()[1]) == 3 else f"{key}AA" for key in keys]
    typed = [f" {text.lower()}" if draw.random() < 0.5 else text for text in exact]
    held = postcodes.compact()

    def library() -> int:
        return sum(held.district(rules.parse_postcode(text)) is not None for text in typed)

    def stored() -> int:
        return sum(held.district(text) is not None for text in exact)

    def dictionary() -> int:
        return sum(peer.get(key) is not None for key in keys)

    parsed, bare, plain = best(library), best(stored), best(dictionary)
    seconds, megabytes = measured(lambda: postcodes.read_compact(folder))
    peer_seconds, peer_megabytes = measured(whole_dictionary)
    print(f"Peer: a dictionary of {len(peer):,} rows, {what}.")
    print(f"library, text as typed    {parsed:>12,.0f} a second   {parsed / plain:.3f} of the peer")
    print(f"library, ready spelt      {bare:>12,.0f} a second   {bare / plain:.3f} of the peer")
    print(f"dictionary                {plain:>12,.0f} a second   1")
    print(f"loading, library          {seconds:.2f} s, {megabytes:.0f} MB")
    print(f"loading, dictionary       {peer_seconds:.2f} s, {peer_megabytes:.0f} MB")


if __name__ == "__main__":
    main()

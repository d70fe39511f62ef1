"""Makes the misspelt and half-typed titles of petition_search.csv from real ones, by stated edits.

    python benchmarks/petition_search_cases.py > misspelt.csv

Titles are drawn with a fixed seed from the archive: of at least four words of four letters, and
none that another petition has too. A misspelling takes one word of at least four letters, two, or
every one of at least five, and makes one slip in each; the slips are those of ``SLIPS``, and every
row says which it has. A beginning is the first half of the words. The paraphrases of the file were
written by hand, from other titles, before there was anything to find them with.
"""

from __future__ import annotations

import csv
import gzip
import random
import re
import sys
from collections import Counter
from collections.abc import Callable

from folkmoot.shipped import shipped

ARCHIVE = "participation/uk_parliament_petitions_2010_2018.csv.gz"
SEED = 20261123
EACH = 8  # titles for every slip and every number of words
BEGINNINGS = 60
KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
SOUNDS = (
    ("ei", "ie"), ("ie", "ei"), ("ph", "f"), ("able", "ible"), ("ance", "ence"), ("ence", "ance"),
    ("tion", "sion"), ("ise", "ice"), ("ou", "u"), ("ea", "ee"), ("ee", "ea"), ("mm", "m"),
    ("ll", "l"), ("ss", "s"), ("tt", "t"), ("cc", "c"), ("er", "ar"), ("or", "er"), ("al", "le"),
    ("ent", "ant"), ("ant", "ent"), ("y", "ie"), ("s", "z"), ("c", "s"), ("a", "e"), ("e", "i"),
    ("o", "u"), ("i", "e"), ("u", "a"),
)  # fmt: skip


def two_change_places(word: str, draw: random.Random) -> str:
    """Two neighbouring letters change places."""
    places = [at for at in range(1, len(word) - 1) if word[at] != word[at + 1]]
    at = draw.choice(places or [0])
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def one_is_left_out(word: str, draw: random.Random) -> str:
    """A letter after the first is left out."""
    at = draw.randrange(1, len(word))
    return word[:at] + word[at + 1 :]


def one_is_typed_twice(word: str, draw: random.Random) -> str:
    """A letter is typed twice."""
    at = draw.randrange(len(word))
    return word[:at] + word[at] + word[at:]


def one_is_its_neighbour(word: str, draw: random.Random) -> str:
    """A letter after the first is the one beside it on the keyboard."""
    at = draw.randrange(1, len(word))
    for row in KEYS:
        here = row.find(word[at])
        if here >= 0:
            beside = [row[near] for near in (here - 1, here + 1) if 0 <= near < len(row)]
            return word[:at] + draw.choice(beside) + word[at + 1 :]
    return one_is_left_out(word, draw)


def as_it_sounds(word: str, draw: random.Random) -> str:
    """Letters become others that sound alike."""
    fits = [pair for pair in SOUNDS if pair[0] in word[1:]]
    if not fits:
        return one_is_typed_twice(word, draw)
    old, new = fits[0] if draw.random() < 0.5 else draw.choice(fits)
    at = word.index(old, 1)
    return word[:at] + new + word[at + len(old) :]


Slip = Callable[[str, random.Random], str]
SLIPS: tuple[Slip, ...] = (
    two_change_places, one_is_left_out, one_is_typed_twice, one_is_its_neighbour, as_it_sounds,
)  # fmt: skip


def titles() -> dict[int, str]:
    """Number → title of every archived petition, on one line."""
    with gzip.open(shipped("data") / ARCHIVE, "rt", encoding="utf-8", newline="") as file:
        return {int(r["petition_id"]): " ".join(r["title"].split()) for r in csv.DictReader(file)}


def _slipped(title: str, slip: Slip, words: int, draw: random.Random) -> str:
    """``title`` with a slip in ``words`` of its words; 0 for every word of five letters."""
    parts = re.split(r"([A-Za-z]+)", title.lower())
    long = [
        at for at, part in enumerate(parts) if part.isalpha() and len(part) >= (4 if words else 5)
    ]
    for at in sorted(draw.sample(long, words)) if words else long:
        parts[at] = slip(parts[at], draw)
    return "".join(parts)


def cases() -> list[tuple[str, int, str, str]]:
    """(group, number, what is typed, how it was made) of every case made by rule."""
    known = titles()
    often = Counter(title.casefold() for title in known.values())
    fit = [
        number
        for number, title in known.items()
        if often[title.casefold()] == 1 and len(re.findall(r"\b[A-Za-z]{4,}\b", title)) >= 4
    ]
    draw = random.Random(SEED)
    drawn = iter(draw.sample(fit, len(SLIPS) * 3 * EACH + BEGINNINGS))
    rows = []
    for slip in SLIPS:
        name = slip.__name__.replace("_", " ")
        for words, how in ((1, "in one word"), (2, "in two words"), (0, "in every long word")):
            for _ in range(EACH):
                number = next(drawn)
                typed = _slipped(known[number], slip, words, draw)
                rows.append(("misspelt", number, typed, f"{name}, {how}"))
    for number in drawn:
        words_typed = known[number].split()
        typed = " ".join(words_typed[: (len(words_typed) + 1) // 2])
        rows.append(("beginning", number, typed, "the first half of its words"))
    return rows


if __name__ == "__main__":
    csv.writer(sys.stdout, lineterminator="\n").writerows(cases())

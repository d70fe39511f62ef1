"""How like a petition already made is to a title that somebody is typing. No Django, no database.

The index of the database (``petitions/title_index.py``) finds titles by their words; this module
says which words to look for, how much each tells, and in what order what was found is shown.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from folkmoot.places.rules import folded

LONGEST_TITLE = 200
MOST_WORDS = 16
LONGEST_WORD = 30
# Words of fewer titles than this may be slips of the pen; others are what was meant.
RARE = 4
# A known word may be a slip only for one that so many times more titles have.
FAR_MORE_OFTEN = 10
MOST_DOUBTED = 6
MOST_NEAR = 8
MOST_MEANT = 3
MOST_BEGUN = 6
# Found by trial (benchmarks/petition_search.py): a word of a thousand titles tells a tenth of what
# a word of one does. Larger numbers let one rare word outweigh all the others.
_RARITY = 1_000
# What a word tells that only may have been meant, and where it is known as it was typed.
_MENDED = 0.9
_PERHAPS = 0.5
# What a title's letters tell beside its words, which tell 1 if it has them all.
_LETTERS = 0.5

# Words that tell nothing. First the list that PostgreSQL's "english" leaves out of its index, so
# that both databases leave out the same; then words that are rare in titles and yet tell nothing.
_STOP = """
    i me my myself we our ours ourselves you your yours yourself yourselves he him his himself
    she her hers herself it its itself they them their theirs themselves what which who whom this
    that these those am is are was were be been being have has had having do does did doing a an
    the and but if or because as until while of at by for with about against between into through
    during before after above below to from up down in out on off over under again further then
    once here there when where why how all any both each few more most other some such no nor not
    only own same so than too very s t can will just don should now
    also always anybody anyone anything could dont ever everybody everyone everything get let like
    may might never nobody nothing ought please rather shall somebody someone something still
    would
"""
STOP = frozenset(_STOP.split())


@dataclass(frozen=True, slots=True)
class Term:
    """Words any one of which will do, how much it tells that a title has one, and how many do."""

    words: tuple[str, ...]
    weight: float
    titles: int


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, ready to look for."""

    text: str  # folded
    words: tuple[str, ...]  # once each, in order, without those that tell nothing
    unfinished: bool  # the last word may go on


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for, and the scale on which what is found is compared."""

    terms: tuple[Term, ...]
    whole: float  # what all words tell together
    threes: frozenset[str]  # of the letters of what was typed, its likely slips mended

    def likeness(self, weight: float, title: str) -> float:
        """How like ``title`` is, whose words told ``weight``: 0 to 1.5.

        The share of all that the words tell, and half the likeness of letters: the threes of
        letters that both have over the geometric mean of how many each has.
        """
        other = _threes(folded(title))
        both = len(self.threes & other)
        letters = both / math.sqrt(len(self.threes) * len(other)) if both else 0.0
        return min(1.0, weight / self.whole) + _LETTERS * letters


def typed(title: str) -> Typed:
    """``title`` as it is looked for."""
    text = folded(title[:LONGEST_TITLE])
    words = [word for word in text.split() if word not in STOP and len(word) <= LONGEST_WORD]
    return Typed(
        text,
        tuple(dict.fromkeys(words))[:MOST_WORDS],
        unfinished=bool(words) and text.endswith(words[-1]) and not title[-1:].isspace(),
    )


def slips_allowed(word: str) -> int:
    """How many slips of the pen ``word`` may have and still be taken for another."""
    if len(word) < 4 or any(letter.isdigit() for letter in word):
        return 0
    return 1 if len(word) < 6 else 2


def doubtful(words: Sequence[str], counts: Mapping[str, int]) -> list[str]:
    """Those of ``words`` that may be slips, the rarest first."""
    doubted = [word for word in words if counts[word] < RARE and slips_allowed(word)]
    return sorted(doubted, key=lambda word: counts[word])[:MOST_DOUBTED]


def near(word: str, others: Iterable[str]) -> list[str]:
    """Those of ``others`` that ``word`` may be a slip for, the nearest first; a few."""
    most = slips_allowed(word)
    found = []
    for other in others:
        slips = OSA.distance(word, other, score_cutoff=most)
        if 0 < slips <= most:
            found.append((slips, other[0] != word[0], other))
    return [other for _, _, other in sorted(found)[:MOST_NEAR]]


def meant(word: str, others: Sequence[str], counts: Mapping[str, int]) -> tuple[str, ...]:
    """Of ``others``, near words with the nearest first, those that ``word`` is a slip for.

    A near word is the likelier, the nearer it is and the more titles have it.
    """
    least = max(1, FAR_MORE_OFTEN * counts[word])
    likely = [other for other in others if counts[other] >= least]
    likely.sort(key=lambda other: 3 * OSA.distance(word, other) - math.log(counts[other]))
    return tuple(likely[:MOST_MEANT])


def tells(count: int) -> float:
    """How much a word tells that ``count`` titles have: the logarithm of its rarity."""
    return math.log1p(_RARITY / max(count, 1))


def wanted(
    asked: Typed,
    near: Mapping[str, Sequence[str]],
    begun: Sequence[str],
    counts: Mapping[str, int],
) -> Wanted:
    """What to look for when ``asked`` is typed.

    ``near``: near words of those that are doubtful; ``begun``: words that begin as the last one
    does, if that is not known; ``counts``: the titles of each of all these.
    """
    terms: list[Term] = []
    mended: dict[str, str] = {}
    whole = 0.0
    for word in asked.words:
        own = counts[word]
        others = meant(word, near.get(word, ()), counts)
        if not own and not others and word == asked.words[-1]:
            often = sorted((w for w in begun if counts[w]), key=lambda w: -counts[w])
            others = tuple(often[:MOST_BEGUN])
        several = sum(counts[other] for other in others)
        perhaps = (_PERHAPS if own else _MENDED) * tells(several) if others else 0.0
        if own:
            terms.append(Term((word,), tells(own), own))
        if others:
            terms.append(Term(others, perhaps, several))
        if others and not own:
            mended[word] = others[0]
        # A word that no title has tells as much as the rarest, so that what has none of the telling
        # words is not taken to be like.
        whole += perhaps if others and not own else max(perhaps, tells(own))
    text = " ".join(mended.get(word, word) for word in asked.text.split())
    return Wanted(tuple(terms), whole, frozenset(_threes(text)))


def _threes(text: str) -> set[str]:
    """Every three letters that follow one another in a word, its ends marked."""
    return {f"  {word} "[at : at + 3] for word in text.split() for at in range(len(word) + 1)}

"""Pure facts about places: the kinds there are, who nests, how they succeed one another."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from folkmoot.common.errors import BadInput, Fault

# kind → (singular name on pages, tier). Tiers nest: lower inside upper inside region inside nation.
KINDS: dict[str, tuple[str, str]] = {
    "country-group": ("group of nations", "nations"),
    "nation": ("nation", "nation"),
    "region": ("region", "region"),
    "metropolitan-county": ("metropolitan county", "area only"),
    "combined-authority": ("combined authority", "strategic"),
    "london-authority": ("Greater London Authority", "strategic"),
    "london-part": ("part of London for statistics", "area only"),
    "county": ("county council", "upper"),
    "unitary": ("unitary council", "single"),
    "metropolitan": ("metropolitan borough", "single"),
    "london": ("London borough", "single"),
    "district": ("district council", "lower"),
    "welsh": ("Welsh council", "single"),
    "scottish": ("Scottish council", "single"),
    "northern-irish": ("Northern Ireland council", "single"),
    "police-force": ("police force area", "police"),
    "fire-authority": ("fire authority", "fire"),
    "integrated-care-board": ("integrated care board", "health"),
    "joined": ("joined area for statistics", "area only"),
}

# Sets of kinds that do not nest in one another, so that they may be compared in one family.
SINGLE_TIER = frozenset(
    {"unitary", "metropolitan", "london", "welsh", "scottish", "northern-irish"}
)
UPPER_TIER = SINGLE_TIER | {"county"}
LOWER_TIER = SINGLE_TIER | {"district"}
FAMILIES: tuple[frozenset[str], ...] = (
    UPPER_TIER,
    LOWER_TIER,
    frozenset({"police-force"}),
    frozenset({"fire-authority"}),
    frozenset({"integrated-care-board"}),
    frozenset({"combined-authority"}),
    frozenset({"region"}),
    frozenset({"nation"}),
)

SIMILAR_LISTS = {
    "ons-global": "ONS similar areas (global)",
    "dfe": "DfE statistical neighbours",
}


def may_compare(kinds: frozenset[str]) -> bool:
    """Whether no kind in ``kinds`` can contain another: one family of comparison."""
    return bool(kinds) and any(kinds <= family for family in FAMILIES)


@dataclass(frozen=True, slots=True)
class Place:
    """What a door needs to name a place."""

    code: str
    name: str
    slug: str
    kind: str


# Postcode as Royal Mail writes it: outward part, a space, inward part. Follows the format in the
# National Statistics Postcode Lookup user guide (ONS) and BS 7666. Directories also hold codes
# from before it: W1M, W1N, W1R, W1V, W1X and W1Y of London, NPT of Newport, and GIR 0AA.
POSTCODE = re.compile(
    r"(?:GIR 0AA|NPT [0-9][A-Z]{2}|[A-PR-UWYZ](?:[0-9][0-9A-HJKMNPR-Y]?"
    r"|[A-HK-Y][0-9][0-9ABEHMNPRVWXY]?) [0-9][ABD-HJLNP-UW-Z]{2})"
)
_POSTCODE_NOISE = re.compile(r"[\s\-.,'’]+")
LONGEST_POSTCODE = 32


def parse_postcode(text: str) -> str:
    """The postcode in ``text``, in capitals with one space: ``" ls11ur "`` gives ``"LS1 1UR"``.

    Raises BadInput with one fault of kind ``malformed-postcode`` where no postcode has that
    form. The fault never repeats the text: what people type may say where they live.
    """
    bare = _POSTCODE_NOISE.sub("", text[: LONGEST_POSTCODE + 1]).upper()
    spaced = f"{bare[:-3]} {bare[-3:]}"
    if len(text) <= LONGEST_POSTCODE and bare.isascii() and POSTCODE.fullmatch(spaced):
        return spaced
    if not bare:
        what = "Nothing was typed."
    elif not any(letter.isdigit() for letter in bare):
        what = "This is not a postcode: it has no number in it."
    elif 2 <= len(bare) <= 4 and POSTCODE.fullmatch(f"{bare} 1AA"):
        what = "This is only the first half of a postcode."
    else:
        what = "This does not have the form of a postcode."
    remedy = "Type a whole postcode such as LS1 1UR, or the name of your council."
    raise BadInput([Fault("postcode", what, remedy, kind="malformed-postcode")])


def looks_like_postcode(text: str) -> bool:
    """Whether ``text`` has the form of a whole postcode."""
    try:
        parse_postcode(text)
    except BadInput:
        return False
    return True


# Keys of places that hold numbers: a GSS code, and the short name of a place that ended.
_NUMBERED = re.compile(r"[A-Za-z][0-9]{8}|[A-Za-z-]+-until-[0-9]{4}")


def may_be_postcode(text: str) -> bool:
    """Whether ``text`` may be a postcode, whole, in part or mistyped, so that no door repeats it.

    Broad on purpose: whatever holds a number and has not the form of a place's code or short name.
    """
    bare = text.strip()
    return any(letter.isdigit() for letter in bare) and not _NUMBERED.fullmatch(bare)


def sector(postcode: str) -> str:
    """``"LS1 1UR"`` is in the sector ``"LS1 1"``."""
    return postcode[:-2]


def plain_name(name: str) -> str:
    """A directory's name in the order in which people say it.

    ``"Bristol, City of"`` gives ``"Bristol"``; ``"London, City of"`` stays a city, since
    London is another place.
    """
    if name == "London, City of":
        return "City of London"
    return re.sub(r", (?:City|County) of$", "", " ".join(name.split()))


def folded(text: str) -> str:
    """``text`` as it is compared in a search: no case, accents, or marks; ``&`` is ``and``."""
    spelt = unicodedata.normalize("NFKD", text.casefold().replace("&", " and "))
    letters = "".join(c for c in spelt if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^a-z0-9 ]+", " ", re.sub(r"['’.]", "", letters)).split())


def slug_of(name: str) -> str:
    """A name as it stands in an address: ``"St. Helens"`` gives ``"st-helens"``."""
    return folded(name).replace(" ", "-")


RECODED = "recoded"
MERGED = "merged"
SPLIT = "split"


def succession(
    kind: str,
    name: str,
    successor_kind: str,
    successor_name: str,
    successors: int,
    predecessors: int = 1,
) -> str:
    """How an area that ended lives on in one of its ``successors``.

    ``recoded``: the same place under a new code, usually after a small change of boundary, so
    that its figures carry on. ``split``: it went to several areas. ``merged``: it became part
    of another area, whose figures are about a different place, even where it kept the name:
    so it is wherever the successor has several ``predecessors``.
    """
    if successors > 1:
        return SPLIT
    same = kind == successor_kind and folded(name) == folded(successor_name)
    return RECODED if same and predecessors == 1 else MERGED


class _Named(Protocol):
    """An area, wherever it is kept."""

    @property
    def code(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...


def recoded(steps: Iterable[tuple[_Named, _Named]]) -> dict[str, str]:
    """Old code → newest code of every place that only changed its code.

    ``steps`` are all the pairs of (an area that ended, an area that it became).
    """
    steps = list(steps)
    ways = Counter(old.code for old, _ in steps)
    joined = Counter(new.code for _, new in steps)
    onward = {
        old.code: new.code
        for old, new in steps
        if succession(old.kind, old.name, new.kind, new.name, ways[old.code], joined[new.code])
        == RECODED
    }
    newest = {}
    for code, last in onward.items():
        while last in onward:
            last = onward[last]
        newest[code] = last
    return newest

"""Pure facts about places: the kinds there are, which services each kind can run, who nests."""

from __future__ import annotations

from dataclasses import dataclass

# kind → (singular name on pages, tier). Tiers nest: lower inside upper inside region inside nation.
KINDS: dict[str, tuple[str, str]] = {
    "country-group": ("group of nations", "nations"),
    "nation": ("nation", "nation"),
    "region": ("region", "region"),
    "metropolitan-county": ("metropolitan county", "area only"),
    "combined-authority": ("combined authority", "strategic"),
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

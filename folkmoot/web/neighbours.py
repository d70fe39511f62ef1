"""Who is similar to a place, and the names that stand beside it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from folkmoot.places.models import Area, SimilarArea
from folkmoot.places.rules import Place


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The similar places of one place: ids by list, and the first list's names in order."""

    ids: dict[str, tuple[int, ...]]
    named: tuple[Place, ...]


def neighbours(area: Area, *, shown: int = 8) -> Neighbours:
    """Every list of similar places of ``area``; one query. ``shown`` of them are named."""
    ids: dict[str, list[int]] = defaultdict(list)
    named: list[Place] = []
    rows = SimilarArea.objects.filter(area=area).order_by("list_key", "position")
    columns = ("list_key", "other_id", "other__code", "other__name", "other__slug", "other__kind")
    for key, other, code, name, slug, kind in rows.values_list(*columns):
        ids[key].append(other)
        if key == "ons-global" and len(named) < shown:
            named.append(Place(code, name, slug, kind))
    return Neighbours({key: tuple(others) for key, others in ids.items()}, tuple(named))

"""Finding a place by a name that may be misspelt. The index is small and kept in memory."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from django.db.models import Count, Max
from rapidfuzz import fuzz, process

from folkmoot.places import rules
from folkmoot.places.models import Area

LONGEST_QUERY = 80
_WORST = 70.0  # below this a likeness is an accident
_EXACT, _OTHER_EXACT, _PREFIX, _WORD_PREFIX = 200.0, 180.0, 160.0, 140.0
_LIKENESS_TOP = 100.0
# What people mean first when several places share a name.
_KIND_BONUS = {
    "nation": 9.0, "unitary": 8.0, "metropolitan": 8.0, "london": 8.0, "welsh": 8.0,
    "scottish": 8.0, "northern-irish": 8.0, "county": 7.0, "district": 7.0,
    "combined-authority": 6.0, "london-authority": 5.0, "region": 7.5, "police-force": 4.0,
    "integrated-care-board": 3.0, "fire-authority": 3.0, "country-group": 2.0,
    "metropolitan-county": 1.0, "london-part": 1.0, "joined": 0.0,
}  # fmt: skip
_ENDED_COST = 12.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A place found, the name by which it was found, and how well (higher is better)."""

    place: rules.Place
    matched: str
    score: float
    ended: bool


@dataclass(frozen=True, slots=True)
class _Entry:
    place: rules.Place
    ended: bool
    name: str
    text: str
    first: bool  # whether this is the place's own name


@dataclass(frozen=True, slots=True)
class _Index:
    key: tuple[int, int]
    entries: tuple[_Entry, ...]
    texts: tuple[str, ...]


_lock = Lock()
_kept: _Index | None = None


def forget() -> None:
    """Drop the index of this process; the next search builds it again."""
    global _kept
    with _lock:
        _kept = None


def _index() -> _Index:
    """The index, built again whenever the number of areas or the newest one changed."""
    global _kept
    counted = Area.objects.aggregate(count=Count("id"), newest=Max("id"))
    key = (counted["count"], counted["newest"] or 0)
    with _lock:
        if _kept is not None and _kept.key == key:
            return _kept
    entries = []
    columns = ("code", "name", "slug", "kind", "ended", "other_names")
    for code, name, slug, kind, ended, others in Area.objects.values_list(*columns):
        place = rules.Place(code=code, name=name, slug=slug, kind=kind)
        for position, known in enumerate([name, *others, code]):
            text = rules.folded(known)
            if text:
                entries.append(_Entry(place, ended is not None, known, text, position == 0))
    built = _Index(key, tuple(entries), tuple(entry.text for entry in entries))
    with _lock:
        _kept = built
    return built


def _score(entry: _Entry, text: str, likeness: float) -> float:
    if entry.text == text:
        base = _EXACT if entry.first else _OTHER_EXACT
    elif entry.text.startswith(text) and len(text) > 1:
        base = _PREFIX if entry.first else _PREFIX - 5
    elif f" {text}" in entry.text and len(text) > 2:
        base = _WORD_PREFIX
    else:
        base = min(likeness, _LIKENESS_TOP)
    cost = _ENDED_COST if entry.ended else 0.0
    return base + _KIND_BONUS.get(entry.place.kind, 0.0) - cost


def find(text: str, limit: int = 10) -> list[Hit]:
    """Places whose name, other name or code is like ``text``, best first.

    Whole names come first, then beginnings of names, then beginnings of words in them, then
    likeness (weighted ratio of rapidfuzz, at least 70 of 100), so that slips of the finger are
    forgiven. Empty text finds nothing.
    """
    wanted = rules.folded(text[:LONGEST_QUERY])
    if not wanted:
        return []
    index = _index()
    likely = process.extract(
        wanted, index.texts, scorer=fuzz.WRatio, limit=60, score_cutoff=_WORST, processor=None
    )
    scored = {position: likeness for _, likeness, position in likely}
    for position, entry_text in enumerate(index.texts):
        if entry_text.startswith(wanted) or f" {wanted}" in entry_text:
            scored.setdefault(position, _LIKENESS_TOP)
    best: dict[str, Hit] = {}
    for position, likeness in scored.items():
        entry = index.entries[position]
        hit = Hit(entry.place, entry.name, _score(entry, wanted, likeness), entry.ended)
        known = best.get(entry.place.code)
        if known is None or hit.score > known.score:
            best[entry.place.code] = hit
    ranked = sorted(best.values(), key=lambda hit: (-hit.score, hit.place.name, hit.place.code))
    return ranked[:limit]

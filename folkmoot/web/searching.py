"""Finding places, services, measures and petitions by words, forgiving slips of the finger."""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz import fuzz, process

from folkmoot.measures.queries import MeasureFacts, edition
from folkmoot.petitions.queries_search import Similar, similar
from folkmoot.places import queries as places
from folkmoot.places.rules import Place, folded
from folkmoot.services.models import Service

_GOOD = 80.0  # likeness of 100 below which a word match is an accident
_PLACES = 8
_MEASURES = 12
_PETITIONS = 6


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, best first in each list."""

    places: tuple[Place, ...]
    services: tuple[Service, ...]
    measures: tuple[MeasureFacts, ...]
    petitions: tuple[Similar, ...] = ()

    @property
    def count(self) -> int:
        """How many things were found in all."""
        return sum(map(len, (self.places, self.services, self.measures, self.petitions)))


def _like(wanted: str, text: str) -> float:
    """Likeness of ``wanted`` to ``text``, 0 to 100: every word wanted must be like some word."""
    words = folded(text).split()
    likenesses = []
    for part in wanted.split():
        best = process.extractOne(part, words, scorer=fuzz.ratio)
        whole = any(word.startswith(part) for word in words) and len(part) > 2
        likenesses.append(100.0 if whole else best[1] if best else 0.0)
    return min(likenesses, default=0.0)


def _services(wanted: str) -> list[tuple[float, Service]]:
    scored = []
    for service in Service.objects.all():
        score = max(_like(wanted, text) for text in (service.title, *service.words))
        if score >= _GOOD:
            scored.append((score, service))
    return sorted(scored, key=lambda pair: (-pair[0], pair[1].position))


def _all_words(measure: MeasureFacts) -> str:
    """Title, what is counted, and the short name, which often keeps the publisher's own words."""
    return f"{measure.title} {measure.definition['counted']} {measure.slug.replace('-', ' ')}"


def _measures(wanted: str) -> list[tuple[float, MeasureFacts]]:
    scored = []
    for measure in edition().facts.values():
        title = _like(wanted, measure.title)
        score = max(title, _like(wanted, _all_words(measure)) - 5)
        if score >= _GOOD:
            scored.append((score, measure))
    return sorted(scored, key=lambda pair: (-pair[0], pair[1].headline or 99, pair[1].title))


def search_all(text: str) -> Found:
    """Places, services, measures and petitions of this site like ``text``."""
    wanted = folded(text)
    if not wanted:
        return Found((), (), ())
    return Found(
        tuple(places.search(text, limit=_PLACES)),
        tuple(service for _, service in _services(wanted)),
        tuple(measure for _, measure in _measures(wanted))[:_MEASURES],
        # Of those of the archive, which have a page of their own, as many may be among them.
        tuple(one for one in similar(text, limit=2 * _PETITIONS) if not one.archived)[:_PETITIONS],
    )

"""Petitions like a title: here, and in the archive. Only titles that everybody may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from folkmoot.petitions import title_index
from folkmoot.petitions.archives import Archive, archives
from folkmoot.petitions.models import ArchivedPetition, Petition, PetitionAnswer
from folkmoot.petitions.queries import PUBLIC
from folkmoot.petitions.rules import likeness
from folkmoot.petitions.rules.states import OPEN, STATES

PETITION, ARCHIVE = "petition", "archive"
# So many of this site and of the archive are compared in full.
_COMPARED = 60
# What is less like than this has nothing but common words in it.
_LEAST = 0.4
# One of the same place, and one that can still be signed, come before one as like elsewhere.
_SAME_PLACE = 0.1
_OPEN = 0.05


@dataclass(frozen=True, slots=True)
class Similar:
    """A petition that is like a title. ``state``: its key here; as published, in the archive."""

    kind: str  # petition or archive
    number: int
    title: str
    state: str
    signatures: int | None
    link: str
    place: str  # its name; "" in the archive
    answered: bool  # not known of the archive, so false
    period: str = ""  # of the archive, as published
    source: str = ""  # a key of catalogue/archives

    @property
    def archived(self) -> bool:
        """Whether it was made elsewhere."""
        return self.kind == ARCHIVE

    @property
    def state_words(self) -> str:
        """Its state as a page says it; in the archive as published."""
        return self.state if self.archived else STATES[self.state]

    @property
    def origin(self) -> Archive | None:
        """Of the archive: where it is from and on what terms, to be shown beside it."""
        return archives().get(self.source)


def similar(title: str, *, place: str = "", limit: int = 10) -> list[Similar]:
    """Petitions like ``title``, the likest first: open, closed, answered, refused and archived.

    ``place`` is the code of an area whose petitions come a little before others. How likeness is
    measured: ``rules/likeness.py``. Of two alike, the one with more signatures comes first. The
    archive takes no more than half of the places that petitions of this site would fill.
    """
    asked = likeness.typed(title)
    if not asked.words:
        return []
    wanted = _wanted(asked)
    hits = {(hit.archived, hit.pk): hit.weight for hit in title_index.best(wanted.terms, _COMPARED)}
    scored = []
    for archived, pk, bonus, found in (
        *_here([pk for archived, pk in hits if not archived], place),
        *_elsewhere([pk for archived, pk in hits if archived]),
    ):
        like = wanted.likeness(hits[archived, pk], found.title)
        if like >= _LEAST:
            scored.append((-like - bonus, -(found.signatures or 0), archived, -pk, found))
    scored.sort(key=lambda row: row[:4])
    kept = [row for row in scored if not row[2]][: (limit + 1) // 2]
    others = [row for row in scored if row not in kept]
    return [row[-1] for row in sorted(kept + others[: limit - len(kept)], key=lambda row: row[:4])]


def _wanted(asked: likeness.Typed) -> likeness.Wanted:
    counts = title_index.counts(asked.words)
    doubtful = likeness.doubtful(asked.words, counts)
    near = {word: likeness.near(word, w) for word, w in title_index.near(doubtful).items()}
    last = asked.words[-1]
    begun = title_index.begun(last) if asked.unfinished and not counts[last] else []
    others = list(dict.fromkeys([*(w for words in near.values() for w in words), *begun]))
    if others:
        counts |= title_index.counts(others)
    return likeness.wanted(asked, near, begun, counts)


Row = tuple[bool, int, float, Similar]


def _here(keys: Sequence[int], place: str) -> list[Row]:
    """This site's, with what each gains. The index has no hidden ones, but this asks once more."""
    if not keys:
        return []
    answers = PetitionAnswer.objects.filter(petition=OuterRef("pk"))
    petitions = (
        Petition.objects.filter(PUBLIC, pk__in=keys, title_hidden=False)
        .annotate(is_answered=Exists(answers))
        .values_list(
            "pk", "title", "state", "signatures", "area__name", "area__code", "is_answered"
        )
    )
    return [
        (
            False,
            pk,
            (_SAME_PLACE if place and code == place else 0.0) + (_OPEN if state == OPEN else 0.0),
            Similar(PETITION, pk, title, state, signed, f"/petitions/{pk}/", name, answered),
        )
        for pk, title, state, signed, name, code, answered in petitions
    ]


def _elsewhere(keys: Sequence[int]) -> list[Row]:
    petitions = ArchivedPetition.objects.filter(pk__in=keys).values_list(
        "pk", "number", "title", "state", "signatures", "link", "period", "source"
    )
    return [
        (
            True,
            pk,
            0.0,
            Similar(ARCHIVE, number, title, state, signed, link, "", False, period, source),
        )
        for pk, number, title, state, signed, link, period, source in petitions
    ]

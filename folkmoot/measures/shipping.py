"""What a build has to read: shipped files not seen yet, and releases read by an older catalogue."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from folkmoot.common.models import PublicAct
from folkmoot.measures import store
from folkmoot.measures.catalogue import Catalogue
from folkmoot.measures.models import Release, ReleaseFault, Source
from folkmoot.measures.receiving import Terms, key_of, known_areas, terms

OFFICE = "build"
_WAITING = (Release.State.READY, Release.State.HELD)


@dataclass(frozen=True, slots=True)
class Due:
    """A file to be read. ``release`` is its release where a build before left one open.

    ``publishes`` says whether the build may publish it; ``again`` that its bytes are known.
    """

    source: Source
    terms: Terms
    data: bytes
    filename: str
    companions: dict[str, bytes]
    source_date: dt.date | None
    release: Release | None = None
    publishes: bool = True
    again: bool = False


def files_due(catalogue: Catalogue, data: Path) -> list[Due]:
    """Every file that this build reads, the most work first."""
    sources = {source.slug: source for source in Source.objects.all()}
    releases: dict[int, list[Release]] = defaultdict(list)
    for release in Release.objects.select_related("source").order_by("number"):
        releases[release.source_id].append(release)
    found = []
    for slug, entry in sorted(catalogue.sources.items()):
        chosen = terms(entry, catalogue.measures_from(slug))
        source = sources[slug]
        due = _shipped(source, chosen, releases[source.pk], data)
        found.append(due or _read_by_an_older_catalogue(source, chosen, releases[source.pk]))
    return sorted(
        (due for due in found if due is not None),
        key=lambda due: -len(due.data) * max(len(due.terms.measures), 1),
    )


def _current(releases: list[Release]) -> Release | None:
    return next((r for r in releases if r.state == Release.State.PUBLISHED), None)


def _shipped(source: Source, chosen: Terms, releases: list[Release], data: Path) -> Due | None:
    """The shipped file, if it was never seen or its release was left open.

    Where an office has published a release of its own, the shipped one waits for an office too.
    """
    entry = chosen.source
    if entry.file is None:
        return None
    raw = (data / entry.file).read_bytes()
    sha256 = hashlib.sha256(raw).hexdigest()
    seen = any(release.sha256 == sha256 for release in releases)
    newest = releases[-1] if releases else None
    left = newest if newest and newest.sha256 == sha256 and newest.state in _WAITING else None
    if seen and left is None:
        return None
    current = _current(releases)
    return Due(
        source,
        chosen,
        raw,
        Path(entry.file).name,
        {Path(name).name: (data / name).read_bytes() for name in entry.companions},
        entry.source_date,
        release=left if left and left.definition == chosen.digest else None,
        publishes=current is None or _published_by_build(current),
    )


def _published_by_build(release: Release) -> bool:
    acts = PublicAct.objects.filter(verb="publish-release", subject=f"release:{key_of(release)}")
    return acts.filter(office=OFFICE).exists()


def _read_by_an_older_catalogue(
    source: Source, chosen: Terms, releases: list[Release]
) -> Due | None:
    """The bytes of the published release, if they would now be read otherwise."""
    current = _current(releases)
    if current is None:
        return None
    if current.definition == chosen.digest and not _areas_found(current, chosen):
        return None
    newest = releases[-1]
    left = newest.sha256 == current.sha256 and newest.definition == chosen.digest
    return Due(
        source,
        chosen,
        store.fetch(current.sha256),
        current.filename,
        {part["name"]: store.fetch(part["sha256"]) for part in current.companions},
        current.source_date,
        release=newest if left and newest.state in _WAITING else None,
        again=True,
    )


def _areas_found(release: Release, chosen: Terms) -> bool:
    """Whether an area that was unknown when this release was read is known now."""
    faults = ReleaseFault.objects.filter(release=release, kind="unknown-area")
    values = set(faults.values_list("value", flat=True))
    if not values:
        return False
    areas = known_areas(chosen.source.area_codes)
    return any(areas.names.get(value, value) in areas.codes for value in values)

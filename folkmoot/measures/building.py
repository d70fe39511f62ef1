"""The build: from the shipped catalogue and data to a database with every account in it.

Safe to repeat at any time: what is there already is left alone, and a build that finds nothing
changed ends at once. It takes nothing away but the accounts of measures that left the
catalogue, and names them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.db import transaction

from folkmoot.common.errors import BadInput
from folkmoot.measures.catalogue import read_catalogue
from folkmoot.measures.computing import Crew, ReadTask, read_file, shared
from folkmoot.measures.held import Held, held_lines, held_releases
from folkmoot.measures.importing import sync_catalogue
from folkmoot.measures.inputs import NOTHING_CHANGED, inputs_of, is_built
from folkmoot.measures.models import Build, Release
from folkmoot.measures.publishing import Progress, Publication, quiet
from folkmoot.measures.readers import Reading
from folkmoot.measures.receiving import accept, accepted, key_of, known_areas, register
from folkmoot.measures.recomputing import recompute
from folkmoot.measures.shipping import OFFICE, Due, files_due
from folkmoot.measures.staging import Ready
from folkmoot.places.importing import import_places


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. ``held``: release and its kinds of fault; ``refused``: source and faults.

    ``waiting``: shipped releases that are ready but not published, because an office has
    published a release of its own of that source.
    """

    unchanged: bool = False
    areas: int = 0
    received: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    held: tuple[Held, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    waiting: tuple[str, ...] = ()
    recomputed: int = 0
    retired: tuple[str, ...] = ()
    observations: int = 0

    def __str__(self) -> str:
        if self.unchanged:
            return "\n".join([NOTHING_CHANGED, *held_lines(self.held)])
        lines = [
            (
                f"{self.areas:,} places; {len(self.received)} releases received, "
                f"{len(self.published)} published with {self.observations:,} figures; "
                f"{self.recomputed} accounts computed again."
            )
        ]
        lines += [f"Retired, no longer in the catalogue: {slug}." for slug in self.retired]
        lines += [f"Ready, not published (an office published its own): {k}." for k in self.waiting]
        lines += [f"Refused: {source}: {faults}" for source, faults in self.refused]
        return "\n".join([*lines, *held_lines(self.held)])


def build(
    *, data: Path, catalogue: Path, at: dt.datetime, progress: Progress | None = None
) -> BuildReport:
    """Make or update the database from the folders ``data`` and ``catalogue``.

    Raises BadInput with every fault of the catalogue. A release with faults that the catalogue
    does not accept is held and a file that cannot be read is refused; both are in the report
    and stop nothing else. A crash leaves the old account whole and the next build goes on.
    """
    progress = progress or quiet
    inputs = inputs_of(data, catalogue)
    if is_built(inputs):
        return BuildReport(unchanged=True, held=held_releases())
    with Crew(settings.WORKERS) as crew:
        report = _build(data, catalogue, at, progress, crew)
    with transaction.atomic():
        Build.objects.all().delete()
        remember(inputs, at)
    return report


def remember(inputs: str, at: dt.datetime) -> None:
    """Note that everything ``inputs`` stands for is built. A later build of figures forgets it."""
    Build.objects.create(inputs=inputs, at=at)


def _build(
    data: Path, catalogue: Path, at: dt.datetime, progress: Progress, crew: Crew
) -> BuildReport:
    found, faults = read_catalogue(catalogue)
    if faults:
        raise BadInput(faults, f"The catalogue has {len(faults)} faults.")
    progress("Places", 0, 1)
    places = import_places(data, at=at)
    progress("Places", 1, 1)
    retired = sync_catalogue(found)
    report = BuildReport(areas=places.areas, retired=tuple(retired))
    publication = Publication(crew, progress)
    report = _receive(files_due(found, data), report, publication, crew, (data, at, progress))
    figures = publication.observations
    published = publication.commit(at=at, office=OFFICE)
    again = recompute(crew, at=at, progress=progress)
    return replace(
        report,
        published=tuple(key_of(release) for release in published),
        observations=figures,
        recomputed=again,
        held=held_releases(),
    )


def _receive(
    due: Sequence[Due],
    report: BuildReport,
    publication: Publication,
    crew: Crew,
    moment: tuple[Path, dt.datetime, Progress],
) -> BuildReport:
    data, at, progress = moment
    areas = {
        kind: shared(known_areas(kind, data)) for kind in {d.terms.source.area_codes for d in due}
    }
    tasks = [
        ReadTask(
            each.terms.source,
            each.terms.measures,
            each.data,
            areas[each.terms.source.area_codes],
            settings.MAX_RELEASE_MEGABYTES,
            each.companions,
        )
        for each in due
    ]
    received: list[str] = []
    waiting: list[str] = []
    refused: list[tuple[str, str]] = []
    for done, (each, outcome) in enumerate(zip(due, crew.run(read_file, tasks), strict=True), 1):
        progress("Reading releases", done, len(due))
        if outcome.reading is None:
            refused.append((each.source.slug, "; ".join(map(str, outcome.refused))))
            continue
        reading = outcome.unpack()
        release = _registered(each, reading, at)
        if each.release is None:
            received.append(key_of(release))
        if release.state == Release.State.READY and each.publishes:
            publication.add(Ready(release, each.terms, reading.tables))
        elif release.state == Release.State.READY:
            waiting.append(key_of(release))
    return replace(report, received=tuple(received), waiting=tuple(waiting), refused=tuple(refused))


def _registered(due: Due, reading: Reading, at: dt.datetime) -> Release:
    """The release of a file that was read: new, or the open one with what is accepted since."""
    if due.release is None:
        return register(
            due.source,
            due.terms,
            reading,
            due.data,
            filename=due.filename,
            at=at,
            office=OFFICE,
            companions=due.companions,
            source_date=due.source_date,
            again=due.again,
        )
    release = due.release
    if release.state == Release.State.HELD:
        reasons = accepted(due.terms.source, release.sha256)
        accept(release, reasons, office=OFFICE, at=at)
    return release

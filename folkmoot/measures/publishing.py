"""Publishing: everything is worked out beside the database, then written in one transaction.

A crash at any instant leaves the old account whole: until the commit nothing of the new release
is there, and after it everything is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import pyarrow as pa
from django.conf import settings
from django.db import connection, transaction

from folkmoot.common.acts import record_acts
from folkmoot.common.errors import Conflict
from folkmoot.common.statements import survey
from folkmoot.measures import store
from folkmoot.measures.computing import (
    Computed,
    Crew,
    ReadTask,
    compute_account,
    from_stream,
    read_file,
    shared,
)
from folkmoot.measures.importing import load, with_area_ids, with_keys
from folkmoot.measures.judging import Atlas, inputs_digest, task_for
from folkmoot.measures.models import (
    Account,
    BodyObservation,
    MeasureAccount,
    Observation,
    Release,
    Revision,
    Source,
)
from folkmoot.measures.receiving import Terms, act_on, key_of, known_areas, terms_of
from folkmoot.measures.staging import Ready, Staged, revised_of, stage
from folkmoot.places.models import Area

Progress = Callable[[str, int, int], None]
# Below this many observations a crew takes longer to start than to finish.
WORTH_A_CREW = 30_000


def quiet(stage: str, done: int, total: int) -> None:
    """A progress report to nobody."""


def publish(
    releases: Sequence[Release],
    *,
    at: dt.datetime,
    office: str,
    progress: Progress | None = None,
) -> list[Release]:
    """Publish releases that are READY, at most one of each source: all of them or none.

    Raises Conflict if one is not READY, is read by another catalogue than the present one, or
    if another publication of the same source was quicker.
    """
    if not releases:
        return []
    _one_of_each(releases)
    tasks = []
    for release in releases:
        _check_ready(release)
        tasks.append((release, terms_of(release.source)))
        if tasks[-1][1].digest != release.definition:
            raise Conflict(
                f"The catalogue changed since release {key_of(release)} was read: "
                "receive its file again."
            )
    with Crew(1) as crew:
        outcomes = crew.run(read_file, (_read_task(release, chosen) for release, chosen in tasks))
        ready = [
            Ready(release, chosen, outcome.unpack().tables)
            for (release, chosen), outcome in zip(tasks, outcomes, strict=True)
        ]
    count = sum(table.num_rows for each in ready for table in each.tables.values())
    with Crew(settings.WORKERS if count >= WORTH_A_CREW else 1) as crew:
        publication = Publication(crew, progress or quiet)
        for each in ready:
            publication.add(each)
        return publication.commit(at=at, office=office)


def _one_of_each(releases: Sequence[Release]) -> None:
    if len({release.source_id for release in releases}) < len(releases):
        raise Conflict("Two releases of one source cannot be published in one step.")


def _check_ready(release: Release) -> None:
    if release.state != Release.State.READY:
        raise Conflict(f"Release {key_of(release)} is not ready: {release.get_state_display()}.")


def _read_task(release: Release, chosen: Terms) -> ReadTask:
    return ReadTask(
        chosen.source,
        chosen.measures,
        store.fetch(release.sha256),
        shared(known_areas(chosen.source.area_codes)),
        settings.MAX_RELEASE_MEGABYTES,
        {part["name"]: store.fetch(part["sha256"]) for part in release.companions},
    )


class Publication:
    """Releases on their way to being published in one step.

    ``add`` works out what each changes and sets the crew to judge its measures; ``commit``
    writes everything in one transaction. With a crew of many, rows are written while the last
    measures are still being judged: nothing is seen of either before the commit.
    """

    def __init__(self, crew: Crew, progress: Progress) -> None:
        self._crew = crew
        self._progress = progress
        self._atlas = Atlas.load()
        self._areas = dict(Area.objects.values_list("code", "pk"))
        self._staged: list[Staged] = []
        self._judged: list[list[Callable[[], Computed]]] = []
        self._inputs: list[dict[str, str]] = []

    @property
    def observations(self) -> int:
        """How many figures are on their way."""
        return sum(each.observations.num_rows for each in self._staged)

    def add(self, ready: Ready) -> None:
        """Stage a release and begin to judge its measures."""
        staged = stage(ready, self._areas)
        release = ready.release
        self._staged.append(staged)
        if staged.bodies:
            self._judged.append([])
            self._inputs.append({})
            return
        self._judged.append(
            [
                self._crew.begin(
                    compute_account,
                    task_for(entry, table, self._atlas, revised_of(staged, entry.slug)),
                )
                for entry in ready.terms.measures
                if (table := ready.tables[entry.slug]).num_rows
            ]
        )
        self._inputs.append(
            {
                entry.slug: inputs_digest(entry, release.sha256, release.definition, self._atlas)
                for entry in ready.terms.measures
            }
        )

    def commit(self, *, at: dt.datetime, office: str) -> list[Release]:
        """Publish what was added, all or nothing. Raises Conflict as ``publish`` does."""
        if self._crew.alone:
            done = [[judge() for judge in waiting] for waiting in self._judged]
            self._judged = [[partial(_given, one) for one in each] for each in done]
        with transaction.atomic():
            _lock([each.release.source_id for each in self._staged])
            for number, each in enumerate(self._staged, 1):
                _write(each, at)
                self._progress("Writing figures", number, len(self._staged))
            parts = zip(self._staged, self._judged, self._inputs, strict=True)
            for number, (each, waiting, inputs) in enumerate(parts, 1):
                judged = (judge() for judge in waiting)
                if not each.bodies:
                    write_accounts(each.release, each.measures, each.areas, judged, inputs, at)
                waiting.clear()
                self._progress("Judging measures", number, len(self._staged))
            record_acts(
                act_on(each.release, "publish-release", office=office, at=at)
                for each in self._staged
            )
            survey(Release, Observation, BodyObservation, Account, MeasureAccount)
        return [each.release for each in self._staged]


def _given(computed: Computed) -> Computed:
    return computed


def _lock(sources: Iterable[int]) -> None:
    """Wait for any other publication of these sources. On SQLite the transaction is the lock."""
    list(Source.objects.select_for_update().filter(pk__in=list(sources)).order_by("pk"))


def _write(staged: Staged, at: dt.datetime) -> None:
    release = staged.release
    release.refresh_from_db()
    _check_ready(release)
    now = Release.objects.filter(source=release.source_id, state=Release.State.PUBLISHED).first()
    if now != staged.previous:
        raise Conflict(f"Another release of {release.source.slug} was published meanwhile.")
    if now is not None:
        now.state = Release.State.SUPERSEDED
        now.save(update_fields=["state"])
    release.state = Release.State.PUBLISHED
    release.published_at = at
    release.previous = staged.previous
    release.save(update_fields=["state", "published_at", "previous"])
    key = {"release_id": release.pk}
    load(BodyObservation if staged.bodies else Observation, with_keys(staged.observations, key))
    load(Revision, with_keys(staged.revisions, key))


def write_accounts(
    release: Release,
    measures: Mapping[str, int],
    areas: dict[str, int],
    computed: Iterable[Computed],
    inputs: Mapping[str, str],
    at: dt.datetime,
) -> None:
    """Replace the accounts of ``measures`` (slug → key) by those computed from ``release``.

    A measure without a computed account has none afterwards: its release holds no figures.
    """
    old = list(measures.values())
    Account.objects.filter(measure_id__in=old).delete()
    MeasureAccount.objects.filter(measure_id__in=old).delete()
    wholes = []
    for one in computed:
        keys = {"measure_id": measures[one.slug], "release_id": release.pk}
        load(Account, with_keys(with_area_ids(from_stream(one.rows), areas), keys))
        wholes.append(
            {
                **keys,
                "period": one.period,
                "period_end": one.end,
                "basis": one.basis,
                "basis_note": one.basis_note,
                "field": one.field,
                "summary": one.summary,
                "inputs": inputs[one.slug],
                "computed_at": str(connection.ops.adapt_datetimefield_value(at)),
            }
        )
    if wholes:
        load(MeasureAccount, pa.Table.from_pylist(wholes))

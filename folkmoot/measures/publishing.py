"""Publishing: everything is worked out beside the database, then written in one transaction.

A crash at any instant leaves the old account whole: until the commit nothing of the new release
is there, and after it everything is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from folkmoot.common.acts import record_acts
from folkmoot.common.errors import Conflict
from folkmoot.measures import store
from folkmoot.measures.catalogue import MeasureEntry
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
    Measure,
    MeasureAccount,
    Observation,
    Release,
    Revision,
    Source,
)
from folkmoot.measures.readers.periods import iso
from folkmoot.measures.readers.reading import NUMBERS
from folkmoot.measures.receiving import Terms, act_on, key_of, known_areas, terms_of
from folkmoot.measures.revising import VALUES, revisions
from folkmoot.measures.rules.definition import OBSERVATIONS
from folkmoot.places.models import Area

Progress = Callable[[str, int, int], None]
# Below this many observations a crew takes longer to start than to finish.
WORTH_A_CREW = 30_000


def quiet(stage: str, done: int, total: int) -> None:
    """A progress report to nobody."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A release with its rows in hand, not yet published."""

    release: Release
    terms: Terms
    tables: Mapping[str, pa.Table]


@dataclass(frozen=True, slots=True)
class Staged:
    """Everything that publishing one release will write, worked out before the transaction."""

    ready: Ready
    previous: Release | None
    observations: pa.Table
    revisions: pa.Table
    measures: dict[str, int]
    areas: dict[str, int]
    accounts: dict[str, Computed] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)


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
        return publish_ready(ready, crew, at=at, office=office, progress=progress or quiet)


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


def publish_ready(
    ready: Sequence[Ready], crew: Crew, *, at: dt.datetime, office: str, progress: Progress
) -> list[Release]:
    """Publish releases whose rows are in hand. Raises Conflict as ``publish`` does."""
    atlas = Atlas.load()
    areas = dict(Area.objects.values_list("code", "pk"))
    staged = [stage(each, areas) for each in ready]
    tasks = [
        (each, entry.slug, task_for(entry, table, atlas, _revised_of(each, entry.slug)))
        for each in staged
        for entry in each.ready.terms.measures
        if (table := each.ready.tables[entry.slug]).num_rows
    ]
    outcomes = crew.run(compute_account, (task for _, _, task in tasks))
    for done, ((each, slug, _), computed) in enumerate(zip(tasks, outcomes, strict=True), 1):
        each.accounts[slug] = computed
        progress("Judging measures", done, len(tasks))
    for each in staged:
        for entry in each.ready.terms.measures:
            release = each.ready.release
            each.inputs[entry.slug] = inputs_digest(
                entry, release.sha256, release.definition, atlas
            )
    with transaction.atomic():
        _lock([each.ready.release.source_id for each in staged])
        for done, each in enumerate(staged, 1):
            _write(each, at)
            progress("Publishing", done, len(staged))
        record_acts(
            act_on(each.ready.release, "publish-release", office=office, at=at) for each in staged
        )
    return [each.ready.release for each in staged]


def stage(ready: Ready, areas: dict[str, int]) -> Staged:
    """The rows of a release with keys in place of names, and what they change."""
    source = ready.release.source
    current = Measure.objects.filter(source=source, retired=False)
    measures = dict(current.values_list("slug", "pk"))
    parts = [
        with_keys(table, {"measure_id": measures[slug]})
        for slug, table in ready.tables.items()
        if table.num_rows
    ]
    rows = pa.concat_tables(parts) if parts else _no_rows()
    rows = with_area_ids(rows.combine_chunks(), areas)
    period_end = rows["end"].cast(pa.string())
    rows = rows.drop_columns(["start", "end"]).append_column("period_end", period_end)
    previous = source.releases.filter(state=Release.State.PUBLISHED).first()
    old = VALUES.empty_table()
    if previous is not None:
        old = values_of(previous, list(measures.values()))
    # A measure that the last release was not read for has no values that could be revised.
    known = pc.is_in(rows["measure_id"], value_set=old["measure_id"].unique())
    changed = revisions(old, rows.select(VALUES.names).filter(known))
    return Staged(ready, previous, rows, changed, measures, areas)


def _no_rows() -> pa.Table:
    return with_keys(OBSERVATIONS.empty_table(), {"measure_id": 0})


def values_of(release: Release, measures: Sequence[int]) -> pa.Table:
    """The values of a release, with the columns of VALUES."""
    rows = Observation.objects.filter(release=release, measure_id__in=measures)
    found = list(rows.values_list(*VALUES.names))
    columns = zip(*found, strict=True) if found else [()] * len(VALUES.names)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, VALUES, strict=True)], VALUES)


def _revised_of(staged: Staged, slug: str) -> pa.Table | None:
    """Area, period and old value of every figure of a measure that had another value before."""
    if not staged.revisions.num_rows:
        return None
    table = staged.revisions
    mine = pc.and_(
        pc.equal(table["measure_id"], staged.measures[slug]), pc.equal(table["kind"], "revised")
    )
    both = pc.and_(pc.is_valid(table["old_value"]), pc.is_valid(table["new_value"]))
    differs = pc.fill_null(pc.not_equal(table["old_value"], table["new_value"]), False)
    chosen = table.filter(pc.and_(mine, pc.and_(both, differs)))
    codes = {pk: code for code, pk in staged.areas.items()}
    area = pa.array([codes[pk] for pk in chosen["area_id"].to_pylist()], pa.string())
    return pa.table({"area": area, "period": chosen["period"], "old_value": chosen["old_value"]})


def _lock(sources: Iterable[int]) -> None:
    """Wait for any other publication of these sources. On SQLite the transaction is the lock."""
    list(Source.objects.select_for_update().filter(pk__in=list(sources)).order_by("pk"))


def _write(staged: Staged, at: dt.datetime) -> None:
    release = staged.ready.release
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
    load(Observation, with_keys(staged.observations, key))
    load(Revision, with_keys(staged.revisions, key))
    write_accounts(
        release, staged.measures, staged.areas, staged.accounts.values(), staged.inputs, at
    )


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


def recompute(crew: Crew, *, at: dt.datetime, progress: Progress) -> int:
    """Compute again every account whose inputs changed. Gives how many.

    Inputs are the release, how the catalogue defines the measure, who is where and the method.
    """
    atlas = Atlas.load()
    stale = _stale(atlas)
    areas = dict(Area.objects.values_list("code", "pk"))
    tasks = (
        task_for(each.entry, observations_of(each.release, each.measure), atlas, each.revised)
        for each in stale
    )
    done = []
    for computed in crew.run(compute_account, tasks):
        done.append(computed)
        progress("Judging again", len(done), len(stale))
    with transaction.atomic():
        for each, computed in zip(stale, done, strict=True):
            measures = {each.entry.slug: each.measure}
            inputs = {each.entry.slug: each.inputs}
            write_accounts(each.release, measures, areas, [computed], inputs, at)
    return len(stale)


@dataclass(frozen=True, slots=True)
class Stale:
    """A measure whose account is not made from what is there now."""

    measure: int
    entry: MeasureEntry
    release: Release
    inputs: str

    @property
    def revised(self) -> pa.Table:
        """Area, period and old value of every figure that the release revised."""
        rows = Revision.objects.filter(release=self.release, measure=self.measure, kind="revised")
        rows = rows.exclude(old_value=None).exclude(new_value=None)
        found = list(
            rows.exclude(old_value=F("new_value")).values_list("area__code", "period", "old_value")
        )
        columns = zip(*found, strict=True) if found else ((), (), ())
        names = ("area", "period", "old_value")
        types = (pa.string(), pa.string(), pa.float64())
        return pa.table({n: pa.array(c, t) for n, c, t in zip(names, columns, types, strict=True)})


def _stale(atlas: Atlas) -> list[Stale]:
    published = {
        release.source_id: release
        for release in Release.objects.filter(state=Release.State.PUBLISHED)
    }
    found = []
    rows = Measure.objects.filter(retired=False, source__in=published).select_related("account")
    for measure in rows.order_by("slug"):
        release = published[measure.source_id]
        entry = MeasureEntry.model_validate(measure.definition)
        inputs = inputs_digest(entry, release.sha256, release.definition, atlas)
        made = getattr(measure, "account", None)
        if made is not None and made.inputs == inputs:
            continue
        if release.observations.filter(measure=measure).exists():
            found.append(Stale(measure.pk, entry, release, inputs))
    return found


_COLUMNS = ("area__code", "period", "period_end", *NUMBERS, "status", "row")


def observations_of(release: Release, measure: int) -> pa.Table:
    """The observations of one measure in one release, with the columns of OBSERVATIONS."""
    rows = Observation.objects.filter(release=release, measure=measure)
    found = list(rows.order_by("area__code", "period").values_list(*_COLUMNS))
    names = ("area", "period", "end", *NUMBERS, "status", "row")
    columns: dict[str, Any] = dict(zip(names, zip(*found, strict=True), strict=True))
    starts = {text: span.start for text in set(columns["period"]) if (span := iso(text))}
    columns["start"] = [starts[text] for text in columns["period"]]
    return pa.table([pa.array(columns[f.name], f.type) for f in OBSERVATIONS], OBSERVATIONS)

"""Accounts computed again where what they are made from has changed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from django.db import transaction
from django.db.models import F

from folkmoot.measures.catalogue import MeasureEntry
from folkmoot.measures.computing import Crew, compute_account
from folkmoot.measures.judging import Atlas, inputs_digest, task_for
from folkmoot.measures.models import Measure, Observation, Release, Revision
from folkmoot.measures.publishing import Progress, write_accounts
from folkmoot.measures.readers.periods import iso
from folkmoot.measures.readers.reading import NUMBERS
from folkmoot.measures.rules.definition import OBSERVATIONS
from folkmoot.places.models import Area


def recompute(crew: Crew, *, at: dt.datetime, progress: Progress) -> int:
    """Compute again every account whose inputs changed. Gives how many.

    Inputs are the release, how the catalogue defines the measure, who is where and the method.
    """
    atlas = Atlas.load()
    stale = _stale(atlas)
    if not stale:
        return 0
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

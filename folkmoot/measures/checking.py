"""Every shipped file read as the catalogue says, without a database: what does not hold."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings

from folkmoot.common.errors import BadInput, Fault
from folkmoot.measures.catalogue import BODY_CODES, Catalogue, MeasureEntry, SourceEntry
from folkmoot.measures.of_bodies import known_bodies
from folkmoot.measures.readers import KnownAreas, Reading, read
from folkmoot.measures.readers.reading import Floats, FoundFault
from folkmoot.places.atlas import Atlas, read_atlas
from folkmoot.places.codes import written_as
from folkmoot.shipped import shipped

_ROWS_NAMED = 5
_VALUES_NAMED = 3


def check_data(
    entries: Catalogue, data: Path, *, step: Callable[[], None] = lambda: None
) -> list[Fault]:
    """Reads the shipped file of every source under ``data``; returns everything that is wrong.

    A fault for each kind of fault that the catalogue does not accept in just that file, for
    each acceptance that accepts nothing and each left-out row that is not there, for each
    measure without a figure, and for each whose unit or decimals its figures contradict.
    ``step`` is called once a source. Raises nothing for content: a file that cannot be read at
    all gives its faults.
    """
    faults: list[Fault] = []
    for source in entries.sources.values():
        measures = entries.measures_from(source.slug)
        if source.file is not None:
            faults.extend(_of_source(source, source.file, measures, data))
        step()
    return faults


def shipped_areas(kind: str, data: Path) -> KnownAreas:
    """Every area in the shipped files, under the names that sources of this ``kind`` write.

    For a kind that writes codes of bodies: every body of that kind.
    """
    if kind in BODY_CODES:
        return known_bodies(kind, data)
    atlas = _atlas(data)
    return KnownAreas(frozenset(atlas.areas), written_as(kind, data), atlas.recoded())


@lru_cache(maxsize=1)
def _atlas(data: Path) -> Atlas:
    return read_atlas(data, shipped("catalogue") / "places" / "joined.yaml")


def _of_source(
    source: SourceEntry, file: str, measures: Sequence[MeasureEntry], data: Path
) -> list[Fault]:
    missing = [name for name in (file, *source.companions) if not (data / name).is_file()]
    if missing:
        remedy = "Put the file there, or correct its path under data/."
        where = f"sources/{source.slug}.yaml, file"
        return [Fault(where, f"There is no file data/{name}.", remedy) for name in missing]
    raw = (data / file).read_bytes()
    try:
        reading = read(
            source,
            measures,
            raw,
            areas=shipped_areas(source.area_codes, data),
            megabytes=settings.MAX_RELEASE_MEGABYTES,
            companions={Path(name).name: (data / name).read_bytes() for name in source.companions},
        )
    except BadInput as refused:
        return [
            Fault(f"data/{file}, {fault.where}", fault.what, fault.remedy, fault.kind, fault.value)
            for fault in refused.faults
        ]
    if not measures:
        return []  # nothing was looked for, so nothing can be said of the rows
    digest = hashlib.sha256(raw).hexdigest()
    return [
        *_unaccepted(source, file, reading, digest),
        *_stale(source, reading, digest),
        *(fault for m in measures for fault in _of_measure(m, source, reading.tables[m.slug])),
    ]


def _unaccepted(source: SourceEntry, file: str, reading: Reading, digest: str) -> Iterable[Fault]:
    """One fault for each kind and column; rows left out by the catalogue are no fault.

    Missing measures are told measure by measure.
    """
    fine = {entry.kind for entry in source.accept if entry.release == digest}
    found: dict[tuple[str, str], list[FoundFault]] = defaultdict(list)
    for fault in reading.faults:
        if fault.kind not in {*fine, "known-wrong", "missing-measure"}:
            found[fault.kind, fault.column].append(fault)
    for (kind, column), faults in found.items():
        rows = sorted({row for fault in faults for row in fault.rows})
        yield Fault(
            f"data/{file}, {_numbered(rows)}, column {column} (sources/{source.slug}.yaml)",
            f"{faults[0].what} Found: {_listed([repr(fault.value) for fault in faults])}.",
            f"{faults[0].remedy} Or accept {kind!r} in the source, with a reason.",
            kind,
            faults[0].value,
        )


def _numbered(rows: Sequence[int]) -> str:
    named = ", ".join(map(str, rows[:_ROWS_NAMED]))
    more = f" and {len(rows) - _ROWS_NAMED} more" if len(rows) > _ROWS_NAMED else ""
    return f"{'row' if len(rows) == 1 else 'rows'} {named}{more}"


def _listed(values: Sequence[str]) -> str:
    more = f" and {len(values) - _VALUES_NAMED} more" if len(values) > _VALUES_NAMED else ""
    return f"{', '.join(values[:_VALUES_NAMED])}{more}"


def _stale(source: SourceEntry, reading: Reading, digest: str) -> Iterable[Fault]:
    """Acceptances that accept nothing, and rows to be left out that are not there."""
    kinds = {fault.kind for fault in reading.faults}
    for index, entry in enumerate(source.accept):
        if entry.release != digest or entry.kind not in kinds:
            yield Fault(
                f"sources/{source.slug}.yaml, accept.{index}",
                f"Accepts nothing: {_why(entry.release, digest, f'it has no {entry.kind}')}.",
                "Delete the entry, or accept what the shipped file has.",
                "stale-acceptance",
                entry.kind,
            )
    told = [fault.what for fault in reading.faults if fault.kind == "known-wrong"]
    for index, left in enumerate(source.leave_out):
        if left.release != digest or not any(what.endswith(left.reason) for what in told):
            yield Fault(
                f"sources/{source.slug}.yaml, leave_out.{index}",
                f"Leaves nothing out: {_why(left.release, digest, 'it has no such row')}.",
                "Delete the entry, or correct which rows it names.",
                "stale-acceptance",
                ", ".join(left.where),
            )


def _why(release: str, digest: str, otherwise: str) -> str:
    if release == digest:
        return f"the shipped file was read and {otherwise}"
    return f"the shipped file is {digest}, not {release}"


def _of_measure(measure: MeasureEntry, source: SourceEntry, table: pa.Table) -> Iterable[Fault]:
    """No figure at all, or figures that cannot be in its unit or with its decimals."""
    where = f"measures/{measure.slug}.yaml"
    values = pc.drop_null(table["value"]).to_numpy()
    if not len(values):
        accepted = any(entry.kind == "missing-measure" for entry in source.accept)
        if table.num_rows or not accepted:
            what = "row with a value" if table.num_rows else "row"
            yield Fault(
                f"{where}, reading",
                f"No {what} is read from {source.slug}.",
                "Correct 'select' or the columns, or delete the measure.",
                "missing-measure",
                measure.slug,
            )
        return
    if measure.unit.startswith("%") and np.abs(values).max() <= 1 < len(np.unique(values)):
        yield Fault(
            f"{where}, unit",
            f"Every value is from {values.min():g} to {values.max():g}: shares of 1, not of 100.",
            "Set reading.scale to 100, or correct the unit.",
            "wrong-scale",
            measure.unit,
        )
    fewest = next((d for d in range(measure.decimals) if _exact(values, d)), measure.decimals)
    if fewest < measure.decimals:
        yield Fault(
            f"{where}, decimals",
            f"Every value has at most {fewest} decimals, and {measure.decimals} would be printed.",
            f"Set decimals to {fewest}.",
            "wrong-decimals",
            str(measure.decimals),
        )
    if len(np.unique(values)) > 1 and len(np.unique(np.round(values, measure.decimals))) == 1:
        yield Fault(
            f"{where}, decimals",
            f"Values from {values.min():g} to {values.max():g} would all be printed alike.",
            "Give more decimals, or choose another unit.",
            "wrong-decimals",
            str(measure.decimals),
        )


def _exact(values: Floats, decimals: int) -> bool:
    return bool(np.allclose(values, np.round(values, decimals), rtol=0, atol=1e-9))

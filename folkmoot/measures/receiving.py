"""A file arrives: its bytes are kept, its rows read, its faults told; it is held or ready."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, QuerySet

from folkmoot.common.acts import NewAct, record_acts
from folkmoot.common.errors import Conflict, NotFound
from folkmoot.measures import store
from folkmoot.measures.catalogue import BODY_CODES, MeasureEntry, SourceEntry
from folkmoot.measures.computing import ReadTask, digest_of, read_file, shared
from folkmoot.measures.importing import as_json
from folkmoot.measures.models import FaultAcceptance, Measure, Release, ReleaseFault, Source
from folkmoot.measures.of_bodies import known_bodies
from folkmoot.measures.readers import METHOD, KnownAreas, Reading
from folkmoot.measures.readers.ons_table import stated_date
from folkmoot.places.codes import written_as
from folkmoot.places.models import Area
from folkmoot.places.queries import recoded
from folkmoot.shipped import shipped

# Parts of a source that change what is read from its files.
_READS = (
    "reader",
    "columns",
    "period_format",
    "area_codes",
    "encoding",
    "bare_carriage_returns",
    "status_marks",
    "leave_out",
)
# Parts that came later: where they say nothing, what was read before is read still.
_READS_IF_GIVEN = ("recoded",)


@dataclass(frozen=True, slots=True)
class Terms:
    """How the catalogue in the database reads a source, and a digest of it."""

    source: SourceEntry
    measures: tuple[MeasureEntry, ...]
    digest: str


def terms_of(source: Source) -> Terms:
    """What the database's catalogue says of ``source`` and of the measures read from it."""
    entry = SourceEntry.model_validate(source.definition)
    found = (
        MeasureEntry.model_validate(definition).read_from(source.slug)
        for definition in measures_of(source).order_by("slug").values_list("definition", flat=True)
    )
    return terms(entry, tuple(measure for measure in found if measure is not None))


def measures_of(source: Source) -> QuerySet[Measure, Measure]:
    """The measures read from a source, of places or of bodies, retired ones left out."""
    here = Q(source=source) | Q(definition__bodies__dataset=source.slug)
    return Measure.objects.filter(here, retired=False)


def terms(entry: SourceEntry, measures: tuple[MeasureEntry, ...]) -> Terms:
    """The terms of one source, with the digest of everything that decides what is read."""
    whole = as_json(entry)
    read = {name: whole[name] for name in _READS}
    read |= {name: whole[name] for name in _READS_IF_GIVEN if whole[name]}
    of_measures = [
        {key: item[key] for key in ("slug", "reading", "possible", "per")}
        for item in map(_told, measures)
    ]
    return Terms(
        entry, measures, digest_of(METHOD, json.dumps([read, of_measures], sort_keys=True))
    )


def _told(measure: MeasureEntry) -> dict[str, object]:
    """The entry as JSON values; that no rows count its cases is left unsaid."""
    unsaid = {"counted_by"} if measure.reading.counted_by is None else set()
    reading = measure.reading.model_dump(mode="json", exclude=unsaid)
    return {**as_json(measure), "reading": reading}


def known_areas(kind: str, data: Path | None = None) -> KnownAreas:
    """Every area in the database, under the names that sources of this ``kind`` write.

    For a kind that writes codes of bodies: every body of that kind. ``data`` is the folder with
    the lists of codes; the shipped one if None.
    """
    if kind in BODY_CODES:
        return known_bodies(kind, data or shipped("data"))
    codes = frozenset(Area.objects.values_list("code", flat=True))
    return KnownAreas(codes, written_as(kind, data or shipped("data")), recoded())


def receive(
    data: bytes,
    *,
    source_slug: str,
    filename: str,
    at: dt.datetime,
    office: str,
    companions: Mapping[str, bytes] | None = None,
) -> Release:
    """Take ``data`` as the next release of a source: READY, or HELD until faults are accepted.

    The bytes are kept under their SHA-256. Kinds of fault that the catalogue accepts for just
    these bytes are accepted, in public. Raises NotFound for an unknown source, BadInput with
    every fault for a file that cannot be read at all (nothing is kept of it), and Conflict,
    naming the release, where the same bytes are there already.
    """
    source = find_source(source_slug)
    chosen = terms_of(source)
    task = ReadTask(
        chosen.source,
        chosen.measures,
        data,
        shared(known_areas(chosen.source.area_codes)),
        settings.MAX_RELEASE_MEGABYTES,
        companions or {},
    )
    refuse_repeat(source, hashlib.sha256(data).hexdigest(), chosen.digest)
    return register(
        source,
        chosen,
        read_file(task).unpack(),
        data,
        filename=filename,
        at=at,
        office=office,
        companions=companions or {},
    )


def find_source(slug: str) -> Source:
    """One source. Raises NotFound."""
    source = Source.objects.filter(slug=slug).first()
    if source is None:
        raise NotFound(f"There is no source {slug!r}. `folkmoot check` lists the catalogue.")
    return source


def key_of(release: Release) -> str:
    """``source/number``: how a release is named."""
    return f"{release.source.slug}/{release.number}"


def refuse_repeat(source: Source, sha256: str, digest: str) -> None:
    """Raises Conflict if the published or the newest release has these bytes, read so."""
    releases = source.releases.select_related("source")
    newest = releases.order_by("-number").first()
    published = releases.filter(state=Release.State.PUBLISHED).first()
    for release in (published, newest):
        if release and release.sha256 == sha256 and release.definition == digest:
            raise Conflict(
                f"These bytes are there already: release {key_of(release)}, "
                f"{release.get_state_display()}. See /release/{key_of(release)}/"
            )


def register(
    source: Source,
    chosen: Terms,
    reading: Reading,
    data: bytes,
    *,
    filename: str,
    at: dt.datetime,
    office: str,
    companions: Mapping[str, bytes],
    source_date: dt.date | None = None,
    again: bool = False,
) -> Release:
    """Write down a file that has been read: its bytes, then release, faults and acceptances.

    ``again`` allows bytes that are there already: read anew because the areas known changed.
    Raises Conflict otherwise.
    """
    sha256 = store.keep(data)
    kept = [{"name": name, "sha256": store.keep(extra)} for name, extra in companions.items()]
    with transaction.atomic():
        Source.objects.select_for_update().get(pk=source.pk)
        if not again:
            refuse_repeat(source, sha256, chosen.digest)
        last = source.releases.aggregate(last=Max("number"))["last"] or 0
        reasons = accepted(chosen.source, sha256)
        release = Release.objects.create(
            source=source,
            number=last + 1,
            sha256=sha256,
            filename=filename[:200],
            size=len(data),
            companions=kept,
            source_date=source_date or stated_date(companions),
            definition=chosen.digest,
            state=state_for({fault.kind for fault in reading.faults}, reasons),
            received_at=at,
            previous=source.releases.filter(state=Release.State.PUBLISHED).first(),
            rows_read=reading.rows_read,
            rows_used=reading.rows_used,
            rows_uncatalogued=reading.rows_uncatalogued,
            rows_left_out=reading.rows_left_out,
        )
        _write_faults(release, reading)
        record_acceptances(release, reasons, office=office, at=at)
        if release.state == Release.State.HELD:
            record_acts([act_on(release, "hold-release", office=office, at=at)])
    return release


def accepted(entry: SourceEntry, sha256: str) -> dict[str, str]:
    """Kind of fault → why the catalogue accepts it in the file with this digest."""
    found: dict[str, str] = {a.kind: a.reason for a in entry.accept if a.release == sha256}
    known = [left.reason for left in entry.leave_out if left.release == sha256]
    return {**found, **({"known-wrong": " ".join(known)} if known else {})}


def state_for(kinds: Collection[str], reasons: Collection[str]) -> str:
    """READY where every kind of fault is accepted, else HELD."""
    return Release.State.READY if set(kinds) <= set(reasons) else Release.State.HELD


def record_acceptances(
    release: Release, reasons: Mapping[str, str], *, office: str, at: dt.datetime
) -> None:
    """Accept kinds of fault that ``release`` has, each with its reason, in public."""
    there = set(release.faults.values_list("kind", flat=True))
    done = set(release.acceptances.values_list("kind", flat=True))
    kinds = sorted((there & reasons.keys()) - done)
    FaultAcceptance.objects.bulk_create(
        FaultAcceptance(release=release, kind=kind, reason=reasons[kind], office=office, at=at)
        for kind in kinds
    )
    record_acts(
        act_on(release, "accept-fault", office=office, at=at, reason=kind) for kind in kinds
    )


def accept(
    release: Release, reasons: Mapping[str, str], *, office: str, at: dt.datetime
) -> Release:
    """Accept kinds of fault in a held release; it is READY once every kind is accepted."""
    with transaction.atomic():
        locked = Release.objects.select_for_update().get(pk=release.pk)
        record_acceptances(locked, reasons, office=office, at=at)
        kinds = set(locked.faults.values_list("kind", flat=True))
        release.state = state_for(kinds, set(locked.acceptances.values_list("kind", flat=True)))
        if release.state != locked.state:
            release.save(update_fields=["state"])
    return release


def act_on(
    release: Release, verb: str, *, office: str, at: dt.datetime, reason: str = ""
) -> NewAct:
    """A public act on a release; it names the service if the source serves just one."""
    services = set(measures_of(release.source).values_list("service__slug", flat=True))
    key = key_of(release)
    return NewAct(
        office=office,
        verb=verb,
        subject=f"release:{key}",
        at=at,
        service=services.pop() if len(services) == 1 else "",
        reason=reason,
        link=f"/release/{key}/",
    )


def _write_faults(release: Release, reading: Reading) -> None:
    ReleaseFault.objects.bulk_create(
        (
            ReleaseFault(
                release=release,
                kind=fault.kind,
                column=fault.column,
                value=fault.value,
                what=fault.what,
                remedy=fault.remedy,
                rows=list(fault.rows),
                count=len(fault.rows),
            )
            for fault in reading.faults
        ),
        batch_size=200,
    )

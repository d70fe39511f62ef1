"""Bulk load of bodies, offices, members of parliament and remits: one transaction."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from folkmoot.bodies import posts, registers
from folkmoot.bodies.catalogue import Catalogue, RemitFile, read_catalogue
from folkmoot.bodies.models import Body, Holder, Office, OfficeArea, Remit
from folkmoot.common.days import day_of
from folkmoot.common.errors import BadInput
from folkmoot.common.models import PublicAct
from folkmoot.common.statements import survey
from folkmoot.places import queries as places
from folkmoot.places.models import Area
from folkmoot.places.rules import slug_of

_BATCH = 500
_BODY_FIELDS = (
    "name", "kind", "area", "nation", "homepage", "started", "ended", "note", "source",
)  # fmt: skip
_OFFICE_FIELDS = (
    "title", "kind", "law", "law_link", "seats", "code", "position", "started", "ended",
)  # fmt: skip
_REMIT_FIELDS = (
    "title", "nation", "form", "role", "who", "called", "posts", "laws", "since", "until",
    "decides", "delivers", "no_say", "words", "checked",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BodiesImported:
    """How many there are now, and when they were read."""

    bodies: int
    offices: int
    acting: int
    holders: int
    remits: int
    at: dt.datetime


@transaction.atomic
def import_bodies(data: Path, catalogue: Path, *, at: dt.datetime) -> BodiesImported:
    """Load every body, office, member of parliament and remit. Places must be loaded before.

    Safe to repeat: a body keeps its primary key and its address, an office its key, and a
    holder that somebody imported is never overwritten by the shipped list. Bodies that are no
    longer in the files stay; an office that is no longer there ends on the day of ``at``. Areas
    for which offices act, and remits, follow the files. Raises BadInput with every fault of the
    catalogue, FileNotFoundError for a missing file and ValueError where they do not fit, and
    then writes nothing.
    """
    found, faults = read_catalogue(catalogue)
    if faults:
        raise BadInput(faults)
    areas = {area.code: area for area in Area.objects.all()}
    recoded = places.recoded()
    bodies = registers.bodies(data, found, areas, recoded)
    ids = _write_bodies(bodies, areas)
    offices = posts.offices(found, bodies)
    acting = posts.acts_for(found, areas)
    people = next((file.members for file in found.files if file.members), None)
    members: list[posts.MemberRow] = []
    if people is not None:
        members = posts.members(data, people)
        offices += posts.member_offices(found, members)
        acting += posts.constituencies(data, people, members, recoded)
    keys = _write_offices(offices, ids, day_of(at))
    _write_acting(acting, keys, areas)
    if people is not None:
        _write_members(members, keys, people.source, people.as_at)
    remits = _write_remits(found)
    survey(Body, Office, OfficeArea, Holder, Remit)
    return BodiesImported(
        bodies=len(bodies),
        offices=len(offices),
        acting=len(acting),
        holders=Holder.objects.count(),
        remits=remits,
        at=at,
    )


def _write_bodies(rows: Sequence[registers.BodyRow], areas: dict[str, Area]) -> dict[str, int]:
    Body.objects.bulk_create(
        [
            Body(
                slug=row.slug,
                name=row.name,
                kind=row.kind,
                area=areas[row.area] if row.area else None,
                nation=row.nation,
                homepage=row.homepage,
                started=row.started,
                ended=row.ended,
                note=row.note,
                source=row.source,
            )
            for row in rows
        ],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["slug"],
        update_fields=list(_BODY_FIELDS),
    )
    return dict(Body.objects.values_list("slug", "id"))


def _write_offices(
    rows: Sequence[posts.OfficeRow], ids: dict[str, int], today: dt.date
) -> dict[tuple[str, str], int]:
    """(body's slug, office's slug) → primary key of every office."""
    Office.objects.bulk_create(
        [
            Office(
                body_id=ids[row.body],
                slug=row.slug,
                title=row.title,
                kind=row.kind,
                law=row.law.title if row.law else "",
                law_link=row.law.link if row.law else "",
                seats=row.seats,
                code=row.code,
                position=row.position,
                started=row.started,
                ended=None,
            )
            for row in rows
        ],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["body", "slug"],
        update_fields=list(_OFFICE_FIELDS),
    )
    wanted = {(row.body, row.slug) for row in rows}
    keys = {
        (body, slug): pk
        for pk, body, slug in Office.objects.values_list("pk", "body__slug", "slug")
    }
    gone = [pk for key, pk in keys.items() if key not in wanted]
    Office.objects.filter(pk__in=gone, ended__isnull=True).update(ended=today)
    return keys


def _write_acting(
    rows: Sequence[posts.ActsForRow],
    keys: dict[tuple[str, str], int],
    areas: dict[str, Area],
) -> None:
    missing = [row for row in rows if (row.body, row.office) not in keys or row.area not in areas]
    if missing:
        raise ValueError(f"No such office or place: {missing[0]}, and {len(missing) - 1} more.")
    made = [
        OfficeArea(
            office_id=keys[row.body, row.office],
            area=areas[row.area],
            capacity=row.capacity,
            share=row.share,
            law=row.law.title if row.law else "",
            law_link=row.law.link if row.law else "",
            since=row.since,
            source=row.source,
        )
        for row in rows
    ]
    wanted = {(row.office_id, row.area_id, row.capacity) for row in made}
    stale = [
        pk
        for pk, *key in OfficeArea.objects.values_list("pk", "office_id", "area_id", "capacity")
        if tuple(key) not in wanted
    ]
    OfficeArea.objects.filter(pk__in=stale).delete()
    OfficeArea.objects.bulk_create(
        made,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["office", "area", "capacity"],
        update_fields=["share", "law", "law_link", "since", "source"],
    )


def _write_members(
    rows: Sequence[posts.MemberRow],
    keys: dict[tuple[str, str], int],
    source: str,
    as_at: dt.date,
) -> None:
    """The shipped members, in those offices of which nobody has imported anything better.

    Whoever was taken away from an office stays away. The record of that names nobody, so every
    member not known here who began by that day is passed over; a later one is written.
    """
    held: dict[int, list[Holder]] = defaultdict(list)
    for holder in Holder.objects.filter(office__body__slug=posts.HOUSE):
        held[holder.office_id].append(holder)
    removed = _removed(keys)
    made, ended, wrong = [], [], []
    for row, office in zip(rows, _offices_of(rows, keys), strict=True):
        if any(holder.source != source for holder in held[office]):
            continue
        known = {(holder.name, holder.since) for holder in held[office]}
        if (row.name, row.since) not in known and row.since <= removed.get(office, dt.date.min):
            continue
        for holder in held[office]:
            if (holder.name, holder.since) == (row.name, row.since) or holder.until is not None:
                continue
            if holder.since < row.since:
                holder.until = row.since - dt.timedelta(days=1)
                ended.append(holder)
            else:
                wrong.append(holder.pk)
        made.append(
            Holder(
                office_id=office,
                name=row.name,
                party=row.party,
                since=row.since,
                source=source,
                as_at=as_at,
            )
        )
    Holder.objects.filter(pk__in=wrong).delete()
    Holder.objects.bulk_update(ended, ["until"], batch_size=_BATCH)
    Holder.objects.bulk_create(
        made,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["office", "name", "since"],
        update_fields=["party", "source", "as_at"],
    )


def _removed(keys: dict[tuple[str, str], int]) -> dict[int, dt.date]:
    """The last day on which somebody was taken away from each office of the House of Commons."""
    pks = {f"office:{body}/{slug}": pk for (body, slug), pk in keys.items()}
    acts = PublicAct.objects.filter(body=posts.HOUSE, verb="remove-holder").order_by("at")
    return {
        pks[subject]: day_of(at)
        for subject, at in acts.values_list("subject", "at")
        if subject in pks
    }


def _offices_of(rows: Iterable[posts.MemberRow], keys: dict[tuple[str, str], int]) -> list[int]:
    """The primary key of the office of each member, in their order."""
    return [keys[posts.HOUSE, slug_of(row.constituency)] for row in rows]


def _write_remits(catalogue: Catalogue) -> int:
    rows = [row for file in catalogue.remits for row in _remits_of(file, catalogue)]
    wanted = {(row.service, row.area_kind, row.position) for row in rows}
    stale = [
        pk
        for pk, *key in Remit.objects.values_list("pk", "service", "area_kind", "position")
        if tuple(key) not in wanted
    ]
    Remit.objects.filter(pk__in=stale).delete()
    Remit.objects.bulk_create(
        rows,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["service", "area_kind", "position"],
        update_fields=list(_REMIT_FIELDS),
    )
    return len(rows)


def _remits_of(file: RemitFile, catalogue: Catalogue) -> list[Remit]:
    """The rows of one service: its remits first, then its gaps and overlaps."""
    places_used: dict[str, int] = defaultdict(int)
    title = catalogue.titles[file.slug]

    def laws(keys: Iterable[str]) -> list[dict[str, str]]:
        return [catalogue.laws[key].model_dump() for key in keys]

    def start(kind: str, nation: str, form: str) -> Remit:
        places_used[kind] += 1
        return Remit(
            service=file.slug,
            title=title,
            area_kind=kind,
            nation=nation,
            position=places_used[kind],
            form=form,
            checked=file.checked,
        )

    rows = []
    for entry in file.remits:
        for kind in entry.areas:
            row = start(kind, entry.nation, "remit")
            row.role, row.who, row.called = entry.role, entry.who, entry.called
            row.posts, row.laws = list(entry.post), laws(entry.laws)
            row.since, row.until = entry.since, entry.until
            row.decides, row.delivers, row.no_say = entry.decides, entry.delivers, entry.no_say
            rows.append(row)
    for form, note in file.notes():
        for kind in note.areas:
            row = start(kind, note.nation, form)
            row.words, row.laws = note.words, laws(note.laws)
            rows.append(row)
    return rows

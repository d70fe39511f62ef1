"""Bulk load of archives of petitions."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from django.db import transaction

from folkmoot.common.acts import record_act
from folkmoot.common.statements import survey
from folkmoot.petitions.archives import ArchiveRow, archive, read_rows
from folkmoot.petitions.models import ArchivedPetition

_FIELDS = ("title", "state", "signatures", "link", "period")
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class ArchiveImported:
    """What an import came to, in petitions."""

    added: int
    changed: int
    unchanged: int


@transaction.atomic
def import_archive(*, source: str, content: bytes, office: str, at: dt.datetime) -> ArchiveImported:
    """Take in a file of the archive ``source``: what is new is added, what differs is changed.

    Safe to repeat; what the file does not hold stays. One transaction, and a public act where
    anything changed. Raises NotFound for an unknown archive, and BadInput with every fault of the
    file by row and column; then nothing is written. The index of titles follows by itself.
    """
    rows = read_rows(archive(source), content)
    known = {
        number: (pk, values)
        for pk, number, *values in ArchivedPetition.objects.filter(source=source).values_list(
            "pk", "number", *_FIELDS
        )
    }
    new, changed = [], []
    for row in rows:
        if row.number not in known:
            new.append(_made(source, row))
            continue
        pk, values = known[row.number]
        made = _made(source, row)
        if [getattr(made, name) for name in _FIELDS] != values:
            made.pk = pk
            changed.append(made)
    ArchivedPetition.objects.bulk_create(new, batch_size=_BATCH)
    ArchivedPetition.objects.bulk_update(changed, _FIELDS, batch_size=500)
    survey(ArchivedPetition, "petitions_title")
    done = ArchiveImported(len(new), len(changed), len(rows) - len(new) - len(changed))
    if new or changed:
        record_act(verb="import-archive", office=office, subject=f"archive:{source}", at=at)
    return done


def _made(source: str, row: ArchiveRow) -> ArchivedPetition:
    return ArchivedPetition(source=source, **asdict(row))

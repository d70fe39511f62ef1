"""Signatures on paper: an officer of the body that is asked takes in what they checked."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from folkmoot.common.acts import record_act
from folkmoot.common.errors import BadInput, Conflict, Fault
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of, require
from folkmoot.people.rules import OFFICER
from folkmoot.petitions.actions.moving import lock, require_state
from folkmoot.petitions.keys import person_key
from folkmoot.petitions.models import PaperBatch, Petition, Signature
from folkmoot.petitions.models_signing import CONFIRMED, PAPER, SET_ASIDE
from folkmoot.petitions.queries import petition_path, signatures_subject
from folkmoot.petitions.rules import limits
from folkmoot.petitions.rules.paper import PaperRow, read_paper
from folkmoot.petitions.rules.states import CLOSED, OPEN
from folkmoot.petitions.whereabouts import whereabouts

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class PaperLook:
    """What taking in a file would do: of ``rows``, ``taken`` become signatures; ``twice`` are in
    the file more than once and ``signed`` are of people who have signed already."""

    rows: int
    taken: int
    twice: int
    signed: int

    @property
    def doubles(self) -> int:
        """How many rows would not be taken."""
        return self.twice + self.signed


def look(
    *, actor: Person | None, petition: int, rows: bytes, on: dt.date, at: dt.datetime
) -> PaperLook:
    """What ``take_in`` would do with the same file, which is kept nowhere. Raises as it does."""
    with transaction.atomic():
        row, _office = _allowed(actor, petition, on, at)
        _require_new(row, _digest(rows))
        return _sorted(row, read_paper(rows))[1]


@transaction.atomic
def take_in(
    *, actor: Person | None, petition: int, rows: bytes, on: dt.date, at: dt.datetime
) -> PaperBatch:
    """Take in a file of names and postcodes (``rules.paper``) from sheets handed in on ``on``.

    By an officer of the body that is asked, while the petition is open or within four weeks of
    its end, of sheets that came before it. Each row becomes a confirmed signature without an
    address; who has signed already, or is in the file twice, is counted and not taken. Raises
    NotFound, NotAllowed, Conflict (another state; the same file again), and BadInput with every
    fault of every row: then nothing is taken.
    """
    row, office = _allowed(actor, petition, on, at)
    digest = _digest(rows)
    _require_new(row, digest)
    new, found = _sorted(row, read_paper(rows))
    batch = PaperBatch.objects.create(
        petition=row,
        rows=found.rows,
        taken=found.taken,
        doubles=found.doubles,
        on=on,
        at=at,
        office=office,
        sha256=digest,
    )
    wheres = {code: whereabouts(code) for code in {each.postcode for each, _key in new}}
    Signature.objects.bulk_create(
        [
            Signature(
                petition=row,
                state=CONFIRMED,
                origin=PAPER,
                name=each.name,
                postcode=each.postcode,
                area=wheres[each.postcode].district,
                constituency=wheres[each.postcode].constituency,
                person_key=key,
                signed_at=at,
                letter_at=at,
                confirmed_at=at,
                paper=batch,
            )
            for each, key in new
        ],
        batch_size=_AT_ONCE,
    )
    record_act(
        office=office,
        verb="take-in-paper",
        subject=signatures_subject(row.pk, found.taken),
        at=at,
        place=row.area.code,
        service=row.service.slug,
        body=row.body.slug,
        link=petition_path(row.pk),
    )
    return batch


def _allowed(
    actor: Person | None, petition: int, on: dt.date, at: dt.datetime
) -> tuple[Petition, str]:
    """(the petition, locked; the office). Nobody else takes in paper for it meanwhile."""
    row, today = lock(petition), day_of(at)
    office = require(actor, OFFICER, row.body.slug, today).acting_office
    require_state(row, OPEN, CLOSED)
    assert row.opened_on is not None
    assert row.closes_on is not None
    last = min(row.ended_on or row.closes_on, row.closes_on)
    if today > last + limits.PAPER_WITHIN:
        raise Conflict(_("It is over for more than four weeks, and no more paper is taken in."))
    if not row.opened_on <= on <= min(last, today):
        remedy = _("Choose a day on which the petition was open, not after today.")
        raise BadInput([Fault("on", _("Nobody could sign on this day."), remedy)])
    return row, office


def _digest(rows: bytes) -> str:
    return hashlib.sha256(rows).hexdigest()


def _require_new(row: Petition, digest: str) -> None:
    if PaperBatch.objects.filter(petition=row, sha256=digest).exists():
        raise Conflict(_("This very file was taken in before."))


def _sorted(row: Petition, rows: list[PaperRow]) -> tuple[list[tuple[PaperRow, str]], PaperLook]:
    """(the rows to be taken, each with its key; how many there are of which)."""
    once: dict[str, PaperRow] = {}
    for each in rows:
        once.setdefault(person_key(each.name, each.postcode), each)
    signed = _signed(row, list(once))
    new = [(each, key) for key, each in once.items() if key not in signed]
    return new, PaperLook(len(rows), len(new), len(rows) - len(once), len(once) - len(new))


def _signed(row: Petition, keys: list[str]) -> set[str]:
    """Those of ``keys`` that stand on a petition, online or on paper: also what is set aside."""
    standing = Signature.objects.filter(petition=row, state__in=(CONFIRMED, SET_ASIDE)).order_by()
    # All keys at once: each asking reads through the petition's part of an index.
    online, on_paper = standing.exclude(address_key=""), standing.filter(origin=PAPER)
    return {
        key
        for rows in (online, on_paper)
        for key in rows.filter(person_key__in=keys).values_list("person_key", flat=True)
    }

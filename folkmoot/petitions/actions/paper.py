"""Signatures on paper: an officer of the body that is asked takes in what they checked, and takes
back what its signer does not want any more."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from folkmoot.common.acts import record_act
from folkmoot.common.errors import BadInput, Conflict, Fault, NotAllowed
from folkmoot.common.switches import require_on
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of, require, roles_of
from folkmoot.people.rules import OFFICER
from folkmoot.petitions.actions import signing_rows
from folkmoot.petitions.actions.moving import lock, record, refuse_own, require_state
from folkmoot.petitions.keys import person_key
from folkmoot.petitions.models import PaperBatch, Petition, Signature
from folkmoot.petitions.models_signing import CONFIRMED, PAPER, SET_ASIDE
from folkmoot.petitions.queries import petition_path, signatures_subject
from folkmoot.petitions.rules import limits
from folkmoot.petitions.rules.moderation import moderates_site
from folkmoot.petitions.rules.paper import PaperRow, read_paper
from folkmoot.petitions.rules.signing import name_faults, one_line
from folkmoot.petitions.rules.states import CLOSED, OPEN
from folkmoot.petitions.whereabouts import whereabouts
from folkmoot.places.rules import parse_postcode

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class PaperLook:
    """What a file holds: ``rows``, of which ``twice`` repeat another one.

    Whether anybody in it has signed is not looked at: a file with one name would tell the body
    that is asked what that person thinks.
    """

    rows: int
    twice: int

    @property
    def people(self) -> int:
        """How many become signatures, if nobody of them has signed."""
        return self.rows - self.twice


def look(
    *, actor: Person | None, petition: int, rows: bytes, on: dt.date, at: dt.datetime
) -> PaperLook:
    """What stands in a file, which is kept nowhere. Raises as ``take_in`` does."""
    with transaction.atomic():
        row, door = _allowed(actor, petition, on, at)
        _require_new(row, _digest(rows))
        return _people(read_paper(rows), door)[1]


@transaction.atomic
def take_in(
    *, actor: Person | None, petition: int, rows: bytes, on: dt.date, at: dt.datetime
) -> PaperBatch:
    """Take in a file of names and postcodes (``rules.paper``) from sheets handed in on ``on``.

    By an officer of the body that is asked, or a moderator of the site who did not begin it, while
    the petition is open or within four weeks of its end, of sheets that came before it. An
    officer's file holds at least ``limits.PAPER_LEAST`` people. Each row becomes a confirmed
    signature without an address; who has signed already, or is in the file twice, is not taken.
    Raises NotFound, NotAllowed, SwitchedOff, Conflict (another state; the same file again), and
    BadInput with every fault of every row: then nothing is taken.
    """
    row, door = _allowed(actor, petition, on, at)
    digest = _digest(rows)
    _require_new(row, digest)
    once, found = _people(read_paper(rows), door)
    signed = _signed(row, list(once))
    new = {key: each for key, each in once.items() if key not in signed}
    batch = PaperBatch.objects.create(
        petition=row,
        rows=found.rows,
        taken=len(new),
        doubles=found.rows - len(new),
        on=on,
        at=at,
        office=door.office,
        sha256=digest,
    )
    _write(batch, new, at)
    _leave_out(batch, list(new))
    record_act(
        office=door.office,
        verb="take-in-paper",
        subject=signatures_subject(row.pk, batch.taken),
        at=at,
        place=row.area.code,
        service=row.service.slug,
        body=row.body.slug,
        link=petition_path(row.pk),
    )
    return batch


def _write(batch: PaperBatch, new: dict[str, PaperRow], at: dt.datetime) -> None:
    """The signatures of a batch, by the keys of their persons."""
    wheres = {code: whereabouts(code) for code in {each.postcode for each in new.values()}}
    Signature.objects.bulk_create(
        [
            Signature(
                petition=batch.petition,
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
            for key, each in new.items()
        ],
        batch_size=_AT_ONCE,
    )


def _leave_out(batch: PaperBatch, keys: list[str]) -> None:
    """Take out again whoever confirmed online while the batch was written: confirming does not
    wait for the petition's row, as taking in paper does."""
    meanwhile = _standing(batch.petition).exclude(address_key="").filter(person_key__in=keys)
    doubles = set(meanwhile.values_list("person_key", flat=True))
    if not doubles:
        return
    Signature.objects.filter(paper=batch, person_key__in=doubles).delete()
    batch.taken -= len(doubles)
    batch.doubles += len(doubles)
    batch.save(update_fields=["taken", "doubles"])


@dataclass(frozen=True, slots=True)
class _Door:
    """By which office somebody acts, and whether it is one of the site."""

    office: str
    site: bool


def _door(actor: Person | None, row: Petition, today: dt.date) -> _Door:
    """Raises NotAllowed but for an officer of the body, or a moderator of the site."""
    try:
        return _Door(require(actor, OFFICER, row.body.slug, today).acting_office, site=False)
    except NotAllowed:
        site = moderates_site(roles_of(actor, today), today)
        if not site:
            raise
    refuse_own(actor, row)
    return _Door(site, site=True)


def _allowed(
    actor: Person | None, petition: int, on: dt.date, at: dt.datetime
) -> tuple[Petition, _Door]:
    """(the petition, locked; the door). Nobody else takes in paper for it meanwhile."""
    require_on("paper")
    row, today = lock(petition), day_of(at)
    door = _door(actor, row, today)
    require_state(row, OPEN, CLOSED)
    assert row.opened_on is not None
    assert row.closes_on is not None
    last = min(row.ended_on or row.closes_on, row.closes_on)
    if today > last + limits.PAPER_WITHIN:
        raise Conflict(_("It is over for more than four weeks, and no more paper is taken in."))
    if not row.opened_on <= on <= min(last, today):
        remedy = _("Choose a day on which the petition was open, not after today.")
        raise BadInput([Fault("on", _("Nobody could sign on this day."), remedy)])
    return row, door


def _digest(rows: bytes) -> str:
    return hashlib.sha256(rows).hexdigest()


def _require_new(row: Petition, digest: str) -> None:
    if PaperBatch.objects.filter(petition=row, sha256=digest).exists():
        raise Conflict(_("This very file was taken in before."))


def _people(rows: list[PaperRow], door: _Door) -> tuple[dict[str, PaperRow], PaperLook]:
    """(each person once, by key; what the file holds). Raises BadInput where they are too few."""
    once: dict[str, PaperRow] = {}
    for each in rows:
        once.setdefault(person_key(each.name, each.postcode), each)
    if not door.site and len(once) < limits.PAPER_LEAST:
        what = _("There are fewer than %(least)d people in it.") % {"least": limits.PAPER_LEAST}
        remedy = _("Wait for more sheets, or ask a moderator of this site to take them in.")
        raise BadInput([Fault("file", what, remedy, kind="too-few")])
    return once, PaperLook(len(rows), len(rows) - len(once))


def _standing(row: Petition) -> QuerySet[Signature, Signature]:
    return Signature.objects.filter(petition=row, state__in=(CONFIRMED, SET_ASIDE)).order_by()


def _signed(row: Petition, keys: list[str]) -> set[str]:
    """Those of ``keys`` that stand on a petition, online or on paper: also what is set aside."""
    standing = _standing(row)
    # All keys at once: each asking reads through the petition's part of an index.
    online, on_paper = standing.exclude(address_key=""), standing.filter(origin=PAPER)
    return {
        key
        for rows in (online, on_paper)
        for key in rows.filter(person_key__in=keys).values_list("person_key", flat=True)
    }


@transaction.atomic
def take_back_paper(
    *, actor: Person | None, petition: int, name: str, postcode: str, at: dt.datetime
) -> None:
    """Take back a signature on paper, because its signer asked those who hold the sheet to.

    By whoever may take in paper. What it says of a person goes at once. That it was asked for is a
    public act each time, so that nothing tells whether there was one. Raises NotFound, NotAllowed,
    and BadInput.
    """
    row = lock(petition)
    door = _door(actor, row, day_of(at))
    tidy = one_line(name)
    faults = list(name_faults(tidy))
    try:
        postcode = parse_postcode(postcode)
    except BadInput as bad:
        faults.append(Fault("postcode", bad.faults[0].what, _("Write it as on the sheet.")))
    if faults:
        raise BadInput(faults)
    rows = _standing(row).filter(origin=PAPER, person_key=person_key(tidy, postcode))
    for number in list(rows.values_list("pk", flat=True)):
        signing_rows.take_back(number, at)
    record(row, "take-back-paper", office=door.office, at=at)

"""Signing: one short write to sign, one to confirm. Letters and counts follow off the request.

Whoever signs is answered the same whatever is known of the address: every form without a fault
becomes a row that waits, and the letter tells the rest (``actions/letters.py``). Whether somebody
has signed already, and whether there is room for a second name, is decided when the link in the
letter is used (docs/decisions.md).
"""

from __future__ import annotations

import datetime as dt
import hmac
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from folkmoot.common.errors import BadInput, Conflict, Fault, NotFound, TooOften
from folkmoot.common.switches import require_on
from folkmoot.people.actions.rates import count as count_try
from folkmoot.people.actions.rates import uncount
from folkmoot.people.limits import SIGNATURE_CODE, Trier
from folkmoot.people.queries import day_of
from folkmoot.petitions import tokens
from folkmoot.petitions.actions import signing_rows
from folkmoot.petitions.keys import address_key, network_key, person_key, proof_key
from folkmoot.petitions.lists import countries, disposable_domains
from folkmoot.petitions.models import Petition, Signature
from folkmoot.petitions.models_signing import (
    CONFIRMED,
    ONLINE,
    PAPER,
    PENDING,
    SET_ASIDE,
    SPONSOR,
    TAKEN_BACK,
)
from folkmoot.petitions.rules import limits, states
from folkmoot.petitions.rules.signing import SignForm, check
from folkmoot.petitions.whereabouts import Whereabouts, whereabouts

ACTIVE = (CONFIRMED, SET_ASIDE)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A signature stands: the numbers of its petition and of itself.

    ``already``: it, or another one of the same person, online or on paper, stood before.
    """

    petition: int
    signature: int
    already: bool


def sign(
    *, petition: int, form: SignForm, network: str, proof: str | None, at: dt.datetime
) -> None:
    """Take in a signature to a petition that is open; a letter asks its signer to confirm it.

    ``network`` is where it came from (``people.limits.network_of``); ``proof`` names a solved
    puzzle, which serves once and widens the limit by network. Raises BadInput with every fault,
    NotFound, Conflict where the petition is not open, TooOften, and SwitchedOff. Never tells
    whether the address has signed.
    """
    _take_in(petition, form, network, proof, at, ONLINE)


def sponsor(
    *,
    petition: int,
    key: str,
    form: SignForm,
    network: str,
    proof: str | None,
    at: dt.datetime,
) -> None:
    """Take in a signature to a petition that seeks sponsors, from somebody who was sent its
    address with ``key``. Raises as ``sign`` does, and NotFound for another key."""
    row = Petition.objects.filter(pk=petition).values_list("sponsor_key", "state").first()
    if row is None or not hmac.compare_digest(row[0].encode(), key.encode()):
        raise NotFound(_("This link is not one of ours. Check that it is whole."))
    _take_in(petition, form, network, proof, at, ONLINE if row[1] == states.OPEN else SPONSOR)


def _take_in(
    petition: int,
    form: SignForm,
    network: str,
    proof: str | None,
    at: dt.datetime,
    origin: int,
) -> None:
    require_on("sign")
    signer = check(form, disposable_domains(), countries())
    where = whereabouts(signer.postcode) if signer.postcode else Whereabouts("", "")
    row = signing_rows.New(
        petition_id=petition,
        origin=origin,
        name=signer.name,
        email=signer.email,
        postcode=signer.postcode,
        country=signer.country,
        area=where.district,
        constituency=where.constituency,
        address_key=address_key(signer.email),
        person_key=person_key(signer.name, signer.postcode, signer.country),
        network_key=network_key(network),
        proof=proof_key(proof or ""),
        name_shown=signer.name_shown,
        tell_me=signer.tell_me,
        signed_at=at,
    )
    if signing_rows.insert(row, day_of(at)) is None:
        _explain(row, at)


def _served(row: signing_rows.New) -> bool:
    """Whether the form was sent before. Raises BadInput where its puzzle served another one."""
    served = Signature.objects.filter(proof=row.proof).values_list("petition_id", "address_key")
    found = served.first() if row.proof else None
    if found and found != (row.petition_id, row.address_key):
        what = _("This form was sent before.")
        raise BadInput([Fault("proof", what, _("Load the page again, and send it once more."))])
    return found is not None


def _explain(row: signing_rows.New, at: dt.datetime) -> None:
    """Say why a signature was not taken in; nothing if the same form was."""
    if _served(row):
        return
    petition = Petition.objects.filter(pk=row.petition_id).first()
    if petition is None:
        raise NotFound(_("There is no such petition."))
    if not _takes(petition, row.origin, at):
        raise Conflict(_closed_words(petition))
    if signing_rows.too_many_of_network(row):
        raise TooOften(_("Too many people signed from your network in a short time."))


def _takes(petition: Petition, origin: int, at: dt.datetime) -> bool:
    """Whether a signature of this ``origin`` may be made at this moment."""
    day = day_of(at)
    if petition.state == states.OPEN:
        return petition.closes_on is not None and petition.closes_on >= day
    sought = petition.state == states.SPONSORS and origin != ONLINE
    return sought and (petition.sponsors_until is None or petition.sponsors_until >= day)


def _closed_words(petition: Petition) -> str:
    if petition.state in (states.SPONSORS, states.MODERATION, states.DRAFT):
        return _("This petition is not open for signatures yet.")
    return _("This petition is not open for signatures any more.")


def confirm(*, token: str, at: dt.datetime) -> Confirmed:
    """Confirm the signature that a letter's link is for; doing so again changes nothing.

    Raises NotFound for a false link, and for one whose signature is gone; Conflict where the
    petition is not open any more, the signature was taken back, or the address has no room for
    another name; and SwitchedOff.
    """
    require_on("confirm")
    return _confirm(tokens.read(tokens.CONFIRM, token), at)


def _confirm(number: int, at: dt.datetime) -> Confirmed:
    try:
        petition = signing_rows.confirm(number, day_of(at), at, at - limits.CONFIRM_WITHIN)
    except IntegrityError:
        # Another name at the same address was confirmed at this very moment.
        petition = None
    if petition is not None:
        return Confirmed(petition, number, already=False)
    try:
        return _settle(number, at)
    except IntegrityError:
        return _settle(number, at)


@transaction.atomic
def _settle(number: int, at: dt.datetime) -> Confirmed:
    """What is left where confirming in one step was refused: find out why, or take the second
    place at the address."""
    row = (
        Signature.objects.select_for_update(of=("self",), no_key=True)
        .select_related("petition")
        .filter(pk=number)
        .first()
    )
    if row is None:
        raise NotFound(_("This link has run out. Sign again to get a new one."))
    if row.state in ACTIVE:
        return Confirmed(row.petition_id, number, already=True)
    if row.state == TAKEN_BACK:
        raise Conflict(_("You took this signature back. Sign again if you have changed your mind."))
    late = row.petition.state == states.MODERATION and row.origin == SPONSOR
    if not late and not _takes(row.petition, row.origin, at):
        raise Conflict(_closed_words(row.petition))
    if row.signed_at <= at - limits.CONFIRM_WITHIN:
        raise NotFound(_("This link has run out. Sign again to get a new one."))
    on_paper = _on_paper(row)
    if on_paper is not None:
        return Confirmed(row.petition_id, on_paper, already=True)
    return _second_name(row, at)


def _on_paper(row: Signature) -> int | None:
    """The signature on paper of the same name and postcode, which has no address to know it by."""
    if not row.person_key:
        return None
    found = Signature.objects.filter(
        petition=row.petition_id, person_key=row.person_key, origin=PAPER, state__in=ACTIVE
    )
    return found.values_list("pk", flat=True).first()


def _second_name(row: Signature, at: dt.datetime) -> Confirmed:
    others = list(
        Signature.objects.filter(
            petition=row.petition_id, address_key=row.address_key, state__in=ACTIVE
        ).values_list("pk", "person_key", "postcode", "slot")
    )
    for number, person, _postcode, _slot in others:
        if person == row.person_key:
            return Confirmed(row.petition_id, number, already=True)
    if len(others) >= limits.NAMES_PER_ADDRESS:
        raise Conflict(_("Two people have signed with this email address, and no more may."))
    if any(not row.postcode or row.postcode != postcode for _n, _p, postcode, _s in others):
        raise Conflict(
            _("Somebody else has signed with this email address, from another postcode.")
        )
    slot = 2 if any(other[3] == 1 for other in others) else 1
    Signature.objects.filter(pk=row.pk).update(state=CONFIRMED, confirmed_at=at, slot=slot)
    return Confirmed(row.petition_id, row.pk, already=False)


def confirm_code(
    *, petition: int, email: str, code: str, network: str, at: dt.datetime
) -> Confirmed:
    """Confirm by the six digits in a letter to ``email``.

    Raises BadInput for a code that is not right or was tried too often, which is the same answer
    as for an address that never signed, after as many writes in one commit; TooOften by network,
    where only wrong codes are counted; and as ``confirm`` does.
    """
    require_on("confirm")
    number = _signature_by_code(petition, email, code, network, at)
    if number is None:
        what = _("This code is not right, or it was tried too often.")
        remedy = _("Look at the newest letter, or use the link in it.")
        raise BadInput([Fault("code", what, remedy)])
    return _confirm(number, at)


@transaction.atomic
def _signature_by_code(
    petition: int, email: str, code: str, network: str, at: dt.datetime
) -> int | None:
    """The signature that a code is for, or None; then it was counted as a wrong one."""
    trier = Trier(network=network)
    # Before looking, so that of many at once no more look than the limit says.
    count_try(kind=SIGNATURE_CODE, trier=trier, at=at)
    digits = "".join(c for c in code if c.isdecimal() and c.isascii())
    waiting = Signature.objects.filter(
        petition=petition,
        address_key=address_key(email),
        state=PENDING,
        tries__lt=limits.CODE_TRIES,
        signed_at__gt=at - limits.CONFIRM_WITHIN,
    )
    # Those that had no letter hide none that had.
    waiting = waiting.exclude(letter_at__isnull=False, letter_at__lt=F("signed_at")).order_by(
        "-pk"
    )[: limits.CODE_TRIES]
    numbers = [row.pk for row in waiting]
    right = [n for n in numbers if hmac.compare_digest(tokens.code(n), digits)]
    if right:
        uncount(kind=SIGNATURE_CODE, trier=trier, at=at)
        return right[0]
    # Also for nobody's address: 0 is no signature's number.
    Signature.objects.filter(pk__in=numbers or [0]).update(tries=F("tries") + 1)
    return None

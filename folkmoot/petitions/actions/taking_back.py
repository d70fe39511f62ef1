"""Taking a signature back, and asking for the link to do so where the letter is lost."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from folkmoot.common.errors import NotFound
from folkmoot.common.outbox import forget_messages
from folkmoot.people.actions.rates import count
from folkmoot.people.actions.signing_in import address_in
from folkmoot.people.letters import post
from folkmoot.people.limits import ASK_TAKE_BACK, Trier
from folkmoot.petitions import tokens
from folkmoot.petitions.actions import signing_rows
from folkmoot.petitions.actions.letters import confirming_key
from folkmoot.petitions.keys import address_key
from folkmoot.petitions.models import Petition, PetitionAnswer, Signature
from folkmoot.petitions.models_signing import CONFIRMED, CREATOR, PENDING, SET_ASIDE
from folkmoot.petitions.queries_telling import goes_on_in, letter_key
from folkmoot.petitions.rules.signing import normal_address


@transaction.atomic
def take_back(*, token: str, at: dt.datetime) -> int:
    """Take a signature back, whatever has become of it; the number of its petition.

    What it says of a person goes at once, and with it whatever the same name and address sent again
    and never confirmed, and the letters that wait for them. Thresholds that were reached stay
    reached. Letters are those about answers to what its petition was joined with, too. Raises
    NotFound for a false link, and for one whose signature is gone.
    """
    number = tokens.read(tokens.TAKE_BACK, token)
    known = Signature.objects.filter(pk=number)
    row = known.select_related("petition").first()
    if row is None or signing_rows.take_back(number, at) is None:
        raise NotFound(_("This signature is gone: nothing of it is kept here."))
    gone = [number]
    if row.address_key:
        again = Signature.objects.filter(
            petition=row.petition_id,
            address_key=row.address_key,
            person_key=row.person_key,
            state=PENDING,
        )
        gone += again.values_list("pk", flat=True)
        again.delete()
    # A letter may have been written before one of them was hidden.
    told = goes_on_in(row.petition, even_hidden=True)
    # Whoever writes such letters holds the answer: one that is about to be there is waited for.
    answers = PetitionAnswer.objects.select_for_update(no_key=True).filter(petition__in=told)
    keys = [confirming_key(each) for each in gone]
    keys += [letter_key(answer.pk, number) for answer in answers.only("pk").order_by("pk")]
    forget_messages(keys)
    return row.petition_id


@transaction.atomic
def ask_to_take_back(*, petition: int, email: str, network: str, at: dt.datetime) -> None:
    """Write to ``email`` how to take back what it signed of a petition, or that it signed nothing.

    Whoever asks learns nothing: what is done here, and whether a letter leaves, is the same for
    every address. Raises BadInput for what is no address, NotFound, and TooOften.
    """
    address = address_in(email)
    row = Petition.objects.filter(pk=petition).first()
    if row is None:
        raise NotFound(_("There is no such petition."))
    count(kind=ASK_TAKE_BACK, trier=Trier(address=normal_address(address), network=network), at=at)
    standing = Signature.objects.filter(
        petition=petition, address_key=address_key(address), state__in=(CONFIRMED, SET_ASIDE)
    ).order_by("pk")
    # To the address that was proved, where it was typed in another way.
    signed: dict[str, list[tuple[str, str]]] = {}
    for each in standing:
        link = (each.name, tokens.make(tokens.TAKE_BACK, each.pk))
        signed.setdefault(each.email, []).append(link)
    for to, links in (signed or {address: []}).items():
        post(
            key=f"petition:{row.pk}/take-back/{secrets.token_hex(8)}",
            letter="petition_take_back",
            to=to,
            at=at,
            number=row.pk,
            signed=links,
        )


def creators_token(petition: Petition) -> str:
    """The token by which its creator takes back their own signature; "" where none stands."""
    own = Signature.objects.filter(
        petition=petition, origin=CREATOR, state__in=(CONFIRMED, SET_ASIDE)
    ).exclude(address_key="")
    number = own.order_by().values_list("pk", flat=True).first()
    return tokens.make(tokens.TAKE_BACK, number) if number else ""

"""Who is told: of an answer that is owed, those who may give it; of one that was given, signers of
the petition, and of those joined with it. Only reads.

Signers are walked in the order of their numbers, whichever of the petitions they signed, so that
one cursor says how far the walk has come.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable

from folkmoot.common.models import Message
from folkmoot.duties.rules import may_answer
from folkmoot.people.models import Person
from folkmoot.people.queries import held, roles_at
from folkmoot.people.rules import ADMINISTRATOR, SITE
from folkmoot.petitions.models import Petition, PetitionAnswer
from folkmoot.petitions.models_signing import CONFIRMED, CREATOR, Signature
from folkmoot.petitions.rules.states import MERGED


def answerers(body: str, office: str, kind: str, on: dt.date) -> list[Person]:
    """Everybody who may give an answer of a ``kind`` that ``body`` (or its ``office``) owes, once
    each, in order: one query."""
    found: dict[int, Person] = {}
    for role in roles_at(body, on):
        if may_answer([held(role)], body, office, kind, on) and role.person is not None:
            found[role.person.pk] = role.person
    return [found[key] for key in sorted(found)]


def administrators(on: dt.date) -> list[Person]:
    """The administrators of the site, once each, in order: one query."""
    found = {
        role.person.pk: role.person
        for role in roles_at(SITE, on).filter(role=ADMINISTRATOR)
        if role.person is not None
    }
    return [found[key] for key in sorted(found)]


def letter_key(answer: int, signature: int) -> str:
    """The key in the outbox of the letter about an answer to one signer."""
    return f"petition-answered:{answer}:{signature}"


def joined_with(petition: Petition) -> dict[int, Petition]:
    """A petition and all that are joined with it, one by way of another too, by their numbers.

    One query where none is. One that was hidden after it was joined is not among them.
    """
    found = {petition.pk: petition}
    newest: Collection[int] = [petition.pk]
    while newest:
        rows = Petition.objects.filter(merged_into__in=newest, state=MERGED)
        joined = {row.pk: row for row in rows.exclude(pk__in=list(found))}
        found.update(joined)
        newest = list(joined)
    return found


def goes_on_in(petition: Petition, *, even_hidden: bool = False) -> list[int]:
    """The numbers of a petition and of those it was joined with, one by way of another: a query
    for each of these.

    It ends at one that was hidden after it was joined, as ``joined_with`` does; ``even_hidden``
    asks for what it was joined with all the same.
    """
    found = [petition.pk]
    while even_hidden or petition.state == MERGED:
        into = petition.merged_into
        if into is None or into.pk in found:
            break
        found.append(into.pk)
        petition = into
    return found


def next_signers(given: PetitionAnswer, petitions: Iterable[int], most: int) -> list[Signature]:
    """The next ``most`` signers who asked to hear, after the answer's cursor, by number.

    One query for each petition, each along its own index: no walk is longer than ``most`` rows.
    """
    found: list[Signature] = []
    for petition in petitions:
        rows = Signature.objects.filter(
            petition=petition, state=CONFIRMED, tell_me=True, pk__gt=given.told_through
        )
        named = rows.only("petition_id", "email", "origin", "address_key")
        found += named.order_by("pk")[:most]
    return sorted(found, key=lambda one: one.pk)[:most]


def told_elsewhere(
    given: PetitionAnswer, petitions: Collection[int], signers: Iterable[Signature]
) -> set[int]:
    """The numbers of those ``signers`` who signed two of the petitions and are told once already.

    The same address, that is, was written to as a signer of another of the petitions: the outbox
    knows, which keeps what a letter was about when the letter is gone. Two names at one address
    under one petition have a letter each.
    """
    if len(petitions) < 2:
        return set()
    signers = list(signers)
    addresses = {one.address_key for one in signers if one.address_key}
    rows = Signature.objects.filter(address_key__in=addresses, petition__in=petitions)
    same = list(rows.values_list("pk", "petition_id", "address_key", "origin"))
    keys = [letter_key(given.pk, number) for number, *_ in same]
    had = set(Message.objects.filter(key__in=keys).values_list("key", flat=True))
    told: dict[str, set[int]] = defaultdict(set)
    for number, petition, address, origin in same:
        # Whoever began the petition that was answered is written to at once.
        began = origin == CREATOR and petition == given.petition_id
        if began or letter_key(given.pk, number) in had:
            told[address].add(petition)
    twice = set()
    for one in signers:
        if one.address_key and told[one.address_key] - {one.petition_id}:
            twice.add(one.pk)
        elif one.email:
            told[one.address_key].add(one.petition_id)
    return twice

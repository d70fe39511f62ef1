"""The statements of signing: one each to sign, to confirm and to take back.

They are written by hand because a single statement is a single journey to the database and a
single commit; each asks in its own conditions whether it may (docs/decisions.md).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from functools import cache
from operator import attrgetter
from typing import Any

from django.db import connection

from folkmoot.common.statements import day, first, lazily, moment
from folkmoot.people.limits import (
    SIGN_ADDRESS,
    SIGN_PETITION,
    SIGN_TWICE,
    SIGN_UNCONFIRMED,
    SIGN_WITH_PROOF,
    SIGN_WITHOUT_PROOF,
)
from folkmoot.petitions.models import Signature
from folkmoot.petitions.models_signing import (
    CONFIRMED,
    ONLINE,
    PAPER,
    PENDING,
    SET_ASIDE,
    SPONSOR,
    TAKEN_BACK,
)

# When a petition takes a signature; after it the parameters of ``_takes``.
_TAKES = """(
  (p.state = 'open' AND p.closes_on >= %s)
  OR (p.state = 'sponsors' AND {origin} <> {online}
      AND (p.sponsors_until IS NULL OR p.sponsors_until >= %s)){more}
)"""
# A supporter after the fifth confirms while moderators look at it.
_LATE_SPONSOR = f"\n  OR (p.state = 'moderation' AND petitions_signature.origin = {SPONSOR})"
# At most so many rows are counted, however many there are.
_OF_NETWORK = """(SELECT COUNT(*) FROM (
  SELECT 1 FROM petitions_signature s WHERE s.network_key = %s AND NOT (s.network_key = '')
  AND s.signed_at > %s{proof} LIMIT %s) n)"""
# A signature that gets no letter, because those of its address are used up, says so by a moment of
# its letter that is before the signature's own.
NO_LETTER = dt.timedelta(days=1)
# Whether a letter to the address is due; its parameters are those of ``_letter_parameters``.
_LETTER_IS_DUE = """(SELECT COUNT(*) < %s
  AND COUNT(CASE WHEN a.state = %s THEN 1 END) < %s
  AND COUNT(CASE WHEN a.petition_id = p.id THEN 1 END) < %s
  AND COUNT(CASE WHEN a.state = %s AND a.petition_id = p.id AND a.person_key = %s
    AND a.signed_at > %s THEN 1 END) = 0
  FROM (SELECT s.state, s.petition_id, s.person_key, s.signed_at FROM petitions_signature s
    WHERE s.address_key = %s AND s.signed_at > %s
    AND (s.letter_at IS NULL OR s.letter_at >= s.signed_at) LIMIT %s) a)"""


@dataclass(frozen=True, slots=True)
class New:
    """What a signature that is about to be written says for itself: fields of ``Signature``, of
    which everything else is as a new one has it."""

    petition_id: int
    origin: int
    name: str
    email: str
    postcode: str
    country: str
    area: str
    constituency: str
    address_key: str
    person_key: str
    network_key: str
    proof: str
    name_shown: bool
    tell_me: bool
    signed_at: dt.datetime


_GIVEN = tuple(field.name for field in fields(New) if field.name != "signed_at")

_given = attrgetter(*_GIVEN)


@cache
def _insert_sql(with_proof: bool, lazily: str) -> str:
    """The statement: its parameters are those of ``_GIVEN``, the moment, those of the letter, and
    the conditions'."""
    every = [f for f in Signature._meta.concrete_fields if not f.primary_key]
    usual = {
        str(field.column): field.get_default()
        for field in every
        if field.column not in _GIVEN and field.column != "signed_at" and not field.null
    }
    columns = ", ".join([*_GIVEN, "signed_at", "letter_at", *usual])
    letter = f"CASE WHEN {_LETTER_IS_DUE} THEN NULL ELSE %s END"
    given = ["%s"] * (len(_GIVEN) + 1)
    values = ", ".join([*given, letter, *(_literal(value) for value in usual.values())])
    takes = _TAKES.format(origin="%s", online=ONLINE, more="")
    network = _OF_NETWORK.format(proof="" if with_proof else " AND s.proof = ''")
    return (
        f"INSERT INTO petitions_signature ({columns}) SELECT {values} "  # noqa: S608 — columns
        f"FROM petitions_petition p WHERE p.id = %s AND {takes} "
        f"AND {network} < %s{lazily} "
        "ON CONFLICT DO NOTHING RETURNING id"
    )


def _literal(value: object) -> str:
    """A default as SQL: a number, a truth or an empty text."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if value == "":
        return "''"
    raise TypeError(f"no literal for {value!r}")


def _network_parameters(row: New) -> list[Any]:
    limit = SIGN_WITH_PROOF if row.proof else SIGN_WITHOUT_PROOF
    since = moment(row.signed_at - limit.window)
    return [row.network_key, since, limit.count]


def _letter_parameters(row: New) -> list[Any]:
    every = SIGN_ADDRESS.count
    return [
        every, PENDING, SIGN_UNCONFIRMED.count, SIGN_PETITION.count, PENDING,
        row.person_key, moment(row.signed_at - SIGN_TWICE),
        row.address_key, moment(row.signed_at - SIGN_ADDRESS.window), every,
    ]  # fmt: skip


def insert(row: New, today: dt.date) -> int | None:
    """Write ``row`` if its petition takes it, its network has room, and its puzzle has not served.

    Where its address has had its letters it is written all the same, as one that waits for none:
    what is done does not tell what is known of an address. Gives the number of the new signature,
    or None. It does not wait for the disk: what is lost with the database's machine within the half
    second before the letter is written is a form that its sender sends again.
    """
    network = _network_parameters(row)
    on = day(today)
    found = first(
        _insert_sql(bool(row.proof), lazily()),
        [
            *_given(row), moment(row.signed_at), *_letter_parameters(row),
            moment(row.signed_at - NO_LETTER), row.petition_id, on, row.origin, on,
            *network, network[-1],
        ],
    )  # fmt: skip
    return found[0] if found else None


def too_many_of_network(row: New) -> bool:
    """Whether the network that ``row`` comes from has had its share."""
    parameters = _network_parameters(row)
    sql = _OF_NETWORK.format(proof="" if row.proof else " AND s.proof = ''")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}", parameters)
        return bool(cursor.fetchone()[0] >= parameters[-1])


# Nobody of the same address stands already, nor the same name and postcode on paper.
# A subquery for one row, and not NOT EXISTS: that is planned as a join, which reads every signature
# that stands as long as the tables are not analysed. For the same reason IS TRUE: what waits is
# found by its number, and never by an index of everything that waits. And for the same reason an
# order, which only the index by address has.
_CONFIRM = f"""UPDATE petitions_signature SET state = {CONFIRMED}, confirmed_at = %s
WHERE id = %s AND (state = {PENDING}) IS TRUE AND (signed_at > %s) IS TRUE
AND EXISTS (SELECT 1 FROM petitions_petition p WHERE p.id = petitions_signature.petition_id
  AND {_TAKES.format(origin="petitions_signature.origin", online=ONLINE, more=_LATE_SPONSOR)})
AND (SELECT o.id FROM petitions_signature o
  WHERE o.petition_id = petitions_signature.petition_id
  AND o.address_key = petitions_signature.address_key AND NOT (o.address_key = '')
  AND o.state IN ({CONFIRMED}, {SET_ASIDE}) ORDER BY o.slot LIMIT 1) IS NULL
AND (SELECT o.id FROM petitions_signature o
  WHERE o.petition_id = petitions_signature.petition_id AND o.origin = {PAPER}
  AND o.person_key = petitions_signature.person_key AND NOT (o.person_key = '')
  AND o.state IN ({CONFIRMED}, {SET_ASIDE}) LIMIT 1) IS NULL
RETURNING petition_id"""  # noqa: S608 — numbers of states


def confirm(number: int, today: dt.date, at: dt.datetime, since: dt.datetime) -> int | None:
    """Confirm a signature of after ``since`` if nothing stands against it: its petition, or None.

    Raises IntegrityError where the same address is confirmed at the same moment.
    """
    on = day(today)
    found = first(_CONFIRM, [moment(at), number, moment(since), on, on])
    return found[0] if found else None


# What is personal goes at once. Place and moment stay, so that the counts can be put right.
_TAKE_BACK = f"""UPDATE petitions_signature SET state = {TAKEN_BACK},
ended_at = COALESCE(ended_at, %s), name = '', email = '', postcode = '', address_key = '',
person_key = '', network_key = '', name_shown = FALSE, tell_me = FALSE
WHERE id = %s RETURNING petition_id"""  # noqa: S608 — numbers of states


def take_back(number: int, at: dt.datetime) -> int | None:
    """Take a signature back: its petition, or None if there is no such signature."""
    found = first(_TAKE_BACK, [moment(at), number])
    return found[0] if found else None

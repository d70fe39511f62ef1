"""The statements of signing: one each to sign, to confirm and to take back.

They are written by hand because a single statement is a single journey to the database and a
single commit; each asks in its own conditions whether it may (docs/decisions.md).
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from django.db import connection

from folkmoot.people.limits import SIGN_ADDRESS, SIGN_WITH_PROOF, SIGN_WITHOUT_PROOF
from folkmoot.petitions.models import Signature
from folkmoot.petitions.models_signing import CONFIRMED, ONLINE, PENDING, SET_ASIDE, TAKEN_BACK

# When a petition takes a signature; after it the parameters of ``_takes``.
_TAKES = """(
  (p.state = 'open' AND p.closes_on >= %s)
  OR (p.state = 'sponsors' AND {origin} <> {online}
      AND (p.sponsors_until IS NULL OR p.sponsors_until >= %s))
)"""
# At most so many rows are counted, however many there are.
_OF_NETWORK = """(SELECT COUNT(*) FROM (
  SELECT 1 FROM petitions_signature s WHERE s.network_key = %s AND s.network_key <> ''
  AND s.signed_at > %s{proof} LIMIT %s) n)"""
_OF_ADDRESS = """(SELECT COUNT(*) FROM (
  SELECT 1 FROM petitions_signature s WHERE s.address_key = %s AND s.signed_at > %s LIMIT %s) a)"""


@cache
def _insert_sql(with_proof: bool) -> tuple[str, tuple[Any, ...]]:
    """(the statement, the fields whose values come first)."""
    fields = tuple(f for f in Signature._meta.concrete_fields if not f.primary_key)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(["%s"] * len(fields))
    takes = _TAKES.format(origin="%s", online=ONLINE)
    network = _OF_NETWORK.format(proof="" if with_proof else " AND s.proof = ''")
    sql = (
        f"INSERT INTO petitions_signature ({columns}) SELECT {values} "  # noqa: S608 — columns
        f"FROM petitions_petition p WHERE p.id = %s AND {takes} "
        f"AND {network} < %s AND {_OF_ADDRESS} < %s RETURNING id"
    )
    return sql, fields


def _network_parameters(row: Signature) -> list[Any]:
    limit = SIGN_WITH_PROOF if row.proof else SIGN_WITHOUT_PROOF
    since = _moment(row.signed_at - limit.window)
    return [row.network_key, since, limit.count]


def _moment(at: dt.datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


def _day(day: dt.date) -> Any:
    return connection.ops.adapt_datefield_value(day)


def insert(row: Signature, today: dt.date) -> int | None:
    """Write ``row`` if its petition takes it and its network and address have room.

    Gives the number of the new signature, or None. Raises IntegrityError for a puzzle that has
    served.
    """
    sql, fields = _insert_sql(bool(row.proof))
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    network = _network_parameters(row)
    address = [row.address_key, _moment(row.signed_at - SIGN_ADDRESS.window), SIGN_ADDRESS.count]
    day = _day(today)
    with connection.cursor() as cursor:
        cursor.execute(
            sql,
            [
                *values, row.petition_id, day, row.origin, day,
                *network, network[-1], *address, address[-1],
            ],
        )  # fmt: skip
        found = cursor.fetchone()
    return found[0] if found else None


def too_many_of_network(row: Signature) -> bool:
    """Whether the network that ``row`` comes from has had its share."""
    parameters = _network_parameters(row)
    sql = _OF_NETWORK.format(proof="" if row.proof else " AND s.proof = ''")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}", parameters)
        return bool(cursor.fetchone()[0] >= parameters[-1])


_CONFIRM = f"""UPDATE petitions_signature SET state = {CONFIRMED}, confirmed_at = %s
WHERE id = %s AND state = {PENDING} AND signed_at > %s
AND EXISTS (SELECT 1 FROM petitions_petition p WHERE p.id = petitions_signature.petition_id
  AND {_TAKES.format(origin="petitions_signature.origin", online=ONLINE)})
AND NOT EXISTS (SELECT 1 FROM petitions_signature o
  WHERE o.petition_id = petitions_signature.petition_id
  AND o.address_key = petitions_signature.address_key AND o.address_key <> ''
  AND o.state IN ({CONFIRMED}, {SET_ASIDE}))
RETURNING petition_id"""  # noqa: S608 — numbers of states


def confirm(number: int, today: dt.date, at: dt.datetime, since: dt.datetime) -> int | None:
    """Confirm a signature of after ``since`` if nothing stands against it: its petition, or None.

    Raises IntegrityError where the same address is confirmed at the same moment.
    """
    day = _day(today)
    with connection.cursor() as cursor:
        cursor.execute(_CONFIRM, [_moment(at), number, _moment(since), day, day])
        found = cursor.fetchone()
    return found[0] if found else None


# What is personal goes at once. Place and moment stay, so that the counts can be put right.
_TAKE_BACK = f"""UPDATE petitions_signature SET state = {TAKEN_BACK},
ended_at = COALESCE(ended_at, %s), name = '', email = '', postcode = '', address_key = '',
person_key = '', network_key = '', name_shown = FALSE, tell_me = FALSE
WHERE id = %s RETURNING petition_id"""  # noqa: S608 — numbers of states


def take_back(number: int, at: dt.datetime) -> int | None:
    """Take a signature back: its petition, or None if there is no such signature."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_BACK, [_moment(at), number])
        found = cursor.fetchone()
    return found[0] if found else None

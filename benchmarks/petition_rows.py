"""Millions of invented signatures, for petition_scale.py: made as whole arrays, written in bulk.

One petition has nearly all of them. They come over ``DAYS`` days, most in the first ones, by day
and by night, from every district in proportion to its residents; some are taken back, some wait
to be confirmed, some were set aside, some came on paper. Nothing of them is of a real person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction
from pyarrow import csv

from folkmoot.petitions.models_signing import (
    CONFIRMED,
    ONLINE,
    PAPER,
    PENDING,
    SET_ASIDE,
    TAKEN_BACK,
)

DAYS = 60
CHUNK = 200_000
TABLE, COUNTS = "petitions_signature", "petitions_signaturecount"
# Where mail is, by how many use it; after these, small ones of their own.
PROVIDERS, SMALL = 15, 3_000
CARRIERS, WORKPLACES = 30, 400
# Whoever has not confirmed by then is gone.
UNCONFIRMED = dt.timedelta(days=7, hours=6)


@dataclass(frozen=True)
class Town:
    """Where signers live: district codes, their shares, and a postcode in each."""

    codes: np.ndarray
    shares: np.ndarray
    postcodes: np.ndarray


@dataclass(frozen=True)
class Plan:
    """How many sign which petition, and what else a row must name. ``petitions``: number of the
    petition → its signatures; ``paper`` and ``batch``: of the largest."""

    petitions: dict[int, int]
    largest: int
    paper: int
    batch: int
    until: dt.datetime
    on_paper: int
    set_aside: int
    seed: int = 4

    @property
    def total(self) -> int:
        """How many rows there are in all."""
        return sum(self.petitions.values())


def towns() -> Town:
    """Every district that the site knows residents of."""
    from folkmoot.places import postcodes
    from folkmoot.places.models import Area
    from folkmoot.places.rules import LOWER_TIER

    rows = Area.objects.filter(kind__in=LOWER_TIER, ended__isnull=True, population__gt=0)
    residents = dict(rows.values_list("code", "population"))
    sector_of = {code: sector for sector, code in postcodes.compact().sectors.items()}
    codes = sorted(set(residents) & set(sector_of))
    people = np.array([residents[code] for code in codes], float)
    spelt = [f"{sector_of[code]}AA" for code in codes]
    return Town(np.array(codes), people / people.sum(), np.array(spelt))


def _hex(rng: np.random.Generator, many: int) -> np.ndarray:
    """So many digests of nothing, 32 letters each."""
    return np.frombuffer(rng.bytes(16 * many).hex().encode(), "S32").astype("U32")


def _zipf(many: int) -> np.ndarray:
    weights = 1 / np.arange(1, many + 1)
    return weights / weights.sum()


def _numbered(before: str, numbers: np.ndarray, after: str = "") -> pa.Array:
    texts = pc.cast(pa.array(numbers), pa.string())
    return pc.binary_join_element_wise(before, texts, after, "")


def _moments(rng: np.random.Generator, plan: Plan) -> np.ndarray:
    """When each signed, in order, in whole seconds: much at first, a tail, few at night."""
    hours = np.arange(DAYS * 24)
    rhythm = 1 + 0.9 * np.sin(2 * np.pi * (hours % 24 - 9) / 24)
    weights = (np.exp(-hours / 24 / 4) + 0.03) * rhythm
    ends = int(plan.until.timestamp()) - 60
    hour = rng.choice(hours, plan.total, p=weights / weights.sum())
    return np.sort(ends - (DAYS * 24 - hour) * 3600 + rng.integers(0, 3600, plan.total))


def _networks(rng: np.random.Generator, many: int) -> np.ndarray:
    """Most at home, some over a mobile network, some at work."""
    kind, keys = rng.random(many), _hex(rng, many)
    shared = np.where(
        kind < 0.85,
        rng.choice(CARRIERS, many, p=_zipf(CARRIERS)),
        CARRIERS + rng.integers(0, WORKPLACES, many),
    )
    known = _hex(np.random.default_rng(1), CARRIERS + WORKPLACES)
    return np.where(kind < 0.55, keys, known[shared])


def _domains(rng: np.random.Generator, many: int) -> np.ndarray:
    own = PROVIDERS + rng.integers(0, SMALL, many)
    return np.where(rng.random(many) < 0.85, rng.choice(PROVIDERS, many, p=_zipf(PROVIDERS)), own)


def chunks(plan: Plan) -> Iterator[pa.Table]:
    """The rows in order, ``CHUNK`` at a time, all but their numbers."""
    rng, town = np.random.default_rng(plan.seed), towns()
    numbers = np.repeat(list(plan.petitions), list(plan.petitions.values()))
    rng.shuffle(numbers)
    moments = _moments(rng, plan)
    for first in range(0, plan.total, CHUNK):
        some = slice(first, first + CHUNK)
        yield _rows(rng, town, plan, numbers[some], moments[some], first)


def _states(
    rng: np.random.Generator, plan: Plan, petition: np.ndarray, moments: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(State, origin) of each row."""
    many = len(petition)
    drawn, mine = rng.random(many), petition == plan.largest
    state = np.full(many, CONFIRMED)
    state[drawn < 0.02] = TAKEN_BACK
    late = moments > (plan.until - UNCONFIRMED).timestamp()
    state[late & (drawn > 0.85)] = PENDING
    each, of_largest = rng.random(many), plan.petitions[plan.largest]
    state[mine & (state == CONFIRMED) & (each < plan.set_aside / of_largest)] = SET_ASIDE
    paper = mine & (state == CONFIRMED) & (each > 1 - plan.on_paper / of_largest)
    return state, np.where(paper, PAPER, ONLINE)


def _rows(
    rng: np.random.Generator, town: Town, plan: Plan, petition: np.ndarray, moments: np.ndarray,
    first: int,
) -> pa.Table:  # fmt: skip
    many = len(petition)
    state, origin = _states(rng, plan, petition, moments)
    online, gone, waits = origin == ONLINE, state == TAKEN_BACK, state == PENDING
    stays, mailed = ~gone, ~gone & online
    person, lives = np.arange(first, first + many), rng.choice(len(town.codes), many, p=town.shares)
    empty = pa.scalar("")

    def where(rows: np.ndarray, text: pa.Array) -> pa.Array:
        return pc.if_else(pa.array(rows), text, empty)

    at = _numbered(".at", _domains(rng, many), ".example.org")
    address = pc.binary_join_element_wise(_numbered("person.", person), at, "@")
    signed = pa.array(moments, pa.timestamp("s", "UTC"))
    later = np.minimum(moments + rng.integers(40, 4000, many), int(plan.until.timestamp()))
    then = pa.array(later, pa.timestamp("s", "UTC"))
    none = pa.nulls(many, pa.timestamp("s", "UTC"))
    return pa.table({
        "petition_id": petition,
        "state": state,
        "origin": origin,
        "name": where(stays, _numbered("Person ", person)),
        "email": where(mailed, address),
        "postcode": where(stays, pa.array(town.postcodes[lives])),
        "country": pa.array([""] * many),
        "area": pa.array(town.codes[lives]),
        "constituency": pa.array([""] * many),
        "address_key": where(mailed, pa.array(_hex(rng, many))),
        "person_key": where(stays, pa.array(_hex(rng, many))),
        "network_key": where(mailed, pa.array(_networks(rng, many))),
        "slot": np.ones(many, int),
        "proof": where(online, pa.array(_hex(rng, many))),
        "name_shown": mailed & (rng.random(many) < 0.1),
        "tell_me": mailed & (rng.random(many) < 1 / 3),
        "signed_at": signed,
        "letter_at": signed,
        "confirmed_at": pc.if_else(pa.array(waits), none, then),
        "ended_at": pc.if_else(pa.array(gone), then, none),
        "tries": np.zeros(many, int),
        "counted": state == CONFIRMED,
        "batch_id": pa.array([plan.batch] * many, mask=state != SET_ASIDE),
        "paper_id": pa.array([plan.paper] * many, mask=origin != PAPER),
    })  # fmt: skip


def _counts(rows: pa.Table, plan: Plan) -> pa.Table:
    """The counts of these rows by district and day, and of the newest by hour."""
    counted = rows.filter(rows["counted"])
    local = counted["confirmed_at"].cast(pa.timestamp("s", "Europe/London"))
    newest = counted.filter(
        pc.greater(counted["confirmed_at"], pa.scalar(plan.until - dt.timedelta(days=3)))
    )
    parts = [
        ("district", counted, counted["area"], pc.strftime(local, "%Y-%m-%d")),
        ("hour", newest, pc.strftime(newest["confirmed_at"], "%H"),
         pc.strftime(newest["confirmed_at"], "%Y-%m-%d")),
    ]  # fmt: skip
    tables = [
        pa.table({
            "petition_id": of["petition_id"], "kind": pa.array([kind] * len(of), pa.string()),
            "place": place, "day": day, "signatures": np.ones(len(of), int),
        })
        for kind, of, place, day in parts
    ]  # fmt: skip
    return _added(tables)


def _added(tables: list[pa.Table]) -> pa.Table:
    keys = ["petition_id", "kind", "place", "day"]
    sums = pa.concat_tables(tables).group_by(keys).aggregate([("signatures", "sum")])
    return sums.select([*keys, "signatures_sum"]).rename_columns([*keys, "signatures"])


def load(plan: Plan) -> None:
    """Write every row and the counts of what is counted; the indexes are made afterwards."""
    from folkmoot.petitions.models import Petition

    counts: list[pa.Table] = []
    indexes = _take_indexes()
    for rows in chunks(plan):
        _write(TABLE, rows)
        counts.append(_counts(rows, plan))
    for made in indexes:
        _run(made)
    if connection.vendor == "postgresql":
        _run("RESET session_replication_role; RESET maintenance_work_mem")
    all_counts = _added(counts)
    _write(COUNTS, all_counts)
    districts = all_counts.filter(pc.equal(all_counts["kind"], "district"))
    for row in districts.group_by("petition_id").aggregate([("signatures", "sum")]).to_pylist():
        Petition.objects.filter(pk=row["petition_id"]).update(
            signatures=row["signatures_sum"], counted_at=plan.until
        )
    # As PostgreSQL does by itself when a table has grown; SQLite does nothing of the kind.
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        _run("VACUUM ANALYZE")


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _take_indexes() -> list[str]:
    """Take the indexes of signatures away; the statements that make them again."""
    if connection.vendor == "sqlite":
        find = (
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            f" AND tbl_name = '{TABLE}'"
        )
    else:
        # Rows made here lead to petitions that are there.
        _run("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'")
        find = (
            "SELECT indexname, indexdef FROM pg_indexes"
            f" WHERE tablename = '{TABLE}' AND indexname NOT LIKE '%pkey'"
        )
    with connection.cursor() as cursor:
        cursor.execute(find)
        found = cursor.fetchall()
        for name, _statement in found:
            cursor.execute(f"DROP INDEX {name}")
    return [statement for _name, statement in found]


def _write(table: str, rows: pa.Table) -> None:
    columns = ", ".join(rows.column_names)
    if connection.vendor == "sqlite":
        _write_sqlite(table, columns, rows)
        return
    sink = pa.BufferOutputStream()
    csv.write_csv(rows, sink, csv.WriteOptions(include_header=False))
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)") as copy,
    ):
        copy.write(sink.getvalue().to_pybytes())


def _write_sqlite(table: str, columns: str, rows: pa.Table) -> None:
    for place, field in enumerate(rows.schema):
        if pa.types.is_timestamp(field.type):
            text = pc.strftime(rows[field.name], "%Y-%m-%d %H:%M:%S")
            rows = rows.set_column(place, field.name, text)
    marks = ", ".join(["%s"] * rows.num_columns)
    values = zip(*(column.to_pylist() for column in rows.columns), strict=True)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)

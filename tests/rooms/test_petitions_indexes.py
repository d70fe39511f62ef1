"""What is looked for among millions of signatures is found by an index, on both databases."""

from __future__ import annotations

import datetime as dt
import importlib
import math
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from folkmoot.common import statements
from folkmoot.petitions import queries_patterns
from folkmoot.petitions.actions import forgetting, life, paper, signing_rows
from folkmoot.petitions.keys import person_key
from folkmoot.petitions.models import Petition
from folkmoot.petitions.models_signing import CONFIRMED, CREATOR, PENDING, Signature
from folkmoot.petitions.rules import states
from tests.rooms import petitions_made as made

MIGRATION = importlib.import_module(
    "folkmoot.petitions.migrations.0016_find_signatures_among_millions"
)

NEW, OLD = MIGRATION.NEW + MIGRATION.POSTGRESQL, MIGRATION.OLD


def plans_of(do: Callable[[], Any]) -> list[str]:
    """How the database goes about each look among signatures that ``do`` makes."""
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT") and 'FROM "petitions_signature"' in sql:
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        do()
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    plans = []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # So few rows would be read whole: what matters is that there is another way.
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        for sql, params in asked:
            cursor.execute(f"{explain} {sql}", params)
            plans.append("\n".join(str(row[-1]) for row in cursor.fetchall()))
    return plans


def looks(w: made.World, at: dt.datetime) -> dict[str, tuple[str, Callable[[], Any]]]:
    """What is looked for: the index that finds it."""
    seeking, petition = made.petition(w, states.SPONSORS), made.petition(w)
    made.petition(w, states.DRAFT, title="A draft", created_at=at - dt.timedelta(days=900))
    own = Signature.objects.filter(petition=petition, state=CONFIRMED, origin=CREATOR)
    return {
        "sponsors": (
            "signature_of_",
            lambda: life.sponsors_found(petition=seeking, at=at),
        ),
        "the creator's own": ("signature_of_", lambda: own.first()),
        "a draft's": ("signature_of_petition", lambda: forgetting.forget_drafts(at)),
        "unconfirmed": (
            "signature_unconfirmed",
            lambda: forgetting.forget_unconfirmed(at),
        ),
        "unusual patterns": (
            "signature_in_order",
            lambda: queries_patterns.looked_at_since(at),
        ),
        "of a pattern": (
            "signature_in_order",
            lambda: queries_patterns.of_pattern(
                petition.pk, "area", "", at - dt.timedelta(hours=1), at
            ).count(),
        ),
        "on a sheet of paper": (
            "signature_one_person",
            lambda: paper._signed(petition, [person_key("Anna Example", "LS1 1UR")]),
        ),
    }  # fmt: skip


def _by_index(at: dt.datetime, but: set[str]) -> None:
    w = made.world(at)
    for what, (index, do) in looks(w, at).items():
        with transaction.atomic():
            plans = plans_of(do)
        assert plans, what
        if what not in but:
            assert any(index in plan for plan in plans), (what, plans)


def test_signatures_are_found_by_index(db, at):
    if connection.vendor != "sqlite":
        pytest.skip("how PostgreSQL goes about it follows from what other tests left behind")
    # SQLite does not see that what is asked for is what the partial index holds, and has no index
    # of every petition.
    _by_index(at, {"on a sheet of paper", "a draft's"})


def _steps(sql: str) -> list[str]:
    """How SQLite goes about a statement of signing."""
    if connection.vendor != "sqlite":
        pytest.skip("how PostgreSQL goes about it follows from how many rows there are")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", [None] * sql.count("%s"))
        return [str(row[-1]) for row in cursor.fetchall()]


def test_a_signature_is_confirmed_by_its_address_not_by_its_petition(db):
    """Of all the signatures of a petition none is read but those of the same person or address."""
    plan = _steps(signing_rows._CONFIRM)
    of_others = [step for step in plan if step.startswith(("SEARCH o ", "SCAN o"))]
    assert len(of_others) == 2
    assert "signature_once" in of_others[0]
    assert "signature_on_paper" in of_others[1]


@pytest.mark.parametrize(
    ("look", "index"),
    [(forgetting._ONLINE, "signature_on"), (forgetting._ON_PAPER, "signature_on_paper")],
)
def test_who_still_has_an_address_is_found_where_those_without_stand_no_more(db, look, index):
    plan = _steps(look)
    assert len(plan) == 1
    # signature_once or signature_one_person: a signature without an address is in neither.
    assert f"INDEX {index}" in plan[0]


@pytest.mark.parametrize("with_proof", [False, True])
def test_a_signature_is_taken_in_by_its_network_and_address(db, with_proof):
    plan = _steps(signing_rows._insert_sql(with_proof, ""))
    of_others = [step for step in plan if step.startswith(("SEARCH", "SCAN"))]
    assert any(step.startswith("SEARCH s USING") and "of_network" in step for step in plan), plan
    assert any(step.startswith("SEARCH s USING") and "of_address" in step for step in plan), plan
    assert not [step for step in of_others if step.startswith("SCAN s")]


@pytest.mark.usefixtures("on_postgres")
def test_signatures_are_found_by_index_on_postgres(at):
    _by_index(at, set())


def _persons_are_one(petition: Petition, at: dt.datetime) -> None:
    """The database refuses one person twice at an address, in whichever place."""
    first = made.signature(petition, at)
    same = {"address_key": first.address_key, "person_key": first.person_key, "slot": 2}
    with pytest.raises(IntegrityError), transaction.atomic():
        made.signature(petition, at, **same)


@pytest.mark.usefixtures("on_postgres")
def test_indexes_are_swapped_there_and_back_while_rows_stand(at):
    petition = made.petition(made.world(at))
    _persons_are_one(petition, at)

    class Editor:
        """As a schema editor outside a transaction."""

        def __init__(self) -> None:
            self.connection = connection

        def execute(self, sql: str) -> None:
            with connection.cursor() as cursor:
                cursor.execute(sql)

    for new, old in ((OLD, NEW), (NEW, OLD)):
        # Twice, as where the first was stopped after its work.
        for _ in range(2):
            MIGRATION.swap(new, old)(None, Editor())
        _persons_are_one(petition, at)
    assert Signature.objects.filter(petition=petition).count() == 3


def _plan_of_confirming() -> str:
    """The plan by which this connection confirms, as PostgreSQL keeps it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM pg_prepared_statements"
            " WHERE statement LIKE 'UPDATE petitions_signature SET state = 1%'"
        )
        (name,) = [row[0] for row in cursor.fetchall()]
        cursor.execute(f"EXPLAIN EXECUTE \"{name}\"(now(), 1, now(), '2026-01-01', '2026-01-01')")
        return "\n".join(row[0] for row in cursor.fetchall())


@pytest.mark.usefixtures("on_postgres")
def test_confirming_is_planned_anew_when_the_table_has_filled(at, monkeypatch):
    # However long this machine takes to make what signs.
    monkeypatch.setattr(statements, "KEPT_FOR", math.inf)
    petition = made.petition(made.world(at))
    with connection.cursor() as cursor:
        # Nothing analyses it, as in the first minute of a new site.
        cursor.execute("ALTER TABLE petitions_signature SET (autovacuum_enabled = off)")
    signing_rows.confirm(0, at.date(), at, at)
    made.signatures(petition, 3_000, at, state=PENDING, confirmed_at=None)
    before = _plan_of_confirming()
    signing_rows.confirm(0, at.date(), at, at)
    assert _plan_of_confirming() == before

    monkeypatch.setattr(statements, "KEPT_FOR", 0.0)
    signing_rows.confirm(0, at.date(), at, at)

    assert _plan_of_confirming() != before
    # The row itself by its number; whatever stands against it by its address, and on paper.
    for index in ("petitions_signature_pkey", "signature_once", "signature_on_paper"):
        assert index in _plan_of_confirming()

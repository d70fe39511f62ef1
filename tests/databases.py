"""Fixtures that put another database in the place of the default one."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import dj_database_url
import pytest
from django.core import signals
from django.core.management import call_command
from django.db import close_old_connections, connections, transaction

from tests import built_database, migrated_database, postgres_server

# Migrations with triggers that refuse to let rows be changed or deleted.
TRIGGERS = importlib.import_module("folkmoot.common.migrations.0002_refuse_changes_to_acts")
GUARDS = (
    TRIGGERS,
    importlib.import_module("folkmoot.duties.migrations.0002_guard_duties"),
    importlib.import_module("folkmoot.framework.migrations.0003_guard_cases"),
    importlib.import_module("folkmoot.petitions.migrations.0007_guard_petitions"),
    importlib.import_module("folkmoot.petitions.migrations.0012_keep_answers_and_commitments"),
    importlib.import_module("folkmoot.petitions.migrations.0013_erase_words_for_law"),
    importlib.import_module("folkmoot.petitions.migrations.0014_state_council_meetings"),
    importlib.import_module("folkmoot.petitions.migrations.0019_give_time_back"),
)
IN_CI = os.environ.get("CI", "").lower() == "true"


def absent(reason: str) -> None:
    """Skip for a program that is not here; under CI everything is, so there it is a failure."""
    if IN_CI:
        pytest.fail(f"{reason} (and CI must have it)")
    pytest.skip(reason)


def _settings_for(url: str) -> dict[str, Any]:
    """Connection settings for ``url`` as folkmoot/settings.py would make them."""
    chosen = dict(dj_database_url.parse(url))
    if chosen["ENGINE"].endswith("sqlite3"):
        chosen["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
        }
    return chosen


@contextmanager
def default_database(url: str) -> Iterator[None]:
    """While inside, ``default`` is the database at ``url``, in every thread begun inside."""
    before = connections.settings["default"]
    after = {**before, "OPTIONS": {}, **_settings_for(url)}
    own = connections["default"]
    connections.settings["default"] = after
    del connections["default"]
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = before
        connections["default"] = own


@contextmanager
def acts_may_change(connection: Any) -> Iterator[None]:
    """Lift the refusals to change what is kept for ever, for emptying a test database."""
    with connection.cursor() as cursor:
        # The newest first, since it goes back to what an older one made.
        for guard in reversed(GUARDS):
            for statement in guard.ALLOW[connection.vendor]:
                cursor.execute(statement)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for guard in GUARDS:
                for statement in guard.REFUSE[connection.vendor]:
                    cursor.execute(statement)


@pytest.fixture(autouse=True, scope="session")
def _flush_may_empty_the_record() -> Iterator[None]:
    """Tests that commit are cleaned up by emptying every table, the public record too."""
    from django.db.backends.base.operations import BaseDatabaseOperations

    original = BaseDatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: Any, sql_list: list[str]) -> None:
        # Not inside one transaction: SQLite makes and drops triggers well enough in either.
        with acts_may_change(self.connection):
            original(self, sql_list)

    patch = pytest.MonkeyPatch()
    patch.setattr(BaseDatabaseOperations, "execute_sql_flush", execute_sql_flush)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_modify_db_settings_parallel_suffix: None,
) -> None:
    """On SQLite the test database is a file, as in use: threads and write-ahead logging."""
    default = connections.settings["default"]
    if default["ENGINE"].endswith("sqlite3"):
        file = tmp_path_factory.mktemp("database") / "test.sqlite3"
        migrated_database.copy_to(file)
        default["TEST"]["NAME"] = str(file)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """On SQLite the tables are there already, and migrating finds nothing to do."""
    return str(connections.settings["default"]["ENGINE"]).endswith("sqlite3")


@pytest.fixture(scope="session")
def postgres_server_folder() -> Iterator[Path]:
    """The socket folder of a PostgreSQL server that lives as long as this test run."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(postgres_server.running())
        except postgres_server.NoPostgres as error:
            absent(str(error))
            return
        yield folder


@pytest.fixture(scope="session")
def _postgres_template(postgres_server_folder: Path, django_db_blocker: Any) -> Path:
    with (
        django_db_blocker.unblock(),
        default_database(postgres_server.url_of(postgres_server_folder, "postgres")),
    ):
        with connections["default"].cursor() as cursor:
            cursor.execute("CREATE DATABASE folkmoot_template")
        with default_database(postgres_server.url_of(postgres_server_folder, "folkmoot_template")):
            call_command("migrate", verbosity=0)
    return postgres_server_folder


@pytest.fixture
def on_postgres(_postgres_template: Path, django_db_blocker: Any) -> Iterator[None]:
    """The default database is a new migrated PostgreSQL one; what a test commits stays there."""
    admin = postgres_server.url_of(_postgres_template, "postgres")
    with django_db_blocker.unblock(), default_database(admin):
        with connections["default"].cursor() as cursor:
            cursor.execute("CREATE DATABASE one_test TEMPLATE folkmoot_template")
        with default_database(postgres_server.url_of(_postgres_template, "one_test")):
            yield
        with connections["default"].cursor() as cursor:
            cursor.execute("DROP DATABASE one_test WITH (FORCE)")


@pytest.fixture(
    params=[
        pytest.param("in-use", marks=pytest.mark.django_db(transaction=True)),
        pytest.param("postgres", marks=pytest.mark.postgres),
    ]
)
def committing(request: pytest.FixtureRequest) -> None:
    """A database where commits are real: the one in use, and PostgreSQL where that is another."""
    if request.param == "postgres":
        request.getfixturevalue("on_postgres")


@pytest.fixture(scope="session")
def built_site(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[built_database.Built]:
    """The shipped real data, built once for the whole run; each worker's own copy on SQLite."""
    with django_db_blocker.unblock():
        yield from built_database.provide(tmp_path_factory, connections.settings["default"])


@contextmanager
def _kept_open() -> Iterator[None]:
    """While inside, the end of a request does not close the connection under a test.

    Django's own test client sees to this for itself; other clients of the application do not.
    """
    events = (signals.request_started, signals.request_finished)
    for event in events:
        event.disconnect(close_old_connections)
    try:
        yield
    finally:
        for event in events:
            event.connect(close_old_connections)


@pytest.fixture
def built(
    request: pytest.FixtureRequest,
    built_site: built_database.Built,
    django_db_blocker: Any,
    settings: Any,
) -> Iterator[built_database.Built]:
    """The default database holds the shipped real data; what a test writes is undone."""
    clash = {"db", "transactional_db", "django_db_setup"} & set(request.fixturenames)
    if clash or request.node.get_closest_marker("django_db"):
        pytest.fail("use either the built database or the empty one (db), not both in one test")
    settings.HOME = built_site.home
    with (
        django_db_blocker.unblock(),
        default_database(built_site.url),
        _kept_open(),
        transaction.atomic(),
    ):
        yield built_site
        transaction.set_rollback(True)

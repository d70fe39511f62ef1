"""Single statements that run so often that planning them anew each time would cost most of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

# For so many seconds a plan is kept. PostgreSQL itself plans anew only once a table was analysed,
# which it is a minute after it began to fill; until then a plan of when it was all but empty, where
# every index looks alike, would read whatever came since.
KEPT_FOR = 5.0


def first(sql: str, parameters: Sequence[Any]) -> tuple[Any, ...] | None:
    """Run one statement of its own; the first row that it gives, or None.

    For statements that may be done twice without harm: where the connection was lost meanwhile,
    it is made anew and the statement done again, once. Raises Django's own database errors.
    """
    # Itself, since the usual name for it looks it up anew with every word.
    line = connections[DEFAULT_DB_ALIAS]
    pooled = line.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]
    if line.vendor != "postgresql" or line.in_atomic_block or pooled:
        with line.cursor() as cursor:
            cursor.execute(sql, parameters)
            return _row(cursor)
    try:
        return _planned(line, sql, parameters)
    except OperationalError:
        if line.is_usable():
            raise
        line.close()
        return _planned(line, sql, parameters)


class _Own:
    """A cursor of psycopg's own on one connection; which statements were planned there, and
    since when."""

    def __init__(self, own: Any) -> None:
        from psycopg import Cursor

        self.cursor = Cursor(own)
        self.planned: set[str] = set()
        self.since = time.monotonic()
        # Django's own cursors never prepare anything, so this is for the one above.
        own.prepare_threshold = 1
        self.cursor.execute("SET plan_cache_mode = force_generic_plan", prepare=False)

    def forget_old_plans(self) -> None:
        """Have everything planned anew that was planned a while ago."""
        if time.monotonic() - self.since > KEPT_FOR:
            self.cursor.execute("DISCARD PLANS", prepare=False)
            self.planned.clear()
            self.since = time.monotonic()


def _planned(
    line: BaseDatabaseWrapper, sql: str, parameters: Sequence[Any]
) -> tuple[Any, ...] | None:
    """The same on PostgreSQL, by a statement that is planned once in a connection.

    Planning the statements of signing took three times as long as running them. A pooler that
    hands connections about would lose the plans; DISABLE_SERVER_SIDE_CURSORS says there is one,
    and Django's own cursor serves then. It serves in a transaction too, which shows and counts it.
    """
    line.ensure_connection()
    own: Any = line.connection
    with line.wrap_database_errors:
        # What belongs to a connection lives and ends with it.
        kept: _Own | None = getattr(own, "_folkmoot", None)
        if kept is None:
            kept = own._folkmoot = _Own(own)
        kept.forget_old_plans()
        if sql in kept.planned:
            return _row(kept.cursor.execute(sql, parameters, prepare=True))
        # Tables may be all but empty now, where a plan would rather read them whole, and it would
        # be kept until they are analysed.
        kept.cursor.execute("SET enable_seqscan = off", prepare=False)
        try:
            found = _row(kept.cursor.execute(sql, parameters, prepare=True))
            kept.planned.add(sql)
            return found
        finally:
            if not own.broken:
                kept.cursor.execute("SET enable_seqscan = on", prepare=False)


def _row(cursor: Any) -> tuple[Any, ...] | None:
    found: tuple[Any, ...] | None = cursor.fetchone() if cursor.description else None
    return found


def survey(*loaded: type[models.Model] | str) -> None:
    """Have PostgreSQL look at tables (models, or names) that were just loaded in bulk.

    In the same transaction. It does so by itself, a minute after they are there; until then it
    plans as for empty ones, and what takes two seconds took a minute. SQLite needs none of it.
    """
    if connection.vendor != "postgresql":
        return
    names = [each if isinstance(each, str) else each._meta.db_table for each in loaded]
    tables = ", ".join(map(connection.ops.quote_name, names))
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables}")


def lazily() -> str:
    """A condition, always true, by which a statement's commit does not wait for the disk.

    For what may be lost where the machine of the database loses its power, and nowhere else: a
    process that is killed loses nothing of it. SQLite never waits (PRAGMA synchronous=NORMAL).
    """
    if connection.vendor != "postgresql":
        return ""
    return " AND set_config('synchronous_commit', 'off', true) = 'off'"


def moment(at: Any) -> Any:
    """A moment, or None, as a parameter of a statement written by hand."""
    return connection.ops.adapt_datetimefield_value(at)


def day(on: Any) -> Any:
    """A day as a parameter of a statement written by hand."""
    return connection.ops.adapt_datefield_value(on)

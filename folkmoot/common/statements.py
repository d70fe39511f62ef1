"""Single statements that run so often that planning them anew each time would cost most of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import OperationalError, connection


def first(sql: str, parameters: Sequence[Any]) -> tuple[Any, ...] | None:
    """Run one statement of its own; the first row that it gives, or None.

    For statements that may be done twice without harm: where the connection was lost meanwhile,
    it is made anew and the statement done again, once. Raises Django's own database errors.
    """
    pooled = connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]
    if connection.vendor != "postgresql" or connection.in_atomic_block or pooled:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return _row(cursor)
    try:
        return _planned(sql, parameters)
    except OperationalError:
        if connection.is_usable():
            raise
        connection.close()
        return _planned(sql, parameters)


class _Own:
    """A cursor of psycopg's own on one connection, and which statements were planned there."""

    def __init__(self, own: Any) -> None:
        from psycopg import Cursor

        self.cursor = Cursor(own)
        self.planned: set[str] = set()
        # Django's own cursors never prepare anything, so this is for the one above.
        own.prepare_threshold = 1
        self.cursor.execute("SET plan_cache_mode = force_generic_plan", prepare=False)


def _planned(sql: str, parameters: Sequence[Any]) -> tuple[Any, ...] | None:
    """The same on PostgreSQL, by a statement that is planned once in a connection.

    Planning the statements of signing took three times as long as running them. A pooler that
    hands connections about would lose the plans; DISABLE_SERVER_SIDE_CURSORS says there is one,
    and Django's own cursor serves then. It serves in a transaction too, which shows and counts it.
    """
    connection.ensure_connection()
    line = connection.connection
    with connection.wrap_database_errors:
        # What belongs to a connection lives and ends with it.
        kept: _Own | None = getattr(line, "_folkmoot", None)
        if kept is None:
            kept = line._folkmoot = _Own(line)
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
            if not line.broken:
                kept.cursor.execute("SET enable_seqscan = on", prepare=False)


def _row(cursor: Any) -> tuple[Any, ...] | None:
    found: tuple[Any, ...] | None = cursor.fetchone() if cursor.description else None
    return found


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

"""Single statements that run so often that planning them anew each time would cost most of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from weakref import WeakSet

from django.db import OperationalError, connection

# Connections whose statements are planned once for all parameters.
_PLANNED: WeakSet[Any] = WeakSet()


def first(sql: str, parameters: Sequence[Any]) -> tuple[Any, ...] | None:
    """Run one statement of its own; the first row that it gives, or None.

    For statements that may be done twice without harm: where the connection was lost meanwhile,
    it is made anew and the statement done again, once. Raises Django's own database errors.
    """
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            found: tuple[Any, ...] | None = cursor.fetchone() if cursor.description else None
            return found
    try:
        return _planned(sql, parameters)
    except OperationalError:
        if connection.in_atomic_block or connection.is_usable():
            raise
        connection.close()
        return _planned(sql, parameters)


def _planned(sql: str, parameters: Sequence[Any]) -> tuple[Any, ...] | None:
    """The same on PostgreSQL, by a statement that is planned once in a connection.

    Planning the statements of signing took three times as long as running them. A pooler that
    hands connections about would lose the plans; DISABLE_SERVER_SIDE_CURSORS says there is one.
    """
    from psycopg import Cursor

    connection.ensure_connection()
    own = connection.connection
    keep = not connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]
    with connection.wrap_database_errors, Cursor(own) as cursor:
        if keep and own not in _PLANNED:
            own.prepare_threshold = 1  # Django's own cursors never prepare
            cursor.execute("SET plan_cache_mode = force_generic_plan")
            _PLANNED.add(own)
        cursor.execute(sql, parameters, prepare=keep)
        return cursor.fetchone() if cursor.description else None


def moment(at: Any) -> Any:
    """A moment, or None, as a parameter of a statement written by hand."""
    return connection.ops.adapt_datetimefield_value(at)


def day(on: Any) -> Any:
    """A day as a parameter of a statement written by hand."""
    return connection.ops.adapt_datefield_value(on)

"""So that erasing a petition, or what is left of its signers, reads its own signatures and no others
on either database: SQLite had no index of all of them, and read six million to erase one draft.

On PostgreSQL people go on signing meanwhile: the index is made CONCURRENTLY, outside a transaction,
and only then takes the place of the one that only PostgreSQL had. What a migration that was stopped
left behind is made anew.

SQLite takes every index for one that leaves ten rows, unless it is told, and would look for the
creator's own signature among six million by this one instead of by their own. So it is told that
this one leaves a hundred thousand: a row of sqlite_stat1, which is what ANALYZE would write
(https://www.sqlite.org/fileformat2.html#the_sqlite_stat1_table), and which ANALYZE puts right.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

NEW = ("signature_by_petition", "(petition_id)")
OLD = ("signature_of_petition", "(petition_id, origin)")
_TOLD = (
    # Makes the table of what is told where there is none, and has this connection read it anew.
    "ANALYZE sqlite_schema",
    "DELETE FROM sqlite_stat1 WHERE idx = 'signature_by_petition'",
    "INSERT INTO sqlite_stat1 (tbl, idx, stat)"
    " VALUES ('petitions_signature', 'signature_by_petition', '1000000 100000')",
    "ANALYZE sqlite_schema",
)


def _swap(schema_editor: Any, new: tuple[str, str] | None, old: tuple[str, str]) -> None:
    live = " CONCURRENTLY" if schema_editor.connection.vendor == "postgresql" else ""
    if new is not None:
        name, what = new
        schema_editor.execute(f"DROP INDEX{live} IF EXISTS {name}")
        schema_editor.execute(f"CREATE INDEX{live} {name} ON petitions_signature {what}")
    schema_editor.execute(f"DROP INDEX{live} IF EXISTS {old[0]}")


def _forward(_apps: Any, schema_editor: Any) -> None:
    _swap(schema_editor, NEW, OLD)
    if schema_editor.connection.vendor == "sqlite":
        for statement in _TOLD:
            schema_editor.execute(statement)


def _back(_apps: Any, schema_editor: Any) -> None:
    postgresql = schema_editor.connection.vendor == "postgresql"
    _swap(schema_editor, OLD if postgresql else None, NEW)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("petitions", "0021_remember_that_a_title_was_hidden")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(_forward, _back)],
            state_operations=[
                migrations.AddIndex(
                    model_name="signature",
                    index=models.Index(fields=["petition"], name="signature_by_petition"),
                ),
            ],
        )
    ]

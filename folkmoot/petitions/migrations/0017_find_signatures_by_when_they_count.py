"""So that unusual patterns are looked for among the signatures that were confirmed last, however
long before that they were signed.

On PostgreSQL people go on signing meanwhile: the index is made CONCURRENTLY, outside a transaction.
What a migration that was stopped left behind is made anew.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.models import Q

NAME = "signature_in_order"
WHAT = "(confirmed_at) WHERE state = 1 AND origin = 0"


def _drop(_apps: Any, schema_editor: Any) -> None:
    live = " CONCURRENTLY" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP INDEX{live} IF EXISTS {NAME}")


def _make(apps: Any, schema_editor: Any) -> None:
    _drop(apps, schema_editor)
    live = " CONCURRENTLY" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"CREATE INDEX{live} {NAME} ON petitions_signature {WHAT}")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("petitions", "0016_find_signatures_among_millions")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(_make, _drop)],
            state_operations=[
                migrations.AddIndex(
                    model_name="signature",
                    index=models.Index(
                        condition=Q(("origin", 0), ("state", 1)),
                        fields=["confirmed_at"],
                        name=NAME,
                    ),
                ),
            ],
        )
    ]

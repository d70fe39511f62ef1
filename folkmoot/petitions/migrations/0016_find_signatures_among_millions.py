"""So that nothing reads every signature to find a few: sponsors, the creator's own signature, those
of a draft that is erased, those that nobody confirmed, and whoever is on a sheet of paper.

On PostgreSQL people go on signing meanwhile: indexes are made CONCURRENTLY, outside a transaction.
What a migration that was stopped left behind is made anew. The uniqueness of a person at an address
is held by one index or the other at every moment.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import migrations, models
from django.db.models import Q

STANDING = "WHERE state IN (1, 3) AND NOT (address_key = '')"
# For PostgreSQL only: without it, erasing a petition reads every signature to see that none is its
# own. SQLite knows nothing of how rows are spread, and would confirm a signature by it.
POSTGRESQL = (("INDEX", "signature_of_petition", "(petition_id, origin)"),)
NEW = (
    ("INDEX", "signature_of_sponsor", "(petition_id) WHERE origin = 1"),
    ("INDEX", "signature_of_creator", "(petition_id) WHERE origin = 2"),
    ("INDEX", "signature_unconfirmed", "(signed_at) WHERE state = 0"),
    ("UNIQUE INDEX", "signature_one_person", f"(petition_id, person_key, address_key) {STANDING}"),
)
OLD = (
    ("UNIQUE INDEX", "signature_person_once", f"(petition_id, address_key, person_key) {STANDING}"),
)


Indexes = tuple[tuple[str, str, str], ...]


def swap(new: Indexes, old: Indexes) -> Callable[[Any, Any], None]:
    """Makes the indexes ``new``, and then drops ``old``."""

    def run(_apps: Any, schema_editor: Any) -> None:
        postgresql = schema_editor.connection.vendor == "postgresql"
        live = " CONCURRENTLY" if postgresql else ""
        for kind, name, what in new:
            if (kind, name, what) in POSTGRESQL and not postgresql:
                continue
            schema_editor.execute(f"DROP INDEX{live} IF EXISTS {name}")
            schema_editor.execute(f"CREATE {kind}{live} {name} ON petitions_signature {what}")
        for _kind, name, _what in old:
            schema_editor.execute(f"DROP INDEX{live} IF EXISTS {name}")

    return run


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("petitions", "0014_state_council_meetings")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunPython(swap(NEW + POSTGRESQL, OLD), swap(OLD, NEW + POSTGRESQL))
            ],
            state_operations=[
                migrations.AddIndex(
                    model_name="signature",
                    index=models.Index(
                        condition=Q(("origin", 1)), fields=["petition"], name="signature_of_sponsor"
                    ),
                ),
                migrations.AddIndex(
                    model_name="signature",
                    index=models.Index(
                        condition=Q(("origin", 2)), fields=["petition"], name="signature_of_creator"
                    ),
                ),
                migrations.AddIndex(
                    model_name="signature",
                    index=models.Index(
                        condition=Q(("state", 0)),
                        fields=["signed_at"],
                        name="signature_unconfirmed",
                    ),
                ),
                migrations.RemoveConstraint(model_name="signature", name="signature_person_once"),
                migrations.AddConstraint(
                    model_name="signature",
                    constraint=models.UniqueConstraint(
                        condition=Q(("state__in", [1, 3])) & ~Q(address_key=""),
                        fields=("petition", "person_key", "address_key"),
                        name="signature_one_person",
                    ),
                ),
            ],
        )
    ]

"""Bulk load of real interventions that other sources tell of."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

from django.db import transaction

from folkmoot.common.errors import BadInput, Fault
from folkmoot.framework.models import InterventionElsewhere
from folkmoot.places.models import Area

FILE = "standards/best_value_interventions_partial.csv"
COLUMNS = ("council", "gss", "started", "ended_or_planned_end", "note", "source_seen")


def _day(text: str) -> dt.date | None:
    """The day that the source gives, or None for a month, a year or words."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


@transaction.atomic
def import_elsewhere(data: Path) -> int:
    """Load the shipped list of real interventions, in place of what was loaded before; how many.

    Places must be loaded before. Everything is kept as found: a month stays a month. Raises
    BadInput with every fault of the file, with row and column, and then changes nothing.
    """
    with (data / FILE).open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            what = f"The columns are {', '.join(reader.fieldnames or ()) or 'missing'}."
            raise BadInput([Fault(f"{FILE}, row 1", what, f"Use: {', '.join(COLUMNS)}.")])
        found = list(enumerate(reader, 2))
    areas = {area.code: area for area in Area.objects.filter(code__in=[r["gss"] for _, r in found])}
    faults = []
    for number, row in found:
        for column in ("council", "gss", "source_seen"):
            if not row[column]:
                where = f"{FILE}, row {number}, {column}"
                faults.append(Fault(where, "This is empty.", "Say what the source says."))
        if row["gss"] and row["gss"] not in areas:
            where = f"{FILE}, row {number}, gss"
            faults.append(
                Fault(where, "No such place is known.", "Use a GSS code.", value=row["gss"])
            )
    if faults:
        raise BadInput(faults)
    InterventionElsewhere.objects.all().delete()
    made = InterventionElsewhere.objects.bulk_create(
        InterventionElsewhere(
            row=number,
            council=row["council"],
            area=areas[row["gss"]],
            started=row["started"],
            ended=row["ended_or_planned_end"],
            starts_on=_day(row["started"]),
            ends_on=_day(row["ended_or_planned_end"]),
            note=row["note"],
            source_seen=row["source_seen"],
            source=FILE,
        )
        for number, row in found
    )
    return len(made)

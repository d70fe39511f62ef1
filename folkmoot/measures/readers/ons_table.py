"""ONS Explore Local Statistics tables: CSV in long form with limits and marks of status."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from functools import partial

from folkmoot.measures.catalogue import LongColumns
from folkmoot.measures.readers.formats import Format, csv_to_table, declared

COLUMNS = LongColumns(
    area="areacd",
    period="period",
    value="observation",
    lower="lci_95",
    upper="uci_95",
    status="status",
)

# Where ONS says that a code is obsolete and what replaced it. A table without it is read too.
NOTE = "notes"

# Asked for even where no measure reads them, so that a table of another make is refused.
FORMAT = Format(
    table=partial(csv_to_table, optional=(NOTE,)),
    columns=lambda source, measure: declared(source, COLUMNS),
    required=("areacd", "indicator", "period", "observation", "measure", "unit"),
    note=NOTE,
)


def stated_date(companions: Mapping[str, bytes]) -> dt.date | None:
    """The date of the figures in the metadata that ONS publishes beside a table, if it is there.

    ``sourceDate`` is written 04/11/2025; metadata of another make say nothing.
    """
    for content in companions.values():
        try:
            shared = json.loads(content)["ess-beta-metadata"]["shared"]
            day, month, year = shared["sourceDate"].split("/")
            return dt.date(int(year), int(month), int(day))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue
    return None

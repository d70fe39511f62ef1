"""Real interventions as other sources tell them: an incomplete list, shown as it was found."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from folkmoot.duties.rules import day_words
from folkmoot.framework.models import InterventionElsewhere

INCOMPLETE = (
    "This list is incomplete. It holds what could be found, with the gaps that the sources have; "
    "that a council is not on it does not mean that the centre has kept out."
)


@dataclass(frozen=True, slots=True)
class ElsewhereLine:
    """One real intervention as found. ``started`` and ``ended`` are the source's own words.

    ``state`` is "ended", "planned-end", or "not-known" where no source says whether it has ended;
    ``says`` puts it in a sentence. ``place`` is a GSS code, "" where it is not known.
    """

    row: int
    council: str
    place: str
    place_name: str
    place_slug: str
    started: str
    ended: str
    note: str
    source_seen: str
    source: str
    state: str
    says: str
    complete: bool = False


def state_of(started: str, ended: str, ends_on: dt.date | None, today: dt.date) -> tuple[str, str]:
    """(state, sentence) of an intervention as found: nothing is made up where nothing is said."""
    if ends_on is not None:
        if ends_on > today:
            return "planned-end", f"Planned to end on {day_words(ends_on)}."
        return "ended", f"Ended, or was to end, on {day_words(ends_on)}."
    if ended:
        return "ended", f"Ended, or was to end, in {ended}."
    if "historic" in started:
        return "ended", "Historic: the source gives no dates."
    return "not-known", "Whether it has ended is not known to this site."


def elsewhere(today: dt.date, *, place: str = "") -> list[ElsewhereLine]:
    """The real interventions, in the order of the file, of one place or all: one query."""
    rows = InterventionElsewhere.objects.select_related("area")
    if place:
        rows = rows.filter(area__code=place)
    return [_line(row, today) for row in rows]


def _line(row: InterventionElsewhere, today: dt.date) -> ElsewhereLine:
    state, says = state_of(row.started, row.ended, row.ends_on, today)
    area = row.area
    return ElsewhereLine(
        row=row.row,
        council=row.council,
        place=area.code if area else "",
        place_name=area.name if area else "",
        place_slug=area.slug if area else "",
        started=row.started,
        ended=row.ended,
        note=row.note,
        source_seen=row.source_seen,
        source=row.source,
        state=state,
        says=says,
    )

"""A body adopts thresholds of its own for petitions to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction

from folkmoot.bodies.models import Body
from folkmoot.common.acts import record_act
from folkmoot.common.errors import BadInput, Fault, NotFound
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of, require
from folkmoot.people.rules import OFFICER
from folkmoot.petitions.models import BodyScheme
from folkmoot.petitions.rules.thresholds import read_levels

_LONGEST_LINK = 200


@transaction.atomic
def adopt_scheme(
    *,
    actor: Person | None,
    body: str,
    levels: Sequence[Mapping[str, object]],
    since: dt.date,
    source: str,
    at: dt.datetime,
) -> BodyScheme:
    """Adopt thresholds for petitions to ``body`` (its slug) that open on ``since`` or later.

    By an officer of the body. ``levels``: mappings with kind, days, and number, or share and
    at_least. ``source``: where the body published its scheme. Petitions that are open keep
    theirs. Raises NotFound, NotAllowed, and BadInput with every fault.
    """
    today = day_of(at)
    row = Body.objects.select_for_update().filter(slug=body).first()
    if row is None:
        raise NotFound(f"There is no body {body!r} here.")
    held = require(actor, OFFICER, row.slug, today)
    last = BodyScheme.objects.filter(body=row).order_by("-version").first()
    read, faults = read_levels(levels)
    faults.extend(_day_faults(since, today, last))
    source = source.strip()
    faults.extend(source_faults(source, schemes=("https", "http")))
    if faults:
        raise BadInput(faults)
    made = BodyScheme.objects.create(
        body=row,
        version=last.version + 1 if last else 1,
        since=since,
        levels=[level.as_json() for level in read],
        source=source,
        adopted_at=at,
        by=held.acting_office,
    )
    record_act(
        office=held.acting_office,
        verb="adopt-scheme",
        subject=f"petition-scheme:{row.slug}/{made.version}",
        at=at,
        body=row.slug,
        link=f"/body/{row.slug}/",
    )
    return made


def source_faults(source: str, *, schemes: Sequence[str]) -> list[Fault]:
    """What is wrong with the address at which a body published something."""
    faults = []
    try:
        URLValidator(schemes=schemes)(source)
    except ValidationError:
        begins = " or ".join(f"{scheme}://" for scheme in schemes)
        remedy = f"Write where it is published, beginning with {begins}."
        faults.append(Fault("source", "This is not such an address.", remedy))
    if len(source) > _LONGEST_LINK:
        faults.append(
            Fault("source", "This address is too long.", f"Use one of {_LONGEST_LINK} or fewer.")
        )
    return faults


def _day_faults(since: dt.date, today: dt.date, last: BodyScheme | None) -> list[Fault]:
    if since < today:
        what = "This day is past: what people signed for is not changed behind them."
        return [Fault("since", what, "Choose today or a later day.", value=str(since))]
    if last is not None and since < last.since:
        what = f"The scheme adopted before begins on {last.since} only."
        return [Fault("since", what, "Choose that day or a later one.", value=str(since))]
    return []

"""A body states when its full council meets, and calls meetings off."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from folkmoot.bodies.models import Body
from folkmoot.common.acts import record_act
from folkmoot.common.errors import BadInput, Conflict, NotFound
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of, require
from folkmoot.people.rules import OFFICER
from folkmoot.petitions.actions.schemes import source_faults
from folkmoot.petitions.models import Meeting
from folkmoot.petitions.rules.meetings import read_dates


@transaction.atomic
def state_meetings(
    *, actor: Person | None, body: str, dates: str, source: str, at: dt.datetime
) -> list[Meeting]:
    """State when the full council of ``body`` (its slug) meets.

    By an officer of the body. ``dates``: one on each line. ``source``: where the body published
    them. What is owed already keeps its day. Raises NotFound, NotAllowed, and BadInput with every
    fault, those of dates with their line.
    """
    today = day_of(at)
    row = Body.objects.select_for_update().filter(slug=body).first()
    if row is None:
        raise NotFound(f"There is no body {body!r} here.")
    held = require(actor, OFFICER, row.slug, today)
    standing = Meeting.objects.filter(body=row, on__gte=today, withdrawn_at__isnull=True)
    days, faults = read_dates(dates, today, set(standing.values_list("on", flat=True)))
    source = source.strip()
    faults.extend(source_faults(source, schemes=("https",)))
    if faults:
        raise BadInput(faults)
    made = Meeting.objects.bulk_create(
        Meeting(body=row, on=day, source=source, stated_at=at, by=held.acting_office)
        for day in days
    )
    _record("state-meetings", f"council-meetings:{row.slug}", row.slug, held.acting_office, at)
    return made


@transaction.atomic
def call_off_meeting(*, actor: Person | None, meeting: int, at: dt.datetime) -> Meeting:
    """Say that a stated meeting does not take place on its day. By an officer of its body.

    A debate that is due at it stays due by that day. Raises NotFound, NotAllowed, and Conflict
    where its day is past or it was called off before.
    """
    row = Meeting.objects.select_for_update(of=("self",)).select_related("body")
    found = row.filter(pk=meeting).first()
    if found is None:
        raise NotFound("There is no such meeting.")
    today, slug = day_of(at), found.body.slug
    held = require(actor, OFFICER, slug, today)
    if found.withdrawn_at is not None:
        raise Conflict("This meeting was called off already.")
    if found.on < today:
        raise Conflict("The day of this meeting is past.")
    found.withdrawn_at, found.withdrawn_by = at, held.acting_office
    found.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _record("call-off-meeting", f"council-meeting:{found.pk}", slug, held.acting_office, at)
    return found


def _record(verb: str, subject: str, body: str, office: str, at: dt.datetime) -> None:
    record_act(office=office, verb=verb, subject=subject, at=at, body=body, link=f"/body/{body}/")

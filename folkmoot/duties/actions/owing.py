"""An answer comes to be owed, once for each cause."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from django.db import IntegrityError, transaction

from folkmoot.bodies.models import Body
from folkmoot.common.acts import record_act
from folkmoot.common.errors import BadInput, Conflict, Fault, NotFound
from folkmoot.duties.models import Duty
from folkmoot.duties.rules import KINDS, NewDuty, day_words, duty_path, in_run, key_in
from folkmoot.people.models import Person
from folkmoot.people.queries import run_of

_KEY = re.compile(r"[A-Za-z0-9]+(?:[-._:/][A-Za-z0-9]+)*")


def locked(duty: int, space: str) -> Duty:
    """The duty, which nobody else changes until this transaction ends. Raises NotFound."""
    row = (
        Duty.objects.select_for_update(of=("self",))
        .select_related("body")
        .filter(pk=duty, space=space)
        .first()
    )
    if row is None:
        raise NotFound("There is no such answer owed.")
    return row


def theirs(duty: int, space: str, actor: Person | None) -> Duty:
    """As ``locked``. Raises NotFound for a duty in somebody else's rehearsal, too."""
    row = locked(duty, space)
    if space != "record" and not (actor is not None and in_run(row.key, run_of(actor))):
        raise NotFound("There is no such answer owed.")
    return row


def ended_already(row: Duty) -> str:
    """What to say to whoever comes after it was answered or waived."""
    on = f", on {day_words(row.ended_on)}" if row.ended_on else ""
    return f"This was {row.ended} already{on}."


def record_duty_act(
    duty: Duty, verb: str, *, office: str, at: dt.datetime, reason: str = ""
) -> None:
    """Record in public what was done about a duty; nothing where it belongs to a rehearsal."""
    if duty.space != "record":
        return
    record_act(
        office=office,
        verb=verb,
        subject=f"duty:{duty.pk}",
        at=at,
        place=duty.place,
        service=duty.service,
        body=duty.body.slug,
        reason=reason,
        link=duty_path(duty.pk),
    )


def _faults(new: NewDuty) -> list[Fault]:
    faults = []
    if new.kind not in KINDS:
        known = ", ".join(KINDS)
        faults.append(Fault("kind", "There is no such kind of duty.", f"Use one of: {known}."))
    for where, key in (("key", new.key), ("subject", new.subject), ("rule", new.rule)):
        if not _KEY.fullmatch(key):
            faults.append(
                Fault(where, "This is not a key.", "Use one such as release:12/7.", value=key[:80])
            )
    if new.due < new.since:
        faults.append(
            Fault(
                "due",
                f"It would be due on {new.due}, before it arises on {new.since}.",
                "Name a later day.",
                value=str(new.due),
            )
        )
    return faults


@transaction.atomic
def owe(*, new: NewDuty, by: str, at: dt.datetime, space: str = "record", run: str = "") -> Duty:
    """Make an answer owed, once: the same key again gives the same duty, however it stands.

    ``by``: the office, or "rule", whose act made it owed, as the public record names it. ``run``:
    whose rehearsal it is owed in (``people.queries.run_of``), so that nobody else ends it there.
    Raises BadInput with every fault, NotFound for a body that is not known, Conflict where the
    key stands for something else, and ValueError for a rehearsal that is nobody's.
    """
    if (space == "record") == bool(run):
        raise ValueError("what is owed in a rehearsal is owed in somebody's, and only there")
    new = replace(new, key=key_in(run, new.key))
    faults = _faults(new)
    if faults:
        raise BadInput(faults)
    body = Body.objects.filter(slug=new.body).first()
    if body is None:
        raise NotFound(f"There is no body {new.body!r} here to owe an answer.")
    fields = {
        name: getattr(new, name)
        for name in (
            "key", "kind", "office", "subject", "place", "service", "rule", "rule_version",
            "owed_to", "since", "due",
        )
    }  # fmt: skip
    try:
        with transaction.atomic():
            duty = Duty.objects.create(body=body, space=space, **fields)
    except IntegrityError:
        return _same(fields, body, space)
    record_duty_act(duty, "owe-answer", office=by, at=at)
    return duty


def _same(fields: dict[str, object], body: Body, space: str) -> Duty:
    """The duty that has this key already. Raises Conflict where it is about something else.

    When it was due may differ: the days of the first time hold.
    """
    duty = Duty.objects.select_related("body").get(space=space, key=fields["key"])
    told = {name: value for name, value in fields.items() if name not in {"since", "due"}}
    if duty.body_id != body.pk or any(getattr(duty, n) != v for n, v in told.items()):
        raise Conflict(f"The key {duty.key} stands for another answer that is owed.")
    return duty

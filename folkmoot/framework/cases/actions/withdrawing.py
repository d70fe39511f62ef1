"""Words withdrawn for law: the case and its history stay, a tombstone stands for the words."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from folkmoot.common.acts import LEGAL_REASONS, record_act
from folkmoot.common.errors import BadInput, Conflict, Fault, NotAllowed, NotFound
from folkmoot.framework.cases.course import case_path, subject_of
from folkmoot.framework.models import CaseWords
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of, roles_of, run_of
from folkmoot.people.rules import ADMINISTRATOR, CENTRE, SITE


@transaction.atomic
def withdraw_words(
    *, actor: Person | None, words: int, reason: str, at: dt.datetime, space: str = "record"
) -> CaseWords:
    """Erase the words of one thing done in a case for good.

    By an administrator of the site, or by the centre whose words they are; in a rehearsal, by
    whoever rehearses it. Only for a reason of law, a key of ``LEGAL_REASONS``. Raises NotFound,
    NotAllowed, BadInput and Conflict.
    """
    rows = CaseWords.objects.select_for_update(of=("self",)).filter(
        pk=words, event__case__space=space
    )
    if space == "rehearsal" and actor is not None:
        rows = rows.filter(event__case__run=run_of(actor))
    row = rows.select_related("event__case__area", "event__case__centre").first()
    if row is None:
        raise NotFound("There are no such words.")
    case = row.event.case
    allowed = ((ADMINISTRATOR, SITE), (CENTRE, case.centre.slug))
    held = [h for h in roles_of(actor, day_of(at), space=space) if (h.role, h.body) in allowed]
    if not held:
        raise NotAllowed("Only the centre, or an administrator of this site, may withdraw these.")
    if reason not in LEGAL_REASONS:
        known = ", ".join(sorted(LEGAL_REASONS))
        raise BadInput([Fault("reason", "There is no such reason.", f"Use one of: {known}.")])
    if row.withdrawn_at is not None:
        raise Conflict("These words are withdrawn already.")
    row.text, row.withdrawn_at, row.withdrawn_reason = "", at, reason
    row.save(update_fields=["text", "withdrawn_at", "withdrawn_reason"])
    if space == "record":
        record_act(
            office=held[0].acting_office,
            verb="withdraw-note",
            subject=subject_of(case.pk),
            at=at,
            place=case.area.code,
            service=case.service,
            reason=reason,
            link=case_path(case.pk, case.space),
        )
    return row

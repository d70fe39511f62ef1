"""The words of a hidden petition are erased for law, for good, in public."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from folkmoot.common.acts import LEGAL_REASONS
from folkmoot.common.errors import BadInput, Conflict, Fault, NotAllowed
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of, roles_of
from folkmoot.petitions.actions.moving import lock, record, refuse_own, require_state, tell
from folkmoot.petitions.models import Petition
from folkmoot.petitions.rules.moderation import may_erase
from folkmoot.petitions.rules.states import CLOSED, HIDDEN, OPEN


@transaction.atomic
def erase_words(*, actor: Person | None, petition: int, reason: str, at: dt.datetime) -> Petition:
    """Erase the title and texts of a hidden petition, and its creator's name, for good.

    By a moderator or an administrator of the site who did not begin it; never by the body that is
    asked, which may not destroy what is asked of it. ``reason`` is a key of ``LEGAL_REASONS``. It
    stays hidden for ever; its signatures stay counted, and what it made owed stays owed. Signers'
    addresses go in their time, as if it had ended on this day. Raises NotFound, NotAllowed,
    BadInput, and Conflict for one that is not hidden or was erased before.
    """
    row = lock(petition)
    office = may_erase(roles_of(actor, day_of(at)), day_of(at))
    if not office:
        raise NotAllowed(_("Only moderators and administrators of this site may."))
    refuse_own(actor, row)
    require_state(row, HIDDEN)
    if row.erased_at is not None:
        raise Conflict(_("The words of this petition are erased already."))
    if reason not in LEGAL_REASONS:
        known = ", ".join(sorted(LEGAL_REASONS))
        what, remedy = _("There is no such reason."), _("Use one of: %(known)s.")
        raise BadInput([Fault("reason", what, remedy % {"known": known}, value=reason[:40])])
    row.title = row.background = row.detail = row.creator_name = ""
    row.words_hidden = row.title_hidden = True
    row.creator_shown = False
    row.erased_at, row.erased_reason = at, reason
    row.ended_on = row.ended_on or day_of(at)
    # It can never be open again, so that nothing need wait for its last day.
    row.hidden_from = CLOSED if row.hidden_from == OPEN else row.hidden_from
    row.save(
        update_fields=[
            "title", "background", "detail", "creator_name", "creator_shown", "words_hidden",
            "title_hidden", "erased_at", "erased_reason", "ended_on",
            "hidden_from",
        ]
    )  # fmt: skip
    record(row, "erase-petition", office=office, at=at, reason=reason)
    tell(row, "erased", cause="erased", at=at, why=LEGAL_REASONS[reason])
    return row

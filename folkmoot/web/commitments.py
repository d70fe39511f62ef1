"""What a body promised because of petitions, for its page: beside its own kind and no other."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from folkmoot.bodies.models import Body
from folkmoot.petitions.queries_answers import commitments_of_body, commitments_of_kind
from folkmoot.petitions.rules.answering import DUE, OVERDUE, Tally


def tally_words(tally: Tally) -> str:
    """ "2 kept, 1 kept but late, 1 overdue": only what there is."""
    said = (
        (tally.kept, _("%(n)d kept")),
        (tally.late, _("%(n)d kept but late")),
        (tally.broken, _("%(n)d not kept")),
        (tally.disputed, _("%(n)d seen differently by the body and the creator")),
        (tally.overdue, _("%(n)d overdue")),
        (tally.due, _("%(n)d not due yet")),
    )
    return ", ".join(words % {"n": number} for number, words in said if number)


def commitments_shown(body: Body, today: dt.date) -> dict[str, object]:
    """What the page of a body says of its commitments: one query where its kind has none, and
    six at most."""
    kind = commitments_of_kind(body.kind, today)
    if not any(one.body == body.slug for one in kind.bodies):
        return {}
    own = commitments_of_body(body.slug, today)
    return {
        "promised": tally_words(own.tally),
        "promised_open": [line for line in own.lines if line.state in (DUE, OVERDUE)],
        "promised_ended": [line for line in own.lines if line.state not in (DUE, OVERDUE)],
        "promised_kind": [(one.name, one.body == body.slug, one.tally) for one in kind.bodies],
        "promised_all": kind.all,
    }

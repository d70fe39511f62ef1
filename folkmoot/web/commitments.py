"""What a body promised because of petitions, for its page: beside its own kind and no other."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from folkmoot.bodies.models import Body
from folkmoot.petitions.queries_answers import commitments_of_body, commitments_of_kind
from folkmoot.petitions.rules.answering import DUE, OVERDUE, Tally


def tally_words(tally: Tally) -> str:
    """ "2 kept, 1 kept but late, 0 not kept, 1 overdue, 3 not due yet"."""
    said = [
        _("%(n)d kept") % {"n": tally.kept},
        _("%(n)d kept but late") % {"n": tally.late},
        _("%(n)d not kept") % {"n": tally.broken},
        _("%(n)d overdue") % {"n": tally.overdue},
        _("%(n)d not due yet") % {"n": tally.due},
    ]
    if tally.disputed:
        said.append(_("%(n)d seen differently by the petitioner") % {"n": tally.disputed})
    return ", ".join(said)


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

"""What a database is for: the record, or a rehearsal of a whole site. Said once, for good.

A rehearsal holds made-up petitions, signatures, answers and acts of real bodies, so its database
must never be served as the record, nor the record's as a rehearsal.
"""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext as _

from folkmoot.common.errors import BadInput, Fault
from folkmoot.common.models import Purpose


def label() -> str:
    """What stands before a title that is read without its page: a letter, a feed, a picture."""
    return _("Rehearsal") if settings.REHEARSAL else ""


def labelled(title: str) -> str:
    """``title``, marked where this site is a rehearsal."""
    return f"{label()}: {title}" if settings.REHEARSAL else title


def check_purpose() -> None:
    """Raises BadInput where the database was begun for the other purpose.

    One that is away, or has no tables yet, is no reason not to start: pages say so themselves.
    """
    try:
        begun = Purpose.objects.first()
    except DatabaseError:
        return
    if begun is not None and begun.rehearsal != settings.REHEARSAL:
        raise wrong_purpose(rehearsal=begun.rehearsal)


def wrong_purpose(*, rehearsal: bool) -> BadInput:
    """That the database was begun for a rehearsal, or for the record, and the site is the other."""
    if rehearsal:
        what = _("This database was begun for a rehearsal: what is in it is made up.")
        remedy = _("Set FOLKMOOT_REHEARSAL=true, or use another database.")
    else:
        what = _("This database holds the record, and this site is set to be a rehearsal.")
        remedy = _("Take FOLKMOOT_REHEARSAL away, or use an empty database.")
    return BadInput([Fault("FOLKMOOT_REHEARSAL", what, remedy)])

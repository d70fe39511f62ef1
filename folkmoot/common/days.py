"""Which day it is at this site at a moment that is told. Nothing here reads the clock."""

from __future__ import annotations

import datetime as dt

from django.utils.timezone import get_current_timezone


def day_of(at: dt.datetime) -> dt.date:
    """The day at this site at the moment ``at``."""
    return at.astimezone(get_current_timezone()).date()

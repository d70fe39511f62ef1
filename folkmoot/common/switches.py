"""Off-switches: an operator under attack pauses one thing for everyone, and the rest goes on.

What is off is a row of ``Switch``; it is looked up at most every ``LOOK`` seconds in a process,
so that asking costs nothing. Switching is a public act of the operator (``common/actions.py``).
"""

from __future__ import annotations

import time

from django.utils.translation import gettext as _

from folkmoot.common.errors import BadInput, Fault, SwitchedOff
from folkmoot.common.models import Switch

LOOK = 2.0

# What can be switched off, with its words on the page that says so.
FEATURES: dict[str, str] = {
    "sign-in": "Signing in",
    "start-petition": "Starting a petition",
    "sign": "Signing petitions",
    "confirm": "Confirming signatures, by link and by code",
    "paper": "Taking in signatures on paper",
    "opinion": "Saying whether an answer answered",
    "ask": "Asking public questions",
    "appeal": "Appealing against decisions of moderators",
    "files": "The API, the files of figures and the feeds",
    "report": "Reporting errors in figures",
    "similar": "Looking for similar petitions while typing",
    "rehearse": "Trying out other frameworks",
}


class _Seen:
    """What was off when this process last looked."""

    def __init__(self) -> None:
        self.off: frozenset[str] = frozenset()
        self.looked = float("-inf")


_SEEN = _Seen()


def forget() -> None:
    """Look again at the next asking: for tests, and after switching in this process."""
    _SEEN.looked = float("-inf")


def assume_on() -> None:
    """Hold that nothing is off until ``forget`` is called: for tests that count queries."""
    _SEEN.off, _SEEN.looked = frozenset(), float("inf")


def off() -> frozenset[str]:
    """Keys of ``FEATURES`` that are off now, at most ``LOOK`` seconds old."""
    now = time.monotonic()
    if now - _SEEN.looked >= LOOK:
        _SEEN.off = frozenset(Switch.objects.values_list("feature", flat=True))
        _SEEN.looked = now
    return _SEEN.off


def require_on(feature: str) -> None:
    """Raises SwitchedOff where the operator has paused ``feature``. Actions ask this first."""
    if feature in off():
        raise SwitchedOff(_("%(what)s is switched off for now.") % {"what": _(FEATURES[feature])})


def known(feature: str) -> str:
    """``feature`` if there is such a switch. Raises BadInput."""
    if feature not in FEATURES:
        keys = ", ".join(FEATURES)
        raise BadInput([Fault("feature", "There is no such switch.", f"Use one of: {keys}.")])
    return feature

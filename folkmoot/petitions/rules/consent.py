"""What people agree to when they sign, in every wording that was ever shown. No Django, no clock.

A signature keeps the moment at which it was sent, and so which wording its signer agreed to. None
is ever changed: a new one is added, with a day after its release from which the forms show it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

# Online; by whoever begins a petition, on their own page; on a sheet of paper.
SIGN, BEGIN, PAPER = "sign", "begin", "paper"


@dataclass(frozen=True, slots=True)
class Wording:
    """A sentence that is agreed to on a form, from the day ``since`` on."""

    since: dt.date
    words: str


WORDINGS: dict[str, tuple[Wording, ...]] = {
    SIGN: (
        Wording(
            dt.date(2026, 11, 1),
            "I agree that this site keeps my name, my email address, my postcode or country, and a "
            "digest of the network that I sign from, to count my signature once",
        ),
    ),
    BEGIN: (
        Wording(
            dt.date(2026, 11, 1),
            "I agree that this site keeps my name, email address and postcode to count my "
            "signature once",
        ),
    ),
    PAPER: (
        Wording(
            dt.date(2026, 11, 1),
            "By signing you agree that this site keeps your name and your postcode to count your "
            "signature once.",
        ),
    ),
}


def wording_on(kind: str, day: dt.date) -> str:
    """What is agreed to on ``day``; of a day before the first wording, the first."""
    first, *later = WORDINGS[kind]
    words = first.words
    for wording in later:
        if wording.since <= day:
            words = wording.words
    return words

"""How long anything about a person is kept: every number in one place. No Django, no clock.

``actions.retention.apply_retention`` does what these rules say, and the privacy page prints
them; a test moves the clock past each one.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from folkmoot.people.limits import LONGEST_WINDOW


@dataclass(frozen=True, slots=True)
class Rule:
    """``what`` is erased ``after`` that long, ``since`` that moment."""

    key: str
    what: str
    after: dt.timedelta
    since: str


CODES = Rule(
    "sign-in-codes",
    "A code to sign in, and the address it went to",
    dt.timedelta(days=1),
    "it was made",
)
RATE_EVENTS = Rule(
    "rate-events",
    "Counts of how often something was tried, kept as keyed digests",
    LONGEST_WINDOW,
    "it was tried",
)
SESSIONS = Rule(
    "sessions",
    "That a browser is signed in",
    dt.timedelta(days=7),
    "it signed in",
)
INVITATIONS = Rule(
    "invitations",
    "The address in an invitation",
    dt.timedelta(days=30),
    "it was accepted or withdrawn, or ran out",
)
ROLES = Rule(
    "roles",
    "Who held a role; which office held it stays in the public record",
    dt.timedelta(days=730),
    "the role ended",
)
REHEARSAL_ROLES = Rule(
    "rehearsal-roles",
    "A role taken in the rehearsal space",
    dt.timedelta(days=30),
    "it was taken",
)
CONSENTS = Rule(
    "consents",
    "That you agreed to something",
    dt.timedelta(days=365),
    "you took it back",
)
ACCOUNTS = Rule(
    "accounts",
    "An account that holds no role",
    dt.timedelta(days=730),
    "you last signed in",
)
FAILED_MAIL = Rule(
    "failed-mail",
    "A message that could not be sent, and its address",
    dt.timedelta(days=30),
    "it was given up; one that was sent is erased at once",
)
REHEARSAL_CASES = Rule(
    "rehearsal-cases",
    "What you tried out in the rehearsal space",
    dt.timedelta(days=30),
    "you began it",
)
FIGURE_REPORTS = Rule(
    "figure-reports",
    "What you wrote to report an error in a figure; your address goes when you are told the answer",
    dt.timedelta(days=365),
    "you sent it",
)

UNCONFIRMED_SIGNATURES = Rule(
    "unconfirmed-signatures",
    "A signature under a petition that nobody confirmed, with its name, address and postcode",
    dt.timedelta(days=7),
    "it was sent",
)
SIGNERS_ADDRESSES = Rule(
    "signers-addresses",
    "The email address and postcode of whoever signed a petition, and the name unless its owner "
    "asked that it is shown; how many signed, by district and day, stays",
    dt.timedelta(days=183),
    "the petition ended",
)
DRAFT_PETITIONS = Rule(
    "draft-petitions",
    "A petition that was never opened for signatures",
    dt.timedelta(days=365),
    "you began it",
)

WHO_DECIDED = Rule(
    "who-decided",
    "Which moderator decided on a petition or question; for which office stays public",
    dt.timedelta(days=28),
    "the last decision on it, unless an appeal waits; there can be none any more",
)

RULES = (
    CODES,
    RATE_EVENTS,
    SESSIONS,
    INVITATIONS,
    ROLES,
    REHEARSAL_ROLES,
    CONSENTS,
    ACCOUNTS,
    FAILED_MAIL,
    FIGURE_REPORTS,
    REHEARSAL_CASES,
    UNCONFIRMED_SIGNATURES,
    SIGNERS_ADDRESSES,
    DRAFT_PETITIONS,
    WHO_DECIDED,
)

# An unused account is told by mail this long before it is erased.
WARNING = dt.timedelta(days=30)

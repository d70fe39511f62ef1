"""Who may do what for which office: pure rules, told the day."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

OFFICER = "officer"
REPRESENTATIVE = "representative"
MODERATOR = "moderator"
CENTRE = "centre"
ADMINISTRATOR = "administrator"

# Each role with what it is, in words for people.
ROLES: dict[str, str] = {
    OFFICER: "officer: publishes, answers and decides for a body",
    REPRESENTATIVE: "representative: elected or appointed to an office, and answers for it",
    MODERATOR: "moderator: keeps discussions within the published rules",
    CENTRE: "centre: acts for a central department under the operating framework",
    ADMINISTRATOR: "administrator: verifies domains and invites for this site",
}

# The body that runs this site, as roles name it, and the office that begins everything: whoever
# holds the machine that the site runs on.
SITE = "site"
OPERATOR = "operator"
SITE_OFFICE = "administrator"

SPACES = ("record", "rehearsal")

# Which roles a role may grant at its own body. An administrator grants every role at every body.
MAY_GRANT: dict[str, frozenset[str]] = {
    OFFICER: frozenset({OFFICER, REPRESENTATIVE, MODERATOR}),
    CENTRE: frozenset({CENTRE}),
    REPRESENTATIVE: frozenset(),
    MODERATOR: frozenset(),
    ADMINISTRATOR: frozenset(ROLES),
}

INVITATION_LASTS = dt.timedelta(days=14)
CODE_LASTS = dt.timedelta(minutes=15)
CODE_TRIES = 5
CODE_DIGITS = 8

# Anybody, or many bodies alike, can have an address here, so such a domain proves nothing about a
# body. The common ones only: whoever verifies a domain looks at it too.
OPEN_DOMAINS = frozenset(
    (
        *("aol.com", "btinternet.com", "btopenworld.com", "duck.com", "fastmail.com", "gmail.com"),
        *("gmx.co.uk", "gmx.com", "googlemail.com", "hotmail.co.uk", "hotmail.com", "icloud.com"),
        *("live.co.uk", "live.com", "mail.com", "me.com", "msn.com", "ntlworld.com"),
        *("outlook.com", "pm.me", "proton.me", "protonmail.com", "sky.com", "talktalk.net"),
        *(
            "blueyonder.co.uk",
            "cjsm.net",
            "eu.org",
            "gmx.de",
            "gmx.net",
            "hotmail.fr",
            "hushmail.com",
        ),
        *("inbox.com", "laposte.net", "live.fr", "mail.ru", "o2.co.uk", "orange.fr", "outlook.fr"),
        *("plus.com", "plus.net", "pnn.police.uk", "protonmail.ch", "qq.com", "rocketmail.com"),
        *("tuta.com", "tutamail.com", "tutanota.com", "uk.com", "web.de", "yahoo.fr", "yandex.com"),
        *("yandex.ru", "zohomail.eu"),
        *("tiscali.co.uk", "virginmedia.com", "yahoo.co.uk", "yahoo.com", "ymail.com", "zoho.com"),
    )
)
# Many bodies stand below these or share them, so they are no single body's.
REGISTRIES = frozenset(
    (
        *("ac.uk", "co.uk", "gov.scot", "gov.uk", "gov.wales", "llyw.cymru", "mod.uk", "nhs.net"),
        *("nhs.scot", "nhs.uk", "org.uk", "police.uk", "sch.uk"),
    )
)

_KEY = re.compile(r"[a-z0-9]+(?:[-._][a-z0-9]+)*")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_ADDRESS = re.compile(r"[^\s@\"(),:;<>\[\\\]]{1,64}@[^\s@]+")


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role that somebody holds. ``key`` is the key of the role's row."""

    key: int
    role: str
    body: str
    office: str
    since: dt.date
    until: dt.date | None = None

    @property
    def acting_office(self) -> str:
        """How the public record names the office: body and office, never the person."""
        return f"{self.body}/{self.office}"


def tidy_address(text: str) -> str:
    """``text`` as an address is kept: composed, without spaces around it, in lower case."""
    return unicodedata.normalize("NFC", text).strip().lower()


def is_address(address: str) -> bool:
    """Whether a tidy ``address`` can be written to: one @, a plain local part, a real domain."""
    local, _, domain = address.rpartition("@")
    return (
        len(address) <= 254
        and bool(_ADDRESS.fullmatch(address))
        and not local.startswith(".")
        and not local.endswith(".")
        and ".." not in local
        and bool(_DOMAIN.fullmatch(domain))
    )


def domain_of(address: str) -> str:
    """What stands behind the @ of a tidy ``address``."""
    return address.rpartition("@")[2]


def is_key(text: str) -> bool:
    """Whether ``text`` can be the key of a body or an office."""
    return len(text) <= 80 and bool(_KEY.fullmatch(text))


def trouble_with_domain(domain: str) -> str:
    """Why ``domain`` cannot be a body's own, or an empty text."""
    if len(domain) > 253 or not _DOMAIN.fullmatch(domain):
        return "This is not a domain."
    if domain in OPEN_DOMAINS:
        return "Anybody can have an address at this domain, so it proves nothing about a body."
    if domain in REGISTRIES:
        return "Many bodies share this domain, so it is no single body's."
    return ""


def holds(role: HeldRole, on: dt.date) -> bool:
    """Whether ``role`` is held on the day ``on``: from its first day until before its last."""
    return role.since <= on and (role.until is None or on < role.until)


def may_grant(held: Iterable[HeldRole], role: str, body: str, on: dt.date) -> HeldRole | None:
    """The role among ``held`` by which ``role`` at ``body`` may be granted or ended, or None.

    An officer grants at the officer's own body only; an administrator anywhere. Being an
    administrator is granted by administrators only, and only at the site itself.
    """
    if role == ADMINISTRATOR and body != SITE:
        return None
    for has in held:
        if not holds(has, on) or role not in MAY_GRANT[has.role]:
            continue
        if has.role == ADMINISTRATOR or has.body == body:
            return has
    return None


def subject_of(role: str, body: str, office: str) -> str:
    """How the public record names what was granted: the office, not the person."""
    return f"role:{role}/{body}/{office}"

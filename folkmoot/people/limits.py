"""How often anything may be tried: every number in one place. No Django, no clock.

A limit counts by address (an email address), by account (a person), by network (an IPv4 address, or
the /64 of an IPv6 one) or by proof (a puzzle that a browser solved). What is refused is not
counted, so that somebody else's hammering holds nobody out for longer than the limit's own window.
Within it, though, it may: whoever asks for a code for another's address uses up its allowance.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass

ADDRESS = "address"
ACCOUNT = "account"
NETWORK = "network"
PROOF = "proof"

_HOUR = dt.timedelta(hours=1)
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``count`` events within ``window``, counted by ``per``."""

    per: str
    count: int
    window: dt.timedelta


ASK_CODE = "ask-code"
TRY_CODE = "try-code"
PASSKEY = "passkey"
PROVIDER = "provider"
INVITE = "invite"
TAKE_PART = "take-part"
DOWNLOAD = "download"
REPORT_FIGURE, REPORT_WITH_PROOF = "report-figure", "report-figure-with-proof"
USE_PROOF = "use-proof"
REHEARSE = "rehearse"
SIMILAR = "similar"
START_PETITION = "start-petition"
SIGNATURE_CODE = "signature-code"
ASK_TAKE_BACK = "ask-take-back"
ASK = "ask"

LIMITS: dict[str, tuple[Limit, ...]] = {
    # A code has five tries of its own (rules.CODE_TRIES), so an address can be guessed at
    # 30 times an hour at most, among 100 million codes.
    ASK_CODE: (Limit(ADDRESS, 6, _HOUR), Limit(ADDRESS, 20, _DAY), Limit(NETWORK, 60, _HOUR)),
    TRY_CODE: (Limit(NETWORK, 120, _HOUR),),
    PASSKEY: (Limit(NETWORK, 120, _HOUR),),
    PROVIDER: (Limit(NETWORK, 120, _HOUR),),
    INVITE: (Limit(ADDRESS, 5, _DAY), Limit(ACCOUNT, 100, _DAY)),
    TAKE_PART: (Limit(ACCOUNT, 30, _DAY),),
    DOWNLOAD: (Limit(ACCOUNT, 20, _DAY),),
    # A browser that solved a puzzle is no machine that sends thousands; others send a few.
    REPORT_FIGURE: (Limit(NETWORK, 4, _HOUR), Limit(NETWORK, 10, _DAY)),
    REPORT_WITH_PROOF: (Limit(NETWORK, 10, _HOUR), Limit(NETWORK, 30, _DAY)),
    # A solved puzzle serves once, for longer than it lasts (web/altcha.py).
    USE_PROOF: (Limit(PROOF, 1, 2 * _HOUR),),
    # Looking never writes, so these are counted in the process (web/tried.py).
    REHEARSE: (Limit(NETWORK, 120, _HOUR),),
    # Asked for as somebody types a title, perhaps thirty times; an office shares a network.
    SIMILAR: (Limit(NETWORK, 1_500, _HOUR),),
    START_PETITION: (Limit(ACCOUNT, 5, _DAY),),
    ASK: (Limit(ACCOUNT, 5, _DAY),),
    # Each leads to a letter, whatever the address.
    ASK_TAKE_BACK: (Limit(ADDRESS, 3, _DAY), Limit(NETWORK, 20, _HOUR)),
    # A signature's code has five tries of its own, among a million codes.
    SIGNATURE_CODE: (Limit(NETWORK, 60, _HOUR),),
}

# Signing is counted on the signatures themselves, in the statement that writes one, so these are
# not among the others. Many people may share a network: a solved puzzle makes room for them.
SIGN_WITH_PROOF = Limit(NETWORK, 600, _HOUR)
SIGN_WITHOUT_PROOF = Limit(NETWORK, 20, _HOUR)
# Letters to one address: of all petitions, those of them that nobody has confirmed yet, and those
# of one petition. More are not written, and only the page says that there are no more.
SIGN_ADDRESS = Limit(ADDRESS, 30, _DAY)
SIGN_UNCONFIRMED = Limit(ADDRESS, 10, _DAY)
SIGN_PETITION = Limit(ADDRESS, 3, _DAY)
# The same name at the same address under the same petition, within this long and not confirmed, is
# a button pressed twice.
SIGN_TWICE = dt.timedelta(minutes=2)

# After this long no limit looks at an event any more.
LONGEST_WINDOW = max(limit.window for limits in LIMITS.values() for limit in limits)


@dataclass(frozen=True, slots=True)
class Trier:
    """Who tries something, as far as it is known. Only keyed digests of these are kept."""

    address: str = ""
    account: str = ""
    network: str = ""
    proof: str = ""

    def of(self, per: str) -> str:
        """The part of this that a limit ``per`` something counts by; "" if not known."""
        known = {
            ADDRESS: self.address,
            ACCOUNT: self.account,
            NETWORK: self.network,
            PROOF: self.proof,
        }
        return known[per]


def network_of(ip: str) -> str:
    """The network that ``ip`` is counted under: itself, or the /64 of an IPv6 address.

    An IPv4 address inside IPv6 is the same as the IPv4 address. What is no address counts as
    one network, "unknown".
    """
    try:
        address = ipaddress.ip_address(ip.strip())
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.IPv6Network((address, 64), strict=False))
    return str(address)

"""Tokens in letters: each says which signature it is for, and only this site can make one.

A token is a number with a keyed digest of it, so nothing need be stored for it. It ends when its
signature is gone or can no longer be confirmed.
"""

from __future__ import annotations

import base64
import binascii
import hmac

from django.utils.translation import gettext as _

from folkmoot.common.errors import NotFound
from folkmoot.petitions.keys import digest
from folkmoot.petitions.rules.limits import CODE_DIGITS

CONFIRM = "confirm"
TAKE_BACK = "take-back"
OPINION = "opinion"
KINDS = frozenset({CONFIRM, TAKE_BACK, OPINION})

# Bytes of the number, and of the digest: 21 in all, so that no padding is needed.
_NUMBER, _DIGEST = 6, 15
_LENGTH = 28


def _digest(kind: str, number: bytes) -> bytes:
    return digest(f"token.{kind}", number, _DIGEST)


def make(kind: str, number: int) -> str:
    """The token of ``kind`` (one of ``KINDS``) for a number: 28 letters, figures, - and _."""
    if kind not in KINDS:
        raise ValueError(f"no kind of token: {kind}")
    packed = number.to_bytes(_NUMBER, "big")
    return base64.urlsafe_b64encode(packed + _digest(kind, packed)).decode()


def read(kind: str, token: str) -> int:
    """The number in a token. Raises NotFound for one that this site did not make as ``kind``."""
    try:
        raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raw = b""
    packed = raw[:_NUMBER]
    good = len(token) == _LENGTH and kind in KINDS
    if not good or not hmac.compare_digest(raw[_NUMBER:], _digest(kind, packed)):
        raise NotFound(_("This link is not one of ours. Check that it is whole."))
    return int.from_bytes(packed, "big")


def code(number: int) -> str:
    """The six digits that confirm the signature of this number."""
    drawn = int.from_bytes(digest("code", number.to_bytes(_NUMBER, "big"), 16), "big")
    return f"{drawn % 10**CODE_DIGITS:0{CODE_DIGITS}}"

"""A small puzzle that a browser solves while somebody fills in an anonymous form.

A person notices nothing; a machine that sends thousands of forms pays for each. Nothing is kept:
the challenge is signed with a key of this site, ends within the hour, and what comes back proves
itself. Who runs no scripts sends no proof, and is let through under a tighter limit for each
network: that is for the action that takes the form to say. The puzzle is Altcha's
(https://altcha.org, MIT licence), served from here.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import secrets
import time
from functools import lru_cache
from typing import Any

import altcha
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

FIELD = "altcha"
LASTS = dt.timedelta(hours=1)

_ALGORITHM = "PBKDF2/SHA-256"
# Making a challenge costs one derivation of this many rounds (about a third of a millisecond),
# checking one costs none. Solving takes as many derivations as the secret counter says: about a
# second on a slow phone, with little luck in it.
_ROUNDS = 1_000
_FEWEST, _MOST = 1_500, 3_000
_LONGEST = 4_000  # characters of what a browser may send; a true proof has about 900


@lru_cache(maxsize=32)
def _derived(site_key: str, use: str) -> str:
    made = salted_hmac("folkmoot.web.altcha", use, secret=site_key, algorithm="sha256")
    return made.hexdigest()


def _key(use: str) -> str:
    return _derived(settings.SECRET_KEY, use)


def new_challenge(at: dt.datetime) -> dict[str, Any]:
    """A puzzle made at ``at``, as the widget reads it."""
    made = altcha.create_challenge(
        _ALGORITHM,
        _ROUNDS,
        counter=_FEWEST + secrets.randbelow(_MOST - _FEWEST),
        expires_at=at + LASTS,
        hmac_secret=_key("challenge"),
        hmac_key_secret=_key("solution"),
    )
    return dict(made.to_dict())


def _solved(sent: str) -> str | None:
    """The signature of a puzzle of ours that was solved and has not ended; None for anything else.

    What altcha itself checks, in a fifth of its time: a puzzle of ours holds ASCII and whole
    numbers only, so what was signed is what Python writes of it.
    """
    try:
        read = json.loads(base64.b64decode(sent))
        puzzle, derived = read["challenge"], bytes.fromhex(read["solution"]["derivedKey"])
        given, signature = puzzle["parameters"], puzzle["signature"]
        written = json.dumps(given, sort_keys=True, separators=(",", ":"))
        ours = hmac.compare_digest(signature, _signed("challenge", written.encode()))
        right = ours and hmac.compare_digest(given["keySignature"], _signed("solution", derived))
        return signature if right and given["expiresAt"] >= time.time() else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _signed(use: str, content: bytes) -> str:
    return hmac.digest(_key(use).encode(), content, "sha256").hex()


def proof_of(sent: str) -> str | None:
    """The digest of a solved puzzle, by which it serves once; None for anything else.

    64 characters. None also once the hour is over: whoever typed for so long sends the form as
    somebody without scripts would.
    """
    if not sent or len(sent) > _LONGEST or not sent.isascii():
        return None
    signature = _solved(sent)
    return hashlib.sha256(signature.encode()).hexdigest() if signature else None


@never_cache
@require_safe
def challenge(request: HttpRequest) -> JsonResponse:
    """A new puzzle for a form: the same door for everybody, no cookie, nothing written."""
    return JsonResponse(new_challenge(timezone.now()))


urlpatterns = [path("altcha/", challenge, name="altcha")]

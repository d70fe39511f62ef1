"""A passkey in software: what a phone would do, with a key made for the test.

After Web Authentication level 2 (W3C, 2021): section 6.1 authenticator data, 6.5 attestation
("none"), 7.1 and 7.2 what the site checks.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256

PRESENT, VERIFIED, KEY_ATTACHED = 0x01, 0x04, 0x40


def text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


class SoftPasskey:
    """One credential for one site and person."""

    def __init__(self, host: str = "testserver", origin: str = "https://testserver") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.site = hashlib.sha256(host.encode()).digest()
        self.origin = origin
        self.handle = b""
        self.uses = 0

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _data(self, flags: int, more: bytes = b"") -> bytes:
        self.uses += 1
        return self.site + struct.pack(">BI", flags, self.uses) + more

    def make(self, options: dict[str, Any]) -> str:
        """The answer to a site that asks for a new passkey, as the page would post it."""
        asked = options["publicKey"]
        self.handle = asked["user"]["id"]
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        attached = bytes(16) + struct.pack(">H", len(self.id)) + self.id + public
        data = self._data(PRESENT | VERIFIED | KEY_ATTACHED, attached)
        answer = {
            "clientDataJSON": text(self._client("webauthn.create", asked["challenge"])),
            "attestationObject": text(
                cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
            ),
        }
        return self._posted(answer, {"credProps": {"rk": True}})

    def use(self, options: dict[str, Any], *, flags: int = PRESENT | VERIFIED) -> str:
        """The answer to a site that asks who this is."""
        client = self._client("webauthn.get", options["publicKey"]["challenge"])
        data = self._data(flags)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        answer = {
            "clientDataJSON": text(client),
            "authenticatorData": text(data),
            "signature": text(signature),
            "userHandle": self.handle,
        }
        return self._posted(answer, {})

    def _posted(self, answer: dict[str, str], results: dict[str, Any]) -> str:
        return json.dumps(
            {
                "id": text(self.id),
                "rawId": text(self.id),
                "type": "public-key",
                "clientExtensionResults": results,
                "response": answer,
            }
        )

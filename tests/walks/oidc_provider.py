"""A small OpenID Connect provider on 127.0.0.1, of which tests choose what it vouches for.

Authorization code flow with PKCE, after OpenID Connect Core 1.0 section 3.1 and RFC 7636.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode
from wsgiref.simple_server import WSGIRequestHandler, make_server

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "folkmoot", "a-secret-of-the-test"


class _Quiet(WSGIRequestHandler):
    def log_message(self, *said: Any) -> None:
        """Say nothing."""


@dataclass
class Provider:
    """What the provider says, and what was asked of it."""

    address: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def __call__(self, environ: dict[str, Any], start: Any) -> list[bytes]:
        path = environ["PATH_INFO"]
        self.asked.append(path)
        answer = {
            "/.well-known/openid-configuration": self._configuration,
            "/token": self._token,
            "/userinfo": self._userinfo,
        }.get(path)
        status, body = answer(environ) if answer else ("404 Not Found", {})
        start(status, [("Content-Type", "application/json")])
        return [json.dumps(body).encode()]

    def _configuration(self, environ: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        return "200 OK", {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "jwks_uri": f"{self.address}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def consent(self, query: str) -> str:
        """What the person's browser would do at the provider: agree, and be sent back with this
        query to the address that the site gave."""
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return urlencode({"code": code, "state": asked["state"]})

    def _token(self, environ: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        size = int(environ.get("CONTENT_LENGTH") or 0)
        sent = {
            name: values[0]
            for name, values in parse_qs(environ["wsgi.input"].read(size).decode()).items()
        }
        asked = self.codes.pop(sent.get("code", ""), None)
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        right = (
            asked is not None
            and asked["code_challenge"] == proof
            and asked["redirect_uri"] == sent.get("redirect_uri")
            and (sent.get("client_id"), sent.get("client_secret")) == (CLIENT, SECRET)
        )
        if not right:
            return "400 Bad Request", {"error": "invalid_grant"}
        now = int(time.time())
        token = {
            **self.claims, "iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 300
        }  # fmt: skip
        return "200 OK", {
            "access_token": "access",
            "token_type": "Bearer",
            "id_token": jwt.encode(token, self.key, algorithm="RS256"),
        }

    def _userinfo(self, environ: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        if environ.get("HTTP_AUTHORIZATION") != "Bearer access":
            return "401 Unauthorized", {}
        return "200 OK", self.claims


@contextmanager
def running() -> Iterator[Provider]:
    """The provider, answering in a thread until the end."""
    provider = Provider()
    server = make_server("127.0.0.1", 0, provider, handler_class=_Quiet)
    provider.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

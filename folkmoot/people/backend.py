"""The one authentication backend. It knows persons by their session and nothing else."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from folkmoot.people.models import Person


class ByProof(BaseBackend):
    """Nobody is authenticated by something they know: a code, a passkey or a provider proves
    who they are, and the page that took the proof begins the session."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        """None: there are no credentials to check."""

    def get_user(self, user_id: int) -> Person | None:
        """The person of a session, or None after erasure."""
        return Person.objects.filter(pk=user_id).first()

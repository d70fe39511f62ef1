"""Sessions in the database, each with its person beside it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from folkmoot.people.models import Session


class SessionStore(DatabaseStore):
    """Django's store, filling in whose session it is."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The model of sessions."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row for ``data``, with the person who is signed in."""
        row = super().create_model_instance(data)
        assert isinstance(row, Session)
        person = data.get(SESSION_KEY)
        row.person_id = int(person) if person else None
        return row

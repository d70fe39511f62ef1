"""Browsers in which somebody is signed in already, for walks over the built database.

Signing in by mail sends outside a transaction, which the built database is never without; the
walks of signing in go that way on a database of their own.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.test import Client

from folkmoot.people.models import Person
from folkmoot.web.pages.people_access import begin_session, note_proof
from tests.walks.signing_in import get, new_browser


def browser_of(person: Person) -> Client:
    """A browser that checks form tokens, in which ``person`` has just signed in."""
    client = new_browser()
    request: Any = get(client, "/sign-in/").wsgi_request
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    begin_session(request, person)
    note_proof(request, person, "code")
    request.session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
    return client

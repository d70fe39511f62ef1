"""Who is asking: sessions, and pages for people who are signed in."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate
from urllib.parse import urlencode

from allauth.account.internal.flows.login import (
    get_authentication_records,
    record_authentication,
)
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

from folkmoot.people.limits import network_of
from folkmoot.people.models import Person
from folkmoot.people.retention import SESSIONS

# For what cannot be undone, signing in must be no older than this, in seconds.
RECENT = 15 * 60
BACKEND = "folkmoot.people.backend.ByProof"


def person_of(request: HttpRequest) -> Person | None:
    """Who is signed in, or None. Asking reads the session, so public pages never ask."""
    return request.user if isinstance(request.user, Person) else None


def begin_session(request: HttpRequest, person: Person) -> None:
    """Sign ``person`` in under a new session key, for as long as the retention rule says."""
    login(request, person, backend=BACKEND)
    request.session.set_expiry(timezone.now() + SESSIONS.after)


def note_proof(request: HttpRequest, person: Person, method: str) -> None:
    """Remember in the session that ``person`` has just proved who they are."""
    record_authentication(request, person, method=method)


def recently_proved(request: HttpRequest) -> bool:
    """Whether whoever is signed in proved it within the last quarter of an hour."""
    records = get_authentication_records(request, person_of(request))
    return any(record.get("at", 0) > time.time() - RECENT for record in records)


def address(request: HttpRequest) -> str:
    """The address that ``request`` comes from. Behind a proxy, the one that the proxy saw."""
    seen: str = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        # The last is the one our own proxy added; whoever asks may have written the others.
        seen = request.META.get("HTTP_X_FORWARDED_FOR", seen).rpartition(",")[2]
    return seen


def network(request: HttpRequest) -> str:
    """The network that ``request`` comes from, as limits count it."""
    return network_of(address(request))


def safe_path(request: HttpRequest, path: str) -> str:
    """``path`` if it is a path on this site, else an empty text."""
    inside = path.startswith("/") and url_has_allowed_host_and_scheme(
        path, allowed_hosts=None, require_https=request.is_secure()
    )
    return path if inside and len(path) <= 500 else ""


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the page for signing in, and back here afterwards."""
    there = request.get_full_path() if request.method in {"GET", "HEAD"} else "/account/"
    return HttpResponseRedirect(f"/sign-in/?{urlencode({'next': there})}")


Page = Callable[Concatenate[HttpRequest, Person, ...], HttpResponse]


def signed_in(page: Page) -> Callable[..., HttpResponse]:
    """A page for people who are signed in; it is given the person, and is never cached."""

    @wraps(page)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = person_of(request)
        response = page(request, person, *args, **kwargs) if person else to_sign_in(request)
        add_never_cache_headers(response)
        return response

    return answer


def proved_recently(page: Page) -> Callable[..., HttpResponse]:
    """As ``signed_in``, but asks to sign in again if that was some time ago."""

    @signed_in
    @wraps(page)
    def answer(request: HttpRequest, person: Person, *args: Any, **kwargs: Any) -> HttpResponse:
        if not recently_proved(request):
            return to_sign_in(request)
        return page(request, person, *args, **kwargs)

    return answer

"""Security headers, and the one place where errors become pages or JSON."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.translation import gettext as _

from folkmoot.common.errors import Away, FolkmootError, NotFound, SwitchedOff
from folkmoot.common.switches import require_on
from folkmoot.web.pages.cases_spaces import ROBOTS
from folkmoot.web.pages.error import WrongMethod, error_response

Respond = Callable[[HttpRequest], HttpResponse]

LOG = logging.getLogger("folkmoot.web")

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "script-src 'self'; worker-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)


# The largest key of a row in either database.
_LARGEST_KEY = 2**63 - 1
# How the addresses end that programs read, beside the API.
FILES = (".csv", ".csv-metadata.json", ".parquet", "/feed/")


class SecurityHeaders:
    """Adds a strict content security policy to every answer, and keeps a rehearsal unlisted."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.respond(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "geolocation=(), camera=(), microphone=(), interest-cohort=()"
        )
        if settings.REHEARSAL:
            response.headers.setdefault("X-Robots-Tag", ROBOTS)
        return response


def _paused(path: str) -> SwitchedOff | None:
    """Why nothing is read from this address by programs now, where the operator paused that."""
    if not (path.startswith("/api/") or path.endswith(FILES)):
        return None
    try:
        require_on("files")
    except SwitchedOff as error:
        return error
    except (OperationalError, InterfaceError):
        # The view says what is to be said while the database is away.
        return None
    return None


class Errors:
    """Renders the FolkmootError family, raised in any view, as a page or as JSON.

    Everything else that can go wrong comes to the handlers of ``web/pages/error.py``, named
    in ``urls.py``, and looks the same.
    """

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        paused = _paused(request.path)
        if paused is not None:
            return error_response(request, paused)
        response = self.respond(request)
        if isinstance(response, HttpResponseNotAllowed):
            allowed = response.headers["Allow"]
            error = WrongMethod(_("It does not take %(method)s.") % {"method": request.method})
            response = error_response(request, error)
            response.headers["Allow"] = allowed
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> HttpResponse | None:
        """Django's hook before a view: a number that no row can have leads nowhere, as any other
        that no row has. The databases would rather fail than look for it."""
        numbers = kwargs.values() if isinstance(kwargs, dict) else ()
        if any(isinstance(number, int) and number > _LARGEST_KEY for number in numbers):
            return error_response(request, NotFound(_("There is no page at this address.")))
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Django's hook for what a view raised; None leaves it to Django."""
        if isinstance(error, OperationalError | InterfaceError):
            # What the database said may name its host: that is for the log, not for the page.
            LOG.error("%s: the database is away: %s", request.path, type(error).__name__)
            error = Away(_("Our records cannot be reached just now."))
        return error_response(request, error) if isinstance(error, FolkmootError) else None

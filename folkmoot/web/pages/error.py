"""What people see when something is wrong: what happened, what it means, what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from folkmoot.common.errors import (
    Away,
    BadInput,
    Conflict,
    FolkmootError,
    NotAllowed,
    NotFound,
    SwitchedOff,
    TooOften,
    error_body,
)


class WrongMethod(FolkmootError):
    """The address exists but does not take this kind of request."""

    code = "wrong-method"
    status = 405


@dataclass(frozen=True, slots=True)
class Words:
    """The words around an error's own message."""

    title: str
    meaning: str
    remedy: str


def words_for(error: FolkmootError) -> Words:
    """The words for the kind of ``error``."""
    if isinstance(error, BadInput):
        return Words(
            _("Something in what was sent is not right"),
            _("Nothing has been changed."),
            _("Put right what is named here and send it again."),
        )
    if isinstance(error, NotFound):
        return Words(
            _("We cannot find that"),
            _("It may have another name, it may have moved, or it may never have been here."),
            _("Search by place, postcode or service, or begin from the lists."),
        )
    if isinstance(error, NotAllowed):
        return Words(
            _("You cannot do that here"),
            _("Nothing has been changed."),
            _("Go back, load the page again, and try once more."),
        )
    if isinstance(error, Conflict):
        return Words(
            _("Someone was there before you"),
            _("What you were changing has been changed meanwhile. Nothing of yours was saved."),
            _("Look at it as it is now, and try again."),
        )
    if isinstance(error, TooOften):
        return Words(
            _("This has been tried too often"),
            _("Nothing has been changed. The limit protects everyone's account from guessing."),
            _("Wait, and try again later."),
        )
    if isinstance(error, SwitchedOff):
        return Words(
            _("This is switched off for now"),
            _("Nothing has been changed. Whoever runs this site has paused it, for everyone."),
            _("Everything else goes on. Try again later; the public record says when it is back."),
        )
    if isinstance(error, Away):
        return Words(
            _("The site can only be read for now"),
            _("Nothing has been changed and nothing of yours was saved."),
            _("Try again in a few minutes. Pages that were read lately can still be read."),
        )
    if isinstance(error, WrongMethod):
        return Words(
            _("This address does not do that"),
            _("Nothing has been changed."),
            _("Begin again from the home page."),
        )
    return Words(
        _("Something went wrong on our side"),
        _("It is not your doing, and it has been noted. Nothing that you sent was published."),
        _("Try again in a few minutes."),
    )


def wants_json(request: HttpRequest) -> bool:
    """True for the API, and for a client that would rather have JSON than a page."""
    if request.path.startswith("/api/"):
        return True
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def error_response(request: HttpRequest, error: FolkmootError) -> HttpResponse:
    """``error`` as a page, or as the one JSON shape. Never shows anything but its own words."""
    if wants_json(request):
        response: HttpResponse = JsonResponse(error_body(error), status=error.status)
    else:
        context = {
            "trouble": error,
            "words": words_for(error),
            "faults": error.faults if isinstance(error, BadInput) else (),
            "suggestions": error.suggestions if isinstance(error, NotFound) else (),
        }
        response = render(request, "pages/error.html", context, status=error.status)
    patch_vary_headers(response, ["Accept"])
    response.headers["Cache-Control"] = "no-store"
    if error.status == 503:
        response.headers["Retry-After"] = "300"
    return response


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404: no page at this address, or nothing by that name in it."""
    return error_response(request, NotFound(_("There is no page at this address.")))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    return error_response(request, NotAllowed(_("You may not see or do this.")))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400: the request itself is malformed or too large."""
    return error_response(request, BadInput((), _("The request could not be read.")))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: a form sent from another site, or after its page had grown old."""
    message = _("The form was not sent from a page of this site, or its page was too old.")
    return error_response(request, NotAllowed(message))


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500. What happened is in the log and nowhere else."""
    return error_response(request, FolkmootError(_("The page could not be made.")))

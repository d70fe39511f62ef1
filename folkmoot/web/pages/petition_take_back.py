"""Taking a signature back: the letter's button, and asking for the link where the letter is lost.

As with signing, the pages are the same for everyone, and what is answered tells nobody whether an
address has signed.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from folkmoot.common.errors import BadInput, FolkmootError, TooOften
from folkmoot.people.limits import ASK_TAKE_BACK, LIMITS
from folkmoot.petitions import tokens
from folkmoot.petitions.actions import taking_back
from folkmoot.petitions.queries import petition_path
from folkmoot.petitions.queries_page import by_letter, standing_of
from folkmoot.web.pages.people_access import network
from folkmoot.web.pages.petition_sign import LONGEST, faults_of, line_if_public
from folkmoot.web.remembered import leave_nothing_of, remembered_with
from folkmoot.web.same_site import without_token


@never_cache
@without_token
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, token: str) -> HttpResponse:
    """The other link in the letter: a button that takes the signature back."""
    if request.method == "POST":
        number = taking_back.take_back(token=token, at=timezone.now())
        leave_nothing_of(petition_path(number))
        return HttpResponseRedirect(f"{petition_path(number)}taken-back/")
    context = {"about": by_letter(tokens.TAKE_BACK, token, timezone.localdate())}
    return render(request, "pages/petitions/take_back.html", context)


@remembered_with(standing_of)
def taken_back(request: HttpRequest, number: int) -> HttpResponse:
    """What became of a signature that was taken back: the same for everybody."""
    context = {"line": line_if_public(number), "number": number}
    return render(request, "pages/petitions/taken_back.html", context)


def _ask_page(
    request: HttpRequest, number: int, error: FolkmootError | None = None, *, written: bool = False
) -> HttpResponse:
    faults = faults_of(error) if error else ()
    context = {
        "line": line_if_public(number),
        "action": f"{petition_path(number)}take-back/",
        "written": written,
        "contact": settings.CONTACT,
        "letters": LIMITS[ASK_TAKE_BACK][0].count,
        "email": request.POST.get("email", "")[:LONGEST],
        "faults": faults,
        "fault_of": {fault.where: fault for fault in reversed(faults)},
    }
    status = error.status if error else 200
    return render(request, "pages/petitions/take_back_ask.html", context, status=status)


@remembered_with(standing_of)
def _ask_form(request: HttpRequest, number: int) -> HttpResponse:
    return _ask_page(request, number)


@sensitive_post_parameters("email")
@without_token
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, number: int) -> HttpResponse:
    """Asks for an address, and writes to it: with the link if it signed, and that it did not if it
    did not."""
    if request.method != "POST":
        return _ask_form(request, number=number)
    try:
        taking_back.ask_to_take_back(
            petition=number,
            email=request.POST.get("email", "")[:LONGEST],
            network=network(request),
            at=timezone.now(),
        )
    except (BadInput, TooOften) as error:
        return _ask_page(request, number, error)
    return HttpResponseRedirect(f"{petition_path(number)}take-back/sent/")


@remembered_with(standing_of)
def asked(request: HttpRequest, number: int) -> HttpResponse:
    """Look in your mail: the same for everybody."""
    return _ask_page(request, number, written=True)


urlpatterns = [
    path("petitions/<int:number>/take-back/", ask, name="petition-ask-take-back"),
    path("petitions/<int:number>/take-back/sent/", asked, name="petition-asked-take-back"),
    path("petitions/<int:number>/taken-back/", taken_back, name="petition-taken-back"),
    path("petitions/take-back/<str:token>/", take_back, name="petition-take-back"),
]

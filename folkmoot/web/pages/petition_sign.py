"""Signing a petition: the form, the letter's button, the code.

The forms stand on pages that are the same for everyone, so they hold no token and set no cookie
(``web/same_site.py``). What is answered is the same whether an address has signed before or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from folkmoot.common.errors import BadInput, Fault, FolkmootError, NotFound, SwitchedOff, TooOften
from folkmoot.people.limits import SIGN_PETITION, SIGN_UNCONFIRMED
from folkmoot.petitions import tokens
from folkmoot.petitions.actions import signing
from folkmoot.petitions.lists import countries
from folkmoot.petitions.queries import PetitionLine, petition_line, petition_path
from folkmoot.petitions.queries_page import by_letter, sponsored, standing_of
from folkmoot.petitions.rules import consent, limits
from folkmoot.petitions.rules.consent import wording_on
from folkmoot.petitions.rules.signing import SignForm
from folkmoot.web.altcha import FIELD, proof_of
from folkmoot.web.pages.people_access import network
from folkmoot.web.remembered import remembered_with
from folkmoot.web.same_site import fields_of, without_token
from folkmoot.web.sharing import sharing

LONGEST = 300
_HIDDEN = ("name", "email", "postcode", "country", "code", FIELD)


def _typed(post: Mapping[str, str]) -> SignForm:
    return SignForm(
        name=post.get("name", "")[:LONGEST],
        email=post.get("email", "")[:LONGEST],
        postcode=post.get("postcode", "")[:LONGEST],
        country=post.get("country", "")[:LONGEST],
        name_shown=post.get("name_shown") == "yes",
        tell_me=post.get("tell_me") == "yes",
        consent=post.get("consent") == "yes",
    )


def faults_of(error: FolkmootError) -> Sequence[Fault]:
    """What is wrong, beside its field; for what is nobody's fault, beside the button."""
    if isinstance(error, BadInput):
        return error.faults
    later = _("Nothing was sent. What you wrote is still here: try again later.")
    return [Fault("proof", error.message, later, kind=error.code)]


def form_page(
    request: HttpRequest, context: dict[str, Any], error: FolkmootError | None = None
) -> HttpResponse:
    """The form to sign, empty or as it was sent, with every fault beside its field."""
    faults = faults_of(error) if error else ()
    context = {
        **context,
        "typed": _typed(fields_of(request)) if request.method == "POST" else SignForm("", ""),
        "faults": faults,
        "fault_of": {fault.where: fault for fault in reversed(faults)},
        "agreed": _(wording_on(consent.SIGN, timezone.localdate())),
        "countries": countries().items(),
        "weeks": limits.CONFIRM_WITHIN.days // 7,
    }
    status = error.status if error else 200
    return render(request, "pages/petitions/sign.html", context, status=status)


def _open_line(number: int) -> PetitionLine:
    return petition_line(number, timezone.localdate())


@remembered_with(standing_of)
def _sign_form(request: HttpRequest, number: int) -> HttpResponse:
    line = _open_line(number)
    if not line.open:
        return HttpResponseRedirect(line.path)
    return form_page(request, {"line": line, "action": f"{line.path}sign/"})


@sensitive_post_parameters(*_HIDDEN)
@without_token
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, number: int) -> HttpResponse:
    """The form to sign an open petition; sending it leads to "look in your mail"."""
    if request.method != "POST":
        return _sign_form(request, number=number)
    fields = fields_of(request)
    try:
        signing.sign(
            petition=number,
            form=_typed(fields),
            network=network(request),
            proof=proof_of(fields.get(FIELD, "")),
            at=timezone.now(),
        )
    except (BadInput, TooOften, SwitchedOff) as error:
        line = _open_line(number)
        return form_page(request, {"line": line, "action": f"{line.path}sign/"}, error)
    return HttpResponseRedirect(f"{petition_path(number)}sent/")


@sensitive_post_parameters(*_HIDDEN)
@never_cache
@without_token
@require_http_methods(["GET", "HEAD", "POST"])
def sponsor(request: HttpRequest, number: int, key: str) -> HttpResponse:
    """The form for those whom the creator asked to support a petition before it is public."""
    draft = sponsored(number, key, timezone.localdate())
    context: dict[str, Any] = {"draft": draft, "action": f"{petition_path(number)}sponsor/{key}/"}
    if draft.open:
        context = {"line": _open_line(number), "action": f"{petition_path(number)}sign/"}
    if draft.public and not (draft.open and request.method == "POST"):
        return HttpResponseRedirect(petition_path(number))
    if request.method != "POST":
        return form_page(request, context)
    fields = fields_of(request)
    try:
        signing.sponsor(
            petition=number,
            key=key,
            form=_typed(fields),
            network=network(request),
            proof=proof_of(fields.get(FIELD, "")),
            at=timezone.now(),
        )
    except (BadInput, TooOften, SwitchedOff) as error:
        return form_page(request, context, error)
    return HttpResponseRedirect(f"{petition_path(number)}sent/")


def line_if_public(number: int) -> PetitionLine | None:
    """A petition where everybody may know of it; sponsors come here before that."""
    try:
        return petition_line(number, timezone.localdate())
    except NotFound:
        return None


def _code_page(
    request: HttpRequest, number: int, error: FolkmootError | None = None
) -> HttpResponse:
    faults = faults_of(error) if error else ()
    context = {
        "line": line_if_public(number),
        "action": f"{petition_path(number)}code/",
        "days": limits.CONFIRM_WITHIN.days,
        "digits": limits.CODE_DIGITS,
        "letters": SIGN_PETITION.count,
        "all_letters": SIGN_UNCONFIRMED.count,
        "email": request.POST.get("email", "")[:LONGEST],
        "faults": faults,
        "fault_of": {fault.where: fault for fault in reversed(faults)},
    }
    status = error.status if error else 200
    return render(request, "pages/petitions/sent.html", context, status=status)


@remembered_with(standing_of)
def sent(request: HttpRequest, number: int) -> HttpResponse:
    """Look in your mail: the same for everybody, with the form for the code."""
    return _code_page(request, number)


@sensitive_post_parameters(*_HIDDEN)
@never_cache
@without_token
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, number: int) -> HttpResponse:
    """Confirms by the six digits in the letter, for whom the link does not work."""
    if request.method != "POST":
        return HttpResponseRedirect(f"{petition_path(number)}sent/")
    try:
        signing.confirm_code(
            petition=number,
            email=request.POST.get("email", "")[:LONGEST],
            code=request.POST.get("code", "")[:40],
            network=network(request),
            at=timezone.now(),
        )
    except (BadInput, TooOften) as error:
        return _code_page(request, number, error)
    return HttpResponseRedirect(f"{petition_path(number)}thanks/")


@without_token
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The letter's link: a button. Only pressing it confirms, since scanners follow links."""
    if request.method == "POST":
        done = signing.confirm(token=token, at=timezone.now())
        return HttpResponseRedirect(f"{petition_path(done.petition)}thanks/")
    return _confirm_page(request, token)


@never_cache
def _confirm_page(request: HttpRequest, token: str) -> HttpResponse:
    context = {"about": by_letter(tokens.CONFIRM, token, timezone.localdate())}
    return render(request, "pages/petitions/confirm.html", context)


@remembered_with(standing_of)
def thanks(request: HttpRequest, number: int) -> HttpResponse:
    """What to do once a signature is confirmed: the same for everybody."""
    line = line_if_public(number)
    context = {"line": line, "share": sharing(line) if line else None}
    return render(request, "pages/petitions/thanks.html", context)


urlpatterns = [
    path("petitions/<int:number>/sign/", sign, name="petition-sign"),
    path("petitions/<int:number>/sent/", sent, name="petition-sent"),
    path("petitions/<int:number>/code/", code, name="petition-code"),
    path("petitions/<int:number>/thanks/", thanks, name="petition-thanks"),
    path("petitions/<int:number>/sponsor/<str:key>/", sponsor, name="petition-sponsor"),
    path("petitions/confirm/<str:token>/", confirm, name="petition-confirm"),
]

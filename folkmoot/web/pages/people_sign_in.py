"""Signing in by a code, a passkey or an organisation, and signing out."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.webauthn.forms import LoginWebAuthnForm
from allauth.mfa.webauthn.internal import auth
from allauth.socialaccount.providers.openid_connect import views as openid
from allauth.utils import get_request_param
from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from requests import RequestException

from folkmoot.common.errors import BadInput, Fault, FolkmootError, NotFound
from folkmoot.common.mail import send_email
from folkmoot.common.outbox import deliver_due
from folkmoot.people import actions, limits
from folkmoot.people.models import Person, SignInCode
from folkmoot.people.rules import CODE_LASTS
from folkmoot.web.middleware import CONTENT_SECURITY_POLICY
from folkmoot.web.pages.people_access import begin_session, network, note_proof, safe_path
from folkmoot.web.pages.people_passkeys import vouches

PROVIDER = "organisation"
View = Callable[[HttpRequest, str], HttpResponse]


def _sign_in_page(
    request: HttpRequest, *, email: str = "", next_path: str = "", error: BadInput | None = None
) -> HttpResponse:
    context = {
        "email": email,
        "next_path": next_path,
        "faults": error.faults if error else (),
        "fault": next((f for f in error.faults if f.where == "email"), None) if error else None,
        "provider": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
    }
    status = error.status if error else 200
    response = render(request, "pages/people/sign_in.html", context, status=status)
    if settings.OIDC_ISSUER:
        # Browsers hold a form's whole way to the policy, so the organisation's site is named.
        parts = urlsplit(settings.OIDC_ISSUER)
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(
            "form-action 'self'", f"form-action 'self' {parts.scheme}://{parts.netloc}"
        )
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Asks for an address and sends a code to it, whether anyone is known by it or not."""
    if request.method != "POST":
        return _sign_in_page(request, next_path=safe_path(request, request.GET.get("next", "")))
    email = request.POST.get("email", "")[:300]
    next_path = safe_path(request, request.POST.get("next", ""))
    now = timezone.now()
    try:
        row = actions.ask_for_code(
            email=email, network=network(request), next_path=next_path, at=now
        )
    except BadInput as error:
        return _sign_in_page(request, email=email, next_path=next_path, error=error)
    if settings.DELIVER_AT_ONCE:
        deliver_due(at=now, limit=10, send=send_email)
    return HttpResponseRedirect(f"/sign-in/code/{row.key}/")


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code(request: HttpRequest, key: str) -> HttpResponse:
    """Takes the code that was sent, and signs its reader in."""
    fault: Fault | None = None
    if request.method == "POST":
        try:
            row = actions.sign_in_by_code(
                key=key,
                code=request.POST.get("code", "")[:40],
                network=network(request),
                at=timezone.now(),
            )
        except BadInput as error:
            fault = error.faults[0]
        else:
            return _welcome(request, actions.person_at(row.email), "code", row.next_path)
    sent = SignInCode.objects.filter(key=key).first()
    if sent is None:
        raise NotFound(_("There is no such code."), [(_("Sign in"), "/sign-in/")])
    context = {
        "email": sent.email,
        "fault": fault,
        "faults": [fault] if fault else [],
        "over": sent.used_at is not None or sent.created + CODE_LASTS <= timezone.now(),
        "minutes": int(CODE_LASTS.total_seconds() // 60),
        "next_path": sent.next_path,
    }
    status = BadInput.status if fault else 200
    return render(request, "pages/people/sign_in_code.html", context, status=status)


def _welcome(request: HttpRequest, person: Person, method: str, next_path: str) -> HttpResponse:
    begin_session(request, person)
    note_proof(request, person, method)
    return HttpResponseRedirect(safe_path(request, next_path) or settings.LOGIN_REDIRECT_URL)


@never_cache
@require_POST
def passkey_begin(request: HttpRequest) -> HttpResponse:
    """A challenge for the browser's passkeys. The first request that needs a session."""
    actions.count(
        kind=limits.PASSKEY, trier=limits.Trier(network=network(request)), at=timezone.now()
    )
    return JsonResponse(auth.begin_authentication(user=None))


@never_cache
@require_POST
def passkey_sign_in(request: HttpRequest) -> HttpResponse:
    """Takes what a passkey signed, and signs its owner in."""
    now = timezone.now()
    actions.count(kind=limits.PASSKEY, trier=limits.Trier(network=network(request)), at=now)
    next_path = safe_path(request, request.POST.get("next", ""))
    form = LoginWebAuthnForm(data={"credential": request.POST.get("credential", "")[:20_000]})
    if not vouches(form):
        fault = Fault(
            "passkey",
            _("That passkey did not work here."),
            _("Try again, or sign in with a code by email."),
            kind="wrong-passkey",
        )
        return _sign_in_page(request, next_path=next_path, error=BadInput([fault]))
    passkey = form.cleaned_data["credential"]
    person: Person = passkey.user
    begin_session(request, person)
    post_authentication(request, passkey, passwordless=True)
    actions.person_seen(person=person, at=now)
    return HttpResponseRedirect(next_path or settings.LOGIN_REDIRECT_URL)


class ProviderAway(FolkmootError):
    """The organisation's sign-in does not answer."""

    code = "provider-away"
    status = 502


def _from_provider(request: HttpRequest, provider_id: str, step: View) -> HttpResponse:
    """One step of OpenID Connect, counted; no such page where no provider is set up."""
    if not settings.OIDC_ISSUER or provider_id != PROVIDER:
        raise Http404
    actions.count(
        kind=limits.PROVIDER, trier=limits.Trier(network=network(request)), at=timezone.now()
    )
    try:
        return step(request, provider_id)
    except ImmediateHttpResponse as early:
        response: HttpResponse = early.response
        return response
    except RequestException as error:
        raise ProviderAway(_("Your organisation's sign-in does not answer.")) from error


@never_cache
@require_POST
def provider_begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the organisation's own sign-in, by OpenID Connect: for signing in, and nothing else.

    Raises BadInput for another process, such as tying a second sign-in to an account.
    """
    # Read as allauth reads it: the form first, then the address.
    if get_request_param(request, "process", "login") != "login":
        what = _("An organisation's sign-in is for signing in only.")
        raise BadInput([Fault("process", what, _("Begin at the page for signing in."))])
    return _from_provider(request, provider_id, openid.login)


@never_cache
@require_http_methods(["GET"])
def provider_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the organisation's sign-in. A GET that signs in: the protocol says so."""
    return _from_provider(request, provider_id, openid.callback)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session, or every session of this person if so asked. Looking only asks."""
    if request.method != "POST":
        return render(request, "pages/people/sign_out.html", {})
    if request.POST.get("everywhere") and isinstance(request.user, Person):
        actions.sign_out_everywhere(person=request.user)
    logout(request)
    return HttpResponseRedirect("/")

"""A person's passkeys, and whether what a browser says of one is so."""

from __future__ import annotations

import struct

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.mfa.webauthn.internal import auth
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from folkmoot.common.errors import BadInput, Fault
from folkmoot.people import actions
from folkmoot.people.models import Person
from folkmoot.web.pages.people_access import proved_recently, signed_in
from folkmoot.web.pages.people_account import trail

# What allauth and fido2 let through when the bytes they parse are not what they should be.
MALFORMED = (ValueError, TypeError, KeyError, IndexError, AttributeError, struct.error)


def vouches(form: Form) -> bool:
    """Whether the credential in ``form`` proves what it should. Malformed bytes prove nothing."""
    try:
        return form.is_valid()
    except MALFORMED:
        return False


@require_safe
@signed_in
def passkeys(request: HttpRequest, person: Person) -> HttpResponse:
    """My passkeys, with a way to add and to remove one."""
    return _passkeys_page(request, person)


def _passkeys_page(
    request: HttpRequest, person: Person, error: BadInput | None = None
) -> HttpResponse:
    rows = Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN)
    context = {
        "passkeys": [
            (row.pk, row.data.get("name", ""), row.created_at, row.last_used_at)
            for row in rows.order_by("pk")
        ],
        "faults": error.faults if error else (),
        "trail": trail(),
    }
    status = error.status if error else 200
    return render(request, "pages/people/passkeys.html", context, status=status)


@require_POST
@proved_recently
def passkey_new(request: HttpRequest, person: Person) -> HttpResponse:
    """What the browser needs to make a passkey."""
    return JsonResponse(auth.begin_registration(person, passwordless=True))


@require_POST
@proved_recently
def passkey_add(request: HttpRequest, person: Person) -> HttpResponse:
    """Keeps the passkey that the browser made."""
    name = " ".join(request.POST.get("name", "").split()) or _("Passkey")
    form = AddWebAuthnForm(
        data={
            "name": name,
            "credential": request.POST.get("credential", "")[:20_000],
            "passwordless": "on",
        },
        user=person,
    )
    if not vouches(form):
        return _passkeys_page(
            request,
            person,
            BadInput(
                [
                    Fault(
                        "passkey",
                        _("The passkey could not be added."),
                        _("Try again on this page; your browser will ask you to confirm."),
                        kind="wrong-passkey",
                    )
                ]
            ),
        )
    actions.add_passkey(
        person=person,
        name=name,
        credential=form.cleaned_data["credential"],
        at=timezone.now(),
    )
    return HttpResponseRedirect("/account/passkeys/")


@require_POST
@proved_recently
def passkey_remove(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Removes one of my passkeys."""
    actions.remove_passkey(person=person, passkey=number, at=timezone.now())
    return HttpResponseRedirect("/account/passkeys/")

"""A person's own pages: account, data, consent, invitations."""

from __future__ import annotations

import json

from allauth.mfa.models import Authenticator
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from folkmoot.common.errors import Fault
from folkmoot.people import actions, limits, queries
from folkmoot.people.export import export_mine
from folkmoot.people.holdings import purposes
from folkmoot.people.models import Person
from folkmoot.people.retention import RULES
from folkmoot.people.rules import ROLES
from folkmoot.web.pages.people_access import proved_recently, signed_in

ACCOUNT = "/account/"


def trail() -> list[tuple[str, str]]:
    """The way to pages below the account."""
    return [(_("Your account"), ACCOUNT)]


@require_safe
@signed_in
def account(request: HttpRequest, person: Person) -> HttpResponse:
    """Who I am here, which roles I hold, what I am invited to, and everything I can do."""
    now = timezone.now()
    day = queries.day_of(now)
    context = {
        "person": person,
        "roles": [(role, _(ROLES[role.role])) for role in queries.roles_of(person, day)],
        "invitations": [(row, _(ROLES[row.role])) for row in queries.invitations_to(person, now)],
        "manages": queries.bodies_managed_by(person, day) != (),
        "passkeys": Authenticator.objects.filter(user=person).count(),
        "purposes": [
            (key, _(words), queries.has_consent(person, key)) for key, words in purposes().items()
        ],
    }
    return render(request, "pages/people/account.html", context)


@require_POST
@signed_in
def invitation_answer(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Accepts or declines an invitation to my own address."""
    now = timezone.now()
    if request.POST.get("answer") == "decline":
        actions.withdraw_invitation(actor=person, invitation=number, at=now)
    else:
        actions.accept_invitation(person=person, invitation=number, at=now)
    return HttpResponseRedirect(ACCOUNT)


@require_POST
@signed_in
def role_end(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Gives up my own role, or ends one that I may grant."""
    row = actions.end_role(actor=person, role=number, at=timezone.now())
    mine = row.person_id == person.pk
    return HttpResponseRedirect(ACCOUNT if mine else f"/account/roles/?body={row.body}")


@require_POST
@signed_in
def consent(request: HttpRequest, person: Person) -> HttpResponse:
    """Gives consent to a purpose, or takes it back."""
    purpose = request.POST.get("purpose", "")
    if request.POST.get("answer") == "give":
        actions.give_consent(person=person, purpose=purpose, at=timezone.now())
    else:
        actions.withdraw_consent(person=person, purpose=purpose, at=timezone.now())
    return HttpResponseRedirect(ACCOUNT)


@require_safe
@signed_in
def my_data(request: HttpRequest, person: Person) -> HttpResponse:
    """Everything that the site holds about me, on a page; to download; to erase."""
    mine = json.dumps(export_mine(person), indent=2, ensure_ascii=False, default=str)
    context = {"mine": mine, "rules": RULES, "trail": trail()}
    return render(request, "pages/people/data.html", context)


@require_POST
@signed_in
def my_data_download(request: HttpRequest, person: Person) -> HttpResponse:
    """The same as a file."""
    trier = limits.Trier(account=str(person.pk))
    actions.count(kind=limits.DOWNLOAD, trier=trier, at=timezone.now())
    response = JsonResponse(
        export_mine(person), json_dumps_params={"indent": 2, "ensure_ascii": False}
    )
    response.headers["Content-Disposition"] = 'attachment; filename="folkmoot-my-data.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@proved_recently
def erase(request: HttpRequest, person: Person) -> HttpResponse:
    """Erases me, after asking once."""
    if request.method == "POST" and request.POST.get("sure") == "yes":
        actions.erase_me(person=person, at=timezone.now())
        logout(request)
        return render(request, "pages/people/erased.html", {})
    fault = None
    if request.method == "POST":
        fault = Fault("sure", _("You did not say that you are sure."), _("Tick the box."))
    context = {
        "person": person,
        "roles": queries.roles_of(person, queries.day_of(timezone.now())),
        "faults": [fault] if fault else [],
        "trail": [*trail(), (_("Your data"), "/account/data/")],
    }
    return render(request, "pages/people/erase.html", context, status=400 if fault else 200)

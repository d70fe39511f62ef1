"""For those who may grant roles: who holds what at a body, inviting, and verifying domains."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from folkmoot.bodies.queries import office_keys
from folkmoot.common.errors import BadInput, Fault, NotAllowed
from folkmoot.people import actions, queries
from folkmoot.people.models import Person, VerifiedDomain
from folkmoot.people.rules import MAY_GRANT, ROLES
from folkmoot.web.pages.people_access import signed_in
from folkmoot.web.pages.people_account import trail

FIELDS = ("email", "role", "office", "until")


def _bodies(person: Person, day: dt.date) -> tuple[list[str], bool]:
    """Bodies to choose from, and whether ``person`` may manage any other."""
    managed = queries.bodies_managed_by(person, day)
    if managed is not None:
        if not managed:
            raise NotAllowed(_("Only those who may grant roles can see this page."))
        return list(managed), False
    known = VerifiedDomain.objects.filter(until__isnull=True).order_by("body")
    return sorted({"site", *known.values_list("body", flat=True)}), True


def _until(text: str) -> dt.date | None:
    """A day from a form. Raises BadInput."""
    if not text.strip():
        return None
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(
            [Fault("until", _("This is not a date."), _("Write it as in 2027-05-06."))]
        ) from None


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def roles(request: HttpRequest, person: Person) -> HttpResponse:
    """Roles and invitations at a body, with a form to invite."""
    now = timezone.now()
    day = queries.day_of(now)
    bodies, every = _bodies(person, day)
    asked = request.POST if request.method == "POST" else request.GET
    body = asked.get("body", "").strip() or bodies[0]
    if not every and body not in bodies:
        raise NotAllowed(_("You may not see the roles of this body."))
    said = {name: request.POST.get(name, "")[:300].strip() for name in FIELDS}
    error: BadInput | None = None
    if request.method == "POST":
        try:
            actions.invite(
                actor=person,
                email=said["email"],
                role=said["role"],
                body=body,
                office=said["office"],
                until=_until(said["until"]),
                at=now,
            )
        except BadInput as bad:
            error = bad
        else:
            return HttpResponseRedirect(f"/account/roles/?body={body}")
    grantable = {
        role
        for has in queries.roles_of(person, day)
        for role in MAY_GRANT[has.role]
        if queries.may_grant(person, role, body, day)
    }
    context = {
        "body": body,
        "bodies": bodies,
        "every": every,
        "said": said,
        "faults": error.faults if error else (),
        "fault_of": {fault.where: fault for fault in error.faults} if error else {},
        "choices": [(role, _(ROLES[role])) for role in ROLES if role in grantable],
        "offices": office_keys(body, day) or [],
        "domains": queries.domains_of(body, day),
        "roles": queries.roles_at(body, day),
        "invitations": queries.invitations_of(body, now),
        "trail": trail(),
    }
    status = error.status if error else 200
    return render(request, "pages/people/roles.html", context, status=status)


@require_POST
@signed_in
def invitation_withdraw(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Takes an invitation back."""
    actions.withdraw_invitation(actor=person, invitation=number, at=timezone.now())
    return HttpResponseRedirect("/account/roles/")


@require_POST
@signed_in
def domain(request: HttpRequest, person: Person) -> HttpResponse:
    """Verifies a body's domain in public, or ends that."""
    body, name = request.POST.get("body", "").strip(), request.POST.get("domain", "")[:300]
    if request.POST.get("answer") == "end":
        actions.end_domain(actor=person, body=body, domain=name, at=timezone.now())
    else:
        actions.verify_domain(actor=person, body=body, domain=name, at=timezone.now())
    return HttpResponseRedirect(f"/account/roles/?body={body}")

"""One case of stepping in, or not: its page, and what offices may do in it, in both spaces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from folkmoot.common.errors import Conflict, NotAllowed, NotFound
from folkmoot.framework.cases import actions, rules
from folkmoot.framework.cases.queries import CaseFile
from folkmoot.people.models import Person
from folkmoot.people.queries import roles_of
from folkmoot.people.rules import OFFICER, REPRESENTATIVE
from folkmoot.services.models import Service
from folkmoot.web.forms import Form
from folkmoot.web.pages.cases_forms import form_of
from folkmoot.web.pages.cases_propose import override, propose
from folkmoot.web.pages.cases_rows import (
    condition_rows,
    event_rows,
    move_rows,
    owes_reply,
    step_words,
)
from folkmoot.web.pages.cases_spaces import IN_RECORD, IN_REHEARSAL, Space, unlisted
from folkmoot.web.pages.people_access import signed_in
from folkmoot.web.remembered import remembered

ACTS = {
    rules.REPLY: actions.reply,
    rules.DECIDE: actions.decide,
    rules.WITHDRAW: actions.withdraw,
    rules.REVIEW: actions.review,
    rules.END: actions.end,
}


def service_title(key: str) -> str:
    """The title of a service, or its key where this site has no such service any more."""
    row = Service.objects.filter(slug=key).values_list("title", flat=True).first()
    return row or key


def about(file: CaseFile, space: Space) -> dict[str, Any]:
    """What every page of a case says of it."""
    service = service_title(file.line.service)
    title = _("%(step)s: %(service)s in %(place)s") % {
        "step": step_words(file.line), "service": service, "place": file.line.place_name,
    }  # fmt: skip
    return {
        "space": space,
        "file": file,
        "line": file.line,
        "service": service,
        "title": title,
        "trail": space.trail(),
    }


def _page(request: HttpRequest, space: Space, person: Person | None, case: int) -> HttpResponse:
    file, today = space.file(person, case)
    line = file.line
    played = roles_of(person, timezone.localdate(), space=space.key) if space.rehearsal else ()
    plays_body = any(
        role.body == line.body and role.role in (OFFICER, REPRESENTATIVE) for role in played
    )
    context = {
        **about(file, space),
        "today": today,
        "events": event_rows(file),
        "moves": move_rows(file),
        "trace": condition_rows(file.finding) if file.finding else (),
        "refused": line.state == rules.REFUSED,
        "plays_body": plays_body,
        "owes_reply": owes_reply(file),
    }
    return render(request, "pages/cases/case.html", context)


@remembered
def case(request: HttpRequest, number: int) -> HttpResponse:
    """A case of the record with its whole history and trace: the same for everybody."""
    return _page(request, IN_RECORD, None, number)


@unlisted
@require_safe
@signed_in
def rehearsed_case(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """A case of a rehearsal, for whoever rehearses it."""
    return _page(request, IN_REHEARSAL, person, number)


def _may(person: Person, file: CaseFile, what: str, space: Space) -> None:
    """Refuse before anything is written what the action would refuse after. Raises NotAllowed."""
    if what == rules.REPLY:
        held = roles_of(person, timezone.localdate(), space=space.key)
        roles = (OFFICER, REPRESENTATIVE)
        if not any(role.body == file.line.body and role.role in roles for role in held):
            raise NotAllowed(
                _("Only an officer or a representative of %(body)s may reply.")
                % {"body": file.line.body_name}
            )
    elif not any(role.body == file.line.centre for role in space.centres(person)):
        raise NotAllowed(
            _("Only somebody who acts for the centre, %(centre)s, may do this.")
            % {"centre": file.line.centre_name}
        )


def _seen(what: str, typed: Mapping[str, str]) -> dict[str, int]:
    """Which version of the case whoever acts has seen, as far as the act asks and it was sent."""
    seen = str(typed.get("seen", ""))
    known = what != rules.REPLY and seen.isascii() and seen.isdigit() and len(seen) < 10
    return {"seen": int(seen)} if known else {}


def acted(
    request: HttpRequest,
    file: CaseFile,
    space: Space,
    form: Form,
    do: Callable[[dict[str, Any]], object],
) -> HttpResponse:
    """The page of ``form``, by which ``do`` is done in a case. Raises what ``do`` raises."""
    if request.method == "POST":
        form = form.sent(request.POST, do)
        if not form.faults:
            return HttpResponseRedirect(file.line.path)
    context = {
        **about(file, space),
        "form": form,
        "faults": form.faults,
        "trail": [*space.trail(), (file.line.place_name, file.line.path)],
    }
    return render(request, "pages/cases/act.html", context, status=form.status)


def _act(
    request: HttpRequest, person: Person, number: int, what: str, space: Space
) -> HttpResponse:
    file, today = space.file(person, number)
    if what not in ACTS:
        raise NotFound(_("Nothing like this can be done in a case."), [(_("The case"), "../")])
    _may(person, file, what, space)
    form = form_of(what, file, space, today)
    if form is None:
        raise Conflict(_("This cannot be done now: %(says)s") % {"says": file.line.says})
    act: Any = ACTS[what]
    common = {"actor": person, "case": file.line.id, "at": timezone.now(), "space": space.key}
    common |= _seen(what, request.POST)
    return acted(request, file, space, form, lambda said: act(**common, **said))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def act(request: HttpRequest, person: Person, number: int, what: str) -> HttpResponse:
    """A form by which an office acts in a case of the record."""
    return _act(request, person, number, what, IN_RECORD)


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def rehearsed_act(request: HttpRequest, person: Person, number: int, what: str) -> HttpResponse:
    """The same form in a rehearsal."""
    return _act(request, person, number, what, IN_REHEARSAL)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def proposal(request: HttpRequest, person: Person) -> HttpResponse:
    """An officer of the centre proposes a step, and sees the finding before."""
    return propose(request, person, IN_RECORD)


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def rehearsed_proposal(request: HttpRequest, person: Person) -> HttpResponse:
    """The same in a rehearsal."""
    return propose(request, person, IN_REHEARSAL)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def emergency(request: HttpRequest, person: Person) -> HttpResponse:
    """A minister steps in outside the framework."""
    return override(request, person, IN_RECORD)


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def rehearsed_emergency(request: HttpRequest, person: Person) -> HttpResponse:
    """The same in a rehearsal."""
    return override(request, person, IN_REHEARSAL)


urlpatterns = [
    path("interventions/propose/", proposal),
    path("interventions/override/", emergency),
    path("interventions/<int:number>/", case),
    path("interventions/<int:number>/<slug:what>/", act),
    path("rehearsal/interventions/propose/", rehearsed_proposal),
    path("rehearsal/interventions/override/", rehearsed_emergency),
    path("rehearsal/interventions/<int:number>/", rehearsed_case),
    path("rehearsal/interventions/<int:number>/<slug:what>/", rehearsed_act),
]

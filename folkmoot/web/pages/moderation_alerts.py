"""One unusual pattern of signatures: its evidence in counts, and what moderators do about it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from folkmoot.common.errors import BadInput, Fault
from folkmoot.people.models import Person
from folkmoot.petitions.actions import patterns
from folkmoot.petitions.queries_alerts import AlertFile, AlertLine, alert_file
from folkmoot.petitions.rules.patterns import AREA, DOMAIN
from folkmoot.web.pages.people_access import signed_in


def shared(kind: str, of: str) -> str:
    """What the signatures of a pattern share: "the same mail domain, odd.example"."""
    if kind == AREA:
        return _("the same area, %(name)s") % {"name": of} if of else _("the same area")
    if kind == DOMAIN:
        domain = {"name": of}
        return _("the same mail domain, %(name)s") % domain if of else _("the same mail domain")
    return _("the same network")


def said(line: AlertLine) -> str:
    """An alert as two sentences."""
    seen = _("%(seen)s of %(among)s signatures share %(what)s.") % {
        "seen": f"{line.seen:,}",
        "among": f"{line.among:,}",
        "what": shared(line.kind, line.of),
    }
    number = round(line.expected)
    if number < 1:
        usual = _("Usually there would be none, or one.")
    else:
        usual = _("Usually there would be about %(n)s.") % {"n": f"{number:,}"}
    return f"{seen} {usual}"


def _act(request: HttpRequest, person: Person, file: AlertFile) -> None:
    """Do what was asked. Raises BadInput where that is nothing that can be done."""
    what, at = request.POST.get("what", ""), timezone.now()
    if what == "set-aside":
        patterns.set_aside(actor=person, alert=file.line.number, at=at)
    elif what == "leave":
        patterns.leave(actor=person, alert=file.line.number, at=at)
    elif what == "restore" and file.batch is not None:
        patterns.restore(actor=person, batch=file.batch.number, at=at)
    else:
        fault = Fault("what", _("Nothing is chosen."), _("Use one of the buttons on the page."))
        raise BadInput([fault])


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def alert(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """One alert. Each of its buttons does one thing, in public and with counts only."""
    file = alert_file(person, number, timezone.localdate())
    if request.method == "POST":
        _act(request, person, file)
        return HttpResponseRedirect("/moderation/")
    context = {
        "file": file,
        "line": file.line,
        "said": said(file.line),
        "batch": file.batch,
        "trail": [(_("Moderation"), "/moderation/")],
    }
    return render(request, "pages/moderation/alert.html", context)


urlpatterns = [path("moderation/alerts/<int:number>/", alert, name="moderation-alert")]

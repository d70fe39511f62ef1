"""The form by which the words of a hidden petition are erased for law, for good."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from folkmoot.common.errors import BadInput
from folkmoot.people.models import Person
from folkmoot.petitions.actions.erasing import erase_words
from folkmoot.petitions.queries_moderation import to_erase
from folkmoot.web.forms import legal_faults, legal_reasons
from folkmoot.web.pages.people_access import signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def erase(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Asks why, shows once more what goes, and erases it. The action checks who may."""
    one = to_erase(person, number, timezone.localdate())
    reason = request.POST.get("reason", "")[:40]
    sent = request.method == "POST"
    # The button of the second step says that whoever presses it is sure.
    faults = legal_faults(reason, sure=True) if sent else []
    if sent and not faults and request.POST.get("step") == "erase":
        erase_words(actor=person, petition=number, reason=reason, at=timezone.now())
        return HttpResponseRedirect(one.path)
    checked = sent and not faults
    reasons = legal_reasons()
    context = {
        "one": one,
        "reasons": reasons,
        "reason": reason,
        "why": dict(reasons).get(reason, ""),
        "checked": checked,
        "faults": faults,
        "fault_of": {fault.where: fault for fault in faults},
        "trail": [(_("Moderation"), "/moderation/")],
    }
    status = BadInput.status if faults else 200
    return render(request, "pages/petitions/erase.html", context, status=status)


urlpatterns = [path("petitions/<int:number>/erase/", erase, name="petition-erase")]

"""The form by which the words of a hidden petition are erased for law, for good."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from folkmoot.common.acts import LEGAL_REASONS
from folkmoot.common.errors import BadInput, Fault
from folkmoot.people.models import Person
from folkmoot.petitions.actions.erasing import erase_words
from folkmoot.petitions.queries_moderation import to_erase
from folkmoot.web.pages.people_access import signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def erase(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Asks why, shows once more what goes, and erases it. The action checks who may."""
    one = to_erase(person, number, timezone.localdate())
    reason = request.POST.get("reason", "")[:40]
    checked, faults = False, tuple[Fault, ...]()
    if request.method == "POST":
        try:
            checked = _checked(reason)
            if request.POST.get("step") == "erase":
                erase_words(actor=person, petition=number, reason=reason, at=timezone.now())
                return HttpResponseRedirect(one.path)
        except BadInput as bad:
            faults = bad.faults
    return _page(request, one, reason, checked, faults)


def _checked(reason: str) -> bool:
    """That there is such a reason. Raises BadInput."""
    if reason not in LEGAL_REASONS:
        fault = Fault("reason", _("Nothing is chosen."), _("Choose why the law asks for it."))
        raise BadInput([fault])
    return True


def _page(
    request: HttpRequest, one: object, reason: str, checked: bool, faults: Sequence[Fault]
) -> HttpResponse:
    context = {
        "one": one,
        "reasons": [(code, _(words)) for code, words in LEGAL_REASONS.items()],
        "reason": reason,
        "why": _(LEGAL_REASONS[reason]) if checked else "",
        "checked": checked,
        "faults": faults,
        "fault_of": {fault.where: fault for fault in faults},
        "trail": [(_("Moderation"), "/moderation/")],
    }
    status = BadInput.status if faults else 200
    return render(request, "pages/petitions/erase.html", context, status=status)


urlpatterns = [path("petitions/<int:number>/erase/", erase, name="petition-erase")]

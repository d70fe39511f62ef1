"""What is done with personal data, and how this site is made to work for everyone."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from folkmoot.people.retention import RULES, WARNING
from folkmoot.web.remembered import remembered


@remembered
def privacy(request: HttpRequest) -> HttpResponse:
    """The privacy notice; its periods come from the rules that the code follows."""
    rules = [(_(rule.what), rule.after.days, _(rule.since)) for rule in RULES]
    context = {"rules": rules, "warning": WARNING.days, "contact": settings.CONTACT}
    return render(request, "pages/people/privacy.html", context)


@remembered
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "pages/people/accessibility.html", {"contact": settings.CONTACT})

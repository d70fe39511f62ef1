"""The first page: one box, what this is, and how we know."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from folkmoot.measures.queries import edition, holdings
from folkmoot.services.models import Service
from folkmoot.web.ageing import age_of
from folkmoot.web.remembered import remembered


@remembered
def home(request: HttpRequest) -> HttpResponse:
    """The search box, the services, and the state of the figures."""
    today = timezone.localdate()
    context = {
        "services": Service.objects.all(),
        "holdings": holdings(since=today.replace(day=1)),
        "age": age_of(edition().facts.values()),
    }
    return render(request, "pages/home.html", context)

"""Pages of words: what this is, how it is made to work for everyone, licences, data, methods."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from folkmoot.measures.models import Source
from folkmoot.web.method_notes import METHOD_NOTES
from folkmoot.web.remembered import remembered


@remembered
def about(request: HttpRequest) -> HttpResponse:
    """What Folkmoot is, and its accessibility statement."""
    return render(request, "pages/about.html", {"trail": []})


@remembered
def licences(request: HttpRequest) -> HttpResponse:
    """Under which licence each source, the font and the code may be used."""
    sources = Source.objects.order_by("publisher", "title")
    return render(request, "pages/licences.html", {"sources": sources})


@remembered
def data(request: HttpRequest) -> HttpResponse:
    """Every door for people who want the numbers themselves."""
    return render(request, "pages/data.html", {})


@remembered
def methods(request: HttpRequest) -> HttpResponse:
    """Each method in plain words, with its source."""
    return render(request, "pages/methods.html", {"notes": METHOD_NOTES, "title": _("Methods")})

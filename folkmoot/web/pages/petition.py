"""The page of one petition: how it stands, what it asks for, what came of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from folkmoot.bodies.models import Office
from folkmoot.petitions.queries import PetitionFile, petition_file
from folkmoot.petitions.queries_answers import answers_of, answers_version
from folkmoot.petitions.queries_page import (
    acts_about,
    aside_version,
    kin_of,
    newest_names,
    version_of,
)
from folkmoot.petitions.rules.reasons import words_of
from folkmoot.petitions.rules.states import CLOSED, OPEN
from folkmoot.web.answers import owed
from folkmoot.web.pages.record import verb_words
from folkmoot.web.petition_rows import counted, goals, history, scheme_words, status
from folkmoot.web.remembered import remembered_with
from folkmoot.web.sharing import sharing

NAMES = 12


def _office(file: PetitionFile) -> str:
    """The title of the office that is asked, where it is one: one query."""
    if not file.line.office:
        return ""
    rows = Office.objects.filter(body__slug=file.line.body, slug=file.line.office)
    return rows.values_list("title", flat=True).first() or ""


def _version(number: int) -> str:
    """Another text whenever the page would be another: three queries."""
    return f"{version_of(number)}|{answers_version(number)}|{aside_version(number)}"


@remembered_with(_version)
def petition(request: HttpRequest, number: int) -> HttpResponse:
    """Everything public about one petition: the same for everybody."""
    today = timezone.localdate()
    file = petition_file(number, today)
    line = file.line
    answered = any(duty.state == "answered" for duty in file.duties)
    shown = counted(file)
    names = newest_names(number, NAMES) if shown and line.signatures else ()
    context = {
        "file": file,
        "line": line,
        "status": status(file),
        "office": _office(file),
        "counted": shown,
        "goals": goals(file, today),
        "scheme": scheme_words(file),
        "why": words_of(line.reason),
        "duties": [owed(duty) for duty in file.duties],
        "answers": answers_of(number, today) if answered else (),
        "names": names,
        "share": sharing(line) if line.state in {OPEN, CLOSED} else None,
        # Another petition's title may be the very words that were erased here.
        "kin": () if file.erased_on else kin_of(number),
        "history": history(file),
        "acts": [(act, verb_words(act.verb)) for act in acts_about(number, line.body)],
        "trail": [
            (_("Petitions"), "/petitions/"),
            (line.place_name, f"/petitions/?place={line.place_slug}"),
        ],
    }
    return render(request, "pages/petitions/petition.html", context)


urlpatterns = [path("petitions/<int:number>/", petition, name="petition")]

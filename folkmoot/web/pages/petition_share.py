"""What is taken elsewhere of a petition: its picture, its count, and a sheet to sign on paper."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt

from folkmoot.common.errors import NotFound
from folkmoot.common.purpose import labelled
from folkmoot.petitions.queries import PetitionLine, petition_file, petition_line
from folkmoot.petitions.queries_page import version_of
from folkmoot.petitions.rules import consent
from folkmoot.petitions.rules.states import HIDDEN, REJECTED
from folkmoot.web.petition_rows import goals, scheme_words
from folkmoot.web.remembered import remembered_with
from folkmoot.web.share_image import share_image

# The sheet's lines: as many as fit on a page of A4 and can be written on.
SHEET_LINES = 14
# The count may stand in any page, and brings nothing along but its style.
COUNT_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors *"
)


def _shared(number: int) -> PetitionLine:
    """A petition that was let through, with its title. Raises NotFound for others."""
    line = petition_line(number, timezone.localdate())
    if not line.title or line.opened_on is None or line.state in (REJECTED, HIDDEN):
        raise NotFound(_("There is nothing to show of this petition."), [(line.heading, line.path)])
    return line


def image_words(line: PetitionLine) -> tuple[str, str]:
    """Whom a petition asks about what, and how it stands, as its picture says it."""
    asked = _("A petition to %(body)s: %(service)s in %(place)s") % {
        "body": line.body_name,
        "service": line.service_title,
        "place": line.place_name,
    }
    asked = labelled(asked)
    if line.open and line.closes_on:
        return asked, _("Open until %(day)s") % {"day": f"{line.closes_on:%-d %B %Y}"}
    return asked, line.state_words


@remembered_with(version_of)
def _image(request: HttpRequest, number: int) -> HttpResponse:
    line = _shared(number)
    return HttpResponse(share_image(line.title, *image_words(line)), content_type="image/png")


def image(request: HttpRequest, number: int) -> HttpResponse:
    """The picture beside a link to a petition."""
    response = _image(request, number=number)
    # One from before the database went away says so, and that nobody may keep it.
    if "Warning" not in response:
        response["Cache-Control"] = "public, max-age=3600"
    return response


@remembered_with(version_of)
def _count(request: HttpRequest, number: int) -> HttpResponse:
    return render(request, "pages/petitions/count.html", {"line": _shared(number)})


@xframe_options_exempt
def count(request: HttpRequest, number: int) -> HttpResponse:
    """How many signed, as a small page that may stand in a frame of any other."""
    response = _count(request, number=number)
    response["Content-Security-Policy"] = COUNT_POLICY
    return response


@remembered_with(version_of)
def _count_json(request: HttpRequest, number: int) -> HttpResponse:
    line = _shared(number)
    return JsonResponse(
        {
            "number": line.number,
            "title": labelled(line.title),
            "state": line.state,
            "signatures": line.signatures,
            "closes_on": line.closes_on,
            "link": f"{settings.SITE_URL}{line.path}",
            "as_at": timezone.now().isoformat(timespec="seconds"),
        }
    )


def count_json(request: HttpRequest, number: int) -> HttpResponse:
    """How many signed, for any page to read, and when this was so."""
    response = _count_json(request, number=number)
    response["Access-Control-Allow-Origin"] = "*"
    return response


@remembered_with(version_of)
def sheet(request: HttpRequest, number: int) -> HttpResponse:
    """A page to print and to sign on paper."""
    today = timezone.localdate()
    file = petition_file(number, today)
    if not file.line.open or file.words_hidden or not file.line.title:
        raise NotFound(
            _("This petition cannot be signed, so there is no sheet for it."),
            [(file.line.heading, file.line.path)],
        )
    context = {
        "file": file,
        "line": file.line,
        "goals": goals(file, today),
        "scheme": scheme_words(file),
        "contact": settings.CONTACT,
        "agreed": _(consent.wording_on(consent.PAPER, today)),
        "lines": range(1, SHEET_LINES + 1),
        "trail": [(_("Petitions"), "/petitions/"), (file.line.heading, file.line.path)],
    }
    return render(request, "pages/petitions/sheet.html", context)


urlpatterns = [
    path("petitions/<int:number>/image.png", image, name="petition-image"),
    path("petitions/<int:number>/count/", count, name="petition-count"),
    path("petitions/<int:number>/count.json", count_json, name="petition-count-json"),
    path("petitions/<int:number>/sheet/", sheet, name="petition-sheet"),
]

"""Starting a petition: where and what about, who answers, the words, a look before it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from folkmoot.bodies.answering import service_answers
from folkmoot.bodies.models import Body
from folkmoot.bodies.rules import COUNCIL_KINDS, Answer
from folkmoot.common import switches
from folkmoot.common.errors import BadInput, Fault, FolkmootError, SwitchedOff, TooOften
from folkmoot.petitions.actions import life
from folkmoot.petitions.addressing import addressed
from folkmoot.petitions.queries import petition_path
from folkmoot.petitions.queries_search import similar
from folkmoot.petitions.rules.writing import NewPetition, faults_of, tidied
from folkmoot.places import queries as places
from folkmoot.services.models import Service
from folkmoot.web.answers import answers_of, responsible
from folkmoot.web.pages.find import may_be_postcode, postcode_in
from folkmoot.web.pages.people_access import person_of, to_sign_in
from folkmoot.web.pages.petition_words import (
    Asked,
    asked_of,
    empty_words,
    form_context,
    words_of,
)
from folkmoot.web.pages.services import service_by_slug
from folkmoot.web.remembered import remembered
from folkmoot.web.same_site import without_token

START = "/petitions/start/"
_LONGEST = 100


def _asking(place: str, service: str) -> str:
    return f"{START}?{urlencode({'place': place, 'service': service})}"


def _trail() -> list[tuple[str, str]]:
    return [(_("Petitions"), "/petitions/")]


def _where_page(
    request: HttpRequest,
    where: str,
    service: str,
    faults: Sequence[Fault] = (),
    choices: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    context = {
        "where": where,
        "service": service,
        "services": Service.objects.all(),
        "faults": faults,
        "fault_of": {fault.where: fault for fault in faults},
        "choices": choices,
        "trail": _trail(),
    }
    status = BadInput.status if faults else 200
    return render(request, "pages/petitions/start.html", context, status=status)


@remembered
def _begin(request: HttpRequest) -> HttpResponse:
    """Asks where and what about; once both are known, says who answers."""
    place, service = request.GET.get("place", ""), request.GET.get("service", "")
    if not place:
        return _where_page(request, "", service[:_LONGEST])
    if not service:
        return _where_page(request, places.area_by_slug(place).name, "")
    return _who_page(request, place, service)


def _found(text: str) -> tuple[str, list[tuple[str, str]], list[Fault]]:
    """(Slug of the place that ``text`` is or lies in, else places like it, else what is wrong)."""
    postcode = postcode_in(text)
    if postcode is not None or may_be_postcode(text):
        answer = places.find_postcode(postcode or text)
        if answer.district is not None:
            return answer.district.slug, [], []
        remedy = _("Type a whole postcode such as LS1 1UR, or the name of your council.")
        return "", [], [Fault("where", answer.note, remedy)]
    near = places.search(text, limit=6) if text else []
    if near and (len(near) == 1 or near[0].name.casefold() == text.casefold()):
        return near[0].slug, [], []
    if near:
        return "", [(place.name, place.slug) for place in near], []
    what = _("We know no such place.") if text else _("Nothing was typed.")
    return "", [], [Fault("where", what, _("Type a postcode, or the name of a place."))]


# It changes nothing and sets no cookie, as /here/ does; a postcode stands in no address.
@without_token
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Where it is and what it is about, and then who answers for that."""
    if request.method != "POST":
        return _begin(request)
    text = " ".join(request.POST.get("where", "")[:_LONGEST].split())
    service = request.POST.get("service", "")[:_LONGEST]
    slug, near, faults = _found(text)
    if not Service.objects.filter(slug=service).exists():
        faults.append(Fault("service", _("Nothing is chosen."), _("Choose what it is about.")))
    if slug and not faults:
        response: HttpResponse = HttpResponseRedirect(_asking(slug, service))
    else:
        choices = [(name, _asking(found, service)) for name, found in near] if not faults else []
        response = _where_page(request, text, service, faults, choices)
    response["Cache-Control"] = "no-store"
    return response


@dataclass(frozen=True, slots=True)
class Choice:
    """One who can be asked. ``value`` is "body" or "body/office"; ``about`` what it does here."""

    value: str
    name: str
    about: str


def _choices(answers: Sequence[Answer]) -> list[Choice]:
    """Everybody who can be asked: whoever decides first; each body, then its office."""
    words = {
        "decides": _("Decides here."),
        "delivers": _("Delivers what others decide."),
        "oversees": _("Oversees it."),
    }
    found: dict[str, Choice] = {}
    told: set[str] = set()
    for answer in answers:
        body, office = answer.body, answer.office
        if body is None or answer.role not in words:
            continue
        about = " ".join([words[answer.role], *_what(answer)])
        short = _("The same, for its own part of the place.") if about in told else about
        told.add(about)
        if office is None or office.whole:
            found.setdefault(body.slug, Choice(body.slug, body.name, short))
            continue
        value, holder = f"{body.slug}/{office.slug}", responsible(answer).holder
        held = _("Held by %(holder)s.") % {"holder": holder} if holder else ""
        name = f"{body.name}: {office.title}"
        found.setdefault(value, Choice(value, name, f"{short} {held}".strip()))
        found.setdefault(body.slug, Choice(body.slug, body.name, ""))
    return list(found.values())


def _what(answer: Answer) -> list[str]:
    """What a body does here and has no say in, in sentences."""
    said = [answer.decides or answer.delivers]
    if answer.no_say:
        said.append(_("Has no say in: %(what)s") % {"what": answer.no_say})
    return [text for text in said if text]


def _who_page(request: HttpRequest, place: str, service: str) -> HttpResponse:
    today = timezone.localdate()
    around, about = places.surroundings(place), service_by_slug(service)
    area = around.area
    found = service_answers(around, service, today)
    choices = _choices(found.answers) if found else []
    own = Body.objects.filter(area=area, kind__in=COUNCIL_KINDS).first()
    mistaken = own if own and choices and own.slug not in {c.value for c in choices} else None
    if own and not choices:
        choices = [Choice(own.slug, own.name, "")]
    context = {
        "area": area,
        "service": about,
        "choices": choices,
        "known": bool(found and found.answers),
        "mistaken": mistaken,
        "answers": answers_of(found) if found else None,
        "unheld": [a.who for a in found.answers if a.body is None] if found else [],
        "trail": _trail(),
    }
    return render(request, "pages/petitions/who.html", context)


def _words_page(
    request: HttpRequest, asked: Asked, words: NewPetition, error: FolkmootError | None = None
) -> HttpResponse:
    faults: Sequence[Fault] = ()
    if isinstance(error, BadInput):
        faults = error.faults
    elif error is not None:
        faults = [Fault("keep", error.message, _("Nothing is lost: try again later."))]
    context = form_context(words, asked, faults) | {"trail": _trail()}
    status = error.status if error else 200
    return render(request, "pages/petitions/words.html", context, status=status)


def _check_page(request: HttpRequest, asked: Asked, words: NewPetition) -> HttpResponse:
    """What was written, beside petitions that ask for the like, before it is kept."""
    words = tidied(words)
    _place, wrong = addressed(words, timezone.localdate())
    faults = [*faults_of(words), *wrong]
    if faults:
        return _words_page(request, asked, words, BadInput(faults))
    context = form_context(words, asked) | {
        "similar": [] if "similar" in switches.off() else similar(words.title, place=words.place),
        "trail": _trail(),
    }
    return render(request, "pages/petitions/check.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """The words, a look at them, and the draft. Signing in comes before the first word."""
    person = person_of(request)
    source: Any = request.POST if request.method == "POST" else request.GET
    said = {name: str(source.get(name, ""))[:300] for name in ("place", "service", "to")}
    response: HttpResponse
    if not said["to"]:
        response = HttpResponseRedirect(_asking(said["place"], said["service"]))
    elif person is None and request.method != "POST":
        response = to_sign_in(request)
    else:
        asked = asked_of(said["place"], said["service"], said["to"], timezone.localdate())
        response = _written(request, asked)
    add_never_cache_headers(response)
    return response


def _written(request: HttpRequest, asked: Asked) -> HttpResponse:
    if request.method != "POST":
        return _words_page(request, asked, empty_words(asked))
    words, person = words_of(request.POST, asked), person_of(request)
    step = request.POST.get("step")
    if person is None:
        what = _("You are signed out. What you wrote is still here.")
        remedy = _("Copy it, sign in on a new page, and come back.")
        return _words_page(request, asked, words, BadInput([Fault("keep", what, remedy)]))
    if step == "change":
        return _words_page(request, asked, words)
    if step != "keep":
        return _check_page(request, asked, words)
    try:
        made = life.begin(actor=person, words=words, at=timezone.now())
    except (BadInput, TooOften, SwitchedOff) as error:
        return _words_page(request, asked, words, error)
    return HttpResponseRedirect(f"{petition_path(made.pk)}manage/")


urlpatterns = [
    path("petitions/start/", start, name="petition-start"),
    path("petitions/start/words/", write, name="petition-words"),
]

"""Asking an office in public, reading questions with their answers, and one's own questions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from folkmoot.bodies.answering import accountable_for
from folkmoot.common.errors import BadInput, Fault, NotFound
from folkmoot.common.purpose import labelled
from folkmoot.measures.queries_account import find_area
from folkmoot.people.models import Person
from folkmoot.petitions.actions import questions as actions
from folkmoot.petitions.queries_questions import (
    QuestionLine,
    own_questions,
    question_file,
    questions_like,
)
from folkmoot.petitions.rules import limits
from folkmoot.petitions.rules.questions import QUESTION_RULE, NewQuestion
from folkmoot.places.models import Area
from folkmoot.services.models import Service
from folkmoot.web.forms import Field, Form
from folkmoot.web.pages.people_access import signed_in
from folkmoot.web.pages.petitions import FEED, atom, moment
from folkmoot.web.remembered import remembered


def _matter(request: HttpRequest) -> tuple[Area | None, Service | None, BadInput | None]:
    """The place and service that a question is to be about, as far as they were said rightly."""
    service = Service.objects.filter(slug=request.GET.get("service", "")[:80]).first()
    typed = request.GET.get("place", "")[:120].strip()
    if not typed:
        return None, service, None
    try:
        return find_area(typed), service, None
    except NotFound as error:
        near = ", ".join(name for name, _link in error.suggestions)
        remedy = _("Did you mean: %(near)s?") % {"near": near} if near else _("Type it again.")
        return None, service, BadInput([Fault("place", _("There is no such place."), remedy)])


def _offices(area: Area, service: Service) -> list[tuple[str, str]]:
    """Whom one may ask about a matter: "body/office" and its words, those who decide first."""
    found: dict[str, str] = {}
    for answer in accountable_for(area, service.slug, timezone.localdate()):
        if answer.body is None or answer.role == "no-say":
            continue
        office = answer.office
        if office is None or office.whole:
            found.setdefault(f"{answer.body.slug}/", answer.body.name)
        else:
            words = f"{answer.body.name}: {office.title}"
            found.setdefault(f"{answer.body.slug}/{office.slug}", words)
            found.setdefault(f"{answer.body.slug}/", answer.body.name)
    return list(found.items())


def _form(offices: list[tuple[str, str]]) -> Form:
    words = _("At most %(most)d characters. Plain text; leave out private facts about anybody.")
    return Form(
        "ask",
        _("Ask in public"),
        _("Send the question"),
        "",
        (
            Field("to", _("Whom do you ask?"), "choice", choices=tuple(offices)),
            Field("text", _("Your question"), "words", words % {"most": limits.QUESTION}),
            Field(
                "name",
                _("Your name (you may leave this empty)"),
                "text",
                _("Needed only if it is to be shown."),
            ),
            Field("name_shown", _("Show my name with the question"), "yes"),
            Field(
                "agreed",
                _("I agree that my question is published. It may show what I think."),
                "yes",
                _("You can take it back until a moderator has let it through."),
            ),
        ),
    )


def _asked(area: Area, service: Service, values: dict[str, Any]) -> NewQuestion:
    body, _slash, office = values["to"].partition("/")
    return NewQuestion(
        text=values["text"],
        place=area.code,
        service=service.slug,
        body=body,
        office=office,
        name=values["name"],
        name_shown=values["name_shown"],
        agreed=values["agreed"],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def ask(request: HttpRequest, person: Person) -> HttpResponse:
    """Asks which matter first, then for the question; sends it to the moderators."""
    area, service, wrong = _matter(request)
    if area is None or service is None:
        context = {
            "services": Service.objects.order_by("title"),
            "place": request.GET.get("place", "")[:120],
            "service": service,
            "faults": wrong.faults if wrong else (),
        }
        status = wrong.status if wrong else 200
        return render(request, "pages/questions/matter.html", context, status=status)
    offices = _offices(area, service)
    form, status = _form(offices), 200
    if request.method == "POST":
        form = form.asked({name: str(request.POST.get(name, "")) for name in request.POST})
        try:
            actions.ask(actor=person, new=_asked(area, service, form.values()), at=timezone.now())
        except BadInput as bad:
            own = tuple(replace(f, where="to") if f.where == "body" else f for f in bad.faults)
            form, status = form.refused(own), bad.status
        else:
            return HttpResponseRedirect("/questions/mine/")
    shown: dict[str, Any] = {
        "area": area,
        "service": service,
        "offices": offices,
        "form": form,
        "faults": form.faults,
        "days": QUESTION_RULE.days,
        "within": limits.MODERATION_WITHIN.days,
        "trail": [
            (area.name, f"/place/{area.slug}/"),
            (service.title, f"/place/{area.slug}/{service.slug}/"),
        ],
    }
    return render(request, "pages/questions/ask.html", shown, status=status)


def _narrowing(request: HttpRequest) -> tuple[dict[str, str], Area | None]:
    """What a list of questions is narrowed by, as it was said; and its place. Raises NotFound."""
    asked = {name: request.GET.get(name, "")[:120] for name in ("place", "service", "body")}
    return asked, find_area(asked["place"]) if asked["place"] else None


def _kept(asked: dict[str, str], area: Area | None) -> dict[str, str]:
    """The part of an address that asks for the same again."""
    return {**{k: v for k, v in asked.items() if v}, **({"place": area.slug} if area else {})}


@remembered
def questions(request: HttpRequest) -> HttpResponse:
    """Public questions, newest first, narrowed by place, service and body."""
    asked, area = _narrowing(request)
    before = request.GET.get("before", "")
    lines, onward = questions_like(
        place=area.code if area else "",
        service=asked["service"],
        body=asked["body"],
        today=timezone.localdate(),
        before=int(before) if before.isdecimal() and len(before) < 18 else 0,
    )
    kept = _kept(asked, area)
    context = {
        "lines": lines,
        "asked": asked,
        "same": f"?{urlencode(kept)}" if kept else "",
        "area": area,
        "services": Service.objects.order_by("title"),
        "onward": f"?{urlencode({**kept, 'before': onward})}" if onward else "",
        "days": QUESTION_RULE.days,
    }
    return render(request, "pages/questions/list.html", context)


def _heading(line: QuestionLine) -> str:
    """A question in one line, where its words may be shown."""
    if line.text:
        return Truncator(line.text).words(24)
    return _("Question %(number)d: its words are not shown") % {"number": line.number}


@remembered
def questions_feed(request: HttpRequest) -> HttpResponse:
    """The newest fifty questions of a list as Atom, narrowed as the page is."""
    asked, area = _narrowing(request)
    lines, _onward = questions_like(
        place=area.code if area else "",
        service=asked["service"],
        body=asked["body"],
        today=timezone.localdate(),
        size=FEED,
    )
    kept = _kept(asked, area)
    same = f"?{urlencode(kept)}" if kept else ""
    title = _("Public questions")
    feed = Atom1Feed(
        title=labelled(f"{title}: {area.name}" if area else title),
        link=f"{settings.SITE_URL}/questions/{same}",
        description="",
        subtitle=_("What people asked those who answer for a service, and what they were told."),
        feed_url=f"{settings.SITE_URL}/questions/feed/{same}",
        language=get_language(),
    )
    host = urlsplit(settings.SITE_URL).hostname
    for line in lines:
        ended = line.duty.ended_on if line.duty else None
        feed.add_item(
            title=labelled(_heading(line)),
            link=f"{settings.SITE_URL}{line.path}",
            description=f"{line.service_title}, {line.place_name}. {line.to}. {line.says}",
            pubdate=moment(line.asked_on),
            updateddate=moment(ended or line.asked_on),
            unique_id=f"tag:{host},2026:questions/{line.number}",
        )
    return atom(feed)


@remembered
def question(request: HttpRequest, number: int) -> HttpResponse:
    """One question: how it stands first, then its words, then the answer."""
    file = question_file(number, timezone.localdate())
    line = file.line
    context = {
        "file": file,
        "line": line,
        "said": any(not given.withdrawn for given in file.answers),
        "rule": QUESTION_RULE,
        "trail": [
            (line.place_name, f"/place/{line.place_slug}/"),
            (line.service_title, f"/place/{line.place_slug}/{line.service}/"),
            (_("Questions"), "/questions/"),
        ],
    }
    return render(request, "pages/questions/question.html", context)


@require_safe
@signed_in
def mine(request: HttpRequest, person: Person) -> HttpResponse:
    """What somebody asked, how each stands, and what they may still do."""
    context = {
        "own": own_questions(person, timezone.now()),
        "within": limits.MODERATION_WITHIN.days,
        "trail": [(_("Your account"), "/account/")],
    }
    return render(request, "pages/questions/mine.html", context)


@require_http_methods(["POST"])
@signed_in
def do(request: HttpRequest, person: Person, number: int, what: str) -> HttpResponse:
    """Takes a question back, or asks another moderator to look at it."""
    if what == "withdraw":
        actions.withdraw(actor=person, question=number, at=timezone.now())
    elif what == "appeal":
        text = request.POST.get("text", "")
        actions.appeal(actor=person, question=number, text=text, at=timezone.now())
    else:
        raise NotFound(_("Nothing like this can be done here."))
    return HttpResponseRedirect("/questions/mine/")


urlpatterns = [
    path("ask/", ask, name="ask"),
    path("questions/", questions, name="questions"),
    path("questions/feed/", questions_feed, name="questions-feed"),
    path("questions/mine/", mine, name="questions-mine"),
    path("questions/<int:number>/", question, name="question"),
    path("questions/<int:number>/<slug:what>/", do, name="question-do"),
]

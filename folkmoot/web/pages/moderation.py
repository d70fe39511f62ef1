"""What moderators do with petitions: what waits for them, and one decision at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from folkmoot.bodies.answering import who_answers
from folkmoot.common.errors import BadInput, Conflict, Fault
from folkmoot.people.models import Person
from folkmoot.petitions.actions import appeals, moderating
from folkmoot.petitions.queries_alerts import alerts_for, batches_for
from folkmoot.petitions.queries_moderation import ForModerator, for_moderator, queue
from folkmoot.petitions.queries_questions import waiting_questions
from folkmoot.petitions.queries_search import similar
from folkmoot.petitions.rules import reasons
from folkmoot.petitions.rules.moderation import APPEAL
from folkmoot.petitions.rules.states import (
    HIDDEN,
    MODERATION,
    MOVES,
    OPEN,
    REJECTED,
    WITHDRAWN,
)
from folkmoot.places.models import Area
from folkmoot.web.forms import Field, Form
from folkmoot.web.pages.moderation_alerts import said, shared
from folkmoot.web.pages.people_access import signed_in

_AS_THE_REASON = "usual"
_SHOWN = (
    (_AS_THE_REASON, "What the standard says"),
    ("nothing", "Its title and its text"),
    ("title", "Its title only"),
    ("none", "Neither"),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that may be done, with what it does in a sentence."""

    key: str
    words: str
    does: str


def _choices(one: ForModerator) -> list[Choice]:
    """What may be done with a petition as it stands, or nothing."""
    if one.line is not None and one.line.step == APPEAL:
        uphold = Choice("uphold", _("The first decision was wrong"), _("What it undid goes on."))
        stands = Choice("refuse", _("The first decision stands"), _("The appeal is over."))
        return [stands] if one.erased else [uphold, stands]
    refer = Choice(
        "refer",
        _("Pass it to the body that answers"),
        _("It ends here; the same words wait for the moderators of that body."),
    )
    merge = Choice(
        "merge",
        _("Join it with another"),
        _("It ends here and points to an older one to the same body, which goes on."),
    )
    hide = Choice(
        "hide",
        _("Hide it"),
        _("Nobody can read or sign it. Its signatures stay, and so does what is owed."),
    )
    if one.state == MODERATION:
        opened = _("It is published with its thresholds, and everybody can sign it.")
        refused = _("Its creator is told why and may appeal. It stays listed with the reason.")
        return [
            Choice("open", _("Open it for signatures"), opened),
            Choice("reject", _("Do not accept it"), refused),
            hide,
            merge,
            refer,
        ]
    if one.state == OPEN:
        return [hide, merge, refer] if one.for_site else [hide]
    if one.state == HIDDEN:
        show = Choice("unhide", _("Show it again"), _("It goes on where it was hidden."))
        return [] if one.erased else [show]
    public = one.state != WITHDRAWN or one.opened_on is not None
    return [hide] if public and HIDDEN in MOVES.get(one.state, ()) else []


def _reasons(title: str, *states: str) -> Field:
    known = {
        each.code: _(each.standard)
        for state in states
        for each in reasons.reasons_for(state)
        if state in {REJECTED, HIDDEN}
    }
    return Field("reason", title, "choice", choices=(("", _("None")), *known.items()))


def _form(one: ForModerator, choices: list[Choice], bodies: list[tuple[str, str]]) -> Form:
    keys = {choice.key for choice in choices}
    listed = tuple((choice.key, choice.words) for choice in choices)
    fields = [
        Field("decision", _("What do you do?"), "choice", choices=(("", _("Choose")), *listed))
    ]
    if keys & {"reject", "hide"}:
        title = _("If you do not accept or hide it: which standard is not met?")
        fields.append(_reasons(title, REJECTED if "reject" in keys else HIDDEN))
        shown = tuple((key, _(words)) for key, words in _SHOWN)
        fields.append(Field("shown", _("What stays to be read?"), "choice", choices=shown))
    if "merge" in keys:
        hint = _("The number in the address of its page.")
        fields.append(Field("into", _("If you join it: with which petition?"), "text", hint))
    if "refer" in keys:
        fields.append(
            Field(
                "to", _("If you pass it on: to whom?"), "choice", choices=(("", _("None")), *bodies)
            )
        )
    return Form("decide", _("Decide"), _("Decide"), "", tuple(fields))


def _bodies(one: ForModerator) -> list[tuple[str, str]]:
    """Bodies that answer for anything in the place, but the one that is asked, by name."""
    area = Area.objects.get(code=one.place)
    found = {
        answer.body.slug: answer.body.name
        for service in who_answers(area, timezone.localdate())
        for answer in service.answers
        if answer.body is not None and answer.body.slug != one.body
    }
    return sorted(found.items(), key=lambda each: each[1])


def _hidden(shown: str) -> dict[str, Any]:
    """What is hidden, as the actions take it; None leaves it to the standard."""
    if shown not in {"nothing", "title", "none"}:
        return {"hide_words": None, "hide_title": None}
    return {"hide_words": shown != "nothing", "hide_title": shown == "none"}


def _decide(person: Person, one: ForModerator, keys: set[str], asked: dict[str, Any]) -> None:
    """Do what was chosen. Raises BadInput where that is nothing that can be done now."""
    what = asked["decision"]
    if what not in keys:
        raise BadInput([Fault("decision", _("Nothing is chosen."), _("Choose what to do."))])
    about: dict[str, Any] = {"actor": person, "petition": one.number, "at": timezone.now()}
    if what == "open":
        moderating.open_petition(**about)
    elif what == "reject":
        moderating.reject(**about, reason=asked["reason"], **_hidden(asked["shown"]))
    elif what == "hide":
        title = _hidden(asked["shown"])["hide_title"]
        moderating.hide(**about, reason=asked["reason"], hide_title=title)
    elif what == "unhide":
        moderating.unhide(**about)
    elif what == "merge":
        moderating.merge(**about, into=_number(asked["into"]))
    elif what == "refer":
        if not asked["to"]:
            raise BadInput([Fault("to", _("Nobody is chosen."), _("Choose a body."))])
        moderating.refer(**about, to=asked["to"])
    else:
        appeals.decide_appeal(**about, upheld=what == "uphold")


def _number(text: str) -> int:
    if not (text.isdecimal() and len(text) < 18):
        raise BadInput([Fault("into", _("This is not a number."), _("Write one such as 12."))])
    return int(text)


@require_safe
@signed_in
def waiting(request: HttpRequest, person: Person) -> HttpResponse:
    """Everything that waits for this moderator, what is due first leading."""
    today = timezone.localdate()
    context = {
        "lines": queue(person, today),
        "questions": len(waiting_questions(person, today)),
        "alerts": [(line, said(line)) for line in alerts_for(person, today)],
        "batches": [(batch, shared(batch.kind, "")) for batch in batches_for(person, today)],
        "trail": [(_("Your account"), "/account/")],
    }
    return render(request, "pages/moderation/queue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def petition(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """One petition with its whole text and its clock, and the form for the decision."""
    one = for_moderator(person, number, timezone.localdate())
    barred = one.own or (one.line is not None and bool(one.line.barred))
    choices = [] if barred else _choices(one)
    refers = any(choice.key == "refer" for choice in choices)
    form = _form(one, choices, _bodies(one) if refers else [])
    if request.method == "POST":
        if barred:
            raise Conflict(_("Another moderator must decide on this one."))
        keys = {choice.key for choice in choices}
        form = form.sent(request.POST, lambda said: _decide(person, one, keys, said))
        if not form.faults:
            return HttpResponseRedirect("/moderation/")
    context = {
        "one": one,
        "barred": barred,
        "choices": choices,
        "form": form,
        "faults": form.faults,
        "why": reasons.words_of(one.reason),
        "similar": [
            like for like in similar(one.title, place=one.place, limit=6) if like.number != number
        ],
        "trail": [(_("Moderation"), "/moderation/")],
    }
    return render(request, "pages/moderation/petition.html", context, status=form.status)


urlpatterns = [
    path("moderation/", waiting, name="moderation"),
    path("moderation/petitions/<int:number>/", petition, name="moderation-petition"),
]

"""Public bodies: all of them by kind, and one with its offices, its remits and what it owes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from folkmoot.bodies import queries as bodies
from folkmoot.bodies.answering import everyone_in
from folkmoot.bodies.models import Body
from folkmoot.bodies.rules import BODY_KINDS, ROLES
from folkmoot.common.queries import RecordFilter, acts_like
from folkmoot.duties.queries import Promptness, duties_of, promptness
from folkmoot.petitions.queries_lists import petitions_to
from folkmoot.petitions.queries_meetings import standing_meetings
from folkmoot.places import queries as places
from folkmoot.web.answers import Responsible, owed, post_of, responsible
from folkmoot.web.commitments import commitments_shown
from folkmoot.web.pages.record import entries
from folkmoot.web.remembered import account_seen, remembered, remembered_with_counts
from folkmoot.web.standing_bodies import required_of

_ACTS = 10
_PETITIONS = 5
_MEETINGS = 3


@dataclass(frozen=True, slots=True)
class KindGroup:
    """Bodies of one kind."""

    key: str
    title: str
    bodies: tuple[Body, ...]


@remembered
def all_bodies(request: HttpRequest) -> HttpResponse:
    """Every body there is today, by kind, or those of one kind."""
    chosen = request.GET.get("kind", "")
    by_kind: dict[str, list[Body]] = defaultdict(list)
    for body in bodies.bodies(chosen, on=timezone.localdate()):
        by_kind[body.kind].append(body)
    groups = [
        KindGroup(kind, words, tuple(by_kind[kind]))
        for kind, words in BODY_KINDS.items()
        if by_kind[kind]
    ]
    context = {"groups": groups, "chosen": chosen, "kinds": list(BODY_KINDS.items())}
    return render(request, "pages/bodies.html", context)


@dataclass(frozen=True, slots=True)
class PromptLine:
    """How promptly one body, or all of a kind, has answered: words, and the counts behind them."""

    name: str
    here: bool
    words: str
    counts: Promptness


def prompt_words(counts: Promptness) -> str:
    """ "3 of 4 in time (likely between 30 and 95 in 100)"."""
    if counts.share is None or counts.lower is None or counts.upper is None:
        return _("nothing has fallen due yet, so nothing can be said")
    return _("%(good)d of %(all)d in time (likely between %(low)d and %(high)d in 100)") % {
        "good": counts.in_time,
        "all": counts.settled,
        "low": round(100 * counts.lower),
        "high": round(100 * counts.upper),
    }


def _prompt(body: Body) -> dict[str, object]:
    """The body beside the others of its kind: two queries."""
    of_kind = promptness(body.kind, timezone.localdate())
    own = next((one for one in of_kind.bodies if one.body == body.slug), None)
    lines = [
        PromptLine(one.name, one.body == body.slug, prompt_words(one), one)
        for one in of_kind.bodies
    ]
    others = ngettext(
        "%(count)d other of its kind has never owed an answer here.",
        "%(count)d others of its kind have never owed an answer here.",
        of_kind.silent,
    ) % {"count": of_kind.silent - (own is None)}
    return {
        "own_promptness": PromptLine(body.name, True, prompt_words(own), own) if own else None,
        "kind_promptness": PromptLine(
            BODY_KINDS[body.kind], False, prompt_words(of_kind.all), of_kind.all
        ),
        "prompt_lines": lines,
        "silent_others": others,
    }


@dataclass(frozen=True, slots=True)
class ServiceRemit:
    """One service for which a body answers, in what part, in its own place."""

    title: str
    link: str
    lines: tuple[Responsible, ...]


def _remits(body: Body) -> list[ServiceRemit]:
    """What a body answers for in its own place: four queries; none for one without a place."""
    if body.area is None:
        return []
    everyone = everyone_in(places.surroundings(body.area.slug), timezone.localdate())
    found = []
    for service in everyone.services:
        own = [a for a in service.answers if a.body is not None and a.body.slug == body.slug]
        if own:
            link = f"/place/{body.area.slug}/{service.service}/"
            found.append(ServiceRemit(service.title, link, tuple(responsible(a) for a in own)))
    return found


@remembered_with_counts
def one_body(request: HttpRequest, slug: str) -> HttpResponse:
    """One body: what it answers for, its offices, what it owes, how promptly, its acts."""
    today = timezone.localdate()
    body = bodies.body_by_slug(slug)
    posts = bodies.offices_of(body, today)
    speaks = body.kind == "parliament"
    acts = acts_like(RecordFilter("", "", body.slug, ""), size=_ACTS)
    duties = duties_of(body.slug, today)
    context = {
        "body": body,
        "kind": BODY_KINDS[body.kind],
        "required": required_of(body, today, account_seen(request)),
        "posts": [post_of(office) for office in posts if not office.whole],
        "speaks": speaks,
        "contact": settings.CONTACT,
        "remits": _remits(body),
        "everywhere": [
            (title, f"/service/{service}/", _(ROLES[role]), kinds)
            for service, title, role, kinds in bodies.remits_naming(body.slug, today)
        ],
        "open": [owed(line) for line in duties if line.open],
        "closed": [owed(line) for line in duties if not line.open],
        "meetings": standing_meetings(body.slug, today)[:_MEETINGS],
        "petitions": petitions_to(body.slug, today, limit=_PETITIONS),
        "acts": entries(acts.acts),
        "ended": body.ended if body.ended and body.ended < today else None,
        "trail": [(_("Bodies"), "/bodies/")],
    }
    context |= _prompt(body) | commitments_shown(body, today)
    return render(request, "pages/body.html", context)


urlpatterns = [
    path("bodies/", all_bodies, name="bodies"),
    path("body/<slug:slug>/", one_body, name="body"),
]

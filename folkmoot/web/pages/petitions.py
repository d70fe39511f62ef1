"""All petitions: narrowed by place, service, body and state, in four orders, with feeds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from folkmoot.bodies.models import Body
from folkmoot.bodies.queries import body_by_slug
from folkmoot.common.errors import BadInput, Fault, NotFound
from folkmoot.common.purpose import labelled
from folkmoot.measures.queries_account import find_area
from folkmoot.petitions.queries import PetitionLine, petition_file
from folkmoot.petitions.queries_lists import (
    ASKED,
    NEWEST,
    SORTS,
    TRENDING,
    PetitionFilter,
    petitions_like,
)
from folkmoot.petitions.queries_page import version_of
from folkmoot.petitions.rules.limits import SMALLEST_SHOWN
from folkmoot.petitions.rules.trending import DAMPING
from folkmoot.places.models import Area
from folkmoot.services.models import Service
from folkmoot.web.petition_rows import history, signatures_words, standing
from folkmoot.web.remembered import remembered_with, remembered_with_counts

FIELDS = ("place", "service", "body", "state", "words", "sort")
PAGE, FEED = 25, 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is asked for: as it is filled in again, and as it is looked for."""

    chosen: dict[str, str]
    wanted: PetitionFilter
    area: Area | None
    body: Body | None

    @property
    def query(self) -> str:
        """The part of the address that asks for the same again; "" for everything."""
        return f"?{urlencode(self.chosen)}" if self.chosen else ""


def asked(request: HttpRequest) -> Asked:
    """What ``request`` asks for. Raises BadInput and NotFound, with what is near."""
    given = {name: request.GET.get(name, "").strip()[:120] for name in FIELDS}
    faults = [
        Fault(name, _("This is not text."), _("Type it again."))
        for name, value in given.items()
        if not value.isprintable()
    ]
    if faults:
        raise BadInput(faults)
    area = _area(given["place"]) if given["place"] else None
    body = _body(given["body"]) if given["body"] else None
    wanted = PetitionFilter(
        place=area.code if area else "",
        service=given["service"],
        body=body.slug if body else "",
        state=given["state"],
        words=given["words"],
        sort=given["sort"] or NEWEST,
    )
    chosen = {name: value for name, value in given.items() if value and value != NEWEST}
    if area:
        chosen["place"] = area.slug
    if body:
        chosen["body"] = body.slug
    return Asked(chosen, wanted, area, body)


def _area(text: str) -> Area:
    try:
        return find_area(text)
    except NotFound as error:
        near = [
            (name, f"/petitions/?{urlencode({'place': name})}") for name, _link in error.suggestions
        ]
        raise NotFound(error.message, near) from None


def _body(text: str) -> Body:
    named = Body.objects.filter(name__iexact=text, ended__isnull=True).first()
    if named is not None:
        return named
    try:
        return body_by_slug("-".join(text.split()))
    except NotFound as error:
        near = [
            (name, f"/petitions/?{urlencode({'body': link.strip('/').rpartition('/')[2]})}")
            for name, link in error.suggestions
        ]
        raise NotFound(error.message, near) from None


@remembered_with_counts
def petitions(request: HttpRequest) -> HttpResponse:
    """Petitions as they are asked for, page by page."""
    ask = asked(request)
    after = request.GET.get("after", "")[:60]
    found = petitions_like(ask.wanted, timezone.localdate(), after=after, size=PAGE)
    context = {
        "lines": found.lines,
        "total": found.total,
        "ask": ask,
        "wanted": ask.wanted,
        "narrowed": bool(_narrowing(ask)),
        "services": list(Service.objects.values_list("slug", "title")),
        "states": [(key, _(words)) for key, words in ASKED.items()],
        "sorts": [(key, _(words)) for key, words in SORTS.items()],
        "trending": ask.wanted.sort == TRENDING,
        "damping": DAMPING,
        "least": SMALLEST_SHOWN,
        "next": urlencode({**ask.chosen, "after": found.after}) if found.after else "",
        "first": ask.query or "?" if after else "",
        "json": f"?{urlencode(rows)}" if (rows := _narrowing(ask)) else "",
        "start": urlencode({k: v for k, v in ask.chosen.items() if k in ("place", "service")}),
    }
    return render(request, "pages/petitions/list.html", context)


def _narrowing(ask: Asked) -> dict[str, str]:
    """What narrows a list, without its order: the API has its own."""
    return {name: value for name, value in ask.chosen.items() if name != "sort"}


def moment(day: dt.date) -> dt.datetime:
    """The beginning of a day at this site."""
    return dt.datetime.combine(day, dt.time(), tzinfo=timezone.get_current_timezone())


def _day(line: PetitionLine) -> dt.datetime:
    """When the state of a petition last changed, as far as a list knows."""
    days = [day for day in (line.opened_on, line.ended_on) if day is not None]
    return moment(max(days)) if days else moment(dt.date(1970, 1, 1))


def atom(feed: Atom1Feed) -> HttpResponse:
    """A feed as it is answered."""
    kind = "application/atom+xml; charset=utf-8"
    return HttpResponse(feed.writeString("utf-8"), content_type=kind)


@remembered_with_counts
def petitions_feed(request: HttpRequest) -> HttpResponse:
    """The first fifty petitions of a list as Atom, narrowed and in order as the page is."""
    ask = asked(request)
    found = petitions_like(ask.wanted, timezone.localdate(), size=FEED)
    about = ", ".join(
        text for text in (ask.area.name if ask.area else "", ask.body.name if ask.body else "")
        if text
    )  # fmt: skip
    feed = Atom1Feed(
        title=labelled(f"{_('Petitions')}: {about}" if about else _("Petitions")),
        link=f"{settings.SITE_URL}/petitions/{ask.query}",
        description="",
        subtitle=_("What people ask of those who answer for local services."),
        feed_url=f"{settings.SITE_URL}/petitions/feed/{ask.query}",
        language=get_language(),
    )
    host = urlsplit(settings.SITE_URL).hostname
    for line in found.lines:
        feed.add_item(
            title=labelled(line.heading),
            link=f"{settings.SITE_URL}{line.path}",
            description=" ".join(
                (f"{line.service_title}, {line.place_name}. {line.body_name}.", line.says)
            ),
            pubdate=moment(line.opened_on) if line.opened_on else None,
            updateddate=_day(line),
            unique_id=f"tag:{host},2026:petitions/{line.number}",
        )
    return atom(feed)


@remembered_with(version_of)
def petition_feed(request: HttpRequest, number: int) -> HttpResponse:
    """What happened to one petition as Atom, the newest first."""
    file = petition_file(number, timezone.localdate())
    line = file.line
    feed = Atom1Feed(
        title=labelled(line.heading),
        link=f"{settings.SITE_URL}{line.path}",
        description="",
        subtitle=f"{signatures_words(line.signatures)}. {standing(file)}",
        feed_url=f"{settings.SITE_URL}{line.path}feed/",
        language=get_language(),
    )
    host = urlsplit(settings.SITE_URL).hostname
    for position, event in reversed(list(enumerate(history(file)))):
        feed.add_item(
            title=labelled(event.what),
            link=f"{settings.SITE_URL}{line.path}",
            description=event.what,
            author_name=event.by or None,
            updateddate=moment(event.on),
            unique_id=f"tag:{host},2026:petitions/{number}/{event.on}/{position}",
        )
    return atom(feed)


urlpatterns = [
    path("petitions/", petitions, name="petitions"),
    path("petitions/feed/", petitions_feed, name="petitions-feed"),
    path("petitions/<int:number>/feed/", petition_feed, name="petition-feed"),
]

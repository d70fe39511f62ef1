"""The public record: what offices did, for ever, with a feed for each place, service and body."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.feedgenerator import Atom1Feed
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from folkmoot.common.acts import REASON_WORDS, VERBS, WITHDRAWAL_REASONS
from folkmoot.common.errors import BadInput, Fault, NotFound
from folkmoot.common.models import PublicAct
from folkmoot.common.plain_text import to_html
from folkmoot.common.purpose import labelled
from folkmoot.common.queries import (
    RecordFilter,
    act_by_number,
    acts_like,
    bodies_in_record,
)
from folkmoot.places import queries as places
from folkmoot.places.models import Area
from folkmoot.services.models import Service
from folkmoot.web.remembered import remembered

FIELDS = ("place", "service", "body", "verb")
PAGE, FEED = 50, 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One act as it is read: who did what to what, where, and why."""

    number: int
    at: datetime
    office: str
    did: str
    why: str
    subject: str
    link: str
    place: str
    place_link: str
    service: str
    service_link: str
    body: str
    has_note: bool


def verb_words(verb: str) -> str:
    """What ``verb`` reads as; an act of an older version may have one that is no longer used."""
    return _(VERBS[verb].words) if verb in VERBS else verb.replace("-", " ")


def entries(acts: Iterable[PublicAct]) -> list[Entry]:
    """Acts as they are read: two queries for the names of places and services."""
    acts = list(acts)
    codes = {act.place for act in acts if act.place}
    keys = {act.service for act in acts if act.service}
    areas = {a.code: a for a in Area.objects.filter(code__in=codes)} if codes else {}
    titles = (
        dict(Service.objects.filter(slug__in=keys).values_list("slug", "title")) if keys else {}
    )
    read = []
    for act in acts:
        area = areas.get(act.place)
        read.append(
            Entry(
                number=act.pk,
                at=act.at,
                office=act.office,
                did=verb_words(act.verb),
                why=_(REASON_WORDS.get(act.reason, act.reason)) if act.reason else "",
                subject=act.subject,
                link=act.link,
                place=area.name if area else act.place,
                place_link=places.place_path(area.slug) if area else "",
                service=titles.get(act.service, act.service),
                service_link=f"/service/{act.service}/" if act.service in titles else "",
                body=act.body,
                has_note=hasattr(act, "note"),
            )
        )
    return read


def _area_called(text: str) -> Area:
    """The place with this code, address or name. Raises NotFound with ways to ask again."""
    try:
        return (
            places.area_by_code(text) if text[-1:].isdigit() else places.area_by_slug(slugify(text))
        )
    except NotFound as error:
        near = places.search(text, 5)
        raise NotFound(
            error.message, [(place.name, f"/record/?place={place.slug}") for place in near]
        ) from None


def filter_of(request: HttpRequest) -> tuple[RecordFilter, Area | None]:
    """What ``request`` asks of the record. Raises BadInput and NotFound."""
    asked = {name: request.GET.get(name, "").strip()[:120] for name in FIELDS}
    faults = [
        Fault(name, _("This is not text."), _("Type it again."))
        for name, value in asked.items()
        if not value.isprintable()
    ]
    if faults:
        raise BadInput(faults)
    area = _area_called(asked["place"]) if asked["place"] else None
    service = asked["service"]
    if service and not Service.objects.filter(slug=service).exists():
        raise NotFound(
            _("There is no service of that name here."),
            [(s.title, f"/record/?service={s.slug}") for s in Service.objects.all()],
        )
    code = area.code if area else ""
    return RecordFilter(code, service, asked["body"], asked["verb"]), area


def _number(text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise BadInput(
            [Fault("below", _("This is not a number."), _("Follow the links."), value=text[:40])]
        )
    return int(text)


@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """The acts of all offices, newest first, narrowed by place, service, body and verb."""
    wanted, area = filter_of(request)
    found = acts_like(wanted, below=_number(request.GET.get("below", "")), size=PAGE)
    chosen = {**wanted.chosen(), **({"place": area.slug} if area else {})}
    query = urlencode(chosen)
    older = urlencode({**chosen, "below": found.older_than}) if found.older_than else ""
    context = {
        "entries": entries(found.acts),
        "wanted": wanted,
        "area": area,
        "older": older,
        "newest": f"?{query}" if "below" in request.GET else "",
        "feed": f"/record/feed/{f'?{query}' if query else ''}",
        "services": Service.objects.all(),
        "bodies": bodies_in_record(),
        "verbs": [(verb, verb_words(verb)) for verb in VERBS],
    }
    return render(request, "pages/record.html", context)


def note_of(act: PublicAct) -> tuple[SafeString | None, str]:
    """The words beside ``act`` as HTML, or None; and why they are gone, if they are."""
    note = getattr(act, "note", None)
    if note is None:
        return None, ""
    if note.withdrawn_at is None:
        return to_html(note.text), ""
    reason = note.withdrawn_reason
    return None, _(WITHDRAWAL_REASONS.get(reason, reason))


@require_safe
def record_act(request: HttpRequest, number: int) -> HttpResponse:
    """One act: how it reads, its canonical form and the SHA-256 of that."""
    act = act_by_number(number)
    note, withdrawn = note_of(act)
    context = {
        "act": act,
        "entry": entries([act])[0],
        "note": note,
        "withdrawn": withdrawn,
        "withdrawn_at": act.note.withdrawn_at if withdrawn else None,
        "trail": [(_("Public record"), "/record/")],
    }
    return render(request, "pages/record_act.html", context)


@require_safe
def record_act_canonical(request: HttpRequest, number: int) -> HttpResponse:
    """The bytes of one act's canonical form, exactly as they were digested."""
    act = act_by_number(number)
    return HttpResponse(act.canonical.encode(), content_type="application/json")


@remembered
def record_feed(request: HttpRequest) -> HttpResponse:
    """The newest acts as Atom, narrowed as the page is."""
    wanted, area = filter_of(request)
    chosen = {**wanted.chosen(), **({"place": area.slug} if area else {})}
    query = f"?{urlencode(chosen)}" if chosen else ""
    verb = verb_words(wanted.verb) if wanted.verb else ""
    parts = (area.name if area else "", wanted.service, wanted.body, verb)
    of = ", ".join(part for part in parts if part)
    feed = Atom1Feed(
        title=labelled(f"{_('Public record')}: {of}" if of else _("Public record")),
        link=f"{settings.SITE_URL}/record/{query}",
        description="",
        subtitle=_("What offices did, newest first. Nothing here is ever changed."),
        feed_url=f"{settings.SITE_URL}/record/feed/{query}",
        language=get_language(),
    )
    host = urlsplit(settings.SITE_URL).hostname
    for entry in entries(acts_like(wanted, size=FEED).acts):
        said = (entry.why, entry.place, entry.service, entry.body)
        feed.add_item(
            title=labelled(f"{entry.office} {entry.did}: {entry.subject}"),
            link=f"{settings.SITE_URL}/record/{entry.number}/",
            description=". ".join(part for part in said if part),
            author_name=entry.office,
            pubdate=entry.at,
            updateddate=entry.at,
            unique_id=f"tag:{host},{entry.at:%Y-%m-%d}:record/{entry.number}",
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml")


urlpatterns = [
    path("record/", record, name="record"),
    path("record/feed/", record_feed, name="record-feed"),
    path("record/<int:number>/", record_act, name="record-act"),
    path("record/<int:number>/canonical.json", record_act_canonical, name="record-act-canonical"),
]

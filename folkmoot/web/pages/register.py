"""The public register of stepping in, and of keeping out, with a feed. Of the record only."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from folkmoot.common.errors import BadInput, Fault, NotFound
from folkmoot.common.purpose import labelled
from folkmoot.framework.cases.elsewhere import INCOMPLETE, elsewhere
from folkmoot.framework.cases.news import newest_in_cases
from folkmoot.framework.cases.queries import CaseFilter, register, steps_of_record
from folkmoot.framework.cases.rules import REFUSE, STATES
from folkmoot.measures.queries_account import find_area
from folkmoot.places.models import Area
from folkmoot.services.models import Service
from folkmoot.web.pages.cases_rows import case_rows, did_words, names_of, office_name, titled
from folkmoot.web.remembered import remembered

FIELDS = ("place", "service", "step", "state", "which")
PAGE, FEED = 50, 50


def which_words() -> dict[str, str]:
    """The lists there are, in words."""
    return {
        "all": _("everything"),
        "interventions": _("where notice was given or the centre stepped in"),
        "non-interventions": _("where it stayed a matter for the local people"),
    }


def _asked(request: HttpRequest) -> tuple[dict[str, str], CaseFilter, Area | None]:
    """What ``request`` asks of the register. Raises BadInput and NotFound."""
    asked = {name: request.GET.get(name, "").strip()[:120] for name in FIELDS}
    faults = [
        Fault(name, _("This is not text."), _("Type it again."))
        for name, value in asked.items()
        if not value.isprintable()
    ]
    if faults:
        raise BadInput(faults)
    area: Area | None = None
    if asked["place"]:
        try:
            area = find_area(asked["place"])
        except NotFound as error:
            near = [
                (name, f"/interventions/?{urlencode({'place': name})}")
                for name, _link in error.suggestions
            ]
            raise NotFound(error.message, near) from None
    wanted = CaseFilter(
        place=area.code if area else "",
        service=asked["service"],
        step=asked["step"],
        state=asked["state"],
        which=asked["which"] or "all",
    )
    chosen = {name: value for name, value in asked.items() if value and value != "all"}
    return chosen, wanted, area


def _below(text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise BadInput([Fault("below", _("This is not a number."), _("Follow the links."))])
    return int(text)


@remembered
def interventions(request: HttpRequest) -> HttpResponse:
    """Every proposal to step in and what came of it, newest first."""
    chosen, wanted, area = _asked(request)
    today = timezone.localdate()
    found = register(wanted, today, below=_below(request.GET.get("below", "")), size=PAGE)
    titles = dict(Service.objects.values_list("slug", "title"))
    query = urlencode(chosen)
    context = {
        "rows": case_rows(found.lines, titles),
        "total": found.total,
        "narrowed": bool(chosen),
        "wanted": wanted,
        "area": area,
        "services": titles.items(),
        "steps": [(key, titled(key, title)) for key, title in steps_of_record().items()],
        "states": [(key, _(words)) for key, words in STATES.items()],
        "lists": which_words().items(),
        "elsewhere": elsewhere(today, place=wanted.place),
        "incomplete": INCOMPLETE,
        "older": urlencode({**chosen, "below": found.older_than}) if found.older_than else "",
        "newest": f"?{query}" if "below" in request.GET else "",
        "feed": f"/interventions/feed/{f'?{query}' if query else ''}",
    }
    return render(request, "pages/interventions.html", context)


@remembered
def interventions_feed(request: HttpRequest) -> HttpResponse:
    """What was done in the cases as Atom, newest first, narrowed as the page is."""
    chosen, wanted, area = _asked(request)
    query = f"?{urlencode(chosen)}" if chosen else ""
    found = newest_in_cases(wanted, timezone.localdate(), size=FEED)
    titles = dict(Service.objects.values_list("slug", "title"))
    title = _("Stepping in, or not")
    feed = Atom1Feed(
        title=labelled(f"{title}: {area.name}" if area else title),
        link=f"{settings.SITE_URL}/interventions/{query}",
        description="",
        subtitle=_("Every proposal of the centre to step in, and what came of it."),
        feed_url=f"{settings.SITE_URL}/interventions/feed/{query}",
        language=get_language(),
    )
    host = urlsplit(settings.SITE_URL).hostname
    did = did_words()
    rows = case_rows((news.line for news in found), titles)
    for news, row in zip(found, rows, strict=True):
        line = news.line
        who = office_name(news.office, names_of(line))
        what = did.get(news.what, news.what)
        why = news.reason_words if news.what != REFUSE else ""
        feed.add_item(
            title=labelled(f"{row.step}: {row.service}, {line.place_name}: {who} {what}"),
            link=f"{settings.SITE_URL}{line.path}",
            description=f"{f'{capfirst(why)}. ' if why else ''}{line.says}",
            author_name=who,
            pubdate=news.at,
            updateddate=news.at,
            unique_id=f"tag:{host},{news.on:%Y-%m-%d}:interventions/{line.id}/{news.number}",
        )
    response = HttpResponse(content_type="application/atom+xml; charset=utf-8")
    feed.write(response, "utf-8")
    return response


urlpatterns = [
    path("interventions/", interventions),
    path("interventions/feed/", interventions_feed),
]

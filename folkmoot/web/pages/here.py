"""Who answers here: a postcode or a place in, a table out, service by service."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from folkmoot.bodies.answering import Everyone, everyone_in
from folkmoot.bodies.rules import ServiceAnswers
from folkmoot.common.errors import Fault
from folkmoot.duties.queries import DutyLine, owed_in
from folkmoot.framework.queries import Below, failing_in
from folkmoot.measures.queries import Verdicts, verdicts_in
from folkmoot.petitions.queries import PetitionLine
from folkmoot.petitions.queries_lists import near
from folkmoot.places import queries as places
from folkmoot.places.models import Area
from folkmoot.places.rules import LOWER_TIER
from folkmoot.web import wording
from folkmoot.web.answers import Answers, Owed, answers_of, owed, speakers
from folkmoot.web.pages.find import LONGEST, found_query, may_be_postcode, postcode_in
from folkmoot.web.pages.place import ORDER
from folkmoot.web.remembered import remembered_with_counts

_PETITIONS = 100  # so many of the most signed are looked through for one of each service


@dataclass(frozen=True, slots=True)
class Doing:
    """How one body that serves the place does on a service: signs, words, and what is failing."""

    name: str
    link: str
    own: bool
    verdicts: tuple[str, ...]
    words: str
    below: str


@dataclass(frozen=True, slots=True)
class ToDo:
    """One thing to do about a service: what it says, and where it leads."""

    words: str
    link: str


@dataclass(frozen=True, slots=True)
class HereRow:
    """One service in the table."""

    title: str
    link: str
    answers: Answers
    doing: tuple[Doing, ...]
    owed: tuple[Owed, ...]
    todo: ToDo

    @property
    def open(self) -> str:
        """How many gaps and overlaps there are, in words; "" for none."""
        gaps, overlaps = len(self.answers.gaps), len(self.answers.overlaps)
        parts = [
            ngettext("%(count)d gap", "%(count)d gaps", gaps) % {"count": gaps} if gaps else "",
            ngettext("%(count)d overlap", "%(count)d overlaps", overlaps) % {"count": overlaps}
            if overlaps
            else "",
        ]
        return ", ".join(part for part in parts if part)


# Exempt from the form token as /find/ is: it changes nothing, sets no cookie and tells a
# stranger's page nothing.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def here(request: HttpRequest) -> HttpResponse:
    """Asks for a postcode or a place, and leads to the place's page."""
    if request.method != "POST":
        return render(request, "pages/here_form.html", {})
    text = " ".join(request.POST.get("what", "")[:LONGEST].split())
    if not text:
        return _again(request, Fault("what", _("Nothing was typed."), _("Type a postcode.")))
    postcode = postcode_in(text)
    if postcode is None and not may_be_postcode(text):
        found = places.search(text, limit=6)
        if found and (len(found) == 1 or found[0].name.casefold() == text.casefold()):
            return _lead(found[0].slug)
        if found:
            response = render(request, "pages/here_form.html", {"found": found, "what": text})
            response["Cache-Control"] = "no-store"
            return response
        fault = Fault("what", _("We know no such place."), _("Check the spelling, or choose one."))
        return _again(request, fault)
    answer = places.find_postcode(postcode or text)
    if answer.district is None:
        remedy = _("Type a whole postcode such as LS1 1UR, or the name of your council.")
        return _again(request, Fault("postcode", answer.note, remedy, kind=answer.kind))
    return _lead(answer.district.slug, found_query(answer))


def _lead(slug: str, query: str = "") -> HttpResponse:
    response = HttpResponseRedirect(f"/here/{slug}/{'?' if query else ''}{query}")
    response["Cache-Control"] = "no-store"
    return response


def _again(request: HttpRequest, fault: Fault) -> HttpResponse:
    response = render(request, "pages/here_form.html", {"fault": fault}, status=400)
    response["Cache-Control"] = "no-store"
    return response


@remembered_with_counts
def here_place(request: HttpRequest, slug: str) -> HttpResponse:
    """Who answers in one place, service by service: at most eight queries."""
    today = timezone.localdate()
    around = places.surroundings(slug)
    area = around.area
    everyone = everyone_in(around, today)
    seen = _serving(everyone)
    ids = [place.pk for place in seen]
    verdicts = verdicts_in(ids)
    below = failing_in(ids, today)
    duties = owed_in([place.code for place in seen], _bodies(everyone), today)
    asked = near([place.code for place in seen], today, limit=_PETITIONS)
    rows = [_row(one, area, seen, verdicts, below, duties, asked) for one in everyone.services]
    shown = {line.id for row in rows for line in row.owed}
    found = request.GET.get("found", "")
    # Only a postcode that is in the official directory tells its constituency.
    constituency = request.GET.get("mp", "") if found == "exact" else ""
    context = {
        "area": area,
        "rows": rows,
        "speakers": speakers(everyone.members, constituency),
        "found": found,
        "here": True,
        "today": today,
        "others": [owed(line) for line in duties if line.id not in shown],
        "trail": [(_("Who answers"), "/here/"), (area.name, f"/place/{area.slug}/")],
    }
    return render(request, "pages/here.html", context)


def _serving(everyone: Everyone) -> tuple[Area, ...]:
    """The place and those above it that serve it; not what a county holds."""
    area = everyone.areas[0]
    if area.kind in LOWER_TIER:
        return everyone.areas
    return tuple(place for place in everyone.areas if place.kind not in LOWER_TIER)


def _bodies(everyone: Everyone) -> set[str]:
    return {a.body.slug for found in everyone.services for a in found.answers if a.body is not None}


def _row(
    found: ServiceAnswers,
    area: Area,
    seen: Sequence[Area],
    verdicts: Sequence[Verdicts],
    below: Sequence[Below],
    duties: Sequence[DutyLine],
    asked: Sequence[PetitionLine],
) -> HereRow:
    answers = answers_of(found)
    doing = _doing(found.service, area, seen, verdicts, below)
    codes = {place.code for place in seen}
    mine = [d for d in duties if d.service == found.service and d.place in codes]
    return HereRow(
        title=found.title,
        link=doing[0].link if doing else f"/place/{area.slug}/{found.service}/",
        answers=answers,
        doing=doing,
        owed=tuple(owed(line) for line in mine),
        todo=_todo(answers, doing, mine, [p for p in asked if p.service == found.service]),
    )


def _doing(
    service: str,
    area: Area,
    seen: Sequence[Area],
    verdicts: Iterable[Verdicts],
    below: Iterable[Below],
) -> tuple[Doing, ...]:
    """How each body compared in the service does, the place itself first."""
    of = {v.area: v.verdicts for v in verdicts if v.service == service}
    failing: dict[int, int] = defaultdict(int)
    for one in below:
        if one.service == service:
            failing[one.area] += one.count
    lines = []
    for place in seen:
        said = of.get(place.pk, ())
        if not said and not failing[place.pk]:
            continue
        pairs = similar_or_nation(said, wording.benchmark_for(place.kind))
        lines.append(
            Doing(
                name=place.name,
                link=f"/place/{place.slug}/{service}/",
                own=place.pk == area.pk,
                verdicts=pairs,
                words=wording.service_counts(pairs, len(said)) if pairs else "",
                below=_below(failing[place.pk]),
            )
        )
    return tuple(lines)


def similar_or_nation(said: Collection[tuple[str, str]], benchmark: str) -> tuple[str, ...]:
    """The leading verdicts of (against similar, against nation) pairs, from better to worse."""
    at = 0 if benchmark == "similar" else 1
    found = [pair[at] for pair in said if pair[at] != "not-compared"]
    return tuple(sorted(found, key=ORDER.index))


def _below(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "below the minimum on %(count)d standard",
        "below the minimum on %(count)d standards",
        count,
    ) % {"count": count}


def _todo(
    answers: Answers,
    doing: Sequence[Doing],
    duties: Sequence[DutyLine],
    asked: Sequence[PetitionLine],
) -> ToDo:
    """One thing to do: about what is failing, then what is owed, then what is asked for and may
    still be signed, then to look closer."""
    decider = next((a for a in (*answers.decides, *answers.delivers) if a.link), None)
    failing = next((line for line in doing if line.below), None)
    if failing is not None and decider is not None:
        words = _("Ask %(body)s what it will do about the minimum") % {"body": decider.who}
        return ToDo(words, decider.homepage or decider.link)
    if duties:
        words = _("Read what %(body)s owes") % {"body": duties[0].body_name}
        return ToDo(words, f"/body/{duties[0].body}/")
    if asked:
        words = _("Read a petition, and sign if you agree: %(title)s") % {"title": asked[0].heading}
        return ToDo(words, asked[0].path)
    if doing:
        return ToDo(_("See how it is doing, and judge"), doing[0].link)
    if decider is not None:
        words = _("Ask %(body)s how it is doing: nothing is published here") % {"body": decider.who}
        return ToDo(words, decider.homepage or decider.link)
    return ToDo("", "")

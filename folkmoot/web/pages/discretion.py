"""What is left to places in one service: what is required, and the range of what places have."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from folkmoot.framework import queries
from folkmoot.framework.queries_discretion import ASKED, BOUND, FREE, Choice
from folkmoot.framework.queries_discretion import discretion as find
from folkmoot.measures.queries import MeasureFacts, edition
from folkmoot.measures.rules.periods import label
from folkmoot.web import wording
from folkmoot.web.pages.services import service_by_slug
from folkmoot.web.remembered import account_seen, remembered
from folkmoot.web.requirements import everywhere, sorted_out


@dataclass(frozen=True, slots=True)
class Range:
    """What places have of one measure: from one tenth to nine tenths of them, and the middle."""

    choice: Choice
    period: str
    low: str
    middle: str
    high: str


def _range(choice: Choice, measure: MeasureFacts) -> Range:
    return Range(
        choice,
        label(choice.period) if choice.period else "",
        *(wording.number(value, measure) for value in (choice.low, choice.middle, choice.high)),
    )


def _titles() -> list[tuple[str, str]]:
    return [
        (FREE, _("Left to places: the range of what they have")),
        (ASKED, _("Asked for, but no minimum")),
        (BOUND, _("Bound by a limit or national standard")),
    ]


@remembered
def discretion(request: HttpRequest, slug: str) -> HttpResponse:
    """One service: what the framework requires of it; everything else is for local decision."""
    service = service_by_slug(slug)
    today = timezone.localdate()
    in_use = queries.current(today)
    found = find(slug, in_use, today)
    facts = {measure.slug: measure for measure in edition(account_seen(request)).of_service(slug)}
    ranges = [_range(c, facts[c.measure]) for c in found.choices if c.measure in facts]
    context = {
        "service": service,
        "framework": in_use.framework,
        "required": sorted_out(in_use.framework, everywhere(found.required), today),
        "tables": [
            (key, title, own)
            for key, title in _titles()
            if (own := [r for r in ranges if r.choice.under == key])
        ],
        "trail": [
            (_("Services"), "/services/"),
            (service.title, f"/service/{service.slug}/"),
        ],
    }
    return render(request, "pages/discretion.html", context)

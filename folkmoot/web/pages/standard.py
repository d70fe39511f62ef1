"""One standard: what it asks, how every place stands on it, and how we know."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from folkmoot.bodies.rules import BODY_KINDS
from folkmoot.common.errors import NotFound
from folkmoot.framework import queries
from folkmoot.framework.catalogue import KIND_WORDS, Standard
from folkmoot.framework.queries import Held, InUse
from folkmoot.framework.rules.wording import no_figures, unreached
from folkmoot.measures.queries import MeasureFacts, edition
from folkmoot.measures.rules.periods import label
from folkmoot.places.rules import KINDS
from folkmoot.web import wording
from folkmoot.web.remembered import remembered
from folkmoot.web.reporting import report_path, reportable
from folkmoot.web.requirements import (
    affected_heading,
    affected_words,
    dates_of,
    in_force,
    line_words,
    shortfall_words,
    uncounted,
    uncounted_words,
)
from folkmoot.web.standing_bodies import table_on
from folkmoot.web.templatetags.folkmoot import sign

_WORST = 10


def draw_standings(held: Iterable[Held], measure: MeasureFacts) -> SafeString:
    """Standings as rows of a table. Every text in them is escaped here."""
    drawn = []
    for one in held:
        fact = one.fact
        mark = f"{sign('failing')} " if fact.failing else ""
        css = ' class="is-failing"' if fact.failing else ""
        link = f"/place/{one.area_slug}/{one.standard.service}/#required"
        if fact.value is None:
            why = wording.number_or_mark(None, fact.status, measure)
            cells = f'<td colspan="4" class="fm-quiet">{escape(why)}</td>'
        else:
            link_to = report_path(fact.release, fact.row)
            bare = wording.number_alone(fact.value, measure)
            figure = reportable(bare, link_to, one.area_name)
            cells = (
                f'<td class="n">{figure}</td>'
                f'<td class="n">{escape(shortfall_words(fact.shortfall, measure))}</td>'
                f'<td class="n">{fact.consecutive or ""}</td>'
                f'<td class="n">{escape(affected_words(fact))}</td>'
            )
        drawn.append(
            f'<tr><th scope="row"><a href="{link}">{escape(one.area_name)}</a></th>{cells}'
            f"<td{css}>{mark}{escape(_(one.says))}</td></tr>\n"
        )
    return mark_safe("".join(drawn))  # noqa: S308 — numbers, and texts escaped above


def _standard(in_use: InUse, key: str) -> Standard:
    found = in_use.framework.standard(key)
    if found is None:
        words = set(key.split("-"))
        near = sorted(in_use.framework.standards, key=lambda s: -len(words & set(s.id.split("-"))))
        raise NotFound(
            _("There is no standard of that name here."),
            [(s.title, f"/standard/{s.id}/") for s in near[:5]],
        )
    return found


@remembered
def standard(request: HttpRequest, key: str) -> HttpResponse:
    """One standard of the framework in use, and every place on it."""
    today = timezone.localdate()
    in_use = queries.current(today)
    found = _standard(in_use, key)
    current = edition()
    measure = next((m for m in current.facts.values() if m.slug == found.measure), None)
    held = queries.worst(key, in_use) if measure else []
    failing = [one for one in held if one.fact.failing]
    known = [one for one in held if one.fact.state in ("meets", "below")]
    below = [one for one in known if one.fact.state == "below"]
    no_counts = bool(below) and all(uncounted(found, one.fact, measure) for one in below)
    service = next(
        (m.service_title for m in current.facts.values() if m.service == found.service), ""
    )
    context = {
        "framework": in_use.framework,
        "standard": found,
        "kind": _(KIND_WORDS[found.kind]),
        "asked": in_force(found, today),
        "no_figures": _(no_figures(found)),
        "unreached": any(unreached(found, one.fact.due, today) for one in known),
        "dates": dates_of(found),
        "kinds": [
            *sorted(KINDS[kind][0] for kind in found.applies_to),
            *sorted(BODY_KINDS[kind] for kind in found.bodies),
        ],
        "table": table_on(found, in_use, measure, request.GET.get("bodies", ""))
        if measure
        else None,
        "measure": measure,
        "line": line_words(found, measure),
        "affected": affected_heading(measure),
        "period": label(held[0].fact.period) if held else "",
        "failing": len(failing),
        "below": len(below),
        "known": len(known),
        "unknown": len(held) - len(known),
        "worst": [
            (one, f"/place/{one.area_slug}/{found.service}/#required") for one in below[:_WORST]
        ],
        "uncounted": uncounted_words() if no_counts else "",
        "rows": draw_standings(held, measure) if measure else None,
        "service": service,
        "trail": [
            (_("What is required"), "/frameworks/"),
            (in_use.framework.title, f"/framework/{in_use.framework.slug}/"),
        ],
    }
    return render(request, "pages/standard.html", context)

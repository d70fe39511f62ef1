"""One standard: what it asks, how every place stands on it, and how we know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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


@dataclass(frozen=True, slots=True)
class Group:
    """Places that stand alike on a standard: ``says`` how many and how, ``rows`` of a table."""

    says: str
    failing: bool
    rows: SafeString


def _group_words(key: str, count: int) -> str:
    """How many places stand so, in words that need no others beside them."""
    if key == "failing":
        said = ngettext("%d place below the minimum", "%d places below the minimum", count)
    elif key == "below":
        said = ngettext("%d place short of the line", "%d places short of the line", count)
    elif key == "meets":
        said = ngettext("%d place at the line or better", "%d places at the line or better", count)
    else:
        said = ngettext(
            "%d place of which it cannot be said", "%d places of which it cannot be said", count
        )
    return said % count


def groups_of(held: Iterable[Held], measure: MeasureFacts) -> list[Group]:
    """Standings by how they stand, below the minimum first; each group in the order of ``held``."""
    found: dict[str, list[Held]] = {"failing": [], "below": [], "meets": [], "": []}
    for one in held:
        key = "failing" if one.fact.failing else one.fact.state
        found[key if key in found else ""].append(one)
    return [
        Group(_group_words(key, len(own)), key == "failing", draw_standings(own, measure))
        for key, own in found.items()
        if own
    ]


def _worst(below: Iterable[Held], measure: MeasureFacts | None) -> list[tuple[Held, str, str]]:
    """(a standing, where it is told, how far short it is) of those furthest from the line."""
    if measure is None:
        return []
    return [
        (
            one,
            f"/place/{one.area_slug}/{one.standard.service}/#required",
            _("%(figure)s, %(points)s short of the line")
            % {
                "figure": wording.number(one.fact.value, measure),
                "points": shortfall_words(one.fact.shortfall, measure),
            },
        )
        for one in below
    ]


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
        "worst": _worst(below[:_WORST], measure),
        "uncounted": uncounted_words() if no_counts else "",
        "groups": groups_of(held, measure) if measure else (),
        # Whoever chose an order of the bodies wants to see them.
        "unfolded": "bodies" in request.GET,
        "service": service,
        "trail": [
            (_("What is required"), "/frameworks/"),
            (in_use.framework.title, f"/framework/{in_use.framework.slug}/"),
        ],
    }
    return render(request, "pages/standard.html", context)

"""Where bodies stand on what is required of them, ready to print. Nothing here ranks a body."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from folkmoot.bodies.models import Body
from folkmoot.bodies.queries import body_path
from folkmoot.bodies.rules import BODY_KINDS
from folkmoot.bodies.trusts import KIND as TRUST
from folkmoot.bodies.trusts import code_of_trust
from folkmoot.framework.catalogue import Standard
from folkmoot.framework.queries import Held, InUse, current
from folkmoot.framework.queries_bodies import bodies_on, history_of_body
from folkmoot.framework.rules.wording import in_breach
from folkmoot.measures.catalogue import BODY_CODES
from folkmoot.measures.queries import Edition, MeasureFacts, edition
from folkmoot.measures.rules.periods import label
from folkmoot.web import wording
from folkmoot.web.reporting import report_path, reportable
from folkmoot.web.requirements import (
    Requirement,
    affected_heading,
    affected_words,
    in_force,
    line_words,
    requirement_of,
    shortfall_words,
    unjudged,
)
from folkmoot.web.templatetags.folkmoot import sign


@dataclass(frozen=True, slots=True)
class Month:
    """One published period of a body on a standard."""

    period: str
    figure: SafeString
    short: str
    in_a_row: str
    people: str
    says: str
    failing: bool


@dataclass(frozen=True, slots=True)
class Course:
    """A body on one standard: every period, newest first."""

    title: str
    affected: str
    months: tuple[Month, ...]


@dataclass(frozen=True, slots=True)
class BodyRequired:
    """What is required of a body and where it stands. ``lead`` says it first, in sentences.

    ``services``: (title, link) of those of which anything is asked. ``needs`` are standards in
    force, and empty where no published figure counts anybody there; ``over`` no longer, or not
    yet, in force; ``unjudged`` in force, of which there are no figures here.
    """

    lead: str
    failing: bool
    needs: tuple[Requirement, ...]
    over: tuple[Requirement, ...]
    unjudged: tuple[Requirement, ...]
    courses: tuple[Course, ...]
    services: tuple[tuple[str, str], ...]


def required_of(body: Body, on: dt.date, version: str = "") -> BodyRequired | None:
    """What is required of a body; None where nothing is asked of its kind.

    ``version`` of the account, if it has only just been asked. Two queries, and after a build
    those of ``edition``.
    """
    if body.kind not in BODY_CODES:
        return None
    in_use, known = current(on), edition(version)
    every = [s for s in in_use.framework.standards if body.kind in s.bodies]
    asked = [s for s in every if s.measure]
    if not every:
        return None
    held = history_of_body(body.pk, in_use)
    of = {s.id: [one for one in held if one.standard.id == s.id] for s in asked}
    newest = [one for s in asked for one in of[s.id] if one.newest]
    newest.sort(key=lambda one: not one.fact.failing)
    now = [one for one in newest if in_force(one.standard, on)]
    titles = {m.service: m.service_title for m in known.facts.values()}
    services = dict.fromkeys(s.service for s in asked if s.service)
    return BodyRequired(
        lead=_lead(now[0], of[now[0].standard.id], known) if now else "",
        failing=bool(now and now[0].fact.failing),
        needs=tuple(requirement_of(one, known) for one in now),
        over=tuple(requirement_of(one, known) for one in newest if one not in now),
        unjudged=tuple(unjudged(s) for s in every if not s.measure and in_force(s, on)),
        courses=tuple(
            Course(
                s.title,
                affected_heading(_measure(of[s.id][0], known)),
                tuple(_month(one, known) for one in reversed(of[s.id])),
            )
            for s in asked
            if of[s.id]
        ),
        services=tuple((titles[key], f"/service/{key}/") for key in services if key in titles),
    )


def _measure(one: Held, known: Edition) -> MeasureFacts:
    return known.measure(one.fact.measure)


def _lead(one: Held, course: Sequence[Held], known: Edition) -> str:
    """ "Below the minimum … In July 2025, 11,787 of 45,915 waited longer than four hours …"."""
    fact, measure = one.fact, _measure(one, known)
    said = [_(one.says)]
    if fact.value is None:
        said.append(_("The newest month is %(period)s.") % {"period": label(fact.period)})
        last = next((other for other in reversed(course) if other.fact.value is not None), None)
        if last is not None:
            words = {
                "period": label(last.fact.period),
                "cases": in_breach(last.standard, last.fact),
            }
            said.append(_("In %(period)s, the last month with a figure: %(cases)s.") % words)
        return " ".join(said)
    words = {"period": label(fact.period), "cases": in_breach(one.standard, fact)}
    words["line"] = line_words(one.standard, measure)
    if fact.state == "below":
        words["short"] = shortfall_words(fact.shortfall, measure)
        said.append(_("In %(period)s, %(cases)s: %(short)s beyond the line of %(line)s.") % words)
        said.append(
            ngettext(
                "It is short of it for the first published month.",
                "It has been short of it for %(count)d published months in a row.",
                fact.consecutive,
            )
            % {"count": fact.consecutive}
        )
    else:
        said.append(_("In %(period)s, %(cases)s; the line is %(line)s.") % words)
    return " ".join(said)


def _month(one: Held, known: Edition) -> Month:
    fact, measure = one.fact, _measure(one, known)
    return Month(
        period=label(fact.period),
        figure=reportable(
            wording.number_or_mark(fact.value, fact.status, measure),
            report_path(fact.release, fact.row),
            label(fact.period),
        ),
        short=shortfall_words(fact.shortfall, measure),
        in_a_row=str(fact.consecutive or ""),
        people=affected_words(fact),
        says=_(one.says),
        failing=fact.failing,
    )


SORTS = ("name", "short", "row")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the table that sorts by link; ``sorted`` is what aria-sort says, or ""."""

    title: str
    link: str
    sorted: str


@dataclass(frozen=True, slots=True)
class BodyTable:
    """Bodies on one standard: how many stand where, and every one in a row of a table."""

    kind: str
    period: str
    failing: int
    below: int
    known: int
    unknown: int
    count: int
    headings: dict[str, Heading]
    affected: str
    rows: SafeString


def table_on(
    standard: Standard, in_use: InUse, measure: MeasureFacts, sort: str
) -> BodyTable | None:
    """Every body that a standard is asked of, by name unless ``sort`` says otherwise. One query."""
    held = bodies_on(standard.id, in_use) if standard.bodies else []
    if not held:
        return None
    known = [one for one in held if one.fact.state in ("meets", "below")]
    return BodyTable(
        kind=", ".join(BODY_KINDS[kind] for kind in sorted(standard.bodies)),
        period=label(held[0].fact.period),
        failing=sum(one.fact.failing for one in known),
        below=sum(one.fact.state == "below" for one in known),
        known=len(known),
        unknown=len(held) - len(known),
        count=len(held),
        headings=_headings(sort),
        affected=affected_heading(measure),
        rows=draw_bodies(in_order(held, sort), measure),
    )


def in_order(held: Sequence[Held], sort: str) -> list[Held]:
    """Standings by name, shortfall or periods in a row; "-" turns round. No figure comes last."""
    back = sort.startswith("-")
    key = sort.removeprefix("-")
    if key not in ("short", "row"):
        return sorted(held, key=lambda one: one.area_name, reverse=back)
    known = [one for one in held if one.fact.value is not None]
    if key == "short":
        known.sort(key=lambda one: one.fact.shortfall or 0.0, reverse=back)
    else:
        known.sort(key=lambda one: one.fact.consecutive, reverse=back)
    return [*known, *(one for one in held if one.fact.value is None)]


def _headings(sort: str) -> dict[str, Heading]:
    titles = {"name": _("Code or name"), "short": _("Short by"), "row": _("Periods short")}
    now = sort if sort.removeprefix("-") in titles else "name"
    found = {}
    for key, title in titles.items():
        other = f"-{key}" if now == key or (key != "name" and now != f"-{key}") else key
        state = {key: "ascending", f"-{key}": "descending"}.get(now, "")
        found[key] = Heading(title, "?" + urlencode({"bodies": other}) + "#bodies", state)
    return found


def draw_bodies(held: Sequence[Held], measure: MeasureFacts) -> SafeString:
    """Standings of bodies as rows of a table. Every text in them is escaped here."""
    drawn = []
    for one in held:
        fact = one.fact
        name = _short_name(one)
        mark = f"{sign('failing')} " if fact.failing else ""
        css = ' class="is-failing"' if fact.failing else ""
        if fact.value is None:
            cells = f'<td colspan="4" class="fm-quiet">{escape(_("no figure"))}</td>'
        else:
            bare = wording.number_alone(fact.value, measure)
            figure = reportable(bare, report_path(fact.release, fact.row), one.area_name)
            cells = (
                f'<td class="n">{figure}</td>'
                f'<td class="n">{escape(shortfall_words(fact.shortfall, measure))}</td>'
                f'<td class="n">{fact.consecutive or ""}</td>'
                f'<td class="n">{escape(affected_words(fact))}</td>'
            )
        drawn.append(
            f'<tr><th scope="row"><a href="{body_path(fact.area)}">{name}</a></th>{cells}'
            f"<td{css}>{mark}{escape(_(one.says))}</td></tr>\n"
        )
    return mark_safe("".join(drawn))  # noqa: S308 — numbers, and texts escaped above


def _short_name(one: Held) -> SafeString:
    """A trust's code, as its name is not known here: what kind of body it is, is said above."""
    if not one.fact.area.startswith(f"{TRUST}-"):
        return escape(one.area_name)
    kind = escape(BODY_KINDS[TRUST])
    return format_html(
        '<span class="govuk-visually-hidden">{} </span>{}', kind, code_of_trust(one.fact.area)
    )

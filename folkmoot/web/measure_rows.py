"""Rows of long tables, made in Python: hundreds of them would cost a template 30 ms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from folkmoot.measures.queries import Figure
from folkmoot.web import wording
from folkmoot.web.reporting import report_path, reportable
from folkmoot.web.templatetags.folkmoot import signed
from folkmoot.web.wording import Told


@dataclass(frozen=True, slots=True)
class Row:
    """One place in the table of a measure, ready to print. ``missing`` says why no figure.

    ``value`` is the link by which an error in it is reported, where a row of a release holds it.
    """

    name: str
    link: str
    value: SafeString
    limits: str
    rank: str
    verdict_similar: str
    verdict_nation: str
    missing: str
    here: bool


def row_of(figure: Figure, here: int, names: Mapping[str, str]) -> Row:
    """``figure`` as a row; ``here`` is the id of the place to mark, ``names`` see ``Told``."""
    rank = ""
    if figure.rank_lower and figure.rank_upper:
        rank = f"{figure.rank_lower}–{figure.rank_upper}"
        rank = f"{figure.rank} ({rank})" if figure.rank is not None else f"({rank})"
    return Row(
        name=figure.area_name,
        link=f"/place/{figure.area_slug}/{figure.facts.service}/",
        value=_value(figure),
        limits=wording.limits(figure.lower, figure.upper, figure.facts),
        rank=rank,
        verdict_similar=figure.verdict_similar,
        verdict_nation=figure.verdict_nation,
        missing="" if figure.value is not None else Told(figure, names).silence(),
        here=figure.area_id == here,
    )


def _value(figure: Figure) -> SafeString:
    """The figure and, where it is not of the newest period, which: two places may share a name."""
    bare = wording.number_alone(figure.value, figure.facts)
    link = report_path(f"{figure.facts.source}/{figure.release}", figure.row)
    if figure.newest:
        return reportable(bare, link, figure.area_name)
    period = wording.period(figure.period)
    linked = reportable(bare, link, f"{figure.area_name}, {period}")
    return linked + escape(f" ({period})")


def _cells(row: Row) -> str:
    if row.missing:
        return f'<td colspan="5" class="fm-quiet">{escape(row.missing)}</td>'
    return (
        f'<td class="n">{row.value}</td><td class="n">{escape(row.limits)}</td>'
        f'<td class="n">{row.rank}</td><td>{signed(row.verdict_similar)}</td>'
        f"<td>{signed(row.verdict_nation)}</td>"
    )


def draw_rows(rows: Iterable[Row]) -> SafeString:
    """The rows as HTML. Every text in them is escaped here."""
    drawn = (
        f'<tr{" class=here" if row.here else ""}><th scope="row">'
        f'<a href="{row.link}">{escape(row.name)}</a></th>{_cells(row)}</tr>\n'
        for row in rows
    )
    return mark_safe("".join(drawn))  # noqa: S308 — every text and address is escaped above


def draw_past(figure: Figure) -> SafeString:
    """The history of a figure as rows of a table, newest first. Texts are escaped here."""
    facts = figure.facts
    drawn = []
    for past in reversed(figure.history):
        bare = wording.number_or_mark(past.value, past.status, facts)
        link = report_path(f"{facts.source}/{figure.release}", past.row)
        value = str(reportable(bare, link, f"{facts.title}, {wording.period(past.period)}"))
        if past.revised_from is not None:
            old = wording.number_alone(past.revised_from, facts)
            said = escape(_("(revised, was %(old)s)") % {"old": old})
            value = f'{value} <span class="fm-quiet">{said}</span>'
        limits = escape(wording.limits(past.lower, past.upper, facts))
        drawn.append(
            f'<tr><th scope="row">{escape(wording.period(past.period))}</th>'
            f'<td class="n">{value}</td><td class="n">{limits}</td>'
            f'<td class="n">{wording.number_alone(past.benchmark_nation, facts)}</td>'
            f'<td class="n">{wording.number_alone(past.benchmark_similar, facts)}</td>'
            f"<td>{signed(past.verdict_similar)}</td></tr>"
        )
    return mark_safe("".join(drawn))  # noqa: S308 — numbers, and texts escaped above

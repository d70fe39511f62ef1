"""Sources and releases: where every figure comes from, what was wrong, what changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from folkmoot.bodies.models import Body
from folkmoot.bodies.queries import body_path
from folkmoot.common.errors import NotFound
from folkmoot.measures.catalogue import BODY_CODES
from folkmoot.measures.models import (
    FaultAcceptance,
    Release,
    ReleaseFault,
    Revision,
    Source,
)
from folkmoot.measures.queries import MeasureFacts, edition
from folkmoot.measures.rules.faults import KINDS
from folkmoot.web import wording
from folkmoot.web.remembered import remembered

ROWS_SHOWN = 20  # row numbers named for one fault
PAGE = 100  # revisions on one page


@remembered
def sources(request: HttpRequest) -> HttpResponse:
    """Every source with its newest release, by publisher."""
    newest = Prefetch(
        "releases", Release.objects.filter(state=Release.State.PUBLISHED), to_attr="published"
    )
    rows = Source.objects.annotate(count=Count("measures")).prefetch_related(newest)
    context = {"sources": rows.order_by("title"), "body_codes": BODY_CODES, "trail": []}
    return render(request, "pages/sources.html", context)


def source_by_slug(slug: str) -> Source:
    """The source. Raises NotFound, pointing at the list of sources."""
    found = Source.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound(_("There is no source of that name here."), [(_("Sources"), "/sources/")])
    return found


@remembered
def source(request: HttpRequest, slug: str) -> HttpResponse:
    """One source: its publisher, licence, caveats, releases and measures."""
    found = source_by_slug(slug)
    context = {
        "source": found,
        "releases": found.releases.order_by("-number"),
        "measures": [
            m
            for m in edition().facts.values()
            if slug in (m.source, (m.definition.get("bodies") or {}).get("dataset"))
        ],
        "bodies": found.definition.get("area_codes") in BODY_CODES,
        "trail": [(_("Sources"), "/sources/")],
    }
    return render(request, "pages/source.html", context)


@dataclass(frozen=True, slots=True)
class FaultLine:
    """One fault with one value, and the rows that have it."""

    column: str
    value: str
    count: int
    rows: str
    more: int


@dataclass(frozen=True, slots=True)
class FaultGroup:
    """All faults of one kind, and the operator's acceptance of them if there is one."""

    title: str
    what: str
    remedy: str
    accepted: str
    reason: str
    count: int
    lines: tuple[FaultLine, ...]


def fault_groups(
    faults: Sequence[ReleaseFault], acceptances: Sequence[FaultAcceptance]
) -> tuple[FaultGroup, ...]:
    """Faults by kind, each with what acceptance did to its rows."""
    reasons = {accepted.kind: accepted.reason for accepted in acceptances}
    by_kind: dict[str, list[ReleaseFault]] = defaultdict(list)
    for fault in faults:
        by_kind[fault.kind].append(fault)
    groups = []
    for kind, own in by_kind.items():
        known = KINDS.get(kind)
        groups.append(
            FaultGroup(
                title=known.title if known else kind,
                what=known.what if known else own[0].what,
                remedy=known.remedy if known else own[0].remedy,
                accepted=known.accepted if known and kind in reasons else "",
                reason=reasons.get(kind, ""),
                count=sum(fault.count for fault in own),
                lines=tuple(
                    FaultLine(
                        fault.column,
                        fault.value,
                        fault.count,
                        ", ".join(str(row) for row in fault.rows[:ROWS_SHOWN]),
                        max(0, fault.count - ROWS_SHOWN),
                    )
                    for fault in own
                ),
            )
        )
    return tuple(groups)


@dataclass(frozen=True, slots=True)
class RevisionLine:
    """One value that a release revised, added or took away, ready to print."""

    measure: str
    measure_link: str
    place: str
    place_link: str
    period: str
    kind: str
    old: str
    new: str


def _revision_lines(
    revisions: Sequence[Revision], facts: dict[int, MeasureFacts]
) -> list[RevisionLine]:
    """One query more where the values are of bodies."""
    bodies = {revision.body for revision in revisions if revision.body}
    names = dict(Body.objects.filter(slug__in=bodies).values_list("slug", "name"))
    return [_revision_line(revision, facts, names) for revision in revisions]


def _revision_line(
    revision: Revision, facts: dict[int, MeasureFacts], names: dict[str, str]
) -> RevisionLine:
    own = facts[revision.measure_id]
    return RevisionLine(
        measure=own.title,
        measure_link=f"/measure/{own.slug}/",
        place=revision.area.name if revision.area else names[revision.body],
        place_link=f"/place/{revision.area.slug}/" if revision.area else body_path(revision.body),
        period=wording.period(revision.period),
        kind=revision.kind,
        old=wording.number_or_mark(revision.old_value, revision.old_status, own)
        if revision.kind != "added"
        else "",
        new=wording.number_or_mark(revision.new_value, revision.new_status, own)
        if revision.kind != "vanished"
        else "",
    )


@remembered
def release(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One release: its fingerprint, faults with their reasons, and what it changed."""
    found = source_by_slug(slug)
    one = Release.objects.filter(source=found, number=number).first()
    if one is None:
        raise NotFound(
            _("There is no such release of this source."), [(found.title, f"/source/{slug}/")]
        )
    facts = edition().facts
    revisions = Revision.objects.filter(release=one).select_related("area").order_by("id")
    tally = dict(
        Revision.objects.filter(release=one).values_list("kind").annotate(count=Count("id"))
    )
    changed = sum(tally.values())
    start = _start(request.GET.get("from", ""), changed)
    context = {
        "source": found,
        "release": one,
        "groups": fault_groups(
            list(one.faults.order_by("kind", "id")), list(one.acceptances.all())
        ),
        "tally": tally,
        "changed": changed,
        "revisions": _revision_lines(list(revisions[start : start + PAGE]), facts),
        "first": start + 1,
        "next": start + PAGE if start + PAGE < changed else 0,
        "before": max(0, start - PAGE) if start else None,
        "later": Release.objects.filter(source=found, number__gt=number).order_by("number"),
        "trail": [(_("Sources"), "/sources/"), (found.title, f"/source/{slug}/")],
    }
    return render(request, "pages/release.html", context)


def _start(text: str, count: int) -> int:
    """A position in a list from an address; anything else begins at the beginning."""
    return min(int(text), count) // PAGE * PAGE if text.isascii() and text.isdigit() else 0

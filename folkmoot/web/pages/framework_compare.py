"""Two versions of a framework side by side: what changed, and whose standing changes with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from folkmoot.bodies.rules import BODY_KINDS, OFFICE_KINDS
from folkmoot.common.errors import NotFound
from folkmoot.framework import queries
from folkmoot.framework.catalogue import KIND_WORDS, Framework
from folkmoot.framework.differences import Change, Moved, diff
from folkmoot.framework.queries import InUse
from folkmoot.measures.rules.periods import label
from folkmoot.places.models import Area
from folkmoot.places.rules import KINDS
from folkmoot.web.remembered import remembered
from folkmoot.web.requirements import day

SPACES = ("record", "rehearsal")


def every_version() -> list[InUse]:
    """Every version of every framework: those in use first, newest first in each."""
    return [version for space in SPACES for version in queries.versions(space)]


@dataclass(frozen=True, slots=True)
class Line:
    """One difference between two versions, ready to print."""

    part: str
    name: str
    field: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Shift:
    """A place whose standing differs."""

    standard: str
    link: str
    place: str
    place_link: str
    period: str
    before: str
    after: str
    before_failing: bool
    after_failing: bool


# Fields whose values are short names: what people call them.
_WORDS: dict[str, Callable[[str], str]] = {
    "kind": lambda key: KIND_WORDS.get(key, key),
    "applies_to": lambda key: KINDS[key][0] if key in KINDS else key,
    "bodies": lambda key: BODY_KINDS.get(key, key),
    "office": lambda key: OFFICE_KINDS.get(key, key),
}


def _field(name: str) -> str:
    return name.replace("_", " ")


def said(value: Any, field: str = "", margin: str = "") -> str:
    """A value of a document in lines of plain words; "—" for nothing."""
    if value is None or value in ("", [], {}):
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, (int, float)):
        return f"{value:,}" if isinstance(value, int) else f"{value:g}"
    if isinstance(value, Mapping):
        told = [(_field(key), key, each) for key, each in value.items() if each not in ("", None)]
        return "\n".join(
            f"{margin if at else ''}{name}: {said(each, key, margin + '  ')}"
            for at, (name, key, each) in enumerate(told)
        )
    if isinstance(value, list):
        items = [said(each, field, margin + "  ") for each in value]
        if any(isinstance(each, Mapping) for each in value):
            return "".join(f"\n{margin}• {item}" for item in items)
        return ", ".join(items)
    return _text(str(value), field)


def _text(value: str, field: str) -> str:
    if field in _WORDS:
        return _(_WORDS[field](value))
    try:
        return day(dt.date.fromisoformat(value)) if len(value) == len("2026-01-31") else value
    except ValueError:
        return value


def _lines(changes: Iterable[Change]) -> list[Line]:
    words = {"added": _("added"), "removed": _("removed"), "changed": _("changed")}
    parts = {
        "framework": _("The framework"),
        "standards": _("Standards"),
        "roles": _("Roles"),
        "powers": _("Powers"),
        "ladder": _("Steps"),
        "safeguards": _("Safeguards"),
        "pauses": _("Pauses"),
        "sources": _("Sources"),
        "left_out": _("Left out"),
    }
    return [
        Line(
            parts[change.part],
            change.title,
            _field(change.field),
            words[change.what],
            said(change.before, change.field).lstrip("\n"),
            said(change.after, change.field).lstrip("\n"),
        )
        for change in changes
    ]


def state_words(state: str, failing: bool) -> str:
    """The state of a standing in a word or two."""
    if failing:
        return _("below the minimum")
    return {
        "": _("not asked"),
        "meets": _("meets it"),
        "below": _("short of the line"),
        "cannot-say": _("cannot be said"),
        "not-in-release": _("not in the release"),
    }[state]


def _links(frameworks: Sequence[Framework]) -> dict[str, str]:
    """Where each standard is told of: its own page while it is in use, else that version's."""
    try:
        now = {standard.id for standard in queries.current(_today()).framework.standards}
    except NotFound:
        now = set()
    return {
        standard.id: f"/standard/{standard.id}/"
        if standard.id in now
        else f"/framework/{one.slug}/{one.version}/#standard-{standard.id}"
        for one in frameworks
        for standard in one.standards
    }


def _shifts(moved: Sequence[Moved], frameworks: Sequence[Framework]) -> list[Shift]:
    standards = {s.id: s.title for one in frameworks for s in one.standards}
    links = _links(frameworks)
    codes = {one.area for one in moved}
    slugs = dict(Area.objects.filter(code__in=codes).values_list("code", "slug"))
    return [
        Shift(
            standard=standards[one.standard],
            link=links[one.standard],
            place=one.area_name,
            place_link=f"/place/{slugs[one.area]}/" if one.area in slugs else "",
            period=label(one.period) if one.period else "",
            before=state_words(one.before[0], one.before[2]),
            after=state_words(one.after[0], one.after[2]),
            before_failing=one.before[2],
            after_failing=one.after[2],
        )
        for one in moved
    ]


def _chosen(key: str) -> InUse | None:
    """The version that a key such as "illustrative/2026-11-23.1" names; None for nothing."""
    if not key:
        return None
    slug, _slash, version = key.partition("/")
    return queries.version_of(slug, version) if version else queries.current(_today(), slug)


def _key(one: InUse) -> str:
    return f"{one.framework.slug}/{one.framework.version}"


def _today() -> dt.date:
    return timezone.localdate()


@remembered
def compare_frameworks(request: HttpRequest) -> HttpResponse:
    """Two versions side by side: what changed, and which places' standing changes with it."""
    keys = [request.GET.get(name, "")[:120] for name in ("a", "b")]
    one, other = (_chosen(key) for key in keys)
    every = every_version()
    choices = [(_key(one), f"{one.framework.title}, {one.framework.version}") for one in every]
    context: dict[str, object] = {
        "choices": choices,
        "a": one,
        "b": other,
        "chosen_a": _key(one) if one else "",
        "chosen_b": _key(other) if other else "",
        "trail": [(_("What is required"), "/frameworks/")],
    }
    if one and other:
        found = diff(one.framework, other.framework)
        context |= {
            "lines": _lines(found.changes),
            "shifts": _shifts(found.moved, (one.framework, other.framework)),
            "illustrative": [f for f in (one.framework, other.framework) if f.illustrative],
        }
    return render(request, "pages/framework_compare.html", context)

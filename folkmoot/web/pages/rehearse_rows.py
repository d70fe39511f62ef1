"""What a rehearsal found, as rows, sentences and drawings for its page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from folkmoot.framework.alarms import Alarm, Unseen
from folkmoot.framework.rehearsal import Rehearsal, Run, Spell
from folkmoot.stats.resample import Estimate
from folkmoot.web.charts.alarms import Rate, draw_alarms
from folkmoot.web.charts.history import History, Point, draw_history

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """How often one condition, or a whole trigger, fires at a distance from where it begins."""

    margin: float
    level: float | None
    a_period: str
    ever: str
    periods: int


@dataclass(frozen=True, slots=True)
class UnseenRow:
    """How long one fall goes unseen."""

    fall: float
    level: float
    wait: str
    unseen: str
    look: int
    standard: str


@dataclass(frozen=True, slots=True)
class SpellRow:
    """A place and a time in which it would have held a step open."""

    name: str
    link: str
    first: dt.date
    last: dt.date
    periods: int
    newest: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One trigger of one step, with everything found about it.

    ``joined``: whether it rests on more than one standard, so that falls are told apart by them.
    """

    key: str
    title: str
    service: str
    standard: str
    try_link: str
    says: str
    how_long: str
    drawn: SafeString | None
    days: tuple[tuple[dt.date, int, int | None], ...]
    spells: tuple[SpellRow, ...]
    alarm_says: str
    alarms: tuple[AlarmRow, ...]
    alarms_drawn: SafeString | None
    unseen_says: str
    unseen: tuple[UnseenRow, ...]
    joined: bool


def share(estimate: Estimate) -> str:
    """A share as a percentage with its Monte Carlo error: "5.7% ± 0.1", "under 0.3%"."""
    if estimate.bound is not None:
        far = 100 * estimate.bound
        if estimate.value < 0.5:
            return _("under %(share).1f%%") % {"share": far}
        return _("over %(share).1f%%") % {"share": 100 - far}
    return f"{100 * estimate.value:.1f}% ± {max(100 * estimate.error, 0.1):.1f}"


def _about(estimate: Estimate) -> str:
    """A share as people say it: "about 1 in 5", "50 in every 100"."""
    value = 100 * estimate.value
    far = ceil(100 * (estimate.bound or 0.0))
    if far > 1 and value < 1:
        return _("fewer than %(count)d in every 100") % {"count": far}
    if far > 1:
        return _("more than %(count)d in every 100") % {"count": 100 - far}
    if value < 1:
        return _("fewer than 1 in every 100")
    if value > 99:
        return _("more than 99 in every 100")
    return _("about %(count)d in every 100") % {"count": round(value)}


def _periods(count: float) -> str:
    whole = round(count)
    return ngettext("%(count)d period", "%(count)d periods", whole) % {"count": whole}


def says(run: Run) -> str:
    """How many places would have opened it, now and ever."""
    return _(
        "%(now)d of %(places)d places would hold it open by the newest figures; "
        "%(ever)d would have at some time since %(since)s."
    ) % {
        "now": run.now,
        "places": run.places,
        "ever": run.ever,
        "since": date_format(run.by_day[0][0] - _DAY, "F Y") if run.by_day else "",
    }


def _how_long(spells: Sequence[Spell]) -> str:
    if not spells:
        return _("It would never have opened.")
    lengths = [spell.periods for spell in spells]
    return _(
        "It would have opened %(times)s in all. Half of these lasted %(middle)s or less; the "
        "longest lasted %(longest)s."
    ) % {
        "times": ngettext("once", "%(count)d times", len(spells)) % {"count": len(spells)},
        "middle": _periods(median(lengths)),
        "longest": _periods(max(lengths)),
    }


def _alarm_says(alarms: Sequence[Alarm], unit: str) -> str:
    if not alarms:
        return _("There are too few figures to say how often it would fire by chance.")
    first = alarms[0]
    said = _(
        "A place that stays exactly where it begins would set it off in %(share)s periods "
        "by chance alone, and %(ever)s such places would at least once in %(periods)s."
    ) % {
        "share": _about(first.a_period),
        "ever": _about(first.ever),
        "periods": _periods(first.periods),
    }
    last = alarms[-1]
    if last.margin > first.margin:
        said += " " + _("A place that stays %(margin)g%(unit)s better: in %(share)s periods.") % {
            "margin": last.margin,
            "unit": unit,
            "share": _about(last.a_period),
        }
    return said


def _unseen_says(falls: Sequence[Unseen], unit: str, named: str) -> str:
    """``named``: the standard of the first fall, where there are several."""
    if not falls:
        return ""
    first = falls[0]
    said = f"{named}: " if named else ""
    return said + _(
        "A place that truly falls by %(fall)g%(unit)s from there, and stays there, is seen after "
        "%(wait).1f periods on average; %(unseen)s are not seen within %(look)s."
    ) % {
        "fall": first.fall,
        "unit": unit,
        "wait": first.wait.value,
        "unseen": _about(first.unseen),
        "look": _periods(first.look),
    }


def _days(run: Run, beside: Run | None) -> tuple[tuple[dt.date, int, int | None], ...]:
    other = dict(beside.by_day) if beside else {}
    return tuple((end - _DAY, count, other.get(end)) for end, count in run.by_day)


def _drawn(
    key: str, run: Run, days: Sequence[tuple[dt.date, int, int | None]]
) -> SafeString | None:
    points = tuple(
        Point(day, date_format(day, "M Y"), float(count), None, None, beside, str(count))
        for day, count, beside in days
    )
    counts = [n for _day, count, beside in days for n in (count, beside) if n is not None]
    return draw_history(
        History(
            key=f"run-{key}",
            title=_("Places that would hold it open: %(title)s") % {"title": run.title},
            description=_("One point for each end of a period, oldest first. The table has them."),
            points=points,
            top_text=str(max(counts, default=0)),
            bottom_text=str(min(counts, default=0)),
            large=True,
        )
    )


def _unseen_row(fall: Unseen, standards: Mapping[str, str]) -> UnseenRow:
    return UnseenRow(
        fall.fall,
        fall.level,
        f"{fall.wait.value:.1f} ± {max(fall.wait.error, 0.01):.2f}",
        share(fall.unseen),
        fall.look,
        standards.get(fall.standard, fall.standard),
    )


def part(
    found: Rehearsal,
    run: Run,
    *,
    links: Mapping[str, str],
    unit: str,
    standards: Mapping[str, str],
    try_link: str,
    beside: Run | None = None,
) -> Part:
    """One trigger of a rehearsal.

    ``links``: GSS code → path; ``standards``: id → title of those that it rests on, in order;
    ``beside``: what to draw dashed.
    """
    key = f"{run.step}-{run.trigger}"
    own = [a for a in found.alarms if (a.step, a.trigger) == (run.step, run.trigger)]
    # Where several conditions must hold together, it is the whole that fires.
    whole = [a for a in own if a.condition == 0] or [a for a in own if a.condition == 1]
    falls = [u for u in found.unseen if (u.step, u.trigger) == (run.step, run.trigger)]
    joined = len(standards) > 1
    days = _days(run, beside)
    spells = sorted(run.spells, key=lambda s: (not s.newest, -s.periods, s.area_name))
    return Part(
        key=key,
        title=run.title,
        service=run.service,
        standard="; ".join(standards.values()),
        try_link=try_link,
        says=says(run),
        how_long=_how_long(run.spells),
        drawn=_drawn(key, run, days),
        days=days,
        spells=tuple(
            SpellRow(
                s.area_name, links.get(s.area, ""), s.since - _DAY, s.until - _DAY, s.periods,
                s.newest,
            )
            for s in spells
        ),
        alarm_says=_alarm_says(whole, unit),
        alarms=tuple(
            AlarmRow(a.margin, a.level, share(a.a_period), share(a.ever), a.periods) for a in whole
        ),
        alarms_drawn=draw_alarms(
            [Rate(a.margin, a.a_period.value, a.a_period.error) for a in whole],
            [Rate(a.margin, a.ever.value, a.ever.error) for a in whole],
            key=key,
            title=_("How often it would fire by chance: %(title)s") % {"title": run.title},
            description=_("By how far on the right side of the line a place stays."),
        ),
        joined=joined,
        unseen_says=_unseen_says(
            falls, unit, standards.get(falls[0].standard, "") if joined and falls else ""
        ),
        unseen=tuple(_unseen_row(fall, standards) for fall in falls),
    )  # fmt: skip

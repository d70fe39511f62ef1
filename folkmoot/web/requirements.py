"""What is required of a place and how it stands, ready to print.

The words of standings are made in ``framework.rules.wording``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from folkmoot.framework.catalogue import KIND_WORDS, Framework, Standard
from folkmoot.framework.queries import Held, InUse
from folkmoot.framework.queries import Required as Tally
from folkmoot.framework.rules.facts import Fact
from folkmoot.framework.rules.wording import no_figures
from folkmoot.measures.queries import Edition, MeasureFacts
from folkmoot.measures.rules.periods import label
from folkmoot.web import wording


@dataclass(frozen=True, slots=True)
class Requirement:
    """One standard, and how one place stands on it; texts are sentences, or "" for nothing.

    ``standing`` is "failing", "short", "meets", "cannot-say" or "no-figures". ``minimum`` is
    whether missing it is failing.
    """

    standard: Standard
    kind: str
    minimum: bool
    standing: str
    says: str
    figure: str
    sure: str
    periods: str
    people: str
    dates: str
    area_name: str
    area_slug: str
    release: str
    row: int

    @property
    def caveat(self) -> str:
        """Why missing it is not failing; "" where it is."""
        if self.minimum:
            return ""
        if _binds(self.standard):
            return _("its figures cannot prove a breach")
        return _("not a minimum")

    @property
    def link(self) -> str:
        """Where all places are told of on this standard."""
        return f"/standard/{self.standard.id}/"

    @property
    def matter_link(self) -> str:
        """Where the place's service is told of, at what is required; "" without a service."""
        if not self.standard.service or not self.area_slug:
            return ""
        return f"/place/{self.area_slug}/{self.standard.service}/#required"

    @property
    def release_link(self) -> str:
        """The release that the figure is from."""
        return f"/release/{self.release}/" if self.release else ""

    @property
    def report_link(self) -> str:
        """Where an error in the figure is reported; "" where no row of a release holds one."""
        return f"/report/{self.release}/{self.row}/" if self.figure and self.row else ""


def day(date: dt.date) -> str:
    """ "1 September 2014"."""
    return date_format(date, "j F Y")


def dates_of(standard: Standard) -> str:
    """From when to when it holds, and by when it is to be met."""
    parts = []
    if standard.starts and standard.ends:
        parts.append(
            _("It held from %(start)s to %(end)s.")
            % {"start": day(standard.starts), "end": day(standard.ends)}
        )
    elif standard.starts:
        parts.append(_("In force since %(start)s.") % {"start": day(standard.starts)})
    elif standard.ends:
        parts.append(_("In force until %(end)s.") % {"end": day(standard.ends)})
    if standard.due:
        parts.append(_("To be met by %(day)s.") % {"day": day(standard.due)})
    return " ".join(parts)


def in_force(standard: Standard, on: dt.date) -> bool:
    """Whether it is asked for on a day."""
    begun = standard.starts is None or standard.starts <= on
    over = standard.ends is not None and standard.ends < on
    return begun and not over and standard.kind != "historic"


def line_words(standard: Standard, measure: MeasureFacts | None) -> str:
    """The line that the standard draws on its measure: "100%"; "" where it draws none."""
    if standard.line is None or measure is None:
        return ""
    return wording.number(standard.line, measure)


def shortfall_words(shortfall: float | None, measure: MeasureFacts) -> str:
    """How far short of the line, in points where the figure is in per cent; "" where it is not."""
    if not shortfall:
        return ""
    if measure.unit == "%":
        return _("%(points)s points") % {"points": f"{shortfall:.{measure.decimals}f}"}
    return wording.number(shortfall, measure)


def _standing(fact: Fact) -> str:
    if fact.failing:
        return "failing"
    if fact.state in ("meets", "below"):
        return "meets" if fact.state == "meets" else "short"
    return "cannot-say"


def _sure(standard: Standard, fact: Fact) -> str:
    if fact.state != "below":
        return ""
    return {
        "every-case": _("Every case is counted, so chance plays no part."),
        "beyond-chance": _("The difference from the line is more than chance."),
        "within-chance": _("The difference from the line may be chance."),
    }.get(fact.how, "")


def _figure(standard: Standard, fact: Fact, measure: MeasureFacts | None) -> str:
    if fact.value is None or measure is None:
        return ""
    return _("%(measure)s: %(value)s in %(period)s; asked for: %(line)s.") % {
        "measure": measure.title,
        "value": wording.number(fact.value, measure),
        "period": label(fact.period),
        "line": line_words(standard, measure),
    }


def _periods(fact: Fact) -> str:
    if fact.state != "below" or fact.consecutive < 1:
        return ""
    return ngettext(
        "Short of the line in the newest published period.",
        "Short of the line in each of the last %(count)d published periods.",
        fact.consecutive,
    ) % {"count": fact.consecutive}


def uncounted(standard: Standard, fact: Fact, measure: MeasureFacts | None) -> bool:
    """Whether people are affected by a limit not kept, and nothing here counts them."""
    if fact.state != "below" or fact.affected is not None or measure is None:
        return False
    return _binds(standard) and bool(measure.definition.get("people"))


def uncounted_words() -> str:
    """What is said where the people affected are not counted."""
    return _("This site holds no count to go with it, so how many are affected cannot be said.")


def _cases(measure: MeasureFacts) -> str:
    definition = measure.definition
    return definition.get("cases") or definition.get("people") or _("cases")


def affected_heading(measure: MeasureFacts | None) -> str:
    """What a column of ``affected_words`` is headed by: "Attendances affected"."""
    return capfirst(_("%(cases)s affected") % {"cases": _cases(measure)}) if measure else ""


def affected_words(fact: Fact) -> str:
    """For how many cases it was not met: "185", "about 1,440"; "" where nobody can tell."""
    if fact.affected is None:
        return ""
    number = f"{fact.affected:,}"
    return _("about %(number)s") % {"number": number} if fact.about else number


def _people(standard: Standard, fact: Fact, measure: MeasureFacts | None) -> str:
    if fact.affected and fact.cases and measure is not None:
        return _("This affects %(number)s of %(all)s %(cases)s.") % {
            "number": affected_words(fact),
            "all": f"{fact.cases:,}",
            "cases": _cases(measure),
        }
    return uncounted_words() if uncounted(standard, fact, measure) else ""


def requirement_of(held: Held, current: Edition) -> Requirement:
    """A standing, ready to print."""
    standard, fact = held.standard, held.fact
    measure = next((m for m in current.facts.values() if m.slug == standard.measure), None)
    return Requirement(
        standard=standard,
        kind=_(KIND_WORDS[standard.kind]),
        minimum=standard.minimum,
        standing=_standing(fact),
        says=_(held.says),
        figure=_figure(standard, fact, measure),
        sure=_sure(standard, fact),
        periods=_periods(fact),
        people=_people(standard, fact, measure),
        dates=dates_of(standard),
        area_name=held.area_name,
        area_slug=held.area_slug,
        release=fact.release,
        row=fact.row,
    )


def unjudged(standard: Standard, says: str = "") -> Requirement:
    """A standard on which nothing can be said of the place; ``says`` why, or what can be."""
    return Requirement(
        standard=standard,
        kind=_(KIND_WORDS[standard.kind]),
        minimum=standard.minimum,
        standing="no-figures",
        says=_(says or no_figures(standard)),
        figure="",
        sure="",
        periods="",
        people="",
        dates=dates_of(standard),
        area_name="",
        area_slug="",
        release="",
        row=0,
    )


@dataclass(frozen=True, slots=True)
class Required:
    """What a framework asks of one service, in one place or everywhere.

    ``failing`` are below the minimum; ``minimums`` the other limits and national standards,
    ``asked`` guidance and ambitions, ``over`` what is no longer or not yet in force.
    """

    framework: Framework
    failing: tuple[Requirement, ...]
    minimums: tuple[Requirement, ...]
    asked: tuple[Requirement, ...]
    over: tuple[Requirement, ...]

    @property
    def any(self) -> bool:
        """Whether anything is asked now."""
        return bool(self.failing or self.minimums or self.asked)


def required_here(
    in_use: InUse,
    service: str,
    kind: str,
    held: Sequence[Held],
    current: Edition,
    on: dt.date,
) -> Required:
    """What the framework asks of a service of a place of this kind, and how the place stands."""
    known = {h.standard.id: requirement_of(h, current) for h in held}
    lines = [
        known.get(standard.id) or unjudged(standard)
        for standard in in_use.framework.standards
        if standard.service == service
        and (not standard.applies_to or kind in standard.applies_to or standard.id in known)
    ]
    return sorted_out(in_use.framework, lines, on)


def sorted_out(framework: Framework, lines: Iterable[Requirement], on: dt.date) -> Required:
    """Requirements by what missing them means."""
    now: list[Requirement] = []
    over: list[Requirement] = []
    for line in lines:
        (now if in_force(line.standard, on) else over).append(line)
    return Required(
        framework,
        tuple(line for line in now if line.standing == "failing"),
        tuple(line for line in now if line.standing != "failing" and _binds(line.standard)),
        tuple(line for line in now if line.standing != "failing" and not _binds(line.standard)),
        tuple(over),
    )


def _binds(standard: Standard) -> bool:
    return standard.kind in ("statutory-limit", "national-standard")


def minimum_lines(framework: Framework, kind: str, on: dt.date) -> dict[str, float]:
    """Measure's slug → the line of the minimum that is due on it for places of this kind."""
    return {
        standard.measure: standard.line
        for standard in framework.standards
        if standard.minimum
        and standard.measure
        and standard.line is not None
        and kind in standard.applies_to
        and in_force(standard, on)
        and (standard.due is None or standard.due <= on)
    }


def everywhere(found: Iterable[Tally]) -> list[Requirement]:
    """Standards with how all places stand on them, in words."""
    lines = []
    for one in found:
        total = one.states.get("below", 0) + one.states.get("meets", 0)
        if one.failing:
            said = ngettext(
                "%(count)d of %(total)d places is below the minimum (%(period)s).",
                "%(count)d of %(total)d places are below the minimum (%(period)s).",
                one.failing,
            )
            count = one.failing
        else:
            count = one.states.get("below", 0)
            said = ngettext(
                "%(count)d of %(total)d places is short of the line (%(period)s).",
                "%(count)d of %(total)d places are short of the line (%(period)s).",
                count,
            )
        words = {"count": count, "total": total, "period": label(one.period) if one.period else ""}
        lines.append(unjudged(one.standard, one.note or said % words))
    return lines

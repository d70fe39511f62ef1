"""The course of a case: what may follow what, by whom, and from which day. Pure rules.

A proposal is refused ("this is a matter for the local people") or becomes a notice. To a notice
the body owes a reply; when its days are over there is a decision: the centre does not step in, or
it does, for a time, with reviews due, until the test for the end is met or the time is over. An
emergency outside the framework begins with the step itself, and is marked so for ever.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from folkmoot.bodies.rules import OFFICE_KINDS
from folkmoot.common.errors import Fault
from folkmoot.duties.rules import day_words
from folkmoot.framework.catalogue import Framework
from folkmoot.people.rules import CENTRE, HeldRole, holds

REFUSED, NOTICED, WITHDRAWN, STOPPED = "refused", "noticed", "withdrawn", "stopped"
RUNNING, ENDED, LAPSED = "running", "ended", "lapsed"
STATES: dict[str, str] = {
    REFUSED: "refused: a matter for the local people",
    NOTICED: "notice given",
    WITHDRAWN: "proposal withdrawn",
    LAPSED: "notice lapsed: nobody decided on it in time",
    STOPPED: "decided: the centre does not step in",
    RUNNING: "the centre has stepped in",
    ENDED: "ended",
}
OPEN = frozenset({NOTICED, RUNNING})
# Where the centre did not step in, after all or at once.
NON_INTERVENTIONS = frozenset({REFUSED, WITHDRAWN, STOPPED, LAPSED})

PROPOSE, REFUSE, NOTICE, WITHDRAW = "propose", "refuse", "notice", "withdraw"
REPLY, DECIDE, REVIEW, END, OVERRIDE = "reply", "decide", "review", "end", "override"
LAPSE = "lapse"
# What is done → how the public record calls it.
VERB_OF: dict[str, str] = {
    PROPOSE: "propose-step",
    REFUSE: "refuse-step",
    NOTICE: "give-notice",
    WITHDRAW: "withdraw-proposal",
    LAPSE: "lapse-notice",
    REPLY: "answer-duty",
    DECIDE: "decide-step",
    REVIEW: "review-step",
    END: "end-step",
    OVERRIDE: "override-framework",
}
# (state before, what is done) → states that may come of it. "" is before there is a case. A reply
# changes no state.
TRANSITIONS: dict[tuple[str, str], frozenset[str]] = {
    ("", PROPOSE): frozenset({REFUSED, NOTICED}),
    ("", OVERRIDE): frozenset({RUNNING}),
    (NOTICED, WITHDRAW): frozenset({WITHDRAWN}),
    (NOTICED, LAPSE): frozenset({LAPSED}),
    (NOTICED, DECIDE): frozenset({RUNNING, STOPPED}),
    (RUNNING, REVIEW): frozenset({RUNNING, ENDED}),
    (RUNNING, END): frozenset({ENDED}),
}

GO_AHEAD, DO_NOT = "go-ahead", "do-not-step-in"
GOES_ON, TEST_MET, EARLY, TIME_OVER = "goes-on", "exit-test-met", "ended-early", "time-over"

# No framework covers an emergency, so these are this site's own limits on one.
OVERRIDE_LONGEST_DAYS = 183
OVERRIDE_REVIEW_MONTHS = 1
OVERRIDE_REPLY_DAYS = 28
# Within so many days, all emergencies in one matter together may last no longer than one.
OVERRIDE_YEAR_DAYS = 365
# No framework says how long a notice may hang over a place, so this is this site's own limit:
# so many months after the first day on which it could be decided.
LAPSE_MONTHS = 6

# The offices of roles in versions of frameworks from before a role could name its offices.
_OFFICES_OF = {"minister": ("minister",), "secretary-of-state": ("minister",)}


@dataclass(frozen=True, slots=True)
class Span:
    """A time with a first and a last day, in which official acts wait or carry a label."""

    title: str
    starts: dt.date
    ends: dt.date

    def holds(self, on: dt.date) -> bool:
        """Whether the day is within it."""
        return self.starts <= on <= self.ends


@dataclass(frozen=True, slots=True)
class Course:
    """What the next move of a case depends on.

    ``last_on`` is the day of the newest thing done. ``replied_on`` is None where no reply has
    come, ``reply_waived`` whether it was given up. ``review_due`` is the day of the next review.
    """

    state: str
    last_on: dt.date
    notice_on: dt.date | None = None
    reply_due: dt.date | None = None
    replied_on: dt.date | None = None
    reply_waived: bool = False
    notice_days: int = 0
    starts: dt.date | None = None
    ends: dt.date | None = None
    review_due: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """What may be done next: by whom in words, and from which day (None: at any time)."""

    what: str
    who: str
    earliest: dt.date | None


def may_follow(state: str, what: str) -> bool:
    """Whether something may be done to a case in this state."""
    return (state, what) in TRANSITIONS


def offices_of(framework: Framework, role: str) -> tuple[str, ...]:
    """The offices, one of which must be held to play a role of a framework; empty: any.

    Those that the role names itself; else, of the roles that ministers have played in frameworks
    from before roles named offices, the minister's, whatever the version; else none.
    """
    named = next((known.office for known in framework.roles if known.id == role), ())
    return named or _OFFICES_OF.get(role, ())


def may_not(framework: Framework, role: str, act: str) -> str:
    """Why a framework does not let a role ``act`` ("propose" or "decide"), or ""."""
    found = next((known for known in framework.roles if known.id == role), None)
    if found is None:
        return f"{framework.title} has no role {role!r}, so nobody may {act} this."
    if act not in found.may:
        return f"{framework.title} does not let its role {found.title!r} {act}."
    return ""


def acts_for_centre(
    held: Iterable[HeldRole], offices: Collection[str], centre: str, on: dt.date
) -> HeldRole | None:
    """The role by which somebody may act for the centre by one of these offices, or None.

    They hold the role of the centre at that very body; where no office is named, by any.
    """
    for has in held:
        here = has.role == CENTRE and has.body == centre and holds(has, on)
        if here and (not offices or has.office in offices):
            return has
    return None


def office_words(offices: Iterable[str]) -> str:
    """Offices in words: "minister in charge"; "" where none is named."""
    return ", ".join(OFFICE_KINDS.get(office, office.replace("-", " ")) for office in offices)


def after_days(start: dt.date, days: int, pauses: Sequence[Span] = ()) -> dt.date:
    """The day so many days after ``start``, days within a pause not counted."""
    day, left = start, days
    while left:
        day += dt.timedelta(days=1)
        if not any(pause.holds(day) for pause in pauses):
            left -= 1
    return day


def after_months(start: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last day of that month."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    month += 1
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    last = (following - dt.timedelta(days=1)).day
    return dt.date(year, month, min(start.day, last))


def earliest_decision(course: Course) -> dt.date:
    """The first day on which a notice may be decided: its days and those of reply are over.

    A reply that came early does not shorten them: the body may still add to it.
    """
    if course.notice_on is None or course.reply_due is None:
        raise ValueError("there is no notice to decide on")
    noticed = course.notice_on + dt.timedelta(days=course.notice_days)
    return max(noticed, course.reply_due + dt.timedelta(days=1))


def last_decision(course: Course) -> dt.date:
    """The last day on which a notice may be decided: it lapses after it."""
    return after_months(earliest_decision(course), LAPSE_MONTHS)


def next_review(on: dt.date, months: int, ends: dt.date) -> dt.date:
    """When the next review is due: so many months on, or when the step's time is over."""
    return min(after_months(on, months), ends)


def day_fault(course: Course, on: dt.date) -> list[Fault]:
    """What is wrong with doing something on this day: nothing, or that it would be before."""
    if on >= course.last_on:
        return []
    what = f"{day_words(on)} is before the last thing that was done, on "
    return [
        Fault("on", f"{what}{day_words(course.last_on)}.", "Name that day or later.", value=str(on))
    ]


def pause_fault(pauses: Sequence[Span], on: dt.date) -> list[Fault]:
    """That official acts wait on this day, with the pauses that say so."""
    return [
        Fault(
            "on",
            f"Official acts wait: {pause.title}.",
            f"Do it after {day_words(pause.ends)}.",
            kind="paused",
            value=str(on),
        )
        for pause in pauses
        if pause.holds(on)
    ]


def decide_faults(course: Course, on: dt.date, pauses: Sequence[Span]) -> list[Fault]:
    """Everything that keeps a notice from being decided on a day."""
    faults = day_fault(course, on)
    earliest = earliest_decision(course)
    if on < earliest:
        faults.append(
            Fault(
                "on",
                f"The days of notice and reply are not over on {day_words(on)}.",
                f"Decide on {day_words(earliest)} or later.",
                kind="too-early",
                value=str(on),
            )
        )
    last = last_decision(course)
    if on > last:
        faults.append(
            Fault(
                "on",
                f"This notice lapsed after {day_words(last)}, as nobody had decided on it.",
                "Propose the step again.",
                kind="too-late",
                value=str(on),
            )
        )
    return faults + pause_fault(pauses, on)


def reply_faults(course: Course, on: dt.date, *, late: bool) -> list[Fault]:
    """Everything that keeps a reply from being given on a day.

    When its days are over, a reply no longer holds up the decision. The answer is still owed, so
    it may be given, as ``late``.
    """
    if course.notice_on is not None and on < course.notice_on:
        what = f"Notice was given on {day_words(course.notice_on)}."
        return [Fault("on", what, "Name that day or later.", value=str(on))]
    if course.reply_due is None or on <= course.reply_due or late:
        return []
    return [
        Fault(
            "on",
            f"The days for a reply ended on {day_words(course.reply_due)}.",
            "The answer is still owed: give it as a late one. The decision need not wait for it.",
            kind="too-late",
            value=str(on),
        )
    ]


def moves(
    course: Course,
    offices: Collection[str],
    centre: str,
    body: str,
    today: dt.date | None = None,
) -> list[Move]:
    """What may be done next in a case, with names for who may.

    ``offices``: those of the centre that decide; empty: any. ``today``: after the last day of
    decision there is none any more; None to leave that out.
    """
    found = []
    if course.state == NOTICED:
        if course.replied_on is None and not course.reply_waived:
            found.append(Move(REPLY, body, course.notice_on))
        who = f"{centre} ({office})" if (office := office_words(offices)) else centre
        if today is None or today <= last_decision(course):
            found.append(Move(DECIDE, who, earliest_decision(course)))
        found.append(Move(WITHDRAW, centre, course.last_on))
    if course.state == RUNNING:
        found.append(Move(REVIEW, centre, course.last_on))
        found.append(Move(END, centre, course.last_on))
    return found


def says(course: Course, today: dt.date, body: str, ended_on: dt.date | None = None) -> str:
    """How a case stands on a day, as one sentence."""
    if course.state == NOTICED and course.reply_due is not None:
        return _notice_says(course, course.reply_due, today, body)
    if course.state == RUNNING and course.ends is not None:
        if today > course.ends:
            return f"Its time was over on {day_words(course.ends)}: it has no force any more."
        if course.review_due is not None and today > course.review_due:
            return f"In force; its review has been overdue since {day_words(course.review_due)}."
        return f"In force until {day_words(course.ends)} at the latest."
    if ended_on is not None:
        return f"Ended on {day_words(ended_on)}."
    words = STATES[course.state]
    return f"{words[0].upper()}{words[1:]}."


def _notice_says(course: Course, due: dt.date, today: dt.date, body: str) -> str:
    first, last = earliest_decision(course), last_decision(course)
    if today > last:
        return f"Not decided by {day_words(last)}: the notice has no force any more."
    done = course.replied_on is not None or course.reply_waived
    if course.replied_on is not None:
        said = f"{body} replied on {day_words(course.replied_on)}"
    elif done:
        said = "No reply is owed"
    elif today <= due:
        said = f"Notice given; {body} owes a reply by {day_words(due)}"
    else:
        said = f"Notice given; the reply of {body} has been overdue since {day_words(due)}"
    if today > first:
        lapses = f"it lapses after {day_words(last)}"
        return f"{said}; undecided since {day_words(first)}, {lapses}."
    return f"{said}; decided from {day_words(first)}." if done else f"{said}."


def days_within(spans: Iterable[Span], first: dt.date, last: dt.date) -> int:
    """How many days some times lasted between two days: from the first day of each to its last.

    Counted as one emergency is: from a Monday to the Tuesday is one day, not two.
    """
    cut = ((max(span.starts, first), min(span.ends, last)) for span in spans)
    return sum(max((end - start).days, 0) for start, end in cut)


def override_faults(on: dt.date, until: dt.date, before: Sequence[Span] = ()) -> list[Fault]:
    """What is wrong with the time of an emergency outside the framework.

    ``before``: the emergencies in that matter before it. One after the other must not come to
    more than a single one may last.
    """
    longest = on + dt.timedelta(days=OVERRIDE_LONGEST_DAYS)
    if on < until <= longest:
        spent = days_within(before, until - dt.timedelta(days=OVERRIDE_YEAR_DAYS), on)
        if spent + (until - on).days <= OVERRIDE_LONGEST_DAYS:
            return []
        return [
            Fault(
                "until",
                f"Emergencies here have lasted {spent} days already in the "
                f"{OVERRIDE_YEAR_DAYS} days up to {day_words(until)}; all together may last "
                f"{OVERRIDE_LONGEST_DAYS}.",
                "Name an earlier day, or propose a step of the framework.",
                kind="too-long-in-all",
                value=str(until),
            )
        ]
    return [
        Fault(
            "until",
            f"An emergency cannot last until {day_words(until)}.",
            f"Name a day after {day_words(on)}, and {day_words(longest)} at the latest.",
            value=str(until),
        )
    ]

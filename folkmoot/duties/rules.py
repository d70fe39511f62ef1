"""Answers owed: how they stand on a day, and who may end one. Pure rules, told the day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from folkmoot.common.errors import BadInput, Fault
from folkmoot.people.rules import (
    ADMINISTRATOR,
    CENTRE,
    OFFICER,
    REPRESENTATIVE,
    SITE,
    HeldRole,
    holds,
)

DUE_SOON = dt.timedelta(days=7)

REPLY, REVIEW, REPORT = "reply", "review", "report"
PETITION_ANSWER, PETITION_HEARING = "petition-answer", "petition-hearing"
PETITION_DEBATE, QUESTION = "petition-debate", "question"
# Kinds of duty, with what is owed in words.
KINDS: dict[str, str] = {
    REPLY: "a reply to a notice",
    REVIEW: "a review of a step that the centre took",
    REPORT: "an answer to a report of an error in a figure",
    PETITION_ANSWER: "an answer to a petition",
    PETITION_HEARING: "a hearing of the senior officer about a petition",
    PETITION_DEBATE: "a debate of a petition by the council",
    QUESTION: "an answer to a public question",
}
# Answered only in the case that they are about, which goes on by the answer. A review is never
# waived either: while a step runs, one is owed.
OF_CASES = frozenset({REPLY, REVIEW})
# Which roles at the body that owes may answer for it.
ANSWERERS: dict[str, frozenset[str]] = {
    REPLY: frozenset({OFFICER, REPRESENTATIVE}),
    REVIEW: frozenset({CENTRE}),
    REPORT: frozenset({OFFICER, REPRESENTATIVE, CENTRE}),
    PETITION_ANSWER: frozenset({OFFICER, REPRESENTATIVE, CENTRE}),
    PETITION_HEARING: frozenset({OFFICER, REPRESENTATIVE, CENTRE}),
    PETITION_DEBATE: frozenset({OFFICER, REPRESENTATIVE, CENTRE}),
    QUESTION: frozenset({OFFICER, REPRESENTATIVE, CENTRE}),
}

# States of a duty, with the words that stand before a date or a number of days.
STATES: dict[str, str] = {
    "owed": "Answer owed",
    "due-soon": "Answer due soon",
    "overdue": "Answer overdue",
    "answered": "Answered",
    "waived": "Waived",
}
OPEN_STATES = frozenset({"owed", "due-soon", "overdue"})

# Waivers that follow from something else that was done in public, and that nobody chooses.
BY_RULE = frozenset({"proposal-withdrawn", "notice-lapsed", "intervention-ended"})


@dataclass(frozen=True, slots=True)
class OwnRule:
    """A rule of this site's own that makes an answer owed: its version is the day it began."""

    key: str
    version: str
    days: int
    words: str


# No law sets a number of days for this. It is what this site asks of every publisher alike.
REPORT_RULE = OwnRule(
    "report-an-error",
    "2026-11-23",
    28,
    "Whoever publishes a figure answers a report of an error in it within 28 days.",
)


@dataclass(frozen=True, slots=True)
class NewDuty:
    """An answer about to be owed.

    ``key`` is unique in its space: the same key is the same duty. ``body`` is a body's slug and
    ``office`` the slug of one of its offices, or "" for the body as a whole. ``subject`` is the
    text key of what must be answered. ``owed_to`` is the slug of the central body that may waive
    it, or "" where only an administrator of the site may.
    """

    key: str
    kind: str
    body: str
    subject: str
    rule: str
    rule_version: str
    since: dt.date
    due: dt.date
    office: str = ""
    place: str = ""
    service: str = ""
    owed_to: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """What the state of a duty depends on. ``ended`` is "", "answered" or "waived"."""

    since: dt.date
    due: dt.date
    ended: str = ""
    ended_on: dt.date | None = None


def key_in(run: str, key: str) -> str:
    """The key of a duty in the rehearsal ``run``; the key itself in the record, which has none."""
    return f"{run}/{key}" if run else key


def in_run(key: str, run: str) -> bool:
    """Whether a duty of this key belongs to the rehearsal ``run``."""
    return bool(run) and key.startswith(key_in(run, ""))


def duty_path(duty: int) -> str:
    """Where the page of a duty of the record is, by its number."""
    return f"/duties/{duty}/"


def acting_day(space: str, today: dt.date, on: dt.date | None) -> dt.date:
    """The day that an act is dated. Raises BadInput for another day than today in the record.

    A rehearsal chooses its own days, so that months of notice can be tried out in an hour.
    """
    if on is None or on == today:
        return today
    if space == "record":
        raise BadInput(
            [
                Fault(
                    "on",
                    f"Today is {today}; an act of the record is dated the day it is done.",
                    "Leave the day out. A rehearsal may choose its own days.",
                    value=str(on),
                )
            ]
        )
    return on


def state(clock: Clock, today: dt.date) -> str:
    """How a duty stands on a day: a key of ``STATES``. It is not overdue on the day it is due."""
    if clock.ended:
        return clock.ended
    if today > clock.due:
        return "overdue"
    return "due-soon" if clock.due - today <= DUE_SOON else "owed"


def days_left(clock: Clock, today: dt.date) -> int:
    """Days until it is due; negative once it is overdue."""
    return (clock.due - today).days


def in_time(clock: Clock) -> bool | None:
    """Whether it was answered by the day it was due; None unless it was answered."""
    if clock.ended != "answered" or clock.ended_on is None:
        return None
    return clock.ended_on <= clock.due


def counts(clock: Clock, today: dt.date) -> bool:
    """Whether a duty says something of promptness: answered, or its time is over. Not waived.

    One that is still within its time says nothing yet. One that was answered early would count
    at once and one not yet answered would not, so both wait until the day it was due is past:
    otherwise a body looks prompt for as long as its late ones are not due.
    """
    return clock.ended != "waived" and clock.due < today


def may_answer(held: Iterable[HeldRole], body: str, office: str, kind: str, on: dt.date) -> str:
    """The acting office by which somebody may answer for ``body``, or "" if they may not.

    An officer answers for every office of the body; anybody else who may, for their own office,
    or for the body where no office is named.
    """
    for has in held:
        if has.body != body or has.role not in ANSWERERS[kind] or not holds(has, on):
            continue
        if office in ("", has.office) or has.role == OFFICER:
            return has.acting_office
    return ""


def may_waive(held: Iterable[HeldRole], owed_to: str, on: dt.date) -> str:
    """The acting office by which somebody may waive a duty, or "".

    An administrator of the site may, and the centre where the answer is owed to that very body.
    Nobody waives what their own body owes by being its officer.
    """
    for has in held:
        if not holds(has, on):
            continue
        if has.role == ADMINISTRATOR and has.body == SITE:
            return has.acting_office
        if has.role == CENTRE and owed_to and has.body == owed_to:
            return has.acting_office
    return ""


def says(clock: Clock, today: dt.date) -> str:
    """How a duty stands, as a sentence: "Answer owed by 12 January 2027; 9 days left."."""
    now, due = state(clock, today), day_words(clock.due)
    if clock.ended_on is not None:
        done, ended = STATES[now], day_words(clock.ended_on)
        late = ", late" if in_time(clock) is False else ""
        return f"{done} on {ended}{late}; it was due by {due}."
    left = days_left(clock, today)
    if left < 0:
        return f"Answer overdue since {due}; {_days(-left)} late."
    return f"Answer owed by {due}; {_days(left)} left." if left else "Answer owed today."


_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)


def day_words(day: dt.date) -> str:
    """A day as people write it: "12 January 2027"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


def original_publisher(publisher: str) -> str:
    """Who first published, of "X; republished by Y": the one that can answer for the figure.

    "" where several published together, because no one of them can be held to it.
    """
    first, *rest = [part.strip() for part in publisher.split(";")]
    if any(not part.startswith("republished by") for part in rest):
        return ""
    return first

"""Whether a framework opens a step in a place, with a trace that a lawyer could follow.

Every condition is told apart: what the framework asks, the figure found, the release and row it
rests on, and whether it is met. Nothing is taken on trust and nothing is left unsaid.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from folkmoot.common.reasons import ENDINGS
from folkmoot.framework.catalogue import Condition, ExitTest, Framework, Pause, Step, Trigger
from folkmoot.framework.rules.facts import Fact
from folkmoot.framework.rules.standing import (
    BELOW,
    BEYOND_CHANCE,
    EVERY_CASE,
    SLACK,
    Booleans,
    Judged,
    in_a_row,
)
from folkmoot.measures.rules.periods import day_words, label

SURE = frozenset({"beyond-chance", "every-case"})
TIME_OVER = "time-over"
LOCAL = "This is a matter for the local people."


@dataclass(frozen=True, slots=True)
class Taken:
    """A step of the ladder that was taken in a matter before.

    ``until``: its last day, None while it runs; ``ending``: why it ended, a key of
    ``reasons.ENDINGS``.
    """

    step: str
    case: int
    since: dt.date
    until: dt.date | None = None
    ending: str = ""


@dataclass(frozen=True, slots=True)
class Superseded:
    """That a newer version of a framework has taken the place of another, from a day on."""

    version: str
    starts: dt.date


@dataclass(frozen=True, slots=True)
class Checked:
    """One condition of a finding.

    ``of``: "framework", "order", "pause", "service", "age" or "standing". ``asks``: what must
    hold; ``found``: what was found; ``fact``: the newest standing that it rests on;
    ``rests_on``: every standing that counted, oldest first. ``trigger``: number of the trigger
    that the condition belongs to, from 1; 0 where it belongs to all of them.
    """

    of: str
    asks: str
    found: str
    met: bool
    trigger: int = 0
    fact: Fact | None = None
    rests_on: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether the framework allows a step here, and why. ``labels``: what an act must carry."""

    framework: str
    version: str
    illustrative: bool
    step: str
    place: str
    service: str
    on: dt.date
    allowed: bool
    says: str
    conditions: tuple[Checked, ...]
    labels: tuple[str, ...] = ()


def find(
    framework: Framework,
    step: str,
    place: str,
    standings: Collection[Fact],
    on: dt.date,
    *,
    service: str = "",
    taken: Collection[Taken] = (),
    superseded: Superseded | None = None,
) -> Finding:
    """Whether ``framework`` allows ``step`` in ``place`` on the day ``on``.

    ``standings``: of that place, any standards and periods; those whose period was not over on
    the day are left out. ``service``: the matter; "" for any. ``taken``: the steps already taken
    in this matter; ``superseded``: the next version of the framework. Raises KeyError for a step
    that the framework does not have.
    """
    rung = framework.step(step)
    if rung is None:
        raise KeyError(step)
    facts = [fact for fact in standings if fact.area == place and fact.period_end <= on]
    labels = tuple(p.title for p in pauses_on(framework, on) if p.effect == "label")
    general = [
        _in_force(framework, on, superseded),
        *_order(framework, rung, taken, on, service),
        *_pauses(framework, on),
    ]
    checked = list(general)
    opened = False
    number = 0
    for trigger in rung.triggers:
        if service and trigger.service != service:
            continue
        number += 1
        conditions = [
            _condition(framework, c, trigger, facts, on, number) for c in trigger.conditions
        ]
        held = [condition.met for condition in conditions]
        opened |= all(held) if trigger.match == "all" else any(held)
        checked.extend(conditions)
    if not number:
        what = f"It has none for {service}." if service else "It has none."
        asks = f"{rung.title} needs a trigger for the service."
        checked.append(Checked("service", asks, what, False))
    allowed = opened and all(condition.met for condition in general)
    says = f"{framework.title} allows this step: {rung.title}." if allowed else LOCAL
    return Finding(
        framework.slug,
        framework.version,
        framework.illustrative,
        step,
        place,
        service,
        on,
        allowed,
        says,
        tuple(checked),
        labels,
    )


def pauses_on(framework: Framework, on: dt.date) -> list[Pause]:
    """The pauses and labels of the framework that hold on a day."""
    return [pause for pause in framework.pauses if pause.starts <= on <= pause.ends]


def exit_met(step: Step, framework: Framework, service: str, standings: Collection[Fact]) -> bool:
    """Whether the exit test of a step is met for a service: every test on its standards holds.

    A test is met where each of its newest ``periods`` has a figure short of the line by less than
    ``shortfall`` (or meeting it). No test for the service, or no figures, is not met.
    """
    tests = [t for t in step.exit if _service_of(framework, t.standard) == service]
    return bool(tests) and all(_exit(test, standings) for test in tests)


def _exit(test: ExitTest, standings: Collection[Fact]) -> bool:
    newest = _of(test.standard, standings)[-test.periods :]
    return len(newest) == test.periods and all(
        fact.shortfall is not None and fact.shortfall < max(test.shortfall, SLACK)
        for fact in newest
    )


def holds(fact: Fact, condition: Condition) -> bool:
    """Whether one standing is as a condition asks, its number of periods left aside."""
    return (
        fact.failing
        and fact.shortfall is not None
        and fact.shortfall >= condition.shortfall - SLACK
        and (condition.sure == "any" or fact.how in SURE)
    )


def held(judged: Judged, condition: Condition) -> Booleans:
    """(P, T): ``holds`` for every place and period, for the number of periods asked for."""
    sure = np.isin(judged.how, (BEYOND_CHANCE, EVERY_CASE)) | (condition.sure == "any")
    now = (judged.state == BELOW) & judged.failing & sure
    now &= np.nan_to_num(judged.shortfall) >= condition.shortfall - SLACK
    asked: Booleans = np.asarray((judged.state > 0).any(axis=0))
    return np.asarray(in_a_row(now, asked) >= condition.periods)


def _of(standard: str, facts: Collection[Fact]) -> list[Fact]:
    return sorted((f for f in facts if f.standard == standard), key=lambda f: f.period_end)


def _condition(
    framework: Framework,
    condition: Condition,
    trigger: Trigger,
    facts: Sequence[Fact],
    on: dt.date,
    number: int,
) -> Checked:
    asks = asks_words(framework, condition, trigger)
    own = _of(condition.standard, facts)
    if not own:
        return Checked("standing", asks, "There is no figure of this place.", False, number)
    newest = own[-1]
    limit = months_before(on, trigger.no_older_than_months)
    rests: list[Fact] = []
    for fact in reversed(own):
        if not holds(fact, condition):
            break
        rests.append(fact)
    enough = len(rests) >= condition.periods
    fresh = newest.period_end >= limit
    found = _found_words(newest, len(rests), fresh)
    counted = tuple(reversed(rests[: condition.periods])) or (newest,)
    return Checked("standing", asks, found, enough and fresh, number, newest, counted)


def asks_words(framework: Framework, condition: Condition, trigger: Trigger) -> str:
    """What a condition asks, as a sentence."""
    standard = framework.standard(condition.standard)
    title = standard.title if standard else condition.standard
    far = f" by {condition.shortfall:g} or more" if condition.shortfall else ""
    sure = "" if condition.sure == "any" else ", by more than chance where cases are a sample"
    periods = (
        "in the newest period"
        if condition.periods == 1
        else f"in each of the newest {condition.periods} periods"
    )
    return (
        f"Below the minimum “{title}”{far}{sure}, {periods}, "
        f"the newest no older than {trigger.no_older_than_months} months."
    )


def _found_words(fact: Fact, run: int, fresh: bool) -> str:
    when = label(fact.period)
    if fact.value is None or fact.shortfall is None:
        said = f"No figure for {when}: {fact.status or fact.state.replace('-', ' ')}."
    elif fact.state == "meets":
        said = f"{fact.value:g} in {when}: the line is met."
    else:
        binds = "" if fact.failing else ", which is not below a minimum that binds"
        said = (
            f"{fact.value:g} in {when}, {fact.shortfall:g} beyond the line "
            f"({fact.how.replace('-', ' ')}){binds}; so far as asked in {run} "
            f"period{'' if run == 1 else 's'} in a row."
        )
    return said if fresh else f"{said} The figure is too old."


def months_before(on: dt.date, months: int) -> dt.date:
    """The same day so many months before, or the last of that month."""
    year, month = divmod(on.year * 12 + on.month - 1 - months, 12)
    days = (31, 29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28, 31, 30, 31, 30)
    longest = (*days, 31, 31, 30, 31, 30, 31)[month]
    return dt.date(year, month + 1, min(on.day, longest))


def _service_of(framework: Framework, standard: str) -> str | None:
    found = framework.standard(standard)
    return found.service if found else None


def _in_force(framework: Framework, on: dt.date, superseded: Superseded | None) -> Checked:
    ends = framework.ends
    why = ""
    if superseded is not None and (ends is None or superseded.starts <= ends):
        ends = superseded.starts - dt.timedelta(days=1)
        why = f", when version {superseded.version} takes its place"
    until = f" until {day_words(ends)}{why}" if ends else ""
    met = framework.starts <= on and (ends is None or on <= ends)
    found = f"It is in force from {day_words(framework.starts)}{until}; the day is {day_words(on)}."
    asks = "This version of the framework must be in force on the day."
    return Checked("framework", asks, found, met)


def _order(
    framework: Framework, step: Step, taken: Collection[Taken], on: dt.date, service: str
) -> list[Checked]:
    """That the step before runs, or that its whole time was not enough and is not long over."""
    if step.after is None:
        return []
    before = framework.step(step.after)
    title = before.title if before else step.after
    months = max(
        (t.no_older_than_months for t in step.triggers if service in ("", t.service)), default=0
    )
    asks = (
        f"The step before it must be running, or its longest time have run out no more than "
        f"{months} months before: {title}."
    )
    since = months_before(on, months)
    begun = (t for t in taken if t.step == step.after and t.since <= on)
    own = sorted(begun, key=lambda t: (t.since, t.case))
    met = [t for t in own if _leads_on(t, since, on)]
    if not own:
        return [Checked("order", asks, "It was not taken.", False)]
    return [Checked("order", asks, _taken_words((met or own)[-1], on), bool(met))]


def _leads_on(taken: Taken, since: dt.date, on: dt.date) -> bool:
    if taken.since > on:
        return False
    if _runs(taken, on):
        return True
    return taken.ending == TIME_OVER and taken.until is not None and since <= taken.until


def _runs(taken: Taken, on: dt.date) -> bool:
    """Whether a step that has begun was still running on a day, whatever came of it later."""
    return taken.until is None or taken.until > on


def _taken_words(taken: Taken, on: dt.date) -> str:
    said = f"It was taken in case {taken.case}, from {day_words(taken.since)}"
    if taken.until is None or _runs(taken, on):
        return f"{said}, and is running."
    return f"{said}, and ended on {day_words(taken.until)}: {ENDINGS[taken.ending]}."


def _pauses(framework: Framework, on: dt.date) -> list[Checked]:
    asks = "No pause of the framework may hold on the day."
    holding = [pause for pause in pauses_on(framework, on) if pause.effect == "pause"]
    if not framework.pauses:
        return []
    found = "; ".join(f"{p.title}, until {day_words(p.ends)}" for p in holding) or "None holds."
    return [Checked("pause", asks, found, not holding)]

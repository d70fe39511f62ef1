"""Trying a framework out over all the history there is, before anybody is subject to it.

Over the real figures: which places would have triggered which step, when, how often, how long.
Over figures drawn again with their dependence in time: how often each condition and trigger would
fire for a place exactly at the line and at stated margins above it, and how long a real fall
would go unseen. Steps are taken by their figures alone: whether the step before was taken, and
whether the framework was in force on the day, is left aside.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from folkmoot.framework.alarms import Alarm, Asked, Tally, Unseen, triggers
from folkmoot.framework.catalogue import Framework, Step, Trigger
from folkmoot.framework.history import Panels, judged, panels_of
from folkmoot.framework.rules.likeness import Likeness, likeness
from folkmoot.framework.rules.rehearsed import Fired, combined, spells
from folkmoot.framework.rules.standing import Judged
from folkmoot.framework.rules.trigger import held

MARGINS = (0.0, 2.0, 5.0, 10.0)
FALLS = (5.0, 10.0, 20.0)
RESAMPLES = 1000
SEED = 19940401
_CHUNK = 250


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in which a place's figures would have held a step open, by the ends of periods."""

    area: str
    area_name: str
    since: dt.date
    until: dt.date
    periods: int
    newest: bool


@dataclass(frozen=True, slots=True)
class Run:
    """One trigger of one step over the real history.

    ``places``: with a figure to judge; ``ever``: that would ever have triggered it; ``now``: that
    would by the newest figures; ``by_day``: end of period → places holding it open.
    """

    step: str
    title: str
    service: str
    trigger: int
    places: int
    ever: int
    now: int
    by_day: tuple[tuple[dt.date, int], ...]
    spells: tuple[Spell, ...]


@dataclass(frozen=True, slots=True)
class Moves:
    """How the figures of a standard move: what the drawing rests on."""

    standard: str
    measure: str
    places: int
    periods: int
    phi: float
    pairs: int


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Everything that a rehearsal found."""

    framework: str
    version: str
    illustrative: bool
    resamples: int
    seed: int
    runs: tuple[Run, ...]
    alarms: tuple[Alarm, ...]
    unseen: tuple[Unseen, ...]
    moves: tuple[Moves, ...]
    notes: tuple[str, ...] = ()


def rehearse(
    framework: Framework,
    panels: Panels | None = None,
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
    margins: Sequence[float] = MARGINS,
    falls: Sequence[float] = FALLS,
) -> Rehearsal:
    """Rehearse ``framework`` over all history and over ``resamples`` drawn again from it.

    ``panels``: the figures, read where not given. ``resamples`` 0 leaves the drawing out; a single
    one has no error that could be told, so it is refused with ValueError.
    ``margins`` and ``falls`` are in the unit of each measure; one that would take a place beyond
    what the measure can be is left out.
    """
    if resamples < 0 or resamples == 1:
        raise ValueError("resamples: 0, or two at least")
    panels = panels_of(framework) if panels is None else panels
    found = judged(framework, panels)
    asked = list(_asked(framework, found))
    runs = tuple(_run(step, trigger, number, found) for step, trigger, number in triggers(asked))
    likenesses = _likenesses(framework, asked, found) if resamples else {}
    tally = Tally(asked, likenesses, margins, falls)
    generator = np.random.default_rng(seed)
    for size in _chunks(resamples if likenesses else 0):
        tally.add(size, generator)
    return Rehearsal(
        framework.slug,
        framework.version,
        framework.illustrative,
        resamples,
        seed,
        runs,
        tuple(tally.alarms()),
        tuple(tally.unseen()),
        tuple(_moves(key, each) for key, each in likenesses.items()),
        tuple(_notes(framework, found)),
    )


def _asked(framework: Framework, found: Mapping[str, Judged]) -> Iterator[Asked]:
    for step in framework.ladder:
        for number, trigger in enumerate(step.triggers, 1):
            for position, condition in enumerate(trigger.conditions, 1):
                if condition.standard in found:
                    yield Asked(step, trigger, number, condition, position)


def _notes(framework: Framework, found: Mapping[str, Judged]) -> Iterator[str]:
    for step in framework.ladder:
        for trigger in step.triggers:
            for condition in trigger.conditions:
                if condition.standard not in found:
                    yield f"{step.id}: there are no figures for {condition.standard}."


def _moves(standard: str, each: Likeness) -> Moves:
    return Moves(
        standard,
        each.measure,
        len(each.areas),
        len(each.ends),
        each.dependence.phi,
        each.dependence.pairs,
    )


def _run(step: Step, trigger: Trigger, number: int, found: Mapping[str, Judged]) -> Run:
    fired = [
        Fired(judged.panel.areas, judged.panel.ends, held(judged, condition))
        for condition in trigger.conditions
        if (judged := found.get(condition.standard)) is not None
    ]
    whole = combined(fired, trigger.match, trigger.no_older_than_months)
    names = {
        area: name
        for condition in trigger.conditions
        if condition.standard in found
        for area, name in zip(
            found[condition.standard].panel.areas,
            found[condition.standard].panel.names,
            strict=True,
        )
    }
    last = len(whole.ends) - 1
    ends = [end.astype(dt.date) for end in whole.ends]
    listed = [
        Spell(
            whole.areas[place],
            names[whole.areas[place]],
            ends[first],
            ends[until],
            until - first + 1,
            until == last,
        )
        for place, first, until in spells(whole.held)
    ]
    return Run(
        step.id,
        step.title,
        trigger.service,
        number,
        len(whole.areas),
        int(whole.held.any(axis=1).sum()),
        int(whole.held[:, -1].sum()) if last >= 0 else 0,
        tuple((end, int(n)) for end, n in zip(ends, whole.held.sum(axis=0), strict=True)),
        tuple(listed),
    )


def _likenesses(
    framework: Framework, asked: Iterable[Asked], found: Mapping[str, Judged]
) -> dict[str, Likeness]:
    keys = dict.fromkeys(each.condition.standard for each in asked)
    made = {
        key: likeness(found[key], standard)
        for key in keys
        if (standard := framework.standard(key)) is not None
    }
    return {key: like for key, like in made.items() if like is not None}


def _chunks(resamples: int) -> Iterator[int]:
    while resamples > 0:
        yield min(_CHUNK, resamples)
        resamples -= _CHUNK

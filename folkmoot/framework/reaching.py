"""Triggers that the figures can never open, or that they always hold open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import numpy as np

from folkmoot.framework.catalogue import Condition, Trigger
from folkmoot.framework.mending import Where
from folkmoot.framework.reading import Read
from folkmoot.framework.rules.rehearsed import Fired, combined
from folkmoot.framework.rules.standing import Judged, in_a_row
from folkmoot.framework.rules.trigger import held, months_before
from folkmoot.measures.rules.periods import day_words

_Found = tuple[Where, str, str]


def reach(read: Read, judged: Mapping[str, Judged], on: dt.date | None) -> Iterable[_Found]:
    """Conditions, and triggers as wholes, that the figures never meet, or always.

    ``judged``: where every place stands on each standard. ``on``: the day by which their newest
    figures may be too old for a trigger; None to leave that out.
    """
    for index, step in enumerate(read.framework.ladder):
        for number, trigger in enumerate(step.triggers):
            path: Where = ("ladder", index, "triggers", number)
            if not read.sound(*path):
                continue
            own = list(_conditions(read, trigger, judged, path))
            yield from own
            known = [judged.get(condition.standard) for condition in trigger.conditions]
            there = [each for each in known if each is not None]
            if len(there) == len(known) > 1 and not own:
                yield from _together(trigger, there, path)
            if on is not None:
                yield from _age(trigger, there, on, path)


def _conditions(
    read: Read, trigger: Trigger, judged: Mapping[str, Judged], path: Where
) -> Iterable[_Found]:
    for at, condition in enumerate(trigger.conditions):
        found = judged.get(condition.standard)
        if found is None or not read.sound_standard(condition.standard):
            continue
        met = held(found, condition)
        could = _could(found, condition)
        if not met.any():
            what = "no place has ever met this condition: it can never open the step."
            yield (*path, "conditions", at), what, "Move the line, or fewer periods."
        elif met[could].all():
            what = "every place has always met this condition: it tells none apart."
            yield (*path, "conditions", at), what, "Move the line, or more periods."


def _together(trigger: Trigger, found: list[Judged], path: Where) -> Iterable[_Found]:
    """Conditions that are met one by one, and never, or always, as the trigger asks for them."""
    months = trigger.no_older_than_months
    parts = list(zip(found, trigger.conditions, strict=True))
    met = combined([_fired(j, held(j, c)) for j, c in parts], trigger.match, months)
    could = combined([_fired(j, _could(j, c)) for j, c in parts], trigger.match, months)
    if not met.held.any():
        what = "no place has ever met these conditions together: they can never open the step."
        yield path, what, "Rest it on standards that are asked of the same places."
    elif met.held[could.held].all():
        what = "every place has always met these conditions: they tell none apart."
        yield path, what, "Move the lines, or more periods."


def _could(found: Judged, condition: Condition) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """(P, T): where a condition could be met: asked of the place in so many periods in a row."""
    asked = found.state > 0
    return np.asarray(in_a_row(asked, np.asarray(asked.any(axis=0))) >= condition.periods)


def _fired(found: Judged, where: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Fired:
    return Fired(found.panel.areas, found.panel.ends, np.asarray(where))


def _age(trigger: Trigger, found: list[Judged], on: dt.date, path: Where) -> Iterable[_Found]:
    """Whether every figure is too old for the trigger by now."""
    newest = [each.panel.ends.max().astype(dt.date) for each in found if each.panel.ends.size]
    oldest = months_before(on, trigger.no_older_than_months)
    late = [end for end in newest if end < oldest]
    if late and (trigger.match == "all" or len(late) == len(trigger.conditions)):
        last = day_words(min(late) - dt.timedelta(days=1))
        what = f"the figures end on {last}, too long ago for the trigger: it cannot open the step."
        remedy = "Raise no_older_than_months, or rest it on newer figures."
        yield (*path, "no_older_than_months"), what, remedy

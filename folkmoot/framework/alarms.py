"""How often a trigger would fire for nothing, and how long a real fall would go unseen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from folkmoot.framework.catalogue import Condition, Step, Trigger
from folkmoot.framework.rules.likeness import Draw, Likeness
from folkmoot.framework.rules.rehearsed import Fired, combined
from folkmoot.framework.rules.standing import Booleans, Floats
from folkmoot.stats.resample import Estimate, estimate, estimate_share

SHORTEST_LOOK = 12


@dataclass(frozen=True, slots=True)
class Alarm:
    """How often places at a steady ``margin`` on the right side of the line would fire.

    ``condition``: its number in the trigger from 1, or 0 for the whole trigger, in which every
    condition is at the same margin. ``a_period``: share of periods; ``ever``: share of places that
    fire at least once in ``periods`` periods. ``margin`` and ``level`` in the measure's unit.
    """

    step: str
    service: str
    trigger: int
    condition: int
    standard: str
    margin: float
    level: float | None
    periods: int
    a_period: Estimate
    ever: Estimate


@dataclass(frozen=True, slots=True)
class Unseen:
    """How long a fall of ``fall`` from exactly the line goes unseen by one condition.

    ``wait``: published periods until it fires, those never seen counted as ``look``; ``unseen``:
    share not seen within ``look`` periods.
    """

    step: str
    service: str
    trigger: int
    condition: int
    standard: str
    fall: float
    level: float
    look: int
    wait: Estimate
    unseen: Estimate


@dataclass(frozen=True, slots=True)
class Asked:
    """One condition with its place in the ladder: numbers of trigger and condition from 1."""

    step: Step
    trigger: Trigger
    number: int
    condition: Condition
    position: int


def triggers(asked: Iterable[Asked]) -> list[tuple[Step, Trigger, int]]:
    """Each trigger that any condition of ``asked`` belongs to, once, in order."""
    seen: dict[tuple[str, int], tuple[Step, Trigger, int]] = {}
    for each in asked:
        seen.setdefault((each.step.id, each.number), (each.step, each.trigger, each.number))
    return list(seen.values())


Two = tuple[Floats, Floats]


class Tally:
    """Two numbers a resample for everything that is estimated, gathered chunk by chunk.

    Standards are drawn apart from one another, as if none moved with another.
    """

    def __init__(
        self,
        asked: Sequence[Asked],
        likenesses: dict[str, Likeness],
        margins: Sequence[float],
        falls: Sequence[float],
    ) -> None:
        self._asked = [each for each in asked if each.condition.standard in likenesses]
        self._likenesses = likenesses
        self._margins = margins
        self._falls = falls
        self._conditions: dict[tuple[int, float], list[Two]] = {}
        self._triggers: dict[tuple[int, float], list[Two]] = {}
        self._unseen: dict[tuple[int, float], list[Two]] = {}

    def add(self, size: int, generator: np.random.Generator) -> None:
        """Draw ``size`` resamples of every standard and note what fires."""
        noise = {
            key: like.draw(size, _look(like) + self._longest(key) - 1, generator)
            for key, like in self._likenesses.items()
        }
        fired: dict[tuple[str, int, float], list[Fired]] = {}
        for index, each in enumerate(self._asked):
            like = self._likenesses[each.condition.standard]
            own = noise[each.condition.standard]
            for margin in self._margins:
                found = like.fires(own, each.condition, margin)
                if found is not None:
                    _note(self._conditions, (index, margin), found)
                    part = Fired(like.areas, like.ends, found)
                    fired.setdefault((each.step.id, each.number, margin), []).append(part)
            self._fall(index, each, like, own)
        for index, (step, trigger, number) in enumerate(triggers(self._asked)):
            for margin in self._margins:
                parts = fired.get((step.id, number, margin), [])
                if len(parts) == len(trigger.conditions) > 1:
                    whole = combined(parts, trigger.match, trigger.no_older_than_months)
                    _note(self._triggers, (index, margin), whole.held)

    def _longest(self, standard: str) -> int:
        return max(e.condition.periods for e in self._asked if e.condition.standard == standard)

    def _fall(self, index: int, each: Asked, like: Likeness, noise: Draw) -> None:
        look = _look(like)
        for fall in self._falls:
            found = like.fires_after(noise, each.condition, fall, look)
            if found is None:
                continue
            seen = found.any(axis=2)
            wait = np.where(seen, found.argmax(axis=2) + 1, look)
            two = (wait.mean(axis=0), np.asarray(~seen).mean(axis=0))
            self._unseen.setdefault((index, fall), []).append(two)

    def alarms(self) -> Iterator[Alarm]:
        """How often what is asked fires at each margin: conditions, then whole triggers."""
        for (index, margin), pairs in self._conditions.items():
            each = self._asked[index]
            like = self._likenesses[each.condition.standard]
            yield Alarm(
                each.step.id,
                each.trigger.service,
                each.number,
                each.position,
                each.condition.standard,
                margin,
                like.level(each.condition, margin),
                len(like.ends),
                *_shares(pairs),
            )
        listed = triggers(self._asked)
        for (index, margin), pairs in self._triggers.items():
            step, trigger, number = listed[index]
            ends = [self._likenesses[c.standard].ends for c in trigger.conditions]
            periods = len(np.unique(np.concatenate(ends)))
            yield Alarm(
                step.id,
                trigger.service,
                number,
                0,
                "",
                margin,
                None,
                periods,
                *_shares(pairs),
            )

    def unseen(self) -> Iterator[Unseen]:
        """How long each fall goes unseen by each condition."""
        for (index, fall), pairs in self._unseen.items():
            each = self._asked[index]
            like = self._likenesses[each.condition.standard]
            yield Unseen(
                each.step.id,
                each.trigger.service,
                each.number,
                each.position,
                each.condition.standard,
                fall,
                like.level(each.condition, -fall) or 0.0,
                _look(like),
                *_waits(pairs),
            )


def _look(like: Likeness) -> int:
    """How many periods after a fall are looked at."""
    return max(SHORTEST_LOOK, len(like.ends))


def _note(
    into: dict[tuple[int, float], list[Two]], key: tuple[int, float], found: Booleans
) -> None:
    two = (found.mean(axis=(0, 2)), np.asarray(found.any(axis=2)).mean(axis=0))
    into.setdefault(key, []).append(two)


def _shares(pairs: Sequence[Two]) -> tuple[Estimate, Estimate]:
    first = estimate_share(np.concatenate([pair[0] for pair in pairs]))
    return first, estimate_share(np.concatenate([pair[1] for pair in pairs]))


def _waits(pairs: Sequence[Two]) -> tuple[Estimate, Estimate]:
    wait = estimate(np.concatenate([pair[0] for pair in pairs]))
    return wait, estimate_share(np.concatenate([pair[1] for pair in pairs]))

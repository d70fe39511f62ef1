"""A framework with one line changed, to try it out before anybody is subject to it."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from folkmoot.common.errors import BadInput, Fault
from folkmoot.framework.catalogue import (
    Condition,
    ExitTest,
    Framework,
    Standard,
    Step,
    Trigger,
)

STEP = "tried"
SURES = ("beyond-chance", "any")
MOST_PERIODS = 60
_FAR = 1e9
# A line is tried on all the figures there are, from before the standard was made too.
_ALWAYS = dt.date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Line:
    """One condition to be tried: below ``line`` of a standard, so far, so sure, so often in a row.

    ``line`` and ``far`` are in the unit of the standard's measure.
    """

    standard: str
    line: float
    far: float = 0.0
    periods: int = 1
    sure: str = "beyond-chance"


def line_of(framework: Framework, standard: Standard, step: str = "") -> Line:
    """The line as the framework has it: of one of its steps, or the standard's own."""
    line = standard.line if standard.line is not None else 0.0
    rung = framework.step(step) if step else None
    for trigger in rung.triggers if rung else ():
        for found in trigger.conditions:
            if found.standard == standard.id:
                return Line(standard.id, line, found.shortfall, found.periods, found.sure)
    return Line(standard.id, line)


def steps_on(framework: Framework, standard: str) -> list[Step]:
    """The steps of the ladder that a standard has a part in, in order."""
    return [
        step
        for step in framework.ladder
        if any(c.standard == standard for trigger in step.triggers for c in trigger.conditions)
    ]


def only_on(framework: Framework, standard: str) -> Framework:
    """The framework with nothing but what rests on one standard."""
    ladder = []
    for step in steps_on(framework, standard):
        triggers = [
            trigger.model_copy(update={"conditions": own})
            for trigger in step.triggers
            if (own := tuple(c for c in trigger.conditions if c.standard == standard))
        ]
        ladder.append(step.model_copy(update={"triggers": tuple(triggers)}))
    kept = tuple(found for found in framework.standards if found.id == standard)
    return framework.model_copy(update={"standards": kept, "ladder": tuple(ladder)})


def with_line(framework: Framework, line: Line) -> Framework:
    """The framework with that one standard and one step that opens by ``line`` alone.

    A standard that does not bind is tried as if it did: the question is what would happen then.
    Raises BadInput with every fault.
    """
    standard = framework.standard(line.standard)
    faults = _faults(line)
    if standard is None or standard.measure is None:
        known = ", ".join(found.id for found in framework.judged)
        what = "No published figures can be judged by such a standard."
        faults.insert(0, Fault("standard", what, f"Use one of: {known}.", value=line.standard))
    if faults or standard is None:
        raise BadInput(faults)
    kind = standard.kind if standard.minimum else "national-standard"
    changed = standard.model_copy(
        update={
            "line": line.line, "kind": kind, "doubt": "", "due": None, "starts": _ALWAYS,
            "ends": None,
        }
    )  # fmt: skip
    condition = Condition(
        standard=standard.id,
        shortfall=line.far,
        sure="any" if line.sure == "any" else "beyond-chance",
        periods=line.periods,
    )
    service = standard.service or standard.subject
    step = Step(
        id=STEP,
        title="The line tried out",
        what="A line tried out in a rehearsal: it opens nothing.",
        proposes="nobody",
        decides="nobody",
        evidence=("None: it is tried on figures alone",),
        triggers=(Trigger(service=service, conditions=(condition,), no_older_than_months=120),),
        notice_days=0,
        reply_days=1,
        review_months=1,
        longest_months=1,
        exit=(ExitTest(standard=standard.id, shortfall=0.0),),
        appeal="None: nobody is subject to it.",
        safeguards=("rehearsal",),
    )
    return framework.model_copy(update={"standards": (changed,), "ladder": (step,)})


def _faults(line: Line) -> list[Fault]:
    faults = []
    if not math.isfinite(line.line) or abs(line.line) > _FAR:
        faults.append(Fault("line", "This is not a line.", "Write a number such as 60."))
    if not 0 <= line.far <= _FAR:
        what = "How far short is no number from 0 upwards."
        faults.append(Fault("far", what, "Write a number such as 10."))
    if not 1 <= line.periods <= MOST_PERIODS:
        what = "The number of periods in a row is out of range."
        faults.append(Fault("periods", what, f"Write a whole number from 1 to {MOST_PERIODS}."))
    if line.sure not in SURES:
        faults.append(Fault("sure", "There is no such choice.", "Choose one of the two."))
    return faults

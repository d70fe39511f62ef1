"""How state machines are walked through: the same walks each time, and what failed told whole."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test


def walk_through(machine: type[RuleBasedStateMachine], *, walks: int, steps: int) -> None:
    """So many walks of so many steps. Raises what is wrong, with the walk that led there."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=walks,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            # To shorten a walk takes longer than to read it.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )

"""The whole build: places and the account, then who answers, then where places stand.

What is heavy is imported where it is needed, so that a start with nothing to do is quick.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from folkmoot.measures.held import held_lines, held_releases
from folkmoot.measures.inputs import NOTHING_CHANGED, ROOMS, inputs_of, is_built

_LATER = "Who answers, and what is required"
_ROOMS = (*ROOMS, "bodies", "framework")


def build_whole(
    *, data: Path, catalogue: Path, at: dt.datetime, progress: Callable[[str, int, int], None]
) -> str:
    """Make or update the database from the folders ``data`` and ``catalogue``; says what it did.

    Raises BadInput with every fault of the catalogue. Each of its steps is whole or has not
    happened; what has not changed is left alone, and a crash leaves the rest to the next build.
    """
    inputs = inputs_of(data, catalogue, _ROOMS)
    if is_built(inputs):
        return "\n".join([NOTHING_CHANGED, *held_lines(held_releases())])

    from folkmoot.bodies.importing import import_bodies
    from folkmoot.framework.actions import known_here
    from folkmoot.framework.building import build_standings
    from folkmoot.framework.cases.importing import import_elsewhere
    from folkmoot.framework.importing import load_shipped
    from folkmoot.measures.building import build, remember

    account = build(data=data, catalogue=catalogue, at=at, progress=progress)
    progress(_LATER, 0, 2)
    bodies = import_bodies(data, catalogue, at=at)
    progress(_LATER, 1, 2)
    loaded = load_shipped(catalogue / "frameworks", known_here(), at=at)
    import_elsewhere(data)
    standings = build_standings(at)
    progress(_LATER, 2, 2)
    remember(inputs, at)
    return (
        f"{account}\n{bodies.bodies:,} bodies with {bodies.offices:,} offices; "
        f"{standings.judged} standards judged, {standings.unchanged} unchanged."
        + "".join(f"\nLeft out: {fault.where}. {fault.what}" for fault in loaded.left_out)
    )

"""The whole build: places and the account, then who answers, then where places stand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from folkmoot.bodies.importing import BodiesImported, import_bodies
from folkmoot.framework.building import StandingsReport, build_standings
from folkmoot.framework.importing import load_shipped
from folkmoot.measures.building import BuildReport, build
from folkmoot.measures.publishing import Progress

_LATER = "Who answers, and what is required"


@dataclass(frozen=True, slots=True)
class WholeReport:
    """What a whole build did."""

    account: BuildReport
    bodies: BodiesImported
    standings: StandingsReport

    def __str__(self) -> str:
        return (
            f"{self.account}\n{self.bodies.bodies:,} bodies with {self.bodies.offices:,} offices; "
            f"{self.standings.judged} standards judged, {self.standings.unchanged} unchanged."
        )


def build_whole(*, data: Path, catalogue: Path, at: dt.datetime, progress: Progress) -> WholeReport:
    """Make or update the database from the folders ``data`` and ``catalogue``.

    Raises BadInput with every fault of the catalogue. Each of the three steps is whole or has
    not happened; what has not changed is left alone.
    """
    account = build(data=data, catalogue=catalogue, at=at, progress=progress)
    progress(_LATER, 0, 2)
    bodies = import_bodies(data, catalogue, at=at)
    progress(_LATER, 1, 2)
    load_shipped(catalogue / "frameworks", at=at)
    standings = build_standings(at)
    progress(_LATER, 2, 2)
    return WholeReport(account, bodies, standings)

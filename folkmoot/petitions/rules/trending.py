"""Which petitions are trending: a score that anybody can work out from two public numbers.

The score is the signatures of the last 24 hours, divided by all signatures of the petition plus
``DAMPING``. Divided by its own size, a large petition does not lead for ever because it is large;
with the damping, a small one does not lead because its first twenty people signed on one day:
twenty of twenty gives 0.04, a hundred of a thousand 0.07, a million of six million 0.17.
"""

from __future__ import annotations

DAMPING = 500


def score(last_day: int, signatures: int) -> float:
    """How much a petition is trending, between 0 and 1. Of counts of people, at least 0."""
    return last_day / (signatures + DAMPING)

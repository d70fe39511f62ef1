"""Which counts of people by place and by day may be shown, so that small ones stay hidden.

Counts under ``SMALLEST_SHOWN`` are not shown. That alone is not enough where a total is public:
one hidden cell is the total less the others, and hidden cells whose sum is nothing are nothing,
each of them. So further cells are held back until nothing can be worked out by subtraction
(secondary suppression: A. Hundepool and others, Handbook on Statistical Disclosure Control,
second edition, 2024, chapters 4 and 5, https://sdctools.github.io/HandbookSDC/; the bounds that
an attacker can work out for a hidden cell are its "feasibility interval").

**In one table** (``suppress``). Cells are held back, the smallest first, until at least two are
hidden, somebody is in them, and not every one is as large as a small count can be. Then each
hidden cell could be one smaller or one larger, at the cost of another. A cell of nobody counts as
hidden: that nobody of a place signed is said no more than that one did. What is shown is shown as
it is; nothing is rounded or disturbed.

**From table to table** (``renew``). The total moves in public, minute by minute. Were places
renewed as often, somebody who keeps yesterday's table would see whose count moved by one. So a
table is renewed only at the end of a day and only when ``PLACES_RENEWED_AFTER`` more people have
signed; a place's figure moves only by ``SMALLEST_SHOWN`` or more; and the rule above is applied to
what came since each place was last shown. An attacker who keeps every table, knows the total of
each and assumes that nobody took a signature back still finds more than one possible value for
every hidden cell (``tests/rooms/test_petitions_suppression.py`` plays that attacker).

**Districts and constituencies** overlap, so that one table can be taken from the other. A petition
is shown by one of them, for ever: that is not a matter of these numbers but of who asks for them
(``actions/breakdowns.py``).

**What is not protected:** how many people signed on a day, from somebody who wrote down the public
total at two midnights, or who read at midnight how many signed in the last 24 hours (which is not
said of fewer than ``SMALLEST_SHOWN``). The table of days keeps it from everybody who did not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from folkmoot.petitions.rules.limits import SMALLEST_SHOWN

Counts = NDArray[np.int64]
Marks = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Table:
    """Counts by cell as they may be shown.

    ``shown``: the figure of each cell, people; 0 stands for a cell that is not shown. ``exact``:
    cells whose figure is that of now; the others are hidden, or were last shown at an earlier
    time and have moved by less than ``SMALLEST_SHOWN`` (or are held back) since then.
    """

    shown: Counts
    exact: Marks

    def rest(self, total: int) -> int:
        """How many of ``total`` people no cell shows."""
        return total - int(self.shown.sum())


def empty(cells: int) -> Table:
    """The table before anything was ever shown."""
    return Table(np.zeros(cells, np.int64), np.zeros(cells, np.bool_))


def suppress(counts: Counts, limit: int = SMALLEST_SHOWN) -> Table | None:
    """What may be shown of a table that is shown once; None where that cannot be done safely."""
    return renew(empty(len(counts)), 0, counts, limit)


def renew(before: Table, total: int, counts: Counts, limit: int = SMALLEST_SHOWN) -> Table | None:
    """The table that follows ``before``, which had ``total`` people, now that ``counts`` are true.

    ``counts`` are people in each cell, at least 0, in the order of ``before``. None where no table
    is safe: the one before stays. Of a table without hidden cells nothing is held back.
    """
    wanted = np.where(counts >= limit, counts, 0)
    change = np.abs(wanted - before.shown)
    moved = change >= limit
    while True:
        shown = np.where(moved, wanted, before.shown)
        table = Table(shown, moved & (shown > 0))
        if _safe(before, total, table, moved, counts, limit):
            return table
        if not moved.any():
            return None if before.shown.any() else table
        # Equal ones together: which of them was held back would tell that it was no smaller.
        moved &= change > change[moved].min()


def _safe(
    before: Table, total: int, table: Table, moved: Marks, counts: Counts, limit: int
) -> bool:
    """Whether every hidden cell could have held something else."""
    hidden = ~table.exact
    if not hidden.any():
        return True
    since = (counts - table.shown)[hidden]
    rest, small = int(since.sum()), bool((since < limit).all())
    if len(since) < 2 or rest <= 0 or (small and rest >= (limit - 1) * len(since)):
        return False
    # Beside the table before: either some hidden cell has grown, or cells that were hidden then
    # and are shown now may have held so much that one has.
    turned = int((moved & ~before.exact).sum())
    return not total or rest > before.rest(total) - (limit - 1) * turned


def per_thousand(people: Counts, residents: Counts) -> NDArray[np.float64]:
    """People for every 1,000 residents; NaN where the residents are not known (0)."""
    known = residents > 0
    rates = np.full(len(people), np.nan)
    rates[known] = 1000.0 * people[known] / residents[known]
    return rates

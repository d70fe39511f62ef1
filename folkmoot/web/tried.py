"""How often a network asked for something that only reads, counted in the process.

A page that is only looked at must not write, so who asked is remembered here and not in the
database. The numbers are those of ``people.limits``, for each process.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque

from folkmoot.people.limits import LIMITS

MOST_NETWORKS = 10_000


class Tried:
    """When networks tried the thing ``what``, a key of ``people.limits.LIMITS``."""

    def __init__(self, what: str) -> None:
        self.limits = LIMITS[what]
        self._longest = max(limit.window.total_seconds() for limit in self.limits)
        self._lock = threading.Lock()
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def forget(self) -> None:
        """Forget who asked: for tests."""
        with self._lock:
            self._times.clear()

    def again(self, network: str, now: float) -> bool:
        """Count one more of ``network`` at ``now`` seconds; False, not counted, if too many."""
        with self._lock:
            times = self._times.setdefault(network, deque())
            self._times.move_to_end(network)
            while len(self._times) > MOST_NETWORKS:
                self._times.popitem(last=False)
            while times and times[0] <= now - self._longest:
                times.popleft()
            for limit in self.limits:
                since = now - limit.window.total_seconds()
                if sum(moment > since for moment in times) >= limit.count:
                    return False
            times.append(now)
            return True

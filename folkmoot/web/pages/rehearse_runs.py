"""Rehearsals run for a page: one at a time, never the same twice, only so many for one network.

A page that is only looked at must not write, so what was run and by whom is remembered in the
process and not in the database. The numbers are those of ``people.limits``.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict

from django.utils.translation import gettext as _

from folkmoot.common.errors import TooOften
from folkmoot.common.switches import require_on
from folkmoot.framework.catalogue import Framework
from folkmoot.framework.history import panels
from folkmoot.framework.rehearsal import Rehearsal, rehearse
from folkmoot.measures.models import MeasureAccount
from folkmoot.people.limits import REHEARSE
from folkmoot.web.tried import Tried

WHOLE, ONE = 200, 1000  # resamples of a whole ladder and of one line: each under a second
PATIENCE = 8.0  # seconds that somebody waits for those before
MOST_KEPT = 128

_running = threading.Lock()
_kept: OrderedDict[str, Rehearsal] = OrderedDict()
_tried = Tried(REHEARSE)


def forget() -> None:
    """Forget every result and who asked: for tests."""
    with _running:
        _kept.clear()
        _tried.forget()


def rehearsed(framework: Framework, resamples: int, network: str) -> Rehearsal:
    """The rehearsal of ``framework`` over all history, run now or remembered.

    Raises TooOften where others are before and it would take too long, or where the network
    asked for too many that nobody had asked for before, and SwitchedOff.
    """
    require_on("rehearse")
    key = _key(framework, resamples)
    if not _running.acquire(timeout=PATIENCE):
        raise TooOften(_("Others are rehearsing now. Ask again in half a minute."))
    try:
        found = _kept.get(key)
        if found is None:
            _count(network)
            held = panels(_measures(framework), framework.nation)
            found = rehearse(framework, held, resamples=resamples)
            _kept[key] = found
            while len(_kept) > MOST_KEPT:
                _kept.popitem(last=False)
        _kept.move_to_end(key)
    finally:
        _running.release()
    return found


def _measures(framework: Framework) -> set[str]:
    """The measures that the ladder rests on: no others need to be read."""
    asked = {c.standard for s in framework.ladder for t in s.triggers for c in t.conditions}
    return {s.measure for s in framework.judged if s.measure and s.id in asked}


def _key(framework: Framework, resamples: int) -> str:
    """What the answer depends on: the framework, the figures of its measures, the resamples."""
    slugs = _measures(framework)
    rows = MeasureAccount.objects.filter(measure__slug__in=slugs).order_by("pk")
    state = list(rows.values_list("pk", "inputs", "release_id"))
    words = f"{framework.digest()} {resamples} {state}"
    return hashlib.sha256(words.encode()).hexdigest()


def _count(network: str) -> None:
    if not _tried.again(network, time.monotonic()):
        raise TooOften(
            _("%(count)d new rehearsals were asked for from your network within an hour.")
            % {"count": _tried.limits[0].count}
        )

"""Unusual patterns among signatures: bursts from one network, one mail domain or one area.

A petition may grow tenfold in an hour because it was in the news; that is no pattern. What is
looked at is therefore its make-up: of the signatures of a window, how many share one key, against
the share that is usual for that key. Given how many signed in the window, two streams of Poisson
events that differ only in rate have binomial shares (Przyborowski and Wilenski, "Homogeneity of
results in testing samples from Poisson series", Biometrika 31, 1940). Honest shares wander more
than that, since people pass a petition on at work or in one town, so the share itself is taken to
vary as a beta distribution about the usual one, and the number seen is beta-binomial (Williams,
"The analysis of binary responses from toxicological experiments involving reproduction and
teratogenicity", Biometrics 31, 1975).

The usual share comes from the petition's own signatures before the window, and from the rest of
the site with the weight of at most ``SITE_WEIGHT`` signatures, so that a large mail provider or a
mobile operator is usual everywhere. Areas are compared with the petition itself only: where people
sign other petitions says nothing of this one. No key counts as rarer than ``floor``.

The chance of a false alarm on one petition in one look is held to ``FALSE_ALARMS`` by Bonferroni's
inequality over every key of every kind and window, also those too small to be tested. Beside the
test, small numbers never alarm, whatever their share (``least``), nor what is less than ``times``
the usual number. benchmarks/petition_patterns.py measures false alarms and power by simulation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, gammaln

from folkmoot.people.rules import OPEN_DOMAINS

NETWORK, DOMAIN, AREA = "network", "domain", "area"
# How far back a burst may reach: each look tests both.
WINDOWS = (dt.timedelta(hours=1), dt.timedelta(days=1))
# What is usual is learned from so long before.
LOOK_BACK = dt.timedelta(days=7)
# The chance that one look at one petition of honest signers raises any alarm.
FALSE_ALARMS = 1e-4
# What the rest of the site counts for, in signatures of the petition itself.
SITE_WEIGHT = 200
# Terms of a tail that are added up exactly; those beyond are far smaller than what counts.
_TERMS = 50_000


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of pattern is judged.

    ``least``: fewer signatures never alarm. ``times``: nor do less than so many times the usual
    number. ``floor``: the share of a key never seen before. ``steady``: how little honest shares
    wander, as the sum of the two parameters of the beta distribution: a share p varies with the
    standard deviation sqrt(p(1-p)/(steady+1)). ``known``: signatures to compare with without
    which nothing alarms; ``site``: whether other petitions say what is usual.
    """

    least: int
    times: float
    floor: float
    steady: float
    known: int
    site: bool


KINDS: dict[str, Kind] = {
    NETWORK: Kind(least=15, times=4, floor=0.002, steady=1_000, known=0, site=True),
    DOMAIN: Kind(least=15, times=4, floor=0.002, steady=1_000, known=0, site=True),
    AREA: Kind(least=30, times=4, floor=0.02, steady=40, known=100, site=False),
}
LEAST = min(kind.least for kind in KINDS.values())
# Without so many signatures to compare with, nobody knows how usual a large mail provider is.
_KNOWN_PROVIDERS = 200


@dataclass(frozen=True, slots=True)
class Window:
    """The signatures of one petition in one window, and what they are compared with.

    ``keys`` with their ``seen`` signatures in the window, ``own`` ones of the petition before it,
    and ``site`` ones of other petitions: arrays of one length. ``total_*`` are the same of all
    keys together, also of those that are not among ``keys``.
    """

    kind: str
    keys: Sequence[str]
    seen: NDArray[np.int64]
    own: NDArray[np.int64]
    site: NDArray[np.int64]
    total_seen: int
    total_own: int
    total_site: int


@dataclass(frozen=True, slots=True)
class Unusual:
    """A key of which there are more than chance explains. ``expected`` are as many as would be
    usual among as many signatures; ``p`` is the chance of so many or more."""

    key: str
    seen: int
    expected: float
    p: float


def tail(seen: int, total: int, share: float, steady: float) -> float:
    """The chance of ``seen`` or more of ``total`` under a beta-binomial distribution.

    Its mean share is ``share`` (more than 0, less than 1) and its parameters add up to ``steady``.
    """
    if seen <= 0:
        return 1.0
    if seen > total:
        return 0.0
    a, b = share * steady, (1 - share) * steady
    k = np.arange(seen, min(total, seen + _TERMS) + 1, dtype=float)
    log_choose = gammaln(total + 1) - gammaln(k + 1) - gammaln(total - k + 1)
    terms = np.exp(log_choose + betaln(k + a, total - k + b) - betaln(a, b))
    return float(min(terms.sum(), 1.0))


def usual_shares(window: Window) -> NDArray[np.float64]:
    """The share of each key that would be usual: numbers between ``floor`` and 0.99."""
    kind = KINDS[window.kind]
    weight = float(min(SITE_WEIGHT, window.total_site)) if kind.site else 0.0
    elsewhere = window.site / max(window.total_site, 1)
    known = max(window.total_own + weight, 1.0)
    shares = (window.own + weight * elsewhere) / known
    return np.clip(shares, kind.floor, 0.99)


def unusual(window: Window, comparisons: int) -> list[Unusual]:
    """The keys of a window that raise an alarm, the least likely first.

    ``comparisons``: how many keys are compared in this look at this petition, of all kinds and
    windows; the chance of a false alarm is shared out among them.
    """
    kind = KINDS[window.kind]
    shares = usual_shares(window)
    weight = min(SITE_WEIGHT, window.total_site) if kind.site else 0
    known = window.total_own + weight
    if known < kind.known:
        return []
    # A usual share that few signatures tell is itself uncertain. The floor is worth one in 1/floor.
    told = known + 1 / kind.floor
    steady = kind.steady * told / (kind.steady + told)
    found = []
    for index in np.flatnonzero(window.seen >= kind.least).tolist():
        key, seen, share = window.keys[index], int(window.seen[index]), float(shares[index])
        expected = share * window.total_seen
        provider = window.kind == DOMAIN and key in OPEN_DOMAINS and known < _KNOWN_PROVIDERS
        if provider or seen < kind.times * expected:
            continue
        p = tail(seen, window.total_seen, share, steady)
        if p * max(comparisons, 1) <= FALSE_ALARMS:
            found.append(Unusual(key, seen, expected, p))
    return sorted(found, key=lambda each: (each.p, each.key))

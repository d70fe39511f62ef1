"""How often honest signatures raise an alarm, and how often a planted batch does.

    python benchmarks/petition_patterns.py

Simulated petitions, each with a week behind it and looked at once an hour for a day. Honest
signers come from homes of their own, a few large mobile networks and workplaces; they use a few
large mail providers; half live in the petition's own area. Every day the shares of networks, mail
providers and areas wander (log-normal, a standard deviation of 0.4, of areas 0.6), and on every
day one workplace and one town have the petition passed around among them, ten times as much as
usual. None of these numbers is measured on real people: they say how the rule behaves if people
are like this. Beside each figure stands a peer: the same counts tested with plain binomial
shares, as if nothing ever wandered, at the same rate of false alarms.

Nine in ten confirm within the hour in which they sign, the others up to two days later. A batch
may be confirmed at once, long after it was signed: the site looks at when signatures were
confirmed. Beside that stands what is found by a look at when they were signed.
"""

from __future__ import annotations

import argparse
import dataclasses
from dataclasses import dataclass

import numpy as np

from folkmoot.petitions.rules import patterns
from folkmoot.petitions.rules.patterns import AREA, DOMAIN, KINDS, NETWORK, Window
from folkmoot.stats import wilson

HOURS = 8 * 24
AREAS, CARRIERS, WORKPLACES, PROVIDERS, OWN_DOMAINS = 60, 30, 400, 15, 3_000
SITE = 20_000


@dataclass
class Stream:
    """One petition: for each signature the hours in which it was confirmed and signed, and its
    key of each kind as a number."""

    hour: np.ndarray
    keys: dict[str, np.ndarray]
    signed: np.ndarray

    def by_signing(self) -> Stream:
        """The same, looked at by when they were signed."""
        return Stream(self.signed, self.keys, self.signed)


def _zipf(n: int, power: float = 1.0) -> np.ndarray:
    weights = 1 / np.arange(1, n + 1) ** power
    return weights / weights.sum()


def _wandering(rng, shares, sd):
    moved = shares * rng.lognormal(0, sd, len(shares))
    return moved / moved.sum()


def _networks(rng, number, burst):
    """Homes have numbers of their own from 1,000 on; two in a home now and then."""
    kind = rng.random(number)
    homes = 1_000 + rng.permutation(10 * number)[:number]
    twice = rng.random(number) < 0.2
    homes[1:][twice[1:]] = homes[:-1][twice[1:]]
    places = _wandering(rng, _zipf(WORKPLACES, 0.7), 0.4)
    places[burst] *= 10
    carriers = rng.choice(CARRIERS, number, p=_wandering(rng, _zipf(CARRIERS), 0.4))
    work = CARRIERS + rng.choice(WORKPLACES, number, p=places / places.sum())
    return np.where(kind < 0.55, homes, np.where(kind < 0.85, carriers, work))


def _domains(rng, number):
    provider = rng.random(number) < 0.85
    common = rng.choice(PROVIDERS, number, p=_wandering(rng, _zipf(PROVIDERS, 1.2), 0.4))
    own = PROVIDERS + rng.choice(OWN_DOMAINS, number)
    return np.where(provider, common, own)


def _areas(rng, number, burst):
    shares = np.append(0.5, 0.5 * _zipf(AREAS - 1))
    shares = _wandering(rng, shares, 0.6)
    shares[burst] *= 10
    return rng.choice(AREAS, number, p=shares / shares.sum())


def honest(rng, per_day: float) -> Stream:
    """Eight days of honest signatures, about ``per_day`` of them a day."""
    rhythm = 1 + 0.9 * np.sin(2 * np.pi * (np.arange(HOURS) - 8) / 24)
    busy = np.repeat(rng.lognormal(0, 0.7, HOURS // 24), 24)
    hours = np.repeat(np.arange(HOURS), rng.poisson(per_day / 24 * rhythm * busy))
    keys: dict[str, list[np.ndarray]] = {kind: [] for kind in KINDS}
    for day in range(HOURS // 24):
        number = int(np.sum(hours // 24 == day))
        keys[NETWORK].append(_networks(rng, number, rng.integers(WORKPLACES)))
        keys[DOMAIN].append(_domains(rng, number))
        keys[AREA].append(_areas(rng, number, rng.integers(10, AREAS)))
    late = np.where(rng.random(len(hours)) < 0.1, rng.integers(0, 48, len(hours)), 0)
    return Stream(
        hours, {kind: np.concatenate(parts) for kind, parts in keys.items()}, hours - late
    )


def elsewhere(rng) -> dict[str, np.ndarray]:
    """Signatures of other petitions: networks and providers that are usual on this site."""
    return {
        NETWORK: _networks(rng, SITE, 0),
        DOMAIN: _domains(rng, SITE),
        AREA: np.zeros(0, dtype=int),
    }


def look(stream: Stream, site: dict[str, np.ndarray], now: int) -> set[tuple[str, int]]:
    """(kind, key) of every alarm of one look, at the end of the hour ``now``."""
    windows = []
    for kind, all_keys in stream.keys.items():
        for hours in (1, 24):
            inside = (stream.hour > now - hours) & (stream.hour <= now)
            keys, seen = np.unique(all_keys[inside], return_counts=True)
            before = stream.hour <= now - hours
            own = all_keys[before]
            own_of = np.bincount(own, minlength=int(keys.max(initial=0)) + 1)[keys]
            site_of = np.bincount(site[kind], minlength=int(keys.max(initial=0)) + 1)[keys]
            # Numbers of homes are drawn anew for each petition, so none of them is usual.
            site_of = np.where((kind == NETWORK) & (keys >= 1_000), 0, site_of)
            names = [str(key) for key in keys]
            windows.append(
                Window(kind, names, seen, own_of, site_of, int(inside.sum()), len(own),
                       len(site[kind]))
            )  # fmt: skip
    compared = sum(len(window.keys) for window in windows)
    return {
        (window.kind, int(each.key))
        for window in windows
        for each in patterns.unusual(window, compared)
    }


def plant(
    rng, stream: Stream, kind: str, size: int, last: int, late: int = 0
) -> tuple[Stream, tuple[str, int]]:
    """``size`` signatures confirmed in the hour ``last`` that share a key, and are else like the
    others; signed up to ``late`` hours before."""
    drawn = rng.integers(len(stream.hour), size=size)
    key = {NETWORK: 5_000_000, DOMAIN: PROVIDERS + OWN_DOMAINS, AREA: AREAS - 1}[kind]
    keys = {}
    for each, values in stream.keys.items():
        if each == kind:
            new = np.full(size, key)
        elif each == NETWORK:
            new = 6_000_000 + np.arange(size)
        else:
            new = values[drawn]
        keys[each] = np.concatenate([values, new])
    hours = np.concatenate([stream.hour, np.full(size, last)])
    before = last - (rng.integers(late // 2, late, size) if late else np.zeros(size, dtype=int))
    return Stream(hours, keys, np.concatenate([stream.signed, before])), (kind, key)


def _false_alarms(rng, per_day: float, petitions: int) -> tuple[int, int]:
    """(petition-days with any alarm, petition-days)."""
    alarmed = 0
    for _ in range(petitions):
        stream, site = honest(rng, per_day), elsewhere(rng)
        alarmed += any(look(stream, site, now) for now in range(HOURS - 24, HOURS))
    return alarmed, petitions


def _power(rng, per_day: float, kind: str, size: int, petitions: int) -> float:
    found = 0
    for _ in range(petitions):
        stream, what = plant(rng, honest(rng, per_day), kind, size, HOURS - 6)
        found += what in look(stream, elsewhere(rng), HOURS - 6)
    return found / petitions


def _late(rng, per_day: float, size: int, petitions: int) -> tuple[float, float]:
    """Shares of batches of one network that are found when they are confirmed, up to six days
    after they were signed: by when they were confirmed, and by when they were signed."""
    found = by_signing = 0
    for _ in range(petitions):
        stream, what = plant(rng, honest(rng, per_day), NETWORK, size, HOURS - 6, late=6 * 24)
        site = elsewhere(rng)
        found += what in look(stream, site, HOURS - 6)
        by_signing += what in look(stream.by_signing(), site, HOURS - 6)
    return found / petitions, by_signing / petitions


def _as_if_nothing_wandered() -> dict[str, patterns.Kind]:
    return {
        key: dataclasses.replace(kind, steady=1e9, least=2, times=1.0, floor=1e-4)
        for key, kind in KINDS.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--petitions", type=int, default=200)
    parser.add_argument("--seed", type=int, default=4)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    print("False alarms, a petition and day (and, in brackets, as if nothing ever wandered)")
    usual = dict(KINDS)
    for per_day in (50, 500, 5_000):
        petitions = max(options.petitions // (10 if per_day == 5_000 else 1), 20)
        alarmed, of = _false_alarms(rng, per_day, petitions)
        KINDS.update(_as_if_nothing_wandered())
        peer, peer_of = _false_alarms(rng, per_day, max(petitions // 5, 20))
        KINDS.update(usual)
        lower, upper = wilson(alarmed, of)
        print(f"  {per_day:>5} a day: {alarmed} of {of}, {float(lower):.3f} to {float(upper):.3f}"
              f"  ({peer} of {peer_of})")  # fmt: skip
    print("Power: share of planted batches that raise their alarm in the hour they come")
    sizes = (10, 15, 20, 30, 50, 100, 200, 400)
    print("  kind     a day " + "".join(f"{size:>6}" for size in sizes))
    for kind in KINDS:
        for per_day in (50, 500, 5_000):
            petitions = max(options.petitions // (20 if per_day == 5_000 else 4), 10)
            shares = [_power(rng, per_day, kind, size, petitions) for size in sizes]
            print(f"  {kind:<8} {per_day:>5} " + "".join(f"{share:>6.2f}" for share in shares))
    print("Batches of a network confirmed three to six days after they were signed, the same hour")
    for per_day in (50, 500, 5_000):
        petitions = max(options.petitions // (20 if per_day == 5_000 else 4), 10)
        both = [_late(rng, per_day, size, petitions) for size in sizes]
        for how, shares in zip(("confirmed", "signed"), zip(*both, strict=True), strict=True):
            print(f"  by {how:<9} {per_day:>5} " + "".join(f"{share:>6.2f}" for share in shares))


if __name__ == "__main__":
    main()

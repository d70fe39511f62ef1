"""The checks across a framework: what it names exists, nothing lacks its source or safeguard."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from folkmoot.common.errors import Fault
from folkmoot.framework.catalogue import MINIMUMS, Standard, Step
from folkmoot.framework.mending import Where
from folkmoot.framework.reaching import reach
from folkmoot.framework.reading import Read
from folkmoot.framework.rules.standing import Judged

LABEL = "illustrative"
# Where a fault is, what it is, and what to do about it.
_Found = tuple[Where, str, str]
# What a role must be allowed to do to stand in a field of a step.
_MAY = {"proposes": "propose", "decides": "decide"}


@dataclass(frozen=True, slots=True)
class Known:
    """What a framework may name: services, and measures with the service of each."""

    services: frozenset[str]
    measures: Mapping[str, str]


def check_framework(
    read: Read,
    known: Known,
    judged: Mapping[str, Judged] | None = None,
    on: dt.date | None = None,
) -> list[Fault]:
    """Every fault of one framework that its form alone does not show.

    ``judged``: where every place stands on each standard, to find triggers that no figure ever
    met, or that every figure meets; None to leave that out. ``on``: the day by which figures may
    be too old for a trigger. Where something stands in for what is faulty, nothing is found.
    """
    found = [
        *_twice(read),
        *_standards(read, known),
        *_names(read, known),
        *_sources(read),
        *_labels(read),
        *_order(read),
    ]
    if judged is not None:
        found.extend(reach(read, judged, on))
    return [
        read.lines.fault(path, what, remedy) for path, what, remedy in found if read.sound(*path)
    ]


def check_versions(reads: Sequence[Read]) -> list[Fault]:
    """Versions of one framework that cover the same days, or that have one name.

    A version without an end lasts until the day before the next begins.
    """
    faults = []
    for one, other in combinations(reads, 2):
        a, b = one.framework, other.framework
        if a.slug != b.slug:
            continue
        if a.version == b.version:
            what = f"version {a.version!r} is also that of {one.lines.name}."
            faults.append(other.lines.fault(("version",), what, "Give each version its own name."))
        early, late = sorted((a, b), key=lambda framework: framework.starts)
        if early.starts == late.starts or (early.ends and early.ends >= late.starts):
            what = f"versions {early.version} and {late.version} overlap from {late.starts}."
            remedy = "End the earlier one on the day before the later one begins."
            faults.append(other.lines.fault(("from",), what, remedy))
    return faults


def latest(reads: Sequence[Read]) -> list[Read]:
    """Of each framework the version that begins last: the one that can still be put right.

    An earlier one stays as it was put into use, whatever the checks ask for by now and whatever
    has left the catalogue since.
    """
    last: dict[str, Read] = {}
    for read in reads:
        known = last.get(read.framework.slug)
        if known is None or known.framework.starts <= read.framework.starts:
            last[read.framework.slug] = read
    return list(last.values())


def _twice(read: Read) -> Iterable[_Found]:
    framework = read.framework
    lists: dict[str, list[str]] = {
        "standards": [part.id for part in framework.standards],
        "roles": [part.id for part in framework.roles],
        "powers": [part.id for part in framework.powers],
        "ladder": [part.id for part in framework.ladder],
        "safeguards": [part.id for part in framework.safeguards],
    }
    for name, ids in lists.items():
        seen = Counter(ids)
        for index, own in enumerate(ids):
            if seen[own] > 1:
                what = f"{own!r} is the id of {seen[own]} {name}."
                yield (name, index, "id"), what, "Give each its own."


def _standards(read: Read, known: Known) -> Iterable[_Found]:
    for index, standard in enumerate(read.framework.standards):
        path = ("standards", index)
        if standard.service is not None and standard.service not in known.services:
            what = f"unknown service {standard.service!r}."
            remedy = "Name one of the catalogue, or null with a subject."
            yield (*path, "service"), what, remedy
        if standard.measure is None:
            continue
        if standard.measure not in known.measures:
            what = f"unknown measure {standard.measure!r}."
            yield (*path, "measure"), what, "Name one of the catalogue, or null."
        elif standard.service != known.measures[standard.measure]:
            what = f"{standard.measure!r} belongs to {known.measures[standard.measure]!r}."
            yield (*path, "service"), what, "Give the standard that service."


def _names(read: Read, known: Known) -> Iterable[_Found]:
    framework = read.framework
    roles = {role.id: role for role in framework.roles}
    powers = {power.id for power in framework.powers}
    safeguards = {safeguard.id for safeguard in framework.safeguards}
    for index, power in enumerate(framework.powers):
        if power.who not in roles:
            yield _unknown(("powers", index, "who"), "role", power.who)
    for index, step in enumerate(framework.ladder):
        path = ("ladder", index)
        for name, may in _MAY.items():
            role = roles.get(getattr(step, name))
            if role is None:
                yield _unknown((*path, name), "role", getattr(step, name))
            elif may not in role.may:
                what = f"the role {role.id!r} may not {may}."
                remedy = f"Add {may} to its may, or name a role that has it."
                yield (*path, name), what, remedy
        for number, power_id in enumerate(step.powers):
            if power_id not in powers:
                yield _unknown((*path, "powers", number), "power", power_id)
        for number, safeguard_id in enumerate(step.safeguards):
            if safeguard_id not in safeguards:
                yield _unknown((*path, "safeguards", number), "safeguard", safeguard_id)
        yield from _triggers(read, known, step, path)


def _unknown(path: Where, what: str, value: str) -> _Found:
    return path, f"unknown {what} {value!r}.", f"Add it to the {what}s."


def _triggers(read: Read, known: Known, step: Step, path: Where) -> Iterable[_Found]:
    for number, trigger in enumerate(step.triggers):
        at = (*path, "triggers", number)
        if trigger.service not in known.services:
            yield _unknown((*at, "service"), "service", trigger.service)
        for index, condition in enumerate(trigger.conditions):
            standard = read.framework.standard(condition.standard)
            where = (*at, "conditions", index, "standard")
            if standard is None:
                yield _unknown(where, "standard", condition.standard)
            elif not read.sound_standard(standard.id):
                continue
            elif not standard.minimum or not standard.measure:
                yield where, _no_ground(standard), "Rest it on a minimum."
            elif standard.service != trigger.service:
                what = f"{standard.id!r} is of {standard.service!r}, not of {trigger.service!r}."
                yield where, what, "A trigger is of one service: name a standard of it."
    for index, test in enumerate(step.exit):
        if read.framework.standard(test.standard) is None:
            yield _unknown((*path, "exit", index, "standard"), "standard", test.standard)
    if not read.sound(*path, "exit"):
        return
    tested = {read.framework.standard(test.standard) for test in step.exit}
    services = {standard.service for standard in tested if standard}
    for number, trigger in enumerate(step.triggers):
        if trigger.service not in services:
            what = f"no exit test for {trigger.service!r}: the step could not end by its figures."
            yield (*path, "triggers", number), what, "Add one to exit."


def _no_ground(standard: Standard) -> str:
    if standard.measure is None:
        return f"{standard.id!r} has no published figures to judge it by."
    if standard.kind not in MINIMUMS:
        return f"{standard.id!r} is of the kind {standard.kind!r}, which never makes a minimum."
    return f"a figure cannot prove a breach of {standard.id!r}: {standard.doubt}"


def _sources(read: Read) -> Iterable[_Found]:
    """What is not illustrative holds only what is sourced."""
    framework = read.framework
    if framework.illustrative:
        return
    lists: dict[str, Sequence[object]] = {
        "roles": framework.roles,
        "powers": framework.powers,
        "ladder": framework.ladder,
        "safeguards": framework.safeguards,
        "pauses": framework.pauses,
    }
    for name, parts in lists.items():
        for index, part in enumerate(parts):
            if getattr(part, "source", None) is None:
                remedy = "Give its source, or mark the whole framework illustrative."
                yield (name, index), "it has no source.", remedy
    if not framework.sources:
        yield ("sources",), "the framework names no source.", "Name its sources."


def _labels(read: Read) -> Iterable[_Found]:
    """What is illustrative says so wherever it shows."""
    framework = read.framework
    if not framework.illustrative:
        return
    said = [(("title",), framework.title), (("scope",), framework.scope)]
    paths: list[tuple[tuple[str | int, ...], str]] = [*said]
    paths += [(("ladder", i, "title"), step.title) for i, step in enumerate(framework.ladder)]
    for path, text in paths:
        if LABEL not in text.casefold():
            what = "it does not say that it is illustrative."
            yield path, what, "Say so wherever it shows."


def _order(read: Read) -> Iterable[_Found]:
    """A step comes after one above it."""
    above: set[str] = set()
    for index, step in enumerate(read.framework.ladder):
        if step.after is not None and step.after not in above:
            what = f"{step.after!r} is not a step above this one."
            yield ("ladder", index, "after"), what, "Name an earlier step."
        above.add(step.id)

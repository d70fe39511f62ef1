"""Two versions of a framework side by side: what changed, and whose standing changes with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from folkmoot.framework.catalogue import Framework
from folkmoot.framework.history import Panels, judged, panels
from folkmoot.framework.rules.standing import HOWS, STATES, Judged, newest_of

_PARTS = ("standards", "roles", "powers", "ladder", "safeguards")
_WHOLE = ("title", "scope", "illustrative", "nation", "pauses", "sources", "left_out")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs. ``what``: added, removed or changed; ``before``, ``after``: JSON."""

    part: str
    id: str
    field: str
    what: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Moved:
    """A place whose standing differs in the newest period that a version judges.

    ``before``, ``after``: state, how and whether below the minimum; "" where it is not asked.
    """

    standard: str
    area: str
    area_name: str
    period: str
    before: tuple[str, str, bool]
    after: tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that differs between two versions."""

    before: str
    after: str
    changes: tuple[Change, ...]
    moved: tuple[Moved, ...]


def diff(before: Framework, after: Framework, held: Panels | None = None) -> Difference:
    """What changed from one version to another, and which places' standing changes with it.

    ``held``: panels of the measures of both, read where not given; {} to compare words only.
    """
    if held is None:
        slugs = {s.measure for f in (before, after) for s in f.judged if s.measure}
        held = panels(slugs, after.nation)
    return Difference(
        f"{before.slug} {before.version}",
        f"{after.slug} {after.version}",
        tuple(_changes(before, after)),
        tuple(_moved(judged(before, held), judged(after, held))),
    )


def _changes(before: Framework, after: Framework) -> Iterable[Change]:
    old, new = before.document(), after.document()
    for name in _WHOLE:
        if old[name] != new[name]:
            yield Change("framework", after.slug, name, "changed", old[name], new[name])
    for part in _PARTS:
        one, other = _by_id(old[part]), _by_id(new[part])
        for key in [*one, *(key for key in other if key not in one)]:
            if key not in other:
                yield Change(part, key, "", "removed", one[key], None)
            elif key not in one:
                yield Change(part, key, "", "added", None, other[key])
            else:
                for field, was in one[key].items():
                    if was != other[key][field]:
                        yield Change(part, key, field, "changed", was, other[key][field])


def _by_id(parts: Any) -> dict[str, dict[str, Any]]:
    return {part["id"]: part for part in parts}


_NOTHING = ("", "", False)


def _moved(before: dict[str, Judged], after: dict[str, Judged]) -> Iterable[Moved]:
    for key in [*before, *(key for key in after if key not in before)]:
        one, other = _newest(before.get(key)), _newest(after.get(key))
        for area in [*one, *(area for area in other if area not in one)]:
            name, period, was = one.get(area, ("", "", _NOTHING))
            other_name, other_period, now = other.get(area, (name, period, _NOTHING))
            if was != now:
                yield Moved(key, area, name or other_name, other_period or period, was, now)


def _newest(found: Judged | None) -> dict[str, tuple[str, str, tuple[str, str, bool]]]:
    if found is None or (t := newest_of(found)) < 0:
        return {}
    panel = found.panel
    return {
        area: (
            panel.names[place],
            panel.periods[t],
            (
                STATES[found.state[place, t]],
                HOWS[found.how[place, t]],
                bool(found.failing[place, t]),
            ),
        )
        for place, area in enumerate(panel.areas)
        if found.state[place, t]
    }

"""Two versions of a framework side by side: what changed, and whose standing changes with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from folkmoot.framework.catalogue import Framework
from folkmoot.framework.history import Panels, judged, panels
from folkmoot.framework.rules.standing import HOWS, STATES, Judged, newest_of

_PARTS = (
    "standards", "roles", "powers", "ladder", "safeguards", "pauses", "sources", "left_out",
)  # fmt: skip
_WHOLE = ("title", "scope", "from", "to", "illustrative", "nation", "standards_from")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs. ``what``: added, removed or changed; ``before``, ``after``: JSON.

    ``title`` is what people call the part that ``id`` names, as the later version has it.
    """

    part: str
    id: str
    title: str
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
            yield Change(
                "framework", after.slug, after.title, name, "changed", old[name], new[name]
            )
    for part in _PARTS:
        one, other = _by_id(old[part]), _by_id(new[part])
        for key in [*one, *(key for key in other if key not in one)]:
            yield from _of_part(part, key, one.get(key), other.get(key))


def _of_part(
    part: str, key: str, one: dict[str, Any] | None, other: dict[str, Any] | None
) -> Iterable[Change]:
    title = (other or one or {}).get("title") or key
    if one is None or other is None:
        yield Change(part, key, title, "", "added" if one is None else "removed", one, other)
        return
    # A field that says nothing may be left out of a document, of either version.
    for field in [*one, *(field for field in other if field not in one)]:
        was, now = one.get(field), other.get(field)
        if was != now:
            yield Change(part, key, title, field, "changed", was, now)


def _by_id(parts: Any) -> dict[str, dict[str, Any]]:
    """Parts by their id, or by their title where they have none."""
    found: dict[str, dict[str, Any]] = {}
    for part in parts:
        key = again = part.get("id") or part["title"]
        times = 1
        while again in found:
            times += 1
            again = f"{key} ({times})"
        found[again] = part
    return found


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

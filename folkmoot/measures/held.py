"""Releases that are held until somebody accepts their faults, and what to do about them.

Imports nothing heavy: a build that finds nothing to do names them too.
"""

from __future__ import annotations

from collections.abc import Sequence

from folkmoot.measures.models import Release

# (release as source/number, kinds of fault that nobody accepted)
Held = tuple[str, tuple[str, ...]]


def held_releases() -> tuple[Held, ...]:
    """Releases that are held, each with its kinds of fault that nobody accepted."""
    rows = Release.objects.filter(state=Release.State.HELD).select_related("source")
    found = []
    for release in rows.order_by("source__slug", "number"):
        done = set(release.acceptances.values_list("kind", flat=True))
        there = set(release.faults.values_list("kind", flat=True))
        found.append((f"{release.source.slug}/{release.number}", tuple(sorted(there - done))))
    return tuple(found)


def held_lines(held: Sequence[Held]) -> list[str]:
    """How many releases are held, which, and what to do; nothing where none is."""
    if not held:
        return []
    key, kinds = held[0]
    accept = f'folkmoot accept {key} --kind {kinds[0] if kinds else "KIND"} --reason "…"'
    many = len(held) > 1
    count = f"{len(held)} releases are" if many else "1 release is"
    remedy = f"Mend the file at its publisher, or say why it may stand: {accept}"
    return [
        f"{count} held until {'their' if many else 'its'} faults are accepted; not published:",
        *(f"  {one} ({', '.join(faults)})" for one, faults in held),
        f"{remedy}; then: folkmoot publish {key}",
    ]

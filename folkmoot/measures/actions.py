"""What an office does with a release that is held."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from folkmoot.common.errors import BadInput, Conflict, Fault
from folkmoot.measures.models import Release
from folkmoot.measures.receiving import accept, key_of
from folkmoot.measures.rules.faults import KINDS

SHORTEST_REASON = 20


def accept_faults(
    release: Release, kind: str, reason: str, *, at: dt.datetime, office: str
) -> Release:
    """Accept every fault of one kind in a held release, with a reason that is shown for ever.

    Once every kind of fault in it is accepted the release is READY. Raises BadInput for a kind
    that the release does not have or a reason too short to tell anybody anything, and Conflict
    if the release is not held or the kind is accepted already.
    """
    with transaction.atomic():
        locked = Release.objects.select_for_update().get(pk=release.pk)
        _check(locked, kind, reason.strip())
        return accept(locked, {kind: reason.strip()}, office=office, at=at)


def _check(release: Release, kind: str, reason: str) -> None:
    if release.state != Release.State.HELD:
        raise Conflict(f"Release {key_of(release)} is not held: it is {release.state}.")
    faults: list[Fault] = []
    there = sorted(set(release.faults.values_list("kind", flat=True)))
    if kind not in there:
        listed = ", ".join(there)
        known = "" if kind in KINDS else " There is no such kind of fault."
        faults.append(
            Fault("kind", f"The release has no fault {kind!r}.{known}", f"It has: {listed}.")
        )
    if len(reason) < SHORTEST_REASON:
        faults.append(
            Fault(
                "reason",
                f"The reason has {len(reason)} characters.",
                f"Say in at least {SHORTEST_REASON} why these rows may be treated so.",
            )
        )
    if faults:
        raise BadInput(faults)
    if release.acceptances.filter(kind=kind).exists():
        raise Conflict(f"{kind} is accepted already in release {key_of(release)}.")

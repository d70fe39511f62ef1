"""Unusual patterns of signatures: alerts, and what moderators do about them, all of it reversible.

Setting aside and restoring only say of signatures that they are set aside, or confirmed again;
the counting does the rest as for every signature, so that counts stay a recount, and a threshold
that was reached stays reached. Both lock the petition's row first, as counting does, so that the
two never wait for each other in turn.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from folkmoot.common.acts import record_act
from folkmoot.common.errors import Conflict, NotFound
from folkmoot.people.models import Person
from folkmoot.petitions.actions.moving import lock, require_moderator, tell
from folkmoot.petitions.models import Alert, Batch, Petition, Signature
from folkmoot.petitions.models_signing import CONFIRMED, SET_ASIDE
from folkmoot.petitions.queries import petition_path, signatures_subject
from folkmoot.petitions.queries_patterns import Pattern, find, of_pattern
from folkmoot.petitions.rules.patterns import LOOK_BACK

SET, LEFT = "set-aside", "left"


def find_patterns(*, at: dt.datetime) -> int:
    """Raise an alert for each unusual pattern of petitions that moved lately; how many are new.

    There is one alert at a time for a pattern: while nobody has looked at it, it grows with it.
    What moderators have looked at does not alarm again; what comes after it may. Safe to be run
    by several at once, and to be killed at any moment.
    """
    found = find(at)
    waiting = Alert.objects.filter(
        petition__in={each.petition for each in found}, closed_at__isnull=True
    )
    open_ones = {(each.petition_id, each.kind, each.key): each for each in waiting}
    new = []
    for each in found:
        same = open_ones.get((each.petition, each.kind, each.key))
        if same is None:
            new.append(_alert(each, at))
        else:
            _grow(same, each, at)
    before = Alert.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    Alert.objects.bulk_create(new, ignore_conflicts=True)
    return Alert.objects.filter(pk__gt=before, raised_at=at).count() if new else 0


def _alert(found: Pattern, at: dt.datetime) -> Alert:
    return Alert(
        petition_id=found.petition,
        kind=found.kind,
        key=found.key,
        since=found.since,
        until=found.until,
        seen=found.seen,
        among=found.among,
        expected=found.expected,
        raised_at=at,
    )


def _grow(alert: Alert, found: Pattern, at: dt.datetime) -> None:
    """Let an alert that nobody has looked at say all that its pattern has become."""
    if found.until <= alert.until or alert.since < at - LOOK_BACK:
        return
    since = min(alert.since, found.since)
    seen = of_pattern(found.petition, found.kind, found.key, since, found.until).count()
    among = of_pattern(found.petition, found.kind, "", since, found.until).count()
    usual = found.expected / found.among
    Alert.objects.filter(pk=alert.pk, closed_at__isnull=True).update(
        since=since, until=found.until, seen=seen, among=among, expected=usual * among
    )


def _locked(alert: int, actor: Person | None, at: dt.datetime) -> tuple[Petition, Alert, str]:
    """(the petition, locked; the alert as it stands; the office). Raises."""
    number = Alert.objects.filter(pk=alert).values_list("petition_id", flat=True).first()
    if number is None:
        raise NotFound(_("There is no such alert."))
    row = lock(number)
    office = require_moderator(actor, row, at)
    found = Alert.objects.select_for_update().get(pk=alert)
    if found.closed_at is not None:
        raise Conflict(_("Somebody has looked at this pattern already."))
    return row, found, office


def _record(row: Petition, verb: str, number: int, office: str, at: dt.datetime) -> None:
    record_act(
        office=office,
        verb=verb,
        subject=signatures_subject(row.pk, number),
        at=at,
        place=row.area.code,
        service=row.service.slug,
        body=row.body.slug,
        link=petition_path(row.pk),
    )


def _close(alert: Alert, outcome: str, at: dt.datetime) -> None:
    alert.closed_at, alert.outcome = at, outcome
    alert.save(update_fields=["closed_at", "outcome"])


@transaction.atomic
def set_aside(*, actor: Person | None, alert: int, at: dt.datetime) -> Batch:
    """Set aside the signatures of an alert's pattern: they leave the counts until restored.

    By a moderator of the body that is asked, or of the site, who did not begin the petition.
    Those taken back or confirmed anew meanwhile stay what they are. Raises NotFound, NotAllowed,
    and Conflict where somebody decided already or no signature of the pattern is left.
    """
    row, found, office = _locked(alert, actor, at)
    batch = Batch.objects.create(
        petition=row, alert=found, kind=found.kind, signatures=0, set_aside_at=at, office=office
    )
    signatures = of_pattern(row.pk, found.kind, found.key, found.since, found.until)
    batch.signatures = signatures.update(state=SET_ASIDE, batch=batch)
    if not batch.signatures:
        raise Conflict(_("No signature of this pattern is left to be set aside."))
    batch.save(update_fields=["signatures"])
    _close(found, SET, at)
    _record(row, "set-aside-signatures", batch.signatures, office, at)
    tell(row, "set_aside", cause=f"batch/{batch.pk}/set-aside", at=at, many=batch.signatures)
    return batch


@transaction.atomic
def leave(*, actor: Person | None, alert: int, at: dt.datetime) -> Alert:
    """Leave the signatures of an alert's pattern as they are: there is a good reason for it.

    By whom ``set_aside`` may be done; raises as it does.
    """
    row, found, office = _locked(alert, actor, at)
    _close(found, LEFT, at)
    _record(row, "leave-signatures", found.seen, office, at)
    return found


@transaction.atomic
def restore(*, actor: Person | None, batch: int, at: dt.datetime) -> Batch:
    """Restore what was set aside: it is counted again where it was, on its own day.

    The counting also tells those who asked of answers that were told meanwhile. What a signer took
    back meanwhile stays taken back. By whom ``set_aside`` may be done. Raises NotFound, NotAllowed,
    and Conflict where it was restored before.
    """
    number = Batch.objects.filter(pk=batch).values_list("petition_id", flat=True).first()
    if number is None:
        raise NotFound(_("There is no such batch."))
    row = lock(number)
    office = require_moderator(actor, row, at)
    found = Batch.objects.select_for_update(of=("self",)).get(pk=batch)
    if found.restored_at is not None:
        raise Conflict(_("These signatures were restored already."))
    rows = Signature.objects.filter(batch=found, state=SET_ASIDE)
    restored = rows.update(state=CONFIRMED, batch=None)
    found.restored_at = at
    found.save(update_fields=["restored_at"])
    _record(row, "restore-signatures", restored, office, at)
    tell(row, "restored", cause=f"batch/{found.pk}/restored", at=at, many=restored)
    return found

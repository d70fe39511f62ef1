"""Patterns are looked for by when signatures begin to count: confirming late hides nothing."""

from __future__ import annotations

import pytest

from folkmoot.petitions import queries_patterns
from folkmoot.petitions.actions import counting, patterns, signing_rows
from folkmoot.petitions.models import Alert, Signature
from folkmoot.petitions.models_signing import CONFIRMED, PENDING, SET_ASIDE
from folkmoot.petitions.queries_alerts import alert_file
from folkmoot.petitions.queries_patterns import looked_at_since
from folkmoot.petitions.rules.limits import CONFIRM_WITHIN
from folkmoot.petitions.rules.patterns import LOOK_BACK
from tests.rooms import petitions_made as made
from tests.rooms.test_petitions_counting import count
from tests.rooms.test_petitions_patterns import (
    DAY,
    HOUR,
    MINUTE,
    NETWORK,
    burst,
    burst_of,
    made_by,
    usual,
)


@pytest.fixture
def w(db, at):
    return made.world(at)


def waiting(petition, signed, number):
    """So many of one network, who were sent their letters and have not confirmed."""
    fields = {"network_key": NETWORK, "state": PENDING, "confirmed_at": None}
    return [made_by(petition, signed + n * MINUTE / 60, **fields) for n in range(number)]


def confirm(rows, at):
    for row in rows:
        assert signing_rows.confirm(row.pk, at.date(), at, at - CONFIRM_WITHIN)


@pytest.mark.parametrize("before", [HOUR / 2, 26 * HOUR, CONFIRM_WITHIN - HOUR])
def test_a_batch_alarms_when_it_is_confirmed_however_long_before_it_was_signed(w, at, before):
    petition = made.petition(w)
    usual(petition, at)
    rows = waiting(petition, at - before, 60)
    confirm(rows, at - MINUTE)
    count(at)

    assert patterns.find_patterns(at=at) == 1

    alert = Alert.objects.get()
    assert (alert.seen, alert.since, alert.until) == (60, at - MINUTE, at - MINUTE)
    shown = alert_file(w.moderator, alert.pk, at.date())
    assert [(hour.seen, hour.among) for hour in shown.hours][-1] == (60, 60)
    patterns.set_aside(actor=w.moderator, alert=alert.pk, at=at)
    assert Signature.objects.filter(state=SET_ASIDE).count() == 60


def test_what_was_signed_beside_a_batch_and_confirmed_after_it_alarms_again(w, at):
    petition, rows, alert = burst_of(w, at, 21)
    late = waiting(petition, rows[5].signed_at, 60)
    patterns.set_aside(actor=w.moderator, alert=alert.pk, at=at)
    confirm(late, at + HOUR)
    count(at + HOUR)

    assert patterns.find_patterns(at=at + HOUR) == 1
    assert Alert.objects.get(closed_at__isnull=True).seen == 60


def test_an_alert_grows_with_those_that_confirm_later(w, at):
    petition, rows, alert = burst_of(w, at)
    late = waiting(petition, rows[0].signed_at - DAY, 20)
    confirm(late, at + HOUR)
    count(at + HOUR)
    assert patterns.find_patterns(at=at + HOUR) == 0
    alert.refresh_from_db()
    assert (alert.seen, alert.until) == (50, at + HOUR)


def test_only_the_newest_to_be_confirmed_are_looked_at(w, at, monkeypatch):
    assert looked_at_since(at) == at - LOOK_BACK
    petition = made.petition(w)
    old = made_by(petition, at - 2 * DAY, confirmed_at=at - MINUTE)
    rows = [made_by(petition, at - n * HOUR) for n in range(1, 6)]
    assert looked_at_since(at) == at - LOOK_BACK
    monkeypatch.setattr(queries_patterns, "NEWEST", 3)
    assert looked_at_since(at) == rows[1].confirmed_at
    monkeypatch.setattr(queries_patterns, "NEWEST", 1)
    assert looked_at_since(at) == old.confirmed_at


def test_restored_signatures_do_not_alarm_again(w, at):
    petition, _rows, alert = burst_of(w, at)
    batch = patterns.set_aside(actor=w.moderator, alert=alert.pk, at=at)
    count(at)
    patterns.restore(actor=w.site, batch=batch.pk, at=at + MINUTE)
    burst(petition, at + HOUR / 2, 2)
    while count(at + HOUR) != counting.Counted():
        pass
    assert patterns.find_patterns(at=at + HOUR) == 0
    assert Signature.objects.filter(petition=petition, state=CONFIRMED).count() == 72

"""Whoever begins to count after an answer was told, and signed before it, hears of it too."""

from __future__ import annotations

import datetime as dt

import pytest

from folkmoot.common.models import Message
from folkmoot.petitions.actions import counting, moderating, patterns, signing_rows
from folkmoot.petitions.actions.telling import tell_signers
from folkmoot.petitions.models import Batch
from folkmoot.petitions.models_signing import CONFIRMED, PENDING, SET_ASIDE
from folkmoot.petitions.queries_telling import goes_on_in
from folkmoot.petitions.rules.answering import letters_a_second
from folkmoot.petitions.rules.limits import CONFIRM_WITHIN
from folkmoot.petitions.rules.states import MERGED
from tests.rooms import petitions_made as made
from tests.rooms.petitions_answered import DAY, answered, owed
from tests.rooms.test_petitions_moderating import now
from tests.rooms.test_petitions_telling import letters, told


@pytest.fixture
def w(db, at):
    return made.world(at)


@pytest.fixture
def petition(w, at):
    found = made.petition(w, signed=40)
    # As the tests make it owed: counting makes nothing owed again.
    found.thresholds.filter(kind="answer").update(reached_at=at, duty=f"petition/{found.pk}/answer")
    return found


def aside(petition, at, number=2):
    """Signatures that are set aside, and their batch."""
    batch = Batch.objects.create(
        petition=petition, kind="network", signatures=number, set_aside_at=at, office="x"
    )
    fields = {"state": SET_ASIDE, "batch": batch, "counted": False, "tell_me": True}
    return made.signatures(petition, number, at, **fields), batch


def restore(w, batch, at):
    patterns.restore(actor=w.site, batch=batch.pk, at=at)
    counting.count_signatures(at=at)


def test_who_is_restored_is_told_of_the_answer_and_nobody_twice(w, petition, at):
    first = made.signatures(petition, 3, at, tell_me=True)
    late, batch = aside(petition, at)
    last = made.signatures(petition, 2, at, tell_me=True)
    given = answered(w.officer, owed(petition, at), at)
    tell_signers(at=at)
    assert told(given) == [one.pk for one in (*first, *last)]

    restore(w, batch, at + DAY)

    assert sorted(told(given)[-2:]) == [one.pk for one in late]
    assert all(one.due_at >= at + DAY for one in letters(given)[-2:])
    assert tell_signers(at=at + DAY) == 0
    # Set aside anew after they were told, and restored again.
    petition.signers.filter(pk=late[0].pk).update(state=SET_ASIDE)
    counting.count_signatures(at=at + DAY)
    petition.signers.filter(pk=late[0].pk).update(state=CONFIRMED)
    counting.count_signatures(at=at + 2 * DAY)
    assert len(told(given)) == 7


def test_who_is_restored_while_it_is_told_is_told_once(w, petition, at):
    late, batch = aside(petition, at, 1)
    made.signatures(petition, 3, at, tell_me=True)
    later, second = aside(petition, at, 1)
    made.signatures(petition, 3, at, tell_me=True)
    given = answered(w.officer, owed(petition, at), at)
    assert tell_signers(at=at, limit=3) == 3

    restore(w, batch, at)
    restore(w, second, at)

    assert late[0].pk in told(given)
    assert later[0].pk not in told(given)
    tell_signers(at=at)
    assert len(told(given)) == len(set(told(given))) == 8


def test_who_signed_before_the_answer_and_confirms_after_it_was_told_is_told(w, petition, at):
    def waits(moment):
        return made.signature(petition, moment, tell_me=True, state=PENDING, confirmed_at=None,
                              counted=False)  # fmt: skip

    early, hour = waits(at - DAY), dt.timedelta(hours=1)
    made.signatures(petition, 2, at, tell_me=True)
    same_day = waits(at)
    given = answered(w.officer, owed(petition, at), at)
    tell_signers(at=at)
    # Who signs after the answer reads it on the page.
    after = waits(at + hour)
    now = at + 2 * hour
    for row in (early, same_day, after):
        assert signing_rows.confirm(row.pk, now.date(), now, now - CONFIRM_WITHIN)
    counting.count_signatures(at=now)

    assert {early.pk, same_day.pk} < set(told(given))
    assert after.pk not in told(given)
    assert len(told(given)) == 4


def test_who_is_restored_to_a_petition_that_was_joined_is_told(w, petition, at):
    joined = made.petition(w, MERGED, merged_into=petition)
    late, batch = aside(joined, at)
    given = answered(w.officer, owed(petition, at), at)
    tell_signers(at=at)

    restore(w, batch, at + DAY)

    assert told(given) == [one.pk for one in late]


def test_whoever_is_restored_to_one_that_was_hidden_after_it_was_joined_counts(w, petition, at):
    """Nobody is told of what goes on elsewhere while it is hidden, and counting goes on."""
    joined = made.petition(w, MERGED, merged_into=petition)
    before = made.petition(w, MERGED, merged_into=joined)
    batches = [aside(each, at)[1] for each in (joined, before)]
    answered(w.officer, owed(petition, at), at)
    tell_signers(at=at)
    moderating.hide(actor=w.site, petition=joined.pk, reason="libel", at=at)
    assert goes_on_in(now(joined)) == [joined.pk]
    assert goes_on_in(now(before)) == [before.pk, joined.pk]

    for batch in batches:
        restore(w, batch, at + DAY)

    assert [now(each).signatures for each in (joined, before)] == [2, 2]
    assert not Message.objects.filter(key__startswith="petition-answered:", due_at__gt=at).exists()


def test_letters_are_spread_over_two_hours_and_over_twenty_where_there_are_millions():
    hours = {many: many / letters_a_second(many) / 3600 for many in (30, 5_000, 70_000, 500_000)}
    assert hours[30] < 0.01
    assert 1.3 < hours[5_000] < 1.5
    assert 1.9 < hours[70_000] < 2.1
    assert hours[500_000] < 14
    assert round(6_000_000 / letters_a_second(6_000_000) / 3600) == 20

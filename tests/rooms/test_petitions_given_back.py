"""Days on which a petition was hidden by mistake are given back, where anybody can still sign."""

import pytest

from folkmoot.people.queries import day_of
from folkmoot.petitions.actions import life, moderating
from folkmoot.petitions.models import Petition
from folkmoot.petitions.rules.states import CLOSED, OPEN
from tests.rooms import petitions_made as made
from tests.rooms.petitions_made import DAY
from tests.rooms.test_petitions_moderating import now


@pytest.fixture
def world(db, at):
    return made.world(at)


def test_the_days_of_being_hidden_are_given_back(world, at):
    row = made.petition(world)
    last = row.closes_on
    moderating.hide(actor=world.moderator, petition=row.pk, reason="libel", at=at)

    moderating.unhide(actor=world.site, petition=row.pk, at=at + 170 * DAY)

    assert (now(row).state, now(row).closes_on) == (OPEN, last + 170 * DAY)


def test_they_are_given_back_even_when_its_last_day_went_by_meanwhile(world, at):
    row = made.petition(world)
    last, late = row.closes_on, at + 200 * DAY
    moderating.hide(actor=world.moderator, petition=row.pk, reason="libel", at=at)
    life.close_due(today=day_of(late), at=late)
    assert now(row).hidden_from == CLOSED

    moderating.unhide(actor=world.site, petition=row.pk, at=late)

    after = now(row)
    assert (after.state, after.closes_on, after.ended_on) == (OPEN, last + 200 * DAY, None)


def test_what_was_closed_or_has_lost_its_addresses_stays_closed(world, at):
    late = at + 400 * DAY
    rows = [made.petition(world, CLOSED), made.petition(world)]
    for row in rows:
        moderating.hide(actor=world.moderator, petition=row.pk, reason="libel", at=at)
    life.close_due(today=day_of(late), at=late)
    Petition.objects.filter(pk=rows[1].pk).update(addresses_erased_at=late)

    for row in rows:
        moderating.unhide(actor=world.site, petition=row.pk, at=late)
        assert (now(row).state, now(row).closes_on) == (CLOSED, row.closes_on)

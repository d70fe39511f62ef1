"""Appeals: once, by the creator, decided by another moderator of the site."""

from functools import partial

import pytest

from folkmoot.common.errors import BadInput, Conflict, NotAllowed
from folkmoot.people.models import Role
from folkmoot.people.queries import day_of
from folkmoot.petitions.actions import moderating
from folkmoot.petitions.actions.forgetting import forget_addresses
from folkmoot.petitions.models import ModerationDecision
from folkmoot.petitions.queries_appeals import appeal_until
from folkmoot.petitions.queries_moderation import queue
from folkmoot.petitions.rules.states import (
    MERGED,
    MODERATION,
    OPEN,
    REFERRED,
    REFUSED,
    REJECTED,
    STATES,
)
from tests.rooms import petitions_made as made
from tests.rooms.petitions_made import DAY, DEVON_COUNCIL, LEEDS
from tests.rooms.test_petitions_moderating import ROLES, TEXT, actor, acts, decisions, now


@pytest.fixture
def world(db, at):
    return made.world(at)


@pytest.mark.parametrize("who", [*ROLES, "second"])
def test_only_another_moderator_of_the_site_decides_on_an_appeal(world, at, who):
    row = made.petition(world, MODERATION)
    moderating.reject(actor=world.site, petition=row.pk, reason="hoax", at=at)
    moderating.appeal(actor=world.creator, petition=row.pk, text=TEXT, at=at)
    do = partial(
        moderating.decide_appeal, actor=actor(world, who), petition=row.pk, upheld=True, at=at
    )

    if who == "second":
        do()
        assert now(row).state == OPEN
        return
    with pytest.raises(NotAllowed):
        do()
    assert now(row).state == REJECTED


def test_somebody_who_refused_for_the_body_does_not_decide_for_the_site(world, at):
    Role.objects.create(
        person=world.second, role="moderator", body=LEEDS, office="clerk", since=at.date(),
        granted_by="site/administrator",
    )  # fmt: skip
    row = made.petition(world, MODERATION)
    moderating.reject(actor=world.second, petition=row.pk, reason="hoax", at=at)
    moderating.appeal(actor=world.creator, petition=row.pk, text=TEXT, at=at)
    assert decisions(row) == [("first", REJECTED, "hoax", f"{LEEDS}/clerk")]

    with pytest.raises(NotAllowed):
        moderating.decide_appeal(actor=world.second, petition=row.pk, upheld=True, at=at)


def test_an_appeal_that_is_upheld_opens_the_petition(world, at):
    row = made.petition(world, MODERATION)
    moderating.reject(actor=world.moderator, petition=row.pk, reason="libel", at=at)
    moderating.appeal(actor=world.creator, petition=row.pk, text=TEXT, at=at + DAY)

    moderating.decide_appeal(actor=world.site, petition=row.pk, upheld=True, at=at + 2 * DAY)

    after = now(row)
    assert (after.state, after.reason, after.appeal_text) == (OPEN, "", "")
    assert (after.title_hidden, after.words_hidden, after.ended_on) == (False, False, None)
    assert after.thresholds.count() == 3
    assert decisions(row)[-1] == ("appeal", OPEN, "", "site/moderators")
    assert ModerationDecision.objects.filter(step="appeal").get().since == at + DAY
    assert acts()[-1] == ("decide-appeal", "site/moderators", "appeal-upheld")


def test_an_appeal_that_is_refused_is_the_last_one(world, at):
    row = made.petition(world, MODERATION)
    moderating.reject(actor=world.moderator, petition=row.pk, reason="hoax", at=at)
    do = partial(moderating.appeal, actor=world.creator, petition=row.pk, at=at)

    with pytest.raises(BadInput):
        do(text="Wrong.")
    with pytest.raises(NotAllowed):
        moderating.appeal(actor=world.officer, petition=row.pk, text=TEXT, at=at)
    with pytest.raises(Conflict):
        moderating.decide_appeal(actor=world.site, petition=row.pk, upheld=True, at=at)
    do(text=TEXT)
    with pytest.raises(Conflict):
        do(text=TEXT)
    moderating.decide_appeal(actor=world.site, petition=row.pk, upheld=False, at=at)
    with pytest.raises(Conflict):
        do(text=TEXT)
    with pytest.raises(Conflict):
        moderating.decide_appeal(actor=world.second, petition=row.pk, upheld=True, at=at)

    after = now(row)
    assert (after.state, after.reason, after.appeal_text) == (REJECTED, "hoax", "")
    assert acts()[-1] == ("decide-appeal", "site/moderators", "appeal-refused")


def test_an_upheld_appeal_shows_again_what_was_hidden(world, at):
    row = made.petition(world)
    moderating.hide(actor=world.moderator, petition=row.pk, reason="libel", at=at)
    moderating.appeal(actor=world.creator, petition=row.pk, text=TEXT, at=at)

    moderating.decide_appeal(actor=world.site, petition=row.pk, upheld=True, at=at)

    after = now(row)
    assert (after.state, after.words_hidden, after.title_hidden) == (OPEN, False, False)
    assert decisions(row)[-1][:2] == ("appeal", OPEN)


@pytest.mark.parametrize("state", sorted(set(STATES) - REFUSED))
def test_there_is_nothing_else_to_appeal_against(world, at, state):
    row = made.petition(world, state)

    with pytest.raises(Conflict):
        moderating.appeal(actor=world.creator, petition=row.pk, text=TEXT, at=at)


def test_an_appeal_is_asked_for_within_four_weeks(world, at):
    row = made.petition(world, MODERATION)
    moderating.reject(actor=world.moderator, petition=row.pk, reason="hoax", at=at)
    do = partial(moderating.appeal, actor=world.creator, petition=row.pk, text=TEXT)

    with pytest.raises(Conflict, match="28 days from the decision"):
        do(at=at + 29 * DAY)
    assert do(at=at + 28 * DAY).appeal_text == TEXT


@pytest.mark.parametrize("state", [MODERATION, OPEN])
@pytest.mark.parametrize("how", ["merge", "refer"])
def test_joining_and_passing_on_can_be_appealed_against_and_undone(world, at, how, state):
    row, older = made.petition(world, state), made.petition(world, opened_on=at.date() - 3 * DAY)
    last = row.closes_on
    more = {"merge": {"into": older.pk}, "refer": {"to": DEVON_COUNCIL}}[how]
    getattr(moderating, how)(actor=world.site, petition=row.pk, at=at, **more)
    moderating.appeal(actor=world.creator, petition=row.pk, text=TEXT, at=at + DAY)
    do = partial(moderating.decide_appeal, petition=row.pk, upheld=True, at=at + 9 * DAY)
    assert [line.barred for line in queue(world.site, at.date())][-1] == "decided"
    assert row.pk in [line.number for line in queue(world.second, at.date())]

    with pytest.raises(NotAllowed):
        do(actor=world.site)
    do(actor=world.second)

    after = now(row)
    assert (after.state, after.reason, after.ended_on, after.appeal_text) == (OPEN, "", None, "")
    assert (after.merged_into, after.referred_to, after.words_hidden) == (None, None, False)
    assert after.closes_on == (last + 9 * DAY if last else at.date() + 189 * DAY)
    assert after.thresholds.count() == 3


def test_a_refused_appeal_leaves_a_joined_petition_joined(world, at):
    row, older = made.petition(world), made.petition(world)
    moderating.merge(actor=world.site, petition=row.pk, into=older.pk, at=at)
    moderating.appeal(actor=world.creator, petition=row.pk, text=TEXT, at=at)

    moderating.decide_appeal(actor=world.second, petition=row.pk, upheld=False, at=at)

    assert (now(row).state, now(row).merged_into) == (MERGED, older)
    with pytest.raises(Conflict):
        moderating.appeal(actor=world.creator, petition=row.pk, text=TEXT, at=at)


@pytest.mark.parametrize("how", ["merge", "refer"])
@pytest.mark.parametrize("some", [True, False])
def test_what_has_lost_its_signers_addresses_is_not_opened_again(world, at, how, some):
    """The same people could sign it a second time, and nobody could tell. ``some``: of many, not
    all are erased yet."""
    row = made.petition(world)
    into = {"into": made.petition(world, opened_on=row.opened_on - DAY).pk}
    more = into if how == "merge" else {"to": DEVON_COUNCIL}
    getattr(moderating, how)(actor=world.site, petition=row.pk, at=at, **more)
    moderating.appeal(actor=world.creator, petition=row.pk, text=TEXT, at=at + DAY)
    late = at + 184 * DAY
    made.signatures(row, 3, at)
    if some:
        assert forget_addresses(late, most=2) == 2
    else:
        forget_addresses(late)
    ended = now(row)
    assert ended.addresses_erased_at == (None if some else late)

    with pytest.raises(Conflict, match="addresses"):
        moderating.decide_appeal(actor=world.second, petition=row.pk, upheld=True, at=late)

    assert (now(row).state, now(row).appeal_text) == (ended.state, ended.appeal_text)
    moderating.decide_appeal(actor=world.second, petition=row.pk, upheld=False, at=late)
    assert (now(row).state, now(row).appeal_text) == (ended.state, "")


@pytest.mark.parametrize("state", [REJECTED, MERGED, REFERRED])
@pytest.mark.parametrize("shown", [True, False])
def test_hiding_and_showing_again_ends_no_appeal_that_was_asked_for_before(world, at, state, shown):
    """A body's moderator could have made away with it otherwise."""
    row = made.petition(world, state)
    moderating.appeal(actor=world.creator, petition=row.pk, text=TEXT, at=at)
    hour = DAY / 24
    moderating.hide(actor=world.moderator, petition=row.pk, reason="libel", at=at + hour)
    if shown:
        moderating.unhide(actor=world.moderator, petition=row.pk, at=at + 2 * hour)
        assert (now(row).state, now(row).appeal_text) == (state, TEXT)
    assert row.pk in [line.number for line in queue(world.second, at.date())]

    moderating.decide_appeal(actor=world.second, petition=row.pk, upheld=True, at=at + DAY)

    after = now(row)
    assert (after.state, after.reason, after.appeal_text) == (OPEN, "", "")
    assert (after.words_hidden, after.title_hidden) == (False, False)


def test_showing_again_settles_an_appeal_against_being_hidden(world, at):
    row = made.petition(world, REJECTED)
    moderating.hide(actor=world.moderator, petition=row.pk, reason="libel", at=at)
    moderating.appeal(actor=world.creator, petition=row.pk, text=TEXT, at=at + DAY)
    moderating.unhide(actor=world.moderator, petition=row.pk, at=at + 2 * DAY)
    assert (now(row).state, now(row).appeal_text) == (REJECTED, "")


def test_whoever_began_what_it_was_joined_with_does_not_decide(world, at):
    row, into = made.petition(world), made.petition(world, creator=world.second)
    moderating.merge(actor=world.site, petition=row.pk, into=into.pk, at=at)
    moderating.appeal(actor=world.creator, petition=row.pk, text=TEXT, at=at)

    assert [line.barred for line in queue(world.second, at.date())] == ["own"]
    for upheld in (True, False):
        with pytest.raises(NotAllowed):
            moderating.decide_appeal(actor=world.second, petition=row.pk, upheld=upheld, at=at)
    assert now(row).appeal_text == TEXT


def test_showing_again_what_was_hidden_begins_no_time_to_appeal(world, at):
    """Who refused it first may be forgotten by then, and an appeal that was refused is the last."""
    old, settled = (made.petition(world, MODERATION) for _ in range(2))
    for row in (old, settled):
        moderating.reject(actor=world.site, petition=row.pk, reason="hoax", at=at)
    moderating.appeal(actor=world.creator, petition=settled.pk, text=TEXT, at=at)
    moderating.decide_appeal(actor=world.second, petition=settled.pk, upheld=False, at=at)
    for row, days in ((old, 20), (settled, 1)):
        late = at + days * DAY
        moderating.hide(actor=world.moderator, petition=row.pk, reason="libel", at=late)
        moderating.unhide(actor=world.moderator, petition=row.pk, at=late)
        assert appeal_until(now(row), day_of(late)) == (day_of(at) + 28 * DAY if days > 1 else None)

    for row, days in ((old, 29), (settled, 2)):
        with pytest.raises(Conflict):
            moderating.appeal(actor=world.creator, petition=row.pk, text=TEXT, at=at + days * DAY)
    moderating.appeal(actor=world.creator, petition=old.pk, text=TEXT, at=at + 28 * DAY)

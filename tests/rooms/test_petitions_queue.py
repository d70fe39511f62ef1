"""What waits for moderators, the clock shown in public, and what was not accepted."""

from dataclasses import replace

import pytest

from folkmoot.common.errors import NotAllowed, NotFound
from folkmoot.petitions import queries_moderation as queries
from folkmoot.petitions.actions import life, moderating
from folkmoot.petitions.models import ModerationDecision, Petition, Question
from folkmoot.petitions.queries_clock import moderation_clock
from folkmoot.petitions.rules import moderation as rules
from folkmoot.petitions.rules.states import DRAFT, MODERATION, OPEN, REJECTED, SPONSORS
from folkmoot.stats import wilson
from tests.rooms import petitions_made as made
from tests.rooms.petitions_made import DAY, LEEDS
from tests.rooms.test_petitions_moderating import TEXT


@pytest.fixture
def world(db, at):
    """People who have held their roles for long enough to have decided before."""
    return replace(made.world(at - 500 * DAY), at=at)


def waits(world, days, **more):
    """A petition that has waited for so many days."""
    return made.petition(world, MODERATION, moderation_since=world.at - days * DAY, **more)


def decided(world, days, after, **more):
    """One that came to moderators so many days ago and was decided ``after`` days."""
    row = waits(world, days, **more)
    at = world.at - (days - after) * DAY
    moderating.open_petition(actor=world.moderator, petition=row.pk, at=at)
    return row


def test_the_queue_is_in_order_of_its_promise(world, at):
    new, old = waits(world, 1), waits(world, 9)
    made.petition(world, DRAFT)
    made.petition(world, SPONSORS)
    made.petition(world, OPEN)

    first, second = queries.queue(world.moderator, at.date())

    assert (first.number, second.number) == (old.pk, new.pk)
    assert (first.waited, first.days_left, first.overdue) == (9, -2, True)
    assert (second.waited, second.days_left, second.overdue) == (1, 6, False)
    assert (first.title, first.place_name, first.body) == (made.TITLE, "Leeds", LEEDS)


def test_each_moderator_sees_their_own_body_s_and_the_site_s_all(world, at):
    here = waits(world, 1)
    there = waits(world, 2, body=world.other_body)
    own = waits(world, 3, creator=world.site)

    def seen(who):
        return [line.number for line in queries.queue(who, at.date())]

    assert seen(world.moderator) == [own.pk, here.pk]
    assert seen(world.stranger) == [there.pk]
    assert seen(world.site) == [own.pk, there.pk, here.pk]
    assert [line.barred for line in queries.queue(world.site, at.date())] == ["own", "", ""]
    for who in (world.creator, world.officer, world.administrator, None):
        with pytest.raises(NotAllowed):
            queries.queue(who, at.date())


def test_appeals_wait_for_the_site_and_not_for_who_refused(world, at):
    row = waits(world, 1)
    moderating.reject(actor=world.site, petition=row.pk, reason="hoax", at=at)
    moderating.appeal(actor=world.creator, petition=row.pk, text=TEXT, at=at)

    (line,) = queries.queue(world.second, at.date())

    assert (line.step, line.days_left, line.barred) == ("appeal", 28, "")
    assert queries.queue(world.site, at.date())[0].barred == "decided"
    assert queries.queue(world.moderator, at.date()) == []


def test_a_moderator_sees_everything_of_one_petition(world, at):
    row = waits(world, 2)
    made.sponsors(row, at)
    seen = queries.for_moderator(world.moderator, row.pk, at.date())
    assert (seen.title, seen.background, seen.sponsors, seen.own) == (
        row.title, row.background, 5, False,
    )  # fmt: skip
    assert seen.line is not None
    assert seen.line.waited == 2

    moderating.reject(actor=world.moderator, petition=row.pk, reason="libel", at=at)
    moderating.appeal(actor=world.creator, petition=row.pk, text=TEXT, at=at)

    site = queries.for_moderator(world.site, row.pk, at.date())
    body = queries.for_moderator(world.moderator, row.pk, at.date())
    assert (site.title, site.appeal_text, body.appeal_text) == (row.title, TEXT, "")
    assert body.line is None
    assert [each.outcome for each in site.decisions] == [REJECTED]
    for who in (world.stranger, world.officer, world.creator, None):
        with pytest.raises(NotAllowed):
            queries.for_moderator(who, row.pk, at.date())
    for state in (DRAFT, SPONSORS):
        with pytest.raises(NotFound):
            queries.for_moderator(world.site, made.petition(world, state).pk, at.date())
    with pytest.raises(NotFound):
        queries.for_moderator(world.site, 999, at.date())


def test_the_clock_counts_what_is_over_its_promise_and_no_other(world, at):
    decided(world, 20, 7)
    decided(world, 20, 1)
    decided(world, 20, 8)
    waits(world, 30)
    # Too early to tell: decided at once, and not decided, but within their time.
    decided(world, 2, 1)
    waits(world, 7)
    # Nobody waited for these: hidden while open, and withdrawn before a decision.
    moderating.hide(actor=world.site, petition=made.petition(world).pk, reason="libel", at=at)
    ModerationDecision.objects.filter(outcome="open", at=at - DAY, since=at - 5 * DAY).delete()
    # Too long ago.
    decided(world, 400, 3)

    clock = moderation_clock(at.date())

    low, high = wilson(2, 4)
    assert (clock.settled, clock.in_time, clock.late, clock.overdue) == (4, 2, 1, 1)
    assert (clock.waiting, clock.promise, clock.days) == (1, 7, 365)
    assert (clock.share, clock.lower, clock.upper) == (0.5, float(low), float(high))


def test_what_is_withdrawn_after_its_day_was_late_all_the_same(world, at):
    for waited, withdrawn_after in ((30, 8), (30, 7), (30, 1), (400, 20)):
        row = waits(world, waited)
        moment = at - (waited - withdrawn_after) * DAY
        life.withdraw(actor=world.creator, petition=row.pk, at=moment)
    decided_first = waits(world, 30)
    moderating.hide(actor=world.site, petition=decided_first.pk, reason="libel", at=at - 29 * DAY)
    asked = {"asker": world.creator, "area": world.area, "service": world.service,
             "body": world.body, "text": "When?", "state": "withdrawn"}  # fmt: skip
    for after in (3, 9):
        since = at - 30 * DAY
        Question.objects.create(asked_at=since, decided_at=since + after * DAY, **asked)

    clock = moderation_clock(at.date())

    assert (clock.settled, clock.in_time, clock.late, clock.overdue) == (3, 1, 2, 0)


def test_a_clock_without_cases_claims_nothing(world, at):
    waits(world, 1)

    clock = moderation_clock(at.date())

    assert (clock.settled, clock.share, clock.lower, clock.waiting) == (0, None, None, 1)


def test_appeals_have_their_own_clock(world, at):
    rows = [waits(world, 60) for _ in range(2)]
    for row in rows:
        moderating.reject(actor=world.moderator, petition=row.pk, reason="hoax", at=at - 58 * DAY)
        moderating.appeal(actor=world.creator, petition=row.pk, text=TEXT, at=at - 50 * DAY)
    moderating.decide_appeal(actor=world.site, petition=rows[0].pk, upheld=False, at=at - 22 * DAY)

    clock = moderation_clock(at.date(), step=rules.APPEAL)

    assert (clock.promise, clock.settled, clock.in_time, clock.overdue) == (28, 2, 1, 1)
    assert moderation_clock(at.date()).in_time == 2


def test_what_was_not_accepted_is_listed_with_its_reason(world, at):
    shown, hidden, appealed = (waits(world, 1) for _ in range(3))
    do = {"actor": world.moderator, "at": at}
    moderating.reject(petition=shown.pk, reason="hoax", **do)
    moderating.reject(petition=hidden.pk, reason="libel", **do)
    moderating.reject(petition=appealed.pk, reason="advertising", **do)
    moderating.appeal(actor=world.creator, petition=appealed.pk, text=TEXT, at=at)

    lines = queries.refused()

    assert [(line.number, line.title, line.reason, line.appeal) for line in lines] == [
        (appealed.pk, made.TITLE, "advertising", "waiting"),
        (hidden.pk, "", "libel", ""),
        (shown.pk, made.TITLE, "hoax", ""),
    ]
    assert lines[2].why == "it is not meant in earnest"
    assert [line.number for line in queries.refused(below=appealed.pk, size=1)] == [hidden.pk]
    assert queries.refused(body=LEEDS, place=made.PLACE) == lines
    assert queries.refused(place="E10000008") == queries.refused(body="nobody") == []
    moderating.decide_appeal(actor=world.site, petition=appealed.pk, upheld=False, at=at)
    assert queries.refused()[0].appeal == "refused"
    assert Petition.objects.filter(state=REJECTED).count() == 3


def test_it_costs_the_same_however_much_waits(world, at, django_assert_max_num_queries):
    for _ in range(6):
        waits(world, 3)
    with django_assert_max_num_queries(3):
        queries.queue(world.site, at.date())
    with django_assert_max_num_queries(5):
        moderation_clock(at.date())
    with django_assert_max_num_queries(2):
        queries.refused()

"""Counts are always what a recount would give, whatever happened before and in what order."""

import datetime as dt
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from folkmoot.common.errors import Conflict, NotFound
from folkmoot.duties.models import Duty
from folkmoot.people.queries import day_of
from folkmoot.petitions import tokens
from folkmoot.petitions.actions import counting, signing, taking_back, thresholds
from folkmoot.petitions.models import Petition, Signature, SignatureCount, Threshold
from folkmoot.petitions.models_signing import CONFIRMED, SET_ASIDE, SPONSOR, TAKEN_BACK
from folkmoot.petitions.rules import limits, states
from tests.rooms import petitions_made as made
from tests.rooms.test_petitions_signing import confirm, sign, take_back
from tests.rooms.test_petitions_signing_race import together

DAY = dt.timedelta(days=1)


def count(at, limit=5_000):
    return counting.count_signatures(at=at, limit=limit)


def recounted(petition):
    """What the counts should be: from the signatures, one by one."""
    district, constituency = Counter(), Counter()
    for row in Signature.objects.filter(petition=petition, state=CONFIRMED):
        district[row.area or row.country, day_of(row.confirmed_at)] += 1
        if row.constituency:
            constituency[row.constituency, day_of(row.confirmed_at)] += 1
    return {"district": district, "constituency": constituency}


def kept(petition):
    found = {"district": Counter(), "constituency": Counter()}
    for row in SignatureCount.objects.filter(petition=petition).exclude(kind="hour"):
        if row.signatures:
            found[row.kind][row.place, row.day] += row.signatures
    return found


def check(petition):
    petition.refresh_from_db()
    assert kept(petition) == recounted(petition)
    assert petition.signatures == recounted(petition)["district"].total()
    counted = Signature.objects.filter(petition=petition, counted=True)
    assert counted.count() == petition.signatures


def row(petition, at, **more):
    """A confirmed signature that waits to be counted."""
    return made.signature(petition, at, counted=False, **more)


@pytest.fixture
def petition(db, at):
    return made.petition(made.world(at))


def test_confirmed_signatures_are_counted_once(petition, at):
    for number in range(7):
        row(petition, at - number * DAY, constituency="E14000001" if number % 2 else "")
    row(petition, at, area="", country="FR", postcode="")
    sign(petition, at)

    assert count(at) == counting.Counted(1, 8, 0)
    assert count(at) == counting.Counted()

    check(petition)
    assert petition.signatures == 8
    assert petition.counted_at == at
    assert SignatureCount.objects.get(place="FR").signatures == 1


def test_a_signature_that_is_taken_back_leaves_the_counts(petition, at):
    counted, fresh = row(petition, at - DAY), None
    count(at)
    fresh = row(petition, at)
    take_back(counted, at)
    take_back(fresh, at)

    assert count(at) == counting.Counted(1, 0, 1)

    check(petition)
    assert petition.signatures == 0
    assert not sum(SignatureCount.objects.values_list("signatures", flat=True))


def test_setting_aside_and_restoring(petition, at):
    rows = [row(petition, at) for _ in range(5)]
    count(at)
    some = Signature.objects.filter(pk__in=[one.pk for one in rows[:3]])
    some.update(state=SET_ASIDE)
    assert count(at) == counting.Counted(1, 0, 3)
    check(petition)
    some.update(state=CONFIRMED)
    assert count(at) == counting.Counted(1, 3, 0)
    check(petition)
    assert petition.signatures == 5


def test_a_batch_is_no_longer_than_its_limit(petition, at):
    other = made.petition(made.world(at))
    for which in (petition, petition, petition, other, other):
        row(which, at)
    found = [count(at, limit=2) for _ in range(4)]
    assert [one.added for one in found] == [2, 2, 1, 0]
    check(petition)
    check(other)


def test_a_threshold_makes_its_duty_once_and_taking_back_never_undoes_it(petition, at):
    rows = [row(petition, at) for _ in range(12)]
    count(at, limit=9)
    assert not Duty.objects.exists()
    count(at)
    duty = Duty.objects.get()
    assert duty.key == f"petition/{petition.pk}/answer"
    for one in rows:
        take_back(one, at)
    count(at)
    check(petition)
    assert Threshold.objects.get(kind="answer").reached_at == at
    row(petition, at)
    count(at)
    assert Duty.objects.get() == duty


def test_sponsors_send_a_petition_on_when_they_are_counted(db, at):
    petition = made.petition(made.world(at), states.SPONSORS)
    for _ in range(limits.SPONSORS_NEEDED):
        row(petition, at, origin=SPONSOR)
    count(at)
    petition.refresh_from_db()
    assert petition.state == states.MODERATION
    assert petition.signatures == limits.SPONSORS_NEEDED


def test_the_last_day_falls_where_nobody_signs(petition, at):
    for hours in (1, 20, 30, 200):
        row(petition, at - hours * dt.timedelta(hours=1))
    count(at)
    petition.refresh_from_db()
    assert petition.last_day == 2
    assert counting.refresh_last_days(at=at) == 0
    counting.refresh_last_days(at=at + dt.timedelta(hours=10))
    petition.refresh_from_db()
    assert petition.last_day == 1
    counting.refresh_last_days(at=at + 2 * DAY)
    petition.refresh_from_db()
    assert petition.last_day == 0
    assert counting.refresh_last_days(at=at + 4 * DAY) == 0
    row(petition, at + 5 * DAY)
    count(at + 5 * DAY)
    hours = SignatureCount.objects.filter(kind="hour", petition=petition)
    assert list(hours.values_list("day", flat=True)) == [(at + 5 * DAY).date()]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["sign", "confirm", "again", "back", "aside", "restore", "count", "some", "later"]
        ),
        st.integers(0, 5),
    ),
    max_size=30,
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(STEPS)
def test_counts_are_a_recount_after_any_sequence(world_of_one, steps):
    petition, now = world_of_one()
    rows = []
    for step, which in steps:
        chosen = rows[which % len(rows)] if rows else None
        if step == "sign":
            rows.append(sign(petition, now, network=f"net{len(rows)}"))
        elif step == "later":
            now += dt.timedelta(hours=7)
        elif step == "count":
            count(now)
        elif step == "some":
            count(now, limit=1)
        elif chosen is not None:
            _do(step, chosen, now)
    while count(now) != counting.Counted():
        pass
    check(petition)


def _do(step, chosen, now):
    rows = Signature.objects.filter(pk=chosen.pk)
    if step in ("confirm", "again"):
        try:
            confirm(chosen, now)
        except Conflict:
            assert rows.get().state == TAKEN_BACK
    elif step == "back":
        take_back(chosen, now)
    elif step == "aside":
        rows.filter(state=CONFIRMED).update(state=SET_ASIDE)
    elif step == "restore":
        rows.filter(state=SET_ASIDE).update(state=CONFIRMED)


@pytest.fixture
def world_of_one(db, at):
    w = made.world(at)

    def new():
        Signature.objects.all().delete()
        return made.petition(w), at

    return new


def test_counting_side_by_side_while_others_confirm_and_take_back(committing, at):
    petition = made.petition(made.world(at))
    rows = [sign(petition, at, network=f"net{n}") for n in range(60)]
    done = threading.Event()

    def keep_counting(_):
        try:
            while not done.is_set():
                count(at, limit=7)
        finally:
            connection.close()

    def work(n):
        for one in rows[n::3]:
            confirm(one, at)
            if one.pk % 4 == 0:
                take_back(one, at)

    with ThreadPoolExecutor(2) as counters:
        running = [counters.submit(keep_counting, n) for n in range(2)]
        failed = [one for one in together(work, 3) if one is not None]
        done.set()
        for one in running:
            one.result()
    assert not failed
    while count(at) != counting.Counted():
        pass
    check(petition)
    assert petition.signatures == sum(one.pk % 4 != 0 for one in rows)
    keys = list(Duty.objects.values_list("key", flat=True))
    assert len(keys) == len(set(keys))


def test_signing_does_not_wait_for_counting(on_postgres, at):
    from django.db import transaction

    petition = made.petition(made.world(at))
    with transaction.atomic():
        Petition.objects.select_for_update(no_key=True).get(pk=petition.pk)
        (found,) = together(lambda _: sign(petition, at), 1)
        assert isinstance(found, Signature)
        (confirmed,) = together(lambda _: confirm(found, at), 1)
        assert confirmed == signing.Confirmed(petition.pk, found.pk, already=False)


def test_what_waits_is_found_by_its_index(committing, at):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {counting._WAITING}")
        else:
            cursor.execute("SET enable_seqscan = off")
            cursor.execute(f"EXPLAIN {counting._WAITING}")
        plan = str(cursor.fetchall())
    assert "signature_to_count" in plan


def test_a_letter_token_is_for_letters_only(petition, at):
    one = sign(petition, at)
    with pytest.raises(NotFound):
        taking_back.take_back(token=tokens.make(tokens.CONFIRM, one.pk), at=at)


def test_one_petition_that_cannot_be_counted_keeps_no_other_from_it(db, at, monkeypatch):
    w = made.world(at)
    rows = [made.petition(w) for _ in range(4)]
    for row in rows:
        made.signatures(row, 2, at, counted=False)
    reach = thresholds.reach

    def fails(*, petition, at):
        if petition.pk in (rows[0].pk, rows[2].pk):
            raise KeyError(petition.pk)
        return reach(petition=petition, at=at)

    monkeypatch.setattr(thresholds, "reach", fails)
    with pytest.raises(KeyError):
        counting.count_signatures(at=at)
    counts = Petition.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk")
    assert list(counts.values_list("signatures", flat=True)) == [0, 2, 0, 2]

    monkeypatch.undo()
    assert counting.count_signatures(at=at).added == 4

"""Patterns raise alerts, and what moderators do about them is reversible and loses nothing."""

from __future__ import annotations

import datetime as dt
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from folkmoot.common.errors import Conflict, NotAllowed, NotFound
from folkmoot.common.models import PublicAct
from folkmoot.duties.models import Duty
from folkmoot.petitions.actions import counting, patterns
from folkmoot.petitions.models import Alert, Batch, Signature, Threshold
from folkmoot.petitions.models_signing import CONFIRMED, PAPER, SET_ASIDE, TAKEN_BACK
from folkmoot.petitions.rules import states
from tests.rooms import people_invented as invented
from tests.rooms import petitions_made as made
from tests.rooms.test_petitions_counting import check, count
from tests.rooms.test_petitions_signing import take_back
from tests.rooms.test_petitions_signing_race import together

MINUTE, HOUR, DAY = (dt.timedelta(**{unit: 1}) for unit in ("minutes", "hours", "days"))
NETWORK = "a" * 32


@pytest.fixture
def w(db, at):
    return made.world(at)


def made_by(petition, at, **more):
    """A signature that shares nothing with another one but what is asked for."""
    domain = f"{secrets.token_hex(4)}.example.org"
    fields = {"email": f"{invented.FAKE.user_name()}@{domain}", "counted": False}
    return made.signature(petition, at, **{**fields, **more})


def usual(petition, at, number=40):
    """Honest signatures of some hours ago, from everywhere."""
    return [made_by(petition, at - 5 * HOUR + n * MINUTE) for n in range(number)]


def burst(petition, at, number=30, **more):
    """Signatures of the last half hour that share something."""
    shared = more or {"network_key": NETWORK}
    return [made_by(petition, at - 30 * MINUTE + n * MINUTE / 2, **shared) for n in range(number)]


def burst_of(w, at, number=30, **more):
    """A petition with a burst, counted, and its alert."""
    petition = made.petition(w)
    usual(petition, at)
    rows = burst(petition, at, number, **more)
    count(at)
    assert patterns.find_patterns(at=at) == 1
    return petition, rows, Alert.objects.get(petition=petition)


def counted(petition, at):
    while count(at) != counting.Counted():
        pass
    check(petition)
    return petition.signatures


def test_a_burst_from_a_network_raises_one_alert_with_its_evidence(w, at):
    _petition, rows, alert = burst_of(w, at)

    assert (alert.kind, alert.key, alert.seen, alert.among) == ("network", NETWORK, 30, 30)
    assert (alert.since, alert.until) == (rows[0].signed_at, rows[-1].signed_at)
    assert 0 < alert.expected < 1
    assert patterns.find_patterns(at=at) == 0
    assert Alert.objects.count() == 1


def test_an_alert_grows_until_somebody_looks_at_it(w, at):
    petition, rows, alert = burst_of(w, at)
    burst(petition, at + HOUR, 25)
    count(at + HOUR)

    assert patterns.find_patterns(at=at + HOUR) == 0

    alert.refresh_from_db()
    assert (alert.seen, alert.since) == (55, rows[0].signed_at)
    assert alert.until > at


def test_bursts_by_domain_and_by_area(w, at):
    petition = made.petition(w)
    for n in range(120):
        domain = ("gmail.com", "example.org", "example.net")[n % 3]
        made.signature(petition, at - 30 * HOUR, email=f"p{n}@{domain}", counted=False)
    for n in range(60):
        address = f"q{n}@{'ODD.example' if n % 2 else 'odd.example'}"
        made.signature(petition, at - HOUR / 2, email=address, area=made.DEVON_PLACE, counted=False)
    count(at)
    patterns.find_patterns(at=at)

    found = {(each.kind, each.key): each.seen for each in Alert.objects.all()}
    assert found == {("domain", "odd.example"): 60, ("area", made.DEVON_PLACE): 60}


@pytest.mark.parametrize("number", [3, 14])
def test_few_never_alarm(w, at, number):
    petition = made.petition(w)
    usual(petition, at)
    burst(petition, at, number)
    count(at)
    assert patterns.find_patterns(at=at) == 0


def test_only_what_moved_lately_and_is_signed_online_is_looked_at(w, at):
    petition = made.petition(w)
    usual(petition, at)
    burst(petition, at, origin=PAPER, network_key=NETWORK)
    count(at)
    assert patterns.find_patterns(at=at) == 0
    Signature.objects.filter(petition=petition).update(origin=0)
    assert patterns.find_patterns(at=at + 3 * HOUR) == 0


def test_looking_takes_as_many_queries_for_many_petitions(w, at, django_assert_max_num_queries):
    for _ in range(4):
        petition = made.petition(w)
        usual(petition, at, 5)
        burst(petition, at, 20)
    count(at)
    with django_assert_max_num_queries(40):
        patterns.find_patterns(at=at)


def test_setting_aside_takes_them_out_of_the_counts_and_undoes_no_threshold(w, at):
    petition, rows, alert = burst_of(w, at)
    assert Threshold.objects.get(petition=petition, kind="hearing").reached_at
    owed = set(Duty.objects.values_list("key", flat=True))

    batch = patterns.set_aside(actor=w.moderator, alert=alert.pk, at=at)

    assert batch.signatures == 30
    assert counted(petition, at) == 40
    assert Threshold.objects.get(petition=petition, kind="hearing").reached_at
    assert set(Duty.objects.values_list("key", flat=True)) == owed
    act = PublicAct.objects.latest("pk")
    assert (act.verb, act.office) == ("set-aside-signatures", batch.office)
    assert act.subject == f"petition:{petition.pk}/signatures/30"
    assert not any(row.name in act.canonical or NETWORK in act.canonical for row in rows)
    alert.refresh_from_db()
    assert alert.outcome == "set-aside"


def test_restoring_brings_them_back_to_their_own_day(w, at):
    petition, rows, alert = burst_of(w, at)
    before = counted(petition, at)
    batch = patterns.set_aside(actor=w.moderator, alert=alert.pk, at=at)
    counted(petition, at)
    take_back(rows[0], at)

    patterns.restore(actor=w.site, batch=batch.pk, at=at + 2 * DAY)

    assert counted(petition, at + 2 * DAY) == before - 1
    rows[0].refresh_from_db()
    assert rows[0].state == TAKEN_BACK
    act = PublicAct.objects.latest("pk")
    assert (act.verb, act.subject) == (
        "restore-signatures",
        f"petition:{petition.pk}/signatures/29",
    )
    with pytest.raises(Conflict):
        patterns.restore(actor=w.site, batch=batch.pk, at=at + 2 * DAY)


def test_what_was_left_does_not_alarm_again_and_what_follows_may(w, at):
    petition, _rows, alert = burst_of(w, at)
    patterns.leave(actor=w.moderator, alert=alert.pk, at=at)

    assert counted(petition, at) == 70
    assert PublicAct.objects.latest("pk").verb == "leave-signatures"
    assert patterns.find_patterns(at=at + MINUTE) == 0
    burst(petition, at + HOUR, 10)
    count(at + HOUR)
    assert patterns.find_patterns(at=at + HOUR) == 0
    burst(petition, at + 2 * HOUR, 40)
    count(at + 2 * HOUR)
    assert patterns.find_patterns(at=at + 2 * HOUR) == 1
    again = Alert.objects.get(closed_at__isnull=True)
    assert again.seen == 50
    assert again.since > alert.until


def test_somebody_decides_once(w, at):
    _petition, _rows, alert = burst_of(w, at)
    patterns.leave(actor=w.moderator, alert=alert.pk, at=at)
    for act in (patterns.leave, patterns.set_aside):
        with pytest.raises(Conflict):
            act(actor=w.moderator, alert=alert.pk, at=at)
        with pytest.raises(NotFound):
            act(actor=w.moderator, alert=99_999_999, at=at)
    with pytest.raises(NotFound):
        patterns.restore(actor=w.moderator, batch=99_999_999, at=at)


def test_nothing_is_set_aside_where_nothing_is_left(w, at):
    _petition, rows, alert = burst_of(w, at)
    for row in rows:
        take_back(row, at)
    with pytest.raises(Conflict):
        patterns.set_aside(actor=w.moderator, alert=alert.pk, at=at)
    assert not Batch.objects.exists()


def _others(w, at):
    centre = invented.with_role(at, "centre", "mhclg", "mhclg.example.org", by=w.administrator)
    elected = invented.with_role(
        at, "representative", invented.LEEDS, invented.LEEDS_DOMAIN, "leader", by=w.administrator
    )
    return [None, w.creator, w.officer, w.stranger, w.administrator, centre, elected]


def test_only_moderators_of_the_body_or_of_the_site_may(w, at):
    petition, _rows, alert = burst_of(w, at)
    others = _others(w, at)
    for actor in others:
        for act in (patterns.set_aside, patterns.leave):
            with pytest.raises(NotAllowed):
                act(actor=actor, alert=alert.pk, at=at)
    batch = patterns.set_aside(actor=w.site, alert=alert.pk, at=at)
    for actor in others:
        with pytest.raises(NotAllowed):
            patterns.restore(actor=actor, batch=batch.pk, at=at)
    assert Signature.objects.filter(petition=petition, state=SET_ASIDE).count() == 30


def test_nobody_decides_on_what_they_began(w, at):
    petition = made.petition(w, creator=w.site)
    usual(petition, at)
    burst(petition, at)
    count(at)
    patterns.find_patterns(at=at)
    with pytest.raises(NotAllowed):
        patterns.leave(actor=w.site, alert=Alert.objects.get().pk, at=at)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["burst", "find", "aside", "leave", "restore", "back", "count", "some"]),
        st.integers(0, 5),
    ),
    max_size=16,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STEPS)
def test_counts_are_a_recount_after_any_sequence(w, at, steps):
    Signature.objects.all().delete()
    Alert.objects.all().delete()
    petition, now = made.petition(w, states.OPEN), at
    rows = usual(petition, at, 10)
    reached = 0
    for step, which in steps:
        now += MINUTE
        if step == "burst":
            rows += burst(petition, now, 18, network_key=str(which) * 32)
        elif step in ("count", "some"):
            count(now, limit=5_000 if step == "count" else 3)
        elif step == "find":
            patterns.find_patterns(at=now)
        elif step == "back":
            take_back(rows[which], now)
        else:
            _do(w, petition, step, now)
        seen = Threshold.objects.filter(petition=petition, reached_at__isnull=False).count()
        assert seen >= reached
        reached = seen
    counted(petition, now)
    states_of = Signature.objects.filter(petition=petition)
    assert not states_of.filter(state=CONFIRMED, batch__isnull=False).exists()
    assert not states_of.filter(state=SET_ASIDE, batch__restored_at__isnull=False).exists()


def _do(w, petition, step, now):
    alert = Alert.objects.filter(petition=petition, closed_at__isnull=True).first()
    batch = Batch.objects.filter(petition=petition, restored_at__isnull=True).first()
    if step == "restore" and batch:
        patterns.restore(actor=w.site, batch=batch.pk, at=now)
    elif step != "restore" and alert:
        act = patterns.set_aside if step == "aside" else patterns.leave
        act(actor=w.site, alert=alert.pk, at=now)


def test_side_by_side_with_counting_and_taking_back(committing, at):
    w = made.world(at)
    petition, rows, alert = burst_of(w, at, 60)
    done = threading.Event()

    def keep(what):
        try:
            while not done.is_set():
                what()
        finally:
            connection.close()

    def work(n):
        if n == 0:
            batch = patterns.set_aside(actor=w.moderator, alert=alert.pk, at=at)
            count(at)
            patterns.restore(actor=w.site, batch=batch.pk, at=at)
        else:
            for row in rows[:20]:
                take_back(row, at)

    with ThreadPoolExecutor(3) as pool:
        running = [
            pool.submit(keep, lambda: count(at, limit=7)),
            pool.submit(keep, lambda: count(at, limit=11)),
            pool.submit(keep, lambda: patterns.find_patterns(at=at)),
        ]
        failed = [one for one in together(work, 2) if one is not None]
        done.set()
        for one in running:
            one.result()
    assert not failed
    assert counted(petition, at) == 80
    assert not Signature.objects.filter(state=SET_ASIDE).exists()


def test_many_who_look_at_once_raise_one_alert_and_decide_once(committing, at):
    w = made.world(at)
    petition = made.petition(w)
    usual(petition, at)
    burst(petition, at)
    count(at)
    together(lambda _: patterns.find_patterns(at=at), 6)
    alert = Alert.objects.get()

    done = together(
        lambda n: patterns.set_aside(actor=(w.moderator, w.site)[n % 2], alert=alert.pk, at=at), 6
    )
    assert sorted(type(one).__name__ for one in done) == ["Batch", *["Conflict"] * 5]
    assert Batch.objects.get().signatures == 30
    assert counted(petition, at) == 40

"""Several who act on one petition at the same moment: on both databases."""

from concurrent.futures import ThreadPoolExecutor, wait
from threading import Barrier

from django.db import connection

from folkmoot.common.errors import Conflict
from folkmoot.common.models import Message, PublicAct
from folkmoot.petitions import tokens
from folkmoot.petitions.actions import life, moderating, schemes, taking_back, telling
from folkmoot.petitions.models import BodyScheme, ModerationDecision, Petition, Threshold
from folkmoot.petitions.rules.states import CLOSED, MERGED, MODERATION, OPEN, REJECTED
from tests.rooms import petitions_made as made
from tests.rooms.petitions_answered import answered, owed
from tests.rooms.petitions_made import DAY, LEEDS


def at_once(*works):
    """What came of each of ``works``, begun together: its result, or the Conflict it met."""
    start = Barrier(len(works), timeout=60)

    def run(work):
        try:
            start.wait(timeout=30)
            return work()
        except Conflict as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def refused(came):
    return sum(isinstance(each, Conflict) for each in came)


def test_one_of_many_decisions_at_once_holds(committing, at):
    w = made.world(at)
    number = made.petition(w, MODERATION).pk

    def open_it():
        return moderating.open_petition(actor=w.moderator, petition=number, at=at)

    def reject():
        return moderating.reject(actor=w.site, petition=number, reason="hoax", at=at)

    came = at_once(*[open_it, reject] * 4)

    row = Petition.objects.get(pk=number)
    assert refused(came) == 7
    assert row.state in (OPEN, REJECTED)
    assert row.thresholds.count() == (3 if row.state == OPEN else 0)
    assert ModerationDecision.objects.filter(petition=row).count() == 1
    assert PublicAct.objects.filter(subject=f"petition:{number}").count() == 1


def test_two_petitions_joined_with_each_other_at_once(committing, at):
    w = made.world(at)
    one, two = made.petition(w).pk, made.petition(w).pk

    def join(row, into):
        return lambda: moderating.merge(actor=w.site, petition=row, into=into, at=at)

    came = at_once(*[join(one, two), join(two, one)] * 3)

    assert refused(came) == 5
    assert sorted(Petition.objects.values_list("state", flat=True)) == [MERGED, OPEN]


def test_many_workers_close_it_once(committing, at):
    w = made.world(at)
    row = made.petition(w)
    later = at + 200 * DAY

    came = at_once(*[lambda: life.close_due(today=later.date(), at=later)] * 6)

    assert sum(came) == 1
    assert Petition.objects.get().state == CLOSED
    assert PublicAct.objects.filter(verb="close-petition").count() == 1
    assert Message.objects.filter(key=f"petition:{row.pk}/closed").count() == 1


def test_no_letter_is_left_to_whoever_takes_back_while_letters_are_written(
    committing, at, monkeypatch
):
    w = made.world(at)
    petition = made.petition(w, signed=40)
    mine, theirs = (made.signature(petition, at, tell_me=True) for _ in range(2))
    answered(w.officer, owed(petition, at), at)
    write, token = telling.enqueue_many, tokens.make(tokens.TAKE_BACK, mine.pk)
    taking = []

    def slowly(*given, **more):
        taking.append(pool.submit(at_once, lambda: taking_back.take_back(token=token, at=at)))
        wait(taking, timeout=1)
        write(*given, **more)

    monkeypatch.setattr(telling, "enqueue_many", slowly)
    with ThreadPoolExecutor(1) as pool:
        assert telling.tell_signers(at=at) == 2
        assert taking[0].result(timeout=30) == [petition.pk]

    written = Message.objects.filter(to__in=[mine.email, theirs.email])
    assert [letter.to for letter in written] == [theirs.email]


def test_schemes_adopted_at_once_have_each_their_version(committing, at):
    w = made.world(at)

    def adopt():
        return schemes.adopt_scheme(
            actor=w.officer, body=LEEDS, levels=[{"kind": "answer", "number": 9, "days": 9}],
            since=at.date(), source="https://www.leeds.gov.uk/petitions", at=at,
        )  # fmt: skip

    at_once(*[adopt] * 5)

    versions = BodyScheme.objects.order_by("version").values_list("version", flat=True)
    assert list(versions) == [1, 2, 3, 4, 5]
    assert Threshold.objects.count() == 0

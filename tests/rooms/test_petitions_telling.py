"""Letters about answers: each signer who asked once, spread over hours; bodies are reminded."""

import datetime as dt
import re
import threading
from itertools import pairwise

import pytest
from django.db import connections

from folkmoot.common.models import Message
from folkmoot.duties import actions as duties
from folkmoot.people.actions import end_role
from folkmoot.people.models import Role
from folkmoot.people.queries import day_of
from folkmoot.petitions import tokens
from folkmoot.petitions.actions import telling
from folkmoot.petitions.actions.answering import mark_commitment, say_opinion
from folkmoot.petitions.actions.telling import AHEAD, remind, tell_signers
from folkmoot.petitions.models import Commitment, Petition, PetitionAnswer
from folkmoot.petitions.models_signing import CREATOR, PENDING, SET_ASIDE, TAKEN_BACK
from tests.rooms import people_invented as invented
from tests.rooms import petitions_made as made
from tests.rooms.petitions_answered import DAY, answered, owed

SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def w(db, at):
    return made.world(at)


@pytest.fixture
def petition(w):
    return made.petition(w, signed=40)


def letters(given):
    """Letters to signers about an answer, in order of leaving."""
    rows = Message.objects.filter(key__startswith=f"petition-answered:{given.pk}:")
    return list(rows.exclude(key__endswith=":creator").order_by("due_at"))


def told(given):
    """Signatures that were written to about an answer, in order of leaving."""
    return [int(letter.key.rpartition(":")[2]) for letter in letters(given)]


def test_whoever_signed_and_asked_is_told_and_nobody_else(w, petition, at):
    asked = made.signatures(petition, 3, at, tell_me=True)
    made.signatures(petition, 2, at)
    for state in (PENDING, TAKEN_BACK, SET_ASIDE):
        made.signature(petition, at, tell_me=True, state=state)
    made.signature(petition, at, tell_me=True, email="")
    made.signature(petition, at, tell_me=True, origin=CREATOR)
    made.signature(made.petition(w), at, tell_me=True)
    given = answered(w.officer, owed(petition, at), at)

    assert tell_signers(at=at) == 3
    assert told(given) == [one.pk for one in asked]
    to = Message.objects.filter(key=f"petition-answered:{given.pk}:{asked[0].pk}").get().to
    assert to == asked[0].email
    given.refresh_from_db()
    assert given.told_at == at
    assert tell_signers(at=at + DAY) == 0


def test_the_letter_leads_to_the_answer_and_to_a_question_of_one_button(w, petition, at):
    signed = made.signature(petition, at, tell_me=True)
    given = answered(w.officer, owed(petition, at), at)
    tell_signers(at=at)

    letter = Message.objects.get(key=f"petition-answered:{given.pk}:{signed.pk}")
    assert letter.payload["subject"] == "The petition you signed has an answer: Agreed in part"
    text = letter.payload["text"]
    assert f'Leeds City Council has answered the petition "{petition.title}"' in text
    assert f"/petitions/{petition.pk}/answer/{given.duty_id}/\n" in text
    assert f"/petitions/{petition.pk}/\n" in text
    token = re.search(r"/petitions/opinion/([^/]+)/", text)
    assert token
    assert say_opinion(token=token.group(1), answered=False, at=at).signature_id == signed.pk
    back = re.search(r"/petitions/take-back/([^/]+)/", text)
    assert back
    assert tokens.read("take-back", back.group(1)) == signed.pk


def test_the_creator_is_told_at_once_and_once(w, petition, at):
    made.signature(petition, at, origin=CREATOR, tell_me=True, email=w.creator.email)
    given = answered(w.officer, owed(petition, at), at)
    letter = Message.objects.get(to=w.creator.email)
    assert letter.key == f"petition-answered:{given.pk}:creator"
    assert letter.due_at == at
    assert "/petitions/opinion/" in letter.payload["text"]
    assert "/petitions/take-back/" not in letter.payload["text"]
    assert tell_signers(at=at) == 0
    # One who erased the account is nobody to write to.
    petition.creator = None
    petition.save()
    answered(w.officer, owed(petition, at, "petition-debate"), at)
    assert not Message.objects.filter(key__endswith=":creator").exclude(pk=letter.pk).exists()


def test_a_small_petition_is_told_in_minutes(w, petition, at):
    made.signatures(petition, 30, at, tell_me=True)
    given = answered(w.officer, owed(petition, at), at)
    assert tell_signers(at=at) == 30
    last = Message.objects.order_by("due_at").last()
    assert last is not None
    assert last.due_at == at + 29 * SECOND
    assert given.petition.signatures == 70


def test_six_million_are_told_within_a_day_and_never_lie_in_the_outbox_together(
    w, petition, at, monkeypatch
):
    """With one signature standing for 60,000, as fast and as far ahead as with all of them."""
    for pace in ("SLOWEST_LETTERS", "USUAL_LETTERS"):
        monkeypatch.setattr(f"folkmoot.petitions.rules.answering.{pace}", 10 / 60_000)
    made.signatures(petition, 100, at, tell_me=True)
    Petition.objects.filter(pk=petition.pk).update(signatures=100)
    given = answered(w.officer, owed(petition, at), at)
    now, rounds, most = at, 0, 0
    while PetitionAnswer.objects.filter(told_at__isnull=True).exists():
        most = max(most, tell_signers(at=now))
        now += dt.timedelta(minutes=1)
        rounds += 1
        assert rounds < 24 * 60
    leave = letters(given)
    assert len(leave) == len(set(told(given))) == 100
    assert most <= 1
    gaps = {round((b.due_at - a.due_at).total_seconds()) for a, b in pairwise(leave)}
    assert gaps == {720}
    assert leave[-1].due_at - at < dt.timedelta(hours=20)
    assert all(letter.due_at - letter.created_at <= AHEAD for letter in leave)


def test_batches_go_on_where_they_were_and_answers_take_turns(w, petition, at, monkeypatch):
    monkeypatch.setattr(telling, "BATCH", 4)
    other = made.petition(w)
    for one in (petition, other):
        made.signatures(one, 10, at, tell_me=True)
    first = answered(w.officer, owed(petition, at), at)
    second = answered(w.officer, owed(other, at), at)

    assert tell_signers(at=at, limit=8) == 8
    assert (len(told(first)), len(told(second))) == (4, 4)
    assert tell_signers(at=at, limit=7) == 7
    assert tell_signers(at=at, limit=100) == 5
    assert (len(told(first)), len(told(second))) == (10, 10)


def test_after_a_pause_letters_leave_as_slowly_as_before(w, petition, at, monkeypatch):
    monkeypatch.setattr("folkmoot.petitions.rules.answering.SLOWEST_LETTERS", 0.01)
    Petition.objects.filter(pk=petition.pk).update(signatures=20)
    made.signatures(petition, 20, at, tell_me=True)
    Petition.objects.filter(pk=petition.pk).update(signatures=20)
    given = answered(w.officer, owed(petition, at), at)
    assert tell_signers(at=at) == 6
    assert tell_signers(at=at + dt.timedelta(minutes=5)) == 3
    # Nobody worked for a day.
    later = at + DAY
    assert tell_signers(at=later) == 6
    assert [one.due_at - later for one in letters(given)[9:]] == [
        n * 100 * SECOND for n in range(6)
    ]
    assert len(told(given)) == 15


def test_a_batch_that_fails_leaves_nothing(w, petition, at, monkeypatch):
    made.signatures(petition, 5, at, tell_me=True)
    given = answered(w.officer, owed(petition, at), at)

    def stop(*args, **kwargs):
        raise OSError("out of room")

    with monkeypatch.context() as broken:
        broken.setattr(PetitionAnswer, "save", stop)
        with pytest.raises(OSError, match="room"):
            tell_signers(at=at)
    assert told(given) == []
    assert tell_signers(at=at) == 5


def test_several_workers_at_once_write_each_letter_once(committing, at, monkeypatch):
    monkeypatch.setattr(telling, "BATCH", 7)
    w = made.world(at)
    petition = made.petition(w)
    signed = made.signatures(petition, 60, at, tell_me=True)
    given = answered(w.officer, owed(petition, at), at)
    start = threading.Barrier(4, timeout=60)
    counts = []

    def work():
        start.wait(timeout=30)
        try:
            for _ in range(6):
                counts.append(tell_signers(at=at, limit=20))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    tell_signers(at=at)
    assert sorted(told(given)) == [one.pk for one in signed]


def reminders(prefix):
    rows = Message.objects.filter(key__startswith=prefix).order_by("pk")
    return [(row.key.split(":")[2], row.to) for row in rows]


def each_day(at, first, last):
    """Run it on each of these days, and twice."""
    written = []
    for day in range(first, last + 1):
        now = at + day * DAY
        written.append(sum(remind(today=day_of(now), at=now) for _ in range(2)))
    return written


def test_a_body_is_reminded_of_an_answer_before_and_after_its_day(w, petition, at):
    duty = owed(petition, at)
    me = w.officer.email

    written = each_day(at, 0, 48)
    assert reminders(f"answer-owed:{duty.pk}:") == [
        ("new", me), ("14", me), ("3", me), ("overdue-1", me), ("overdue-2", me),
        ("overdue-3", me),
    ]  # fmt: skip
    assert [day for day, number in enumerate(written) if number] == [0, 16, 27, 31, 38, 45]
    letter = Message.objects.filter(key__contains=":overdue-1:").get()
    assert letter.payload["subject"] == "An answer has been overdue since 23 December 2026"
    assert f"/petitions/{petition.pk}/answer/{duty.pk}/\n" in letter.payload["text"]
    answered(w.officer, duty, at + 48 * DAY)
    assert sum(each_day(at, 49, 70)) == 0


def test_a_day_without_the_job_is_made_good(w, petition, at):
    duty = owed(petition, at)
    each_day(at, 18, 18)
    each_day(at, 29, 29)
    assert [slot for slot, _ in reminders(f"answer-owed:{duty.pk}:")] == ["14", "3"]


def test_a_waived_answer_is_not_asked_for(w, petition, at):
    duty = owed(petition, at)
    duties.waive(actor=w.administrator, duty=duty.pk, reason="answered-elsewhere", at=at)
    assert sum(each_day(at, 0, 40)) == 0


def test_only_those_are_reminded_who_may_answer(w, at):
    petition = made.petition(w, office="leader")
    leader = invented.with_role(at, "representative", office="leader", by=w.administrator)
    invented.with_role(at, "representative", office="mayor", by=w.administrator)
    invented.with_role(at, "moderator", by=w.administrator)
    gone = invented.with_role(at, "officer", by=w.administrator)
    role = Role.objects.get(person=gone)
    end_role(actor=w.administrator, role=role.pk, at=at)
    duty = owed(petition, at)

    assert remind(today=day_of(at) + DAY, at=at + DAY) == 2
    sent = reminders(f"answer-owed:{duty.pk}:")
    assert {to for _, to in sent} == {w.officer.email, leader.email}


def test_a_question_is_reminded_of_too_and_a_report_is_not(w, petition, at):
    question = owed(petition, at, key="question:1", kind="question", subject="question:1")
    owed(petition, at, key="report:1", kind="report", subject="release:a/1/1")
    assert remind(today=day_of(at), at=at) == 1
    letter = Message.objects.get(key__startswith=f"answer-owed:{question.pk}:new:")
    assert f"/duties/{question.pk}/\n" in letter.payload["text"]
    assert "an answer to a public question" in letter.payload["text"]


def test_a_body_is_reminded_of_a_commitment_until_it_says_what_became_of_it(w, petition, at):
    promised = answered(w.officer, owed(petition, at), at).commitments.get()
    written = each_day(at, 0, 70)

    slots = [slot for slot, _ in reminders(f"commitment-due:{promised.pk}:")]
    assert slots == ["14", "3", "overdue-1", "overdue-2"]
    assert [day for day, number in enumerate(written) if number] == [46, 57, 61, 68]
    assert Commitment.objects.get().reminded_on == day_of(at) + 68 * DAY
    # What the creator says does not tell what the body does.
    later = at + 71 * DAY
    act = {"commitment": promised.pk, "mark": "broken", "at": later}
    mark_commitment(actor=w.creator, as_="creator", **act)
    assert sum(each_day(at, 71, 76)) == 1
    mark_commitment(actor=w.officer, as_="body", **act)
    assert sum(each_day(at, 77, 100)) == 0


def test_the_administrators_are_told_where_a_body_has_nobody_here(w, at):
    nobody = made.body("york-council", "City of York Council", "unitary-council", w.area)
    duty = owed(made.petition(w, body=nobody), at)

    assert each_day(at, 0, 17) == [1, *[0] * 15, 1, 0]
    sent = reminders(f"answer-owed:{duty.pk}:")
    assert sent == [("new", w.administrator.email), ("14", w.administrator.email)]
    letter = Message.objects.filter(key__contains=":new:nobody:").get().payload
    assert "Nobody of City of York Council has an account here" in letter["subject"]
    assert f"/duties/{duty.pk}/" in letter["text"]
    assert "/account/roles/?body=york-council" in letter["text"]

    york = "york.example.org"
    own = invented.with_role(at, "officer", "york-council", york, by=w.administrator)
    each_day(at, 27, 27)
    assert reminders(f"answer-owed:{duty.pk}:")[2:] == [("3", own.email)]

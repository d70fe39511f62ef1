"""What the database itself refuses of answers to petitions and commitments: on both databases."""

import pytest
from django.db import IntegrityError, connection, transaction

from folkmoot.duties import actions as duties
from folkmoot.petitions.actions.answering import mark_commitment, withdraw_petition_answer
from folkmoot.petitions.models import Commitment, CommitmentMark, PetitionAnswer
from tests.rooms import petitions_made as made
from tests.rooms.petitions_answered import DAY, answered, owed

CHANGED = "what was answered and promised is never changed"
DELETED = "what was answered and promised is never deleted"


def refused(change, why):
    with pytest.raises(IntegrityError, match=why), transaction.atomic():
        change()


def test_what_was_answered_and_promised_stays(committing, at):
    w = made.world(at)
    petition, other = made.petition(w), made.petition(w)
    given = answered(w.officer, owed(petition, at), at)
    promise = given.commitments.get()
    mark_commitment(actor=w.officer, commitment=promise.pk, mark="kept", as_="body", at=at)
    answers, promises = PetitionAnswer.objects.all(), Commitment.objects.all()
    marks = CommitmentMark.objects.all()
    wrong = [
        (lambda: answers.update(outcome="agreed"), CHANGED),
        (lambda: answers.update(petition=other), CHANGED),
        (lambda: answers.update(at=at - DAY), CHANGED),
        (lambda: promises.update(text="Put up a third bank."), CHANGED),
        (lambda: promises.update(due=promise.due + DAY), CHANGED),
        (lambda: promises.update(number=2), CHANGED),
        (lambda: marks.update(mark="broken"), CHANGED),
        (lambda: marks.update(by="creator"), CHANGED),
        (lambda: marks.update(at=at - DAY), CHANGED),
        (lambda: answers._raw_delete("default"), DELETED),
        (lambda: promises._raw_delete("default"), DELETED),
        (lambda: marks._raw_delete("default"), DELETED),
    ]
    before = [list(rows.values()) for rows in (answers, promises, marks)]
    for change, why in wrong:
        refused(change, why)
    assert [list(rows.values()) for rows in (answers, promises, marks)] == before
    # What must go on: telling signers, reminding, counting opinions, taking words away.
    answers.update(told_through=9, telling_at=at, told_at=at, said_yes=1, said_no=2, opinions_at=at)
    promises.update(reminded_on=at.date())
    promises.update(text="")
    refused(lambda: promises.update(text="Put up a second bank."), CHANGED)


def test_nothing_is_replaced_on_sqlite(db, at):
    if connection.vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE is SQLite's")
    w = made.world(at)
    given = answered(w.officer, owed(made.petition(w), at), at)
    promise = given.commitments.get()
    mark_commitment(actor=w.officer, commitment=promise.pk, mark="kept", as_="body", at=at)
    for model in (PetitionAnswer, Commitment, CommitmentMark):
        table = model._meta.db_table
        sql = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
        refused(lambda sql=sql: connection.cursor().execute(sql), CHANGED)


def test_words_withdrawn_for_law_are_gone_from_commitments_too(db, at):
    w = made.world(at)
    given = answered(w.officer, owed(made.petition(w), at), at)
    duties.correct(actor=w.officer, duty=given.duty_id, text="Each Thursday.", at=at + DAY)
    first, second = given.duty.answers.order_by("number")

    act = {"actor": w.officer, "reason": "personal-data", "at": at + DAY}
    withdraw_petition_answer(answer=second.pk, **act)
    assert Commitment.objects.get().text == "Put up a second bank."
    withdraw_petition_answer(answer=first.pk, **act)
    assert Commitment.objects.get().text == ""
    first.refresh_from_db()
    assert (first.text, first.withdrawn_reason) == ("", "personal-data")

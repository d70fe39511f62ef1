"""What the database itself refuses of petitions and thresholds: on both databases."""

import importlib

import pytest
from django.db import IntegrityError, connection, transaction

from folkmoot.petitions.models import Petition, Threshold
from folkmoot.petitions.rules.states import (
    CLOSED,
    DRAFT,
    HIDDEN,
    MERGED,
    MODERATION,
    MOVES,
    OPEN,
    REFERRED,
    STATES,
)
from tests.rooms import petitions_made as made
from tests.rooms.petitions_made import DAY

GUARD = importlib.import_module("folkmoot.petitions.migrations.0007_guard_petitions")


NOW = importlib.import_module("folkmoot.petitions.migrations.0019_give_time_back")


def refused(change, why):
    with pytest.raises(IntegrityError, match=why), transaction.atomic():
        change()


def test_the_moves_of_the_database_are_those_of_the_rules():
    assert {old: frozenset(new) for old, new in NOW.MOVES.items()} == MOVES


def test_an_opened_petition_is_what_it_was(committing, at):
    w = made.world(at)
    petition = made.petition(w)
    draft = made.petition(w, DRAFT)
    rows = Petition.objects.filter(pk=petition.pk)
    today = at.date()
    wrong = [
        (lambda: rows.update(title="Close the glass banks in Headingley"), GUARD.WORDS_CHANGED),
        (lambda: rows.update(background="Something else that is long enough."),
         GUARD.WORDS_CHANGED),
        (lambda: rows.update(background=""), GUARD.WORDS_CHANGED),
        (lambda: rows.update(title="", words_hidden=True), GUARD.WORDS_CHANGED),
        (lambda: rows.update(detail="More."), GUARD.WORDS_CHANGED),
        (lambda: rows.update(body=w.other_body), GUARD.WORDS_CHANGED),
        (lambda: rows.update(office="leader"), GUARD.WORDS_CHANGED),
        (lambda: rows.update(creator_name="Somebody Else"), GUARD.WORDS_CHANGED),
        (lambda: rows.update(closes_on=today + 400 * DAY), GUARD.DAYS_CHANGED),
        (lambda: rows.update(opened_on=None), GUARD.DAYS_CHANGED),
        (lambda: rows.update(population=1), GUARD.DAYS_CHANGED),
        (lambda: rows.update(scheme="leeds-city-council"), GUARD.DAYS_CHANGED),
        (lambda: rows.update(state=MODERATION), GUARD.MOVED),
        (lambda: rows.update(state=DRAFT), GUARD.MOVED),
        (lambda: rows._raw_delete("default"), GUARD.DELETED),
    ]  # fmt: skip
    before = rows.values().get()
    for change, why in wrong:
        refused(change, why)
    assert rows.values().get() == before

    # What must go on: counting, closing, hiding, erasing a name, deleting a draft. Erasing words
    # is tests/rooms/test_petitions_erasing_guards.py.
    rows.update(signatures=12, counted_at=at, last_day=3)
    rows.update(state=CLOSED, ended_on=today)
    rows.update(state=HIDDEN, reason="libel", hidden_from=CLOSED, words_hidden=True)
    rows.update(creator_name="", creator=None)
    refused(lambda: rows.update(title="", title_hidden=True), GUARD.WORDS_CHANGED)
    Petition.objects.filter(pk=draft.pk).update(title="Another request altogether")
    Petition.objects.filter(pk=draft.pk).delete()
    assert Petition.objects.get().pk == petition.pk


@pytest.mark.parametrize("state", [HIDDEN, MERGED, REFERRED])
def test_the_last_day_comes_later_only_on_the_way_back_to_being_open(committing, at, state):
    row = made.petition(made.world(at), state)
    if state == REFERRED:
        Petition.objects.filter(pk=row.pk).update(opened_on=at.date(), closes_on=at.date())
    rows = Petition.objects.filter(pk=row.pk)
    last = rows.get().closes_on

    refused(lambda: rows.update(closes_on=last + DAY), GUARD.DAYS_CHANGED)
    refused(lambda: rows.update(state=OPEN, closes_on=None), "petition_open_has_its_days")
    refused(
        lambda: rows.update(state=OPEN, opened_on=at.date() - 9 * DAY, closes_on=last + DAY),
        GUARD.DAYS_CHANGED,
    )
    rows.update(state=OPEN, hidden_from="", closes_on=last + DAY)
    refused(lambda: rows.update(closes_on=last + 2 * DAY), GUARD.DAYS_CHANGED)
    refused(lambda: rows.update(closes_on=last), GUARD.DAYS_CHANGED)


def test_every_move_and_no_other(committing, at):
    w = made.world(at)
    other = made.petition(w)
    filled = {"reason": "libel", "merged_into": other, "referred_to": w.other_body}
    for old in STATES:
        row = made.petition(w, old, **({} if old in (OPEN, CLOSED) else filled))
        opened = {} if row.opened_on else {"opened_on": at.date(), "closes_on": at.date()}
        for new in STATES:
            rows = Petition.objects.filter(pk=row.pk)
            try:
                with transaction.atomic():
                    rows.update(state=new, **filled, **opened)
                    transaction.set_rollback(True)
                    moved = True
            except IntegrityError:
                moved = False
            assert moved == (new == old or new in MOVES[old]), (old, new)


def test_a_stamped_threshold_stays(committing, at):
    petition = made.petition(made.world(at))
    rows = Threshold.objects.filter(petition=petition, kind="answer")
    wrong = [
        (lambda: rows.update(needed=1), GUARD.STAMP_CHANGED),
        (lambda: rows.update(days=400), GUARD.STAMP_CHANGED),
        (lambda: rows.update(kind="other"), GUARD.STAMP_CHANGED),
        (lambda: rows.delete(), GUARD.STAMP_DELETED),
    ]
    for change, why in wrong:
        refused(change, why)

    rows.update(reached_at=at, duty="petition/1/answer")

    for change in (
        lambda: rows.update(reached_at=None, duty=""),
        lambda: rows.update(duty="petition/2/answer"),
        lambda: rows.update(reached_at=at + DAY),
    ):
        refused(change, GUARD.UNREACHED)
    assert rows.get().reached_at == at


def test_sqlite_does_not_replace_either(db, at):
    if connection.vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE is SQLite's")
    petition = made.petition(made.world(at))
    for table in ("petitions_petition", "petitions_threshold"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table} LIMIT 1")
            columns = [each[0] for each in cursor.description]
            row = cursor.fetchone()
            marks = ", ".join(["%s"] * len(columns))
            names = ", ".join(f'"{name}"' for name in columns)
            with pytest.raises(IntegrityError), transaction.atomic():
                cursor.execute(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})", row)
    assert Petition.objects.get(pk=petition.pk).thresholds.count() == 3


def test_time_given_back_can_be_taken_out_and_put_in_again(db, at):
    rows = Petition.objects.filter(pk=made.petition(made.world(at), MERGED).pk)
    with connection.cursor() as cursor:
        for statement in NOW.ALLOW[connection.vendor]:
            cursor.execute(statement)
        refused(lambda: rows.update(state=OPEN), GUARD.MOVED)
        for statement in NOW.REFUSE[connection.vendor]:
            cursor.execute(statement)
    assert rows.update(state=OPEN) == 1


def test_the_guards_can_be_lifted_and_set_again(db):
    with connection.cursor() as cursor:
        for statement in [*GUARD.ALLOW[connection.vendor], *GUARD.REFUSE[connection.vendor]]:
            cursor.execute(statement)

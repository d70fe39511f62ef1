"""What the database itself lets be erased of petitions, and nothing else: on both databases."""

import importlib

from django.db import connection

from folkmoot.petitions.models import Petition
from folkmoot.petitions.rules.states import CLOSED, HIDDEN, MODERATION, OPEN, REJECTED
from tests.rooms import petitions_made as made
from tests.rooms.petitions_made import DAY
from tests.rooms.test_petitions_guards import refused

MOVING = importlib.import_module("folkmoot.petitions.migrations.0007_guard_petitions")
GUARD = importlib.import_module("folkmoot.petitions.migrations.0013_erase_words_for_law")

GONE = {
    "title": "", "background": "", "detail": "", "creator_name": "",
    "words_hidden": True, "title_hidden": True,
}  # fmt: skip


def erased(at, **more):
    return {**GONE, "erased_at": at, "erased_reason": "court-order", **more}


def rows_of(petition):
    return Petition.objects.filter(pk=petition.pk)


def test_hidden_words_go_together_with_their_moment_and_reason(committing, at):
    w = made.world(at)
    for opened in (True, False):
        row = made.petition(w, HIDDEN, **({} if opened else made_never_opened()))
        rows = rows_of(row)
        before = rows.values().get()
        wrong = [
            erased(at, erased_reason=None),
            erased(at, erased_reason=""),
            erased(at, words_hidden=False),
            erased(at, title_hidden=False),
            erased(at, title="Something else"),
            erased(at, background=row.background),
            erased(at, detail=row.detail),
            erased(at, creator_name=row.creator_name),
            erased(at, state=OPEN if opened else MODERATION),
            {"erased_at": at},
            {"erased_reason": "court-order"},
        ]
        for change in wrong:
            refused(lambda rows=rows, change=change: rows.update(**change), GUARD.ERASED_WRONGLY)
        if opened:
            refused(lambda rows=rows: rows.update(**GONE), MOVING.WORDS_CHANGED)
            refused(lambda rows=rows: rows.update(detail=""), MOVING.WORDS_CHANGED)
            other = erased(at, body=w.other_body)
            refused(lambda rows=rows, change=other: rows.update(**change), MOVING.WORDS_CHANGED)
        assert rows.values().get() == before

        rows.update(**erased(at))

        assert rows.values().get() == before | erased(at)


def made_never_opened():
    return {
        "opened_on": None, "closes_on": None, "scheme": "", "scheme_version": "",
        "population": None, "hidden_from": MODERATION,
    }  # fmt: skip


def test_what_is_not_hidden_is_not_erased(committing, at):
    w = made.world(at)
    for state in (MODERATION, OPEN, CLOSED, REJECTED):
        rows = rows_of(made.petition(w, state))
        refused(lambda rows=rows: rows.update(**erased(at)), GUARD.ERASED_WRONGLY)
        if state != CLOSED:
            hiding = erased(at, state=HIDDEN, reason="libel", hidden_from=state)
            refused(lambda rows=rows, change=hiding: rows.update(**change), GUARD.ERASED_WRONGLY)
        assert rows.get().title


def test_what_was_erased_stays_so(committing, at):
    w = made.world(at)
    rows = rows_of(made.petition(w, HIDDEN))
    rows.update(**erased(at))
    before = rows.values().get()
    wrong = [
        {"title": made.TITLE},
        {"background": made.BACKGROUND},
        {"detail": "More."},
        {"creator_name": "Somebody"},
        {"words_hidden": False},
        {"title_hidden": False},
        {"erased_at": None, "erased_reason": None},
        {"erased_at": at + DAY},
        {"erased_reason": "copyright"},
        {"state": OPEN},
        {"state": REJECTED},
    ]
    for change in wrong:
        refused(lambda change=change: rows.update(**change), GUARD.ERASED_STAYS)
    refused(lambda: rows._raw_delete("default"), MOVING.DELETED)
    assert rows.values().get() == before

    # Counting, the account of its creator and the record go on.
    rows.update(signatures=3, counted_at=at, creator=None, ended_on=at.date())


def test_the_guard_goes_back_to_what_it_was(db, at):
    w = made.world(at)
    rows = rows_of(made.petition(w, HIDDEN))
    with connection.cursor() as cursor:
        for statement in GUARD.ALLOW[connection.vendor]:
            cursor.execute(statement)
    rows.update(detail="")
    refused(lambda: rows.update(detail="Other words."), MOVING.WORDS_CHANGED)
    with connection.cursor() as cursor:
        for statement in GUARD.REFUSE[connection.vendor]:
            cursor.execute(statement)
    refused(lambda: rows.update(background=""), MOVING.WORDS_CHANGED)

"""Letters to signers: the letter tells what the page must not."""

import datetime as dt
import re

import pytest
from django.db import transaction

from folkmoot.common.models import Message
from folkmoot.petitions import tokens
from folkmoot.petitions.actions import letters
from folkmoot.petitions.models import Petition, Signature
from folkmoot.petitions.models_signing import CONFIRMED, SET_ASIDE
from tests.rooms import petitions_made as made
from tests.rooms.test_petitions_signing import confirm, sign
from tests.rooms.test_petitions_signing_race import together

CONFIRM_LINK = re.compile(r"/petitions/confirm/([\w-]+)/")
TAKE_BACK_LINK = re.compile(r"/petitions/take-back/([\w-]+)/")


@pytest.fixture
def petition(db, at):
    return made.petition(made.world(at))


def written():
    return Message.objects.filter(key__startswith="petition/letter/")


def letter_for(row):
    return Message.objects.get(key=f"petition/letter/{row.pk}")


def test_a_letter_holds_all_that_its_reader_needs(petition, at):
    row = sign(petition, at, name="Ann Example", email="Ann+petitions@Example.org")
    assert letters.write_letters(at=at) == 1
    assert letters.write_letters(at=at) == 0

    row.refresh_from_db()
    assert row.letter_at == at
    message = letter_for(row)
    text = message.payload["text"]
    assert (message.to, message.kind, message.due_at) == ("Ann+petitions@Example.org", "email", at)
    assert made.TITLE in message.payload["subject"]
    assert "\n" not in message.payload["subject"]
    assert tokens.read(tokens.CONFIRM, CONFIRM_LINK.search(text)[1]) == row.pk
    assert tokens.read(tokens.TAKE_BACK, TAKE_BACK_LINK.search(text)[1]) == row.pk
    assert tokens.code(row.pk) in text
    assert "Ann Example" in text
    assert "not shown to the public" in text
    assert "\x01" not in text
    assert "{" not in text


def test_a_name_that_is_to_be_shown_is_said_to_be(petition, at):
    row = sign(petition, at, name_shown=True)
    letters.write_letters(at=at)
    assert "shown on the petition's page" in letter_for(row).payload["text"]


def test_markup_in_a_title_is_text(db, at):
    petition = made.petition(made.world(at), title='Bins & <b>glass</b> "weekly"')
    row = sign(petition, at)
    letters.write_letters(at=at)
    assert 'Bins & <b>glass</b> "weekly"' in letter_for(row).payload["subject"]


def test_a_title_that_may_not_be_shown_is_not(petition, at):
    row = sign(petition, at)
    Petition.objects.filter(pk=petition.pk).update(title_hidden=True)
    letters.write_letters(at=at)
    words = letter_for(row).payload
    assert made.TITLE not in words["subject"] + words["text"]


def test_who_signed_already_is_told_so_and_given_no_second_link(petition, at):
    first = sign(petition, at, name="Ann Example", email="ann@example.org")
    confirm(first, at)
    again = sign(petition, at, name="ann example", email="ann+again@example.org")
    letters.write_letters(at=at)

    text = letter_for(again).payload["text"]
    assert "had signed already" in text
    assert not CONFIRM_LINK.search(text)
    assert tokens.read(tokens.TAKE_BACK, TAKE_BACK_LINK.search(text)[1]) == first.pk


def test_whoever_was_set_aside_is_told_the_same(petition, at):
    first = sign(petition, at, name="Ann Example", email="ann@example.org")
    confirm(first, at)
    Signature.objects.filter(pk=first.pk).update(state=SET_ASIDE)
    again = sign(petition, at, name="Ann Example", email="ann@example.org")
    letters.write_letters(at=at)
    assert "had signed already" in letter_for(again).payload["text"]


def test_a_second_name_is_asked_to_confirm_and_a_third_is_refused(petition, at):
    for name in ("Ann Example", "Bob Example"):
        row = sign(petition, at, name=name, email="us@example.org")
        letters.write_letters(at=at)
        assert CONFIRM_LINK.search(letter_for(row).payload["text"])
        confirm(row, at)
    third = sign(petition, at, name="Cyd Example", email="us@example.org")
    letters.write_letters(at=at)
    text = letter_for(third).payload["text"]
    assert "It was not" in text
    assert not CONFIRM_LINK.search(text)
    assert not TAKE_BACK_LINK.search(text)


def test_a_second_name_from_elsewhere_is_refused(petition, at):
    confirm(sign(petition, at, email="us@example.org"), at)
    row = sign(petition, at, email="us@example.org", postcode="EX1 1AA")
    letters.write_letters(at=at)
    assert "It was not" in letter_for(row).payload["text"]


def test_the_same_address_under_another_petition_is_another_matter(petition, at):
    confirm(sign(petition, at, email="ann@example.org", name="Ann Example"), at)
    other = made.petition(made.world(at), title="Mend the swings in Woodhouse")
    row = sign(other, at, email="ann@example.org", name="Ann Example")
    letters.write_letters(at=at)
    text = letter_for(row).payload["text"]
    assert CONFIRM_LINK.search(text)
    assert "Mend the swings" in text


def test_a_limit_leaves_the_rest_and_many_letters_are_few_queries(
    petition, at, django_assert_max_num_queries
):
    for number in range(30):
        sign(petition, at, network=f"net{number}")
    assert letters.write_letters(at=at, limit=10) == 10
    with django_assert_max_num_queries(8):
        assert letters.write_letters(at=at, limit=100) == 20
    assert written().count() == 30


def test_letters_and_their_note_are_one_thing(petition, at):
    row = sign(petition, at)
    with transaction.atomic():
        letters.write_letters(at=at)
        transaction.set_rollback(True)
    row.refresh_from_db()
    assert row.letter_at is None
    assert not written().exists()
    assert letters.write_letters(at=at + dt.timedelta(seconds=1)) == 1


def test_workers_side_by_side_write_each_letter_once(committing, at):
    petition = made.petition(made.world(at))
    rows = [sign(petition, at, network=f"net{n}") for n in range(40)]

    def work(_):
        while letters.write_letters(at=at, limit=7):
            pass

    failed = [one for one in together(work, 3) if one is not None]
    assert not failed
    for row in rows:
        assert letter_for(row).to == row.email
    assert written().count() == 40
    assert not Signature.objects.filter(letter_at=None).exists()


def test_nobody_who_confirmed_is_written_to(petition, at):
    made.signature(petition, at, letter_at=None, state=CONFIRMED)
    assert letters.write_letters(at=at) == 0

"""Signers of a petition that was joined with another hear of the other's answer, and once."""

import pytest

from folkmoot.common.models import Message
from folkmoot.petitions import tokens
from folkmoot.petitions.actions import moderating, taking_back, telling
from folkmoot.petitions.actions.telling import tell_signers
from folkmoot.petitions.models import Petition
from folkmoot.petitions.models_signing import CREATOR
from folkmoot.petitions.rules.states import HIDDEN, MERGED
from tests.rooms import people_invented as invented
from tests.rooms import petitions_made as made
from tests.rooms.petitions_answered import DAY, answered, owed
from tests.rooms.test_petitions_telling import letters, told

JOINED = "Empty every glass bank in Leeds each week"


@pytest.fixture
def w(db, at):
    return made.world(at)


@pytest.fixture
def petition(w):
    return made.petition(w, signed=40)


@pytest.fixture
def joined(w, petition):
    return made.petition(w, MERGED, title=JOINED, merged_into=petition)


def sign(petition, at, key="", **more):
    keyed = {"address_key": key} if key else {}
    return made.signature(petition, at, tell_me=True, **keyed, **more)


def answer(w, petition, at):
    return answered(w.officer, owed(petition, at), at)


def test_they_are_told_of_what_they_signed_and_of_what_was_answered(w, petition, joined, at):
    mine = sign(joined, at)
    other = sign(petition, at)
    sign(made.petition(w), at)
    made.signature(joined, at)
    given = answer(w, petition, at)

    assert tell_signers(at=at) == 2

    assert told(given) == [mine.pk, other.pk]
    letter, usual = (each.payload["text"] for each in letters(given))
    assert f'You signed the petition "{JOINED}".' in letter
    assert f'Leeds City Council has answered the petition "{petition.title}"' in letter
    assert "/petitions/opinion/" not in letter
    assert "/petitions/take-back/" in letter
    assert JOINED not in usual
    assert "/petitions/opinion/" in usual
    assert tell_signers(at=at + DAY) == 0


def test_real_joining_is_enough(w, petition, at):
    other = made.petition(w, title=JOINED)
    mine = sign(other, at)
    moderating.merge(actor=w.site, petition=other.pk, into=petition.pk, at=at)
    given = answer(w, petition, at)
    tell_signers(at=at)
    assert told(given) == [mine.pk]


@pytest.mark.parametrize("batch", [1, 2, 1_000])
@pytest.mark.parametrize("first", ["answered", "joined"])
def test_whoever_signed_both_is_told_once(w, petition, joined, at, monkeypatch, batch, first):
    monkeypatch.setattr(telling, "BATCH", batch)
    order = [petition, joined] if first == "answered" else [joined, petition]
    keys = ["a" * 32, "b" * 32, "c" * 32]
    signed = [sign(each, at, key) for each in order for key in keys]
    given = answer(w, petition, at)

    assert sum(tell_signers(at=at + n * DAY) for n in range(3)) == 3

    assert told(given) == [one.pk for one in signed[:3]]
    given.refresh_from_db()
    assert given.told_at is not None
    assert given.told_through == signed[-1].pk


def test_it_holds_when_the_letters_have_left_long_ago(w, petition, joined, at, monkeypatch):
    monkeypatch.setattr(telling, "BATCH", 1)
    sign(petition, at, "a" * 32)
    sign(joined, at, "a" * 32)
    given = answer(w, petition, at)
    tell_signers(at=at, limit=1)
    Message.objects.update(to="", payload={}, sent_at=at)
    assert tell_signers(at=at + DAY) == 0
    assert len(told(given)) == 1


def test_two_names_at_one_address_have_a_letter_each_where_they_signed(w, petition, joined, at):
    both = [sign(petition, at, "a" * 32, slot=slot) for slot in (1, 2)]
    sign(joined, at, "a" * 32)
    # Without an address that anything is known of, nobody is taken for somebody else.
    apart = [sign(each, at, address_key="") for each in (petition, joined)]
    given = answer(w, petition, at)
    assert tell_signers(at=at) == 4
    assert told(given) == [one.pk for one in (*both, *apart)]


def test_joined_by_way_of_another(w, petition, joined, at):
    before = made.petition(w, MERGED, merged_into=joined)
    hidden = made.petition(w, HIDDEN, merged_into=petition)
    mine = sign(before, at)
    sign(hidden, at)
    given = answer(w, petition, at)
    tell_signers(at=at)
    assert told(given) == [mine.pk]


def test_creators_of_both_are_told_once_each(w, petition, joined, at):
    other = invented.person(at)
    Petition.objects.filter(pk=joined.pk).update(creator=other)
    sign(petition, at, "a" * 32, origin=CREATOR, email=w.creator.email)
    theirs = sign(joined, at, "b" * 32, origin=CREATOR, email=other.email)
    # The creator of the one signed the other too.
    sign(joined, at, "a" * 32, email=w.creator.email)
    given = answer(w, petition, at)
    tell_signers(at=at)
    assert told(given) == [theirs.pk]
    assert Message.objects.filter(to=w.creator.email).count() == 1


def test_more_signers_are_told_faster(w, petition, joined, at):
    Petition.objects.filter(pk=joined.pk).update(signatures=7_200_000 - 40)
    for _ in range(3):
        sign(joined, at)
    given = answer(w, petition, at)
    tell_signers(at=at)
    first, second, _ = letters(given)
    assert (second.due_at - first.due_at).total_seconds() == pytest.approx(0.01)


@pytest.mark.parametrize("hidden", [False, True])
def test_the_letter_of_whoever_takes_back_what_they_signed_does_not_leave(
    w, petition, joined, at, hidden
):
    before = made.petition(w, MERGED, merged_into=joined)
    mine, theirs = sign(before, at), sign(before, at)
    given = answer(w, petition, at)
    assert tell_signers(at=at) == 2
    if hidden:
        moderating.hide(actor=w.site, petition=joined.pk, reason="libel", at=at)

    assert taking_back.take_back(token=tokens.make(tokens.TAKE_BACK, mine.pk), at=at) == before.pk

    assert told(given) == [theirs.pk]
    assert not Message.objects.filter(to=mine.email).exists()

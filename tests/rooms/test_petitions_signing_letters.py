"""Letters to an address are few, codes are tried seldom, and nothing of it can be timed."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from folkmoot.common.errors import BadInput
from folkmoot.common.models import Message
from folkmoot.people.limits import SIGN_ADDRESS, SIGN_PETITION, SIGN_TWICE, SIGN_UNCONFIRMED
from folkmoot.petitions import tokens
from folkmoot.petitions.actions import letters, signing
from folkmoot.petitions.models import Signature
from folkmoot.petitions.models_signing import TAKEN_BACK
from folkmoot.petitions.rules import limits
from tests.rooms import petitions_made as made
from tests.rooms.test_petitions_signing import (
    DAY,
    NETWORK,
    confirm,
    form,
    sign,
    take_back,
    wrong,
)

SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def petition(db, at):
    return made.petition(made.world(at))


def gets_a_letter(row):
    row.refresh_from_db()
    return row.letter_at is None


def test_an_address_is_not_flooded_with_letters_and_nobody_is_told(
    petition, at, django_assert_num_queries
):
    """So many a day about one petition, so many that wait, so many of all."""
    world = made.world(at)
    others = [made.petition(world) for _ in range(10)]
    more = {"network": "", "email": "ann@example.org"}
    of_one = [sign(petition, at, **more) for _ in range(SIGN_PETITION.count + 1)]
    assert [gets_a_letter(row) for row in of_one] == [True] * SIGN_PETITION.count + [False]
    # What is done is the same, so that it does not tell that the address is known.
    with django_assert_num_queries(1):
        signing.sign(
            petition=petition.pk,
            form=form(email="a.nn+x@example.org"),
            network="",
            proof=None,
            at=at,
        )
    left = SIGN_UNCONFIRMED.count - SIGN_PETITION.count
    waiting = [sign(other, at, **more) for other in others[: left + 1]]
    assert [gets_a_letter(row) for row in waiting] == [True] * left + [False]

    for row in (*of_one, *waiting):
        Signature.objects.filter(pk=row.pk).update(state=TAKEN_BACK)
    assert gets_a_letter(sign(others[-1], at, **more))
    Signature.objects.bulk_create(
        Signature(petition=others[-1], state=TAKEN_BACK, address_key=row.address_key, signed_at=at)
        for _ in range(SIGN_ADDRESS.count)
    )
    assert not gets_a_letter(sign(others[-2], at, **more))
    assert gets_a_letter(sign(petition, at + DAY, **more))
    assert gets_a_letter(sign(petition, at, network="", email="bob@example.org"))


def test_a_button_pressed_twice_is_one_letter(petition, at):
    one = {"name": "Ann Example", "email": "ann@example.org"}
    first, second = sign(petition, at, **one), sign(petition, at + SECOND, **one)
    assert (gets_a_letter(first), gets_a_letter(second)) == (True, False)
    other = sign(petition, at + SECOND, name="Bob Example", email="ann@example.org")
    assert gets_a_letter(other)
    assert gets_a_letter(sign(petition, at + SIGN_TWICE + SECOND, **one))
    # The code of the letter still serves.
    signing.confirm_code(
        petition=petition.pk, email="ann@example.org", code=tokens.code(first.pk),
        network=NETWORK, at=at,
    )  # fmt: skip


def test_signatures_without_a_letter_hide_no_code(petition, at):
    first = sign(petition, at, network="", email="ann@example.org")
    for _ in range(2 * limits.CODE_TRIES):
        sign(petition, at + SECOND, network="", email="ann@example.org")
    found = signing.confirm_code(
        petition=petition.pk, email="ann@example.org", code=tokens.code(first.pk),
        network=NETWORK, at=at + 2 * SECOND,
    )  # fmt: skip
    assert found.signature == first.pk


def test_right_codes_are_not_counted_and_wrong_ones_write_alike(petition, at):
    """A public library has one network; and whether an address waits is not to be timed."""
    rows = [sign(petition, at, network="") for _ in range(61)]
    for row in rows:
        signing.confirm_code(
            petition=petition.pk, email=row.email, code=tokens.code(row.pk), network=NETWORK, at=at
        )
    row = sign(petition, at, network="")
    writes = []
    for email in (row.email, "nobody@example.org"):
        with CaptureQueriesContext(connection) as done, pytest.raises(BadInput):
            signing.confirm_code(
                petition=petition.pk, email=email, code=wrong(tokens.code(row.pk)),
                network=NETWORK, at=at,
            )  # fmt: skip
        writes.append([query["sql"].split()[0] for query in done])
    assert writes[0] == writes[1]
    assert "UPDATE" in writes[0]


def test_taking_back_takes_what_was_sent_again_and_its_letters(petition, at):
    ann = {"name": "Ann Example", "email": "us@example.org"}
    first = sign(petition, at, **ann)
    bob = sign(petition, at, name="Bob Example", email="us@example.org")
    again = sign(petition, at + 3 * SIGN_TWICE, **ann)
    other = sign(made.petition(made.world(at)), at, **ann)
    letters.write_letters(at=at)
    assert Message.objects.filter(to="us@example.org").count() == 4
    confirm(first, at)

    take_back(first, at)

    assert set(Signature.objects.exclude(email="").values_list("pk", flat=True)) == {
        bob.pk, other.pk,
    }  # fmt: skip
    assert not Signature.objects.filter(pk=again.pk).exists()
    assert set(Message.objects.filter(to="us@example.org").values_list("key", flat=True)) == {
        letters.confirming_key(bob.pk), letters.confirming_key(other.pk),
    }  # fmt: skip

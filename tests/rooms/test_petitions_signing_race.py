"""Many who sign and confirm at one moment, on both databases."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from folkmoot.common.errors import Conflict
from folkmoot.petitions.actions import signing
from folkmoot.petitions.models import Signature
from folkmoot.petitions.models_signing import CONFIRMED
from tests.rooms import petitions_made as made
from tests.rooms.test_petitions_signing import confirm, form, sign

NETWORK = "192.0.2.7"


def together(work, number):
    """Runs ``work(n)`` for each n at once; what each gave or raised."""
    barrier = threading.Barrier(number, timeout=60)

    def run(n):
        barrier.wait()
        try:
            return work(n)
        except Exception as error:  # noqa: BLE001
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def test_one_person_who_confirms_everywhere_at_once_signs_once(committing, at):
    petition = made.petition(made.world(at))
    rows = [sign(petition, at, name="Ann Example", email="ann@example.org") for _ in range(8)]

    found = together(lambda n: confirm(rows[n], at), 8)

    assert sum(not one.already for one in found) == 1
    assert Signature.objects.filter(state=CONFIRMED).count() == 1


def test_at_most_two_names_under_a_race(committing, at):
    petition = made.petition(made.world(at))
    rows = [sign(petition, at, email="us@example.org") for _ in range(8)]

    found = together(lambda n: confirm(rows[n], at), 8)

    assert sum(isinstance(one, signing.Confirmed) for one in found) == 2
    assert sum(isinstance(one, Conflict) for one in found) == 6
    slots = Signature.objects.filter(state=CONFIRMED).values_list("slot", flat=True)
    assert sorted(slots) == [1, 2]


def test_one_puzzle_under_a_race(committing, at):
    petition = made.petition(made.world(at))

    found = together(
        lambda n: signing.sign(
            petition=petition.pk, form=form(email=f"ann{n}@example.org"), network=f"192.0.2.{n}",
            proof="solved", at=at,
        ),
        6,
    )  # fmt: skip

    assert sum(one is None for one in found) == 1
    assert Signature.objects.count() == 1

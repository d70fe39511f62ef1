"""The petitions that other tests begin from are such as the database allows, in every state."""

import pytest

from folkmoot.petitions.models import Petition
from folkmoot.petitions.rules.states import STATES
from tests.rooms import petitions_made as made


@pytest.mark.parametrize("state", STATES)
def test_a_petition_of_every_state_can_be_made(db, at, state):
    w = made.world(at)

    petition = made.petition(w, state)
    made.signatures(petition, 3, at)

    found = Petition.objects.get(pk=petition.pk)
    assert (found.state, found.signatures, found.signers.count()) == (state, 3, 3)


def test_they_can_be_made_beside_the_real_data(built, at):
    w = made.world(at)

    assert made.petition(w).area.population > 700_000
    assert w.body.offices.count() > 3

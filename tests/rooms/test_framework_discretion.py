"""What is left to places: the range of what those of the framework's nation have."""

import datetime as dt

import pytest

from folkmoot.framework import queries
from folkmoot.framework.building import build_standings
from folkmoot.framework.importing import put_in_use
from folkmoot.framework.queries_discretion import discretion
from folkmoot.places.models import Area
from tests.rooms.framework_account import AT, SEN, account
from tests.rooms.framework_material import TODAY, YORK, standard
from tests.rooms.test_framework_build import built, unlabelled

__all__ = ["built"]
pytestmark = pytest.mark.django_db


def test_discretion_gives_the_range_of_what_places_have(built):
    in_use, _ = built
    account("left-to-places", cases=None)

    found = discretion(SEN, in_use, TODAY)

    assert {c.measure: c.under for c in found.choices} == {
        "plans-in-time": "bound",
        "left-to-places": "free",
    }
    # Of Devon and York: Leeds has no figure.
    for choice in found.choices:
        assert choice.places == 2
        assert (choice.low, choice.middle, choice.high) == pytest.approx((12.88, 51.6, 90.32))


@pytest.mark.parametrize(
    ("more", "under"),
    [
        ({"doubt": "Some may not have been recorded."}, "bound"),
        ({"kind": "guidance"}, "asked"),
        ({"kind": "ambition"}, "asked"),
        ({"to": dt.date(2025, 1, 1)}, "free"),
    ],
)
def test_what_a_measure_is_under_goes_by_the_kind_and_not_by_doubt(more, under):
    account()
    put_in_use(unlabelled(standard(**more)), office="build", at=AT)
    build_standings(AT)

    (choice,) = discretion(SEN, queries.current(TODAY), TODAY).choices

    assert choice.under == under


def test_a_framework_speaks_only_for_places_of_its_nation():
    account()
    put_in_use(unlabelled(), office="build", at=AT)
    Area.objects.filter(code=YORK).update(nation="W92000004")
    in_use = queries.current(TODAY)

    (choice,) = discretion(SEN, in_use, TODAY).choices
    assert (choice.places, choice.low, choice.high) == (1, 3.2, 3.2)
    Area.objects.update(nation="W92000004")
    assert discretion(SEN, in_use, TODAY).choices == ()

"""What the database knows of areas, and what the shipped files say, are the same."""

from __future__ import annotations

import pytest

from folkmoot.measures.checking import shipped_areas
from folkmoot.measures.receiving import known_areas
from folkmoot.shipped import shipped
from tests.rooms.places_loaded import places

__all__ = ["places"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]


@pytest.mark.parametrize("kind", ["gss", "dfe-number", "police-force-name"])
def test_the_build_and_the_check_know_the_same_areas(kind: str) -> None:
    held = known_areas(kind)
    assert held == shipped_areas(kind, shipped("data"))
    assert held.recoded["E08000016"] == "E08000038"
    assert "E47000010" not in held.recoded

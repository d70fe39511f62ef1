"""Places and the official directory on PostgreSQL, which enforces lengths and types."""

from __future__ import annotations

from pathlib import Path

import pytest

from folkmoot.places import actions, gazetteer, queries
from folkmoot.places.importing import import_places
from folkmoot.places.models import Area, OfficialPostcode
from folkmoot.shipped import shipped
from tests.rooms.places_loaded import AT


@pytest.mark.usefixtures("on_postgres")
def test_load_twice_and_answer_a_postcode(tmp_path: Path) -> None:
    gazetteer.forget()
    first = import_places(shipped("data"), at=AT)
    ids = dict(Area.objects.values_list("code", "pk"))
    assert import_places(shipped("data"), at=AT) == first
    assert dict(Area.objects.values_list("code", "pk")) == ids
    path = tmp_path / "ONSPD.csv"
    path.write_text("pcds,doterm,oslaua\nLS1 1UR,,E08000035\nLS1 1XX,201006,E08000035\n")
    for _ in range(2):
        actions.load_official_postcodes(path, at=AT, office="operator")
    assert OfficialPostcode.objects.count() == 2
    assert queries.find_postcode("ls11ur").kind == "exact"
    assert queries.find_postcode("ls11xx").kind == "ended"
    assert queries.search("leads")[0].name == "Leeds"
    gazetteer.forget()

"""What one Folkmoot publishes another reads: the same figures, marks and periods."""

from __future__ import annotations

import pytest
from django.test import Client

from folkmoot.measures.models import Measure
from folkmoot.measures.readers import KnownAreas, read
from folkmoot.measures.recomputing import observations_of
from tests.rooms.releases_material import measure, ons_file, ons_row, source
from tests.rooms.releases_world import COUNCILS, ENGLAND, make_world, put_out


@pytest.mark.django_db
def test_the_published_csv_of_a_measure_is_read_back_whole(client: Client) -> None:
    make_world()
    release = put_out(
        ons_file(
            ons_row("E08000035", value="20.123456789012345", lower=19, upper=22),
            ons_row("E08000034", "2023-09-30", value="0.1"),
            ons_row("E08000033", value="", status="c"),
            ons_row("E08000032", status="c"),
        )
    )
    answer = client.get("/measure/often-absent/observations.csv")
    assert answer.status_code == 200
    again = read(
        source("folkmoot"),
        [measure(select={})],
        answer.getvalue(),
        areas=KnownAreas(frozenset({ENGLAND, *COUNCILS})),
        megabytes=1,
    )
    assert again.faults == ()
    first = observations_of(release, Measure.objects.get().pk).drop_columns(["row"])
    assert again.tables["often-absent"].drop_columns(["row"]).to_pylist() == first.to_pylist()
    assert first.num_rows == 4


@pytest.mark.django_db
def test_a_value_that_was_left_out_is_left_out_there_too() -> None:
    header = "measure,area,area_name,period,value,lower,upper,numerator,denominator,status"
    text = f"{header}\noften-absent,{ENGLAND},England,2023-08-01/P1Y,,,,,,left out\n"
    reading = read(
        source("folkmoot"),
        [measure(select={})],
        text.encode(),
        areas=KnownAreas(frozenset({ENGLAND})),
        megabytes=1,
    )
    assert reading.faults == ()
    assert reading.tables["often-absent"]["status"].to_pylist() == ["left out"]

"""CSV doors with their metadata, and the whole account as Parquet."""

from __future__ import annotations

import csv
import io
import json

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from django.test import Client

from folkmoot.api.files import ACCOUNT_COLUMNS
from folkmoot.measures.models import Account, Observation
from folkmoot.measures.queries_account import FIELDS, place_account

pytestmark = [pytest.mark.usefixtures("built")]


def rows_of(path: str) -> list[dict[str, str]]:
    response = Client().get(path)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(response.content.decode())))


def test_every_field_of_the_account_is_explained() -> None:
    assert set(ACCOUNT_COLUMNS) == set(FIELDS)


def test_the_csv_of_a_place_is_the_account_of_the_place() -> None:
    rows = rows_of("/place/leeds.csv")
    account = place_account("leeds")
    assert [row["measure"] for row in rows] == [row.measure for row in account]
    for row, known in zip(rows, account, strict=True):
        assert row["value"] == ("" if known.value is None else str(known.value))
        assert row["verdict_similar"] == known.verdict_similar


@pytest.mark.parametrize(
    "path", ["/place/leeds.csv", "/places.csv", "/measures.csv", "/sources.csv"]
)
def test_metadata_names_the_columns_in_order(path: str) -> None:
    rows = rows_of(path)
    metadata = json.loads(Client().get(f"{path}-metadata.json").content)
    assert metadata["@context"][0] == "http://www.w3.org/ns/csvw"
    assert metadata["url"] == path.rsplit("/", 1)[1]
    assert [c["name"] for c in metadata["tableSchema"]["columns"]] == list(rows[0])


def test_the_answer_points_to_its_metadata() -> None:
    assert "leeds.csv-metadata.json" in Client().get("/place/leeds.csv")["Link"]


def test_measure_files_hold_every_place_and_every_observation() -> None:
    slug = Account.objects.values_list("measure__slug", flat=True).earliest("pk")
    assert (
        len(rows_of(f"/measure/{slug}.csv")) == Account.objects.filter(measure__slug=slug).count()
    )
    assert (
        len(rows_of(f"/measure/{slug}/observations.csv"))
        == Observation.objects.filter(measure__slug=slug, release__state="published").count()
    )


def test_unknown_files_are_not_found() -> None:
    assert Client().get("/measure/nothing.csv").status_code == 404
    assert Client().get("/place/nowhere.csv").status_code == 404


def test_parquet_holds_the_whole_account_with_every_period() -> None:
    response = Client().get("/account.parquet")
    table = pq.read_table(io.BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]
    assert table.column_names == list(FIELDS)
    periods = sum(max(len(h), 1) for h in Account.objects.values_list("history", flat=True))
    assert Account.objects.count() < table.num_rows <= periods + Account.objects.count()
    keys = table.select(["measure", "area", "period"])
    assert keys.group_by(keys.column_names).aggregate([]).num_rows == table.num_rows
    here = table.filter(pc.and_(pc.equal(table["area"], "E08000035"), pc.is_valid(table["trend"])))
    assert {row["measure"]: row["value"] for row in here.to_pylist()} == {
        row.measure: row.value for row in place_account("leeds")
    }

"""CSV of who answers, what is required and what was done: the rows of the API, explained."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client

from folkmoot.api.columns import SEPARATOR, columns_of
from folkmoot.api.files_answers import TABLES
from folkmoot.api.rows_bodies import WHO_MEANINGS
from folkmoot.api.rows_interventions import CASE_MEANINGS, ELSEWHERE_MEANINGS
from folkmoot.api.rows_record import DUTY_MEANINGS
from folkmoot.bodies.answer_rows import WhoRow
from folkmoot.duties.queries import DutyLine
from folkmoot.framework.cases.elsewhere import ElsewhereLine
from folkmoot.framework.cases.queries import CaseLine

pytestmark = [pytest.mark.usefixtures("built")]

STANDINGS = ["/place/devon/standings.csv", "/standard/ehc-plan-20-weeks/standings.csv"]
EVERY = [*(f"/{name}.csv" for name in TABLES), *STANDINGS]
# The list of the API that holds the same rows as a file.
SAME = {
    "/bodies.csv": "bodies",
    "/offices.csv": "offices",
    "/holders.csv": "holders?current=false",
    "/remits.csv": "remits",
    "/standards.csv": "standards",
    "/standings.csv": "standings?newest=false",
    "/acts.csv": "acts",
    STANDINGS[0]: "standings?place=devon&newest=false",
    STANDINGS[1]: "standings?standard=ehc-plan-20-weeks&newest=false",
}


def rows_of(path: str) -> tuple[list[str], list[dict[str, str]]]:
    response = Client().get(path)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/csv")
    reader = csv.DictReader(io.StringIO(response.content.decode()))
    rows = list(reader)
    return list(reader.fieldnames or []), rows


def items(path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    following: str | None = f"/api/v1/{path}{'&' if '?' in path else '?'}limit=1000"
    while following:
        body = json.loads(Client().get(following).content)
        found += body["items"]
        following = body["next"]
    return found


def cell(value: Any, name: str) -> str:
    """A JSON value as its cell says it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return SEPARATOR.join(value)
    return str(value)[:19] if name == "at" else str(value)


@pytest.mark.parametrize("path", sorted(SAME))
def test_a_file_holds_the_rows_of_the_api(path: str) -> None:
    header, rows = rows_of(path)
    known = items(SAME[path])
    assert header == list(known[0])
    found = sorted(tuple(cell(v, k)[:19] if k == "at" else v for k, v in r.items()) for r in rows)
    assert found == sorted(tuple(cell(v, k) for k, v in row.items()) for row in known)


@pytest.mark.parametrize("path", EVERY)
def test_metadata_explains_every_column(path: str) -> None:
    header, _ = rows_of(path)
    metadata = json.loads(Client().get(f"{path}-metadata.json").content)
    columns = metadata["tableSchema"]["columns"]
    assert metadata["url"] == path.rsplit("/", 1)[1]
    assert [column["name"] for column in columns] == header
    assert all(column["dc:description"] != column["name"] for column in columns)


def test_cells_of_several_values_name_their_separator() -> None:
    metadata = json.loads(Client().get("/remits.csv-metadata.json").content)
    several = {c["name"]: c.get("separator") for c in metadata["tableSchema"]["columns"]}
    assert several["laws"] == several["law_links"] == SEPARATOR
    assert several["title"] is None
    assert not any(SEPARATOR in law for row in items("remits") for law in row["laws"])
    assert not any(SEPARATOR in name for row in items("offices") for name in row["holders"])


def test_an_office_whose_holder_is_not_known_has_an_empty_cell() -> None:
    _, rows = rows_of("/offices.csv")
    by_key = {row["office"]: row for row in rows}
    leader = by_key["leeds-city-council/leader"]
    assert (leader["held"], leader["holders"]) == ("not-known", "")
    assert all(bool(row["holders"]) == (row["held"] == "held") for row in rows)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (WhoRow, WHO_MEANINGS),
        (DutyLine, DUTY_MEANINGS),
        (CaseLine, CASE_MEANINGS),
        (ElsewhereLine, ELSEWHERE_MEANINGS),
    ],
)
def test_meanings_are_of_the_columns_there_are(row: type, said: dict[str, str]) -> None:
    assert [column.name for column in columns_of(row, said)] == list(said)


def test_a_column_without_a_meaning_is_refused() -> None:
    with pytest.raises(KeyError):
        columns_of(WhoRow, {"place": "GSS code of the place"})


def test_unknown_files_are_not_found() -> None:
    for path in ("/place/nowhere/standings.csv", "/standard/nothing/standings.csv"):
        assert Client().get(path).status_code == 404
    assert "standings.csv-metadata.json" in Client().get(STANDINGS[0])["Link"]

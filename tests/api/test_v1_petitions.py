"""Petitions over the API and as files: the same rows, and nothing that may not be shown."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from typing import Any

import pytest
import time_machine
from django.test import Client

from folkmoot.api.files_petitions import PETITION_TABLES
from folkmoot.petitions.actions.breakdowns import renew_breakdowns
from folkmoot.petitions.models import ArchivedPetition, ModerationDecision, Petition, Threshold
from tests.built_database import BUILT_AT
from tests.rooms.people_invented import person
from tests.rooms.petitions_watched import EXETER_CODE, LEEDS_CODE, counts, matter, petition

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
FILES = {
    "petitions": "petitions",
    "petition-thresholds": "petition-thresholds",
    "petition-answers": "petition-answers",
    "commitments": "commitments",
    "moderation-decisions": "moderation-decisions",
    "archived-petitions": "archived-petitions",
    "questions": "questions",
}


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(BUILT_AT, tick=False) as clock:
        yield clock


def get(path: str, status: int = 200) -> dict[str, Any]:
    response = Client().get(f"/api/v1/{path}")
    assert response.status_code == status, response.content
    found: dict[str, Any] = json.loads(response.content)
    return found


def table(path: str) -> list[dict[str, str]]:
    response = Client().get(path)
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.content.decode())))


@pytest.fixture
def world(db: None, at: dt.datetime, today: dt.date) -> dict[str, Petition]:
    """Petitions in several states, with what hangs on them."""
    area, service, body = matter(EXETER_CODE, "roads", "exeter-city-council")
    made = {
        "open": petition(today, signatures=900, last_day=12, counted_at=at),
        "exeter": petition(today, area=area, service=service, body=body, title="Mend the roads"),
        "draft": petition(today, "draft", title="SECRET draft"),
        "refused": petition(
            today, "rejected", reason="libel", title="SECRET title", background="SECRET",
            title_hidden=True, words_hidden=True,
        ),
    }  # fmt: skip
    for row in made.values():
        Threshold.objects.create(petition=row, kind="answer", needed=1000, days=30)
    ModerationDecision.objects.create(
        petition=made["refused"], step="first", outcome="rejected", reason="libel",
        since=at - DAY, at=at, office="folkmoot/moderator", person=person(at),
    )  # fmt: skip
    ArchivedPetition.objects.create(
        source="uk-parliament", number=7, title="Ban something", state="closed", signatures=None
    )
    return made


def test_files_hold_the_rows_of_the_api(world):
    assert set(FILES) == set(PETITION_TABLES)
    for name, path in FILES.items():
        rows, items = table(f"/{name}.csv"), get(path)["items"]
        assert len(rows) == len(items)
        for row, one in zip(rows, items, strict=True):
            assert list(row) == list(one)
            for key, value in one.items():
                said = "" if value is None else str(value)
                assert row[key].lower()[:19] == said.lower()[:19]


def test_only_what_may_be_known_is_given(world):
    everything = json.dumps([get(path) for path in FILES.values()])

    assert "SECRET" not in everything
    assert {row["number"] for row in get("petitions")["items"]} == {
        world[name].pk for name in ("open", "exeter", "refused")
    }
    listed = {row["petition"] for row in get("petition-thresholds")["items"]}
    assert world["draft"].pk not in listed
    get(f"petitions/{world['draft'].pk}", 404)
    get(f"petition-thresholds?petition={world['draft'].pk}", 404)
    (decision,) = get("moderation-decisions")["items"]
    assert decision["reason_words"]
    assert "person" not in decision


def test_petitions_are_narrowed_and_paged(world):
    assert [row["title"] for row in get("petitions?place=exeter")["items"]] == ["Mend the roads"]
    assert [row["title"] for row in get("petitions?body=exeter-city-council")["items"]] == [
        "Mend the roads"
    ]
    assert [row["title"] for row in get("petitions?words=raods")["items"]] == ["Mend the roads"]
    assert get("petitions?state=rejected")["items"][0]["title"] == ""
    get("petitions?state=draft", 404)
    first = get("petitions?limit=2")
    second = json.loads(Client().get(first["next"]).content)
    numbers = [row["number"] for row in first["items"] + second["items"]]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == 3
    assert second["next"] is None


def test_one_petition_has_its_text_and_thresholds(world):
    found = get(f"petitions/{world['open'].pk}")

    assert found["background"] == "A background."
    assert found["thresholds"][0]["needed"] == 1000
    assert found["petition"]["signatures"] == 900
    refused = get(f"petitions/{world['refused'].pk}")
    assert refused["words_hidden"]
    assert refused["background"] == refused["petition"]["title"] == ""


def test_where_people_signed_is_the_same_in_json_and_csv(world, today):
    row = world["open"]
    for number in range(20):
        matter(f"E0700{number:04}")
    counts(row, {LEEDS_CODE: {today - DAY: 840}, EXETER_CODE: {today - 2 * DAY: 56, today - DAY: 2},
                 "E07000001": {today - DAY: 2}})  # fmt: skip
    empty = get(f"petitions/{row.pk}/where")
    assert (empty["day"], empty["places"], empty["days"]) == (None, [], [])
    assert table(f"/petitions/{row.pk}/where.csv") == []

    renew_breakdowns(today=today)

    found = get(f"petitions/{row.pk}/where")
    assert [(place["name"], place["signatures"]) for place in found["places"]] == [
        ("Leeds", 840),
        ("Exeter", 58),
    ]
    assert found["others"] == 2
    places = table(f"/petitions/{row.pk}/where.csv")
    assert [place["signatures"] for place in places] == ["840", "58"]
    assert [float(place["rate"]) for place in places] == [p["rate"] for p in found["places"]]
    days = table(f"/petitions/{row.pk}/days.csv")
    assert [day["signatures"] for day in days] == ["56", "844"]
    assert days[0]["day"] == str(today - 2 * DAY)
    meta = json.loads(Client().get(f"/petitions/{row.pk}/where.csv-metadata.json").content)
    assert "five" in json.dumps(meta)


def test_where_is_not_given_of_what_was_never_open(world):
    get(f"petitions/{world['refused'].pk}/where", 404)
    assert Client().get(f"/petitions/{world['refused'].pk}/where.csv").status_code == 404

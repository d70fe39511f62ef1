"""The API and files of stepping in, or not: the record only, each case with its trace."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from typing import Any

import pytest
from django.test import Client

from tests.rooms import cases_begun as begun
from tests.rooms import people_invented as invented


def get(path: str) -> tuple[int, dict[str, Any]]:
    response = Client().get(f"/api/v1{path}")
    return response.status_code, json.loads(response.content)


def file_rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(Client().get(f"/{name}.csv").content.decode())))


@pytest.mark.django_db
class TestRegister:
    def test_a_case_is_listed_and_whole_with_its_trace(self, at: dt.datetime) -> None:
        case = begun.propose(begun.stage(at))
        _, body = get("/interventions?place=devon&which=interventions")
        (row,) = body["items"]
        assert (row["id"], row["state"], row["step"]) == (case.pk, "noticed", "notice")
        _, whole = get(f"/interventions/{case.pk}")
        assert whole["case"] == row
        assert [event["what"] for event in whole["events"]] == ["propose", "notice"]
        finding = whole["events"][0]["finding"]
        assert finding["allowed"] is True
        figures = [fact for each in finding["conditions"] for fact in each["rests_on"]]
        assert figures
        assert all(fact["release"] and fact["row"] for fact in figures)
        assert [duty["kind"] for duty in whole["duties"]] == ["reply"]
        assert [line["id"] for line in file_rows("interventions")] == [str(case.pk)]

    def test_cases_are_narrowed_by_step_and_an_unknown_step_is_named(self, at: dt.datetime) -> None:
        case = begun.propose(begun.stage(at))
        (row,) = get("/interventions?step=notice")[1]["items"]
        assert row["id"] == case.pk
        assert get("/interventions?step=support")[1]["items"] == []
        status, body = get("/interventions?step=magic")
        assert status == 404
        assert "There are: notice, support." in body["error"]["message"]

    def test_a_refusal_is_a_matter_for_the_local_people(self, at: dt.datetime) -> None:
        stage = begun.stage(at)
        begun.propose(stage, place=begun.YORK, body="")
        _, body = get("/interventions?which=non-interventions")
        (row,) = body["items"]
        assert row["state"] == "refused"
        assert get("/interventions?which=interventions")[1]["items"] == []
        _, whole = get(f"/interventions/{row['id']}")
        finding = whole["events"][0]["finding"] or whole["events"][1]["finding"]
        assert finding["allowed"] is False
        assert any(not condition["met"] for condition in finding["conditions"])

    def test_a_rehearsed_case_is_nowhere(self, at: dt.datetime) -> None:
        begun.stage(at)
        player = invented.person(at)
        begun.play(player, at)
        case = begun.actions.propose(
            **begun.proposal(actor=player, at=at, space="rehearsal", step="notice")
        )
        assert case.space == "rehearsal"
        assert get("/interventions")[1]["items"] == []
        assert get(f"/interventions/{case.pk}")[0] == 404
        assert get("/duties")[1]["items"] == []
        assert file_rows("interventions") == file_rows("duties") == []
        subjects = {act["subject"] for act in get("/acts?limit=1000")[1]["items"]}
        assert not any(subject.startswith(("case:", "duty:")) for subject in subjects)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/interventions?state=dragons", "refused"),
        ("/interventions?which=dragons", "non-interventions"),
        ("/interventions?body=nothing", "no body"),
        ("/interventions/999999", "no such case"),
    ],
)
def test_every_error_says_what_there_is(path: str, told: str) -> None:
    status, body = get(path)
    assert status == 404
    assert told in body["error"]["message"]


@pytest.mark.usefixtures("built")
def test_real_interventions_are_as_found_and_marked_incomplete() -> None:
    _, body = get("/interventions/elsewhere")
    assert len(body["items"]) == 13
    assert {row["complete"] for row in body["items"]} == {False}
    assert all(row["source_seen"] for row in body["items"])
    place = body["items"][0]["place"]
    _, few = get(f"/interventions/elsewhere?place={place}")
    assert {row["place"] for row in few["items"]} == {place}
    assert len(few["items"]) < 13
    rows = file_rows("interventions-elsewhere")
    assert [row["council"] for row in rows] == [row["council"] for row in body["items"]]

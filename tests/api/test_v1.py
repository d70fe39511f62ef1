"""The JSON API on the real account: same numbers as the page, one error shape, paging."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from folkmoot.measures.models import Account, Observation, Release
from folkmoot.measures.queries_account import AccountRow

pytestmark = [pytest.mark.usefixtures("built")]


def get(path: str, **headers: str) -> tuple[int, dict[str, Any]]:
    response = Client(headers=headers).get(path)
    return response.status_code, json.loads(response.content)


def test_account_of_leeds_holds_every_field_and_at_least_a_hundred_measures() -> None:
    status, body = get("/api/v1/account?place=leeds&limit=1000")
    assert status == 200
    assert body["next"] is None
    rows = body["items"]
    assert len({row["measure"] for row in rows}) == len(rows) >= 100
    assert {row["area"] for row in rows} == {"E08000035"}
    assert set(rows[0]) == set(AccountRow.__dataclass_fields__)


def test_a_figure_is_the_row_of_its_release() -> None:
    _, body = get("/api/v1/account?place=E08000035&limit=1000")
    row = next(row for row in body["items"] if row["value"] is not None)
    path = f"/api/v1/observations?measure={row['measure']}&place=leeds&period={row['period']}"
    _, found = get(path)
    (observation,) = found["items"]
    assert observation["value"] == row["value"]
    assert observation["row"] == row["row"]
    assert observation["release"] == row["release"]


def test_paging_reaches_every_row_once() -> None:
    seen: list[str] = []
    path: str | None = "/api/v1/measures?limit=37"
    while path:
        status, body = get(path)
        assert status == 200
        assert len(body["items"]) <= 37
        seen += [item["slug"] for item in body["items"]]
        path = body["next"]
    assert len(seen) == len(set(seen)) >= 120


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/places/nowhere-at-all", 404, "not-found"),
        ("/api/v1/measures/nothing", 404, "not-found"),
        ("/api/v1/services/nothing", 404, "not-found"),
        ("/api/v1/releases/nothing/1", 404, "not-found"),
        ("/api/v1/releases/dfe-lait/99999999999999999999", 422, "bad-input"),
        ("/api/v1/account?place=nowhere-at-all", 404, "not-found"),
        ("/api/v1/account?limit=0", 422, "bad-input"),
        ("/api/v1/account?limit=1001", 422, "bad-input"),
        ("/api/v1/account?after=-1", 422, "bad-input"),
        ("/api/v1/account?limit=many", 422, "bad-input"),
        ("/api/v1/account?place=%00", 422, "bad-input"),
        ("/api/v1/observations", 422, "bad-input"),
        ("/api/v1/nothing-here", 404, "not-found"),
    ],
)
def test_every_error_has_the_one_shape(path: str, status: int, code: str) -> None:
    found, body = get(path)
    assert found == status
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "faults", "suggestions"}
    assert body["error"]["code"] == code
    assert body["error"]["message"]


def test_a_misspelt_place_is_met_with_a_suggestion() -> None:
    _, body = get("/api/v1/account?place=Leedes")
    assert {"name": "Leeds", "path": "/place/leeds/"} in body["error"]["suggestions"]


def test_two_faults_are_named_at_once() -> None:
    _, body = get("/api/v1/places?limit=0&after=-5")
    assert sorted(fault["where"] for fault in body["error"]["faults"]) == ["after", "limit"]


def test_an_unchanged_answer_is_not_sent_again() -> None:
    client = Client()
    first = client.get("/api/v1/services")
    again = client.get("/api/v1/services", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_a_release_gives_its_faults_with_the_reason_each_was_accepted() -> None:
    release = Release.objects.filter(acceptances__isnull=False, state="published").first()
    assert release is not None
    _, body = get(f"/api/v1/releases/{release.source.slug}/{release.number}")
    assert body["sha256"] == release.sha256
    assert body["faults"]
    assert all(fault["accepted"] for fault in body["faults"])
    assert all(len(fault["rows"]) == fault["count"] for fault in body["faults"])


def test_place_gives_links_and_similar_places_in_order() -> None:
    _, body = get("/api/v1/places/leeds")
    assert {"role": "part-of", "name": "Yorkshire and The Humber"} in [
        {"role": link["role"], "name": link["name"]} for link in body["links"]
    ]
    positions = [item["position"] for item in body["similar"] if item["list"] == "ons-global"]
    assert positions == list(range(1, 21))


def test_openapi_is_3_1_and_declares_every_error() -> None:
    _, schema = get("/api/v1/openapi.json")
    assert schema["openapi"].startswith("3.1")
    for path in schema["paths"].values():
        assert {"400", "404", "422"} <= set(path["get"]["responses"])


def test_observations_of_an_old_release_stay_reachable() -> None:
    observation = Observation.objects.select_related("release__source", "measure").first()
    assert observation is not None
    release = observation.release
    status, body = get(
        f"/api/v1/observations?measure={observation.measure.slug}"
        f"&release={release.source.slug}/{release.number}&limit=1"
    )
    assert status == 200
    assert body["items"][0]["release"] == f"{release.source.slug}/{release.number}"


def test_account_covers_every_place_of_the_database() -> None:
    counted = 0
    path: str | None = "/api/v1/account?measure=adult-obesity&limit=1000"
    status, _ = get(path)
    if status == 404:
        slug = Account.objects.values_list("measure__slug", flat=True).first()
        path = f"/api/v1/account?measure={slug}&limit=1000"
    while path:
        _, body = get(path)
        counted += len(body["items"])
        measure = body["items"][0]["measure"]
        path = body["next"]
    assert counted == Account.objects.filter(measure__slug=measure).count()

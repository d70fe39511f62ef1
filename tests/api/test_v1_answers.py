"""The API of who answers, what is required and what was done, on the real record."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from folkmoot.api.v1 import api
from folkmoot.bodies.answer_rows import WhoRow
from folkmoot.bodies.models import Body, Office, Remit
from folkmoot.common.logs import WithoutPostcodes
from folkmoot.common.models import PublicAct
from folkmoot.framework.models import FrameworkVersion, Standing
from folkmoot.framework.queries import current
from tests.rooms.duties_owed import owe

pytestmark = [pytest.mark.usefixtures("built")]

EHC = "ehc-plan-20-weeks"


def get(path: str) -> tuple[int, dict[str, Any]]:
    response = Client().get(f"/api/v1{path}")
    return response.status_code, json.loads(response.content)


def items(path: str) -> list[dict[str, Any]]:
    """Every item of a list, over all its pages."""
    found: list[dict[str, Any]] = []
    following: str | None = f"/api/v1{path}"
    while following:
        response = Client().get(following)
        assert response.status_code == 200, response.content
        body = json.loads(response.content)
        found += body["items"]
        following = body["next"]
    return found


def test_bodies_are_all_reached_once_and_narrowed() -> None:
    slugs = [row["slug"] for row in items("/bodies?limit=300")]
    assert len(slugs) == len(set(slugs)) == Body.objects.count()
    forces = items("/bodies?kind=police-force&limit=1000")
    assert len(forces) == Body.objects.filter(kind="police-force").count() > 40
    assert [row["slug"] for row in items("/bodies?place=E08000035")] == ["leeds-city-council"]
    live = {row["slug"] for row in items("/bodies?live=true&limit=1000")}
    ended = {row["slug"] for row in items("/bodies?live=false") if row["ended"]}
    assert "allerdale-borough-council" in ended
    assert live | ended == set(slugs)


def test_a_body_gives_its_offices_and_says_who_is_not_known() -> None:
    _, body = get("/bodies/leeds-city-council")
    held = {row["office"].partition("/")[2]: row["held"] for row in body["offices"]}
    assert body["body"]["area"] == "E08000035"
    assert held["council"] == "body-itself"
    assert held["leader"] == "not-known"
    assert all(row["holders"] == [] for row in body["offices"])


def test_the_members_for_a_place_are_those_of_its_constituencies() -> None:
    rows = items("/offices?place=leeds&kind=member-of-parliament")
    wanted = Office.objects.filter(acts_for__area__code="E08000035", code__gt="").distinct()
    assert {row["constituency"] for row in rows} == set(wanted.values_list("code", flat=True))
    assert all(row["held"] == "held" and len(row["holders"]) == 1 for row in rows)


def test_holders_name_their_source_and_day() -> None:
    rows = items("/holders?body=house-of-commons&limit=1000")
    assert len(rows) == 650
    assert all(row["source"] and row["as_at"] and row["until"] is None for row in rows)
    one = items(f"/holders?office={rows[0]['office']}")
    assert one == rows[:1]


def test_remits_are_the_catalogue_with_law_and_link_in_step() -> None:
    rows = items("/remits?limit=500")
    assert len(rows) == Remit.objects.count()
    assert all(len(row["laws"]) == len(row["law_links"]) for row in rows)
    assert {row["form"] for row in rows} == {"remit", "gap", "overlap", "elsewhere"}
    few = items("/remits?service=fire-and-rescue&area_kind=county")
    assert {(row["service"], row["area_kind"]) for row in few} == {("fire-and-rescue", "county")}


def test_who_pages_over_rows_that_are_worked_out() -> None:
    every = items("/who?place=devon&limit=1000")
    assert items("/who?place=devon&limit=7") == every
    assert set(every[0]) == set(WhoRow.__dataclass_fields__)
    assert {row["form"] for row in every} >= {"remit", "gap", "overlap", "represents"}
    of_service = items("/who?place=devon&service=special-educational-needs")
    assert {row["body"] for row in of_service} >= {"devon-county-council"}


@pytest.mark.parametrize("text", ["LS1+1UR", "ls11ur", "LS1", "10+High+Street"])
@pytest.mark.parametrize("path", ["/who", "/standings", "/acts"])
def test_a_postcode_is_refused_and_not_repeated(path: str, text: str) -> None:
    status, body = get(f"{path}?place={text}")
    assert (status, body["error"]["code"]) == (404, "not-found")
    assert "may be a postcode" in body["error"]["message"]
    assert text.replace("+", " ").lower() not in json.dumps(body["error"]).lower()


def doors_that_take_a_place() -> list[str]:
    """Every address of the API in which a place may be typed, ending where it is."""
    found = []
    for path, verbs in api.get_openapi_schema()["paths"].items():
        for parameter in verbs["get"].get("parameters", []):
            measure = "measure=gigabit-broadband&" if path.endswith("/observations") else ""
            if parameter["name"] == "place":
                found.append(f"{path}?{measure}place=")
    return [*found, "/api/v1/places/"]


@pytest.mark.parametrize("text", ["LS1%201UR", "sw1a1aa", "10%20High%20Street", "Xanadu%20Lodge"])
def test_no_door_repeats_what_was_typed_as_a_place(text: str, caplog: Any) -> None:
    doors = doors_that_take_a_place()
    assert len(doors) >= 9
    plain = text.replace("%20", " ").lower()
    for path in doors:
        response = Client().get(f"{path}{text}")
        assert response.status_code == 404, path
        body = json.dumps(json.loads(response.content)["error"]).lower()
        assert plain not in body, path
        assert text.lower() not in body, path
    slug = plain.replace(" ", "-")
    for path in (f"/place/{slug}.csv", f"/place/{slug}/standings.csv"):
        response = Client().get(path, headers={"Accept": "application/json"})
        assert response.status_code == 404
        assert slug not in response.content.decode().lower()
    lines = [WithoutPostcodes("%(message)s").format(record) for record in caplog.records]
    assert len(lines) >= len(doors)
    if "lodge" not in plain and "street" not in plain:
        said = " ".join(lines).lower()
        assert plain not in said
        assert "[postcode]" in said


def test_standings_of_devon_say_how_far_and_how_long() -> None:
    rows = items("/standings?place=devon&failing=true")
    (row,) = [row for row in rows if row["standard"] == EHC]
    known = Standing.objects.filter(
        area__slug="devon", standard=EHC, newest=True, framework=current(timezone.localdate()).id
    ).get()
    for name in ("value", "shortfall", "consecutive", "state", "how", "failing"):
        assert row[name] == getattr(known, name)
    assert row["says"] == "About 1,440 of 1,491 late: below the minimum."
    every = items(f"/standings?place=devon&standard={EHC}&newest=false")
    assert len(every) == known.consecutive == 9


def test_standards_count_the_places_of_the_standings() -> None:
    (row,) = [row for row in items("/standards?limit=5") if row["standard"] == EHC]
    below = items(f"/standings?standard={EHC}&state=below&limit=1000")
    assert row["below"] == len(below) > 100
    assert row["failing"] == sum(standing["failing"] for standing in below)
    assert row["source_link"].startswith("https://www.legislation.gov.uk/")
    unjudged = [row for row in items("/standards?limit=1000") if not row["measure"]]
    assert unjudged
    assert {row["note"] for row in unjudged} == {"No published figures to judge this by."}


def test_acts_come_oldest_first_and_can_be_followed() -> None:
    rows = items("/acts?verb=publish-release&limit=20")
    numbers = [row["number"] for row in rows]
    assert numbers == sorted(
        PublicAct.objects.filter(verb="publish-release").values_list("pk", flat=True)
    )
    assert items(f"/acts?after={numbers[-1]}&verb=publish-release") == []
    act = PublicAct.objects.get(pk=numbers[0])
    assert (rows[0]["sha256"], rows[0]["words"]) == (act.sha256, "published a release")


def test_acts_are_narrowed_by_place_service_and_body(at: dt.datetime) -> None:
    duty = owe(at)
    wanted = "/acts?place=devon&service=special-educational-needs&body=devon-county-council"
    assert [row["subject"] for row in items(wanted)] == [f"duty:{duty.pk}"]
    assert items(f"{wanted}&verb=answer-duty") == []


def test_duties_are_filtered_and_one_is_whole(at: dt.datetime) -> None:
    duty = owe(at)
    (row,) = items("/duties?body=devon-county-council&place=E10000008&kind=question")
    assert (row["id"], row["subject"], row["in_time"]) == (duty.pk, "case:1", None)
    assert items(f"/duties?state={row['state']}") == [row]
    assert items("/duties?state=waived") == []
    _, whole = get(f"/duties/{duty.pk}")
    assert whole == {"duty": row, "answers": [], "reports": 0}


@pytest.mark.parametrize("path", ["/standings", "/body-standings"])
def test_a_milestone_that_has_passed_is_said_alike_of_a_version_by_its_name(path: str) -> None:
    with time_machine.travel("2026-11-29 12:00Z"):
        in_use = current(timezone.localdate())
        asked = f"{path}?standard=ae-four-hours-march-2026&state=below&limit=5"
        by_name = f"{asked}&framework=england-as-found@{in_use.framework.version}"
        said = [row["says"] for row in items(asked)]
        assert said == [row["says"] for row in items(by_name)]
        if path == "/standings":
            assert all("the figures end before March 2026" in each for each in said)
        assert said


def test_nothing_is_in_force_by_a_version_that_another_took_the_place_of() -> None:
    path = "/standards?limit=1000&framework=england-as-found@2026-11-23.1"
    with time_machine.travel("2026-11-29 12:00Z"):
        assert {row["in_force"] for row in items(path)} == {False}
    with time_machine.travel("2026-11-28 12:00Z"):
        assert any(row["in_force"] for row in items(path))


class TestRehearsal:
    """Only what is of the record ever appears."""

    def test_a_rehearsed_duty_is_nowhere(self, at: dt.datetime) -> None:
        kept, tried = owe(at), owe(at, key="case:2/reply", space="rehearsal")
        assert [row["id"] for row in items("/duties")] == [kept.pk]
        assert get(f"/duties/{tried.pk}")[0] == 404
        assert f"duty:{tried.pk}" not in {row["subject"] for row in items("/acts?limit=1000")}
        csv = Client().get("/duties.csv").content.decode()
        assert "case:1/reply" in csv
        assert "case:2/reply" not in csv

    def test_an_illustrative_framework_is_not_one_of_the_record(self) -> None:
        version = FrameworkVersion.objects.get(pk=current(timezone.localdate(), "illustrative").id)
        assert version.standings.exists()
        for key in ("illustrative", f"illustrative@{version.version}"):
            for path in ("/standards", "/standings"):
                status, body = get(f"{path}?framework={key}")
                assert (status, body["error"]["code"]) == (404, "not-found")
        record = FrameworkVersion.objects.get(pk=current(timezone.localdate()).id)
        rows = items("/standings?newest=false&limit=1000")
        assert len(rows) == record.standings.count()
        assert {row["framework"] for row in rows} == {f"england-as-found@{record.version}"}


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/bodies?kind=dragons", 404, "no such kind of body"),
        ("/bodies/nothing", 404, "no body"),
        ("/bodies?place=Leedes", 404, "no place"),
        ("/offices?kind=dragon", 404, "leader"),
        ("/offices?body=nothing", 404, "no body"),
        ("/holders?office=leeds-city-council/wizard", 404, "no such office"),
        ("/remits?service=dragons", 404, "schools"),
        ("/remits?area_kind=dragons", 404, "county"),
        ("/who", 422, "fault"),
        ("/who?place=nowhere-at-all", 404, "no place"),
        ("/who?place=north-yorkshire-until-2023", 404, "ended on 31 March 2023"),
        ("/standards?service=dragons", 404, "schools"),
        ("/standards?framework=england-as-found@1", 404, "no framework"),
        ("/standings?standard=dragons", 404, EHC),
        ("/standings?state=dragons", 404, "cannot-say"),
        ("/duties?state=dragons", 404, "overdue"),
        ("/duties/999999999", 404, "no such answer owed"),
        ("/acts?verb=dragons", 404, "publish-release"),
        ("/acts?after=-1", 422, "fault"),
    ],
)
def test_every_error_says_what_there_is(path: str, status: int, told: str) -> None:
    found, body = get(path)
    assert (found, set(body)) == (status, {"error"})
    assert told in body["error"]["message"]

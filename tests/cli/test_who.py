"""``folkmoot who`` and ``folkmoot holders`` on the built database."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.test import Client

from folkmoot.bodies.models import Holder, Office
from folkmoot.cli.main import main
from folkmoot.common.models import PublicAct
from folkmoot.places.models import OfficialPostcode, PostcodeEdition
from tests.built_database import BUILT_AT

pytestmark = [pytest.mark.usefixtures("built")]

HEADER = "name,organization,role,start_date,end_date,source,party\n"


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, words)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


class TestWho:
    def test_json_has_the_rows_of_the_api(self) -> None:
        code, out, _ = run("who", "Devon", "--format", "json")
        assert code == 0
        body = json.loads(Client().get("/api/v1/who?place=devon&limit=1000").content)
        assert json.loads(out) == body["items"]
        assert body["next"] is None

    def test_a_postcode_is_answered_and_not_repeated(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            code, out, err = run("who", "LS1 1UR", "--format", "json")
        rows = json.loads(out)
        assert code == 0
        assert {row["place"] for row in rows} == {"E08000035"}
        assert "Most likely Leeds" in err
        for written in (out, err, caplog.text):
            assert "1UR" not in written.upper()

    def test_the_official_directory_leaves_one_member(self) -> None:
        code = Office.objects.get(title="Member of Parliament for Exeter").code
        PostcodeEdition.objects.create(name="ONSPD", sha256="0" * 64, rows=1, loaded_at=BUILT_AT)
        OfficialPostcode.objects.create(postcode="EX11HS", district="E07000041", constituency=code)
        _, out, _ = run("who", "EX1 1HS", "--format", "json")
        members = [row for row in json.loads(out) if row["form"] == "represents"]
        assert [(row["office_title"], row["possible"]) for row in members] == [
            ("Member of Parliament for Exeter", False)
        ]

    @pytest.mark.parametrize(
        ("text", "code"), [("YO1 7", 3), ("12 High Street", 3), ("BT1 1AA", 5), ("GY1 1AA", 5)]
    )
    def test_what_may_be_a_postcode_is_never_repeated(self, text: str, code: int) -> None:
        found, out, err = run("who", text)
        assert found == code
        assert text not in out + err

    def test_devon_names_the_office_and_says_that_its_holder_is_not_known(self) -> None:
        _, out, _ = run("who", "E10000008", "--format", "json")
        rows = [
            r for r in json.loads(out) if r["office"].endswith("/director-of-childrens-services")
        ]
        assert {row["service"] for row in rows} >= {"special-educational-needs"}
        assert {row["held"] for row in rows} == {"not-known"}
        assert all(row["holders"] == [] and row["laws"] for row in rows)

    def test_gaps_are_rows_and_stand_below_the_table(self) -> None:
        service = ("--service", "special-educational-needs")
        _, out, _ = run("who", "Devon", *service)
        _, found, _ = run("who", "Devon", *service, "--format", "json")
        gaps = [row for row in json.loads(found) if row["form"] == "gap"]
        assert gaps
        assert all(gap["words"] in out for gap in gaps)
        assert "not known to" in out

    def test_members_of_parliament_are_named_and_only_possible(self) -> None:
        _, out, _ = run("who", "leeds", "--format", "json")
        members = [row for row in json.loads(out) if row["form"] == "represents"]
        assert len(members) > 5
        assert all(row["possible"] and row["holders"] and row["share"] is None for row in members)

    def test_an_ended_place_names_what_it_became(self) -> None:
        code, _, err = run("who", "north-yorkshire-until-2023")
        assert code == 5
        assert "ended on 31 March 2023" in err
        assert "Did you mean North Yorkshire?" in err

    def test_misspelt_places_and_unknown_services_are_met_with_what_there_is(self) -> None:
        code, _, err = run("who", "Leedes")
        assert (code, "Did you mean Leeds?" in err) == (5, True)
        code, _, err = run("who", "Leeds", "--service", "dragons")
        assert (code, "schools" in err) == (5, True)

    def test_a_region_is_told_to_name_a_council(self) -> None:
        code, out, _ = run("who", "London")
        assert code == 0
        assert "name a council" in out


class TestHolders:
    def test_a_holder_is_taken_in_and_recorded(self, tmp_path: Path) -> None:
        file = tmp_path / "holders.csv"
        file.write_text(
            f"{HEADER}Robin Example,leeds-city-council,leader,2025-05-22,,https://example.org/l,\n",
            "utf-8",
        )
        code, out, err = run("holders", str(file))
        assert (code, err) == (0, "")
        assert "1 added, 0 changed, 0 as they were." in out
        assert Holder.objects.get(name="Robin Example").office.slug == "leader"
        act = PublicAct.objects.filter(verb="import-holders").latest("pk")
        assert (act.office, act.body) == ("operator", "leeds-city-council")

    def test_every_fault_is_printed_and_nothing_taken_in(self, tmp_path: Path) -> None:
        file = tmp_path / "holders.csv"
        file.write_text(
            f"{HEADER}Robin Example,leeds-city-council,leader,2025-05-22,,https://example.org/l,\n"
            "Kim Example,leeds-city-council,wizard,2025-05-22,,https://example.org/l,\n"
            "Lee Example,nowhere-council,leader,22/05/2025,,nonsense,\n",
            "utf-8",
        )
        before = Holder.objects.count()
        code, _, err = run("holders", str(file))
        assert code == 3
        for told in ("row 3, role", "row 4, start_date", "row 4, source"):
            assert told in err
        assert Holder.objects.count() == before

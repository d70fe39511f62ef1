"""The folkmoot command as a person uses it: help, formats, exit codes, a real new release."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.test import Client

from folkmoot.cli.main import main
from folkmoot.measures.models import Account, Release

REQUIRED = (
    "area", "service", "measure", "title", "period", "value", "unit", "lower", "upper", "basis",
    "nation", "similar", "verdict_nation", "verdict_similar", "rank", "rank_lower", "rank_upper",
    "field", "trend", "release",
)  # fmt: skip


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, words)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_teaches(command: str) -> None:
    code, out, _ = run(command, "--help")
    assert code == 0
    assert f"Usage: main {command}" in out
    assert len(out.split()) > 25


def test_the_package_runs_as_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "folkmoot", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"folkmoot, version {version('folkmoot')}\n"


def test_every_command_is_in_the_operators_guide() -> None:
    guide = Path("docs/operators.md").read_text("utf-8")
    assert set(re.findall(r"^\| `folkmoot (\w+)`", guide, re.MULTILINE)) == set(main.commands)


@pytest.mark.usefixtures("built")
class TestAccount:
    def test_json_has_what_is_promised_and_equals_the_api(self) -> None:
        code, out, _ = run("account", "Leeds", "--format", "json")
        assert code == 0
        rows = json.loads(out)
        assert set(REQUIRED) <= set(rows[0])
        body = json.loads(Client().get("/api/v1/account?place=leeds&limit=1000").content)
        assert sorted(rows, key=lambda r: r["measure"]) == sorted(
            body["items"], key=lambda r: r["measure"]
        )

    def test_csv_has_the_same_rows(self) -> None:
        _, out, _ = run("account", "leeds", "--format", "csv", "--service", "schools")
        rows = list(csv.DictReader(io.StringIO(out)))
        assert {row["service"] for row in rows} == {"schools"}
        assert (
            len(rows)
            == Account.objects.filter(area__slug="leeds", measure__service__slug="schools").count()
        )

    def test_table_is_for_reading(self) -> None:
        code, out, _ = run("account", "E08000035", "--service", "waste")
        assert code == 0
        assert "waste" in out

    def test_a_misspelt_place_is_met_with_a_suggestion(self) -> None:
        code, _, err = run("account", "Leedes")
        assert code == 5
        assert "Did you mean Leeds?" in err

    def test_an_unknown_service_names_those_there_are(self) -> None:
        code, _, err = run("account", "Leeds", "--service", "dragons")
        assert code == 5
        assert "schools" in err


@pytest.mark.usefixtures("built")
class TestImport:
    def release(self, tmp_path: Path) -> Path:
        """The real early years table with one real row's figure changed, as a correction would."""
        text = Path("data/ons-els/early-years/early-years.csv").read_text("utf-8-sig")
        assert ",79.5,Percentage" in text
        file = tmp_path / "early-years.csv"
        file.write_text(text.replace(",79.5,Percentage", ",79.4,Percentage", 1), "utf-8")
        return file

    def test_a_correction_is_published_and_its_revision_shown(self, tmp_path: Path) -> None:
        code, out, err = run("import", str(self.release(tmp_path)), "--as", "ons-early-years")
        if code == 4:
            # The real file's own faults are accepted for its own bytes only, so look again.
            kinds = set(re.findall(r"^  ([a-z-]+): column", out, re.MULTILINE))
            for kind in kinds:
                reason = "Codes of statistical regions that hold no council, left out."
                assert (
                    run("accept", "ons-early-years/2", "--kind", kind, "--reason", reason)[0] == 0
                )
            code, out, err = run("publish", "ons-early-years/2")
        assert (code, err) == (0, err)
        release = Release.objects.get(source__slug="ons-early-years", number=2)
        assert release.state == Release.State.PUBLISHED
        (revision,) = release.revisions.all()
        assert (revision.old_value, revision.new_value) == (79.5, 79.4)
        page = Client().get("/release/ons-early-years/2/").content.decode()
        assert "79.5" in page
        assert "79.4" in page

    def test_the_wrong_file_is_refused_with_every_missing_column(self) -> None:
        folder = Path("data/ons-els/uk-small-area-gross-value-added-estimates")
        (file,) = folder.glob("*.csv")
        code, _, err = run("import", str(file), "--as", "ons-early-years")
        assert code == 3
        for column in ("areacd", "period", "observation"):
            assert column in err

    def test_an_unknown_source_is_not_found(self, tmp_path: Path) -> None:
        code, _, _ = run("import", str(self.release(tmp_path)), "--as", "nothing")
        assert code == 5

    def test_an_unknown_release_is_not_found(self) -> None:
        assert run("publish", "ons-early-years/99")[0] == 5
        assert run("publish", "nonsense")[0] == 5


def test_check_names_every_planted_fault_at_once(tmp_path: Path) -> None:
    for folder in ("services", "sources", "measures"):
        (tmp_path / folder).mkdir()
    (tmp_path / "services" / "schools.yaml").write_text("title: Schools\n", "utf-8")
    (tmp_path / "measures" / "bad.yaml").write_text("- a list\n", "utf-8")
    (tmp_path / "sources" / "worse.yaml").write_text("title: [unclosed\n", "utf-8")
    code, _, err = run("check", "--catalogue", str(tmp_path), "--no-data")
    assert code == 3
    for place in ("services/schools.yaml, summary", "measures/bad.yaml", "sources/worse.yaml"):
        assert place in err

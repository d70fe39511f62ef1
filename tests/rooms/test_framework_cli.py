"""The commands: check, show, diff and rehearse, on the shipped frameworks and on files."""

import json

import pytest
import yaml
from click.testing import CliRunner

from folkmoot.cli.main import main
from folkmoot.framework.catalogue import Framework
from folkmoot.framework.importing import put_in_use
from tests.rooms.framework_account import AT, account
from tests.rooms.framework_material import framework, standard

pytestmark = pytest.mark.django_db


def run(*words):
    return CliRunner().invoke(main, ["framework", *words])


def write(path, whole):
    path.write_text(yaml.safe_dump(whole.document(), allow_unicode=True, sort_keys=False))
    return str(path)


def test_the_shipped_frameworks_check_without_fault_and_say_what_was_not_tried():
    done = run("check")

    assert done.exit_code == 0, done.output
    assert "No fault: england-as-found" in done.output
    assert "Triggers were not tried" in done.output


def test_a_file_with_faults_is_refused_with_all_of_them(tmp_path):
    path = tmp_path / "mine.yaml"
    whole = framework(
        standard(measure="dfe-ehc-plans-20-weeks"), standard(id="second", measure="x")
    )
    write(path, whole)

    done = run("check", str(path))
    as_json = run("check", str(path), "--format", "json")

    assert done.exit_code == 3
    assert f"{path}, line " in done.output
    assert "unknown measure 'x'" in done.output
    faults = json.loads(as_json.stdout)
    assert [fault["where"].split(", ")[-1] for fault in faults] == ["standards.1.measure"]


def test_a_version_in_a_file_must_stand_beside_the_shipped_ones_and_those_in_use(tmp_path):
    path = tmp_path / "mine.yaml"
    shipped = json.loads(run("show", "england-as-found", "--format", "json").output)
    assert shipped.pop("standings") == {}

    def check(**more):
        path.write_text(yaml.safe_dump({**shipped, **more}, sort_keys=False))
        done = run("check", str(path))
        return done.exit_code, done.output

    assert check()[0] == 0  # the shipped version itself
    code, said = check(scope="England, with other words than those that are shipped")
    assert code == 3
    assert f"version '{shipped['version']}' is also that of" in said
    code, said = check(version="mine")
    assert code == 3
    assert "overlap" in said
    later = {"version": "mine", "from": "2030-01-01"}
    assert check(**later)[0] == 0
    put_in_use(
        Framework.model_validate({**shipped, "version": "theirs", "from": "2031-01-01"}),
        office="build",
        at=AT,
    )
    code, said = check(**later)
    assert code == 3
    assert "Version theirs begins on 2031-01-01" in said


def test_a_file_may_take_over_the_shipped_standards(tmp_path):
    path = tmp_path / "mine.yaml"
    fields = framework().document()
    fields |= {"standards": [], "standards_from": "england-as-found"}
    fields["ladder"][0]["triggers"][0]["conditions"][0]["standard"] = "ehc-plan-20-weeks"
    fields["ladder"][0]["exit"][0]["standard"] = "ehc-plan-20-weeks"
    path.write_text(yaml.safe_dump(fields, sort_keys=False))

    assert run("check", str(path)).exit_code == 0
    shown = json.loads(run("show", str(path), "--format", "json").output)
    assert len(shown["standards"]) > 20


def test_showing_lists_standards_their_kind_and_the_ladder():
    shown = run("show", "illustrative")

    assert shown.exit_code == 0
    assert "limit set by law; special-educational-needs" in shown.output
    assert "No published figures to judge this by." in shown.output
    assert "Step: Commissioners (illustrative)" in shown.output


def test_showing_says_how_places_stand_where_there_is_an_account(tmp_path):
    account()

    shown = run("show", write(tmp_path / "try.yaml", framework()))

    assert "2024-01-01/P1Y: 1 of 3 places short of it, 1 below the minimum" in shown.output
    as_json = run("show", str(tmp_path / "try.yaml"), "--format", "json").output
    assert json.loads(as_json)["standings"] == {
        "plans": {"period": "2024-01-01/P1Y", "asked": 3, "below": 1, "failing": 1}
    }


def test_a_framework_that_is_not_there_is_not_found():
    assert run("show", "magic").exit_code == 5
    assert run("show", "magic.yaml").exit_code == 5
    assert run("show", "england-as-found@9").exit_code == 5


def test_the_difference_names_changes_and_places(tmp_path):
    account()
    one = write(tmp_path / "one.yaml", framework())
    other = write(tmp_path / "two.yaml", framework(standard(kind="guidance"), version="2"))

    done = run("diff", one, other)
    found = json.loads(run("diff", one, other, "--format", "json").output)

    assert 'standards plans kind: "statutory-limit" → "guidance"' in done.output
    assert "1 standing changes." in done.output
    assert [m["area_name"] for m in found["moved"]] == ["Devon"]
    back = run("diff", other, one).output
    assert "now below the minimum" in back


def test_a_rehearsal_needs_an_account():
    done = run("rehearse", "illustrative")

    assert done.exit_code == 5
    assert "folkmoot build" in done.output


def test_a_rehearsal_says_who_would_have_triggered_what(tmp_path):
    account()
    path = write(tmp_path / "try.yaml", framework())

    done = run("rehearse", path, "--resamples", "10")
    found = json.loads(run("rehearse", path, "--resamples", "10", "--format", "json").output)

    assert done.exit_code == 0, done.output
    assert "(illustrative)" in done.output
    assert "1 of 3 places ever, 1 now" in done.output
    assert "Devon: 2 periods, first the one to 31 December 2023" in done.output
    assert found["runs"][0]["spells"][0]["since"] == "2024-01-01"

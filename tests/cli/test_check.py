"""``folkmoot check`` on a catalogue that is partly unreadable."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from folkmoot.cli.main import main
from folkmoot.shipped import shipped


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The shipped services, and of sources and measures those of police outcomes."""
    folder = tmp_path / "catalogue"
    shutil.copytree(shipped("catalogue") / "services", folder / "services")
    for kind in ("sources", "measures"):
        (folder / kind).mkdir()
    source = shipped("catalogue") / "sources" / "police-outcomes.yaml"
    shutil.copy(source, folder / "sources")
    for path in (shipped("catalogue") / "measures").glob("*.yaml"):
        if "dataset: police-outcomes" in path.read_text("utf-8"):
            shutil.copy(path, folder / "measures")
    return folder


def check(folder: Path) -> Result:
    result = CliRunner().invoke(main, ["check", "--catalogue", str(folder)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_a_sound_catalogue_has_no_fault(small: Path) -> None:
    result = check(small)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "No fault: " in result.stdout


def test_entries_that_cannot_be_read_are_named_beside_the_faults_of_the_data(small: Path) -> None:
    source = small / "sources" / "police-outcomes.yaml"
    head, _, rest = source.read_text("utf-8").partition("accept:")
    after = rest[rest.index("\ncaveats:") :] if "\ncaveats:" in rest else ""
    source.write_text(head.rstrip() + after, "utf-8")
    (small / "measures" / "list.yaml").write_text("- a list\n", "utf-8")
    (small / "sources" / "worse.yaml").write_text("title: [unclosed\n", "utf-8")
    result = check(small)
    assert result.exit_code == 3
    for told in ("measures/list.yaml", "sources/worse.yaml", "column reported_by"):
        assert told in result.stderr


def test_an_unread_measure_does_not_make_acceptances_look_stale(small: Path) -> None:
    for path in (small / "measures").glob("*.yaml"):
        path.write_text("- a list\n", "utf-8")
    assert "Accepts nothing" not in check(small).stderr
    first = next((small / "measures").glob("*.yaml"))
    shutil.copy(shipped("catalogue") / "measures" / first.name, first)
    assert "Accepts nothing" not in check(small).stderr


def test_an_empty_catalogue_does_not_end_in_an_error(tmp_path: Path) -> None:
    assert check(tmp_path).exit_code in (0, 3)

"""Rooms below, pages above: imports point down only, and rooms hold the files they should."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import PACKAGE, REPOSITORY, ROOMS, Module, modules

NO_SUCH_NAMES = {"utils", "util", "helpers", "helper", "managers", "misc", "signals", "services"}
# The page of all public services: here the word means what it says.
PAGE_OF_SERVICES = "folkmoot/web/pages/services.py"


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-cache", "--config", REPOSITORY / "pyproject.toml"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_imports_point_down_only():
    done = lint_imports(REPOSITORY)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("places/rules.py", "from folkmoot.web import middleware"),
        ("common/errors.py", "import folkmoot.measures.models"),
        ("stats/__init__.py", "import django.db"),
        ("measures/rules/definition.py", "from django.db import models"),
        ("web/middleware.py", "import folkmoot.cli"),
    ],
)
def test_a_planted_import_upwards_is_found(tmp_path, file, line):
    shutil.copytree(
        PACKAGE,
        tmp_path / "folkmoot",
        ignore=shutil.ignore_patterns("__pycache__", "static", "templates", "_shipped"),
    )
    planted = tmp_path / "folkmoot" / file
    planted.write_text(f"{planted.read_text()}\n{line}\n")

    done = lint_imports(tmp_path)

    assert done.returncode != 0
    assert "BROKEN" in done.stdout


def badly_named(found: list[Module]) -> list[str]:
    return [
        m.path for m in found if Path(m.path).stem in NO_SUCH_NAMES and m.path != PAGE_OF_SERVICES
    ]


def test_no_module_is_a_drawer_for_everything():
    assert badly_named(modules(under="folkmoot/")) == []


def test_a_planted_drawer_is_found():
    assert badly_named([Module("folkmoot/places/utils.py", "")]) == ["folkmoot/places/utils.py"]


def overrides_and_signals(found: list[Module]) -> list[str]:
    pattern = re.compile(
        r"def (save|delete)\(self|django\.db\.models\.signals|django\.dispatch|@receiver"
    )
    return [m.path for m in found if pattern.search(m.text)]


def test_models_override_nothing_and_send_no_signals():
    rooms = [m for room in ROOMS for m in modules(under=f"folkmoot/{room}/")]

    assert rooms
    assert overrides_and_signals(rooms) == []


def test_a_planted_override_and_a_planted_signal_are_found():
    override = Module("a/models.py", "class A(Model):\n    def save(self): ...\n")
    signal = Module("b/models.py", "from django.db.models.signals import post_save\n")

    assert overrides_and_signals([override, signal]) == ["a/models.py", "b/models.py"]

"""Nothing in the tree names a machine or a package registry; requirements are pinned whole."""

import re
import tomllib

import pytest

from tests.house.tree import REPOSITORY, tracked

TEXT = (".py", ".html", ".css", ".js", ".yaml", ".yml", ".toml", ".cfg", ".sh", ".md", ".txt")
HOSTS = r"pypi[.]org|pythonhosted[.]org|registry[.]npmjs|(?:deb|security)[.]debian[.]org"
MACHINE = r"(?:^|[^A-Za-z0-9_.])/(?:work|farm|root|home/[a-z]+)/"
TROUBLE = re.compile(f"{HOSTS}|{MACHINE}", re.M)
LOCKS = ("uv.lock", "pylock.toml", "poetry.lock", "Pipfile.lock")


def named_machines(texts: dict[str, str]) -> list[str]:
    return [path for path, text in texts.items() if TROUBLE.search(text)]


def test_no_file_names_a_machine_or_a_registry():
    texts = {
        path: (REPOSITORY / path).read_text(errors="replace")
        for path in tracked()
        if (path.endswith(TEXT) or path in {"Makefile", ".ci/run", ".gitignore"})
        and not path.startswith("data/")
    }

    assert "pyproject.toml" in texts
    assert named_machines(texts) == []


def test_planted_machines_and_registries_are_found():
    # Written so that this file does not find itself.
    planted = {
        "a": "see /{}/main/x".format("work"),
        "b": "https://files.{}.org/x".format("pythonhosted"),
        "c": "https://{}.npmjs.org/x".format("registry"),
        "d": "a /workshop/ about workers",
    }

    assert named_machines(planted) == ["a", "b", "c"]


def test_no_lock_file_that_records_addresses_is_kept():
    assert [path for path in tracked() if path.rsplit("/", 1)[-1] in LOCKS] == []


def unpinned(text: str) -> list[str]:
    """Lines of a requirements file that are not ``name==version`` with a hash."""
    logical = re.sub(r"\\\n", " ", text).splitlines()
    return [
        line.strip()
        for line in logical
        if line.strip()
        and not line.lstrip().startswith("#")
        and not re.fullmatch(
            r"[a-z0-9.-]+(\[[a-z,-]+\])?==[^ ]+( ;[^-]*)?( +--hash=sha256:[0-9a-f]{64})+ *", line
        )
    ]


@pytest.mark.parametrize("name", ["base", "postgres", "dev"])
def test_every_requirement_is_pinned_with_its_hashes(name):
    text = (REPOSITORY / "requirements" / f"{name}.txt").read_text()

    assert "==" in text
    assert unpinned(text) == []
    assert "index-url" not in text


def test_planted_loose_requirements_are_found():
    digest = "a" * 64
    text = (
        f"django==5.2 \\\n    --hash=sha256:{digest} \\\n    --hash=sha256:{digest}\n    # via x\n"
        "numpy>=2\n"
        "scipy==1.14\n"
        "--extra-index-url somewhere\n"
        f"ok==1 ; sys_platform == 'win32' \\\n    --hash=sha256:{digest}\n"
    )

    assert unpinned(text) == ["numpy>=2", "scipy==1.14", "--extra-index-url somewhere"]


def test_the_wheel_asks_for_what_is_pinned():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    folder = REPOSITORY / "requirements"

    assert sorted(project["dependencies"]) == sorted(
        (folder / "base.in").read_text().split("\n")[:-1]
    )
    assert (
        project["optional-dependencies"]["postgres"]
        == ((folder / "postgres.in").read_text().split("\n")[:-1])
    )
    pinned = {
        line.split("==")[0].split("[")[0]
        for line in (folder / "base.txt").read_text().splitlines()
        if "==" in line and not line.startswith((" ", "#"))
    }
    asked = {re.split(r"[\[<>=]", line)[0] for line in project["dependencies"]}
    assert asked <= pinned

"""What every test may ask for. The fixtures live beside this file, by noun."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from _pytest.nodeid import NodeId
from django.conf import settings

from folkmoot.common import switches
from folkmoot.measures import queries
from folkmoot.places import gazetteer
from folkmoot.web import remembered
from tests.browsing import browser, new_page, served
from tests.built_database import BUILT_AT
from tests.databases import (
    _flush_may_empty_the_record,
    _postgres_template,
    built,
    built_site,
    committing,
    django_db_keepdb,
    django_db_modify_db_settings,
    on_postgres,
    postgres_server_folder,
)

__all__ = [
    "_flush_may_empty_the_record",
    "_postgres_template",
    "browser",
    "built",
    "built_site",
    "committing",
    "django_db_keepdb",
    "django_db_modify_db_settings",
    "new_page",
    "on_postgres",
    "postgres_server_folder",
    "served",
]


@pytest.fixture
def at() -> dt.datetime:
    """The moment that tests pass as now."""
    return BUILT_AT


@pytest.fixture
def today() -> dt.date:
    """The day that tests pass as today."""
    return BUILT_AT.date()


@pytest.fixture(autouse=True)
def _on_that_day(request: pytest.FixtureRequest) -> Iterator[None]:
    """Pages over the shipped data are asked for on the day it was built: figures grow old, so what
    stands on a page would change with the day of the run. A browser has a clock of its own."""
    asked = set(request.fixturenames)
    if "built" not in asked or "browser" in asked:
        yield
        return
    with time_machine.travel(BUILT_AT, tick=True):
        yield


@pytest.fixture(autouse=True)
def _own_home(settings: Any, tmp_path: Path) -> None:
    """No test writes into the installation's own folder."""
    settings.HOME = tmp_path / "home"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """A process remembers what it read of its one database; tests have several."""
    remembered.forget()
    # Nothing is off, and nobody looks, but where a test switches something.
    switches.assume_on()
    gazetteer.forget()
    queries._edition.cache_clear()
    queries._kept = ("", {})


# What a test asks for that runs it on the database in use.
_IN_USE = frozenset({"db", "transactional_db", "built", "built_site", "served"})


def _of_one_database(item: pytest.Item) -> bool:
    """Whether a test says the same whatever the database in use: it touches none, brings its own,
    runs on PostgreSQL anyway, or looks at pages with a browser and is no walk."""
    names = set(getattr(item, "fixturenames", ()))
    if "browser" in names and item.path.parent.name != "walks":
        return True
    if names & {"committing", "on_postgres", "either_database"}:
        return True
    return not names & _IN_USE and item.get_closest_marker("django_db") is None


def _each_under_its_own_name(items: list[pytest.Item]) -> None:
    """Tests in several processes are told apart by their names alone: of two tests of one name
    only one would run. Those of the API's operations come without the operation in theirs."""
    for item in items:
        if not item.nodeid.endswith(item.name):
            item._id = NodeId.parse(f"{item.nodeid.rpartition('::')[0]}::{item.name}")
    several = [name for name, times in Counter(item.nodeid for item in items).items() if times > 1]
    if several:
        raise pytest.UsageError(f"tests of one name: {several[:5]}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that look with the browser, start PostgreSQL, or need only one run, carry the mark of
    it.

    Where PostgreSQL is the database in use, what runs on both is not run on it twice.
    """
    _each_under_its_own_name(items)
    on_postgres_anyway = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    kept: list[pytest.Item] = []
    twice: list[pytest.Item] = []
    for item in items:
        names = getattr(item, "fixturenames", ())
        if "browser" in names:
            item.add_marker("browser")
        if "on_postgres" in names:
            item.add_marker("postgres")
        if _of_one_database(item):
            item.add_marker("once")
        again = "committing" in names and item.get_closest_marker("postgres") is not None
        (twice if again and on_postgres_anyway else kept).append(item)
    if twice:
        config.hook.pytest_deselected(items=twice)
    items[:] = _longest_first(kept)


def _longest_first(items: list[pytest.Item]) -> list[pytest.Item]:
    """Files that take long come first, so that at the end no process works on one by itself while
    the others have nothing left to do. A file is done by one process."""
    marks = ("slow", "browser")
    long = {item.path for item in items if any(map(item.get_closest_marker, marks))}
    return sorted(items, key=lambda item: item.path not in long)

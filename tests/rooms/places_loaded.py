"""Every shipped place in the test database, loaded once for a module and rolled back after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from folkmoot.places import gazetteer
from folkmoot.places.importing import PlacesImported, import_places
from folkmoot.shipped import shipped

AT = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def places(django_db_setup: None, django_db_blocker: Any) -> Iterator[PlacesImported]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield import_places(shipped("data"), at=AT)
        transaction.set_rollback(True)
    gazetteer.forget()

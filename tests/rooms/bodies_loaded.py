"""Every shipped place, body and remit in the test database, rolled back after a module."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from folkmoot.bodies.importing import BodiesImported, import_bodies
from folkmoot.places import gazetteer
from folkmoot.places.importing import import_places
from folkmoot.shipped import shipped

AT = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
ON = AT.date()


@pytest.fixture(scope="module")
def bodies(django_db_setup: None, django_db_blocker: Any) -> Iterator[BodiesImported]:
    with django_db_blocker.unblock(), transaction.atomic():
        import_places(shipped("data"), at=AT)
        yield import_bodies(shipped("data"), shipped("catalogue"), at=AT)
        transaction.set_rollback(True)
    gazetteer.forget()

"""Figures of trusts on both databases: loaded, corrected, guarded, and their migration undone."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from folkmoot.measures.models import BodyObservation, Revision
from tests.rooms.framework_account import AT
from tests.rooms.trusts_world import put_out, rows, trusts_world


def test_a_correction_is_loaded_told_and_guarded(committing):
    trusts_world()
    put_out(*rows("RH8", 20, 30, 40), *rows("RQM", "", 1, 1))
    put_out(*rows("RH8", 20, 36, 40), at=AT + dt.timedelta(1))

    assert BodyObservation.objects.count() == 9
    assert BodyObservation.objects.filter(value=None, status="").count() == 1
    kinds = Revision.objects.order_by("id").values_list("body", "kind")
    assert list(kinds) == [
        ("nhs-trust-rh8", "revised"),
        *[("nhs-trust-rqm", "vanished")] * 3,
    ]
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        BodyObservation.objects.update(value=1.0)


def test_the_migrations_go_back_with_figures_there_and_forward_again(committing):
    trusts_world()
    put_out(*rows("RH8", 20, 30, 40))
    put_out(*rows("RH8", 20, 36, 40), at=AT + dt.timedelta(1))
    try:
        call_command("migrate", "framework", "0003", verbosity=0)
        call_command("migrate", "measures", "0002", verbosity=0)
        assert "measures_bodyobservation" not in connection.introspection.table_names()
    finally:
        call_command("migrate", verbosity=0)

    assert not BodyObservation.objects.exists()
    assert not Revision.objects.exists()

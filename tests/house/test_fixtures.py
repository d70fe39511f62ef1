"""The tests' own ground: no way out to the network, nothing missing under CI, two databases."""

import os
import socket

import pytest
import pytest_socket
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from folkmoot.common.models import Message, PublicAct
from tests import databases, postgres_server
from tests.built_database import digest_of_inputs


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_no_test_reaches_the_network():
    with socket.socket() as out, pytest.raises(pytest_socket.SocketConnectBlockedError):
        # 192.0.2.0/24 is set aside for documentation: nobody is there.
        out.connect(("192.0.2.1", 80))


def test_what_is_absent_is_skipped_by_name_here_and_fails_under_ci(monkeypatch):
    monkeypatch.setattr(databases, "IN_CI", False)
    with pytest.raises(pytest.skip.Exception, match="no initdb"):
        databases.absent("no initdb")

    monkeypatch.setattr(databases, "IN_CI", True)
    with pytest.raises(pytest.fail.Exception, match="no initdb"):
        databases.absent("no initdb")


def test_a_machine_without_postgres_is_told_apart(monkeypatch, tmp_path):
    monkeypatch.setattr(postgres_server, "Path", lambda *_: tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(postgres_server.NoPostgres, match="not installed"):
        postgres_server.programs()


def test_the_database_in_use_is_the_one_asked_for(db):
    asked = os.environ.get("DATABASE_URL", "sqlite")

    assert connection.vendor == ("postgresql" if asked.startswith("postgres") else "sqlite")


def test_a_test_can_stand_on_postgres_whatever_is_in_use(on_postgres):
    assert connection.vendor == "postgresql"
    assert not Message.objects.exists()


def test_tests_write_into_no_home_of_an_installation(tmp_path):
    assert settings.HOME.is_relative_to(tmp_path)


def test_emptying_a_test_database_puts_the_refusal_back(committing, at):
    from django.core.management import call_command

    row = {"office": "a", "verb": "b", "subject": "c", "at": at, "canonical": "d"}
    PublicAct.objects.create(**row, sha256="1" * 64)
    call_command("flush", interactive=False, verbosity=0)
    assert not PublicAct.objects.exists()

    PublicAct.objects.create(**row, sha256="2" * 64)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        PublicAct.objects.update(office="z")


def test_a_kept_build_is_of_exactly_these_files(tmp_path):
    for folder in ("catalogue", "data", "folkmoot/measures"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "catalogue" / "a.yaml").write_text("one")
    before = digest_of_inputs(tmp_path)
    assert digest_of_inputs(tmp_path) == before

    (tmp_path / "catalogue" / "a.yaml").write_text("two")
    changed = digest_of_inputs(tmp_path)
    (tmp_path / "folkmoot" / "measures" / "b.py").write_text("")
    assert len({before, changed, digest_of_inputs(tmp_path)}) == 3


def test_the_built_database_holds_the_real_places(built):
    from folkmoot.measures.models import Account
    from folkmoot.places.models import Area

    leeds = Area.objects.get(slug="leeds")
    assert leeds.code == "E08000035"
    assert Account.objects.filter(area=leeds).count() >= 100


def test_the_browser_sees_the_served_site(new_page):
    page = new_page(width=360)
    page.goto("/")

    assert "Folkmoot" in page.title()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

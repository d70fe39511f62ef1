"""Pages in a folder for when the database is away: what is kept, how long, and what never is."""

from __future__ import annotations

import datetime as dt
import os
import time

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client

from folkmoot.petitions import tokens
from folkmoot.petitions.actions import moderating
from folkmoot.petitions.models import Signature
from folkmoot.petitions.models_signing import CONFIRMED
from folkmoot.web import kept, remembered
from folkmoot.web.kept import Kept
from tests.built_database import BUILT_AT
from tests.rooms import petitions_made as made


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(BUILT_AT, tick=False) as clock:
        yield clock


def page(text: bytes = b"x") -> Kept:
    return Kept(text, "text/html; charset=utf-8", time.time())


def files() -> list[str]:
    return sorted(file.name for file in kept._root().rglob("*") if file.is_file())


def test_the_newest_page_of_an_address_and_language_is_kept_for_a_day(now):
    kept.begin(3)
    kept.keep(3, "/places/", "en-gb", page(b"old"))
    kept.keep(3, "/places/", "en-gb", page(b"new"))
    assert kept.latest("/places/", "en-gb") == page(b"new")
    assert kept.latest("/places/", "cy") is None
    assert kept.latest("/services/", "en-gb") is None
    now.shift(kept.LONGEST)
    assert kept.latest("/places/", "en-gb") is None


def test_what_somebody_may_have_typed_is_not_kept():
    kept.begin(0)
    kept.keep(0, "/find/?q=Ann+Example", "en-gb", page())
    assert files() == []


def test_what_takes_words_away_leaves_nothing_from_before_it():
    kept.begin(3)
    kept.keep(3, "/places/", "en-gb", page())
    kept.begin(4)
    assert kept.latest("/places/", "en-gb") is None
    # A process that has not heard of it keeps nothing, and nothing is shown of what it made.
    kept.keep(3, "/places/", "en-gb", page())
    assert files() == []


def test_a_folder_that_cannot_be_written_is_no_trouble(settings):
    settings.HOME.mkdir(parents=True)
    (settings.HOME / "pages").write_text("not a folder")
    kept.begin(1)
    kept.keep(1, "/places/", "en-gb", page())
    kept.drop(1, "/places/", "en-gb")
    kept.tidy()
    assert kept.latest("/places/", "en-gb") is None


@pytest.mark.parametrize("content", [b"", b"{}\nx", b"[]\nx", b"not\nx", b'{"address": 1}\nx'])
def test_a_file_that_is_not_ours_is_not_read(content):
    kept.begin(1)
    kept._file(kept._root() / "1", "/places/", "en-gb").write_bytes(content)
    assert kept.latest("/places/", "en-gb") is None


def test_what_is_too_much_or_too_old_goes_the_oldest_first(monkeypatch):
    monkeypatch.setattr(kept, "MOST", 3)
    kept.begin(1)
    for number in range(6):
        kept.keep(1, f"/{number}/", "en-gb", page())
        file = kept._file(kept._root() / "1", f"/{number}/", "en-gb")
        os.utime(file, (time.time() - number * kept.LONGEST / 2,) * 2)
    kept.tidy()
    there = [n for n in range(6) if kept.latest(f"/{n}/", "en-gb") is not None]
    assert there == [0, 1, 2]
    monkeypatch.setattr(kept, "ROOM", 1)
    kept.tidy()
    assert files() == []


def away(monkeypatch) -> None:
    """As if the database had gone away, and this process had just begun."""
    remembered.forget()

    def fail():
        raise OperationalError("host=secret")

    monkeypatch.setattr(remembered, "_state", fail)


def test_a_petition_that_was_hidden_is_not_shown_as_it_was(db, at, monkeypatch):
    world = made.world(at)
    petition = made.petition(world)
    path = f"/petitions/{petition.pk}/"
    assert made.TITLE in Client().get(path).content.decode()
    assert Client().get(f"{path}count/").status_code == 200
    with monkeypatch.context() as patched:
        away(patched)
        old = Client().get(path)
        assert made.TITLE in old.content.decode()
        assert "This site can only be read for now" in old.content.decode()
        assert "no-store" in old["Cache-Control"]
    remembered.forget()
    moderating.hide(actor=world.site, petition=petition.pk, reason="libel", at=at)
    assert Client().get("/places/").status_code == 200
    away(monkeypatch)
    assert Client().get("/places/").status_code == 200
    assert Client(raise_request_exception=False).get(path).status_code == 503
    assert Client(raise_request_exception=False).get(f"{path}count/").status_code == 503


def test_a_page_that_is_there_no_more_is_not_shown_as_it_was(db, at, now):
    petition = made.petition(made.world(at))
    path = f"/petitions/{petition.pk}/sign/"
    assert Client().get(path).status_code == 200
    assert len(files()) == 1
    now.move_to(at + dt.timedelta(days=400))
    remembered.forget()
    assert Client().get(path).status_code == 302
    assert files() == []


def test_a_name_that_was_taken_back_is_on_no_page_that_is_kept(db, at, monkeypatch):
    petition = made.petition(made.world(at), signed=1)
    row = Signature.objects.create(
        petition=petition, name="Ann Shown", email="ann@example.org", name_shown=True,
        state=CONFIRMED, signed_at=at, confirmed_at=at,
    )  # fmt: skip
    path = f"/petitions/{petition.pk}/"
    assert "Ann Shown" in Client().get(path).content.decode()
    token = tokens.make(tokens.TAKE_BACK, row.pk)
    assert Client().post(f"/petitions/take-back/{token}/").status_code == 302
    away(monkeypatch)
    assert Client(raise_request_exception=False).get(path).status_code == 503


def test_erasing_an_account_leaves_nothing_that_was_kept():
    kept.begin(1)
    kept.keep(1, "/places/", "en-gb", page())
    remembered.leave_nothing()
    assert files() == []
    kept.keep(1, "/places/", "en-gb", page())
    assert len(files()) == 1


def test_a_folder_that_another_process_takes_away_meanwhile_is_no_trouble(monkeypatch):
    kept.begin(2)
    kept.keep(2, "/places/", "en-gb", page())
    here = kept._folders()
    monkeypatch.setattr(kept, "_folders", lambda: [kept._root() / "1", *here])
    kept.tidy()
    assert len(files()) == 1
    kept.drop_all()
    assert files() == []

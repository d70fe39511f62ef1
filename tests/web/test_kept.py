"""Pages in a folder for when the database is away: what is kept, how long, and what never is."""

from __future__ import annotations

import datetime as dt
import os
import time

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client

from folkmoot.common.acts import TAKES_AWAY, VERBS, record_act
from folkmoot.common.models import Removal
from folkmoot.people import retention
from folkmoot.people.actions import erase_me
from folkmoot.petitions import tokens
from folkmoot.petitions.actions import forgetting, moderating
from folkmoot.petitions.models import Petition, Signature
from folkmoot.petitions.models_signing import CONFIRMED
from folkmoot.petitions.rules.states import DRAFT
from folkmoot.web import kept, remembered
from folkmoot.web.kept import Kept
from folkmoot.web.pages import petition as petition_page
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


def named(at) -> Petition:
    """A petition whose creator is named on its page."""
    asked = {"creator_name": "Ann Creator", "creator_shown": True}
    petition = made.petition(made.world(at), signed=1, **asked)
    assert "Begun by Ann Creator" in Client().get(f"/petitions/{petition.pk}/").content.decode()
    return petition


def test_no_page_is_shown_that_names_whose_account_was_erased(db, at, monkeypatch):
    petition = named(at)
    path = f"/petitions/{petition.pk}/"
    old = Client().get(path, headers={"Accept-Encoding": "identity"})
    assert Client().get("/places/").status_code == 200
    erase_me(person=petition.creator, at=at)
    # Another process hears of it when it next looks, whatever page it is asked for.
    remembered._SHELF.looked -= remembered.LOOK
    page = Client().get(path)
    assert page["ETag"] != old["ETag"]
    assert "Ann Creator" not in page.content.decode()
    away(monkeypatch)
    assert "Ann Creator" not in Client().get(path).content.decode()
    assert Client(raise_request_exception=False).get("/places/").status_code == 503


def test_what_goes_when_its_time_is_up_is_on_no_page_that_is_kept(db, at):
    made.petition(made.world(at), DRAFT)
    Client().get("/places/")
    assert len(files()) == 1
    forgetting.forget_drafts(at + retention.DRAFT_PETITIONS.after + dt.timedelta(days=1))
    remembered._SHELF.looked -= remembered.LOOK
    Client().get("/services/")
    assert len(files()) == 1
    Client().get("/places/")
    assert len(files()) == 2


@pytest.mark.parametrize("verb", sorted(TAKES_AWAY))
def test_an_act_that_takes_something_away_leaves_no_page_from_before(db, at, verb):
    Client().get("/places/")
    reason = sorted(VERBS[verb].reasons)[0] if VERBS[verb].needs_reason else ""
    record_act(office="leeds/clerk", verb=verb, subject="petition:1", at=at, reason=reason)
    assert Removal.objects.count() == 1
    remembered._SHELF.looked -= remembered.LOOK
    Client().get("/services/")
    assert len(files()) == 1


def test_other_acts_leave_the_pages_that_are_kept(db, at):
    Client().get("/places/")
    record_act(office="leeds/clerk", verb="open-petition", subject="petition:1", at=at)
    assert not Removal.objects.exists()
    remembered._SHELF.looked -= remembered.LOOK
    Client().get("/services/")
    assert len(files()) == 2


def test_what_was_read_before_a_removal_is_not_kept_after_it(db, at, monkeypatch):
    petition = named(at)
    path = f"/petitions/{petition.pk}/"
    remembered.forget()
    drawn = petition_page.render

    def slowly(*args, **kwargs):
        page = drawn(*args, **kwargs)
        # Meanwhile the name is erased, and another page of this process is asked for.
        erase_me(person=petition.creator, at=at)
        remembered._SHELF.looked -= remembered.LOOK
        Client().get("/places/")
        return page

    with monkeypatch.context() as patched:
        patched.setattr(petition_page, "render", slowly)
        assert "Ann Creator" in Client().get(path).content.decode()
    away(monkeypatch)
    assert Client(raise_request_exception=False).get(path).status_code == 503
    assert Client().get("/places/").status_code == 200


def test_a_page_whose_making_began_before_its_address_was_barred_is_not_kept(now):
    kept.begin(1)
    old = page()
    kept.bar("/places/", "en-gb")
    os.utime(kept._file(kept._root() / "1", "/places/", "en-gb"), (old.made + 1, old.made + 1))
    kept.keep(1, "/places/", "en-gb", old)
    assert kept.latest("/places/", "en-gb") is None
    now.shift(2)
    kept.keep(1, "/places/", "en-gb", page())
    assert kept.latest("/places/", "en-gb") == page()


def test_the_picture_from_before_the_database_went_away_may_not_be_kept(db, at, monkeypatch):
    petition = made.petition(made.world(at))
    path = f"/petitions/{petition.pk}/image.png"
    assert Client().get(path)["Cache-Control"] == "public, max-age=3600"
    away(monkeypatch)
    old = Client().get(path)
    assert old["Cache-Control"] == "no-store"
    assert old["Warning"]


def test_an_address_with_more_behind_it_is_served_by_its_own_process_for_a_day(
    db, monkeypatch, now
):
    assert Client().get("/services/?n=1").status_code == 200
    assert Client().get("/places/?n=1").status_code == 200
    assert files() == []
    shelf = remembered._SHELF

    def fail():
        raise OperationalError("host=secret")

    monkeypatch.setattr(remembered, "_state", fail)
    shelf.looked = float("-inf")
    old = Client().get("/services/?n=1")
    assert "This site can only be read for now" in old.content.decode()
    now.shift(kept.LONGEST)
    assert Client(raise_request_exception=False).get("/places/?n=1").status_code == 503


def test_a_folder_that_another_process_takes_away_meanwhile_is_no_trouble(monkeypatch):
    kept.begin(2)
    kept.keep(2, "/places/", "en-gb", page())
    here = kept._folders()
    monkeypatch.setattr(kept, "_folders", lambda: [kept._root() / "1", *here])
    kept.tidy()
    assert len(files()) == 1

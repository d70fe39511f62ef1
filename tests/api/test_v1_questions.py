"""Public questions over the API, as a file and as a feed: the page's rows, and nothing hidden."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.test import Client

from folkmoot.common import switches
from folkmoot.common.actions import switch_off
from folkmoot.common.errors import SwitchedOff
from folkmoot.duties.actions.answering import answer
from folkmoot.duties.models import Duty
from folkmoot.petitions import queries_questions
from folkmoot.petitions.actions import questions as actions
from folkmoot.petitions.actions import questions_moderating as moderating
from folkmoot.petitions.models import Question
from folkmoot.petitions.rules.questions import NewQuestion
from folkmoot.web import remembered
from tests.built_database import BUILT_AT
from tests.rooms import petitions_made as made

ATOM = "{http://www.w3.org/2005/Atom}"
TEXT = "When will the glass bank at the Headingley car park be emptied each week?"
DOORS = ("/api/v1/questions", "/questions.csv", "/questions/feed/")
NAME = "Zebedee Quillfeather"


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(BUILT_AT, tick=False) as clock:
        yield clock


@pytest.fixture
def w(built: Any, at: dt.datetime) -> made.World:
    remembered.forget()
    return made.world(at)


def asked(w: made.World, text: str = TEXT, **more: Any) -> Question:
    new = NewQuestion(
        text, w.area.code, w.service.slug, w.body.slug, agreed=True, name=NAME, name_shown=True
    )
    return actions.ask(actor=w.creator, new=replace(new, **more), at=w.at)


def through(w: made.World, text: str = TEXT, **more: Any) -> Question:
    row = asked(w, text, **more)
    return moderating.let_through(actor=w.moderator, question=row.pk, at=w.at)


def read(path: str, status: int = 200) -> str:
    remembered.forget()
    answered = Client().get(path)
    assert answered.status_code == status, answered.content
    return answered.content.decode()


def items(path: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(read(f"/api/v1/questions{path}"))["items"]
    return found


def table() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(read("/questions.csv"))))


def entries(path: str = "") -> list[ET.Element]:
    return list(ET.fromstring(read(f"/questions/feed/{path}")).iter(f"{ATOM}entry"))


def test_the_file_holds_the_rows_of_the_api_and_the_feed_names_them(w):
    row = through(w, office="leader")
    duty = Duty.objects.get(key=row.duty)
    answer(actor=w.officer, duty=duty.pk, text="From the first of December.", at=w.at)
    through(w, "Why is the footpath by the canal closed since the summer of last year?")

    found, rows = items(), table()

    assert len(found) == len(rows) == 2
    for one, line in zip(found, rows, strict=True):
        assert list(one) == list(line)
        assert {k: "" if v is None else str(v) for k, v in one.items()} == line
    assert (found[0]["text"], found[0]["duty"], found[0]["office"]) == (TEXT, duty.pk, "leader")
    assert (found[0]["duty_state"], found[1]["duty_state"]) == ("answered", "owed")
    newest, oldest = entries()
    assert oldest.findtext(f"{ATOM}title") == TEXT
    assert newest.findtext(f"{ATOM}title").startswith("Why is the footpath")
    assert "Answered on" in oldest.findtext(f"{ATOM}summary")
    about = json.loads(read("/questions.csv-metadata.json"))
    columns = [column["name"] for column in about["tableSchema"]["columns"]]
    assert columns == list(found[0])


def test_words_that_may_not_be_shown_are_in_no_door(w):
    hidden = through(w, "HIDDENWORDS why is the glass bank at the car park never emptied?")
    moderating.hide(actor=w.moderator, question=hidden.pk, reason="libel", at=w.at)
    refused = asked(w, "REFUSEDWORDS why is the glass bank at the car park never emptied?")
    moderating.reject(actor=w.moderator, question=refused.pk, reason="libel", at=w.at)
    asked(w, "WAITINGWORDS why is the glass bank at the car park never emptied?")
    taken_back = asked(w, "TAKENBACKWORDS why is the glass bank at the car park never emptied?")
    actions.withdraw(actor=w.creator, question=taken_back.pk, at=w.at)

    assert [(one["state"], one["text"]) for one in items()] == [("hidden", ""), ("rejected", "")]
    assert [one["number"] for one in items()] == [hidden.pk, refused.pk]
    assert len(entries()) == len(table()) == 2
    for door in (*DOORS, "/questions/"):
        page = read(door)
        assert "WORDS" not in page, door
        assert NAME not in page, door


def test_who_asked_is_in_no_door_even_where_the_page_says_it(w):
    row = through(w)

    assert NAME in read(f"/questions/{row.pk}/")
    assert [door for door in DOORS if NAME in read(door)] == []


def test_questions_are_narrowed_and_paged(w):
    numbers = [through(w).pk for _ in range(3)]

    for narrow in ("?place=leeds", "?service=waste", f"?body={w.body.slug}"):
        assert [one["number"] for one in items(narrow)] == numbers
        assert len(entries(narrow)) == 3
    for narrow in ("?place=devon", "?service=none", f"?body={w.other_body.slug}"):
        assert (items(narrow), entries(narrow)) == ([], [])
    read("/api/v1/questions?place=leds", 404)
    read("/questions/feed/?place=leds", 404)
    first = json.loads(read("/api/v1/questions?limit=2&place=leeds"))
    second = json.loads(read(first["next"]))
    assert [one["number"] for one in first["items"] + second["items"]] == numbers
    assert second["next"] is None


def test_many_questions_take_few_queries(w, monkeypatch, django_assert_max_num_queries):
    for _ in range(4):
        through(w, office="leader")
    with django_assert_max_num_queries(5):
        assert len(items()) == 4
    monkeypatch.setattr(queries_questions, "AT_ONCE", 3)
    assert len(table()) == 4


def test_the_page_of_questions_links_to_each(w):
    page = read("/questions/?place=leeds")

    for door in ("/api/v1/questions?place=leeds", "/questions.csv", "/questions/feed/?place=leeds"):
        assert f'href="{door}"' in page
    assert 'href="/questions.csv"' in read("/data/")


def test_each_is_paused_with_the_files_and_the_page_is_not(w, monkeypatch):
    monkeypatch.setattr(switches, "LOOK", 0.0)
    switches.forget()
    switch_off(feature="files", at=w.at)

    for door in (*DOORS, "/questions.csv-metadata.json"):
        assert "is switched off" in read(door, SwitchedOff.status)
    read("/questions/")

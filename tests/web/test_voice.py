"""Petitions and questions on the pages of what they are about, and of whom they ask."""

import datetime as dt

import pytest
import time_machine
from django.test import Client

from folkmoot.petitions.actions import questions, questions_moderating
from folkmoot.petitions.rules.questions import NewQuestion
from folkmoot.petitions.rules.states import HIDDEN, MODERATION, OPEN
from folkmoot.web import remembered
from tests.rooms.petitions_made import TITLE, petition, world

AT = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
TEXT = "When will the glass banks in Headingley be emptied?"


@pytest.fixture
def w(built):
    with time_machine.travel(AT, tick=False):
        yield world(AT)


def read(path):
    remembered.forget()
    return Client().get(path).content.decode()


def test_an_open_petition_stands_on_every_page_that_it_concerns(w):
    there = f'href="/petitions/{petition(w, OPEN, signed=12).pk}/"'

    for path in ("/", "/place/leeds/", "/place/leeds/waste/", f"/body/{w.body.slug}/"):
        page = read(path)
        assert there in page, path
        assert TITLE in page, path
        assert "12 signatures" in page, path
    for path in ("/place/leeds/schools/", "/place/devon/", f"/body/{w.other_body.slug}/"):
        assert there not in read(path), path


@pytest.mark.parametrize("state", [MODERATION, HIDDEN])
def test_what_is_not_public_stands_nowhere(w, state):
    petition(w, state)

    for path in ("/", "/place/leeds/", "/place/leeds/waste/", f"/body/{w.body.slug}/"):
        assert TITLE not in read(path), path


def test_a_question_stands_in_its_matter(w):
    asked = questions.ask(
        actor=w.creator,
        new=NewQuestion(TEXT, w.area.code, w.service.slug, w.body.slug, agreed=True),
        at=AT,
    )
    assert TEXT not in read("/place/leeds/waste/")
    questions_moderating.let_through(actor=w.moderator, question=asked.pk, at=AT)

    page = read("/place/leeds/waste/")
    assert TEXT in page
    assert "Answer owed by 21 December 2026" in page


def test_where_nobody_has_begun_it_says_how(w):
    page = read("/place/leeds/waste/")

    assert "Yours could be the first." in page
    assert "/petitions/start/?place=leeds&amp;service=waste" in page
    assert "/ask/?place=leeds&amp;service=waste" in page

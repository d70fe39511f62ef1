"""Petitions on the pages of the built site: one thing to do, and the first page."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from folkmoot.web import remembered
from tests.built_database import BUILT_AT
from tests.rooms.petitions_watched import matter, petition
from tests.web.test_petitions_list_pages import get, words


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(BUILT_AT, tick=False) as clock:
        yield clock


def test_who_answers_leads_to_a_petition_that_may_be_signed(built, today):
    remembered.forget()
    assert "Read a petition" not in get("/here/leeds/")
    area, service, body = matter(service="libraries-and-culture")
    words_of_it = "Open the library on Saturdays"
    few = petition(today, area=area, service=service, body=body, signatures=3)
    most = petition(today, area=area, service=service, body=body, signatures=9, title=words_of_it)
    petition(today, "closed", area=area, service=service, body=body, signatures=99)
    remembered.forget()

    html = get("/here/leeds/")

    assert f"Read a petition, and sign if you agree: {words_of_it}" in words(html)
    assert f'href="/petitions/{most.pk}/"' in html
    assert f'href="/petitions/{few.pk}/"' not in html


def test_the_first_page_asks_for_a_voice_before_it_explains_itself(built):
    remembered.forget()
    said = words(get("/"))

    assert "No petition is open yet." in said
    assert said.index("What you can still influence today") < said.index("Each figure stands")

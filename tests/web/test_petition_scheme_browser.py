"""The page on which an officer adopts a scheme and states meetings, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import transaction

from folkmoot.duties.rules import duty_path
from folkmoot.petitions.actions.thresholds import reach
from folkmoot.web import remembered
from tests.browsing import seen, violations, width_of
from tests.rooms import petitions_made as made
from tests.web.test_petition_browser import AT, Open, looked_at, pages, w

if TYPE_CHECKING:
    pass

__all__ = ["pages", "w"]
pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/petitions/scheme/"


def test_it_is_accessible_and_adopts_without_scripts(w: made.World, pages: Open) -> None:
    looked_at(pages(w.officer), PATH)
    page = pages(w.officer, scripts=False)
    page.goto(PATH)
    page.get_by_role("button", name="Adopt in public").click()
    assert seen(page.get_by_role("alert"))

    answer = page.get_by_role("group", name="A written answer")
    answer.get_by_label("Number of signatures").fill("200")
    answer.get_by_label("Owed within so many days").fill("14")
    page.get_by_label("Where your body published it").fill("https://www.leeds.gov.uk/petitions")
    page.get_by_role("button", name="Adopt in public").click()

    assert seen(page.get_by_text("The body's own scheme, version 1"))
    assert width_of(page) <= 360
    page.close()


def test_its_faults_are_accessible_too(w: made.World, pages: Open) -> None:
    page = pages(w.officer)
    page.goto(PATH)
    page.get_by_role("button", name="Adopt in public").click()
    assert seen(page.get_by_role("alert"))
    assert violations(page) == []


def test_meetings_are_stated_and_called_off_without_scripts(w: made.World, pages: Open) -> None:
    page = pages(w.officer, scripts=False)
    page.goto(PATH)
    first, second = (AT.date() + number * made.DAY for number in (45, 75))
    page.get_by_label("Dates of meetings").fill(f"{first}\nsoon\n{first}")
    page.get_by_role("button", name="State them in public").click()
    assert page.get_by_role("alert").get_by_role("link").count() == 3
    page.get_by_label("Dates of meetings").fill(f"{first}\n{second:%d/%m/%Y}")
    page.get_by_label("Where your body published them").fill("https://www.leeds.gov.uk/council")
    page.get_by_role("button", name="State them in public").click()
    assert seen(page.get_by_text(f"{first:%A} {first.day} {first:%B %Y}"))

    petition = made.petition(w)
    pages_of = [f"/petitions/{petition.pk}/"]
    page.goto(pages_of[0])
    assert seen(page.get_by_text("at the council's next meeting"))
    petition.signatures = 100
    petition.save(update_fields=["signatures"])
    with transaction.atomic():
        duties = reach(petition=petition, at=AT)
    pages_of += [duty_path(duty.pk) for duty in duties if duty.kind == "petition-debate"]

    page.goto(PATH)
    page.get_by_label("Which meeting").select_option(label=f"{first.day} {first:%B %Y}")
    page.get_by_role("button", name="Call it off in public").click()
    assert seen(page.get_by_text("called off on"))
    remembered.forget()
    open_to_all = pages()
    for path in pages_of:
        looked_at(open_to_all, path)
        assert seen(open_to_all.get_by_text("That meeting was called off on"))
        looked_at(pages(w.officer), PATH)

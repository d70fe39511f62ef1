"""The page on which an officer adopts a scheme, in a real browser."""

from __future__ import annotations

import os

import pytest

from tests.rooms import petitions_made as made
from tests.web.test_browser import violations
from tests.web.test_petition_browser import Open, looked_at, pages, w

__all__ = ["pages", "w"]
pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/petitions/scheme/"


def test_it_is_accessible_and_adopts_without_scripts(w: made.World, pages: Open) -> None:
    looked_at(pages(w.officer), PATH)
    page = pages(w.officer, scripts=False)
    page.goto(PATH)
    if os.environ.get("SHOT"):
        page.screenshot(path="/tmp/scheme-360.png", full_page=True)
    page.get_by_role("button", name="Adopt in public").click()
    assert page.get_by_role("alert").is_visible()
    if os.environ.get("SHOT"):
        page.set_viewport_size({"width": 1280, "height": 800})
        page.screenshot(path="/tmp/scheme-fault.png", full_page=True)
        page.set_viewport_size({"width": 360, "height": 740})

    answer = page.get_by_role("group", name="A written answer")
    answer.get_by_label("Number of signatures").fill("200")
    answer.get_by_label("Owed within so many days").fill("14")
    page.get_by_label("Where your body published it").fill("https://www.leeds.gov.uk/petitions")
    page.get_by_role("button", name="Adopt in public").click()

    assert page.get_by_text("The body's own scheme, version 1").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()


def test_its_faults_are_accessible_too(w: made.World, pages: Open) -> None:
    page = pages(w.officer)
    page.goto(PATH)
    page.get_by_role("button", name="Adopt in public").click()
    assert page.get_by_role("alert").is_visible()
    assert violations(page) == []

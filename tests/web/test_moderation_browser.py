"""Alerts for moderators, and paper for officers, in a real browser and without scripts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from folkmoot.petitions.models import Signature
from folkmoot.petitions.models_signing import PAPER, SET_ASIDE
from folkmoot.petitions.rules import limits
from tests.browsing import seen, violations, width_of
from tests.rooms import petitions_made as made
from tests.rooms.test_petitions_paper import PEOPLE, sheet
from tests.rooms.test_petitions_patterns import burst_of
from tests.web.test_petition_browser import Open, looked_at, pages, w

__all__ = ["pages", "w"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _any_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets of any size."""
    monkeypatch.setattr(limits, "PAPER_LEAST", 1)


def test_an_alert_is_set_aside_and_restored_without_scripts(w: made.World, pages: Open) -> None:
    row, _rows, alert = burst_of(w, w.at)
    there = f"/moderation/alerts/{alert.pk}/"
    looked_at(pages(w.moderator), there)
    looked_at(pages(w.moderator), "/moderation/")

    page = pages(w.moderator, scripts=False)
    page.goto("/moderation/")
    page.get_by_role("link", name=row.title).click()
    assert width_of(page) <= 360
    page.get_by_role("button", name="Set them aside").click()
    assert Signature.objects.filter(petition=row, state=SET_ASIDE).count() == 30
    page.goto(f"/petitions/{row.pk}/")
    assert seen(page.get_by_text("30 more signatures are set aside"))
    page.goto(there)
    page.get_by_role("button", name="Restore them").click()
    assert not Signature.objects.filter(petition=row, state=SET_ASIDE).exists()
    page.close()


def test_paper_is_looked_at_and_taken_in_without_scripts(
    w: made.World, pages: Open, tmp_path: Path
) -> None:
    row = made.petition(w)
    there = f"/petitions/{row.pk}/paper/"
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(sheet(*PEOPLE, PEOPLE[0]))
    bad.write_bytes(sheet(("", "LS1 1UR"), ("Ann Example", "x")))
    scripted = pages(w.officer)
    looked_at(scripted, there)

    page = pages(w.officer, scripts=False)
    page.goto(there)
    _send(page, bad, w)
    assert seen(page.get_by_text("There are 2 faults in the file."))
    _send(page, good, w)
    assert seen(page.get_by_text("There are 3 people in it."))
    assert width_of(page) <= 360
    page.get_by_role("button", name="Take them in").click()
    assert seen(page.get_by_text("3 signatures taken in."))
    assert Signature.objects.filter(petition=row, origin=PAPER).count() == 3
    page.close()


def test_what_comes_after_a_file_is_accessible_too(
    w: made.World, pages: Open, tmp_path: Path
) -> None:
    row = made.petition(w)
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(sheet(*PEOPLE))
    bad.write_bytes(sheet(("", "x")))
    page = pages(w.officer)
    page.goto(f"/petitions/{row.pk}/paper/")
    for file in (bad, good):
        _send(page, file, w)
        assert violations(page) == []


def _send(page: Any, file: Path, w: made.World) -> None:
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_label("Day on which the sheets were handed in").fill(f"{w.at:%Y-%m-%d}")
    page.get_by_role("button", name="See what it would do").click()

"""Alerts and paper on their pages: evidence in counts, both ways back, nothing half done."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from folkmoot.people.queries import day_of
from folkmoot.petitions.actions.counting import count_signatures
from folkmoot.petitions.models import Alert, Batch, PaperBatch, Petition, Signature
from folkmoot.petitions.models_signing import CONFIRMED, PAPER, SET_ASIDE, TAKEN_BACK
from folkmoot.petitions.rules import limits
from tests.built_database import BUILT_AT as AT
from tests.rooms import petitions_made as made
from tests.rooms.petitions_made import World, petition, world
from tests.rooms.test_petitions_paper import PEOPLE, sheet
from tests.rooms.test_petitions_patterns import NETWORK, burst_of
from tests.walks.seated import browser_of
from tests.walks.signing_in import get, post
from tests.web.test_moderation_pages import read, words


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(AT, tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def _any_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets of any size."""
    monkeypatch.setattr(limits, "PAPER_LEAST", 1)


@pytest.fixture
def w(built: Any) -> World:
    return world(AT)


def alert_of(w: World, **more: Any) -> tuple[Petition, Alert]:
    row, _rows, alert = burst_of(w, AT, **more)
    return row, alert


def decide(client: Client, alert: Alert, what: str) -> Any:
    there = f"/moderation/alerts/{alert.pk}/"
    return post(client, there, there, what=what)


def test_an_alert_is_listed_and_shows_its_evidence_in_counts(w: World):
    row, alert = alert_of(w)
    moderator = browser_of(w.moderator)
    said = "30 of 30 signatures share the same network. Usually there would be none, or one."

    assert said in read(moderator, "/moderation/")
    answer = get(moderator, f"/moderation/alerts/{alert.pk}/")
    page = words(answer)
    assert said in page
    assert "It has 70 signatures." in page
    whole = answer.content.decode()
    for signer in Signature.objects.filter(petition=row):
        assert signer.name not in whole
        assert signer.email not in whole
    assert NETWORK not in whole


@pytest.mark.parametrize("who", ["officer", "creator", "administrator", "stranger"])
def test_it_is_for_moderators_of_the_body_or_the_site(w: World, who: str):
    _row, alert = alert_of(w)
    browser = browser_of(getattr(w, who))

    read(browser, f"/moderation/alerts/{alert.pk}/", status=403)
    if who == "stranger":
        assert "Unusual patterns" not in read(browser, "/moderation/")
    read(browser_of(w.site), "/moderation/alerts/99999999/", status=404)


def test_set_aside_and_restored_on_the_page_and_said_on_the_petition(w: World):
    row, alert = alert_of(w)
    moderator = browser_of(w.moderator)

    assert decide(moderator, alert, "set-aside").status_code == 302
    count_signatures(at=AT)

    page = read(Client(), f"/petitions/{row.pk}/")
    assert "30 more signatures are set aside, because they came in an unusual pattern." in page
    assert "set aside signatures that came in an unusual pattern" in page
    assert "30 signatures that share the same network" in read(moderator, "/moderation/")
    first = Signature.objects.filter(state=SET_ASIDE).earliest("pk").pk
    Signature.objects.filter(pk=first).update(state=TAKEN_BACK)
    assert "29 more signatures are set aside" in read(Client(), f"/petitions/{row.pk}/")
    assert "29 signatures that share the same network" in read(moderator, "/moderation/")
    few = Signature.objects.filter(state=SET_ASIDE).values("pk")[4:]
    Signature.objects.filter(pk__in=list(few.values_list("pk", flat=True))).update(state=TAKEN_BACK)
    page = read(Client(), f"/petitions/{row.pk}/")
    assert "Some more signatures are set aside, because they came" in page
    assert "4 more" not in page
    Signature.objects.filter(batch__isnull=False).exclude(state=SET_ASIDE).exclude(pk=first).update(
        state=SET_ASIDE
    )
    there = read(moderator, f"/moderation/alerts/{alert.pk}/")
    assert "30, on 23 November 2026; 29 stand set aside now" in there
    assert decide(moderator, alert, "restore").status_code == 302
    count_signatures(at=AT)
    assert "They were restored, but for those" in read(Client(), f"/petitions/{row.pk}/")
    assert "more signatures are set aside" not in read(Client(), f"/petitions/{row.pk}/")
    assert Petition.objects.get(pk=row.pk).signatures == 69
    assert Batch.objects.get().restored_at
    assert "Nothing more is to be decided here." in read(
        moderator, f"/moderation/alerts/{alert.pk}/"
    )


def test_left_as_they_are(w: World):
    row, alert = alert_of(w)
    moderator = browser_of(w.moderator)

    assert decide(moderator, alert, "nonsense").status_code == 400
    assert decide(moderator, alert, "leave").status_code == 302
    assert "They were left as they are." in read(moderator, f"/moderation/alerts/{alert.pk}/")
    assert "Unusual patterns" not in read(moderator, "/moderation/")
    assert "looked at an unusual pattern of signatures and left them" in read(
        Client(), f"/petitions/{row.pk}/"
    )


def upload(client: Client, row: Petition, content: bytes | None, **fields: str) -> Any:
    there = f"/petitions/{row.pk}/paper/"
    page = get(client, there).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    data: dict[str, Any] = {"on": day_of(AT).isoformat(), **fields}
    if content is not None:
        data["file"] = SimpleUploadedFile("sheet.csv", content, "text/csv")
    return client.post(there, {**data, "csrfmiddlewaretoken": token.group(1)}, secure=True)


def test_paper_is_looked_at_first_and_then_taken_in(w: World):
    row = petition(w)
    officer = browser_of(w.officer)
    people = [*PEOPLE, PEOPLE[0]]

    seen = upload(officer, row, sheet(*people))
    assert seen.status_code == 200
    page = words(seen)
    assert "There are 3 people in it." in page
    assert "in the file more than once 1" in page
    assert not Signature.objects.filter(petition=row).exists()
    assert not PaperBatch.objects.exists()

    rows = re.search(r'name="rows" value="([^"]+)"', seen.content.decode())
    assert rows
    done = upload(officer, row, None, step="take", rows=rows.group(1))
    assert done.status_code == 302
    assert Signature.objects.filter(petition=row, origin=PAPER).count() == 3
    assert "3 signatures taken in. Fewer than 5 rows not taken." in read(
        officer, f"/petitions/{row.pk}/paper/"
    )
    again = upload(officer, row, sheet(*people))
    assert again.status_code == 409
    assert "This very file was taken in before." in words(again)


def test_faults_are_listed_with_row_and_column(w: World):
    row = petition(w)
    answer = upload(browser_of(w.officer), row, sheet(("", "LS1 1UR"), ("Ann Example", "x")))

    assert answer.status_code == 400
    page = words(answer)
    assert "There are 2 faults in the file." in page
    assert "Row 2, name: There is no name." in page
    assert "Row 3, postcode: This is not a postcode" in page
    assert "Ann Example" not in page


def test_no_file_or_no_day(w: World):
    row, officer = petition(w), browser_of(w.officer)
    assert "No file is chosen." in words(upload(officer, row, None))
    assert "There is no day." in words(upload(officer, row, sheet(*PEOPLE), on=""))
    assert "No file is chosen." in words(upload(officer, row, None, step="take", rows="%%%"))


@pytest.mark.parametrize("who", ["moderator", "creator", "stranger"])
def test_paper_is_for_officers_of_the_body(w: World, who: str):
    row = petition(w)
    read(browser_of(getattr(w, who)), f"/petitions/{row.pk}/paper/", status=403)
    assert f"/petitions/{row.pk}/paper/" in get(Client(), f"/petitions/{row.pk}/").content.decode()
    for able in (w.officer, w.site):
        assert made.TITLE in read(browser_of(able), f"/petitions/{row.pk}/paper/")


def test_a_signature_on_paper_is_taken_back_without_a_word_of_whether_it_was_there(w: World):
    row, officer = petition(w), browser_of(w.officer)
    upload(officer, row, sheet(*PEOPLE), step="take")
    there = f"/petitions/{row.pk}/paper/"
    said = []
    for name, postcode in (PEOPLE[0], ("Nobody Example", "LS1 1UR")):
        done = upload(officer, row, None, step="back", name=name, postcode=postcode)
        assert done["Location"] == f"{there}?said=back"
        said.append(read(officer, done["Location"]))
    assert said[0] == said[1]
    assert "the signature is taken back" in said[0]
    assert Signature.objects.filter(petition=row, state=CONFIRMED).count() == 2
    wrong = upload(officer, row, None, step="back", name="", postcode="x")
    assert wrong.status_code == 400
    assert "Nothing was taken back" in words(wrong)

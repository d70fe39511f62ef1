"""An officer adopts the body's own thresholds and states meetings; everybody then sees both."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from folkmoot.common.models import Message
from folkmoot.duties.models import Duty
from folkmoot.duties.rules import duty_path
from folkmoot.petitions.actions.thresholds import reach
from folkmoot.petitions.models import BodyScheme, Meeting, Petition
from folkmoot.web import remembered
from tests.rooms import petitions_made as made
from tests.rooms.people_invented import LEEDS
from tests.walks.seated import browser_of
from tests.walks.signing_in import get, post

AT = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
PATH = "/petitions/scheme/"
SOURCE = "https://www.leeds.gov.uk/your-council/petitions"
FORM = {
    "body": LEEDS, "answer-number": "1,500", "answer-days": "20", "debate-percent": "0.5%",
    "debate-least": "2000", "debate-days": "60", "since": "2026-12-01", "source": SOURCE,
}  # fmt: skip


@pytest.fixture(autouse=True)
def now():
    cache.clear()
    with time_machine.travel(AT, tick=False) as clock:
        yield clock


@pytest.fixture
def w(db: Any) -> made.World:
    return made.world(AT)


def words(answer: Any) -> str:
    bare = re.sub(r"<(script|style|svg).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def test_an_officer_adopts_and_everybody_sees_it_from_its_day(w, now) -> None:
    officer = browser_of(w.officer)
    before = words(get(officer, PATH))
    assert "This site's own scheme. It is no law" in before
    assert "1 in 2,000 residents, at least 10" in before

    done = post(officer, PATH, PATH, **FORM)

    assert (done.status_code, done["Location"]) == (302, f"{PATH}?body={LEEDS}")
    assert BodyScheme.objects.get().levels == [
        {"kind": "answer", "number": 1500, "days": 20},
        {"kind": "debate", "share": 0.005, "at_least": 2000, "days": 60},
    ]
    said = words(get(officer, done["Location"]))
    assert "Version 1, for petitions that open from 1 December 2026" in said
    assert "This site's own scheme. It is no law" in said
    now.move_to(AT + dt.timedelta(days=8))
    remembered.forget()
    assert "Leeds City Council , from 1 December 2026" in words(
        get(Client(), "/petitions/standards/")
    )


def test_every_fault_is_named_at_its_field_and_what_was_typed_stays(w) -> None:
    officer = browser_of(w.officer)

    wrong = {"body": LEEDS, "answer-number": "ten", "debate-percent": "90", "since": "tomorrow",
             "source": "x"}  # fmt: skip
    page = post(officer, PATH, PATH, **wrong)
    other = post(officer, PATH, PATH, **{**wrong, "since": "2026-11-22"})

    html = page.content.decode()
    found = set(re.findall(r'href="#([\w-]+)">', html))
    assert page.status_code == 400
    assert found >= {"answer-number", "answer-days", "debate-percent", "debate-least", "since"}
    assert {"since", "source"} <= set(re.findall(r'href="#([\w-]+)">', other.content.decode()))
    for field in found - {"main"}:
        assert f'id="{field}"' in html
    assert 'value="ten"' in html
    assert "a percentage over 0 and up to 25" in words(page)
    assert not BodyScheme.objects.exists()


def test_an_empty_form_asks_for_an_answer(w) -> None:
    page = post(browser_of(w.officer), PATH, PATH, body=LEEDS, source=SOURCE)

    assert page.status_code == 400
    assert 'href="#answer-number"' in page.content.decode()


@pytest.mark.parametrize("who", ["creator", "moderator", "site", "administrator"])
def test_nobody_else_sees_the_page(w, who) -> None:
    assert get(browser_of(getattr(w, who)), PATH).status_code == 403


def test_an_officer_of_another_body_adopts_for_their_own_only(w) -> None:
    stranger = browser_of(w.stranger)

    assert "Devon County Council" in words(get(stranger, PATH))
    assert get(stranger, f"{PATH}?body={LEEDS}").status_code == 403
    assert post(stranger, PATH, PATH, **FORM).status_code == 403
    assert not BodyScheme.objects.exists()


def test_somebody_not_signed_in_is_asked_to(w) -> None:
    answer = get(Client(), PATH)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")


# When the council meets.

CALENDAR = "https://democracy.leeds.gov.uk/mgCalendarMonthView.aspx"


def stated(browser: Client, dates: str, **more: str) -> Any:
    form = {"body": LEEDS, "do": "state", "dates": dates, "published": CALENDAR, **more}
    return post(browser, PATH, PATH, **form)


def test_an_officer_states_meetings_and_calls_one_off(w) -> None:
    officer = browser_of(w.officer)
    assert "No meeting dates are known to this site." in words(get(officer, PATH))

    done = stated(officer, "12 January 2027\r\n2027-03-09\r\n")

    assert (done.status_code, done["Location"]) == (302, f"{PATH}?body={LEEDS}#meetings")
    page = get(officer, PATH)
    assert "Tuesday 12 January 2027 ( source of the meeting on 12 January 2027 )" in words(page)
    assert page.content.decode().count(f'href="{CALENDAR}"') == 2
    first = Meeting.objects.get(on=dt.date(2027, 1, 12))

    off = post(officer, PATH, PATH, body=LEEDS, do="call-off", meeting=str(first.pk))

    assert off.status_code == 302
    page = get(officer, PATH)
    assert "Tuesday 12 January 2027: called off on 23 November 2026" in words(page)
    assert (
        "Its full council meets on 9 March 2027 ( source of the meeting on 9 March 2027 )."
        in words(get(Client(), f"/body/{LEEDS}/"))
    )
    assert f'<option value="{first.pk}">' not in page.content.decode()
    assert not BodyScheme.objects.exists()


def test_every_fault_of_dates_is_named_with_its_line_and_they_stay(w) -> None:
    officer = browser_of(w.officer)

    page = stated(officer, "\nsoon\n2027-01-12\n2026-01-12\n2027-01-12", published="http://x.org")

    said, html = words(page), page.content.decode()
    assert page.status_code == 400
    assert "Line 2, “soon”: This is not a date." in said
    assert "Line 4, “2026-01-12”: This day is past." in said
    assert "Line 5, “2027-01-12”: This day stands in line 3 already." in said
    assert "beginning with https://" in said
    assert {"dates", "published"} <= set(re.findall(r'href="#([\w-]+)">', html))
    assert "soon\n2027-01-12" in html
    assert not Meeting.objects.exists()
    none = post(officer, PATH, PATH, body=LEEDS, do="call-off", meeting="")
    assert none.status_code == 400
    assert "No meeting is chosen." in words(none)


def test_nobody_else_states_or_calls_off(w) -> None:
    stated(browser_of(w.officer), "2027-01-12")
    row = Meeting.objects.get()
    stranger = browser_of(w.stranger)

    assert stated(stranger, "2027-03-09").status_code == 403
    taken = post(stranger, PATH, PATH, body=made.DEVON_COUNCIL, do="call-off", meeting=str(row.pk))
    assert taken.status_code == 403
    assert list(Meeting.objects.values_list("withdrawn_at", flat=True)) == [None]


def test_a_body_without_a_council_is_not_asked(w) -> None:
    w.body.kind = "police-force"
    w.body.save()

    assert "When the full council meets" not in words(get(browser_of(w.officer), PATH))


def reach_debate(petition: Petition) -> Duty:
    with transaction.atomic():
        row = Petition.objects.select_for_update(no_key=True).get(pk=petition.pk)
        row.signatures = 100
        row.save(update_fields=["signatures"])
        reach(petition=row, at=AT)
    return Duty.objects.get(kind="petition-debate")


def test_a_petition_and_its_duty_say_at_which_meeting(w) -> None:
    petition = made.petition(w)
    page = f"/petitions/{petition.pk}/"
    officer = browser_of(w.officer)

    def read(path: str) -> str:
        remembered.forget()
        return words(get(Client(), path))

    none = "within 90 days. No meeting dates in that time are known to this site."
    assert f"a debate by the council, {none}" in read(page)
    stated(officer, "2026-11-27\n2027-01-12")
    ahead = read(page)
    assert "at the council's next meeting, within 90 days at the latest" in ahead
    assert "reached today, that would be the meeting on 12 January 2027." in ahead
    assert "at the council's next meeting, within" in read(f"{page}sheet/")

    duty = reach_debate(petition)

    owed = "t the council's meeting on 12 January 2027. The date as the council published it"
    assert owed in read(page)
    assert f"A{owed}" in read(duty_path(duty.pk))
    assert "Answer owed by 12 January 2027" in read(page)
    assert f'href="{CALENDAR}"' in get(Client(), duty_path(duty.pk)).content.decode()
    meeting = Meeting.objects.get(on=duty.due)
    post(officer, PATH, PATH, body=LEEDS, do="call-off", meeting=str(meeting.pk))
    for path in (page, duty_path(duty.pk)):
        assert (
            "That meeting was called off on 23 November 2026; the debate is still owed by its day."
            in read(path)
        )
        assert "Answer owed by 12 January 2027" in read(path)
    (row,) = [
        each
        for each in get(Client(), f"/api/v1/petitions/{petition.pk}").json()["thresholds"]
        if each["kind"] == "debate"
    ]
    assert (row["meeting"], row["meeting_source"], row["meeting_called_off"]) == (
        "2027-01-12",
        CALENDAR,
        "2026-11-23",
    )
    letter = Message.objects.get(key__endswith="/reached/debate")
    assert "at its council's meeting on 12 January 2027" in letter.payload["text"]


def test_a_duty_without_a_known_meeting_says_so(w) -> None:
    duty = reach_debate(made.petition(w))

    said = words(get(Client(), duty_path(duty.pk)))
    assert "Within 90 days. No meeting in that time was known to this site." in said
    other = Duty.objects.get(kind="petition-answer")
    assert "known to this site" not in words(get(Client(), duty_path(other.pk)))

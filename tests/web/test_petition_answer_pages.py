"""Answering a petition on pages: written, looked over, published, corrected; what came of it."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from folkmoot.common.models import PublicAct
from folkmoot.duties import actions as duties
from folkmoot.duties.models import Duty, DutyAnswer
from folkmoot.petitions import tokens
from folkmoot.petitions.actions.telling import count_opinions
from folkmoot.petitions.models import Commitment, CommitmentMark, Opinion, Petition, PetitionAnswer
from folkmoot.petitions.models_signing import TAKEN_BACK, Signature
from folkmoot.petitions.rules.answering import number_of_opinion
from folkmoot.web import remembered
from tests.rooms import petitions_made as made
from tests.rooms.duties_owed import DFE, DFE_DOMAIN
from tests.rooms.people_invented import LEEDS, with_role
from tests.rooms.petitions_answered import DAY, DECIDED, NEXT, WHY, answered, owed
from tests.walks.seated import browser_of
from tests.walks.signing_in import get, new_browser, post

AT = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
FORM = {
    "outcome": "agreed-in-part", "decided": DECIDED, "why": WHY, "next_steps": NEXT,
    "commitment": ["Put up a second bank.", ""], "due": ["2027-01-22", ""],
}  # fmt: skip


@pytest.fixture(autouse=True)
def now():
    cache.clear()
    with time_machine.travel(AT, tick=False) as clock:
        yield clock


@pytest.fixture
def w(db: Any) -> made.World:
    return made.world(AT)


@pytest.fixture
def petition(w: made.World) -> Petition:
    return made.petition(w, signed=40)


@pytest.fixture
def duty(petition: Petition) -> Duty:
    return owed(petition, AT)


def path_of(duty: Duty, petition: Petition) -> str:
    return f"/petitions/{petition.pk}/answer/{duty.pk}/"


def words(html: str) -> str:
    bare = re.sub(r"<(script|style|svg).*?</\1>", " ", html, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def read(client: Client, path: str, status: int = 200) -> str:
    remembered.forget()
    answer = get(client, path)
    assert answer.status_code == status, answer.content.decode()[:800]
    return words(answer.content.decode())


def hidden(html: str) -> dict[str, Any]:
    """The hidden fields of the page to look it over, as a browser sends them again."""
    found: dict[str, Any] = {}
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', html):
        found.setdefault(name, []).append(unescape(value))
    return found


def test_written_looked_over_and_published(w, petition, duty) -> None:
    officer, path = browser_of(w.officer), path_of(duty, petition)
    assert "Answer owed by 23 December 2026; 30 days left." in read(officer, path)
    assert made.BACKGROUND in read(officer, path)

    seen = post(officer, path, path, step="check", **FORM)
    assert seen.status_code == 200
    said = words(seen.content.decode())
    assert "Look it over before it is published" in said
    assert "By 22 January 2027 Put up a second bank." in said
    assert "leeds-city-council/chief-executive" in said
    assert not DutyAnswer.objects.exists()

    again = hidden(seen.content.decode())
    assert again["decided"] == [DECIDED]
    again.pop("csrfmiddlewaretoken")
    done = post(officer, path, path, step="publish", **again)
    assert (done.status_code, done["Location"]) == (302, path)
    said = read(Client(), path)
    assert "What Leeds City Council answered" in said
    assert "Agreed in part" in said
    assert DECIDED in said
    assert "Due by 22 January 2027; 60 days left." in said
    assert Commitment.objects.count() == 1
    # It is given once: the form is gone, and sending it again finds a page that says so.
    twice = officer.post(path, {**again, "step": "publish"}, secure=True)
    assert twice.status_code == 403  # without the form's token
    assert read(officer, path) == said


def test_what_was_typed_is_kept_when_it_is_changed(w, petition, duty) -> None:
    officer, path = browser_of(w.officer), path_of(duty, petition)
    lines = {**FORM, "decided": 'First line.\nSecond "line" & more.'}
    seen = post(officer, path, path, step="check", **lines)
    again = hidden(seen.content.decode())
    again.pop("csrfmiddlewaretoken")
    back = post(officer, path, path, step="change", **again).content.decode()
    assert "First line.\nSecond &quot;line&quot; &amp; more.</textarea>" in back
    assert 'value="agreed-in-part" checked' in back
    assert 'value="Put up a second bank."' in back
    assert 'value="2027-01-22"' in back
    assert not DutyAnswer.objects.exists()


def test_more_lines_for_commitments_up_to_ten(w, petition, duty) -> None:
    officer, path = browser_of(w.officer), path_of(duty, petition)
    fields: dict[str, Any] = dict(FORM)
    for lines in (4, 6, 8, 10):
        html = post(officer, path, path, step="more", **fields).content.decode()
        assert html.count('name="commitment"') == lines
        fields["commitment"] = ["Put up a second bank.", *[""] * (lines - 1)]
        fields["due"] = ["2027-01-22", *[""] * (lines - 1)]
        assert 'value="Put up a second bank."' in html
    assert "More lines" not in html


@pytest.mark.parametrize("step", ["check", "publish"])
def test_faults_stand_beside_their_questions(w, petition, duty, step) -> None:
    officer, path = browser_of(w.officer), path_of(duty, petition)
    fields = {"decided": "", "why": " ", "next_steps": "", "step": step,
              "commitment": ["", "", "Soon."], "due": ["2027-01-22", "", "tomorrow"]}  # fmt: skip
    refused = post(officer, path, path, **fields)
    html = refused.content.decode()
    assert refused.status_code == 400
    for where in ("outcome", "decided", "why", "commitment-1", "due-2"):
        assert f'id="{where}-error"' in html
        assert html.count(f'id="{where}"') == 1
        assert f'href="#{where}"' in html
    assert 'value="Soon."' in html
    assert not DutyAnswer.objects.exists()


def test_only_its_own_people_see_the_form(w, petition, duty) -> None:
    path = path_of(duty, petition)
    assert Client().get(path, secure=True)["Location"].startswith("/sign-in/")
    centre = with_role(AT, "centre", DFE, DFE_DOMAIN, "minister", by=w.administrator)
    for nobody in (w.stranger, w.creator, w.moderator, w.administrator, centre):
        read(browser_of(nobody), path, 403)
    own = with_role(AT, "representative", office="leader", by=w.administrator)
    read(browser_of(own), path)
    read(browser_of(w.officer), f"/petitions/{petition.pk}/answer/99999/", 404)
    read(browser_of(w.officer), f"/petitions/99999/answer/{duty.pk}/", 404)
    other = made.petition(w)
    read(browser_of(w.officer), path_of(duty, other), 404)


def test_what_was_waived_is_not_answered(w, petition, duty) -> None:
    duties.waive(actor=w.administrator, duty=duty.pk, reason="answered-elsewhere", at=AT)
    assert "Waived on 23 November 2026" in read(browser_of(w.officer), path_of(duty, petition), 409)


def test_the_duty_and_the_body_lead_to_the_form(w, petition, duty) -> None:
    path = path_of(duty, petition)
    page = Client().get(f"/duties/{duty.pk}/").content.decode()
    assert f'href="{path}"' in page
    assert petition.title in page
    assert f'href="{path}"' in Client().get(f"/body/{LEEDS}/").content.decode()
    officer = browser_of(w.officer)
    assert get(officer, f"/duties/{duty.pk}/answer/")["Location"] == path
    sent = post(officer, path, f"/duties/{duty.pk}/answer/", text="Without an outcome.")
    assert sent["Location"] == path
    assert not DutyAnswer.objects.exists()


def test_a_correction_stands_beside_the_answer_and_markup_is_words(w, petition, duty) -> None:
    answered(w.officer, duty, AT, decided="<script>alert(1)</script> & more")
    officer, path = browser_of(w.officer), f"/duties/{duty.pk}/correct/"
    post(officer, path, path, text="It is each <b>Thursday</b>.")
    html = Client().get(path_of(duty, petition)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in html
    assert "It is each &lt;b&gt;Thursday&lt;/b&gt;." in html
    assert html.index("alert(1)") < html.index("Correction of 23 November 2026")


def test_a_commitment_falls_overdue_and_each_side_says_what_became_of_it(
    w, petition, duty, now
) -> None:
    promise = answered(w.officer, duty, AT).commitments.get()
    path = f"/petitions/{petition.pk}/commitments/{promise.pk}/"
    assert "Due by 22 January 2027; 60 days left." in read(Client(), path)
    assert "1 not due yet" in read(Client(), f"/body/{LEEDS}/")

    now.move_to(AT + 63 * DAY)
    late = "Overdue since 22 January 2027; 3 days late."
    for page in (path, path_of(duty, petition), f"/body/{LEEDS}/"):
        assert late in read(Client(), page)
    assert "1 overdue" in read(Client(), f"/body/{LEEDS}/")

    officer, creator = browser_of(w.officer), browser_of(w.creator)
    mark = f"{path}mark/"
    assert "You speak as: Leeds City Council." in read(officer, mark)
    assert post(officer, mark, mark, mark="kept", **{"as": "body"})["Location"] == path
    assert "You speak as: the petition's creator." in read(creator, mark)
    assert post(creator, mark, mark, mark="broken", **{"as": "creator"})["Location"] == path
    said = read(Client(), path)
    assert "The body and the creator of the petition do not agree." in said
    assert "What Leeds City Council says Kept, 25 January 2027" in said
    assert "What the petition's creator says Not kept, 25 January 2027" in said
    # The body's page is remembered, and made anew when the creator speaks, which is no act.
    assert "1 seen differently" in words(Client().get(f"/body/{LEEDS}/").content.decode())
    assert PublicAct.objects.filter(verb="mark-commitment").count() == 1


def test_a_mark_needs_a_choice_and_the_right_side(w, petition, duty) -> None:
    promise = answered(w.officer, duty, AT).commitments.get()
    mark = f"/petitions/{petition.pk}/commitments/{promise.pk}/mark/"
    officer = browser_of(w.officer)
    for fields in ({}, {"mark": "late"}):
        refused = post(officer, mark, mark, **fields)
        assert refused.status_code == 400
        assert 'id="mark-error"' in refused.content.decode()
    assert post(officer, mark, mark, mark="kept", **{"as": "creator"}).status_code == 403
    for nobody in (w.stranger, w.moderator):
        read(browser_of(nobody), mark, 403)
    assert get(new_browser(), mark)["Location"].startswith("/sign-in/")
    other = made.petition(w)
    read(officer, f"/petitions/{other.pk}/commitments/{promise.pk}/", 404)
    assert not CommitmentMark.objects.exists()


def test_who_is_both_chooses_as_whom_to_speak(w, petition, duty) -> None:
    Petition.objects.filter(pk=petition.pk).update(creator=w.officer)
    promise = answered(w.officer, duty, AT).commitments.get()
    mark = f"/petitions/{petition.pk}/commitments/{promise.pk}/mark/"
    officer = browser_of(w.officer)
    assert "You speak as" in read(officer, mark)
    post(officer, mark, mark, mark="kept", **{"as": "creator"})
    assert CommitmentMark.objects.get().by == "creator"


def link_of(signed: Signature) -> str:
    token = tokens.make("opinion", number_of_opinion("petition-answer", signed.pk))
    return f"/petitions/opinion/{token}/"


def test_following_the_link_says_nothing_and_a_button_does(w, petition, duty) -> None:
    answered(w.officer, duty, AT)
    link = link_of(made.signature(petition, AT))
    client = Client()
    asked = client.get(link)
    assert (asked.status_code, dict(asked.cookies)) == (200, {})
    assert "no-store" in asked["Cache-Control"]
    assert client.head(link).status_code == 200
    assert "Did it answer the question?" in words(asked.content.decode())
    assert not Opinion.objects.exists()

    assert client.post(link, {"answered": "no"})["Location"] == link
    assert "You said: no, it did not." in read(client, link)
    client.post(link, {"answered": "yes"})
    assert "You said: yes, it did." in read(client, link)
    client.post(link, {"answered": "perhaps"})
    assert Opinion.objects.get().answered is True
    foreign = client.post(link, {"answered": "no"}, headers={"Origin": "https://example.org"})
    assert foreign.status_code == 403
    assert Opinion.objects.get().answered is True


def test_a_false_link_is_not_found(w, petition, duty) -> None:
    answered(w.officer, duty, AT)
    signed = made.signature(petition, AT)
    for false in ("/petitions/opinion/none/", f"{link_of(signed)[:-3]}A/"):
        assert Client().get(false).status_code == 404
        assert Client().post(false, {"answered": "yes"}).status_code == 404
    Signature.objects.filter(pk=signed.pk).update(state=TAKEN_BACK, ended_at=AT)
    assert Client().get(link_of(signed)).status_code == 404


def test_counts_of_opinions_appear_when_they_are_counted(w, petition, duty, now) -> None:
    answered(w.officer, duty, AT)
    path = path_of(duty, petition)
    assert "fewer than five" not in read(Client(), path)
    for signed in made.signatures(petition, 6, AT):
        Client().post(link_of(signed), {"answered": "no"})
    count_opinions(at=AT + dt.timedelta(minutes=1))
    assert "fewer than five said yes, 6 said no." in read(Client(), path)


def test_a_published_answer_is_the_same_page_for_everybody(w, petition, duty) -> None:
    given = answered(w.officer, duty, AT)
    path = path_of(duty, petition)
    pages = {get(client, path).content for client in (Client(), browser_of(w.officer))}
    assert len(pages) == 1
    assert not get(new_browser(), path).cookies
    assert PetitionAnswer.objects.get() == given

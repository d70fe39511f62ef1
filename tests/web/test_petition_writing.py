"""Starting a petition and seeing to it: who is asked, the words, sponsors, withdrawing, appeal."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client

from folkmoot.common import switches
from folkmoot.petitions.models import Petition, Signature
from folkmoot.petitions.models_signing import CREATOR
from folkmoot.petitions.rules import limits, states
from folkmoot.services.models import Service
from tests.built_database import BUILT_AT
from tests.rooms import people_invented as invented
from tests.rooms import petitions_made as made
from tests.rooms.people_invented import FAKE
from tests.walks.seated import browser_of
from tests.walks.signing_in import get, new_browser, post

WORDS_PAGE = "/petitions/start/words/?place=leeds&service=waste&to=leeds-city-council"
START = "/petitions/start/"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(BUILT_AT, tick=False) as clock:
        yield clock


@pytest.fixture
def w(built, at):
    return made.world(at)


def words(answer: Any) -> str:
    bare = re.sub(r"<(script|style|svg).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def typed(**more: str) -> dict[str, str]:
    fields = {
        "place": "leeds", "service": "waste", "to": "leeds-city-council", "title": made.TITLE,
        "background": made.BACKGROUND, "detail": made.DETAIL, "creator_name": FAKE.name(),
        "term": "90",
    }  # fmt: skip
    return {**fields, **more}


def asked(text: str, service: str = "waste") -> Any:
    return Client(enforce_csrf_checks=True).post(START, {"where": text, "service": service})


def test_a_postcode_or_a_place_leads_to_who_answers_and_stands_in_no_address(built):
    for text in ("LS1 1UR", "leeds", "Leeds"):
        answer = asked(text)
        assert answer["Location"] == "/petitions/start/?place=leeds&service=waste"
        assert not answer.cookies
    many = asked("devon")
    assert many.status_code in {200, 302}
    for text, fault in (("", "Nothing was typed"), ("zzzz", "no such place"), ("ZZ99 9ZZ", "")):
        refused = asked(text)
        assert refused.status_code == 400
        assert fault in words(refused)
        assert 'href="#where"' in refused.content.decode()
    assert 'href="#service"' in asked("leeds", "magic").content.decode()
    assert asked("leeds").headers["Cache-Control"] == "no-store"


def test_a_form_of_another_site_is_refused(built):
    answer = Client().post(
        START, {"where": "leeds", "service": "waste"}, headers={"origin": "https://a.example"}
    )
    assert answer.status_code == 403


def test_it_says_who_answers_where_another_body_was_meant(built):
    said = words(get(Client(), "/petitions/start/?place=exeter&service=schools"))

    assert "Exeter City Council does not answer for schools." in said
    assert "Devon County Council" in said
    page = get(Client(), "/petitions/start/?place=exeter&service=schools").content.decode()
    assert re.search(r'value="devon-county-council" checked', page)
    assert 'value="devon-county-council/director-of-childrens-services"' in page
    assert 'value="exeter-city-council"' not in page


def test_an_office_that_decides_comes_before_its_body(built):
    page = get(Client(), "/petitions/start/?place=leeds&service=police-and-crime").content.decode()
    assert re.search(r'value="west-yorkshire-combined-authority/[a-z-]+" checked', page)


def test_a_place_in_which_nobody_answers_says_so(built):
    page = get(Client(), "/petitions/start/?place=north-east&service=schools")
    assert "Nobody answers for this in North East as a whole." in words(page)
    assert b'type="radio"' not in page.content


@pytest.mark.parametrize("service", list(range(4)))
def test_every_choice_that_is_offered_can_be_kept(w, service):
    """A sample of services in two places: what the page offers, the action takes."""
    slugs = list(Service.objects.order_by("slug").values_list("slug", flat=True))[service::4]
    client = browser_of(invented.person(w.at))
    for place in ("exeter", "leeds"):
        for slug in slugs:
            page = get(client, f"/petitions/start/?place={place}&service={slug}").content.decode()
            choices = re.findall(r'name="to" type="radio" value="([^"]+)"', page)
            assert choices, (place, slug)
            for to in choices:
                link = f"/petitions/start/words/?place={place}&service={slug}&to={to}"
                fields = typed(place=place, service=slug, to=to, step="check")
                seen = post(client, link, "/petitions/start/words/", **fields)
                assert seen.status_code == 200, (place, slug, to, words(seen)[:600])


def test_signing_in_comes_before_the_first_word(built):
    led = get(new_browser(), WORDS_PAGE)

    assert led.status_code == 302
    assert led["Location"].startswith("/sign-in/?next=%2Fpetitions%2Fstart%2Fwords%2F%3Fplace")


def test_the_words_are_looked_over_and_then_kept(w):
    client = browser_of(w.creator)
    fields = typed(creator_shown="yes")
    checked = post(client, WORDS_PAGE, "/petitions/start/words/", **fields, step="check")
    said = words(checked)

    assert checked.status_code == 200
    for text in (made.TITLE, made.BACKGROUND, made.DETAIL, fields["creator_name"], "90 days"):
        assert text in said
    assert not Petition.objects.exists()
    back = post(client, WORDS_PAGE, "/petitions/start/words/", **fields, step="change")
    assert f">{made.BACKGROUND}</textarea>" in back.content.decode()
    assert re.search(r'id="creator_shown"[^>]* checked', back.content.decode())
    assert re.search(r'id="term-90"[^>]* checked', back.content.decode())

    kept = post(client, WORDS_PAGE, "/petitions/start/words/", **fields, step="keep")
    made_one = Petition.objects.get()
    assert kept["Location"] == f"/petitions/{made_one.pk}/manage/"
    assert (made_one.state, made_one.creator, made_one.term) == (states.DRAFT, w.creator, 90)
    assert made_one.creator_shown


def test_what_is_alike_is_shown_before_a_draft_is_kept(w):
    open_one = made.petition(w)
    made.petition(w, states.HIDDEN, title="Glass banks in Headingley by the thief of Example Lane")
    fields = typed(title="Headingley glass banks to be emptied each week", step="check")
    page = post(browser_of(w.creator), WORDS_PAGE, "/petitions/start/words/", **fields)

    assert f'href="/petitions/{open_one.pk}/"' in page.content.decode()
    assert "Does one of these ask for the same?" in words(page)
    assert "Example Lane" not in words(page)


def test_faults_stand_beside_their_fields_and_nothing_is_lost(w):
    fields = typed(title="Short", background="", creator_name="", term="7", step="check")
    page = post(browser_of(w.creator), WORDS_PAGE, "/petitions/start/words/", **fields)
    html = page.content.decode()

    assert page.status_code == 400
    for field in ("title", "background", "creator_name", "term"):
        assert f'<a href="#{field}">' in html
        assert f'id="{field}"' in html
    assert made.DETAIL in html
    assert "At most 100 characters." in words(page)


def test_a_body_that_does_not_answer_is_refused_with_who_does(w):
    fields = typed(to="devon-county-council", step="keep")
    page = post(browser_of(w.creator), WORDS_PAGE, "/petitions/start/words/", **fields)

    assert page.status_code == 400
    assert "Leeds City Council" in words(page)
    assert not Petition.objects.exists()


def test_whoever_was_signed_out_meanwhile_keeps_what_they_wrote(w):
    client = browser_of(w.creator)
    token = re.search(
        r'name="csrfmiddlewaretoken" value="([^"]+)"', get(client, WORDS_PAGE).content.decode()
    )
    assert token
    del client.cookies["folkmoot"]
    fields = typed(step="keep") | {"csrfmiddlewaretoken": token.group(1)}
    page = client.post("/petitions/start/words/", fields, secure=True)

    assert page.status_code == 400
    assert "You are signed out." in words(page)
    assert made.BACKGROUND in words(page)
    assert not Petition.objects.exists()


def test_too_many_drafts_lose_nothing(w):
    client = browser_of(w.creator)
    for number in range(5):
        post(client, WORDS_PAGE, "/petitions/start/words/",
             **typed(title=f"{made.TITLE} {number}", step="keep"))  # fmt: skip
    page = post(client, WORDS_PAGE, "/petitions/start/words/", **typed(step="keep"))

    assert page.status_code == 429
    assert made.BACKGROUND in words(page)
    assert Petition.objects.count() == 5


def test_without_similar_petitions_a_draft_is_kept_all_the_same(w, monkeypatch):
    monkeypatch.setattr(switches, "off", lambda: frozenset({"similar"}))
    page = post(browser_of(w.creator), WORDS_PAGE, "/petitions/start/words/",
                **typed(step="check"))  # fmt: skip
    assert page.status_code == 200
    assert "Does one of these" not in words(page)


def manage(petition: Petition) -> str:
    return f"/petitions/{petition.pk}/manage/"


def test_only_its_creator_sees_and_changes_a_petition(w):
    for state in (states.DRAFT, states.SPONSORS, states.OPEN, states.REJECTED):
        petition = made.petition(w, state)
        for client in (browser_of(w.officer), browser_of(w.site), browser_of(w.stranger)):
            page = get(client, manage(petition))
            assert page.status_code == 404
            assert made.TITLE not in words(page)
            for what in ("sponsors", "withdraw", "appeal", "magic"):
                token = get(client, "/sign-out/").content.decode()
                sent = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', token)
                assert sent
                fields = {"csrfmiddlewaretoken": sent.group(1), "sure": "yes", "consent": "yes",
                          "postcode": made.POSTCODE, "text": "x" * 30}  # fmt: skip
                refused = client.post(f"{manage(petition)}{what}/", fields, secure=True)
                assert refused.status_code == 404
        assert get(new_browser(), manage(petition)).status_code == 302
        before = petition.state
        petition.refresh_from_db()
        assert petition.state == before
    listed = words(get(browser_of(w.officer), "/petitions/mine/"))
    assert "You have not begun any." in listed
    assert words(get(browser_of(w.creator), "/petitions/mine/")).count(made.TITLE) == 4


def test_a_draft_is_written_anew_until_sponsors_are_sought(w):
    petition = made.petition(w, states.DRAFT)
    client, page = browser_of(w.creator), f"{manage(petition)}words/"
    again = post(client, page, page, **typed(title="Empty the bottle banks on each Friday"))
    petition.refresh_from_db()
    assert again["Location"] == manage(petition)
    assert petition.title == "Empty the bottle banks on each Friday"
    assert post(client, page, page, **typed(title="x")).status_code == 400
    Petition.objects.filter(pk=petition.pk).update(state=states.SPONSORS)
    assert get(client, page)["Location"] == manage(petition)


def test_seeking_sponsors_needs_consent_and_a_postcode_and_gives_the_link(w):
    petition = made.petition(w, states.DRAFT)
    client, page = browser_of(w.creator), manage(petition)
    refused = post(client, page, f"{page}sponsors/", postcode="")
    assert refused.status_code == 400
    assert {'href="#consent"', 'href="#postcode"'} <= set(
        re.findall(r'href="#\w+"', refused.content.decode())
    )
    assert not re.search(r'id="consent"[^>]* checked', refused.content.decode())
    assert post(client, page, f"{page}sponsors/", postcode="LS", consent="yes").status_code == 400

    done = post(client, page, f"{page}sponsors/", postcode=made.POSTCODE, consent="yes")
    assert done["Location"] == page
    petition.refresh_from_db()
    assert petition.state == states.SPONSORS
    assert Signature.objects.get().origin == CREATOR
    said = words(get(client, page))
    link = f"http://localhost:8000/petitions/{petition.pk}/sponsor/{petition.sponsor_key}/"
    assert link in said
    assert f"0 of {limits.SPONSORS_NEEDED} sponsors have confirmed." in said


def test_withdrawing_asks_once(w):
    petition = made.petition(w)
    client, page = browser_of(w.creator), manage(petition)
    assert post(client, page, f"{page}withdraw/").status_code == 400
    assert post(client, page, f"{page}withdraw/", sure="yes")["Location"] == page
    petition.refresh_from_db()
    assert petition.state == states.WITHDRAWN
    assert "Withdraw this petition" not in words(get(client, page))


def test_a_refusal_gives_its_standard_and_takes_one_appeal(w):
    petition = made.petition(w, states.REJECTED)
    client, page = browser_of(w.creator), manage(petition)
    said = words(get(client, page))
    assert "it does not ask for anything that somebody could do" in said
    assert "Ask for something that somebody can do" in said
    assert post(client, page, f"{page}appeal/", text="no").status_code == 400

    text = "It asks for a collection every week, which the council can do."
    assert post(client, page, f"{page}appeal/", text=text)["Location"] == page
    petition.refresh_from_db()
    assert petition.appeal_text == text
    after = words(get(client, page))
    assert "Your appeal is with another moderator" in after
    assert "Why was the decision wrong?" not in after
    assert text not in words(get(Client(), f"/petitions/{petition.pk}/"))

"""The search box: places, services, measures, slips of the finger; postcodes kept to themselves."""

import logging

import pytest

from folkmoot.web.pages.find import postcode_in


@pytest.mark.parametrize(
    "typed", ["LS1 1UR", "ls11ur", " Ls1-1ur ", "1 The Headrow, LS1 1UR, Leeds"]
)
def test_a_postcode_leads_to_its_place_and_not_into_the_address(built, client, typed):
    answer = client.post("/find/", {"what": typed})

    assert answer.status_code == 302
    assert answer["Location"] == "/place/leeds/?found=sector"
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies
    page = client.get(answer["Location"]).content.decode()
    assert "not confirmed" in page


@pytest.mark.parametrize("typed", ["LS1 1U", "LS1", "SW1A 1A", "LS11URR", "ls1 lur", "M1 1AAA", ""])
def test_a_malformed_postcode_shows_the_form_again_and_is_not_repeated(built, client, typed):
    answer = client.post("/find/", {"what": typed})
    html = answer.content.decode()

    assert answer.status_code == 400
    assert "Location" not in answer
    assert "govuk-error-summary" in html
    assert not typed or typed.lower() not in html.replace("LS1 1UR", "").lower()


def test_words_lead_to_an_address_and_words_with_digits_do_not(built, client):
    assert client.post("/find/", {"what": "Leeds"})["Location"] == "/search/?q=Leeds"

    answer = client.post("/find/", {"what": "flat 4 the headrow"})
    assert answer.status_code == 200
    assert "Location" not in answer
    assert answer["Cache-Control"] == "no-store"
    assert "5G" in client.post("/find/", {"what": "5G signal"}).content.decode()


def test_a_postcode_put_into_the_address_is_not_repeated(built, client):
    answer = client.get("/search/?q=LS1+1UR")

    assert answer.status_code == 200
    assert "1UR" not in answer.content.decode().replace("For example LS1 1UR", "")


def test_no_postcode_reaches_the_log(built, client, caplog):
    with caplog.at_level(logging.DEBUG):
        client.post("/find/", {"what": "LS1 1UR"})
        client.post("/find/", {"what": "LS1 1U"})
        client.post("/find/", {"what": "ZZ99 9ZZ"})

    assert "1UR" not in caplog.text
    assert "LS1" not in caplog.text
    assert "ZZ99" not in caplog.text


def test_a_place_outside_the_files_is_explained(built, client):
    answer = client.post("/find/", {"what": "BT1 5GS"})

    assert answer.status_code == 400
    assert "Northern Ireland" in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("Leeds", "/place/leeds/"),
        ("Lieds", "/place/leeds/"),
        ("Birmingam", "/place/birmingham/"),
        ("scools", "/service/schools/"),
        ("bins", "/service/waste/"),
        ("wifi", "/service/broadband/"),
        ("obesity", "/measure/adult-obesity/"),
        ("persistant absence", "/measure/dfe-"),
    ],
)
def test_slips_of_the_finger_are_forgiven(built, client, typed, path):
    assert f'href="{path}' in client.get("/search/", {"q": typed}).content.decode()


def test_nothing_found_says_what_to_do(built, client):
    html = client.get("/search/", {"q": "zzqqxxjj"}).content.decode()

    assert "Check the spelling" in html
    assert 'href="/places/"' in html


def test_the_box_needs_no_token_and_no_other_method(built, client):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/find/", {"what": "LS1 1UR"}).status_code == 302
    assert strict.put("/find/").status_code == 405
    assert client.get("/find/").status_code == 200


def test_a_postcode_is_found_inside_an_address():
    assert postcode_in("1 The Headrow, LS1 1UR, Leeds") == "LS1 1UR"
    assert postcode_in("ls11ur") == "LS11UR"
    assert postcode_in("key stage 2") is None
    assert postcode_in("Leeds") is None

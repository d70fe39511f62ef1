"""The pages of the rehearsal space: labelled, private, and never mixed with the record."""

from __future__ import annotations

import pytest
from django.test import Client

from folkmoot.common.models import PublicAct
from folkmoot.framework.cases import actions
from folkmoot.web import remembered
from tests.rooms import cases_begun as begun
from tests.rooms import people_invented as invented
from tests.rooms.cases_begun import DEVON_COUNCIL, DFE, REASONS
from tests.walks.seated import browser_of
from tests.walks.signing_in import get, post
from tests.web.test_cases_pages import HERE, MATTER, noticed, now, stage, words

__all__ = ["now", "stage"]


@pytest.fixture
def rehearsed(stage, at):
    """A case of a rehearsal, and the browser of whoever rehearses."""
    who = invented.person(at)
    begun.play(who, at)
    asked = begun.proposal(actor=who, at=at, space="rehearsal")
    return actions.propose(**asked), browser_of(who), who


def test_a_rehearsal_is_labelled_and_reaches_no_public_page(stage, at, rehearsed):
    case, client, _who = rehearsed
    path = f"/rehearsal{HERE}{case.pk}/"
    for own in ("/rehearsal/", path, f"{path}decide/", f"/rehearsal{HERE}propose/"):
        answer = get(client, own)
        assert answer.status_code == 200, own
        assert answer["X-Robots-Tag"].startswith("noindex")
        assert '<meta name="robots" content="noindex' in answer.content.decode()
        assert "Nothing here is real." in words(answer)
        assert "no-store" in answer["Cache-Control"]

    remembered.forget()
    public = (
        HERE, f"{HERE}feed/", "/record/", "/record/feed/", "/place/devon/", MATTER, "/bodies/",
        f"/body/{DEVON_COUNCIL}/", "/api/v1/acts", "/api/v1/duties", "/api/v1/interventions",
    )  # fmt: skip
    seen = 0
    for there in public:
        answer = get(Client(), there)
        if answer.status_code == 404 and there.startswith(("/api/", "/bod")):
            continue  # no such address
        seen += 1
        text = answer.content.decode()
        assert REASONS not in text, there
        assert f"case:{case.pk}" not in text, there
        assert f"/rehearsal{HERE}" not in text, there
        assert f"{HERE}{case.pk}/" not in text, there
    assert seen >= 5
    assert get(Client(), f"{HERE}{case.pk}/").status_code == 404
    assert not PublicAct.objects.filter(subject=f"case:{case.pk}").exists()


def test_a_case_of_the_record_is_not_in_the_rehearsal_space(stage, at, rehearsed):
    _case, client, _who = rehearsed
    real = noticed(stage, at)

    assert get(client, f"/rehearsal{HERE}{real.pk}/").status_code == 404
    assert f"{HERE}{real.pk}/" not in get(client, "/rehearsal/").content.decode()


def test_a_part_in_a_rehearsal_lets_nobody_act_in_the_record(stage, at, rehearsed):
    _case, client, _who = rehearsed
    real = noticed(stage, at)

    assert get(client, f"{HERE}{real.pk}/decide/").status_code == 403
    assert get(client, f"{HERE}propose/").status_code == 403


def test_only_parts_there_are_can_be_taken_and_only_paths_of_the_space_followed(stage, at):
    client = browser_of(invented.person(at))
    bad = (
        {"part": "magic", "body": DFE}, {"part": "minister", "body": "magic"},
        {"part": "minister", "body": DEVON_COUNCIL}, {"part": "body", "body": DFE},
    )  # fmt: skip
    for fields in bad:
        assert post(client, "/rehearsal/", "/rehearsal/part/", **fields).status_code == 400
    for there in ("https://example.org/", "//example.org/", "/account/"):
        done = post(
            client, "/rehearsal/", "/rehearsal/part/", part="official", body=DFE, next=there
        )
        assert done["Location"] == "/rehearsal/"


def test_who_is_not_signed_in_is_told_what_the_space_is_for(stage):
    answer = get(Client(), "/rehearsal/")

    assert "Sign in to begin" in words(answer)
    assert not answer.cookies

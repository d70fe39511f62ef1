"""Words of a case withdrawn for law, by the form on its page."""

import pytest
import time_machine
from django.test import Client

from folkmoot.framework.models import CaseWords
from tests.built_database import BUILT_AT
from tests.rooms import cases_begun as begun
from tests.rooms.cases_begun import REASONS
from tests.walks.seated import browser_of
from tests.walks.signing_in import get, post
from tests.web.test_cases_pages import HERE, noticed, read


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(BUILT_AT, tick=False) as clock:
        yield clock


@pytest.fixture
def stage(db, at):
    return begun.stage(at)


def test_the_words_of_a_case_are_withdrawn_by_a_form_and_for_law_only(stage, at):
    case = noticed(stage, at)
    words = CaseWords.objects.get(event__case=case, part="reasons")
    path = f"{HERE}{case.pk}/words/{words.pk}/withdraw/"
    assert f'href="{path}"' in get(Client(), f"{HERE}{case.pk}/").content.decode()
    browser = browser_of(stage.minister)
    assert "published by mistake" not in read(browser, path)
    for wrong in ({"reason": "published-in-error", "sure": "yes"}, {"reason": "court-order"}):
        assert post(browser, path, path, **wrong).status_code == 400
    said = post(browser, path, path, sure="yes").content.decode()
    assert "You did not say why. Choose why the law asks for it." in said
    assert (
        post(browser_of(stage.leeds), path, path, reason="court-order", sure="yes").status_code
        == 403
    )
    words.refresh_from_db()
    assert words.text == REASONS
    done = post(browser, path, path, reason="court-order", sure="yes")
    assert done["Location"] == f"{HERE}{case.pk}/"
    said = read(Client(), f"{HERE}{case.pk}/")
    assert REASONS not in said
    assert "These words were withdrawn, because a court ordered it." in said
    read(browser, path, 409)
    read(browser, f"{HERE}{case.pk}/words/99999999/withdraw/", 404)
    assert Client().get(path)["Location"].startswith("/sign-in/")

"""Words withdrawn for law, as people see it: of any answer, and of a petition that is hidden."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client

from folkmoot.duties.actions import answer, correct
from folkmoot.duties.models import Duty, DutyAnswer
from folkmoot.petitions.actions import questions, questions_moderating
from folkmoot.petitions.models import Commitment, Petition
from folkmoot.petitions.rules.questions import NewQuestion
from folkmoot.petitions.rules.states import HIDDEN, OPEN
from folkmoot.web import remembered
from tests.rooms.petitions_answered import DECIDED, answered, owed
from tests.rooms.petitions_made import (
    BACKGROUND,
    DETAIL,
    PLACE,
    TITLE,
    WASTE,
    World,
    petition,
    world,
)
from tests.walks.seated import browser_of
from tests.walks.signing_in import get, post

AT = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
QUESTION = "When will the glass bank at the Headingley car park be emptied each week?"
GONE = "The words of this answer were withdrawn for law on 23 November 2026: a court ordered it."


@pytest.fixture(autouse=True)
def now() -> Iterator[Any]:
    with time_machine.travel(AT, tick=False) as clock:
        yield clock


@pytest.fixture
def w(built: Any) -> World:
    return world(AT)


def words(answer: Any) -> str:
    bare = re.sub(r"<(script|style|svg).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def read(client: Client, path: str, status: int = 200) -> str:
    remembered.forget()
    answer = get(client, path)
    assert answer.status_code == status, answer.content.decode()[:500]
    return words(answer)


def send(client: Client, path: str, **fields: str) -> Any:
    remembered.forget()
    return post(client, path, path, **fields)


def withdraw(client: Client, duty: Duty, number: int = 1, **fields: str) -> Any:
    given = DutyAnswer.objects.get(duty=duty, number=number)
    asked = {"answer": str(given.pk), "reason": "court-order", "sure": "yes", **fields}
    return send(client, f"/duties/{duty.pk}/withdraw/", **asked)


def test_an_answer_to_a_petition_with_its_commitments(w: World) -> None:
    row = petition(w)
    duty = owed(row, AT)
    answered(w.officer, duty, AT)
    page = f"/petitions/{row.pk}/answer/{duty.pk}/"
    assert DECIDED in read(Client(), page)
    assert f"/duties/{duty.pk}/withdraw/" in get(Client(), page).content.decode()

    assert withdraw(browser_of(w.administrator), duty)["Location"] == f"/duties/{duty.pk}/"

    for path in (page, f"/duties/{duty.pk}/", f"/petitions/{row.pk}/"):
        said = read(Client(), path)
        assert GONE in said
        assert DECIDED not in said
    assert Commitment.objects.get().text == ""
    assert f"/duties/{duty.pk}/withdraw/" not in get(Client(), page).content.decode()
    assert "withdrew the words of an answer" in read(Client(), "/record/")


def test_an_answer_to_a_question_and_its_correction_each_for_itself(w: World) -> None:
    asked = questions.ask(
        actor=w.creator, at=AT,
        new=NewQuestion(QUESTION, PLACE, WASTE, w.body.slug, "", "", False, True),
    )  # fmt: skip
    questions_moderating.let_through(actor=w.moderator, question=asked.pk, at=AT)
    duty = Duty.objects.get(subject=f"question:{asked.pk}")
    answer(actor=w.officer, duty=duty.pk, text="Mr Smith of 3 Mill Lane says Friday.", at=AT)
    correct(actor=w.officer, duty=duty.pk, text="Each Friday.", at=AT)
    browser = browser_of(w.officer)
    form = read(browser, f"/duties/{duty.pk}/withdraw/")
    assert "Answer, 23 November 2026 Correction, 23 November 2026" in form
    page = f"/questions/{asked.pk}/"
    assert f"/duties/{duty.pk}/withdraw/" in get(Client(), page).content.decode()

    assert withdraw(browser, duty, 1, reason="personal-data").status_code == 302

    said = read(Client(), page)
    assert "Mr Smith" not in said
    assert "withdrawn for law on 23 November 2026: it held personal data" in said
    assert "Each Friday." in said
    assert withdraw(browser, duty, 2).status_code == 302
    assert "Each Friday." not in read(Client(), page)
    assert "no words of an answer here" in read(browser, f"/duties/{duty.pk}/withdraw/", 409)


def test_everything_is_asked_for_and_only_reasons_of_law_count(w: World) -> None:
    duty = owed(petition(w), AT)
    answered(w.officer, duty, AT)
    browser = browser_of(w.administrator)
    assert "published by mistake" not in read(browser, f"/duties/{duty.pk}/withdraw/")

    wrong = send(browser, f"/duties/{duty.pk}/withdraw/", answer="", reason="", sure="")
    assert wrong.status_code == 400
    said = words(wrong)
    for remedy in ("Choose which words go.", "Choose why the law asks for it.", "Tick the box."):
        assert remedy in said
    assert "You did not say why." in said
    unlawful = words(withdraw(browser, duty, reason="published-in-error"))
    assert "There is no such reason. Choose why the law asks for it." in unlawful
    wrongly: list[dict[str, Any]] = [
        {"reason": "published-in-error"}, {"answer": "0"}, {"sure": ""},
    ]  # fmt: skip
    for fields in wrongly:
        assert withdraw(browser, duty, **fields).status_code == 400
    assert DutyAnswer.objects.get(duty=duty).withdrawn_at is None


@pytest.mark.parametrize("who", ["creator", "stranger", "moderator"])
def test_whom_the_action_refuses_the_page_refuses(w: World, who: str) -> None:
    duty = owed(petition(w), AT)
    answered(w.officer, duty, AT)
    assert withdraw(browser_of(getattr(w, who)), duty).status_code == 403
    assert DutyAnswer.objects.get(duty=duty).text


def test_what_is_not_answered_has_nothing_to_withdraw(w: World) -> None:
    duty = owed(petition(w), AT)
    read(browser_of(w.administrator), f"/duties/{duty.pk}/withdraw/", 409)
    assert Duty.objects.get().ended == ""


@pytest.mark.parametrize("who", ["site", "administrator"])
def test_a_hidden_petition_is_erased_in_two_steps(w: World, who: str) -> None:
    row = petition(w, HIDDEN)
    browser = browser_of(getattr(w, who))
    page, there = f"/petitions/{row.pk}/", f"/petitions/{row.pk}/erase/"
    assert there in get(Client(), page).content.decode()
    assert TITLE in read(browser, there)

    wrong = send(browser, there, step="erase", reason="published-in-error")
    assert wrong.status_code == 400
    assert "There is no such reason. Choose why the law asks for it." in words(wrong)
    empty = words(send(browser, there, step="check"))
    assert "You did not say why. Choose why the law asks for it." in empty
    checked = send(browser, there, step="check", reason="defamation")
    assert "Erase these words for good?" in words(checked)
    assert Petition.objects.get(pk=row.pk).title == TITLE
    done = send(browser, there, step="erase", reason="defamation")
    assert done["Location"] == page

    said = read(Client(), page)
    assert "Its title and its texts were erased for law on 23 November 2026, because" in said
    assert "Its words were erased for law: it may have been defamatory." in said
    assert "erased the words of a petition for good" in said
    assert not any(word in said for word in (TITLE, BACKGROUND, DETAIL))
    assert there not in get(Client(), page).content.decode()
    read(browser, there, 409)


@pytest.mark.parametrize("who", ["moderator", "officer", "creator"])
def test_nobody_else_sees_or_sends_the_form(w: World, who: str) -> None:
    row = petition(w, HIDDEN)
    browser = browser_of(getattr(w, who))
    assert TITLE not in read(browser, f"/petitions/{row.pk}/erase/", 403)


def test_what_is_not_hidden_is_hidden_first(w: World) -> None:
    row = petition(w, OPEN)
    page = f"/petitions/{row.pk}/"
    assert f"{page}erase/" not in get(Client(), page).content.decode()
    assert "Hide the petition first." in read(browser_of(w.site), f"{page}erase/", 409)


def test_its_moderators_and_its_creator_see_what_became_of_it(w: World) -> None:
    row = petition(w, HIDDEN)
    send(browser_of(w.site), f"/petitions/{row.pk}/erase/", step="erase", reason="court-order")

    moderators = read(browser_of(w.moderator), f"/moderation/petitions/{row.pk}/")
    assert f"Petition {row.pk}" in moderators
    assert "Nothing brings them back." in moderators
    assert "Show it again" not in moderators
    own = read(browser_of(w.creator), f"/petitions/{row.pk}/manage/")
    assert "Its words were erased for law on 23 November 2026, because a court ordered it" in own
    assert "What you wrote" not in own
    assert "Why was the decision wrong?" not in own
    assert f"Petition {row.pk} Hidden" in read(browser_of(w.creator), "/petitions/mine/")


def test_copies_of_the_same_words_are_named(w: World) -> None:
    row = petition(w, HIDDEN)
    copy = petition(w, OPEN, continues=row, body=w.other_body)
    browser = browser_of(w.site)
    assert f"petition {copy.pk}" in read(browser, f"/petitions/{row.pk}/erase/")

    send(browser, f"/petitions/{row.pk}/erase/", step="erase", reason="court-order")

    # The other goes on, but what was erased does not come back by way of its title.
    assert TITLE not in read(Client(), f"/petitions/{row.pk}/")
    assert TITLE in read(Client(), f"/petitions/{copy.pk}/")

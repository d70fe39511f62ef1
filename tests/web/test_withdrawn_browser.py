"""Words withdrawn for law, in a real browser and without scripts."""

from __future__ import annotations

import pytest

from folkmoot.duties.actions import answer
from folkmoot.duties.models import DutyAnswer
from folkmoot.petitions.models import Petition, Question
from folkmoot.petitions.rules.states import HIDDEN, OPEN
from tests.browsing import seen, violations, width_of
from tests.rooms import petitions_made as made
from tests.rooms.petitions_answered import answered, owed
from tests.web.test_petition_browser import Open, looked_at, pages, w

__all__ = ["pages", "w"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_hidden_petition_is_erased_without_scripts(w: made.World, pages: Open) -> None:
    row = made.petition(w, HIDDEN)
    made.petition(w, OPEN, continues=row, body=w.other_body)
    there = f"/petitions/{row.pk}/erase/"
    looked_at(pages(w.site), there)

    page = pages(w.site, scripts=False)
    page.goto(f"/petitions/{row.pk}/")
    page.get_by_role("link", name="Erase its words for law").click()
    page.get_by_role("button", name="Go on").click()
    assert seen(page.get_by_text("Choose why the law asks for it.").first)
    page.get_by_label("A court ordered it").check()
    page.get_by_role("button", name="Go on").click()
    assert width_of(page) <= 360
    page.get_by_role("button", name="Erase them for good").click()
    # The page was looked at before, and a browser keeps it for some seconds.
    page.wait_for_timeout(2_500)
    page.reload()
    assert seen(page.get_by_text("Its title and its texts were erased for law"))
    assert Petition.objects.get(pk=row.pk).title == ""
    looked_at(pages(), f"/petitions/{row.pk}/")
    moderator = pages(w.moderator)
    looked_at(moderator, f"/moderation/petitions/{row.pk}/")
    creator = pages(w.creator)
    looked_at(creator, f"/petitions/{row.pk}/manage/")
    looked_at(creator, "/petitions/mine/")


def test_the_step_that_confirms_is_accessible_too(w: made.World, pages: Open) -> None:
    row = made.petition(w, HIDDEN)
    page = pages(w.site)
    page.goto(f"/petitions/{row.pk}/erase/")
    for choose in (False, True):
        if choose:
            page.get_by_label("A court ordered it").check()
        page.get_by_role("button", name="Go on").click()
        assert violations(page) == []
    assert seen(page.get_by_role("button", name="Erase them for good"))


def test_answers_are_withdrawn_without_scripts(w: made.World, pages: Open) -> None:
    row = made.petition(w)
    duty = owed(row, w.at)
    answered(w.officer, duty, w.at)
    asked = Question.objects.create(
        state="asked", text="When will the glass bank at the Headingley car park be emptied?",
        area=w.area, service=w.service, body=w.body, asker=w.creator, asked_at=w.at,
        duty="question/1",
    )  # fmt: skip
    subject = f"question:{asked.pk}"
    of_question = owed(row, w.at, "question", key=asked.duty, subject=subject)
    answer(actor=w.officer, duty=of_question.pk, text="Each Friday.", at=w.at)
    looked_at(pages(w.officer), f"/duties/{duty.pk}/withdraw/")

    page = pages(w.administrator, scripts=False)
    for start in (f"/petitions/{row.pk}/answer/{duty.pk}/", f"/questions/{asked.pk}/"):
        page.goto(start)
        page.get_by_role("link", name="Withdraw its words for law").click()
        page.get_by_label("Why").select_option(label="A court ordered it")
        page.get_by_role("button", name="Erase the words").click()
        assert seen(page.get_by_text("Tick the box. It cannot be undone.").first)
        assert width_of(page) <= 360
        page.get_by_label("I am sure: this cannot be undone").check()
        page.get_by_role("button", name="Erase the words").click()
        assert seen(page.get_by_text("The words of this answer were withdrawn for law on"))
    assert not DutyAnswer.objects.filter(withdrawn_at__isnull=True).exists()
    for path in (start, f"/duties/{of_question.pk}/", f"/petitions/{row.pk}/answer/{duty.pk}/"):
        looked_at(pages(), path)

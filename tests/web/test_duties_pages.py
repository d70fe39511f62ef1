"""An answer owed, in public: given by the body that owes it, corrected, or waived with a reason."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client

from folkmoot.bodies.models import Body
from folkmoot.common.reasons import WAIVERS
from folkmoot.duties.actions.owing import owe
from folkmoot.duties.models import Duty, DutyAnswer
from folkmoot.duties.rules import BY_RULE, REPORT, REPORT_RULE, NewDuty
from folkmoot.petitions.actions import questions, questions_moderating
from folkmoot.petitions.rules.questions import NewQuestion
from folkmoot.petitions.rules.states import HIDDEN
from folkmoot.web import remembered
from tests.rooms import people_invented as invented
from tests.rooms import petitions_made
from tests.rooms.petitions_answered import owed
from tests.walks.seated import browser_of
from tests.walks.signing_in import get, post

AT = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(AT, tick=False) as clock:
        yield clock


@pytest.fixture
def duty(db: Any) -> Duty:
    for slug in (invented.LEEDS, invented.DEVON):
        name = slug.replace("-", " ").title()
        Body.objects.create(slug=slug, name=name, kind="county-council", source="a test")
    new = NewDuty(
        key="report:dfe-lait/1/308078:1",
        kind=REPORT,
        body=invented.DEVON,
        subject="release:dfe-lait/1/308078",
        rule=REPORT_RULE.key,
        rule_version=REPORT_RULE.version,
        since=dt.date(2026, 11, 1),
        due=dt.date(2026, 11, 29),
    )
    return owe(new=new, by="operator", at=AT)


def read(client: Client, path: str, status: int = 200) -> str:
    remembered.forget()
    answer = get(client, path)
    assert answer.status_code == status, answer.content.decode()[:500]
    bare = re.sub(r"<(script|style|svg).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def officer(body: str, domain: str) -> Client:
    return browser_of(invented.with_role(AT, "officer", body=body, domain=domain))


def test_a_duty_says_first_what_is_owed_and_until_when(duty: Duty) -> None:
    said = read(Client(), f"/duties/{duty.pk}/")
    assert "Answer owed by 29 November 2026" in said
    assert "Devon County Council" in said
    assert "Nothing yet." in said


def test_its_officer_answers_and_corrects_and_both_stand(duty: Duty) -> None:
    browser = officer(invented.DEVON, invented.DEVON_DOMAIN)
    path = f"/duties/{duty.pk}/"
    sent = post(browser, f"{path}answer/", f"{path}answer/", text="It is 32.\n<b>See</b> page 4.")
    assert sent["Location"] == path
    post(browser, f"{path}correct/", f"{path}correct/", text="It is 33.")

    html = Client().get(path).content.decode()
    said = read(Client(), path)
    assert "&lt;b&gt;See&lt;/b&gt;" in html
    assert "It is 32." in said
    assert "It is 33." in said
    assert said.index("It is 32.") < said.index("It is 33.")
    assert "Answered" in said


def test_no_words_are_refused_beside_the_question(duty: Duty) -> None:
    browser = officer(invented.DEVON, invented.DEVON_DOMAIN)
    path = f"/duties/{duty.pk}/answer/"
    refused = post(browser, path, path, text="  ")
    assert refused.status_code == 400
    assert 'id="text-error"' in refused.content.decode()
    assert not DutyAnswer.objects.exists()


def test_an_officer_of_another_body_can_do_nothing(duty: Duty) -> None:
    browser = officer(invented.LEEDS, invented.LEEDS_DOMAIN)
    for what, fields in (("answer", {"text": "Ours."}), ("waive", {"reason": "withdrawn"})):
        path = f"/duties/{duty.pk}/{what}/"
        assert post(browser, path, path, **fields).status_code == 403
    duty.refresh_from_db()
    assert not duty.ended


def test_what_ended_is_not_ended_again(duty: Duty) -> None:
    browser = officer(invented.DEVON, invented.DEVON_DOMAIN)
    path = f"/duties/{duty.pk}/"
    post(browser, f"{path}answer/", f"{path}answer/", text="It is 32.")
    read(browser, f"{path}answer/", 409)
    read(browser, f"{path}waive/", 409)


def test_an_administrator_waives_with_a_public_reason(duty: Duty) -> None:
    reason = sorted(WAIVERS.keys() - BY_RULE)[0]
    browser = browser_of(invented.administrator(AT))
    path = f"/duties/{duty.pk}/"
    assert post(browser, f"{path}waive/", f"{path}waive/", reason=reason)["Location"] == path
    assert WAIVERS[reason] in read(Client(), path)


def test_nobody_signed_out_sees_a_form_and_an_unknown_duty_is_not_found(duty: Duty) -> None:
    assert Client().get(f"/duties/{duty.pk}/answer/")["Location"].startswith("/sign-in/")
    read(Client(), "/duties/99999999/", 404)
    read(officer(invented.DEVON, invented.DEVON_DOMAIN), f"/duties/{duty.pk}/burn/", 404)


def test_a_duty_links_to_the_question_or_petition_that_it_is_about(built: Any) -> None:
    w = petitions_made.world(AT)
    row = petitions_made.petition(w)
    hidden = petitions_made.petition(w, HIDDEN)
    long = f"When will the glass bank be emptied? {'It overflows each week. ' * 10}"
    asked = questions.ask(
        actor=w.creator,
        new=NewQuestion(long, petitions_made.PLACE, "waste", w.body.slug, "", "", False, True),
        at=AT,
    )
    questions_moderating.let_through(actor=w.moderator, question=asked.pk, at=AT)
    of_question = Duty.objects.get(subject=f"question:{asked.pk}")

    html = get(Client(), f"/duties/{owed(row, AT).pk}/").content.decode()
    assert f'<a href="/petitions/{row.pk}/">{petitions_made.TITLE}</a>' in html
    html = get(Client(), f"/duties/{owed(hidden, AT).pk}/").content.decode()
    assert f"Petition {hidden.pk}: its title is not shown</a>" in html
    html = get(Client(), f"/duties/{of_question.pk}/").content.decode()
    link = re.search(rf'<a href="/questions/{asked.pk}/">([^<]*)</a>', html)
    assert link
    assert link.group(1).startswith("When will the glass bank be emptied? It overflows")
    assert len(link.group(1)) == 100

    questions_moderating.hide(actor=w.moderator, question=asked.pk, reason="libel", at=AT)
    remembered.forget()
    html = get(Client(), f"/duties/{of_question.pk}/").content.decode()
    assert f"Question {asked.pk}: its words are not shown</a>" in html
    assert "glass bank" not in html


def test_a_duty_says_where_nobody_of_the_body_has_an_account(built: Any) -> None:
    w = petitions_made.world(AT)
    nobody = Body.objects.exclude(slug__in=(invented.LEEDS, invented.DEVON)).first()
    assert nobody is not None
    ours, theirs = (petitions_made.petition(w, body=body) for body in (w.body, nobody))

    silent = f"Nobody of {nobody.name} who may answer has an account on this site"
    assert silent in read(Client(), f"/duties/{owed(theirs, AT).pk}/")
    assert "has an account on this site" not in read(Client(), f"/duties/{owed(ours, AT).pk}/")

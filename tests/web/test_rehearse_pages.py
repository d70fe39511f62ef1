"""Rehearsing a framework, or one line of it changed, on a page: what it says, and its bounds."""

import gzip
import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from folkmoot.common.errors import BadInput, TooOften
from folkmoot.framework import queries
from folkmoot.framework.editing import Line, line_of, only_on, with_line
from folkmoot.framework.history import panels_of
from folkmoot.framework.rehearsal import rehearse
from folkmoot.people.limits import LIMITS, REHEARSE
from folkmoot.web.pages import rehearse_runs

PAGE = "/framework/illustrative/rehearse/"
ONE = f"{PAGE}?standard=ehc-plan-20-weeks&line=100&far=60&periods=1&step=notice"


@pytest.fixture(autouse=True)
def _nothing_rehearsed():
    rehearse_runs.forget()


def text_of(answer):
    bare = re.sub(r"<(script|style|svg).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def illustrative(today):
    return queries.current(today, "illustrative").framework


def test_the_page_says_what_a_rehearsal_of_the_same_framework_finds(built, client, today):
    framework = illustrative(today)
    found = rehearse(framework, panels_of(framework), resamples=0)
    said = text_of(client.get(PAGE))

    assert len(found.runs) == 8
    for run in found.runs:
        assert f"{run.now} of {run.places} places would hold it open" in said
        assert f"{run.ever} would have at some time" in said
    assert "Illustrative: nobody's rules." in said
    assert "a figure is correlated" in said


def test_an_unchanged_line_finds_what_its_step_finds_and_a_changed_one_something_else(
    built, client, today
):
    framework = illustrative(today)
    notice = rehearse(only_on(framework, "ehc-plan-20-weeks"), resamples=0).runs[0]
    same = text_of(client.get(ONE))
    moved = text_of(client.get(ONE.replace("far=60", "far=90")))

    assert f"{notice.now} of {notice.places} places would hold it open" in same
    assert f"{notice.now} of {notice.places} places would hold it open" not in moved
    # The step as the framework has it stays beside what was tried.
    assert f"Notice (illustrative): {notice.now} of {notice.places} places now" in moved


def test_false_alarms_and_falls_are_given_with_their_monte_carlo_error(built, client, today):
    framework = illustrative(today)
    standard = framework.standard("ehc-plan-20-weeks")
    tried = with_line(framework, line_of(framework, standard, "notice"))
    found = rehearse(tried, resamples=rehearse_runs.ONE)
    said = text_of(client.get(ONE))

    assert len(found.alarms) == 4
    for alarm in found.alarms:
        assert f"{100 * alarm.a_period.value:.1f}% ± " in said
        assert alarm.a_period.error > 0
    for fall in found.unseen:
        assert f"{fall.wait.value:.1f} ± " in said
    assert "exactly there" in said


def test_a_line_that_does_not_bind_is_tried_as_if_it_did_and_says_so(built, client):
    said = text_of(
        client.get("/framework/england-as-found/rehearse/?standard=recycling-65-by-2035")
    )

    assert "tried here as if it did" in said
    assert "0 of 298 places" not in said
    assert "tried here as if it did" not in text_of(client.get(ONE))


def test_a_framework_without_a_ladder_says_that_it_opens_nothing(built, client):
    said = text_of(client.get("/framework/england-as-found/rehearse/"))

    assert "nothing in it opens any step" in said
    assert "Draw a line of your own" in said


def test_every_fault_of_a_form_is_named_at_once_and_what_was_typed_stays(built, client):
    answer = client.get(f"{PAGE}?standard=ae-four-hours&line=a&far=-1&periods=0&sure=perhaps")
    html = answer.content.decode()

    assert answer.status_code == 400
    for field in ("line", "far", "periods", "sure"):
        assert f'href="#{field}"' in html
        assert f'id="{field}-error"' in html
    assert 'value="a"' in html
    assert client.get(f"{PAGE}?standard=magic").status_code == 400
    for bad in ("inf", "nan", "1e400", "x" * 500):
        assert client.get(f"{PAGE}?standard=ae-four-hours&line={bad}").status_code == 400
    assert client.get("/framework/magic/rehearse/").status_code == 404


def test_editing_names_every_fault(built, today):
    with pytest.raises(BadInput) as caught:
        with_line(illustrative(today), Line("magic", float("nan"), -1, 0, "perhaps"))

    assert [fault.where for fault in caught.value.faults] == [
        "standard", "line", "far", "periods", "sure",
    ]  # fmt: skip


def test_the_same_question_is_worked_out_once(built, client, monkeypatch, settings):
    settings.PAGE_CACHE = False
    runs = []
    real = rehearse_runs.rehearse
    monkeypatch.setattr(rehearse_runs, "rehearse", lambda *a, **k: runs.append(1) or real(*a, **k))
    for _ in range(2):
        assert client.get(ONE).status_code == 200

    assert len(runs) == 2  # the line tried, and the framework's own steps beside it


def test_a_network_may_ask_for_so_many_new_ones_and_others_still_may(built, today, monkeypatch):
    limit = LIMITS[REHEARSE][0]
    monkeypatch.setattr(rehearse_runs, "rehearse", lambda *a, **k: "found")
    framework = illustrative(today)
    standard = framework.standard("ae-four-hours")

    def ask(number, network):
        line = Line(standard.id, float(number))
        return rehearse_runs.rehearsed(with_line(framework, line), 0, network)

    for number in range(limit.count):
        ask(number, "192.0.2.1")
    with pytest.raises(TooOften):
        ask(limit.count, "192.0.2.1")
    assert ask(limit.count - 1, "192.0.2.1") == "found"  # asked before: nothing to work out
    assert ask(limit.count, "192.0.2.2") == "found"


def test_who_comes_while_another_runs_is_told_to_wait(built, client, monkeypatch):
    monkeypatch.setattr(rehearse_runs, "PATIENCE", 0.01)
    with rehearse_runs._running:
        answer = client.get(ONE)

    assert answer.status_code == 429
    assert "Ask again in half a minute" in text_of(answer)


def test_it_asks_little_of_the_database_weighs_little_and_needs_no_script(built, client):
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(PAGE, headers={"Accept-Encoding": "gzip"})
    html = gzip.decompress(answer.content).decode()

    assert len(asked) <= 14
    assert len(answer.content) <= 60_000
    assert "<script" not in html
    assert " style=" not in html
    assert html.count("<h1") == 1
    assert html.count('<svg class="fm-chart') == html.count("<desc") > 8
    assert answer.cookies == {}

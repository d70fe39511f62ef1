from pathlib import Path

import pytest
from click.testing import CliRunner

from folkmoot.cli.main import main
from folkmoot.common import actions, switches
from folkmoot.common.errors import BadInput, SwitchedOff
from folkmoot.common.models import PublicAct


@pytest.fixture(autouse=True)
def _look_each_time(monkeypatch):
    switches.forget()
    monkeypatch.setattr(switches, "LOOK", 0.0)


def test_what_is_off_is_refused_for_everyone_and_the_rest_goes_on(db, at):
    actions.switch_off(feature="sign", at=at)

    with pytest.raises(SwitchedOff, match="Signing petitions is switched off"):
        switches.require_on("sign")
    switches.require_on("report")

    actions.switch_on(feature="sign", at=at)
    switches.require_on("sign")


def test_switching_is_a_public_act_once(db, at):
    assert actions.switch_off(feature="ask", at=at)
    assert not actions.switch_off(feature="ask", at=at)
    assert actions.switch_on(feature="ask", at=at)
    assert not actions.switch_on(feature="ask", at=at)

    acts = PublicAct.objects.order_by("pk").values_list("verb", "subject", "office")
    assert list(acts) == [
        ("switch-off", "feature:ask", "operator"),
        ("switch-on", "feature:ask", "operator"),
    ]


def test_there_is_no_other_switch(db, at):
    with pytest.raises(BadInput) as refused:
        actions.switch_off(feature="everything", at=at)
    assert "sign-in" in refused.value.faults[0].remedy


def test_the_command_switches_and_lists(db):
    run = CliRunner().invoke

    assert "sign is off." in run(main, ["switch", "sign", "off"]).output
    listed = run(main, ["switch"]).output
    assert "sign             OFF  Signing petitions" in listed
    assert "report           on   Reporting" in listed
    assert "off already" in run(main, ["switch", "sign", "off"]).output
    assert "sign is on." in run(main, ["switch", "sign", "on"]).output
    assert run(main, ["switch", "sign"]).exit_code == 2
    assert run(main, ["switch", "nothing", "off"]).exit_code == 3


def test_a_form_says_that_it_is_paused(built, client, at):
    actions.switch_off(feature="sign-in", at=at)

    answer = client.post("/sign-in/", {"email": "someone@example.org"})

    assert answer.status_code == 503
    assert answer["Retry-After"] == "300"
    assert "Signing in is switched off for now" in answer.content.decode()


def test_each_switch_is_described_for_operators():
    described = Path("docs/operators.md").read_text()
    assert [key for key in switches.FEATURES if f"| `{key}` |" not in described] == []


def test_what_programs_read_is_paused_and_pages_are_not(db, client, at):
    paths = ("/api/v1/acts", "/places.csv", "/places.csv-metadata.json", "/record/feed/")
    assert {client.get(path).status_code for path in paths} == {200}

    actions.switch_off(feature="files", at=at)

    for path in paths:
        answer = client.get(path)
        assert answer.status_code == SwitchedOff.status
        assert "The API, the files of figures and the feeds is switched off" in answer.text
    assert client.get("/api/v1/acts").json()["error"]["code"] == SwitchedOff.code
    assert client.get("/record/").status_code == 200

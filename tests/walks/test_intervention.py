"""As the centre would: the shipped frameworks, real places, bodies and figures, to the end."""

import datetime as dt
import json

import pytest
from click.testing import CliRunner
from django.db import transaction

from folkmoot.cli.main import main
from folkmoot.common.errors import NotAllowed
from folkmoot.common.models import PublicAct
from folkmoot.duties import queries as duty_queries
from folkmoot.framework.building import build_standings
from folkmoot.framework.cases import actions, queries
from folkmoot.framework.importing import load_shipped
from folkmoot.framework.models import Case, CaseEvent
from folkmoot.people.actions import take_rehearsal_role
from folkmoot.people.queries import day_of, run_of
from folkmoot.shipped import shipped
from tests.rooms import framework_account as account
from tests.rooms import people_invented as invented
from tests.rooms.bodies_loaded import bodies
from tests.rooms.cases_begun import DAY, EQUALITY, REASONS, REPLY
from tests.rooms.duties_owed import DFE, DFE_DOMAIN
from tests.rooms.framework_known import KNOWN

__all__ = ["bodies"]
DEVON, YORK = "E10000008", "E06000014"
SEN = account.SEN
HERE = {"space": "rehearsal"}


@pytest.fixture
def at():
    """Once the newest version of the shipped frameworks is in force."""
    return dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)


@pytest.fixture
def site(bodies, db, at):
    """Every shipped place and body, both shipped frameworks, and Devon's and York's figures."""
    account.account("dfe-ehc-plans-20-weeks")
    load_shipped(shipped("catalogue") / "frameworks", KNOWN, at=at)
    build_standings(at)


def run(*words):
    done = CliRunner().invoke(main, ["intervention", "propose", *words])
    assert not isinstance(done.exception, AssertionError)
    return done


def rows():
    return (Case.objects.count(), CaseEvent.objects.count(), PublicAct.objects.count())


def test_the_command_prints_the_finding_and_its_trace_and_writes_nothing(site):
    before = rows()
    done = run("Devon", SEN, "notice", "--dry-run", "--on", "2026-11-30")

    assert done.exit_code == 0, done.output
    said = done.output.splitlines()
    assert said[0].startswith("Illustrative ladder")
    assert said[0].endswith("allows this step: Notice (illustrative).")
    assert "It is illustrative: nobody has adopted it." in done.output
    figure = "rests on dfe-ehc-plans-20-weeks, 2024-01-01/P1Y: 3.2 "
    assert f"{figure}(release source-of-dfe-ehc-plans-20-weeks/1, row 4)" in done.output
    assert "not met" not in done.output
    assert rows() == before


def test_where_no_trigger_holds_the_command_says_whose_matter_it_is(site):
    done = run(YORK, SEN, "notice", "--dry-run", "--on", "2026-11-30", "--format", "json")

    found = json.loads(done.output)
    assert found["allowed"] is False
    assert found["says"] == "This is a matter for the local people."
    (condition,) = [c for c in found["conditions"] if c["of"] == "standing"]
    assert (condition["met"], condition["fact"]["value"]) == (False, 100.0)
    assert condition["fact"]["release"] == "source-of-dfe-ehc-plans-20-weeks/1"


def test_the_framework_as_found_opens_no_step(site):
    done = run("Devon", SEN, "commissioners", "--dry-run", "--framework", "england-as-found",
               "--on", "2026-11-30", "--format", "json")  # fmt: skip

    found = json.loads(done.output)
    assert found["says"] == "This is a matter for the local people."
    assert "has no ladder" in found["conditions"][0]["found"]


def test_a_pause_of_the_framework_holds_and_the_act_would_carry_a_label(site):
    done = run("Devon", SEN, "notice", "--dry-run", "--on", "2027-04-15")

    assert done.output.splitlines()[0] == "This is a matter for the local people."
    assert "not met  No pause of the framework may hold on the day." in done.output
    assert "would carry: Before local elections in England of 6 May 2027" in done.output


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("Devon", SEN, "notice"), 2, "Add --dry-run"),
        (("Atlantis", SEN, "notice", "--dry-run"), 5, "There is no place of that name here."),
        (("Devon", "magic", "x", "--dry-run"), 3, "service: There is no such service."),
        (("Devon", SEN, "invade", "--dry-run"), 3, "notice, support, direction, commissioners"),
        (("Devon", SEN, "notice", "--dry-run", "--framework", "none"), 5, "No version"),
        (("Devon", SEN, "notice", "--dry-run", "--on", "soon"), 2, "soon"),
    ],
)
def test_wrong_words_are_answered_plainly(site, words, code, says):
    if "--on" not in words:
        words = (*words, "--on", "2026-11-30") if "--dry-run" in words else words
    done = run(*words)

    assert done.exit_code == code, done.output
    assert says in done.output
    assert "Traceback" not in done.output


def test_the_command_ends_what_is_over_and_nothing_else(site, at):
    done = CliRunner().invoke(main, ["intervention", "end"])

    told = "     0 steps or notices of the centre ended by the rule\n"
    assert (done.exit_code, done.output) == (0, told)


def test_in_the_rehearsal_space_from_refusal_to_exit(site, at):
    """What a new user does: refused with a trace, then allowed and carried through to the end."""
    before = PublicAct.objects.count()
    user = invented.person(at)
    for role, body, office in (
        ("centre", DFE, "minister"),
        ("officer", "devon-county-council", "director-of-childrens-services"),
    ):
        take_rehearsal_role(person=user, role=role, body=body, office=office, at=at)
    day = day_of(at)
    asked = {"actor": user, "centre": DFE, "service": SEN, "reasons": REASONS, "at": at, **HERE}

    refused = actions.propose(place=YORK, step="notice", **asked)
    found = queries.case_file(refused.pk, day, run=run_of(user), **HERE)
    assert found.line.state == "refused"
    assert found.finding.says == "This is a matter for the local people."

    case = actions.propose(place=DEVON, step="notice", **asked)
    # Nobody said who must reply: it is who answers for the service there, by law.
    assert case.body.slug == "devon-county-council"
    act = {"actor": user, "case": case.pk, "at": at, **HERE}
    actions.reply(text=REPLY, on=day + 14 * DAY, **act)
    actions.decide(outcome="go-ahead", reasons=REASONS, equality=EQUALITY, on=day + 29 * DAY, **act)
    actions.review(outcome="goes-on", text=REASONS, on=day + 200 * DAY, **act)
    assert actions.end_what_is_over(at=at, on=day + 400 * DAY, case=case.pk, **HERE) == 1

    found = queries.case_file(case.pk, day + 400 * DAY, run=run_of(user), **HERE)
    assert [e.what for e in found.events] == [
        "propose", "notice", "reply", "decide", "review", "end",
    ]  # fmt: skip
    assert (found.line.state, found.line.ending) == ("ended", "time-over")
    assert PublicAct.objects.count() == before
    assert queries.register(queries.CaseFilter(), day).total == 0
    assert duty_queries.duties_in(DEVON, SEN, day) == []


def test_in_the_record_the_centre_keeps_out_because_no_ladder_lets_it_in(site, at):
    admin = invented.administrator(at)
    minister = invented.with_role(at, "centre", DFE, DFE_DOMAIN, "minister", by=admin)
    asked = {"actor": minister, "centre": DFE, "place": DEVON, "service": SEN,
             "reasons": REASONS, "at": at}  # fmt: skip

    case = actions.propose(step="commissioners", **asked)

    page = queries.non_interventions(day_of(at))
    assert [line.id for line in page.lines] == [case.pk]
    assert page.lines[0].framework == "england-as-found"
    verbs = PublicAct.objects.filter(place=DEVON).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["propose-step", "refuse-step"]


def test_an_emergency_uses_a_power_that_the_framework_names(site, at):
    admin = invented.administrator(at)
    minister = invented.with_role(at, "centre", DFE, DFE_DOMAIN, "minister", by=admin)
    other = invented.with_role(at, "centre", DFE, DFE_DOMAIN, "accounting-officer", by=admin)
    asked = {"centre": DFE, "place": DEVON, "service": SEN, "power": "education-direction",
             "reasons": REASONS, "equality": EQUALITY, "until": day_of(at) + 60 * DAY,
             "at": at}  # fmt: skip
    with pytest.raises(NotAllowed), transaction.atomic():
        actions.override(actor=other, **asked)

    case = actions.override(actor=minister, **asked)

    found = queries.case_file(case.pk, day_of(at))
    assert (found.line.outside, found.power.law) == (True, "Education Act 1996, section 497A")
    assert [d.body for d in found.duties] == ["devon-county-council", DFE]

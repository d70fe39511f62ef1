"""Who may do what in a case: every role at the centre, at the body and elsewhere."""

import pytest
from django.db import transaction

from folkmoot.common.errors import NotAllowed
from folkmoot.framework.building import build_standings
from folkmoot.framework.cases import actions
from folkmoot.framework.importing import put_in_use
from folkmoot.framework.models import CaseWords
from folkmoot.people.queries import day_of
from folkmoot.people.rules import ROLES, SITE
from tests.rooms import cases_begun as begun
from tests.rooms import people_invented as invented
from tests.rooms.cases_begun import (
    DAY,
    DEVON_COUNCIL,
    EQUALITY,
    REASONS,
    REPLY,
    YORK,
    YORK_COUNCIL,
    counts,
)
from tests.rooms.duties_owed import DFE, DFE_DOMAIN


@pytest.fixture
def stage(db, at):
    return begun.stage(at)


class _Undo(Exception):
    """So that one attempt leaves nothing for the next."""


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_may_do_what(stage, at, role):
    """For every role, at the centre that acts, at the council concerned and at another body."""
    noticed = begun.propose(stage)
    at29 = at + 29 * DAY
    allowed = set()
    site = role == "administrator"
    places = {
        "centre": (DFE, DFE_DOMAIN, "minister"),
        "body": (DEVON_COUNCIL, "devon.gov.uk", "leader"),
        "other": ("leeds-city-council", "leeds.gov.uk", "minister"),
    }
    for place, (body, domain, office) in places.items():
        if site:
            body, domain = SITE, "example.org"
        who = invented.with_role(at, role, body, domain, office, by=stage.administrator)
        tries = {
            "propose": lambda who=who: begun.propose(stage, actor=who, place=YORK),
            "reply": lambda who=who: actions.reply(
                actor=who, case=noticed.pk, text=REPLY, at=at + DAY),
            "decide": lambda who=who: begun.decide(stage, noticed, actor=who),
            "withdraw": lambda who=who: actions.withdraw(
                actor=who, case=noticed.pk, reasons=REASONS, at=at29),
            "override": lambda who=who: actions.override(
                actor=who, centre=DFE, place=YORK, service=begun.SEN, power="children-direction",
                reasons=REASONS, equality=EQUALITY, until=day_of(at) + 9 * DAY,
                body=YORK_COUNCIL, at=at),
        }  # fmt: skip
        for what, attempt in tries.items():
            try:
                with transaction.atomic():
                    attempt()
                    allowed.add((place, what))
                    raise _Undo
            except (NotAllowed, _Undo):
                pass
    centre = {("centre", what) for what in ("propose", "decide", "withdraw", "override")}
    reply = {("body", "reply")} if role in ("officer", "representative") else set()
    assert allowed == (centre if role == "centre" else reply)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_may_review_and_end(stage, at, role):
    case = begun.running(stage)
    allowed = set()
    places = (("centre", DFE, DFE_DOMAIN), ("body", DEVON_COUNCIL, "devon.gov.uk"))
    for place, body, domain in places:
        if role == "administrator":
            body, domain = SITE, "example.org"
        who = invented.with_role(at, role, body, domain, "leader", by=stage.administrator)
        for what, act in (
            ("review", lambda who=who: actions.review(
                actor=who, case=case.pk, outcome="goes-on", text=REASONS, at=at + 40 * DAY)),
            ("end", lambda who=who: actions.end(
                actor=who, case=case.pk, ending="ended-early", reasons=REASONS, at=at + 40 * DAY)),
        ):  # fmt: skip
            try:
                with transaction.atomic():
                    act()
                    allowed.add((place, what))
                    raise _Undo
            except (NotAllowed, _Undo):
                pass
    assert allowed == ({("centre", "review"), ("centre", "end")} if role == "centre" else set())


def test_nobody_who_is_not_signed_in_does_anything(stage, at):
    case = begun.propose(stage)
    before = counts()
    for attempt in (
        lambda: begun.propose(stage, actor=None, place=YORK),
        lambda: begun.decide(stage, case, actor=None),
        lambda: actions.reply(actor=None, case=case.pk, text=REPLY, at=at),
        lambda: actions.withdraw(actor=None, case=case.pk, reasons=REASONS, at=at),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert counts() == before


HOME_OFFICE, HOME_DOMAIN = "home-office", "homeoffice.gov.uk"


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_may_withdraw_words(stage, at, role):
    """Whoever acts for the centre whose words they are, and an administrator of the site."""
    case = begun.propose(stage)
    words = CaseWords.objects.get(event__case=case, part="reasons").pk
    allowed = set()
    places = {
        "centre": (DFE, DFE_DOMAIN),
        "another centre": (HOME_OFFICE, HOME_DOMAIN),
        "body": (DEVON_COUNCIL, "devon.gov.uk"),
        "other": ("leeds-city-council", "leeds.gov.uk"),
    }
    for place, (body, domain) in places.items():
        if role == "administrator":
            body, domain = SITE, "example.org"
        who = invented.with_role(at, role, body, domain, "minister", by=stage.administrator)
        try:
            with transaction.atomic():
                actions.withdraw_words(actor=who, words=words, reason="court-order", at=at)
                allowed.add(place)
                raise _Undo
        except (NotAllowed, _Undo):
            pass
    everywhere = set(places) if role == "administrator" else set()
    assert allowed == ({"centre"} if role == "centre" else everywhere)


def test_another_department_or_body_does_nothing_in_a_case(stage, at):
    """Not even its minister: a case is that of the department that proposed it."""
    noticed = begun.propose(stage)
    home = invented.with_role(
        at, "centre", HOME_OFFICE, HOME_DOMAIN, "minister", by=stage.administrator
    )
    at29, at40 = at + 29 * DAY, at + 40 * DAY

    def tries(case, who):
        act = {"actor": who, "case": case.pk}
        yield lambda: begun.decide(stage, case, actor=who)
        yield lambda: actions.withdraw(reasons=REASONS, at=at29, **act)
        yield lambda: actions.review(outcome="goes-on", text=REASONS, at=at40, **act)
        yield lambda: actions.end(ending="ended-early", reasons=REASONS, at=at40, **act)
        yield lambda: actions.reply(text=REPLY, late=True, at=at40, **act)

    def refused(case, moves):
        for who in (home, stage.leeds):
            done = [attempt for number, attempt in enumerate(tries(case, who)) if number in moves]
            for attempt in done:
                before = counts()
                with pytest.raises(NotAllowed):
                    attempt()
                assert counts() == before

    refused(noticed, {0, 1, 4})
    refused(begun.decide(stage, noticed), {2, 3, 4})
    with pytest.raises(NotAllowed):
        begun.propose(stage, actor=home, place=YORK)


def test_a_notice_of_an_older_version_is_decided_by_whom_its_step_names(db, at):
    """As in a first version, whose officer decides on a notice and may, in so many words, not."""
    stage = begun.stage(
        at,
        roles=[
            {"id": "officer-of-the-centre", "title": "Officer", "may": ["propose"]},
            {"id": "minister", "title": "Minister", "may": ["decide"]},
        ],
    )
    case = begun.propose(stage)
    with pytest.raises(NotAllowed):
        begun.decide(stage, case, actor=stage.devon)
    assert begun.decide(stage, case).state == "running"


def test_the_offices_and_the_powers_that_a_framework_names_are_kept_to(db, at):
    """An office that another role asks for, and a role that may decide but not propose."""
    roles = [
        {"id": "officer-of-the-centre", "title": "Officer", "may": ["decide"],
         "office": ["accounting-officer"]},
        {"id": "minister", "title": "Minister", "may": ["decide"], "office": ["minister"]},
    ]  # fmt: skip
    stage = begun.stage(at, roles=roles)
    before = counts()
    with pytest.raises(NotAllowed, match="does not let its role 'Officer' propose"):
        begun.propose(stage)
    assert counts() == before
    roles[0]["may"] = ["propose", "decide"]
    made = begun.framework(
        "england-as-found", illustrative=False, version="2", roles=roles,
        **{"from": day_of(at)},
    )  # fmt: skip
    put_in_use(made, office="build", at=at)
    build_standings(at)
    with pytest.raises(NotAllowed, match="accounting"):
        begun.propose(stage, actor=stage.minister)
    case = begun.propose(stage)
    with pytest.raises(NotAllowed, match="accounting"):
        begun.decide(stage, case, actor=stage.minister)
    assert begun.decide(stage, case).state == "running"

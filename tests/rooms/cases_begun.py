"""A ladder with two steps, the real figures of three councils, and people who act in cases."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from folkmoot.bodies.models import Body, Remit
from folkmoot.common.models import PublicAct
from folkmoot.duties.models import Duty
from folkmoot.framework.building import build_standings
from folkmoot.framework.cases import actions, queries
from folkmoot.framework.catalogue import Framework
from folkmoot.framework.importing import put_in_use
from folkmoot.framework.models import (
    Case,
    CaseEvent,
    CaseWords,
    FrameworkVersion,
    Standing,
)
from folkmoot.people.actions import take_rehearsal_role
from folkmoot.people.models import Person
from folkmoot.places.models import Area
from tests.rooms import duties_owed as owed
from tests.rooms import framework_account as account
from tests.rooms import framework_material as material
from tests.rooms import people_invented as invented
from tests.rooms.duties_owed import DFE, DFE_DOMAIN
from tests.rooms.people_invented import DEVON as DEVON_COUNCIL
from tests.rooms.people_invented import DEVON_DOMAIN, LEEDS, LEEDS_DOMAIN

DEVON, YORK = material.DEVON, material.YORK
SEN = account.SEN
DAY = dt.timedelta(days=1)
YORK_COUNCIL = "city-of-york-council"
COUNCILS = {
    material.DEVON: (DEVON_COUNCIL, "county-council"),
    material.LEEDS: (LEEDS, "metropolitan-council"),
    material.YORK: (YORK_COUNCIL, "unitary-council"),
}
REASONS = "For two years hardly any plan in Devon has been made within 20 weeks."
EQUALITY = "Children with special needs gain most; no group of people is known to lose by it."
REPLY = "We have taken on 20 educational psychologists; our plan is published."
POWER = {
    "id": "children-direction",
    "title": "Direct a council on its children's services",
    "law": "Children Act 2004, section 50",
    "who": "minister",
    "over": "Councils with these services",
    "test": "It is failing to perform a function",
    "source": material.SOURCE,
}
ROLES = [
    {"id": "officer-of-the-centre", "title": "Officer", "may": ["propose", "decide"]},
    {"id": "minister", "title": "Minister", "may": ["decide"]},
]


def ladder(**more: Any) -> list[dict[str, Any]]:
    """Notice, decided by any officer of the centre; then support, decided by the minister."""
    (first,) = material.framework().document()["ladder"]  # type: ignore[misc]
    notice = {**first, "proposes": "officer-of-the-centre", "decides": "officer-of-the-centre"}
    support = {**notice, "id": "support", "title": "Support", "after": "notice",
               "decides": "minister"}  # fmt: skip
    return [{**notice, **more}, {**support, **more}]


def framework(slug: str, *, illustrative: bool, step: Any = None, **more: Any) -> Framework:
    """A framework with that ladder; ``step``: what its steps have of their own."""
    fields: dict[str, Any] = {
        "slug": slug,
        "title": "Illustrative ladder" if illustrative else "A ladder in use",
        "illustrative": illustrative,
        "roles": ROLES,
        "powers": [POWER],
        "ladder": ladder(**(step or {})),
        **more,
    }
    return material.framework(**fields)


def remits(at: dt.datetime) -> None:
    """The three councils in their places, each answering for special educational needs there."""
    for code, (slug, kind) in COUNCILS.items():
        invented.known(slug, "leader")
        area = Area.objects.get(code=code)
        Body.objects.filter(slug=slug).update(kind=kind, area=area)
        Remit.objects.create(
            service=SEN, title="Special educational needs", area_kind=area.kind, position=1,
            form="remit", role="decides", who="upper-council", checked=at.date(),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stage:
    """Who acts, on whose figures. ``minister`` and ``official`` act for the department."""

    at: dt.datetime
    administrator: Person
    minister: Person
    official: Person
    devon: Person
    leeds: Person


def stage(at: dt.datetime, step: Any = None, **more: Any) -> Stage:
    """Bodies, figures, a framework in use and one for rehearsals, standings, and people."""
    owed.bodies()
    account.account()
    remits(at)
    for slug, illustrative in (("england-as-found", False), ("illustrative", True)):
        made = framework(slug, illustrative=illustrative, step=step, **more)
        put_in_use(made, office="build", at=at)
    build_standings(at)
    admin = invented.administrator(at)
    return Stage(
        at,
        admin,
        invented.with_role(at, "centre", DFE, DFE_DOMAIN, "minister", by=admin),
        invented.with_role(at, "centre", DFE, DFE_DOMAIN, "accounting-officer", by=admin),
        invented.with_role(at, "officer", DEVON_COUNCIL, DEVON_DOMAIN, by=admin),
        invented.with_role(at, "officer", LEEDS, LEEDS_DOMAIN, by=admin),
    )


def play(person: Person, at: dt.datetime) -> None:
    """Let somebody play every part in their own rehearsal."""
    for role, body, office in (
        ("centre", DFE, "minister"),
        ("officer", DEVON_COUNCIL, "leader"),
    ):
        take_rehearsal_role(person=person, role=role, body=body, office=office, at=at)


def proposal(**more: Any) -> dict[str, Any]:
    """A notice to Devon about its plans, or to the council of another ``place``."""
    return {
        "centre": DFE,
        "place": DEVON,
        "service": SEN,
        "step": "notice",
        "reasons": REASONS,
        "body": COUNCILS.get(more.get("place", DEVON), ("",))[0],
        **more,
    }


def propose(on_stage: Stage, **more: Any) -> Case:
    """The notice, proposed by the official."""
    fields = {"actor": on_stage.official, "at": on_stage.at, **more}
    return actions.propose(**proposal(**fields))


def decide(on_stage: Stage, case: Case, after: int = 29, **more: Any) -> Case:
    """A decision to go ahead, so many days after the notice."""
    fields = {
        "actor": on_stage.official,
        "case": case.pk,
        "outcome": "go-ahead",
        "reasons": REASONS,
        "equality": EQUALITY,
        "at": on_stage.at + after * DAY,
        **more,
    }
    return actions.decide(**fields)


def running(on_stage: Stage, **more: Any) -> Case:
    """A notice that was decided on."""
    return decide(on_stage, propose(on_stage), **more)


def figure(value: float, *, year: int = 2025, slug: str = "england-as-found") -> None:
    """A further year of Devon's figure, as a new release would bring it."""
    version = FrameworkVersion.objects.get(slug=slug)
    newest = Standing.objects.filter(framework=version, area__code=DEVON).latest("period_end")
    newest.pk = None
    newest._state.adding = True
    newest.period, newest.period_end = f"{year}-01-01/P1Y", dt.date(year + 1, 1, 1)
    newest.value, newest.shortfall = value, 100 - value
    if value == 100:
        newest.state, newest.how, newest.failing = "meets", "", False
    newest.save()


def verbs() -> list[str]:
    """What the record holds of cases and duties, in order, with the reasons."""
    rows = PublicAct.objects.filter(subject__regex="^(case|duty):").order_by("pk")
    return [f"{verb} {reason}".strip() for verb, reason in rows.values_list("verb", "reason")]


def counts() -> tuple[int, ...]:
    """How much there is of everything that an action on a case could leave behind."""
    tables = (Case, CaseEvent, CaseWords, Duty, PublicAct)
    return tuple(table.objects.count() for table in tables)


def file_of(case: Case, today: dt.date) -> queries.CaseFile:
    """The case as its page shows it."""
    return queries.case_file(case.pk, today)

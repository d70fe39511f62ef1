"""Only the centre puts a framework into use, in public, and never one with a fault."""

import pytest
from faker import Faker

from folkmoot.common.errors import BadInput, NotAllowed, NotFound
from folkmoot.common.models import PublicAct
from folkmoot.framework.actions import adopt_framework
from folkmoot.framework.models import FrameworkVersion
from folkmoot.people.models import Person, Role
from tests.rooms import people_invented as invented
from tests.rooms.framework_account import AT, account
from tests.rooms.framework_material import TODAY, framework, standard
from tests.rooms.test_framework_build import unlabelled

pytestmark = pytest.mark.django_db
BODY = "department-for-education"
FAKE = Faker("en_GB")
Faker.seed(3)


@pytest.fixture(autouse=True)
def department():
    return invented.known(BODY)


def sourced():
    """A framework in which every part has its source."""
    source = {
        "title": "Local Government Act 1999",
        "link": "https://www.legislation.gov.uk/ukpga/1999/27",
        "seen": "section 15(1) to (6)",
        "checked": TODAY,
    }
    return unlabelled(roles=[], safeguards=[], sources=[source])


def holder(role, body=BODY, space="record"):
    person = Person.objects.create(email=FAKE.unique.email(), created=AT, seen_on=TODAY)
    Role.objects.create(
        person=person,
        role=role,
        body=body,
        office="framework",
        since=TODAY,
        granted_by="site/administrator",
        space=space,
    )
    return person


def test_the_centre_puts_a_version_into_use_and_the_record_names_the_office():
    account()

    made = adopt_framework(actor=holder("centre"), body=BODY, framework=sourced(), at=AT)

    assert made.space == "record"
    act = PublicAct.objects.get(verb="adopt-framework")
    assert (act.office, act.body, act.subject) == (
        f"{BODY}/framework",
        BODY,
        "framework:england-as-found/1",
    )


def test_a_role_at_a_council_puts_no_framework_into_use():
    account()
    invented.known(invented.LEEDS)

    with pytest.raises(NotFound):
        adopt_framework(
            actor=holder("centre", invented.LEEDS), body=invented.LEEDS, framework=sourced(), at=AT
        )

    assert not FrameworkVersion.objects.exists()


@pytest.mark.parametrize("role", ["officer", "representative", "moderator", "administrator"])
def test_nobody_else_may(role):
    account()

    with pytest.raises(NotAllowed):
        adopt_framework(actor=holder(role), body=BODY, framework=sourced(), at=AT)

    assert not FrameworkVersion.objects.exists()
    assert not PublicAct.objects.exists()


def test_the_centre_of_another_department_or_of_a_rehearsal_may_not():
    account()

    for person in (holder("centre", "home-office"), holder("centre", space="rehearsal")):
        with pytest.raises(NotAllowed):
            adopt_framework(actor=person, body=BODY, framework=sourced(), at=AT)


def test_a_trigger_that_no_figure_ever_met_is_not_adopted():
    account()
    whole = framework(standard(line=1), title="Illustrative", version="2")

    with pytest.raises(BadInput) as refused:
        adopt_framework(actor=holder("centre"), body=BODY, framework=whole, at=AT)

    assert "it can never open the step" in refused.value.faults[0].what
    assert not FrameworkVersion.objects.exists()
    adopt_framework(actor=holder("centre"), body=BODY, framework=framework(), at=AT)


def test_a_framework_with_a_fault_is_refused_with_every_one():
    account()
    faulty = framework(standard(service="magic", measure="nought"))

    with pytest.raises(BadInput) as refused:
        adopt_framework(actor=holder("centre"), body=BODY, framework=faulty, at=AT)

    assert {fault.where.split(", ")[-1] for fault in refused.value.faults} >= {
        "standards.0.service",
        "standards.0.measure",
    }
    assert not FrameworkVersion.objects.exists()

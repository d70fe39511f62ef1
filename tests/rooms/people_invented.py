"""Invented persons with real bodies and their real domains."""

import datetime as dt

from faker import Faker

from folkmoot.people import actions
from folkmoot.people.models import Person, VerifiedDomain
from folkmoot.people.queries import day_of

LEEDS, LEEDS_DOMAIN = "leeds-city-council", "leeds.gov.uk"
DEVON, DEVON_DOMAIN = "devon-county-council", "devon.gov.uk"

FAKE = Faker("en_GB")
FAKE.seed_instance(20261123)


def address(domain: str = "example.org") -> str:
    return f"{FAKE.unique.user_name().lower()}@{domain}"


def person(at: dt.datetime, domain: str = "example.org") -> Person:
    return actions.person_of_provider(email=address(domain), at=at)


def administrator(at: dt.datetime) -> Person:
    """An administrator of the site, as the command line makes the first one."""
    who = person(at)
    invitation = actions.invite_administrator(email=who.email, at=at)
    actions.accept_invitation(person=who, invitation=invitation.pk, at=at)
    return who


def with_role(
    at: dt.datetime,
    role: str,
    body: str = LEEDS,
    domain: str = LEEDS_DOMAIN,
    office: str = "chief-executive",
    by: Person | None = None,
) -> Person:
    """Somebody with a role at a body, granted by an administrator."""
    by = by or administrator(at)
    if not VerifiedDomain.objects.filter(body=body, domain=domain).exists():
        actions.verify_domain(actor=by, body=body, domain=domain, at=at)
    who = person(at, domain)
    actions.grant_role(actor=by, person=who, role=role, body=body, office=office, at=at)
    return who


__all__ = ["DEVON", "DEVON_DOMAIN", "LEEDS", "LEEDS_DOMAIN", "address", "administrator",
           "day_of", "person", "with_role"]  # fmt: skip

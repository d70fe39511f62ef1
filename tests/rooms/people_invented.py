"""Invented persons with real bodies and their real domains."""

import datetime as dt

from faker import Faker

from folkmoot.bodies.models import Body, Office
from folkmoot.bodies.queries import kind_of
from folkmoot.bodies.rules import CENTRAL
from folkmoot.people import actions
from folkmoot.people.models import Person, Role, VerifiedDomain
from folkmoot.people.queries import day_of
from folkmoot.people.rules import CENTRE, SITE

LEEDS, LEEDS_DOMAIN = "leeds-city-council", "leeds.gov.uk"
DEVON, DEVON_DOMAIN = "devon-county-council", "devon.gov.uk"

# Slug → (name, kind) of the bodies that tests need without loading the registers.
BODIES = {
    LEEDS: ("Leeds City Council", "metropolitan-council"),
    DEVON: ("Devon County Council", "county-council"),
    "barnsley-metropolitan-borough-council": (
        "Barnsley Metropolitan Borough Council",
        "metropolitan-council",
    ),
    "department-for-education": ("Department for Education", "department"),
}
OFFICES = ("chief-executive", "leader", "clerk")

FAKE = Faker("en_GB")
FAKE.seed_instance(20261123)


def known(slug: str, *offices: str) -> Body:
    """The body in the database, with these offices besides those that it has there."""
    name, kind = BODIES.get(slug, (slug.replace("-", " ").title(), "national-body"))
    body, _ = Body.objects.get_or_create(
        slug=slug, defaults={"name": name, "kind": kind, "source": "test"}
    )
    for office in offices:
        Office.objects.get_or_create(
            body=body, slug=office, defaults={"title": office, "kind": "head-of-paid-service"}
        )
    return body


def address(domain: str = "example.org") -> str:
    return f"{FAKE.unique.user_name().lower()}@{domain}"


def person(at: dt.datetime, domain: str = "example.org") -> Person:
    return actions.person_of_provider(email=address(domain), at=at)


def administrator(at: dt.datetime) -> Person:
    """An administrator of the site, as the command line makes the first one.

    Leeds and Devon, for which most tests grant something, are there with ``OFFICES``.
    """
    for body in (LEEDS, DEVON, "department-for-education"):
        known(body, *OFFICES)
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
    if body != SITE:
        known(body, office)
    if not VerifiedDomain.objects.filter(body=body, domain=domain).exists():
        actions.verify_domain(actor=by, body=body, domain=domain, at=at)
    who = person(at, domain)
    if role == CENTRE and kind_of(body) not in CENTRAL:
        # No longer granted, and nothing must follow from one that was.
        Role.objects.create(
            person=who, role=role, body=body, office=office, since=day_of(at), granted_by=SITE
        )
        return who
    actions.grant_role(actor=by, person=who, role=role, body=body, office=office, at=at)
    return who


__all__ = ["BODIES", "DEVON", "DEVON_DOMAIN", "LEEDS", "LEEDS_DOMAIN", "address", "administrator",
           "day_of", "known", "person", "with_role"]  # fmt: skip

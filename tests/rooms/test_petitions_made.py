"""The people that tests of petitions begin with are as the actions would leave them."""

from __future__ import annotations

from folkmoot.common.models import PublicAct
from folkmoot.people.models import Person, Role, VerifiedDomain
from tests.rooms import people_invented as invented
from tests.rooms import petitions_made as made


def rows() -> dict[str, list[tuple[object, ...]]]:
    """Everything that is kept of people, but for keys and invented addresses."""
    at_domain = sorted(
        (email.partition("@")[2], seen_on, warned_on)
        for email, seen_on, warned_on in Person.objects.values_list("email", "seen_on", "warned_on")
    )
    acts = PublicAct.objects.values_list("office", "verb", "subject", "at", "body", "reason")
    roles = Role.objects.values_list(
        "person__email", "role", "body", "office", "since", "until", "granted_by", "space"
    )
    return {
        "people": at_domain,
        "roles": sorted((str(email).partition("@")[2], *rest) for email, *rest in roles),
        "domains": sorted(VerifiedDomain.objects.values_list("body", "domain", "since", "by")),
        "acts": sorted(acts),
    }


def test_people_made_at_once_are_as_those_made_one_by_one(db, at):
    made.world(at)
    at_once = rows()
    Role.objects.all().delete()
    Person.objects.all().delete()
    VerifiedDomain.objects.all().delete()
    known = set(PublicAct.objects.values_list("pk", flat=True))

    admin = invented.administrator(at)
    invented.person(at)
    for domain, posts in made.POSTS.values():
        role, body, office = posts[0]
        who = invented.with_role(at, role, body, domain, office, by=admin)
        for role, body, office in posts[1:]:
            invented.actions.grant_role(
                actor=admin, person=who, role=role, body=body, office=office, at=at
            )
    one_by_one = rows()

    again = PublicAct.objects.exclude(pk__in=known)
    one_by_one["acts"] = sorted(
        again.values_list("office", "verb", "subject", "at", "body", "reason")
    )
    assert at_once == one_by_one
    assert len(at_once["roles"]) == 7

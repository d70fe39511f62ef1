"""Petitions in any state, about real places and bodies, with invented people and signatures.

``world()`` makes the places, services, bodies and people in an empty database; on the built one
(``built``) they are there already and only the people are made. ``petition(w, state, ...)`` makes
a petition as the actions would leave it, without going through them, and ``signatures(...)``
gives it signatures that are counted.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any

from folkmoot.bodies.models import Body, Office
from folkmoot.common.acts import NewAct, record_acts
from folkmoot.people.models import Person, Role, VerifiedDomain
from folkmoot.people.queries import day_of, held
from folkmoot.people.rules import SITE, subject_of
from folkmoot.petitions.models import ModerationDecision, Petition, Signature, Threshold
from folkmoot.petitions.models_signing import CONFIRMED, CREATOR, ONLINE, SPONSOR
from folkmoot.petitions.rules import limits
from folkmoot.petitions.rules.states import (
    CLOSED,
    DRAFT,
    HIDDEN,
    MERGED,
    MODERATION,
    OPEN,
    REFERRED,
    REJECTED,
    SPONSORS,
    WITHDRAWN,
)
from folkmoot.places.models import Area
from folkmoot.services.models import Service
from tests.rooms import people_invented as invented
from tests.rooms.people_invented import DEVON as DEVON_COUNCIL
from tests.rooms.people_invented import DEVON_DOMAIN, LEEDS, LEEDS_DOMAIN

PLACE, DEVON_PLACE = "E08000035", "E10000008"
WASTE = "waste"
SITE_DOMAIN = "folkmoot.example.org"
TITLE = "Empty the glass banks in Headingley every week"
BACKGROUND = "The banks at the car park overflow on most weekends, and glass lies on the path."
DETAIL = "We ask for a collection on each Friday, and for a second bank in the summer."
POSTCODE = "LS1 1UR"
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class World:
    """A place, its council and who acts in it. ``at`` is the moment that everything begins.

    ``officer`` and ``moderator`` act for Leeds City Council, ``stranger`` is an officer and a
    moderator of Devon's; ``site`` and ``second`` moderate for the site.
    """

    at: dt.datetime
    area: Area
    service: Service
    body: Body
    other_body: Body
    administrator: Person
    creator: Person
    officer: Person
    moderator: Person
    stranger: Person
    site: Person
    second: Person


def places() -> tuple[Area, Service, Body, Body]:
    """Leeds, waste, Leeds City Council and Devon County Council, made where they are not there."""
    area, _ = Area.objects.get_or_create(
        code=PLACE,
        defaults={
            "name": "Leeds", "slug": "leeds", "kind": "metropolitan", "nation": "E92000001",
            "edition": "2025-04", "population": 829_413, "source": "test",
        },
    )  # fmt: skip
    devon, _ = Area.objects.get_or_create(
        code=DEVON_PLACE,
        defaults={
            "name": "Devon", "slug": "devon", "kind": "county", "nation": "E92000001",
            "edition": "2025-04", "population": 832_000, "source": "test",
        },
    )  # fmt: skip
    service, _ = Service.objects.get_or_create(
        slug=WASTE, defaults={"title": "Waste and recycling", "summary": "Bins.", "position": 1}
    )
    leeds_council = body(LEEDS, "Leeds City Council", "metropolitan-council", area)
    return area, service, leeds_council, body(DEVON_COUNCIL, "Devon County Council",
                                              "county-council", devon)  # fmt: skip


def body(slug: str, name: str, kind: str, area: Area) -> Body:
    """A body with a leader and a head of paid service."""
    found, _ = Body.objects.get_or_create(
        slug=slug, defaults={"name": name, "kind": kind, "area": area, "source": "test"}
    )
    for number, office in enumerate(("leader", "head-of-paid-service")):
        Office.objects.get_or_create(
            body=found,
            slug=office,
            defaults={"title": office, "kind": office, "seats": 1, "position": number},
        )
    return found


# Who acts in a world besides its administrator and creator: a domain, and the posts of each.
POSTS: dict[str, tuple[str, tuple[tuple[str, str, str], ...]]] = {
    "stranger": (
        DEVON_DOMAIN,
        (("officer", DEVON_COUNCIL, "chief-executive"), ("moderator", DEVON_COUNCIL, "clerk")),
    ),
    "officer": (LEEDS_DOMAIN, (("officer", LEEDS, "chief-executive"),)),
    "moderator": (LEEDS_DOMAIN, (("moderator", LEEDS, "clerk"),)),
    "site": (SITE_DOMAIN, (("moderator", SITE, "moderators"),)),
    "second": (SITE_DOMAIN, (("moderator", SITE, "moderators"),)),
}


def world(at: dt.datetime) -> World:
    """Everything that petitions need."""
    area, service, leeds, devon = places()
    admin = invented.administrator(at)
    return World(
        at=at,
        area=area,
        service=service,
        body=leeds,
        other_body=devon,
        administrator=admin,
        creator=invented.person(at),
        **_with_posts(at, admin),
    )


def _with_posts(at: dt.datetime, admin: Person) -> dict[str, Person]:
    """The people of ``POSTS``, with rows and acts as ``invented.with_role`` leaves them, at once:
    one by one they would take half of a test."""
    day = day_of(at)
    by = held(admin.roles.get()).acting_office
    people = [
        Person(email=invented.address(domain), created=at, seen_on=day)
        for domain, _posts in POSTS.values()
    ]
    found = dict(zip(POSTS, Person.objects.bulk_create(people), strict=True))
    roles, acts, domains = [], [], {}
    for name, (domain, posts) in POSTS.items():
        for role, body_key, office in posts:
            new = Role(
                person=found[name], role=role, body=body_key, office=office, since=day,
                granted_by=by,
            )  # fmt: skip
            roles.append(new)
            what = subject_of(role, body_key, office)
            acts.append(NewAct(by, "grant-role", what, at, "", "", body_key, "", ""))
            domains[body_key, domain] = VerifiedDomain(
                body=body_key, domain=domain, since=day, by=by
            )
    Role.objects.bulk_create(roles)
    for known in VerifiedDomain.objects.filter(until=None).values_list("body", "domain"):
        domains.pop(known, None)
    VerifiedDomain.objects.bulk_create(domains.values())
    for body_key, domain in domains:
        acts.append(NewAct(by, "verify-domain", f"domain:{domain}", at, "", "", body_key, "", ""))
    record_acts(acts)
    return found


def petition(w: World, state: str = OPEN, *, signed: int = 0, **more: Any) -> Petition:
    """A petition in ``state`` as the actions leave one. ``signed``: its counted number.

    It was made at ``w.at``, or so long before as its state needs. ``more``: fields of its own.
    """
    at = w.at
    today = day_of(at)
    fields: dict[str, Any] = {
        "state": state, "title": TITLE, "background": BACKGROUND, "detail": DETAIL,
        "area": w.area, "service": w.service, "body": w.body, "creator": w.creator,
        "creator_name": invented.FAKE.name(), "sponsor_key": secrets.token_urlsafe(16)[:32],
        "created_at": at - 10 * DAY, "term": limits.USUAL_TERM, "signatures": signed,
    }  # fmt: skip
    if state != DRAFT:
        fields["submitted_at"] = at - 9 * DAY
        fields["sponsors_until"] = today + 12 * DAY
    if state not in (DRAFT, SPONSORS):
        fields["moderation_since"] = at - 5 * DAY
    if state in (OPEN, CLOSED, MERGED, HIDDEN, WITHDRAWN):
        fields |= _opened(w, today)
    fields |= _side(w, state, today)
    made = Petition.objects.create(**{**fields, **more})
    if made.opened_on:
        thresholds(made)
    if state not in (DRAFT, SPONSORS, MODERATION, WITHDRAWN):
        _decided(w, made)
    return made


def _opened(w: World, today: dt.date) -> dict[str, Any]:
    return {
        "opened_on": today - DAY,
        "closes_on": today + 179 * DAY,
        "scheme": "site",
        "scheme_version": "2026-11-23",
        "population": w.area.population,
    }


def _side(w: World, state: str, today: dt.date) -> dict[str, Any]:
    if state == CLOSED:
        return {"opened_on": today - 181 * DAY, "closes_on": today - DAY, "ended_on": today - DAY}
    if state == REJECTED:
        return {"reason": "not-a-request", "ended_on": today}
    if state == HIDDEN:
        return {"reason": "libel", "hidden_from": OPEN, "words_hidden": True, "title_hidden": True}
    if state == WITHDRAWN:
        return {"reason": "by-creator", "ended_on": today}
    if state == MERGED:
        into = petition(w, title="Empty every glass bank in Leeds each week")
        return {"reason": "duplicate", "ended_on": today, "merged_into": into}
    if state == REFERRED:
        return {"reason": "not-this-body", "ended_on": today, "referred_to": w.other_body}
    return {}


def _decided(w: World, made: Petition) -> None:
    ModerationDecision.objects.create(
        petition=made,
        step="first",
        outcome=OPEN if made.state == CLOSED else made.state,
        reason=made.reason,
        since=made.moderation_since,
        at=w.at - DAY,
        office="leeds-city-council/clerk",
        person=w.moderator,
    )


def thresholds(made: Petition, answer: int = 10, hearing: int = 50, debate: int = 100) -> None:
    """The three thresholds of a petition, small enough to be crossed in a test."""
    for kind, needed, days in (
        ("answer", answer, 30), ("hearing", hearing, 60), ("debate", debate, 90)
    ):  # fmt: skip
        Threshold.objects.create(petition=made, kind=kind, needed=needed, days=days)


def signature(made: Petition, at: dt.datetime, **more: Any) -> Signature:
    """One invented, confirmed and counted signature, with opaque keys of its own."""
    fields: dict[str, Any] = {
        "petition": made, "state": CONFIRMED, "origin": ONLINE, "name": invented.FAKE.name(),
        "email": invented.address(), "postcode": POSTCODE, "area": PLACE,
        "address_key": secrets.token_hex(16), "person_key": secrets.token_hex(16),
        "network_key": secrets.token_hex(16), "signed_at": at, "letter_at": at,
        "confirmed_at": at, "counted": True,
    }  # fmt: skip
    return Signature.objects.create(**{**fields, **more})


def signatures(made: Petition, number: int, at: dt.datetime, **more: Any) -> list[Signature]:
    """So many of them; the petition's own count grows with them."""
    signed = [signature(made, at, **more) for _ in range(number)]
    counted = sum(each.counted for each in signed)
    made.signatures += counted
    Petition.objects.filter(pk=made.pk).update(signatures=made.signatures)
    return signed


def sponsors(made: Petition, at: dt.datetime, number: int = limits.SPONSORS_NEEDED) -> None:
    """The creator's signature and so many sponsors'."""
    signatures(made, 1, at, origin=CREATOR)
    signatures(made, number, at, origin=SPONSOR)

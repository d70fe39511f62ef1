"""Petitions to look at: rows as the actions leave them, on places, services and bodies."""

from __future__ import annotations

import datetime as dt
import itertools

from folkmoot.bodies.models import Body
from folkmoot.petitions.models import Petition, Signature, SignatureCount
from folkmoot.petitions.models_signing import CONFIRMED
from folkmoot.places.models import Area
from folkmoot.services.models import Service

_KEYS = itertools.count(1)
LEEDS_CODE, EXETER_CODE = "E08000035", "E07000041"


def matter(
    code: str = LEEDS_CODE, service: str = "waste", body: str = "leeds-city-council"
) -> tuple[Area, Service, Body]:
    """A place, a service and a body: those of the database, or rows made for the test."""
    names = {LEEDS_CODE: ("Leeds", "leeds", 822_000), EXETER_CODE: ("Exeter", "exeter", 130_000)}
    name, slug, people = names.get(code, (code, code.lower(), 100_000))
    area, _ = Area.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "slug": slug,
            "kind": "metropolitan",
            "nation": "E92000001",
            "edition": "test",
            "population": people,
            "source": "test",
        },
    )
    made, _ = Service.objects.get_or_create(
        slug=service, defaults={"title": service.title(), "summary": "", "position": 99}
    )
    whom, _ = Body.objects.get_or_create(
        slug=body,
        defaults={
            "name": body.replace("-", " ").title(),
            "kind": "metropolitan-council",
            "source": "test",
        },
    )
    return area, made, whom


def petition(today: dt.date, state: str = "open", **fields: object) -> Petition:
    """A petition in a state, opened ten days ago for 90 days; its words say what they are."""
    area, service, body = matter()
    opened = today - dt.timedelta(days=10)
    public = state in ("open", "closed", "withdrawn", "hidden")
    chosen: dict[str, object] = {
        "state": state,
        "reason": "hoax" if state in ("rejected", "hidden") else "",
        "title": "Collect the bins each week",
        "background": "A background.",
        "detail": "A detail.",
        "area": area,
        "service": service,
        "body": body,
        "sponsor_key": f"key-{next(_KEYS)}",
        "created_at": dt.datetime.combine(opened, dt.time(9), tzinfo=dt.UTC),
        "opened_on": opened if public else None,
        "closes_on": opened + dt.timedelta(days=90) if public else None,
        **fields,
    }
    return Petition.objects.create(**chosen)


def counts(of: Petition, by_place: dict[str, dict[dt.date, int]], kind: str = "district") -> None:
    """Counts as the counting leaves them: place → day → signatures."""
    SignatureCount.objects.bulk_create(
        SignatureCount(petition=of, kind=kind, place=place, day=day, signatures=number)
        for place, days in by_place.items()
        for day, number in days.items()
    )


def signature(of: Petition, at: dt.datetime, **fields: object) -> Signature:
    """One confirmed signature, with nothing of a person in it but what is asked for."""
    return Signature.objects.create(
        **{"petition": of, "state": CONFIRMED, "signed_at": at, "confirmed_at": at, **fields}
    )

"""To whom a petition or a question may be addressed: the body that answers for the matter."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from folkmoot.bodies.answering import accountable_for
from folkmoot.bodies.models import Body, Office
from folkmoot.bodies.queries import on_day
from folkmoot.common.errors import Fault
from folkmoot.petitions.rules.writing import NewPetition
from folkmoot.places.models import Area
from folkmoot.services.models import Service


@dataclass(frozen=True, slots=True)
class Addressed:
    """The place, the service and the body that a text is about and for."""

    area: Area
    service: Service
    body: Body


def bodies_for(area: Area, service: str, on: dt.date) -> dict[str, str]:
    """Bodies that answer for a service in a place: slug → name, those who decide first.

    Empty where this site does not know who does.
    """
    return {
        answer.body.slug: answer.body.name
        for answer in accountable_for(area, service, on)
        if answer.body is not None and answer.role != "no-say"
    }


def addressed(words: NewPetition, on: dt.date) -> tuple[Addressed | None, list[Fault]]:
    """What tidied ``words`` are addressed to, or None with every fault.

    Where this site does not know who answers, any body may be asked; moderators can refer it.
    """
    area = Area.objects.filter(code=words.place, ended__isnull=True).first()
    service = Service.objects.filter(slug=words.service).first()
    body = Body.objects.filter(on_day(on), slug=words.body).first()
    faults = [
        Fault(where, f"There is no such {where} here.", f"Choose another {where}.", value=key[:80])
        for where, key, found in (
            ("place", words.place, area),
            ("service", words.service, service),
            ("body", words.body, body),
        )
        if key and found is None
    ]
    if area is None or service is None or body is None:
        return None, faults
    answer = bodies_for(area, service.slug, on)
    if answer and body.slug not in answer:
        faults.append(
            Fault(
                "body",
                f"{body.name} does not answer for {service.title.lower()} in {area.name}.",
                f"Ask who does: {', '.join(answer.values())}.",
                kind="not-this-body",
                value=body.slug,
            )
        )
    if (
        words.office
        and not Office.objects.filter(on_day(on), body=body, slug=words.office).exists()
    ):
        faults.append(
            Fault("office", f"{body.name} has no such office.", "Choose another one, or none.",
                  value=words.office[:80])
        )  # fmt: skip
    return (None, faults) if faults else (Addressed(area, service, body), [])

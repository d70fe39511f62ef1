"""What the centre does with the operating framework itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction

from folkmoot.bodies.queries import central_body
from folkmoot.common.errors import BadInput, Conflict, Fault
from folkmoot.framework.catalogue import Framework
from folkmoot.framework.checking import Known, check_framework
from folkmoot.framework.history import judged, panels_of
from folkmoot.framework.importing import put_in_use
from folkmoot.framework.models import FrameworkVersion
from folkmoot.framework.reading import Lines, Read
from folkmoot.measures.models import Measure
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of, require
from folkmoot.people.rules import CENTRE
from folkmoot.services.models import Service


def known_here() -> Known:
    """The services and measures of this site, for the checks across a framework."""
    return Known(
        services=frozenset(Service.objects.values_list("slug", flat=True)),
        measures=dict(Measure.objects.values_list("slug", "service__slug")),
    )


@transaction.atomic
def adopt_framework(
    *, actor: Person, body: str, framework: Framework, at: dt.datetime
) -> FrameworkVersion:
    """Put a version of the operating framework into use for the centre, in public.

    ``body``: the central body that ``actor`` acts for in the role of the centre. Raises
    NotAllowed without that role, NotFound where the body is no central one, BadInput with every
    fault of the framework, and Conflict where somebody else put the version into use at the same
    moment.
    """
    role = require(actor, CENTRE, body, day_of(at))
    central_body(body)
    faults: Sequence[Fault] = check_framework(
        _unlined(framework), known_here(), judged(framework, panels_of(framework)), day_of(at)
    )
    if faults:
        raise BadInput(faults)
    try:
        with transaction.atomic():
            return put_in_use(framework, office=role.acting_office, at=at, body=body)
    except IntegrityError:
        what = "This version was put into use at the same moment by somebody else."
        raise Conflict(f"{what} Look at what is in use now.") from None


def _unlined(framework: Framework) -> Read:
    return Read(framework, Lines(f"{framework.slug} {framework.version}", {}))

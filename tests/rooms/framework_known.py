"""What shipped frameworks may name: the services and measures of the shipped catalogue."""

import datetime as dt

from folkmoot.framework.checking import Known
from folkmoot.framework.models import FrameworkVersion
from folkmoot.measures.catalogue import read_catalogue
from folkmoot.shipped import shipped

CATALOGUE, _ = read_catalogue(shipped("catalogue"))
KNOWN = Known(
    frozenset(CATALOGUE.services),
    {slug: measure.service for slug, measure in CATALOGUE.measures.items()},
)


def leave_out_later(on: dt.date) -> None:
    """Forget the versions that begin after a day: a case that runs for months keeps its version."""
    FrameworkVersion.objects.filter(starts__gt=on).delete()

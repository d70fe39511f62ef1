"""What shipped frameworks may name: the services and measures of the shipped catalogue."""

from folkmoot.framework.checking import Known
from folkmoot.measures.catalogue import read_catalogue
from folkmoot.shipped import shipped

CATALOGUE, _ = read_catalogue(shipped("catalogue"))
KNOWN = Known(
    frozenset(CATALOGUE.services),
    {slug: measure.service for slug, measure in CATALOGUE.measures.items()},
)

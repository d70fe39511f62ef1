"""A small world of four real trusts in the database: one measure, a source of trusts' figures."""

from __future__ import annotations

import datetime as dt

from folkmoot.bodies.models import Body
from folkmoot.measures.catalogue import Catalogue
from folkmoot.measures.importing import sync_catalogue
from folkmoot.measures.models import Release
from folkmoot.measures.publishing import publish
from folkmoot.measures.receiving import receive
from tests.rooms.framework_account import AT
from tests.rooms.releases_material import measure, source
from tests.rooms.releases_world import SCHOOLS

HEADER = "nhs_trust22_code,attendances_over_4hours,total_attendances,date"
TITLE = {
    "slug": "waits",
    "title": "People who waited",
    "people": "people",
    "kinds": {"integrated-care-board"},
    "similar": "ons-global",
}


def trusts_world() -> None:
    """One measure of boards (no figures of theirs) and of trusts; the bodies of four trusts."""
    columns = {"numerator": "attendances_over_4hours", "denominator": "total_attendances"}
    boards = source("nhs-counts", slug="boards", columns={"area": "icb", "period": "date"})
    trusts = source(
        "nhs-counts",
        slug="trusts",
        columns={"area": "nhs_trust22_code", "period": "date"},
        area_codes="nhs-trust",
        period_format="month-name",
        status_marks={"": "not reported"},
    )
    waits = measure(
        reading={"dataset": "boards"},
        select=columns,
        bodies={"dataset": "trusts", "select": columns},
        **TITLE,
    )
    sources = {"boards": boards, "trusts": trusts}
    sync_catalogue(Catalogue({"schools": SCHOOLS}, sources, {"waits": waits}))
    for code in ("RH8", "RQM", "RA9", "RBQ"):
        slug = f"nhs-trust-{code.lower()}"
        Body.objects.create(slug=slug, name=f"NHS trust {code}", kind="nhs-trust", source="x")


def put_out(*rows: str, at: dt.datetime = AT) -> Release:
    """Receive a file of these rows, and publish it unless it is held."""
    data = "\n".join([HEADER, *rows, ""]).encode()
    release = receive(data, source_slug="trusts", filename="t.csv", at=at, office="operator")
    if release.state != Release.State.READY:
        return release
    return publish([release], at=at, office="operator")[0]


MONTHS = ("April 2025", "May 2025", "June 2025")


def rows(code: str, *over: object, cases: int = 200) -> list[str]:
    """A trust's rows of three months: so many of ``cases`` waited too long."""
    return [f"{code},{n},{cases},{month}" for n, month in zip(over, MONTHS, strict=True)]

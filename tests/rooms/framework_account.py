"""A small account in the database, for tests of standings: three councils and one county."""

from __future__ import annotations

import datetime as dt

from folkmoot.measures.models import (
    Account,
    Measure,
    MeasureAccount,
    Observation,
    Release,
    Source,
)
from folkmoot.measures.rules.definition import HISTORY_FIELDS
from folkmoot.places.models import Area
from folkmoot.services.models import Service
from tests.rooms.framework_material import DEVON, KINDS, LEEDS, NAMES, YORK

AT = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
SEN = "special-educational-needs"
# New plans made in time, as the Department for Education gives them (Devon and York as shipped).
VALUES: dict[str, list[float | None]] = {
    DEVON: [11.8, 4.9, 3.2],
    LEEDS: [83.2, 10.4, None],
    YORK: [100.0, 100.0, 100.0],
}


def areas() -> dict[str, Area]:
    """The councils, of England, by code."""
    made = [
        Area(
            code=code,
            name=NAMES[code],
            slug=NAMES[code].lower(),
            kind=KINDS[code],
            nation="E92000001",
            edition="2025-04",
            source="a test",
        )
        for code in VALUES
    ]
    return {area.code: area for area in Area.objects.bulk_create(made)}


def history(values: list[float | None], first_row: int) -> list[list[object]]:
    """``Account.history`` of calendar years from 2022."""
    rows = []
    for at, value in enumerate(values):
        entry: dict[str, object] = dict.fromkeys(HISTORY_FIELDS)
        entry |= {
            "period": f"{2022 + at}-01-01/P1Y",
            "end": f"{2023 + at}-01-01",
            "value": value,
            "status": "" if value is not None else "-",
            "row": first_row + at,
            "verdict_similar": "cannot-say",
            "verdict_nation": "cannot-say",
        }
        rows.append([entry[name] for name in HISTORY_FIELDS])
    return rows


def published(slug: str) -> tuple[Measure, Release]:
    """A measure of special educational needs, with the one release it is read from."""
    service, _ = Service.objects.get_or_create(
        slug=SEN, defaults={"title": "Special educational needs", "summary": "s", "position": 3}
    )
    source = Source.objects.create(
        slug=f"source-of-{slug}",
        title="A source",
        publisher="Department for Education",
        licence="Open Government Licence v3.0",
        licence_link="https://www.nationalarchives.gov.uk/",
        attribution="Contains public sector information.",
        link="https://www.gov.uk/",
        reader="dfe-long",
        checked=AT.date(),
    )
    measure = Measure.objects.create(
        slug=slug,
        title="Plans made in time",
        service=service,
        source=source,
        polarity="higher",
        unit="%",
        quantity="proportion",
        decimals=1,
        definition={
            "title": "Plans made in time",
            "counted": "New plans that were made within 20 weeks.",
            "similar": "",
            "kinds": list(KINDS.values()),
            "every_case": True,
            "people": "children",
            "per": 100.0,
        },
        digest="0",
    )
    release = Release.objects.create(
        source=source,
        number=1,
        sha256="0" * 64,
        filename="a.csv",
        size=1,
        state=Release.State.PUBLISHED,
        received_at=AT,
    )
    return measure, release


def account(slug: str = "plans-in-time", *, cases: float | None = 200.0) -> MeasureAccount:
    """A measure with its account; the publisher counts ``cases`` a place and year, if any."""
    found = {area.code: area for area in Area.objects.all()} or areas()
    measure, release = published(slug)
    for at, (code, values) in enumerate(VALUES.items()):
        past = history(values, 10 * at + 2)
        Account.objects.create(
            measure=measure,
            area=found[code],
            release=release,
            row=10 * at + 4,
            period="2024-01-01/P1Y",
            period_end=dt.date(2025, 1, 1),
            newest=True,
            value=values[-1],
            compared=True,
            verdict_nation="cannot-say",
            verdict_region="cannot-say",
            verdict_similar="cannot-say",
            verdict_all="cannot-say",
            funnel="cannot-say",
            trend="too-short",
            history=past,
        )
        if cases is not None:
            Observation.objects.bulk_create(
                Observation(
                    release=release,
                    measure=measure,
                    area=found[code],
                    period=f"{2022 + year}-01-01/P1Y",
                    period_end=dt.date(2023 + year, 1, 1),
                    value=value,
                    denominator=cases,
                    row=10 * at + 2 + year,
                )
                for year, value in enumerate(values)
                if value is not None
            )
    return MeasureAccount.objects.create(
        measure=measure,
        release=release,
        period="2024-01-01/P1Y",
        period_end=dt.date(2025, 1, 1),
        basis="none",
        field=3,
        summary={"all": [["2024-01-01/P1Y", 53.6, 16.4, 92.2]]},
        inputs="first",
        computed_at=AT,
    )

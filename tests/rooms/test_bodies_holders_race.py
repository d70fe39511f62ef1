"""Two files of holders at the same moment, on both databases."""

from __future__ import annotations

import datetime as dt
import threading

from django.db import connections

from folkmoot.bodies.actions import import_holders
from folkmoot.bodies.models import Body, Holder, Office
from folkmoot.common.errors import BadInput
from folkmoot.places.models import Area

AT = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
LINK = "https://democracy.leeds.gov.uk/members"
HEADER = "name,organization,role,start_date,end_date,source,party"


def test_two_files_at_the_same_moment_leave_one_holder(committing: None) -> None:
    area = Area.objects.create(
        code="E08000035", name="Leeds", slug="leeds", kind="metropolitan", edition="t", source="t"
    )
    body = Body.objects.create(
        slug="leeds-city-council", name="Leeds", kind="metropolitan-council", area=area, source="t"
    )
    Office.objects.create(body=body, slug="leader", title="Leader", kind="leader", seats=1)
    start = threading.Barrier(2, timeout=60)
    outcomes: list[str] = []

    def bring(name: str) -> None:
        start.wait(timeout=30)
        try:
            import_holders(
                f"{HEADER}\n{name},leeds-city-council,leader,2026-05-14,,{LINK},\n".encode(),
                office="operator",
                at=AT,
            )
            outcomes.append("in")
        except BadInput as error:
            outcomes.append(error.faults[0].kind)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=bring, args=(name,)) for name in ("Ann Able", "Bea Bold")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(outcomes) == ["in", "overlapping-holders"]
    assert Holder.objects.count() == 1

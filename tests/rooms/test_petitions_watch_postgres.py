"""Lists and tables of petitions on PostgreSQL, which counts and orders by its own rules."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connections

from folkmoot.petitions.actions import breakdowns
from folkmoot.petitions.models import Breakdown, Petition
from folkmoot.petitions.queries import petition_file
from folkmoot.petitions.queries_lists import ASKED, SORTS, PetitionFilter, moving, petitions_like
from folkmoot.petitions.queries_watch import where_signed
from tests.built_database import BUILT_AT
from tests.rooms.petitions_watched import EXETER_CODE, LEEDS_CODE, counts, matter, petition
from tests.rooms.test_petitions_queries import all_pages

pytestmark = pytest.mark.usefixtures("on_postgres")
TODAY = BUILT_AT.date()
DAY = dt.timedelta(days=1)


def many() -> None:
    for number in range(9):
        petition(
            TODAY,
            signatures=7 * (number % 4),
            last_day=number % 3,
            counted_at=BUILT_AT,
            opened_on=TODAY - (number % 4) * DAY,
        )
    petition(TODAY, "rejected")
    petition(TODAY, "closed")


def test_pages_give_every_petition_once_in_the_same_order() -> None:
    many()
    for sort in SORTS:
        whole = [line.number for line in petitions_like(PetitionFilter(sort=sort), TODAY).lines]
        for size in (1, 4):
            assert all_pages(PetitionFilter(sort=sort), TODAY, size) == whole
    for state in ASKED:
        petitions_like(PetitionFilter(state=state, place=LEEDS_CODE), TODAY)
    assert petitions_like(PetitionFilter(words="collecting the bin"), TODAY).total == 11
    assert len(moving(TODAY, limit=50)) == 9
    assert petition_file(Petition.objects.latest("pk").pk, TODAY).line.state == "closed"


def test_workers_at_once_make_one_table() -> None:
    matter(EXETER_CODE)
    for number in range(9):
        matter(f"E0700{number:04}")
    row = petition(TODAY, signatures=55)
    counts(row, {LEEDS_CODE: {TODAY - 2 * DAY: 40, TODAY - DAY: 11}, EXETER_CODE: {TODAY - DAY: 4}})
    troubles: list[BaseException] = []
    ready = threading.Barrier(4, timeout=60)

    def work() -> None:
        try:
            ready.wait()
            breakdowns.renew_breakdowns(today=TODAY)
        except BaseException as trouble:  # noqa: BLE001 - told below
            troubles.append(trouble)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert troubles == []
    assert Breakdown.objects.count() == 1
    found = where_signed(row.pk, TODAY)
    assert [(place.code, place.signatures) for place in found.places] == [(LEEDS_CODE, 51)]
    assert [day.signatures for day in found.days] == [40, 15]

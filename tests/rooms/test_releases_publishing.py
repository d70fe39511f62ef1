"""Publishing: one step, every change recorded, the same on both databases."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from folkmoot.common.errors import Conflict
from folkmoot.common.models import PublicAct
from folkmoot.measures.computing import Crew
from folkmoot.measures.models import (
    Account,
    Measure,
    MeasureAccount,
    Observation,
    Release,
    Revision,
)
from folkmoot.measures.publishing import Publication, publish, quiet
from folkmoot.measures.receiving import terms_of
from folkmoot.measures.recomputing import observations_of
from folkmoot.measures.rules.definition import HISTORY_FIELDS
from folkmoot.measures.staging import Ready
from tests.rooms.releases_material import ons_file, ons_row
from tests.rooms.releases_world import (
    AT,
    COUNCILS,
    OFFICE,
    arrive,
    figures,
    make_world,
    put_out,
)

LATER = AT + dt.timedelta(days=30)
LEEDS = "E08000035"


@pytest.mark.usefixtures("committing")
class TestOnBothDatabases:
    """What is written is the same whichever way it is written."""

    def test_rows_arrive_as_they_were_read(self) -> None:
        make_world()
        release = put_out(
            ons_file(
                ons_row(value="20.123456789012345", lower=19, upper=22),
                ons_row("E08000032", value="", status="c"),
                ons_row("E08000033", period="2023-09-30", value="0"),
                ons_row("E08000034", status="c"),
            )
        )
        rows = Observation.objects.order_by("area__code").values_list(
            "area__code", "period", "period_end", "value", "lower", "upper", "status", "row"
        )
        year, end = "2023-08-01/P1Y", dt.date(2024, 8, 1)
        assert list(rows) == [
            ("E08000032", year, end, None, None, None, "c", 3),
            ("E08000033", "2023-09-30", dt.date(2023, 10, 1), 0.0, None, None, "", 4),
            ("E08000034", year, end, 20.5, None, None, "c", 5),
            (LEEDS, year, end, 20.123456789012345, 19.0, 22.0, "", 2),
        ]
        assert Observation.objects.exclude(numerator=None).count() == 0
        assert Release.objects.get().published_at == AT
        again = observations_of(release, Measure.objects.get().pk)
        assert again["start"].to_pylist()[0] == dt.date(2023, 8, 1)
        assert again.num_rows == 4

    def test_the_account_is_stored_whole(self) -> None:
        make_world()
        release = put_out(figures())
        whole = MeasureAccount.objects.get()
        assert (whole.period, whole.release_id) == ("2022-08-01/P1Y", release.pk)
        assert (whole.computed_at, whole.period_end) == (AT, dt.date(2023, 8, 1))
        assert isinstance(whole.summary, dict)
        assert Account.objects.count() == len(COUNCILS) + 1
        leeds = Account.objects.get(area__code=LEEDS)
        assert (leeds.value, leeds.newest, leeds.compared, leeds.rank) == (18.0, True, True, None)
        assert leeds.revised_from is None
        points = [dict(zip(HISTORY_FIELDS, point, strict=True)) for point in leeds.history]
        assert [
            (p["period"], p["end"], p["value"], p["row"], p["revised_from"]) for p in points
        ] == [
            ("2021-08-01/P1Y", "2022-08-01", 17.0, 10, None),
            ("2022-08-01/P1Y", "2023-08-01", 18.0, 11, None),
        ]

    def test_a_new_release_supersedes_and_records_every_change(self) -> None:
        make_world()
        old = put_out(figures())
        changed = {
            f"{LEEDS}_1": "20.0",
            "E08000032_0": None,
            "E08000033_1": "",
            "E08000034_0": 16.5,
        }
        data = figures(**changed) + ons_row("E08000032", "2023-08-01/P1Y", "3").encode()
        data = data.replace(
            b"E08000033,A,B,Absent,2022-08-01/P1Y,,Percent,%,,,,",
            b"E08000033,A,B,Absent,2022-08-01/P1Y,,Percent,%,,,c,",
        )
        new = put_out(data, LATER)
        old.refresh_from_db()
        assert (old.state, new.state, new.number, new.previous) == (
            "superseded",
            "published",
            2,
            old,
        )
        found = Revision.objects.order_by("area__code", "period").values_list(
            "area__code", "period", "kind", "old_value", "new_value", "old_status", "new_status"
        )
        assert list(found) == [
            ("E08000032", "2021-08-01/P1Y", "vanished", 15.5, None, "", ""),
            ("E08000032", "2023-08-01/P1Y", "added", None, 3.0, "", ""),
            ("E08000033", "2022-08-01/P1Y", "revised", 17.0, None, "", "c"),
            (LEEDS, "2022-08-01/P1Y", "revised", 18.0, 20.0, "", ""),
        ]
        leeds = Account.objects.get(area__code=LEEDS)
        assert (leeds.value, leeds.release_id) == (20.0, new.pk)
        assert [point[-1] for point in leeds.history] == [None, 18.0]
        assert Observation.objects.filter(release=old).count() == 34
        assert MeasureAccount.objects.get().computed_at == LATER

    def test_the_mark_of_a_revised_figure_stands_on_the_account_too(self) -> None:
        make_world()
        put_out(figures(("2022-08-01/P1Y",)))
        put_out(figures(("2022-08-01/P1Y",), **{f"{LEEDS}_0": "33"}), LATER)
        assert Account.objects.get(area__code=LEEDS).revised_from == 17.0
        assert Account.objects.exclude(revised_from=None).count() == 1

    def test_every_publication_is_a_public_act(self) -> None:
        make_world()
        put_out(figures())
        act = PublicAct.objects.get()
        assert (act.verb, act.office, act.service) == ("publish-release", OFFICE, "schools")
        assert (act.subject, act.link) == ("release:pupils/1", "/release/pupils/1/")

    def test_of_two_publications_at_the_same_moment_one_wins_and_one_is_told(self) -> None:
        make_world()
        put_out(figures())
        both = [waiting(arrive(figures(E08000035_0=value))) for value in ("1", "2")]
        start = threading.Barrier(2, timeout=60)

        def commit(publication: Publication) -> str:
            try:
                start.wait(10)
                publication.commit(at=AT, office=OFFICE)
            except Conflict as error:
                return error.message
            finally:
                connection.close()
            return "published"

        with ThreadPoolExecutor(2) as pool:
            outcomes = sorted(pool.map(commit, both))
        assert outcomes == ["Another release of pupils was published meanwhile.", "published"]
        states = sorted(Release.objects.values_list("state", flat=True))
        assert states == ["published", "ready", "superseded"]
        assert Account.objects.values("release_id").distinct().count() == 1


pytest_db = pytest.mark.django_db


@pytest_db
def test_only_a_ready_release_is_published() -> None:
    make_world()
    held = arrive(ons_file(ons_row("nowhere")))
    with pytest.raises(Conflict, match="not ready"):
        publish([held], at=AT, office=OFFICE)
    done = put_out(figures())
    with pytest.raises(Conflict, match="not ready"):
        publish([done], at=AT, office=OFFICE)


@pytest_db
def test_two_releases_of_one_source_are_not_published_in_one_step() -> None:
    make_world()
    both = [arrive(figures()), arrive(figures(E08000035_0="1"))]
    with pytest.raises(Conflict, match="one step"):
        publish(both, at=AT, office=OFFICE)


@pytest_db
def test_a_release_read_by_another_catalogue_is_not_published() -> None:
    make_world()
    release = arrive(figures())
    measure = Measure.objects.get()
    measure.definition["reading"]["scale"] = 2.0
    measure.save()
    with pytest.raises(Conflict, match="catalogue changed"):
        publish([release], at=AT, office=OFFICE)


def waiting(release: Release) -> Publication:
    """The publication of a release, worked out and not yet written."""
    publication = Publication(Crew(1), quiet)
    terms = terms_of(release.source)
    from folkmoot.measures.computing import read_file
    from folkmoot.measures.publishing import _read_task

    tables = read_file(_read_task(release, terms)).unpack().tables
    publication.add(Ready(release, terms, tables))
    return publication


@pytest_db
def test_the_slower_of_two_publications_finds_out_and_writes_nothing() -> None:
    make_world()
    put_out(figures())
    slow, quick = (waiting(arrive(figures(E08000035_0=value))) for value in ("1", "2"))
    quick.commit(at=AT, office=OFFICE)
    with pytest.raises(Conflict, match="published meanwhile"):
        slow.commit(at=AT, office=OFFICE)
    assert Release.objects.get(number=3).state == "published"
    assert Release.objects.get(number=2).state == "ready"
    assert Observation.objects.filter(release__number=2).count() == 0


@pytest_db
def test_a_failure_while_writing_leaves_the_old_account_whole(monkeypatch: Any) -> None:
    make_world()
    put_out(figures())
    before = list(Account.objects.order_by("id").values())
    release = arrive(figures(E08000035_1="1"))

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("folkmoot.measures.publishing.record_acts", fail)
    with pytest.raises(RuntimeError, match="disk"):
        publish([release], at=LATER, office=OFFICE)
    assert list(Account.objects.order_by("id").values()) == before
    assert Release.objects.get(number=1).state == "published"
    assert (Observation.objects.count(), Revision.objects.count()) == (34, 0)


@pytest_db
def test_a_measure_that_a_new_release_no_longer_holds_has_no_account() -> None:
    make_world()
    put_out(figures())
    from folkmoot.measures.actions import accept_faults

    release = arrive(figures().replace(b"Absent", b"Renamed"))
    reason = "The publisher has stopped this series for good."
    accept_faults(release, "missing-measure", reason, at=AT, office=OFFICE)
    release.refresh_from_db()
    publish([release], at=AT, office=OFFICE)
    assert (Account.objects.count(), MeasureAccount.objects.count()) == (0, 0)
    assert set(Revision.objects.values_list("kind", flat=True)) == {"vanished"}


@pytest_db
def test_a_crew_of_many_comes_to_the_same_account(settings: Any, monkeypatch: Any) -> None:
    make_world()
    put_out(figures())
    fields = [
        f.attname for f in Account._meta.concrete_fields if f.attname not in ("id", "release_id")
    ]
    alone = list(Account.objects.order_by("area_id").values(*fields))
    release = arrive(figures() + b"\n")
    settings.WORKERS = 2
    monkeypatch.setattr("folkmoot.measures.publishing.WORTH_A_CREW", 1)
    publish([release], at=AT, office=OFFICE)
    assert list(Account.objects.order_by("area_id").values(*fields)) == alone
    assert Account.objects.first().release_id == release.pk


@pytest_db
def test_the_database_refuses_to_change_what_was_published() -> None:
    make_world()
    release = put_out(figures())
    from django.db import DatabaseError, transaction

    changes = [
        "UPDATE measures_observation SET value = 1",
        "UPDATE measures_release SET sha256 = 'x'",
        "UPDATE measures_release SET number = 9",
        "UPDATE measures_release SET state = 'ready'",
        "UPDATE measures_release SET state = 'held'",
    ]
    for statement in changes:
        with (
            pytest.raises(DatabaseError, match="never changed"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    release.refresh_from_db()
    assert release.state == "published"

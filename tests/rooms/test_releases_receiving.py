"""A file arrives: kept, read, and held or ready."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import pytest
from django.conf import settings

from folkmoot.common.errors import BadInput, Conflict, NotFound
from folkmoot.common.models import PublicAct
from folkmoot.measures import store
from folkmoot.measures.actions import accept_faults
from folkmoot.measures.models import FaultAcceptance, Release, ReleaseFault
from folkmoot.measures.receiving import receive
from tests.rooms.releases_material import ons_file, ons_row
from tests.rooms.releases_world import AT, OFFICE, arrive, figures, make_world

pytestmark = pytest.mark.django_db
REASON = "The code is a statistical region where nobody runs schools."
FAULTY = ons_file(ons_row(), ons_row("TLC"), ons_row("E08000032", value="150"))


def acts() -> list[tuple[str, str, str]]:
    return list(PublicAct.objects.order_by("id").values_list("verb", "subject", "reason"))


def blobs() -> list[Path]:
    return [path for path in (settings.HOME / "blobs").rglob("*") if path.is_file()]


def test_a_clean_file_is_ready_and_its_bytes_are_kept() -> None:
    make_world()
    data = figures()
    release = arrive(data)
    assert (release.state, release.number, release.size) == ("ready", 1, len(data))
    assert release.sha256 == hashlib.sha256(data).hexdigest()
    assert store.fetch(release.sha256) == data
    assert (release.rows_read, release.rows_used, release.rows_left_out) == (34, 34, 0)
    assert acts() == []


def test_a_file_with_faults_is_held_and_every_fault_is_written_down() -> None:
    make_world()
    release = arrive(FAULTY)
    assert release.state == "held"
    found = ReleaseFault.objects.filter(release=release).order_by("kind")
    assert [(f.kind, f.column, f.value, f.rows, f.count) for f in found] == [
        ("impossible-value", "observation", "150", [4], 1),
        ("unknown-area", "areacd", "TLC", [3], 1),
    ]
    assert all(fault.what and fault.remedy for fault in found)
    assert acts() == [("hold-release", "release:pupils/1", "")]


def test_faults_that_the_catalogue_accepts_in_these_bytes_are_accepted_in_public() -> None:
    sha256 = hashlib.sha256(FAULTY).hexdigest()
    kinds = ("unknown-area", "impossible-value", "bad-period")
    accept = [
        {"release": sha256, "kind": kind, "reason": REASON, "checked": "2026-11-23"}
        for kind in kinds
    ]
    make_world(accept=accept)
    release = arrive(FAULTY)
    assert release.state == "ready"
    given = FaultAcceptance.objects.filter(release=release).order_by("kind")
    assert [(a.kind, a.reason, a.office) for a in given] == [
        ("impossible-value", REASON, OFFICE),
        ("unknown-area", REASON, OFFICE),
    ]
    assert acts() == [
        ("accept-fault", "release:pupils/1", "impossible-value"),
        ("accept-fault", "release:pupils/1", "unknown-area"),
    ]
    other = arrive(FAULTY.replace(b"TLC", b"TLD"))
    assert other.state == "held"


def test_rows_known_to_be_wrong_are_accepted_with_the_catalogue_s_reason() -> None:
    data = figures()
    known = {
        "release": hashlib.sha256(data).hexdigest(),
        "where": {"areacd": ["E08000035"]},
        "reason": "Leeds was copied from Bradford.",
        "checked": "2026-11-23",
    }
    make_world(leave_out=[known])
    release = arrive(data)
    assert (release.state, release.rows_left_out) == ("ready", 2)
    assert release.acceptances.get().reason == "Leeds was copied from Bradford."


def test_a_file_that_cannot_be_read_leaves_nothing_behind() -> None:
    make_world()
    with pytest.raises(BadInput):
        arrive(b"areacd,value\nE08000035,1\n")
    assert (Release.objects.count(), blobs()) == (0, [])


def test_the_same_bytes_again_are_refused_with_a_pointer_to_their_release() -> None:
    make_world()
    arrive(figures())
    with pytest.raises(Conflict, match=r"release pupils/1, .* See /release/pupils/1/"):
        arrive(figures())
    assert arrive(figures(E08000035_0="1")).number == 2


def test_an_unknown_source_is_not_found() -> None:
    with pytest.raises(NotFound, match="'nobody'"):
        receive(b"a", source_slug="nobody", filename="x", at=AT, office=OFFICE)


def test_companions_are_kept_too() -> None:
    make_world()
    release = receive(
        figures(),
        source_slug="pupils",
        filename="pupils.csv",
        at=AT,
        office=OFFICE,
        companions={"pupils.json": b"{}"},
    )
    assert [part["name"] for part in release.companions] == ["pupils.json"]
    assert store.fetch(release.companions[0]["sha256"]) == b"{}"


def test_accepting_every_kind_makes_a_release_ready() -> None:
    make_world()
    release = arrive(FAULTY)
    first = accept_faults(release, "unknown-area", REASON, at=AT, office=OFFICE)
    assert first.state == "held"
    second = accept_faults(release, "impossible-value", REASON, at=AT, office=OFFICE)
    assert second.state == Release.objects.get().state == "ready"
    assert [verb for verb, _, _ in acts()] == ["hold-release", "accept-fault", "accept-fault"]


@pytest.mark.parametrize(
    ("kind", "reason", "names"),
    [
        ("bad-period", REASON, ["kind"]),
        ("nonsense", "short", ["kind", "reason"]),
        ("unknown-area", "  too short         ", ["reason"]),
    ],
)
def test_an_acceptance_that_says_nothing_is_refused(
    kind: str, reason: str, names: list[str]
) -> None:
    make_world()
    release = arrive(FAULTY)
    with pytest.raises(BadInput) as caught:
        accept_faults(release, kind, reason, at=AT, office=OFFICE)
    assert [fault.where for fault in caught.value.faults] == names
    assert FaultAcceptance.objects.count() == 0


def test_only_a_held_release_and_a_kind_once() -> None:
    make_world()
    held = arrive(FAULTY)
    accept_faults(held, "unknown-area", REASON, at=AT, office=OFFICE)
    with pytest.raises(Conflict, match="already"):
        accept_faults(held, "unknown-area", REASON, at=AT, office=OFFICE)
    ready = arrive(figures())
    with pytest.raises(Conflict, match="not held"):
        accept_faults(ready, "unknown-area", REASON, at=AT, office=OFFICE)


def test_kept_bytes_are_never_overwritten_and_checked_when_read() -> None:
    sha256 = store.keep(b"one")
    place = store.path_of(sha256)
    before = place.stat().st_mtime_ns
    assert store.keep(b"one") == sha256
    assert place.stat().st_mtime_ns == before
    assert [path.name for path in blobs()] == [sha256]
    place.chmod(0o644)
    place.write_bytes(b"two")
    with pytest.raises(Conflict, match="altered"):
        store.fetch(sha256)
    with pytest.raises(NotFound):
        store.fetch("0" * 64)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"ess-beta-metadata": {"shared": {"sourceDate": "04/11/2025"}}}', dt.date(2025, 11, 4)),
        (b'{"ess-beta-metadata": {"shared": {"sourceDate": "soon"}}}', None),
        (b'{"ess-beta-metadata": []}', None),
        (b"not JSON", None),
        (b"\xff", None),
    ],
)
def test_the_metadata_beside_a_table_says_how_old_it_is(
    content: bytes, expected: dt.date | None
) -> None:
    make_world()
    beside = {"workbook.xlsx": b"PK", "pupils.json": content}
    release = receive(
        figures(),
        source_slug="pupils",
        filename="pupils.csv",
        at=AT,
        office=OFFICE,
        companions=beside,
    )
    assert release.source_date == expected

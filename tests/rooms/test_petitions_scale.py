"""The rows that benchmarks/petition_scale.py loads are rows as the site makes them."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks import petition_rows, petition_scale
from benchmarks.petition_rows import Plan, load
from folkmoot.petitions.actions import counting
from folkmoot.petitions.models import Batch, PaperBatch, Signature
from folkmoot.petitions.models_signing import (
    CONFIRMED,
    ONLINE,
    PAPER,
    PENDING,
    SET_ASIDE,
    TAKEN_BACK,
)
from folkmoot.places import postcodes
from folkmoot.places.models import Area
from tests.rooms import petitions_made as made
from tests.rooms.test_petitions_counting import check

EACH = 2_000


@pytest.fixture
def loaded(db, at, monkeypatch):
    """Two petitions with their rows, the first with paper and with some set aside."""
    monkeypatch.setattr(petition_rows, "CHUNK", 700)
    world = made.world(at)
    codes = sorted(set(postcodes.compact().sectors.values()) - {made.PLACE})[:20]
    Area.objects.bulk_create(
        Area(code=code, name=code, slug=code.lower(), kind="district", edition="2025-04",
             nation="E92000001", source="test", population=1_000 * place)
        for place, code in enumerate(codes, start=1)
    )  # fmt: skip
    large, small = made.petition(world), made.petition(world)
    sheets = PaperBatch.objects.create(
        petition=large, rows=90, taken=90, doubles=0, on=at.date(), at=at, office="x", sha256="x"
    )
    batch = Batch.objects.create(
        petition=large, kind="area", signatures=50, set_aside_at=at, office="x"
    )
    load(Plan({small.pk: EACH // 4, large.pk: EACH}, large.pk, sheets.pk, batch.pk, at, 90, 50))
    return large, small


def test_counts_agree_with_the_rows_and_nothing_is_left_to_count(loaded, at):
    for petition in loaded:
        check(petition)
        assert petition.signatures > 0.8 * Signature.objects.filter(petition=petition).count()
    assert counting.count_signatures(at=at) == counting.Counted()


def test_rows_are_of_every_kind_and_hold_what_the_site_keeps_of_each(loaded, at):
    large, _small = loaded
    rows = Signature.objects.all()
    assert rows.count() == EACH + EACH // 4
    states = Counter(rows.values_list("state", flat=True))
    assert set(states) == {PENDING, CONFIRMED, TAKEN_BACK, SET_ASIDE}
    assert set(rows.filter(state=SET_ASIDE).values_list("petition", flat=True)) == {large.pk}
    assert set(rows.values_list("origin", flat=True)) == {ONLINE, PAPER}
    gone = rows.filter(state=TAKEN_BACK)
    personal = ("name", "email", "postcode", "address_key", "person_key", "network_key")
    assert set(gone.values_list(*personal)) == {("",) * len(personal)}
    assert not rows.filter(state=PENDING, counted=True).exists()
    standing = rows.filter(state=CONFIRMED, origin=ONLINE)
    assert standing.values("address_key").distinct().count() == standing.count()
    moments = list(rows.order_by("pk").values_list("signed_at", flat=True))
    assert moments == sorted(moments)
    assert moments[-1] <= at


def test_what_grew_is_marked(capsys):
    def found(**took):
        return {"notes": {}, "took": {what: [each] for what, each in took.items()}}

    petition_scale.table({6_000: found(page=4.0, quick=0.1), 6_000_000: found(page=9.0, quick=4.9)})
    _head, page, quick = capsys.readouterr().out.splitlines()
    assert page.endswith("GROWS")
    assert not quick.endswith("GROWS")

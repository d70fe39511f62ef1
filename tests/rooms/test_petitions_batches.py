"""What stands set aside now, and whoever began the petition hears of it."""

import pytest

from folkmoot.common.models import Message
from folkmoot.petitions.actions import patterns
from folkmoot.petitions.queries import petition_file
from folkmoot.petitions.queries_alerts import batches_for
from folkmoot.petitions.queries_page import aside_version
from tests.rooms import petitions_made as made
from tests.rooms.test_petitions_patterns import DAY, NETWORK, burst_of, counted
from tests.rooms.test_petitions_signing import take_back


@pytest.fixture
def w(db, at):
    return made.world(at)


def test_what_is_shown_as_set_aside_is_what_stands_so_now(w, at):
    petition, rows, alert = burst_of(w, at)
    batch = patterns.set_aside(actor=w.moderator, alert=alert.pk, at=at)
    counted(petition, at)
    shown = petition_file(petition.pk, at.date())
    assert (shown.set_aside, shown.batches[0].signatures) == (30, 30)
    before = aside_version(petition.pk)

    take_back(rows[0], at)
    take_back(rows[1], at)

    shown = petition_file(petition.pk, at.date())
    assert (shown.set_aside, shown.batches[0].left, shown.batches[0].signatures) == (28, 28, 30)
    assert aside_version(petition.pk) != before
    [state] = batches_for(w.moderator, at.date())
    assert (state.left, state.signatures) == (28, 30)
    patterns.restore(actor=w.site, batch=batch.pk, at=at + DAY)
    assert petition_file(petition.pk, at.date()).set_aside == 0
    assert aside_version(petition.pk) == ""


def test_whoever_began_it_is_told_in_counts_only(w, at):
    petition, rows, alert = burst_of(w, at)
    batch = patterns.set_aside(actor=w.moderator, alert=alert.pk, at=at)
    counted(petition, at)
    take_back(rows[0], at)
    patterns.restore(actor=w.site, batch=batch.pk, at=at + DAY)

    sent = Message.objects.filter(key__startswith=f"petition:{petition.pk}/batch/").order_by("pk")
    aside, restored = (each.payload["text"] for each in sent)
    assert {each.to for each in sent} == {w.creator.email}
    assert "Moderators set 30 signatures aside" in aside
    assert "Moderators restored 29 signatures" in restored
    for text in (aside, restored):
        assert petition.title in text
        assert not any(row.name in text or row.email in text for row in rows)
        assert NETWORK not in text


def test_leaving_them_tells_nobody(w, at):
    _petition, _rows, alert = burst_of(w, at)
    patterns.leave(actor=w.moderator, alert=alert.pk, at=at)
    assert not Message.objects.filter(key__contains="/batch/").exists()

"""What decisions of moderators leave behind goes in its time, with a moved clock."""

import pytest

from folkmoot.common.errors import NotAllowed
from folkmoot.people import actions, retention
from folkmoot.people.export import export_mine
from folkmoot.petitions.actions import life, moderating
from folkmoot.petitions.rules.states import MODERATION
from tests.rooms.petitions_made import DAY, petition, signatures, world


def tidy(at):
    return actions.apply_retention(at=at).erased


def test_what_was_withdrawn_after_a_decision_loses_its_words_and_keeps_the_decision(db, at):
    w = world(at)
    row = petition(w, MODERATION, created_at=at, moderation_since=at)
    signatures(row, 3, at)
    moderating.hide(actor=w.site, petition=row.pk, reason="libel", at=at)
    moderating.unhide(actor=w.site, petition=row.pk, at=at)
    life.withdraw(actor=w.creator, petition=row.pk, at=at)

    key = retention.DRAFT_PETITIONS.key
    assert tidy(at + 364 * DAY)[key] == 0
    assert tidy(at + 365 * DAY)[key] == 1
    assert tidy(at + 366 * DAY)[key] == 0
    row.refresh_from_db()
    assert (row.title, row.background, row.detail, row.creator_name) == ("",) * 4
    assert (row.creator, row.signers.count(), row.decisions.count()) == (None, 0, 2)


def test_who_decided_goes_when_no_appeal_can_be_asked_for(db, at):
    w = world(at)
    text = "It is earnest, and it was always meant so."
    quiet, appealed = (petition(w, MODERATION, created_at=at) for _ in range(2))
    for row in (quiet, appealed):
        moderating.reject(actor=w.site, petition=row.pk, reason="hoax", at=at)
    mine = export_mine(w.site)["petitions"]["decisions"]
    assert [each["on"] for each in mine] == [f"petition {quiet.pk}", f"petition {appealed.pk}"]
    moderating.appeal(actor=w.creator, petition=appealed.pk, text=text, at=at + 20 * DAY)
    assert text in str(export_mine(w.creator)["petitions"])

    key = retention.WHO_DECIDED.key
    assert tidy(at + 28 * DAY)[key] == 0
    assert tidy(at + 29 * DAY)[key] == 1
    assert quiet.decisions.get().person is None
    with pytest.raises(NotAllowed):
        moderating.decide_appeal(actor=w.site, petition=appealed.pk, upheld=True, at=at + 29 * DAY)
    moderating.decide_appeal(actor=w.second, petition=appealed.pk, upheld=True, at=at + 29 * DAY)
    assert tidy(at + 60 * DAY)[key] == 2

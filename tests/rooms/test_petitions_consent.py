"""Which wording a signer agreed to can be told from the moment of signing."""

from __future__ import annotations

import datetime as dt

import pytest

from folkmoot.petitions import holdings
from folkmoot.petitions.actions import moderating
from folkmoot.petitions.keys import address_key
from folkmoot.petitions.models_signing import CREATOR
from folkmoot.petitions.rules import consent
from folkmoot.petitions.rules.consent import WORDINGS, Wording, wording_on
from tests.rooms import petitions_made as made

DAY = dt.timedelta(days=1)


@pytest.mark.parametrize("kind", [consent.SIGN, consent.BEGIN, consent.PAPER])
def test_wordings_follow_each_other(kind):
    since = [each.since for each in WORDINGS[kind]]
    assert since == sorted(set(since))
    assert "postcode" in wording_on(kind, since[0] - DAY)


def test_who_signs_online_agrees_to_all_that_is_kept():
    newest = WORDINGS[consent.SIGN][-1].words
    assert all(part in newest for part in ("name", "email", "postcode", "country", "network"))


def test_a_new_wording_holds_from_its_day_and_older_signatures_keep_theirs(db, at, monkeypatch):
    day = at.date()
    old, new = "I agree to this of a postcode", "I agree to that of a postcode"
    monkeypatch.setitem(WORDINGS, consent.SIGN, (Wording(day - 9 * DAY, old), Wording(day, new)))
    w = made.world(at)
    key = address_key(w.creator.email)
    for when in (at - DAY, at):
        made.signature(made.petition(w), when, email=w.creator.email, address_key=key)
    held = holdings.show(w.creator)
    assert isinstance(held, dict)
    assert [each["agreed_to"] for each in held["signatures"]] == [old, new]


def test_passing_a_petition_on_leaves_what_its_creator_agreed_to(db, at, monkeypatch):
    day = at.date()
    old, new = "I agree to this of a postcode", "I agree to that of a postcode"
    monkeypatch.setitem(WORDINGS, consent.BEGIN, (Wording(day - 9 * DAY, old), Wording(day, new)))
    w = made.world(at)
    row, key = made.petition(w), address_key(w.creator.email)
    made.signature(row, at - DAY, origin=CREATOR, email=w.creator.email, address_key=key)

    copy = moderating.refer(actor=w.site, petition=row.pk, to=made.DEVON_COUNCIL, at=at)

    held = holdings.show(w.creator)
    assert isinstance(held, dict)
    assert [each["agreed_to"] for each in held["signatures"]] == [old, old]
    assert copy.signers.get().confirmed_at == at

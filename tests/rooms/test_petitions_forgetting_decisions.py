"""What decisions of moderators leave behind goes in its time, with a moved clock."""

import pytest

from folkmoot.common.errors import NotAllowed
from folkmoot.people import actions, retention
from folkmoot.people.export import export_mine
from folkmoot.petitions.actions import life, moderating, questions
from folkmoot.petitions.actions import questions_moderating as of_questions
from folkmoot.petitions.models import Question
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


def test_who_decided_is_known_while_a_later_decision_can_be_appealed_against(db, at):
    """An appeal against being hidden opens what was refused before, too."""
    w = world(at)
    row = petition(w, MODERATION, created_at=at)
    asked = question(w)
    moderating.reject(actor=w.site, petition=row.pk, reason="hoax", at=at)
    of_questions.reject(actor=w.site, question=asked.pk, reason="hoax", at=at)
    moderating.hide(actor=w.moderator, petition=row.pk, reason="libel", at=at + 20 * DAY)
    of_questions.hide(actor=w.moderator, question=asked.pk, reason="libel", at=at + 20 * DAY)

    key = retention.WHO_DECIDED.key
    assert tidy(at + 40 * DAY)[key] == 0
    text = "It is earnest, and it was always meant so."
    late = at + 45 * DAY
    moderating.appeal(actor=w.creator, petition=row.pk, text=text, at=late)
    questions.appeal(actor=w.creator, question=asked.pk, text=text, at=late)
    for decide, of in (
        (moderating.decide_appeal, {"petition": row.pk}),
        (of_questions.decide_appeal, {"question": asked.pk}),
    ):
        with pytest.raises(NotAllowed):
            decide(actor=w.site, upheld=True, at=late, **of)
        decide(actor=w.second, upheld=True, at=late, **of)
    assert tidy(late + 28 * DAY)[key] == 0
    assert tidy(late + 29 * DAY)[key] == 6


def question(w):
    """One that waits for moderators."""
    return Question.objects.create(
        text="When will the glass bank be emptied?", area=w.area, service=w.service, body=w.body,
        asker=w.creator, asked_at=w.at,
    )  # fmt: skip

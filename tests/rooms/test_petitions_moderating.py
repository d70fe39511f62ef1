"""What moderators decide, who may, and what then stands in public."""

from functools import partial

import pytest

from folkmoot.common.errors import BadInput, Conflict, NotAllowed, NotFound
from folkmoot.common.models import Message, PublicAct
from folkmoot.duties.models import Duty
from folkmoot.petitions.actions import life, moderating, schemes
from folkmoot.petitions.models import ModerationDecision, Petition, Signature, Threshold
from folkmoot.petitions.models_signing import CONFIRMED, CREATOR
from folkmoot.petitions.queries import petition_file
from folkmoot.petitions.rules import reasons
from folkmoot.petitions.rules.states import (
    CLOSED,
    DRAFT,
    HIDDEN,
    MERGED,
    MODERATION,
    OPEN,
    REFERRED,
    REJECTED,
    SPONSORS,
    STATES,
    WITHDRAWN,
)
from tests.rooms import petitions_made as made
from tests.rooms.petitions_made import DAY, DEVON_COUNCIL, LEEDS

TEXT = "The banks are the council's own, and the standard that was named is about something else."
ROLES = ("creator", "officer", "moderator", "stranger", "site", "administrator", "nobody")
MAY = {"moderator", "site"}


@pytest.fixture
def world(db, at):
    return made.world(at)


def actor(world, who):
    return None if who == "nobody" else getattr(world, who)


def now(petition):
    return Petition.objects.get(pk=petition.pk)


def acts(verb=""):
    rows = PublicAct.objects.filter(subject__startswith="petition:").order_by("pk")
    rows = rows.filter(verb=verb) if verb else rows
    return list(rows.values_list("verb", "office", "reason"))


def letter(petition):
    rows = Message.objects.filter(key__startswith=f"petition:{petition.pk}/decision")
    return rows.latest("pk").payload["text"]


def decisions(petition):
    rows = ModerationDecision.objects.filter(petition=petition).order_by("pk")
    return list(rows.values_list("step", "outcome", "reason", "office"))


# Each action with the state it is for: (name, state, more fields).
ACTIONS = {
    "open": (moderating.open_petition, MODERATION, {}),
    "reject": (moderating.reject, MODERATION, {"reason": "hoax"}),
    "hide": (moderating.hide, OPEN, {"reason": "libel"}),
    "unhide": (moderating.unhide, HIDDEN, {}),
    "merge": (moderating.merge, MODERATION, {}),
    "refer": (moderating.refer, MODERATION, {"to": DEVON_COUNCIL}),
}


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("name", ACTIONS)
def test_only_moderators_of_the_body_or_of_the_site_decide(world, at, name, who):
    action, state, more = ACTIONS[name]
    petition = made.petition(world, state)
    if name == "merge":
        more = {"into": made.petition(world).pk}
    before = decisions(petition)
    do = partial(action, actor=actor(world, who), petition=petition.pk, at=at, **more)

    if who in MAY:
        do()
        assert now(petition).state != state
        return
    with pytest.raises(NotAllowed):
        do()
    assert (now(petition).state, decisions(petition), acts()) == (state, before, [])


@pytest.mark.parametrize("name", ACTIONS)
def test_nobody_moderates_what_they_began(world, at, name):
    action, state, more = ACTIONS[name]
    own = made.petition(world, state, creator=world.site)
    other = made.petition(world)
    if name == "merge":
        more = {"into": other.pk}

    with pytest.raises(NotAllowed):
        action(actor=world.site, petition=own.pk, at=at, **more)
    if name == "merge":
        theirs = made.petition(world, MODERATION)
        mine = made.petition(world, creator=world.site)
        with pytest.raises(NotAllowed):
            action(actor=world.site, petition=theirs.pk, into=mine.pk, at=at)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", ACTIONS)
def test_a_decision_in_the_wrong_state_changes_nothing(world, at, name, state):
    action, _state, more = ACTIONS[name]
    right = {
        "open": {MODERATION},
        "reject": {MODERATION},
        "hide": {MODERATION, OPEN, CLOSED, REJECTED, WITHDRAWN, MERGED, REFERRED},
        "unhide": {HIDDEN},
        "merge": {MODERATION, OPEN},
        "refer": {MODERATION, OPEN},
    }[name]
    petition = made.petition(world, state)
    if name == "merge":
        more = {"into": made.petition(world).pk}
    if state in right:
        action(actor=world.site, petition=petition.pk, at=at, **more)
        assert now(petition).state != state
        return

    with pytest.raises(Conflict):
        action(actor=world.site, petition=petition.pk, at=at, **more)
    assert now(petition).state == state


def test_opening_stamps_thresholds_of_this_day_and_the_residents(world, at):
    petition = made.petition(world, MODERATION, term=90)
    made.sponsors(petition, at)

    moderating.open_petition(actor=world.moderator, petition=petition.pk, at=at)

    row = now(petition)
    assert (row.state, row.opened_on, row.closes_on) == (OPEN, at.date(), at.date() + 90 * DAY)
    assert (row.scheme, row.scheme_version, row.population) == ("site", "2026-11-23", 829_413)
    assert list(row.thresholds.values_list("kind", "needed", "days")) == [
        ("answer", 415, 30), ("hearing", 1_659, 60), ("debate", 4_148, 90),
    ]  # fmt: skip
    assert (row.signatures, row.signers.count()) == (6, 6)
    assert acts() == [("open-petition", f"{LEEDS}/clerk", "")]
    assert decisions(row) == [("first", OPEN, "", f"{LEEDS}/clerk")]
    assert ModerationDecision.objects.get().since == petition.moderation_since
    assert Message.objects.filter(key=f"petition:{row.pk}/opened", to=world.creator.email).exists()


def test_signatures_of_sponsors_may_reach_a_threshold_at_once(world, at):
    levels = [{"kind": "answer", "number": 6, "days": 14}]
    schemes.adopt_scheme(
        actor=world.officer, body=LEEDS, levels=levels, since=at.date(),
        source="https://www.leeds.gov.uk/petitions", at=at,
    )  # fmt: skip
    petition = made.petition(world, MODERATION)
    made.sponsors(petition, at)

    moderating.open_petition(actor=world.moderator, petition=petition.pk, at=at)

    duty = Duty.objects.get()
    assert (duty.rule, duty.rule_version) == (f"petitions:{LEEDS}", "1")
    assert (duty.due - duty.since).days == 14
    assert Threshold.objects.get().duty == duty.key


def test_a_later_scheme_changes_nothing_for_what_is_open(world, at):
    petition = made.petition(world, MODERATION)
    moderating.open_petition(actor=world.moderator, petition=petition.pk, at=at)
    schemes.adopt_scheme(
        actor=world.officer, body=LEEDS, levels=[{"kind": "answer", "number": 5, "days": 1}],
        since=at.date(), source="https://www.leeds.gov.uk/petitions", at=at,
    )  # fmt: skip
    next_one = made.petition(world, MODERATION)
    moderating.open_petition(actor=world.moderator, petition=next_one.pk, at=at)

    assert now(petition).thresholds.first().needed == 415
    assert list(now(next_one).thresholds.values_list("needed", flat=True)) == [5]


@pytest.mark.parametrize("code", [r.code for r in reasons.reasons_for(REJECTED)])
def test_what_is_rejected_stays_listed_with_its_reason(world, at, code):
    petition = made.petition(world, MODERATION)
    why = reasons.REASONS[code]

    moderating.reject(actor=world.moderator, petition=petition.pk, reason=code, at=at)

    file = petition_file(petition.pk, at.date())
    assert (file.line.state, file.line.reason) == (REJECTED, code)
    assert bool(file.line.title) is not why.hides_title
    assert bool(file.background) is not why.hides_words
    assert acts() == [("reject-petition", f"{LEEDS}/clerk", code)]
    assert why.words in letter(petition)
    assert why.standard in letter(petition)


def test_a_moderator_may_hide_more_or_less_than_the_reason_does(world, at):
    first, second, third = (made.petition(world, MODERATION) for _ in range(3))
    do = partial(moderating.reject, actor=world.site, at=at)

    do(petition=first.pk, reason="hoax", hide_words=True)
    do(petition=second.pk, reason="hoax", hide_title=True)
    do(petition=third.pk, reason="offensive", hide_words=False, hide_title=False)

    shown = [(now(p).title_hidden, now(p).words_hidden) for p in (first, second, third)]
    assert shown == [(False, True), (True, True), (False, False)]


@pytest.mark.parametrize("reason", ["duplicate", "because", ""])
def test_only_a_published_reason_for_this_may_be_given(world, at, reason):
    petition = made.petition(world, MODERATION)

    with pytest.raises(BadInput):
        moderating.reject(actor=world.site, petition=petition.pk, reason=reason, at=at)
    with pytest.raises(BadInput):
        moderating.hide(actor=world.site, petition=petition.pk, reason=reason, at=at)
    assert now(petition).state == MODERATION


@pytest.mark.parametrize("state", [OPEN, CLOSED, REJECTED, WITHDRAWN, MERGED, REFERRED, MODERATION])
def test_what_was_hidden_goes_back_to_what_it_was(world, at, state):
    petition = made.petition(world, state)
    made.signatures(petition, 4, at)
    before = now(petition)

    moderating.hide(actor=world.site, petition=petition.pk, reason="libel", at=at)
    hidden = petition_file(petition.pk, at.date())
    assert (hidden.line.title, hidden.background, hidden.line.reason) == ("", "", "libel")
    moderating.unhide(actor=world.second, petition=petition.pk, at=at + DAY)

    after = now(petition)
    assert after.closes_on == (before.closes_on + DAY if state == OPEN else before.closes_on)
    for field in ("state", "reason", "title", "opened_on", "merged_into_id", "referred_to_id",
                  "signatures", "title_hidden"):  # fmt: skip
        assert getattr(after, field) == getattr(before, field), field
    never_open = state not in (MODERATION,) and before.opened_on is None
    assert after.words_hidden == never_open
    assert after.signers.count() == 4
    assert [verb for verb, *_ in acts()] == ["hide-petition", "unhide-petition"]
    if state == MODERATION:
        assert after.moderation_since == at + DAY


def test_what_was_refused_keeps_its_reason_however_often_it_is_hidden(world, at):
    petition = made.petition(world, REJECTED, reason="hoax")
    for _again in range(2):
        moderating.hide(actor=world.moderator, petition=petition.pk, reason="libel", at=at)
        moderating.unhide(actor=world.site, petition=petition.pk, at=at)
        assert (now(petition).state, now(petition).reason) == (REJECTED, "hoax")


@pytest.mark.parametrize("reason", ["hoax", "libel"])
@pytest.mark.parametrize("hidden", [True, False])
def test_a_title_that_a_moderator_hid_or_showed_stays_so_when_it_shows_again(
    world, at, reason, hidden
):
    petition = made.petition(world, MODERATION)
    about = {"actor": world.site, "petition": petition.pk, "at": at}
    moderating.reject(**about, reason=reason, hide_title=hidden)
    for why in ("libel", "hoax"):
        moderating.hide(**about, reason=why)
        moderating.unhide(**about)
        assert now(petition).title_hidden == hidden
        assert petition_file(petition.pk, at.date()).line.title == ("" if hidden else made.TITLE)


def test_what_was_never_public_cannot_be_hidden(world, at):
    petition = made.petition(world, SPONSORS)
    life.withdraw(actor=world.creator, petition=petition.pk, at=at)

    with pytest.raises(Conflict):
        moderating.hide(actor=world.site, petition=petition.pk, reason="libel", at=at)


def test_a_threshold_reached_while_it_was_hidden_is_owed_when_it_shows_again(world, at):
    petition = made.petition(world)
    moderating.hide(actor=world.site, petition=petition.pk, reason="libel", at=at)
    Petition.objects.filter(pk=petition.pk).update(signatures=12)

    moderating.unhide(actor=world.site, petition=petition.pk, at=at)

    assert Duty.objects.get().kind == "petition-answer"


def test_a_joined_petition_keeps_its_signatures_and_points_on(world, at):
    row, into = made.petition(world), made.petition(world)
    made.signatures(row, 12, at)
    made.signatures(into, 2, at)

    moderating.merge(actor=world.site, petition=row.pk, into=into.pk, at=at)

    after = now(row)
    assert (after.state, after.merged_into, after.ended_on) == (MERGED, into, at.date())
    assert (after.signatures, after.signers.count(), now(into).signatures) == (12, 12, 2)
    file = petition_file(row.pk, at.date())
    assert file.merged_into == (into.title, f"/petitions/{into.pk}/")
    assert file.background == row.background
    assert acts() == [("merge-petition", "site/moderators", "duplicate")]
    assert f"/petitions/{into.pk}/" in letter(row)


def test_a_petition_is_joined_with_another_that_is_open(world, at):
    row = made.petition(world, MODERATION)
    do = partial(moderating.merge, actor=world.site, petition=row.pk, at=at)

    with pytest.raises(BadInput):
        do(into=row.pk)
    with pytest.raises(NotFound):
        do(into=row.pk + 999)
    for state in set(STATES) - {OPEN}:
        with pytest.raises(Conflict):
            do(into=made.petition(world, state).pk)
    do(into=made.petition(world).pk)
    # It was never open, so only its title shows.
    assert petition_file(row.pk, at.date()).words_hidden


@pytest.mark.parametrize("state", [MODERATION, OPEN])
def test_a_referred_petition_ends_and_begins_anew_with_the_right_body(world, at, state):
    row = made.petition(world, state)
    made.signatures(row, 1, at, origin=CREATOR)
    made.signatures(row, 7, at)

    copy = moderating.refer(actor=world.site, petition=row.pk, to=DEVON_COUNCIL, at=at)

    old, new = now(row), now(copy)
    assert (old.state, old.referred_to, old.signatures) == (REFERRED, world.other_body, 8)
    assert old.signers.count() == 8
    assert (new.state, new.body, new.continues) == (MODERATION, world.other_body, old)
    assert (new.title, new.background, new.detail) == (old.title, old.background, old.detail)
    assert new.moderation_since == at
    signed = Signature.objects.get(petition=new)
    assert (signed.origin, signed.state, signed.counted) == (CREATOR, CONFIRMED, False)
    assert f"/petitions/{new.pk}/manage/" in letter(row)
    assert acts() == [("refer-petition", "site/moderators", "not-this-body")]
    # It is now for the moderators of the other body.
    with pytest.raises(NotAllowed):
        moderating.open_petition(actor=world.moderator, petition=new.pk, at=at)
    moderating.open_petition(actor=world.stranger, petition=new.pk, at=at)


def test_no_body_ends_what_people_can_sign(world, at):
    row, into = made.petition(world), made.petition(world)

    with pytest.raises(NotAllowed):
        moderating.merge(actor=world.moderator, petition=row.pk, into=into.pk, at=at)
    with pytest.raises(NotAllowed):
        moderating.refer(actor=world.moderator, petition=row.pk, to=DEVON_COUNCIL, at=at)
    assert now(row).state == OPEN


def test_what_is_joined_asks_the_same_body_and_the_older_one_goes_on(world, at):
    row = made.petition(world)
    elsewhere = made.petition(world, body=world.other_body)
    younger = made.petition(world, opened_on=at.date())
    do = partial(moderating.merge, actor=world.site, at=at)

    with pytest.raises(Conflict, match="different bodies"):
        do(petition=row.pk, into=elsewhere.pk)
    with pytest.raises(Conflict, match="The older one goes on"):
        do(petition=row.pk, into=younger.pk)
    assert do(petition=younger.pk, into=row.pk).state == MERGED


def test_where_nobody_stands_behind_it_a_referral_begins_nothing(world, at):
    row = made.petition(world, creator=None)

    moderating.refer(actor=world.site, petition=row.pk, to=DEVON_COUNCIL, at=at)

    assert Petition.objects.get().state == REFERRED
    again = made.petition(world)
    with pytest.raises(BadInput):
        moderating.refer(actor=world.site, petition=again.pk, to=LEEDS, at=at)
    with pytest.raises(NotFound):
        moderating.refer(actor=world.site, petition=again.pk, to="nobody", at=at)


def test_nothing_personal_reaches_the_record(world, at):
    row = made.petition(world, MODERATION)
    made.sponsors(row, at)
    moderating.open_petition(actor=world.moderator, petition=row.pk, at=at)
    moderating.hide(actor=world.moderator, petition=row.pk, reason="staff", at=at)

    told = " ".join(PublicAct.objects.values_list("canonical", flat=True))
    assert row.title not in told
    assert row.creator_name not in told
    assert world.creator.email not in told
    assert DRAFT not in told

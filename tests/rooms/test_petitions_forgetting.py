"""What signers and writers leave behind goes in its time, with a moved clock; counts stay."""

import pytest

from folkmoot.common.models import Message
from folkmoot.people import actions, retention
from folkmoot.people.actions.erasure import erase_me
from folkmoot.people.export import export_mine
from folkmoot.petitions.actions import (
    forgetting,
    life,
    moderating,
    questions_moderating,
    signing,
)
from folkmoot.petitions.actions import questions as asking
from folkmoot.petitions.actions.counting import count_signatures
from folkmoot.petitions.actions.letters import write_letters
from folkmoot.petitions.keys import address_key
from folkmoot.petitions.models import Petition, Question, Signature, SignatureCount
from folkmoot.petitions.models_signing import CONFIRMED, PAPER, PENDING, SPONSOR, TAKEN_BACK
from folkmoot.petitions.rules.questions import NewQuestion
from folkmoot.petitions.rules.signing import SignForm
from folkmoot.petitions.rules.states import (
    CLOSED,
    DRAFT,
    HIDDEN,
    MODERATION,
    OPEN,
    REJECTED,
    SPONSORS,
)
from folkmoot.petitions.tokens import make
from tests.rooms import people_invented as invented
from tests.rooms.petitions_made import DAY, POSTCODE, petition, signature, signatures, world


def signed(row, at, email, **more):
    form = SignForm(name=invented.FAKE.name(), email=email, postcode=POSTCODE, consent=True, **more)
    signing.sign(petition=row.pk, form=form, network="192.0.2.7", proof=None, at=at)
    made = Signature.objects.filter(petition=row).latest("pk")
    signing.confirm(token=make("confirm", made.pk), at=at)
    return made


def tidy(at):
    return actions.apply_retention(at=at).erased


def test_what_nobody_confirmed_goes_after_a_week(db, at):
    w = world(at)
    row = petition(w, OPEN)
    form = SignForm(invented.FAKE.name(), invented.address(), POSTCODE, consent=True)
    signing.sign(petition=row.pk, form=form, network="192.0.2.7", proof=None, at=at)

    key = retention.UNCONFIRMED_SIGNATURES.key
    assert tidy(at + 7 * DAY - DAY / 24)[key] == 0
    assert tidy(at + 7 * DAY)[key] == 1
    assert not Signature.objects.filter(petition=row).exists()


def test_addresses_go_six_months_after_the_end_and_the_counts_stay(db, at):
    w = world(at)
    row = petition(w, OPEN)
    shown = signed(row, at, invented.address(), name_shown=True)
    silent = signed(row, at, invented.address(), tell_me=True)
    count_signatures(at=at)
    Petition.objects.filter(pk=row.pk).update(state=CLOSED, ended_on=at.date())

    key = retention.SIGNERS_ADDRESSES.key
    assert tidy(at + 182 * DAY)[key] == 0
    assert tidy(at + 183 * DAY)[key] == 2
    assert tidy(at + 184 * DAY)[key] == 0
    shown.refresh_from_db()
    silent.refresh_from_db()
    assert shown.name != ""
    assert silent.name == ""
    for one in (shown, silent):
        left = (one.email, one.postcode, one.address_key, one.person_key, one.network_key)
        assert (left, one.tell_me, one.area) == (("",) * 5, False, w.area.code)
    row.refresh_from_db()
    assert (row.signatures, row.addresses_erased_at) == (2, at + 183 * DAY)
    counts = SignatureCount.objects.filter(petition=row, kind="district")
    assert sum(counts.values_list("signatures", flat=True)) == 2


def test_drafts_go_after_a_year(db, at):
    w = world(at)
    draft = petition(w, DRAFT, created_at=at)
    kept = petition(w, OPEN, created_at=at)

    key = retention.DRAFT_PETITIONS.key
    assert tidy(at + 364 * DAY)[key] == 0
    assert tidy(at + 365 * DAY)[key] == 1
    assert not Petition.objects.filter(pk=draft.pk).exists()
    assert Petition.objects.filter(pk=kept.pk).exists()


def test_a_name_that_was_never_shown_goes_with_the_addresses(db, at):
    w = world(at)
    silent = petition(w, CLOSED)
    shown = petition(w, CLOSED, creator_shown=True)

    tidy(at + 190 * DAY)

    silent.refresh_from_db()
    assert (silent.creator_name, silent.addresses_erased_at) == ("", at + 190 * DAY)
    name = shown.creator_name
    shown.refresh_from_db()
    assert shown.creator_name == name != ""


def test_addresses_go_again_after_a_petition_came_back_and_ended_again(db, at):
    w = world(at)
    row = petition(w, MODERATION)
    signatures(row, 2, at, origin=SPONSOR)
    moderating.reject(actor=w.site, petition=row.pk, reason="hoax", at=at)
    tidy(at + 190 * DAY)
    assert not Signature.objects.exclude(email="").exists()

    # A late appeal, as an operator might let it through.
    Petition.objects.filter(pk=row.pk).update(appeal_text="Look again", appealed_at=at + 190 * DAY)
    later = at + 191 * DAY
    moderating.decide_appeal(actor=w.second, petition=row.pk, upheld=True, at=later)
    row.refresh_from_db()
    assert (row.state, row.ended_on, row.addresses_erased_at) == (OPEN, None, None)
    mine = signed(row, later, invented.address())
    life.withdraw(actor=w.creator, petition=row.pk, at=later)
    tidy(later + 184 * DAY)

    mine.refresh_from_db()
    assert (mine.email, mine.postcode) == ("", "")


def test_addresses_go_again_after_what_was_hidden_is_checked_anew(db, at):
    w = world(at)
    row = petition(w, HIDDEN, hidden_from=MODERATION, opened_on=None, ended_on=at.date(),
                   addresses_erased_at=at)  # fmt: skip
    moderating.unhide(actor=w.site, petition=row.pk, at=at)
    row.refresh_from_db()
    assert (row.state, row.ended_on, row.addresses_erased_at) == (MODERATION, None, None)


@pytest.mark.parametrize("state", [OPEN, HIDDEN, SPONSORS, MODERATION, REJECTED])
def test_erasing_oneself_makes_no_room_to_sign_again(db, at, state):
    """One mailbox counts once, however often its owner begins and erases an account."""
    w = world(at)
    row = petition(w, OPEN)
    email = w.creator.email
    first = signed(row, at, email)
    count_signatures(at=at)
    other = Petition.objects.filter(pk=petition(w, state).pk).get()
    signature(other, at, address_key=address_key(email), counted=False)

    erase_me(person=w.creator, at=at)

    first.refresh_from_db()
    assert (first.state, first.ended_at, first.email, first.address_key) == (
        TAKEN_BACK, at, "", "",
    )  # fmt: skip
    assert not Signature.objects.filter(petition=other, state=CONFIRMED).exists()
    signed(row, at, email)
    count_signatures(at=at)
    row.refresh_from_db()
    assert row.signatures == 1


def test_a_person_sees_everything_and_erases_it_and_stays_counted_where_it_is_over(built, at):
    w = world(at)
    row = petition(w, OPEN)
    mine = signed(row, at, w.creator.email.upper(), name_shown=True)
    count_signatures(at=at)
    Petition.objects.filter(pk=row.pk).update(state=CLOSED, ended_on=at.date())
    asked = asking.ask(
        actor=w.creator,
        new=NewQuestion(
            "When will the glass banks be emptied?",
            w.area.code,
            w.service.slug,
            w.body.slug,
            name=invented.FAKE.name(),
            name_shown=True,
            agreed=True,
        ),
        at=at,
    )
    questions_moderating.let_through(actor=w.moderator, question=asked.pk, at=at)
    draft = petition(w, DRAFT)

    held = export_mine(w.creator)["petitions"]
    assert [each["postcode"] for each in held["signatures"]] == [mine.postcode]
    assert {each["state"] for each in held["petitions"]} == {"closed", "draft"}
    assert held["questions"][0]["text"].startswith("When will")

    erase_me(person=w.creator, at=at)

    mine.refresh_from_db()
    assert (mine.name, mine.email, mine.postcode, mine.name_shown) == ("", "", "", False)
    assert mine.state == CONFIRMED
    count_signatures(at=at)
    row.refresh_from_db()
    assert (row.signatures, row.creator_id, row.creator_name) == (1, None, "")
    assert not Petition.objects.filter(pk=draft.pk).exists()
    left = Question.objects.get(pk=asked.pk)
    assert (left.asker_id, left.asker_name, left.text != "") == (None, "", True)


def test_letters_to_the_same_mailbox_written_otherwise_go_with_its_owner(db, at):
    w = world(at)
    row = petition(w, OPEN)
    local, _, domain = w.creator.email.partition("@")
    mine, theirs = f"{local}+moot@{domain}", invented.address()
    for email in (mine, theirs):
        form = SignForm(invented.FAKE.name(), email, POSTCODE, consent=True)
        signing.sign(petition=row.pk, form=form, network="192.0.2.7", proof=None, at=at)
    assert write_letters(at=at) == 2

    erase_me(person=w.creator, at=at)

    assert not Message.objects.filter(to=mine).exists()
    assert Message.objects.filter(to=theirs).exists()


def addressed(row) -> int:
    """How many signatures of a petition still hold something that leads to a person."""
    return Signature.objects.filter(forgetting._ADDRESSED, petition=row).count()


def test_addresses_go_in_steps_until_none_is_left(db, at):
    w = world(at)
    first, second = (petition(w, CLOSED, ended_on=at.date()) for _ in range(2))
    signatures(first, 3, at)
    signatures(first, 2, at, origin=PAPER, address_key="", email="", postcode="")
    signatures(first, 1, at, state=PENDING, confirmed_at=None)
    signatures(second, 1, at)
    later = at + retention.SIGNERS_ADDRESSES.after + DAY
    before = [addressed(first)]
    assert before[0] >= 6

    # Two at a time, and the last step goes on with the next petition.
    erased = []
    while done := forgetting.forget_addresses(later, 2):
        erased.append(done)
        before.append(addressed(first))
    assert sum(erased) == before[0] + 1
    assert before == sorted(before, reverse=True)
    assert (addressed(first), addressed(second)) == (0, 0)
    assert set(erased[:-1]) == {2}
    assert not Petition.objects.filter(ended_on__isnull=False, addresses_erased_at=None).exists()


def test_one_call_goes_through_petitions_until_it_has_erased_enough(db, at):
    w = world(at)
    rows = [petition(w, CLOSED, ended_on=at.date()) for _ in range(3)]
    for row in rows:
        signatures(row, 2, at)
    later = at + retention.SIGNERS_ADDRESSES.after + DAY
    each = addressed(rows[0])
    assert forgetting.forget_addresses(later, 2 * each) == 2 * each
    assert [addressed(row) for row in rows] == [0, 0, each]

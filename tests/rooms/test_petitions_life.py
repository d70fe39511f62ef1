"""From the first word to the last day: what the creator does, and what happens by rule."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import transaction

from folkmoot.bodies.models import Remit
from folkmoot.common.errors import BadInput, Conflict, NotAllowed, NotFound, TooOften
from folkmoot.common.models import Message, PublicAct
from folkmoot.people.limits import LIMITS, START_PETITION
from folkmoot.petitions.actions import life, moderating, taking_back
from folkmoot.petitions.models import Petition, Signature
from folkmoot.petitions.models_signing import CONFIRMED, CREATOR, SPONSOR
from folkmoot.petitions.queries_page import sponsors_of
from folkmoot.petitions.rules import limits
from folkmoot.petitions.rules.states import (
    CLOSED,
    DRAFT,
    HIDDEN,
    MODERATION,
    OPEN,
    SPONSORS,
    WITHDRAWN,
)
from tests.rooms import petitions_made as made
from tests.rooms.petitions_made import DAY, DEVON_COUNCIL
from tests.rooms.test_petitions_writing import GOOD


@pytest.fixture
def world(db, at):
    return made.world(at)


def letters(petition):
    keys = Message.objects.filter(key__startswith=f"petition:{petition.pk}/").order_by("pk")
    return [key.partition("/")[2] for key in keys.values_list("key", flat=True)]


def acts():
    return list(
        PublicAct.objects.filter(subject__startswith="petition:").values_list("verb", "office")
    )


def sponsored(petition, at, number=limits.SPONSORS_NEEDED):
    for _ in range(number):
        made.signature(petition, at, origin=SPONSOR, counted=False)
    with transaction.atomic():
        row = Petition.objects.select_for_update().get(pk=petition.pk)
        return life.sponsors_found(petition=row, at=at)


def test_five_sponsors_are_five_people_beside_the_creator(world, at):
    """Five mailboxes make nobody five people, and the creator is none of them."""
    petition = made.petition(world, SPONSORS)
    own = made.signature(petition, at, origin=CREATOR, counted=False)
    for key in (own.person_key, "a" * 32):
        for _ in range(limits.SPONSORS_NEEDED):
            made.signature(petition, at, origin=SPONSOR, person_key=key, counted=False)
    assert not sponsored(petition, at, limits.SPONSORS_NEEDED - 2)
    assert sponsors_of(petition) == limits.SPONSORS_NEEDED - 1
    assert sponsored(petition, at, 1)


def test_a_disposable_address_begins_no_petition(world, at):
    petition = made.petition(world, DRAFT)
    world.creator.email = "ann@mailinator.com"
    with pytest.raises(BadInput) as refused:
        life.seek_sponsors(actor=world.creator, petition=petition.pk, postcode="LS1 1UR", at=at)
    assert [fault.where for fault in refused.value.faults] == ["email"]


def test_the_creator_takes_their_own_signature_back(world, at):
    petition = made.petition(world, DRAFT)
    life.seek_sponsors(actor=world.creator, petition=petition.pk, postcode="LS1 1UR", at=at)
    token = taking_back.creators_token(petition)
    assert (
        f"/petitions/take-back/{token}/"
        in (Message.objects.get(key=f"petition:{petition.pk}/sponsors").payload["text"])
    )

    Petition.objects.filter(pk=petition.pk).update(state="withdrawn")
    assert taking_back.take_back(token=token, at=at) == petition.pk
    assert not Signature.objects.exclude(postcode="").exists()
    assert taking_back.creators_token(petition) == ""


def test_a_petition_begins_as_a_draft_of_its_creator(world, at):
    petition = life.begin(actor=world.creator, words=GOOD, at=at)

    found = Petition.objects.get(pk=petition.pk)
    assert (found.state, found.title, found.creator) == (DRAFT, made.TITLE, world.creator)
    assert (found.area, found.service, found.body) == (world.area, world.service, world.body)
    assert len(found.sponsor_key) == 32
    assert acts() == []


def test_every_fault_of_the_address_at_once(world, at):
    words = replace(GOOD, title="No", place="E99999999", service="moon", body="nobody")

    with pytest.raises(BadInput) as refused:
        life.begin(actor=world.creator, words=words, at=at)

    where = [fault.where for fault in refused.value.faults]
    assert where == ["title", "place", "service", "body"]
    assert Petition.objects.count() == 0


def test_a_body_that_does_not_answer_for_it_is_refused_and_who_does_is_said(world, at):
    Remit.objects.create(
        service="waste", title="Waste", area_kind="metropolitan", position=1, form="remit",
        role="decides", who="upper-council", checked=at.date(),
    )  # fmt: skip

    with pytest.raises(BadInput) as refused:
        life.begin(actor=world.creator, words=replace(GOOD, body=DEVON_COUNCIL), at=at)
    life.begin(actor=world.creator, words=GOOD, at=at)

    (fault,) = refused.value.faults
    assert (fault.where, fault.kind) == ("body", "not-this-body")
    assert "Leeds City Council" in fault.remedy


def test_an_office_must_be_one_of_the_body(world, at):
    with pytest.raises(BadInput) as refused:
        life.begin(actor=world.creator, words=replace(GOOD, office="archbishop"), at=at)

    assert [fault.where for fault in refused.value.faults] == ["office"]
    assert life.begin(actor=world.creator, words=replace(GOOD, office="leader"), at=at).pk


def test_nobody_begins_without_an_account_or_too_often(world, at):
    (limit,) = LIMITS[START_PETITION]

    with pytest.raises(NotAllowed):
        life.begin(actor=None, words=GOOD, at=at)
    for _ in range(limit.count):
        life.begin(actor=world.creator, words=GOOD, at=at)
    with pytest.raises(TooOften):
        life.begin(actor=world.creator, words=GOOD, at=at)

    assert life.begin(actor=world.creator, words=GOOD, at=at + 2 * DAY).pk


def test_only_a_draft_is_rewritten_and_only_by_its_creator(world, at):
    draft = life.begin(actor=world.creator, words=GOOD, at=at)
    better = replace(GOOD, title="Empty the glass banks in Headingley twice a week")

    life.rewrite(actor=world.creator, petition=draft.pk, words=better, at=at)
    assert Petition.objects.get(pk=draft.pk).title == better.title

    with pytest.raises(NotAllowed):
        life.rewrite(actor=world.officer, petition=draft.pk, words=GOOD, at=at)
    with pytest.raises(BadInput):
        life.rewrite(actor=world.creator, petition=draft.pk, words=replace(GOOD, title=""), at=at)
    life.seek_sponsors(actor=world.creator, petition=draft.pk, postcode=made.POSTCODE, at=at)
    with pytest.raises(Conflict):
        life.rewrite(actor=world.creator, petition=draft.pk, words=GOOD, at=at)
    with pytest.raises(NotFound):
        life.rewrite(actor=world.creator, petition=draft.pk + 1, words=GOOD, at=at)
    assert Petition.objects.get(pk=draft.pk).title == better.title


def test_the_creator_signs_and_seeks_sponsors(world, at):
    draft = life.begin(actor=world.creator, words=replace(GOOD, creator_shown=True), at=at)

    with pytest.raises(BadInput):
        life.seek_sponsors(actor=world.creator, petition=draft.pk, postcode="LS1", at=at)
    with pytest.raises(NotAllowed):
        life.seek_sponsors(actor=world.site, petition=draft.pk, postcode=made.POSTCODE, at=at)
    life.seek_sponsors(actor=world.creator, petition=draft.pk, postcode=" ls11ur ", at=at)
    with pytest.raises(Conflict):
        life.seek_sponsors(actor=world.creator, petition=draft.pk, postcode="LS1 1UR", at=at)

    own = Signature.objects.get(petition=draft)
    found = Petition.objects.get(pk=draft.pk)
    assert (own.state, own.origin, own.email) == (CONFIRMED, CREATOR, world.creator.email)
    assert (own.postcode, own.counted, own.name_shown) == ("LS1 1UR", False, True)
    assert (found.state, found.sponsors_until) == (SPONSORS, at.date() + 21 * DAY)
    (letter,) = Message.objects.filter(key=f"petition:{draft.pk}/sponsors")
    assert f"/petitions/{draft.pk}/sponsor/{found.sponsor_key}/" in letter.payload["text"]


def test_five_sponsors_send_it_to_the_moderators_once(world, at):
    petition = made.petition(world, SPONSORS)
    made.signature(petition, at, origin=CREATOR)

    assert not sponsored(petition, at, 4)
    assert sponsored(petition, at, 1)
    assert not sponsored(petition, at, 1)

    found = Petition.objects.get(pk=petition.pk)
    assert (found.state, found.moderation_since) == (MODERATION, at)
    assert letters(petition) == ["moderation"]


def test_too_few_sponsors_in_time_and_it_lapses_without_having_been_public(world, at):
    few, enough, early = (made.petition(world, SPONSORS) for _ in range(3))
    last_day = few.sponsors_until
    sponsored(few, at, 4)
    for _ in range(5):  # confirmed in time and not counted yet
        made.signature(enough, at, origin=SPONSOR, counted=False)
    Petition.objects.filter(pk=early.pk).update(sponsors_until=last_day + DAY)
    later = at + 13 * DAY

    assert life.lapse_sponsors(today=last_day, at=later) == 0
    assert life.lapse_sponsors(today=last_day + DAY, at=later) == 1
    assert life.lapse_sponsors(today=last_day + DAY, at=later) == 0

    states = dict(Petition.objects.values_list("pk", "state"))
    assert states == {few.pk: WITHDRAWN, enough.pk: MODERATION, early.pk: SPONSORS}
    gone = Petition.objects.get(pk=few.pk)
    assert (gone.reason, gone.words_hidden, gone.title_hidden) == ("no-sponsors", True, True)
    assert (letters(few), letters(enough)) == (["lapsed"], ["moderation"])


@pytest.mark.parametrize("state", [DRAFT, SPONSORS, MODERATION, OPEN])
def test_the_creator_withdraws(world, at, state):
    petition = made.petition(world, state)
    made.signatures(petition, 3, at)

    with pytest.raises(NotAllowed):
        life.withdraw(actor=world.moderator, petition=petition.pk, at=at)
    life.withdraw(actor=world.creator, petition=petition.pk, at=at)
    with pytest.raises(Conflict):
        life.withdraw(actor=world.creator, petition=petition.pk, at=at)

    found = Petition.objects.get(pk=petition.pk)
    assert (found.state, found.reason, found.ended_on) == (WITHDRAWN, "by-creator", at.date())
    assert (found.title_hidden, found.words_hidden) == ((state != OPEN,) * 2)
    assert found.signers.count() == 3
    assert acts() == []


def test_what_is_over_is_closed_by_rule_after_its_last_day(world, at):
    petition = made.petition(world)
    hidden = made.petition(world, HIDDEN)
    last = petition.closes_on
    later = at + 180 * DAY

    assert life.close_due(today=last, at=later) == 0
    assert life.close_due(today=last + DAY, at=later) == 2
    assert life.close_due(today=last + DAY, at=later) == 0

    found = Petition.objects.get(pk=petition.pk)
    still = Petition.objects.get(pk=hidden.pk)
    assert (found.state, found.ended_on) == (CLOSED, last)
    assert (still.state, still.hidden_from, still.ended_on) == (HIDDEN, CLOSED, last)
    assert acts() == [("close-petition", "rule")]
    assert letters(petition) == ["closed"]

    # The days of being hidden are given back, so what was hidden can be signed again.
    moderating.unhide(actor=world.site, petition=hidden.pk, at=later)
    assert Petition.objects.get(pk=hidden.pk).state == OPEN


def test_no_letter_is_written_where_the_account_is_gone(world, at):
    petition = made.petition(world, creator=None)

    life.close_due(today=petition.closes_on + DAY, at=at + dt.timedelta(days=181))

    assert Petition.objects.get().state == CLOSED
    assert letters(petition) == []


def test_one_that_is_hidden_is_not_withdrawn_under_the_moderators(world, at):
    row = made.petition(world, MODERATION)
    moderating.hide(actor=world.moderator, petition=row.pk, reason="libel", at=at)

    with pytest.raises(Conflict):
        life.withdraw(actor=world.creator, petition=row.pk, at=at)
    row.refresh_from_db()
    assert (row.state, row.hidden_from) == (HIDDEN, MODERATION)

"""Erasing the words of a hidden petition for law: who may, what goes, and what stays."""

import pytest

from folkmoot.common.acts import LEGAL_REASONS
from folkmoot.common.errors import BadInput, Conflict, NotAllowed, NotFound
from folkmoot.common.models import Message, PublicAct
from folkmoot.petitions.actions import appeals, forgetting, moderating
from folkmoot.petitions.actions.erasing import erase_words
from folkmoot.petitions.models import ModerationDecision, Petition, Signature
from folkmoot.petitions.queries import petition_file
from folkmoot.petitions.queries_search import similar
from folkmoot.petitions.rules.states import CLOSED, HIDDEN, MODERATION, OPEN, REJECTED, STATES
from tests.rooms import petitions_made as made
from tests.rooms.petitions_made import DAY

TEXT = "The banks are the council's own, and the standard that was named is about something else."
ROLES = ("creator", "officer", "moderator", "stranger", "site", "administrator", "nobody")
MAY = {"site", "administrator"}
WORDS = (made.TITLE, made.BACKGROUND, made.DETAIL)


@pytest.fixture
def world(db, at):
    return made.world(at)


def now(petition):
    return Petition.objects.get(pk=petition.pk)


def acts(petition):
    rows = PublicAct.objects.filter(subject=f"petition:{petition.pk}").order_by("pk")
    return list(rows.values_list("verb", "office", "reason"))


@pytest.mark.parametrize("who", ROLES)
def test_only_the_site_may_and_never_the_body_that_is_asked(world, at, who):
    petition = made.petition(world, HIDDEN)
    actor = None if who == "nobody" else getattr(world, who)

    if who in MAY:
        erase_words(actor=actor, petition=petition.pk, reason="court-order", at=at)
    else:
        with pytest.raises(NotAllowed):
            erase_words(actor=actor, petition=petition.pk, reason="court-order", at=at)

    assert (now(petition).erased_at is not None) == (who in MAY)
    assert bool(acts(petition)) == (who in MAY)


def test_nobody_erases_what_they_began(world, at):
    petition = made.petition(world, HIDDEN, creator=world.site)
    with pytest.raises(NotAllowed):
        erase_words(actor=world.site, petition=petition.pk, reason="court-order", at=at)
    assert now(petition).title == made.TITLE


@pytest.mark.parametrize("state", [state for state in STATES if state != HIDDEN])
def test_only_what_is_hidden_is_erased(world, at, state):
    petition = made.petition(world, state)
    with pytest.raises(Conflict):
        erase_words(actor=world.site, petition=petition.pk, reason="court-order", at=at)
    assert now(petition).title == made.TITLE


@pytest.mark.parametrize("reason", ["", "embarrassing", "published-in-error", "hoax"])
def test_only_for_a_reason_of_law(world, at, reason):
    petition = made.petition(world, HIDDEN)
    with pytest.raises(BadInput):
        erase_words(actor=world.site, petition=petition.pk, reason=reason, at=at)
    with pytest.raises(NotFound):
        erase_words(actor=world.site, petition=petition.pk + 1, reason="court-order", at=at)
    assert now(petition).erased_at is None


@pytest.mark.parametrize("reason", LEGAL_REASONS)
def test_everything_that_was_written_goes_and_the_rest_stays(world, at, reason):
    petition = made.petition(world, HIDDEN)
    made.signatures(petition, 3, at)

    erase_words(actor=world.site, petition=petition.pk, reason=reason, at=at)

    row = now(petition)
    everything = " ".join(str(value) for value in Petition.objects.values().get().values())
    assert not any(word in everything for word in (*WORDS, petition.creator_name))
    assert (row.state, row.reason, row.signatures) == (HIDDEN, "libel", 3)
    assert (row.erased_at, row.erased_reason) == (at, reason)
    assert row.creator == world.creator
    assert Signature.objects.filter(petition=row).count() == 3
    file = petition_file(petition.pk, at.date())
    assert (file.erased_on, file.erased_why) == (at.date(), LEGAL_REASONS[reason])
    assert file.line.heading == f"Petition {petition.pk}: its title is not shown"
    assert not similar(made.TITLE)


def test_it_is_a_public_act_without_words_and_its_creator_is_told(world, at):
    petition = made.petition(world, HIDDEN)

    erase_words(actor=world.administrator, petition=petition.pk, reason="defamation", at=at)

    [(verb, office, reason)] = acts(petition)
    assert (verb, reason) == ("erase-petition", "defamation")
    assert office.split("/")[0] == "site"
    [act] = PublicAct.objects.filter(verb=verb)
    assert not any(word in act.canonical for word in WORDS)
    letter = Message.objects.get(key=f"petition:{petition.pk}/erased")
    assert letter.to == world.creator.email
    assert LEGAL_REASONS["defamation"] in letter.payload["text"]
    assert not any(word in letter.payload["text"] for word in WORDS)


def test_nothing_brings_it_back(world, at):
    petition = made.petition(world, HIDDEN)
    appeals.appeal(actor=world.creator, petition=petition.pk, text=TEXT, at=at)
    erase_words(actor=world.site, petition=petition.pk, reason="court-order", at=at)

    with pytest.raises(Conflict, match="erased already"):
        erase_words(actor=world.second, petition=petition.pk, reason="copyright", at=at)
    with pytest.raises(Conflict, match="stays hidden"):
        moderating.unhide(actor=world.second, petition=petition.pk, at=at)
    with pytest.raises(Conflict, match="stays hidden"):
        appeals.decide_appeal(actor=world.second, petition=petition.pk, upheld=True, at=at)
    appeals.decide_appeal(actor=world.second, petition=petition.pk, upheld=False, at=at)

    row = now(petition)
    assert (row.state, row.title, row.appeal_text) == (HIDDEN, "", "")
    assert row.erased_reason == "court-order"
    assert ModerationDecision.objects.filter(petition=row, step="appeal").count() == 1


def test_there_is_no_appeal_once_the_words_are_gone(world, at):
    petition = made.petition(world, HIDDEN)
    erase_words(actor=world.site, petition=petition.pk, reason="court-order", at=at)
    with pytest.raises(Conflict, match="stays hidden"):
        appeals.appeal(actor=world.creator, petition=petition.pk, text=TEXT, at=at)


@pytest.mark.parametrize("before", [OPEN, CLOSED, REJECTED, MODERATION])
def test_the_addresses_of_signers_go_in_their_time_from_then_on(world, at, before):
    petition = made.petition(world, HIDDEN, hidden_from=before)
    made.signatures(petition, 2, at)

    erase_words(actor=world.site, petition=petition.pk, reason="court-order", at=at)

    assert now(petition).ended_on == at.date()
    assert now(petition).hidden_from == (CLOSED if before == OPEN else before)
    forgetting.forget_addresses(at + 182 * DAY)
    assert Signature.objects.exclude(email="").count() == 2
    forgetting.forget_addresses(at + 183 * DAY)
    assert not Signature.objects.exclude(email="").exists()

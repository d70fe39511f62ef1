"""What may be written, and the published reasons: pure rules."""

from dataclasses import replace

import pytest
from faker import Faker
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.common.acts import REASON_WORDS, VERBS
from folkmoot.common.reasons import MODERATION as CODES
from folkmoot.people.rules import ROLES, HeldRole
from folkmoot.petitions.rules import limits, reasons
from folkmoot.petitions.rules.moderation import (
    APPEAL,
    FIRST,
    may_appeal,
    may_moderate,
    moderates_site,
)
from folkmoot.petitions.rules.states import HIDDEN, MERGED, MOVES, REFERRED, REJECTED, STATES
from folkmoot.petitions.rules.writing import NewPetition, faults_of, tidied
from tests.rooms import petitions_made as made
from tests.rooms.people_invented import DEVON, LEEDS
from tests.rooms.petitions_made import DAY

NAME = Faker("en_GB").name()
GOOD = NewPetition(
    made.TITLE, made.BACKGROUND, made.DETAIL, made.PLACE, made.WASTE, LEEDS, creator_name=NAME
)
TODAY = made.dt.date(2026, 11, 23)


def test_a_good_petition_has_no_fault():
    assert faults_of(tidied(GOOD)) == []
    assert faults_of(tidied(replace(GOOD, detail=""))) == []


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"title": ""}, "title"),
        ({"title": "Bins now"}, "title"),
        ({"title": "x" * (limits.TITLE + 1)}, "title"),
        ({"title": ". . . . . . . ."}, "title"),
        ({"background": "Please."}, "background"),
        ({"background": "x" * (limits.BACKGROUND + 1)}, "background"),
        ({"detail": "x" * (limits.DETAIL + 1)}, "detail"),
        ({"creator_name": " "}, "creator_name"),
        ({"creator_name": "see www.example.org"}, "creator_name"),
        ({"creator_name": "x" * (limits.NAME + 1)}, "creator_name"),
        ({"place": ""}, "place"),
        ({"service": " "}, "service"),
        ({"body": ""}, "body"),
        ({"term": 366}, "term"),
        ({"term": 0}, "term"),
    ],
)
def test_one_fault(more, where):
    assert [fault.where for fault in faults_of(tidied(replace(GOOD, **more)))] == [where]


def test_every_fault_at_once():
    empty = NewPetition("", "", "x" * 2_000, "", "", "", term=1)

    assert {fault.where for fault in faults_of(tidied(empty))} == {
        "title", "background", "detail", "creator_name", "place", "service", "body", "term",
    }  # fmt: skip


def test_text_is_tidied_as_plain_text():
    words = tidied(
        replace(
            GOOD,
            title=" Empty the\tglass\u202e banks\n every week ",
            background="One.\r\n\r\n\r\n\r\nTwo.  \n<b>Three</b>\x00",
            place=" e08000035 ",
        )
    )

    assert words.title == "Empty the glass banks every week"
    assert words.background == "One.\n\nTwo.\n<b>Three</b>"
    assert words.place == "E08000035"


@given(st.text(max_size=200), st.text(max_size=700))
def test_tidying_twice_changes_nothing_more(title, background):
    once = tidied(replace(GOOD, title=title, background=background))

    assert tidied(once) == once
    assert "\n" not in once.title


def test_every_reason_is_published_with_its_standard_and_leads_somewhere():
    assert reasons.REASONS.keys() == CODES.keys()
    for code, reason in reasons.REASONS.items():
        assert reason.words
        assert reason.standard.endswith("."), code
        assert reason.leads_to <= {REJECTED, HIDDEN, MERGED, REFERRED}
        assert reason.hides_words or not reason.hides_title, code
        assert REASON_WORDS[code] == reason.words
    for state, verb in (
        (REJECTED, "reject-petition"), (HIDDEN, "hide-petition"),
        (MERGED, "merge-petition"), (REFERRED, "refer-petition"),
    ):  # fmt: skip
        codes = {reason.code for reason in reasons.reasons_for(state)}
        assert codes
        assert codes <= VERBS[verb].reasons


def test_what_may_be_libellous_private_or_before_a_court_is_hidden_without_asking():
    for code in ("libel", "private-facts", "sub-judice"):
        assert reasons.REASONS[code].hides_words


def test_every_state_can_be_reached_and_none_is_a_trap_for_moderators():
    assert MOVES.keys() == STATES.keys()
    assert {to for after in MOVES.values() for to in after} == STATES.keys() - {"draft"}
    for state, after in MOVES.items():
        if state not in ("draft", "sponsors", HIDDEN):
            assert HIDDEN in after


@pytest.mark.parametrize("role", sorted(ROLES))
@pytest.mark.parametrize("body", [LEEDS, DEVON, "site"])
def test_who_moderates(role, body):
    held = [HeldRole(1, role, body, "clerk", TODAY)]

    may = may_moderate(held, LEEDS, TODAY)
    appeals = moderates_site(held, TODAY)

    assert may == (f"{body}/clerk" if role == "moderator" and body != DEVON else "")
    assert appeals == ("site/clerk" if (role, body) == ("moderator", "site") else "")


def test_what_may_be_appealed_against():
    first = {"step": FIRST, "waits": False, "erased": False}
    assert may_appeal(TODAY, TODAY + 28 * DAY, **first)
    assert not may_appeal(TODAY, TODAY + 29 * DAY, **first)
    for other in ({"step": APPEAL}, {"waits": True}, {"erased": True}):
        assert not may_appeal(TODAY, TODAY, **(first | other))


def test_a_role_that_ended_moderates_nothing():
    held = [HeldRole(1, "moderator", "site", "clerk", TODAY, TODAY)]

    assert (may_moderate(held, LEEDS, TODAY), moderates_site(held, TODAY)) == ("", "")
